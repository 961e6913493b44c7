//! Pending texts: records that name several signers, while signatures are missing. They are drafts, visible to everybody,
//! and never in the log before they are whole.
//!
//! A text is kept when at least one of its signatures is good and by a key in force. It goes when it stands in the log, or
//! when nobody has signed it for [`AGE_MAX`]. What is kept is bounded in number and bytes, for each key too, and part of
//! the room is for texts that a custodian has signed: kits that are not their owners' cannot take it from the quorum.

mod disk;
mod judge;

pub(crate) use judge::judge;

use crate::error::NodeError;
use hakiki_core::Unfinished;
use hakiki_core::codes::RefusalCode;
use hakiki_core::{Ledger, Refusal};
use hakiki_note::{Hash, KeyName};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Most texts: more than the open acts of a night with 46,000 stations, of which few need a quorum.
const TEXTS_MAX: usize = 256;
/// Most bytes of all notes: 64 of the largest.
const BYTES_MAX: usize = 4 * 1024 * 1024;
/// Of both, how much those may take that no custodian has signed: three quarters.
const OTHERS_SHARE: (usize, usize) = (3, 4);
/// Most texts that one key alone has signed.
const ALONE_MAX: usize = 16;
/// How long a text stays after its newest signature: two weeks, longer than any term for a declaration or petition.
pub(crate) const AGE_MAX: Duration = Duration::from_secs(14 * 24 * 3600);

/// A text that waits for signatures, all of whose lines are good.
#[derive(Debug, Clone)]
pub(crate) struct PendingText {
    /// Text and lines.
    pub unfinished: Unfinished,
    /// Whether a custodian has signed it.
    pub by_custodian: bool,
    /// When the newest signature came.
    pub changed: SystemTime,
}

/// All of them, in memory and on disk.
#[derive(Debug)]
pub(crate) struct PendingTexts {
    dir: PathBuf,
    texts: Mutex<BTreeMap<Hash, PendingText>>,
}

/// Why a text is not kept.
#[derive(Debug)]
pub(crate) enum NotKept {
    Refused(Refusal),
    Failed(NodeError),
}

impl From<Refusal> for NotKept {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl PendingTexts {
    /// Reads what an earlier run kept below a node's directory. A file that is no such text any more stays where it is.
    pub fn load(dir: &Path, ledger: &Ledger) -> Result<Self, NodeError> {
        let dir = dir.join("pending");
        let mut texts = BTreeMap::new();
        for (path, bytes, changed) in disk::read_all(&dir)? {
            let read = Unfinished::parse(&bytes).and_then(|unfinished| judge(ledger, unfinished)?.verify());
            match read {
                Ok(verified) => {
                    let id = *verified.unfinished.record().id();
                    texts.insert(id, PendingText { changed, ..verified });
                }
                Err(refusal) => {
                    tracing::warn!(path = %path.display(), %refusal, "a pending text is left out");
                }
            }
        }
        Ok(Self { dir, texts: Mutex::new(texts) })
    }

    /// Adds a text whose lines were found good, or its lines to what is there. Gives the text as it then is.
    pub fn add(&self, verified: &PendingText) -> Result<PendingText, NotKept> {
        let mut texts = self.lock();
        let id = *verified.unfinished.record().id();
        let mut text = if let Some(kept) = texts.get(&id) {
            kept.clone()
        } else {
            has_room(&texts, verified)?;
            verified.clone()
        };
        let before = text.unfinished.lines().len();
        text.unfinished.merge(&verified.unfinished)?;
        if texts.contains_key(&id) && text.unfinished.lines().len() == before {
            return Ok(text);
        }
        text.by_custodian |= verified.by_custodian;
        text.changed = SystemTime::now();
        disk::write(&self.dir, &id, text.unfinished.to_note().as_bytes()).map_err(NotKept::Failed)?;
        texts.insert(id, text.clone());
        Ok(text)
    }

    /// One of them.
    pub fn text(&self, id: &Hash) -> Option<PendingText> {
        self.lock().get(id).cloned()
    }

    /// All of them, in the order of their ids.
    pub fn all(&self) -> Vec<PendingText> {
        self.lock().values().cloned().collect()
    }

    /// Takes away what stands in the log, and what is too old.
    pub fn sweep(&self, ledger: &Ledger, now: SystemTime) {
        let mut texts = self.lock();
        let is_over = |text: &PendingText| {
            // A clock that was set back makes nothing old.
            let age = now.duration_since(text.changed).unwrap_or_default();
            age > AGE_MAX || ledger.place_of(text.unfinished.record().id()).is_some()
        };
        let over: Vec<Hash> = texts.iter().filter(|(_, text)| is_over(text)).map(|(id, _)| *id).collect();
        for id in over {
            texts.remove(&id);
            disk::remove(&self.dir, &id);
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Hash, PendingText>> {
        self.texts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PendingText {
    /// The line of the list: id, kind, how many have signed of how many, how many custodians the kind needs (or `-`), Unix
    /// seconds of the newest signature, and the names that are missing.
    pub fn to_line(&self, ledger: &Ledger) -> String {
        let record = self.unfinished.record();
        let kind = record.body().kind();
        let needs = ledger.quorum_for(kind.name()).map_or_else(|| "-".to_owned(), |count| count.to_string());
        let changed = self.changed.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let (signed, named) = (self.unfinished.lines().len(), record.signers().len());
        let fixed = format!("{} {} {signed} {named} {needs} {changed}", record.id(), kind.name_and_version());
        let mut words = vec![fixed.as_str()];
        words.extend(self.unfinished.missing());
        words.join(" ") + "\n"
    }

    fn bytes(&self) -> usize {
        self.unfinished.text().len() + 512 * self.unfinished.record().signers().len()
    }

    /// Whether this key alone has signed it.
    fn is_alone(&self, name: &KeyName) -> bool {
        matches!(self.unfinished.lines(), [line] if line.name == *name)
    }
}

/// Refuses a new text for which there is no room.
fn has_room(texts: &BTreeMap<Hash, PendingText>, new: &PendingText) -> Result<(), Refusal> {
    if let [line] = new.unfinished.lines() {
        let alone = texts.values().filter(|text| text.is_alone(&line.name)).count();
        if alone >= ALONE_MAX {
            let detail =
                format!("{alone} pending texts are signed by {} alone, at most {ALONE_MAX}", line.name);
            return Err(Refusal::new(RefusalCode::R401, detail));
        }
    }
    let counted = |text: &&PendingText| new.by_custodian || !text.by_custodian;
    let (share, whole) = if new.by_custodian { (1, 1) } else { OTHERS_SHARE };
    let (texts_max, bytes_max) = (TEXTS_MAX * share / whole, BYTES_MAX * share / whole);
    let count = texts.values().filter(counted).count();
    let bytes: usize = texts.values().filter(counted).map(PendingText::bytes).sum::<usize>() + new.bytes();
    // The whole room is for all of them, whoever came first.
    if count >= texts_max || texts.len() >= TEXTS_MAX || bytes > bytes_max {
        let detail =
            format!("{count} texts of {bytes} bytes wait for signatures, at most {texts_max} of {bytes_max}");
        return Err(Refusal::new(RefusalCode::R403, detail));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use hakiki_core::fixture::{Fixture, Setting, custodians, key};
    use hakiki_core::kinds::{Notice, NoticeAbout};
    use hakiki_core::record::{Signer, compose_for};
    use hakiki_core::text::Time;
    use hakiki_note::{SignatureLine, SigningKey};

    /// A text that `signed` of its two signers has signed; another for each reason.
    fn text(reason: &str, keys: [&SigningKey; 2], fingerprint: &Hash) -> PendingText {
        let from = Time::parse("2031-03-04T17:00:00+03:00").unwrap();
        let notice = Notice { about: NoticeAbout::Incident, from, reason: reason.into(), words: None };
        let mut signers =
            keys.map(|key| Signer { name: key.name().clone(), key_hash: key.verifier().key().hash() });
        signers.sort_by(|a, b| a.name.cmp(&b.name));
        let text = compose_for(&notice.into(), Some(fingerprint), &signers);
        let mut unfinished = Unfinished::parse(text.as_bytes()).unwrap();
        unfinished.put(SignatureLine::sign(&text, keys[0]));
        let by_custodian = keys[0].name().as_str().contains("custodian");
        PendingText { unfinished, by_custodian, changed: SystemTime::now() }
    }

    fn refused(kept: Result<PendingText, NotKept>) -> &'static str {
        match kept {
            Err(NotKept::Refused(refusal)) => refusal.code.as_str(),
            Err(NotKept::Failed(error)) => panic!("{error}"),
            Ok(_) => "kept",
        }
    }

    #[test]
    fn what_others_begin_leaves_room_for_custodians() {
        let home = tempfile::tempdir().unwrap();
        let fixture = Fixture::new(&Setting::default());
        let texts = PendingTexts::load(home.path(), &fixture.ledger()).unwrap();
        let other = key("second");
        for n in 0..192_usize {
            let one = key(&format!("one-{}", n / ALONE_MAX));
            let text = text(&format!("r{n}"), [&one, &other], &fixture.fingerprint);
            assert_eq!(refused(texts.add(&text)), "kept", "{n}");
            assert_eq!(refused(texts.add(&text)), "kept", "the same again takes no room");
        }
        let full = text("more", [&key("fresh"), &other], &fixture.fingerprint);
        assert_eq!(refused(texts.add(&full)), "R403");
        let mut custodians = custodians();
        custodians.push(key("custodian-4"));
        for n in 0..64_usize {
            let text = text(&format!("c{n}"), [&custodians[n / ALONE_MAX], &other], &fixture.fingerprint);
            assert_eq!(refused(texts.add(&text)), "kept", "{n}");
        }
        let seventeenth = text("alone", [&custodians[0], &other], &fixture.fingerprint);
        assert_eq!(refused(texts.add(&seventeenth)), "R401");
        let last = text("last", [&key("custodian-5"), &other], &fixture.fingerprint);
        assert_eq!(refused(texts.add(&last)), "R403", "the whole room is taken");
        texts.sweep(&fixture.ledger(), SystemTime::now() + AGE_MAX - Duration::from_secs(60));
        assert_eq!(texts.all().len(), 256);
        texts.sweep(&fixture.ledger(), SystemTime::now() + AGE_MAX + Duration::from_secs(60));
        assert!(texts.all().is_empty(), "nobody signed them for two weeks");
        assert_eq!(disk::read_all(&home.path().join("pending")).unwrap().len(), 0);
    }
}
