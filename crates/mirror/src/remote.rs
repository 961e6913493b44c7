//! Asking others: the log, mirrors and witnesses. The one file of this crate that makes requests.
//!
//! Paths are made from numbers and hashes by those who ask; every answer has a largest size; redirects are not followed.
//! Nothing that comes is trusted here.

use hakiki_tlog::TilePath;
use hakiki_tlog::tile::{ENTRY_MAX_BYTES, TILE_WIDTH};
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use ureq::Agent;

/// Connections to one place at once.
const CONNECTIONS: usize = 8;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);

/// Why something did not come.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RemoteError {
    /// It says that it does not have it.
    #[error("it is not there")]
    Absent,
    /// Larger than it can be.
    #[error("it has more than {0} bytes")]
    TooLarge(u64),
    /// Nobody answers, or not with what was asked for.
    #[error("{0}")]
    Unreachable(String),
}

/// What came back for a request with a body.
#[derive(Debug, Clone)]
pub(crate) struct Answered {
    /// HTTP status.
    pub status: u16,
    /// The bytes.
    pub body: Vec<u8>,
}

/// A place that has a log.
pub(crate) struct Remote(Place);

enum Place {
    Directory(PathBuf),
    Server { agent: Agent, base: String },
}

impl Remote {
    /// A place by its address or, without a schema, its directory. Asks nothing yet.
    pub fn new(place: &str) -> Self {
        if place.contains("://") {
            let base = place.trim_end_matches('/').to_owned();
            return Self(Place::Server { agent: agent(REQUEST_TIMEOUT), base });
        }
        let directory = PathBuf::from(place);
        let of_node = directory.join("log");
        Self(Place::Directory(if of_node.join("checkpoint").is_file() { of_node } else { directory }))
    }

    /// What is at a path of the log.
    pub fn read(&self, path: &str, max_bytes: u64) -> Result<Vec<u8>, RemoteError> {
        match &self.0 {
            Place::Directory(directory) => read_file(&directory.join(path), max_bytes),
            Place::Server { agent, base } => get(agent, &format!("{base}/{path}"), max_bytes),
        }
    }

    /// A tile or bundle; where a partial one is gone, the full one serves. Says which it was.
    pub fn tile(&self, path: TilePath) -> Result<(TilePath, Vec<u8>), RemoteError> {
        let width = u64::from(TILE_WIDTH);
        let max_bytes = match path {
            TilePath::Hashes { .. } => 32 * width,
            TilePath::Entries { .. } => (ENTRY_MAX_BYTES as u64 + 2) * width,
        };
        match self.read(&path.to_path(), max_bytes) {
            Err(RemoteError::Absent) if path.is_partial() => {
                Ok((path.full(), self.read(&path.full().to_path(), max_bytes)?))
            }
            read => Ok((path, read?)),
        }
    }

    /// Sends a body to a path.
    pub fn post(
        &self,
        path: &str,
        body: &[u8],
        max_bytes: u64,
        time: Duration,
    ) -> Result<Answered, RemoteError> {
        match &self.0 {
            Place::Directory(_) => Err(RemoteError::Unreachable("a directory takes nothing".to_owned())),
            Place::Server { base, .. } => post(&format!("{base}/{path}"), body, max_bytes, time),
        }
    }

    /// Does `each` for every item over several connections and keeps their order.
    pub fn each<I: Sync, T: Send>(&self, items: &[I], each: impl Fn(&I) -> T + Sync) -> Vec<T> {
        if items.len() < 2 || matches!(self.0, Place::Directory(_)) {
            return items.iter().map(each).collect();
        }
        let next = AtomicUsize::new(0);
        let done = Mutex::new(Vec::with_capacity(items.len()));
        std::thread::scope(|scope| {
            for _ in 0..CONNECTIONS.min(items.len()) {
                scope.spawn(|| {
                    loop {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        let Some(item) = items.get(at) else { return };
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

/// Reads an address.
pub(crate) fn get_address(url: &str, max_bytes: u64) -> Result<Vec<u8>, RemoteError> {
    get(&agent(REQUEST_TIMEOUT), url, max_bytes)
}

/// Sends a body to an address.
pub(crate) fn post(url: &str, body: &[u8], max_bytes: u64, time: Duration) -> Result<Answered, RemoteError> {
    let unreachable = |error: ureq::Error| RemoteError::Unreachable(error.to_string());
    let mut response = agent(time).post(url).send(body).map_err(unreachable)?;
    let status = response.status().as_u16();
    Ok(Answered { status, body: read_body(response.body_mut().as_reader(), max_bytes)? })
}

fn agent(timeout: Duration) -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_connect(Some(CONNECT_TIMEOUT.min(timeout)))
        .timeout_global(Some(timeout))
        .max_idle_connections(CONNECTIONS)
        .max_idle_connections_per_host(CONNECTIONS)
        .user_agent("hakiki-mirror")
        .build();
    config.into()
}

fn get(agent: &Agent, url: &str, max_bytes: u64) -> Result<Vec<u8>, RemoteError> {
    let mut response = agent.get(url).call().map_err(|error| RemoteError::Unreachable(error.to_string()))?;
    match response.status().as_u16() {
        200 => read_body(response.body_mut().as_reader(), max_bytes),
        404 | 410 => Err(RemoteError::Absent),
        status => Err(RemoteError::Unreachable(format!("status {status}"))),
    }
}

fn read_body(reader: impl Read, max_bytes: u64) -> Result<Vec<u8>, RemoteError> {
    let mut bytes = Vec::new();
    let read = reader.take(max_bytes.saturating_add(1)).read_to_end(&mut bytes);
    read.map_err(|error| RemoteError::Unreachable(error.to_string()))?;
    if bytes.len() as u64 > max_bytes { Err(RemoteError::TooLarge(max_bytes)) } else { Ok(bytes) }
}

fn read_file(path: &std::path::Path, max_bytes: u64) -> Result<Vec<u8>, RemoteError> {
    let failed = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => RemoteError::Absent,
        _ => RemoteError::Unreachable(error.to_string()),
    };
    // A pipe or device would block for ever when it is opened.
    if !std::fs::metadata(path).map_err(failed)?.is_file() {
        return Err(RemoteError::Unreachable("it is no file".to_owned()));
    }
    read_body(File::open(path).map_err(failed)?, max_bytes)
}
