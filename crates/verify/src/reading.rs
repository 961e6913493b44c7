//! A second reading of a source, for whoever needs what the records say beside the ledger: every entry in order, held against
//! the root of the head that the run verified, so that both readings are of the same bytes.
//!
//! It judges nothing: what the rules say of an entry is in the run's report.

use crate::compare::Tiles;
use crate::fetch::{FetchError, Fetcher, Object};
use crate::heads::with_sizes;
use crate::opening::bundle_of;
use crate::options::Source;
use hakiki_core::Record;
use hakiki_note::{Hash, sha256};
use hakiki_tlog::bundle::entries;
use hakiki_tlog::tree::{Frontier, Head, leaf_hash};
use rayon::prelude::*;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Bundles that are read and parsed at once.
const BUNDLES_AT_ONCE: u64 = 32;
/// Entries of a full bundle.
const BUNDLE_ENTRIES: u64 = 256;

/// Why a source was not read again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadingError {
    /// It cannot be opened, or lacks a bundle.
    #[error("{0}")]
    Unreadable(String),
    /// Its entries are not those of the head: it changed since it was verified.
    #[error("the entries read are not those of the head that was verified; the source changed meanwhile")]
    Changed,
}

/// A source at a head.
pub struct Reading {
    fetcher: Fetcher,
    head: Head,
}

impl Reading {
    /// Opens a source again.
    pub fn open(source: &Source, head: Head) -> Result<Self, ReadingError> {
        let fetcher = Fetcher::open(source).map_err(|error| ReadingError::Unreadable(error.to_string()))?;
        Ok(Self { fetcher: with_sizes(fetcher), head })
    }

    /// Gives every entry's record in order; none where an entry is no record.
    pub fn each(&self, mut visit: impl FnMut(u64, Option<&Record>)) -> Result<(), ReadingError> {
        let mut tree = Frontier::new();
        let bundles = self.head.size.div_ceil(BUNDLE_ENTRIES);
        let mut first = 0;
        while first < bundles {
            let indexes: Vec<u64> = (first..bundles.min(first + BUNDLES_AT_ONCE)).collect();
            first += indexes.len() as u64;
            let read = self.fetcher.each(&indexes, |index| self.bundle(*index));
            let read = read.into_iter().collect::<Result<Vec<_>, _>>()?;
            let parsed: Vec<Vec<_>> = read.par_iter().map(|bundle| parsed(bundle)).collect();
            for (leaf, record) in parsed.into_iter().flatten() {
                visit(tree.size(), record.as_ref());
                tree.push(leaf);
            }
        }
        if tree.head() == self.head { Ok(()) } else { Err(ReadingError::Changed) }
    }

    /// The text of the entry at a place, with its signatures; none where there is no text.
    pub fn note(&self, place: u64) -> Option<String> {
        self.notes(&[place]).pop_first().map(|(_, note)| note)
    }

    /// The same of several places; each bundle is read once.
    pub fn notes(&self, places: &[u64]) -> BTreeMap<u64, String> {
        let places: BTreeSet<u64> = places.iter().copied().filter(|place| *place < self.head.size).collect();
        let mut notes = BTreeMap::new();
        let mut open: Option<(u64, Vec<Vec<u8>>)> = None;
        for place in places {
            let index = place / BUNDLE_ENTRIES;
            if open.as_ref().is_none_or(|(of, _)| *of != index) {
                open = Some((index, self.bundle(index).unwrap_or_default()));
            }
            let within = usize::try_from(place % BUNDLE_ENTRIES).unwrap_or(usize::MAX);
            let entry = open.as_ref().and_then(|(_, bundle)| bundle.get(within));
            if let Some(note) = entry.and_then(|entry| String::from_utf8(entry.clone()).ok()) {
                notes.insert(place, note);
            }
        }
        notes
    }

    /// The root of the first `size` entries, proved to be of this head by tiles; none where there are fewer entries.
    pub fn root_at(&self, size: u64) -> Result<Option<Hash>, ReadingError> {
        match size.cmp(&self.head.size) {
            Ordering::Greater => Ok(None),
            Ordering::Equal => Ok(Some(self.head.root)),
            Ordering::Less => {
                let prefix = Tiles::new(&self.fetcher).prefix(size, &self.head);
                prefix.map(|(root, _)| Some(root)).map_err(ReadingError::Unreadable)
            }
        }
    }

    /// The blobs of these hashes, in their order; none where there is none with these bytes: absent, withheld, larger than
    /// `max_bytes`, or another file under its name.
    pub fn blobs(&self, hashes: &[Hash], max_bytes: usize) -> Result<Vec<Option<Vec<u8>>>, ReadingError> {
        let one = |hash: &Hash| match self.fetcher.get(&Object::Blob(*hash)) {
            Ok(bytes) => Ok((bytes.len() <= max_bytes && sha256(&bytes) == *hash).then_some(bytes)),
            Err(FetchError::Absent | FetchError::TooLarge(_)) => Ok(None),
            Err(error) => Err(ReadingError::Unreadable(format!("blob/{hash}: {error}"))),
        };
        self.fetcher.each(hashes, one).into_iter().collect()
    }

    fn bundle(&self, index: u64) -> Result<Vec<Vec<u8>>, ReadingError> {
        let path = bundle_of(index * BUNDLE_ENTRIES, self.head.size);
        let unreadable = |why: String| ReadingError::Unreadable(format!("{}: {why}", path.to_path()));
        let (_, bytes) = self.fetcher.tile(path).map_err(|error| unreadable(error.to_string()))?;
        let width = usize::from(path.width());
        let found: Result<Vec<Vec<u8>>, _> =
            entries(&bytes).take(width).map(|entry| entry.map(<[u8]>::to_vec)).collect();
        found.map_err(|error| unreadable(error.to_string()))
    }
}

fn parsed(bundle: &[Vec<u8>]) -> Vec<(Hash, Option<Record>)> {
    bundle.iter().map(|entry| (leaf_hash(entry), Record::parse(entry).ok())).collect()
}
