//! `GET /health` and `GET /metrics`.

use super::answer;
use crate::published::unix_seconds;
use crate::shared::{Shared, State as NodeState};
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::sync::Arc;

/// The type of Prometheus text.
const PROMETHEUS: &str = "text/plain; version=0.0.4; charset=utf-8";

/// State, size and age of the head; 503 where submissions are not taken.
pub(super) async fn health(State(shared): State<Arc<Shared>>) -> Response {
    let head = shared.head();
    let (status, state) = match &*shared.state.borrow() {
        NodeState::Running => (StatusCode::OK, "running"),
        NodeState::Stopping => (StatusCode::SERVICE_UNAVAILABLE, "stopping"),
        NodeState::Failed(_) => (StatusCode::SERVICE_UNAVAILABLE, "failed"),
    };
    let age = unix_seconds().saturating_sub(head.unix_seconds);
    let text = json!({"state": state, "size": head.head.size, "head_age_seconds": age}).to_string() + "\n";
    let mut response = answer::text(status, text);
    let json = axum::http::HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}

/// The counters.
pub(super) async fn metrics(State(shared): State<Arc<Shared>>) -> Response {
    let head = shared.head();
    let age = unix_seconds().saturating_sub(head.unix_seconds);
    ([(CONTENT_TYPE, PROMETHEUS)], shared.metrics.to_text(head.head.size, age)).into_response()
}
