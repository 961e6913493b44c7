//! The Merkle tree of RFC 6962, section 2.1: hashes, heads, and two trees that grow by appending.
//!
//! [`MemoryTree`] keeps the hash of every complete subtree and answers any proof; [`Frontier`] keeps only the right
//! edge and answers only its root. Verifying proofs is `proof.rs`; tiles on disk are `tile.rs` and `plan.rs`.

use hakiki_note::{Hash, sha256, sha256_parts};

/// The hash of an entry: `SHA-256(0x00 || entry)`.
pub fn leaf_hash(entry: &[u8]) -> Hash {
    sha256_parts(&[&[0x00], entry])
}

/// The hash of two subtrees: `SHA-256(0x01 || left || right)`.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    // In one piece: three updates of the hasher cost a tenth more, and a proof is nothing but these.
    let mut node = [0x01; 65];
    node[1..33].copy_from_slice(&left.0);
    node[33..].copy_from_slice(&right.0);
    sha256(&node)
}

/// The root of the tree without leaves: `SHA-256("")`.
pub fn empty_root() -> Hash {
    sha256(b"")
}

/// How many leaves a tree has, and its root: all that a checkpoint says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Head {
    /// Number of leaves.
    pub size: u64,
    /// Root of the tree of these leaves.
    pub root: Hash,
}

impl Head {
    /// The head of the tree without leaves.
    pub fn empty() -> Self {
        Self { size: 0, root: empty_root() }
    }
}

/// A question about leaves that the tree does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// A size larger than the tree.
    #[error("the tree has {have} leaves, asked was size {asked}")]
    Size {
        /// The size in question.
        asked: u64,
        /// Leaves of the tree.
        have: u64,
    },
    /// An index that is not below the size in question.
    #[error("leaf {index} is not in a tree of {size} leaves, which has leaves 0 to size - 1")]
    Index {
        /// The index in question.
        index: u64,
        /// The size in question.
        size: u64,
    },
    /// A consistency proof from a larger to a smaller tree.
    #[error("there is no consistency proof from size {old} to the smaller size {new}")]
    Order {
        /// The older size.
        old: u64,
        /// The newer size.
        new: u64,
    },
}

/// The hashes of all complete subtrees, by level. A million leaves take 64 MB (two hashes of 32 bytes a leaf).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemoryTree {
    /// `levels[k][i]` is the hash of the leaves `i·2^k` to `(i+1)·2^k`.
    levels: Vec<Vec<Hash>>,
}

impl MemoryTree {
    /// A tree without leaves.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends a leaf by its hash.
    pub fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            let row = &mut self.levels[level];
            row.push(hash);
            if row.len() % 2 == 1 {
                break;
            }
            hash = node_hash(&row[row.len() - 2], &hash);
        }
    }

    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.levels.first().map_or(0, |leaves| leaves.len() as u64)
    }

    /// The hash of a leaf.
    pub fn leaf(&self, index: u64) -> Option<Hash> {
        self.levels.first()?.get(usize::try_from(index).ok()?).copied()
    }

    /// The root of the whole tree.
    pub fn root(&self) -> Hash {
        self.prefix_root(self.size())
    }

    /// The head of the whole tree.
    pub fn head(&self) -> Head {
        Head { size: self.size(), root: self.root() }
    }

    /// The root that the tree had when it had `size` leaves.
    pub fn root_at(&self, size: u64) -> Result<Hash, TreeError> {
        self.check_size(size)?;
        Ok(self.prefix_root(size))
    }

    /// The head that the tree had when it had `size` leaves.
    pub fn head_at(&self, size: u64) -> Result<Head, TreeError> {
        Ok(Head { size, root: self.root_at(size)? })
    }

    /// The audit path of RFC 6962, section 2.1.1, from the leaf's sibling up.
    pub fn inclusion_proof(&self, index: u64, size: u64) -> Result<Vec<Hash>, TreeError> {
        self.check_size(size)?;
        if index >= size {
            return Err(TreeError::Index { index, size });
        }
        let (mut start, mut end) = (0, size);
        let mut path = Vec::new();
        while end - start > 1 {
            let middle = start + split(end - start);
            if index < middle {
                path.push(self.range(middle, end));
                end = middle;
            } else {
                path.push(self.range(start, middle));
                start = middle;
            }
        }
        path.reverse();
        Ok(path)
    }

    /// The consistency proof of RFC 6962, section 2.1.2. It is empty from size 0 and between equal sizes.
    pub fn consistency_proof(&self, old: u64, new: u64) -> Result<Vec<Hash>, TreeError> {
        self.check_size(new)?;
        if old > new {
            return Err(TreeError::Order { old, new });
        }
        if old == 0 {
            return Ok(Vec::new());
        }
        let (mut start, mut end) = (0, new);
        let mut path = Vec::new();
        while end != old {
            let middle = start + split(end - start);
            if old <= middle {
                path.push(self.range(middle, end));
                end = middle;
            } else {
                path.push(self.range(start, middle));
                start = middle;
            }
        }
        // Whoever checks knows the old root; only a smaller subtree has to be told.
        if start != 0 {
            path.push(self.range(start, end));
        }
        path.reverse();
        Ok(path)
    }

    fn check_size(&self, asked: u64) -> Result<(), TreeError> {
        let have = self.size();
        if asked <= have { Ok(()) } else { Err(TreeError::Size { asked, have }) }
    }

    fn prefix_root(&self, size: u64) -> Hash {
        if size == 0 { empty_root() } else { self.range(0, size) }
    }

    /// The hash of the leaves `start..end`, where `start` is a multiple of the smallest power of two that is not
    /// below their number, as in every split of section 2.1.
    fn range(&self, start: u64, end: u64) -> Hash {
        let count = end - start;
        if count.is_power_of_two() {
            let level = count.trailing_zeros();
            return self.levels[level as usize][(start >> level) as usize];
        }
        let middle = start + split(count);
        node_hash(&self.range(start, middle), &self.range(middle, end))
    }
}

impl Extend<Hash> for MemoryTree {
    fn extend<I: IntoIterator<Item = Hash>>(&mut self, leaves: I) {
        leaves.into_iter().for_each(|leaf| self.push(leaf));
    }
}

/// The largest power of two below `count`, which is at least 2.
fn split(count: u64) -> u64 {
    1 << (count - 1).ilog2()
}

/// The right edge of a tree: the hashes of the complete subtrees into which its size splits, largest first.
///
/// Appending costs one or two hashes on average, and at most 64 hashes are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// The edge of a tree without leaves.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends a leaf by its hash.
    pub fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        // Each trailing one bit of the size is a subtree that the new leaf completes.
        for _ in 0..self.size.trailing_ones() {
            let left = self.peaks.pop().expect("a peak for each one bit of the size");
            hash = node_hash(&left, &hash);
        }
        self.peaks.push(hash);
        self.size = self.size.checked_add(1).expect("fewer than 2^64 leaves");
    }

    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        root_of_peaks(&self.peaks)
    }

    /// The head of the tree.
    pub fn head(&self) -> Head {
        Head { size: self.size, root: self.root() }
    }

    /// The complete subtrees, largest first.
    pub(crate) fn peaks(&self) -> &[Hash] {
        &self.peaks
    }
}

impl Extend<Hash> for Frontier {
    fn extend<I: IntoIterator<Item = Hash>>(&mut self, leaves: I) {
        leaves.into_iter().for_each(|leaf| self.push(leaf));
    }
}

/// The root above complete subtrees, largest first.
pub(crate) fn root_of_peaks(peaks: &[Hash]) -> Hash {
    let above = |right: Hash, left: &Hash| node_hash(left, &right);
    match peaks.split_last() {
        None => empty_root(),
        Some((last, larger)) => larger.iter().rev().fold(*last, above),
    }
}
