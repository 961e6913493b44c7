//! A second reading of a source, for whoever needs what the records say beside the ledger: every entry in order, held against
//! the root of the head that the run verified, so that both readings are of the same bytes.
//!
//! It judges nothing: what the rules say of an entry is in the run's report.

use crate::fetch::Fetcher;
use crate::opening::bundle_of;
use crate::options::Source;
use hakiki_core::Record;
use hakiki_note::Hash;
use hakiki_tlog::bundle::entries;
use hakiki_tlog::tree::{Frontier, Head, leaf_hash};
use rayon::prelude::*;

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
        Ok(Self { fetcher, head })
    }

    /// Gives every entry's record in order; none where an entry is no record.
    pub fn each(&self, mut visit: impl FnMut(u64, Option<&Record>)) -> Result<(), ReadingError> {
        self.walk(|tree, record| visit(tree.size(), record))
    }

    /// The root of the first `size` entries; none where there are fewer.
    pub fn root_at(&self, size: u64) -> Result<Option<Hash>, ReadingError> {
        if size >= self.head.size {
            return Ok((size == self.head.size).then_some(self.head.root));
        }
        let mut root = None;
        self.walk(|tree, _| {
            if tree.size() == size {
                root = Some(tree.root());
            }
        })?;
        Ok(root)
    }

    /// Every entry, with the tree of those before it.
    fn walk(&self, mut visit: impl FnMut(&Frontier, Option<&Record>)) -> Result<(), ReadingError> {
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
                visit(&tree, record.as_ref());
                tree.push(leaf);
            }
        }
        if tree.head() == self.head { Ok(()) } else { Err(ReadingError::Changed) }
    }

    /// The text of the entry at a place, with its signatures; none where there is no text.
    pub fn note(&self, place: u64) -> Option<String> {
        if place >= self.head.size {
            return None;
        }
        let bundle = self.bundle(place / BUNDLE_ENTRIES).ok()?;
        let entry = bundle.into_iter().nth(usize::try_from(place % BUNDLE_ENTRIES).ok()?)?;
        String::from_utf8(entry).ok()
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
