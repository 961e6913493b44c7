//! The repair: writes what a check found at mirrors. Only bytes that lead to the signed head.

use crate::check::{Damaged, Report};
use crate::{FsckError, root_of};
use hakiki_store::{Disk as _, Durability, PosixDisk};
use std::path::Path;

/// What a repair came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Repaired {
    /// Files that are whole again.
    pub repaired: Vec<String>,
    /// Files that nobody asked has.
    pub left: Vec<String>,
}

/// Repairs a directory from a report of it. Takes the log's lock. What is repaired stays when a later write fails, so it may be
/// run again.
pub fn repair(path: &Path, report: &Report) -> Result<Repaired, FsckError> {
    let disk = PosixDisk::new(root_of(path));
    // The data of a node or mirror has a lock; what is only served has none, and needs none.
    let _lock = match disk.exists("private") {
        Ok(true) => match disk.lock() {
            Ok(Some(lock)) => Some(lock),
            Ok(None) => return Err(FsckError::Locked),
            Err(source) => return Err(FsckError::Write { path: "private/lock".to_owned(), source }),
        },
        _ => None,
    };
    let mut repaired = Repaired::default();
    for damaged in &report.damaged {
        let Damaged { path, bytes, .. } = damaged;
        let Some(bytes) = bytes else {
            repaired.left.push(path.clone());
            continue;
        };
        let place = format!("log/{path}");
        let written = disk.replace(&place, bytes, Durability::Now);
        written.map_err(|source| FsckError::Write { path: place, source })?;
        repaired.repaired.push(path.clone());
    }
    Ok(repaired)
}
