//! The chain: every observation in its order, on disk before anybody hears of it.
//!
//! One writer, any number of readers. Details are synced first, then the journal; then the observation exists, and those who
//! send are woken. After a failed write nothing more is taken: only a new start can tell what the disk holds. What was
//! chained is never changed, so a resumed chain has neither gap nor fork.

use crate::details::{self, Opened, Sealed, commitment};
use crate::error::RecorderError;
use crate::frames::{self, JOURNAL, Place, Positions};
use hakiki_core::Record;
use hakiki_core::kinds::{Event, Observed};
use hakiki_note::{Hash, SigningKey};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

const DETAILS: &str = "details";
const POSITIONS: &str = "positions";
const LOCK: &str = "lock";
/// How far sources have read is written at most so often where nothing is recorded.
const POSITIONS_EVERY: Duration = Duration::from_secs(2);

/// What is to be chained: the observation without its place, what it keeps sealed.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub observed: Observed,
    pub details: String,
    /// How far sources have read with it: durable in the same frame, so that no line is lost or recorded twice.
    pub positions: Vec<(&'static str, String)>,
}

/// A machine's observations.
#[derive(Debug)]
pub struct Chain {
    dir: PathBuf,
    key: SigningKey,
    fingerprint: Hash,
    reader: File,
    state: Mutex<State>,
    grown: Condvar,
    _lock: File,
}

#[derive(Debug)]
struct State {
    journal: File,
    sealed: Sealed,
    places: BTreeMap<u32, Place>,
    last: (u32, Hash),
    end: u64,
    positions: Positions,
    positions_written: Option<Instant>,
    values: BTreeMap<(Event, String), Hash>,
    has_failed: bool,
}

#[derive(Serialize, Deserialize)]
struct Read {
    after: u32,
    positions: Positions,
}

impl Chain {
    /// Opens the chain in a directory, which is made if it is missing. `after` is for a directory that was lost: the last
    /// sequence of this key that is in the log; the new chain leaves a gap of one behind it, since nobody knows its hash.
    /// `sent` is the largest sequence that anybody has from here.
    pub fn open(
        dir: &Path,
        key: SigningKey,
        fingerprint: Hash,
        after: u32,
        sent: u32,
    ) -> Result<Self, RecorderError> {
        let opening = |path: &Path| RecorderError::system(format!("opening {}", path.display()));
        DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(opening(dir))?;
        let lock = lock(dir)?;
        let path = dir.join(JOURNAL);
        let open = OpenOptions::new().create(true).read(true).append(true).mode(0o600).open(&path);
        let journal = open.map_err(opening(&path))?;
        let bytes = std::fs::read(&path).map_err(opening(&path))?;
        let (read, end) = frames::read_all(&path, &bytes)?;
        if end < bytes.len() as u64 {
            tracing::warn!(bytes = bytes.len() as u64 - end, "half a frame at the journal's end is cut off");
            journal.set_len(end).and_then(|()| journal.sync_all()).map_err(opening(&path))?;
        }
        let damaged = |found: String| RecorderError::Damaged { path: path.clone(), found };
        let mut last = if after > 0 { (after + 1, Hash([0; 32])) } else { (0, Hash([0; 32])) };
        let (mut places, mut values, mut positions) = (BTreeMap::new(), BTreeMap::new(), Positions::new());
        for (number, frame) in read.into_iter().enumerate() {
            let own = frame.observed.sequence;
            let follows = own == last.0 + 1 && frame.observed.previous == last.1;
            if number > 0 && !follows {
                return Err(damaged(format!("observation {own} does not follow {}", last.0)));
            }
            note_value(&mut values, &frame.observed);
            places.insert(own, frame.place);
            (last, positions) = ((own, frame.id), frame.positions);
        }
        let newer = read_positions(dir);
        let known = newer.as_ref().map_or(sent, |read| read.after.max(sent));
        if known > last.0 {
            let found = format!(
                "it ends at observation {}, and there were {known}: it was cut, or is an old copy",
                last.0
            );
            return Err(damaged(found));
        }
        if let Some(newer) = newer.filter(|read| read.after == last.0) {
            positions = newer.positions;
        }
        let reader = File::open(&path).map_err(opening(&path))?;
        let sealed = Sealed::open(&dir.join(DETAILS))?;
        sync_directory(dir).map_err(opening(dir))?;
        let state = State {
            journal,
            sealed,
            places,
            last,
            end,
            positions,
            positions_written: None,
            values,
            has_failed: false,
        };
        let (dir, state) = (dir.to_owned(), Mutex::new(state));
        Ok(Self { dir, key, fingerprint, reader, state, grown: Condvar::new(), _lock: lock })
    }

    /// The last sequence; 0 if there is none.
    pub fn last(&self) -> u32 {
        let state = self.lock();
        state.places.last_key_value().map_or(0, |(sequence, _)| *sequence)
    }

    /// The first sequence behind `sequence`, and its note.
    pub fn next_after(&self, sequence: u32) -> io::Result<Option<(u32, Vec<u8>)>> {
        let found = self.lock().places.range(sequence + 1..).next().map(|(at, place)| (*at, *place));
        let Some((at, place)) = found else { return Ok(None) };
        let mut note = vec![0; place.length];
        self.reader.read_exact_at(&mut note, place.offset)?;
        Ok(Some((at, note)))
    }

    /// Waits until there is one behind `sequence`, at most for a time.
    pub fn wait_beyond(&self, sequence: u32, most: Duration) {
        let none =
            |state: &mut State| state.places.last_key_value().is_none_or(|(last, _)| *last <= sequence);
        drop(self.grown.wait_timeout_while(self.lock(), most, none));
    }

    /// Where a source goes on.
    pub(crate) fn position(&self, source: &str) -> Option<String> {
        self.lock().positions.get(source).cloned()
    }

    /// The value that was last observed for an event and its subject.
    pub(crate) fn value(&self, event: Event, subject: &str) -> Option<Hash> {
        self.lock().values.get(&(event, subject.to_owned())).copied()
    }

    /// Notes how far a source has read. It is written with the next observation, or soon.
    pub(crate) fn set_position(&self, source: &str, position: String) {
        self.lock().positions.insert(source.to_owned(), position);
    }

    /// Writes how far sources have read, where it is time.
    pub(crate) fn write_positions(&self, is_last: bool) {
        let mut state = self.lock();
        let is_time = state.positions_written.is_none_or(|at| at.elapsed() >= POSITIONS_EVERY);
        if state.has_failed || !(is_time || is_last) {
            return;
        }
        state.positions_written = Some(Instant::now());
        let read = Read { after: state.last.0, positions: state.positions.clone() };
        drop(state);
        let text = serde_json::to_vec(&read).expect("a number and texts are JSON");
        let (new, path) = (self.dir.join("positions.new"), self.dir.join(POSITIONS));
        // Not synced: where it is older, lines are read again that said nothing.
        if let Err(error) = std::fs::write(&new, text).and_then(|()| std::fs::rename(&new, &path)) {
            tracing::warn!(%error, "how far sources have read could not be written");
        }
    }

    /// Chains observations and makes them durable; those who send are told.
    pub(crate) fn append(&self, drafts: Vec<Draft>) -> Result<(), RecorderError> {
        let mut state = self.lock();
        if drafts.is_empty() {
            return Ok(());
        }
        if state.has_failed {
            return Err(RecorderError::Failed { found: "an earlier write failed".to_owned() });
        }
        let done = self.write(&mut state, drafts);
        state.has_failed = done.is_err();
        drop(state);
        self.grown.notify_all();
        done
    }

    fn write(&self, state: &mut State, drafts: Vec<Draft>) -> Result<(), RecorderError> {
        let (mut sealed, mut journal) = (String::new(), Vec::new());
        let mut chained = Vec::with_capacity(drafts.len());
        let mut last = state.last;
        for Draft { mut observed, details, positions } in drafts {
            state.positions.extend(positions.into_iter().map(|(source, at)| (source.to_owned(), at)));
            let details = details::cut(&details).to_owned();
            let sequence = last.0.saturating_add(1);
            let opened = Opened { sequence, salt: salt()?, details };
            (observed.sequence, observed.previous) = (sequence, last.1);
            observed.details = Some(commitment(&opened.salt, opened.details.as_bytes()));
            let record = Record::sign(&observed.clone().into(), Some(&self.fingerprint), &[&self.key]);
            let record = record.map_err(|refusal| RecorderError::Record { found: refusal.to_string() })?;
            sealed += &details::line(record.id(), &opened);
            let (frame, begins) = frames::write(record.note(), &state.positions);
            let offset = state.end + (journal.len() + begins) as u64;
            chained.push((observed, Place { offset, length: record.note().len() }));
            journal.extend(frame);
            last = (sequence, *record.id());
        }
        let failed = |doing: &str| RecorderError::system(doing.to_owned());
        state.sealed.append(&sealed).map_err(failed("writing details"))?;
        state.journal.write_all(&journal).map_err(failed("writing the journal"))?;
        state.journal.sync_data().map_err(failed("syncing the journal"))?;
        (state.end, state.last) = (state.end + journal.len() as u64, last);
        for (observed, place) in chained {
            note_value(&mut state.values, &observed);
            state.places.insert(observed.sequence, place);
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn note_value(values: &mut BTreeMap<(Event, String), Hash>, observed: &Observed) {
    if let (Some(subject), Some(value)) = (&observed.subject, observed.value) {
        values.insert((observed.event, subject.as_str().to_owned()), value);
    }
}

fn lock(dir: &Path) -> Result<File, RecorderError> {
    let path = dir.join(LOCK);
    let open = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&path);
    let file = open.map_err(RecorderError::system(format!("opening {}", path.display())))?;
    file.try_lock().map_err(|_| RecorderError::InUse { path: dir.to_owned() })?;
    Ok(file)
}

fn read_positions(dir: &Path) -> Option<Read> {
    serde_json::from_slice(&std::fs::read(dir.join(POSITIONS)).ok()?).ok()
}

fn sync_directory(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

fn salt() -> Result<[u8; 32], RecorderError> {
    let mut salt = [0; 32];
    let failed = |error: getrandom::Error| RecorderError::System {
        doing: "asking the system for randomness".to_owned(),
        source: io::Error::other(error.to_string()),
    };
    getrandom::fill(&mut salt).map_err(failed)?;
    Ok(salt)
}

#[cfg(test)]
#[path = "chain_tests.rs"]
mod tests;
