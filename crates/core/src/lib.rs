//! Records, the ledger and its views: the pure core of Hakiki.
//!
//! A record is a signed note; the log is the list of records; the ledger is a pure function of that list. The node, a
//! mirror, the verifier and a test run this same code over the same bytes. It knows no clock, disk, network, randomness
//! or thread.
//!
//! - [`record`]: parsing and signing one record. [`kinds`]: one file for each kind. [`text`]: the canonical text.
//! - [`ledger`]: admission and application, in the order of the log. [`roster`], [`register`], [`table`].
//! - [`view`]: tallies, findings and results as of a place. [`outcome`]: who wins, and whether it can still change.
//! - [`codes`]: the stable codes of refusals and findings.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod codes;
pub mod establish;
pub mod fingerprint;
#[cfg(any(test, feature = "fixture"))]
pub mod fixture;
pub mod kinds;
pub mod ledger;
pub mod outcome;
pub mod record;
pub mod register;
pub mod roster;
pub mod table;
pub mod text;
mod unfinished;
mod unicode_12_1;
pub mod view;
pub mod witness_policy;

pub use codes::{FindingCode, Refusal, RefusalCode};
pub use ledger::Ledger;
pub use record::{Record, VerifiedRecord};
pub use unfinished::Unfinished;
pub use witness_policy::{Cosigned, HeadStanding, PolicyHistory, Witness, WitnessPolicy};
