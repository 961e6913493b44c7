//! Files that are whole or not there, and locks that end with their process.

use crate::error::WitnessError;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::Path;

/// Makes the directory of a witness, durably.
pub(crate) fn make_directory(dir: &Path) -> Result<(), WitnessError> {
    if dir.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(dir).map_err(WitnessError::disk("making the directory", dir))?;
    let above = dir.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    sync_directory(above).map_err(WitnessError::disk("making the directory durable", above))
}

/// Writes a file under another name, makes it durable, and gives it its name: readers meet the old or the new one.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = path.with_extension("new");
    let mut file = File::create(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    sync_directory(path.parent().unwrap_or(Path::new(".")))
}

/// Makes the names in a directory durable.
pub(crate) fn sync_directory(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// Opens a lock file, which is made if it is missing and never removed.
fn lock_file(path: &Path) -> Result<File, WitnessError> {
    let open = OpenOptions::new().write(true).create(true).truncate(false).open(path);
    open.map_err(WitnessError::disk("opening the lock", path))
}

/// The lock of the one process that cosigns; held until it is dropped, or the process ends however it ends.
pub(crate) fn lock(dir: &Path) -> Result<File, WitnessError> {
    let path = dir.join("lock");
    let file = lock_file(&path)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(WitnessError::Locked { dir: dir.to_owned() }),
        Err(TryLockError::Error(error)) => Err(WitnessError::disk("locking", &path)(error)),
    }
}

/// The lock of the list of logs, which a second process may hold for a moment.
pub(crate) fn lock_logs(dir: &Path) -> Result<File, WitnessError> {
    let path = dir.join("logs.lock");
    let file = lock_file(&path)?;
    file.lock().map_err(WitnessError::disk("locking", &path))?;
    Ok(file)
}
