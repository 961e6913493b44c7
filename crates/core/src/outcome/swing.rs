//! How far the lead of the first can fall against each other candidate, and by what.

use std::collections::BTreeMap;

use super::contest::{Cause, Choices, Contest};
use super::error::OutcomeError;
use super::reach::Shape;
use super::standing::Standing;

/// What of one cause is outstanding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outstanding {
    /// The cause.
    pub cause: Cause,
    /// At how many stations.
    pub stations: u64,
    /// The most votes that they can hold beyond those that stand.
    pub votes_most: u64,
}

/// What one cause can do to a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CausePart {
    /// The cause.
    pub cause: Cause,
    /// At how many stations.
    pub stations: u64,
    /// By how many votes it lets the lead fall at most. Negative where every version makes the lead larger.
    pub votes: i64,
}

/// The largest swing from the first candidate to another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Swing {
    /// Who has the most votes; the first on the ballot if several have.
    pub leader: usize,
    /// The other candidate.
    pub other: usize,
    /// The lead by the figures that stand.
    pub lead: i64,
    /// By how many votes the lead can fall at most: the sum of the parts, reached in one completion.
    pub votes: i64,
    /// By cause, in the order of [`Cause`], only those with stations.
    pub parts: Vec<CausePart>,
}

impl Swing {
    /// Whether the other candidate can have as many votes as the leader.
    pub fn can_reach(&self) -> bool {
        self.votes >= self.lead
    }

    /// Whether the other candidate can have more votes than the leader.
    pub fn can_pass(&self) -> bool {
        self.votes > self.lead
    }
}

pub(super) fn narrow(number: i128) -> Result<i64, OutcomeError> {
    i64::try_from(number).map_err(|_| OutcomeError::Overflow)
}

/// What is outstanding, by cause.
pub(super) fn outstanding(contest: &Contest, shapes: &[Shape]) -> Result<Vec<Outstanding>, OutcomeError> {
    let mut by_cause = BTreeMap::new();
    for (unit, shape) in contest.units.iter().zip(shapes) {
        let (stations, votes): &mut (u64, i128) = by_cause.entry(unit.cause).or_default();
        *stations += u64::from(unit.stations);
        *votes += shape.votes_most();
    }
    let part = |(cause, (stations, votes))| {
        let votes_most = u64::try_from(votes).map_err(|_| OutcomeError::Overflow)?;
        Ok(Outstanding { cause, stations, votes_most })
    };
    by_cause.into_iter().map(part).collect()
}

/// The leader against each other candidate, in ballot order.
pub(super) fn swings(
    contest: &Contest,
    shapes: &[Shape],
    standing: &Standing,
) -> Result<Vec<Swing>, OutcomeError> {
    let Some(leader) = standing.leaders.first().copied() else { return Ok(Vec::new()) };
    let others = (0..contest.candidates).filter(|other| *other != leader);
    others.map(|other| swing(contest, shapes, standing, leader, other)).collect()
}

fn swing(
    contest: &Contest,
    shapes: &[Shape],
    standing: &Standing,
    leader: usize,
    other: usize,
) -> Result<Swing, OutcomeError> {
    let votes = |candidate: usize| i128::from(standing.national.votes[candidate]);
    let lead = narrow(votes(leader) - votes(other))?;
    let mut by_cause = BTreeMap::new();
    for (unit, shape) in contest.units.iter().zip(shapes) {
        let (stations, votes): &mut (u64, i128) = by_cause.entry(unit.cause).or_default();
        *stations += u64::from(unit.stations);
        *votes += counted_lead(&unit.choices, leader, other) + shape.greatest_difference(other, leader);
    }
    let sum = by_cause.values().map(|(_, votes)| votes).sum();
    let part = |(cause, (stations, votes))| Ok(CausePart { cause, stations, votes: narrow(votes)? });
    let parts = by_cause.into_iter().map(part).collect::<Result<_, _>>()?;
    Ok(Swing { leader, other, lead, votes: narrow(sum)?, parts })
}

/// What the unit gives to the lead by the figures that stand.
fn counted_lead(choices: &Choices, leader: usize, other: usize) -> i128 {
    match choices {
        Choices::Missing { .. } | Choices::OneOf(_) => 0,
        Choices::Open { votes, .. } => i128::from(votes[leader].0) - i128::from(votes[other].0),
    }
}
