//! A text as a cell of CSV (RFC 4180) that is safe to open in a spreadsheet. The one place that knows how.
//!
//! Names in a register or a table may be anything. What a spreadsheet would take for a formula is written behind an apostrophe;
//! a number with its sign is none.

use std::borrow::Cow;

/// What a formula begins with, in the spreadsheets that people have.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A text as a cell.
pub fn csv_cell(text: &str) -> Cow<'_, str> {
    let is_formula = text.starts_with(FORMULA) && !is_number(text);
    let must_be_quoted =
        text.contains([',', '"', '\n', '\r']) || text.starts_with([' ', '\t']) || text.ends_with([' ', '\t']);
    let guard = if is_formula { "'" } else { "" };
    match (is_formula, must_be_quoted) {
        (false, false) => Cow::Borrowed(text),
        (true, false) => Cow::Owned(format!("{guard}{text}")),
        (_, true) => Cow::Owned(format!("\"{guard}{}\"", text.replace('"', "\"\""))),
    }
}

/// Digits with a sign before them and at most one point: `-5`, `+0.25`.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    [whole, part].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_formulas_are_text() {
        for (text, cell) in [
            ("Niño, \"A\"", "\"Niño, \"\"A\"\"\""),
            ("=1+1", "'=1+1"),
            ("=A1,B1", "\"'=A1,B1\""),
            ("\t=1", "\"'\t=1\""),
            ("@x", "'@x"),
            (" x", "\" x\""),
            ("-5", "-5"),
            ("+0.25", "+0.25"),
            ("-5.", "'-5."),
            ("-inf", "'-inf"),
            ("−5", "−5"),
            ("", ""),
            ("two\nlines", "\"two\nlines\""),
        ] {
            assert_eq!(csv_cell(text), cell, "{text:?}");
        }
    }
}
