//! The model of Klimek and others (2012): a country of one kind, to which votes are added at some stations.
//!
//! Turnout a and share l of a station are normal (τ, σ_τ and ν, σ_ν, cut to 0 to 1). At a share f_i of stations a part x of those who did not vote is
//! given to the leader, and some of the others' votes with it (incremental); at f_e nearly all (extreme). [`forward`] is the model, [`estimate`] reads what it
//! can from the histogram's peak, [`fit`] finds f_i, f_e and the exponent α.
//!
//! **The model is wrong wherever a country is not of one kind.** Regions that prefer different people have two peaks; the fit then explains the second
//! by added votes. A fit of an honest, regionally divided election has a large f_i. Read it inside areas that are alike, never for such a country as a whole; it
//! gives no p value because it has no null hypothesis.

mod fit;

pub use fit::{Fit, fit, simulate};

use super::integer_percentages::Station;
use crate::numeric::kernel::{density, scott_bandwidth};
use crate::numeric::{real, real_count};

/// What the peak says of the model: shares of 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// How many stations it rests on.
    pub stations: usize,
    /// τ: the turnout where most stations are.
    pub turnout: f64,
    /// ν: the leader's share where most stations are.
    pub share: f64,
    /// σ_τ: how far turnout scatters below its peak, among stations below both peaks.
    pub turnout_deviation: f64,
    /// σ_ν: how far the share scatters below its peak.
    pub share_deviation: f64,
    /// θ: how far the added part x reaches; from the scatter above the peak.
    pub reach: f64,
}

/// What one station of the model reports.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reported {
    /// Votes of the leader.
    pub leader: f64,
    /// Ballots in the box.
    pub ballots: f64,
}

/// Steps of the grid on which peaks are looked for: tenths of a percent.
const STEPS: u32 = 1_000;
/// Peaks at or below this are not looked at: small turnouts and shares are another peak, of other places.
const LEAST_PEAK: u32 = 300;
/// A peak has at least this part of the highest density: in a small table every lonely station is a local maximum.
const LEAST_HEIGHT: f64 = 0.1;

/// The model at one station of `registered` voters: turnout and share without anything added, the part `added` (x) of those who did not vote,
/// and the exponent α by which the others' votes follow.
pub fn forward(registered: f64, turnout: f64, share: f64, added: f64, exponent: f64) -> Reported {
    let moved = added.powf(exponent) * (1.0 - share) * turnout;
    Reported {
        leader: registered * (turnout * share + added * (1.0 - turnout) + moved),
        ballots: registered * (1.0 - (1.0 - added) * (1.0 - turnout)),
    }
}

/// What the peak says; nothing where there is no peak, or nothing on one side of it.
///
/// Stations with voters and ballots count, however small: the reference figures are made so. Peaks are the first maxima above 0.3 of a kernel density with Scott's
/// bandwidth. The paper prints √2 more for σ_ν; the figures do not have it.
pub fn estimate(stations: &[Station]) -> Option<Estimate> {
    let points = points(stations);
    let [turnout, share] =
        [0, 1].map(|side| peak(&points.iter().map(|point| point[side]).collect::<Vec<f64>>()));
    let (turnout, share) = (turnout?, share?);
    let scatter = |of: &dyn Fn(&[f64; 2]) -> Option<f64>| {
        let squares: Vec<f64> = points.iter().filter_map(of).map(|away| away * away).collect();
        let mean = squares.iter().sum::<f64>() / real_count(squares.len());
        (mean > 0.0).then(|| mean.sqrt())
    };
    Some(Estimate {
        stations: points.len(),
        turnout,
        share,
        turnout_deviation: scatter(&|[t, v]| (*t < turnout && *v < share).then_some(t - turnout))?,
        share_deviation: scatter(&|[_, v]| (*v < share).then_some(v - share))?,
        reach: scatter(&|[_, v]| (*v > share).then_some(v - share))?.sqrt(),
    })
}

/// Turnout and share of stations with voters and ballots.
fn points(stations: &[Station]) -> Vec<[f64; 2]> {
    let voted = stations.iter().filter(|station| station.registered > 0 && station.received > 0);
    voted
        .map(|station| {
            [real(station.given) / real(station.registered), real(station.leader) / real(station.received)]
        })
        .collect()
}

/// The first local maximum of the density above [`LEAST_PEAK`] that is not a single station far from all others.
fn peak(numbers: &[f64]) -> Option<f64> {
    let heights = density(numbers, scott_bandwidth(numbers)?, STEPS);
    let least = LEAST_HEIGHT * heights.iter().copied().fold(0.0, f64::max);
    let is_peak = |place: &u32| {
        let place = *place as usize;
        heights[place] >= least && heights[place] > heights[place - 1] && heights[place] > heights[place + 1]
    };
    (LEAST_PEAK + 1..STEPS).find(is_peak).map(|place| f64::from(place) / f64::from(STEPS))
}
