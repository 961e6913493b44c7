//! `GET /stamp/{record}` and the log of stamps below `/stamps/`.

use super::answer;
use super::log::read_tile;
use crate::shared::Shared;
use crate::stamps::Stamps;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use hakiki_note::Hash;
use std::sync::Arc;

const NONE: &str = "this mirror has no key and stamps nothing";

fn with(shared: &Shared, answer: impl FnOnce(&Stamps) -> Response) -> Response {
    shared.stamps.as_ref().map_or_else(|| answer::not_found(NONE), answer)
}

/// The stamp of a record by its id.
pub(super) async fn of_record(State(shared): State<Arc<Shared>>, Path(record): Path<String>) -> Response {
    with(&shared, |stamps| match record.parse::<Hash>().ok().and_then(|id| stamps.of_record(&id)) {
        Some(stamp) => answer::open(answer::text(StatusCode::OK, stamp)),
        None => answer::not_found("this mirror has stamped no record of this id"),
    })
}

/// The newest head of the log of stamps.
pub(super) async fn checkpoint(State(shared): State<Arc<Shared>>) -> Response {
    with(&shared, |stamps| answer::open(answer::text(StatusCode::OK, stamps.checkpoint())))
}

/// Its tiles and bundles.
pub(super) async fn tile(State(shared): State<Arc<Shared>>, Path(path): Path<String>) -> Response {
    match &shared.stamps {
        Some(stamps) => read_tile(stamps.reader(), &path).await,
        None => answer::not_found(NONE),
    }
}
