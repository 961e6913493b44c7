//! Small answers.

use crate::error::NodeError;
use crate::refusal::{Declined, retry_after_seconds, status};
use crate::shared::Shared;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::Response;
pub(super) use hakiki_site::answer::{IMMUTABLE, TEXT, later, not_found, open, text};

/// Something failed that is not the asker's fault; the words are for the operator, and only in the log.
pub(super) fn failed(error: &NodeError) -> Response {
    tracing::error!(%error, "a request failed");
    text(
        StatusCode::INTERNAL_SERVER_ERROR,
        format!("{}: the server failed; its operator has been told\n", error.code()),
    )
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
