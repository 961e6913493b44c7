//! Why the press desk or a search does not go on. Each has a stable code, J101 to J199; what a single feed does wrong is a
//! [`crate::Problem`], J201 to J299, and stops nothing else.

use std::path::PathBuf;

/// Why the press desk or a search does not go on.
#[derive(Debug, thiserror::Error)]
pub enum PressError {
    /// The configuration cannot be used.
    #[error("J101: {path}: {found}")]
    Configuration {
        /// The file.
        path: PathBuf,
        /// What is wrong, and what to write.
        found: String,
    },
    /// Another run uses the directory.
    #[error("J102: another run of the press desk uses {path}. Wait until it ends")]
    InUse {
        /// The directory.
        path: PathBuf,
    },
    /// The system refuses.
    #[error("J103: {doing}: {source}")]
    System {
        /// What was being done.
        doing: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The state or the index cannot be read or written.
    #[error("J104: {path}: {source}")]
    Database {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
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
        "J106: {found}. Write words, \"words in this order\", begin*, and -word for what must not stand there"
    )]
    Query {
        /// What is wrong.
        found: String,
    },
    /// No record can be made.
    #[error("J107: a statement cannot be written as a record: {found}")]
    Record {
        /// Why.
        found: String,
    },
    /// Where texts come from cannot be read.
    #[error("J108: {found}")]
    Source {
        /// What.
        found: String,
    },
}

impl PressError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Configuration { .. } => "J101",
            Self::InUse { .. } => "J102",
            Self::System { .. } => "J103",
            Self::Database { .. } => "J104",
            Self::NoIndex { .. } => "J105",
            Self::Query { .. } => "J106",
            Self::Record { .. } => "J107",
            Self::Source { .. } => "J108",
        }
    }

    pub(crate) fn system(doing: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let doing = doing.into();
        move |source| Self::System { doing, source }
    }
}
