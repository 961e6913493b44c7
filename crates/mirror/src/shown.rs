//! A second fold of the log, for pages and results: those who read it may take their time, and the first never waits for
//! them. It goes forward only when the next snapshot is made.

use crate::shared::read;
use hakiki_core::roster::AdmittedBefore;
use hakiki_core::table::Tables;
use hakiki_core::{Ledger, Refusal, VerifiedRecord};
use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard};

/// What the first fold did.
pub(crate) enum Step {
    /// It applied a record.
    Applied(Box<VerifiedRecord>),
    /// It passed an entry that the rules refuse.
    Passed(Refusal),
}

/// The second fold, and what it has not taken yet.
pub(crate) struct Shown {
    ledger: RwLock<Ledger>,
    waiting: Mutex<Vec<Step>>,
}

impl Shown {
    /// Goes on from a copy of the first fold.
    pub fn new(ledger: Ledger) -> Self {
        Self { ledger: RwLock::new(ledger), waiting: Mutex::default() }
    }

    /// What the first fold did, in order.
    pub fn add(&self, steps: Vec<Step>) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).extend(steps);
    }

    /// The ledger, of a head that may be older than the newest.
    pub fn ledger(&self) -> RwLockReadGuard<'_, Ledger> {
        read(&self.ledger)
    }

    /// The ledger with all that was folded.
    pub fn newest(&self, tables: &dyn Tables) -> RwLockReadGuard<'_, Ledger> {
        {
            // Before what waits is taken, so that two who come here keep the order.
            let mut ledger = self.ledger.write().unwrap_or_else(PoisonError::into_inner);
            let waiting = std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
            for step in waiting {
                match step {
                    Step::Passed(refusal) => ledger.pass_inadmissible(&refusal),
                    // The first fold admitted it at this place, and the rules are a function of the log.
                    Step::Applied(record) => match ledger.admit(&record, tables, &AdmittedBefore) {
                        Ok(admission) => ledger.apply(*record, admission),
                        Err(refusal) => {
                            tracing::error!(place = ledger.size(), %refusal, "the two folds of this mirror differ");
                            ledger.pass_inadmissible(&refusal);
                        }
                    },
                }
            }
        }
        self.ledger()
    }
}
