//! A wrong outcome is confirmed at most as often as the risk limit says: every method, every rule, outcomes that are wrong by
//! nothing. `cargo run --release --example type_one` does it with 20,000 audits each.
#![allow(clippy::unwrap_used)]

mod common;

use common::numbers::Numbers;
use common::simulation::{methods, most_by_chance, rate, wrong_outcomes};
use hakiki_audit::Share;
use hakiki_audit::comparison::{Comparison, Discrepancies, USUAL_INFLATION};
use hakiki_audit::martingale::{Bet, Martingale, Shrink};
use hakiki_audit::one_audit::{OneAudit, Read};
use hakiki_audit::polling::{Bravo, Drawn, Pair};
use hakiki_audit::{Claim, Tally};

const SEED: u64 = 20_220_809;
const AUDITS: u64 = 1_000;

fn ten_percent() -> Share {
    Share::percent(10).unwrap()
}

#[test]
fn comparison_by_station_for_every_rule_and_method() {
    for outcome in wrong_outcomes() {
        assert!(outcome.stands_on_the_line(), "{}", outcome.name);
        for (method_name, method) in methods() {
            let mut numbers = Numbers(SEED);
            let confirmed = outcome.confirmed(method, ten_percent(), AUDITS, 150, &mut numbers);
            let (rate, _) = rate(confirmed, AUDITS);
            println!("seed {SEED}: {}, {method_name}: {rate:.4}", outcome.name);
            assert!(rate <= most_by_chance(ten_percent(), AUDITS), "{}, {method_name}: {rate}", outcome.name);
        }
    }
}

/// A test that rejects nothing would pass the one above: right outcomes are confirmed nearly always.
#[test]
fn right_outcomes_are_confirmed() {
    for mut outcome in wrong_outcomes() {
        outcome.paper = outcome.contest.batches().iter().map(|batch| batch.reported.clone()).collect();
        for (method_name, method) in methods() {
            let draws = 3_000;
            let confirmed = outcome.confirmed_or_counted(method, ten_percent(), 3, draws, &mut Numbers(SEED));
            assert_eq!(confirmed, 3, "{}, {method_name}", outcome.name);
        }
    }
}

#[test]
fn ballot_polling_of_a_tie() {
    let bravo = Bravo::new(Pair { winner: 530, loser: 470, ballots: 1_000 }).unwrap();
    let mut numbers = Numbers(SEED);
    let confirms = |_: &u64| {
        let mut drawn = Drawn::default();
        (0..2_000).any(|_| {
            let vote = numbers.below(2);
            drawn.winner += vote;
            drawn.loser += 1 - vote;
            bravo.risk(drawn) <= 0.1
        })
    };
    let (rate, _) = rate((0..AUDITS).filter(confirms).count() as u64, AUDITS);
    println!("seed {SEED}: BRAVO: {rate:.4}");
    assert!((0.03..=most_by_chance(ten_percent(), AUDITS)).contains(&rate), "{rate}");
}

#[test]
fn one_audit_of_a_tie_with_and_without_replacement() {
    // Two stations; the second was reported 60 votes too good for the winner.
    let stations = [([300_u64, 200], [300_u64, 200]), ([260, 240], [200, 300])];
    let reported = Tally::of_votes(vec![560, 440]);
    let audit = OneAudit::new(Claim::Beats { winner: 0, loser: 1 }, &reported, 1_000).unwrap();
    let means = stations.map(|(reported, _)| audit.station_mean(&Tally::of_votes(reported.to_vec()), 500));
    let ballots: Vec<f64> = stations
        .iter()
        .zip(means)
        .flat_map(|((_, paper), mean)| {
            let value = move |candidate| audit.ballot_value(mean, Read::Vote(candidate));
            let for_first = std::iter::repeat_n(value(0), paper[0] as usize);
            for_first.chain(std::iter::repeat_n(value(1), paper[1] as usize))
        })
        .collect();
    let shrink = Shrink {
        mean: 0.54,
        above_null: 0.02,
        below_upper: 0.0,
        weight: 100.0,
        to_upper: 0.0,
        least_deviation: 1e-6,
    };
    for with_replacement in [true, false] {
        let mut numbers = Numbers(SEED);
        let confirms = |_: &u64| {
            let mut order = ballots.clone();
            let mut test = Martingale::new(audit.population(with_replacement), Bet::Shrink(shrink));
            (0..900_usize).any(|place| {
                let first = if with_replacement { 0 } else { place };
                let other = first + numbers.below((order.len() - first) as u64) as usize;
                order.swap(first, other);
                test.observe(order[first]) <= 0.1
            })
        };
        let (rate, _) = rate((0..AUDITS).filter(confirms).count() as u64, AUDITS);
        println!("seed {SEED}: ONEAudit, replacement {with_replacement}: {rate:.4}");
        assert!((0.001..=most_by_chance(ten_percent(), AUDITS)).contains(&rate), "{rate}");
    }
}

#[test]
fn ballot_comparison_of_a_tie() {
    // A margin of 60 in 1,000 that is not there: 30 ballots are overstated by two.
    let contest = Comparison { margin: 60, cards: 1_000, inflation: USUAL_INFLATION };
    let mut numbers = Numbers(SEED);
    let confirms = |_: &u64| {
        let mut found = Discrepancies::default();
        (1..=1_000).any(|ballots| {
            found.over_by_two += u64::from(numbers.below(1_000) < 30);
            contest.risk(ballots, found) <= 0.1
        })
    };
    let (rate, _) = rate((0..AUDITS).filter(confirms).count() as u64, AUDITS);
    println!("seed {SEED}: ballot comparison: {rate:.4}");
    assert!((0.02..=most_by_chance(ten_percent(), AUDITS)).contains(&rate), "{rate}");
}
