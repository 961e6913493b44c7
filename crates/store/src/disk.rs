//! The one door to the disk. Nothing else in this crate opens, writes, renames or syncs a file.
//!
//! The door speaks of two things that a file system keeps apart and that a careless program mixes: what is
//! *live* (seen by every reader at once) and what is *durable* (still there after the power failed). A
//! file's bytes and its name in a directory become durable separately.
//!
//! It does not know what a log is. [`crate::PosixDisk`] is a directory, [`crate::MemoryDisk`] a model of one
//! that can lose power.

use std::io;

/// When a write has to survive a loss of power.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Before the call returns: bytes, name, and every directory above.
    Now,
    /// After a later [`Disk::sync`] of the path. Until then the file is live and whole for every reader; a
    /// loss of power may leave no file, or one whose bytes are cut short or zero.
    Later,
}

/// A place for files, named by relative paths with `/`, without empty, `.` or `..` parts.
///
/// No reader ever sees half a file: each name appears, or changes its file, at once.
pub trait Disk: Send + Sync + 'static {
    /// Held by the one writer; released when dropped.
    type Lock: Send + 'static;

    /// Takes the writer's lock. `None`: another process, or another handle of this one, holds it.
    fn lock(&self) -> io::Result<Option<Self::Lock>>;

    /// The bytes of a file, or `None` if it is not there.
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>>;

    /// Whether a file or directory is there.
    fn exists(&self, path: &str) -> io::Result<bool>;

    /// The names in a directory, sorted; empty if it is not there.
    fn list(&self, directory: &str) -> io::Result<Vec<String>>;

    /// Makes a new file, and the directories above it. Fails with [`io::ErrorKind::AlreadyExists`], changing
    /// nothing, if the name is taken.
    fn create(&self, path: &str, bytes: &[u8], durability: Durability) -> io::Result<()>;

    /// Gives the name to a new file with these bytes, whether or not it was there. With [`Durability::Now`]
    /// a loss of power leaves the old file or the new one, never a mixture.
    fn replace(&self, path: &str, bytes: &[u8], durability: Durability) -> io::Result<()>;

    /// Writes over the bytes of a file that is there, from `offset` on, lengthening it if need be, and makes them durable.
    /// A loss of power in the middle may leave any mixture of old and new bytes there, and changes no byte elsewhere.
    /// Only for files that nobody else reads.
    fn overwrite(&self, path: &str, offset: u64, bytes: &[u8]) -> io::Result<()>;

    /// Makes files that are there durable: bytes, names, and every directory above.
    fn sync(&self, paths: &[String]) -> io::Result<()>;

    /// Removes a file. Durable when its directory is next synced. A file that is not there is no error.
    fn remove(&self, path: &str) -> io::Result<()>;

    /// Removes an empty directory. One that is not there is no error.
    fn remove_directory(&self, path: &str) -> io::Result<()>;
}

/// Checks the form of a path: relative, parts neither empty nor dots, no NUL.
pub(crate) fn check_path(path: &str) -> io::Result<()> {
    let bad = |part: &str| part.is_empty() || part == "." || part == ".." || part.contains(['\\', '\0']);
    if path.split('/').any(bad) {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            format!("not a path of this store: {path:?}"),
        ));
    }
    Ok(())
}

/// The directory above a path; empty for the top.
pub(crate) fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(above, _)| above)
}

/// Every directory above a path from the nearest up, without the top.
pub(crate) fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(parent(path)), |at| (!at.is_empty()).then(|| parent(at)))
        .filter(|at| !at.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside() {
        for path in ["", "/a", "a/", "a//b", ".", "..", "a/../b", "a/./b", "a\\b", "a\0b"] {
            assert!(check_path(path).is_err(), "{path:?}");
        }
        assert!(check_path("log/tile/0/x001/234.p/7").is_ok());
        assert_eq!(ancestors("a/b/c").collect::<Vec<_>>(), ["a/b", "a"]);
        assert_eq!(ancestors("a").count(), 0);
    }
}
