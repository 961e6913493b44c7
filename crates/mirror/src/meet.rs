//! First contact: the first record names the log's key, that key signed the head, and the record is first under it.
//!
//! Whose election it is nobody can prove: that is what the fingerprint on paper is for.

use crate::error::MirrorError;
use crate::gather;
use crate::pin::Pin;
use crate::remote::{Remote, RemoteError};
use hakiki_core::kinds::Body;
use hakiki_core::{Ledger, Record};
use hakiki_note::{Hash, Note};
use hakiki_tlog::checkpoint::CHECKPOINT_MAX_BYTES;
use hakiki_tlog::tile::ENTRY_MAX_BYTES;
use hakiki_tlog::{Checkpoint, Frontier, TilePath, VerifiedCheckpoint, entries, leaf_hash};

/// A log as it was met.
pub(crate) struct Met {
    /// Its key and fingerprint.
    pub pin: Pin,
    /// Its first entry.
    pub first: Vec<u8>,
}

/// Meets the log at an address. Another fingerprint than the expected one is refused.
pub(crate) fn meet(address: &str, remote: &Remote, expected: Option<Hash>) -> Result<Met, MirrorError> {
    let unmet = |found: String| MirrorError::Meeting { source_address: address.to_owned(), found };
    let no_log = |found: String| MirrorError::NoLog { source_address: address.to_owned(), found };
    let told = |error: RemoteError| unmet(format!("its checkpoint: {error}"));
    let bytes = remote.read("checkpoint", CHECKPOINT_MAX_BYTES as u64).map_err(told)?;
    let note = Note::parse(&bytes).map_err(|error| no_log(error.to_string()))?;
    let claimed = Checkpoint::parse(&note.text).map_err(|error| no_log(error.to_string()))?;
    let size = claimed.head.size;
    if size == 0 {
        return Err(unmet("the log is empty; it is founded by its first record".to_owned()));
    }
    let width = u16::try_from(size.min(256)).unwrap_or(256);
    let bundle = remote.tile(TilePath::Entries { index: 0, width });
    let (_, bundle) = bundle.map_err(|error| unmet(format!("its first bundle: {error}")))?;
    let first = entries(&bundle).next().and_then(Result::ok).filter(|entry| entry.len() <= ENTRY_MAX_BYTES);
    let first = first.ok_or_else(|| no_log("the first bundle has no first entry".to_owned()))?;
    let pin = pin_of(first).map_err(no_log)?;
    if let Some(expected) = expected.filter(|expected| *expected != pin.fingerprint) {
        return Err(MirrorError::OtherElection { found: pin.fingerprint, expected });
    }
    let signed = VerifiedCheckpoint::open(&bytes, &pin.key);
    let head = signed.map_err(|error| no_log(format!("its first record names a key, but {error}")))?.head();
    let leaves = gather::leaves(remote, 0, size).map_err(|error| unmet(error.to_string()))?;
    let mut tree = Frontier::new();
    tree.extend(leaves.iter().copied());
    if tree.head() != head || leaves.first() != Some(&leaf_hash(first)) {
        return Err(unmet("its tiles do not lead from its first record to its signed head".to_owned()));
    }
    Ok(Met { pin, first: first.to_vec() })
}

/// The key and fingerprint of a first record that founds a log.
fn pin_of(first: &[u8]) -> Result<Pin, String> {
    let record = Record::parse(first).map_err(|refusal| refusal.to_string())?;
    let Body::Election(election) = record.body() else {
        return Err("the first entry is no election record".to_owned());
    };
    let pin = Pin { key: election.log_key.clone(), fingerprint: *record.id() };
    Ledger::begin(record).map_err(|refusal| refusal.to_string())?;
    Ok(pin)
}
