//! Founding a log: many records at once, with every check, before anybody listens.
//!
//! For demonstrations, imports and the set-up of an election. Signatures are verified on all cores, in chunks that end
//! behind each record that brings keys; admission and application go in order.

use crate::cores::{OnAllCores, map_chunks};
use crate::error::NodeError;
use crate::published::sign_head;
use crate::tables::StoredTables;
use hakiki_core::kinds::Body;
use hakiki_core::{Ledger, Record, Refusal, VerifiedRecord};
use hakiki_note::{Hash, SigningKey};
use hakiki_store::{Blobs, Log, PosixDisk, StoreError};
use hakiki_tlog::Origin;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// Records of one append: 4,096 forms are some 8 MiB and two syncs.
const CHUNK_RECORDS: usize = 4096;
/// Bytes of one append; a store takes 64 MiB.
const CHUNK_BYTES: usize = 32 * 1024 * 1024;

/// Makes a log in `dir`: stores the tables, then admits, applies and appends each record in order.
///
/// Refuses a directory that holds a log (S107). A record that the rules refuse ends it (N107); what stood before it is in
/// the log then, and the directory is best removed.
pub fn found_log(
    dir: &Path,
    log_key: &SigningKey,
    records: impl IntoIterator<Item = Record>,
    tables: &BTreeMap<Hash, Vec<u8>>,
) -> Result<Ledger, NodeError> {
    let mut records = records.into_iter();
    let empty = || NodeError::Empty { path: dir.to_owned() };
    let first = records.next().ok_or_else(empty)?;
    let note = first.note().as_bytes().to_vec();
    let ledger = Ledger::begin(first).map_err(|refusal| NodeError::Refused { place: 0, refusal })?;
    check_log_key(&ledger, log_key)?;
    let origin = origin(log_key)?;
    let sign = &mut sign_head(&origin, log_key);
    let log = Log::create(Arc::new(PosixDisk::new(dir)), &origin, sign)?;
    put_tables(&log.blobs(), tables)?;
    let mut founding = Founding { tables: StoredTables(log.blobs()), log, ledger, notes: vec![note] };
    loop {
        let (chunk, more) = next_chunk(&mut records);
        founding.admit(chunk)?;
        if !founding.notes.is_empty() {
            founding.log.append(std::mem::take(&mut founding.notes), sign)?;
        }
        if !more {
            break;
        }
    }
    founding.log.settle()?;
    Ok(founding.ledger)
}

/// The log's key must be the one that entry 0 names.
pub(crate) fn check_log_key(ledger: &Ledger, key: &SigningKey) -> Result<(), NodeError> {
    let expected = &ledger.election().log_key;
    if expected == key.verifier() {
        return Ok(());
    }
    Err(NodeError::LogKey { found: key.verifier().to_string(), expected: expected.to_string() })
}

/// The origin of a log by its key.
pub(crate) fn origin(key: &SigningKey) -> Result<Origin, NodeError> {
    let wrong = |e: hakiki_tlog::OriginError| NodeError::LogKey {
        found: key.verifier().to_string(),
        expected: e.to_string(),
    };
    Origin::new(key.name().as_str()).map_err(wrong)
}

/// Whether a record can bring keys that later records are signed with.
fn brings_keys(record: &Record) -> bool {
    matches!(record.body(), Body::RegisterRecord(_) | Body::KeyRecord(_) | Body::Amend(_))
}

/// The next records, and whether there may be more.
fn next_chunk(records: &mut impl Iterator<Item = Record>) -> (Vec<Record>, bool) {
    let (mut chunk, mut bytes) = (Vec::new(), 0);
    for record in records.by_ref() {
        bytes += record.note().len();
        let ends = brings_keys(&record);
        chunk.push(record);
        if ends || chunk.len() >= CHUNK_RECORDS || bytes >= CHUNK_BYTES {
            return (chunk, true);
        }
    }
    (chunk, false)
}

fn put_tables(blobs: &Blobs<PosixDisk>, tables: &BTreeMap<Hash, Vec<u8>>) -> Result<(), NodeError> {
    let put = |chunk: Vec<(&Hash, &Vec<u8>)>| {
        chunk.into_iter().map(|(hash, bytes)| blobs.put_blob(*hash, bytes)).collect::<Vec<_>>()
    };
    let done = map_chunks(tables.iter().collect(), put);
    Ok(done.into_iter().collect::<Result<(), StoreError>>()?)
}

struct Founding {
    log: Log<PosixDisk>,
    ledger: Ledger,
    tables: StoredTables<PosixDisk>,
    /// Notes that are applied and not yet appended.
    notes: Vec<Vec<u8>>,
}

impl Founding {
    fn admit(&mut self, chunk: Vec<Record>) -> Result<(), NodeError> {
        let roster = self.ledger.roster();
        let verified = map_chunks(chunk, |chunk| {
            chunk.into_iter().map(|record| roster.verify(record).map_err(|(_, refusal)| refusal)).collect()
        });
        for record in verified {
            let place = self.ledger.size();
            self.admit_one(record).map_err(|refusal| NodeError::Refused { place, refusal })?;
        }
        Ok(())
    }

    fn admit_one(&mut self, verified: Result<VerifiedRecord, Refusal>) -> Result<(), Refusal> {
        let verified = verified?;
        let admission = self.ledger.admit(&verified, &self.tables, &OnAllCores)?;
        self.notes.push(verified.record().note().as_bytes().to_vec());
        self.ledger.apply(verified, admission);
        Ok(())
    }
}
