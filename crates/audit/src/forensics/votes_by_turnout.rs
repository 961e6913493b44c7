//! Votes by turnout (Shpilkin): the leader's votes and all others' by the turnout of stations, and what the leader has beyond the proportion at
//! and below the others' most usual turnout.
//!
//! It assumes that turnout has nothing to do with whom people prefer. Where strongholds of either side vote more, as in most countries
//! with regions, an honest election shows a surplus as well; so only inside areas that are alike, and with the strongest other candidate as the
//! control.

use super::integer_percentages::Station;
use crate::numeric::real;

/// Votes in classes of one percentage point of turnout, 0 to 100; the last holds what is above.
#[derive(Debug, Clone, PartialEq)]
pub struct VotesByTurnout {
    /// The leader's.
    pub leader: [u64; 101],
    /// Ballots in the boxes that were not his.
    pub others: [u64; 101],
}

/// What the leader has beyond the proportion.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Surplus {
    /// The class in which the others have most votes, among those looked at.
    pub mode: usize,
    /// The leader's votes for one of the others, in the classes up to ten below the mode.
    pub proportion: f64,
    /// His votes above the mode beyond that proportion; below 0 if he has fewer.
    pub votes: f64,
    /// His share without them.
    pub share_without: f64,
}

/// Classes below this turnout are searched for the mode: near 100 % there is often a second one.
const MODE_BELOW: usize = 75;
/// How many classes below the mode make the proportion.
const WINDOW: usize = 10;

impl VotesByTurnout {
    /// The classes of the stations that have voters and ballots.
    pub fn of(stations: &[Station]) -> Self {
        let mut classes = Self { leader: [0; 101], others: [0; 101] };
        for station in stations.iter().filter(|station| station.registered > 0 && station.received > 0) {
            let class = (100 * u128::from(station.given) / u128::from(station.registered)).min(100) as usize;
            classes.leader[class] += station.leader;
            classes.others[class] += station.received.saturating_sub(station.leader);
        }
        classes
    }

    /// The leader's surplus; nothing where the others have no votes up to their mode.
    pub fn surplus(&self) -> Option<Surplus> {
        let mode = (0..MODE_BELOW).rev().max_by_key(|class| self.others[*class])?;
        let window = mode.saturating_sub(WINDOW)..=mode;
        let sum = |votes: &[u64]| real(votes.iter().sum());
        let below = sum(&self.others[window.clone()]);
        if below <= 0.0 {
            return None;
        }
        let proportion = sum(&self.leader[window]) / below;
        let votes = sum(&self.leader[mode + 1..]) - proportion * sum(&self.others[mode + 1..]);
        let left = sum(&self.leader) - votes;
        Some(Surplus { mode, proportion, votes, share_without: left / (left + sum(&self.others)) })
    }
}
