//! Small answers, and reading bodies.

use crate::error::MirrorError;
use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use axum::response::Response;
pub(super) use hakiki_site::answer::{IMMUTABLE, TEXT, later, not_found, open, text};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use std::time::Duration;

/// How many times the limit is read and thrown away, so that the sender gets to read the answer.
const DRAIN_FACTOR: usize = 4;

/// Something failed that is not the asker's fault; the words are for the operator, and only in the log.
pub(super) fn failed(error: &MirrorError) -> Response {
    tracing::error!(%error, "a request failed");
    text(
        StatusCode::INTERNAL_SERVER_ERROR,
        format!("{}: the mirror failed; its operator has been told\n", error.code()),
    )
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
