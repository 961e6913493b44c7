//! The head: its text, and whether this election's log signed it (V01, V02).

use crate::archived::{Archived, Beside};
use crate::check::{Check, CheckResult};
use crate::fetch::{FetchError, Fetcher, Object};
use crate::fold::FirstRecord;
use hakiki_messages::Message;
use hakiki_note::{Hash, Note};
use hakiki_tlog::checkpoint::{Checkpoint, VerifiedCheckpoint};

/// The checkpoint as it came. Nothing in it is verified.
pub(crate) struct ReadHead {
    /// The note's bytes.
    pub(crate) bytes: Vec<u8>,
    /// What it claims.
    pub(crate) checkpoint: Checkpoint,
    /// Whether it is of an archive that was made without what others say of the head.
    pub(crate) lacks_annex: bool,
    /// The heads that are served beside it.
    pub(crate) beside: Vec<Beside>,
}

/// Reads the checkpoint; or says what becomes of V02.
pub(crate) fn read(fetcher: &Fetcher) -> Result<ReadHead, Box<CheckResult>> {
    let missing = |message| Box::new(CheckResult::input_missing(Check::V02, message));
    let failed = |why: String| {
        Box::new(CheckResult::failed(Check::V02, Message::new("verify.v02.malformed").with("why", why)))
    };
    // Before the checkpoint, which is then the newest.
    let beside = [("cosigned", Object::Cosigned), ("held", Object::Held)];
    let beside = beside.into_iter().filter_map(|(name, object)| {
        Some(Beside { who: name.to_owned(), bytes: fetcher.get(&object).ok()?, proof: None })
    });
    let beside = beside.chain(fetcher.archive().into_iter().flat_map(Archived::heads)).collect();
    let bytes = match fetcher.get(&Object::Checkpoint) {
        Ok(bytes) => bytes,
        Err(FetchError::Absent) => return Err(missing(Message::new("verify.v02.no_checkpoint"))),
        Err(error @ FetchError::TooLarge(_)) => return Err(failed(error.to_string())),
        Err(FetchError::Unreadable(why)) => {
            return Err(missing(Message::new("verify.v02.unreadable").with("why", why)));
        }
    };
    let note = Note::parse(&bytes).map_err(|error| failed(error.to_string()))?;
    let checkpoint = Checkpoint::parse(&note.text).map_err(|error| failed(error.to_string()))?;
    let lacks_annex = fetcher.archive().is_some_and(|archive| archive.annex().is_none());
    Ok(ReadHead { bytes, checkpoint, lacks_annex, beside })
}

/// V01: entry 0 is what the user pinned.
pub(crate) fn check_fingerprint(pinned: Option<&Hash>, first: Option<&FirstRecord>) -> CheckResult {
    match (pinned, first) {
        (None, _) => CheckResult::not_checked(Check::V01, Message::new("report.unpinned")),
        (Some(_), None) => CheckResult::input_missing(Check::V01, Message::new("verify.no_first")),
        (Some(pinned), Some(first)) if first.id == *pinned => CheckResult::passed(
            Check::V01,
            Message::new("verify.v01.same").with("fingerprint", pinned.to_string()),
        ),
        (Some(pinned), Some(first)) => {
            let message = Message::new("verify.v01.differs").with("found", first.id.to_string());
            CheckResult::failed(Check::V01, message.with("expected", pinned.to_string()))
        }
    }
}

/// V02: the head is signed by the key that stands in entry 0, under its name.
pub(crate) fn check_signature(head: &ReadHead, first: Option<&FirstRecord>) -> CheckResult {
    let Some(first) = first else {
        return CheckResult::input_missing(Check::V02, Message::new("verify.no_first"));
    };
    let Some(key) = &first.log_key else {
        return CheckResult::failed(Check::V02, Message::new("verify.v02.no_key"));
    };
    match VerifiedCheckpoint::open(&head.bytes, key) {
        Ok(verified) => {
            let message = Message::new("verify.v02.signed").with("origin", verified.origin().as_str());
            CheckResult::passed(Check::V02, message)
        }
        Err(error) => CheckResult::failed(
            Check::V02,
            Message::new("verify.v02.unsigned").with("why", error.to_string()),
        ),
    }
}
