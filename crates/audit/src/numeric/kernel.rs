//! Density of numbers from 0 to 1 by a normal kernel, on an even grid.

use super::{real_count, whole_above, whole_below};

/// Beyond so many bandwidths the kernel is below 1e-14 of its height.
const FAR: f64 = 8.0;

/// Scott's rule for one dimension: standard deviation (of the population, by n − 1) over the fifth root of n. Nothing for fewer than two
/// numbers, or if all are equal.
pub fn scott_bandwidth(numbers: &[f64]) -> Option<f64> {
    let count = real_count(numbers.len());
    let mean = numbers.iter().sum::<f64>() / count;
    let squares: f64 = numbers.iter().map(|number| (number - mean).powi(2)).sum();
    let bandwidth = (squares / (count - 1.0)).sqrt() * count.powf(-0.2);
    (bandwidth > 0.0 && bandwidth.is_finite()).then_some(bandwidth)
}

/// The density at 0, 1/steps, 2/steps … 1: the mean of normal densities about the numbers.
pub fn density(numbers: &[f64], bandwidth: f64, steps: u32) -> Vec<f64> {
    let grid = f64::from(steps);
    let mut heights = vec![0.0; steps as usize + 1];
    let step = 1.0 / (grid * bandwidth);
    // From one grid point to the next the kernel is multiplied by a factor that itself is multiplied by a constant.
    let bend = (-step * step).exp();
    for number in numbers {
        let low = whole_above(((number - FAR * bandwidth) * grid).max(0.0)) as usize;
        let high = whole_below((number + FAR * bandwidth) * grid).min(u64::from(steps)) as usize;
        let away = (real_count(low) / grid - number) / bandwidth;
        let mut height = (-away * away / 2.0).exp();
        let mut factor = (-away * step - step * step / 2.0).exp();
        for place in heights.iter_mut().take(high + 1).skip(low) {
            *place += height;
            height *= factor;
            factor *= bend;
        }
    }
    let scale = 1.0 / (real_count(numbers.len()) * bandwidth * (2.0 * std::f64::consts::PI).sqrt());
    for height in &mut heights {
        *height *= scale;
    }
    heights
}
