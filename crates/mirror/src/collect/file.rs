//! The file of what was collected: frames in the order in which they came, synced one by one.
//!
//! ```text
//! <received, seconds since 1970> <bytes of the note>
//! <note>
//! ```

use crate::error::MirrorError;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

const NAME: &str = "collected";

/// Where a note lies in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub offset: u64,
    pub length: usize,
}

/// The file, open.
pub(super) struct CollectedFile {
    file: File,
    end: u64,
    has_failed: bool,
}

impl CollectedFile {
    /// Opens the file and gives each note with its second and place. What does not read on is cut off: nobody was told of it.
    /// `each` says whether a note is one.
    pub fn open(dir: &Path, mut each: impl FnMut(u64, Place, &[u8]) -> bool) -> Result<Self, MirrorError> {
        let path = dir.join(NAME);
        let system = || MirrorError::system("opening what was collected");
        let file = OpenOptions::new().create(true).read(true).append(true).open(&path).map_err(system())?;
        let bytes = std::fs::read(&path).map_err(system())?;
        let mut at = 0;
        while let Some((received_unix_s, begins, end)) = frame(&bytes, at) {
            let place = Place { offset: begins as u64, length: end - begins };
            if !each(received_unix_s, place, &bytes[begins..end]) {
                let found = format!("the observation at byte {begins} is damaged");
                return Err(MirrorError::damaged(NAME, found));
            }
            at = end;
        }
        let end = at as u64;
        if at < bytes.len() {
            tracing::warn!(bytes = bytes.len() - at, "half an observation at the end of the file is cut off");
            file.set_len(end).and_then(|()| file.sync_all()).map_err(system())?;
        }
        File::open(dir).and_then(|dir| dir.sync_all()).map_err(system())?;
        Ok(Self { file, end, has_failed: false })
    }

    /// Appends a note; durable when it returns. After a failure nothing more is taken until the next start.
    pub fn append(&mut self, received_unix_s: u64, note: &[u8]) -> io::Result<Place> {
        if self.has_failed {
            return Err(io::Error::other("an earlier write failed"));
        }
        let mut frame = format!("{received_unix_s} {}\n", note.len()).into_bytes();
        let begins = self.end + frame.len() as u64;
        frame.extend_from_slice(note);
        let written = self.file.write_all(&frame).and_then(|()| self.file.sync_data());
        self.has_failed = written.is_err();
        written?;
        self.end += frame.len() as u64;
        Ok(Place { offset: begins, length: note.len() })
    }

    /// The note at a place.
    pub fn read(&self, place: Place) -> io::Result<Vec<u8>> {
        let mut note = vec![0; place.length];
        self.file.read_exact_at(&mut note, place.offset)?;
        Ok(note)
    }
}

/// The second of the frame at a byte, and where its note begins and ends; none if it is not whole.
fn frame(bytes: &[u8], at: usize) -> Option<(u64, usize, usize)> {
    let rest = bytes.get(at..)?;
    let line = rest.iter().take(64).position(|byte| *byte == b'\n')?;
    let (received, length) = std::str::from_utf8(&rest[..line]).ok()?.split_once(' ')?;
    let begins = at + line + 1;
    let end = begins.checked_add(length.parse().ok()?)?;
    (end <= bytes.len()).then_some((received.parse().ok()?, begins, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_told_survives_and_half_a_frame_does_not() {
        let directory = tempfile::tempdir().unwrap();
        let open = || {
            let mut found = Vec::new();
            let each = |received, _, note: &[u8]| {
                found.push((received, note.to_vec()));
                true
            };
            let file = CollectedFile::open(directory.path(), each).unwrap();
            (file, found)
        };
        let (mut file, _) = open();
        let place = file.append(7, b"one").unwrap();
        file.append(8, b"two").unwrap();
        assert_eq!(file.read(place).unwrap(), b"one");
        let whole = std::fs::read(directory.path().join(NAME)).unwrap();
        std::fs::write(directory.path().join(NAME), &whole[..whole.len() - 1]).unwrap();
        let (mut file, found) = open();
        assert_eq!(found, [(7, b"one".to_vec())]);
        file.append(9, b"three").unwrap();
        assert_eq!(open().1, [(7, b"one".to_vec()), (9, b"three".to_vec())]);
    }
}
