//! The report: every check with what became of it, and what the log adds up to.

use crate::change::ChangeLine;
use crate::check::{Check, CheckResult, Status};
use crate::contest::ContestReport;
use crate::known::Memory;
use crate::options::Program;
use crate::stamped::Stamped;
use hakiki_archive::Annex;
use hakiki_core::Ledger;
use hakiki_core::codes::FindingCode;
use hakiki_core::kinds::Mode;
use hakiki_evidence::Evidence;
use hakiki_note::{Hash, VerifierKey};
use hakiki_tlog::tree::Head;
use std::collections::{BTreeMap, BTreeSet};

/// How long each part took, in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Timings {
    /// Head and tiles above the leaves.
    pub tiles_ms: u64,
    /// Bundles, signatures, fold.
    pub records_ms: u64,
    /// Results, findings and the checks of the whole.
    pub results_ms: u64,
    /// Everything.
    pub total_ms: u64,
}

/// The parts of an archive, each named by the SHA-256 of its list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveReport {
    /// The log, its tables and what they come to.
    pub core: Hash,
    /// Photographs and words; none where the archive was made without.
    pub blobs: Option<Hash>,
    /// Who signed the annex; none where nobody did.
    pub maker: Option<VerifierKey>,
    /// What its maker says of who was asked for a head; none where the archive has no annex.
    pub annex: Option<AnnexReport>,
}

/// An annex whose files are those that it lists, with the heads read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnnexReport {
    /// As its maker wrote it.
    pub annex: Annex,
    /// The heads that were given, by their numbers: each signed by the log's key.
    pub heads: Vec<Head>,
}

/// What a run found.
#[derive(Debug)]
pub struct Report {
    /// Who made it.
    pub program: Program,
    /// Where it was read from.
    pub source: String,
    /// The log's origin, as the head claims.
    pub origin: Option<String>,
    /// The head as read; whether it is signed is V02.
    pub head: Option<Head>,
    /// The id of entry 0.
    pub fingerprint: Option<Hash>,
    /// The election's title.
    pub title: Option<String>,
    /// Live or rehearsal.
    pub mode: Option<Mode>,
    /// The commission; none for a compilation by others, and where no election was read.
    pub authority: Option<String>,
    /// Every check of the list, in its order.
    pub checks: Vec<CheckResult>,
    /// Every contest; empty where the log could not be folded to its end.
    pub contests: Vec<ContestReport>,
    /// How often each finding was found; all of them.
    pub findings: BTreeMap<FindingCode, u64>,
    /// What changed since the fingerprint, a line each, in English.
    pub changes: Vec<String>,
    /// How long it took.
    pub timings: Timings,
    /// What a third person can check against the log, each checked once already.
    pub evidence: Vec<Evidence>,
    /// Every good stamp among those that were given, in the order of the intakes' clocks.
    pub stamped: Vec<Stamped>,
    /// What to remember until the next run.
    pub memory: Memory,
    /// The parts of an archive that is as its lists say; none of other sources.
    pub archive: Option<ArchiveReport>,
    /// The fold of the whole log; none where it could not be folded to its end.
    pub ledger: Option<Ledger>,
    pub(crate) change_lines: Vec<ChangeLine>,
}

impl Report {
    /// What became of a check.
    pub fn check(&self, code: Check) -> Option<&CheckResult> {
        self.checks.iter().find(|check| check.code == code)
    }

    /// How many checks have a status.
    pub fn count(&self, status: Status) -> u64 {
        self.checks.iter().filter(|check| check.status == status).count() as u64
    }

    /// 1 if any check failed; 2 if an input that a check needs is missing or cannot be read, or if a required check was
    /// not made; 0 otherwise. Findings never change it.
    pub fn exit_code(&self, require: &BTreeSet<Check>) -> i32 {
        let lacks = |check: &CheckResult| {
            check.status == Status::NotChecked && (check.input_missing || require.contains(&check.code))
        };
        if self.count(Status::Failed) > 0 {
            1
        } else if self.checks.iter().any(lacks) {
            2
        } else {
            0
        }
    }
}
