//! Making an archive: the log is copied into the file once, cut to the head, and folded from there, so that what is
//! verified is what was written; then tables, blobs, and what others say of the head.

use crate::archived::Archived;
use crate::asking::{self, Annexed};
use crate::check::{Check, CheckResult, Status};
use crate::fetch::{FetchError, Fetcher, Object};
use crate::heads::{Chosen, choose, with_sizes};
use crate::options::{Options, Phase, Program, Progress, Source};
use crate::report::Report;
use crate::run::{Named, run_over};
use crate::tree::width_in;
use hakiki_archive::{
    ANNEX, BLOBS, CORE, Fault, Part, Writer, blob_path, blobs_manifest, blobs_of, core_manifest, keys_text,
    log_paths, table_path,
};
use hakiki_core::Ledger;
use hakiki_core::view::results::results_text;
use hakiki_evidence::{Evidence, PolicyAndKeys};
use hakiki_messages::{Language, Message};
use hakiki_note::{Hash, Note, SignatureLine, VerifierKey, sha256};
use hakiki_tlog::tile::TilePath;
use hakiki_tlog::tree::Head;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;

/// Tiles and bundles that are asked for at once.
const TILES_AT_ONCE: usize = 32;
/// Blobs that are asked for at once: each may be large.
const BLOBS_AT_ONCE: usize = 16;

/// Which head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum At {
    /// The newest that mirrors of two classes hold.
    Held,
    /// The newest that a quorum of witnesses cosigned.
    Cosigned,
    /// The newest that the log signed.
    Signed,
    /// A signed head of so many entries: one that is served, or that stands in the log as a `head` record.
    Size(u64),
    /// This one.
    Checkpoint(Vec<u8>),
}

/// What to make an archive of.
#[derive(Debug, Clone)]
pub struct Opening {
    /// Where the log is.
    pub source: Source,
    /// Which head.
    pub at: At,
    /// With photographs and words, as far as they are there.
    pub with_blobs: bool,
    /// With an annex.
    pub with_annex: bool,
    /// Addresses of witnesses that are asked for their head.
    pub witnesses: Vec<String>,
    /// Addresses of mirrors that are asked for theirs.
    pub mirrors: Vec<String>,
    /// The time now, in seconds since 1970.
    pub now_s: u64,
    /// Threads; none is one for each core.
    pub threads: Option<usize>,
    /// Who makes it.
    pub program: Program,
}

/// Who signs the annex. A key may live on a token, so it is the caller's.
pub struct Maker<'a> {
    /// The key, which the annex names.
    pub key: &'a VerifierKey,
    /// Signs a text by it, or says why it cannot.
    pub sign: &'a dyn Fn(&str) -> Result<SignatureLine, String>,
}

/// An archive that was made.
#[derive(Debug)]
pub struct Opened {
    /// Its head.
    pub head: Head,
    /// The core.
    pub core: Part,
    /// The blobs.
    pub blobs: Option<Part>,
    /// Blobs that records name and that are not in it; those withheld are not counted.
    pub absent: u64,
    /// Who was asked, and how many of them gave a head.
    pub asked: Option<(u64, u64)>,
    /// The log as it was verified on the way.
    pub report: Report,
    /// Forks between the head and what others gave.
    pub evidence: Vec<Evidence>,
}

/// Why there is no archive.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The source lacks what is needed, or it is not what its head says.
    #[error("{}", .0.text(Language::English))]
    Refused(Message),
    /// The file could not be written or read.
    #[error(transparent)]
    Disk(#[from] io::Error),
}

impl From<Fault> for OpenError {
    fn from(fault: Fault) -> Self {
        Self::Disk(io::Error::other(fault))
    }
}

pub(crate) fn refused<T>(message: Message) -> Result<T, OpenError> {
    Err(OpenError::Refused(message))
}

/// Makes an archive at `path`, where no file may stand. What an error leaves there is no archive.
pub fn open_archive(
    opening: &Opening,
    path: &Path,
    maker: Option<&Maker<'_>>,
    progress: &dyn Progress,
) -> Result<Opened, OpenError> {
    let fetcher = with_sizes(open(&opening.source)?);
    let chosen = choose(&fetcher, &opening.at)?;
    let head = chosen.own.head();
    let mut writer = Writer::new(BufWriter::with_capacity(1 << 20, File::create_new(path)?));
    writer.put(&format!("{CORE}/checkpoint"), log_signed(&chosen).as_bytes())?;
    copy_log(&fetcher, head.size, &mut writer, progress)?;
    writer.flush()?;

    let (report, named) = fold(opening, path, &writer, progress)?;
    let Some(ledger) = &report.ledger else { return refused(unsound(&report)) };
    check_standing(&chosen, &opening.at, ledger)?;
    let core = write_core(&fetcher, &mut writer, ledger, head, &named.tables)?;
    let named = blobs_of(ledger, &named.blobs);
    let (blobs, absent) = if opening.with_blobs {
        let (part, here) = write_blobs(&fetcher, &mut writer, &core.sha256, &named)?;
        (Some(part), named.len() as u64 - here)
    } else {
        (None, named.len() as u64)
    };
    let (mut asked, mut evidence) = (None, Vec::new());
    if opening.with_annex {
        let parts = (core.sha256, blobs.map(|part| part.sha256));
        let key = maker.map(|maker| maker.key);
        let made = asking::annex(opening, &fetcher, &chosen, parts, *ledger.fingerprint(), key);
        asked = Some((made.annex.asked.len() as u64, made.annex.heads().count() as u64));
        evidence = shown(ledger, &made);
        write_annex(&mut writer, &made, maker)?;
    }
    writer.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    Ok(Opened { head, core, blobs, absent, asked, report, evidence })
}

fn open(source: &Source) -> Result<Fetcher, OpenError> {
    let unreadable = |error: FetchError| Message::new("open.unreadable").with("why", error.to_string());
    Fetcher::open(source).map_err(|error| OpenError::Refused(unreadable(error)))
}

/// The checkpoint with the log's own signature alone: cosignatures differ with who is asked.
fn log_signed(chosen: &Chosen) -> String {
    let note = chosen.own.note();
    let own = note.signatures.iter().find(|line| line.is_by(&chosen.log_key));
    Note { text: note.text.clone(), signatures: own.cloned().into_iter().collect() }.to_text()
}

/// Copies every tile and bundle, cut to exactly this size.
fn copy_log(
    fetcher: &Fetcher,
    size: u64,
    writer: &mut Writer<BufWriter<File>>,
    progress: &dyn Progress,
) -> Result<(), OpenError> {
    let count = log_paths(size).count() as u64;
    let mut paths = log_paths(size);
    let mut done = 0;
    loop {
        let chunk: Vec<TilePath> = paths.by_ref().take(TILES_AT_ONCE).collect();
        if chunk.is_empty() {
            return Ok(());
        }
        for (path, read) in chunk.iter().zip(fetcher.each(&chunk, |path| fetcher.cut(*path))) {
            let bytes = read.map_err(|error| {
                let message = Message::new("open.lacks").with("path", path.to_path());
                OpenError::Refused(message.with("why", error.to_string()))
            })?;
            writer.put(&format!("{CORE}/{}", path.to_path()), &bytes)?;
        }
        done += chunk.len() as u64;
        progress.step(Phase::Tiles, done, count);
    }
}

/// Folds the log that was written; its tables still come from the source.
fn fold(
    opening: &Opening,
    path: &Path,
    writer: &Writer<BufWriter<File>>,
    progress: &dyn Progress,
) -> Result<(Report, Named), OpenError> {
    let archive = Archived::opening(path, writer.files(), open(&opening.source)?)?;
    let options = Options {
        source: opening.source.clone(),
        fingerprint: None,
        require: BTreeSet::new(),
        threads: opening.threads,
        program: opening.program.clone(),
    };
    let (report, named) = run_over(&options, &Fetcher::of_archive(archive), progress);
    let has = |code, status| report.check(code).is_some_and(|check: &CheckResult| check.status == status);
    let needed = [Check::V02, Check::V04, Check::V05].iter().all(|code| has(*code, Status::Passed));
    // A table that is missing or wrong would make another core.
    if needed && !has(Check::V09, Status::Failed) { Ok((report, named)) } else { refused(unsound(&report)) }
}

/// The first check that stands in the way.
fn unsound(report: &Report) -> Message {
    let needed = [Check::V02, Check::V04, Check::V05, Check::V09, Check::V12];
    let is_bad = |code: &&Check| report.check(**code).is_some_and(|check| check.status != Status::Passed);
    let bad = needed.iter().find(is_bad).and_then(|code| report.check(*code));
    let Some(bad) = bad else { return Message::new("verify.no_first") };
    let message = Message::new("open.unsound").with("code", bad.code.as_str());
    message.with("why", bad.message.clone())
}

/// A head that was asked for as cosigned or held is that.
fn check_standing(chosen: &Chosen, at: &At, ledger: &Ledger) -> Result<(), OpenError> {
    let standing = PolicyAndKeys::of_ledger(ledger).standing(&chosen.own);
    match at {
        At::Held if !standing.is_held() => refused(Message::new("open.not_held")),
        At::Cosigned if !standing.is_cosigned() => refused(Message::new("open.not_cosigned")),
        _ => Ok(()),
    }
}

fn write_core(
    fetcher: &Fetcher,
    writer: &mut Writer<BufWriter<File>>,
    ledger: &Ledger,
    head: Head,
    tables: &BTreeSet<Hash>,
) -> Result<Part, OpenError> {
    let written = write_all(fetcher, writer, tables, table_path)?;
    if let Some(gone) = tables.difference(&written).next() {
        return refused(Message::new("open.gone").with("hash", gone.to_string()));
    }
    let results = results_text(ledger, head.size);
    writer.put(&format!("{CORE}/results/{}", head.size), results.as_bytes())?;
    writer.put(&format!("{CORE}/keys"), keys_text(ledger)?.as_bytes())?;
    writer.put(&format!("{CORE}/manifest"), core_manifest(ledger, head, tables).as_bytes())?;
    Ok(writer.close_part(&format!("{CORE}/sha256sums"))?)
}

fn write_blobs(
    fetcher: &Fetcher,
    writer: &mut Writer<BufWriter<File>>,
    core: &Hash,
    named: &BTreeSet<Hash>,
) -> Result<(Part, u64), OpenError> {
    let here = write_all(fetcher, writer, named, blob_path)?;
    writer.put(&format!("{BLOBS}/manifest"), blobs_manifest(core, named, &here).as_bytes())?;
    Ok((writer.close_part(&format!("{BLOBS}/sha256sums"))?, here.len() as u64))
}

/// Writes the blobs that are here with the right hash, in the order of their hashes; says which.
fn write_all(
    fetcher: &Fetcher,
    writer: &mut Writer<BufWriter<File>>,
    hashes: &BTreeSet<Hash>,
    path: fn(&Hash) -> String,
) -> Result<BTreeSet<Hash>, OpenError> {
    let mut written = BTreeSet::new();
    let all: Vec<Hash> = hashes.iter().copied().collect();
    for chunk in all.chunks(BLOBS_AT_ONCE) {
        for (hash, read) in chunk.iter().zip(fetcher.each(chunk, |hash| fetcher.get(&Object::Blob(*hash)))) {
            match read {
                Ok(bytes) if sha256(&bytes) == *hash => {
                    writer.put(&path(hash), &bytes)?;
                    written.insert(*hash);
                }
                // Absent, or other bytes under its name, which `verify` of the source says.
                Ok(_) | Err(FetchError::Absent | FetchError::TooLarge(_)) => {}
                Err(FetchError::Unreadable(why)) => {
                    let message = Message::new("verify.v09.unreadable").with("hash", hash.to_string());
                    return refused(message.with("why", why));
                }
            }
        }
    }
    Ok(written)
}

fn write_annex(
    writer: &mut Writer<BufWriter<File>>,
    made: &Annexed,
    maker: Option<&Maker<'_>>,
) -> Result<(), OpenError> {
    for (path, bytes) in &made.files {
        writer.put(path, bytes)?;
    }
    let text = made.annex.to_text();
    let statement = match maker {
        Some(maker) => made.annex.signed((maker.sign)(&text).map_err(io::Error::other)?),
        None => text,
    };
    writer.put(&format!("{ANNEX}/statement"), statement.as_bytes())?;
    writer.close_part(&format!("{ANNEX}/sha256sums"))?;
    Ok(())
}

/// Forks that a stranger who checks them comes to as well.
fn shown(ledger: &Ledger, made: &Annexed) -> Vec<Evidence> {
    let trust = PolicyAndKeys::of_ledger(ledger);
    let log = &ledger.election().log_key;
    let evidence = made.forks.iter().map(|claim| Evidence {
        election: *ledger.fingerprint(),
        log: log.clone(),
        claim: claim.clone(),
    });
    evidence.filter(|evidence| evidence.check(&trust).is_ok()).collect()
}

/// The bundle that holds a place of a log of `size` entries.
pub(crate) fn bundle_of(place: u64, size: u64) -> TilePath {
    let index = place / 256;
    TilePath::Entries { index, width: width_in(index, size) }
}
