//! Watched paths: what a file or a folder is now, looked at when the system says that something changed, and every so often
//! in any case, since such a message can be missed.

use crate::chain::Chain;
use crate::error::RecorderError;
use crate::seen::{About, Noted, Seen, unix_seconds};
use hakiki_core::kinds::Event;
use hakiki_core::text::lines::is_code;
use hakiki_note::{Hash, sha256};
use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, ErrorKind, Read as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// Changes that come within this time are looked at once.
const TOGETHER: Duration = Duration::from_millis(200);
/// Files of one folder at most; a larger one is a setting for something else.
const FILES_MAX: usize = 100_000;
/// Changed files that the details name at most.
const CHANGES_SHOWN: usize = 200;

/// A path that is watched, under a name that the log may hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    /// The name.
    pub name: String,
    /// The file or folder.
    pub path: PathBuf,
}

impl FromStr for Watched {
    type Err = RecorderError;

    fn from_str(text: &str) -> Result<Self, RecorderError> {
        let expected = "a name of letters, digits, dots and hyphens and a path, as web=/etc/nginx";
        let wrong = || RecorderError::Setting { what: "watch", found: text.to_owned(), expected };
        let (name, path) = text.split_once('=').ok_or_else(wrong)?;
        if !is_code(name) || path.is_empty() {
            return Err(wrong());
        }
        Ok(Self { name: name.to_owned(), path: path.into() })
    }
}

/// The parts of a watched path: the hash of each file by its path below it.
type Parts = BTreeMap<Vec<u8>, Hash>;

/// What a watched path is now: of a file its SHA-256; of a folder the SHA-256 of its list, a line `<sha256>  <path>` for each
/// file below it and `<sha256 of the target>  <path>@` for each symbolic link, ascending by path; zeros where nothing is.
pub fn value_of(path: &Path) -> io::Result<Hash> {
    look(path).map(|(value, _)| value)
}

fn look(path: &Path) -> io::Result<(Hash, Parts)> {
    let about = match std::fs::metadata(path) {
        Ok(about) => about,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok((Hash([0; 32]), Parts::new()));
        }
        Err(error) => return Err(error),
    };
    let mut parts = Parts::new();
    if !about.is_dir() {
        let hash = hash_file(path)?;
        parts.insert(Vec::new(), hash);
        return Ok((hash, parts));
    }
    walk(path, &mut Vec::new(), &mut parts)?;
    let mut list = Vec::new();
    for (path, hash) in &parts {
        list.extend_from_slice(format!("{hash}  ").as_bytes());
        list.extend_from_slice(path);
        list.push(b'\n');
    }
    Ok((sha256(&list), parts))
}

fn walk(folder: &Path, below: &mut Vec<u8>, parts: &mut Parts) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        let length = below.len();
        if length > 0 {
            below.push(b'/');
        }
        below.extend_from_slice(entry.file_name().as_bytes());
        if kind.is_dir() {
            walk(&entry.path(), below, parts)?;
        } else if kind.is_symlink() {
            let target = std::fs::read_link(entry.path())?;
            parts.insert([below.as_slice(), b"@"].concat(), sha256(target.as_os_str().as_bytes()));
        } else if kind.is_file() {
            parts.insert(below.clone(), hash_file(&entry.path())?);
        }
        below.truncate(length);
        if parts.len() > FILES_MAX {
            return Err(io::Error::other(format!("more than {FILES_MAX} files")));
        }
    }
    Ok(())
}

fn hash_file(path: &Path) -> io::Result<Hash> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(Hash(hasher.finalize().into())),
            count => hasher.update(&buffer[..count]),
        }
    }
}

/// Watches until it is to stop. `chain` says what was observed before.
pub(crate) fn follow(
    watched: &[Watched],
    every: Duration,
    chain: &Chain,
    is_stopping: impl Fn() -> bool,
    mut give: impl FnMut(Noted) -> bool,
) {
    let (changes, watcher) = listen(watched);
    let mut known: Vec<Known> = watched.iter().map(|one| Known::new(one, chain)).collect();
    let mut last_whole: Option<Instant> = None;
    while !is_stopping() {
        let is_time = last_whole.is_none_or(|at| at.elapsed() >= every);
        let changed = if is_time { BTreeSet::new() } else { wait(&changes, watcher.is_none()) };
        if is_time {
            last_whole = Some(Instant::now());
        }
        for known in &mut known {
            let is_touched = is_time || changed.iter().any(|path| known.is_at(path));
            if is_touched && !known.look().into_iter().all(&mut give) {
                return;
            }
        }
    }
}

fn listen(watched: &[Watched]) -> (Receiver<PathBuf>, Option<RecommendedWatcher>) {
    let (send, changes) = channel();
    let told = move |event: notify::Result<notify::Event>| {
        // To read a file is no change; hashing would wake itself for ever.
        if let Ok(event) = event
            && !event.kind.is_access()
        {
            for path in event.paths {
                // Whoever listened may have ended.
                let _ = send.send(path);
            }
        }
    };
    let mut watcher = match notify::recommended_watcher(told) {
        Ok(watcher) => watcher,
        Err(error) => {
            tracing::warn!(%error, "the system tells no changes of files; they are found at each look");
            return (changes, None);
        }
    };
    for one in watched {
        let is_folder = one.path.is_dir();
        let (place, mode) = match one.path.parent() {
            // An editor replaces a file, so its folder is watched.
            Some(parent) if !is_folder => (parent, RecursiveMode::NonRecursive),
            _ => (one.path.as_path(), RecursiveMode::Recursive),
        };
        if let Err(error) = watcher.watch(place, mode) {
            tracing::warn!(%error, watch = one.name, "changes are not told, and found at each look");
        }
    }
    (changes, Some(watcher))
}

/// Waits a moment for changes; of one that comes, for those that come with it.
fn wait(changes: &Receiver<PathBuf>, is_deaf: bool) -> BTreeSet<PathBuf> {
    if is_deaf {
        std::thread::sleep(TOGETHER);
        return BTreeSet::new();
    }
    let first = match changes.recv_timeout(TOGETHER) {
        Ok(first) => first,
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return BTreeSet::new(),
    };
    let mut changed = BTreeSet::from([first]);
    let until = Instant::now() + TOGETHER;
    while let Ok(path) = changes.recv_timeout(until.saturating_duration_since(Instant::now())) {
        changed.insert(path);
    }
    changed
}

struct Known {
    watched: Watched,
    value: Option<Hash>,
    parts: Option<Parts>,
    has_failed: bool,
}

impl Known {
    fn new(watched: &Watched, chain: &Chain) -> Self {
        let value = chain.value(Event::File, &watched.name);
        Self { watched: watched.clone(), value, parts: None, has_failed: false }
    }

    fn is_at(&self, path: &Path) -> bool {
        path.starts_with(&self.watched.path) || self.watched.path.starts_with(path)
    }

    /// What is to be recorded: another value than before, or that nothing can be read any more.
    fn look(&mut self) -> Option<Noted> {
        let (value, parts) = match look(&self.watched.path) {
            Ok(found) => found,
            Err(error) if error.kind() == ErrorKind::NotFound => return None,
            Err(error) => {
                let is_news = !std::mem::replace(&mut self.has_failed, true);
                tracing::warn!(%error, watch = self.watched.name, "a watched path cannot be read");
                let about = About::Thing(self.watched.name.clone());
                let details = format!("{} cannot be read: {error}", self.watched.path.display());
                return is_news.then(|| Seen::new(Event::Gap, unix_seconds(), about, details).into());
            }
        };
        self.has_failed = false;
        let before = self.parts.replace(parts);
        if self.value == Some(value) {
            return None;
        }
        self.value = Some(value);
        let details = self.details(before.as_ref());
        let about = About::Thing(self.watched.name.clone());
        let mut seen = Seen::new(Event::File, unix_seconds(), about, details);
        seen.value = Some(value);
        Some(seen.into())
    }

    fn details(&self, before: Option<&Parts>) -> String {
        let (empty, now) = (Parts::new(), self.parts.as_ref());
        let (before, now) = (before.unwrap_or(&empty), now.unwrap_or(&empty));
        let paths: BTreeSet<&Vec<u8>> = before.keys().chain(now.keys()).collect();
        let changed: Vec<_> = paths.into_iter().filter(|path| before.get(*path) != now.get(*path)).collect();
        let mut text =
            format!("{}: {} files, {} changed\n", self.watched.path.display(), now.len(), changed.len());
        let shown = |hash: Option<&Hash>| hash.map_or_else(|| "none".to_owned(), Hash::to_string);
        for path in changed.into_iter().take(CHANGES_SHOWN) {
            let name = String::from_utf8_lossy(path);
            // Writing into a string does not fail.
            let _ = writeln!(text, "{} {} {name}", shown(before.get(path)), shown(now.get(path)));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_can_make_the_value_of_a_folder() {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        std::fs::create_dir(at("b")).unwrap();
        std::fs::write(at("a"), "one").unwrap();
        std::fs::write(at("b/c"), "two").unwrap();
        std::os::unix::fs::symlink("a", at("l")).unwrap();
        let list = format!("{}  a\n{}  b/c\n{}  l@\n", sha256(b"one"), sha256(b"two"), sha256(b"a"));
        assert_eq!(value_of(directory.path()).unwrap(), sha256(list.as_bytes()));
        assert_eq!(value_of(&at("a")).unwrap(), sha256(b"one"));
        assert_eq!(value_of(&at("nothing")).unwrap(), Hash([0; 32]));
        std::fs::write(at("b/c"), "three").unwrap();
        assert_ne!(value_of(directory.path()).unwrap(), sha256(list.as_bytes()));
    }

    #[test]
    fn a_watch_has_a_name_for_the_log() {
        let watched: Watched = "web-1=/etc/a=b".parse().unwrap();
        assert_eq!((&*watched.name, watched.path.to_str().unwrap()), ("web-1", "/etc/a=b"));
        for bad in ["/etc", "=/etc", "a b=/etc", "a="] {
            assert!(bad.parse::<Watched>().is_err(), "{bad}");
        }
    }
}
