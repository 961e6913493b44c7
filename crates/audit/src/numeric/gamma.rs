//! The gamma function's logarithm, and the incomplete gamma function beneath chi-square and the normal distribution.

use std::f64::consts::PI;

/// Terms of Lanczos' approximation with g = 7, good to about 1e-15 relative.
const LANCZOS: [f64; 9] = [
    0.999_999_999_999_809_9,
    676.520_368_121_885_1,
    -1_259.139_216_722_402_8,
    771.323_428_777_653_1,
    -176.615_029_162_140_6,
    12.507_343_278_686_905,
    -0.138_571_095_265_720_12,
    9.984_369_578_019_572e-6,
    1.505_632_735_149_311_6e-7,
];

/// Where a series or continued fraction has as many digits as there are.
const ENOUGH: f64 = 1e-16;
/// No series here needs nearly as many terms; it bounds the loop.
const MOST_TERMS: u32 = 100_000;

/// The natural logarithm of Γ(x), for x above 0.
pub fn ln_gamma(x: f64) -> f64 {
    if x < 0.5 {
        return (PI / (PI * x).sin()).ln() - ln_gamma(1.0 - x);
    }
    let x = x - 1.0;
    let base = x + 7.5;
    let tail = LANCZOS.iter().skip(1).zip(1_u32..).map(|(term, place)| term / (x + f64::from(place)));
    let series = LANCZOS[0] + tail.sum::<f64>();
    0.5 * (2.0 * PI).ln() + (x + 0.5) * base.ln() - base + series.ln()
}

/// The upper share of the gamma distribution of this shape above `x`: Q(shape, x).
pub fn upper_share(shape: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 1.0;
    }
    let scale = (shape * x.ln() - x - ln_gamma(shape)).exp();
    if x < shape + 1.0 { 1.0 - lower_series(shape, x, scale) } else { upper_fraction(shape, x) * scale }
}

/// The lower share of the gamma distribution of this shape below `x`: P(shape, x).
pub fn lower_share(shape: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    let scale = (shape * x.ln() - x - ln_gamma(shape)).exp();
    if x < shape + 1.0 { lower_series(shape, x, scale) } else { 1.0 - upper_fraction(shape, x) * scale }
}

fn lower_series(shape: f64, x: f64, scale: f64) -> f64 {
    let (mut term, mut sum) = (1.0 / shape, 1.0 / shape);
    for place in 1..MOST_TERMS {
        term *= x / (shape + f64::from(place));
        sum += term;
        if term < sum * ENOUGH {
            break;
        }
    }
    sum * scale
}

/// The continued fraction of the upper share by Lentz' method, without its scale.
fn upper_fraction(shape: f64, x: f64) -> f64 {
    let mut even = x + 1.0 - shape;
    let mut upper = 1.0 / away_from_zero(0.0);
    let mut lower = 1.0 / even;
    let mut product = lower;
    for place in 1..MOST_TERMS {
        let odd = -f64::from(place) * (f64::from(place) - shape);
        even += 2.0;
        lower = 1.0 / away_from_zero(odd * lower + even);
        upper = away_from_zero(even + odd / upper);
        product *= upper * lower;
        if (upper * lower - 1.0).abs() < ENOUGH {
            break;
        }
    }
    product
}

/// The number, or a tiny one in place of 0, so that Lentz' method may divide by it.
pub(super) fn away_from_zero(number: f64) -> f64 {
    if number.abs() < 1e-300 { 1e-300 } else { number }
}
