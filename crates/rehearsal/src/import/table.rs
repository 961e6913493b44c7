//! A delimited table: a header and rows, each with its line.

use super::error::{Fault, ImportError, Place, Problems};
use super::mapping::FileShape;
use super::names;
use super::source::{Encoding, SourceFile};
use csv::StringRecord;
use std::collections::BTreeMap;

/// A table as read: nothing is known yet about what its columns mean.
#[derive(Debug)]
pub struct Table {
    /// The file's name.
    pub name: String,
    /// The columns' names, tidied; a column without a name is called `#` and its number.
    pub header: Vec<String>,
    /// The rows; each has as many cells as the header.
    pub rows: Vec<TableRow>,
}

/// A row.
#[derive(Debug)]
pub struct TableRow {
    /// Its line in the file, from 1; of a row with line breaks in quotes, the first.
    pub line: u64,
    /// Its cells.
    pub cells: StringRecord,
}

impl Table {
    /// Reads a table. `shape` was checked with its mapping.
    ///
    /// # Errors
    /// I111 to I115, I123, I131.
    pub fn read(file: &SourceFile<'_>, shape: &FileShape) -> Result<Self, ImportError> {
        let text = file.text(shape.known_encoding().unwrap_or(Encoding::Utf8))?;
        let quoted = shape.quoted().unwrap_or(true);
        let whole = |fault| ImportError::one(Place::file(file.name), fault);
        let quotes = text.matches('"').count();
        if quoted && quotes % 2 == 1 {
            return Err(whole(Fault::OpenQuote(quotes)));
        }
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(shape.known_delimiter().unwrap_or(b','))
            .quoting(quoted)
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let mut lines = Lines::new(&text);
        let mut problems = Problems::default();
        let mut header: Option<Vec<String>> = None;
        let mut rows = Vec::new();
        for record in reader.records() {
            // The text is UTF-8 and ragged rows are let through, so the parser has nothing left to refuse.
            let cells = record.map_err(|error| whole(Fault::Unreadable(error.to_string())))?;
            let line = lines.line_at(cells.position().map_or(0, csv::Position::byte));
            match &header {
                None => header = Some(columns(file.name, line, &cells, &mut problems)),
                Some(header) if header.len() != cells.len() => {
                    let fault = Fault::Ragged { found: cells.len(), expected: header.len() };
                    problems.push(Place::line(file.name, line), fault);
                }
                Some(_) => rows.push(TableRow { line, cells }),
            }
        }
        problems.into_result()?;
        match header {
            None => Err(whole(Fault::Empty("header"))),
            Some(_) if rows.is_empty() => Err(whole(Fault::Empty("rows"))),
            Some(header) => Ok(Self { name: file.name.to_owned(), header, rows }),
        }
    }
}

fn columns(file: &str, line: u64, cells: &StringRecord, problems: &mut Problems) -> Vec<String> {
    let mut first_places = BTreeMap::new();
    let mut header = Vec::with_capacity(cells.len());
    for (index, cell) in cells.iter().enumerate() {
        let tidied = names::tidy(cell);
        let name = if tidied.is_empty() { format!("#{}", index + 1) } else { tidied.into_owned() };
        if let Some(first) = first_places.insert(name.clone(), index + 1) {
            problems
                .push(Place::line(file, line).column(&name), Fault::HeaderTwice { first, second: index + 1 });
        }
        header.push(name);
    }
    header
}

/// Counts lines up to rising offsets, by `\n`, `\r\n` or `\r`.
struct Lines<'t> {
    text: &'t [u8],
    at: usize,
    line: u64,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str) -> Self {
        Self { text: text.as_bytes(), at: 0, line: 1 }
    }

    /// The line of the first byte at or behind `offset` that ends no line: the parser places a row before
    /// the end of the line above it and the empty lines that it skips.
    fn line_at(&mut self, offset: u64) -> u64 {
        let offset = usize::try_from(offset).unwrap_or(usize::MAX).min(self.text.len());
        while let Some(&byte) = self.text.get(self.at) {
            let ends = byte == b'\n' || byte == b'\r';
            if self.at >= offset && !ends {
                break;
            }
            if byte == b'\n' || byte == b'\r' && self.text.get(self.at + 1) != Some(&b'\n') {
                self.line += 1;
            }
            self.at += 1;
        }
        self.line
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Table, ImportError> {
        Table::read(&SourceFile { name: "t.csv", bytes: text.as_bytes() }, &FileShape::default())
    }

    #[test]
    fn lines_are_those_of_an_editor_whatever_ends_them() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["a,b", "1,2", "", "\"x", "y\",4", "5,6", ""].join(end);
            let table = read(&text).unwrap();
            assert_eq!(table.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 4, 6], "{end:?}");
            assert_eq!(&table.rows[1].cells[0], format!("x{end}y"));
        }
    }

    #[test]
    fn headers_are_tidied_and_the_nameless_are_numbered() {
        assert_eq!(read("\u{feff} A  B ,,C\n1,2,3\n").unwrap().header, ["A B", "#2", "C"]);
        let error = read("A,B, A\n1,2,3\n").unwrap_err();
        assert_eq!(error.problems[0].fault, Fault::HeaderTwice { first: 1, second: 3 });
    }
}
