//! What is wrong with a question. None of these depends on how the votes fell; each is a caller's mistake or a record
//! that should have been refused before it was counted.

use super::contest::Fraction;

/// A question that has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OutcomeError {
    /// A contest to which no rule is applied: totals only.
    #[error("no decision rule is applied to this contest; its totals are all that is said")]
    NoRule,
    /// A contest without candidates.
    #[error("found no candidates, expected at least one; read the register of candidates first")]
    NoCandidates,
    /// Plurality of more than one seat.
    #[error("found {seats} seats, expected 1; give each seat its own contest")]
    Seats {
        /// As given.
        seats: u32,
    },
    /// A share that is not between zero and one.
    #[error(
        "found the share {}/{}, expected one above zero and below one; correct the contest's rule",
        .fraction.numerator, .fraction.denominator
    )]
    Fraction {
        /// As given.
        fraction: Fraction,
    },
    /// More areas needed than there are.
    #[error("the rule needs {needed} areas of {area_count}; correct the contest's rule")]
    AreasNeeded {
        /// Needed.
        needed: u32,
        /// Present.
        area_count: u32,
    },
    /// An area outside the rule's areas.
    #[error("found spread area {area}, expected one below {area_count}; correct the table of areas")]
    Area {
        /// As given.
        area: u32,
        /// Present.
        area_count: u32,
    },
    /// Figures for another number of candidates.
    #[error("found figures for {found} candidates, expected {expected}; match them to the ballot first")]
    Boxes {
        /// As given.
        found: usize,
        /// Candidates of the contest.
        expected: usize,
    },
    /// A contested unit with no version.
    #[error("unit {unit} is one of no versions, expected at least one; leave the unit out")]
    NoVersion {
        /// Its place in the list.
        unit: usize,
    },
    /// No votes lie within the intervals.
    #[error(
        "unit {unit} has no votes that fit its intervals and its sum; treat its boxes as unreadable up to the station's cap"
    )]
    Infeasible {
        /// Its place in the list.
        unit: usize,
    },
    /// A sum past 64 bits.
    #[error("a sum of votes passes 64 bits; figures of this size are not a count of people")]
    Overflow,
}

impl OutcomeError {
    /// A stable name for logs and screens.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoRule => "outcome-no-rule",
            Self::NoCandidates => "outcome-no-candidates",
            Self::Seats { .. } => "outcome-seats",
            Self::Fraction { .. } => "outcome-fraction",
            Self::AreasNeeded { .. } => "outcome-areas-needed",
            Self::Area { .. } => "outcome-area",
            Self::Boxes { .. } => "outcome-boxes",
            Self::NoVersion { .. } => "outcome-no-version",
            Self::Infeasible { .. } => "outcome-infeasible",
            Self::Overflow => "outcome-overflow",
        }
    }
}
