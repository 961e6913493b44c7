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

/// The texts that were asked for last, by size. A size's text never changes.
#[derive(Debug, Default)]
pub(crate) struct ResultTexts(Mutex<VecDeque<(u64, Arc<str>)>>);

impl ResultTexts {
    fn kept(&self, size: u64) -> Option<Arc<str>> {
        let texts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        texts.iter().find(|(found, _)| *found == size).map(|(_, text)| text.clone())
    }

    fn keep(&self, size: u64, text: &Arc<str>) {
        let mut texts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        texts.push_back((size, text.clone()));
        if texts.len() > KEPT {
            texts.pop_front();
        }
    }
}

/// The handler.
pub(super) async fn results(State(shared): State<Arc<Shared>>, Path(size): Path<String>) -> Response {
    let is_decimal = size.bytes().all(|b| b.is_ascii_digit()) && !size.starts_with('0');
    let wanted = size.parse::<u64>().ok().filter(|_| is_decimal);
    let Some(size) = wanted.filter(|size| *size <= shared.head().head.size) else {
        return answer::not_found("no head of this size");
    };
    if let Some(text) = shared.results.kept(size) {
        return found(&text);
    }
    // One at a time: whoever asks for every size of the past waits, and the log does not.
    let Ok(Ok(_permit)) = tokio::time::timeout(WAIT, shared.permits.results.acquire()).await else {
        return answer::text(StatusCode::SERVICE_UNAVAILABLE, "busy; ask again\n");
    };
    if let Some(text) = shared.results.kept(size) {
        return found(&text);
    }
    let worker = shared.clone();
    let computed = tokio::task::spawn_blocking(move || results_text(&read(&worker.ledger), size)).await;
    let Ok(text) = computed else { return answer::text(StatusCode::SERVICE_UNAVAILABLE, "stopping\n") };
    let text: Arc<str> = text.into();
    shared.results.keep(size, &text);
    found(&text)
}

fn found(text: &Arc<str>) -> Response {
    answer::open(([(CONTENT_TYPE, TEXT), (CACHE_CONTROL, IMMUTABLE)], text.to_string()).into_response())
}
