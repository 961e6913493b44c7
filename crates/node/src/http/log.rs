//! `GET /checkpoint`, `/cosigned`, `/held`, `/tile/…`, `/receipt/{id}`: what any static server could serve, and receipts.

use super::answer::{self, IMMUTABLE, TEXT};
use super::submit::stored;
use crate::shared::{Shared, read};
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use hakiki_note::Hash;
use hakiki_site::EntryBundle;
use hakiki_tlog::TilePath;
use std::sync::Arc;

/// The newest signed head.
pub(super) async fn checkpoint(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    shared.head().document.answer(&headers)
}

/// The newest head that the quorum cosigned.
pub(super) async fn cosigned(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    match &shared.witnessed().cosigned {
        Some(found) => found.published.document.answer(&headers),
        None => answer::not_found("no head is cosigned by the quorum of witnesses"),
    }
}

/// The newest head that mirrors of two classes hold.
pub(super) async fn held(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    match &shared.witnessed().held {
        Some(found) => found.published.document.answer(&headers),
        None => answer::not_found("no head is held by mirrors of two classes"),
    }
}

/// A tile of hashes or a bundle of entries.
pub(super) async fn tile(State(shared): State<Arc<Shared>>, Path(path): Path<String>) -> Response {
    // Only a tile's one path goes further; what it names is made from the parsed numbers.
    let Ok(tile) = TilePath::parse(&format!("tile/{path}")) else {
        return answer::not_found("no path of a tile");
    };
    let worker = shared.clone();
    let found = tokio::task::spawn_blocking(move || worker.reader.read(&tile.to_path())).await;
    match found {
        Ok(Ok(Some(bytes))) => {
            let about = [(CONTENT_TYPE, "application/octet-stream"), (CACHE_CONTROL, IMMUTABLE)];
            let mut response = (about, bytes).into_response();
            if matches!(tile, TilePath::Entries { .. }) {
                response.extensions_mut().insert(EntryBundle);
            }
            answer::open(response)
        }
        Ok(Ok(None)) => answer::not_found("no such tile (yet)"),
        Ok(Err(error)) => answer::failed(&error.into()),
        Err(_) => answer::text(StatusCode::SERVICE_UNAVAILABLE, "stopping\n"),
    }
}

/// The receipt of a record by its id: under the newest head that rivals hold if it has the place, else under the newest that
/// is cosigned, else under the newest signed one.
pub(super) async fn receipt(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    let place = id.parse::<Hash>().ok().and_then(|id| read(&shared.ledger).place_of(&id));
    let head = shared.head();
    let Some(place) = place.filter(|place| *place < head.head.size) else {
        return answer::not_found("no record of this id in the log");
    };
    match stored(&shared, place).await {
        Ok(note) => match shared.receipt(place, note, shared.witnessed().covering(place).unwrap_or(&head)) {
            Some(receipt) => {
                let about = [(CONTENT_TYPE, TEXT), (CACHE_CONTROL, "public, max-age=1")];
                answer::open((about, receipt).into_response())
            }
            None => answer::not_found("no record of this id in the log"),
        },
        Err(error) => answer::failed(&error),
    }
}
