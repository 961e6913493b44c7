//! Was the count right: audits that draw paper, quick counts, and statistics of tables that accuse nobody.
//!
//! Pure functions of plain data, from the published formulas (each module names its paper). It reads no file, knows no
//! clock and draws nothing by chance: every sample follows from digits thrown in public (`docs/reference/audit.md`). The
//! statistics take contests as counts by batch; only [`of_log`] knows a ledger, and makes them of it.
//!
//! - [`sample`]: from the digits of dice to drawn stations, by SHA-256 and exact integers.
//! - [`contest`], [`assertion`], [`rule`]: what was reported, and what must be true for the reported outcome to stand.
//! - [`batch`]: comparison of drawn stations with their paper: how many, which, and the risk that remains.
//! - [`martingale`]: the sequential tests beneath (ALPHA, betting, Kaplan–Markov). [`polling`], [`stopping`], [`comparison`],
//!   [`one_audit`]: audits that draw single ballots.
//! - [`of_log`]: where an audit stands whose plan, seed and counts are in a log.
//! - [`quick_count`]: an estimate of the result from a sample of stations, with what it cannot decide.
//! - [`forensics`]: indicators with their null hypotheses; never a verdict.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod assertion;
pub mod batch;
pub mod comparison;
pub mod contest;
#[cfg(feature = "fixture")]
pub mod fixture;
pub mod forensics;
pub mod martingale;
pub mod numeric;
pub mod of_log;
pub mod one_audit;
pub mod polling;
pub mod quick_count;
pub mod rule;
pub mod sample;
pub mod share;
pub mod stopping;

pub use assertion::{Assertion, Claim};
pub use contest::{Batch, Contest, ContestError, Tally};
pub use share::{Share, ShareError};
