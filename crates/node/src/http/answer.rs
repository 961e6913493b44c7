//! Small answers.

use crate::error::NodeError;
use crate::refusal::{Declined, retry_after_seconds, status};
use crate::shared::Shared;
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

pub(super) const TEXT: &str = "text/plain; charset=utf-8";
/// For bytes that never change under their address: a year.
pub(super) const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// A text that is not kept.
pub(super) fn text(status: StatusCode, text: impl Into<String>) -> Response {
    (status, [(CONTENT_TYPE, TEXT), (CACHE_CONTROL, "no-store")], text.into()).into_response()
}

/// There is nothing here.
pub(super) fn not_found(what: &str) -> Response {
    open(text(StatusCode::NOT_FOUND, format!("{what}\n")))
}

/// Something failed that is not the asker's fault; the words are for the operator, and only in the log.
pub(super) fn failed(error: &NodeError) -> Response {
    tracing::error!(%error, "a request failed");
    text(
        StatusCode::INTERNAL_SERVER_ERROR,
        format!("{}: the server failed; its operator has been told\n", error.code()),
    )
}

/// Lets scripts of every origin read the answer: what the log says is everybody's.
pub(super) fn open(mut response: Response) -> Response {
    response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// A signed refusal.
pub(super) fn refused(shared: &Shared, declined: &Declined) -> Response {
    let code = declined.refusal.code;
    let note = declined.to_note(&shared.head().head, &shared.log_key);
    let mut response = text(status(code), note);
    if let Some(seconds) = retry_after_seconds(code) {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    response
}
