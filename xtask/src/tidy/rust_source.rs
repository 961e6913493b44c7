//! A Rust source split into its code, its string literals and its tests, by a small lexer.
//!
//! It knows comments (nested too), strings, raw strings, byte strings, characters and lifetimes; no grammar beyond that.

use std::ops::Range;

/// A source file, taken apart.
#[derive(Debug)]
pub struct RustSource {
    /// The source with comments, characters and the insides of strings blanked by spaces; lines stay in place.
    pub code: String,
    /// String literals with the line on which they begin, escapes as written.
    pub literals: Vec<(usize, String)>,
}

impl RustSource {
    /// Takes `source` apart.
    pub fn of(source: &str) -> Self {
        let mut lexer =
            Lexer { rest: source, line: 1, code: String::with_capacity(source.len()), literals: Vec::new() };
        while lexer.step() {}
        Self { code: lexer.code, literals: lexer.literals }
    }

    /// The lines of code that are not under `#[cfg(test)]`, counted from 1.
    pub fn lines_outside_tests(&self) -> impl Iterator<Item = (usize, &str)> {
        let tests = self.test_lines();
        let lines = self.code.lines().enumerate().map(|(index, line)| (index + 1, line));
        lines.filter(move |(line, _)| !tests.iter().any(|range| range.contains(line)))
    }

    /// Literals that are not under `#[cfg(test)]`.
    pub fn literals_outside_tests(&self) -> impl Iterator<Item = (usize, &str)> {
        let tests = self.test_lines();
        let literals = self.literals.iter().map(|(line, text)| (*line, text.as_str()));
        literals.filter(move |(line, _)| !tests.iter().any(|range| range.contains(line)))
    }

    fn test_lines(&self) -> Vec<Range<usize>> {
        let line_of = |offset: usize| 1 + self.code[..offset].matches('\n').count();
        let mut ranges = Vec::new();
        for (start, mark) in self.code.match_indices("#[cfg(test)]") {
            let after = start + mark.len();
            ranges.push(line_of(start)..line_of(after + end_of_item(&self.code[after..])) + 1);
        }
        ranges
    }
}

/// Where the item that `code` begins with ends: at its semicolon, or at the brace that closes its first brace.
fn end_of_item(code: &str) -> usize {
    let mut depth = 0_usize;
    for (offset, c) in code.char_indices() {
        match c {
            ';' if depth == 0 => return offset,
            '{' => depth += 1,
            '}' if depth <= 1 => return offset,
            '}' => depth -= 1,
            _ => {}
        }
    }
    code.len()
}

struct Lexer<'a> {
    rest: &'a str,
    line: usize,
    code: String,
    literals: Vec<(usize, String)>,
}

impl Lexer<'_> {
    fn step(&mut self) -> bool {
        let Some(first) = self.rest.chars().next() else { return false };
        let in_word = self.code.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        if self.rest.starts_with("//") {
            self.blank(self.rest.find('\n').unwrap_or(self.rest.len()));
        } else if self.rest.starts_with("/*") {
            self.blank(end_of_block_comment(self.rest));
        } else if first == '"' {
            self.string(1, "\"", true);
        } else if let Some(hashes) = raw_string(self.rest).filter(|_| !in_word) {
            let open = self.rest.find('"').map_or(0, |at| at + 1);
            self.string(open, &format!("\"{}", "#".repeat(hashes)), false);
        } else if first == '\'' {
            self.blank(length_of_character(self.rest).unwrap_or(1));
        } else {
            self.keep(first.len_utf8());
        }
        true
    }

    fn string(&mut self, open: usize, close: &str, escapes: bool) {
        let mut end = open;
        while end < self.rest.len() && !self.rest[end..].starts_with(close) {
            let skip = usize::from(escapes && self.rest[end..].starts_with('\\'));
            end += self.rest[end..].chars().take(1 + skip).map(char::len_utf8).sum::<usize>();
        }
        self.literals.push((self.line, self.rest[open..end].to_owned()));
        self.keep(open);
        self.blank(end - open);
        self.keep(close.len().min(self.rest.len()));
    }

    fn keep(&mut self, length: usize) {
        let (kept, rest) = self.rest.split_at(length);
        self.line += kept.matches('\n').count();
        self.code.push_str(kept);
        self.rest = rest;
    }

    fn blank(&mut self, length: usize) {
        let (blanked, rest) = self.rest.split_at(length);
        self.line += blanked.matches('\n').count();
        self.code.extend(blanked.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        self.rest = rest;
    }
}

fn end_of_block_comment(source: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0_usize);
    while at < source.len() {
        let rest = &source[at..];
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    source.len()
}

/// The number of hashes of the raw string that `source` begins with.
fn raw_string(source: &str) -> Option<usize> {
    let after = source
        .strip_prefix("br")
        .or_else(|| source.strip_prefix("cr"))
        .or_else(|| source.strip_prefix('r'))?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    after[hashes..].starts_with('"').then_some(hashes)
}

/// The length of the character literal that `source` begins with; none for a lifetime or label.
fn length_of_character(source: &str) -> Option<usize> {
    let inside = &source[1..];
    let first = inside.chars().next()?;
    if first == '\\' {
        let escaped = inside.chars().take(2).map(char::len_utf8).sum::<usize>();
        return inside[escaped..].find('\'').map(|at| 1 + escaped + at + 1);
    }
    inside[first.len_utf8()..].starts_with('\'').then(|| 1 + first.len_utf8() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(source: &str) -> String {
        RustSource::of(source).code
    }

    #[test]
    fn comments_strings_and_characters_are_blanked() {
        assert_eq!(code("a // b\nc"), "a     \nc");
        assert_eq!(code("a /* b /* c */ d */ e"), format!("a {} e", " ".repeat(17)));
        assert_eq!(code(r#"f("x\"y", z)"#), r#"f("    ", z)"#);
        assert_eq!(code(r##"f(r#"x"y"#, z)"##), r##"f(r#"   "#, z)"##);
        assert_eq!(code("f('\"', '\\'', 'a, b)"), "f(   ,     ,  a, b)");
        assert_eq!(code("br\"x\"; for\"y\""), "br\" \"; for\" \"");
        assert_eq!(code("\"// no comment\" // one"), "\"             \"       ");
    }

    #[test]
    fn literals_carry_their_lines() {
        let source = RustSource::of("a(\"x\");\nb(\"y\nz\");\nc(r\"w\");");
        assert_eq!(source.literals, [(1, "x".into()), (2, "y\nz".into()), (4, "w".into())]);
    }

    #[test]
    fn what_is_under_test_is_left_out() {
        let source =
            "a();\n#[cfg(test)]\nmod tests {\n    fn x() { b(); }\n}\nc();\n#[cfg(test)]\nmod more;\nd();\n";
        let source = RustSource::of(source);
        let lines: Vec<_> = source.lines_outside_tests().map(|(line, text)| (line, text.trim())).collect();
        assert_eq!(lines, [(1, "a();"), (6, "c();"), (9, "d();")]);
    }

    #[test]
    fn an_unended_source_ends() {
        for source in ["\"", "r#\"", "/*", "'", "'\\", "#[cfg(test)]", "b\"\\"] {
            RustSource::of(source).lines_outside_tests().count();
        }
    }
}
