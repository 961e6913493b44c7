//! Names of files in the directory of a log.
//!
//! ```text
//! log/checkpoint                  the newest signed checkpoint       \
//! log/tile/<L>/<N>[.p/<W>]        hash tiles                          | exactly what any static file
//! log/tile/entries/<N>[.p/<W>]    entry bundles                       | server can serve (C2SP tlog-tiles)
//! log/blob/<hex sha256>           blobs                              /
//! private/lock                    held by the one writer
//! private/head                    the locked head: a checkpoint's text, unsigned
//! private/staging/<old>-<new>     batches whose files are not yet known to be durable
//! private/temporary/              files that have no name yet
//! ```

use hakiki_note::Hash;
use hakiki_tlog::tile::TilePath;

/// What is served.
pub(crate) const LOG: &str = "log";
/// What is not.
pub(crate) const PRIVATE: &str = "private";
/// The writer's lock.
pub(crate) const LOCK: &str = "private/lock";
/// The locked head.
pub(crate) const HEAD: &str = "private/head";
/// Staged batches.
pub(crate) const STAGING: &str = "private/staging";
/// Files without a name.
pub(crate) const TEMPORARY: &str = "private/temporary";
/// The published checkpoint.
pub(crate) const CHECKPOINT: &str = "log/checkpoint";
/// Tiles and bundles.
pub(crate) const TILES: &str = "log/tile";

/// Where a tile or bundle lies.
pub(crate) fn tile(path: &TilePath) -> String {
    format!("{LOG}/{path}")
}

/// Where a blob lies.
pub(crate) fn blob(hash: Hash) -> String {
    format!("{LOG}/blob/{hash}")
}

/// Where a batch is staged.
pub(crate) fn staged(old_size: u64, new_size: u64) -> String {
    format!("{STAGING}/{old_size}-{new_size}")
}

/// The sizes in a staged batch's file name.
pub(crate) fn parse_staged(name: &str) -> Option<(u64, u64)> {
    let (old, new) = name.split_once('-')?;
    let sizes: (u64, u64) = (old.parse().ok()?, new.parse().ok()?);
    (staged(sizes.0, sizes.1).ends_with(&format!("/{name}")) && sizes.0 < sizes.1).then_some(sizes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn staged_names_have_one_form() {
        assert_eq!(parse_staged("0-17"), Some((0, 17)));
        for name in ["", "-", "1-", "-1", "01-2", "1-02", "2-1", "1-1", "+1-2", "1-2-3", "1-2 "] {
            assert_eq!(parse_staged(name), None, "{name:?}");
        }
    }
}
