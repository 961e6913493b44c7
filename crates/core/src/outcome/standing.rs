//! The outcome by the figures that stand: exact comparisons, ties shown as ties.

use super::contest::{Choices, Contest, Figures, Fraction, Rule};
use super::error::OutcomeError;

/// What a rule makes of figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Nobody has a vote.
    NoVotes,
    /// This candidate meets the rule.
    Elected(usize),
    /// Plurality: these have the most votes, equally.
    Tie(Vec<usize>),
    /// Nobody meets both conditions: the first two go on (Constitution of Kenya 2010, Article 138(5) and (6)).
    RunOff {
        /// Those with the most votes; more than one is a tie, and then only they go on.
        first: Vec<usize>,
        /// Those with the second most votes; more than one is a tie. Empty if there is a tie for first.
        second: Vec<usize>,
    },
    /// More than one candidate meets both conditions. Only totals written below the sum of their votes can do that.
    Contradiction(Vec<usize>),
}

/// One candidate, by the figures that stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CandidateStanding {
    /// Votes.
    pub votes: u64,
    /// Whether the majority is passed. Never under plurality.
    pub majority: bool,
    /// In how many areas the share is reached. 0 under plurality.
    pub areas_met: u32,
}

/// The contest by the figures that stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// All of them.
    pub national: Figures,
    /// By spread area.
    pub areas: Vec<Figures>,
    /// By candidate.
    pub candidates: Vec<CandidateStanding>,
    /// Those with the most votes, in ballot order.
    pub leaders: Vec<usize>,
    /// What it would be.
    pub outcome: Outcome,
}

impl Fraction {
    /// `part` above the fraction of `whole`, as a margin: positive is above, zero is exactly it.
    pub(super) fn margin(self, part: i128, whole: i128) -> i128 {
        i128::from(self.denominator) * part - i128::from(self.numerator) * whole
    }
}

impl Standing {
    /// Sums what stands: the fixed figures, and of unreadable boxes the least that they can hold.
    pub(super) fn of(rule: &Rule, contest: &Contest) -> Result<Self, OutcomeError> {
        let mut national = Figures::zero(contest.candidates);
        let mut areas = vec![Figures::zero(contest.candidates); rule.area_count()];
        let mut count = |area: Option<u32>, figures: &Figures| {
            national.add(figures)?;
            match area.and_then(|area| areas.get_mut(area as usize)) {
                Some(sum) => sum.add(figures),
                None => Ok(()),
            }
        };
        for fixed in &contest.fixed {
            count(fixed.spread_area, &fixed.figures)?;
        }
        for unit in &contest.units {
            if let Choices::Open { votes, sum, valid } = &unit.choices {
                let least: Vec<u64> = votes.iter().map(|interval| interval.0).collect();
                let total = least.iter().try_fold(0_u64, |sum, votes| sum.checked_add(*votes));
                let total = total.ok_or(OutcomeError::Overflow)?.max(sum.0);
                count(unit.spread_area, &Figures { votes: least, valid: valid.unwrap_or(total) })?;
            }
        }
        Ok(Self::judge(rule, national, areas))
    }

    fn judge(rule: &Rule, national: Figures, areas: Vec<Figures>) -> Self {
        let candidates: Vec<CandidateStanding> = national
            .votes
            .iter()
            .enumerate()
            .map(|(candidate, votes)| CandidateStanding {
                votes: *votes,
                majority: rule.is_majority(*votes, national.valid),
                areas_met: rule.areas_met(candidate, &areas),
            })
            .collect();
        let most = national.votes.iter().copied().max().unwrap_or(0);
        let leaders = holders(&national.votes, most);
        let outcome = match rule {
            _ if most == 0 => Outcome::NoVotes,
            Rule::Plurality { .. } if leaders.len() == 1 => Outcome::Elected(leaders[0]),
            Rule::Plurality { .. } => Outcome::Tie(leaders.clone()),
            Rule::MajorityWithSpread { areas_at_least, .. } => {
                let meets = |c: &CandidateStanding| c.majority && c.areas_met >= *areas_at_least;
                let elected: Vec<usize> = (0..candidates.len()).filter(|c| meets(&candidates[*c])).collect();
                match elected.as_slice() {
                    [] => run_off(&national.votes, &leaders),
                    [candidate] => Outcome::Elected(*candidate),
                    _ => Outcome::Contradiction(elected),
                }
            }
        };
        Self { national, areas, candidates, leaders, outcome }
    }
}

impl Rule {
    fn is_majority(&self, votes: u64, valid: u64) -> bool {
        match self {
            Self::Plurality { .. } => false,
            Self::MajorityWithSpread { majority, .. } => majority.margin(votes.into(), valid.into()) > 0,
        }
    }

    fn areas_met(&self, candidate: usize, areas: &[Figures]) -> u32 {
        let Self::MajorityWithSpread { share, .. } = self else { return 0 };
        let is_met = |area: &&Figures| {
            let votes = area.votes[candidate];
            votes > 0 && share.margin(votes.into(), area.valid.into()) >= 0
        };
        areas.iter().filter(is_met).count() as u32
    }
}

fn holders(votes: &[u64], number: u64) -> Vec<usize> {
    (0..votes.len()).filter(|candidate| votes[*candidate] == number).collect()
}

fn run_off(votes: &[u64], leaders: &[usize]) -> Outcome {
    let second = if leaders.len() == 1 {
        let others = votes.iter().enumerate().filter(|(candidate, _)| !leaders.contains(candidate));
        let most = others.map(|(_, votes)| *votes).max();
        most.map_or_else(Vec::new, |most| {
            holders(votes, most).into_iter().filter(|c| !leaders.contains(c)).collect()
        })
    } else {
        Vec::new()
    };
    Outcome::RunOff { first: leaders.to_vec(), second }
}
