//! Stations drawn again by the thousand, and the spikes that no resample has.

use super::redrawn::{Room, Side};
use super::{Counted, Mixture, POINTS, bin_shares, density, weight};
use crate::numeric::stream::Stream;
use crate::numeric::{real, real_count};

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Spikes {
    /// How many stations were looked at.
    pub stations: usize,
    /// How many times they were drawn again.
    pub resamples: u32,
    /// What the stream of random numbers began with.
    pub seed: u64,
    /// F, in percent: stations at spikes beyond the mean of resamples. The point 0 does not count.
    pub excess_percent: f64,
    /// The points that pass the limit, ascending, but for 0.
    pub spikes: Vec<Spike>,
    /// The density of the stations' shares at 0, 0.001 … 1.
    pub density: Vec<f64>,
    /// The highest density that a resample had there.
    pub highest: Vec<f64>,
}

/// A share at which the stations' density is above that of every resample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spike {
    /// The share, in thousandths.
    pub thousandths: u32,
    /// The density of the stations.
    pub density: f64,
    /// The highest of all resamples.
    pub highest: f64,
    /// The share of stations there, of 1.
    pub share: f64,
    /// The mean share of stations there in resamples.
    pub expected: f64,
}

/// So many resamples are drawn of a station at once: eight megabytes of densities.
const AT_ONCE: u32 = 1_000;

/// The stations against so many resamples: turnout by the first mixture, then votes of those drawn voters by the second.
///
/// A station's kind is drawn by how likely it makes the station's own figures, its chance from the beta distribution of kind and figures (y + a, n − y + b), then a
/// binomial number; in one step, as one number of that mixture, and nothing is approximated. Nothing without stations.
pub fn resample(
    stations: &[Counted],
    turnout: &Mixture,
    votes: &Mixture,
    resamples: u32,
    seed: u64,
) -> Option<Spikes> {
    let mut included: Vec<Counted> = stations.iter().copied().filter(Counted::is_included).collect();
    // For the same reason stations of about the same share come one after the other.
    included.sort_by_key(|station| POINTS as u64 * station.votes / station.voted);
    let most = included.iter().map(|station| station.registered).max()?;
    let mut sides = [Side::of(turnout, most), Side::of(votes, most)];
    let mut room = Room::default();
    let mut weights = Weights::default();
    let mut highest = vec![0.0_f64; POINTS];
    let mut counts = vec![0_u64; POINTS];
    let mut stream = Stream::new(seed);
    let mut done = 0;
    while done < resamples {
        let now = AT_ONCE.min(resamples - done);
        // By point, then by resample: one station's draws are at few points, so they stay in the cache.
        let mut heights = vec![0.0; POINTS * now as usize];
        for station in &included {
            room.draw(station, &mut sides, now, &mut stream, |resample, votes, voted| {
                let (point, height) = weights.at(votes, voted);
                heights[point * now as usize + resample as usize] += height;
                counts[point] += 1;
            });
        }
        for (highest, heights) in highest.iter_mut().zip(heights.chunks_exact(now as usize)) {
            let most = heights.iter().copied().fold(0.0, f64::max);
            *highest = highest.max(most / real_count(included.len()));
        }
        done += now;
    }
    let drawn = real_count(included.len()) * f64::from(resamples.max(1));
    let expected: Vec<f64> = counts.into_iter().map(|count| real(count) / drawn).collect();
    Some(Spikes::of(&included, resamples, seed, highest, &expected))
}

impl Spikes {
    fn of(included: &[Counted], resamples: u32, seed: u64, highest: Vec<f64>, expected: &[f64]) -> Self {
        let (density, shares) = (density(included), bin_shares(included));
        let spike = |point: usize| Spike {
            thousandths: point as u32,
            density: density[point],
            highest: highest[point],
            share: shares[point],
            expected: expected[point],
        };
        let spikes: Vec<Spike> =
            (1..POINTS).filter(|point| density[*point] > highest[*point]).map(spike).collect();
        let beyond = spikes.iter().map(|spike| (spike.share - spike.expected).max(0.0));
        let excess_percent = 100.0 * beyond.fold(0.0, |sum, share| sum + share);
        Self { stations: included.len(), resamples, seed, excess_percent, spikes, density, highest }
    }
}

/// Grid points and heights of all shares of so many voters, made when they are first needed.
#[derive(Default)]
struct Weights {
    of_voters: Vec<Vec<(u32, f64)>>,
}

/// Stations with more voters are few, and their rows would be long.
const MOST_KEPT: u64 = 2_047;

impl Weights {
    #[inline]
    fn at(&mut self, votes: u64, voted: u64) -> (usize, f64) {
        if voted > MOST_KEPT {
            return weight(votes, voted);
        }
        let place = voted as usize;
        if self.of_voters.len() <= place || self.of_voters[place].is_empty() {
            self.make(voted);
        }
        let (point, height) = self.of_voters[place][votes as usize];
        (point as usize, height)
    }

    #[cold]
    fn make(&mut self, voted: u64) {
        let place = voted as usize;
        self.of_voters.resize(self.of_voters.len().max(place + 1), Vec::new());
        let kept = |(point, height): (usize, f64)| (point as u32, height);
        self.of_voters[place] = (0..=voted).map(|votes| kept(weight(votes, voted))).collect();
    }
}
