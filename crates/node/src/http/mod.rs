//! The routes.

mod answer;
mod blob;
mod body;
mod feed;
mod health;
mod log;
mod page;
mod results;
mod submit;

pub use blob::table_headers;
pub(crate) use results::ResultTexts;

use crate::shared::Shared;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, Version};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post};
use std::sync::Arc;
use tower_http::compression::CompressionLayer;

/// What a page may load: its own style, script and images, and nothing from elsewhere.
const CONTENT_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
                              connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'";

/// Every route of a node.
pub(crate) fn app(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/submit", post(submit::submit))
        .route("/checkpoint", get(log::checkpoint))
        .route("/cosigned", get(log::cosigned))
        .route("/held", get(log::held))
        .route("/tile/{*path}", get(log::tile))
        .route("/blob/{hash}", get(blob::get).put(blob::put))
        .route("/receipt/{id}", get(log::receipt))
        .route("/results/{size}", get(results::results))
        .route("/feed", get(feed::feed))
        .route("/health", get(health::health))
        .route("/metrics", get(health::metrics))
        .fallback_service(get(page::page).with_state(shared.clone()))
        .layer(CompressionLayer::new().compress_when(is_worth_compressing))
        .layer(from_fn_with_state(shared.clone(), watch))
        .with_state(shared)
}

/// Counts requests and puts the headers that every answer carries.
async fn watch(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let class = class_of(request.uri().path());
    let mut response = next.run(request).await;
    shared.metrics.count_request(class, response.status().as_u16());
    let headers = response.headers_mut();
    let mut put = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    put(CONTENT_SECURITY_POLICY, CONTENT_POLICY);
    put(X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(REFERRER_POLICY, "no-referrer");
    response
}

/// The class of a route, for counting: few, whatever strangers ask for.
fn class_of(path: &str) -> &'static str {
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    let classes = [
        "submit",
        "checkpoint",
        "cosigned",
        "held",
        "tile",
        "blob",
        "receipt",
        "results",
        "feed",
        "health",
        "metrics",
    ];
    classes.into_iter().find(|class| *class == first).unwrap_or("page")
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
    let is_part = status == StatusCode::PARTIAL_CONTENT;
    !is_part && (is_text || extensions.get::<log::EntryBundle>().is_some())
}
