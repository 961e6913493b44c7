//! Whether an archive is the one that its lists and manifests describe (V20): its shape, every hash, no file too many and
//! none too few, the manifests as the records make them, the annex as its maker wrote it.

use crate::archived::{Archived, FILE_MAX_BYTES};
use crate::check::{Check, CheckResult};
use crate::fetch::{FetchError, Fetcher};
use crate::fold::Folded;
use crate::report::{AnnexReport, ArchiveReport};
use hakiki_archive::{
    ANNEX, Annex, ArchiveCode as Code, BLOBS, CORE, Fault, annex_head_path, annex_proof_path, blob_path,
    blobs_manifest, blobs_of, core_manifest, core_paths, first_departure, keys_text, part_of, read_proof,
    sums_text,
};
use hakiki_core::Ledger;
use hakiki_messages::Message;
use hakiki_note::{Hash, Note, VerifierKey, sha256};
use hakiki_tlog::checkpoint::VerifiedCheckpoint;
use hakiki_tlog::tree::Head;
use rayon::prelude::*;
use std::collections::BTreeSet;

/// Why the check did not pass.
enum Stopped {
    /// The archive is not what it says.
    Fault(Fault),
    /// The file could not be read.
    Unreadable(String),
    /// The records could not be folded, which other checks explain.
    Unfolded(Message),
}

impl From<Fault> for Stopped {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

type Judged<T> = Result<T, Stopped>;

/// V20 where no head could be read; none if the source is no archive.
pub(crate) fn check_shape(fetcher: &Fetcher) -> Option<CheckResult> {
    let archive = fetcher.archive()?;
    let missing = || Fault::new(Code::A105, format!("{CORE}/checkpoint"));
    let shaped = |()| if archive.has(&format!("{CORE}/checkpoint")) { Ok(()) } else { Err(missing().into()) };
    let judged = shape(archive).and_then(shaped).and_then(|()| check_sums(archive).map(drop));
    Some(match judged {
        Ok(()) => CheckResult::input_missing(Check::V20, Message::new("verify.no_head")),
        Err(stopped) => result_of(stopped),
    })
}

/// V20, and the parts where it passed.
pub(crate) fn check(fetcher: &Fetcher, head: Head, folded: &Folded) -> (CheckResult, Option<ArchiveReport>) {
    let Some(archive) = fetcher.archive().filter(|archive| archive.beside().is_none()) else {
        return (CheckResult::not_checked(Check::V20, Message::new("verify.v20.no_archive")), None);
    };
    match judge(archive, head, folded) {
        Err(stopped) => (result_of(stopped), None),
        Ok(report) => {
            let files = archive.files.len() as u64;
            let message = Message::new("verify.v20.good").with("core", report.core.to_string());
            let blobs = match report.blobs {
                Some(hash) => Message::new("verify.v20.blobs").with("hash", hash.to_string()),
                None => Message::new("verify.v20.no_blobs"),
            };
            let annex = match &report.maker {
                Some(maker) => Message::new("verify.v20.signed").with("maker", maker.to_string()),
                None => Message::new("verify.v20.unsigned"),
            };
            let message = message.with("files", files).with("blobs", blobs).with("annex", annex);
            (CheckResult::passed(Check::V20, message), Some(report))
        }
    }
}

fn result_of(stopped: Stopped) -> CheckResult {
    match stopped {
        Stopped::Fault(fault) => {
            let title = Message::new(format!("archive.fault.{}", fault.code));
            let message = Message::new("verify.v20.fault").with("code", fault.code.as_str());
            CheckResult::failed(Check::V20, message.with("title", title).with("found", fault.detail))
        }
        Stopped::Unreadable(why) => {
            CheckResult::input_missing(Check::V20, Message::new("verify.v20.unreadable").with("why", why))
        }
        Stopped::Unfolded(why) => {
            CheckResult::input_missing(Check::V20, Message::new("verify.unfolded").with("why", why))
        }
    }
}

fn judge(archive: &Archived, head: Head, folded: &Folded) -> Judged<ArchiveReport> {
    shape(archive)?;
    let parts = check_sums(archive)?;
    let core = parts.core.ok_or_else(|| Fault::new(Code::A105, format!("{CORE}/sha256sums")))?;
    let ledger = match (&folded.ledger, &folded.stop) {
        (Some(ledger), None) => ledger,
        (_, Some(why)) => return Err(Stopped::Unfolded(why.clone())),
        (None, None) => return Err(Stopped::Unfolded(Message::new("verify.no_first"))),
    };
    let named = blobs_of(ledger, &folded.named);
    let here: BTreeSet<Hash> = named.iter().copied().filter(|hash| archive.has(&blob_path(hash))).collect();
    let annex = match archive.annex() {
        Some(annex) => Some(annex?),
        None if parts.annex.is_some() => return Err(Fault::new(Code::A105, "annex/statement").into()),
        None => None,
    };
    let blobs = parts.blobs.map(|_| &here);
    check_files(archive, head.size, &folded.tables, blobs, annex.as_ref())?;
    check_checkpoint(archive, &ledger.election().log_key)?;
    let expect = |path: &str, made: &str| -> Judged<()> {
        if read(archive, path)? == made.as_bytes() {
            return Ok(());
        }
        Err(Fault::new(Code::A202, path).into())
    };
    expect("core/keys", &keys_text(ledger)?)?;
    expect("core/manifest", &core_manifest(ledger, head, &folded.tables))?;
    if parts.blobs.is_some() {
        expect("blobs/manifest", &blobs_manifest(&core, &named, &here))?;
    }
    let annex = match annex {
        Some(annex) => {
            let heads = check_annex(archive, &annex, ledger, core, parts.blobs)?;
            Some(AnnexReport { annex, heads })
        }
        None => None,
    };
    let maker = annex.as_ref().and_then(|read| read.annex.maker.clone());
    Ok(ArchiveReport { core, blobs: parts.blobs, maker, annex })
}

fn shape(archive: &Archived) -> Judged<()> {
    archive.fault.clone().map_or(Ok(()), |fault| Err(fault.into()))
}

fn read(archive: &Archived, path: &str) -> Judged<Vec<u8>> {
    archive.read(path, FILE_MAX_BYTES).map_err(|error| stopped(&error, path))
}

fn stopped(error: &FetchError, path: &str) -> Stopped {
    match error {
        FetchError::Absent => Fault::new(Code::A105, path).into(),
        FetchError::TooLarge(_) => Fault::new(Code::A106, path).into(),
        FetchError::Unreadable(why) => Stopped::Unreadable(why.clone()),
    }
}

/// The SHA-256 of the list of each part that is there.
#[derive(Default)]
struct Parts {
    core: Option<Hash>,
    blobs: Option<Hash>,
    annex: Option<Hash>,
}

/// Every file has the hash that the list of its part says, and the lists name every file.
fn check_sums(archive: &Archived) -> Judged<Parts> {
    let hash = |file: &hakiki_archive::Placed| -> Judged<Hash> {
        let read = archive.read_at(file.offset, file.bytes, FILE_MAX_BYTES);
        read.map(|bytes| sha256(&bytes)).map_err(|error| stopped(&error, &file.path))
    };
    let hashes: Vec<Hash> = archive.files.par_iter().map(hash).collect::<Judged<_>>()?;
    let mut parts = Parts::default();
    for (part, slot) in [(CORE, &mut parts.core), (BLOBS, &mut parts.blobs), (ANNEX, &mut parts.annex)] {
        let list = format!("{part}/sha256sums");
        let mut own = archive.files.iter().zip(&hashes).filter(|(file, _)| part_of(&file.path) == part);
        if own.clone().next().is_none() {
            continue;
        }
        let listed = own.clone().filter(|(file, _)| file.path != list);
        let made = sums_text(listed.map(|(file, hash)| (&*file.path, *hash)));
        let stands = read(archive, &list)?;
        if stands != made.as_bytes() {
            return Err(first_unlisted(&stands, &made, &list).into());
        }
        *slot = own.find(|(file, _)| file.path == list).map(|(_, hash)| *hash);
    }
    Ok(parts)
}

/// The first line of a list that is not what the files make it.
fn first_unlisted(stands: &[u8], made: &str, list: &str) -> Fault {
    let stands = String::from_utf8_lossy(stands);
    let pair = made.lines().zip(stands.lines()).find(|(made, stands)| made != stands);
    let path = pair.and_then(|(made, _)| made.split("  ").nth(1)).unwrap_or(list);
    Fault::new(Code::A201, path)
}

/// The files are those that such an archive has, in its order.
fn check_files(
    archive: &Archived,
    size: u64,
    tables: &BTreeSet<Hash>,
    blobs: Option<&BTreeSet<Hash>>,
    annex: Option<&Annex>,
) -> Judged<()> {
    let mut expected: Vec<String> = core_paths(size, tables.iter().copied()).collect();
    if let Some(here) = blobs {
        expected.extend(here.iter().map(blob_path));
        expected.extend(["manifest", "sha256sums"].map(|name| format!("{BLOBS}/{name}")));
    }
    if let Some(annex) = annex {
        for (_, head) in annex.heads() {
            expected.push(annex_head_path(head.number));
            expected.extend(head.proof.map(|_| annex_proof_path(head.number)));
        }
        expected.extend(["statement", "sha256sums"].map(|name| format!("{ANNEX}/{name}")));
    }
    let found = archive.files.iter().map(|file| &*file.path);
    first_departure(expected.into_iter(), found).map_or(Ok(()), |fault| Err(fault.into()))
}

/// The checkpoint carries the log's own signature and nothing that depends on who asked.
fn check_checkpoint(archive: &Archived, log: &VerifierKey) -> Judged<()> {
    let path = format!("{CORE}/checkpoint");
    let note = Note::parse(&read(archive, &path)?);
    let is_alone = note.is_ok_and(|note| note.signatures.len() == 1 && note.signatures[0].is_by(log));
    if is_alone { Ok(()) } else { Err(Fault::new(Code::A203, path).into()) }
}

/// The annex is of these parts, and its heads and proofs are those that it lists: gives the heads.
fn check_annex(
    archive: &Archived,
    annex: &Annex,
    ledger: &Ledger,
    core: Hash,
    blobs: Option<Hash>,
) -> Judged<Vec<Head>> {
    if annex.core != core || annex.blobs != blobs || annex.election != *ledger.fingerprint() {
        return Err(Fault::new(Code::A302, "annex/statement").into());
    }
    let mut heads = Vec::new();
    for (expected, (_, head)) in annex.heads().enumerate() {
        let (path, proof) = (annex_head_path(head.number), annex_proof_path(head.number));
        let note = read(archive, &path)?;
        let signed = VerifiedCheckpoint::open(&note, &ledger.election().log_key);
        let (Ok(signed), true, true) = (signed, head.number == expected, sha256(&note) == head.hash) else {
            return Err(Fault::new(Code::A304, path).into());
        };
        heads.push(signed.head());
        if let Some(listed) = head.proof {
            let bytes = read(archive, &proof)?;
            if sha256(&bytes) != listed || read_proof(&bytes).is_none() {
                return Err(Fault::new(Code::A304, proof).into());
            }
        }
    }
    Ok(heads)
}
