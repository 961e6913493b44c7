//! Tables as CSV (RFC 4180) and as text for a terminal. Where rows rest on records, four columns say on which, and between
//! which witnessed times the log took them.

use crate::answer::{Rest, Row, Table};
use hakiki_core::text::{Time, csv_cell};
use hakiki_messages::{Language, text};
use std::fmt::Write as _;

/// What resolves a row's place.
pub trait Places {
    /// The record at a place.
    fn rest(&self, place: u64) -> Option<Rest>;
    /// A witnessed time as it is shown.
    fn time(&self, unix_seconds: Option<u64>) -> Option<Time>;
}

impl Places for crate::Report {
    fn rest(&self, place: u64) -> Option<Rest> {
        self.rests.get(&place).copied()
    }

    fn time(&self, unix_seconds: Option<u64>) -> Option<Time> {
        Self::time(self, unix_seconds)
    }
}

impl Places for crate::Inquiry<'_> {
    fn rest(&self, place: u64) -> Option<Rest> {
        Some(Self::rest(self, place))
    }

    fn time(&self, unix_seconds: Option<u64>) -> Option<Time> {
        unix_seconds.and_then(|seconds| i64::try_from(seconds).ok()).map(|seconds| Self::time(self, seconds))
    }
}

/// The words of a table's columns, those of the records last.
pub fn headings(table: &Table, language: Language) -> Vec<&'static str> {
    let word = |key: &&str| text(language, &format!("scrutiny.column.{key}"));
    let own = table.columns.iter().map(word);
    let of_records = ["place", "record", "log_from", "log_by"];
    let of_records = of_records.iter().filter(|_| has_places(table)).map(word);
    own.chain(of_records).collect()
}

/// Whether any row rests on a record.
pub fn has_places(table: &Table) -> bool {
    table.rows.iter().any(|row| row.place.is_some())
}

/// The four fields about a row's record.
pub fn record_fields(row: &Row, places: &dyn Places) -> [String; 4] {
    let Some(rest) = row.place.and_then(|place| places.rest(place)) else { return Default::default() };
    let time = |seconds| places.time(seconds).map(|time| time.to_string()).unwrap_or_default();
    let id = rest.id.map(|id| id.to_string()).unwrap_or_default();
    [rest.place.to_string(), id, time(rest.from_s), time(rest.by_s)]
}

/// A table as CSV, with a row of headings.
pub fn csv(table: &Table, places: &dyn Places, language: Language) -> String {
    let mut out = String::new();
    csv_row(&mut out, headings(table, language).iter().map(|heading| (*heading).to_owned()));
    let with_places = has_places(table);
    for row in &table.rows {
        let cells = row.cells.iter().map(|cell| cell.plain(language));
        let of_record = if with_places { record_fields(row, places).to_vec() } else { Vec::new() };
        csv_row(&mut out, cells.chain(of_record));
    }
    out
}

fn csv_row(out: &mut String, fields: impl Iterator<Item = String>) {
    for (number, field) in fields.enumerate() {
        if number > 0 {
            out.push(',');
        }
        out.push_str(&csv_cell(&field));
    }
    out.push_str("\r\n");
}

/// Longest field of a table on a terminal.
const FIELD_MAX: usize = 44;

/// A table for a terminal: columns side by side, the newest rows' ids cut short; at most `rows_max` rows.
pub fn plain(table: &Table, places: &dyn Places, language: Language, rows_max: usize) -> String {
    let mut lines: Vec<Vec<String>> =
        vec![headings(table, language).iter().map(|heading| cut(heading)).collect()];
    let with_places = has_places(table);
    for row in table.rows.iter().take(rows_max) {
        let mut fields: Vec<String> = row.cells.iter().map(|cell| cut(&cell.shown(language))).collect();
        if with_places {
            let [place, id, from, by] = record_fields(row, places);
            fields.extend([place, id.chars().take(16).collect(), from, by]);
        }
        lines.push(fields);
    }
    let columns = lines.iter().map(Vec::len).max().unwrap_or_default();
    let width =
        |column: usize| lines.iter().filter_map(|line| line.get(column)).map(|f| f.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or_default()).collect();
    let mut out = String::new();
    for line in &lines {
        let padded = line.iter().zip(&widths).map(|(field, width)| format!("{field:width$}"));
        let padded: Vec<String> = padded.collect();
        // Writing to a String does not fail.
        let _ = writeln!(out, "{}", padded.join("  ").trim_end());
    }
    out
}

fn cut(field: &str) -> String {
    let field: String = field.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if field.chars().count() <= FIELD_MAX {
        return field;
    }
    field.chars().take(FIELD_MAX - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_fields_are_cut_and_controls_are_blanks() {
        assert_eq!(cut("a\u{1b}b"), "a b");
        assert_eq!(cut(&"x".repeat(100)).chars().count(), FIELD_MAX);
    }
}
