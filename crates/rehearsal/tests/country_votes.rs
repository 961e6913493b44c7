//! What is counted when nothing goes wrong: shares, regions, turnout, consistency.
#![allow(clippy::unwrap_used)]

use hakiki_rehearsal::country::fault::FULL_STATIONS;
use hakiki_rehearsal::country::{CANDIDATES, Country};
use std::collections::BTreeMap;

const SEEDS: [&str; 4] = ["7", "8", "mfano", ""];

fn sums(country: &Country) -> (u64, [u64; CANDIDATES]) {
    let mut votes = [0; CANDIDATES];
    for result in &country.results {
        for (sum, count) in votes.iter_mut().zip(result.votes) {
            *sum += count;
        }
    }
    (country.results.iter().map(|result| result.valid).sum(), votes)
}

#[test]
fn every_count_is_consistent_and_within_its_bounds() {
    for (seed, stations) in [("7", FULL_STATIONS), ("8", 5), ("9", 1), ("x", 500)] {
        let country = Country::generate(seed, stations).unwrap();
        for (station, result) in country.stations.iter().zip(&country.results) {
            assert!(result.is_consistent(), "seed {seed}: {} {result:?}", station.code);
            assert_eq!(station.registered, result.registered);
            let turnout = result.verified() * 1_000 / result.registered;
            // A register of a few voters allows few turnouts.
            assert!(result.registered < 40 || (530..=800).contains(&turnout), "seed {seed}: {result:?}");
            assert!(turnout < 1_000 && result.verified() > 0);
        }
        let rejected: u64 = country.results.iter().map(|result| result.rejected).sum();
        let (valid, _) = sums(&country);
        assert!(rejected * 100 <= valid * 2, "seed {seed}: {rejected} rejected, {valid} valid");
    }
}

#[test]
fn the_nation_is_near_41_37_15_and_7_and_nobody_reaches_half() {
    for seed in SEEDS {
        let country = Country::generate(seed, FULL_STATIONS).unwrap();
        let (valid, votes) = sums(&country);
        let shares = votes.map(|count| count * 1_000 / valid);
        for (share, aimed) in shares.into_iter().zip([410_u64, 370, 150, 70]) {
            assert!(share.abs_diff(aimed) <= 5, "seed {seed}: {shares:?}");
        }
        assert_eq!(votes.iter().sum::<u64>(), valid);
        assert!((13_000_000..16_000_000).contains(&valid), "seed {seed}: {valid}");
        let rejected: u64 = country.results.iter().map(|result| result.rejected).sum();
        let per_mille = rejected * 1_000 / (valid + rejected);
        assert!((5..=14).contains(&per_mille), "seed {seed}: {per_mille}");
    }
}

#[test]
fn shares_differ_by_county_and_the_rule_of_spread_has_work_to_do() {
    for seed in SEEDS {
        for stations in [500, FULL_STATIONS] {
            let country = Country::generate(seed, stations).unwrap();
            let mut counties: BTreeMap<usize, [u64; CANDIDATES]> = BTreeMap::new();
            for (station, result) in country.stations.iter().zip(&country.results) {
                let Some(county) = station.county else { continue };
                let votes = counties.entry(county).or_default();
                for (sum, count) in votes.iter_mut().zip(result.votes) {
                    *sum += count;
                }
            }
            assert_eq!(counties.len(), 47);
            let share = |votes: &[u64; CANDIDATES], candidate: usize| {
                votes[candidate] * 1_000 / votes.iter().sum::<u64>()
            };
            let mut leaders = [0_u32; CANDIDATES];
            for votes in counties.values() {
                let leader = (0..CANDIDATES).max_by_key(|candidate| votes[*candidate]).unwrap();
                leaders[leader] += 1;
            }
            let quarter = counties.values().filter(|votes| share(votes, 0) >= 250).count();
            let least = counties.values().map(|votes| share(votes, 0)).min().unwrap();
            let most = counties.values().map(|votes| share(votes, 0)).max().unwrap();
            println!(
                "seed {seed:?} stations {stations}: lead in {leaders:?}, a quarter in {quarter}, {least} to {most}"
            );
            assert!((24..47).contains(&quarter), "seed {seed}: {quarter}");
            assert!(most - least > 250, "seed {seed}: {least} to {most}");
            assert!(leaders[0] >= 10 && leaders[1] >= 8, "seed {seed}: {leaders:?}");
        }
    }
}

#[test]
fn some_voters_are_verified_by_the_manual_register() {
    let country = Country::generate("7", FULL_STATIONS).unwrap();
    let all_manual = country.results.iter().filter(|result| result.device_voters == 0).count();
    let some_manual = country.results.iter().filter(|result| result.manual_voters > 0).count();
    assert!((200..450).contains(&all_manual), "{all_manual}");
    assert!(some_manual > 5_000, "{some_manual}");
}
