//! `/pending`: texts that wait for signatures. `POST /pending` brings one with its first signatures, `POST /pending/{id}` adds
//! to it, `GET` shows the list and each note so far. With the last signature a text is submitted like any other record.

use super::answer::{self, TEXT};
use super::body::read_body;
use super::submit::{self, Unplaced, refuse_stopping, refuse_unread};
use crate::error::NodeError;
use crate::pending::{NotKept, PendingText, judge};
use crate::refusal::Declined;
use crate::shared::{Shared, read};
use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use hakiki_core::Refusal;
use hakiki_core::Unfinished;
use hakiki_core::codes::RefusalCode;
use hakiki_core::record::RECORD_MAX_BYTES;
use hakiki_note::{Hash, sha256};
use std::sync::Arc;
use std::time::{Instant, SystemTime};

/// An address that names no record.
const NO_ID: &str = "no SHA-256 in lower-case hex";

/// What came of a request.
enum Outcome {
    /// Kept; signatures are missing.
    Waits(Box<PendingText>),
    /// Whole, or in the log already: to be answered as `/submit` does.
    Whole(Bytes),
    /// No text of this id waits.
    Unknown,
}

/// `GET /pending`.
pub(super) async fn list(State(shared): State<Arc<Shared>>) -> Response {
    let worker = shared.clone();
    let made = tokio::task::spawn_blocking(move || {
        let ledger = read(&worker.ledger);
        worker.pending.sweep(&ledger, SystemTime::now());
        worker.pending.all().iter().map(|text| text.to_line(&ledger)).collect::<String>()
    });
    match made.await {
        Ok(lines) => fresh(StatusCode::OK, lines),
        Err(_) => answer::later("stopping", 10),
    }
}

/// `GET /pending/{id}`.
pub(super) async fn show(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    let Ok(id) = id.parse::<Hash>() else { return answer::not_found(NO_ID) };
    let worker = shared.clone();
    match tokio::task::spawn_blocking(move || worker.pending.text(&id)).await {
        Ok(Some(text)) => fresh(StatusCode::OK, text.unfinished.to_note()),
        Ok(None) => answer::not_found(
            "no text of this id waits for signatures; it may stand in the log: /receipt/<id>",
        ),
        Err(_) => answer::later("stopping", 10),
    }
}

/// `POST /pending`.
pub(super) async fn begin(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    take(&shared, None, request).await
}

/// `POST /pending/{id}`.
pub(super) async fn add(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    match id.parse::<Hash>() {
        Ok(id) => take(&shared, Some(id), request).await,
        Err(_) => answer::not_found(NO_ID),
    }
}

async fn take(shared: &Arc<Shared>, id: Option<Hash>, request: Request) -> Response {
    let most = shared.configuration.submission_max_bytes;
    let body = read_body(request.into_body(), most, shared.configuration.body_timeout).await;
    let outcome = match body {
        Ok(bytes) => keep(shared, id, bytes).await,
        Err(unread) => Err(refuse_unread(unread, most).into()),
    };
    match outcome {
        Ok(Outcome::Waits(text)) => {
            let line = text.to_line(&read(&shared.ledger));
            fresh(StatusCode::ACCEPTED, line)
        }
        Ok(Outcome::Unknown) => answer::not_found("no text of this id waits for signatures"),
        Ok(Outcome::Whole(note)) => {
            let placed = submit::place(shared, note).await;
            let response = submit::respond(shared, placed);
            if response.status().is_success() {
                forget(shared).await;
            }
            response
        }
        Err(unplaced) => submit::respond(shared, Err(unplaced)),
    }
}

/// Takes away what stands in the log.
async fn forget(shared: &Arc<Shared>) {
    let worker = shared.clone();
    let _ = tokio::task::spawn_blocking(move || {
        worker.pending.sweep(&read(&worker.ledger), SystemTime::now());
    })
    .await;
}

/// Reads, judges and keeps what came.
async fn keep(shared: &Arc<Shared>, id: Option<Hash>, bytes: Bytes) -> Result<Outcome, Unplaced> {
    let note = sha256(&bytes);
    refuse_stopping(shared, note)?;
    let Ok(_permit) = shared.permits.submissions.try_acquire() else {
        return Err(Declined::queue_full(note).into());
    };
    let worker = shared.clone();
    let kept = tokio::task::spawn_blocking(move || keep_now(&worker, id, &bytes)).await;
    let failed = |_| Unplaced::Failed(NodeError::Failed { found: "a text could not be kept".to_owned() });
    kept.map_err(failed)?.map_err(|not_kept| match not_kept {
        NotKept::Refused(refusal) => Declined { note: Some(note), refusal }.into(),
        NotKept::Failed(error) => Unplaced::Failed(error),
    })
}

fn keep_now(shared: &Shared, id: Option<Hash>, bytes: &[u8]) -> Result<Outcome, NotKept> {
    let Some(unfinished) = unfinished(shared, id, bytes)? else { return Ok(Outcome::Unknown) };
    let judged = {
        let ledger = read(&shared.ledger);
        shared.pending.sweep(&ledger, SystemTime::now());
        if ledger.place_of(unfinished.record().id()).is_some() {
            return Ok(Outcome::Whole(as_whole(&unfinished)));
        }
        judge(&ledger, unfinished)?
    };
    let kept = shared.pending.text(judged.id());
    let keys = judged.new_keys(kept.as_ref());
    let verified = judged.verify()?;
    if let Err(key) = shared.key_limits.take(&keys, Instant::now()) {
        let name = read(&shared.ledger).roster().key(key).name.clone();
        let detail = format!("too many submissions by {name}; the same bytes are safe to send again later");
        return Err(Refusal::new(RefusalCode::R401, detail).into());
    }
    let text = shared.pending.add(&verified)?;
    if text.unfinished.missing().is_empty() {
        return Ok(Outcome::Whole(text.unfinished.to_note().into()));
    }
    Ok(Outcome::Waits(Box::new(text)))
}

/// The text with the lines that came: a note, or signature lines for a text that waits. None if no such text does.
fn unfinished(shared: &Shared, id: Option<Hash>, bytes: &[u8]) -> Result<Option<Unfinished>, Refusal> {
    let Some(id) = id else { return Unfinished::parse(bytes).map(Some) };
    let lines = std::str::from_utf8(bytes).ok().filter(|text| text.starts_with('\u{2014}'));
    let Some(lines) = lines else {
        let found = Unfinished::parse(bytes)?;
        if *found.record().id() != id {
            let detail = format!("this text's id is {}, not that of the address", found.record().id());
            return Err(Refusal::new(RefusalCode::R308, detail));
        }
        return Ok(Some(found));
    };
    let Some(kept) = shared.pending.text(&id) else { return Ok(None) };
    if lines.len() > RECORD_MAX_BYTES {
        return Err(Refusal::new(RefusalCode::R101, format!("{} bytes of signature lines", lines.len())));
    }
    // Only what came is judged: the lines that are there were.
    let mut text = Unfinished::parse(kept.unfinished.text().as_bytes())?;
    text.add_lines(lines)?;
    Ok(Some(text))
}

/// A note that stands in the log: whoever brings any part of it gets the receipt of the whole, by its id.
fn as_whole(unfinished: &Unfinished) -> Bytes {
    unfinished.record().note().to_owned().into()
}

fn fresh(status: StatusCode, body: String) -> Response {
    (status, [(CONTENT_TYPE, TEXT), (CACHE_CONTROL, "no-store")], body).into_response()
}
