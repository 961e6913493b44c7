//! What a batch of entries writes: tiles, bundles and the next head, computed without writing anything.
//!
//! A sequencer keeps a [`RightEdge`], asks it for a [`Plan`], writes the plan's objects, then moves the head. Disk and
//! network are `hakiki-store`'s; signing the head is [`crate::checkpoint`]'s.

use crate::bundle::{BundleError, encode_entry, entries_of_width};
use crate::tile::{TILE_WIDTH, TilePath, right_edge_of};
use crate::tree::{Frontier, Head, leaf_hash, root_of_peaks};
use hakiki_note::Hash;

/// All that is needed to append: the partial tile of each level and the partial bundle.
///
/// At most 255 hashes in each of eight levels and 255 entries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RightEdge {
    size: u64,
    /// `levels[l]` are the hashes of level `l`'s partial tile: `floor(size / 256^l) mod 256` of them.
    levels: Vec<Vec<Hash>>,
    /// The partial bundle, encoded.
    bundle: Vec<u8>,
}

/// Why a right edge cannot be rebuilt from stored tiles.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EdgeError {
    /// Neither the partial object nor the full one is there.
    #[error("{0} is missing, and so is the full one; restore it from a mirror")]
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
    /// Bytes that are no bundle of that width.
    #[error("{path} is refused: {source}")]
    Bundle {
        /// Which.
        path: TilePath,
        /// Why.
        source: BundleError,
    },
    /// An entry that is not the one that the level 0 tile commits to.
    #[error("entry {index} in the bundle does not hash to its leaf in the level 0 tile")]
    Entry {
        /// Counted from 0 in the log.
        index: u64,
    },
    /// The tiles are those of another tree.
    #[error("the tiles lead to the root {found}, the head of size {} says {}", .expected.size, .expected.root)]
    Root {
        /// As computed.
        found: Hash,
        /// The head.
        expected: Head,
    },
}

/// Why a batch cannot be planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// An entry fits no bundle.
    #[error("entry {place} of the batch is refused: {source}")]
    Entry {
        /// Counted from 0 in the batch.
        place: usize,
        /// Why.
        source: BundleError,
    },
    /// The log would have 2^64 entries.
    #[error("the log is full")]
    Full,
}

/// What one batch writes. Nothing is written yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Every full tile and bundle that the batch completes, then the last partial ones of each level that it touches.
    pub objects: Vec<(TilePath, Vec<u8>)>,
    /// The head after the batch.
    pub head: Head,
    /// The batch's leaf hashes in order.
    pub leaf_hashes: Vec<Hash>,
    /// The index of the batch's first entry: the size before it.
    pub first_index: u64,
    next: RightEdge,
}

impl Plan {
    /// The right edge after the batch, to be kept once the plan is written.
    pub fn into_edge(self) -> RightEdge {
        self.next
    }
}

impl RightEdge {
    /// The edge of a log without entries.
    pub fn empty() -> Self {
        Self::default()
    }

    /// Rebuilds the edge of the tree of `head` from stored objects and checks it against the root.
    ///
    /// `fetch` gives a stored object or none; where a partial one is gone, the full one serves.
    pub fn load(head: Head, mut fetch: impl FnMut(TilePath) -> Option<Vec<u8>>) -> Result<Self, EdgeError> {
        let mut edge = Self { size: head.size, levels: Vec::new(), bundle: Vec::new() };
        for path in right_edge_of(head.size) {
            let (stored, bytes) = [path, path.full()]
                .into_iter()
                .find_map(|path| fetch(path).map(|bytes| (path, bytes)))
                .ok_or(EdgeError::Missing(path))?;
            match path {
                TilePath::Hashes { level, width, .. } => {
                    edge.levels.resize(usize::from(level) + 1, Vec::new());
                    edge.levels[usize::from(level)] = tile_hashes(stored, width, &bytes)?;
                }
                TilePath::Entries { .. } => edge.load_bundle(path, stored, &bytes)?,
            }
        }
        let found = edge.root();
        if found == head.root { Ok(edge) } else { Err(EdgeError::Root { found, expected: head }) }
    }

    /// Number of entries.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The head of the tree that ends here.
    pub fn head(&self) -> Head {
        Head { size: self.size, root: self.root() }
    }

    /// What appending `entries` writes.
    pub fn plan(&self, entries: &[Vec<u8>]) -> Result<Plan, PlanError> {
        let mut next = self.clone();
        let mut objects = Vec::new();
        let mut leaf_hashes = Vec::with_capacity(entries.len());
        let mut touched = None;
        for (place, entry) in entries.iter().enumerate() {
            if next.size == u64::MAX {
                return Err(PlanError::Full);
            }
            encode_entry(&mut next.bundle, entry).map_err(|source| PlanError::Entry { place, source })?;
            let leaf = leaf_hash(entry);
            leaf_hashes.push(leaf);
            touched = touched.max(Some(next.push(leaf, &mut objects)));
        }
        if let Some(highest) = touched {
            next.write_partial(highest, &mut objects);
        }
        Ok(Plan { objects, head: next.head(), leaf_hashes, first_index: self.size, next })
    }

    /// Appends a leaf whose entry is in the bundle already, gives out what it completes, and says up to which level
    /// a hash was added.
    fn push(&mut self, leaf: Hash, objects: &mut Vec<(TilePath, Vec<u8>)>) -> usize {
        let mut hash = leaf;
        let mut level = 0;
        loop {
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            self.levels[level].push(hash);
            if self.levels[level].len() < usize::from(TILE_WIDTH) {
                break;
            }
            let index = tile_index(level, self.size);
            if level == 0 {
                let path = TilePath::Entries { index, width: TILE_WIDTH };
                objects.push((path, std::mem::take(&mut self.bundle)));
            }
            let full = std::mem::take(&mut self.levels[level]);
            let path = TilePath::Hashes { level: level as u8, index, width: TILE_WIDTH };
            objects.push((path, tile_bytes(&full)));
            hash = tile_frontier(&full).root();
            level += 1;
        }
        self.size += 1;
        level
    }

    fn write_partial(&self, highest: usize, objects: &mut Vec<(TilePath, Vec<u8>)>) {
        if !self.bundle.is_empty() {
            let width = self.levels[0].len() as u16;
            objects.push((TilePath::Entries { index: tile_index(0, self.size), width }, self.bundle.clone()));
        }
        for (level, hashes) in self.levels.iter().enumerate().take(highest + 1) {
            if !hashes.is_empty() {
                let (index, width) = (tile_index(level, self.size), hashes.len() as u16);
                objects.push((TilePath::Hashes { level: level as u8, index, width }, tile_bytes(hashes)));
            }
        }
    }

    fn load_bundle(&mut self, path: TilePath, stored: TilePath, bytes: &[u8]) -> Result<(), EdgeError> {
        let refused = |source| EdgeError::Bundle { path: stored, source };
        let all = entries_of_width(bytes, stored.width()).map_err(refused)?;
        let leaves = self.levels.first().map_or(&[][..], Vec::as_slice);
        let first = path.index() * u64::from(TILE_WIDTH);
        for ((entry, leaf), index) in all.iter().zip(leaves).zip(first..) {
            if leaf_hash(entry) != *leaf {
                return Err(EdgeError::Entry { index });
            }
            encode_entry(&mut self.bundle, entry).map_err(refused)?;
        }
        Ok(())
    }

    fn root(&self) -> Hash {
        // A level's hashes are roots of equal subtrees, so its peaks are peaks of the tree, the upper levels' first.
        let mut peaks = Vec::new();
        for hashes in self.levels.iter().rev() {
            peaks.extend_from_slice(tile_frontier(hashes).peaks());
        }
        root_of_peaks(&peaks)
    }
}

/// The index of level `level`'s last tile in a tree of `size` leaves.
fn tile_index(level: usize, size: u64) -> u64 {
    size.checked_shr(8 * (level as u32 + 1)).unwrap_or(0)
}

fn tile_frontier(hashes: &[Hash]) -> Frontier {
    let mut frontier = Frontier::new();
    frontier.extend(hashes.iter().copied());
    frontier
}

fn tile_bytes(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

/// The first `width` hashes of a stored tile, which may be the full one.
fn tile_hashes(stored: TilePath, width: u16, bytes: &[u8]) -> Result<Vec<Hash>, EdgeError> {
    let expected = 32 * usize::from(stored.width());
    if bytes.len() != expected {
        return Err(EdgeError::Length { path: stored, found: bytes.len(), expected });
    }
    let (hashes, _) = bytes.as_chunks::<32>();
    Ok(hashes.iter().take(usize::from(width)).copied().map(Hash).collect())
}
