//! A directory on a POSIX file system.
//!
//! A new file is written under a temporary name, synced if asked, and then renamed to its own
//! name, so that a reader (any static file server) never meets half of one. `private/` is for the owner
//! alone; the rest is public.
//!
//! It needs a `rename` that replaces and one that does not (or hard links), and `fsync` that tells the truth. It does not use network
//! file systems' weaker promises knowingly, and cannot notice a drive that lies about its cache.

use crate::disk::{Disk, Durability, ancestors, check_path, parent};
use crate::layout::{LOCK, PRIVATE, TEMPORARY};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Threads that sync files side by side. File systems with a journal commit such calls together: on ext4
/// eight cost little more than one.
const SYNC_THREADS: usize = 8;

/// A directory, by the calls of POSIX.
#[derive(Debug)]
pub struct PosixDisk {
    root: PathBuf,
    /// Directories whose own name is known to be durable.
    settled: Mutex<BTreeSet<String>>,
    /// Files that are written over and over, kept open.
    open: Mutex<BTreeMap<String, Arc<File>>>,
    swept: AtomicBool,
}

/// Numbers the temporary files of this process.
static TEMPORARY_COUNT: AtomicU64 = AtomicU64::new(0);

impl PosixDisk {
    /// The disk rooted at `root`. Touches nothing; the directory is made when the lock is first taken.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self {
            root: root.into(),
            settled: Mutex::default(),
            open: Mutex::default(),
            swept: AtomicBool::new(false),
        }
    }

    /// The root directory.
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn at(&self, path: &str) -> io::Result<PathBuf> {
        check_path(path)?;
        Ok(self.root.join(path))
    }

    fn make_directories_above(&self, path: &str) -> io::Result<()> {
        let above = parent(path);
        let mode = if is_private(path) { 0o700 } else { 0o755 };
        let mut builder = DirBuilder::new();
        builder.recursive(true).mode(mode).create(self.root.join(above))
    }

    /// Writes a file under a temporary name.
    fn write_temporary(&self, path: &str, bytes: &[u8], durability: Durability) -> io::Result<PathBuf> {
        let number = TEMPORARY_COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("{TEMPORARY}/{}-{number}", std::process::id());
        let temporary = self.root.join(&name);
        let mode = if is_private(path) { 0o600 } else { 0o644 };
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(mode);
        let opened = match options.open(&temporary) {
            Err(e) if e.kind() == ErrorKind::NotFound => {
                self.make_directories_above(&name)?;
                options.open(&temporary)
            }
            other => other,
        };
        let mut file = opened?;
        let written = file.write_all(bytes).and_then(|()| match durability {
            Durability::Now => file.sync_all(),
            Durability::Later => Ok(()),
        });
        if let Err(e) = written {
            // Best effort: the file has no name that anybody reads, and the next start sweeps it.
            let _ = fs::remove_file(&temporary);
            return Err(e);
        }
        Ok(temporary)
    }

    /// Runs `place` (a link or a rename), making the directories if it says that they are missing.
    fn place(&self, path: &str, place: impl Fn() -> io::Result<()>) -> io::Result<()> {
        match place() {
            Err(e) if e.kind() == ErrorKind::NotFound => {
                self.make_directories_above(path)?;
                place()
            }
            other => other,
        }
    }

    fn open_files(&self) -> MutexGuard<'_, BTreeMap<String, Arc<File>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A file to write over, opened once.
    fn opened(&self, path: &str) -> io::Result<Arc<File>> {
        if let Some(file) = self.open_files().get(path) {
            return Ok(file.clone());
        }
        let file = Arc::new(OpenOptions::new().write(true).open(self.at(path)?)?);
        self.open_files().insert(path.to_owned(), file.clone());
        Ok(file)
    }

    fn sync_directory(&self, directory: &str) -> io::Result<()> {
        File::open(self.root.join(directory))?.sync_all()
    }

    /// Syncs the directory of each path, and those above that this process has not yet synced.
    fn sync_names<'a>(&self, paths: impl Iterator<Item = &'a str>) -> io::Result<()> {
        let mut settled = self.settled.lock().unwrap_or_else(PoisonError::into_inner);
        let mut wanted = BTreeSet::new();
        let mut above = BTreeSet::new();
        for path in paths {
            wanted.insert(parent(path));
            above.extend(ancestors(path).filter(|at| !settled.contains(*at)));
        }
        wanted.extend(above.iter().map(|at| parent(at)));
        for directory in &wanted {
            self.sync_directory(directory)?;
        }
        settled.extend(above.into_iter().map(str::to_owned));
        Ok(())
    }

    /// Removes what an earlier process left under temporary names. Once: later, they may be another handle's.
    fn sweep(&self) -> io::Result<()> {
        if self.swept.swap(true, Ordering::Relaxed) {
            return Ok(());
        }
        for name in self.list(TEMPORARY)? {
            self.remove(&format!("{TEMPORARY}/{name}"))?;
        }
        Ok(())
    }
}

fn is_private(path: &str) -> bool {
    path.split('/').next() == Some(PRIVATE)
}

impl Disk for PosixDisk {
    type Lock = File;

    fn lock(&self) -> io::Result<Option<File>> {
        if !self.root.exists() {
            fs::create_dir_all(&self.root)?;
            if let Some(above) = self.root.parent().filter(|above| !above.as_os_str().is_empty()) {
                File::open(above)?.sync_all()?;
            }
        }
        self.make_directories_above(LOCK)?;
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false).mode(0o600);
        let file = options.open(self.root.join(LOCK))?;
        match file.try_lock() {
            Ok(()) => {
                self.sweep()?;
                Ok(Some(file))
            }
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(e)) => Err(e),
        }
    }

    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.at(path)?) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
            Err(e) => Err(e),
        }
    }

    fn exists(&self, path: &str) -> io::Result<bool> {
        self.at(path)?.try_exists()
    }

    fn list(&self, directory: &str) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(self.at(directory)?) {
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            other => other?,
        };
        let mut names = Vec::new();
        for entry in entries {
            let name = entry?.file_name().into_string();
            let strange = |name: std::ffi::OsString| {
                let words = format!("a file name that is not UTF-8: {}", name.display());
                io::Error::new(ErrorKind::InvalidData, words)
            };
            names.push(name.map_err(strange)?);
        }
        names.sort_unstable();
        Ok(names)
    }

    fn create(&self, path: &str, bytes: &[u8], durability: Durability) -> io::Result<()> {
        let target = self.at(path)?;
        let temporary = self.write_temporary(path, bytes, durability)?;
        if let Err(refused) = self.place(path, || rename_new(&temporary, &target)) {
            let _ = fs::remove_file(&temporary);
            return Err(refused);
        }
        match durability {
            Durability::Now => self.sync_names(std::iter::once(path)),
            Durability::Later => Ok(()),
        }
    }

    fn replace(&self, path: &str, bytes: &[u8], durability: Durability) -> io::Result<()> {
        let target = self.at(path)?;
        let temporary = self.write_temporary(path, bytes, durability)?;
        self.place(path, || fs::rename(&temporary, &target))?;
        self.open_files().remove(path);
        match durability {
            Durability::Now => self.sync_names(std::iter::once(path)),
            Durability::Later => Ok(()),
        }
    }

    fn overwrite(&self, path: &str, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let file = self.opened(path)?;
        file.write_all_at(bytes, offset)?;
        file.sync_data()
    }

    fn sync(&self, paths: &[String]) -> io::Result<()> {
        let sync_each = |part: &[String]| -> io::Result<()> {
            part.iter().try_for_each(|path| File::open(self.at(path)?)?.sync_all())
        };
        let part_length = paths.len().div_ceil(SYNC_THREADS).max(1);
        std::thread::scope(|scope| -> io::Result<()> {
            let started: Vec<_> =
                paths.chunks(part_length).map(|part| scope.spawn(move || sync_each(part))).collect();
            for thread in started {
                thread.join().map_err(|_| io::Error::other("a thread that syncs files panicked"))??;
            }
            Ok(())
        })?;
        self.sync_names(paths.iter().map(String::as_str))
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        self.open_files().remove(path);
        missing_is_fine(fs::remove_file(self.at(path)?))
    }

    fn remove_directory(&self, path: &str) -> io::Result<()> {
        let mut settled = self.settled.lock().unwrap_or_else(PoisonError::into_inner);
        settled.remove(path);
        missing_is_fine(fs::remove_dir(self.at(path)?))
    }
}

/// Renames to a name that must be free.
fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // A file system that cannot refuse a taken name in a rename refuses it in a link.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
            fs::hard_link(from, to)?;
            fs::remove_file(from)
        }
        done => Ok(done?),
    }
}

fn missing_is_fine(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn private_files_are_for_the_owner() {
        let directory = tempfile::tempdir().unwrap();
        let disk = PosixDisk::new(directory.path().join("new"));
        let lock = disk.lock().unwrap();
        assert!(lock.is_some());
        assert!(disk.lock().unwrap().is_none(), "a second handle is refused");
        disk.create("private/staging/0-1", b"x", Durability::Now).unwrap();
        disk.create("log/tile/0/000.p/1", b"y", Durability::Later).unwrap();
        let mode = |path: &str| fs::metadata(disk.at(path).unwrap()).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode("private"), 0o700);
        assert_eq!(mode("private/staging"), 0o700);
        assert_eq!(mode("private/lock"), 0o600);
        assert_eq!(mode("private/staging/0-1"), 0o600);
        assert_eq!(mode("log/tile/0/000.p/1") & 0o400, 0o400);
        assert!(disk.list(TEMPORARY).unwrap().is_empty());
    }

    #[test]
    fn create_never_changes_what_is_there() {
        let directory = tempfile::tempdir().unwrap();
        let disk = PosixDisk::new(directory.path());
        disk.create("log/a", b"first", Durability::Now).unwrap();
        let again = disk.create("log/a", b"second", Durability::Now).unwrap_err();
        assert_eq!(again.kind(), ErrorKind::AlreadyExists);
        assert_eq!(disk.read("log/a").unwrap().unwrap(), b"first");
        assert!(disk.list(TEMPORARY).unwrap().is_empty());
        disk.sync(&["log/a".to_owned()]).unwrap();
        assert!(disk.read("../outside").is_err());
    }

    #[test]
    fn leftovers_are_swept_at_the_first_lock_only() {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir_all(directory.path().join(TEMPORARY)).unwrap();
        fs::write(directory.path().join(TEMPORARY).join("1-0"), b"half").unwrap();
        let disk = PosixDisk::new(directory.path());
        drop(disk.lock().unwrap());
        assert!(disk.list(TEMPORARY).unwrap().is_empty());
    }
}
