//! Submissions that the log has not answered for: kept durably, served to nobody, sent again until a receipt or a signed
//! refusal comes. One file each, named by the hash of its bytes.

use crate::error::MirrorError;
use hakiki_note::{Hash, sha256};
use hakiki_store::{Disk as _, Durability, PosixDisk};
use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

const FOLDER: &str = "private/queue";

/// The submissions that wait.
pub(crate) struct Queue {
    disk: Arc<PosixDisk>,
    most: u64,
    waiting: Mutex<BTreeSet<Hash>>,
}

/// There is no room for one more.
#[derive(Debug)]
pub(crate) enum Unkept {
    Full,
    Disk(io::Error),
}

fn path(note: &Hash) -> String {
    format!("{FOLDER}/{note}")
}

impl Queue {
    /// Opens the folder with what waits in it since before.
    pub fn open(disk: Arc<PosixDisk>, most: u64) -> Result<Self, MirrorError> {
        let names = disk.list(FOLDER).map_err(MirrorError::system("reading the submissions that wait"))?;
        let waiting = names.iter().filter_map(|name| name.parse().ok()).collect();
        Ok(Self { disk, most, waiting: Mutex::new(waiting) })
    }

    /// Keeps a submission; durable when it returns. One that waits already is no second.
    pub fn keep(&self, note: &[u8]) -> Result<Hash, Unkept> {
        let hash = sha256(note);
        {
            let waiting = self.lock();
            if waiting.contains(&hash) {
                return Ok(hash);
            }
            if waiting.len() as u64 >= self.most {
                return Err(Unkept::Full);
            }
        }
        self.disk.replace(&path(&hash), note, Durability::Now).map_err(Unkept::Disk)?;
        self.lock().insert(hash);
        Ok(hash)
    }

    /// Gives a submission up: the log has answered for it.
    pub fn remove(&self, note: &Hash) {
        if let Err(error) = self.disk.remove(&path(note)) {
            // It is sent once more after the next start, and answered as known.
            tracing::warn!(%error, %note, "a submission that was answered could not be removed");
        }
        self.lock().remove(note);
    }

    /// What waits.
    pub fn all(&self) -> Vec<Hash> {
        self.lock().iter().copied().collect()
    }

    /// The bytes of one; none if it does not wait any more.
    pub fn read(&self, note: &Hash) -> io::Result<Option<Vec<u8>>> {
        self.disk.read(&path(note))
    }

    /// How many wait.
    pub fn length(&self) -> u64 {
        self.lock().len() as u64
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<Hash>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_survives_and_is_bounded() {
        let directory = tempfile::tempdir().unwrap();
        let open = || Queue::open(Arc::new(PosixDisk::new(directory.path())), 2).unwrap();
        let queue = open();
        let one = queue.keep(b"one").unwrap();
        assert_eq!(queue.keep(b"one").unwrap(), one);
        queue.keep(b"two").unwrap();
        assert!(matches!(queue.keep(b"three"), Err(Unkept::Full)));
        queue.remove(&one);
        let again = open();
        assert_eq!(again.all(), [sha256(b"two")]);
        assert_eq!(again.read(&sha256(b"two")).unwrap().unwrap(), b"two");
    }
}
