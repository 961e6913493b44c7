//! What resampling rests on: draws have the distributions that they are said to have, and p values are adjusted as published.
#![allow(clippy::unwrap_used)]

mod common;

use common::{close, near};
use hakiki_audit::forensics::adjusted::benjamini_hochberg;
use hakiki_audit::numeric::draw::{self, Gamma};
use hakiki_audit::numeric::lookup::Lookup;
use hakiki_audit::numeric::stream::Stream;
use hakiki_audit::numeric::{beta_binomial, binomial, chi_square, normal, real, real_count, whole_below};
use hakiki_audit::sample::Frame;
use proptest::prelude::*;

/// That counts of draws fit the probabilities of their classes, those with few expected taken together.
fn fits(counts: &[u64], probabilities: &[f64], what: &str) {
    let all: u64 = counts.iter().sum();
    let (mut classes, mut expected, mut rest) = (Vec::new(), Vec::new(), (0, 0.0));
    for (count, probability) in counts.iter().zip(probabilities) {
        rest = (rest.0 + count, rest.1 + probability);
        if rest.1 * real(all) >= 20.0 {
            classes.push(rest.0);
            expected.push(rest.1);
            rest = (0, 0.0);
        }
    }
    classes.push(rest.0);
    expected.push((1.0 - expected.iter().sum::<f64>()).max(1e-12));
    let statistic = chi_square::statistic(&classes, &expected);
    let p = chi_square::share_above(statistic, u32::try_from(classes.len()).unwrap() - 1);
    assert!(p > 1e-6, "{what}: {statistic} in {} classes, p {p}", classes.len());
}

#[test]
fn binomial_draws() {
    for (trials, chance) in
        [(7, 0.3), (40, 0.2), (60, 0.4), (365, 0.51), (365, 0.97), (2_000, 0.0061), (5_000, 0.35)]
    {
        let mut stream = Stream::new(trials);
        let mut counts = vec![0_u64; trials as usize + 1];
        for _ in 0..400_000 {
            counts[draw::binomial(&mut stream, trials, chance) as usize] += 1;
        }
        let law: Vec<f64> =
            (0..=trials).map(|number| binomial::probability(number, trials, chance)).collect();
        fits(&counts, &law, &format!("{trials} trials of {chance}"));
    }
    let mut stream = Stream::new(1);
    assert_eq!([0.0, 1.0].map(|chance| draw::binomial(&mut stream, 9, chance)), [0, 9]);
    assert_eq!(draw::binomial(&mut stream, 0, 0.5), 0);
}

#[test]
fn normal_draws() {
    let mut stream = Stream::new(20_220_809);
    let mut counts = [0_u64; 1_000];
    for _ in 0..2_000_000 {
        let class = whole_below((draw::normal(&mut stream) + 5.0) * 100.0).min(999);
        counts[class as usize] += 1;
    }
    let below = |place: u32| match place {
        0 => 0.0,
        1_000 => 1.0,
        _ => normal::share_below(f64::from(place) / 100.0 - 5.0),
    };
    let law: Vec<f64> = (0..1_000).map(|place| below(place + 1) - below(place)).collect();
    fits(&counts, &law, "normal");
}

/// A binomial number whose chance is a beta number is beta-binomial: both draws and the formula at once.
#[test]
fn beta_binomial_draws() {
    for (trials, a, b) in [(138, 8.49, 8.66), (50, 0.7, 3.2), (300, 2.0, 2.0), (365, 120.3, 77.0)] {
        let (yes, no) = (Gamma::new(a), Gamma::new(b));
        let mut stream = Stream::new(trials + 1);
        let mut counts = vec![0_u64; trials as usize + 1];
        for _ in 0..400_000 {
            let chance = draw::beta(&mut stream, &yes, &no);
            counts[draw::binomial(&mut stream, trials, chance) as usize] += 1;
        }
        let law: Vec<f64> =
            (0..=trials).map(|number| beta_binomial::probability(number, trials, a, b)).collect();
        close(law.iter().sum(), 1.0, "sum");
        fits(&counts, &law, &format!("{trials} trials of beta {a}, {b}"));
    }
}

#[test]
fn beta_binomial_tails() {
    // Equal chances of all numbers.
    close(beta_binomial::probability(3, 9, 1.0, 1.0), 0.1, "even");
    close(beta_binomial::at_most(3, 9, 1.0, 1.0), 0.4, "even");
    // Far from scattered: the binomial distribution.
    near(beta_binomial::at_most(30, 100, 3.5e8, 6.5e8), binomial::at_most(30, 100, 0.35), 1e-6, "narrow");
    for (number, trials, a, b) in [(80_u64, 138_u64, 8.49, 8.66), (0, 50, 0.7, 3.2), (49, 50, 0.4, 0.3)] {
        let sum = |from: u64, to: u64| -> f64 {
            (from..=to).map(|number| beta_binomial::probability(number, trials, a, b)).sum()
        };
        close(beta_binomial::at_most(number, trials, a, b), sum(0, number), "at most");
        close(beta_binomial::at_least(number, trials, a, b), sum(number, trials), "at least");
    }
    assert!(beta_binomial::probability(10, 9, 1.0, 1.0) <= 0.0);
}

/// The fifteen p values of the example in Benjamini and Hochberg (1995): four are found at 5 %, and the fifth has 0.0201·15/5.
#[test]
fn the_published_example_of_adjustment() {
    let p_values = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
        0.6528, 0.7590, 1.0,
    ];
    let adjusted = benjamini_hochberg(&p_values);
    assert_eq!(adjusted.iter().filter(|p| **p <= 0.05).count(), 4);
    close(adjusted[4], 0.0201 * 15.0 / 5.0, "fifth");
    close(adjusted[5], 0.0298 * 15.0 / 7.0, "sixth: the seventh has less");
    close(adjusted[14], 1.0, "last");
    assert!(benjamini_hochberg(&[]).is_empty());
    assert_eq!(benjamini_hochberg(&[f64::NAN, 0.01]), [1.0, 0.02]);
}

proptest! {
    /// Every remainder has the place that the frame of an audit gives it.
    #[test]
    fn a_lookup_gives_the_places_of_a_frame(weights in proptest::collection::vec(0..40_u64, 1..50)) {
        let wide: Vec<u128> = weights.iter().copied().map(u128::from).collect();
        match (Lookup::new(&weights), Frame::new(&wide)) {
            (Some(lookup), Ok(frame)) => {
                for remainder in 0..lookup.total() {
                    prop_assert_eq!(lookup.place_at(remainder), frame.item_at(remainder.into()));
                }
            }
            (lookup, frame) => prop_assert!(lookup.is_none() && frame.is_err()),
        }
    }

    /// Shown at any rate are those that the procedure as published rejects: all up to the last rank k with p(k) ≤ rate·k/m.
    #[test]
    fn adjusted_values_reject_what_the_procedure_rejects(
        p_values in proptest::collection::vec(0.0..=1.0_f64, 1..60),
        rate in 0.001..0.999_f64,
    ) {
        let adjusted = benjamini_hochberg(&p_values);
        let mut sorted = p_values.clone();
        sorted.sort_by(f64::total_cmp);
        let all = real_count(sorted.len());
        let passes = |rank: usize| sorted[rank - 1] <= rate * real_count(rank) / all;
        // Rounding decides nothing here: the same product is compared on both sides but for its last bit.
        let near_line = (1..=sorted.len()).any(|rank| (sorted[rank - 1] * all / real_count(rank) - rate).abs() < 1e-12);
        prop_assume!(!near_line);
        let rejected = (1..=sorted.len()).rev().find(|rank| passes(*rank)).unwrap_or(0);
        prop_assert_eq!(adjusted.iter().filter(|p| **p <= rate).count(), rejected);
        for (one, p) in p_values.iter().enumerate() {
            prop_assert!(adjusted[one] >= *p && adjusted[one] <= 1.0);
            for (other, q) in p_values.iter().enumerate() {
                prop_assert!(p > q || adjusted[one] <= adjusted[other], "order is kept");
            }
        }
    }

    /// The order in which areas come changes nothing.
    #[test]
    fn adjustment_knows_no_order(p_values in proptest::collection::vec(0.0..=1.0_f64, 1..40), seed in any::<u64>()) {
        let adjusted = benjamini_hochberg(&p_values);
        let mut order: Vec<usize> = (0..p_values.len()).collect();
        Stream::new(seed).shuffle(&mut order);
        let moved: Vec<f64> = order.iter().map(|place| p_values[*place]).collect();
        let expected: Vec<f64> = order.iter().map(|place| adjusted[*place]).collect();
        prop_assert_eq!(benjamini_hochberg(&moved), expected);
    }
}
