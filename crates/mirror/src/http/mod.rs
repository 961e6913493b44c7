//! The routes: what a node serves at the same paths, from this copy; cosigning; relaying and stamping.

mod answer;
mod cosign;
mod feed;
mod health;
mod log;
mod page;
mod stamp;
mod submit;

use crate::published::State as HeadState;
use crate::shared::Shared;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::http::{Extensions, HeaderMap, HeaderValue, StatusCode, Version};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post};
use hakiki_tlog::witness::origin_folder;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tower_http::compression::CompressionLayer;

/// What a page may load: its own style, script and images, and nothing from elsewhere.
const CONTENT_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
                              connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'";

type Served = State<Arc<Shared>>;

/// Every route of a mirror.
pub(crate) fn app(shared: Arc<Shared>) -> Router {
    let folder = origin_folder(shared.held.origin());
    let at = |path: &str| format!("/{folder}{path}");
    Router::new()
        .route(
            "/checkpoint",
            get(async |State(shared): Served, headers: HeaderMap| {
                log::head(&shared, &headers, HeadState::Signed)
            }),
        )
        .route(
            "/cosigned",
            get(async |State(shared): Served, headers: HeaderMap| {
                log::head(&shared, &headers, HeadState::Cosigned)
            }),
        )
        .route(
            "/held",
            get(async |State(shared): Served, headers: HeaderMap| {
                log::head(&shared, &headers, HeadState::Held)
            }),
        )
        .route("/tile/{*path}", get(log::tile))
        .route("/blob/{hash}", get(log::blob))
        .route("/results/{size}", get(log::results))
        .route("/receipt/{id}", get(log::receipt))
        .route(&at("/checkpoint"), get(cosign::last))
        .route(&at("/tile/{*path}"), get(log::tile))
        .route(&at("/blob/{hash}"), get(log::blob))
        .route(&at("/refused"), get(cosign::refused_list))
        .route("/add-checkpoint", post(cosign::add_checkpoint))
        .route("/submit", post(submit::submit))
        .route("/stamp/{record}", get(stamp::of_record))
        .route("/stamps/checkpoint", get(stamp::checkpoint))
        .route("/stamps/tile/{*path}", get(stamp::tile))
        .route("/evidence", get(health::evidence_list))
        .route("/evidence/{name}", get(health::evidence))
        .route("/feed", get(feed::feed))
        .route("/health", get(health::health))
        .route("/metrics", get(health::metrics))
        .fallback(page::page)
        .layer(CompressionLayer::new().compress_when(is_worth_compressing))
        .layer(from_fn_with_state(shared.clone(), watch))
        .with_state(shared)
}

/// Counts requests and puts the headers that every answer carries.
async fn watch(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    shared.counters.requests.fetch_add(1, Ordering::Relaxed);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, CONTENT_POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Text is compressed; hashes and pictures are not, nor are the feed's events, which must not wait.
fn is_worth_compressing(
    status: StatusCode,
    _: Version,
    headers: &HeaderMap,
    extensions: &Extensions,
) -> bool {
    let is_text = headers.get("content-type").and_then(|value| value.to_str().ok()).is_some_and(|kind| {
        (kind.starts_with("text/") && !kind.starts_with("text/event-stream"))
            || kind.starts_with("application/json")
    });
    let is_whole = status != StatusCode::PARTIAL_CONTENT;
    is_whole && (is_text || extensions.get::<log::EntryBundle>().is_some())
}
