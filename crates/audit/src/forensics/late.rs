//! Late reporting: whether stations that report late differ from those that report early, station by station.
//!
//! Late stations are far away, large or poorly connected, and vote like such places; only comparisons inside an area, and with earlier elections, say
//! more. Shares are never cumulated here: a cumulative curve drifts by itself (Idrobo, Kronick and Rodríguez 2022).

use crate::numeric::{real, real_count};

/// A station: when it reported (any number that grows with time), its votes, and its valid votes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reported {
    /// When.
    pub time: f64,
    /// Votes of the candidate.
    pub votes: u64,
    /// Valid votes: the weight of the station.
    pub valid: u64,
}

/// A line through the shares over time, weighted by valid votes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// The share at time 0.
    pub start: f64,
    /// By how much the share changes in one unit of time.
    pub slope: f64,
    /// The standard error of the start, whatever the scatter of single stations (HC1).
    pub start_error: f64,
    /// The standard error of the slope.
    pub slope_error: f64,
}

/// The line; nothing for fewer than three stations with votes, or if all reported at one time.
pub fn line(stations: &[Reported]) -> Option<Line> {
    let stations: Vec<&Reported> = stations.iter().filter(|station| station.valid > 0).collect();
    let sum = |of: &dyn Fn(&Reported) -> f64| stations.iter().map(|station| of(station)).sum::<f64>();
    let weight = |station: &Reported| real(station.valid);
    let share = |station: &Reported| real(station.votes) / real(station.valid);
    let all = sum(&weight);
    let mean_time = sum(&|station| weight(station) * station.time) / all;
    let spread = sum(&|station| weight(station) * (station.time - mean_time).powi(2));
    if stations.len() < 3 || spread <= 0.0 {
        return None;
    }
    let mean = sum(&|station| weight(station) * share(station)) / all;
    let slope = sum(&|station| weight(station) * (station.time - mean_time) * share(station)) / spread;
    // White's estimator: each station scatters as its own residual says.
    let residual = |station: &Reported| share(station) - mean - slope * (station.time - mean_time);
    let pull = |station: &Reported| (station.time - mean_time) / spread;
    let start_pull = |station: &Reported| 1.0 / all - mean_time * pull(station);
    let count = real_count(stations.len());
    let error = |pull: &dyn Fn(&Reported) -> f64| {
        let squares = sum(&|station| (weight(station) * pull(station) * residual(station)).powi(2));
        (squares * count / (count - 2.0)).sqrt()
    };
    Some(Line {
        start: mean - slope * mean_time,
        slope,
        start_error: error(&start_pull),
        slope_error: error(&pull),
    })
}

/// The largest distance between the distributions of two groups of numbers (Kolmogorov and Smirnov); nothing for an empty group.
pub fn distance(early: &[f64], late: &[f64]) -> Option<f64> {
    if early.is_empty() || late.is_empty() {
        return None;
    }
    let below = |numbers: &[f64], limit: f64| {
        real_count(numbers.iter().filter(|number| **number <= limit).count()) / real_count(numbers.len())
    };
    let limits = early.iter().chain(late);
    Some(limits.map(|limit| (below(early, *limit) - below(late, *limit)).abs()).fold(0.0, f64::max))
}
