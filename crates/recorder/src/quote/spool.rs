//! The folder `quotes` of a recorder's directory: whoever quotes puts a file there, and the recorder that runs, or the next
//! one that does, makes an observation of it. Files have ascending numbers, and stay.

use super::{QUOTE_MAX_BYTES, Quote, QuoteError};
use crate::error::RecorderError;
use crate::seen::{About, Noted, Seen, unix_seconds};
use hakiki_core::kinds::Event;
use hakiki_note::{Hash, sha256};
use std::fs::{DirBuilder, File};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The folder.
const QUOTES: &str = "quotes";
/// How a source's position is called.
pub(crate) const SOURCE: &str = "quotes";
/// Digits of a file's name.
const DIGITS: usize = 8;
/// How often it is looked for new ones.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Puts a quote into a recorder's directory; gives the file.
pub fn put(dir: &Path, quote: &Quote) -> Result<PathBuf, RecorderError> {
    let folder = dir.join(QUOTES);
    let failed = || RecorderError::system(format!("writing into {}", folder.display()));
    DirBuilder::new().recursive(true).mode(0o700).create(&folder).map_err(failed())?;
    let new = folder.join(format!("new-{}", std::process::id()));
    let mut file = File::create(&new).map_err(failed())?;
    file.write_all(quote.to_text().as_bytes()).and_then(|()| file.sync_all()).map_err(failed())?;
    let mut number =
        names(&folder).map_err(failed())?.last().and_then(|last| last.parse().ok()).unwrap_or(0_u32);
    loop {
        number = number.saturating_add(1);
        let path = folder.join(format!("{number:0DIGITS$}"));
        // Whole or not at all, and never in the place of another.
        match std::fs::hard_link(&new, &path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            linked => {
                linked.and_then(|()| std::fs::remove_file(&new)).map_err(failed())?;
                return Ok(path);
            }
        }
    }
}

/// Reads a quote from a file, which may be of anybody.
pub fn read(path: &Path) -> Result<Result<Quote, QuoteError>, RecorderError> {
    let bytes = read_bytes(path).map_err(RecorderError::system(format!("reading {}", path.display())))?;
    Ok(Quote::parse(&bytes))
}

/// The bytes of the quote with a hash, if it is in a recorder's directory.
pub(crate) fn find(dir: &Path, hash: &Hash) -> Option<Vec<u8>> {
    let folder = dir.join(QUOTES);
    let files = names(&folder).ok()?.into_iter().rev();
    files.filter_map(|name| read_bytes(&folder.join(name)).ok()).find(|bytes| sha256(bytes) == *hash)
}

/// Gives what is new in the folder, until it is to stop or nobody takes it.
pub(crate) fn follow(
    dir: &Path,
    position: Option<String>,
    wait: impl Fn(Duration) -> bool,
    give: impl Fn(Noted) -> bool,
) {
    let (folder, mut last) = (dir.join(QUOTES), position.unwrap_or_default());
    loop {
        // Where nobody ever quoted there is no folder.
        for name in names(&folder).unwrap_or_default() {
            if name <= last {
                continue;
            }
            let seen = seen(&folder.join(&name)).inspect_err(|found| {
                tracing::warn!(name, found, "a file among the quotes is passed over");
            });
            if !give(Noted { seen: seen.ok(), position: Some((SOURCE, name.clone())) }) {
                return;
            }
            last = name;
        }
        if wait(LOOK_EVERY) {
            return;
        }
    }
}

fn seen(path: &Path) -> Result<Seen, String> {
    let quote = read(path).map_err(|error| error.to_string())?.map_err(|error| error.to_string())?;
    let subject = quote.subject().map_err(|error| error.to_string())?;
    let details = format!("{}", path.display());
    let mut seen = Seen::new(Event::Quote, unix_seconds(), About::Thing(subject), details);
    seen.value = Some(quote.hash());
    Ok(seen)
}

fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(QUOTE_MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The names of the files with numbers, ascending.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name().into_string().unwrap_or_default();
        if name.len() == DIGITS && name.bytes().all(|byte| byte.is_ascii_digit()) {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}
