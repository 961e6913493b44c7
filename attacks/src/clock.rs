//! Wrong clocks: a process that is told another time of day by libfaketime, while its intervals and files stay as they are.

use anyhow::{Context as _, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

/// Where distributions keep the library.
const ROOTS: [&str; 4] = ["/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib"];
/// The variant for programs with threads.
const LIBRARY: &str = "faketime/libfaketimeMT.so.1";

/// The library, if it is installed.
fn library() -> Result<PathBuf> {
    let mut places: Vec<PathBuf> = Vec::new();
    for root in ROOTS {
        places.push(Path::new(root).join(LIBRARY));
        let folders = std::fs::read_dir(root).into_iter().flatten().flatten();
        places.extend(folders.map(|folder| folder.path().join(LIBRARY)));
    }
    match places.into_iter().find(|place| place.is_file()) {
        Some(place) => Ok(place),
        None => bail!(
            "libfaketime is not installed, and without it no clock can be wrong: install the package faketime"
        ),
    }
}

/// Requires that clocks can be set wrong here.
pub fn require() -> Result<()> {
    library().map(|_| ())
}

/// Sets the clock of a process that is not started yet, in seconds against the right one.
pub fn set(command: &mut Command, offset_s: i64) -> Result<()> {
    if offset_s == 0 {
        return Ok(());
    }
    command
        .env("LD_PRELOAD", library()?)
        .env("FAKETIME", format!("{offset_s:+}"))
        // Time limits run as they do on a machine whose date is wrong, and so do the times of files.
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
        .env("DONT_FAKE_MONOTONIC", "1")
        .env("NO_FAKE_STAT", "1");
    Ok(())
}

/// The right time, in seconds since 1970.
pub fn now_s() -> Result<i64> {
    let since =
        SystemTime::now().duration_since(UNIX_EPOCH).context("this machine's clock is before 1970")?;
    Ok(i64::try_from(since.as_secs())?)
}
