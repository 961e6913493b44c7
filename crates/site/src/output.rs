//! A directory of files for any file server, replaced as a whole or changed file by file.
//!
//! As a whole: a new directory grows beside the old one and takes its place in one step; a file whose bytes are the same is the
//! same file, linked from the old directory, so that who copies the directory onwards sees what changed. File by file: each
//! file is replaced as a whole, and those that are left over are removed at the end; for places where nothing can stand beside,
//! as the root of a stick.

use crate::document::{Coding, Document};
use hakiki_portal::percent_decoded;
use rustix::fs::{CWD, RenameFlags, renameat_with, syncfs};
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Why files could not be written.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The system refuses.
    #[error("{path}: {source}")]
    System {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A path that leads out of the directory, or that is none.
    #[error("{0:?} is no path below the directory")]
    Path(String),
    /// Two addresses that one file would serve.
    #[error("{0:?} would be written twice")]
    Twice(String),
    /// A page that the portal names and does not have.
    #[error("{path:?} answered {status}, expected 200")]
    NoPage {
        /// Its address.
        path: String,
        /// What it answered.
        status: u16,
    },
    /// What is there was not written by this program.
    #[error("{0} is neither empty nor a publication of this program; name another directory")]
    NotOurs(PathBuf),
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Written {
    /// Files in the directory now.
    pub files: u64,
    /// Of those, files that are new or changed.
    pub changed: u64,
    /// Bytes of all files.
    pub bytes: u64,
    /// Files that were there before and are gone.
    pub removed: u64,
}

/// The file by which a directory is known as a publication.
const MARK: &str = "checkpoint";
/// Ends the names of the directories beside.
const NEW: &str = ".new";

/// A directory that is being written. It may be used by many threads.
#[derive(Debug)]
pub struct Output {
    out: PathBuf,
    /// Where files are written: the directory itself, or the one beside.
    root: PathBuf,
    is_beside: bool,
    precompress: bool,
    seen: Mutex<HashSet<String>>,
    changed: AtomicU64,
    bytes: AtomicU64,
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> OutputError {
    move |source| OutputError::System { path: path.to_owned(), source }
}

impl Output {
    /// Begins. `precompress` also writes `.gz` and `.br` beside texts.
    pub fn begin(out: &Path, in_place: bool, precompress: bool) -> Result<Self, OutputError> {
        let is_empty = match fs::read_dir(out) {
            Ok(mut entries) => entries.next().is_none(),
            Err(error) if error.kind() == ErrorKind::NotFound => true,
            Err(error) => return Err(failed(out)(error)),
        };
        if !is_empty && !out.join(MARK).is_file() {
            return Err(OutputError::NotOurs(out.to_owned()));
        }
        let root = if in_place { out.to_owned() } else { beside(out)? };
        if !in_place && root.exists() {
            // What an earlier run left behind when it was broken off.
            fs::remove_dir_all(&root).map_err(failed(&root))?;
        }
        fs::create_dir_all(&root).map_err(failed(&root))?;
        Ok(Self {
            out: out.to_owned(),
            root,
            is_beside: !in_place,
            precompress,
            seen: Mutex::default(),
            changed: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
        })
    }

    /// Writes a document at the path of its address: a page, whose address ends with `/`, is `index.html` in a folder.
    pub fn put_document(&self, address: &str, document: &Document) -> Result<(), OutputError> {
        let path = path_of(address)?;
        self.put(&path, document.body())?;
        if self.precompress {
            for (coding, ending) in [(Coding::Gzip, "gz"), (Coding::Brotli, "br")] {
                if let Some(body) = document.coded(coding) {
                    self.put(&format!("{path}.{ending}"), body)?;
                }
            }
        }
        Ok(())
    }

    /// Writes a file at a path below the directory.
    pub fn put(&self, path: &str, bytes: &[u8]) -> Result<(), OutputError> {
        if !Path::new(path).components().all(|part| matches!(part, Component::Normal(_))) || path.is_empty() {
            return Err(OutputError::Path(path.to_owned()));
        }
        if !self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned()) {
            return Err(OutputError::Twice(path.to_owned()));
        }
        self.bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        let (old, new) = (self.out.join(path), self.root.join(path));
        let is_same = is_same(&old, bytes);
        if is_same && !self.is_beside {
            return Ok(());
        }
        let above = new.parent().unwrap_or(&self.root);
        fs::create_dir_all(above).map_err(failed(above))?;
        // Where links cannot be made the bytes are written again.
        if is_same && fs::hard_link(&old, &new).is_ok() {
            return Ok(());
        }
        self.changed.fetch_add(u64::from(!is_same), Ordering::Relaxed);
        if self.is_beside {
            return fs::write(&new, bytes).map_err(failed(&new));
        }
        let mut temporary = new.clone().into_os_string();
        temporary.push(NEW);
        fs::write(&temporary, bytes).map_err(failed(&new))?;
        fs::rename(&temporary, &new).map_err(failed(&new))
    }

    /// Makes everything durable and puts the new directory in the old one's place, or removes what is left over.
    pub fn finish(self) -> Result<Written, OutputError> {
        let sync = || {
            let root = File::open(&self.root)?;
            syncfs(&root)?;
            Ok::<_, io::Error>(())
        };
        sync().map_err(failed(&self.root))?;
        let seen = self.seen.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut written = Written {
            files: seen.len() as u64,
            changed: self.changed.into_inner(),
            bytes: self.bytes.into_inner(),
            removed: 0,
        };
        written.removed = remove_others(&self.out, &seen, !self.is_beside)?;
        if self.is_beside {
            replace(&self.root, &self.out)?;
        }
        Ok(written)
    }
}

/// The directory beside another, on the same disk.
fn beside(out: &Path) -> Result<PathBuf, OutputError> {
    let named = out.file_name().ok_or_else(|| OutputError::Path(out.display().to_string()))?;
    let mut name = named.to_owned();
    name.push(NEW);
    Ok(out.with_file_name(name))
}

/// Puts a new directory in another's place, in one step where the system has one.
fn replace(new: &Path, out: &Path) -> Result<(), OutputError> {
    if !out.exists() {
        return fs::rename(new, out).map_err(failed(out));
    }
    if renameat_with(CWD, new, CWD, out, RenameFlags::EXCHANGE).is_err() {
        let mut name = out.as_os_str().to_owned();
        name.push(".old");
        let old = PathBuf::from(name);
        fs::rename(out, &old).map_err(failed(out))?;
        fs::rename(new, out).map_err(failed(out))?;
        return fs::remove_dir_all(&old).map_err(failed(&old));
    }
    fs::remove_dir_all(new).map_err(failed(new))
}

fn is_same(path: &Path, bytes: &[u8]) -> bool {
    let has_length =
        fs::metadata(path).is_ok_and(|about| about.is_file() && about.len() == bytes.len() as u64);
    has_length && fs::read(path).is_ok_and(|found| found == bytes)
}

/// Counts the files below a directory that were not written now, and removes them if told to.
fn remove_others(out: &Path, seen: &HashSet<String>, may_remove: bool) -> Result<u64, OutputError> {
    let mut folders = vec![(out.to_owned(), String::new())];
    let mut count = 0;
    let mut visited = Vec::new();
    while let Some((folder, path)) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            entries => entries.map_err(failed(&folder))?,
        };
        for entry in entries {
            let entry = entry.map_err(failed(&folder))?;
            let name = format!("{path}{}", entry.file_name().to_string_lossy());
            if entry.file_type().map_err(failed(&folder))?.is_dir() {
                folders.push((entry.path(), format!("{name}/")));
            } else if !seen.contains(&name) {
                count += 1;
                if may_remove {
                    fs::remove_file(entry.path()).map_err(failed(&entry.path()))?;
                }
            }
        }
        visited.push(folder);
    }
    if may_remove {
        // Folders that are empty now; the deepest were visited last. One that is not empty stays.
        for folder in visited.into_iter().skip(1).rev() {
            let _ = fs::remove_dir(folder);
        }
    }
    Ok(count)
}

/// The file of an address: segments percent-decoded, since that is what a file server does with an address.
fn path_of(address: &str) -> Result<String, OutputError> {
    let wrong = || OutputError::Path(address.to_owned());
    let rest = address.strip_prefix('/').ok_or_else(wrong)?;
    let (rest, end) = match rest.strip_suffix('/') {
        Some(folder) => (Some(folder), Some("index.html")),
        None if rest.is_empty() => (None, Some("index.html")),
        None => (Some(rest), None),
    };
    let segments = rest.into_iter().flat_map(|rest| rest.split('/'));
    let segments = segments.map(|segment| percent_decoded(segment).ok_or_else(wrong));
    let parts: Result<Vec<String>, OutputError> = segments.chain(end.map(|end| Ok(end.to_owned()))).collect();
    let parts = parts?;
    let is_name = |part: &String| !matches!(&**part, "" | "." | "..") && !part.contains(['/', '\0']);
    if parts.iter().all(is_name) { Ok(parts.join("/")) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Keep;
    use crate::policy::Policy;
    use std::os::unix::fs::MetadataExt as _;

    #[test]
    fn an_address_is_a_file_below_the_directory() {
        for (address, expected) in [
            ("/", "index.html"),
            ("/en/", "en/index.html"),
            ("/en/area/a%2Db/", "en/area/a-b/index.html"),
            ("/style.0123.css", "style.0123.css"),
            // A code of nothing but dots: the folder has the name that a file server looks for.
            ("/en/area/c/~../", "en/area/c/~../index.html"),
        ] {
            assert_eq!(path_of(address).unwrap(), expected);
        }
        for wrong in ["", "en/", "//", "/en//", "/../", "/en/%2e%2e/", "/a%2Fb/", "/%00", "/%ff/", "/%zz/"] {
            assert!(path_of(wrong).is_err(), "{wrong}");
        }
    }

    fn page(text: &str) -> Document {
        Document::new("text/html", Keep::AskAgain, Policy::Page, text.repeat(600))
    }

    fn publish(out: &Path, in_place: bool, pages: &[(&str, &str)]) -> Written {
        let output = Output::begin(out, in_place, true).unwrap();
        for (address, text) in pages {
            output.put_document(address, &page(text)).unwrap();
        }
        output.put(MARK, b"head").unwrap();
        output.finish().unwrap()
    }

    #[test]
    fn what_is_the_same_is_not_written_again_and_what_is_gone_goes() {
        for in_place in [false, true] {
            let directory = tempfile::tempdir().unwrap();
            let out = directory.path().join("site");
            let first = publish(&out, in_place, &[("/", "nation"), ("/en/a/", "old"), ("/en/b/", "same")]);
            assert_eq!((first.files, first.changed, first.removed), (10, 10, 0));
            let inode = || fs::metadata(out.join("en/b/index.html")).unwrap().ino();
            let before = inode();
            let second = publish(&out, in_place, &[("/", "other"), ("/en/b/", "same"), ("/en/c/", "new")]);
            assert_eq!((second.files, second.changed, second.removed), (10, 6, 3), "{in_place}");
            assert_eq!(inode(), before, "the same file");
            assert!(!out.join("en/a").exists() && out.join("en/c/index.html.br").is_file());
            assert!(fs::read_to_string(out.join("index.html")).unwrap().starts_with("other"));
            let names: Vec<_> = fs::read_dir(directory.path()).unwrap().collect();
            assert_eq!(names.len(), 1, "nothing is left beside");
        }
    }

    #[test]
    fn nothing_of_others_is_touched() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("letter"), "mine").unwrap();
        assert!(matches!(Output::begin(directory.path(), true, false), Err(OutputError::NotOurs(_))));
        let output = Output::begin(&directory.path().join("new"), false, false).unwrap();
        for wrong in ["../letter", "/letter", "", "a/../../letter"] {
            assert!(matches!(output.put(wrong, b"x"), Err(OutputError::Path(_))), "{wrong}");
        }
        output.put("a", b"x").unwrap();
        assert!(matches!(output.put("a", b"x"), Err(OutputError::Twice(_))));
        assert_eq!(fs::read_to_string(directory.path().join("letter")).unwrap(), "mine");
    }
}
