//! From digits thrown in public to drawn numbers: one SHA-256 for each draw, and a remainder.
//!
//! The text that is hashed is `docs/reference/audit.md`'s: the digits, a comma, the number of the draw. Anybody repeats a
//! draw with `sha256sum` and long division. [`proportional`] draws stations by weight, [`consistent`] orders names, [`counter`]
//! makes long streams of numbers; the last two are other people's published methods.

pub mod consistent;
pub mod counter;
pub mod proportional;

pub use proportional::{Draw, Frame, FrameError};

use hakiki_note::{Hash, sha256_parts};

/// Digits of ten-sided dice, thrown in public after what is audited was committed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiceSeed(String);

/// Digits that are no seed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SeedError {
    /// Something beside the digits 0 to 9.
    #[error("character {0:?} is not a digit; a seed is the digits of the dice in one row")]
    NotADigit(char),
    /// Too few throws.
    #[error("{found} digits; a seed needs at least {least}")]
    TooShort {
        /// The digits that were there.
        found: usize,
        /// The fewest that are taken.
        least: usize,
    },
    /// More than anybody throws.
    #[error("{found} digits; a seed has at most {most}")]
    TooLong {
        /// The digits that were there.
        found: usize,
        /// The most that are taken.
        most: usize,
    },
}

impl DiceSeed {
    /// 20 throws are 66 bits: nobody tries all seeds, and who throws the last die has ten choices.
    pub const FEWEST_DIGITS: usize = 20;
    /// A limit so that a line stays a line.
    pub const MOST_DIGITS: usize = 1_000;

    /// The seed of these digits, in the order in which they fell.
    pub fn new(digits: &str) -> Result<Self, SeedError> {
        if let Some(wrong) = digits.chars().find(|c| !c.is_ascii_digit()) {
            return Err(SeedError::NotADigit(wrong));
        }
        let found = digits.len();
        if found < Self::FEWEST_DIGITS {
            return Err(SeedError::TooShort { found, least: Self::FEWEST_DIGITS });
        }
        if found > Self::MOST_DIGITS {
            return Err(SeedError::TooLong { found, most: Self::MOST_DIGITS });
        }
        Ok(Self(digits.to_owned()))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// SHA-256 of the seed's text, a comma and the number of the draw in decimal digits; draws count from 1.
///
/// The hash sampler of Stark and Rivest.
pub fn draw_hash(seed: &str, number: u64) -> Hash {
    sha256_parts(&[seed.as_bytes(), b",", number.to_string().as_bytes()])
}

/// The hash, read as one number with its highest digit first, modulo `modulus`; 0 where that is 0.
///
/// No remainder is favoured by more than `modulus` / 2^256. A modulus has at most 120 bits ([`Frame`] keeps that).
pub fn remainder(hash: &Hash, modulus: u128) -> u128 {
    if modulus == 0 {
        return 0;
    }
    // A modulus of 64 bits leaves room for eight bytes at once, which is nearly all there ever are.
    let bytes_at_once = if u64::try_from(modulus).is_ok() { 8 } else { 1 };
    hash.0.chunks_exact(bytes_at_once).fold(0, |rest, bytes| {
        bytes.iter().fold(rest, |number, byte| (number << 8) | u128::from(*byte)) % modulus
    })
}

/// Item number 1 to `items` of draw `number`, each as likely as any other, with replacement.
pub fn uniform_item(seed: &str, number: u64, items: u64) -> u64 {
    1 + remainder(&draw_hash(seed, number), u128::from(items)) as u64
}
