//! What can go wrong with a node, with stable codes `N1xx`.

use hakiki_core::Refusal;
use hakiki_host::{LoggingError, SecretFileError, SettingsError, TooFewFiles};
use hakiki_store::StoreError;
use std::io;
use std::path::PathBuf;

/// Why a node, or the making or reading of its log, fails. `Display` begins with the code.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    /// A secret that others may read.
    #[error("N101: {path} may be read by others (mode {mode:03o}), expected 600. Run: chmod 600 {path}")]
    KeyFileOpen {
        /// The key file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// A key file that is not there or is not one.
    #[error("N102: {path} is no key file: {found}. Expected one line PRIVATE+KEY+name+id+key")]
    KeyFile {
        /// The file.
        path: PathBuf,
        /// What is wrong; never its content.
        found: String,
    },
    /// A key of the configuration that does not exist.
    #[error("N103: {key:?} ({place}) is no key of the configuration; the nearest is {nearest:?}")]
    UnknownKey {
        /// As written.
        key: String,
        /// Where it was written.
        place: String,
        /// What may have been meant.
        nearest: &'static str,
    },
    /// A value that its key does not take.
    #[error("N104: {key} = {found:?} ({place}): expected {expected}")]
    Value {
        /// The key.
        key: &'static str,
        /// As written.
        found: String,
        /// Where it was written.
        place: String,
        /// What the key takes.
        expected: &'static str,
    },
    /// A configuration file that cannot be read.
    #[error("N105: {path} cannot be read as a configuration: {found}")]
    ConfigurationFile {
        /// The file.
        path: PathBuf,
        /// Why.
        found: String,
    },
    /// The store refuses or fails.
    #[error("N106: {0}")]
    Store(#[from] StoreError),
    /// A record that the rules refuse, where only admissible ones may stand.
    #[error("N107: the record for place {place} is refused: {refusal}. Nothing from there on was taken")]
    Refused {
        /// Where it would stand.
        place: u64,
        /// Why.
        refusal: Refusal,
    },
    /// The signing key is not the log's.
    #[error(
        "N108: the key is {found}, the election record names {expected} as the log's. Use the log's own key"
    )]
    LogKey {
        /// The key at hand.
        found: String,
        /// The key in the election record.
        expected: String,
    },
    /// The log's bytes do not belong together.
    #[error("N109: {path}: {found}. Nothing was changed; run `hakiki verify` and restore from a mirror")]
    Damaged {
        /// The file, or the head.
        path: String,
        /// What was found.
        found: String,
    },
    /// No socket.
    #[error("N110: cannot listen on {listen}: {source}. Is another program there?")]
    Listen {
        /// The address asked for.
        listen: String,
        /// What the system said.
        source: io::Error,
    },
    /// A log without an election record.
    #[error("N111: the log in {path} is empty; its first entry is an election record. Found the log first")]
    Empty {
        /// The directory.
        path: PathBuf,
    },
    /// The sequencer stopped by itself.
    #[error(
        "N112: the log is not written any more, and nothing is accepted: {found}. What was acknowledged is kept; mend \
         the cause and start again"
    )]
    Failed {
        /// The cause.
        found: String,
    },
    /// Logging could not be started.
    #[error("N113: logging cannot start: {0}")]
    Logging(String),
    /// Something that the system did not give, as a thread.
    #[error("N114: {doing}: {source}")]
    System {
        /// What was being done.
        doing: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// A configured witness or mirror that the election does not know.
    #[error(
        "N115: {name} is no {kind} of the policy in force; those are: {known}. Mend [[{kind}]], or amend the policy"
    )]
    UnknownCosigner {
        /// The name.
        name: String,
        /// `witness` or `mirror`.
        kind: &'static str,
        /// The names in the policy.
        known: String,
    },
    /// Others know a larger head of this log: this directory is an older copy, or somebody else writes the log.
    #[error(
        "N116: others know a larger head of this log ({who}) than this directory ({own}). It is an older copy (a backup), or \
         another node writes this log. Nothing was signed. Stop the other node, or restore a copy that has the larger head"
    )]
    OlderCopy {
        /// Who knows what.
        who: String,
        /// The directory's own head.
        own: String,
    },
    /// Others know a head that the log's key signed and that this directory's log does not lead to.
    #[error(
        "N117: the log's key signed two histories: {who}, which this directory's log ({own}) does not have. The other head is \
         kept in {kept}: it is evidence of a fork. Nothing was signed; tell the witnesses, and find out who used the key"
    )]
    Forked {
        /// Who knows what.
        who: String,
        /// What this directory has at that size.
        own: String,
        /// Where the other heads are kept.
        kept: String,
    },
    /// Nobody could say what the largest head is.
    #[error(
        "N118: none of {asked} configured witnesses answered ({found}), so nobody can say that this directory is the newest copy. \
         Nothing was signed. Start again when one answers, or with a new notice signed by the quorum (--notice FILE)"
    )]
    NoWitness {
        /// How many were asked.
        asked: usize,
        /// What went wrong with each.
        found: String,
    },
    /// The notice that was given does not excuse a start without witnesses.
    #[error("N119: {path} is no notice with which the log can start without a witness: {found}")]
    Notice {
        /// The file.
        path: PathBuf,
        /// Why.
        found: String,
    },
    /// Fewer files may be open than connections were asked for.
    #[error("N121: {0}")]
    TooFewFiles(#[from] TooFewFiles),
    /// The outlines of areas cannot be drawn.
    #[error("N122: {path} holds no outlines of areas: {found}")]
    Boundaries {
        /// The file.
        path: PathBuf,
        /// Why.
        found: String,
    },
    /// A running node learned that it must sign no more.
    #[error("N120: the log is signed by another, too, and this node signs no more: {found}")]
    SignedElsewhere {
        /// What was found.
        found: String,
    },
}

impl NodeError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::KeyFileOpen { .. } => "N101",
            Self::KeyFile { .. } => "N102",
            Self::UnknownKey { .. } => "N103",
            Self::Value { .. } => "N104",
            Self::ConfigurationFile { .. } => "N105",
            Self::Store(_) => "N106",
            Self::Refused { .. } => "N107",
            Self::LogKey { .. } => "N108",
            Self::Damaged { .. } => "N109",
            Self::Listen { .. } => "N110",
            Self::Empty { .. } => "N111",
            Self::Failed { .. } => "N112",
            Self::Logging(_) => "N113",
            Self::System { .. } => "N114",
            Self::UnknownCosigner { .. } => "N115",
            Self::OlderCopy { .. } => "N116",
            Self::Forked { .. } => "N117",
            Self::NoWitness { .. } => "N118",
            Self::Notice { .. } => "N119",
            Self::SignedElsewhere { .. } => "N120",
            Self::TooFewFiles(_) => "N121",
            Self::Boundaries { .. } => "N122",
        }
    }
}

impl From<SecretFileError> for NodeError {
    fn from(error: SecretFileError) -> Self {
        match error {
            SecretFileError::OpenToOthers { path, mode } => Self::KeyFileOpen { path, mode },
            SecretFileError::Unreadable { path, found } => Self::KeyFile { path, found },
        }
    }
}

impl From<SettingsError> for NodeError {
    fn from(error: SettingsError) -> Self {
        match error {
            SettingsError::UnknownKey { key, place, nearest } => Self::UnknownKey { key, place, nearest },
            SettingsError::Value { key, found, place, expected } => {
                Self::Value { key, found, place, expected }
            }
            SettingsError::File { path, found } => Self::ConfigurationFile { path, found },
        }
    }
}

impl From<LoggingError> for NodeError {
    fn from(error: LoggingError) -> Self {
        Self::Logging(error.to_string())
    }
}
