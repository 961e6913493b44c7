//! Altered tiles and entries as evidence: what was found, what the head commits to, and the hash path between (V04, V05).
//! It is held against nobody.

use crate::compare::Tiles;
use crate::tree::{tile_root, width_in};
use hakiki_evidence::{Claim, TileFound};
use hakiki_note::Hash;
use hakiki_tlog::bundle::entries;
use hakiki_tlog::checkpoint::VerifiedCheckpoint;
use hakiki_tlog::proof::root_of_inclusion;
use hakiki_tlog::tile::{TILE_WIDTH, TilePath, hashes_at};
use hakiki_tlog::tile_proof::tile_hash_proof;
use hakiki_tlog::tree::leaf_hash;

const WIDTH: u64 = TILE_WIDTH as u64;

/// The claim about an object that was found to differ, if what lies around it is good enough to prove it.
pub(crate) fn altered(tiles: &Tiles<'_>, head: &VerifiedCheckpoint, path: TilePath) -> Option<Claim> {
    let size = head.head().size;
    let found = tiles.read(path)?;
    let level = match path {
        TilePath::Hashes { level, .. } => level,
        TilePath::Entries { .. } => 0,
    };
    let right = right_hashes(tiles, size, path)?;
    let (number, found) = first_difference(path, &found, &right)?;
    let repaired: Vec<u8> = right.iter().flat_map(|hash| hash.0).collect();
    let is_this = |asked: TilePath| {
        matches!((asked, path), (TilePath::Hashes { .. }, TilePath::Hashes { .. })) && asked == path
    };
    let mut read = |asked: TilePath| if is_this(asked) { Some(repaired.clone()) } else { tiles.read(asked) };
    let place = path.index() * WIDTH + u64::from(number);
    let (hash, proof) = tile_hash_proof(level, place, size, &mut read).ok()?;
    let leaves = size.div_ceil(1 << (8 * u32::from(level)));
    let leads = root_of_inclusion(&hash, place, leaves, &proof) == Ok(head.head().root);
    leads.then(|| Claim::Tile(TileFound { head: head.to_text(), path, number, found, hash, proof }))
}

/// What the tile should hold: of a bundle, the leaves of its tile; of a tile, what lies below it makes.
fn right_hashes(tiles: &Tiles<'_>, size: u64, path: TilePath) -> Option<Vec<Hash>> {
    match path {
        TilePath::Entries { index, width } => {
            let bytes = tiles.read(TilePath::Hashes { level: 0, index, width })?;
            Some(bytes.as_chunks::<32>().0.iter().copied().map(Hash).collect())
        }
        TilePath::Hashes { level: 0, index, width } => {
            let bundle = tiles.read(TilePath::Entries { index, width })?;
            entries(&bundle).map(|entry| entry.ok().map(leaf_hash)).collect()
        }
        TilePath::Hashes { level, index, width } => {
            let below = index * WIDTH..index * WIDTH + u64::from(width);
            let count = hashes_at(level - 1, size);
            let made = below.map(|index| {
                let path = TilePath::Hashes { level: level - 1, index, width: width_in(index, count) };
                let bytes = tiles.read(path).filter(|bytes| bytes.len() == 32 * usize::from(TILE_WIDTH))?;
                let hashes: Vec<Hash> = bytes.as_chunks::<32>().0.iter().copied().map(Hash).collect();
                Some(tile_root(&hashes))
            });
            made.collect()
        }
    }
}

/// The first hash or entry that differs, and the bytes to show for it.
fn first_difference(path: TilePath, found: &[u8], right: &[Hash]) -> Option<(u16, Vec<u8>)> {
    match path {
        TilePath::Hashes { .. } => {
            let at = found.as_chunks::<32>().0.iter().zip(right).position(|(a, b)| *a != b.0)?;
            Some((u16::try_from(at).ok()?, found.to_vec()))
        }
        TilePath::Entries { .. } => {
            let mut all = entries(found).zip(right).enumerate();
            let (at, entry) = all.find_map(|(at, (entry, right))| {
                let entry = entry.ok()?;
                (leaf_hash(entry) != *right).then_some((at, entry))
            })?;
            Some((u16::try_from(at).ok()?, entry.to_vec()))
        }
    }
}
