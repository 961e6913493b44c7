//! What somebody with the log's key can make: other logs, other heads. Nothing here asks anybody.

use anyhow::{Context as _, Result, ensure};
use hakiki_note::SigningKey;
use hakiki_store::{Blobs, Disk as _, Log, PosixDisk, Reader, SignFailure};
use hakiki_tlog::bundle::entries_of_width;
use hakiki_tlog::checkpoint::{Checkpoint, VerifiedCheckpoint};
use hakiki_tlog::tile::bundles_of;
use hakiki_tlog::{Head, MemoryTree, Origin, leaf_hash};
use std::path::Path;
use std::sync::Arc;

/// The published head of a log in a directory (the one that holds `log/`).
pub fn head_of(dir: &Path, log_key: &SigningKey) -> Result<VerifiedCheckpoint> {
    let reader = Reader::new(Arc::new(PosixDisk::new(dir)));
    let bytes = reader.read("checkpoint")?.context("a log has a checkpoint")?;
    Ok(VerifiedCheckpoint::open(&bytes, log_key.verifier())?)
}

/// Every entry of a log in a directory.
pub fn entries_of(dir: &Path, log_key: &SigningKey) -> Result<Vec<Vec<u8>>> {
    let size = head_of(dir, log_key)?.head().size;
    let reader = Reader::new(Arc::new(PosixDisk::new(dir)));
    let mut entries = Vec::new();
    for path in bundles_of(size) {
        let bytes = reader.read(&path.to_string())?.with_context(|| format!("{path} is missing"))?;
        entries.extend(entries_of_width(&bytes, path.width())?.into_iter().map(<[u8]>::to_vec));
    }
    ensure!(entries.len() as u64 == size, "the bundles hold the head's entries");
    Ok(entries)
}

/// Signs a head with the log's key, whatever it says.
pub fn sign(log_key: &SigningKey, head: Head) -> Result<String> {
    let origin = Origin::new(log_key.name().as_str())?;
    Ok(Checkpoint::new(origin, head).sign(log_key)?)
}

/// Makes a log of these entries in a new directory, with the blobs of another, signed by the log's key.
pub fn build(dir: &Path, log_key: &SigningKey, entries: &[Vec<u8>], blobs_of: &Path) -> Result<Head> {
    let origin = Origin::new(log_key.name().as_str())?;
    let mut signer = |head: &Head| -> Result<String, SignFailure> {
        Ok(Checkpoint::new(origin.clone(), *head).sign(log_key)?)
    };
    let mut log = Log::create(Arc::new(PosixDisk::new(dir)), &origin, &mut signer)?;
    log.append(entries.to_vec(), &mut signer)?;
    log.settle()?;
    let (from, to) = (PosixDisk::new(blobs_of), Blobs::new(Arc::new(PosixDisk::new(dir))));
    for name in from.list("log/blob")? {
        if let (Ok(hash), Some(bytes)) = (name.parse(), from.read(&format!("log/blob/{name}"))?) {
            to.put_blob(hash, &bytes)?;
        }
    }
    Ok(log.head())
}

/// The tree over entries.
pub fn tree_of(entries: &[Vec<u8>]) -> MemoryTree {
    let mut tree = MemoryTree::new();
    for entry in entries {
        tree.push(leaf_hash(entry));
    }
    tree
}

/// Copies a directory with all below it.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
