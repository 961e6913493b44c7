//! `GET /results/{size}`: the canonical results text, for check V10.

use super::answer::{self, IMMUTABLE, TEXT};
use crate::shared::Shared;
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

    /// The text of a size, computed if it is not kept.
    pub fn text_at(&self, size: u64, compute: impl FnOnce() -> String) -> Arc<str> {
        self.kept(size).unwrap_or_else(|| {
            let text: Arc<str> = compute().into();
            self.keep(size, &text);
            text
        })
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
    let worker = shared.clone();
    let compute = move || worker.results.text_at(size, || results_text(&worker.shown.ledger_at(size), size));
    match tokio::task::spawn_blocking(compute).await {
        Ok(text) => found(&text),
        Err(_) => answer::text(StatusCode::SERVICE_UNAVAILABLE, "stopping\n"),
    }
}

fn found(text: &Arc<str>) -> Response {
    answer::open(([(CONTENT_TYPE, TEXT), (CACHE_CONTROL, IMMUTABLE)], text.to_string()).into_response())
}
