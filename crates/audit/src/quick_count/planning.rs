//! How many stations a quick count needs (NDI, "The Quick Count and Election Observation", chapter 5).

use crate::numeric::{real, whole_above};

/// How many voters drawn one by one give this error: z standard errors, for a share of `share` among `population`.
///
/// The handbook's Peru example prints 163,185, from an error squared that was rounded on the way; the formula gives 160,718.
pub fn voters(share: f64, error: f64, z: f64, population: u64) -> f64 {
    let spread = share * (1.0 - share);
    spread / (error * error / (z * z) + spread / real(population))
}

/// How many stations, drawn with all their votes, hold so many voters. It is the fewest: people of one station vote more alike
/// than people of a country, and [`stations_for_error`] counts with that.
pub fn stations_for_voters(voters: f64, votes_per_station: u64) -> u64 {
    whole_above(voters / real(votes_per_station.max(1)))
}

/// The margin of error of a share from so many stations or voters, each taken as one yes or no: z √(share (1 − share) / n).
pub fn margin_of_error(share: f64, sample: u64, z: f64) -> f64 {
    z * (share * (1.0 - share) / real(sample)).sqrt()
}

/// How many of `stations` give this error, where the shares of stations scatter with this standard deviation.
pub fn stations_for_error(deviation: f64, error: f64, z: f64, stations: u64) -> u64 {
    let simple = (z * deviation / error).powi(2);
    whole_above(simple / (1.0 + simple / real(stations)))
}

/// How stations scatter that gave this margin of error with so many of them.
pub fn implied_deviation(margin_of_error: f64, sample: u64, z: f64) -> f64 {
    margin_of_error / z * real(sample).sqrt()
}

/// Shares a sample among strata by their stations, at least `least` each (but no more than there are), so that their sum is near `sample`.
pub fn proportional(stations: &[u64], sample: u64, least: u64) -> Vec<u64> {
    let all = real(stations.iter().sum());
    let part = |stations: &u64| {
        let share = (real(sample) * real(*stations) / all).round();
        whole_above(share).max(least).min(*stations)
    };
    stations.iter().map(part).collect()
}
