//! Blobs: images, register shards and other bytes that records name by their SHA-256.
//!
//! A blob is durable when [`Blobs::put_blob`] returns, and its name is its hash, so two writers cannot
//! disagree. Handles work beside an append and beside each other. Which blobs may come is the caller's to
//! decide.

use crate::disk::{Disk, Durability};
use crate::error::{StoreError, disk_error};
use crate::layout;
use hakiki_note::{Hash, sha256};
use std::io::ErrorKind;
use std::sync::Arc;

/// Most bytes of one blob: a photographed form of two pages at 300 dpi is 2 to 4 MiB as JPEG, so 8 MiB is
/// twice that.
pub const BLOB_MAX_BYTES: usize = 8 * 1024 * 1024;

/// A handle on a log's blobs.
#[derive(Debug)]
pub struct Blobs<D>(Arc<D>);

impl<D> Clone for Blobs<D> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<D: Disk> Blobs<D> {
    /// The blobs on a disk. Whoever puts must be the process that holds the log's lock.
    pub fn new(disk: Arc<D>) -> Self {
        Self(disk)
    }

    /// Stores bytes under their hash; durable when it returns. The same bytes again change nothing.
    pub fn put_blob(&self, expected: Hash, bytes: &[u8]) -> Result<(), StoreError> {
        if bytes.len() > BLOB_MAX_BYTES {
            let found = bytes.len() as u64;
            return Err(StoreError::Size {
                what: "a blob",
                found,
                allowed: format!("{BLOB_MAX_BYTES} bytes"),
            });
        }
        let found = sha256(bytes);
        if found != expected {
            let advice = "Nothing was written; send the bytes again";
            return Err(StoreError::BlobHash {
                place: "the blob that came".to_owned(),
                found,
                expected,
                advice,
            });
        }
        let path = layout::blob(expected);
        match self.0.create(&path, bytes, Durability::Now) {
            Err(e) if e.kind() == ErrorKind::AlreadyExists => {
                self.read_blob(expected)?;
                // An earlier put may have named it and failed to make the name durable.
                self.0.sync(std::slice::from_ref(&path)).map_err(disk_error("sync", &path))
            }
            done => done.map_err(disk_error("write", &path)),
        }
    }

    /// Whether a blob is there.
    pub fn has_blob(&self, hash: Hash) -> Result<bool, StoreError> {
        let path = layout::blob(hash);
        self.0.exists(&path).map_err(disk_error("look for", &path))
    }

    /// A blob's bytes, checked against their hash, or `None` if it is not there (yet).
    pub fn read_blob(&self, hash: Hash) -> Result<Option<Vec<u8>>, StoreError> {
        let path = layout::blob(hash);
        let Some(bytes) = self.0.read(&path).map_err(disk_error("read", &path))? else { return Ok(None) };
        let found = sha256(&bytes);
        if found != hash {
            let advice = "The disk damaged it or somebody changed it: restore the file from a mirror";
            return Err(StoreError::BlobHash { place: path, found, expected: hash, advice });
        }
        Ok(Some(bytes))
    }
}
