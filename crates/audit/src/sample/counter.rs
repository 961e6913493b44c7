//! SHA-256 as a stream of numbers: of the seed, a comma, and one more zero byte for each block.
//!
//! The generator of the `cryptorandom` package, which published audits used. Resampling here runs on it too, so that a
//! bootstrap can be repeated from its seed.

use sha2::{Digest, Sha256};

use crate::numeric::{real, real_count, whole_below};

/// A stream of numbers that follows from its seed.
#[derive(Debug, Clone)]
pub struct Counter {
    /// What was hashed so far: each block is the hash of one byte more, and nothing is hashed twice.
    hashed: Sha256,
    /// The block that bits are taken from, its lowest word first.
    words: [u64; WORDS],
    /// How many of its bits are taken.
    taken: u32,
}

const WORDS: usize = 4;
const BLOCK_BITS: u32 = 256;

impl Counter {
    /// The stream of a seed.
    pub fn new(seed: &str) -> Self {
        let hashed = Sha256::new_with_prefix(format!("{seed},"));
        Self { hashed, words: [0; WORDS], taken: BLOCK_BITS }
    }

    /// A number from 0 up to but not 1: the next block over 2^256.
    pub fn fraction(&mut self) -> f64 {
        const WORD: f64 = 18_446_744_073_709_551_616.0;
        self.next_block().iter().fold(0.0, |below, word| (real(*word) + below) / WORD)
    }

    /// The next `bits` bits as a number, at most 64. Each block is used from its low end.
    pub fn bits(&mut self, bits: u32) -> u64 {
        let bits = bits.min(u64::BITS);
        let (mut number, mut have) = (0_u64, 0);
        while have < bits {
            if self.taken == BLOCK_BITS {
                self.words = self.next_block();
                self.taken = 0;
            }
            let (word, offset) = (self.taken / u64::BITS, self.taken % u64::BITS);
            let count = (bits - have).min(u64::BITS - offset);
            let part = (self.words[word as usize] >> offset) & (u64::MAX >> (u64::BITS - count));
            number |= part << have;
            have += count;
            self.taken += count;
        }
        number
    }

    /// A number from 0 to below `bound`, each as likely; 0 for a bound of 0 or 1.
    pub fn below(&mut self, bound: u64) -> u64 {
        let width = u64::BITS - bound.saturating_sub(1).leading_zeros();
        if width == 0 {
            return 0;
        }
        loop {
            let drawn = self.bits(width);
            if drawn < bound {
                return drawn;
            }
        }
    }

    /// The first `count` of the numbers 0 to below `items` in a random order (Fisher and Yates), a fraction for each.
    pub fn different(&mut self, items: usize, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..items).collect();
        for place in 0..count.min(items) {
            let left = items - place;
            let other = whole_below(self.fraction() * real_count(left)) as usize;
            order.swap(place, place + other.min(left - 1));
        }
        order.truncate(count);
        order
    }

    fn next_block(&mut self) -> [u64; WORDS] {
        let hash = self.hashed.clone().finalize();
        self.hashed.update([0]);
        let mut words = [0; WORDS];
        for (word, bytes) in words.iter_mut().zip(hash.rchunks_exact(8)) {
            *word = bytes.iter().fold(0, |sum, byte| (sum << 8) | u64::from(*byte));
        }
        words
    }
}
