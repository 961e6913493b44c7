//! Tables as CSV (RFC 4180), safe to open in a spreadsheet ([`csv_cell`]).

use crate::Page;
use hakiki_core::text::csv_cell;

/// MIME type.
const CSV: &str = "text/csv; charset=utf-8; header=present";

/// A table that is being written, cell by cell.
pub(crate) struct Table {
    out: String,
    at_start: bool,
}

impl Table {
    /// With its heads, which are plain words.
    pub(crate) fn new(heads: &[&str]) -> Self {
        let mut table = Self { out: String::new(), at_start: true };
        for head in heads {
            table.text(head);
        }
        table.end();
        table
    }

    fn part(&mut self) {
        if !self.at_start {
            self.out.push(',');
        }
        self.at_start = false;
    }

    /// A text.
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        self.part();
        self.out.push_str(&csv_cell(text));
        self
    }

    /// A count.
    pub(crate) fn number(&mut self, number: u64) -> &mut Self {
        self.part();
        self.out.push_str(&number.to_string());
        self
    }

    /// A count, or an empty cell where there is none: that is not nought.
    pub(crate) fn maybe(&mut self, number: Option<u64>) -> &mut Self {
        match number {
            Some(number) => self.number(number),
            None => self.text(""),
        }
    }

    /// Ends the row.
    pub(crate) fn end(&mut self) {
        self.out.push_str("\r\n");
        self.at_start = true;
    }

    /// The file.
    pub(crate) fn page(self) -> Page {
        Page::file(CSV, self.out.into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_formulas_are_text() {
        let mut table = Table::new(&["a", "b", "c"]);
        table.text("Niño, \"A\"").text("=1+1").maybe(None).end();
        table.text(" x").text("-5").number(7).end();
        assert_eq!(table.out, "a,b,c\r\n\"Niño, \"\"A\"\"\",'=1+1,\r\n\" x\",-5,7\r\n");
    }
}
