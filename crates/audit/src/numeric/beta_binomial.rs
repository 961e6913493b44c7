//! The beta-binomial distribution: successes in trials whose common chance is itself drawn from a beta distribution.
//!
//! Stations of one area do not share one chance. Here `a` and `b` are the parameters of the beta distribution: its mean is a / (a + b), and
//! 1 / (a + b + 1) is the correlation of two ballots of one station.

use super::gamma::ln_gamma;
use super::real;

/// The logarithm of the beta function: B(a, b) = Γ(a) Γ(b) / Γ(a + b), for a and b above 0.
pub fn ln_beta(a: f64, b: f64) -> f64 {
    ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b)
}

/// The probability of exactly `successes` in `trials`.
pub fn probability(successes: u64, trials: u64, a: f64, b: f64) -> f64 {
    if successes > trials {
        return 0.0;
    }
    let (yes, no) = (real(successes), real(trials - successes));
    let ways = -ln_beta(yes + 1.0, no + 1.0) - (real(trials) + 1.0).ln();
    (ways + ln_beta(yes + a, no + b) - ln_beta(a, b)).exp()
}

/// The probability of at most `successes`: a sum of at most as many terms.
pub fn at_most(successes: u64, trials: u64, a: f64, b: f64) -> f64 {
    if successes >= trials {
        return 1.0;
    }
    // From the end that the sum is nearer to, each term from the one before: the least terms first would cost a logarithm each.
    let (mut number, mut term) = (successes, probability(successes, trials, a, b));
    let mut sum = term;
    // With one hump the terms only fall once they are below it; with humps at the ends they rise again.
    let is_one_hump = a >= 1.0 && b >= 1.0;
    while number > 0 && term > 0.0 {
        let (k, rest) = (real(number), real(trials - number));
        term *= k * (rest + b) / ((rest + 1.0) * (k - 1.0 + a));
        number -= 1;
        if is_one_hump && term < sum * 1e-18 && real(number) < real(trials) * a / (a + b) {
            break;
        }
        sum += term;
    }
    sum.min(1.0)
}

/// The probability of at least `successes`.
pub fn at_least(successes: u64, trials: u64, a: f64, b: f64) -> f64 {
    if successes > trials { 0.0 } else { at_most(trials - successes, trials, b, a) }
}
