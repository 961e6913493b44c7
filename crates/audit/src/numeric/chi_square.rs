//! The chi-square distribution and its statistic for counts in classes.

use super::gamma::upper_share;
use super::real;

/// The share of the chi-square distribution with so many degrees of freedom above `statistic`.
pub fn share_above(statistic: f64, degrees: u32) -> f64 {
    upper_share(f64::from(degrees) / 2.0, statistic / 2.0)
}

/// Pearson's statistic of counts against probabilities that sum to 1. Without any count it is 0.
pub fn statistic(counts: &[u64], probabilities: &[f64]) -> f64 {
    let all = real(counts.iter().sum());
    if all <= 0.0 {
        return 0.0;
    }
    let parts = counts.iter().zip(probabilities).map(|(count, probability)| {
        let expected = all * probability;
        (real(*count) - expected).powi(2) / expected
    });
    parts.sum()
}

/// By how much a variance may be larger than it was estimated with so many degrees of freedom, at 95 %: degrees over their chi-square
/// quantile of 5 % (Wilson and Hilferty 1931).
pub fn upper_factor(degrees: f64) -> f64 {
    const QUANTILE: f64 = -1.644_853_626_951_472_6;
    let part = 2.0 / (9.0 * degrees);
    // Below two degrees the formula ends; nothing is known there.
    (1.0 - part + QUANTILE * part.sqrt()).max(1e-3).powi(-3)
}
