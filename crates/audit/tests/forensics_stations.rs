//! Indicators of single stations: figures exchanged between two candidates, ballots of contests held together; and the fingerprint of all.
#![allow(clippy::unwrap_used)]

mod common;
#[path = "common/russia.rs"]
mod russia;

use common::{close, list, near, number, vectors, whole};
use hakiki_audit::forensics::ballots::{Agreement, Allowance, differences};
use hakiki_audit::forensics::exchanged::{LEAST_NEIGHBOURS, exchanged, most_likely_pairs};
use hakiki_audit::forensics::fingerprint::{Fingerprint, Moments, correlation, log_vote_rates, points};
use hakiki_audit::forensics::integer_percentages::Station;
use hakiki_audit::forensics::neighbours::{among_centres, homogeneity};
use hakiki_audit::numeric::draw::{self, Gamma};
use hakiki_audit::numeric::stream::Stream;
use hakiki_audit::numeric::{beta_binomial, chi_square, real};
use proptest::prelude::*;

/// Stations of one area whose shares follow a beta distribution.
fn area(seed: u64, stations: usize, a: f64, b: f64) -> Vec<[u64; 2]> {
    let mut stream = Stream::new(seed);
    let (yes, no) = (Gamma::new(a), Gamma::new(b));
    let mut station = || {
        let both = 150 + stream.below(350);
        let chance = draw::beta(&mut stream, &yes, &no);
        let first = draw::binomial(&mut stream, both, chance);
        [first, both - first]
    };
    (0..stations).map(|_| station()).collect()
}

#[test]
fn mean_and_correlation_are_those_of_the_neighbours() {
    let mut stations = area(1, 4_000, 12.0, 3.0);
    // The station that is looked at says nothing of its neighbours.
    stations.push([0, 100_000]);
    let found = exchanged(&stations).pop().unwrap().unwrap();
    // A few that are far out by chance are left out.
    assert!((3_980..=4_000).contains(&found.neighbours), "{found:?}");
    near(found.mean, 0.8, 0.01, "mean");
    // The upper limit of a variance of 4,000 is 4 % above it.
    near(found.correlation, 1.04 / 16.0, 0.04, "correlation");
}

/// The ratio is that of the two probabilities, and p is the sum of those of all votes with at least this ratio.
#[test]
fn ratio_and_p_by_their_definitions() {
    let stations = area(2, 60, 9.0, 4.0);
    for (station, found) in stations.iter().zip(exchanged(&stations)) {
        let found = found.unwrap();
        let scale = 1.0 / found.correlation - 1.0;
        let (a, b) = (found.mean * scale, (1.0 - found.mean) * scale);
        let both = station[0] + station[1];
        let chance = |first: u64| beta_binomial::probability(first, both, a, b);
        let ratio = |first: u64| (chance(both - first) / chance(first)).ln();
        near(found.log_ratio, ratio(station[0]), 1e-7, "ratio");
        let as_far = (0..=both).filter(|first| ratio(*first) >= found.log_ratio - 1e-9);
        near(found.p, as_far.map(chance).sum(), 1e-7, "p");
    }
}

#[test]
fn a_planted_exchange_is_the_first_of_its_area() {
    let mut stations = area(3, 120, 40.0, 10.0);
    stations[77].swap(0, 1);
    let found = exchanged(&stations);
    let least = (0..120).min_by(|one, other| found[*one].unwrap().p.total_cmp(&found[*other].unwrap().p));
    assert_eq!(least, Some(77));
    let found = found[77].unwrap();
    assert!(found.p < 1e-6 && found.log_ratio > 10.0, "{found:?}");
    // In an area of two camps the same station is one of many.
    let mut camps: Vec<[u64; 2]> = area(4, 120, 0.8, 0.4);
    camps[77] = stations[77];
    let found = exchanged(&camps)[77].unwrap();
    assert!(found.p > 0.05, "{found:?}");
}

/// Six of a hundred and twenty would hide each other, if each were among the neighbours of the others.
#[test]
fn several_exchanges_of_one_area_do_not_hide_each_other() {
    let mut stations = area(3, 120, 40.0, 10.0);
    for station in stations.iter_mut().step_by(20) {
        station.swap(0, 1);
    }
    for (place, found) in exchanged(&stations).into_iter().enumerate() {
        let found = found.unwrap();
        assert_eq!(found.p < 1e-5, place % 20 == 0, "{place}: {found:?}");
    }
}

#[test]
fn where_nothing_can_be_said_nothing_is() {
    let few = area(5, LEAST_NEIGHBOURS, 5.0, 5.0);
    assert!(exchanged(&few).iter().all(Option::is_none), "each has one neighbour too few");
    let mut stations = area(5, LEAST_NEIGHBOURS + 2, 5.0, 5.0);
    stations[3] = [0, 0];
    let found = exchanged(&stations);
    assert!(found[3].is_none() && found[4].unwrap().neighbours == LEAST_NEIGHBOURS);
    // One candidate has every vote everywhere, and none at one station.
    let mut all_for_one = vec![[300, 0]; 40];
    all_for_one[7] = [0, 300];
    let found = exchanged(&all_for_one);
    assert!(found[7].unwrap().p < 1e-3 && found[7].unwrap().log_ratio > 5.0, "{:?}", found[7]);
    assert!(found[8].unwrap().log_ratio < 0.0);
    assert!(exchanged(&[]).is_empty());
    // A figure with digits too many is left out, and its neighbours do not feel it.
    let mut absurd = area(5, 40, 5.0, 9.0);
    let before = exchanged(&absurd);
    absurd.push([u64::MAX, u64::MAX]);
    let found = exchanged(&absurd);
    assert!(found[40].is_none() && found[..40] == before[..]);
}

#[test]
fn the_pair_that_was_exchanged_is_named() {
    let mut stream = Stream::new(6);
    let shares = [60.0, 25.0, 10.0, 5.0].map(Gamma::new);
    let mut station = || -> Vec<u64> {
        let drawn = shares.map(|share| share.draw(&mut stream));
        let all: f64 = drawn.iter().sum();
        drawn.map(|part| hakiki_audit::numeric::whole_below(400.0 * part / all)).to_vec()
    };
    let mut stations: Vec<Vec<u64>> = (0..80).map(|_| station()).collect();
    stations[11].swap(0, 2);
    let found = most_likely_pairs(&stations);
    let pair = found[11].unwrap();
    assert_eq!(pair.pair, [0, 2]);
    assert!(pair.found.p < 1e-6, "{pair:?}");
    // Multiplied by the six pairs.
    let votes: Vec<[u64; 2]> = stations.iter().map(|station| [station[0], station[2]]).collect();
    close(pair.found.p, 6.0 * exchanged(&votes)[11].unwrap().p, "six pairs");
    assert!(most_likely_pairs(&[]).is_empty());
}

proptest! {
    /// The names of the two candidates change nothing but their order.
    #[test]
    fn candidates_have_no_order(seed in any::<u64>(), a in 0.5..50.0_f64, b in 0.5..50.0_f64) {
        let stations = area(seed, 40, a, b);
        let other: Vec<[u64; 2]> = stations.iter().map(|[first, second]| [*second, *first]).collect();
        for (one, other) in exchanged(&stations).into_iter().zip(exchanged(&other)) {
            let (one, other) = (one.unwrap(), other.unwrap());
            prop_assert!((one.log_ratio - other.log_ratio).abs() < 1e-6 * (1.0 + one.log_ratio.abs()));
            prop_assert!((one.p - other.p).abs() < 1e-6);
        }
    }
}

/// Centres whose rooms differ by names: by lot alone a third of them would be unusual, among each other none is; one whose rooms differ far more is.
#[test]
fn rooms_are_compared_with_what_other_centres_do() {
    let mut stream = Stream::new(8);
    let mut centre = |far: bool| {
        let share = |stream: &mut Stream, mean: f64| {
            draw::beta(stream, &Gamma::new(100.0 * mean), &Gamma::new(100.0 * (1.0 - mean)))
        };
        let room = |place: usize| {
            let chance = share(&mut stream, if far && place == 0 { 0.85 } else { 0.5 });
            let first = draw::binomial(&mut stream, 400, chance);
            vec![first, 400 - first]
        };
        homogeneity(&(0..3).map(room).collect::<Vec<_>>()).unwrap()
    };
    let mut centres: Vec<_> = (0..60).map(|_| centre(false)).collect();
    centres.push(centre(true));
    let alone = centres[..60].iter().filter(|centre| centre.p <= 0.05).count();
    assert!(alone > 20, "{alone} of 60 by lot alone");
    let among = among_centres(&centres);
    assert!(among[..60].iter().filter(|p| **p <= 0.05).count() <= 6, "{among:?}");
    assert!(among[60] < 1e-4, "{}", among[60]);
    assert!(among.iter().zip(&centres).all(|(among, centre)| *among >= centre.p));
    // By the definition.
    let others: f64 = centres[1..].iter().map(|centre| centre.chi_square).sum::<f64>() / 120.0;
    let spread = others * chi_square::upper_factor(120.0);
    close(among[0], chi_square::share_above(centres[0].chi_square / spread, 2), "p");
    near(chi_square::share_above(120.0 / chi_square::upper_factor(120.0), 120), 0.95, 1e-4, "limit");
    assert_eq!(among_centres(&centres[..10]), [1.0; 10], "too few others");
    assert!(among_centres(&[]).is_empty());
}

#[test]
fn ballots_of_contests_held_together() {
    let known = |ballots: [u64; 3]| ballots.map(Some).to_vec();
    let stations = [
        known([412, 412, 412]),
        known([412, 411, 409]),
        known([412, 512, 412]),
        vec![Some(300), None, None],
        vec![None, Some(90), Some(96)],
        known([0, 0, 0]),
        known([700, 694, 700]),
    ];
    let found = differences(&stations, Allowance::USUAL);
    assert_eq!((found.compared, found.equal, found.ballots, found.median), (6, 2, 3 + 100 + 6 + 6, 3));
    // Six of seven hundred are below one in a hundred; six of ninety-six are not.
    assert_eq!(found.beyond, [2, 4]);
    let third = found.stations[2].unwrap();
    assert_eq!((third.contests, third.least, third.most), (3, (0, 412), (1, 512)));
    close(third.share(), 100.0 / 512.0, "share");
    assert_eq!(found.stations[3], None);
    assert!(found.stations[5].unwrap().share() <= 0.0);
    assert_eq!(differences(&[], Allowance::USUAL).stations, []);
    assert_eq!(Agreement::of(&[None, Some(u64::MAX), Some(0)]).unwrap().difference(), u64::MAX);
}

#[test]
fn cells_of_a_fingerprint() {
    let station = |registered, given, leader| Station { registered, given, received: given, leader };
    let stations = [
        station(1_000, 529, 171),
        station(1_000, 520, 170),
        station(1_000, 1_000, 1_000),
        station(1_000, 1_010, 0),
        station(99, 50, 25),
        station(500, 0, 0),
    ];
    let found = Fingerprint::of(&stations);
    assert_eq!((found.stations, found.left_out), (4, 2));
    assert_eq!(found.filled().collect::<Vec<_>>(), [(52, 32, 2), (100, 0, 1), (100, 100, 1)]);
    assert_eq!((found.cell(52, 32), found.cell(52, 33), found.cell(500, 0)), (2, 0, 0));
    assert_eq!((found.by_turnout()[100], found.by_share()[0]), (2, 1));
    assert_eq!(points(&stations).len(), 4);
    assert_eq!(Moments::of(&[1.0, 1.0]), None);
    assert_eq!(correlation(&[[0.5, 0.5]]), None);
}

#[test]
fn moments_of_real_tables() {
    let Some(vectors) = vectors("forensics") else { return };
    for (year, leader) in russia::YEARS {
        let Some(stations) = russia::stations(year, leader) else { return };
        let case = list(&vectors["cases"]["moments"]).iter().find(|case| case["year"] == year).unwrap();
        let found = Fingerprint::of(stations);
        assert_eq!(found.stations, whole(&case["n"]), "{year}");
        assert_eq!(found.by_share().iter().sum::<u64>(), found.stations);
        let points = points(stations);
        let rates = log_vote_rates(stations);
        let sides = [("turnout", 0), ("leader_share", 1)]
            .map(|(name, side)| (&case[name], points.iter().map(|point| point[side]).collect::<Vec<f64>>()));
        let rate = &case["log_vote_rate_ln((N-W)/W)"];
        assert_eq!(rates.len() as u64, whole(&rate["n"]), "{year}");
        for (expected, numbers) in sides.into_iter().chain([(rate, rates)]) {
            let found = Moments::of(&numbers).unwrap();
            close(found.mean, number(&expected["mean"]), "mean");
            close(found.deviation, number(&expected["sd_pop"]), "deviation");
            close(found.skewness, number(&expected["skew"]), "skewness");
            close(found.kurtosis, number(&expected["kurt_pearson"]), "kurtosis");
        }
        close(correlation(&points).unwrap(), number(&case["corr"]), "correlation");
        assert!(real(found.stations) > 90_000.0);
    }
}
