//! Reading the copy: when a mirror starts, and where a record is asked for.

use crate::error::MirrorError;
use hakiki_store::{PosixDisk, Reader};
use hakiki_tlog::bundle::entries_of_width;
use hakiki_tlog::{Head, MemoryTree, TILE_WIDTH, TilePath, leaf_hash};
use rayon::prelude::*;

/// Bundles that are read at one time: some MiB.
const BUNDLES_AT_ONCE: u64 = 32;
const WIDTH: u64 = TILE_WIDTH as u64;

/// How many hashes or entries the tile or bundle of an index has, where there are `count` of them.
pub(crate) fn width_in(index: u64, count: u64) -> u16 {
    let rest = count.saturating_sub(index.saturating_mul(WIDTH));
    u16::try_from(rest).unwrap_or(TILE_WIDTH).min(TILE_WIDTH)
}

/// The tree of the entries that are held, which must be the head's.
pub(crate) fn tree(reader: &Reader<PosixDisk>, head: Head) -> Result<MemoryTree, MirrorError> {
    let mut tree = MemoryTree::new();
    while tree.size() < head.size {
        let entries = entries_from(reader, tree.size(), head.size)?;
        tree.extend(entries.par_iter().map(|entry| leaf_hash(entry)).collect::<Vec<_>>());
    }
    if tree.head() == head {
        return Ok(tree);
    }
    let found = format!("the entries lead to root {}, expected {}", tree.root(), head.root);
    Err(MirrorError::damaged("log/tile/entries", found))
}

/// Some entries from a place on; at least one, where `size` are held and the place is below.
pub(crate) fn entries_from(
    reader: &Reader<PosixDisk>,
    first: u64,
    size: u64,
) -> Result<Vec<Vec<u8>>, MirrorError> {
    let bundle = first / WIDTH;
    let last = (bundle + BUNDLES_AT_ONCE).min(size.div_ceil(WIDTH));
    let bundles: Vec<_> =
        (bundle..last).into_par_iter().map(|index| read_bundle(reader, index, size)).collect();
    let mut entries = Vec::new();
    for bundle in bundles {
        entries.extend(bundle?);
    }
    Ok(entries.split_off(usize::try_from(first % WIDTH).unwrap_or(usize::MAX).min(entries.len())))
}

/// The entry at a place below `size`.
pub(crate) fn entry(
    reader: &Reader<PosixDisk>,
    place: u64,
    size: u64,
) -> Result<Option<Vec<u8>>, MirrorError> {
    if place >= size {
        return Ok(None);
    }
    let entries = read_bundle(reader, place / WIDTH, size)?;
    Ok(entries.into_iter().nth(usize::try_from(place % WIDTH).unwrap_or(usize::MAX)))
}

fn read_bundle(reader: &Reader<PosixDisk>, index: u64, size: u64) -> Result<Vec<Vec<u8>>, MirrorError> {
    let width = width_in(index, size);
    let path = TilePath::Entries { index, width };
    let (stored, bytes) = match reader.read(&path.to_path())? {
        Some(bytes) => (path, bytes),
        // Partial bundles give way to full ones, and to nothing else.
        None => match reader.read(&path.full().to_path())? {
            Some(bytes) => (path.full(), bytes),
            None => return Err(MirrorError::damaged(path.to_path(), "it is missing")),
        },
    };
    let all = entries_of_width(&bytes, stored.width())
        .map_err(|error| MirrorError::damaged(stored.to_path(), error.to_string()))?;
    Ok(all.into_iter().take(usize::from(width)).map(<[u8]>::to_vec).collect())
}
