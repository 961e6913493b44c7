//! The own journal as it lies on disk: one file of frames, each a line of JSON and the bytes of a note.
//!
//! ```text
//! {"bytes":612,"sha256":"…","positions":{"journald":"s=…;i=…"}}
//! hakiki/observed@v1
//! …
//! ```
//!
//! A frame that a crash left half written is cut off: nothing of it was sent, since sending waits for the sync.

use crate::error::RecorderError;
use hakiki_core::Record;
use hakiki_core::kinds::{Body, Observed};
use hakiki_note::{Hash, sha256};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// The file's name.
pub(crate) const JOURNAL: &str = "journal";

/// Where each source goes on.
pub(crate) type Positions = BTreeMap<String, String>;

#[derive(Serialize, Deserialize)]
struct Head {
    bytes: usize,
    sha256: String,
    positions: Positions,
}

/// A note in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub offset: u64,
    pub length: usize,
}

/// A frame as it was read.
#[derive(Debug)]
pub(crate) struct Frame {
    pub id: Hash,
    pub observed: Observed,
    pub place: Place,
    pub positions: Positions,
}

/// The bytes of a frame, and where in them the note begins.
pub(crate) fn write(note: &str, positions: &Positions) -> (Vec<u8>, usize) {
    let sha256 = sha256(note.as_bytes()).to_string();
    let head = Head { bytes: note.len(), sha256, positions: positions.clone() };
    let mut frame = serde_json::to_vec(&head).expect("a head of texts and a number is JSON");
    frame.push(b'\n');
    let begins = frame.len();
    frame.extend_from_slice(note.as_bytes());
    (frame, begins)
}

/// Reads all frames; also says where the last whole one ends.
pub(crate) fn read_all(path: &Path, bytes: &[u8]) -> Result<(Vec<Frame>, u64), RecorderError> {
    let mut frames = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let Some((frame, end)) = read(bytes, at) else {
            // A half frame is the last thing in the file. What stands whole behind it was synced, and so was this.
            if followed_by_a_frame(bytes, at) {
                let found = format!("the frame at byte {at} is damaged");
                return Err(RecorderError::Damaged { path: path.to_owned(), found });
            }
            break;
        };
        frames.push(frame);
        at = end;
    }
    Ok((frames, at as u64))
}

fn read(bytes: &[u8], at: usize) -> Option<(Frame, usize)> {
    let line = at + bytes[at..].iter().position(|byte| *byte == b'\n')?;
    let head: Head = serde_json::from_slice(&bytes[at..line]).ok()?;
    let begins = line + 1;
    let end = begins.checked_add(head.bytes)?;
    let note = bytes.get(begins..end)?;
    if sha256(note).to_string() != head.sha256 {
        return None;
    }
    let record = Record::parse(note).ok()?;
    let Body::Observed(observed) = record.body() else { return None };
    let place = Place { offset: begins as u64, length: head.bytes };
    let frame = Frame { id: *record.id(), observed: observed.clone(), place, positions: head.positions };
    Some((frame, end))
}

fn followed_by_a_frame(bytes: &[u8], at: usize) -> bool {
    let begins = b"\n{\"bytes\":";
    let rest = &bytes[at..];
    let starts = (0..rest.len()).filter(|start| rest[*start..].starts_with(begins));
    starts.into_iter().any(|start| read(bytes, at + start + 1).is_some())
}

/// The note of a record in a recorder's directory, if it is its own.
pub fn own_note(dir: &Path, id: &Hash) -> Result<Option<Vec<u8>>, RecorderError> {
    let path = dir.join(JOURNAL);
    let bytes = std::fs::read(&path).map_err(RecorderError::system(format!("reading {}", path.display())))?;
    let (frames, _) = read_all(&path, &bytes)?;
    let found = frames.iter().find(|frame| frame.id == *id).and_then(|frame| {
        let begins = usize::try_from(frame.place.offset).ok()?;
        bytes.get(begins..begins + frame.place.length)
    });
    Ok(found.map(<[u8]>::to_vec))
}
