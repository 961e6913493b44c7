//! Exchanged figures: two candidates whose votes at a station may have been written in each other's place.
//!
//! The station's votes as written are compared with the same votes exchanged, under what the *other* stations of its area say. They do not share one
//! chance: neighbours differ more than ballots drawn from one urn would, so the votes of the two are beta-binomial, with mean and correlation
//! from the others (Kleinman 1973). A multinomial would point at honest stations wherever families or languages live side by side.
//!
//! Null: the station is one more of its area. Where the area is split between two camps the correlation is large, and the test rightly says little; where both candidates
//! are about equal, exchanging changes nothing, and nothing can be found.

use crate::numeric::beta_binomial::{self, ln_beta};
use crate::numeric::chi_square::upper_factor;
use crate::numeric::{real, real_count};

/// One station against its neighbours.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exchanged {
    /// How many neighbours had votes for either.
    pub neighbours: usize,
    /// The first candidate's share of both candidates' votes among them.
    pub mean: f64,
    /// How much two ballots of one station go together among them: 0 for one urn, 1 for stations that vote as one. It is the upper limit at 95 %
    /// of what their scatter allows, so that what is named is not named for want of neighbours.
    pub correlation: f64,
    /// The logarithm of how many times likelier the votes are exchanged than as written; below 0 if they are likelier as written.
    pub log_ratio: f64,
    /// How often one more station of this area has at least this ratio although nothing was exchanged.
    pub p: f64,
}

/// The pair of candidates whose exchange makes a station's votes most likely.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExchangedPair {
    /// The two candidates' places.
    pub pair: [usize; 2],
    /// Their votes against the neighbours; its p is multiplied by the number of pairs (Bonferroni), at most 1.
    pub found: Exchanged,
}

/// Fewer neighbours with votes say too little of their own scatter.
pub const LEAST_NEIGHBOURS: usize = 20;
/// A p that one honest station in a thousand has: leaving these out of their neighbours' scatter narrows it by next to nothing.
pub const LEFT_OUT: f64 = 1e-3;
/// At most one station in so many is left out.
const MOST_LEFT_OUT: usize = 10;
/// Rounds after which it ends in any case.
const MOST_ROUNDS: u32 = 10;
/// Stations with more votes are no stations: a figure has a digit too many. They are neither looked at nor neighbours.
const MOST_VOTES: u64 = 1_000_000;
/// The least correlation that is believed: stations of one area are never quite one urn, whatever a small sample shows.
const LEAST_CORRELATION: f64 = 1e-4;
/// The largest: above, both parameters of the beta distribution are so near 0 that nothing can be computed.
const MOST_CORRELATION: f64 = 0.999;

/// Sums over stations from which those over all but one follow.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    stations: f64,
    first: f64,
    both: f64,
    /// Σ first² / both.
    first_squares: f64,
    /// Σ both².
    both_squares: f64,
}

/// Every station of one area against the others: votes of two candidates each. Nothing where a station has no votes for either, or too few
/// neighbours have.
///
/// Several exchanged stations of one area make its scatter look larger, and hide each other. So stations whose p is below [`LEFT_OUT`] are no
/// longer counted among the neighbours of the others, and all are looked at again, until no more are found.
pub fn exchanged(area: &[[u64; 2]]) -> Vec<Option<Exchanged>> {
    let mut is_out = vec![false; area.len()];
    for _ in 0..MOST_ROUNDS {
        let found = against_others(area, &is_out);
        let now: Vec<bool> =
            found.iter().map(|found| found.is_some_and(|found| found.p < LEFT_OUT)).collect();
        let more = now.iter().zip(&is_out).any(|(now, before)| *now && !before);
        // Where they are many the area has two camps, and none of them is left out.
        let count = now.iter().filter(|now| **now).count();
        if !more || count * MOST_LEFT_OUT > area.len() {
            return found;
        }
        is_out = now;
    }
    against_others(area, &is_out)
}

fn against_others(area: &[[u64; 2]], is_out: &[bool]) -> Vec<Option<Exchanged>> {
    let mut all = Sums::default();
    for (station, _) in area.iter().zip(is_out).filter(|(_, is_out)| !**is_out) {
        all.add(*station, 1.0);
    }
    let against = |(station, is_out): (&[u64; 2], &bool)| {
        let mut others = all;
        if !is_out {
            others.add(*station, -1.0);
        }
        others.against(*station)
    };
    area.iter().zip(is_out).map(against).collect()
}

/// Every station of one area, each with its votes by candidate: the pair with the least p. Nothing where no pair has enough neighbours.
pub fn most_likely_pairs(area: &[Vec<u64>]) -> Vec<Option<ExchangedPair>> {
    let candidates = area.iter().map(Vec::len).min().unwrap_or_default();
    let pairs: Vec<[usize; 2]> =
        (0..candidates).flat_map(|one| (one + 1..candidates).map(move |other| [one, other])).collect();
    let mut best: Vec<Option<ExchangedPair>> = vec![None; area.len()];
    for pair in &pairs {
        let votes: Vec<[u64; 2]> = area.iter().map(|station| pair.map(|place| station[place])).collect();
        for (best, found) in best.iter_mut().zip(exchanged(&votes)) {
            let Some(found) = found else { continue };
            if best.is_none_or(|known| found.p < known.found.p) {
                *best = Some(ExchangedPair { pair: *pair, found });
            }
        }
    }
    for found in best.iter_mut().flatten() {
        found.found.p = (found.found.p * real_count(pairs.len())).min(1.0);
    }
    best
}

impl Sums {
    fn add(&mut self, [first, second]: [u64; 2], times: f64) {
        let both = first.saturating_add(second);
        if (1..=MOST_VOTES).contains(&both) {
            let (first, both) = (real(first), real(both));
            self.stations += times;
            self.first += times * first;
            self.both += times * both;
            self.first_squares += times * first * first / both;
            self.both_squares += times * both * both;
        }
    }

    fn against(&self, [first, second]: [u64; 2]) -> Option<Exchanged> {
        let neighbours = crate::numeric::whole_below(self.stations + 0.5) as usize;
        let votes = first.saturating_add(second);
        if neighbours < LEAST_NEIGHBOURS || !(1..=MOST_VOTES).contains(&votes) {
            return None;
        }
        // Half a vote for either, so that a candidate without any vote elsewhere is unlikely and not impossible.
        let mean = (self.first + 0.5) / (self.both + 1.0);
        let correlation = self.correlation();
        let scale = 1.0 / correlation - 1.0;
        let (a, b) = (mean * scale, (1.0 - mean) * scale);
        let log_ratio =
            ln_beta(real(second) + a, real(first) + b) - ln_beta(real(first) + a, real(second) + b);
        // The ratio falls with the first candidate's votes if his neighbours prefer him, else it rises.
        let p = if a > b {
            beta_binomial::at_most(first, votes, a, b)
        } else if a < b {
            beta_binomial::at_least(first, votes, a, b)
        } else {
            1.0
        };
        Some(Exchanged { neighbours, mean, correlation, log_ratio, p })
    }

    /// From the scatter of shares: its mean, for one urn, is one mean variance for each station but one; correlation adds to that. The estimate is raised
    /// to the upper limit of a variance of as many stations.
    fn correlation(&self) -> f64 {
        let mean = self.first / self.both;
        let variance = mean * (1.0 - mean);
        let scatter = self.first_squares - self.first * mean;
        let by_chance = self.stations - 1.0;
        let by_correlation = self.both - self.both_squares / self.both - by_chance;
        if variance <= 0.0 || by_correlation <= 0.0 {
            return LEAST_CORRELATION;
        }
        let estimate = (scatter / variance - by_chance) / by_correlation;
        (estimate * upper_factor(by_chance)).clamp(LEAST_CORRELATION, MOST_CORRELATION)
    }
}
