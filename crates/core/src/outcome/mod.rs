//! Who would be elected by the figures that stand, and whether that can still change
//! (`docs/reference/records.md`, "Can it still change?" and "Decision rules are data").
//!
//! Everything is an integer question over *completions*: one way in which every missing, contested, disregarded and
//! unreadable station may still turn out. A flag says what holds in some completion ("can") or in all ("certain").
//! The answers are exact; only where a search passes its limit does a flag say [`Exactness::Bound`], and then it errs
//! towards "can still change".
//!
//! This module knows no records, stations, registers or words: the ledger sums what is definite into [`Fixed`] figures,
//! hands over what is not as [`Unit`]s, and turns [`Reason`]s into sentences. It judges no finding and no law.

mod assess;
mod contest;
mod error;
mod frontier;
mod guess;
mod parts;
mod placement;
mod prospect;
mod reach;
mod spread;
mod standing;
mod swing;
mod votes;

pub use assess::{assess, assess_within};
pub use contest::{Cause, Choices, Contest, Figures, Fixed, Fraction, Rule, Unit};
pub use error::OutcomeError;
pub use frontier::Limits;
pub use prospect::{Assessment, Exactness, Flag, Further, Prospect, Reason, SpreadProspect};
pub use standing::{CandidateStanding, Outcome, Standing};
pub use swing::{CausePart, Outstanding, Swing};
