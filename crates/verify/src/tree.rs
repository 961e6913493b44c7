//! The tree above the bundles: the stored tiles of level 1 and up, and whether all tiles lead to the head's root (V04).
//!
//! Tiles of level 1 and up are a 256th of the log and are held. Each level 0 tile is seen once, beside its bundle
//! (`chunk.rs`), and hands in the hash that it makes. At the end every stored tile is compared with what the tiles below
//! it make, and the right edge with the root. Where a tile and the one below it differ, the one above both says which is
//! bad; so the first bad path is named, not only that something is.

use crate::fetch::{FetchError, Fetcher};
use crate::options::{Phase, Progress};
use hakiki_note::Hash;
use hakiki_tlog::tile::{TILE_WIDTH, TilePath, hashes_at};
use hakiki_tlog::tree::{Frontier, Head, empty_root, node_hash};

/// So many missing objects in a row, and the rest is not sought: a head can claim any size.
pub(crate) const MISSING_MAX: u64 = 1024;
/// Tiles that are asked for at once.
const TILES_AT_ONCE: usize = 64;
const WIDTH: u64 = TILE_WIDTH as u64;

/// What is wrong with a tile or bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Neither it nor the full one is there.
    Missing,
    /// The source could not be read.
    Unreadable(String),
    /// Its bytes have no right shape.
    Shape(String),
    /// It does not lead to the root; of a bundle: this entry does not hash to its leaf.
    Differs(Option<u64>),
}

impl From<FetchError> for Fault {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::Absent => Self::Missing,
            FetchError::TooLarge(_) => Self::Shape(error.to_string()),
            FetchError::Unreadable(why) => Self::Unreadable(why),
        }
    }
}

/// The faults of many objects: the first by path, and how many.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    /// What speaks against the log.
    pub(crate) first: Option<(TilePath, Fault)>,
    /// How many such.
    pub(crate) count: u64,
    /// What could not be read.
    pub(crate) unreadable: Option<(TilePath, String)>,
}

impl Faults {
    /// Notes a fault.
    pub(crate) fn note(&mut self, path: TilePath, fault: Fault) {
        if let Fault::Unreadable(why) = fault {
            self.unreadable.get_or_insert((path, why));
            return;
        }
        self.count += 1;
        if self.first.as_ref().is_none_or(|(first, _)| path < *first) {
            self.first = Some((path, fault));
        }
    }
}

/// The stored tiles of level 1 and up.
pub(crate) struct Upper {
    head: Head,
    /// `levels[l - 1][i]` is hash `i` of level `l`, if its tile is here.
    levels: Vec<Vec<Option<Hash>>>,
}

impl Upper {
    /// Reads all tiles of level 1 and up.
    pub(crate) fn load(fetcher: &Fetcher, head: Head, faults: &mut Faults, progress: &dyn Progress) -> Self {
        let mut levels = Vec::new();
        for level in (1..8u8).take_while(|level| hashes_at(*level, head.size) > 0) {
            levels.push(load_level(fetcher, head.size, level, faults, progress));
        }
        Self { head, levels }
    }

    /// The hash that the stored level 1 tile has for a full bundle.
    pub(crate) fn of_bundle(&self, index: u64) -> Option<Hash> {
        self.stored(1, index)
    }

    fn stored(&self, level: u8, index: u64) -> Option<Hash> {
        let level = self.levels.get(usize::from(level).checked_sub(1)?)?;
        *level.get(usize::try_from(index).ok()?)?
    }

    /// Whether the stored right edge, with these leaves as the partial level 0 tile, makes the head's root; none if a
    /// part of the edge is not here.
    pub(crate) fn edge_leads_to_root(&self, leaves: &[Hash]) -> Option<bool> {
        let edges =
            (1..=self.levels.len() as u8).map(|level| self.stored_edge(level)).collect::<Option<Vec<_>>>()?;
        Some(root_of_edges(leaves, &edges) == self.head.root)
    }

    /// The hashes of a level's partial tile.
    fn stored_edge(&self, level: u8) -> Option<Vec<Hash>> {
        let count = hashes_at(level, self.head.size);
        (count / WIDTH * WIDTH..count).map(|index| self.stored(level, index)).collect()
    }

    /// Compares every stored tile with what lies below it, and the whole with the root. `made` are the hashes that the
    /// full level 0 tiles make, `edge` the leaves of the partial one; none where there is nothing to make them of.
    pub(crate) fn finish(
        &self,
        made: Vec<Option<Hash>>,
        edge: Option<Vec<Hash>>,
        faults: &mut Faults,
    ) -> Outcome {
        let mut made = made;
        let mut edges: Vec<Option<Vec<Hash>>> = Vec::new();
        for level in 1..=self.levels.len() as u8 {
            let count = hashes_at(level, self.head.size);
            let full = count / WIDTH;
            let mut above = Vec::new();
            for tile in 0..full.min(made.len() as u64 / WIDTH + 1) {
                above.push(self.judge_tile(level, tile, &made, faults));
            }
            let last: Vec<u64> = (full * WIDTH..count).collect();
            edges.push(self.judge_edge(level, &last, &made, edge.as_deref(), faults));
            made = above;
        }
        let Some(edge) = edge else { return Outcome::Unknown };
        let Some(edges) = edges.into_iter().collect::<Option<Vec<_>>>() else { return Outcome::Unknown };
        let root = root_of_edges(&edge, &edges);
        if root == self.head.root { Outcome::Leads } else { Outcome::Differs(root) }
    }

    /// A full tile: notes what differs, and gives the hash that it makes.
    fn judge_tile(&self, level: u8, tile: u64, made: &[Option<Hash>], faults: &mut Faults) -> Option<Hash> {
        let indexes = tile * WIDTH..(tile + 1) * WIDTH;
        let stored: Option<Vec<Hash>> = indexes.clone().map(|index| self.stored(level, index)).collect();
        let below: Option<Vec<Hash>> = indexes.clone().map(|index| at(made, index)).collect();
        let differing: Vec<u64> = indexes.filter(|index| self.differs(level, *index, made)).collect();
        let above = self.stored(level + 1, tile);
        let (by_stored, by_below) = (stored.as_deref().map(tile_root), below.as_deref().map(tile_root));
        if differing.is_empty() {
            return by_below.or(by_stored);
        }
        if by_stored.is_some() && by_stored == above {
            for index in differing {
                faults.note(hash_tile(level - 1, index, TILE_WIDTH), Fault::Differs(None));
            }
            return by_stored;
        }
        faults.note(hash_tile(level, tile, TILE_WIDTH), Fault::Differs(None));
        by_below.or(by_stored)
    }

    /// The partial tile, whose judge is the root.
    fn judge_edge(
        &self,
        level: u8,
        indexes: &[u64],
        made: &[Option<Hash>],
        leaves: Option<&[Hash]>,
        faults: &mut Faults,
    ) -> Option<Vec<Hash>> {
        let stored: Option<Vec<Hash>> = indexes.iter().map(|index| self.stored(level, *index)).collect();
        let below: Option<Vec<Hash>> = indexes.iter().map(|index| at(made, *index)).collect();
        let differing: Vec<u64> =
            indexes.iter().copied().filter(|index| self.differs(level, *index, made)).collect();
        if differing.is_empty() {
            return below.or(stored);
        }
        if leaves.and_then(|leaves| self.edge_leads_to_root(leaves)) == Some(true) {
            for index in differing {
                faults.note(hash_tile(level - 1, index, TILE_WIDTH), Fault::Differs(None));
            }
            return stored;
        }
        let width = u16::try_from(indexes.len()).unwrap_or(TILE_WIDTH);
        faults.note(hash_tile(level, hashes_at(level, self.head.size) / WIDTH, width), Fault::Differs(None));
        below.or(stored)
    }

    fn differs(&self, level: u8, index: u64, made: &[Option<Hash>]) -> bool {
        match (self.stored(level, index), at(made, index)) {
            (Some(stored), Some(made)) => stored != made,
            _ => false,
        }
    }
}

/// Whether the tiles lead to the head's root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// They do.
    Leads,
    /// They lead to this one.
    Differs(Hash),
    /// Too much is missing.
    Unknown,
}

fn at(made: &[Option<Hash>], index: u64) -> Option<Hash> {
    *made.get(usize::try_from(index).ok()?)?
}

fn hash_tile(level: u8, index: u64, width: u16) -> TilePath {
    TilePath::Hashes { level, index, width }
}

fn load_level(
    fetcher: &Fetcher,
    size: u64,
    level: u8,
    faults: &mut Faults,
    progress: &dyn Progress,
) -> Vec<Option<Hash>> {
    let count = hashes_at(level, size);
    let tiles = count.div_ceil(WIDTH);
    let mut hashes = Vec::new();
    let mut next = 0;
    let mut missing_in_a_row = 0;
    while next < tiles && missing_in_a_row < MISSING_MAX {
        let end = tiles.min(next + TILES_AT_ONCE as u64);
        let paths: Vec<TilePath> = (next..end).map(|index| path_in(level, index, count)).collect();
        for (path, read) in paths.iter().zip(fetcher.each(&paths, |path| fetcher.tile(*path))) {
            let width = path.width();
            match read.map_err(Fault::from).and_then(|(stored, bytes)| hashes_of(stored, width, &bytes)) {
                Ok(found) => {
                    missing_in_a_row = 0;
                    hashes.extend(found.into_iter().map(Some));
                }
                Err(fault) => {
                    missing_in_a_row += 1;
                    hashes.extend(std::iter::repeat_n(None, usize::from(width)));
                    faults.note(*path, fault);
                }
            }
        }
        next = end;
        progress.step(Phase::Tiles, next, tiles);
    }
    hashes
}

/// A level's tile in a tree that has so many hashes there.
pub(crate) fn path_in(level: u8, index: u64, count: u64) -> TilePath {
    hash_tile(level, index, width_in(index, count))
}

/// The width of a tile or bundle where there are so many hashes or entries.
pub(crate) fn width_in(index: u64, count: u64) -> u16 {
    let rest = count.saturating_sub(index.saturating_mul(WIDTH));
    u16::try_from(rest).unwrap_or(TILE_WIDTH).min(TILE_WIDTH)
}

/// The first `width` hashes of a stored tile, which may be the full one.
pub(crate) fn hashes_of(stored: TilePath, width: u16, bytes: &[u8]) -> Result<Vec<Hash>, Fault> {
    let expected = 32 * usize::from(stored.width());
    if bytes.len() != expected {
        return Err(Fault::Shape(format!("{} bytes, expected {expected}", bytes.len())));
    }
    let (hashes, _) = bytes.as_chunks::<32>();
    Ok(hashes.iter().take(usize::from(width)).copied().map(Hash).collect())
}

/// The hash that a full tile makes.
pub(crate) fn tile_root(hashes: &[Hash]) -> Hash {
    let mut frontier = Frontier::new();
    frontier.extend(hashes.iter().copied());
    frontier.root()
}

/// The root above the partial tiles of all levels, level 0 first.
fn root_of_edges(leaves: &[Hash], above: &[Vec<Hash>]) -> Hash {
    let mut root: Option<Hash> = None;
    for hashes in std::iter::once(leaves).chain(above.iter().map(Vec::as_slice)) {
        for peak in peaks(hashes).into_iter().rev() {
            root = Some(root.map_or(peak, |right| node_hash(&peak, &right)));
        }
    }
    root.unwrap_or_else(empty_root)
}

/// The roots of the complete subtrees of fewer than 256 hashes, largest first.
fn peaks(hashes: &[Hash]) -> Vec<Hash> {
    let mut rest = hashes;
    let mut peaks = Vec::new();
    while !rest.is_empty() {
        let (subtree, behind) = rest.split_at(1 << rest.len().ilog2());
        peaks.push(tile_root(subtree));
        rest = behind;
    }
    peaks
}

#[cfg(test)]
mod tests {
    use super::*;
    use hakiki_tlog::tree::leaf_hash;

    #[test]
    fn edges_make_the_root_of_every_small_size() {
        let leaves: Vec<Hash> = (0..700u32).map(|n| leaf_hash(&n.to_be_bytes())).collect();
        let mut frontier = Frontier::new();
        for (size, leaf) in leaves.iter().enumerate() {
            let full = size / 256;
            let first: Vec<Hash> =
                (0..full).map(|tile| tile_root(&leaves[tile * 256..(tile + 1) * 256])).collect();
            assert_eq!(root_of_edges(&leaves[full * 256..size], &[first]), frontier.root(), "{size}");
            frontier.push(*leaf);
        }
    }

    #[test]
    fn widths_follow_the_count() {
        assert_eq!(width_in(0, 256), 256);
        assert_eq!(width_in(1, 257), 1);
        assert_eq!(width_in(2, 70_000), 256);
        assert_eq!(width_in(273, 70_000), 112);
        assert_eq!(width_in(3, 4), 0);
        assert_eq!(width_in(u64::MAX, 4), 0);
    }
}
