//! The binomial distribution, with full digits for large numbers.
//!
//! Single probabilities by Loader's saddle-point expansion (2000), tails by the continued fraction of the incomplete beta function.

use super::gamma::{away_from_zero, ln_gamma};
use super::{real, whole_below};
use std::f64::consts::PI;

/// The probability of exactly `successes` in `trials`, each with probability `chance`.
pub fn probability(successes: u64, trials: u64, chance: f64) -> f64 {
    if successes > trials {
        return 0.0;
    }
    density(real(successes), real(trials), chance)
}

/// The probability of at most `successes`.
pub fn at_most(successes: u64, trials: u64, chance: f64) -> f64 {
    if successes >= trials {
        return 1.0;
    }
    beta_share(real(trials - successes), real(successes) + 1.0, 1.0 - chance, chance)
}

/// The probability of at least `successes`.
pub fn at_least(successes: u64, trials: u64, chance: f64) -> f64 {
    match successes {
        0 => 1.0,
        more if more > trials => 0.0,
        some => beta_share(real(some), real(trials - some) + 1.0, chance, 1.0 - chance),
    }
}

/// The least number of successes that is not exceeded with probability `share` or more.
pub fn quantile(share: f64, trials: u64, chance: f64) -> u64 {
    let all = real(trials);
    let near = all * chance + super::normal::quantile(share) * (all * chance * (1.0 - chance)).sqrt();
    let mut successes = whole_below(near.max(0.0)).min(trials);
    while successes > 0 && at_most(successes - 1, trials, chance) >= share {
        successes -= 1;
    }
    while successes < trials && at_most(successes, trials, chance) < share {
        successes += 1;
    }
    successes
}

/// The probability of all outcomes that are at most as probable as this one.
pub fn two_sided(successes: u64, trials: u64, chance: f64) -> f64 {
    // Outcomes as probable but for rounding count as as probable.
    let limit = probability(successes, trials, chance) * (1.0 + 1e-7);
    let is_low = |outcome: u64| probability(outcome, trials, chance) <= limit;
    let mode = whole_below(real(trials) * chance);
    if successes <= mode {
        let above = first(mode, trials + 1, is_low);
        (at_most(successes, trials, chance) + at_least(above, trials, chance)).min(1.0)
    } else {
        let kept = first(0, mode + 1, |outcome| !is_low(outcome));
        let below = if kept == 0 { 0.0 } else { at_most(kept - 1, trials, chance) };
        (below + at_least(successes, trials, chance)).min(1.0)
    }
}

/// The first number from `low` to below `high` for which `holds`, which stays true from there on; else `high`.
fn first(mut low: u64, mut high: u64, holds: impl Fn(u64) -> bool) -> u64 {
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

/// Loader's form of the probability, also for numbers that are not whole.
fn density(x: f64, n: f64, p: f64) -> f64 {
    let q = 1.0 - p;
    if p <= 0.0 {
        return if x <= 0.0 { 1.0 } else { 0.0 };
    }
    if q <= 0.0 {
        return if x >= n { 1.0 } else { 0.0 };
    }
    if x <= 0.0 {
        return (n * (-p).ln_1p()).exp();
    }
    if x >= n {
        return (n * p.ln()).exp();
    }
    let rest = n - x;
    let exponent = stirling_error(n)
        - stirling_error(x)
        - stirling_error(rest)
        - deviance(x, n * p)
        - deviance(rest, n * q);
    exponent.exp() * (n / (2.0 * PI * x * rest)).sqrt()
}

/// What Stirling's formula lacks to the logarithm of n!.
pub(super) fn stirling_error(n: f64) -> f64 {
    if n < 16.0 {
        return ln_gamma(n + 1.0) - (n + 0.5) * n.ln() + n - 0.5 * (2.0 * PI).ln();
    }
    let square = n * n;
    (1.0 / 12.0
        - (1.0 / 360.0 - (1.0 / 1260.0 - (1.0 / 1680.0 - 1.0 / 1188.0 / square) / square) / square) / square)
        / n
}

/// x ln(x/m) + m − x without loss of digits where x is near m.
fn deviance(x: f64, m: f64) -> f64 {
    if (x - m).abs() >= 0.1 * (x + m) {
        return x * (x / m).ln() + m - x;
    }
    let v = (x - m) / (x + m);
    let mut sum = (x - m) * v;
    let mut term = 2.0 * x * v;
    for place in 1_u32..1_000 {
        term *= v * v;
        let next = sum + term / f64::from(2 * place + 1);
        if (next - sum).abs() <= 0.0 {
            break;
        }
        sum = next;
    }
    sum
}

/// The share of the beta distribution (a, b) below x, where y is 1 − x.
fn beta_share(a: f64, b: f64, x: f64, y: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if y <= 0.0 {
        return 1.0;
    }
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - beta_lower(b, a, y);
    }
    beta_lower(a, b, x)
}

fn beta_lower(a: f64, b: f64, x: f64) -> f64 {
    density(a, a + b, x) * b / (a + b) * beta_fraction(a, b, x)
}

/// The continued fraction of the incomplete beta function by Lentz' method.
fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    let mut upper = 1.0;
    let mut lower = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut product = lower;
    for place in 1_u32..100_000 {
        let m = f64::from(place);
        for term in [
            m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0)),
        ] {
            lower = 1.0 / away_from_zero(1.0 + term * lower);
            upper = away_from_zero(1.0 + term / upper);
            product *= upper * lower;
        }
        if (upper * lower - 1.0).abs() < 1e-16 {
            break;
        }
    }
    product
}
