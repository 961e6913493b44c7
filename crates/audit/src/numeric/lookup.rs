//! Places drawn in proportion to whole weights, many million times: for simulations of audits.
//!
//! An audit's own sample is drawn by [`crate::sample::Frame`], from dice and by SHA-256; the places are the same for the same remainder.

use super::stream::Stream;

/// Cumulative weights, and for equal parts of their sum where to begin to look.
#[derive(Debug, Clone)]
pub struct Lookup {
    /// Sums of the weights up to and with each place.
    sums: Vec<u64>,
    /// For each part, the first place whose sum is above the part's beginning.
    begins: Vec<u32>,
    /// Remainders of one part: 2 to this power.
    part_bits: u32,
}

impl Lookup {
    /// The lookup of these weights; nothing if they are all 0, or their sum or number is too large for 64 and 32 bits.
    pub fn new(weights: &[u64]) -> Option<Self> {
        let mut sum = 0_u64;
        let mut sums = Vec::with_capacity(weights.len());
        for weight in weights {
            sum = sum.checked_add(*weight)?;
            sums.push(sum);
        }
        u32::try_from(weights.len()).ok()?;
        if sum == 0 {
            return None;
        }
        // About two parts for each place, so that a look is at one or two sums.
        let part_bits = (sum / (2 * weights.len() as u64).max(1)).max(1).ilog2();
        let (mut begins, mut place) = (Vec::new(), 0_usize);
        for part in 0..=(sum - 1) >> part_bits {
            while sums[place] <= part << part_bits {
                place += 1;
            }
            begins.push(place as u32);
        }
        Some(Self { sums, begins, part_bits })
    }

    /// The sum of all weights.
    pub fn total(&self) -> u64 {
        self.sums.last().copied().unwrap_or_default()
    }

    /// The first place whose sum is above `remainder`, which is below [`Lookup::total`].
    #[inline]
    pub fn place_at(&self, remainder: u64) -> usize {
        let mut place = self.begins[(remainder >> self.part_bits) as usize] as usize;
        while self.sums[place] <= remainder {
            place += 1;
        }
        place
    }

    /// A place by lot.
    #[inline]
    pub fn draw(&self, stream: &mut Stream) -> usize {
        self.place_at(stream.below(self.total()))
    }
}
