//! The journal of cosigned heads: batches with check sums, appended and synced before anything is answered.
//!
//! ```text
//! hakiki/witness-heads@v1
//! batch <bytes> <SHA-256 of these bytes> <16 hex digits of the SHA-256 of this line so far>
//! head <seconds since 1970> <bytes of the note>
//! <the checkpoint, with the log's line and the witness's>
//! head …
//! ```
//!
//! Only the last batch can be unfinished, since each is synced before the next is begun, and of an unfinished batch nobody
//! was answered: it is cut off. Whatever else does not fit is damage, and refused.

use crate::disk::{replace, sync_directory};
use crate::error::WitnessError;
use crate::recorded::Recorded;
use hakiki_note::sha256;
use hakiki_tlog::Origin;
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const HEADER: &str = "hakiki/witness-heads@v1\n";
/// `batch `, 20 digits, two hashes and what is between them.
const BATCH_LINE_MAX_BYTES: usize = 6 + 20 + 1 + 64 + 1 + 16 + 1;
/// How many times its live records the journal may be before it is rewritten.
const REWRITE_FACTOR: u64 = 4;

/// What is in a journal: the last recorded head of each log.
pub(crate) type Live = BTreeMap<Origin, Arc<Recorded>>;

/// An open journal. Only one process has it: see [`crate::disk::lock`].
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
    bytes: u64,
    rewrite_bytes: u64,
    rewrite_at: u64,
}

/// Makes an empty journal where there is none.
pub(crate) fn create(dir: &Path) -> Result<(), WitnessError> {
    let path = path(dir);
    replace(&path, HEADER.as_bytes()).map_err(WitnessError::disk("making the journal", &path))
}

/// Where the journal of a directory is.
pub(crate) fn path(dir: &Path) -> PathBuf {
    dir.join("heads")
}

impl Journal {
    /// Opens the journal of a directory; cuts off an unfinished last batch. Below `rewrite_bytes` it is not rewritten.
    pub fn open(dir: &Path, rewrite_bytes: u64) -> Result<(Self, Live), WitnessError> {
        let path = path(dir);
        let unfinished = path.with_extension("new");
        match fs::remove_file(&unfinished) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => {
                return Err(WitnessError::disk("removing an unfinished rewrite", &unfinished)(e));
            }
            _ => {}
        }
        let bytes = match fs::read(&path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Err(WitnessError::Missing { path }),
            read => read.map_err(WitnessError::disk("reading the journal", &path))?,
        };
        let read = read(&bytes).map_err(|(place, found)| WitnessError::Damaged {
            path: path.clone(),
            place: place as u64,
            found,
        })?;
        let file = OpenOptions::new().append(true).open(&path);
        let file = file.map_err(WitnessError::disk("opening the journal", &path))?;
        if read.whole < bytes.len() {
            tracing::warn!(cut = bytes.len() - read.whole, "an unfinished batch of the journal is cut off");
            file.set_len(read.whole as u64)
                .map_err(WitnessError::disk("cutting off an unfinished batch", &path))?;
        }
        // A batch that its process wrote and did not live to sync is here, and may not be on the disk.
        file.sync_all().map_err(WitnessError::disk("making the journal durable", &path))?;
        let mut journal = Self { path, file, bytes: read.whole as u64, rewrite_bytes, rewrite_at: 0 };
        journal.plan_rewrite(&read.live);
        Ok((journal, read.live))
    }

    /// Appends heads and makes them durable.
    pub fn append(&mut self, heads: &[Arc<Recorded>]) -> io::Result<()> {
        let batch = batch(heads);
        self.file.write_all(batch.as_bytes())?;
        self.file.sync_data()?;
        self.bytes += batch.len() as u64;
        Ok(())
    }

    /// Whether most of the journal is of the past.
    pub fn is_worth_rewriting(&self) -> bool {
        self.bytes > self.rewrite_at
    }

    /// Writes a new journal with the live heads alone in place of this one. An error leaves the old one in use, unless the
    /// new one already has the name: then the error is the journal's end.
    pub fn rewrite(&mut self, live: &Live) -> Result<(), RewriteError> {
        let heads: Vec<_> = live.values().cloned().collect();
        let mut bytes = HEADER.to_owned();
        if !heads.is_empty() {
            bytes.push_str(&batch(&heads));
        }
        let temporary = self.path.with_extension("new");
        let prepare = || {
            let mut file = File::create(&temporary)?;
            file.write_all(bytes.as_bytes())?;
            file.sync_all()?;
            let file = OpenOptions::new().append(true).open(&temporary)?;
            fs::rename(&temporary, &self.path)?;
            Ok(file)
        };
        let file = prepare().map_err(|error: io::Error| {
            // Tried again when it is twice as long.
            self.rewrite_at = self.bytes.saturating_mul(2);
            RewriteError::Kept(error)
        })?;
        self.file = file;
        self.bytes = bytes.len() as u64;
        self.plan_rewrite(live);
        sync_directory(self.path.parent().unwrap_or(Path::new("."))).map_err(RewriteError::Unknown)
    }

    fn plan_rewrite(&mut self, live: &Live) {
        let live_bytes: u64 = live.values().map(|head| head.note_text().len() as u64 + 64).sum();
        self.rewrite_at = self.rewrite_bytes.max(live_bytes.saturating_mul(REWRITE_FACTOR));
    }
}

/// Why a journal was not rewritten.
#[derive(Debug)]
pub(crate) enum RewriteError {
    /// The old journal is still the one.
    Kept(io::Error),
    /// Which of the two a crash would leave is not known.
    Unknown(io::Error),
}

fn batch(heads: &[Arc<Recorded>]) -> String {
    let mut payload = String::new();
    for head in heads {
        let note = head.note_text();
        payload.extend([&*format!("head {} {}\n", head.time_s(), note.len()), &note]);
    }
    let line = format!("batch {} {}", payload.len(), sha256(payload.as_bytes()));
    let check = check_of(&line);
    format!("{line} {check}\n{payload}")
}

fn check_of(line: &str) -> String {
    sha256(line.as_bytes()).to_string()[..16].to_owned()
}

struct Read {
    live: Live,
    /// Bytes up to the end of the last whole batch.
    whole: usize,
}

type Damage = (usize, String);

fn read(bytes: &[u8]) -> Result<Read, Damage> {
    if !bytes.starts_with(HEADER.as_bytes()) {
        return Err((0, format!("the journal begins with {:?}", HEADER.trim_end())));
    }
    let (mut live, mut at) = (Live::new(), HEADER.len());
    while let Some((payload, end)) = next_batch(bytes, at)? {
        read_heads(payload, &mut live).map_err(|found| (at, found))?;
        at = end;
    }
    Ok(Read { live, whole: at })
}

/// The payload of the batch at a place, and where it ends; nothing if the file ends here or inside the batch.
fn next_batch(bytes: &[u8], at: usize) -> Result<Option<(&[u8], usize)>, Damage> {
    let rest = &bytes[at..];
    // A file system may leave zeros where a write was announced and not done.
    if rest.iter().all(|byte| *byte == 0) {
        return Ok(None);
    }
    let head = &rest[..rest.len().min(BATCH_LINE_MAX_BYTES)];
    let Some(line_end) = head.iter().position(|byte| *byte == b'\n') else {
        let begun =
            rest.len() < BATCH_LINE_MAX_BYTES && (rest.starts_with(b"batch ") || b"batch ".starts_with(rest));
        return if begun { Ok(None) } else { Err((at, "no batch begins here".to_owned())) };
    };
    let parsed = std::str::from_utf8(&rest[..line_end]).ok().and_then(parse_batch_line);
    let (length, hash) =
        parsed.ok_or_else(|| (at, "the batch's first line does not fit its check sum".to_owned()))?;
    let payload = &rest[line_end + 1..];
    let Some(payload) = payload.get(..length) else { return Ok(None) };
    if sha256(payload).to_string() != hash {
        return Err((at, "the batch does not fit its check sum".to_owned()));
    }
    Ok(Some((payload, at + line_end + 1 + length)))
}

fn parse_batch_line(line: &str) -> Option<(usize, &str)> {
    let (said, check) = line.rsplit_once(' ')?;
    if check != check_of(said) {
        return None;
    }
    let (length, hash) = said.strip_prefix("batch ")?.split_once(' ')?;
    Some((length.parse().ok()?, hash))
}

fn read_heads(payload: &[u8], live: &mut Live) -> Result<(), String> {
    let mut rest = payload;
    while !rest.is_empty() {
        let shape = || "a batch holds heads, each behind its time and length".to_owned();
        let line_end = rest.iter().position(|byte| *byte == b'\n').ok_or_else(shape)?;
        let line = std::str::from_utf8(&rest[..line_end]).map_err(|_| shape())?;
        let (time_s, length) =
            line.strip_prefix("head ").and_then(|l| l.split_once(' ')).ok_or_else(shape)?;
        let (time_s, length): (u64, usize) =
            (time_s.parse().map_err(|_| shape())?, length.parse().map_err(|_| shape())?);
        let note = rest.get(line_end + 1..).and_then(|rest| rest.get(..length)).ok_or_else(shape)?;
        let head = Recorded::parse(note, time_s).map_err(|error| error.to_string())?;
        if let Some(before) = live.get(head.origin()) {
            check_order(before, &head)?;
        }
        live.insert(head.origin().clone(), Arc::new(head));
        rest = &rest[line_end + 1 + length..];
    }
    Ok(())
}

fn check_order(before: &Recorded, after: &Recorded) -> Result<(), String> {
    let (old, new) = (before.head(), after.head());
    let goes_on = new.size > old.size || new == old;
    if goes_on && after.time_s() >= before.time_s() {
        return Ok(());
    }
    Err(format!(
        "heads of {} go from size {} to {}, which no witness writes",
        after.origin(),
        old.size,
        new.size
    ))
}

#[cfg(test)]
#[path = "journal_tests.rs"]
mod tests;
