//! One batch's way into the ledger: each record is admitted at the very place where it will stand, and applied.
//!
//! Nothing is written here: [`crate::sequencer`] appends what a batch came to.

use crate::cores::OnAllCores;
use crate::refusal::Declined;
use crate::restore::public_blobs;
use crate::sequencer::{Batch, Submission};
use crate::shared::{Shared, read};
use crate::tables::StoredTables;
use crate::witnessing::{StandingHead, head_record};
use hakiki_core::kinds::{Body, Kind};
use hakiki_core::ledger::Admission;
use hakiki_core::{Ledger, Record, Refusal, VerifiedRecord};
use hakiki_store::PosixDisk;
use std::sync::{PoisonError, RwLockWriteGuard};

/// The ledger under its write lock, given up while a record with tables is checked: keys tables take seconds.
pub(crate) struct Fold<'a> {
    shared: &'a Shared,
    tables: StoredTables<PosixDisk>,
    ledger: Option<RwLockWriteGuard<'a, Ledger>>,
}

impl<'a> Fold<'a> {
    pub fn new(shared: &'a Shared) -> Self {
        Self { shared, tables: StoredTables(shared.blobs.clone()), ledger: None }
    }

    /// Admits and applies a submission, or notes its refusal.
    pub fn submission(&mut self, submission: Submission, batch: &mut Batch) {
        let Submission { record, note, answer } = submission;
        if let Some(place) = self.ledger().place_of(record.record().id()) {
            batch.answers.push((answer, Ok((place, true))));
            return;
        }
        match self.admit(&record).and_then(|admission| self.behind_a_head(&record, admission, batch)) {
            Ok(admission) => {
                batch.notes.push(record.record().note().as_bytes().to_vec());
                batch.applied.push(record.clone());
                batch.answers.push((answer, Ok((self.apply(record, admission), false))));
            }
            Err(refusal) => {
                batch.refused.push((note, record.keys().to_vec(), refusal.code));
                batch.answers.push((answer, Err(Declined { note: Some(note), refusal })));
            }
        }
    }

    /// A declaration speaks of a head: the newest that the quorum cosigned enters the log before it, so that nobody can say
    /// later that it was made before its forms were there. Gives the admission of the place that the record then has.
    fn behind_a_head(
        &mut self,
        record: &VerifiedRecord,
        admission: Admission,
        batch: &mut Batch,
    ) -> Result<Admission, Refusal> {
        if record.record().body().kind() != Kind::Declaration {
            return Ok(admission);
        }
        let recorded = self.ledger().heads().last().map_or(0, |entry| entry.head.size);
        let cosigned = self.shared.witnessed.borrow().cosigned.clone();
        match cosigned.filter(|cosigned| cosigned.published.head.size > recorded) {
            None => Ok(admission),
            Some(cosigned) => {
                self.head_record(&cosigned, batch);
                self.admit(record)
            }
        }
    }

    /// Adds a record by the log itself.
    pub fn own_record(&mut self, body: impl Into<Body>, batch: &mut Batch) -> Result<(), Refusal> {
        let fingerprint = *self.ledger().fingerprint();
        let record = Record::sign(&body.into(), Some(&fingerprint), &[&self.shared.log_key])?;
        self.ledger().check_common(&record)?;
        let verified = self.ledger().roster().verify(record).map_err(|(_, refusal)| refusal)?;
        let admission = self.admit(&verified)?;
        self.apply(verified.clone(), admission);
        batch.notes.push(verified.record().note().as_bytes().to_vec());
        batch.applied.push(verified);
        Ok(())
    }

    /// Adds a `head` record. An election that does not admit the kind goes without witnessed time.
    pub fn head_record(&mut self, head: &StandingHead, batch: &mut Batch) {
        let log_key = self.shared.log_key.verifier();
        let size = head.published.head.size;
        let policy = self.ledger().witness_policies().at(size).clone();
        let Some(body) = head_record(&head.published.checkpoint, &policy, log_key) else { return };
        match self.own_record(body, batch) {
            Ok(()) => tracing::debug!(size, "a head record"),
            Err(refusal) => tracing::debug!(size, %refusal, "a head record is not admitted"),
        }
    }

    fn ledger(&mut self) -> &mut Ledger {
        let lock = || self.shared.ledger.write().unwrap_or_else(PoisonError::into_inner);
        self.ledger.get_or_insert_with(lock)
    }

    fn admit(&mut self, record: &VerifiedRecord) -> Result<Admission, Refusal> {
        let kind = record.record().body().kind();
        if matches!(kind, Kind::RegisterRecord | Kind::Collation | Kind::Declaration) {
            // Nobody else writes, so the ledger is the same when the lock is taken again.
            self.ledger = None;
            return read(&self.shared.ledger).admit(record, &self.tables, &OnAllCores);
        }
        let Self { ledger, tables, shared } = self;
        let lock = || shared.ledger.write().unwrap_or_else(PoisonError::into_inner);
        ledger.get_or_insert_with(lock).admit(record, tables, &OnAllCores)
    }

    fn apply(&mut self, record: VerifiedRecord, admission: Admission) -> u64 {
        let named = public_blobs(record.record().body());
        if !named.is_empty() {
            self.shared.named.write().unwrap_or_else(PoisonError::into_inner).extend(named);
        }
        let place = admission.place();
        self.ledger().apply(record, admission);
        place
    }
}
