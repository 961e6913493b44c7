//! Verifying inclusion and consistency proofs (RFC 9162, sections 2.1.3.2 and 2.1.4.2, which are RFC 6962's proofs).
//!
//! Making proofs is [`crate::tree::MemoryTree`]'s.

use crate::tree::{Head, empty_root, node_hash};
use hakiki_note::Hash;

/// Most hashes in a proof: one a level of a tree of fewer than 2^64 leaves.
pub const PROOF_MAX_HASHES: usize = 64;

/// Why a proof is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// No such leaf.
    #[error("leaf {index} is not in a tree of {size} leaves")]
    Index {
        /// The leaf's index.
        index: u64,
        /// The tree's size.
        size: u64,
    },
    /// The newer tree is smaller.
    #[error("the newer tree has {new} leaves, fewer than the older one's {old}")]
    Shrunk {
        /// The older size.
        old: u64,
        /// The newer size.
        new: u64,
    },
    /// Hashes are missing.
    #[error("the proof of {found} hashes is too short for these sizes")]
    TooShort {
        /// Hashes in the proof.
        found: usize,
    },
    /// Hashes are left over.
    #[error("the proof of {found} hashes is too long for these sizes")]
    TooLong {
        /// Hashes in the proof.
        found: usize,
    },
    /// The proof leads to another root than the older head's.
    #[error("the proof leads to the older root {found}, the older head says {expected}")]
    OldRoot {
        /// As computed.
        found: Hash,
        /// As the head says.
        expected: Hash,
    },
    /// The proof leads to another root than the (newer) head's.
    #[error("the proof leads to the root {found}, the head says {expected}")]
    Root {
        /// As computed.
        found: Hash,
        /// As the head says.
        expected: Hash,
    },
}

/// Checks that `leaf` stands at `index` in the tree of `head`.
pub fn verify_inclusion(leaf: &Hash, index: u64, head: &Head, proof: &[Hash]) -> Result<(), ProofError> {
    let found = root_of_inclusion(leaf, index, head.size, proof)?;
    if found == head.root { Ok(()) } else { Err(ProofError::Root { found, expected: head.root }) }
}

/// The root that an inclusion proof implies for a tree of `size` leaves.
pub fn root_of_inclusion(leaf: &Hash, index: u64, size: u64, proof: &[Hash]) -> Result<Hash, ProofError> {
    if index >= size {
        return Err(ProofError::Index { index, size });
    }
    let mut walk = Walk { node: index, last: size - 1 };
    let mut root = *leaf;
    for sibling in proof {
        match walk.climb(proof.len())? {
            Side::Left => root = node_hash(sibling, &root),
            Side::Right => root = node_hash(&root, sibling),
        }
    }
    walk.finish(proof.len())?;
    Ok(root)
}

/// Checks that the tree of `new` continues the tree of `old`.
///
/// Between equal sizes and from size 0 the proof is empty; a head of size 0 has the root of the empty tree.
pub fn verify_consistency(old: &Head, new: &Head, proof: &[Hash]) -> Result<(), ProofError> {
    if old.size > new.size {
        return Err(ProofError::Shrunk { old: old.size, new: new.size });
    }
    if old.size == 0 || old.size == new.size {
        if !proof.is_empty() {
            return Err(ProofError::TooLong { found: proof.len() });
        }
        let known = if old.size == 0 { empty_root() } else { new.root };
        expect_old_root(known, old)?;
        return if old.size == new.size { expect_new_root(old.root, new) } else { Ok(()) };
    }
    let mut walk = Walk { node: old.size - 1, last: new.size - 1 };
    walk.skip_complete();
    // A complete old tree is itself the first subtree, and its root is known.
    let (first, rest) = if old.size.is_power_of_two() {
        (&old.root, proof)
    } else {
        proof.split_first().ok_or(ProofError::TooShort { found: 0 })?
    };
    let (mut old_root, mut new_root) = (*first, *first);
    for sibling in rest {
        match walk.climb(proof.len())? {
            Side::Left => {
                old_root = node_hash(sibling, &old_root);
                new_root = node_hash(sibling, &new_root);
            }
            Side::Right => new_root = node_hash(&new_root, sibling),
        }
    }
    walk.finish(proof.len())?;
    expect_old_root(old_root, old)?;
    expect_new_root(new_root, new)
}

fn expect_old_root(found: Hash, old: &Head) -> Result<(), ProofError> {
    if found == old.root { Ok(()) } else { Err(ProofError::OldRoot { found, expected: old.root }) }
}

fn expect_new_root(found: Hash, new: &Head) -> Result<(), ProofError> {
    if found == new.root { Ok(()) } else { Err(ProofError::Root { found, expected: new.root }) }
}

/// On which side of the node the next sibling stands.
enum Side {
    Left,
    Right,
}

/// The way from a node to the root: the node's index in its level, and the last index of that level
/// (`fn` and `sn` of RFC 9162).
struct Walk {
    node: u64,
    last: u64,
}

impl Walk {
    /// Climbs while the node is a right child: to the subtree that ends where the old tree ends.
    fn skip_complete(&mut self) {
        let levels = self.node.trailing_ones();
        self.node = self.node.checked_shr(levels).unwrap_or(0);
        self.last = self.last.checked_shr(levels).unwrap_or(0);
    }

    /// Climbs to the next level that has a sibling, past it, and says on which side it stood.
    fn climb(&mut self, found: usize) -> Result<Side, ProofError> {
        if self.last == 0 {
            return Err(ProofError::TooLong { found });
        }
        let side = if self.node & 1 == 1 || self.node == self.last {
            // The last node of a level without right sibling rises until it is a right child.
            let levels = if self.node == 0 { 0 } else { self.node.trailing_zeros() };
            self.node >>= levels;
            self.last >>= levels;
            Side::Left
        } else {
            Side::Right
        };
        self.node >>= 1;
        self.last >>= 1;
        Ok(side)
    }

    fn finish(&self, found: usize) -> Result<(), ProofError> {
        if self.last == 0 { Ok(()) } else { Err(ProofError::TooShort { found }) }
    }
}
