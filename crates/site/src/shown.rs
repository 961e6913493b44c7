//! A second fold of the log, for pages and results: those who read it may take their time, and whoever writes the log never
//! waits for them.
//!
//! It goes forward when somebody looks, or when much waits, by what the first fold did since.

use hakiki_core::roster::AdmittedBefore;
use hakiki_core::table::Tables;
use hakiki_core::{Ledger, Refusal, VerifiedRecord};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard};

/// Steps after which the fold goes forward although nobody looks: some MiB of records.
const STEPS_WAITING: usize = 1024;

/// What the first fold did.
#[derive(Debug)]
pub enum Step {
    /// It applied a record.
    Applied(Box<VerifiedRecord>),
    /// It passed an entry that the rules refuse.
    Passed(Refusal),
}

impl From<VerifiedRecord> for Step {
    fn from(record: VerifiedRecord) -> Self {
        Self::Applied(Box::new(record))
    }
}

/// The second fold, and what it has not taken yet.
#[derive(Debug)]
pub struct Shown {
    ledger: RwLock<Ledger>,
    waiting: Mutex<Vec<Step>>,
    count: AtomicUsize,
}

impl Shown {
    /// Goes on from a copy of the first fold.
    pub fn new(ledger: Ledger) -> Self {
        Self { ledger: RwLock::new(ledger), waiting: Mutex::default(), count: AtomicUsize::new(0) }
    }

    /// What the first fold did, in order. Never waits for who reads.
    pub fn add(&self, steps: Vec<impl Into<Step>>) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.extend(steps.into_iter().map(Into::into));
        self.count.store(waiting.len(), Ordering::Relaxed);
    }

    /// The ledger, of a head that may be older than the newest.
    pub fn ledger(&self) -> RwLockReadGuard<'_, Ledger> {
        self.ledger.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The ledger with at least `size` entries, if the first fold has done so many.
    pub fn ledger_at(&self, size: u64, tables: &dyn Tables) -> RwLockReadGuard<'_, Ledger> {
        if self.ledger().size() < size {
            self.advance(tables);
        }
        self.ledger()
    }

    /// Whether so much waits that it should go forward.
    pub fn is_behind(&self) -> bool {
        self.count.load(Ordering::Relaxed) >= STEPS_WAITING
    }

    /// Takes what waits.
    pub fn advance(&self, tables: &dyn Tables) {
        // The ledger's lock first: whoever finds nothing waiting then finds it applied, and in its order.
        let mut ledger = self.ledger.write().unwrap_or_else(PoisonError::into_inner);
        let waiting = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            self.count.store(0, Ordering::Relaxed);
            std::mem::take(&mut *waiting)
        };
        for step in waiting {
            match step {
                Step::Passed(refusal) => ledger.pass_inadmissible(&refusal),
                // The first fold admitted it at this place, and the rules are a function of the log.
                Step::Applied(record) => match ledger.admit(&record, tables, &AdmittedBefore) {
                    Ok(admission) => ledger.apply(*record, admission),
                    Err(refusal) => {
                        tracing::error!(place = ledger.size(), %refusal, "the two folds of this process differ");
                        ledger.pass_inadmissible(&refusal);
                    }
                },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hakiki_core::fixture::{Fixture, Setting};

    /// Two readers asked for a head at once: one had taken the records that waited and not yet applied them, and the other
    /// counted without them. A rehearsal's totals were wrong for it, once in many.
    #[test]
    fn a_reader_never_sees_less_than_was_asked_for() {
        let fixture = Fixture::new(&Setting::default());
        for _ in 0..200 {
            let ledger = fixture.ledger();
            let records: Vec<VerifiedRecord> = (0..4)
                .map(|station| fixture.signed_form(station, [1, 2, 3], 0))
                .map(|form| ledger.roster().verify(form).map_err(|(_, refusal)| refusal).unwrap())
                .collect();
            let wanted = ledger.size() + records.len() as u64;
            let shown = Shown::new(ledger);
            shown.add(records);
            std::thread::scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(|| assert_eq!(shown.ledger_at(wanted, &fixture.tables).size(), wanted));
                }
            });
        }
    }
}
