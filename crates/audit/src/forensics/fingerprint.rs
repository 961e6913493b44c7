//! The fingerprint of an election (Klimek and others 2012): how many stations have which turnout and which share of the leader.
//!
//! A picture and a few numbers that describe it, without a null hypothesis. One round cloud is what one homogeneous country gives; regions that prefer different people
//! give several, and strongholds with high turnout a tail, with nothing added anywhere. What can be tested is in other modules.

use super::integer_percentages::Station;
use crate::numeric::{real, real_count};

/// Stations in cells of one percentage point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    /// By turnout (0 to 100, the last holds 100 % and above), then by share in the same way.
    cells: Vec<[u64; CLASSES]>,
    /// How many stations are in it.
    pub stations: u64,
    /// How many are not: fewer than [`LEAST_REGISTERED`] voters, or no ballots.
    pub left_out: u64,
}

/// Mean and shape of numbers, each station counting once.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    /// How many numbers.
    pub count: usize,
    /// Their mean.
    pub mean: f64,
    /// Their standard deviation (of these numbers, not of others that they stand for).
    pub deviation: f64,
    /// The third standardised moment: 0 for symmetric numbers.
    pub skewness: f64,
    /// The fourth: 3 for normal ones.
    pub kurtosis: f64,
}

/// Classes of percentages: 0, 1 … 99, and 100 with what is above.
pub const CLASSES: usize = 101;
/// Stations with fewer voters have too few different percentages.
pub const LEAST_REGISTERED: u64 = 100;

impl Fingerprint {
    /// The fingerprint of stations: turnout is ballots given out of registered voters, the share is the leader's of ballots in the box.
    pub fn of(stations: &[Station]) -> Self {
        let mut cells = vec![[0; CLASSES]; CLASSES];
        let class = |part: u64, all: u64| (100 * u128::from(part) / u128::from(all)).min(100) as usize;
        let mut counted = 0;
        for station in stations.iter().filter(|station| is_in(station)) {
            let turnout = class(station.given, station.registered);
            cells[turnout][class(station.leader, station.received)] += 1;
            counted += 1;
        }
        Self { cells, stations: counted, left_out: stations.len() as u64 - counted }
    }

    /// How many stations have this turnout and this share, in whole percentages from 0 to 100.
    pub fn cell(&self, turnout: usize, share: usize) -> u64 {
        self.cells.get(turnout).and_then(|row| row.get(share)).copied().unwrap_or_default()
    }

    /// Stations by turnout alone.
    pub fn by_turnout(&self) -> [u64; CLASSES] {
        std::array::from_fn(|turnout| self.cells[turnout].iter().sum())
    }

    /// Stations by share alone.
    pub fn by_share(&self) -> [u64; CLASSES] {
        std::array::from_fn(|share| self.cells.iter().map(|row| row[share]).sum())
    }

    /// Cells that hold stations: turnout, share, stations; ascending.
    pub fn filled(&self) -> impl Iterator<Item = (usize, usize, u64)> {
        let row = |(turnout, row): (usize, &[u64; CLASSES])| {
            let cells = row.iter().enumerate().filter(|(_, count)| **count > 0);
            cells.map(|(share, count)| (turnout, share, *count)).collect::<Vec<_>>()
        };
        self.cells.iter().enumerate().flat_map(row)
    }
}

/// Turnout and share of the stations that a fingerprint holds, as fractions.
pub fn points(stations: &[Station]) -> Vec<[f64; 2]> {
    let point = |station: &Station| {
        [real(station.given) / real(station.registered), real(station.leader) / real(station.received)]
    };
    stations.iter().filter(|station| is_in(station)).map(point).collect()
}

/// ln((registered − leader) / leader): near to normal where nothing is added, if all stations are of one kind. Stations without votes of the leader, or with all, are left out.
pub fn log_vote_rates(stations: &[Station]) -> Vec<f64> {
    let inside =
        |station: &&Station| is_in(station) && station.leader > 0 && station.leader < station.registered;
    let rate = |station: &Station| (real(station.registered - station.leader) / real(station.leader)).ln();
    stations.iter().filter(inside).map(rate).collect()
}

impl Moments {
    /// Of numbers; nothing for fewer than two, or if all are equal.
    pub fn of(numbers: &[f64]) -> Option<Self> {
        let count = real_count(numbers.len());
        let mean = numbers.iter().sum::<f64>() / count;
        let power =
            |power: i32| numbers.iter().map(|number| (number - mean).powi(power)).sum::<f64>() / count;
        let variance = power(2);
        if numbers.len() < 2 || variance <= 0.0 {
            return None;
        }
        Some(Self {
            count: numbers.len(),
            mean,
            deviation: variance.sqrt(),
            skewness: power(3) / variance.powf(1.5),
            kurtosis: power(4) / (variance * variance),
        })
    }
}

/// How much turnout and share go together (Pearson); nothing where either is the same everywhere.
pub fn correlation(points: &[[f64; 2]]) -> Option<f64> {
    let [turnout, share] = [0, 1].map(|side| points.iter().map(|point| point[side]).collect::<Vec<f64>>());
    let (turnout, share) = (Moments::of(&turnout)?, Moments::of(&share)?);
    let products = points.iter().map(|point| (point[0] - turnout.mean) * (point[1] - share.mean));
    Some(products.sum::<f64>() / real_count(points.len()) / (turnout.deviation * share.deviation))
}

fn is_in(station: &Station) -> bool {
    station.registered >= LEAST_REGISTERED && station.received > 0
}
