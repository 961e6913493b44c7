//! Stations among their neighbours: how far from the others of an area, and whether rooms of one centre are alike.
//!
//! Rooms of a centre often split one register by name. Names go with families and languages, so honest rooms differ more than chance
//! alone makes them; read both with what neighbours did in other years.

use crate::numeric::{chi_square, real};

/// An area's middle and scatter, and how far each of its stations is.
#[derive(Debug, Clone, PartialEq)]
pub struct RobustDistances {
    /// The median.
    pub median: f64,
    /// 1.4826 times the median distance from it: the standard deviation, if the numbers were normal.
    pub deviation: f64,
    /// Of each number, its distance from the median in such deviations; empty where more than half are equal.
    pub distances: Vec<f64>,
}

/// Votes of several rooms compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Homogeneity {
    /// Pearson's statistic of rooms by candidates.
    pub chi_square: f64,
    /// Its degrees of freedom.
    pub degrees: u32,
    /// How often chance alone gives at least that, if all who vote in the centre were shared among its rooms by lot.
    pub p: f64,
}

/// Fewer degrees of freedom say too little of how other centres split their registers.
pub const LEAST_DEGREES: f64 = 20.0;

/// Distances from the median; nothing for no numbers.
pub fn robust_distances(numbers: &[f64]) -> Option<RobustDistances> {
    let median = median_of(numbers)?;
    let away: Vec<f64> = numbers.iter().map(|number| (number - median).abs()).collect();
    let deviation = 1.4826 * median_of(&away)?;
    let distances = if deviation > 0.0 {
        numbers.iter().map(|number| (number - median) / deviation).collect()
    } else {
        Vec::new()
    };
    Some(RobustDistances { median, deviation, distances })
}

/// Whether rooms (each with its votes by candidate) are alike. Nothing where fewer than two rooms or candidates have votes.
pub fn homogeneity(rooms: &[Vec<u64>]) -> Option<Homogeneity> {
    let candidates = rooms.iter().map(Vec::len).min()?;
    let room_sums: Vec<u64> = rooms.iter().map(|room| room[..candidates].iter().sum()).collect();
    let sums: Vec<u64> = (0..candidates).map(|place| rooms.iter().map(|room| room[place]).sum()).collect();
    let all = real(room_sums.iter().sum());
    let with_votes = |sums: &[u64]| sums.iter().filter(|sum| **sum > 0).count();
    let (rows, columns) = (with_votes(&room_sums), with_votes(&sums));
    if rows < 2 || columns < 2 {
        return None;
    }
    let mut statistic = 0.0;
    for (room, room_sum) in rooms.iter().zip(&room_sums) {
        for (votes, sum) in room.iter().zip(&sums).filter(|_| *room_sum > 0) {
            let expected = real(*room_sum) * real(*sum) / all;
            if expected > 0.0 {
                statistic += (real(*votes) - expected).powi(2) / expected;
            }
        }
    }
    let degrees = u32::try_from((rows - 1) * (columns - 1)).ok()?;
    Some(Homogeneity { chi_square: statistic, degrees, p: chi_square::share_above(statistic, degrees) })
}

/// How often rooms differ as much as in each centre of an area, if all its centres split their registers in the same way: the p values of their
/// statistics over the mean statistic for each degree of freedom in the *other* centres, raised to its upper limit at 95 %.
///
/// Names go with families, so rooms of honest centres differ more than by lot; how much more, the other centres say. Never below the p of
/// [`homogeneity`]. 1 where the others have fewer than [`LEAST_DEGREES`] degrees of freedom: nothing can be said there.
pub fn among_centres(centres: &[Homogeneity]) -> Vec<f64> {
    let statistics: f64 = centres.iter().map(|centre| centre.chi_square).sum();
    let degrees: f64 = centres.iter().map(|centre| f64::from(centre.degrees)).sum();
    let p = |centre: &Homogeneity| {
        let others = degrees - f64::from(centre.degrees);
        if others < LEAST_DEGREES {
            return 1.0;
        }
        let spread = ((statistics - centre.chi_square) / others * chi_square::upper_factor(others)).max(1.0);
        chi_square::share_above(centre.chi_square / spread, centre.degrees)
    };
    centres.iter().map(p).collect()
}

fn median_of(numbers: &[f64]) -> Option<f64> {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 {
        return sorted.get(middle).copied();
    }
    Some(f64::midpoint(*sorted.get(middle.checked_sub(1)?)?, *sorted.get(middle)?))
}
