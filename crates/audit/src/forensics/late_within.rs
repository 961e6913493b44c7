//! Late stations against the others of their own stratum: a permutation test.
//!
//! A stratum is an area whose stations are alike (a constituency, better its rural and urban parts apart). Null: inside each stratum, which stations
//! were late has nothing to do with how they voted; then every choice of as many late ones was as likely, and the test draws such choices. Nothing is
//! assumed of distributions. What makes late stations differ *between* strata (distance, roads, size of areas) is outside of the test; what does so inside of one is not.

use std::collections::BTreeMap;

use crate::Share;
use crate::numeric::real;
use crate::numeric::stream::Stream;

/// One station.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// Its stratum, by any number.
    pub stratum: u64,
    /// Whether it reported late.
    pub is_late: bool,
    /// Votes of the candidate.
    pub votes: u64,
    /// Valid votes; stations without any are left out.
    pub valid: u64,
}

/// What late stations have beyond the others of their strata.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shift {
    /// Strata that have both late stations and others; the rest say nothing.
    pub strata: usize,
    /// Late stations in them.
    pub late: u64,
    /// The others in them.
    pub others: u64,
    /// Votes of the candidate at late stations beyond the share of each stratum; below 0 if they are fewer.
    pub votes: f64,
    /// The share at late stations less the share at the others, a mean over strata weighted by how much each says.
    pub shift: f64,
    /// How often a choice by lot is as far from 0, to either side.
    pub p: f64,
    /// How many choices were drawn.
    pub permutations: u32,
    /// What the stream of random numbers began with.
    pub seed: u64,
}

/// How many choices are usual: p is known to about a tenth of itself at 1 %.
pub const PERMUTATIONS: u32 = 9_999;

/// The stations that are last: those after the time by which all but this share (or more, where several have one time) had reported.
pub fn latest(times: &[f64], last: Share) -> Vec<bool> {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    let count = times.len() as u64;
    let late = count * u64::from(last.numerator()) / u64::from(last.denominator());
    let Some(limit) = (count - late).checked_sub(1).and_then(|place| sorted.get(place as usize)) else {
        return vec![false; times.len()];
    };
    times.iter().map(|time| time > limit).collect()
}

/// The test. Nothing where no stratum has both late stations and others.
pub fn within(stations: &[Placed], permutations: u32, seed: u64) -> Option<Shift> {
    let mut by_stratum: BTreeMap<u64, Vec<&Placed>> = BTreeMap::new();
    for station in stations.iter().filter(|station| station.valid > 0) {
        by_stratum.entry(station.stratum).or_default().push(station);
    }
    let mut strata: Vec<Stratum> = by_stratum.values().filter_map(|stations| Stratum::of(stations)).collect();
    if strata.is_empty() {
        return None;
    }
    let votes: f64 = strata.iter().map(|stratum| stratum.late_votes).sum();
    let weight: f64 = strata.iter().map(|stratum| stratum.weight).sum();
    let mut stream = Stream::new(seed);
    // Sums in another order differ in their last digits.
    let limit = votes.abs() * (1.0 - 1e-9);
    let as_far = (0..permutations)
        .filter(|_| strata.iter_mut().map(|stratum| stratum.drawn(&mut stream)).sum::<f64>().abs() >= limit)
        .count();
    Some(Shift {
        strata: strata.len(),
        late: strata.iter().map(|stratum| stratum.late).sum(),
        others: strata.iter().map(|stratum| stratum.residuals.len() as u64 - stratum.late).sum(),
        votes,
        shift: votes / weight,
        // The choice that was found is one of them.
        p: (real(as_far as u64) + 1.0) / (f64::from(permutations) + 1.0),
        permutations,
        seed,
    })
}

/// Votes beyond the stratum's share, station by station; their sum is 0.
struct Stratum {
    residuals: Vec<f64>,
    late: u64,
    late_votes: f64,
    /// Valid votes of late stations times those of the others over all: what makes a difference of shares of votes.
    weight: f64,
}

impl Stratum {
    fn of(stations: &[&Placed]) -> Option<Self> {
        let sum =
            |of: &dyn Fn(&Placed) -> u64| -> f64 { stations.iter().map(|station| real(of(station))).sum() };
        let valid = sum(&|station| station.valid);
        let late_valid = sum(&|station| if station.is_late { station.valid } else { 0 });
        let share = sum(&|station| station.votes) / valid;
        let residual = |station: &Placed| real(station.votes) - share * real(station.valid);
        let late_votes =
            stations.iter().filter(|station| station.is_late).map(|station| residual(station)).sum();
        let late = stations.iter().filter(|station| station.is_late).count() as u64;
        let weight = late_valid * (valid - late_valid) / valid;
        let residuals: Vec<f64> = stations.iter().map(|station| residual(station)).collect();
        (weight > 0.0).then_some(Self { residuals, late, late_votes, weight })
    }

    /// The sum over as many stations, chosen by lot.
    fn drawn(&mut self, stream: &mut Stream) -> f64 {
        let all = self.residuals.len();
        // All residuals sum to 0, so the fewer ones are drawn.
        let is_late_fewer = self.late as usize * 2 <= all;
        let count = if is_late_fewer { self.late as usize } else { all - self.late as usize };
        let mut sum = 0.0;
        for place in 0..count {
            let other = place + stream.below((all - place) as u64) as usize;
            self.residuals.swap(place, other);
            sum += self.residuals[place];
        }
        if is_late_fewer { sum } else { -sum }
    }
}
