//! What can go wrong in a store, with stable codes `S1xx`.

use hakiki_note::Hash;
use hakiki_tlog::{Head, Origin};
use std::io;

/// The caller's signer could not, or would not, sign.
pub type SignFailure = Box<dyn std::error::Error + Send + Sync>;

/// Everything a store refuses or fails at. `Display` begins with the code.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process writes to this log.
    #[error("S101: another process holds this log; only one may write. Stop it, or use another directory")]
    Locked,
    /// The locked head, the journal, the tiles and the bundles do not belong together.
    #[error(
        "S102: {path} does not belong to the locked head ({head}): {found}. Nothing served was changed. \
         Compare with a mirror, then restore the whole directory from one moment, not parts of it"
    )]
    HeadDisagrees {
        /// The file that disagrees.
        path: String,
        /// The locked head, or the one that was expected.
        head: Shown,
        /// What was found.
        found: String,
    },
    /// The published checkpoint is not one that this log published last.
    #[error(
        "S103: the published checkpoint does not belong to the locked head ({head}): {found}. Nothing served \
         was changed. The directory was restored in parts, or from an older copy: ask the witnesses for the \
         largest head they cosigned, and restore a copy that has it"
    )]
    CheckpointDisagrees {
        /// The locked head.
        head: Shown,
        /// What was found.
        found: String,
    },
    /// The log in this directory is another one.
    #[error("S104: this directory holds the log {found}, expected {expected}. Name the right directory")]
    OtherOrigin {
        /// The origin in the directory.
        found: String,
        /// The origin that the caller named.
        expected: Origin,
    },
    /// The disk said no.
    #[error("S105: could not {doing} {path}: {source}. Check free space and the disk, then start again")]
    Disk {
        /// What was being done.
        doing: &'static str,
        /// To which file.
        path: String,
        /// What the disk said.
        source: io::Error,
    },
    /// A part of the journal that is needed is damaged.
    #[error(
        "S106: the journal {path} is damaged where it is needed: {found}. It was synced before the head moved: \
         the disk lost it or somebody changed it: restore it from a copy, or the directory from a mirror"
    )]
    JournalCorrupt {
        /// The file.
        path: String,
        /// What is wrong with it.
        found: String,
    },
    /// There is a log already.
    #[error(
        "S107: there is a log already: {path} exists. Open it, or create the new one in an empty directory"
    )]
    Exists {
        /// The file that shows it.
        path: String,
    },
    /// There is no log.
    #[error("S108: there is no log here: {path} is missing. Create one, or name the right directory")]
    Missing {
        /// The file that was looked for.
        path: String,
    },
    /// An earlier call failed half-way; only a new start can tell what was done.
    #[error(
        "S109: an earlier write failed, and only opening the log again can tell what was done. Open it again"
    )]
    Poisoned,
    /// No signature, or one over something else.
    #[error(
        "S110: the head ({head}) is locked but was not signed: {found}. Opening the log asks for it again"
    )]
    Unsigned {
        /// The head to be signed.
        head: Shown,
        /// What the signer said, or what is wrong with its checkpoint.
        found: String,
    },
    /// A batch or blob that no store takes.
    #[error("S111: {what} has {found}, allowed are {allowed}. Nothing was written; send it in smaller parts")]
    Size {
        /// What is too small or too large.
        what: &'static str,
        /// Its size.
        found: u64,
        /// What is allowed, with its unit.
        allowed: String,
    },
    /// Served files of earlier batches are being made durable, and there is no room to wait for them.
    #[error(
        "S113: the journal holds {bytes} bytes of batches whose files are still being made durable. Nothing was \
         written; finish the settling that was begun, then append again"
    )]
    Unsettled {
        /// Bytes in the journal.
        bytes: u64,
    },
    /// Bytes that do not have the hash they came under.
    #[error("S112: {place} has hash {found}, expected {expected}. {advice}")]
    BlobHash {
        /// The bytes that came, or the file that lies there.
        place: String,
        /// The hash of the bytes.
        found: Hash,
        /// The hash that was named.
        expected: Hash,
        /// What to do.
        advice: &'static str,
    },
}

impl StoreError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Locked => "S101",
            Self::HeadDisagrees { .. } => "S102",
            Self::CheckpointDisagrees { .. } => "S103",
            Self::OtherOrigin { .. } => "S104",
            Self::Disk { .. } => "S105",
            Self::JournalCorrupt { .. } => "S106",
            Self::Exists { .. } => "S107",
            Self::Missing { .. } => "S108",
            Self::Poisoned => "S109",
            Self::Unsigned { .. } => "S110",
            Self::Size { .. } => "S111",
            Self::BlobHash { .. } => "S112",
            Self::Unsettled { .. } => "S113",
        }
    }
}

/// A head as errors write it: `size 5, root e3b0…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown(pub Head);

impl std::fmt::Display for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "size {}, root {}", self.0.size, self.0.root)
    }
}

/// Says what was done, to which file, when the disk said no.
pub(crate) fn disk_error(doing: &'static str, path: &str) -> impl FnOnce(io::Error) -> StoreError {
    let path = path.to_owned();
    move |source| StoreError::Disk { doing, path, source }
}
