//! A second directory that is kept equal to what is served: for a file server, or a USB stick that goes from hand to hand.
//!
//! What never changes is copied once; the head comes last, so that whoever takes the stick away in the middle has an older
//! log that is whole.

use crate::published::{Published, State};
use hakiki_tlog::{bundles_of, tiles_of};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

/// Brings `out` to where the served directory `log` is, under its newest head.
pub(crate) fn export(log: &Path, out: &Path, head: &Published) -> io::Result<()> {
    let size = head.size();
    for path in tiles_of(size).chain(bundles_of(size)) {
        let (part, full) = (path.to_path(), path.full().to_path());
        // A partial tile that has given way to the full one.
        let from = if log.join(&part).is_file() { part } else { full };
        copy_new(log, out, &from)?;
    }
    for name in names(&log.join("blob"))? {
        copy_new(log, out, &format!("blob/{name}"))?;
    }
    let results = format!("results/{size}");
    if log.join(&results).is_file() {
        for old in names(&out.join("results"))?.into_iter().filter(|name| *name != size.to_string()) {
            fs::remove_file(out.join("results").join(old))?;
        }
        copy_new(log, out, &results)?;
    }
    for state in [State::Cosigned, State::Held] {
        match fs::read(log.join(state.path())) {
            Ok(bytes) => write(&out.join(state.path()), &bytes)?,
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    write(&out.join(State::Signed.path()), head.text.as_bytes())
}

fn copy_new(log: &Path, out: &Path, path: &str) -> io::Result<()> {
    let (from, to) = (log.join(path), out.join(path));
    if to.is_file() {
        return Ok(());
    }
    write(&to, &fs::read(from)?)
}

/// Writes a file whole or not at all.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let above = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(above)?;
    let temporary = above.join(".new");
    let mut file = File::create(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(temporary, path)
}

fn names(directory: &Path) -> io::Result<Vec<String>> {
    match fs::read_dir(directory) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        entries => entries?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect(),
    }
}
