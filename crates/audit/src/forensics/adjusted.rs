//! Adjusted p values (Benjamini and Hochberg 1995): of all areas that are shown as unusual, the expected share that chance alone made so.
//!
//! A table of forty-seven areas has two or three with p below 5 % when nothing happened anywhere. The adjusted value of an area is the least rate of
//! false discoveries at which it would be shown. It holds for independent tests and for those that rise and fall together.

use crate::numeric::real_count;

/// The adjusted p values, in the order of the given ones. What is no number (NaN) counts as 1.
///
/// Step up: p·m / rank for m values, the least of that and all after it, and at most 1.
pub fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    let known: Vec<f64> = p_values.iter().map(|p| if p.is_nan() { 1.0 } else { *p }).collect();
    let mut order: Vec<usize> = (0..known.len()).collect();
    order.sort_by(|one, other| known[*one].total_cmp(&known[*other]));
    let all = real_count(known.len());
    let mut adjusted = vec![1.0; known.len()];
    let mut least = 1.0_f64;
    for (before, place) in order.into_iter().enumerate().rev() {
        least = least.min(known[place] * (all / real_count(before + 1)));
        adjusted[place] = least;
    }
    adjusted
}
