//! What a run is asked to do, and who is told how far it is.

use crate::check::Check;
use hakiki_note::Hash;
use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;

/// Where the log is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A directory: what is served (it holds `checkpoint`), or the data of a node (it holds `log/checkpoint`).
    Directory(PathBuf),
    /// The prefix of an address, `http` or `https`: `checkpoint` is below it.
    Url(String),
    /// An archive: one file that `hakiki open` made.
    Archive(PathBuf),
}

impl Source {
    /// The source of a text: an address if it has a scheme, an archive if a file stands there, otherwise a directory.
    pub fn of(text: &str) -> Self {
        let path = PathBuf::from(text);
        if text.contains("://") {
            Self::Url(text.to_owned())
        } else if path.is_file() {
            Self::Archive(path)
        } else {
            Self::Directory(path)
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Directory(path) | Self::Archive(path) => write!(f, "{}", path.display()),
            Self::Url(url) => f.write_str(url),
        }
    }
}

/// The program that makes the report, as it knows itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of its own executable, if it could be read.
    pub sha256: Option<Hash>,
}

/// What to check.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where the log is.
    pub source: Source,
    /// The fingerprint that the user pinned: from paper, or from somebody trusted.
    pub fingerprint: Option<Hash>,
    /// Checks of which "not checked" counts against the exit code.
    pub require: BTreeSet<Check>,
    /// Threads; none is one for each core.
    pub threads: Option<usize>,
    /// Who makes the report.
    pub program: Program,
}

/// What a run is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Reading the tiles above the leaves.
    Tiles,
    /// Reading, verifying and folding records.
    Records,
    /// Computing results and findings; counted in contests.
    Results,
}

/// Who is told how far a run is.
pub trait Progress: Sync {
    /// So many of so many are done.
    fn step(&self, what: Phase, done: u64, of: u64);
}

/// Tells nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Quiet;

impl Progress for Quiet {
    fn step(&self, _: Phase, _: u64, _: u64) {}
}
