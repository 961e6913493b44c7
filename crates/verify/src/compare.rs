//! Whether another head of the log agrees with the head that was read: a consistency proof made from tiles, or a fork, or
//! neither, which is no accusation.

use crate::fetch::Fetcher;
use hakiki_evidence::Claim;
use hakiki_note::Hash;
use hakiki_tlog::checkpoint::VerifiedCheckpoint;
use hakiki_tlog::proof::{verify_consistency, verify_inclusion};
use hakiki_tlog::tile::TilePath;
use hakiki_tlog::tile_proof::{consistency_proof, inclusion_proof, leaf_at, root_at};
use hakiki_tlog::tree::{Head, empty_root};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// What became of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Compared {
    /// One continues the other, or they are one.
    Same,
    /// They cannot both be of a log that only grows.
    Forked(Box<Claim>),
    /// The tiles for a proof are not there, or do not lead to the heads.
    Unproved(String),
}

/// The tiles of a source, each read once. They are trusted by nothing but the proofs that they make.
pub(crate) struct Tiles<'a> {
    fetcher: Opened<'a>,
    read: RefCell<BTreeMap<TilePath, Option<Vec<u8>>>>,
}

/// The source that was opened for this run, or another.
enum Opened<'a> {
    Borrowed(&'a Fetcher),
    Owned(Fetcher),
}

impl<'a> Tiles<'a> {
    /// The tiles of a source.
    pub(crate) fn new(fetcher: &'a Fetcher) -> Self {
        Self { fetcher: Opened::Borrowed(fetcher), read: RefCell::default() }
    }

    /// The tiles of a source of its own.
    pub(crate) fn of(fetcher: Fetcher) -> Self {
        Self { fetcher: Opened::Owned(fetcher), read: RefCell::default() }
    }

    /// A tile's bytes.
    pub(crate) fn read(&self, path: TilePath) -> Option<Vec<u8>> {
        if let Some(bytes) = self.read.borrow().get(&path) {
            return bytes.clone();
        }
        let fetcher = match &self.fetcher {
            Opened::Borrowed(fetcher) => *fetcher,
            Opened::Owned(fetcher) => fetcher,
        };
        let read = if fetcher.knows_sizes() { fetcher.cut(path) } else { fetcher.exactly(path) };
        let bytes = read.ok();
        self.read.borrow_mut().insert(path, bytes.clone());
        bytes
    }

    /// The root of the first entries of a head's tree, with the consistency proof to it, verified.
    pub(crate) fn prefix(&self, size: u64, of: &Head) -> Result<(Hash, Vec<Hash>), String> {
        let mut read = |path| self.read(path);
        let made = root_at(size, of.size, &mut read)
            .and_then(|root| Ok((root, consistency_proof(size, of.size, &mut read)?)));
        let (root, proof) = made.map_err(|error| error.to_string())?;
        verify_consistency(&Head { size, root }, of, &proof).map_err(|error| error.to_string())?;
        Ok((root, proof))
    }

    /// The leaf at a place of a head's tree, with its inclusion proof, verified.
    pub(crate) fn leaf(&self, place: u64, of: &Head) -> Result<(Hash, Vec<Hash>), String> {
        let mut read = |path| self.read(path);
        let made = leaf_at(place, of.size, &mut read)
            .and_then(|leaf| Ok((leaf, inclusion_proof(place, of.size, &mut read)?)));
        let (leaf, proof) = made.map_err(|error| error.to_string())?;
        verify_inclusion(&leaf, place, of, &proof).map_err(|error| error.to_string())?;
        Ok((leaf, proof))
    }
}

/// Compares two heads that the log signed. `sources` are asked in order for the tiles of the larger one.
pub(crate) fn compare(a: &VerifiedCheckpoint, b: &VerifiedCheckpoint, sources: &[&Tiles<'_>]) -> Compared {
    let (smaller, larger) = if a.head().size <= b.head().size { (a, b) } else { (b, a) };
    let (old, new) = (smaller.head(), larger.head());
    if old == new || (old.size == 0 && old.root == empty_root()) {
        return Compared::Same;
    }
    if old.size == new.size {
        return Compared::Forked(Box::new(Claim::Roots { heads: [smaller.to_text(), larger.to_text()] }));
    }
    let mut why = "there is no source to ask".to_owned();
    for source in sources {
        match source.prefix(old.size, &new) {
            Ok((root, _)) if root == old.root => return Compared::Same,
            Ok((prefix, proof)) if old.size > 0 => {
                let (smaller, larger) = (smaller.to_text(), larger.to_text());
                return Compared::Forked(Box::new(Claim::Prefix { smaller, larger, prefix, proof }));
            }
            Ok(_) => why = String::from("a head of an empty log has a root of its own"),
            Err(error) => why = error,
        }
    }
    Compared::Unproved(why)
}
