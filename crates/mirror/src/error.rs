//! Why a mirror does not start, or stops. Each has a stable code.

use hakiki_host::TooFewFiles;
use hakiki_node::NodeError;
use hakiki_note::Hash;
use hakiki_site::OutputError;
use hakiki_store::StoreError;
use hakiki_witness::WitnessError;
use std::io;
use std::path::PathBuf;

/// Why a mirror does not start, or stops.
#[derive(Debug, thiserror::Error)]
pub enum MirrorError {
    /// The log was never met, and is not to be met now.
    #[error(
        "M101: the log at {source_address} cannot be met: {found}. Try again, or name another mirror of it"
    )]
    Meeting {
        /// Where it was looked for.
        source_address: String,
        /// Why.
        found: String,
    },
    /// What is there is no log of an election.
    #[error("M102: what is at {source_address} is no election's log: {found}. Nothing was stored")]
    NoLog {
        /// Where.
        source_address: String,
        /// What is wrong.
        found: String,
    },
    /// Another election than the one that was named.
    #[error(
        "M103: the fingerprint is {found}, expected {expected}. This is another election; nothing was stored"
    )]
    OtherElection {
        /// As found.
        found: Hash,
        /// As named, or as pinned.
        expected: Hash,
    },
    /// What lies in the directory is not what this program wrote.
    #[error(
        "M104: {path}: {found}. Keep the directory as it is, and mirror into an empty one; what is good in it stays \
         readable for `hakiki verify`"
    )]
    Damaged {
        /// The file.
        path: String,
        /// What is wrong.
        found: String,
    },
    /// Keys that do not fit.
    #[error(
        "M105: {found}. A mirror has cosigning keys (0x04, and 0x06 beside it) named as the mirror, and one key for stamps \
         (0x01), whose name is the origin of the log of them"
    )]
    Keys {
        /// What is wrong.
        found: String,
    },
    /// No socket.
    #[error("M106: cannot listen on {listen}: {source}. Is another program there?")]
    Listen {
        /// The address asked for.
        listen: String,
        /// What the system said.
        source: io::Error,
    },
    /// The system refuses.
    #[error("M107: {doing}: {source}")]
    System {
        /// What was being done.
        doing: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// The copy cannot be written any more.
    #[error(
        "M108: the copy cannot be written, and nothing is followed any more: {found}. Mend the cause and start again"
    )]
    Failed {
        /// The cause.
        found: String,
    },
    /// Text that is none of a setting's.
    #[error("M109: {what} {found:?}: expected {expected}")]
    Setting {
        /// Which.
        what: &'static str,
        /// As written.
        found: String,
        /// What it takes.
        expected: &'static str,
    },
    /// The outlines of areas cannot be drawn.
    #[error("M110: {path} holds no outlines of areas: {found}")]
    Boundaries {
        /// The file.
        path: PathBuf,
        /// Why.
        found: String,
    },
    /// Fewer files may be open than connections were asked for.
    #[error("M111: {0}")]
    TooFewFiles(#[from] TooFewFiles),
    /// What is written for file servers.
    #[error("M112: {0}")]
    Output(#[from] OutputError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What is cosigned.
    #[error(transparent)]
    Cosigning(#[from] WitnessError),
    /// What is shared with a node.
    #[error(transparent)]
    Node(#[from] NodeError),
}

impl MirrorError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Meeting { .. } => "M101",
            Self::NoLog { .. } => "M102",
            Self::OtherElection { .. } => "M103",
            Self::Damaged { .. } => "M104",
            Self::Keys { .. } => "M105",
            Self::Listen { .. } => "M106",
            Self::System { .. } => "M107",
            Self::Failed { .. } => "M108",
            Self::Setting { .. } => "M109",
            Self::Boundaries { .. } => "M110",
            Self::TooFewFiles(_) => "M111",
            Self::Output(_) => "M112",
            Self::Store(error) => error.code(),
            Self::Cosigning(error) => error.code(),
            Self::Node(error) => error.code(),
        }
    }

    pub(crate) fn damaged(path: impl Into<String>, found: impl Into<String>) -> Self {
        Self::Damaged { path: path.into(), found: found.into() }
    }

    pub(crate) fn system(doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::System { doing, source }
    }
}
