//! Small answers that are not kept.

use axum::body::Body;
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

/// The type of plain text.
pub const TEXT: &str = "text/plain; charset=utf-8";
/// For bytes that never change under their address: a year.
pub const IMMUTABLE: &str = crate::Keep::Forever.as_str();

/// A text that is not kept.
pub fn text(status: StatusCode, text: impl Into<Body>) -> Response {
    (status, [(CONTENT_TYPE, TEXT), (CACHE_CONTROL, "no-store")], text.into()).into_response()
}

/// There is nothing here.
pub fn not_found(what: &str) -> Response {
    open(text(StatusCode::NOT_FOUND, format!("{what}\n")))
}

/// Later, in so many seconds.
pub fn later(found: &str, seconds: u64) -> Response {
    let mut response = text(StatusCode::SERVICE_UNAVAILABLE, format!("{found}\n"));
    response.headers_mut().insert(RETRY_AFTER, seconds.into());
    response
}

/// Lets scripts of every origin read the answer: what the log says is everybody's.
pub fn open(mut response: Response) -> Response {
    response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}
