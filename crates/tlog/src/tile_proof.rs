//! Inclusion and consistency proofs made from stored tiles: a few reads in place of a whole tree in memory.
//!
//! What is read is not trusted and not checked here: a proof made of altered tiles is a proof that
//! [`crate::verify_inclusion`] or [`crate::verify_consistency`] refuses. Fetching is the caller's.

use crate::tile::{TILE_WIDTH, TilePath, hashes_at};
use crate::tree::{Frontier, TreeError, empty_root, node_hash};
use hakiki_note::Hash;
use std::collections::BTreeMap;

/// Reads a tile's bytes; none if it is not there.
pub type ReadTile<'a> = dyn FnMut(TilePath) -> Option<Vec<u8>> + 'a;

/// Why there is no proof.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TileProofError {
    /// A question about leaves that the tree does not have.
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// Neither the partial tile nor the full one is there.
    #[error("{0} is missing, and so is the full one")]
    Missing(TilePath),
    /// A tile of another length than its path says.
    #[error("{path} has {found} bytes, expected {expected}")]
    Length {
        /// Which.
        path: TilePath,
        /// Bytes found.
        found: usize,
        /// 32 bytes a hash.
        expected: usize,
    },
}

/// The audit path of leaf `index` in the tree of `size` leaves, from the leaf's sibling up.
pub fn inclusion_proof(index: u64, size: u64, read: &mut ReadTile<'_>) -> Result<Vec<Hash>, TileProofError> {
    if index >= size {
        return Err(TreeError::Index { index, size }.into());
    }
    Tiles::new(size, read).path_of(0, index)
}

/// Hash `place` of tile level `level`, counted over the whole level, and its path to the root of `size` leaves. The path
/// verifies as that of leaf `place` in a tree of `size / 256^level` leaves, rounded up: the shape above is the same.
pub fn tile_hash_proof(
    level: u8,
    place: u64,
    size: u64,
    read: &mut ReadTile<'_>,
) -> Result<(Hash, Vec<Hash>), TileProofError> {
    let have = hashes_at(level, size);
    if place >= have {
        return Err(TreeError::Index { index: place, size: have }.into());
    }
    let mut tiles = Tiles::new(size, read);
    let path = tiles.path_of(8 * u32::from(level), place)?;
    Ok((tiles.complete(8 * u32::from(level), place)?, path))
}

/// The proof that the tree of `new` leaves continues that of `old`. It is empty from size 0 and between equal sizes.
pub fn consistency_proof(old: u64, new: u64, read: &mut ReadTile<'_>) -> Result<Vec<Hash>, TileProofError> {
    if old > new {
        return Err(TreeError::Order { old, new }.into());
    }
    if old == 0 {
        return Ok(Vec::new());
    }
    let mut tiles = Tiles::new(new, read);
    let (mut start, mut end) = (0, new);
    let mut path = Vec::new();
    while end != old {
        let middle = start + split(end - start);
        if old <= middle {
            path.push(tiles.range(middle, end)?);
            end = middle;
        } else {
            path.push(tiles.range(start, middle)?);
            start = middle;
        }
    }
    if start != 0 {
        path.push(tiles.range(start, end)?);
    }
    path.reverse();
    Ok(path)
}

/// The root of the first `size` leaves, from the tiles of a tree of `of` leaves.
pub fn root_at(size: u64, of: u64, read: &mut ReadTile<'_>) -> Result<Hash, TileProofError> {
    if size > of {
        return Err(TreeError::Size { asked: size, have: of }.into());
    }
    if size == 0 { Ok(empty_root()) } else { Tiles::new(of, read).range(0, size) }
}

/// The hash of leaf `index`, from the tiles of a tree of `size` leaves.
pub fn leaf_at(index: u64, size: u64, read: &mut ReadTile<'_>) -> Result<Hash, TileProofError> {
    if index >= size {
        return Err(TreeError::Index { index, size }.into());
    }
    Tiles::new(size, read).complete(0, index)
}

/// The tiles of a tree of a size, each read once.
struct Tiles<'a, 'b> {
    size: u64,
    read: &'a mut ReadTile<'b>,
    seen: BTreeMap<(u8, u64), Vec<Hash>>,
}

impl<'a, 'b> Tiles<'a, 'b> {
    fn new(size: u64, read: &'a mut ReadTile<'b>) -> Self {
        Self { size, read, seen: BTreeMap::new() }
    }

    /// The path from the complete subtree of `2^level` leaves with this index up to the root.
    fn path_of(&mut self, level: u32, index: u64) -> Result<Vec<Hash>, TileProofError> {
        let (mut start, mut end) = (0, self.size);
        let first = index << level;
        let mut path = Vec::new();
        while end - start > 1 << level {
            let middle = start + split(end - start);
            if first < middle {
                path.push(self.range(middle, end)?);
                end = middle;
            } else {
                path.push(self.range(start, middle)?);
                start = middle;
            }
        }
        path.reverse();
        Ok(path)
    }

    /// The hash of the leaves `start..end`, split as in RFC 6962, section 2.1.
    fn range(&mut self, start: u64, end: u64) -> Result<Hash, TileProofError> {
        let count = end - start;
        if count.is_power_of_two() {
            let level = count.trailing_zeros();
            return self.complete(level, start >> level);
        }
        let middle = start + split(count);
        Ok(node_hash(&self.range(start, middle)?, &self.range(middle, end)?))
    }

    /// The hash of the leaves `index·2^level` to `(index + 1)·2^level`, all of which the tree has.
    fn complete(&mut self, level: u32, index: u64) -> Result<Hash, TileProofError> {
        let (tile_level, inner) = ((level / 8) as u8, level % 8);
        let (first, count) = (index << inner, 1_usize << inner);
        let width = u64::from(TILE_WIDTH);
        let hashes = self.tile(tile_level, first / width)?;
        let from = (first % width) as usize;
        let mut subtree = Frontier::new();
        subtree.extend(hashes[from..from + count].iter().copied());
        Ok(subtree.root())
    }

    fn tile(&mut self, level: u8, index: u64) -> Result<&[Hash], TileProofError> {
        if !self.seen.contains_key(&(level, index)) {
            let hashes = self.fetch(level, index)?;
            self.seen.insert((level, index), hashes);
        }
        Ok(&self.seen[&(level, index)])
    }

    fn fetch(&mut self, level: u8, index: u64) -> Result<Vec<Hash>, TileProofError> {
        let full = u64::from(TILE_WIDTH);
        let width = (hashes_at(level, self.size) - index * full).min(full) as u16;
        let path = TilePath::Hashes { level, index, width };
        let (stored, bytes) = match (self.read)(path) {
            Some(bytes) => (path, bytes),
            None if path.is_partial() => {
                (path.full(), (self.read)(path.full()).ok_or(TileProofError::Missing(path))?)
            }
            None => return Err(TileProofError::Missing(path)),
        };
        let expected = 32 * usize::from(stored.width());
        if bytes.len() != expected {
            return Err(TileProofError::Length { path: stored, found: bytes.len(), expected });
        }
        let (hashes, _) = bytes.as_chunks::<32>();
        Ok(hashes.iter().take(usize::from(width)).copied().map(Hash).collect())
    }
}

/// The largest power of two below `count`, which is at least 2.
fn split(count: u64) -> u64 {
    1 << (count - 1).ilog2()
}
