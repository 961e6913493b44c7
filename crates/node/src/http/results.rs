//! `GET /results/{size}`: the canonical results text, for check V10.

use super::answer::{self, IMMUTABLE, TEXT};
use crate::shared::{Shared, read};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use hakiki_core::view::results::results_text;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Texts kept: a nation's six contests are some MiB each.
const KEPT: usize = 4;
/// How long one waits for another's computation.
const WAIT: Duration = Duration::from_secs(5);

/// The newest texts by size. A size's text never changes, so it is right whoever computed it.
static TEXTS: Mutex<VecDeque<(Key, Arc<str>)>> = Mutex::new(VecDeque::new());

/// The election and the size.
type Key = (hakiki_note::Hash, u64);

fn kept(key: &Key) -> Option<Arc<str>> {
    let texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    texts.iter().find(|(found, _)| found == key).map(|(_, text)| text.clone())
}

fn keep(key: Key, text: &Arc<str>) {
    let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    texts.push_back((key, text.clone()));
    if texts.len() > KEPT {
        texts.pop_front();
    }
}

/// The handler.
pub(super) async fn results(State(shared): State<Arc<Shared>>, Path(size): Path<String>) -> Response {
    let is_decimal = size.bytes().all(|b| b.is_ascii_digit()) && !size.starts_with('0');
    let wanted = size.parse::<u64>().ok().filter(|_| is_decimal);
    let Some(size) = wanted.filter(|size| *size <= shared.head().head.size) else {
        return answer::not_found("no head of this size");
    };
    let key = (*read(&shared.ledger).fingerprint(), size);
    if let Some(text) = kept(&key) {
        return found(&text);
    }
    // One at a time: whoever asks for every size of the past waits, and the log does not.
    let Ok(Ok(_permit)) = tokio::time::timeout(WAIT, shared.permits.results.acquire()).await else {
        return answer::text(StatusCode::SERVICE_UNAVAILABLE, "busy; ask again\n");
    };
    if let Some(text) = kept(&key) {
        return found(&text);
    }
    let worker = shared.clone();
    let computed = tokio::task::spawn_blocking(move || results_text(&read(&worker.ledger), size)).await;
    let Ok(text) = computed else { return answer::text(StatusCode::SERVICE_UNAVAILABLE, "stopping\n") };
    let text: Arc<str> = text.into();
    keep(key, &text);
    found(&text)
}

fn found(text: &Arc<str>) -> Response {
    answer::open(([(CONTENT_TYPE, TEXT), (CACHE_CONTROL, IMMUTABLE)], text.to_string()).into_response())
}
