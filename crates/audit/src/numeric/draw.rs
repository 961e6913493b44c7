//! Numbers of given distributions from a [`Stream`]: normal, gamma, beta and binomial. All are exact but for rounding; none is approximated by another.

use std::sync::LazyLock;

use super::binomial::stirling_error;
use super::stream::Stream;
use super::{real, whole_below};

/// A number of the standard normal distribution: the ziggurat (Marsaglia and Tsang 2000) with 256 layers.
#[inline]
pub fn normal(stream: &mut Stream) -> f64 {
    loop {
        let bits = stream.bits();
        let layer = (bits & 0xff) as usize;
        // The highest bits make the place, from -1 to 1; the lowest the layer.
        let side = real(bits >> 11) * (2.0 / 9_007_199_254_740_992.0) - 1.0;
        let x = side * LAYERS.right[layer];
        if x.abs() < LAYERS.right[layer + 1] {
            return x;
        }
        if layer == 0 {
            return tail(stream).copysign(side);
        }
        let (low, high) = (LAYERS.height[layer], LAYERS.height[layer + 1]);
        if low + stream.fraction() * (high - low) < (-x * x / 2.0).exp() {
            return x;
        }
    }
}

/// The gamma distribution of one shape: Marsaglia and Tsang (2000).
#[derive(Debug, Clone, Copy)]
pub struct Gamma {
    shape: f64,
    middle: f64,
    spread: f64,
}

impl Gamma {
    /// The distribution with this shape, above 0, and scale 1.
    pub fn new(shape: f64) -> Self {
        let middle = if shape < 1.0 { shape + 1.0 } else { shape } - 1.0 / 3.0;
        Self { shape, middle, spread: 1.0 / (9.0 * middle).sqrt() }
    }

    /// A number of it.
    #[inline]
    pub fn draw(&self, stream: &mut Stream) -> f64 {
        loop {
            let x = normal(stream);
            let root = 1.0 + self.spread * x;
            if root <= 0.0 {
                continue;
            }
            let cube = root * root * root;
            let height = stream.inner_fraction();
            let square = x * x;
            if height < 1.0 - 0.0331 * square * square
                || height.ln() < 0.5 * square + self.middle * (1.0 - cube + cube.ln())
            {
                let drawn = self.middle * cube;
                // A shape below 1 is drawn one above and brought down.
                return if self.shape < 1.0 {
                    drawn * stream.inner_fraction().powf(1.0 / self.shape)
                } else {
                    drawn
                };
            }
        }
    }
}

/// A number of the beta distribution with these two gammas.
#[inline]
pub fn beta(stream: &mut Stream, yes: &Gamma, no: &Gamma) -> f64 {
    let (one, other) = (yes.draw(stream), no.draw(stream));
    // Both are 0 only where both shapes are tiny; then the distribution is all at its ends.
    if one + other > 0.0 { one / (one + other) } else { f64::from(u8::from(stream.bits() & 1 == 0)) }
}

/// A number of the binomial distribution.
#[inline]
pub fn binomial(stream: &mut Stream, trials: u64, chance: f64) -> u64 {
    if chance > 0.5 {
        return trials - binomial_low(stream, trials, 1.0 - chance);
    }
    binomial_low(stream, trials, chance)
}

/// From so many expected successes on the rejection is faster than adding up.
const FEW: f64 = 10.0;

#[inline]
fn binomial_low(stream: &mut Stream, trials: u64, chance: f64) -> u64 {
    if chance <= 0.0 || trials == 0 {
        return 0;
    }
    if real(trials) * chance < FEW {
        by_adding(stream, trials, chance)
    } else {
        by_rejection(stream, trials, chance)
    }
}

/// Adds probabilities from 0 on until they pass a fraction.
fn by_adding(stream: &mut Stream, trials: u64, chance: f64) -> u64 {
    let odds = chance / (1.0 - chance);
    let none = (real(trials) * (-chance).ln_1p()).exp();
    loop {
        let (mut left, mut term, mut number) = (stream.fraction(), none, 0);
        while left >= term && number < trials {
            left -= term;
            number += 1;
            term *= odds * real(trials - number + 1) / real(number);
        }
        // What rounding leaves above the sum of all terms is drawn again.
        if left < term {
            return number;
        }
    }
}

/// Transformed rejection with squeeze (Hörmann 1993, algorithm BTRS), for 10 expected successes and more, chance at most one half.
fn by_rejection(stream: &mut Stream, trials: u64, chance: f64) -> u64 {
    let all = real(trials);
    let deviation = (all * chance * (1.0 - chance)).sqrt();
    let b = 1.15 + 2.53 * deviation;
    let a = -0.0873 + 0.0248 * b + 0.01 * chance;
    let centre = all * chance + 0.5;
    let squeeze = 0.92 - 4.2 / b;
    loop {
        let across = stream.fraction() - 0.5;
        let mut height = stream.inner_fraction();
        let edge = 0.5 - across.abs();
        let place = (2.0 * a / edge + b) * across + centre;
        if edge >= 0.07 && height <= squeeze {
            return whole_below(place);
        }
        if !(0.0..all + 1.0).contains(&place) {
            continue;
        }
        let number = whole_below(place);
        height *= (2.83 + 5.1 / b) * deviation / (a / (edge * edge) + b);
        let mode = whole_below((all + 1.0) * chance);
        let odds = (chance / (1.0 - chance)).ln();
        let of = |number: u64| ln_factorial(number) + ln_factorial(trials - number);
        if height.ln() <= of(mode) - of(number) + (real(number) - real(mode)) * odds {
            return number;
        }
    }
}

/// ln n!: Stirling's formula and what it lacks.
fn ln_factorial(number: u64) -> f64 {
    const TABLE: usize = 4_096;
    static KNOWN: LazyLock<Vec<f64>> = LazyLock::new(|| (0..TABLE as u64).map(stirling).collect());
    KNOWN.get(number as usize).copied().unwrap_or_else(|| stirling(number))
}

fn stirling(number: u64) -> f64 {
    let n = real(number);
    if number < 2 {
        return 0.0;
    }
    (n + 0.5) * n.ln() - n + 0.5 * (2.0 * std::f64::consts::PI).ln() + stirling_error(n)
}

/// The ziggurat: right ends of the layers from the lowest up, and the heights of their lower edges.
struct Layers {
    right: [f64; LAYER_COUNT + 1],
    height: [f64; LAYER_COUNT + 1],
}

const LAYER_COUNT: usize = 256;
/// Where the tail begins, and the area of every layer, for 256 layers (Marsaglia and Tsang 2000).
const TAIL: f64 = 3.654_152_885_361_009;
const AREA: f64 = 0.004_928_673_233_974_655;

static LAYERS: LazyLock<Layers> = LazyLock::new(|| {
    let density = |x: f64| (-x * x / 2.0).exp();
    let (mut right, mut height) = ([0.0; LAYER_COUNT + 1], [0.0; LAYER_COUNT + 1]);
    // The lowest layer has the tail as well: as wide as its area needs at the height of the tail's beginning.
    right[0] = AREA / density(TAIL);
    right[1] = TAIL;
    height[1] = density(TAIL);
    for layer in 2..LAYER_COUNT {
        height[layer] = height[layer - 1] + AREA / right[layer - 1];
        right[layer] = (-2.0 * height[layer].ln()).sqrt();
    }
    height[LAYER_COUNT] = 1.0;
    Layers { right, height }
});

/// A number of the normal distribution beyond [`TAIL`] (Marsaglia 1964).
fn tail(stream: &mut Stream) -> f64 {
    loop {
        let x = -stream.inner_fraction().ln() / TAIL;
        if -2.0 * stream.inner_fraction().ln() > x * x {
            return TAIL + x;
        }
    }
}
