//! Finds things by what they are where a vector holds them already: an index each, and no second copy of the key.
//!
//! A million records have a million ids, serial numbers and images; kept twice they would be most of a verifier's memory.

use hakiki_note::Hash;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hasher as _};

/// Indexes by 64 bits of what they stand for. Who asks compares the whole thing, so equal bits of different things cost
/// time and never an answer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lookup {
    first: HashMap<u64, u32>,
    /// Others with the bits of one in `first`: some work could make a few.
    others: BTreeMap<u64, Vec<u32>>,
}

/// The bits of a text.
pub(crate) fn bits_of_text(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(text.as_bytes());
    hasher.finish()
}

/// The bits of a hash.
pub(crate) fn bits_of_hash(hash: &Hash) -> u64 {
    let (first, _) = hash.0.as_chunks::<8>();
    first.first().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

impl Lookup {
    /// The first index with these bits that is the one sought.
    pub(crate) fn find(&self, bits: u64, is_sought: impl Fn(u32) -> bool) -> Option<u32> {
        let first = *self.first.get(&bits)?;
        if is_sought(first) {
            return Some(first);
        }
        self.others.get(&bits)?.iter().copied().find(|index| is_sought(*index))
    }

    /// Adds an index, behind those with the same bits.
    pub(crate) fn insert(&mut self, bits: u64, index: u32) {
        match self.first.entry(bits) {
            Entry::Vacant(vacant) => {
                vacant.insert(index);
            }
            Entry::Occupied(_) => self.others.entry(bits).or_default().push(index),
        }
    }

    /// Room for so many more.
    pub(crate) fn reserve(&mut self, count: usize) {
        self.first.reserve(count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_with_the_same_bits_are_told_apart() {
        let things = ["a", "b", "c", "d"];
        let mut lookup = Lookup::default();
        // All but the last under the same bits.
        for (index, _) in (0u32..).zip(&things[..3]) {
            lookup.insert(7, index);
        }
        lookup.insert(8, 3);
        let find = |bits, thing: &str| lookup.find(bits, |index| things[index as usize] == thing);
        assert_eq!(find(7, "a"), Some(0));
        assert_eq!(find(7, "b"), Some(1));
        assert_eq!(find(7, "c"), Some(2));
        assert_eq!(find(7, "d"), None);
        assert_eq!(find(8, "d"), Some(3));
        assert_eq!(find(9, "a"), None);
    }

    #[test]
    fn the_first_of_two_equal_things_is_found() {
        let mut lookup = Lookup::default();
        lookup.insert(1, 4);
        lookup.insert(1, 5);
        assert_eq!(lookup.find(1, |_| true), Some(4));
    }
}
