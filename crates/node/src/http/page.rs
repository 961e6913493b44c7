//! Every other address: a page of the portal.

use super::answer::{self, IMMUTABLE};
use crate::pages;
use crate::shared::Shared;
use axum::extract::{Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// The handler.
pub(super) async fn page(State(shared): State<Arc<Shared>>, uri: Uri) -> Response {
    let core = shared.permits.pages.acquire().await.expect("the semaphore is never closed");
    let worker = shared.clone();
    // A query that is not one asks for nothing.
    let query =
        Query::<Vec<(String, String)>>::try_from_uri(&uri).map(|Query(pairs)| pairs).unwrap_or_default();
    let made = tokio::task::spawn_blocking(move || pages::page(&worker, uri.path(), &query)).await;
    drop(core);
    let Ok(page) = made else {
        return answer::text(StatusCode::INTERNAL_SERVER_ERROR, "the page could not be made\n");
    };
    let status = StatusCode::from_u16(page.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let keep = if page.immutable { IMMUTABLE } else { "no-cache" };
    (status, [(CONTENT_TYPE, page.content_type), (CACHE_CONTROL, keep)], page.body).into_response()
}
