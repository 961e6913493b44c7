//! Before a start signs anything: what is the largest head that witnesses and mirrors know?
//!
//! A directory that was restored from a backup, or copied and gone on with elsewhere, stops here and forks nothing (T19, T28).

use super::contact::{Contact, CosignerKind, contacts};
use super::judge::{Judged, judge, keep, open, shown};
use crate::configuration::Configuration;
use crate::cores::OnAllCores;
use crate::error::NodeError;
use crate::tables::StoredTables;
use hakiki_core::kinds::Body;
use hakiki_core::{Ledger, Record, VerifiedRecord};
use hakiki_note::{KeyName, VerifierKey};
use hakiki_store::{Blobs, PosixDisk};
use hakiki_tlog::{MemoryTree, Origin, VerifiedCheckpoint};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::thread;

/// What the cosigners said before anything was signed.
pub(crate) struct Asked {
    /// The configured cosigners.
    pub contacts: Vec<Contact>,
    /// The size that each cosigned last, of those who know this log.
    pub sizes: BTreeMap<KeyName, u64>,
    /// The record that must be appended first, since nobody answered.
    pub notice: Option<VerifiedRecord>,
}

/// What one cosigner said.
enum Told {
    /// It knows nothing of this log.
    Nothing,
    /// It knows a head that the log's key signed.
    Head(Box<VerifiedCheckpoint>),
    /// It cannot be reached, or says what cannot be verified.
    Unheard(String),
}

/// Asks all cosigners at once, and refuses to go on where signing would be wrong (N115 to N119).
pub(crate) fn ask_before_signing(
    configuration: &Configuration,
    log_key: &VerifierKey,
    origin: &Origin,
    ledger: &Ledger,
    tree: &MemoryTree,
) -> Result<Asked, NodeError> {
    let policy = ledger.witness_policy();
    let contacts = contacts(configuration, policy)?;
    let told: Vec<Told> = thread::scope(|scope| {
        let ask = |contact| scope.spawn(move || ask(contact, log_key, origin));
        let asking: Vec<_> = contacts.iter().map(ask).collect();
        let ended = |asking: thread::ScopedJoinHandle<'_, Told>| {
            asking.join().unwrap_or_else(|_| Told::Unheard("asking it panicked".to_owned()))
        };
        asking.into_iter().map(ended).collect()
    });
    let heads = contacts.iter().zip(&told).filter_map(|(contact, told)| match told {
        Told::Head(head) => Some((contact, &**head)),
        Told::Nothing | Told::Unheard(_) => None,
    });
    let heads: Vec<_> = heads.collect();
    refuse_other_histories(&configuration.dir, &heads, tree)?;
    refuse_older_copy(&heads, tree)?;
    let sizes = heads.iter().map(|(contact, head)| (contact.key.name().clone(), head.head().size)).collect();
    let unheard: Vec<String> = contacts
        .iter()
        .zip(&told)
        .filter(|(contact, _)| contact.kind == CosignerKind::Witness)
        .filter_map(|(contact, told)| match told {
            Told::Unheard(why) => Some(format!("{}: {why}", contact.key.name())),
            Told::Nothing | Told::Head(_) => None,
        })
        .collect();
    let asked = contacts.iter().filter(|contact| contact.kind == CosignerKind::Witness).count();
    let heard = asked - unheard.len();
    let notice = if policy.quorum > 0 && heard == 0 {
        let found = if unheard.is_empty() { "none is configured".to_owned() } else { unheard.join("; ") };
        let path = configuration.notice.as_deref().ok_or(NodeError::NoWitness { asked, found })?;
        Some(read_notice(path, &configuration.dir, ledger)?)
    } else {
        tell_heard(configuration, heard, policy.witnesses.len(), policy.quorum);
        None
    };
    Ok(Asked { contacts, sizes, notice })
}

fn ask(contact: &Contact, log_key: &VerifierKey, origin: &Origin) -> Told {
    match contact.largest_head(origin) {
        Ok(None) => Told::Nothing,
        Ok(Some(bytes)) => match open(&bytes, log_key) {
            Ok(head) => Told::Head(Box::new(head)),
            Err(error) => {
                let who = contact.shown();
                tracing::warn!(who, %error, "what a cosigner serves is no head that this log signed");
                Told::Unheard(error.to_string())
            }
        },
        Err(error) => {
            tracing::warn!(who = contact.shown(), error, "a cosigner does not answer");
            Told::Unheard(error)
        }
    }
}

type Known<'a> = (&'a Contact, &'a VerifiedCheckpoint);

fn refuse_other_histories(dir: &Path, heads: &[Known<'_>], tree: &MemoryTree) -> Result<(), NodeError> {
    let (mut who, mut kept, mut own) = (Vec::new(), Vec::new(), None);
    for (contact, found) in heads {
        if let Judged::Contradicts(here) = judge(&found.head(), tree) {
            who.push(format!("{} knows {}", contact.shown(), shown(&found.head())));
            let path = keep(dir, found)?;
            if !kept.contains(&path) {
                kept.push(path);
            }
            own = Some(here);
        }
    }
    match own {
        None => Ok(()),
        Some(here) => {
            Err(NodeError::Forked { who: who.join(", "), own: shown(&here), kept: kept.join(", ") })
        }
    }
}

fn refuse_older_copy(heads: &[Known<'_>], tree: &MemoryTree) -> Result<(), NodeError> {
    let beyond = heads.iter().filter(|(_, found)| judge(&found.head(), tree) == Judged::Beyond);
    let who: Vec<String> = beyond
        .map(|(contact, found)| format!("{} knows {}", contact.shown(), shown(&found.head())))
        .collect();
    if who.is_empty() {
        return Ok(());
    }
    Err(NodeError::OlderCopy { who: who.join(", "), own: shown(&tree.head()) })
}

/// Says how sure the answers are: any quorum shares a member with those who answered if enough did.
fn tell_heard(configuration: &Configuration, heard: usize, all: usize, quorum: u32) {
    if let Some(path) = &configuration.notice {
        tracing::info!(path = %path.display(), "the notice is not needed and not appended: a witness answered");
    }
    let enough = (all + 1).saturating_sub(quorum as usize);
    if quorum > 0 && heard < enough {
        tracing::warn!(
            heard,
            enough,
            "too few witnesses answered to be sure that no larger head was cosigned; the node starts all the same"
        );
    }
}

/// Reads the notice that excuses a start without witnesses. One that stands in the log already excused an earlier start.
fn read_notice(path: &Path, dir: &Path, ledger: &Ledger) -> Result<VerifiedRecord, NodeError> {
    let wrong = |found: String| NodeError::Notice { path: path.to_owned(), found };
    let bytes = std::fs::read(path).map_err(|e| wrong(e.to_string()))?;
    let record = Record::parse(&bytes).map_err(|e| wrong(e.to_string()))?;
    if !matches!(record.body(), Body::Notice(_)) {
        return Err(wrong(format!("it is a record of kind {}", record.body().kind().name_and_version())));
    }
    if let Some(place) = ledger.place_of(record.id()) {
        return Err(wrong(format!("it stands in the log at place {place} already; a start needs a new one")));
    }
    ledger.check_common(&record).map_err(|refusal| wrong(refusal.to_string()))?;
    let verified = ledger.roster().verify(record).map_err(|(_, refusal)| wrong(refusal.to_string()))?;
    let tables = StoredTables(Blobs::new(Arc::new(PosixDisk::new(dir))));
    let admission = ledger.admit(&verified, &tables, &OnAllCores).map_err(|e| wrong(e.to_string()))?;
    if admission.is_held() {
        return Err(wrong("one of its signers was revoked just now".to_owned()));
    }
    Ok(verified)
}
