//! What can be wrong with a mapping or a table: one fault, one stable code, listed in `docs/guides/mapping.md`.

use std::fmt;

/// Most problems that one import names; the rest are counted. Twenty fill a screen.
pub const PROBLEMS_MAX: usize = 20;

/// Characters of a cell that a message repeats.
const SHOWN_CHARS_MAX: usize = 80;

/// Every code, in order. The guide explains each, and a test provokes each.
pub const CODES: &[&str] = &[
    "I101", "I102", "I103", "I104", "I105", "I106", "I110", "I111", "I112", "I113", "I114", "I115", "I121",
    "I122", "I123", "I131", "I132", "I133", "I134", "I135", "I136", "I137", "I138", "I139", "I140", "I141",
    "I142", "I151", "I152", "I153", "I154", "I155",
];

/// What is wrong: what was found, what was expected, what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the message of each variant says what its fields are")]
pub enum Fault {
    #[error("the mapping cannot be read: {0}; see docs/guides/mapping.md for its keys")]
    Syntax(String),
    #[error("{key} is {found:?}; expected {expected}; correct it in the mapping")]
    Value { key: String, found: String, expected: String },
    #[error("pattern {pattern:?}: {why}; write it like \"{{county:3}}-{{box}}_{{_}}\"")]
    Pattern { pattern: String, why: String },
    #[error("{what} {name:?} stands twice in the mapping; {advice}")]
    Repeated { what: &'static str, name: String, advice: &'static str },
    #[error("encoding {0:?} is unknown; expected \"utf-8\" or \"latin-1\"; convert the table to UTF-8")]
    Encoding(String),
    #[error("{part} is missing in a mapping with kind = {kind:?}; add it: {why}")]
    Lacking { part: &'static str, kind: &'static str, why: &'static str },
    #[error("the file cannot be read: {0}; check the path and the permissions")]
    Unreadable(String),
    #[error(
        "the {format} data is damaged or of an unsupported kind: {why}; fetch the file again, or unpack it"
    )]
    Compression { format: &'static str, why: String },
    #[error("the file unpacks to more than {limit_bytes} bytes; split the table")]
    TooLarge { limit_bytes: u64 },
    #[error(
        "byte {offset} is not {encoding}; set [file] encoding to the table's own (\"utf-8\" or \"latin-1\")"
    )]
    NotInEncoding { offset: usize, encoding: &'static str },
    #[error("no {0}; expected a header line with the columns' names and at least one row below it")]
    Empty(&'static str),
    #[error(
        "an odd number of quotation marks ({0}): one never closes; mend it, or set [file] quote = \"none\""
    )]
    OpenQuote(usize),
    #[error("no such column{}; the table has: {}", suggestion(.nearest.as_ref()), .have.join(", "))]
    NoColumn { nearest: Option<String>, have: Vec<String> },
    #[error("the column is neither mapped nor ignored; map it, or add {0:?} to ignore")]
    Unmapped(String),
    #[error(
        "the header names this column twice (at {first} and {second}); rename one, so that neither is guessed"
    )]
    HeaderTwice { first: usize, second: usize },
    #[error("the row has {found} cells and the header {expected}; look for a delimiter or a quote in a cell")]
    Ragged { found: usize, expected: usize },
    #[error("{} is no whole number; expected digits; correct the mapping ([cells]) or the table", shown(.0))]
    Number(String),
    #[error(
        "the cell is blank, and a blank is not zero; if a blank box is meant, set [cells] blank = \"blank\""
    )]
    Blank,
    #[error("{} does not fit the pattern {pattern:?}; correct the [[split]] or the table", shown(.value))]
    NoMatch { value: String, pattern: String },
    #[error(
        "{} is no code; expected 1 to 64 of A-Z a-z 0-9 . - ; leave `code` out to have codes made",
        shown(.0)
    )]
    Code(String),
    #[error(
        "station {code:?} stood on line {first_line} already; if a station may have several forms, set \
         station_repeats = \"allow\""
    )]
    StationTwice { code: String, first_line: u64 },
    #[error(
        "station {code:?} has {what} {found:?} here and {before:?} on line {first_line}; a station has one"
    )]
    StationDiffers { code: String, what: &'static str, found: String, before: String, first_line: u64 },
    #[error(
        "area {code:?} is named {found:?} here and {before:?} on line {first_line}; correct it, or leave out its code"
    )]
    AreaDiffers { code: String, found: String, before: String, first_line: u64 },
    #[error("code {code:?} would mean two different {what}: {first:?} and {second:?}; set another `join`")]
    CodeTwice { what: &'static str, code: String, first: String, second: String },
    #[error("{} cannot stand in a record: {why}; correct the table", shown(.value))]
    Text { value: String, why: &'static str },
    #[error("{} is no time of the form {format:?}; expected a day and hour that exist", shown(.value))]
    Time { value: String, format: String },
    #[error("{} is above 999999999, the largest count of a record; is this column a count?", shown(.0))]
    Large(String),
    #[error("id {id:?} stood on line {first_line} already; each row of a tree has its own")]
    IdTwice { id: String, first_line: u64 },
    #[error("parent {parent:?} of {id:?} is {why}; correct the tree, or `root` in the mapping")]
    Parent { id: String, parent: String, why: &'static str },
    #[error("level {found:?} is unknown; expected one of {}; add a [[tree.level]]", .expected.join(", "))]
    Level { found: String, expected: Vec<String> },
    #[error("the mapping needs the file {0:?} too; put it beside the table")]
    NoCompanion(String),
    #[error("id {0:?} is not in the tree; the two files are of different versions")]
    CompanionId(String),
}

impl Fault {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Syntax(_) => "I101",
            Self::Value { .. } => "I102",
            Self::Pattern { .. } => "I103",
            Self::Repeated { .. } => "I104",
            Self::Encoding(_) => "I105",
            Self::Lacking { .. } => "I106",
            Self::Unreadable(_) => "I110",
            Self::Compression { .. } => "I111",
            Self::TooLarge { .. } => "I112",
            Self::NotInEncoding { .. } => "I113",
            Self::Empty(_) => "I114",
            Self::OpenQuote(_) => "I115",
            Self::NoColumn { .. } => "I121",
            Self::Unmapped(_) => "I122",
            Self::HeaderTwice { .. } => "I123",
            Self::Ragged { .. } => "I131",
            Self::Number(_) => "I132",
            Self::Blank => "I133",
            Self::NoMatch { .. } => "I134",
            Self::Code(_) => "I135",
            Self::StationTwice { .. } => "I136",
            Self::StationDiffers { .. } => "I137",
            Self::AreaDiffers { .. } => "I138",
            Self::CodeTwice { .. } => "I139",
            Self::Text { .. } => "I140",
            Self::Time { .. } => "I141",
            Self::Large(_) => "I142",
            Self::IdTwice { .. } => "I151",
            Self::Parent { .. } => "I152",
            Self::Level { .. } => "I153",
            Self::NoCompanion(_) => "I154",
            Self::CompanionId(_) => "I155",
        }
    }
}

/// Where a problem is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file's name, as the caller gave it.
    pub file: String,
    /// The line, counted from 1 as an editor counts.
    pub line: Option<u64>,
    /// The column, by its name in the header.
    pub column: Option<String>,
}

impl Place {
    /// A file as a whole.
    pub fn file(file: &str) -> Self {
        Self { file: file.to_owned(), line: None, column: None }
    }

    /// A line of a file.
    pub fn line(file: &str, line: u64) -> Self {
        Self { file: file.to_owned(), line: Some(line), column: None }
    }

    /// The same place, narrowed to a column.
    #[must_use]
    pub fn column(mut self, column: &str) -> Self {
        self.column = Some(column.to_owned());
        self
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ", column {column:?}")?;
        }
        Ok(())
    }
}

/// One fault at its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// What.
    pub fault: Fault,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.fault.code(), self.place, self.fault)
    }
}

/// Why nothing was imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportError {
    /// The first [`PROBLEMS_MAX`], in the order of the file.
    pub problems: Vec<Problem>,
    /// How many more there are.
    pub more: u64,
}

impl ImportError {
    /// A single problem.
    pub fn one(place: Place, fault: Fault) -> Self {
        Self { problems: vec![Problem { place, fault }], more: 0 }
    }
}

impl std::error::Error for ImportError {}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.problems {
            writeln!(f, "{problem}")?;
        }
        if self.more > 0 {
            writeln!(f, "and {} more", self.more)?;
        }
        f.write_str("nothing was taken from the table")
    }
}

/// Collects the problems of one stage.
#[derive(Debug, Default)]
pub struct Problems {
    list: Vec<Problem>,
    more: u64,
}

impl Problems {
    /// Takes note of a fault.
    pub fn push(&mut self, place: Place, fault: Fault) {
        if self.list.len() < PROBLEMS_MAX {
            self.list.push(Problem { place, fault });
        } else {
            self.more += 1;
        }
    }

    /// Takes note of another stage's problems.
    pub fn absorb(&mut self, error: ImportError) {
        for problem in error.problems {
            self.push(problem.place, problem.fault);
        }
        self.more += error.more;
    }

    /// `Ok` if there was none.
    ///
    /// # Errors
    /// Those collected.
    pub fn into_result(self) -> Result<(), ImportError> {
        if self.list.is_empty() { Ok(()) } else { Err(ImportError { problems: self.list, more: self.more }) }
    }
}

fn suggestion(nearest: Option<&String>) -> String {
    nearest.map_or_else(String::new, |name| format!("; did you mean {name:?}?"))
}

fn shown(value: &str) -> String {
    let short: String = value.chars().take(SHOWN_CHARS_MAX).collect();
    if short.len() < value.len() { format!("{short:?}…") } else { format!("{short:?}") }
}
