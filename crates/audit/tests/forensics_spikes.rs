//! Spikes in shares: the deterministic pieces, clean tables and planted ones.
//!
//! The published example (Canada 2011, 66,111 stations) cannot be recomputed: its vector holds sums, mixtures and figures at fourteen points, and no table of
//! stations. What follows from the vector alone is compared: the probabilities of beta-binomial numbers, and the size of F for a table of as many stations
//! drawn from its mixtures.
#![allow(clippy::unwrap_used)]

mod common;

use common::{close, list, near, number, vectors, whole};
use hakiki_audit::forensics::spikes::{Counted, Mixture, POINTS, bin_shares, density, resample};
use hakiki_audit::numeric::draw::{self, Gamma};
use hakiki_audit::numeric::stream::Stream;
use hakiki_audit::numeric::{beta_binomial, real, real_count};

#[test]
fn probabilities_of_the_published_example() {
    let Some(vectors) = vectors("spikes_rozenas") else { return };
    for case in list(&vectors["dbetabinom"]) {
        let given = |name: &str| number(&case[name]);
        let found = beta_binomial::probability(whole(&case["y"]), whole(&case["n"]), given("a"), given("b"));
        close(found, given("v"), "probability");
        let alone = Mixture::new(&[1.0], &[given("a")], &[given("b")]).unwrap();
        close(alone.probability(whole(&case["y"]), whole(&case["n"])), given("v"), "mixture of one");
    }
    // The published mixtures have the means of the published sums, roughly: stations count alike there and ballots here.
    let mixture = |name: &str| {
        let numbers = |part: &str| list(&vectors[name][part]).iter().map(number).collect::<Vec<f64>>();
        Mixture::new(&numbers("w"), &numbers("alpha"), &numbers("beta")).unwrap()
    };
    near(mixture("mixture_t").mean(), number(&vectors["sumt"]) / number(&vectors["sumN"]), 0.02, "turnout");
    near(mixture("mixture_v").mean(), number(&vectors["sumv"]) / number(&vectors["sumt"]), 0.1, "share");
}

const TURNOUT: [[f64; 2]; 3] = [[0.65, 0.35], [21.7, 8.9], [19.0, 9.6]];
const VOTES: [[f64; 2]; 3] = [[0.7, 0.3], [8.5, 4.1], [8.7, 32.1]];

fn mixture([weights, a, b]: [[f64; 2]; 3]) -> Mixture {
    Mixture::new(&weights, &a, &b).unwrap()
}

/// Stations drawn from the two mixtures.
fn clean(stations: usize, seed: u64) -> Vec<Counted> {
    let mut stream = Stream::new(seed);
    let mut next = |[weights, a, b]: [[f64; 2]; 3], trials: u64| {
        let kind = usize::from(stream.fraction() >= weights[0]);
        let chance = draw::beta(&mut stream, &Gamma::new(a[kind]), &Gamma::new(b[kind]));
        draw::binomial(&mut stream, trials, chance)
    };
    let station = |place: usize| {
        let registered = 200 + (place as u64 * 7_919) % 330;
        let voted = next(TURNOUT, registered).max(1);
        Counted { registered, voted, votes: next(VOTES, voted) }
    };
    (0..stations).map(station).collect()
}

#[test]
fn density_is_the_sum_of_all_kernels() {
    let stations = clean(400, 1);
    let heights = density(&stations);
    for point in [0, 1, 250, 333, 334, 500, 501, 1_000] {
        let direct: f64 = stations
            .iter()
            .map(|station| (real(station.votes) / real(station.voted) - real_count(point) / 1_000.0) / 1e-4)
            .map(|away| (-away * away / 2.0).exp())
            .sum();
        let direct = direct / (real_count(stations.len()) * 1e-4 * (2.0 * std::f64::consts::PI).sqrt());
        // Half way to the next point a kernel has 4e-6 of its height, which is 4,000.
        assert!((heights[point] - direct).abs() < 0.03, "{point}: {} and {direct}", heights[point]);
    }
    assert_eq!(heights.len(), POINTS);
    close(bin_shares(&stations).iter().sum(), 1.0, "shares");
    let one = [Counted { registered: 10, voted: 4, votes: 1 }];
    close(density(&one)[250], 1e4 / (2.0 * std::f64::consts::PI).sqrt(), "one station");
    close(bin_shares(&one)[250], 1.0, "one station");
    let impossible = Counted { registered: 10, voted: 11, votes: 1 };
    assert!(density(&[impossible]).iter().all(|height| *height <= 0.0));
}

#[test]
fn a_clean_table_has_no_spikes_and_a_planted_one_is_found() {
    let (turnout, votes) = (mixture(TURNOUT), mixture(VOTES));
    let mut stations = clean(8_000, 2);
    let found = resample(&stations, &turnout, &votes, 200, 1).unwrap();
    assert_eq!((found.stations, found.resamples, found.seed), (8_000, 200, 1));
    assert!(found.excess_percent < 0.4, "{} in {:?}", found.excess_percent, found.spikes);
    assert_eq!(resample(&stations, &turnout, &votes, 200, 1).unwrap(), found, "the same seed");
    assert_ne!(resample(&stations, &turnout, &votes, 200, 2).unwrap().highest, found.highest);
    // Two in a hundred stations give 70.0 %.
    for station in stations.iter_mut().step_by(50) {
        station.voted = (station.voted / 10).max(1) * 10;
        station.registered = station.registered.max(station.voted);
        station.votes = station.voted * 7 / 10;
    }
    let planted = resample(&stations, &turnout, &votes, 200, 1).unwrap();
    let spike = planted.spikes.iter().find(|spike| spike.thousandths == 700).unwrap();
    assert!(spike.share - spike.expected > 0.018 && spike.share - spike.expected < 0.022, "{spike:?}");
    assert!(planted.excess_percent > 1.8 && planted.excess_percent < 2.6, "{}", planted.excess_percent);
}

/// Simple fractions of small stations are no spikes: they come in the resamples as well.
#[test]
fn small_stations_have_simple_fractions() {
    let mut stations = clean(8_000, 3);
    for station in &mut stations {
        station.voted = station.voted % 30 + 2;
        station.registered = station.voted * 2;
        station.votes %= station.voted + 1;
    }
    let pairs = |of: &dyn Fn(&Counted) -> (u64, u64)| stations.iter().map(of).collect::<Vec<_>>();
    let turnout = Mixture::fit(&pairs(&|station| (station.voted, station.registered)), 1).unwrap();
    let votes = Mixture::fit(&pairs(&|station| (station.votes, station.voted)), 2).unwrap();
    let shares = bin_shares(&stations);
    assert!(shares[500] > 5.0 * shares[501], "one half is common: {} {}", shares[500], shares[501]);
    let found = resample(&stations, &turnout, &votes, 200, 1).unwrap();
    assert!(found.spikes.iter().all(|spike| spike.thousandths != 500), "{:?}", found.spikes);
}

#[test]
fn a_mixture_is_found_again() {
    let stations = clean(20_000, 4);
    let votes: Vec<(u64, u64)> = stations.iter().map(|station| (station.votes, station.voted)).collect();
    let (planted, found) = (mixture(VOTES), Mixture::fit(&votes, 2).unwrap());
    near(found.mean(), planted.mean(), 0.01, "mean");
    for number in [10, 25, 50, 75, 100] {
        near(found.probability(number, 150), planted.probability(number, 150), 0.08, "probability");
    }
    // One kind is too few, and a third is not worth its parameters.
    assert_eq!(Mixture::chosen(&votes, 4).unwrap().len(), 2);
    let likelihood = |mixture: &Mixture| -> f64 {
        votes.iter().map(|(number, trials)| mixture.probability(*number, *trials).ln()).sum()
    };
    let one = Mixture::fit(&votes, 1).unwrap();
    let [one, two, planted] = [&one, &found, &planted].map(likelihood);
    assert!(two > one && two > planted, "{one}, {two}, {planted}");
    assert_eq!(Mixture::fit(&[], 2), None);
    assert_eq!(Mixture::fit(&[(0, 0)], 2), None);
    for (weights, a) in [(vec![0.5], vec![1.0]), (vec![1.0], vec![0.0]), (vec![0.5, 0.5], vec![1.0])] {
        assert!(Mixture::new(&weights, &a, &a).is_err());
    }
}

#[test]
fn no_stations_no_spikes() {
    let (turnout, votes) = (mixture(TURNOUT), mixture(VOTES));
    assert_eq!(resample(&[], &turnout, &votes, 10, 1), None);
    let nobody = Counted { registered: 9, voted: 0, votes: 0 };
    assert_eq!(resample(&[nobody], &turnout, &votes, 10, 1), None);
    // Figures that no station has are left out, and cost nothing.
    let absurd = Counted { registered: u64::MAX, voted: u64::MAX - 1, votes: 5 };
    assert_eq!(resample(&[absurd], &turnout, &votes, 10, 1), None);
    assert_eq!(Mixture::fit(&[(5, u64::MAX), (9, 3)], 1), None);
    // A station larger than the kept tables of kernels.
    let large = Counted { registered: 5_000, voted: 4_000, votes: 2_800 };
    let found = resample(&[large], &turnout, &votes, 10, 1).unwrap();
    assert_eq!(found.stations, 1);
}
