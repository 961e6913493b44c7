//! Writing an archive: file after file, each hashed as it goes out, and never more than one in memory.

use crate::sums::sums_text;
use crate::ustar::{BLOCK, filling, header};
use hakiki_note::{Hash, sha256};
use std::io::{self, Write};

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its path in the archive.
    pub path: String,
    /// SHA-256 of its bytes.
    pub hash: Hash,
    /// Where its bytes begin, in bytes from the archive's start.
    pub offset: u64,
    /// How many they are.
    pub bytes: u64,
}

/// A part that was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// SHA-256 of its list, which names the part.
    pub sha256: Hash,
    /// Files in it, the list not counted.
    pub files: u64,
    /// Bytes of these files.
    pub bytes: u64,
}

/// An archive that is being written.
pub struct Writer<W> {
    out: W,
    place: u64,
    files: Vec<Written>,
    /// Files that stand in closed parts.
    closed: usize,
}

impl<W: Write> Writer<W> {
    /// Begins.
    pub fn new(out: W) -> Self {
        Self { out, place: 0, files: Vec::new(), closed: 0 }
    }

    /// Adds a file.
    pub fn put(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let size = bytes.len() as u64;
        let no_room = || io::Error::other(format!("{path} of {size} bytes has no place in an archive"));
        let header = header(path, size).ok_or_else(no_room)?;
        let filling = filling(size);
        self.out.write_all(&header)?;
        self.out.write_all(bytes)?;
        self.out.write_all(&[0; BLOCK][..filling])?;
        let offset = self.place + BLOCK as u64;
        self.place = offset + size + filling as u64;
        let path = path.to_owned();
        self.files.push(Written { path, hash: sha256(bytes), offset, bytes: size });
        Ok(())
    }

    /// Writes the list of all files since the part before, at `path`.
    pub fn close_part(&mut self, path: &str) -> io::Result<Part> {
        let files = &self.files[self.closed..];
        let list = sums_text(files.iter().map(|file| (&*file.path, file.hash)));
        let bytes = files.iter().map(|file| file.bytes).sum();
        let part = Part { sha256: sha256(list.as_bytes()), files: files.len() as u64, bytes };
        self.put(path, list.as_bytes())?;
        self.closed = self.files.len();
        Ok(part)
    }

    /// What was written so far.
    pub fn files(&self) -> &[Written] {
        &self.files
    }

    /// Hands on what waits.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Ends the archive: two blocks of nothing.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.write_all(&[0; 2 * BLOCK])?;
        self.out.flush()?;
        Ok(self.out)
    }
}
