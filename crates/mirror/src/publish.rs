//! A log and its whole portal as plain files: what `hakiki publish` writes, for any file server.
//!
//! The directory is a mirror that a file server serves: tiles, bundles, blobs, results, receipts and heads lie where a node
//! has them, and the pages lead to them. What is published is what the directory of a node or a mirror holds under its newest
//! head; a stranger's check of the result is `hakiki verify`.

use crate::error::MirrorError;
use crate::mirror::Mirror;
use crate::pages::read_boundaries;
use crate::published::{Published, State, modified};
use crate::restore;
use crate::settings::Settings;
use hakiki_core::view::results::results_text;
use hakiki_core::{Ledger, Record};
use hakiki_node::open_ledger;
use hakiki_note::Hash;
use hakiki_portal::{Boundaries, HeadState, Snapshot, Source};
use hakiki_site::{Output, Written, write_pages};
use hakiki_store::{Blobs, PosixDisk, Reader};
use hakiki_tlog::{MemoryTree, Receipt, TILE_WIDTH, TilePath, bundles_of, tiles_of};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often a copy is looked at while it is made.
const LOOK: Duration = Duration::from_millis(200);
/// After so long without a word of the log, making a copy is given up.
const PATIENCE: Duration = Duration::from_secs(30);
/// Blobs that do not come for so long are not waited for.
const BLOB_PATIENCE: Duration = Duration::from_secs(5);

/// What is published, and how.
#[derive(Debug, Clone)]
pub struct Publication {
    /// The directory of a node or a mirror; it may be served meanwhile.
    pub from: PathBuf,
    /// The directory to write.
    pub out: PathBuf,
    /// Whether files are replaced one by one, in place of the directory as a whole.
    pub in_place: bool,
    /// Whether `.gz` and `.br` are written beside texts.
    pub precompress: bool,
    /// File of outlines of areas (GeoJSON), and the property of its features that holds an area's code.
    pub boundaries: Option<(PathBuf, String)>,
    /// Where the copy will be served, without a final slash: feeds then have whole links.
    pub url: Option<String>,
    /// The address of a log of claims about this election, without a final slash.
    pub said_url: Option<String>,
}

/// Publishes. `step` is told after so many files more.
pub fn publish(publication: &Publication, step: &(dyn Fn(u64) + Sync)) -> Result<Written, MirrorError> {
    let held = Held::read(&publication.from)?;
    let outlines = publication.boundaries.as_ref();
    let boundaries = outlines.map(|(path, property)| read_boundaries(path, property)).transpose()?;
    let size = held.signed.size();
    let output = Output::begin(&publication.out, publication.in_place, publication.precompress)?;
    held.write_log(&output)?;
    held.write_receipts(&output, step)?;
    output.put(&format!("results/{size}"), results_text(&held.ledger, size).as_bytes())?;
    let snapshot = Snapshot::new(&held.ledger, held.head_state());
    write_pages(&output, &held.ledger, &snapshot, &Files { held: &held, boundaries, publication }, step)?;
    // The heads last: whoever reads a directory that is changed in place finds what they speak of.
    for (state, head) in [(State::Cosigned, &held.cosigned), (State::Held, &held.by_rivals)] {
        if let Some(head) = head {
            output.put(state.path(), head.text.as_bytes())?;
        }
    }
    output.put(State::Signed.path(), held.signed.text.as_bytes())?;
    Ok(output.finish()?)
}

/// Makes a verified copy of a log, or brings one forward, and returns when it holds what the log shows. Blobs that the log
/// does not give are not waited for.
pub async fn copy(mut settings: Settings) -> Result<u64, MirrorError> {
    // Nobody reads it before it is copied.
    settings.is_searched = false;
    let running = Mirror::start(settings).await?;
    let (mut heard, mut missing) = (Instant::now(), (u64::MAX, Instant::now()));
    let copied = loop {
        tokio::select! {
            failure = running.failure() => break Err(failure),
            () = tokio::time::sleep(LOOK) => {}
        }
        let lag = running.lag();
        if lag.problem.is_none() {
            heard = Instant::now();
        } else if heard.elapsed() > PATIENCE {
            let found = lag.problem.unwrap_or_default();
            break Err(MirrorError::Failed { found: format!("the log does not answer: {found}") });
        }
        if lag.blobs_missing != missing.0 {
            missing = (lag.blobs_missing, Instant::now());
        }
        let has_blobs = missing.0 == 0 || missing.1.elapsed() > BLOB_PATIENCE;
        if lag.is_whole && has_blobs {
            break Ok(running.size());
        }
    };
    let stopped = running.stop().await;
    let size = copied?;
    stopped?;
    Ok(size)
}

/// What a directory holds under its newest head.
struct Held {
    reader: Reader<PosixDisk>,
    blobs: Blobs<PosixDisk>,
    blob_names: BTreeSet<Hash>,
    ledger: Ledger,
    tree: MemoryTree,
    entries: Vec<Vec<u8>>,
    signed: Published,
    cosigned: Option<Published>,
    by_rivals: Option<Published>,
}

impl Held {
    fn read(dir: &Path) -> Result<Self, MirrorError> {
        let disk = Arc::new(PosixDisk::new(dir));
        let (reader, blobs) = (Reader::new(disk.clone()), Blobs::new(disk.clone()));
        let damaged = |found: &str| MirrorError::damaged("log/checkpoint", found);
        let text =
            std::fs::read(dir.join("log/checkpoint")).map_err(MirrorError::system("reading the head"))?;
        let note = hakiki_note::Note::parse(&text).map_err(|error| damaged(&error.to_string()))?;
        let head =
            hakiki_tlog::Checkpoint::parse(&note.text).map_err(|error| damaged(&error.to_string()))?.head;
        // At once: a node that goes on takes away what the next head has made needless.
        let mut entries = Vec::new();
        while (entries.len() as u64) < head.size {
            entries.extend(restore::entries_from(&reader, entries.len() as u64, head.size)?);
        }
        let tree = restore::tree(&reader, head)?;
        let ledger = open_ledger(dir)?;
        let key = &ledger.election().log_key;
        let read = |state: State| state.read(&disk, key);
        let mut signed = read(State::Signed)?.ok_or_else(|| damaged("it is missing"))?;
        if signed.checkpoint.head() != head {
            let checkpoint = hakiki_tlog::VerifiedCheckpoint::open(&text, key);
            signed = Published::new(checkpoint.map_err(|refused| damaged(&refused.to_string()))?);
        }
        signed.unix_s = modified(&dir.join(State::Signed.file())).unwrap_or(signed.unix_s);
        let is_covered = |found: &Published| found.size() <= head.size;
        let (cosigned, by_rivals) =
            (read(State::Cosigned)?.filter(is_covered), read(State::Held)?.filter(is_covered));
        let blob_names = blob_names(&dir.join("log/blob"))?;
        Ok(Self { reader, blobs, blob_names, ledger, tree, entries, signed, cosigned, by_rivals })
    }

    /// The newest head as the pages show it. Who cosigned a head of the same tree later swears to it too.
    fn head_state(&self) -> HeadState {
        let head = self.signed.checkpoint.head();
        let same = [&self.by_rivals, &self.cosigned].into_iter().flatten();
        let richest = same.chain([&self.signed]).find(|found| found.checkpoint.head() == head);
        let checkpoint = &richest.unwrap_or(&self.signed).checkpoint;
        let standing = self.ledger.witness_policies().standing(checkpoint);
        HeadState::new(head, self.signed.unix_s, standing.quorum, Some(&standing))
    }

    fn write_log(&self, output: &Output) -> Result<(), MirrorError> {
        let size = self.signed.size();
        for path in tiles_of(size).chain(bundles_of(size)) {
            output.put(&path.to_path(), &self.tile(path)?)?;
        }
        for name in self.blob_names.iter().filter(|name| self.ledger.withheld_by(name).is_none()) {
            let missing = || MirrorError::damaged(format!("log/blob/{name}"), "it is missing");
            output.put(&format!("blob/{name}"), &self.blobs.read_blob(*name)?.ok_or_else(missing)?)?;
        }
        Ok(())
    }

    /// A tile or bundle of exactly this width: a wider one begins with it.
    fn tile(&self, path: TilePath) -> Result<Vec<u8>, MirrorError> {
        let width = usize::from(path.width());
        if let TilePath::Entries { index, .. } = path {
            let first = usize::try_from(index * u64::from(TILE_WIDTH)).unwrap_or(usize::MAX);
            let entries = self.entries.iter().skip(first).take(width);
            return Ok(entries
                .flat_map(|entry| length(entry).into_iter().chain(entry.iter().copied()))
                .collect());
        }
        let read = match self.reader.read(&path.to_path())? {
            Some(bytes) => Some(bytes),
            None => self.reader.read(&path.full().to_path())?,
        };
        let mut bytes = read.ok_or_else(|| MirrorError::damaged(path.to_path(), "it is missing"))?;
        bytes.truncate(32 * width);
        Ok(bytes)
    }

    /// The receipt of every record, under the best head that covers it.
    fn write_receipts(&self, output: &Output, step: &(dyn Fn(u64) + Sync)) -> Result<(), MirrorError> {
        let heads: Vec<&Published> =
            [&self.by_rivals, &self.cosigned].into_iter().flatten().chain([&self.signed]).collect();
        (0u64..).zip(&self.entries).collect::<Vec<_>>().par_iter().try_for_each(|(place, entry)| {
            // What is no record has no receipt.
            let Ok(record) = Record::parse(entry) else { return Ok(()) };
            let head = heads.iter().find(|head| *place < head.size()).unwrap_or(&heads[heads.len() - 1]);
            let proof = self.tree.inclusion_proof(*place, head.size());
            let proof = proof.map_err(|error| MirrorError::damaged("log/tile", error.to_string()))?;
            let receipt = Receipt::new((*entry).clone(), *place, proof, &head.checkpoint).to_text();
            step(1);
            Ok(output.put(&format!("receipt/{}", record.id()), receipt.as_bytes())?)
        })
    }
}

/// The length of an entry as a bundle has it: two bytes, big end first.
fn length(entry: &[u8]) -> [u8; 2] {
    u16::try_from(entry.len()).expect("the log holds no longer entry").to_be_bytes()
}

fn blob_names(folder: &Path) -> Result<BTreeSet<Hash>, MirrorError> {
    let failed = MirrorError::system("listing blobs");
    let names = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        entries => entries.and_then(Iterator::collect::<Result<Vec<_>, _>>).map_err(failed)?,
    };
    Ok(names.iter().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect())
}

/// Records and blobs for pages.
struct Files<'a> {
    held: &'a Held,
    boundaries: Option<Boundaries>,
    publication: &'a Publication,
}

impl Source for Files<'_> {
    fn entry(&self, place: u64) -> Option<Vec<u8>> {
        self.held.entries.get(usize::try_from(place).ok()?).cloned()
    }

    fn has_blob(&self, hash: &Hash) -> bool {
        self.held.blob_names.contains(hash) && self.held.ledger.withheld_by(hash).is_none()
    }

    fn blob(&self, hash: &Hash) -> Option<Vec<u8>> {
        let bytes = self.has_blob(hash).then(|| self.held.blobs.read_blob(*hash))?;
        bytes.ok().flatten()
    }

    fn own_url(&self) -> Option<&str> {
        self.publication.url.as_deref()
    }

    fn said_url(&self) -> Option<&str> {
        self.publication.said_url.as_deref()
    }

    fn boundaries(&self) -> Option<&Boundaries> {
        self.boundaries.as_ref()
    }

    fn checker(&self) -> Option<Hash> {
        Some(hakiki_site::checker_hash())
    }
}
