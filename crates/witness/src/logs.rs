//! The logs that a witness knows, each by its origin and the key that was pinned first.
//!
//! ```text
//! hakiki/witness-logs@v1
//! log <verifier key> [<url> <hex>]
//! ```
//!
//! `<hex>` is the fingerprint that was shown at first contact: the id of the log's first record.
//!
//! Keys come from the configuration or from `hakiki witness add-log`, also while the witness runs; none is ever replaced.
//! To give a log up, its operator takes the line out while the witness stands still; what was cosigned for it stays in the
//! journal.

use crate::disk::{lock_logs, make_directory, replace};
use crate::error::WitnessError;
use crate::journal;
use crate::recorded::Recorded;
use hakiki_note::{Hash, KeyType, VerifierKey};
use hakiki_tlog::witness::origin_folder;
use hakiki_tlog::{Head, Origin};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

const HEADER: &str = "hakiki/witness-logs@v1\n";

/// A log with its pinned key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinnedLog {
    /// Its name.
    pub origin: Origin,
    /// Its key, of type 0x01, whose name is the origin.
    pub key: VerifierKey,
    /// How it was met, if it was met and not only named.
    pub contact: Option<FirstContact>,
}

/// What a witness's operator was shown when the log was met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstContact {
    /// Where the log was read.
    pub url: String,
    /// What names its history: the id of its first record.
    pub fingerprint: Hash,
}

/// What became of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pinning {
    /// It stands from now on.
    New,
    /// It stood already.
    Known,
}

/// Pins a log's key in a witness's directory, which is made if it is missing. Another key of the same origin is refused
/// (C109), and another fingerprint (C116). A witness that runs there takes the new log up when it is first asked about it.
pub fn pin_log(
    dir: &Path,
    key: &VerifierKey,
    contact: Option<FirstContact>,
) -> Result<Pinning, WitnessError> {
    let log = pinned(key.clone(), contact)?;
    make_directory(dir)?;
    let _lock = lock_logs(dir)?;
    prepare(dir)?;
    let mut logs = read(dir)?;
    let pinning = match logs.get(&log.origin) {
        None => Pinning::New,
        Some(known) => {
            check_same(known, &log)?;
            if log.contact.is_none() || known.contact.is_some() {
                return Ok(Pinning::Known);
            }
            Pinning::Known
        }
    };
    logs.insert(log.origin.clone(), log);
    let mut text = HEADER.to_owned();
    for log in logs.values() {
        let contact = log.contact.as_ref().map(|met| format!(" {} {}", met.url, met.fingerprint));
        text.extend(["log ", &log.key.to_string(), &contact.unwrap_or_default(), "\n"]);
    }
    let path = path(dir);
    replace(&path, text.as_bytes()).map_err(WitnessError::disk("pinning a key", &path))?;
    Ok(pinning)
}

/// The logs that are pinned in a directory, in the order of their origins.
pub fn pinned_logs(dir: &Path) -> Result<Vec<PinnedLog>, WitnessError> {
    if !path(dir).exists() {
        return Ok(Vec::new());
    }
    Ok(read(dir)?.into_values().collect())
}

/// Makes a new directory's files: the journal first, so that a list without a journal means that it was lost.
pub(crate) fn prepare(dir: &Path) -> Result<(), WitnessError> {
    let path = path(dir);
    if path.exists() {
        return Ok(());
    }
    if !journal::path(dir).exists() {
        journal::create(dir)?;
    }
    replace(&path, HEADER.as_bytes()).map_err(WitnessError::disk("making the list of logs", &path))
}

fn path(dir: &Path) -> PathBuf {
    dir.join("logs")
}

fn pinned(key: VerifierKey, contact: Option<FirstContact>) -> Result<PinnedLog, WitnessError> {
    let refused = |found: String| WitnessError::LogKey { key: key.to_string(), found };
    if key.key().key_type() != KeyType::Ed25519 {
        return Err(refused(format!("its type is {:#04x}", key.key().key_type().byte())));
    }
    key.key().decode().map_err(|error| refused(error.to_string()))?;
    let origin = Origin::new(key.name().as_str()).map_err(|error| refused(error.to_string()))?;
    let bad_url = |url: &str| url.is_empty() || url.chars().any(|c| c.is_whitespace() || c.is_control());
    if contact.as_ref().is_some_and(|met| bad_url(&met.url)) {
        return Err(refused("its URL is empty or holds spaces".to_owned()));
    }
    Ok(PinnedLog { origin, key, contact })
}

fn check_same(known: &PinnedLog, named: &PinnedLog) -> Result<(), WitnessError> {
    let origin = known.origin.to_string();
    if known.key != named.key {
        let (pinned, named) = (known.key.to_string(), named.key.to_string());
        return Err(WitnessError::OtherKey { origin, pinned, named });
    }
    match (&known.contact, &named.contact) {
        (Some(known), Some(named)) if known.fingerprint != named.fingerprint => {
            Err(WitnessError::OtherFingerprint {
                origin,
                pinned: known.fingerprint,
                found: named.fingerprint,
            })
        }
        _ => Ok(()),
    }
}

fn read(dir: &Path) -> Result<BTreeMap<Origin, PinnedLog>, WitnessError> {
    let path = path(dir);
    let text = fs::read_to_string(&path).map_err(WitnessError::disk("reading the list of logs", &path))?;
    let damaged = |place: usize, found: String| WitnessError::Damaged {
        path: path.clone(),
        place: place as u64,
        found,
    };
    let lines = text.strip_prefix(HEADER).ok_or_else(|| damaged(0, format!("expected {HEADER:?}")))?;
    let (mut logs, mut place) = (BTreeMap::new(), HEADER.len());
    for line in lines.split_inclusive('\n') {
        let wrong = |found: String| damaged(place, found);
        let shape = || wrong(format!("a line is \"log <key> [<url> <fingerprint>]\", found {line:?}"));
        let words = line.strip_suffix('\n').and_then(|line| line.strip_prefix("log ")).ok_or_else(shape)?;
        let (key, contact) = match *words.split(' ').collect::<Vec<_>>() {
            [key] => (key, None),
            [key, url, hex] => {
                let fingerprint = hex.parse().map_err(|_| shape())?;
                (key, Some(FirstContact { url: url.to_owned(), fingerprint }))
            }
            _ => return Err(shape()),
        };
        let key: VerifierKey = key.parse().map_err(|error| wrong(format!("{error}")))?;
        let log = pinned(key, contact).map_err(|error| wrong(error.to_string()))?;
        if let Some(twice) = logs.insert(log.origin.clone(), log) {
            return Err(wrong(format!("{} stands twice", twice.origin)));
        }
        place += line.len();
    }
    Ok(logs)
}

/// A log as a running witness holds it.
pub(crate) struct WitnessedLog {
    pub key: VerifierKey,
    pub state: Mutex<LogState>,
}

/// What was decided for a log, and what of it is durable.
#[derive(Default)]
pub(crate) struct LogState {
    /// The newest decided head. What is decided next starts from it.
    pub newest: Option<Arc<Recorded>>,
    /// The newest durable head. Nobody is shown a newer one.
    pub durable: Option<Arc<Recorded>>,
}

impl WitnessedLog {
    pub fn newest(&self) -> Option<Arc<Recorded>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).newest.clone()
    }

    pub fn durable(&self) -> Option<Arc<Recorded>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).durable.clone()
    }
}

/// Every log of a running witness.
pub(crate) struct WitnessedLogs {
    dir: PathBuf,
    by_origin: RwLock<BTreeMap<Origin, Arc<WitnessedLog>>>,
    by_folder: RwLock<BTreeMap<String, Arc<WitnessedLog>>>,
    /// What was recorded for each origin at the start, also for logs that are not pinned (any more).
    recorded: journal::Live,
    /// When the list was last looked at for news, by the time that requests bring.
    looked_s: Mutex<u64>,
}

impl WitnessedLogs {
    /// The logs that are pinned in a directory, with what the journal says of them.
    pub fn open(dir: &Path, recorded: journal::Live) -> Result<Self, WitnessError> {
        let logs = Self {
            dir: dir.to_owned(),
            by_origin: RwLock::default(),
            by_folder: RwLock::default(),
            recorded,
            looked_s: Mutex::new(0),
        };
        logs.take_up(read(dir)?);
        Ok(logs)
    }

    /// The log of an origin; where it is not known, the list is read again, at most once in a second.
    pub fn find(&self, origin: &Origin, now_s: u64) -> Option<Arc<WitnessedLog>> {
        let known = || self.by_origin.read().unwrap_or_else(PoisonError::into_inner).get(origin).cloned();
        if let Some(log) = known() {
            return Some(log);
        }
        {
            let mut looked_s = self.looked_s.lock().unwrap_or_else(PoisonError::into_inner);
            if *looked_s == now_s {
                return None;
            }
            *looked_s = now_s;
        }
        match read(&self.dir) {
            Ok(logs) => self.take_up(logs),
            Err(error) => tracing::error!(%error, "the list of logs cannot be read again"),
        }
        known()
    }

    /// The log whose folder, by the hash of its origin, has this name.
    pub fn by_folder(&self, folder: &str) -> Option<Arc<WitnessedLog>> {
        self.by_folder.read().unwrap_or_else(PoisonError::into_inner).get(folder).cloned()
    }

    pub fn all(&self) -> Vec<(Origin, Arc<WitnessedLog>)> {
        let logs = self.by_origin.read().unwrap_or_else(PoisonError::into_inner);
        logs.iter().map(|(origin, log)| (origin.clone(), log.clone())).collect()
    }

    /// The newest durable heads by origin.
    pub fn heads(&self) -> BTreeMap<Origin, Head> {
        let logs = self.all().into_iter();
        logs.filter_map(|(origin, log)| Some((origin, log.durable()?.head()))).collect()
    }

    fn take_up(&self, logs: BTreeMap<Origin, PinnedLog>) {
        let mut by_origin = self.by_origin.write().unwrap_or_else(PoisonError::into_inner);
        let mut by_folder = self.by_folder.write().unwrap_or_else(PoisonError::into_inner);
        for (origin, pinned) in logs {
            if let Some(known) = by_origin.get(&origin) {
                if known.key != pinned.key {
                    tracing::error!(%origin, "another key stands in the list of logs; the pinned one is kept");
                }
                continue;
            }
            tracing::info!(%origin, key = %pinned.key, "a log is witnessed");
            let newest = self.recorded.get(&origin).cloned();
            let state = Mutex::new(LogState { durable: newest.clone(), newest });
            let log = Arc::new(WitnessedLog { key: pinned.key, state });
            by_folder.insert(origin_folder(&origin), log.clone());
            by_origin.insert(origin, log);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hakiki_note::{KeyName, SigningKey, sha256};

    fn key(origin: &str, seed: u8) -> VerifierKey {
        SigningKey::from_seed(KeyName::new(origin).unwrap(), &[seed; 32]).verifier().clone()
    }

    #[test]
    fn a_pinned_key_is_never_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let dir = directory.path().join("new/witness");
        assert_eq!(pinned_logs(&dir).unwrap(), []);
        let (a, b) = (key("a.example/log", 1), key("b.example/log", 2));
        let met = |text: &[u8]| {
            Some(FirstContact { url: "https://a.example/log".to_owned(), fingerprint: sha256(text) })
        };
        assert_eq!(pin_log(&dir, &a, None).unwrap(), Pinning::New);
        assert_eq!(pin_log(&dir, &b, None).unwrap(), Pinning::New);
        assert_eq!(pin_log(&dir, &a, met(b"first")).unwrap(), Pinning::Known);
        assert_eq!(pin_log(&dir, &a, None).unwrap(), Pinning::Known);
        assert_eq!(pin_log(&dir, &a, met(b"other")).unwrap_err().code(), "C116");
        let refused = pin_log(&dir, &key("a.example/log", 3), None).unwrap_err();
        assert_eq!(refused.code(), "C109");
        let cosigner = SigningKey::cosigner_from_seed(KeyName::new("c.example").unwrap(), &[1; 32]);
        assert_eq!(pin_log(&dir, cosigner.verifier(), None).unwrap_err().code(), "C110");
        assert_eq!(pin_log(&dir, &key("hakiki/form@v1", 1), None).unwrap_err().code(), "C110");
        let logs = pinned_logs(&dir).unwrap();
        let found: Vec<_> = logs.iter().map(|log| (log.key.clone(), log.contact.clone())).collect();
        assert_eq!(found, [(a, met(b"first")), (b, None)]);
    }

    #[test]
    fn a_list_that_is_not_ours_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        pin_log(directory.path(), &key("a.example/log", 1), None).unwrap();
        let good = fs::read_to_string(path(directory.path())).unwrap();
        let line = good.strip_prefix(HEADER).unwrap().to_owned();
        for bad in [
            good.replace("log a", "log b"),
            format!("{good}{line}"),
            format!("{good}log"),
            line,
            String::new(),
        ] {
            fs::write(path(directory.path()), &bad).unwrap();
            assert_eq!(pinned_logs(directory.path()).unwrap_err().code(), "C107", "{bad}");
        }
    }
}
