//! What the tests of this crate share: test keys, trees, and the way to vectors made by others.
#![allow(dead_code, reason = "each test file uses a part")]

use hakiki_note::{Hash, KeyName, SigningKey};
use hakiki_tlog::{Checkpoint, Head, MemoryTree, Origin, VerifiedCheckpoint, leaf_hash};
use std::path::PathBuf;

/// A file of the vectors made by others, or nothing (with a notice) where they are not at hand.
pub fn shared(path: &str) -> Option<PathBuf> {
    let beside = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared"));
    let folder = std::env::var_os("HAKIKI_SHARED").map_or_else(beside, PathBuf::from);
    let file = folder.join(path);
    if file.exists() {
        return Some(file);
    }
    eprintln!("skipped: {path} is not here; set HAKIKI_SHARED to the folder that holds it");
    None
}

/// Entry `i` of the test logs: ASCII `leaf-<i>`.
pub fn entry(index: u64) -> Vec<u8> {
    format!("leaf-{index}").into_bytes()
}

/// The tree of the first `size` test entries.
pub fn tree(size: u64) -> MemoryTree {
    let mut tree = MemoryTree::new();
    tree.extend((0..size).map(|index| leaf_hash(&entry(index))));
    tree
}

/// A name for a test key.
pub fn name(text: &str) -> KeyName {
    KeyName::new(text).unwrap()
}

/// A test log's key.
pub fn log_key(origin: &str) -> SigningKey {
    SigningKey::from_seed(name(origin), &[0x11; 32])
}

/// A checkpoint of `head`, signed by the test log's key.
pub fn signed(origin: &str, head: Head) -> VerifiedCheckpoint {
    let key = log_key(origin);
    let text = Checkpoint::new(Origin::new(origin).unwrap(), head).sign(&key).unwrap();
    VerifiedCheckpoint::open(text.as_bytes(), key.verifier()).unwrap()
}

/// A hash that differs in one bit.
pub fn flipped(hash: &Hash, bit: usize) -> Hash {
    let mut changed = *hash;
    changed.0[bit / 8 % 32] ^= 1 << (bit % 8);
    changed
}

/// Numbers for tests, the same for the same seed (SplitMix64).
pub struct Numbers(pub u64);

impl Numbers {
    /// The next number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}
