//! From the log back to the ledger: what a node does when it starts.
//!
//! Every entry is hashed to its leaf and all leaves to the head that this log signed, so nothing under that head can have
//! changed; signatures that were verified before that head was signed are not verified again. Parsing and hashing go on
//! all cores, the fold in order.

use crate::cores;
use crate::error::NodeError;
use crate::tables::StoredTables;
use hakiki_core::codes::RefusalCode;
use hakiki_core::kinds::Body;
use hakiki_core::roster::AdmittedBefore;
use hakiki_core::{Ledger, Record, Refusal};
use hakiki_note::{Hash, Note};
use hakiki_store::{Blobs, PosixDisk, Reader};
use hakiki_tlog::bundle::entries_of_width;
use hakiki_tlog::{Checkpoint, Head, MemoryTree, TilePath, bundles_of, leaf_hash};
use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// Parsed bundles that may wait for the fold, for each thread: some MiB.
const BUNDLES_WAITING: usize = 4;

/// Rebuilds the ledger from the log in `dir`, as of its published head. Takes no lock and changes nothing.
///
/// The log's own head is trusted: for a stranger's check see `hakiki-verify`.
pub fn open_ledger(dir: &Path) -> Result<Ledger, NodeError> {
    let disk = Arc::new(PosixDisk::new(dir));
    let (reader, blobs) = (Reader::new(disk.clone()), Blobs::new(disk));
    let damaged = |found: String| NodeError::Damaged { path: "checkpoint".to_owned(), found };
    let bytes = reader.read("checkpoint")?.ok_or_else(|| damaged("it is missing".to_owned()))?;
    let note = Note::parse(&bytes).map_err(|e| damaged(e.to_string()))?;
    let checkpoint = Checkpoint::parse(&note.text).map_err(|e| damaged(e.to_string()))?;
    let restored = restore(&reader, &blobs, checkpoint.head)?;
    Ok(restored.ok_or_else(|| NodeError::Empty { path: dir.to_owned() })?.ledger)
}

/// What a log says, folded.
pub(crate) struct Restored {
    pub ledger: Ledger,
    pub tree: MemoryTree,
    /// The blobs that records name and that may be public.
    pub named: HashSet<Hash>,
}

/// The blobs that a record names and that may be sent and served: not an image's table of agents, which holds identity
/// numbers.
pub(crate) fn public_blobs(body: &Body) -> Vec<Hash> {
    match body {
        Body::Image(image) => vec![image.page],
        body => body.blobs(),
    }
}

type Parsed = Vec<(Hash, Result<Record, Refusal>)>;
type Bundle = Result<Parsed, NodeError>;

/// Folds the log up to `head`; none if it is empty.
pub(crate) fn restore(
    reader: &Reader<PosixDisk>,
    blobs: &Blobs<PosixDisk>,
    head: Head,
) -> Result<Option<Restored>, NodeError> {
    let tables = StoredTables(blobs.clone());
    let bundles = bundles_of(head.size).count();
    let threads = cores::count().min(bundles).max(1);
    let restored = thread::scope(|scope| {
        let lanes: Vec<Receiver<Bundle>> = (0..threads)
            .map(|lane| {
                let (send, receive) = sync_channel(BUNDLES_WAITING);
                scope.spawn(move || parse_lane(reader, head, lane, threads, &send));
                receive
            })
            .collect();
        fold(&lanes, bundles, &tables)
    })?;
    let found = restored.as_ref().map_or_else(Head::empty, |restored| restored.tree.head());
    if found == head {
        return Ok(restored);
    }
    let tree = restored.map(|restored| restored.tree).unwrap_or_default();
    Err(locate(reader, head, &tree))
}

/// Reads and parses every bundle whose number leaves `lane` when divided by `lanes`.
fn parse_lane(reader: &Reader<PosixDisk>, head: Head, lane: usize, lanes: usize, send: &SyncSender<Bundle>) {
    for path in bundles_of(head.size).skip(lane).step_by(lanes) {
        // The fold has stopped at an earlier error.
        if send.send(parse_bundle(reader, path)).is_err() {
            return;
        }
    }
}

fn parse_bundle(reader: &Reader<PosixDisk>, path: TilePath) -> Bundle {
    let damaged = |found: String| NodeError::Damaged { path: path.to_string(), found };
    let bytes = read_tile(reader, path)?.ok_or_else(|| damaged("it is missing".to_owned()))?;
    let entries = entries_of_width(&bytes, path.width()).map_err(|e| damaged(e.to_string()))?;
    Ok(entries.into_iter().map(|entry| (leaf_hash(entry), Record::parse(entry))).collect())
}

/// A tile or bundle; a partial one may have given way to a wider one.
pub(crate) fn read_tile(reader: &Reader<PosixDisk>, path: TilePath) -> Result<Option<Vec<u8>>, NodeError> {
    Ok(reader.read(&path.to_path())?)
}

fn fold(
    lanes: &[Receiver<Bundle>],
    bundles: usize,
    tables: &StoredTables<PosixDisk>,
) -> Result<Option<Restored>, NodeError> {
    let mut restored: Option<Restored> = None;
    for number in 0..bundles {
        let parsed = lanes[number % lanes.len()].recv().expect("a lane sends each of its bundles")?;
        for (leaf, record) in parsed {
            match &mut restored {
                None => restored = Some(begin(leaf, record)?),
                Some(restored) => restored.fold(leaf, record, tables)?,
            }
        }
    }
    Ok(restored)
}

fn begin(leaf: Hash, record: Result<Record, Refusal>) -> Result<Restored, NodeError> {
    let begun = record.and_then(Ledger::begin);
    let ledger = begun.map_err(|refusal| NodeError::Refused { place: 0, refusal })?;
    let mut tree = MemoryTree::new();
    tree.push(leaf);
    Ok(Restored { ledger, tree, named: HashSet::new() })
}

impl Restored {
    fn fold(
        &mut self,
        leaf: Hash,
        record: Result<Record, Refusal>,
        tables: &StoredTables<PosixDisk>,
    ) -> Result<(), NodeError> {
        self.tree.push(leaf);
        let place = self.ledger.size();
        let trusted =
            record.and_then(|record| self.ledger.roster().trust(record).map_err(|(_, refused)| refused));
        let admitted =
            trusted.and_then(|record| Ok((self.ledger.admit(&record, tables, &AdmittedBefore)?, record)));
        match admitted {
            Ok((admission, record)) => {
                self.named.extend(public_blobs(record.record().body()));
                self.ledger.apply(record, admission);
            }
            // A table that is gone would silently take a register away: nothing is served then.
            Err(refusal) if refusal.code == RefusalCode::R305 => {
                return Err(NodeError::Refused { place, refusal });
            }
            Err(refusal) => {
                tracing::error!(place, %refusal, "the log holds a record that the rules refuse (F204)");
                self.ledger.pass_inadmissible(&refusal);
            }
        }
        Ok(())
    }
}

/// Says which bundle does not belong to the head, by the tiles.
fn locate(reader: &Reader<PosixDisk>, head: Head, tree: &MemoryTree) -> NodeError {
    for path in bundles_of(head.size) {
        let tile = TilePath::Hashes { level: 0, index: path.index(), width: path.width() };
        let first = path.index() * u64::from(hakiki_tlog::TILE_WIDTH);
        let computed = (first..first + u64::from(path.width())).filter_map(|place| tree.leaf(place));
        let computed: Vec<u8> = computed.flat_map(|leaf| leaf.0).collect();
        match reader.read(&tile.to_path()) {
            Ok(Some(bytes)) if bytes == computed => {}
            Ok(_) => {
                let found = format!("its entries do not hash to {tile}");
                return NodeError::Damaged { path: path.to_string(), found };
            }
            Err(error) => return error.into(),
        }
    }
    let found = format!(
        "the entries lead to root {}, the head of size {} says {}",
        tree.root(),
        head.size,
        head.root
    );
    NodeError::Damaged { path: "checkpoint".to_owned(), found }
}
