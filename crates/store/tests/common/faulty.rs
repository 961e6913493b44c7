//! A real disk of which one planned call fails.

use hakiki_store::{Disk, Durability, Fault};
use std::io;
use std::sync::Mutex;

/// Counts the calls that write, and lets one fail.
#[derive(Debug)]
pub struct FaultyDisk<D> {
    inner: D,
    state: Mutex<(u64, Option<(u64, Fault)>)>,
}

impl<D: Disk> FaultyDisk<D> {
    pub fn new(inner: D, fault: Option<(u64, Fault)>) -> Self {
        Self { inner, state: Mutex::new((0, fault)) }
    }

    pub fn calls(&self) -> u64 {
        self.state.lock().unwrap().0
    }

    fn call(&self, write: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        let mut state = self.state.lock().unwrap();
        let number = state.0;
        state.0 += 1;
        match state.1.filter(|(at, _)| *at == number) {
            None => write(),
            Some((_, Fault::DoneButNotSaid)) => {
                write()?;
                Err(io::Error::other("done but not said"))
            }
            Some(_) => Err(io::Error::other("not done")),
        }
    }
}

impl<D: Disk> Disk for FaultyDisk<D> {
    type Lock = D::Lock;

    fn lock(&self) -> io::Result<Option<D::Lock>> {
        self.inner.lock()
    }

    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        self.inner.read(path)
    }

    fn exists(&self, path: &str) -> io::Result<bool> {
        self.inner.exists(path)
    }

    fn list(&self, directory: &str) -> io::Result<Vec<String>> {
        self.inner.list(directory)
    }

    fn create(&self, path: &str, bytes: &[u8], durability: Durability) -> io::Result<()> {
        self.call(|| self.inner.create(path, bytes, durability))
    }

    fn replace(&self, path: &str, bytes: &[u8], durability: Durability) -> io::Result<()> {
        self.call(|| self.inner.replace(path, bytes, durability))
    }

    fn overwrite(&self, path: &str, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.call(|| self.inner.overwrite(path, offset, bytes))
    }

    fn sync(&self, paths: &[String]) -> io::Result<()> {
        self.call(|| self.inner.sync(paths))
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        self.call(|| self.inner.remove(path))
    }

    fn remove_directory(&self, path: &str) -> io::Result<()> {
        self.call(|| self.inner.remove_directory(path))
    }
}
