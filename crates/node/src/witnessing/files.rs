//! `log/cosigned` and `log/held`: the newest heads of these states beside `log/checkpoint`, so that a directory, a mirror or
//! a USB stick carries them (`docs/reference/log.md`).
//!
//! They are written without waiting for the disk and made durable when the log is quiet: a file that a loss of power takes
//! comes again with the next round.

use hakiki_store::{Disk as _, Durability, PosixDisk};
use std::path::Path;
use std::time::UNIX_EPOCH;

/// The newest head that the quorum cosigned.
pub(super) const COSIGNED: &str = "log/cosigned";
/// The newest head that mirrors of two classes hold.
pub(super) const HELD: &str = "log/held";
/// The newest signed head, which the store writes.
pub(super) const CHECKPOINT: &str = "log/checkpoint";

/// Writes the files, and knows what is not durable yet.
pub(super) struct HeadFiles {
    disk: PosixDisk,
    live: Vec<String>,
}

impl HeadFiles {
    pub fn new(dir: &Path) -> Self {
        Self { disk: PosixDisk::new(dir), live: Vec::new() }
    }

    /// Replaces a file. That it could not be written is told and harms nothing.
    pub fn write(&mut self, path: &str, text: &str) {
        if let Err(error) = self.disk.replace(path, text.as_bytes(), Durability::Later) {
            tracing::error!(path, %error, "a cosigned head is not in the log's directory");
        } else if !self.live.iter().any(|live| live == path) {
            self.live.push(path.to_owned());
        }
    }

    /// Makes what was written durable.
    pub fn settle(&mut self) {
        let live = std::mem::take(&mut self.live);
        if !live.is_empty()
            && let Err(error) = self.disk.sync(&live)
        {
            tracing::error!(%error, "cosigned heads in the log's directory are not durable");
        }
    }
}

/// A file's text and when it was written, in seconds since 1970; none if it is not there or no text.
pub(super) fn read(dir: &Path, path: &str) -> Option<(String, u64)> {
    let path = dir.join(path);
    let text = String::from_utf8(std::fs::read(&path).ok()?).ok()?;
    let modified = std::fs::metadata(&path).and_then(|about| about.modified()).ok()?;
    Some((text, modified.duration_since(UNIX_EPOCH).ok()?.as_secs()))
}
