//! The heads that a mirror serves: the newest, the newest that is cosigned, the newest that rivals hold. The log's own bytes.

use crate::clock::unix_seconds;
use crate::disk::CHECKPOINT;
use crate::error::MirrorError;
use hakiki_note::{VerifierKey, sha256};
use hakiki_store::{Disk as _, Durability, PosixDisk};
use hakiki_tlog::VerifiedCheckpoint;

/// A head that is held, and since when it is served.
#[derive(Debug, Clone)]
pub(crate) struct Published {
    /// What the log signed.
    pub checkpoint: VerifiedCheckpoint,
    /// Its bytes.
    pub text: String,
    /// The entity tag of the bytes.
    pub etag: String,
    /// By this machine's clock, in seconds since 1970.
    pub unix_s: u64,
}

/// Which of the three.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Signed,
    Cosigned,
    Held,
}

impl State {
    /// Its path below the log's prefix.
    pub fn path(self) -> &'static str {
        match self {
            Self::Signed => "checkpoint",
            Self::Cosigned => "cosigned",
            Self::Held => "held",
        }
    }

    fn file(self) -> &'static str {
        match self {
            Self::Signed => CHECKPOINT,
            Self::Cosigned => "log/cosigned",
            Self::Held => "log/held",
        }
    }

    /// What is served, from the last time.
    pub fn read(self, disk: &PosixDisk, key: &VerifierKey) -> Result<Option<Published>, MirrorError> {
        let read = disk.read(self.file()).map_err(MirrorError::system("reading a head"))?;
        let Some(bytes) = read else { return Ok(None) };
        let checkpoint = VerifiedCheckpoint::open(&bytes, key)
            .map_err(|refused| MirrorError::damaged(self.file(), refused.to_string()))?;
        Ok(Some(Published::new(checkpoint)))
    }

    /// Gives it to file servers.
    pub fn write(self, disk: &PosixDisk, published: &Published) -> Result<(), MirrorError> {
        disk.replace(self.file(), published.text.as_bytes(), Durability::Now)
            .map_err(MirrorError::system("publishing a head"))
    }
}

impl Published {
    pub fn new(checkpoint: VerifiedCheckpoint) -> Self {
        let text = checkpoint.to_text();
        let etag = format!("\"{}\"", sha256(text.as_bytes()));
        Self { checkpoint, text, etag, unix_s: unix_seconds() }
    }

    /// Entries under it.
    pub fn size(&self) -> u64 {
        self.checkpoint.head().size
    }

    /// Whether another is newer, or of the same size with more signature lines.
    pub fn gives_way_to(&self, other: &VerifiedCheckpoint) -> bool {
        let lines = |checkpoint: &VerifiedCheckpoint| checkpoint.note().signatures.len();
        let (mine, its) = (self.size(), other.head().size);
        its > mine || (its == mine && lines(other) > lines(&self.checkpoint))
    }
}
