//! The stranger's check: whether a log, in a directory or at an address, is what its head says, and what it adds up to.
//!
//! Implements the list V of `docs/reference/checks.md`. [`verify`] reads everything once, in the order of the log, and
//! makes a [`Report`] that can be printed in each language and as JSON. It shares the pure core with the node and never
//! its store: what it reads comes from `fetch.rs`, the one file here with input and output, and is trusted by nothing
//! but its hash.
//!
//! What it does not do: it keeps no memory between runs, asks no witness, and judges nobody.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod blob;
mod change;
mod check;
mod chunk;
mod claims;
mod contest;
mod fetch;
mod fold;
mod head;
mod json;
mod judge;
mod options;
mod recount;
mod report;
mod run;
mod text;
mod tree;

pub use check::{Check, CheckResult, ParseCheckError, Status};
pub use contest::{
    CandidateReport, ClassCounts, ContestReport, OutcomeReport, PartitionReport, StandingOutcome, WrittenBox,
};
pub use options::{Options, Phase, Program, Progress, Quiet, Source};
pub use report::{Report, Timings};
pub use run::verify;
