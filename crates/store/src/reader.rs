//! Reading what is served, by the paths of the wire.
//!
//! A path that is not one of `checkpoint`, a tile's, a bundle's or a blob's finds nothing, so no path of a
//! stranger reaches the disk. Nothing is verified here: that is for those who read.

use crate::disk::Disk;
use crate::error::{StoreError, disk_error};
use crate::layout;
use hakiki_note::Hash;
use hakiki_tlog::tile::TilePath;
use std::sync::Arc;

/// A handle for reading a log's served files.
#[derive(Debug)]
pub struct Reader<D>(Arc<D>);

impl<D> Clone for Reader<D> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<D: Disk> Reader<D> {
    /// The served files on a disk. Takes no lock.
    pub fn new(disk: Arc<D>) -> Self {
        Self(disk)
    }

    /// The file at a path below the log's prefix (`checkpoint`, `tile/0/000`, `blob/<hex>`), or `None` if
    /// there is none or the path is none of a log's.
    pub fn read(&self, path: &str) -> Result<Option<Vec<u8>>, StoreError> {
        if !is_served(path) {
            return Ok(None);
        }
        let path = format!("{}/{path}", layout::LOG);
        self.0.read(&path).map_err(disk_error("read", &path))
    }
}

fn is_served(path: &str) -> bool {
    let blob = || path.strip_prefix("blob/").is_some_and(|hash| hash.parse::<Hash>().is_ok());
    path == "checkpoint" || TilePath::parse(path).is_ok() || blob()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_the_wire_are_served() {
        let blob = format!("blob/{}", hakiki_note::sha256(b"x"));
        for path in ["checkpoint", "tile/0/000", "tile/0/x001/234.p/7", "tile/entries/000.p/255", &blob] {
            assert!(is_served(path), "{path}");
        }
        let upper = blob.to_uppercase();
        for path in [
            "",
            "/",
            "/checkpoint",
            "checkpoint/",
            "../private/head",
            "tile/../../private/head",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000/../000",
            "tile/64/000",
            "tile/0/0",
            "tile/0/%2e%2e",
            "blob/",
            "blob/..",
            "blob/../checkpoint",
            "blob/zz",
            &upper,
            "private/head",
            "log/checkpoint",
            "tile/0/000\0",
            "tile\\0\\000",
        ] {
            assert!(!is_served(path), "{path:?}");
        }
    }
}
