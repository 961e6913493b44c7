//! Names of files in the directory of a log.
//!
//! ```text
//! log/checkpoint                  the newest signed checkpoint       \
//! log/tile/<L>/<N>[.p/<W>]        hash tiles                          | exactly what any static file
//! log/tile/entries/<N>[.p/<W>]    entry bundles                       | server can serve (C2SP tlog-tiles)
//! log/blob/<hex sha256>           blobs                              /
//! log/results/<size>              results of the newest quiet heads (written by the node)
//! private/lock                    held by the one writer
//! private/head                    the locked head, unsigned
//! private/journal-0, -1           batches whose files are not yet known to be durable
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

/// Where a generation of the journal lies.
pub(crate) fn journal(generation: u64) -> String {
    format!("{PRIVATE}/journal-{}", generation % 2)
}
