//! Where a log's files are read: a directory, an address, or a test's memory. Nothing that comes from here is believed.

use crate::FsckError;
use hakiki_store::{PosixDisk, Reader};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Largest file: a full bundle of the longest entries.
const FILE_MAX_BYTES: u64 = 256 * 65_537;
/// Time for one file.
const TIME: Duration = Duration::from_secs(30);

/// Files of a log by their paths on the wire.
pub trait Files {
    /// The file at a path, or none if it is not there. An error is said and taken as "not there": a check always ends.
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String>;

    /// What it is called in a report.
    fn name(&self) -> String;
}

/// A directory: what is served, or the data of a node.
pub struct Directory {
    reader: Reader<PosixDisk>,
    name: String,
}

impl Directory {
    /// A directory that holds `log/`, or one that is called so.
    pub fn open(path: &Path) -> Result<Self, FsckError> {
        let root = root_of(path);
        if !root.join("log").is_dir() {
            return Err(FsckError::NoLog { path: path.to_owned() });
        }
        Ok(Self { reader: Reader::new(Arc::new(PosixDisk::new(root))), name: path.display().to_string() })
    }
}

/// The directory above `log`, whichever of the two was named.
pub fn root_of(path: &Path) -> std::path::PathBuf {
    let holds_log = path.join("log").is_dir();
    match path.parent().filter(|_| !holds_log && path.ends_with("log")) {
        Some(above) if above.as_os_str().is_empty() => ".".into(),
        Some(above) => above.to_owned(),
        None => path.to_owned(),
    }
}

impl Files for Directory {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        self.reader.read(path).map_err(|error| error.to_string())
    }

    fn name(&self) -> String {
        self.name.clone()
    }
}

/// A log or mirror at an address.
pub struct Address {
    agent: ureq::Agent,
    url: String,
}

impl Address {
    /// The prefix below which `checkpoint` lies.
    pub fn new(url: &str) -> Self {
        let config = ureq::Agent::config_builder().timeout_global(Some(TIME)).http_status_as_error(false);
        Self { agent: config.build().into(), url: url.trim_end_matches('/').to_owned() }
    }
}

impl Files for Address {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        let failed = |error: ureq::Error| format!("{}/{path}: {error}", self.url);
        let mut answer = self.agent.get(format!("{}/{path}", self.url)).call().map_err(failed)?;
        match answer.status().as_u16() {
            200 => {
                answer.body_mut().with_config().limit(FILE_MAX_BYTES).read_to_vec().map(Some).map_err(failed)
            }
            404 | 410 => Ok(None),
            other => Err(format!("{}/{path}: status {other}", self.url)),
        }
    }

    fn name(&self) -> String {
        self.url.clone()
    }
}
