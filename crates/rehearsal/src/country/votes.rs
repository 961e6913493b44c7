//! What was counted at each station when nothing went wrong.
//!
//! Leanings differ by county (each candidate has a home, from which support falls off), by ward and by station, and
//! are then scaled so that the nation comes near [`NATIONAL_SHARES`]: nobody reaches half. Integers only.

use super::areas::{Area, Level, Square, Station};
use super::random::{Random, apportion};
use std::collections::BTreeMap;

/// Candidates of the one contest.
pub const CANDIDATES: usize = 4;
/// The shares of valid votes that the model aims at, in hundredths.
pub const NATIONAL_SHARES: [u64; CANDIDATES] = [41, 37, 15, 7];

/// The figures of one station's count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StationResult {
    /// Voters in the register.
    pub registered: u64,
    /// Valid votes of each candidate, in order of the ballot.
    pub votes: [u64; CANDIDATES],
    /// Total valid votes.
    pub valid: u64,
    /// Rejected ballot papers.
    pub rejected: u64,
    /// Of the rejected, those to whose rejection an agent objected.
    pub objected: u64,
    /// Of the valid, those that were disputed.
    pub disputed: u64,
    /// Voters verified by the kit.
    pub device_voters: u64,
    /// Voters verified by the manual register.
    pub manual_voters: u64,
}

impl StationResult {
    /// Voters verified by device and manual register together.
    pub fn verified(&self) -> u64 {
        self.device_voters + self.manual_voters
    }

    /// Valid and rejected papers; derived, not a box of the form.
    pub fn cast(&self) -> u64 {
        self.valid + self.rejected
    }

    /// Whether the figures agree with each other: sums, parts within their wholes, cast within verified within register.
    pub fn is_consistent(&self) -> bool {
        self.votes.iter().sum::<u64>() == self.valid
            && self.objected <= self.rejected
            && self.disputed <= self.valid
            && self.cast() <= self.verified()
            && self.verified() <= self.registered
    }

    /// The same leanings with another number of valid votes.
    pub(crate) fn with_valid(mut self, valid: u64) -> Self {
        let parts = apportion(valid, &self.votes);
        self.votes.copy_from_slice(&parts);
        self.valid = valid;
        self.disputed = self.disputed.min(valid);
        self
    }

    /// Place of the candidate with most votes, the first of equals.
    pub(crate) fn leader(&self) -> usize {
        let most = self.votes.iter().max().copied().unwrap_or_default();
        self.votes.iter().position(|votes| *votes == most).unwrap_or_default()
    }

    /// Place of the candidate with fewest votes, the last of equals.
    pub(crate) fn last(&self) -> usize {
        let fewest = self.votes.iter().min().copied().unwrap_or_default();
        self.votes.iter().rposition(|votes| *votes == fewest).unwrap_or_default()
    }
}

/// Counts every station.
pub(crate) fn count(seed: &str, areas: &[Area], stations: &[Station]) -> Vec<StationResult> {
    let leanings = leanings(seed, areas, stations);
    let turnouts = turnouts(seed, areas);
    let mut random = Random::new(seed, "votes");
    stations
        .iter()
        .map(|station| {
            let place = station.ward.unwrap_or(station.centre);
            count_station(&mut random, station, &leanings[&place], turnouts[&place])
        })
        .collect()
}

fn count_station(
    random: &mut Random,
    station: &Station,
    leanings: &[u64; CANDIDATES],
    turnout: u64,
) -> StationResult {
    let registered = station.registered;
    let turnout = (turnout + random.between(0, 800) - 400).clamp(5_550, 7_950);
    let verified = registered * turnout / 10_000;
    let walked_away = if verified > 20 && random.chance(3, 100) { random.between(1, 2) } else { 0 };
    let cast = verified - walked_away;
    let rejected = cast * random.between(0, 200) / 10_000;
    let valid = cast - rejected;
    let manual_voters = match random.below(300) {
        0 | 1 => verified,
        2..=60 => random.between(1, 4).min(verified),
        _ => 0,
    };
    let weights = leanings.map(|weight| weight * random.between(880, 1_120));
    let mut votes = [0; CANDIDATES];
    votes.copy_from_slice(&apportion(valid, &weights));
    StationResult {
        registered,
        votes,
        valid,
        rejected,
        objected: if random.chance(1, 40) { rejected.min(1) } else { 0 },
        disputed: if random.chance(1, 50) { valid.min(random.between(1, 3)) } else { 0 },
        device_voters: verified - manual_voters,
        manual_voters,
    }
}

/// The weight of each candidate by ward (abroad by centre), scaled to the national shares.
fn leanings(seed: &str, areas: &[Area], stations: &[Station]) -> BTreeMap<usize, [u64; CANDIDATES]> {
    let mut random = Random::new(seed, "leanings");
    let counties = county_leanings(&mut random, areas);
    let mut voters: BTreeMap<usize, u64> = BTreeMap::new();
    let mut weights: BTreeMap<usize, [u64; CANDIDATES]> = BTreeMap::new();
    for station in stations {
        let place = station.ward.unwrap_or(station.centre);
        *voters.entry(place).or_default() += station.registered;
        weights.entry(place).or_insert_with(|| {
            let county = station.county.map_or([1_000; CANDIDATES], |county| counties[&county]);
            county.map(|weight| weight * random.between(750, 1_250) / 1_000)
        });
    }
    let factors = factors(&weights, &voters);
    for weight in weights.values_mut() {
        for (value, factor) in weight.iter_mut().zip(factors) {
            *value *= factor;
        }
    }
    weights
}

/// Support falls off with the square of the distance from a candidate's home county; the fourth is strong nearly only
/// there.
fn county_leanings(random: &mut Random, areas: &[Area]) -> BTreeMap<usize, [u64; CANDIDATES]> {
    const REACH: [u64; CANDIDATES] = [5, 5, 3, 1];
    let counties: Vec<(usize, Square)> =
        areas.iter().enumerate().filter_map(|(place, area)| Some((place, area.square?))).collect();
    let homes = homes(random, &counties);
    let mut leanings = BTreeMap::new();
    for (place, square) in &counties {
        let mut weights = [0; CANDIDATES];
        for (candidate, weight) in weights.iter_mut().enumerate() {
            let far = distance_squared(*square, homes[candidate]);
            let near = 2_400 * REACH[candidate] / (REACH[candidate] + far);
            *weight = (250 + near) * random.between(800, 1_200) / 1_000;
        }
        leanings.insert(*place, weights);
    }
    leanings
}

/// A first home by chance, each next one as far as can be from those before.
fn homes(random: &mut Random, counties: &[(usize, Square)]) -> Vec<Square> {
    let mut homes = vec![counties[random.place(counties.len())].1];
    while homes.len() < CANDIDATES {
        let nearest = |square: Square| homes.iter().map(|home| distance_squared(square, *home)).min();
        let farthest = counties.iter().map(|(_, square)| *square).max_by_key(|square| nearest(*square));
        homes.push(farthest.expect("every country has a county"));
    }
    homes
}

fn distance_squared(one: Square, other: Square) -> u64 {
    let column = u64::from(one.column.abs_diff(other.column));
    let row = u64::from(one.row.abs_diff(other.row));
    column * column + row * row
}

/// What each candidate's weights are multiplied by so that the expected national shares are the aimed ones, found by
/// scaling again and again; the residue after 20 rounds is far below a vote in a thousand.
fn factors(weights: &BTreeMap<usize, [u64; CANDIDATES]>, voters: &BTreeMap<usize, u64>) -> [u64; CANDIDATES] {
    const UNIT: u128 = 1_000_000;
    let mut factors = NATIONAL_SHARES.map(|share| u128::from(share) * UNIT / 100);
    for _ in 0..20 {
        let mut expected = [0_u128; CANDIDATES];
        for (place, weight) in weights {
            let mut products = [0_u128; CANDIDATES];
            for (product, (value, factor)) in products.iter_mut().zip(weight.iter().zip(factors)) {
                *product = u128::from(*value) * factor;
            }
            let sum: u128 = products.iter().sum::<u128>().max(1);
            for (total, product) in expected.iter_mut().zip(products) {
                *total += u128::from(voters[place]) * 1_000 * product / sum;
            }
        }
        let all: u128 = expected.iter().sum();
        for (candidate, factor) in factors.iter_mut().enumerate() {
            let aimed = all * u128::from(NATIONAL_SHARES[candidate]) / 100;
            *factor = (*factor * aimed / expected[candidate].max(1)).clamp(1_000, 1_000 * UNIT);
        }
    }
    factors.map(|factor| u64::try_from(factor).expect("clamped well below the largest u64"))
}

/// Turnout by ward (abroad by centre), in hundredths of a percent.
fn turnouts(seed: &str, areas: &[Area]) -> BTreeMap<usize, u64> {
    let mut random = Random::new(seed, "turnout");
    let mut turnouts: BTreeMap<usize, u64> = BTreeMap::new();
    for (place, area) in areas.iter().enumerate() {
        let above = area.parent.and_then(|parent| turnouts.get(&parent).copied());
        let turnout = match (area.level, above) {
            (Level::Ward, Some(county)) => county + random.between(0, 500) - 250,
            (Level::Constituency, Some(county)) => county,
            (Level::Nation, _) => continue,
            _ => random.between(6_100, 7_400),
        };
        turnouts.insert(place, turnout);
    }
    turnouts
}
