//! `GET /health` and `GET /metrics`.

use super::answer;
use crate::metrics::ShownHeads;
use crate::published::unix_seconds;
use crate::shared::{Shared, State as NodeState};
use crate::witnessing::StandingHead;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::sync::Arc;

/// The type of Prometheus text.
const PROMETHEUS: &str = "text/plain; version=0.0.4; charset=utf-8";

/// State, sizes and ages of the newest signed, cosigned and held heads; 503 where submissions are not taken.
pub(super) async fn health(State(shared): State<Arc<Shared>>) -> Response {
    let (status, state) = match &*shared.state.borrow() {
        NodeState::Running => (StatusCode::OK, "running"),
        NodeState::Stopping => (StatusCode::SERVICE_UNAVAILABLE, "stopping"),
        NodeState::Failed(_) => (StatusCode::SERVICE_UNAVAILABLE, "failed"),
    };
    let heads = heads(&shared);
    let shown = |(size, age): (u64, u64)| json!({"size": size, "age_seconds": age});
    let text = json!({
        "state": state,
        "size": heads.signed.0,
        "head_age_seconds": heads.signed.1,
        "signed": shown(heads.signed),
        "cosigned": heads.cosigned.map(shown),
        "held": heads.held.map(shown),
    });
    let text = text.to_string() + "\n";
    let mut response = answer::text(status, text);
    let json = axum::http::HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}

/// The counters.
pub(super) async fn metrics(State(shared): State<Arc<Shared>>) -> Response {
    let mut text = shared.metrics.to_text(&heads(&shared));
    text += &shared.pages.searching().map(|searching| searching.counts().to_text()).unwrap_or_default();
    ([(CONTENT_TYPE, PROMETHEUS)], text).into_response()
}

/// Size and age in seconds of the newest head of each state.
fn heads(shared: &Shared) -> ShownHeads {
    let (head, witnessed) = (shared.head(), shared.witnessed());
    let of = |found: &Option<Arc<StandingHead>>| {
        found.as_ref().map(|found| (found.published.head.size, found.age_seconds()))
    };
    let age = unix_seconds().saturating_sub(head.unix_seconds);
    let signed = (head.head.size, age);
    ShownHeads { signed, cosigned: of(&witnessed.cosigned), held: of(&witnessed.held) }
}
