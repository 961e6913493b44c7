//! The routes: what a node serves at the same paths, from this copy; cosigning; relaying and stamping. Pages, feed and
//! results are `hakiki-site`'s.

mod answer;
mod collect;
mod cosign;
mod health;
mod log;
mod stamp;
mod submit;

use crate::published::State as HeadState;
use crate::shared::Shared;
use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::{get, post};
use hakiki_site::{Fast, serve_pages};
use hakiki_tlog::witness::origin_folder;
use std::sync::Arc;

type Served = State<Arc<Shared>>;

/// Every route of a mirror.
pub(crate) fn app(shared: Arc<Shared>) -> Fast<Shared> {
    let folder = origin_folder(shared.held.origin());
    let at = |path: &str| format!("/{folder}{path}");
    let own = Router::new()
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
        .route("/receipt/{id}", get(log::receipt))
        .route(&at("/checkpoint"), get(cosign::last))
        .route(&at("/tile/{*path}"), get(log::tile))
        .route(&at("/blob/{hash}"), get(log::blob))
        .route(&at("/refused"), get(cosign::refused_list))
        .route("/add-checkpoint", post(cosign::add_checkpoint))
        .route("/submit", post(submit::submit))
        .route("/collect", post(collect::collect))
        .route("/collected", get(collect::list))
        .route("/collected/{*machine}", get(collect::machine))
        .route("/stamp/{record}", get(stamp::of_record))
        .route("/stamps/checkpoint", get(stamp::checkpoint))
        .route("/stamps/tile/{*path}", get(stamp::tile))
        .route("/evidence", get(health::evidence_list))
        .route("/evidence/{name}", get(health::evidence))
        .route("/health", get(health::health))
        .route("/metrics", get(health::metrics));
    serve_pages(own, shared)
}
