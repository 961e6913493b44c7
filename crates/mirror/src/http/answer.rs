//! Small answers, and reading bodies.

use crate::error::MirrorError;
use axum::body::{Body, Bytes};
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use std::time::Duration;

pub(super) const TEXT: &str = "text/plain; charset=utf-8";
/// For bytes that never change under their address: a year.
pub(super) const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// How many times the limit is read and thrown away, so that the sender gets to read the answer.
const DRAIN_FACTOR: usize = 4;

/// A text that is not kept.
pub(super) fn text(status: StatusCode, text: impl Into<Body>) -> Response {
    (status, [(CONTENT_TYPE, TEXT), (CACHE_CONTROL, "no-store")], text.into()).into_response()
}

/// There is nothing here.
pub(super) fn not_found(what: &str) -> Response {
    open(text(StatusCode::NOT_FOUND, format!("{what}\n")))
}

/// Later.
pub(super) fn later(found: &str, seconds: u64) -> Response {
    let mut response = text(StatusCode::SERVICE_UNAVAILABLE, format!("{found}\n"));
    response.headers_mut().insert(RETRY_AFTER, seconds.into());
    response
}

/// Something failed that is not the asker's fault; the words are for the operator, and only in the log.
pub(super) fn failed(error: &MirrorError) -> Response {
    tracing::error!(%error, "a request failed");
    text(
        StatusCode::INTERNAL_SERVER_ERROR,
        format!("{}: the mirror failed; its operator has been told\n", error.code()),
    )
}

/// Lets scripts of every origin read the answer: what the log says is everybody's.
pub(super) fn open(mut response: Response) -> Response {
    response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// Reads a body of at most `most` bytes in at most `time`; more than that may come and is thrown away.
pub(super) async fn read_body(body: Body, most: usize, time: Duration) -> Result<Bytes, StatusCode> {
    let limited = Limited::new(body, most.saturating_mul(DRAIN_FACTOR));
    let read = tokio::time::timeout(time, limited.collect()).await;
    match read.map_err(|_| StatusCode::REQUEST_TIMEOUT)? {
        Ok(body) => {
            let bytes = body.to_bytes();
            if bytes.len() > most { Err(StatusCode::PAYLOAD_TOO_LARGE) } else { Ok(bytes) }
        }
        Err(error) if error.is::<LengthLimitError>() => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
    }
}
