//! Numbers for the statistics: conversions that say what they lose, and the distributions that the formulas use.
//!
//! Nothing here decides a count: counts stay whole numbers, and only their logarithms and tails come here.

pub mod beta_binomial;
pub mod binomial;
pub mod chi_square;
pub mod draw;
pub mod gamma;
pub mod kernel;
pub mod lookup;
pub mod normal;
pub mod stream;

/// A whole number as a floating-point number: exact up to 2^53, which no count of votes on earth reaches.
#[expect(clippy::cast_precision_loss, reason = "exact below 2^53; larger ones only stand in ratios")]
pub fn real(whole: u64) -> f64 {
    whole as f64
}

/// A number of things as a floating-point number.
pub fn real_count(count: usize) -> f64 {
    real(count as u64)
}

/// A signed whole number, rounded to the nearest floating-point number.
#[expect(clippy::cast_precision_loss, reason = "margins in ratios: a relative error of 2^-53")]
pub fn real_signed(whole: i128) -> f64 {
    whole as f64
}

/// A large whole number, rounded to the nearest floating-point number.
#[expect(clippy::cast_precision_loss, reason = "weights in ratios: a relative error of 2^-53")]
pub fn real_large(whole: u128) -> f64 {
    whole as f64
}

/// The least whole number that is not below `number`; 0 for anything below 0, the largest for what does not fit.
#[expect(clippy::cast_sign_loss, reason = "a conversion that saturates, as its words say")]
pub fn whole_above(number: f64) -> u64 {
    number.ceil() as u64
}

/// The largest whole number that is not above `number`; 0 for anything below 0, the largest for what does not fit.
#[expect(clippy::cast_sign_loss, reason = "a conversion that saturates, as its words say")]
pub fn whole_below(number: f64) -> u64 {
    number.floor() as u64
}
