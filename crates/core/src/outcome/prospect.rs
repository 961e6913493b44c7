//! What may still become of each candidate, and why: flags, and reasons as data. The words come from message keys.

use super::contest::{Cause, Fraction};
use super::frontier::Answer;
use super::standing::Standing;
use super::swing::{Outstanding, Swing};

/// Whether a flag is known or only safe to assume.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exactness {
    /// It is so.
    Exact,
    /// The search passed its limit: a "can" was not ruled out, a "certain" was not proved.
    Bound,
}

/// A yes or no over all completions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flag {
    /// The answer.
    pub holds: bool,
    /// How well it is known.
    pub exactness: Exactness,
}

impl Flag {
    pub(super) fn exact(holds: bool) -> Self {
        Self { holds, exactness: Exactness::Exact }
    }

    /// "In some completion."
    pub(super) fn can(answer: Answer) -> Self {
        match answer {
            Answer::Yes => Self::exact(true),
            Answer::No => Self::exact(false),
            Answer::Open => Self { holds: true, exactness: Exactness::Bound },
        }
    }

    /// "In all completions", from whether it can fail.
    pub(super) fn certain(can_fail: Answer) -> Self {
        let can_fail = Self::can(can_fail);
        Self { holds: !can_fail.holds, exactness: can_fail.exactness }
    }
}

/// Everything about a contest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    /// By the figures that stand.
    pub standing: Standing,
    /// Whether the outcome that would be by the figures that stand can differ in some completion.
    pub can_change: Flag,
    /// Why.
    pub reasons: Vec<Reason>,
    /// By candidate, in ballot order.
    pub prospects: Vec<Prospect>,
    /// The leader against each other candidate.
    pub swings: Vec<Swing>,
    /// What is outstanding, by cause; only causes with stations.
    pub outstanding: Vec<Outstanding>,
}

/// What may still become of one candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prospect {
    /// The candidate.
    pub candidate: usize,
    /// Plurality: can have strictly more votes than everybody else. Otherwise: can meet both conditions.
    pub can_win: Flag,
    /// The same, in all completions.
    pub certain_to_win: Flag,
    /// What only one rule asks.
    pub further: Further,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// What only one rule asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Further {
    /// Plurality.
    Plurality {
        /// Can have the most votes together with another candidate.
        can_tie: Flag,
    },
    /// Majority with spread.
    Spread(SpreadProspect),
}

/// What majority with spread asks beyond winning outright.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpreadProspect {
    /// At most one candidate can have more votes: would go on to a run-off, ties included.
    pub can_be_in_first_two: Flag,
    /// The same, in all completions.
    pub certain_in_first_two: Flag,
    /// Can pass the majority, whatever becomes of the spread.
    pub can_pass_majority: bool,
    /// Passes the majority in all completions.
    pub certain_majority: bool,
    /// In how many areas the share is reached at least, in all completions.
    pub areas_least: u32,
    /// In how many areas the share can be reached at most.
    pub areas_most: u32,
}

/// Why, with the numbers for a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Nothing is missing, contested, disregarded or unreadable.
    NothingOutstanding,
    /// What is outstanding.
    Outstanding {
        /// The cause.
        cause: Cause,
        /// At how many stations.
        stations: u64,
        /// The most votes they can hold.
        votes_most: u64,
    },
    /// The lead against this candidate is larger than what can still move.
    LeadHolds {
        /// The other candidate.
        other: usize,
        /// The lead that stands.
        lead: i64,
        /// By how many votes it can fall.
        swing: i64,
    },
    /// The lead against this candidate can be lost or become a tie.
    LeadCanFall {
        /// The other candidate.
        other: usize,
        /// The lead that stands.
        lead: i64,
        /// By how many votes it can fall.
        swing: i64,
    },
    /// There can be votes where there are none now.
    VotesCanCome,
    /// The candidate of the outcome that would be can fail the rule.
    CanFail {
        /// The candidate.
        candidate: usize,
    },
    /// This candidate can meet the rule, and does not by the figures that stand or not alone.
    CanWin {
        /// The candidate.
        candidate: usize,
    },
    /// Nobody can meet both conditions: there is a run-off in every completion.
    NobodyCanWin,
    /// A candidate who is not tied for first, or not among the first two, can draw level with or pass one who is.
    CanDrawLevel {
        /// Who is not.
        candidate: usize,
        /// Who is.
        other: usize,
        /// By how many votes it can be ahead at most; zero is a tie.
        ahead_most: i64,
    },
    /// A candidate who is tied among the first can fall behind two others.
    CanLeaveFirstTwo {
        /// The candidate.
        candidate: usize,
    },
    /// Never strictly ahead of this rival.
    NeverAheadOf {
        /// The rival.
        rival: usize,
        /// By how many votes behind at least; zero is a tie.
        behind_least: i64,
    },
    /// Always strictly ahead of this rival.
    AlwaysAheadOf {
        /// The rival.
        rival: usize,
        /// By how many votes ahead at least.
        ahead_least: i64,
    },
    /// Ahead of each rival in some completion, and in none of all of them.
    NotAheadOfAllAtOnce,
    /// Not more than the majority even at best.
    MajorityOutOfReach {
        /// Votes at best.
        votes: u64,
        /// Of so many valid votes.
        valid: u64,
        /// The share to pass.
        majority: Fraction,
    },
    /// More than the majority even at worst.
    MajorityCertain {
        /// Votes at worst.
        votes: u64,
        /// Of so many valid votes.
        valid: u64,
        /// The share that is passed.
        majority: Fraction,
    },
    /// The majority depends on what is outstanding.
    MajorityUndecided {
        /// Votes and valid votes at worst.
        worst: (u64, u64),
        /// Votes and valid votes at best.
        best: (u64, u64),
        /// The share to pass.
        majority: Fraction,
    },
    /// Too few areas even at best.
    SpreadOutOfReach {
        /// Areas at best.
        areas_most: u32,
        /// Areas needed.
        needed: u32,
    },
    /// Enough areas even at worst.
    SpreadCertain {
        /// Areas at worst.
        areas_least: u32,
        /// Areas needed.
        needed: u32,
    },
    /// The spread depends on what is outstanding.
    SpreadUndecided {
        /// Areas at worst.
        areas_least: u32,
        /// Areas at best.
        areas_most: u32,
        /// Areas needed.
        needed: u32,
    },
    /// Each condition can be met, and never both at once: what helps the spread costs the majority.
    ConditionsNotTogether,
    /// A search passed its limit; a flag beside is a bound.
    SearchLimit,
}
