//! Every other address: a page of the portal, from this copy.

use super::answer::{self, IMMUTABLE};
use crate::shared::Shared;
use axum::extract::{Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use hakiki_note::Hash;
use hakiki_portal::{Site, Source, respond};
use std::sync::Arc;

/// The handler.
pub(super) async fn page(State(shared): State<Arc<Shared>>, uri: Uri) -> Response {
    let Some(presented) = shared.presented.borrow().clone() else {
        return answer::later("this mirror is fetching the log and has no whole head yet; see /health", 5);
    };
    let Ok(_core) = shared.permits.pages.acquire().await else { return answer::later("stopping", 10) };
    let worker = shared.clone();
    // A query that is not one asks for nothing.
    let query =
        Query::<Vec<(String, String)>>::try_from_uri(&uri).map(|Query(pairs)| pairs).unwrap_or_default();
    let made = tokio::task::spawn_blocking(move || {
        let ledger = worker.shown.ledger();
        let source = Stored(&worker);
        respond(&Site { ledger: &ledger, snapshot: &presented.snapshot, source: &source }, uri.path(), &query)
    });
    let Ok(page) = made.await else {
        return answer::text(StatusCode::INTERNAL_SERVER_ERROR, "the page could not be made\n");
    };
    let status = StatusCode::from_u16(page.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let keep = if page.immutable { IMMUTABLE } else { "no-cache" };
    (status, [(CONTENT_TYPE, page.content_type), (CACHE_CONTROL, keep)], page.body).into_response()
}

/// Records and blobs for pages.
struct Stored<'a>(&'a Shared);

impl Source for Stored<'_> {
    fn entry(&self, place: u64) -> Option<Vec<u8>> {
        self.0.entry(place).unwrap_or_else(|error| {
            tracing::error!(place, %error, "a record cannot be read");
            None
        })
    }

    fn has_blob(&self, hash: &Hash) -> bool {
        self.0.fetcher.blobs.has_blob(*hash).unwrap_or_else(|error| {
            tracing::error!(%hash, %error, "a blob cannot be looked for");
            false
        })
    }
}
