//! The combined ratio estimator over strata (Cochran 1977, chapter 6), as survey statistics use it everywhere.
//!
//! Stations are drawn without replacement inside each stratum, all equally likely. Stations that have not reported are left out: the others of
//! their stratum stand for them, which is right only if what keeps them from reporting has nothing to do with their votes.
//! [`without_missing`] says how far that could reach.

use std::collections::BTreeMap;

use crate::numeric::{real, real_count};

/// What one sampled station reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sampled {
    /// Votes of the candidate, or whatever is counted.
    pub votes: u64,
    /// Valid votes, or whatever it is a share of.
    pub valid: u64,
    /// What was drawn together with it, where stations were drawn by groups: a constituency.
    pub cluster: String,
}

/// Stations of one area, and those of the sample that have reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stratum {
    /// Its name.
    pub name: String,
    /// How many stations it has.
    pub stations: u64,
    /// How many of them were drawn.
    pub drawn: u64,
    /// Those of the drawn that have reported.
    pub reported: Vec<Sampled>,
}

/// A number with its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// The standard error: by how much samples like this one scatter.
    pub standard_error: f64,
}

/// The least and the most that something can be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// The least.
    pub least: f64,
    /// The most.
    pub most: f64,
}

/// A sample from which nothing can be estimated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EstimateError {
    /// Too few stations in a stratum to know how they scatter.
    #[error("stratum {name}: {reported} stations have reported, it takes 2 (or all where there is one)")]
    TooFew {
        /// The stratum.
        name: String,
        /// How many have reported.
        reported: usize,
    },
    /// More were drawn than there are, or more have reported than were drawn.
    #[error("stratum {name}: {reported} of {drawn} drawn of {stations} stations")]
    TooMany {
        /// The stratum.
        name: String,
        /// How many have reported.
        reported: usize,
        /// How many were drawn.
        drawn: u64,
        /// How many there are.
        stations: u64,
    },
    /// No valid vote in the whole sample.
    #[error("no valid votes in the sample")]
    NoVotes,
}

/// The share of the votes in the valid votes of all stations.
pub fn combined_ratio(strata: &[Stratum]) -> Result<Estimate, EstimateError> {
    check(strata)?;
    let (ratio, valid) = ratio(strata)?;
    let variance: f64 = strata
        .iter()
        .map(|stratum| {
            let residuals = stratum.reported.iter().map(|station| residual(station, ratio));
            stratum.variance_of_total(&residuals.collect::<Vec<f64>>())
        })
        .sum();
    Ok(Estimate { value: ratio, standard_error: variance.sqrt() / valid })
}

/// The sum of a figure over all stations.
pub fn total(strata: &[Stratum], figure: impl Fn(&Sampled) -> u64) -> Result<Estimate, EstimateError> {
    check(strata)?;
    let (mut value, mut variance) = (0.0, 0.0);
    for stratum in strata {
        let figures: Vec<f64> = stratum.reported.iter().map(|station| real(figure(station))).collect();
        value += stratum.weight() * figures.iter().sum::<f64>();
        variance += stratum.variance_of_total(&figures);
    }
    Ok(Estimate { value, standard_error: variance.sqrt() })
}

/// The combined ratio where groups of stations were drawn: the scatter between groups, as if drawn with replacement, which
/// errs on the safe side.
pub fn cluster_ratio(strata: &[Stratum]) -> Result<Estimate, EstimateError> {
    check(strata)?;
    let (ratio, valid) = ratio(strata)?;
    let mut variance = 0.0;
    for stratum in strata {
        let mut groups: BTreeMap<&str, f64> = BTreeMap::new();
        for station in &stratum.reported {
            *groups.entry(&station.cluster).or_default() += stratum.weight() * residual(station, ratio);
        }
        let sums: Vec<f64> = groups.into_values().collect();
        if sums.len() < 2 {
            let (name, reported) = (stratum.name.clone(), sums.len());
            return Err(EstimateError::TooFew { name, reported });
        }
        variance += real_count(sums.len()) * variance_of(&sums);
    }
    Ok(Estimate { value: ratio, standard_error: variance.sqrt() / valid })
}

/// Between which shares the estimate would lie, had the drawn stations that are missing given the candidate nothing or everything,
/// with as many valid votes as the others of their stratum.
pub fn without_missing(strata: &[Stratum]) -> Result<Range, EstimateError> {
    check(strata)?;
    let (mut votes, mut valid, mut missing) = (0.0, 0.0, 0.0);
    for stratum in strata {
        let reported = real_count(stratum.reported.len());
        let weight = real(stratum.stations) / real(stratum.drawn);
        votes += weight * stratum.sum(|station| station.votes);
        let sum = stratum.sum(|station| station.valid);
        valid += weight * sum;
        missing += weight * sum / reported * (real(stratum.drawn) - reported);
    }
    let all = valid + missing;
    if all <= 0.0 {
        return Err(EstimateError::NoVotes);
    }
    Ok(Range { least: votes / all, most: (votes + missing) / all })
}

impl Stratum {
    /// How many stations one that has reported stands for.
    fn weight(&self) -> f64 {
        real(self.stations) / real_count(self.reported.len())
    }

    fn sum(&self, figure: impl Fn(&Sampled) -> u64) -> f64 {
        self.reported.iter().map(|station| real(figure(station))).sum()
    }

    /// N² (1 − n/N) s² / n.
    fn variance_of_total(&self, figures: &[f64]) -> f64 {
        let (all, some) = (real(self.stations), real_count(figures.len()));
        if figures.len() < 2 {
            return 0.0;
        }
        all * all * (1.0 - some / all) * variance_of(figures) / some
    }
}

/// The ratio, and the estimated valid votes of all stations.
fn ratio(strata: &[Stratum]) -> Result<(f64, f64), EstimateError> {
    let weighted = |figure: fn(&Sampled) -> u64| {
        strata.iter().map(|stratum| stratum.weight() * stratum.sum(figure)).sum::<f64>()
    };
    let valid = weighted(|station| station.valid);
    if valid <= 0.0 {
        return Err(EstimateError::NoVotes);
    }
    Ok((weighted(|station| station.votes) / valid, valid))
}

fn residual(station: &Sampled, ratio: f64) -> f64 {
    real(station.votes) - ratio * real(station.valid)
}

/// The variance of a sample, with n − 1 below the line.
fn variance_of(figures: &[f64]) -> f64 {
    let count = real_count(figures.len());
    let mean = figures.iter().sum::<f64>() / count;
    figures.iter().map(|figure| (figure - mean).powi(2)).sum::<f64>() / (count - 1.0)
}

fn check(strata: &[Stratum]) -> Result<(), EstimateError> {
    for stratum in strata {
        let reported = stratum.reported.len();
        let Stratum { name, stations, drawn, .. } = stratum;
        if reported as u64 > *drawn || drawn > stations {
            let (name, drawn, stations) = (name.clone(), *drawn, *stations);
            return Err(EstimateError::TooMany { name, reported, drawn, stations });
        }
        if reported < 2 && !(reported == 1 && *stations == 1) {
            return Err(EstimateError::TooFew { name: name.clone(), reported });
        }
    }
    Ok(())
}
