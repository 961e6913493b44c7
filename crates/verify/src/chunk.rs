//! Chunks of bundles: read ahead in order, then hashed, compared with the tiles (V05) and parsed on all cores.
//!
//! A chunk is bounded in bundles and bytes, and no more than a few are in flight, so a log of any size takes the same
//! memory. Each leaf is hashed once. Verifying signatures and folding is `fold.rs`.

use crate::blob::{BlobCounts, check_blobs};
use crate::fetch::{FetchError, Fetcher};
use crate::tree::{Fault, MISSING_MAX, Upper, hashes_of, path_in, tile_root, width_in};
use hakiki_core::codes::Refusal;
use hakiki_core::{Record, VerifiedRecord};
use hakiki_note::Hash;
use hakiki_tlog::bundle::entries;
use hakiki_tlog::tile::{TILE_WIDTH, TilePath};
use hakiki_tlog::tree::leaf_hash;
use rayon::prelude::*;
use std::sync::mpsc::SyncSender;

/// Most bundles in a chunk. The first chunks are smaller, since the keys are enrolled there.
const CHUNK_BUNDLES: usize = 32;
/// Bundles that are asked for at once, and bytes after which no more are added to a chunk.
const BUNDLES_AT_ONCE: usize = 8;
const CHUNK_BYTES: usize = 32 << 20;

type Fetched = Result<(TilePath, Vec<u8>), FetchError>;

/// A bundle and its level 0 tile as they came.
pub(crate) struct RawBundle {
    index: u64,
    width: u16,
    entries: Fetched,
    tile: Fetched,
}

impl RawBundle {
    fn read(fetcher: &Fetcher, index: u64, size: u64) -> Self {
        let width = width_in(index, size);
        let entries = fetcher.tile(TilePath::Entries { index, width });
        let tile = fetcher.tile(path_in(0, index, size));
        Self { index, width, entries, tile }
    }

    fn bytes(&self) -> usize {
        self.entries.as_ref().map_or(0, |(_, bytes)| bytes.len())
    }

    fn is_absent(&self) -> bool {
        matches!((&self.entries, &self.tile), (Err(_), Err(_)))
    }
}

/// Reads all bundles of a log in order and sends them in chunks, until they are read, too many in a row are missing, or
/// nobody takes them.
pub(crate) fn read_chunks(fetcher: &Fetcher, size: u64, sender: &SyncSender<Vec<RawBundle>>) {
    let bundles = size.div_ceil(u64::from(TILE_WIDTH));
    let (mut next, mut chunk_bundles, mut missing_in_a_row) = (0, 1, 0);
    while next < bundles && missing_in_a_row < MISSING_MAX {
        let mut chunk: Vec<RawBundle> = Vec::new();
        let mut bytes = 0;
        while chunk.len() < chunk_bundles && bytes < CHUNK_BYTES && next < bundles {
            let count = BUNDLES_AT_ONCE.min(chunk_bundles - chunk.len()) as u64;
            let indexes: Vec<u64> = (next..bundles.min(next + count)).collect();
            next += indexes.len() as u64;
            for bundle in fetcher.each(&indexes, |index| RawBundle::read(fetcher, *index, size)) {
                missing_in_a_row = if bundle.is_absent() { missing_in_a_row + 1 } else { 0 };
                bytes += bundle.bytes();
                chunk.push(bundle);
            }
        }
        chunk_bundles = CHUNK_BUNDLES.min(chunk_bundles * 2);
        if sender.send(chunk).is_err() {
            return;
        }
    }
}

/// One entry of the log on its way to the fold.
// A box around each record would be an allocation for each.
#[allow(clippy::large_enum_variant)]
pub(crate) enum Item {
    /// No record.
    Refused(Refusal),
    /// A record whose signatures have not been verified, or by a key that is not enrolled yet.
    Parsed(Record),
    /// A record with its signatures verified.
    Verified(VerifiedRecord),
    /// A record with a signature that does not verify.
    Unverified(Box<Record>, Refusal),
    /// It went to the fold.
    Taken,
}

/// A bundle, compared with its tile and parsed.
#[derive(Default)]
pub(crate) struct Bundle {
    /// The place of its first entry.
    pub(crate) first: u64,
    /// Its entries in order, up to the first that is not the log's.
    pub(crate) items: Vec<Item>,
    /// How many entries it should have.
    pub(crate) width: u16,
    /// The hash that its level 0 tile makes, where it is full.
    pub(crate) made: Option<Hash>,
    /// Its leaves, where it is partial.
    pub(crate) edge: Option<Vec<Hash>>,
    /// What is wrong with the tile.
    pub(crate) tile_fault: Option<(TilePath, Fault)>,
    /// What is wrong with the bundle.
    pub(crate) entry_fault: Option<(TilePath, Fault)>,
    /// The images and words that its records name.
    pub(crate) named: Vec<Hash>,
    /// What was found of them.
    pub(crate) blobs: BlobCounts,
}

/// Hashes, compares and parses a chunk. Records are parsed only where `fold` says that they are still needed.
pub(crate) fn prepare(chunk: Vec<RawBundle>, fetcher: &Fetcher, upper: &Upper, fold: bool) -> Vec<Bundle> {
    chunk.into_par_iter().map(|raw| prepare_bundle(&raw, fetcher, upper, fold)).collect()
}

fn prepare_bundle(raw: &RawBundle, fetcher: &Fetcher, upper: &Upper, fold: bool) -> Bundle {
    let first = raw.index * u64::from(TILE_WIDTH);
    let mut bundle = Bundle { first, width: raw.width, ..Bundle::default() };
    let path = TilePath::Entries { index: raw.index, width: raw.width };
    let mut found: Vec<&[u8]> = Vec::with_capacity(usize::from(raw.width));
    match &raw.entries {
        Ok((stored, bytes)) => {
            if let Err(why) = split(*stored, raw.width, bytes, &mut found) {
                bundle.entry_fault = Some((*stored, Fault::Shape(why)));
            }
        }
        Err(error) => bundle.entry_fault = Some((path, error.clone().into())),
    }
    let by_entries: Vec<Hash> = found.iter().map(|entry| leaf_hash(entry)).collect();
    let by_tile = match &raw.tile {
        Ok((stored, bytes)) => hashes_of(*stored, raw.width, bytes).map_err(|fault| (*stored, fault)),
        Err(error) => {
            let path = TilePath::Hashes { level: 0, index: raw.index, width: raw.width };
            Err((path, error.clone().into()))
        }
    };
    let good = bundle.judge(raw, upper, &by_entries, by_tile);
    if fold {
        bundle.items = found[..good].iter().map(|entry| parse(entry)).collect();
        bundle.named = named_blobs(&bundle.items);
        if !fetcher.defers_blobs() {
            bundle.blobs = check_blobs(fetcher, &bundle.named);
        }
    }
    bundle
}

/// Takes a bundle apart; on an error the entries before it stay.
fn split<'a>(stored: TilePath, width: u16, bytes: &'a [u8], found: &mut Vec<&'a [u8]>) -> Result<(), String> {
    let mut count = 0;
    for entry in entries(bytes) {
        let entry = entry.map_err(|error| error.to_string())?;
        count += 1;
        if found.len() < usize::from(width) {
            found.push(entry);
        }
    }
    let expected = usize::from(stored.width());
    if count == expected { Ok(()) } else { Err(format!("{count} entries, expected {expected}")) }
}

fn parse(entry: &[u8]) -> Item {
    match Record::parse(entry) {
        Ok(record) => Item::Parsed(record),
        Err(refusal) => Item::Refused(refusal),
    }
}

fn named_blobs(items: &[Item]) -> Vec<Hash> {
    let records =
        items.iter().filter_map(|item| if let Item::Parsed(record) = item { Some(record) } else { None });
    records.flat_map(|record| record.body().blobs()).collect()
}

impl Bundle {
    /// Compares the leaves of the entries with those of the tile, and both with what stands above them. Says how many
    /// entries from the first on are the log's.
    fn judge(
        &mut self,
        raw: &RawBundle,
        upper: &Upper,
        by_entries: &[Hash],
        by_tile: Result<Vec<Hash>, (TilePath, Fault)>,
    ) -> usize {
        let whole = by_entries.len() == usize::from(raw.width) && self.entry_fault.is_none();
        let by_tile = match by_tile {
            Ok(leaves) if whole && leaves == by_entries => {
                self.hand_in(raw.width, leaves);
                return by_entries.len();
            }
            Ok(leaves) => Some(leaves),
            Err(fault) => {
                self.tile_fault = Some(fault);
                None
            }
        };
        let entries_lead = whole.then(|| leads(raw, upper, by_entries)).flatten();
        let Some(leaves) = by_tile else {
            if entries_lead == Some(false) {
                self.entry_fault = Some((raw.entries_path(), Fault::Differs(None)));
                return 0;
            }
            if !whole {
                return 0;
            }
            self.hand_in(raw.width, by_entries.to_vec());
            return by_entries.len();
        };
        if entries_lead == Some(true) {
            let path = raw.tile.as_ref().map_or_else(|_| raw.entries_path(), |(stored, _)| *stored);
            self.tile_fault = Some((path, Fault::Differs(None)));
            self.hand_in(raw.width, by_entries.to_vec());
            return by_entries.len();
        }
        let good = by_entries.iter().zip(&leaves).take_while(|(entry, leaf)| entry == leaf).count();
        if self.entry_fault.is_none() {
            let place = raw.index * u64::from(TILE_WIDTH) + good as u64;
            self.entry_fault = Some((raw.entries_path(), Fault::Differs(Some(place))));
        }
        self.hand_in(raw.width, leaves);
        good
    }

    /// Keeps what the tree needs of the leaves.
    fn hand_in(&mut self, width: u16, leaves: Vec<Hash>) {
        if width == TILE_WIDTH {
            self.made = Some(tile_root(&leaves));
        } else {
            self.edge = Some(leaves);
        }
    }
}

impl RawBundle {
    fn entries_path(&self) -> TilePath {
        let asked = TilePath::Entries { index: self.index, width: self.width };
        self.entries.as_ref().map_or(asked, |(stored, _)| *stored)
    }
}

/// Whether leaves agree with what stands above them; none if nothing stands there.
fn leads(raw: &RawBundle, upper: &Upper, leaves: &[Hash]) -> Option<bool> {
    if raw.width == TILE_WIDTH {
        upper.of_bundle(raw.index).map(|above| above == tile_root(leaves))
    } else {
        upper.edge_leads_to_root(leaves)
    }
}
