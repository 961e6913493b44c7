//! Which log this directory is a copy of: pinned at first contact and never changed.
//!
//! ```text
//! hakiki/mirrored@v1
//! log <verifier key>
//! fingerprint <hex>
//! ```

use crate::error::MirrorError;
use hakiki_note::{Hash, VerifierKey};
use hakiki_store::{Disk as _, Durability, PosixDisk};

const HEADER: &str = "hakiki/mirrored@v1\n";
const PATH: &str = "private/mirrored";

/// A log as it was met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pin {
    /// Its key, whose name is the origin.
    pub key: VerifierKey,
    /// The id of its first record.
    pub fingerprint: Hash,
}

impl Pin {
    /// What is pinned in a directory.
    pub fn read(disk: &PosixDisk) -> Result<Option<Self>, MirrorError> {
        let read = disk.read(PATH).map_err(MirrorError::system("reading which log is mirrored"))?;
        let Some(bytes) = read else { return Ok(None) };
        let damaged = || MirrorError::damaged(PATH, "it is not as this program wrote it");
        let pin = std::str::from_utf8(&bytes).ok().and_then(Self::parse).ok_or_else(damaged)?;
        Ok(Some(pin))
    }

    /// Pins, durably.
    pub fn write(&self, disk: &PosixDisk) -> Result<(), MirrorError> {
        disk.replace(PATH, self.text().as_bytes(), Durability::Now)
            .map_err(MirrorError::system("pinning the log"))
    }

    fn text(&self) -> String {
        format!("{HEADER}log {}\nfingerprint {}\n", self.key, self.fingerprint)
    }

    fn parse(text: &str) -> Option<Self> {
        let (key, rest) = text.strip_prefix(HEADER)?.strip_prefix("log ")?.split_once('\n')?;
        let fingerprint = rest.strip_prefix("fingerprint ")?.strip_suffix('\n')?;
        let pin = Self { key: key.parse().ok()?, fingerprint: fingerprint.parse().ok()? };
        (pin.text() == text).then_some(pin)
    }
}
