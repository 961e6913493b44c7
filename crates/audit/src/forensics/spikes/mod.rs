//! Spikes in the shares of stations (Rozenas 2017): more stations at a share like 70.0 % than a smooth electorate gives.
//!
//! Turnout and share are smooth mixtures of beta-binomials ([`Mixture`]); every station is drawn again many times from what its own figures and the mixture say
//! ([`resample`]), so simple fractions of small stations come again as often as they should. The density of shares with a very narrow kernel ([`density`]) is
//! compared with the highest that any resample had there. Null: stations are so drawn. The excess F is the share of stations in classes that pass this limit, beyond what resamples
//! have there on average.
//!
//! The highest of few resamples is low: with 20 of them clean tables have an F of more than 1 %. [`RESAMPLES`] are usual.

mod mixture;
mod redrawn;
mod resampled;

pub use mixture::{Mixture, MixtureError};
pub use resampled::{Spike, Spikes, resample};

use crate::numeric::{real, real_count, whole_below};

/// Votes of one station.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Registered voters.
    pub registered: u64,
    /// Those who voted; stations with none, or with more than registered, are left out, and those with more than [`MOST_REGISTERED`] voters.
    pub voted: u64,
    /// The votes whose share is looked at, at most those who voted.
    pub votes: u64,
}

/// Grid points from 0 to 1, a thousandth apart.
pub const POINTS: usize = 1_001;
/// Stations with more voters are no rooms but votes from everywhere; each drawn number would need a table as long.
pub const MOST_REGISTERED: u64 = 20_000;
/// How many resamples are usual.
pub const RESAMPLES: u32 = 1_000;
/// The standard deviation of the kernel: a tenth of the distance of grid points, so a station counts at one point alone.
const BANDWIDTH: f64 = 1e-4;

impl Counted {
    /// Whether it has a share and a turnout.
    pub fn is_included(&self) -> bool {
        self.voted > 0
            && self.voted <= self.registered
            && self.votes <= self.voted
            && self.registered <= MOST_REGISTERED
    }
}

/// The nearest grid point of a share, and what a station there adds to the density of one station.
#[inline]
fn weight(votes: u64, voted: u64) -> (usize, f64) {
    let share = real(votes) / real(voted) * real_count(POINTS - 1);
    let point = whole_below(share + 0.5);
    let away = (share - real(point)) / (BANDWIDTH * real_count(POINTS - 1));
    let height = 1.0 / (BANDWIDTH * (2.0 * std::f64::consts::PI).sqrt());
    (point as usize, height * (-away * away / 2.0).exp())
}

/// The density of shares at 0, 0.001 … 1, by a normal kernel of deviation 0.0001.
///
/// A kernel reaches half way to the next point with 4e-6 of its height; what is beyond is left out. R's `density` spreads
/// stations over a grid that is coarser than this kernel before it smooths, so its figures are others.
pub fn density(stations: &[Counted]) -> Vec<f64> {
    let mut heights = vec![0.0; POINTS];
    let mut included = 0;
    for station in stations.iter().filter(|station| station.is_included()) {
        let (point, height) = weight(station.votes, station.voted);
        heights[point] += height;
        included += 1;
    }
    heights.iter().map(|height| height / real(included.max(1))).collect()
}

/// The share of stations whose share is nearest to 0, 0.001 … 1.
pub fn bin_shares(stations: &[Counted]) -> Vec<f64> {
    let mut counts = vec![0_u64; POINTS];
    for station in stations.iter().filter(|station| station.is_included()) {
        counts[weight(station.votes, station.voted).0] += 1;
    }
    let all = real(counts.iter().sum::<u64>().max(1));
    counts.into_iter().map(|count| real(count) / all).collect()
}
