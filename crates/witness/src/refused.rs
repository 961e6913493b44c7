//! Signed heads that were refused: evidence, one file each, named by the hash of its bytes.
//!
//! ```text
//! hakiki/refused-head@v1
//! reason same-size | empty-tree | proof
//! refused <bytes of the first note>
//! recorded <bytes of the second note; 0 if nothing was recorded>
//!
//! <the refused checkpoint, with its log's signature>
//! <the recorded checkpoint that it contradicts, with the log's signature and the witness's>
//! ```
//!
//! The notes stand as they are, one behind the other. `same-size` and `empty-tree` prove by themselves that the log signed
//! two histories. `proof` proves nothing alone, since anybody can send a signed head with a bad proof; but its log must be
//! able to show that the two heads are consistent.

use crate::disk::{replace, sync_directory};
use crate::error::WitnessError;
use hakiki_note::{Hash, VerifierKey, sha256};
use hakiki_tlog::witness::{InconsistentReason, origin_folder};
use hakiki_tlog::{Head, Origin, VerifiedCheckpoint, empty_root};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The first line of a file of evidence.
pub const REFUSED_HEADER: &str = "hakiki/refused-head@v1";

/// A refused head, with what it contradicts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedHead {
    /// Why it was refused.
    pub reason: InconsistentReason,
    /// The note of the refused checkpoint.
    pub refused: String,
    /// The note of the checkpoint that was recorded then.
    pub recorded: Option<String>,
}

impl RefusedHead {
    /// The file.
    pub fn to_text(&self) -> String {
        let recorded = self.recorded.as_deref().unwrap_or_default();
        format!(
            "{REFUSED_HEADER}\nreason {}\nrefused {}\nrecorded {}\n\n{}{recorded}",
            reason_word(self.reason),
            self.refused.len(),
            recorded.len(),
            self.refused
        )
    }

    /// Parses a file; the inverse of [`Self::to_text`]. Nothing is verified.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        let (head, notes) = text.split_once("\n\n")?;
        let mut lines = head.split('\n');
        let mut line = |key: &str| lines.next()?.strip_prefix(key);
        line(REFUSED_HEADER).filter(|rest| rest.is_empty())?;
        let reason = reason_of(line("reason ")?)?;
        let refused: usize = line("refused ")?.parse().ok()?;
        let recorded: usize = line("recorded ")?.parse().ok()?;
        let fits = lines.next().is_none() && refused.checked_add(recorded) == Some(notes.len());
        let (refused, recorded) = notes.split_at_checked(refused).filter(|_| fits)?;
        let recorded = (!recorded.is_empty()).then(|| recorded.to_owned());
        let found = Self { reason, refused: refused.to_owned(), recorded };
        (found.to_text().as_bytes() == bytes).then_some(found)
    }

    /// Whether this file alone proves, by the log's own signatures, that it signed two histories.
    pub fn proves_fork(&self, log_key: &VerifierKey) -> bool {
        let head =
            |note: &str| VerifiedCheckpoint::open(note.as_bytes(), log_key).ok().map(|found| found.head());
        let Some(refused) = head(&self.refused) else { return false };
        if refused.size == 0 && refused.root != empty_root() {
            return true;
        }
        let recorded: Option<Head> = self.recorded.as_deref().and_then(head);
        recorded.is_some_and(|recorded| recorded.size == refused.size && recorded.root != refused.root)
    }

    fn says_fork(&self) -> bool {
        self.reason != InconsistentReason::Proof
    }
}

fn reason_word(reason: InconsistentReason) -> &'static str {
    match reason {
        InconsistentReason::EmptyTree => "empty-tree",
        InconsistentReason::SameSize => "same-size",
        InconsistentReason::Proof => "proof",
    }
}

fn reason_of(word: &str) -> Option<InconsistentReason> {
    let all = [InconsistentReason::EmptyTree, InconsistentReason::SameSize, InconsistentReason::Proof];
    all.into_iter().find(|reason| reason_word(*reason) == word)
}

/// The folder of evidence: `refused/<hash of the origin>/<hash of the file>`.
pub(crate) struct RefusedHeads {
    dir: PathBuf,
    files_max: usize,
    bytes_max: u64,
    index: Mutex<Index>,
}

#[derive(Default)]
struct Index {
    kept: BTreeMap<(String, Hash), Kept>,
    bytes: u64,
    dropped: u64,
}

#[derive(Clone, Copy)]
struct Kept {
    reason: InconsistentReason,
    bytes: u64,
}

impl RefusedHeads {
    /// Opens the folder and reads what is in it. A file that is not what its name says is left alone and not shown.
    pub fn open(dir: &Path, files_max: u64, bytes_max: u64) -> Result<Self, WitnessError> {
        let dir = dir.join("refused");
        let reading = |path: &Path| WitnessError::disk("reading the refused heads", path);
        let mut index = Index::default();
        for folder in names(&dir).map_err(reading(&dir))? {
            let path = dir.join(&folder);
            for name in names(&path).map_err(reading(&path))? {
                let path = path.join(&name);
                let bytes = fs::read(&path).map_err(reading(&path))?;
                let found = RefusedHead::parse(&bytes).filter(|_| sha256(&bytes).to_string() == name);
                let Some(found) = found else {
                    tracing::warn!(path = %path.display(), "this is no file of evidence");
                    continue;
                };
                let kept = Kept { reason: found.reason, bytes: bytes.len() as u64 };
                index.bytes += kept.bytes;
                index.kept.insert((folder.clone(), sha256(&bytes)), kept);
            }
        }
        let files_max = usize::try_from(files_max).unwrap_or(usize::MAX);
        Ok(Self { dir, files_max, bytes_max, index: Mutex::new(index) })
    }

    /// Keeps a refused head, durably. Where there is no room, one that proves nothing alone gives way to one that does.
    pub fn keep(&self, origin: &Origin, head: &RefusedHead) -> io::Result<()> {
        let text = head.to_text();
        let (folder, hash, bytes) = (origin_folder(origin), sha256(text.as_bytes()), text.len() as u64);
        let mut index = self.index.lock().unwrap_or_else(PoisonError::into_inner);
        if index.kept.contains_key(&(folder.clone(), hash)) {
            return Ok(());
        }
        while index.kept.len() >= self.files_max || index.bytes.saturating_add(bytes) > self.bytes_max {
            let weak = index.kept.iter().find(|(_, kept)| kept.reason == InconsistentReason::Proof);
            let weak = weak.map(|(key, kept)| (key.clone(), *kept)).filter(|_| head.says_fork());
            let Some((key, kept)) = weak else {
                index.dropped += 1;
                tracing::warn!(%origin, "a refused head is not kept: the folder is full");
                return Ok(());
            };
            fs::remove_file(self.dir.join(&key.0).join(key.1.to_string()))?;
            index.kept.remove(&key);
            index.bytes -= kept.bytes;
            index.dropped += 1;
        }
        let path = self.dir.join(&folder);
        if !path.is_dir() {
            fs::create_dir_all(&path)?;
            sync_directory(&self.dir)?;
            sync_directory(self.dir.parent().unwrap_or(Path::new(".")))?;
        }
        replace(&path.join(hash.to_string()), text.as_bytes())?;
        index.kept.insert((folder, hash), Kept { reason: head.reason, bytes });
        index.bytes += bytes;
        if head.says_fork() {
            tracing::error!(%origin, evidence = %hash, "THE LOG SIGNED TWO HISTORIES; the evidence is kept");
        } else {
            tracing::warn!(%origin, evidence = %hash, "a head without a good proof was refused and is kept");
        }
        Ok(())
    }

    /// The hashes and reasons of a log's refused heads, a line each.
    pub fn list(&self, folder: &str) -> String {
        let index = self.index.lock().unwrap_or_else(PoisonError::into_inner);
        let of_log = index.kept.iter().filter(|((of, _), _)| of == folder);
        let line =
            |((_, hash), kept): (&(String, Hash), &Kept)| format!("{hash} {}\n", reason_word(kept.reason));
        of_log.map(line).fold(String::new(), |list, line| list + &line)
    }

    /// A file of evidence.
    pub fn read(&self, folder: &str, hash: Hash) -> Option<io::Result<Vec<u8>>> {
        let key = (folder.to_owned(), hash);
        let is_kept = self.index.lock().unwrap_or_else(PoisonError::into_inner).kept.contains_key(&key);
        is_kept.then(|| fs::read(self.dir.join(folder).join(hash.to_string())))
    }

    /// How many are kept, how many of them prove a fork, how many were not kept.
    pub fn counts(&self) -> (u64, u64, u64) {
        let index = self.index.lock().unwrap_or_else(PoisonError::into_inner);
        let forks = index.kept.values().filter(|kept| kept.reason != InconsistentReason::Proof).count();
        (index.kept.len() as u64, forks as u64, index.dropped)
    }
}

/// The names in a directory; none where there is no directory.
fn names(dir: &Path) -> io::Result<Vec<String>> {
    match fs::read_dir(dir) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        entries => entries?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect(),
    }
}

#[cfg(test)]
#[path = "refused_tests.rs"]
mod tests;
