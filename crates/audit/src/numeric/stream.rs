//! A fast stream of random numbers that follows from its seed, for resampling by the hundred million.
//!
//! xoshiro256++ (Blackman and Vigna 2019), its state filled by SplitMix64. It draws no audit's sample: that is done by SHA-256 from dice,
//! so that anybody can repeat it with other tools. What is made here is a rate or a p value, and its seed is printed beside it.
//! Distributions over it: [`super::draw`].

use super::real;

/// The stream.
#[derive(Debug, Clone)]
pub struct Stream {
    state: [u64; 4],
}

/// 2^-53: the distance of two neighbouring fractions.
const STEP: f64 = 1.0 / 9_007_199_254_740_992.0;

impl Stream {
    /// The stream of a seed. Seeds that are near each other give streams that have nothing in common.
    pub fn new(seed: u64) -> Self {
        let mut sum = seed;
        let mut next = || {
            sum = sum.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = sum;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            mixed ^ (mixed >> 31)
        };
        Self { state: [next(), next(), next(), next()] }
    }

    /// The next 64 bits.
    #[inline]
    pub fn bits(&mut self) -> u64 {
        let [first, second, third, fourth] = self.state;
        let bits = first.wrapping_add(fourth).rotate_left(23).wrapping_add(first);
        let (third, fourth) = (third ^ first, fourth ^ second);
        self.state = [first ^ fourth, second ^ third, third ^ (second << 17), fourth.rotate_left(45)];
        bits
    }

    /// A number from 0 up to but not 1, in steps of 2^-53.
    #[inline]
    pub fn fraction(&mut self) -> f64 {
        real(self.bits() >> 11) * STEP
    }

    /// A number above 0 and below 1: what a logarithm may be taken of.
    #[inline]
    pub fn inner_fraction(&mut self) -> f64 {
        (real(self.bits() >> 11) + 0.5) * STEP
    }

    /// A number from 0 to below `bound`; 0 for a bound of 0. No remainder is favoured by more than `bound` / 2^64.
    #[inline]
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(bound)) >> 64) as u64
    }

    /// Puts the items in a random order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for place in (1..items.len()).rev() {
            items.swap(place, self.below(place as u64 + 1) as usize);
        }
    }
}
