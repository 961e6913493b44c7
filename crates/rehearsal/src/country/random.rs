//! The one source of chance: ChaCha8, seeded by SHA-256 of the country's seed and a label.
//!
//! Each part of the generator draws from a stream of its own label, so that a change in one part leaves the others'
//! draws as they were. Integers only: the same seed gives the same bytes on every machine.

use hakiki_note::sha256_parts;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A stream of draws.
pub(crate) struct Random(ChaCha8Rng);

impl Random {
    /// The stream of `label` under `seed`.
    pub(crate) fn new(seed: &str, label: &str) -> Self {
        let length = (seed.len() as u64).to_be_bytes();
        let parts = [b"hakiki rehearsal country v1".as_slice(), &length, seed.as_bytes(), label.as_bytes()];
        Random(ChaCha8Rng::from_seed(sha256_parts(&parts).0))
    }

    /// A number below `bound`, each as likely (0 when the bound is 0).
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 {
            return 0;
        }
        let fair = u64::MAX - u64::MAX % bound;
        loop {
            let draw = self.0.next_u64();
            if draw < fair {
                return draw % bound;
            }
        }
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: u64, high: u64) -> u64 {
        debug_assert!(low <= high, "between {low} and {high}");
        low + self.below(high - low + 1)
    }

    /// A number of seconds from `low` to `high`, both included.
    pub(crate) fn seconds(&mut self, low: u32, high: u32) -> i64 {
        i64::try_from(self.between(u64::from(low), u64::from(high))).expect("a u32 is an i64")
    }

    /// True in `part` of `whole` draws.
    pub(crate) fn chance(&mut self, part: u64, whole: u64) -> bool {
        self.below(whole) < part
    }

    /// A place in a list of `length`.
    pub(crate) fn place(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).expect("a place below a length is a usize")
    }

    /// One of `list`, which is not empty.
    pub(crate) fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.place(list.len())]
    }

    /// Puts `list` in a random order.
    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            let other = self.place(last + 1);
            list.swap(last, other);
        }
    }
}

/// Divides `total` over `weights` by largest remainder; of equal remainders the earlier place is served first.
/// The parts sum to `total`. With all weights zero the first place takes it all.
pub(crate) fn apportion(total: u64, weights: &[u64]) -> Vec<u64> {
    let sum: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    let mut parts = vec![0; weights.len()];
    if sum == 0 {
        if let Some(first) = parts.first_mut() {
            *first = total;
        }
        return parts;
    }
    let mut remainders = Vec::with_capacity(weights.len());
    let mut given = 0;
    for (place, weight) in weights.iter().enumerate() {
        let product = u128::from(total) * u128::from(*weight);
        parts[place] = u64::try_from(product / sum).expect("a part is no more than the total");
        given += parts[place];
        remainders.push((product % sum, place));
    }
    remainders.sort_by(|left, right| right.0.cmp(&left.0).then(left.1.cmp(&right.1)));
    let left_over = usize::try_from(total - given).expect("fewer are left over than there are places");
    for (_, place) in remainders.into_iter().take(left_over) {
        parts[place] += 1;
    }
    parts
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn parts_sum_to_the_total() {
        let mut random = Random::new("7", "apportion");
        for _ in 0..500 {
            let total = random.below(100_000);
            let bins = random.between(1, 60);
            let weights: Vec<u64> = (0..bins).map(|_| random.below(1_000)).collect();
            let parts = apportion(total, &weights);
            assert_eq!(parts.iter().sum::<u64>(), total, "{weights:?}");
        }
        assert_eq!(apportion(10, &[1, 1, 1]), [4, 3, 3]);
        assert_eq!(apportion(5, &[0, 0]), [5, 0]);
        assert_eq!(apportion(0, &[3, 4]), [0, 0]);
    }

    #[test]
    fn streams_of_two_labels_or_seeds_differ_and_bounds_hold() {
        let draw = |seed: &str, label: &str| Random::new(seed, label).below(u64::MAX);
        assert_eq!(draw("a", "x"), draw("a", "x"));
        assert_ne!(draw("a", "x"), draw("a", "y"));
        assert_ne!(draw("ax", ""), draw("a", "x"));
        let mut random = Random::new("7", "bounds");
        let mut seen = [0_u32; 6];
        for _ in 0..6_000 {
            let value = random.between(10, 15);
            seen[usize::try_from(value - 10).unwrap()] += 1;
        }
        assert!(seen.iter().all(|count| (850..1_150).contains(count)), "{seen:?}");
    }
}
