//! The fold of what is held: signatures on all cores, admission in the order of the log.
//!
//! An entry that the rules refuse is told (F204) and passed: it stays in the copy, since it was signed. A table that cannot be
//! had stops the fold, and with it cosigning, but not the copying.

use crate::alarm::AlarmKind;
use crate::error::MirrorError;
use crate::fetched::{Fetched, FetchedTables};
use crate::restore::entries_from;
use crate::shared::{Shared, read, write};
use hakiki_core::codes::RefusalCode;
use hakiki_core::kinds::Body;
use hakiki_core::roster::{Claim, KeyChecker};
use hakiki_core::{Record, Refusal, VerifiedRecord};
use hakiki_note::{DecodedKey, Hash, SignatureError};
use hakiki_site::Step;
use rayon::prelude::*;

/// An entry, parsed.
pub(crate) type Parsed = Result<Record, Refusal>;

/// Parses entries on all cores.
pub(crate) fn parse(entries: &[Vec<u8>]) -> Vec<Parsed> {
    entries.par_iter().map(|entry| Record::parse(entry)).collect()
}

/// Folds entries from place `first` on. Where the fold is behind, they are left for [`catch_up`]. Says whether it is at
/// their end.
pub(crate) fn fold(shared: &Shared, first: u64, parsed: Vec<Parsed>) -> bool {
    if read(&shared.ledger).size() != first {
        return false;
    }
    let tables = FetchedTables::new(&shared.fetcher, &shared.alarms);
    let mut rest = parsed;
    while !rest.is_empty() {
        // Keys that a record brings are needed for what stands behind it.
        let end = rest.iter().position(brings_keys).map_or(rest.len(), |at| at + 1);
        let behind = rest.split_off(end);
        if !fold_segment(shared, rest, &tables) {
            return false;
        }
        rest = behind;
    }
    true
}

/// Folds what is held and was not folded. Says whether it is at the end.
pub(crate) fn catch_up(shared: &Shared) -> Result<bool, MirrorError> {
    loop {
        let (first, held) = (read(&shared.ledger).size(), shared.held.tree().size());
        if first >= held {
            return Ok(true);
        }
        let entries = entries_from(&shared.reader, first, held)?;
        if !fold(shared, first, parse(&entries)) {
            return Ok(false);
        }
    }
}

fn brings_keys(parsed: &Parsed) -> bool {
    let bring = |body: &Body| matches!(body, Body::RegisterRecord(_) | Body::KeyRecord(_) | Body::Amend(_));
    parsed.as_ref().is_ok_and(|record| bring(record.body()))
}

/// Folds entries that bring keys at most at their end.
fn fold_segment(shared: &Shared, segment: Vec<Parsed>, tables: &FetchedTables<'_>) -> bool {
    let verified: Vec<Result<VerifiedRecord, Refusal>> = {
        let ledger = read(&shared.ledger);
        let verify = |parsed: Parsed| {
            let record = parsed?;
            ledger.roster().verify(record).map_err(|(record, refusal)| {
                // A record of another election is refused as that, not for its signers.
                ledger.check_common(&record).err().unwrap_or(refusal)
            })
        };
        segment.into_par_iter().map(verify).collect()
    };
    let mut steps = Vec::with_capacity(verified.len());
    let mut is_whole = true;
    for record in verified {
        let Some(step) = fold_one(shared, record, tables) else {
            is_whole = false;
            break;
        };
        steps.push(step);
    }
    shared.shown.add(steps);
    shared.held.set_folded(read(&shared.ledger).size());
    is_whole
}

/// Folds one entry; none if a table is not to be had.
fn fold_one(
    shared: &Shared,
    verified: Result<VerifiedRecord, Refusal>,
    tables: &FetchedTables<'_>,
) -> Option<Step> {
    let refusal = match verified {
        Ok(record) => {
            read_ahead(tables, record.record().body());
            tables.take_lacking();
            let admission = read(&shared.ledger).admit(&record, tables, &OnAllCores);
            match (admission, tables.take_lacking()) {
                (Ok(admission), _) => {
                    let about = lacking_about(admission.place());
                    shared.alarms.lower(AlarmKind::Lacking, &about);
                    let step = Step::Applied(Box::new(record.clone()));
                    let body = record.record().body().clone();
                    write(&shared.ledger).apply(record, admission);
                    shared.images.want(&body, &read(&shared.ledger));
                    return Some(step);
                }
                (Err(refusal), Some((hash, fetched))) if refusal.code == RefusalCode::R305 => {
                    let place = read(&shared.ledger).size();
                    // A log that does not answer keeps nothing back.
                    if fetched == Fetched::Absent {
                        let found = format!(
                            "the record at place {place} needs the table {hash}, which is not served"
                        );
                        shared.alarms.raise(AlarmKind::Lacking, lacking_about(place), found);
                    }
                    return None;
                }
                (Err(refusal), _) => refusal,
            }
        }
        Err(refusal) => refusal,
    };
    let place = read(&shared.ledger).size();
    let found = format!("F204: the rules refuse the record at place {place}: {refusal}");
    shared.alarms.raise(AlarmKind::Inadmissible, format!("place {place}"), found);
    write(&shared.ledger).pass_inadmissible(&refusal);
    Some(Step::Passed(refusal))
}

fn lacking_about(place: u64) -> String {
    format!("place {place}")
}

fn read_ahead(tables: &FetchedTables<'_>, body: &Body) {
    let named = body.tables();
    if named.is_empty() {
        return;
    }
    tables.fetch_ahead(&named);
    if let Body::RegisterRecord(register) = body {
        tables.fetch_ahead(&register.shards(tables));
    }
}

/// Checks claims of keys on all cores.
struct OnAllCores;

impl KeyChecker for OnAllCores {
    fn check(&self, claims: &[Claim], fingerprint: &Hash) -> Vec<Result<Option<DecodedKey>, SignatureError>> {
        claims.par_iter().map(|claim| claim.check(fingerprint).map(Some)).collect()
    }
}
