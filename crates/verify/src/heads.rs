//! Which signed head an archive is made at: one that is served, one of this size from the log's own `head` records, or one
//! that the user brings.

use crate::fetch::{Fetcher, Object};
use crate::opening::{At, OpenError, bundle_of, refused};
use hakiki_core::Record;
use hakiki_core::kinds::{Body, HeadRecord, Kind, RecordKind};
use hakiki_messages::Message;
use hakiki_note::{Note, SignatureLine, VerifierKey};
use hakiki_tlog::bundle::entries;
use hakiki_tlog::checkpoint::{Checkpoint, VerifiedCheckpoint};

/// A head that the log signed.
pub(crate) struct Chosen {
    /// With every signature that came with it.
    pub(crate) own: VerifiedCheckpoint,
    /// The log's key, from entry 0 as the source has it. The fold says whether it is the election's.
    pub(crate) log_key: VerifierKey,
}

/// The source with the sizes of the heads that it serves, as they claim.
pub(crate) fn with_sizes(fetcher: Fetcher) -> Fetcher {
    let served = [Object::Held, Object::Cosigned, Object::Checkpoint].map(|object| fetcher.get(&object));
    let sizes = served.into_iter().flatten().filter_map(|bytes| size_of(&bytes).ok()).collect();
    fetcher.with_sizes(sizes)
}

/// Finds the head.
pub(crate) fn choose(fetcher: &Fetcher, at: &At) -> Result<Chosen, OpenError> {
    let served = |object, key: &'static str| {
        fetcher
            .get(&object)
            .map_err(|error| OpenError::Refused(Message::new(key).with("why", error.to_string())))
    };
    // Where there is no log, no other head would help.
    let newest = served(Object::Checkpoint, "open.no_checkpoint")?;
    let bytes = match at {
        At::Held => served(Object::Held, "open.no_held")?,
        At::Cosigned => served(Object::Cosigned, "open.no_cosigned")?,
        At::Signed | At::Size(_) => newest,
        At::Checkpoint(bytes) => bytes.clone(),
    };
    let log_key = log_key(fetcher, size_of(&bytes)?)?;
    let own = match at {
        At::Size(size) => of_size(fetcher, *size, &bytes, &log_key)?,
        _ => open(&bytes, &log_key)?,
    };
    Ok(Chosen { own, log_key })
}

fn open(bytes: &[u8], log_key: &VerifierKey) -> Result<VerifiedCheckpoint, OpenError> {
    let unsigned = |why: String| OpenError::Refused(Message::new("open.unsigned").with("why", why));
    VerifiedCheckpoint::open(bytes, log_key).map_err(|error| unsigned(error.to_string()))
}

fn size_of(bytes: &[u8]) -> Result<u64, OpenError> {
    let refused = |why: String| OpenError::Refused(Message::new("verify.v02.malformed").with("why", why));
    let note = Note::parse(bytes).map_err(|error| refused(error.to_string()))?;
    let checkpoint = Checkpoint::parse(&note.text).map_err(|error| refused(error.to_string()))?;
    Ok(checkpoint.head.size)
}

/// The log's key as entry 0 says.
fn log_key(fetcher: &Fetcher, size: u64) -> Result<VerifierKey, OpenError> {
    let first = bundle(fetcher, 0, size)
        .and_then(|bundle| Record::parse(entries(&bundle).next()?.ok()?).ok())
        .and_then(|record| match record.body() {
            Body::Election(election) => Some(election.log_key.clone()),
            _ => None,
        });
    first.map_or_else(|| refused(Message::new("verify.no_first")), Ok)
}

fn bundle(fetcher: &Fetcher, place: u64, size: u64) -> Option<Vec<u8>> {
    if place >= size {
        return None;
    }
    fetcher.cut(bundle_of(place, size)).ok()
}

/// A head of exactly this size: served, or carried by a `head` record behind it.
fn of_size(
    fetcher: &Fetcher,
    size: u64,
    newest: &[u8],
    log_key: &VerifierKey,
) -> Result<VerifiedCheckpoint, OpenError> {
    let newest = open(newest, log_key)?;
    let beside = [Object::Held, Object::Cosigned].map(|object| fetcher.get(&object).ok());
    let beside = beside.into_iter().flatten().filter_map(|bytes| open(&bytes, log_key).ok());
    // The one with the most signatures first.
    if let Some(found) = beside.chain([newest.clone()]).find(|served| served.head().size == size) {
        return Ok(found);
    }
    let of = newest.head().size;
    let mut place = size;
    while let Some(bytes) = bundle(fetcher, place, of) {
        let found = entries(&bytes).filter_map(Result::ok).find_map(|entry| recorded(entry, size, log_key));
        if let Some(found) = found {
            return Ok(found);
        }
        place = (place / 256 + 1) * 256;
    }
    refused(Message::new("open.no_size").with("size", size).with("newest", of))
}

/// The head that an entry carries, if it is a `head` record of this size.
fn recorded(entry: &[u8], size: u64, log_key: &VerifierKey) -> Option<VerifiedCheckpoint> {
    // Most entries are others, and reading a record whole is slow.
    let header = format!("hakiki/{}@v{}\n", HeadRecord::NAME, HeadRecord::VERSION);
    if !entry.starts_with(header.as_bytes()) {
        return None;
    }
    let record = Record::parse(entry).ok().filter(|record| record.body().kind() == Kind::HeadRecord)?;
    let Body::HeadRecord(head) = record.body() else { return None };
    if head.head.size != size {
        return None;
    }
    let signature = head.log_signature.to_vec();
    let signatures = vec![SignatureLine { name: log_key.name().clone(), id: log_key.id(), signature }];
    let text = head.checkpoint_text(log_key.name().as_str());
    open(Note { text, signatures }.to_text().as_bytes(), log_key).ok()
}
