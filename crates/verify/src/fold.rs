//! The fold of what was read: signatures on all cores against the keys enrolled so far, then admission and effect in the
//! order of the log (V07, V08).
//!
//! An entry that the rules refuse leaves the state as it is and is counted. An entry that cannot be read ends the fold,
//! since nothing after it can be judged; the tiles behind it are still compared.

use crate::blob::{BlobCounts, SourceTables};
use crate::change::{ChangeLine, lines_of};
use crate::chunk::{Bundle, Item};
use crate::claims::InParallel;
use crate::fetch::Fetcher;
use crate::tree::Fault;
use hakiki_core::codes::{Refusal, RefusalCode};
use hakiki_core::kinds::Body;
use hakiki_core::{Ledger, Record, VerifiedRecord};
use hakiki_messages::Message;
use hakiki_note::{Hash, VerifierKey};
use hakiki_tlog::tile::TilePath;
use rayon::prelude::*;
use std::collections::BTreeSet;

/// What the head is checked with: taken from entry 0 before anything is judged.
#[derive(Debug, Clone)]
pub(crate) struct FirstRecord {
    /// The record's id: the fingerprint.
    pub(crate) id: Hash,
    /// The log's key, if it is an election record.
    pub(crate) log_key: Option<VerifierKey>,
}

/// Refused entries: the first, and how many.
#[derive(Debug, Default)]
pub(crate) struct Refusals {
    /// Place and reason.
    pub(crate) first: Option<(u64, Refusal)>,
    /// How many.
    pub(crate) count: u64,
}

impl Refusals {
    fn note(&mut self, place: u64, refusal: &Refusal) {
        self.count += 1;
        self.first.get_or_insert_with(|| (place, refusal.clone()));
    }
}

/// The fold up to a place.
pub(crate) struct Fold<'a> {
    fetcher: &'a Fetcher,
    tables: SourceTables<'a>,
    ledger: Option<Ledger>,
    place: u64,
    /// Keys enrolled when signatures were last verified.
    keys_then: usize,
    first: Option<FirstRecord>,
    refused: Refusals,
    bad_signers: Refusals,
    changes: Vec<ChangeLine>,
    named: BTreeSet<Hash>,
    blobs: BlobCounts,
    stop: Option<Message>,
}

/// What the fold came to.
pub(crate) struct Folded {
    /// The ledger, up to `place`.
    pub(crate) ledger: Option<Ledger>,
    /// Entries folded.
    pub(crate) place: u64,
    /// Entry 0.
    pub(crate) first: Option<FirstRecord>,
    /// Every refused entry.
    pub(crate) refused: Refusals,
    /// Of those, where a signature or a signer is refused.
    pub(crate) bad_signers: Refusals,
    /// What changed since the fingerprint.
    pub(crate) changes: Vec<ChangeLine>,
    /// The tables that the rules asked for and that are here.
    pub(crate) tables: BTreeSet<Hash>,
    /// The other blobs that records name.
    pub(crate) named: BTreeSet<Hash>,
    /// What was found of blobs.
    pub(crate) blobs: BlobCounts,
    /// Why the fold ended before the log did.
    pub(crate) stop: Option<Message>,
}

impl<'a> Fold<'a> {
    /// Begins before entry 0.
    pub(crate) fn new(fetcher: &'a Fetcher) -> Self {
        Self {
            fetcher,
            tables: SourceTables::new(fetcher),
            ledger: None,
            place: 0,
            keys_then: 0,
            first: None,
            refused: Refusals::default(),
            bad_signers: Refusals::default(),
            changes: Vec::new(),
            named: BTreeSet::new(),
            blobs: BlobCounts::default(),
            stop: None,
        }
    }

    /// Whether records are still needed.
    pub(crate) fn goes_on(&self) -> bool {
        self.stop.is_none()
    }

    /// Entries folded.
    pub(crate) fn place(&self) -> u64 {
        self.place
    }

    /// Verifies, on all cores, what can be verified by the keys enrolled so far.
    pub(crate) fn verify(&mut self, bundles: &mut [Bundle]) {
        let Some(ledger) = &self.ledger else { return };
        let roster = ledger.roster();
        self.keys_then = roster.keys().len();
        bundles.par_iter_mut().flat_map(|bundle| bundle.items.par_iter_mut()).for_each(|item| {
            if let Item::Parsed(_) = item
                && let Item::Parsed(record) = std::mem::replace(item, Item::Taken)
            {
                *item = match roster.verify(record) {
                    Ok(verified) => Item::Verified(verified),
                    // Perhaps enrolled by a record between here and there.
                    Err((record, refusal)) if refusal.code == RefusalCode::R201 => Item::Parsed(*record),
                    Err((record, refusal)) => Item::Unverified(record, refusal),
                };
            }
        });
    }

    /// Folds a chunk in order.
    pub(crate) fn fold(&mut self, bundles: &mut [Bundle]) {
        for at in 0..bundles.len() {
            self.blobs.merge(std::mem::take(&mut bundles[at].blobs));
            self.named.extend(std::mem::take(&mut bundles[at].named));
            for entry in 0..bundles[at].items.len() {
                if self.stop.is_some() {
                    return;
                }
                let waits = matches!(bundles[at].items[entry], Item::Parsed(_));
                if waits && self.keys() != self.keys_then {
                    self.verify(&mut bundles[at..]);
                }
                let item = std::mem::replace(&mut bundles[at].items[entry], Item::Taken);
                self.entry(item);
            }
            let bundle = &bundles[at];
            if self.stop.is_none() && bundle.items.len() < usize::from(bundle.width) {
                self.stop = Some(unread(bundle));
            }
        }
    }

    /// Ends the fold. `size` is what the head claims.
    pub(crate) fn finish(self, size: u64) -> Folded {
        let mut blobs = self.blobs;
        let (counts, tables) = self.tables.into_counts();
        blobs.merge(counts);
        let mut named = self.named;
        named.retain(|hash| !tables.contains(hash));
        let ended = || Message::new("verify.stop.ended").with("place", self.place);
        let stop = self.stop.or_else(|| (self.place < size).then(ended));
        Folded {
            ledger: self.ledger,
            place: self.place,
            first: self.first,
            refused: self.refused,
            bad_signers: self.bad_signers,
            changes: self.changes,
            tables,
            named,
            blobs,
            stop,
        }
    }

    fn keys(&self) -> usize {
        self.ledger.as_ref().map_or(0, |ledger| ledger.roster().keys().len())
    }

    fn entry(&mut self, item: Item) {
        let Some(ledger) = &self.ledger else {
            self.begin(item);
            return;
        };
        let (record, refusal) = match item {
            Item::Verified(verified) => {
                self.admit(verified);
                return;
            }
            Item::Refused(refusal) => {
                self.refuse(&refusal);
                return;
            }
            Item::Parsed(record) => match ledger.roster().verify(record) {
                Ok(verified) => {
                    self.admit(verified);
                    return;
                }
                Err(refused) => refused,
            },
            Item::Unverified(record, refusal) => (record, refusal),
            Item::Taken => return,
        };
        // A record of another election is refused as that, not for its signers.
        let common = ledger.check_common(&record).err();
        self.refuse(&common.unwrap_or(refusal));
    }

    fn begin(&mut self, item: Item) {
        let begun = match item {
            Item::Parsed(record) => {
                self.first = Some(first_record(&record));
                Ledger::begin(record)
            }
            Item::Refused(refusal) | Item::Unverified(_, refusal) => Err(refusal),
            Item::Verified(_) | Item::Taken => return,
        };
        match begun {
            Ok(ledger) => {
                self.ledger = Some(ledger);
                self.place = 1;
            }
            Err(refusal) => {
                self.refused.note(0, &refusal);
                if is_of_signers(refusal.code) {
                    self.bad_signers.note(0, &refusal);
                }
                self.stop = Some(Message::new("verify.stop.no_election").with("why", refusal.to_string()));
            }
        }
    }

    fn admit(&mut self, verified: VerifiedRecord) {
        let Some(ledger) = self.ledger.as_mut() else { return };
        let body = verified.record().body();
        if self.fetcher.is_remote() {
            read_tables_ahead(&self.tables, body);
        }
        self.tables.take_lacking();
        let admission = ledger.admit(&verified, &self.tables, &InParallel);
        self.tables.forget_ahead();
        match admission {
            Ok(admission) => {
                self.changes.extend(lines_of(body, self.place, ledger.zero().is_some()));
                ledger.apply(verified, admission);
                self.place += 1;
            }
            Err(refusal) => match self.tables.take_lacking() {
                Some(hash) if refusal.code == RefusalCode::R305 => {
                    let stop = Message::new("verify.stop.table").with("place", self.place);
                    self.stop = Some(stop.with("hash", hash.to_string()));
                }
                _ => self.refuse(&refusal),
            },
        }
    }

    fn refuse(&mut self, refusal: &Refusal) {
        self.refused.note(self.place, refusal);
        if is_of_signers(refusal.code) {
            self.bad_signers.note(self.place, refusal);
        }
        if let Some(ledger) = &mut self.ledger {
            ledger.pass_inadmissible(refusal);
        }
        self.place += 1;
    }
}

fn first_record(record: &Record) -> FirstRecord {
    let log_key = match record.body() {
        Body::Election(election) => Some(election.log_key.clone()),
        _ => None,
    };
    FirstRecord { id: *record.id(), log_key }
}

/// The refusals that V08 is about: signatures, keys and roles.
fn is_of_signers(code: RefusalCode) -> bool {
    code.as_str().starts_with("R2")
}

fn read_tables_ahead(tables: &SourceTables<'_>, body: &Body) {
    let named = body.tables();
    if named.is_empty() {
        return;
    }
    tables.read_ahead(&named);
    if let Body::RegisterRecord(register) = body {
        let shards = register.shards(&tables.ahead());
        tables.read_ahead(&shards);
    }
}

/// Why a bundle's entries end before the bundle should.
fn unread(bundle: &Bundle) -> Message {
    let place = bundle.first + bundle.items.len() as u64;
    let path = TilePath::Entries { index: bundle.first / 256, width: bundle.width };
    let fault = bundle.entry_fault.as_ref().or(bundle.tile_fault.as_ref());
    let (path, fault) = fault.map_or((path, &Fault::Missing), |(path, fault)| (*path, fault));
    Message::new("verify.stop.bundle")
        .with("place", place)
        .with("path", path.to_path())
        .with("fault", fault_message(fault))
}

/// A fault in words.
pub(crate) fn fault_message(fault: &Fault) -> Message {
    match fault {
        Fault::Missing => Message::new("verify.fault.missing"),
        Fault::Unreadable(why) => Message::new("verify.fault.unreadable").with("why", why.as_str()),
        Fault::Shape(why) => Message::new("verify.fault.shape").with("why", why.as_str()),
        Fault::Differs(None) => Message::new("verify.fault.differs"),
        Fault::Differs(Some(place)) => Message::new("verify.fault.entry").with("entry", *place),
    }
}
