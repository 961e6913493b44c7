//! `POST /submit`: checked here, kept, stamped, and brought to the log.
//!
//! What is no record is refused here (R1xx), unsigned: only the log signs refusals. What this mirror cannot judge by its own
//! copy it brings to the log and does not keep. A form that its own copy would admit is kept and stamped before it is sent.

use super::answer::{self, TEXT};
use crate::queue::Unkept;
use crate::relay::{Sent, send, settle};
use crate::shared::{Shared, read};
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use hakiki_core::codes::RefusalCode;
use hakiki_core::kinds::Body as RecordBody;
use hakiki_core::roster::InOrder;
use hakiki_core::{Record, Refusal};
use hakiki_note::{Hash, sha256};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

/// Asks for the stamp behind the answer.
const STAMPED: &str = "application/vnd.hakiki.stamped";
/// When to send again what this copy may lack something for, in seconds.
const CAUGHT_UP_S: u64 = 2;

/// A submission as this mirror's copy judges it.
enum Examined {
    /// No record, or too many.
    Refused(Refusal),
    /// The copy has it: the receipt.
    Known(String),
    /// The copy refuses it, perhaps for being behind: the log is asked, and nothing is kept.
    Doubtful(Hash, Refusal),
    /// Verified; `is_stamped` if it is a form that the copy would admit.
    Good { id: Hash, is_stamped: bool },
}

/// The handler.
pub(super) async fn submit(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Body) -> Response {
    shared.counters.submissions.fetch_add(1, Ordering::Relaxed);
    let most = usize::try_from(shared.settings.submission_max_bytes).unwrap_or(usize::MAX);
    let bytes = match answer::read_body(body, most, shared.settings.request_timeout).await {
        Ok(bytes) => bytes,
        Err(StatusCode::PAYLOAD_TOO_LARGE) => return refused(RefusalCode::R402, "too many bytes"),
        Err(_) => return refused(RefusalCode::R405, "the body did not come in time; send it again"),
    };
    let Ok(_permit) = shared.permits.submissions.try_acquire() else {
        return refused(RefusalCode::R403, "too many submissions wait; the same note is safe to send again");
    };
    let (worker, note) = (shared.clone(), bytes.clone());
    let examined = tokio::task::spawn_blocking(move || examine(&worker, &note)).await;
    match examined {
        Ok(Examined::Refused(refusal)) => refused(refusal.code, &refusal.detail),
        Ok(Examined::Known(receipt)) => text(StatusCode::OK, receipt),
        Ok(Examined::Doubtful(id, refusal)) => match bring(&shared, id, bytes).await {
            Sent::Placed(receipt) => text(StatusCode::OK, receipt),
            Sent::Refused { status, note, .. } => text(status_of(status), note),
            // Nobody is refused for what this copy may lack.
            Sent::Unanswered(_) if may_pass(refusal.code) => {
                let found = "the log does not answer, and this copy, which may be behind, says";
                answer::later(&format!("{found} {}: {}", refusal.code, plain(&refusal.detail)), CAUGHT_UP_S)
            }
            Sent::Unanswered(_) => refused(refusal.code, &refusal.detail),
        },
        Ok(Examined::Good { id, is_stamped }) => {
            keep_and_bring(&shared, &headers, id, is_stamped, bytes).await
        }
        Err(_) => answer::later("stopping", 10),
    }
}

fn examine(shared: &Shared, bytes: &[u8]) -> Examined {
    let record = match Record::parse(bytes) {
        Ok(record) => record,
        Err(refusal) => return Examined::Refused(refusal),
    };
    let id = *record.id();
    if let Ok(Some(receipt)) = shared.receipt(&id) {
        return Examined::Known(receipt);
    }
    let ledger = read(&shared.ledger);
    if let Err(refusal) = ledger.check_common(&record) {
        return Examined::Doubtful(id, refusal);
    }
    let claimed = ledger.roster().find_signers(record);
    drop(ledger);
    // Without the lock, so that verifying never holds back the follower.
    let verified = match claimed.and_then(hakiki_core::roster::ClaimedRecord::verify) {
        Ok(verified) => verified,
        Err((_, refusal)) => return Examined::Doubtful(id, refusal),
    };
    if !shared.key_limits.take(verified.keys(), Instant::now()) {
        let detail = "too many submissions by this key; the same note is safe to send again later";
        return Examined::Refused(Refusal::new(RefusalCode::R401, detail));
    }
    let is_form = matches!(verified.record().body(), RecordBody::Form(_));
    let tables = shared.stored_tables();
    match read(&shared.ledger).admit(&verified, &tables, &InOrder) {
        Ok(_) => Examined::Good { id, is_stamped: is_form },
        Err(refusal) => Examined::Doubtful(id, refusal),
    }
}

/// Brings it to the log, unless the log was silent a moment ago: the queue tries again each second, and the sender has a
/// stamp meanwhile.
async fn bring(shared: &Arc<Shared>, id: Hash, bytes: Bytes) -> Sent {
    if shared.counters.is_silent.load(Ordering::Relaxed) {
        return Sent::Unanswered("the log was silent a moment ago".to_owned());
    }
    let worker = shared.clone();
    let sent = tokio::task::spawn_blocking(move || send(&worker, &id, &bytes)).await;
    sent.unwrap_or_else(|_| Sent::Unanswered("stopping".to_owned()))
}

async fn keep_and_bring(
    shared: &Arc<Shared>,
    headers: &HeaderMap,
    id: Hash,
    is_stamped: bool,
    bytes: Bytes,
) -> Response {
    let (worker, kept) = (shared.clone(), bytes.clone());
    match tokio::task::spawn_blocking(move || worker.queue.keep(&kept)).await {
        Ok(Ok(_)) => {}
        Ok(Err(Unkept::Full)) => {
            return refused(RefusalCode::R403, "this mirror's queue is full; send it elsewhere");
        }
        Ok(Err(Unkept::Disk(error))) => {
            tracing::error!(%error, "a submission could not be kept");
            return answer::later("this mirror cannot keep submissions; send it elsewhere", 60);
        }
        Err(_) => return answer::later("stopping", 10),
    }
    let note = sha256(&bytes);
    let stamp = match &shared.stamps {
        Some(stamps) if is_stamped => stamps.stamp(id, note, seen(shared)).await,
        _ => None,
    };
    if stamp.is_some() {
        shared.counters.stamped.fetch_add(1, Ordering::Relaxed);
    }
    let sent = bring(shared, id, bytes).await;
    let (worker, settled) = (shared.clone(), sent.clone());
    if tokio::task::spawn_blocking(move || settle(&worker, &note, &settled)).await.is_err() {
        tracing::warn!(%note, "a submission that was answered is sent once more");
    }
    let wanted = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let is_wanted = wanted.flat_map(|list| list.split(',')).any(|kind| kind.trim() == STAMPED);
    let with_stamp = |status: StatusCode, body: String| match &stamp {
        Some(stamp) if is_wanted => {
            let about = [(CONTENT_TYPE, STAMPED), (CACHE_CONTROL, "no-store")];
            (status, about, format!("{body}\n{stamp}")).into_response()
        }
        _ => text(status, body),
    };
    match sent {
        Sent::Placed(receipt) => with_stamp(StatusCode::OK, receipt),
        Sent::Refused { status, note, may_pass: false } => with_stamp(status_of(status), note),
        Sent::Refused { .. } | Sent::Unanswered(_) => {
            let words = "kept; it is sent to the log until the log answers\n".to_owned();
            text(StatusCode::ACCEPTED, stamp.unwrap_or(words))
        }
    }
}

/// The size of the newest cosigned head that is known, and when it was witnessed, in seconds since 1970.
fn seen(shared: &Shared) -> (u64, u64) {
    let Some(head) = read(&shared.cosigned).clone() else { return (0, 0) };
    let standing = read(&shared.ledger).witness_policies().standing(&head.checkpoint);
    (head.size(), standing.witnessed_s().unwrap_or(0))
}

fn text(status: StatusCode, body: String) -> Response {
    (status, [(CONTENT_TYPE, TEXT), (CACHE_CONTROL, "no-store")], body).into_response()
}

fn status_of(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY)
}

/// Whether a copy with more entries may admit it: an unknown key, record, station or table, or a time that has come.
fn may_pass(code: RefusalCode) -> bool {
    use RefusalCode as R;
    matches!(code, R::R201 | R::R302 | R::R303 | R::R304 | R::R305 | R::R306)
}

/// The words of a refusal on one line: parts of them come from the sender.
fn plain(detail: &str) -> String {
    detail.chars().take(400).flat_map(char::escape_default).collect()
}

/// An unsigned refusal: `<code>: <detail>`.
pub(super) fn refused(code: RefusalCode, detail: &str) -> Response {
    use RefusalCode as R;
    let status = match code {
        R::R101 | R::R402 => StatusCode::PAYLOAD_TOO_LARGE,
        R::R401 => StatusCode::TOO_MANY_REQUESTS,
        R::R403 | R::R404 => StatusCode::SERVICE_UNAVAILABLE,
        R::R405 => StatusCode::REQUEST_TIMEOUT,
        code if code.as_str().starts_with("R1") => StatusCode::BAD_REQUEST,
        code if code.as_str().starts_with("R2") => StatusCode::FORBIDDEN,
        _ => StatusCode::CONFLICT,
    };
    let mut response = answer::text(status, format!("{code}: {}\n", plain(detail)));
    let after = match code {
        R::R401 => Some(60u64),
        R::R403 => Some(1),
        _ => None,
    };
    if let Some(seconds) = after {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    response
}
