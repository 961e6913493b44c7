//! An archive as a source: one file, whose paths are found by its headers once and read where they stand.
//!
//! Nothing is judged here: the first fault of the shape is kept for V20. While an archive is being made, its log is read
//! from the file and its blobs from where the log came from.

use crate::fetch::{FetchError, Fetcher, Object};
use hakiki_archive::{Annex, CORE, Fault, Placed, Written, annex_head_path, annex_proof_path, read_proof};
use hakiki_archive::{blob_path, scan, table_path};
use hakiki_note::Hash;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Mutex;

/// Largest file of an archive that is read, in bytes: the keys and lists of a very large election.
pub(crate) const FILE_MAX_BYTES: u64 = 256 << 20;

/// An archive that is open.
pub(crate) struct Archived {
    file: Mutex<File>,
    places: BTreeMap<String, (u64, u64)>,
    /// Every file in the order of the archive.
    pub(crate) files: Vec<Placed>,
    /// What is wrong with its shape.
    pub(crate) fault: Option<Fault>,
    /// Where blobs are read while it is being made.
    beside: Option<Box<Fetcher>>,
}

/// A head that stands beside the log's own.
pub(crate) struct Beside {
    /// Who gave it.
    pub(crate) who: String,
    /// The note.
    pub(crate) bytes: Vec<u8>,
    /// That it continues the log's head, where a file says so.
    pub(crate) proof: Option<Vec<Hash>>,
}

impl Archived {
    /// Opens a file and finds what is in it.
    pub(crate) fn open(path: &Path) -> Result<Self, FetchError> {
        let unreadable = |error: io::Error| FetchError::Unreadable(error.to_string());
        // A pipe or device would block for ever when it is opened.
        if !path.metadata().map_err(unreadable)?.is_file() {
            return Err(FetchError::Unreadable("it is no file".to_owned()));
        }
        let mut reader = BufReader::new(File::open(path).map_err(unreadable)?);
        let (files, fault) = scan(&mut reader).map_err(unreadable)?;
        Ok(Self::of(reader.into_inner(), files, fault, None))
    }

    /// The log of an archive that is being written; blobs are `beside`.
    pub(crate) fn opening(path: &Path, written: &[Written], beside: Fetcher) -> io::Result<Self> {
        let placed =
            |file: &Written| Placed { path: file.path.clone(), offset: file.offset, bytes: file.bytes };
        let files = written.iter().map(placed).collect();
        Ok(Self::of(File::open(path)?, files, None, Some(Box::new(beside))))
    }

    fn of(file: File, files: Vec<Placed>, fault: Option<Fault>, beside: Option<Box<Fetcher>>) -> Self {
        let mut places = BTreeMap::new();
        for file in &files {
            places.entry(file.path.clone()).or_insert((file.offset, file.bytes));
        }
        Self { file: Mutex::new(file), places, files, fault, beside }
    }

    /// Where blobs are read while it is being made.
    pub(crate) fn beside(&self) -> Option<&Fetcher> {
        self.beside.as_deref()
    }

    /// Whether a file is there.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.places.contains_key(path)
    }

    /// Reads an object of the log.
    pub(crate) fn get(&self, object: &Object, max_bytes: u64) -> Result<Vec<u8>, FetchError> {
        match object {
            Object::Blob(hash) => match (self.read(&table_path(hash), max_bytes), &self.beside) {
                (Err(FetchError::Absent), Some(beside)) => beside.get(object),
                (Err(FetchError::Absent), None) => self.read(&blob_path(hash), max_bytes),
                (read, _) => read,
            },
            Object::Cosigned | Object::Held | Object::LastCosigned(_) => Err(FetchError::Absent),
            _ => self.read(&format!("{CORE}/{}", object.path()), max_bytes),
        }
    }

    /// Reads a file of the archive.
    pub(crate) fn read(&self, path: &str, max_bytes: u64) -> Result<Vec<u8>, FetchError> {
        let (offset, bytes) = *self.places.get(path).ok_or(FetchError::Absent)?;
        self.read_at(offset, bytes, max_bytes)
    }

    /// Reads so many bytes from a place.
    pub(crate) fn read_at(&self, offset: u64, bytes: u64, max_bytes: u64) -> Result<Vec<u8>, FetchError> {
        if bytes > max_bytes {
            return Err(FetchError::TooLarge(max_bytes));
        }
        let mut read = vec![0; usize::try_from(bytes).map_err(|_| FetchError::TooLarge(max_bytes))?];
        let mut file = self.file.lock().expect("no thread panics while it reads the archive");
        let done = file.seek(SeekFrom::Start(offset)).and_then(|_| file.read_exact(&mut read));
        done.map_err(|error| FetchError::Unreadable(error.to_string()))?;
        Ok(read)
    }

    /// The annex; none where it has none, or none that can be read.
    pub(crate) fn annex(&self) -> Option<Result<Annex, Fault>> {
        let bytes = self.read("annex/statement", FILE_MAX_BYTES).ok()?;
        Some(Annex::parse(&bytes))
    }

    /// The heads of the annex. V20 says what is wrong with them; V03 and V06 what they amount to.
    pub(crate) fn heads(&self) -> Vec<Beside> {
        let Some(Ok(annex)) = self.annex() else { return Vec::new() };
        let beside = annex.heads().filter_map(|(asked, head)| {
            let bytes = self.read(&annex_head_path(head.number), FILE_MAX_BYTES).ok()?;
            let proof = self.read(&annex_proof_path(head.number), FILE_MAX_BYTES).ok();
            let who = format!("{} {}", asked.role, asked.who);
            Some(Beside { who, bytes, proof: proof.and_then(|bytes| read_proof(&bytes)) })
        });
        beside.collect()
    }
}
