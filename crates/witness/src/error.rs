//! Why a witness does not start, or stops. Each has a stable code.

use hakiki_host::{LoggingError, SecretFileError, SettingsError};
use hakiki_note::Hash;
use std::io;
use std::path::{Path, PathBuf};

/// Why a witness does not start, or stops.
#[derive(Debug, thiserror::Error)]
pub enum WitnessError {
    /// A key file that others may read.
    #[error("C101: {path} may be read by others (mode {mode:03o}), expected 600. Run: chmod 600 {path}")]
    KeyFileOpen {
        /// The key file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// A key file that is not there or is not one.
    #[error("C102: {path} is no witness's key file: {found}. Make one with `hakiki witness keygen`")]
    KeyFile {
        /// The file.
        path: PathBuf,
        /// What is wrong; never its content.
        found: String,
    },
    /// A key of the configuration that does not exist.
    #[error("C103: {key:?} ({place}) is no key of the configuration; the nearest is {nearest:?}")]
    UnknownKey {
        /// As written.
        key: String,
        /// Where it was written.
        place: String,
        /// What may have been meant.
        nearest: &'static str,
    },
    /// A value that its key does not take.
    #[error("C104: {key} = {found:?} ({place}): expected {expected}")]
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
    #[error("C105: {path} cannot be read as a configuration: {found}")]
    ConfigurationFile {
        /// The file.
        path: PathBuf,
        /// Why.
        found: String,
    },
    /// Another process has the directory.
    #[error("C106: another process runs on {dir}. Two witnesses on one state would cosign two histories")]
    Locked {
        /// The directory.
        dir: PathBuf,
    },
    /// State that is not as this program wrote it.
    #[error(
        "C107: {path}, byte {place}: {found}. This is no interrupted write. Do not restore an older copy: it would forget \
         heads that were cosigned. Keep the file, and go on with a new key and name in an empty directory"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where in it.
        place: u64,
        /// What was found.
        found: String,
    },
    /// The journal is gone, but the directory was in use.
    #[error(
        "C108: {path} is missing, but this directory has been in use. A witness that forgot what it cosigned must not go on: \
         use a new key and name in an empty directory"
    )]
    Missing {
        /// The journal.
        path: PathBuf,
    },
    /// Another key than the pinned one.
    #[error(
        "C109: {origin} is pinned with the key {pinned}, and another was named: {named}. A log does not change its key. If \
         this one did, ask its operator in public; nothing was changed"
    )]
    OtherKey {
        /// The log.
        origin: String,
        /// The key that stands.
        pinned: String,
        /// The key that was named.
        named: String,
    },
    /// A key that no log can have.
    #[error(
        "C110: {key} is no log's key: {found}. Expected a verifier key of type 0x01 named as the log's origin"
    )]
    LogKey {
        /// As written.
        key: String,
        /// What is wrong.
        found: String,
    },
    /// The disk refuses.
    #[error("C111: {path}: {doing}: {source}")]
    Disk {
        /// What was being done.
        doing: &'static str,
        /// To what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// No socket.
    #[error("C112: cannot listen on {listen}: {source}. Is another program there?")]
    Listen {
        /// The address asked for.
        listen: String,
        /// What the system said.
        source: io::Error,
    },
    /// The journal could not be written.
    #[error(
        "C113: the journal could not be written, and nothing is cosigned any more: {found}. Mend the cause and start again"
    )]
    Failed {
        /// The cause.
        found: String,
    },
    /// The witness's own keys.
    #[error(
        "C114: {found}. A witness has one Ed25519 key (0x04), and may have one ML-DSA-44 key (0x06), of one name"
    )]
    Keys {
        /// What is wrong with them.
        found: String,
    },
    /// Logging could not be started.
    #[error("C115: logging cannot start: {0}")]
    Logging(String),
    /// Another first record than the one that was shown.
    #[error(
        "C116: the first record of {origin} was {pinned} at first contact, and is {found} now. This log has two histories: \
         tell its operator and the press; nothing was changed"
    )]
    OtherFingerprint {
        /// The log.
        origin: String,
        /// As pinned.
        pinned: Hash,
        /// As found.
        found: Hash,
    },
}

impl WitnessError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::KeyFileOpen { .. } => "C101",
            Self::KeyFile { .. } => "C102",
            Self::UnknownKey { .. } => "C103",
            Self::Value { .. } => "C104",
            Self::ConfigurationFile { .. } => "C105",
            Self::Locked { .. } => "C106",
            Self::Damaged { .. } => "C107",
            Self::Missing { .. } => "C108",
            Self::OtherKey { .. } => "C109",
            Self::LogKey { .. } => "C110",
            Self::Disk { .. } => "C111",
            Self::Listen { .. } => "C112",
            Self::Failed { .. } => "C113",
            Self::Keys { .. } => "C114",
            Self::Logging(_) => "C115",
            Self::OtherFingerprint { .. } => "C116",
        }
    }

    pub(crate) fn disk(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Disk { doing, path, source }
    }
}

impl From<SecretFileError> for WitnessError {
    fn from(error: SecretFileError) -> Self {
        match error {
            SecretFileError::OpenToOthers { path, mode } => Self::KeyFileOpen { path, mode },
            SecretFileError::Unreadable { path, found } => Self::KeyFile { path, found },
        }
    }
}

impl From<SettingsError> for WitnessError {
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

impl From<LoggingError> for WitnessError {
    fn from(error: LoggingError) -> Self {
        Self::Logging(error.to_string())
    }
}
