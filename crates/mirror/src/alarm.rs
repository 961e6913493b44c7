//! What must not stay unnoticed, and the files that prove it.
//!
//! An alarm about two histories stays for ever, with its evidence in `evidence/`; one about what the log shows now goes when
//! it is over. What proves nothing is said to prove nothing.

use crate::clock::unix_seconds;
use crate::error::MirrorError;
use hakiki_note::sha256;
use hakiki_store::{Disk as _, Durability, PosixDisk};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Where files of evidence lie, in the mirror's directory.
const FOLDER: &str = "evidence";
/// Most alarms that stand at one time. Whoever can raise them without end shall not fill the disk with what is known.
const STANDING_MAX: usize = 512;

/// What kind of thing was noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AlarmKind {
    /// The log signed two histories: proved by its own signatures.
    Fork,
    /// A signed head whose consistency with what is held was not proved. It may be an error of transport.
    Unproved,
    /// The log shows an older head than it showed before. An old copy in a cache looks the same.
    Shrunk,
    /// What is served at the log's address is not signed by its key.
    Unsigned,
    /// Bytes that are not those which the signed head or their name commits to. Who changed them is not provable.
    Altered,
    /// The log holds a record that the rules refuse (F204).
    Inadmissible,
    /// A table that a record needs is not served: nothing after it can be judged.
    Lacking,
    /// This mirror cannot do its own work.
    Own,
}

impl AlarmKind {
    const ALL: [Self; 8] = [
        Self::Fork,
        Self::Unproved,
        Self::Shrunk,
        Self::Unsigned,
        Self::Altered,
        Self::Inadmissible,
        Self::Lacking,
        Self::Own,
    ];

    /// Its word in `/health` and in names of files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fork => "fork",
            Self::Unproved => "unproved",
            Self::Shrunk => "shrunk",
            Self::Unsigned => "unsigned",
            Self::Altered => "altered",
            Self::Inadmissible => "inadmissible",
            Self::Lacking => "lacking",
            Self::Own => "own",
        }
    }
}

/// Something that was noticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// Its kind.
    pub kind: AlarmKind,
    /// Whom or what it is about: an address, a path, a place.
    pub about: String,
    /// What was found.
    pub found: String,
    /// The file that proves it, below the mirror's directory; none where nothing is proved.
    pub evidence: Option<String>,
    /// When, by this machine's clock.
    pub unix_s: u64,
}

/// All that stands.
pub(crate) struct Alarms {
    disk: Arc<PosixDisk>,
    standing: Mutex<BTreeMap<(AlarmKind, String), Alarm>>,
}

impl Alarms {
    /// Opens the folder: evidence that was kept before is shown again.
    pub fn open(disk: Arc<PosixDisk>) -> Result<Self, MirrorError> {
        let names = disk.list(FOLDER).map_err(MirrorError::system("reading the folder of evidence"))?;
        let mut standing = BTreeMap::new();
        for name in names {
            let kind = AlarmKind::ALL.into_iter().find(|kind| name.starts_with(kind.as_str()));
            let Some(kind) = kind else { continue };
            let evidence = format!("{FOLDER}/{name}");
            let found = "found before this start; the evidence is kept".to_owned();
            let alarm =
                Alarm { kind, about: name.clone(), found, evidence: Some(evidence), unix_s: unix_seconds() };
            standing.insert((kind, name), alarm);
        }
        Ok(Self { disk, standing: Mutex::new(standing) })
    }

    /// Raises an alarm that proves nothing by itself. The same about the same is one.
    pub fn raise(&self, kind: AlarmKind, about: impl Into<String>, found: impl Into<String>) {
        self.put(kind, about.into(), found.into(), None);
    }

    /// Raises an alarm and keeps the file that proves it. Known evidence is not told twice.
    pub fn prove(&self, kind: AlarmKind, found: impl Into<String>, evidence: &str) {
        let name = format!("{}-{}.txt", kind.as_str(), sha256(evidence.as_bytes()));
        let path = format!("{FOLDER}/{name}");
        if self.lock().len() >= STANDING_MAX {
            tracing::error!(kind = kind.as_str(), "there is more evidence than is kept");
            return;
        }
        let kept = match self.disk.exists(&path) {
            Ok(true) => Ok(()),
            _ => self.disk.replace(&path, evidence.as_bytes(), Durability::Now),
        };
        if let Err(error) = &kept {
            tracing::error!(%error, evidence, "evidence could not be kept; it stands here");
        }
        self.put(kind, name, found.into(), kept.is_ok().then_some(path));
    }

    /// What it was about is over.
    pub fn lower(&self, kind: AlarmKind, about: &str) {
        let lowered = self.lock().remove(&(kind, about.to_owned()));
        if let Some(alarm) = lowered {
            tracing::info!(kind = kind.as_str(), about = alarm.about, "an alarm is over");
        }
    }

    /// Everything that stands, by kind.
    pub fn all(&self) -> Vec<Alarm> {
        self.lock().values().cloned().collect()
    }

    /// The bytes of a file of evidence by its name.
    pub fn evidence(&self, name: &str) -> Option<Vec<u8>> {
        let is_known = self.all().iter().any(|alarm| alarm.about == name && alarm.evidence.is_some());
        is_known.then(|| self.disk.read(&format!("{FOLDER}/{name}")).ok().flatten()).flatten()
    }

    fn put(&self, kind: AlarmKind, about: String, found: String, evidence: Option<String>) {
        let mut standing = self.lock();
        let key = (kind, about.clone());
        let is_known = standing.get(&key).is_some_and(|known| known.found == found);
        if is_known || (standing.len() >= STANDING_MAX && !standing.contains_key(&key)) {
            return;
        }
        tracing::error!(kind = kind.as_str(), about, found, evidence, "ALARM");
        standing.insert(key, Alarm { kind, about, found, evidence, unix_s: unix_seconds() });
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<(AlarmKind, String), Alarm>> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_stays_and_the_rest_goes() {
        let directory = tempfile::tempdir().unwrap();
        let open = || Alarms::open(Arc::new(PosixDisk::new(directory.path()))).unwrap();
        let alarms = open();
        alarms.raise(AlarmKind::Shrunk, "http://log", "size 3 after 5");
        alarms.prove(AlarmKind::Fork, "two heads of size 5", "the file\n");
        alarms.prove(AlarmKind::Fork, "two heads of size 5", "the file\n");
        assert_eq!(alarms.all().len(), 2);
        alarms.lower(AlarmKind::Shrunk, "http://log");
        let name = alarms.all()[0].about.clone();
        assert_eq!(alarms.evidence(&name).unwrap(), b"the file\n");
        assert_eq!(alarms.evidence("../private/mirrored"), None);
        let again = open().all();
        assert_eq!((again.len(), again[0].kind), (1, AlarmKind::Fork));
    }
}
