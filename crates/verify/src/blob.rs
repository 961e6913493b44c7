//! Blobs: those that are here have the hash that names them, and every table is here (V09).

use crate::fetch::{FetchError, Fetcher, Object};
use hakiki_core::table::Tables;
use hakiki_note::{Hash, sha256};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard};

/// What was found of blobs.
#[derive(Debug, Default, Clone)]
pub(crate) struct BlobCounts {
    /// Here, with the right hash.
    pub(crate) here: u64,
    /// Not here: a state, not a fault, unless it is a table.
    pub(crate) absent: u64,
    /// Here with other bytes than their name says: the first, and how many.
    pub(crate) wrong: Option<(Hash, u64)>,
    /// Tables that are not here: the first, and how many.
    pub(crate) tables_absent: Option<(Hash, u64)>,
    /// What could not be read, and why.
    pub(crate) unreadable: Option<(Hash, String)>,
}

impl BlobCounts {
    /// Adds what was found elsewhere.
    pub(crate) fn merge(&mut self, other: Self) {
        self.here += other.here;
        self.absent += other.absent;
        merge_first(&mut self.wrong, other.wrong);
        merge_first(&mut self.tables_absent, other.tables_absent);
        self.unreadable = self.unreadable.take().or(other.unreadable);
    }

    fn note(&mut self, hash: Hash, state: State, is_table: bool) {
        match state {
            State::Here(_) => self.here += 1,
            State::Wrong => merge_first(&mut self.wrong, Some((hash, 1))),
            State::Absent if is_table => merge_first(&mut self.tables_absent, Some((hash, 1))),
            State::Absent => self.absent += 1,
            State::Unreadable(why) => {
                self.unreadable.get_or_insert((hash, why));
            }
        }
    }
}

fn merge_first(mine: &mut Option<(Hash, u64)>, other: Option<(Hash, u64)>) {
    *mine = match (*mine, other) {
        (Some((first, count)), Some((_, more))) => Some((first, count + more)),
        (mine, other) => mine.or(other),
    };
}

enum State {
    Here(Vec<u8>),
    Wrong,
    Absent,
    Unreadable(String),
}

fn state_of(fetcher: &Fetcher, hash: &Hash) -> State {
    match fetcher.get(&Object::Blob(*hash)) {
        Ok(bytes) if sha256(&bytes) == *hash => State::Here(bytes),
        Ok(_) | Err(FetchError::TooLarge(_)) => State::Wrong,
        Err(FetchError::Absent) => State::Absent,
        Err(FetchError::Unreadable(why)) => State::Unreadable(why),
    }
}

/// Looks for images and words, which may not be here.
pub(crate) fn check_blobs(fetcher: &Fetcher, hashes: &[Hash]) -> BlobCounts {
    let check = |hash: &Hash| {
        let mut counts = BlobCounts::default();
        counts.note(*hash, state_of(fetcher, hash), false);
        counts
    };
    let each: Vec<BlobCounts> = if fetcher.is_remote() {
        fetcher.each(hashes, check)
    } else {
        hashes.par_iter().map(check).collect()
    };
    let mut all = BlobCounts::default();
    for counts in each {
        all.merge(counts);
    }
    all
}

/// The table blobs of the source, each checked against its hash when it is read.
pub(crate) struct SourceTables<'a> {
    fetcher: &'a Fetcher,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    /// Read ahead, and not asked for yet.
    ahead: BTreeMap<Hash, Vec<u8>>,
    /// Tables that are here: an index is read more than once.
    here: BTreeSet<Hash>,
    counts: BlobCounts,
    /// The first table that was asked for and not given, since the last [`SourceTables::take_lacking`].
    lacking: Option<Hash>,
}

impl<'a> SourceTables<'a> {
    /// The tables of a source.
    pub(crate) fn new(fetcher: &'a Fetcher) -> Self {
        Self { fetcher, inner: Mutex::default() }
    }

    /// Reads tables over several connections, where each would cost a round trip.
    pub(crate) fn read_ahead(&self, hashes: &[Hash]) {
        if self.fetcher.is_remote() {
            let read = self.fetcher.each(hashes, |hash| (*hash, state_of(self.fetcher, hash)));
            for (hash, state) in read {
                if let State::Here(bytes) = state {
                    self.inner().ahead.insert(hash, bytes);
                }
            }
        }
    }

    /// What was read ahead, for whoever must know what it names: nothing is asked for by this.
    pub(crate) fn ahead(&self) -> impl Tables + '_ {
        Ahead(self)
    }

    /// Forgets what was read ahead and not asked for.
    pub(crate) fn forget_ahead(&self) {
        self.inner().ahead.clear();
    }

    /// The first table that was asked for since the last time, and that is not here as its hash says.
    pub(crate) fn take_lacking(&self) -> Option<Hash> {
        self.inner().lacking.take()
    }

    /// What was found so far, and the tables that were asked for and are here.
    pub(crate) fn into_counts(self) -> (BlobCounts, BTreeSet<Hash>) {
        let inner = self.inner.into_inner().expect("no thread panics while it holds the tables");
        (BlobCounts { here: inner.here.len() as u64, ..inner.counts }, inner.here)
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("no thread panics while it holds the tables")
    }
}

struct Ahead<'a>(&'a SourceTables<'a>);

impl Tables for Ahead<'_> {
    fn table(&self, hash: &Hash) -> Option<Vec<u8>> {
        self.0.inner().ahead.get(hash).cloned()
    }
}

impl Tables for SourceTables<'_> {
    fn table(&self, hash: &Hash) -> Option<Vec<u8>> {
        let ahead = self.inner().ahead.remove(hash);
        let state = ahead.map_or_else(|| state_of(self.fetcher, hash), State::Here);
        let mut inner = self.inner();
        if let State::Here(bytes) = state {
            inner.here.insert(*hash);
            return Some(bytes);
        }
        inner.lacking.get_or_insert(*hash);
        inner.counts.note(*hash, state, true);
        None
    }
}
