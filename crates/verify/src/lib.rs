//! The stranger's check: whether a log, in a directory or at an address, is what its head says, and what it adds up to.
//!
//! Implements the list V of `docs/reference/checks.md`. [`verify`] reads everything once, in the order of the log, and
//! makes a [`Report`] that can be printed in each language and as JSON. It shares the pure core with the node and never
//! its store: what it reads comes from `fetch.rs` and is trusted by nothing but its hash.
//!
//! What the user knows besides (heads, receipts, stamps, a memory of earlier runs, witnesses and mirrors to ask) is a
//! [`Known`]; [`verify_with`] holds the log against it, and gives evidence where a promise was broken.
//!
//! [`open_archive`] makes one file of a log up to a head, which is then a source like any other.
//!
//! What it does not do: it writes no file but that one, and judges nobody. The memory for the next run is given back as a value.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod altered;
mod archived;
mod asking;
mod audits;
mod blob;
mod change;
mod check;
mod chunk;
mod claims;
mod compare;
mod contest;
mod fetch;
mod fold;
mod follow;
mod gather;
mod head;
mod heads;
mod json;
mod judge;
mod known;
mod logs;
mod opening;
mod options;
mod outside;
mod presented;
mod reading;
mod recount;
mod report;
mod rows;
mod run;
mod sealed;
mod stamped;
mod text;
mod tree;
mod verdict;

pub use check::{Check, CheckResult, ParseCheckError, Status};
pub use contest::{
    CandidateReport, ClassCounts, ContestReport, OutcomeReport, PartitionReport, StandingOutcome, WrittenBox,
};
pub use follow::{FollowError, Followed, follow};
pub use known::{Given, Known, Memory, MemoryError};
pub use logs::{LogSide, LogsCompared, RecordShown, Relation, compare_logs};
pub use opening::{At, Maker, OpenError, Opened, Opening, open_archive};
pub use options::{Options, Phase, Program, Progress, Quiet, Source};
pub use presented::{Entry, HeadShown, LineDiffers, Nearest, Presented, Standing, present};
pub use reading::{Reading, ReadingError};
pub use report::{AnnexReport, ArchiveReport, Report, Timings};
pub use rows::{Parted, Rows, RowsError, part};
pub use run::{verify, verify_with};
pub use stamped::Stamped;
