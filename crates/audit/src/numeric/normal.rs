//! The normal distribution: shares below a value, and the value below which a share lies.

use super::gamma::{lower_share, upper_share};
use std::f64::consts::PI;

/// The share of the standard normal distribution below `z`.
pub fn share_below(z: f64) -> f64 {
    share_above(-z)
}

/// The share of the standard normal distribution above `z`, with all digits far out as well.
pub fn share_above(z: f64) -> f64 {
    let half_square = z * z / 2.0;
    if z >= 0.0 { upper_share(0.5, half_square) / 2.0 } else { 0.5 + lower_share(0.5, half_square) / 2.0 }
}

/// The value below which `share` of the standard normal distribution lies; infinite for 0 and 1.
///
/// Abramowitz and Stegun 26.2.23 as a start, then Halley's steps.
pub fn quantile(share: f64) -> f64 {
    if share <= 0.0 {
        return f64::NEG_INFINITY;
    }
    if share >= 1.0 {
        return f64::INFINITY;
    }
    if share > 0.5 {
        return -quantile(1.0 - share);
    }
    let t = (-2.0 * share.ln()).sqrt();
    let start = t
        - (2.515_517 + t * (0.802_853 + t * 0.010_328))
            / (1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308)));
    let mut z = -start;
    for _ in 0..4 {
        let error = (share_below(z) - share) * (2.0 * PI).sqrt() * (z * z / 2.0).exp();
        z -= error / (1.0 + z * error / 2.0);
    }
    z
}
