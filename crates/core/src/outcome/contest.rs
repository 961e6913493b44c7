//! The question: a decision rule, the figures that stand, and what can still move.
//!
//! Rules are data (`docs/reference/records.md`, "Decision rules are data"); Kenya's presidency is
//! [`Rule::kenya_president`], Constitution of Kenya 2010, Article 138(4).

use super::error::OutcomeError;

/// An exact share, `numerator / denominator`, above zero and below one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fraction {
    /// Above zero.
    pub numerator: u32,
    /// Above the numerator.
    pub denominator: u32,
}

/// How a contest is decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// Most votes; a tie is shown as one. Only one seat is known.
    Plurality {
        /// Always 1.
        seats: u32,
    },
    /// Strictly more than `majority` of the valid votes, and at least `share` of them in at least `areas_at_least` of
    /// the spread areas; otherwise a run-off of the first two.
    MajorityWithSpread {
        /// To be passed: exactly this share is not enough.
        majority: Fraction,
        /// To be reached: exactly this share counts. An area where the candidate has no vote is never met.
        share: Fraction,
        /// In how many areas `share` is needed.
        areas_at_least: u32,
        /// How many areas there are; they are numbered from 0.
        area_count: u32,
    },
}

impl Rule {
    /// More than half, and a quarter in 24 of 47 counties.
    pub const fn kenya_president() -> Self {
        Self::MajorityWithSpread {
            majority: Fraction { numerator: 1, denominator: 2 },
            share: Fraction { numerator: 1, denominator: 4 },
            areas_at_least: 24,
            area_count: 47,
        }
    }

    /// The number of spread areas; none under plurality.
    pub(super) fn area_count(&self) -> usize {
        match self {
            Self::Plurality { .. } => 0,
            Self::MajorityWithSpread { area_count, .. } => *area_count as usize,
        }
    }

    pub(super) fn check(&self) -> Result<(), OutcomeError> {
        match *self {
            Self::Plurality { seats: 1 } => Ok(()),
            Self::Plurality { seats } => Err(OutcomeError::Seats { seats }),
            Self::MajorityWithSpread { majority, share, areas_at_least, area_count } => {
                for fraction in [majority, share] {
                    if fraction.numerator == 0 || fraction.numerator >= fraction.denominator {
                        return Err(OutcomeError::Fraction { fraction });
                    }
                }
                if areas_at_least > area_count {
                    return Err(OutcomeError::AreasNeeded { needed: areas_at_least, area_count });
                }
                Ok(())
            }
        }
    }
}

/// Votes of each candidate, and the valid votes that shares are taken of.
///
/// `valid` is the figure the rule uses. It need not equal the sum of the votes: a form can say otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// One number a candidate, in ballot order.
    pub votes: Vec<u64>,
    /// Valid votes.
    pub valid: u64,
}

impl Figures {
    /// No votes at all.
    pub fn zero(candidates: usize) -> Self {
        Self { votes: vec![0; candidates], valid: 0 }
    }

    /// Adds another set of figures, box by box. Both have the same candidates.
    pub(super) fn add(&mut self, other: &Self) -> Result<(), OutcomeError> {
        for (mine, theirs) in self.votes.iter_mut().zip(&other.votes) {
            *mine = mine.checked_add(*theirs).ok_or(OutcomeError::Overflow)?;
        }
        self.valid = self.valid.checked_add(other.valid).ok_or(OutcomeError::Overflow)?;
        Ok(())
    }
}

/// The sum of stations whose figures are definite and stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fixed {
    /// The spread area, or none: then it counts nationally only (Kenya's diaspora and prisons are no counties).
    pub spread_area: Option<u32>,
    /// Their sum.
    pub figures: Figures,
}

/// Why a station's figures are not definite, in the order in which it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// No form has come.
    Missing,
    /// Two or more versions, and no ruling.
    Contested,
    /// Disregarded by ruling; it could be reinstated.
    Disregarded,
    /// Boxes that are blank, dashed or illegible.
    Unreadable,
}

/// What the figures of a unit may be in the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choices {
    /// Any votes whose sum is at most `most`; the valid votes are that sum. It may stay 0.
    /// By the figures that stand it counts nothing.
    Missing {
        /// Registered voters, or the station's cap.
        most: u64,
    },
    /// One of these. A disregarded station is zero or its figures. By the figures that stand it counts nothing.
    OneOf(Vec<Figures>),
    /// Integer votes within their intervals, ends included, whose sum lies within `sum`.
    /// By the figures that stand it counts the least that each box can hold.
    Open {
        /// Least and most of each candidate.
        votes: Vec<(u64, u64)>,
        /// Least and most of their sum.
        sum: (u64, u64),
        /// The total that is written, if it is readable; else the valid votes are the sum.
        valid: Option<u64>,
    },
}

/// One thing that can still move: a station, or several missing ones of one area together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// The spread area, or none: then it counts nationally only.
    pub spread_area: Option<u32>,
    /// Why it is not definite.
    pub cause: Cause,
    /// How many stations it stands for; more than one only for `Missing`.
    pub stations: u32,
    /// What it may be.
    pub choices: Choices,
}

/// All that a contest's outcome depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contest {
    /// How many candidates, numbered from 0 in ballot order.
    pub candidates: usize,
    /// What is definite. Several entries of one area are summed.
    pub fixed: Vec<Fixed>,
    /// What can still move.
    pub units: Vec<Unit>,
}
