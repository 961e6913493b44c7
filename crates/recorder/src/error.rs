//! Why the recorder does not start, or stops. Each has a stable code.

use std::io;
use std::path::PathBuf;

/// Why the recorder does not start, or stops.
#[derive(Debug, thiserror::Error)]
pub enum RecorderError {
    /// The map of accounts cannot be used.
    #[error("H101: {path} is no map of accounts: {found}. Each line is an account and a key name")]
    Accounts {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        found: String,
    },
    /// Another recorder runs here.
    #[error(
        "H102: another recorder uses {path}. One machine's key has one chain, and one recorder writes it"
    )]
    InUse {
        /// The directory.
        path: PathBuf,
    },
    /// The own journal is not what this program wrote.
    #[error(
        "H103: {path}: {found}. Keep the directory as it is; a new one with the same key begins behind a gap, which the log shows"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        found: String,
    },
    /// The system refuses.
    #[error("H104: {doing}: {source}")]
    System {
        /// What was being done.
        doing: String,
        /// What the system said.
        source: io::Error,
    },
    /// An observation that no record can hold.
    #[error("H105: an observation cannot be written as a record: {found}")]
    Record {
        /// Why.
        found: String,
    },
    /// Text that is none of a setting's.
    #[error("H106: {what} {found:?}: expected {expected}")]
    Setting {
        /// Which.
        what: &'static str,
        /// As written.
        found: String,
        /// What it takes.
        expected: &'static str,
    },
    /// The chain cannot be written any more.
    #[error("H107: nothing is recorded any more: {found}. Mend the cause and start again")]
    Failed {
        /// The cause.
        found: String,
    },
}

impl RecorderError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Accounts { .. } => "H101",
            Self::InUse { .. } => "H102",
            Self::Damaged { .. } => "H103",
            Self::System { .. } => "H104",
            Self::Record { .. } => "H105",
            Self::Setting { .. } => "H106",
            Self::Failed { .. } => "H107",
        }
    }

    pub(crate) fn system(doing: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let doing = doing.into();
        move |source| Self::System { doing, source }
    }
}
