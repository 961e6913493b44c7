//! Views: what the ledger says as of a place. Pure functions of the ledger; the same in every copy.
//!
//! [`status`] puts each station into the partition; [`tally`] sums; [`interval`] says what unreadable boxes could hold;
//! [`finding`] lists differences; [`prospect`] asks whether the outcome can still change, [`prospect_area`] the same of an area
//! that decides by itself; [`results`] writes the canonical text that verifiers compare.

mod books;
pub mod finding;
mod finding_compared;
mod finding_conduct;
mod finding_later;
mod finding_paper;
pub mod interval;
pub mod prospect;
pub mod prospect_area;
pub mod prospect_text;
pub mod results;
pub mod standing_text;
pub mod status;
pub mod tally;

pub use finding::{Finding, findings};
pub use interval::Span;
pub use status::{Selection, StationView, Status};
pub use tally::{BoxSum, ContestView, Tally};
