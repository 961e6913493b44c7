//! `POST /add-checkpoint`: cosigning heads that are held durably (C2SP `tlog-witness`, `tlog-mirror`).
//!
//! A head that is not held yet starts a fetch at once, and is waited for some seconds; then it is 503, to be asked again.

use super::answer;
use crate::clock::unix_seconds;
use crate::follow::Nudge;
use crate::fork;
use crate::held::Relation;
use crate::shared::Shared;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use hakiki_tlog::VerifiedCheckpoint;
use hakiki_tlog::witness::{AddCheckpoint, Answer, REQUEST_MAX_BYTES, origin_folder};
use hakiki_witness::Decided;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// When to come again where something failed, in seconds.
const RETRY_AFTER_S: u64 = 30;

/// The handler.
pub(super) async fn add_checkpoint(State(shared): State<Arc<Shared>>, body: Body) -> Response {
    let Some(heads) = &shared.heads else {
        return answer::text(StatusCode::NOT_FOUND, "this mirror has no key and cosigns nothing\n");
    };
    let most = REQUEST_MAX_BYTES + 1;
    let body = match answer::read_body(body, most, shared.settings.request_timeout).await {
        Ok(body) => body,
        Err(status) => return answer::text(status, "the request is too large or came too slowly\n"),
    };
    if let Some(checkpoint) = signed_head(&shared, &body) {
        wait_for(&shared, checkpoint).await;
    }
    match heads.decide(&body, unix_seconds()).await {
        Decided::Cosigned(recorded) => {
            shared.counters.cosigned.fetch_add(1, Ordering::Relaxed);
            answer::text(StatusCode::OK, recorded.answer_body())
        }
        Decided::Refused(refused) => of_specification(&refused),
        Decided::NotYet(not_yet) => answer::later(&not_yet.found, not_yet.retry_after_s),
        Decided::ClockBehind { now_s, last_s } => {
            let found = format!("this mirror's clock says {now_s}, and it cosigned at {last_s}");
            answer::later(&found, last_s.saturating_sub(now_s))
        }
        // The cause is the operator's, and only in the log.
        Decided::Failed(_) => {
            answer::later("this mirror cannot keep its state and cosigns nothing", RETRY_AFTER_S)
        }
    }
}

/// The head of a request, if the log signed it.
fn signed_head(shared: &Shared, body: &[u8]) -> Option<VerifiedCheckpoint> {
    let request = AddCheckpoint::parse(body).ok()?;
    VerifiedCheckpoint::open(request.note().as_bytes(), &shared.log_key).ok()
}

/// Has a head fetched that is not held, and waits for it a while.
async fn wait_for(shared: &Arc<Shared>, checkpoint: VerifiedCheckpoint) {
    let head = checkpoint.head();
    match shared.held.relation(&head) {
        Relation::Other(_) => {
            let worker = shared.clone();
            let told = tokio::task::spawn_blocking(move || {
                fork::against_held(&worker, &checkpoint, "a request to cosign it");
            });
            if told.await.is_err() {
                tracing::error!(size = head.size, "a head of another history could not be told");
            }
        }
        Relation::Held | Relation::Ahead => {
            let mut folded = shared.held.folded();
            if *folded.borrow() >= head.size {
                return;
            }
            // Where many wait already, the next look takes this head too.
            let _ = shared.nudge.try_send(Nudge::Look(Some(Box::new(checkpoint))));
            let is_folded = folded.wait_for(|size| *size >= head.size);
            let waited = tokio::time::timeout(shared.settings.cosign_wait, is_folded).await;
            tracing::debug!(size = head.size, in_time = waited.is_ok(), "a head was waited for");
        }
    }
}

fn of_specification(refused: &Answer) -> Response {
    let status = StatusCode::from_u16(refused.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let about = [(CONTENT_TYPE, refused.content_type()), (CACHE_CONTROL, "no-store")];
    (status, about, refused.body()).into_response()
}

/// The head that was cosigned last.
pub(super) async fn last(State(shared): State<Arc<Shared>>) -> Response {
    let recorded = shared.heads.as_ref().and_then(|heads| heads.recorded(shared.held.origin()));
    match recorded {
        Some(recorded) => answer::open(answer::text(StatusCode::OK, recorded.note_text())),
        None => answer::not_found("this mirror has cosigned no head (yet)"),
    }
}

/// The heads that were refused when they were brought to be cosigned, `<hash> <reason>` a line.
pub(super) async fn refused_list(State(shared): State<Arc<Shared>>) -> Response {
    let folder = origin_folder(shared.held.origin());
    match shared.heads.as_ref().and_then(|heads| heads.refused_list(&folder)) {
        Some(list) => answer::open(answer::text(StatusCode::OK, list)),
        None => answer::not_found("this mirror has no key and cosigns nothing"),
    }
}
