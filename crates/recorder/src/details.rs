//! Details that stay sealed: the source's own words, each bound to its observation by a commitment.
//!
//! `details` of a record is SHA-256 of a salt of 32 random bytes and the details. The salt keeps anybody from guessing a
//! short line; whoever is given salt and details can check that they are those of that moment, and nobody can make others.

use crate::error::RecorderError;
use hakiki_note::{Hash, sha256_parts};
use serde_json::{Value, json};
use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// What of a source's line is kept at most.
const DETAILS_MAX_BYTES: usize = 64 * 1024;

/// The commitment to details.
pub fn commitment(salt: &[u8; 32], details: &[u8]) -> Hash {
    sha256_parts(&[salt, details])
}

/// What was sealed for one observation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Its sequence.
    pub sequence: u32,
    /// The salt.
    pub salt: [u8; 32],
    /// The source's words.
    pub details: String,
}

impl Opened {
    /// What the record's `details` must be.
    pub fn commitment(&self) -> Hash {
        commitment(&self.salt, self.details.as_bytes())
    }
}

/// The local file of details, which only grows.
#[derive(Debug)]
pub struct Sealed {
    file: File,
}

impl Sealed {
    /// Opens the file, or makes it for its owner alone.
    pub(crate) fn open(path: &Path) -> Result<Self, RecorderError> {
        let opening = || RecorderError::system(format!("opening {}", path.display()));
        let open = OpenOptions::new().create(true).append(true).mode(0o600).open(path);
        let mut file = open.map_err(opening())?;
        if file.metadata().map_err(opening())?.len() > 0 {
            // A crash may have left half a line; what comes begins on its own.
            file.write_all(b"\n").map_err(opening())?;
        }
        Ok(Self { file })
    }

    /// Appends lines, durable when it returns.
    pub(crate) fn append(&mut self, lines: &str) -> std::io::Result<()> {
        self.file.write_all(lines.as_bytes())?;
        self.file.sync_data()
    }
}

/// Cuts details to what is kept.
pub(crate) fn cut(details: &str) -> &str {
    let mut end = details.len().min(DETAILS_MAX_BYTES);
    while !details.is_char_boundary(end) {
        end -= 1;
    }
    &details[..end]
}

/// A line of the file, which begins on a line of its own.
pub(crate) fn line(record: &Hash, opened: &Opened) -> String {
    let salt = hex::encode(opened.salt);
    let line = json!({
        "record": record.to_string(), "sequence": opened.sequence, "salt": salt, "details": opened.details,
    });
    format!("{line}\n")
}

/// What a file of details has for a record; none if nothing.
pub fn find_details(path: &Path, record: &Hash) -> Result<Option<Opened>, RecorderError> {
    let reading = || RecorderError::system(format!("reading {}", path.display()));
    let wanted = record.to_string();
    for line in BufReader::new(File::open(path).map_err(reading())?).split(b'\n') {
        let line = line.map_err(reading())?;
        // Half a line that a crash left is nobody's.
        let Ok(value) = serde_json::from_slice::<Value>(&line) else { continue };
        if value["record"] == wanted.as_str() {
            return Ok(read(&value));
        }
    }
    Ok(None)
}

fn read(value: &Value) -> Option<Opened> {
    let salt = hex::decode(value["salt"].as_str()?).ok()?.try_into().ok()?;
    let sequence = u32::try_from(value["sequence"].as_u64()?).ok()?;
    Some(Opened { sequence, salt, details: value["details"].as_str()?.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use hakiki_note::sha256;

    #[test]
    fn what_is_sealed_is_found_and_bound() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("details");
        let mut sealed = Sealed::open(&path).unwrap();
        let opened = Opened { sequence: 3, salt: [7; 32], details: "a \"line\"\nof two".to_owned() };
        let id = sha256(b"record");
        sealed.append("{\"record\":\"half").unwrap();
        sealed.append("\n").unwrap();
        sealed.append(&line(&id, &opened)).unwrap();
        let found = find_details(&path, &id).unwrap().unwrap();
        assert_eq!(found, opened);
        assert_eq!(found.commitment(), commitment(&[7; 32], b"a \"line\"\nof two"));
        assert_ne!(found.commitment(), commitment(&[8; 32], b"a \"line\"\nof two"));
        assert!(find_details(&path, &sha256(b"other")).unwrap().is_none());
    }

    #[test]
    fn long_details_are_cut_between_letters() {
        let long = "\u{e9}".repeat(DETAILS_MAX_BYTES);
        assert_eq!(cut(&long).len(), DETAILS_MAX_BYTES);
        assert_eq!(cut(&format!("x{long}")).len(), DETAILS_MAX_BYTES - 1);
    }
}
