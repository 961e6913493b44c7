//! Why an index or a search does not go on. The codes are of the range of the press desk, J101 to J199, and stand in
//! `docs/guides/press-desk.md`.

use hakiki_core::text::Date;
use std::path::PathBuf;

/// An SQLite file of this program's cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("J104: {path}: {source}")]
pub struct DatabaseError {
    /// The file.
    pub path: PathBuf,
    /// What SQLite said.
    pub source: rusqlite::Error,
}

impl DatabaseError {
    /// The stable code.
    pub const CODE: &str = "J104";

    /// Whether somebody ended a search because it took too long.
    pub fn is_interruption(&self) -> bool {
        self.source.sqlite_error_code() == Some(rusqlite::ErrorCode::OperationInterrupted)
    }
}

/// Why an index or a search does not go on.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The index cannot be read or written.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The file is no index of this program's, or of another log.
    #[error("J105: {path} {found}. Remove the file and make the index again")]
    NoIndex {
        /// The file.
        path: PathBuf,
        /// What it is instead.
        found: String,
    },
    /// The words searched for are none.
    #[error(
        "J106: {0}. Write words, \"words in this order\", begin*, and -word for what must not stand there"
    )]
    Query(Wrong),
    /// Where texts come from cannot be read.
    #[error("J108: {found}")]
    Source {
        /// What.
        found: String,
    },
}

impl SearchError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Database(_) => DatabaseError::CODE,
            Self::NoIndex { .. } => "J105",
            Self::Query(_) => "J106",
            Self::Source { .. } => "J108",
        }
    }
}

/// What is wrong with a query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// It has one quotation mark, or three.
    #[error("a quotation mark stands alone")]
    QuotationMark,
    /// A beginning of a word that begins too many.
    #[error("{beginning}* is the beginning of too many words; {least} letters or more")]
    Beginning {
        /// As typed.
        beginning: String,
        /// How many letters it needs.
        least: usize,
    },
    /// Too many words.
    #[error("{count} words, at most {most}")]
    Words {
        /// How many there are.
        count: usize,
        /// How many there may be.
        most: usize,
    },
    /// Nothing that must stand there, only what must not.
    #[error("only words that must not stand there")]
    OnlyWithout,
    /// The last day is before the first.
    #[error("the days end ({to}) before they begin ({from})")]
    Days {
        /// The first.
        from: Date,
        /// The last.
        to: Date,
    },
}
