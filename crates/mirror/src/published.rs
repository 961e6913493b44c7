//! The heads that a mirror serves: the newest, the newest that is cosigned, the newest that rivals hold. The log's own bytes.

use crate::clock::unix_seconds;
use crate::disk::CHECKPOINT;
use crate::error::MirrorError;
use hakiki_note::VerifierKey;
use hakiki_site::{Document, Keep, Policy, answer};
use hakiki_store::{Disk as _, Durability, PosixDisk};
use hakiki_tlog::VerifiedCheckpoint;
use std::path::Path;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

/// A head that is held, and since when it is served.
#[derive(Debug, Clone)]
pub(crate) struct Published {
    /// What the log signed.
    pub checkpoint: VerifiedCheckpoint,
    /// Its bytes.
    pub text: String,
    /// Its bytes as they are served.
    pub document: Arc<Document>,
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

    /// Its file in the mirror's directory.
    pub fn file(self) -> &'static str {
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
        let mut published = Published::new(checkpoint);
        // A start does not make a head younger.
        published.unix_s = modified(&disk.root().join(self.file())).unwrap_or(published.unix_s);
        Ok(Some(published))
    }

    /// Gives it to file servers.
    pub fn write(self, disk: &PosixDisk, published: &Published) -> Result<(), MirrorError> {
        disk.replace(self.file(), published.text.as_bytes(), Durability::Now)
            .map_err(MirrorError::system("publishing a head"))
    }
}

/// When a file was written, in seconds since 1970, if the system says.
pub(crate) fn modified(path: &Path) -> Option<u64> {
    let modified = std::fs::metadata(path).and_then(|about| about.modified()).ok()?;
    Some(modified.duration_since(UNIX_EPOCH).ok()?.as_secs())
}

impl Published {
    pub fn new(checkpoint: VerifiedCheckpoint) -> Self {
        let text = checkpoint.to_text();
        let document = Document::new(answer::TEXT, Keep::Second, Policy::Page, text.clone());
        Self { checkpoint, text, document: Arc::new(document), unix_s: unix_seconds() }
    }

    /// Entries under it.
    pub fn size(&self) -> u64 {
        self.checkpoint.head().size
    }

    /// Whether another is newer; or of the same size with more signature lines, or with as many and later cosignatures, as a
    /// log has them that stands still.
    pub fn gives_way_to(&self, other: &VerifiedCheckpoint) -> bool {
        let of = |checkpoint: &VerifiedCheckpoint| {
            let lines = &checkpoint.note().signatures;
            let times = lines.iter().filter(|line| line.signature.len() > 64);
            let times = times.filter_map(|line| line.signature.first_chunk::<8>());
            let sum: u128 = times.map(|time| u128::from(u64::from_be_bytes(*time))).sum();
            (checkpoint.head().size, lines.len(), sum)
        };
        of(other) > of(&self.checkpoint)
    }
}
