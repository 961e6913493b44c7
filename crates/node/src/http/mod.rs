//! The routes that only a node has. Pages, feed and results are `hakiki-site`'s.

mod answer;
mod blob;
mod body;
mod health;
mod log;
mod pending;
mod submit;

pub use blob::{signed_table_headers, table_headers, table_text};

use crate::shared::Shared;
use axum::Router;
use axum::routing::{get, post};
use hakiki_site::{Fast, serve_pages};
use std::sync::Arc;

/// Every route of a node.
pub(crate) fn app(shared: Arc<Shared>) -> Fast<Shared> {
    let own = Router::new()
        .route("/submit", post(submit::submit))
        .route("/pending", get(pending::list).post(pending::begin))
        .route("/pending/{id}", get(pending::show).post(pending::add))
        .route("/checkpoint", get(log::checkpoint))
        .route("/cosigned", get(log::cosigned))
        .route("/held", get(log::held))
        .route("/tile/{*path}", get(log::tile))
        .route("/blob/{hash}", get(blob::get).put(blob::put))
        .route("/receipt/{id}", get(log::receipt))
        .route("/health", get(health::health))
        .route("/metrics", get(health::metrics));
    serve_pages(own, shared)
}
