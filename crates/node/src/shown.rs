//! A second fold of the log, for pages and results: those who read it may take their time, and the sequencer never waits
//! for them.
//!
//! It goes forward only when the next snapshot is made, by the records that the sequencer has appended since.

use crate::shared::read;
use crate::tables::StoredTables;
use hakiki_core::roster::AdmittedBefore;
use hakiki_core::{Ledger, VerifiedRecord};
use hakiki_store::{Blobs, PosixDisk};
use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard};

/// The second fold, and the records that it has not taken yet.
pub(crate) struct Shown {
    ledger: RwLock<Ledger>,
    waiting: Mutex<Vec<VerifiedRecord>>,
    tables: StoredTables<PosixDisk>,
}

impl Shown {
    /// Goes on from a copy of the first fold.
    pub fn new(ledger: Ledger, blobs: Blobs<PosixDisk>) -> Self {
        Self { ledger: RwLock::new(ledger), waiting: Mutex::default(), tables: StoredTables(blobs) }
    }

    /// Records that were appended, in order.
    pub fn add(&self, appended: Vec<VerifiedRecord>) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).extend(appended);
    }

    /// The ledger, of a head that may be older than the newest.
    pub fn ledger(&self) -> RwLockReadGuard<'_, Ledger> {
        read(&self.ledger)
    }

    /// Takes what waits.
    pub fn advance(&self) {
        // The ledger's lock first: whoever finds nothing waiting then finds it applied, and in its order.
        let mut ledger = self.ledger.write().unwrap_or_else(PoisonError::into_inner);
        let waiting = std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        for record in waiting {
            // The first fold admitted it at this place, and the rules are a function of the log.
            match ledger.admit(&record, &self.tables, &AdmittedBefore) {
                Ok(admission) => ledger.apply(record, admission),
                Err(refusal) => {
                    tracing::error!(place = ledger.size(), %refusal, "the two folds of this node differ");
                    ledger.pass_inadmissible(&refusal);
                }
            }
        }
    }

    /// The ledger with at least `size` records, if they were appended.
    pub fn ledger_at(&self, size: u64) -> RwLockReadGuard<'_, Ledger> {
        if self.ledger().size() < size {
            self.advance();
        }
        self.ledger()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hakiki_core::fixture::{Fixture, Setting};
    use std::sync::Arc;

    /// Two readers asked for a head at once: one had taken the records that waited and not yet applied them, and the other
    /// counted without them. A rehearsal's totals were wrong for it, once in many.
    #[test]
    fn a_reader_never_sees_less_than_was_asked_for() {
        let fixture = Fixture::new(&Setting::default());
        let directory = tempfile::tempdir().unwrap();
        let blobs = || Blobs::new(Arc::new(PosixDisk::new(directory.path())));
        for _ in 0..200 {
            let ledger = fixture.ledger();
            let records: Vec<VerifiedRecord> = (0..4)
                .map(|station| fixture.signed_form(station, [1, 2, 3], 0))
                .map(|form| ledger.roster().verify(form).map_err(|(_, refusal)| refusal).unwrap())
                .collect();
            let wanted = ledger.size() + records.len() as u64;
            let shown = Shown::new(ledger, blobs());
            shown.add(records);
            std::thread::scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(|| assert_eq!(shown.ledger_at(wanted).size(), wanted));
                }
            });
        }
    }
}
