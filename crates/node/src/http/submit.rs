//! `POST /submit`: a record in, a receipt or a signed refusal out.

use super::answer::{self, TEXT};
use super::body::{Unread, read_body};
use crate::error::NodeError;
use crate::examiner::{Examination, Reply};
use crate::metrics::Outcome;
use crate::refusal::Declined;
use crate::sequencer::Placed;
use crate::shared::{Shared, State as NodeState};
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use hakiki_core::codes::RefusalCode;
use hakiki_note::{Hash, sha256};
use std::sync::Arc;
use std::sync::mpsc::TrySendError;
use tokio::sync::oneshot;

/// Why there is no receipt.
pub(super) enum Unplaced {
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
    let limits = &shared.configuration;
    let body = read_body(request.into_body(), limits.submission_max_bytes, limits.body_timeout).await;
    let placed = match body {
        Ok(bytes) => place(&shared, bytes).await,
        Err(unread) => Err(refuse_unread(unread, limits.submission_max_bytes).into()),
    };
    respond(&shared, placed)
}

/// The answer to what became of a submission, which is counted.
pub(super) fn respond(shared: &Shared, placed: Result<(bool, String), Unplaced>) -> Response {
    let (outcome, response) = match placed {
        Ok((is_known, receipt)) => {
            let outcome = if is_known { Outcome::Known } else { Outcome::Accepted };
            let headers = [(CONTENT_TYPE, TEXT), (CACHE_CONTROL, "no-store")];
            (outcome, (StatusCode::OK, headers, receipt).into_response())
        }
        Err(Unplaced::Declined(declined)) => {
            (Outcome::Refused(declined.refusal.code), answer::refused(shared, &declined))
        }
        Err(Unplaced::Failed(error)) => (Outcome::Failed, answer::failed(&error)),
    };
    shared.metrics.count_submission(outcome);
    response
}

/// Whether the record stood before, and its receipt.
pub(super) async fn place(shared: &Arc<Shared>, bytes: Bytes) -> Result<(bool, String), Unplaced> {
    let note = sha256(&bytes);
    refuse_stopping(shared, note)?;
    let Ok(_permit) = shared.permits.submissions.try_acquire() else {
        return Err(Declined::queue_full(note).into());
    };
    let placed = match examine(shared, bytes.clone(), note).await? {
        Reply::Known(place) => Placed { place, is_known: true, under: wait_for(shared, place).await? },
        Reply::Placed(placed) => placed,
        Reply::Declined(declined) => return Err(declined.into()),
        Reply::Failed(error) => return Err(Unplaced::Failed(error)),
    };
    receipt(shared, &placed, bytes).await.map_err(Unplaced::Failed)
}

pub(super) fn refuse_unread(unread: Unread, most: u64) -> Declined {
    let (code, detail) = match unread {
        Unread::TooLarge(found) => (RefusalCode::R402, format!("{found} bytes or more, at most {most}")),
        Unread::TooSlow => (RefusalCode::R405, "the body did not come in time; send it again".to_owned()),
        Unread::Broken => (RefusalCode::R107, "the body broke off".to_owned()),
    };
    Declined::new(None, code, detail)
}

pub(super) fn refuse_stopping(shared: &Shared, note: Hash) -> Result<(), Unplaced> {
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

/// Has a submission examined and waits for its place.
async fn examine(shared: &Shared, bytes: Bytes, note: Hash) -> Result<Reply, Unplaced> {
    let (answer, answered) = oneshot::channel();
    let sent = shared.examiners.try_send(Examination::Submission { bytes, note, answer });
    match sent {
        Ok(()) => answered.await.map_err(|_| ended(shared, note)),
        Err(TrySendError::Full(_)) => Err(Declined::queue_full(note).into()),
        Err(TrySendError::Disconnected(_)) => Err(ended(shared, note)),
    }
}

/// The examiners or the sequencer ended, or failed, and have not taken this submission.
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
