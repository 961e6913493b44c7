//! What must be true for a reported outcome to stand, each as one inequality over whole numbers.
//!
//! An assertion has a *margin*, a sum over ballots, which is above 0 exactly if it is true (Stark 2020, SHANGRLA, with whole
//! numbers in place of assorters). A batch can be wrong by at most its reported margin and what its ballots can take away.

use std::fmt;

use crate::{Batch, Contest, Share, Tally};

/// One inequality. Candidates are counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// The first has more votes than the second.
    Beats {
        /// The candidate with more votes.
        winner: usize,
        /// The candidate with fewer.
        loser: usize,
    },
    /// A candidate has more than a share of the valid votes. At exactly that share it is false: what the law says of *at
    /// least* is confirmed here only where it is more.
    MoreThan {
        /// The candidate.
        candidate: usize,
        /// The share.
        share: Share,
    },
    /// A candidate has less than a share of the valid votes.
    LessThan {
        /// The candidate.
        candidate: usize,
        /// The share.
        share: Share,
    },
}

/// A claim about all batches or those of one area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    /// What is said.
    pub claim: Claim,
    /// Of which area; of the whole where there is none.
    pub area: Option<String>,
}

impl Claim {
    /// The margin of a tally, in the claim's own unit.
    pub fn margin(self, tally: &Tally) -> i128 {
        let votes = |candidate: usize| i128::from(tally.votes.get(candidate).copied().unwrap_or_default());
        let valid = i128::from(tally.valid);
        match self {
            Self::Beats { winner, loser } => votes(winner) - votes(loser),
            Self::MoreThan { candidate, share } => {
                i128::from(share.denominator()) * votes(candidate) - i128::from(share.numerator()) * valid
            }
            Self::LessThan { candidate, share } => {
                i128::from(share.numerator()) * valid - i128::from(share.denominator()) * votes(candidate)
            }
        }
    }

    /// The most that one ballot can take from a margin: a vote for whoever hurts the claim most.
    pub fn worst_ballot(self) -> i128 {
        match self {
            Self::Beats { .. } => 1,
            Self::MoreThan { share, .. } => i128::from(share.numerator()),
            Self::LessThan { share, .. } => i128::from(share.denominator() - share.numerator()),
        }
    }

    /// The most that one ballot can add to a margin.
    pub fn best_ballot(self) -> i128 {
        match self {
            Self::Beats { .. } => 1,
            Self::MoreThan { share, .. } => i128::from(share.denominator() - share.numerator()),
            Self::LessThan { share, .. } => i128::from(share.numerator()),
        }
    }
}

impl Assertion {
    /// A claim about everything.
    pub fn of_whole(claim: Claim) -> Self {
        Self { claim, area: None }
    }

    /// A claim about one area.
    pub fn of_area(claim: Claim, area: &str) -> Self {
        Self { claim, area: Some(area.to_owned()) }
    }

    /// Whether the batch's ballots count for it.
    pub fn covers(&self, batch: &Batch) -> bool {
        self.area.as_deref().is_none_or(|area| area == batch.area)
    }

    /// The reported margin, with every ballot that is in no batch taken as the worst.
    pub fn reported_margin(&self, contest: &Contest) -> i128 {
        let covered = contest.batches().iter().filter(|batch| self.covers(batch));
        let margin: i128 = covered.map(|batch| self.claim.margin(&batch.reported)).sum();
        margin - self.claim.worst_ballot() * i128::from(contest.unaudited(self.area.as_deref()))
    }

    /// The most by which the batch's reported margin can be too large; 0 where the batch does not count for it.
    pub fn most_error(&self, batch: &Batch) -> i128 {
        if !self.covers(batch) {
            return 0;
        }
        self.claim.margin(&batch.reported) + self.claim.worst_ballot() * i128::from(batch.bound)
    }

    /// By how much the batch's reported margin is too large, against what was counted by hand. Below 0 if too small.
    pub fn error(&self, batch: &Batch, counted: &Tally) -> i128 {
        if !self.covers(batch) {
            return 0;
        }
        self.claim.margin(&batch.reported) - self.claim.margin(counted)
    }
}

impl fmt::Display for Assertion {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // People count candidates from 1.
        match self.claim {
            Claim::Beats { winner, loser } => {
                write!(out, "candidate {} has more votes than candidate {}", winner + 1, loser + 1)?;
            }
            Claim::MoreThan { candidate, share } => {
                write!(out, "candidate {} has more than {share} of the valid votes", candidate + 1)?;
            }
            Claim::LessThan { candidate, share } => {
                write!(out, "candidate {} has less than {share} of the valid votes", candidate + 1)?;
            }
        }
        self.area.as_ref().map_or(Ok(()), |area| write!(out, " in {area}"))
    }
}
