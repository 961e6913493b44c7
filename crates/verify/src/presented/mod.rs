//! What somebody presents, beside a log that passed its checks: a record, a receipt, a head, a stamp, a bundle of entries, a
//! photograph or table. Is it of this election, of this log, at which place, altered where.
//!
//! It says what is the same and what is not. Who altered something, and when, no file can say.

mod altered;

pub use altered::{LineDiffers, Nearest};

use crate::reading::{Reading, ReadingError};
use altered::Search;
use hakiki_core::codes::Refusal;
use hakiki_core::kinds::Kind;
use hakiki_core::{Ledger, Record};
use hakiki_note::{Hash, Note, sha256};
use hakiki_tlog::bundle::entries;
use hakiki_tlog::checkpoint::{Checkpoint, VerifiedCheckpoint};
use hakiki_tlog::receipt::{RECEIPT_HEADER, Receipt};
use hakiki_tlog::stamp::{STAMP_HEADER, Stamp};
use hakiki_tlog::tree::Head;

/// Entries of a bundle that the log lacks and for which the one most like each is sought.
const SOUGHT_MAX: usize = 32;

/// What a file is, and how it stands to the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presented {
    /// A record.
    Record(Entry),
    /// Entries one after the other, as a log keeps them.
    Bundle(Vec<Entry>),
    /// A receipt: what it carries, the place that it promises, and the head that promises it.
    Receipt {
        /// The record in it; none where it carries none.
        entry: Option<Entry>,
        /// Counted from 0.
        index: u64,
        /// Why its proof does not lead to its head, or its head is not signed by this log; none where it does.
        fault: Option<String>,
        /// Its head.
        head: HeadShown,
    },
    /// A head.
    Head(HeadShown),
    /// A stamp, whose signature `receipt check` checks.
    Stamp {
        /// The election that it names is this one.
        is_of_election: bool,
        /// The form that it names.
        record: Hash,
        /// Its place in the log.
        place: Option<u64>,
    },
    /// None of these: a photograph, a table, words.
    Blob {
        /// The SHA-256 of its bytes.
        hash: Hash,
        /// Records that name it, by place.
        named_by: Vec<(u64, Kind)>,
    },
}

/// A record beside the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id; none where it is no record.
    pub id: Option<Hash>,
    /// How it stands.
    pub standing: Standing,
    /// Why the log would not take its words or signatures, judged by the keys of this log; none where nothing speaks against them.
    pub refused: Option<Refusal>,
}

/// How a record stands to a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// These very bytes are the entry at this place.
    Entry {
        /// Counted from 0.
        place: u64,
    },
    /// The text is that of this place; the lines of its signatures are not.
    OtherSignatures {
        /// Counted from 0.
        place: u64,
    },
    /// It names another election, or none where it should.
    OtherElection {
        /// What it names.
        named: Option<Hash>,
    },
    /// The log does not have it. The entry of its kind that is most like it, where there is one.
    Absent {
        /// And where the two differ.
        nearest: Option<Nearest>,
    },
}

impl Standing {
    /// Whether the log has the text.
    pub fn is_in_log(&self) -> bool {
        matches!(self, Self::Entry { .. } | Self::OtherSignatures { .. })
    }
}

/// A head beside the log's own tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadShown {
    /// The log that it says it is of.
    pub origin: String,
    /// Size and root.
    pub head: Head,
    /// Whether this log's key signed it.
    pub is_signed: bool,
    /// The root of this log at its size; none where this log is shorter.
    pub root_here: Option<Hash>,
}

impl HeadShown {
    /// Whether it is a head of this log, at this size.
    pub fn is_same(&self) -> bool {
        self.is_signed && self.root_here == Some(self.head.root)
    }

    /// Whether this log's key signed it, and this log has another root at its size: two histories.
    pub fn is_other_history(&self) -> bool {
        self.is_signed && self.root_here.is_some_and(|root| root != self.head.root)
    }
}

impl Presented {
    /// Whether all of it is of this log as it is.
    pub fn is_of_log(&self) -> bool {
        let same = |entry: &Entry| matches!(entry.standing, Standing::Entry { .. });
        match self {
            Self::Record(entry) => same(entry),
            Self::Bundle(all) => all.iter().all(same),
            Self::Receipt { entry, fault, head, .. } => {
                fault.is_none() && head.is_same() && entry.as_ref().is_some_and(same)
            }
            Self::Head(head) => head.is_same(),
            Self::Stamp { is_of_election, place, .. } => *is_of_election && place.is_some(),
            Self::Blob { named_by, .. } => !named_by.is_empty(),
        }
    }
}

/// Looks at bytes beside a log whose fold is `ledger` and whose entries `reading` gives.
pub fn present(bytes: &[u8], ledger: &Ledger, reading: &Reading) -> Result<Presented, ReadingError> {
    let log = &Log { ledger, reading };
    if bytes.starts_with(RECEIPT_HEADER.as_bytes())
        && let Ok(receipt) = Receipt::parse(bytes)
    {
        return log.receipt(&receipt);
    }
    if bytes.starts_with(STAMP_HEADER.as_bytes())
        && let Some(stamp) = stamp(bytes)
    {
        let is_of_election = stamp.election == *ledger.fingerprint();
        let place = ledger.place_of(&stamp.record);
        return Ok(Presented::Stamp { is_of_election, record: stamp.record, place });
    }
    if is_record(bytes) {
        return Ok(Presented::Record(log.entries(&[bytes])?.remove(0)));
    }
    if let Some(head) = head_of(bytes) {
        return Ok(Presented::Head(log.head(bytes, &head)?));
    }
    match bundle(bytes) {
        Some(all) => Ok(Presented::Bundle(log.entries(&all)?)),
        None => log.blob(sha256(bytes)),
    }
}

struct Log<'a> {
    ledger: &'a Ledger,
    reading: &'a Reading,
}

impl Log<'_> {
    /// Each beside the log. What is in it is found by its id; only what is not is looked for, all at once.
    fn entries(&self, all: &[&[u8]]) -> Result<Vec<Entry>, ReadingError> {
        let mut entries: Vec<Entry> = all.iter().map(|bytes| self.entry(bytes)).collect();
        self.compare_signatures(all, &mut entries);
        let is_absent = |standing: &Standing| matches!(standing, Standing::Absent { .. });
        let absent = all.iter().zip(&entries).filter(|(_, entry)| is_absent(&entry.standing));
        let mut searches: Vec<Search> = absent.take(SOUGHT_MAX).map(|(bytes, _)| Search::of(bytes)).collect();
        if !searches.is_empty() {
            self.reading.each(|place, record| {
                if let Some(record) = record {
                    for search in &mut searches {
                        search.see(place, record);
                    }
                }
            })?;
        }
        for (entry, search) in entries.iter_mut().filter(|entry| is_absent(&entry.standing)).zip(searches) {
            entry.standing = Standing::Absent { nearest: search.nearest() };
        }
        Ok(entries)
    }

    /// One beside the log, as far as its id tells.
    fn entry(&self, bytes: &[u8]) -> Entry {
        let found = |id: &Hash| self.ledger.place_of(id).map(|place| Standing::Entry { place });
        let absent = || Standing::Absent { nearest: None };
        let record = match Record::parse(bytes) {
            Ok(record) => record,
            // It may still be the text of a record, under lines of signatures that cannot be read.
            Err(refusal) => {
                let end = bytes.windows(2).position(|two| two == b"\n\n").map_or(bytes.len(), |at| at + 1);
                let standing = found(&sha256(&bytes[..end])).unwrap_or_else(absent);
                return Entry { id: None, standing, refused: Some(refusal) };
            }
        };
        let (id, named) = (*record.id(), record.election().copied());
        let is_other = named != Some(*self.ledger.fingerprint());
        let elsewhere = || if is_other { Standing::OtherElection { named } } else { absent() };
        let standing = found(&id).unwrap_or_else(elsewhere);
        let refused = self.ledger.roster().verify(record).err().map(|(_, refusal)| refusal);
        Entry { id: Some(id), standing, refused }
    }

    /// The id is of the text alone: whether the entry is the same to its last byte.
    fn compare_signatures(&self, all: &[&[u8]], entries: &mut [Entry]) {
        let place = |entry: &Entry| match entry.standing {
            Standing::Entry { place } => Some(place),
            _ => None,
        };
        let places: Vec<u64> = entries.iter().filter_map(place).collect();
        let notes = self.reading.notes(&places);
        for (bytes, entry) in all.iter().zip(entries) {
            if let Some(place) = place(entry)
                && notes.get(&place).is_none_or(|note| note.as_bytes() != *bytes)
            {
                entry.standing = Standing::OtherSignatures { place };
            }
        }
    }

    fn receipt(&self, receipt: &Receipt) -> Result<Presented, ReadingError> {
        let key = &self.ledger.election().log_key;
        let fault = receipt.verify(key).err().map(|error| error.to_string());
        // What an unproved receipt carries is looked at all the same: that is what somebody shows.
        let entry = receipt.claimed_entry().map(|bytes| self.entries(&[bytes])).transpose()?;
        let note = receipt.checkpoint_text().as_bytes();
        let head = match head_of(note) {
            Some(head) => self.head(note, &head)?,
            None => return self.blob(sha256(note)),
        };
        let entry = entry.map(|mut entry| entry.remove(0));
        Ok(Presented::Receipt { entry, index: receipt.index(), fault, head })
    }

    fn head(&self, note: &[u8], head: &Checkpoint) -> Result<HeadShown, ReadingError> {
        let is_signed = VerifiedCheckpoint::open(note, &self.ledger.election().log_key).is_ok();
        let root_here = self.reading.root_at(head.head.size)?;
        Ok(HeadShown { origin: head.origin.to_string(), head: head.head, is_signed, root_here })
    }

    fn blob(&self, hash: Hash) -> Result<Presented, ReadingError> {
        let mut named_by = Vec::new();
        self.reading.each(|place, record| {
            if let Some(record) = record {
                let body = record.body();
                if body.blobs().contains(&hash) || body.tables().contains(&hash) {
                    named_by.push((place, body.kind()));
                }
            }
        })?;
        Ok(Presented::Blob { hash, named_by })
    }
}

fn stamp(bytes: &[u8]) -> Option<Stamp> {
    Stamp::parse(&Note::parse(bytes).ok()?.text).ok()
}

fn head_of(bytes: &[u8]) -> Option<Checkpoint> {
    Checkpoint::parse(&Note::parse(bytes).ok()?.text).ok()
}

/// Whether bytes begin as a record of a known kind does. Tables and other texts have headers of the same form.
fn is_record(bytes: &[u8]) -> bool {
    let header = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    std::str::from_utf8(header).is_ok_and(|header| Kind::of_header(header).is_ok())
}

/// Entries one after the other, of which each begins as a record does.
fn bundle(bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let all: Vec<&[u8]> = entries(bytes).collect::<Result<_, _>>().ok()?;
    (!all.is_empty() && all.iter().all(|entry| is_record(entry))).then_some(all)
}
