//! Draws in proportion to whole-number weights (Aslam, Popa, Rivest 2008), by hash and cumulative sum: no floating point.
//!
//! With replacement every draw stands for itself. Without, a repeated item is passed over: what remains is a draw in
//! proportion to the weights of those not drawn yet.

use super::{DiceSeed, draw_hash, remainder};
use hakiki_note::Hash;

/// Items with their weights, summed in their order.
#[derive(Debug, Clone)]
pub struct Frame {
    cumulative: Vec<u128>,
}

/// One draw, with all that is needed to repeat it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draw {
    /// Which draw this is, counted from 1.
    pub number: u64,
    /// SHA-256 of the seed, a comma and the number.
    pub hash: Hash,
    /// The hash modulo the sum of all weights.
    pub remainder: u128,
    /// The first item whose cumulative weight is above the remainder, counted from 0.
    pub item: usize,
}

/// Weights from which nothing can be drawn as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// All weights are 0, or there are none.
    #[error("there is no weight above 0, so nothing can be drawn")]
    NoWeight,
    /// The sum of the weights is above the limit.
    #[error("the sum of the weights has more than {} bits", Frame::MOST_BITS)]
    TooLarge,
    /// More different items were asked for than have a weight.
    #[error("{asked} different items asked for, {weighted} have a weight")]
    TooFew {
        /// How many were asked for.
        asked: usize,
        /// How many have a weight above 0.
        weighted: usize,
    },
    /// So many repeats that it is no use to go on.
    #[error("after {0} draws not yet as many different items as asked; count everything instead")]
    TooManyDraws(u64),
}

impl Frame {
    /// The largest sum of weights, so that a remainder and one more byte fit 128 bits.
    pub const MOST_BITS: u32 = 120;
    /// How often at most is drawn for a sample without replacement: far beyond a full count of any country.
    pub const MOST_DRAWS: u64 = 10_000_000;

    /// The frame of these weights, in this order.
    pub fn new(weights: &[u128]) -> Result<Self, FrameError> {
        let mut sum = 0_u128;
        let mut cumulative = Vec::with_capacity(weights.len());
        for weight in weights {
            sum = sum
                .checked_add(*weight)
                .filter(|sum| sum >> Self::MOST_BITS == 0)
                .ok_or(FrameError::TooLarge)?;
            cumulative.push(sum);
        }
        if sum == 0 {
            return Err(FrameError::NoWeight);
        }
        Ok(Self { cumulative })
    }

    /// The sum of all weights.
    pub fn total(&self) -> u128 {
        self.cumulative.last().copied().unwrap_or_default()
    }

    /// The first item whose cumulative weight is above `remainder`; items of weight 0 are never that.
    pub fn item_at(&self, remainder: u128) -> usize {
        self.cumulative.partition_point(|sum| *sum <= remainder)
    }

    /// Draw `number` of this seed.
    pub fn draw(&self, seed: &DiceSeed, number: u64) -> Draw {
        let hash = draw_hash(seed.as_str(), number);
        let remainder = remainder(&hash, self.total());
        Draw { number, hash, remainder, item: self.item_at(remainder) }
    }

    /// Draws 1 to `count`, with replacement: an item may come more than once, and counts each time.
    pub fn draws(&self, seed: &DiceSeed, count: u64) -> Vec<Draw> {
        (1..=count).map(|number| self.draw(seed, number)).collect()
    }

    /// The first `count` different items in the order of their first draw: without replacement.
    pub fn different(&self, seed: &DiceSeed, count: usize) -> Result<Vec<Draw>, FrameError> {
        let weighted = self.weighted_items();
        if count > weighted {
            return Err(FrameError::TooFew { asked: count, weighted });
        }
        let mut drawn = vec![false; self.cumulative.len()];
        let mut different = Vec::with_capacity(count);
        let mut number = 0;
        while different.len() < count {
            number += 1;
            if number > Self::MOST_DRAWS {
                return Err(FrameError::TooManyDraws(Self::MOST_DRAWS));
            }
            let draw = self.draw(seed, number);
            if !std::mem::replace(&mut drawn[draw.item], true) {
                different.push(draw);
            }
        }
        Ok(different)
    }

    fn weighted_items(&self) -> usize {
        let before = std::iter::once(&0).chain(&self.cumulative);
        before.zip(&self.cumulative).filter(|(before, sum)| before < sum).count()
    }
}

impl Draw {
    /// The line of a draw in a list that people check: number, hash, remainder and the item's code.
    pub fn line(&self, code: &str) -> String {
        format!("draw {} {} {} {code}", self.number, self.hash, self.remainder)
    }
}
