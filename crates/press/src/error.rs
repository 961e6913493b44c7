//! Why the press desk does not go on. Each has a stable code, J101 to J199, of which a search has some (`hakiki-search`); what a
//! single feed does wrong is a [`crate::Problem`], J201 to J299, and stops nothing else.

use hakiki_search::DatabaseError;
use std::path::PathBuf;

/// Why the press desk does not go on.
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
    /// The state cannot be read or written.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// No record can be made.
    #[error("J107: a statement cannot be written as a record: {found}")]
    Record {
        /// Why.
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
            Self::Database(_) => DatabaseError::CODE,
            Self::Record { .. } => "J107",
        }
    }

    pub(crate) fn system(doing: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let doing = doing.into();
        move |source| Self::System { doing, source }
    }
}
