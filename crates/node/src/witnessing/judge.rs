//! What a head that somebody else knows says about this directory: compared with the tree that its entries lead to.

use crate::error::NodeError;
use hakiki_note::{VerifierKey, sha256};
use hakiki_store::{Disk as _, Durability, PosixDisk};
use hakiki_tlog::{CheckpointError, Head, MemoryTree, VerifiedCheckpoint};
use std::io::ErrorKind;
use std::path::Path;

/// Where refused heads are kept, under the directory of the log.
const REFUSED: &str = "private/refused";

/// What a head is to a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Judged {
    /// One that the log had.
    Earlier,
    /// Larger than the log; whether it continues it cannot be told.
    Beyond,
    /// Of a size that the log had, with this root instead.
    Contradicts(Head),
}

/// Compares a head that the log's key signed.
pub(crate) fn judge(found: &Head, tree: &MemoryTree) -> Judged {
    match tree.head_at(found.size) {
        Ok(own) if own == *found => Judged::Earlier,
        Ok(own) => Judged::Contradicts(own),
        Err(_) => Judged::Beyond,
    }
}

/// Opens a head that somebody gave. Only one that the log's key signed says anything about the log.
pub(crate) fn open(bytes: &[u8], log_key: &VerifierKey) -> Result<VerifiedCheckpoint, CheckpointError> {
    VerifiedCheckpoint::open(bytes, log_key)
}

/// Keeps a head that contradicts the log, durably, under the hash of its note; gives where.
pub(crate) fn keep(dir: &Path, found: &VerifiedCheckpoint) -> Result<String, NodeError> {
    let text = found.to_text();
    let path = format!("{REFUSED}/{}", sha256(text.as_bytes()));
    match PosixDisk::new(dir).create(&path, text.as_bytes(), Durability::Now) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            Err(NodeError::System { doing: "keeping a refused head", source: error })
        }
        _ => Ok(dir.join(path).display().to_string()),
    }
}

/// A head as errors write it.
pub(crate) fn shown(head: &Head) -> String {
    format!("size {}, root {}", head.size, head.root)
}
