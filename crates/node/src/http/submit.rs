//! `POST /submit`: a record in, a receipt or a signed refusal out.

use super::answer::{self, TEXT};
use super::body::{Unread, read_body};
use crate::error::NodeError;
use crate::metrics::Outcome;
use crate::refusal::{Declined, leaves_a_record};
use crate::sequencer::{Job, Placed, Submission};
use crate::shared::{Shared, State as NodeState, read};
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use hakiki_core::codes::RefusalCode;
use hakiki_core::roster::KeyIndex;
use hakiki_core::{Record, Refusal, VerifiedRecord};
use hakiki_note::{Hash, sha256};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::TrySendError;
use std::time::Instant;
use tokio::sync::oneshot;

/// Why there is no receipt.
enum Unplaced {
    Declined(Declined),
    Failed(NodeError),
}

impl From<Declined> for Unplaced {
    fn from(declined: Declined) -> Self {
        Self::Declined(declined)
    }
}

/// The handler.
pub(super) async fn submit(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (outcome, response) = match place(&shared, request).await {
        Ok((is_known, receipt)) => {
            let outcome = if is_known { Outcome::Known } else { Outcome::Accepted };
            let headers = [(CONTENT_TYPE, TEXT), (CACHE_CONTROL, "no-store")];
            (outcome, (StatusCode::OK, headers, receipt).into_response())
        }
        Err(Unplaced::Declined(declined)) => {
            (Outcome::Refused(declined.refusal.code), answer::refused(&shared, &declined))
        }
        Err(Unplaced::Failed(error)) => (Outcome::Failed, answer::failed(&error)),
    };
    shared.metrics.count_submission(outcome);
    response
}

/// Whether the record stood before, and its receipt.
async fn place(shared: &Arc<Shared>, request: Request) -> Result<(bool, String), Unplaced> {
    let limits = &shared.configuration;
    let body = read_body(request.into_body(), limits.submission_max_bytes, limits.body_timeout).await;
    let bytes = body.map_err(|unread| refuse_unread(unread, limits.submission_max_bytes))?;
    let note = sha256(&bytes);
    refuse_stopping(shared, note)?;
    let Ok(_permit) = shared.permits.submissions.try_acquire() else { return Err(full(note).into()) };
    let placed = match examine(shared, bytes.clone(), note).await? {
        Examined::Known(place) => Placed { place, is_known: true, under: wait_for(shared, place).await? },
        Examined::Verified(record) => sequence(shared, *record, note).await?,
    };
    receipt(shared, &placed, bytes).await.map_err(Unplaced::Failed)
}

fn refuse_unread(unread: Unread, most: u64) -> Declined {
    let (code, detail) = match unread {
        Unread::TooLarge(found) => (RefusalCode::R402, format!("{found} bytes or more, at most {most}")),
        Unread::TooSlow => (RefusalCode::R405, "the body did not come in time; send it again".to_owned()),
        Unread::Broken => (RefusalCode::R107, "the body broke off".to_owned()),
    };
    Declined::new(None, code, detail)
}

fn full(note: Hash) -> Declined {
    Declined::new(
        Some(note),
        RefusalCode::R403,
        "too many submissions wait; the same note is safe to send again",
    )
}

fn refuse_stopping(shared: &Shared, note: Hash) -> Result<(), Unplaced> {
    match &*shared.state.borrow() {
        NodeState::Running => Ok(()),
        NodeState::Stopping => Err(Declined::new(
            Some(note),
            RefusalCode::R404,
            "the node is stopping; send the same note again",
        )
        .into()),
        NodeState::Failed(found) => Err(Unplaced::Failed(NodeError::Failed { found: found.clone() })),
    }
}

/// What is known of a submission before its place is decided.
enum Examined {
    /// Its id has a place.
    Known(u64),
    /// Its signatures are right.
    Verified(Box<VerifiedRecord>),
}

/// Parses and verifies, on as many threads as there are cores.
async fn examine(shared: &Arc<Shared>, bytes: Bytes, note: Hash) -> Result<Examined, Unplaced> {
    let core = shared.permits.cores.acquire().await.expect("the semaphore is never closed");
    let worker = shared.clone();
    let examined = tokio::task::spawn_blocking(move || judge(&worker, &bytes, note)).await;
    drop(core);
    match examined {
        Ok(examined) => Ok(examined?),
        Err(error) => {
            tracing::error!(%error, %note, "a submission could not be examined");
            Err(Unplaced::Failed(NodeError::Failed {
                found: "a submission could not be examined".to_owned(),
            }))
        }
    }
}

fn judge(shared: &Shared, bytes: &[u8], note: Hash) -> Result<Examined, Declined> {
    let declined = |refusal: Refusal| Declined { note: Some(note), refusal };
    let record = Record::parse(bytes).map_err(declined)?;
    let ledger = read(&shared.ledger);
    if let Some(place) = ledger.place_of(record.id()) {
        return Ok(Examined::Known(place));
    }
    let checked = ledger.check_common(&record).map_err(|refusal| (Box::new(record.clone()), refusal));
    let verified = checked.and_then(|()| ledger.roster().verify(record));
    let verified = verified.map_err(|(record, refusal)| {
        let code = refusal.code;
        if leaves_a_record(code) && ledger.roster().any_signer_verifies(&record) {
            let names = record.signers().iter().map(|signer| signer.name.as_str());
            leave_a_trace(
                shared,
                note,
                names.filter_map(|name| ledger.roster().by_name(name)).collect(),
                code,
            );
        }
        declined(refusal)
    })?;
    if let Err(key) = shared.key_limits.take(verified.keys(), Instant::now()) {
        let name = &ledger.roster().key(key).name;
        let detail = format!("too many submissions by {name}; the same note is safe to send again later");
        return Err(Declined::new(Some(note), RefusalCode::R401, detail));
    }
    Ok(Examined::Verified(Box::new(verified)))
}

/// Has the sequencer write a refusal record, if it has room: the sender holds the refusal anyway.
fn leave_a_trace(shared: &Shared, note: Hash, keys: Vec<KeyIndex>, code: RefusalCode) {
    let metrics = &shared.metrics;
    metrics.queue_length.fetch_add(1, Ordering::Relaxed);
    if shared.queue.try_send(Job::Refused { note, keys, code }).is_err() {
        metrics.queue_length.fetch_sub(1, Ordering::Relaxed);
        metrics.refusal_records_suppressed.fetch_add(1, Ordering::Relaxed);
    }
}

/// Queues a record and waits for its place.
async fn sequence(shared: &Shared, record: VerifiedRecord, note: Hash) -> Result<Placed, Unplaced> {
    let (answer, answered) = oneshot::channel();
    shared.metrics.queue_length.fetch_add(1, Ordering::Relaxed);
    let sent = shared.queue.try_send(Job::Submission(Box::new(Submission { record, note, answer })));
    if let Err(error) = sent {
        shared.metrics.queue_length.fetch_sub(1, Ordering::Relaxed);
        return Err(match error {
            TrySendError::Full(_) => full(note).into(),
            TrySendError::Disconnected(_) => ended(shared, note),
        });
    }
    match answered.await {
        Ok(result) => result.map_err(|refusal| Declined { note: Some(note), refusal }.into()),
        Err(_) => Err(ended(shared, note)),
    }
}

/// The sequencer ended and has not taken this submission.
fn ended(shared: &Shared, note: Hash) -> Unplaced {
    let failed = || Unplaced::Failed(NodeError::Failed { found: "the sequencer has ended".to_owned() });
    refuse_stopping(shared, note).err().unwrap_or_else(failed)
}

/// The first published head that has a place: its batch may still be being written.
async fn wait_for(shared: &Shared, place: u64) -> Result<Arc<crate::published::Published>, Unplaced> {
    let mut published = shared.published.clone();
    let found = published.wait_for(|published| published.head.size > place).await;
    let failed = |_| Unplaced::Failed(NodeError::Failed { found: "the sequencer has ended".to_owned() });
    Ok(found.map_err(failed)?.clone())
}

/// The receipt. A record that stood before is given as it stands, whatever signature bytes came now.
async fn receipt(shared: &Arc<Shared>, placed: &Placed, bytes: Bytes) -> Result<(bool, String), NodeError> {
    let (place, is_known) = (placed.place, placed.is_known);
    let note = if is_known { stored(shared, place).await? } else { bytes.to_vec() };
    let gone = || NodeError::Damaged {
        path: format!("entry {place}"),
        found: "it is not under the head".to_owned(),
    };
    let receipt = shared.receipt(place, note, &placed.under).ok_or_else(gone)?;
    Ok((is_known, receipt))
}

/// The entry at a published place.
pub(super) async fn stored(shared: &Arc<Shared>, place: u64) -> Result<Vec<u8>, NodeError> {
    let worker = shared.clone();
    let found = tokio::task::spawn_blocking(move || worker.entry(place)).await;
    let missing = || NodeError::Damaged { path: format!("entry {place}"), found: "it is missing".to_owned() };
    found.map_err(|_| missing())??.ok_or_else(missing)
}
