//! Pending texts on disk: one file each, `pending/<id>`, replaced as a whole and durable before anybody is told.

use crate::error::NodeError;
use hakiki_core::record::RECORD_MAX_BYTES;
use hakiki_note::Hash;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What is added to the name of a file that is being written.
const UNFINISHED: &str = ".new";

fn failed(doing: &'static str) -> impl Fn(io::Error) -> NodeError {
    move |source| NodeError::System { doing, source }
}

/// Every file that is named as a text is, with when it changed. Without the directory there are none.
pub(super) fn read_all(dir: &Path) -> Result<Vec<(PathBuf, Vec<u8>, SystemTime)>, NodeError> {
    let failed = failed("reading the pending texts");
    let listed = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        listed => listed.map_err(&failed)?,
    };
    let mut found = Vec::new();
    for entry in listed {
        let path = entry.map_err(&failed)?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name.parse::<Hash>().is_err() {
            continue;
        }
        let file = File::open(&path).map_err(&failed)?;
        let changed = file.metadata().and_then(|about| about.modified()).map_err(&failed)?;
        let mut bytes = Vec::new();
        file.take(RECORD_MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(&failed)?;
        found.push((path, bytes, changed));
    }
    Ok(found)
}

/// Writes a text's file.
pub(super) fn write(dir: &Path, id: &Hash, note: &[u8]) -> Result<(), NodeError> {
    let failed = failed("keeping a pending text");
    fs::create_dir_all(dir).map_err(&failed)?;
    let path = dir.join(id.to_string());
    let beside = dir.join(format!("{id}{UNFINISHED}"));
    let mut file = File::create(&beside).map_err(&failed)?;
    file.write_all(note).and_then(|()| file.sync_all()).map_err(&failed)?;
    fs::rename(&beside, &path).map_err(&failed)?;
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(&failed)
}

/// Removes a text's file. One that stays is left out at the next start, since the text stands in the log or is too old.
pub(super) fn remove(dir: &Path, id: &Hash) {
    if let Err(error) = fs::remove_file(dir.join(id.to_string())) {
        tracing::warn!(%id, %error, "the file of a pending text could not be removed");
    }
}
