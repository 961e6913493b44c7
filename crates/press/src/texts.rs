//! The texts of statements from where a log is: a directory, an address or an archive. What comes is trusted by nothing but its hash;
//! what is absent, withheld or other bytes than its name is no text.

use crate::error::PressError;
use hakiki_archive::{blob_path, scan};
use hakiki_note::{Hash, sha256};
use hakiki_verify::Source;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;
use ureq::Agent;

/// Largest text that is read, in bytes; the desk's own have 256 KiB.
const TEXT_MAX_BYTES: u64 = 1 << 20;
/// Connections to a server at once.
const CONNECTIONS: usize = 8;
const TIMEOUT: Duration = Duration::from_secs(60);

/// Where texts come from.
pub struct Texts(Place);

enum Place {
    Directory(PathBuf),
    Server { agent: Agent, base: String },
    Archive { file: File, path: PathBuf, places: BTreeMap<String, (u64, u64)> },
}

impl Texts {
    /// Opens a source.
    pub fn open(source: &Source) -> Result<Self, PressError> {
        Ok(Self(match source {
            Source::Directory(directory) => {
                let served = directory.join("log");
                let is_node = served.join("checkpoint").is_file() && !directory.join("checkpoint").is_file();
                Place::Directory(if is_node { served } else { directory.clone() }.join("blob"))
            }
            Source::Url(url) => {
                let config = Agent::config_builder().http_status_as_error(false).max_redirects(0);
                let agent = config.timeout_global(Some(TIMEOUT)).user_agent("hakiki-press").build().into();
                Place::Server { agent, base: url.trim_end_matches('/').to_owned() }
            }
            Source::Archive(path) => {
                let reading = || PressError::system(format!("reading {}", path.display()));
                let mut file = File::open(path).map_err(reading())?;
                let (files, _) = scan(&mut file).map_err(reading())?;
                let places = files.into_iter().map(|placed| (placed.path, (placed.offset, placed.bytes)));
                Place::Archive { file, path: path.clone(), places: places.collect() }
            }
        }))
    }

    /// The texts of these hashes, in their order; none where there is no such text.
    pub fn of(&self, hashes: &[Hash]) -> Result<Vec<Option<String>>, PressError> {
        let is_remote = matches!(self.0, Place::Server { .. });
        if !is_remote || hashes.len() < 2 {
            return hashes.iter().map(|hash| self.one(hash)).collect();
        }
        let share = hashes.len().div_ceil(CONNECTIONS);
        let of_share =
            |share: &[Hash]| share.iter().map(|hash| self.one(hash)).collect::<Result<Vec<_>, _>>();
        let shares: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> =
                hashes.chunks(share).map(|share| scope.spawn(move || of_share(share))).collect();
            threads.into_iter().map(|thread| thread.join().expect("no thread of ours panics")).collect()
        });
        let shares = shares.into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(shares.into_iter().flatten().collect())
    }

    fn one(&self, hash: &Hash) -> Result<Option<String>, PressError> {
        let bytes = match &self.0 {
            Place::Directory(directory) => read_file(&directory.join(hash.to_string()))?,
            Place::Server { agent, base } => request(agent, &format!("{base}/blob/{hash}"))?,
            Place::Archive { file, path, places } => match places.get(&blob_path(hash)) {
                Some((offset, bytes)) if *bytes <= TEXT_MAX_BYTES => {
                    let mut text = vec![0; usize::try_from(*bytes).unwrap_or(0)];
                    let read = file.read_exact_at(&mut text, *offset);
                    read.map_err(PressError::system(format!("reading {}", path.display())))?;
                    Some(text)
                }
                _ => None,
            },
        };
        let is_it = |bytes: &Vec<u8>| sha256(bytes) == *hash;
        Ok(bytes.filter(is_it).and_then(|bytes| String::from_utf8(bytes).ok()))
    }
}

fn read_file(path: &Path) -> Result<Option<Vec<u8>>, PressError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(PressError::system(format!("reading {}", path.display()))(error)),
    };
    let mut bytes = Vec::new();
    let read = file.take(TEXT_MAX_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(PressError::system(format!("reading {}", path.display())))?;
    Ok((bytes.len() as u64 <= TEXT_MAX_BYTES).then_some(bytes))
}

fn request(agent: &Agent, url: &str) -> Result<Option<Vec<u8>>, PressError> {
    let failed = |found: String| PressError::Source { found: format!("{url}: {found}") };
    let response = agent.get(url).call().map_err(|error| failed(error.to_string()))?;
    match response.status().as_u16() {
        200 => {}
        // Gone, withheld, or not there.
        404 | 410 | 451 | 403 => return Ok(None),
        status => return Err(failed(format!("status {status}"))),
    }
    let mut bytes = Vec::new();
    let read = response.into_body().into_reader().take(TEXT_MAX_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(|error| failed(error.to_string()))?;
    Ok((bytes.len() as u64 <= TEXT_MAX_BYTES).then_some(bytes))
}
