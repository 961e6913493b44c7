//! The audits of a head, each computed when it is first asked for: an audit of a nation is dear, and most pages need none.

use hakiki_audit::batch::Stage;
use hakiki_audit::of_log::{Audit, AuditError, BatchDifference, DraftError, differences};
use hakiki_core::Ledger;
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// What follows from one plan.
#[derive(Debug)]
pub(crate) struct Computed {
    pub audit: Result<Audit, AuditError>,
    /// Stations that were drawn, by index.
    drawn: BTreeSet<u32>,
}

/// One plan, as far as it was asked for.
#[derive(Debug, Default)]
struct Asked {
    computed: OnceLock<Computed>,
    differing: OnceLock<Result<Vec<BatchDifference>, DraftError>>,
}

/// Every plan before a head, in the order of the log.
#[derive(Debug)]
pub(crate) struct AuditIndex {
    size: u64,
    plans: Vec<Asked>,
}

impl AuditIndex {
    /// The plans before `size`; nothing is computed yet.
    pub fn new(ledger: &Ledger, size: u64) -> Self {
        let count = ledger.audit_plans().partition_point(|entry| entry.place < size);
        Self { size, plans: (0..count).map(|_| Asked::default()).collect() }
    }

    /// What follows from the plan at an index of the ledger's list.
    pub fn computed(&self, ledger: &Ledger, at: usize) -> &Computed {
        self.plans[at].computed.get_or_init(|| Computed::new(ledger, at, self.size))
    }

    /// How the plan's table differs from what stood.
    pub fn differing(&self, ledger: &Ledger, at: usize) -> &Result<Vec<BatchDifference>, DraftError> {
        self.plans[at].differing.get_or_init(|| differences(ledger, &ledger.audit_plans()[at]))
    }
}

impl Computed {
    fn new(ledger: &Ledger, at: usize, size: u64) -> Self {
        let audit = Audit::new(ledger, &ledger.audit_plans()[at], size);
        let mut drawn = BTreeSet::new();
        if let Ok(Audit { plan, progress: Ok(progress), .. }) = &audit {
            let batches = plan.contest().batches();
            let codes = progress.draws.iter().map(|draw| &batches[draw.item].code);
            drawn.extend(codes.filter_map(|code| ledger.register().station(code)));
        }
        Self { audit, drawn }
    }

    /// Whether a station's paper was drawn.
    pub fn has_drawn(&self, station: u32) -> bool {
        self.drawn.contains(&station)
    }

    /// Whether all paper is to be counted, or was.
    pub fn counts_all(&self) -> bool {
        let Ok(audit) = &self.audit else { return false };
        audit.progress.as_ref().map_or(true, |progress| {
            matches!(progress.stage, Stage::FullCount { .. } | Stage::Counted { .. })
        })
    }
}
