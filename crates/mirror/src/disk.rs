//! The store's disk, with one path moved: the checkpoint that the store writes is its own, and is not served.
//!
//! A store publishes a head for every batch. A mirror appends batches up to a head that the log signed, and what lies between
//! has no signature; so the store's checkpoint lies in `private/`, and `log/checkpoint`, which any file server serves, is
//! written by the mirror alone: the log's own bytes, once every entry under them is held.

use hakiki_note::{KeyName, Note, SigningKey};
use hakiki_store::{Disk, Durability, PosixDisk, SignFailure};
use hakiki_tlog::{Checkpoint, Head, Origin};
use std::fs::File;
use std::io;
use std::sync::Arc;

/// Where a store publishes.
pub(crate) const CHECKPOINT: &str = "log/checkpoint";
/// Where this disk has it do so.
const OWN_CHECKPOINT: &str = "private/checkpoint";

/// A directory whose store publishes in private.
#[derive(Debug)]
pub(crate) struct MirrorDisk(pub Arc<PosixDisk>);

fn moved(path: &str) -> &str {
    if path == CHECKPOINT { OWN_CHECKPOINT } else { path }
}

impl Disk for MirrorDisk {
    type Lock = File;

    fn lock(&self) -> io::Result<Option<File>> {
        self.0.lock()
    }

    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        self.0.read(moved(path))
    }

    fn exists(&self, path: &str) -> io::Result<bool> {
        self.0.exists(moved(path))
    }

    fn list(&self, directory: &str) -> io::Result<Vec<String>> {
        self.0.list(directory)
    }

    fn create(&self, path: &str, bytes: &[u8], durability: Durability) -> io::Result<()> {
        self.0.create(moved(path), bytes, durability)
    }

    fn replace(&self, path: &str, bytes: &[u8], durability: Durability) -> io::Result<()> {
        self.0.replace(moved(path), bytes, durability)
    }

    fn overwrite(&self, path: &str, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.0.overwrite(moved(path), offset, bytes)
    }

    fn sync(&self, paths: &[String]) -> io::Result<()> {
        let moved: Vec<String> = paths.iter().map(|path| moved(path).to_owned()).collect();
        self.0.sync(&moved)
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        self.0.remove(moved(path))
    }

    fn remove_directory(&self, path: &str) -> io::Result<()> {
        self.0.remove_directory(path)
    }
}

/// What the store takes for a signature in its own checkpoint, which nobody reads: it only marks a size and root.
pub(crate) fn mark_head(origin: &Origin) -> impl FnMut(&Head) -> Result<String, SignFailure> + use<> {
    let origin = origin.clone();
    let name = KeyName::new("mirror.invalid/unsigned").expect("a URL without schema is a key name");
    // No secret: everybody can make this line, and no key of a log or witness is called so.
    let key = SigningKey::from_seed(name, &[0; 32]);
    move |head| Ok(Note::sign(Checkpoint::new(origin.clone(), *head).text(), &[&key]).to_text())
}
