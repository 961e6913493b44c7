//! Reading from the source: with `archived.rs`, and `opening.rs` which writes, the input and output of this crate.
//!
//! What may be read is an [`Object`], whose path is made here from numbers and hashes: no text of the log or of a server
//! ever becomes a path. Every object has a largest size. A server's redirect is followed on the same host only.

use crate::archived::Archived;
use crate::options::Source;
use crate::tree::{path_in, width_in};
use hakiki_note::Hash;
use hakiki_tlog::bundle::entries;
use hakiki_tlog::checkpoint::CHECKPOINT_MAX_BYTES;
use hakiki_tlog::tile::{ENTRY_MAX_BYTES, TILE_WIDTH, TilePath, hashes_at};
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use ureq::Agent;

/// Largest blob, in bytes.
const BLOB_MAX_BYTES: u64 = 8 << 20;
/// Largest results text, in bytes.
const RESULTS_MAX_BYTES: u64 = 64 << 20;
/// Connections to a server at once.
const CONNECTIONS: usize = 8;
/// How often a request is made before it is given up.
const ATTEMPTS: u32 = 3;
/// The wait before the second attempt, in milliseconds; doubled before each later one.
const RETRY_AFTER_MS: u64 = 200;
/// Redirects that are followed.
const REDIRECTS_MAX: u32 = 4;
const CONNECT_TIMEOUT_S: u64 = 10;
const RESPONSE_TIMEOUT_S: u64 = 30;
const REQUEST_TIMEOUT_S: u64 = 180;

/// One thing that a source can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Object {
    /// The signed head.
    Checkpoint,
    /// The newest head that a quorum of witnesses cosigned.
    Cosigned,
    /// The newest head that mirrors of two classes cosigned.
    Held,
    /// The head of a log that a witness or mirror cosigned last, by the hash of the log's origin.
    LastCosigned(Hash),
    /// A tile or bundle.
    Tile(TilePath),
    /// A blob.
    Blob(Hash),
    /// The published results at a size.
    Results(u64),
}

impl Object {
    /// The path below the log's prefix.
    pub(crate) fn path(&self) -> String {
        match self {
            Self::Checkpoint => "checkpoint".to_owned(),
            Self::Cosigned => "cosigned".to_owned(),
            Self::Held => "held".to_owned(),
            Self::LastCosigned(origin) => format!("{origin}/checkpoint"),
            Self::Tile(path) => path.to_path(),
            Self::Blob(hash) => format!("blob/{hash}"),
            Self::Results(size) => format!("results/{size}"),
        }
    }

    fn max_bytes(&self) -> u64 {
        let width = u64::from(TILE_WIDTH);
        match self {
            Self::Checkpoint | Self::Cosigned | Self::Held | Self::LastCosigned(_) => {
                CHECKPOINT_MAX_BYTES as u64
            }
            Self::Tile(TilePath::Hashes { .. }) => 32 * width,
            Self::Tile(TilePath::Entries { .. }) => (ENTRY_MAX_BYTES as u64 + 2) * width,
            Self::Blob(_) => BLOB_MAX_BYTES,
            Self::Results(_) => RESULTS_MAX_BYTES,
        }
    }
}

/// Why an object did not come.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FetchError {
    /// The source says that it does not have it.
    #[error("it is not there")]
    Absent,
    /// Larger than such an object can be.
    #[error("it has more than {0} bytes")]
    TooLarge(u64),
    /// The source could not be read: nothing is said about the log.
    #[error("{0}")]
    Unreadable(String),
}

/// A source that is open for reading.
pub(crate) struct Fetcher {
    place: Place,
    /// Sizes of heads that it serves, see [`Fetcher::cut`].
    sizes: Vec<u64>,
}

enum Place {
    Directory(PathBuf),
    Server { agent: Agent, base: String },
    Archive(Box<Archived>),
}

impl Fetcher {
    /// Opens a source. Nothing of the log is read.
    pub(crate) fn open(source: &Source) -> Result<Self, FetchError> {
        match source {
            Source::Directory(path) => Ok(Self::at(Place::Directory(served(path)))),
            Source::Archive(path) => Ok(Self::of_archive(Archived::open(path)?)),
            Source::Url(url) => {
                let base = url.trim_end_matches('/').to_owned();
                if authority(&base).is_none() || base.contains(['?', '#']) {
                    let why = format!("an address is http://… or https://… without query, found {url:?}");
                    return Err(FetchError::Unreadable(why));
                }
                Ok(Self::at(Place::Server { agent: agent(), base }))
            }
        }
    }

    /// An archive that is open already.
    pub(crate) fn of_archive(archive: Archived) -> Self {
        Self::at(Place::Archive(Box::new(archive)))
    }

    fn at(place: Place) -> Self {
        Self { place, sizes: Vec::new() }
    }

    /// With the sizes of heads that it serves.
    pub(crate) fn with_sizes(self, sizes: Vec<u64>) -> Self {
        Self { sizes, ..self }
    }

    /// Whether sizes of heads that it serves are known.
    pub(crate) fn knows_sizes(&self) -> bool {
        !self.sizes.is_empty()
    }

    /// The archive, if it is one.
    pub(crate) fn archive(&self) -> Option<&Archived> {
        if let Place::Archive(archive) = &self.place { Some(archive) } else { None }
    }

    /// Whether an archive is being made of it, so that photographs and words are read once, later.
    pub(crate) fn defers_blobs(&self) -> bool {
        self.archive().is_some_and(|archive| archive.beside().is_some())
    }

    /// Whether each object costs a round trip.
    pub(crate) fn is_remote(&self) -> bool {
        match &self.place {
            Place::Server { .. } => true,
            Place::Archive(archive) => archive.beside().is_some_and(Self::is_remote),
            Place::Directory(_) => false,
        }
    }

    /// Reads an object whole.
    pub(crate) fn get(&self, object: &Object) -> Result<Vec<u8>, FetchError> {
        match &self.place {
            Place::Directory(directory) => read_file(&directory.join(object.path()), object.max_bytes()),
            Place::Archive(archive) => archive.get(object, object.max_bytes()),
            Place::Server { agent, base } => {
                request(agent, base, &format!("{base}/{}", object.path()), object.max_bytes())
            }
        }
    }

    /// Reads a tile or bundle; where a partial one is gone, the full one serves. Says which it was.
    pub(crate) fn tile(&self, path: TilePath) -> Result<(TilePath, Vec<u8>), FetchError> {
        match self.get(&Object::Tile(path)) {
            Err(FetchError::Absent) if path.is_partial() => {
                let full = path.full();
                Ok((full, self.get(&Object::Tile(full))?))
            }
            read => Ok((path, read?)),
        }
    }

    /// Reads a tile or bundle and cuts it to its width. A partial one may be gone, or never have been there: whoever
    /// copies a log has those of the heads that it took. The full one serves, or that of a larger head.
    pub(crate) fn cut(&self, path: TilePath) -> Result<Vec<u8>, FetchError> {
        let wider =
            self.sizes.iter().map(|size| grown(path, *size)).filter(|wider| wider.width() > path.width());
        let mut read = self.tile(path).map(|(_, bytes)| bytes);
        for wider in wider {
            if read != Err(FetchError::Absent) {
                break;
            }
            read = self.get(&Object::Tile(wider));
        }
        cut(path, read?).map_err(FetchError::Unreadable)
    }

    /// Reads a tile or bundle, and never the full one in its stead.
    pub(crate) fn exactly(&self, path: TilePath) -> Result<Vec<u8>, FetchError> {
        self.get(&Object::Tile(path))
    }

    /// Does `each` for every item and keeps their order: over several connections at once where the source is a server.
    pub(crate) fn each<I: Sync, T: Send>(&self, items: &[I], each: impl Fn(&I) -> T + Sync) -> Vec<T> {
        if !self.is_remote() || items.len() < 2 {
            return items.iter().map(each).collect();
        }
        let next = AtomicUsize::new(0);
        let done = Mutex::new(Vec::with_capacity(items.len()));
        std::thread::scope(|scope| {
            for _ in 0..CONNECTIONS.min(items.len()) {
                scope.spawn(|| {
                    while let Some((at, item)) = take(items, &next) {
                        let made = each(item);
                        done.lock().expect("no thread panics while it holds the list").push((at, made));
                    }
                });
            }
        });
        let mut done = done.into_inner().expect("no thread panics while it holds the list");
        done.sort_by_key(|(at, _)| *at);
        done.into_iter().map(|(_, made)| made).collect()
    }
}

fn take<'a, I>(items: &'a [I], next: &AtomicUsize) -> Option<(usize, &'a I)> {
    let at = next.fetch_add(1, Ordering::Relaxed);
    items.get(at).map(|item| (at, item))
}

/// The same tile or bundle in a larger log.
fn grown(path: TilePath, size: u64) -> TilePath {
    match path {
        TilePath::Hashes { level, index, .. } => path_in(level, index, hashes_at(level, size)),
        TilePath::Entries { index, .. } => TilePath::Entries { index, width: width_in(index, size) },
    }
}

/// The first hashes or entries of a tile or bundle that may be wider.
fn cut(path: TilePath, mut bytes: Vec<u8>) -> Result<Vec<u8>, String> {
    let width = usize::from(path.width());
    let length = match path {
        TilePath::Hashes { .. } => 32 * width,
        TilePath::Entries { .. } => {
            let (mut length, mut count) = (0, 0);
            for entry in entries(&bytes).take(width) {
                length += 2 + entry.map_err(|error| error.to_string())?.len();
                count += 1;
            }
            if count < width {
                return Err(format!("{count} entries, expected {width}"));
            }
            length
        }
    };
    if bytes.len() < length {
        return Err(format!("{} bytes, expected {length}", bytes.len()));
    }
    bytes.truncate(length);
    Ok(bytes)
}

/// The directory that is served: the given one, or `log` in the data of a node.
fn served(directory: &Path) -> PathBuf {
    let of_node = directory.join("log");
    let here = directory.join("checkpoint").is_file();
    if !here && of_node.join("checkpoint").is_file() { of_node } else { directory.to_owned() }
}

fn read_file(path: &Path, max_bytes: u64) -> Result<Vec<u8>, FetchError> {
    let unreadable = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => FetchError::Absent,
        _ => FetchError::Unreadable(error.to_string()),
    };
    // A pipe or device would block for ever when it is opened.
    let about = fs::metadata(path).map_err(unreadable)?;
    if !about.is_file() {
        return Err(FetchError::Unreadable("it is no file".to_owned()));
    }
    let file = File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::with_capacity(usize::try_from(about.len().min(max_bytes)).unwrap_or(0));
    file.take(max_bytes + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > max_bytes { Err(FetchError::TooLarge(max_bytes)) } else { Ok(bytes) }
}

fn agent() -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_connect(Some(Duration::from_secs(CONNECT_TIMEOUT_S)))
        .timeout_recv_response(Some(Duration::from_secs(RESPONSE_TIMEOUT_S)))
        .timeout_global(Some(Duration::from_secs(REQUEST_TIMEOUT_S)))
        .max_idle_connections(CONNECTIONS)
        .max_idle_connections_per_host(CONNECTIONS)
        .user_agent("hakiki-verify")
        .build();
    config.into()
}

/// Scheme and host with port of an address.
fn authority(url: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    (matches!(scheme, "http" | "https") && !host.is_empty()).then_some((scheme, host))
}

/// Makes a request until it is answered for good.
fn request(agent: &Agent, base: &str, url: &str, max_bytes: u64) -> Result<Vec<u8>, FetchError> {
    let mut wait_ms = RETRY_AFTER_MS;
    for _ in 1..ATTEMPTS {
        match attempt(agent, base, url, max_bytes) {
            Attempt::Done(result) => return result,
            Attempt::Again(_) => std::thread::sleep(Duration::from_millis(wait_ms)),
        }
        wait_ms *= 2;
    }
    match attempt(agent, base, url, max_bytes) {
        Attempt::Done(result) => result,
        Attempt::Again(why) => Err(FetchError::Unreadable(why)),
    }
}

enum Attempt {
    Done(Result<Vec<u8>, FetchError>),
    /// It may go better another time.
    Again(String),
}

fn attempt(agent: &Agent, base: &str, url: &str, max_bytes: u64) -> Attempt {
    let mut url = url.to_owned();
    for _ in 0..=REDIRECTS_MAX {
        let mut response = match agent.get(&url).call() {
            Ok(response) => response,
            Err(error) => return Attempt::Again(error.to_string()),
        };
        let refused = |why: String| Attempt::Done(Err(FetchError::Unreadable(why)));
        match response.status().as_u16() {
            200 => {
                let mut bytes = Vec::new();
                let read = response.body_mut().as_reader().take(max_bytes + 1).read_to_end(&mut bytes);
                return match read {
                    Ok(_) if bytes.len() as u64 > max_bytes => {
                        Attempt::Done(Err(FetchError::TooLarge(max_bytes)))
                    }
                    Ok(_) => Attempt::Done(Ok(bytes)),
                    Err(error) => Attempt::Again(error.to_string()),
                };
            }
            // 451: withheld by an order. The log says by whose.
            404 | 410 | 451 => return Attempt::Done(Err(FetchError::Absent)),
            status @ (301 | 302 | 303 | 307 | 308) => {
                let location = response.headers().get("location").and_then(|value| value.to_str().ok());
                match location.and_then(|location| same_host(base, location)) {
                    Some(next) => url = next,
                    None => {
                        return refused(format!(
                            "status {status} leads to another host, which is not followed"
                        ));
                    }
                }
            }
            status @ (408 | 429 | 500..=599) => return Attempt::Again(format!("status {status}")),
            status => return refused(format!("status {status}")),
        }
    }
    Attempt::Done(Err(FetchError::Unreadable(format!("more than {REDIRECTS_MAX} redirects"))))
}

/// Where a redirect leads, if it stays on the host. A step from `http` to `https` is one.
fn same_host(base: &str, location: &str) -> Option<String> {
    let (scheme, host) = authority(base)?;
    if location.starts_with('/') && !location.starts_with("//") {
        return Some(format!("{scheme}://{host}{location}"));
    }
    let (to_scheme, to_host) = authority(location)?;
    let same = to_host == host && (to_scheme == scheme || to_scheme == "https");
    same.then(|| location.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_stay_on_the_host() {
        let base = "http://log.example:80/a";
        assert_eq!(same_host(base, "/b/c").as_deref(), Some("http://log.example:80/b/c"));
        assert!(same_host(base, "http://log.example:80/x").is_some());
        assert!(same_host(base, "https://log.example:80/x").is_some());
        for elsewhere in [
            "//evil.example/x",
            "http://evil.example/x",
            "http://log.example.evil/x",
            "http://log.example:80@evil.example/",
            "file:///etc/passwd",
            "x",
            "",
        ] {
            assert_eq!(same_host(base, elsewhere), None, "{elsewhere}");
        }
        assert_eq!(same_host("https://log.example", "http://log.example/"), None);
    }

    #[test]
    fn only_web_addresses_open() {
        for bad in ["ftp://x/", "http://", "https:///x", "http://x/?a", "x://y"] {
            assert!(Fetcher::open(&Source::Url(bad.to_owned())).is_err(), "{bad}");
        }
        assert!(Fetcher::open(&Source::of("https://log.example/mfano/")).is_ok());
    }

    #[test]
    fn a_file_that_is_too_large_or_no_file_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let fetcher = Fetcher::open(&Source::Directory(directory.path().to_owned())).unwrap();
        assert_eq!(fetcher.get(&Object::Checkpoint), Err(FetchError::Absent));
        fs::create_dir(directory.path().join("checkpoint")).unwrap();
        assert!(matches!(fetcher.get(&Object::Checkpoint), Err(FetchError::Unreadable(_))));
        fs::create_dir_all(directory.path().join("tile/0")).unwrap();
        fs::write(directory.path().join("tile/0/000"), vec![0; 8193]).unwrap();
        let path = TilePath::Hashes { level: 0, index: 0, width: TILE_WIDTH };
        assert_eq!(fetcher.get(&Object::Tile(path)), Err(FetchError::TooLarge(8192)));
    }
}
