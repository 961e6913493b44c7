//! What any static server could serve of the copy, and receipts, which are computed from it.

use super::answer::{self, IMMUTABLE, TEXT};
use crate::published::State as HeadState;
use crate::shared::{Shared, read};
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use hakiki_note::Hash;
use hakiki_site::EntryBundle;
use hakiki_store::{PosixDisk, Reader};
use hakiki_tlog::TilePath;
use std::sync::Arc;

/// The newest head in a state, in the log's own bytes.
pub(super) fn head(shared: &Shared, headers: &HeaderMap, state: HeadState) -> Response {
    let Some(head) = shared.head_of(state) else {
        return answer::not_found("no head in this state is held (yet)");
    };
    head.document.answer(headers)
}

/// A tile of hashes or a bundle of entries.
pub(super) async fn tile(State(shared): State<Arc<Shared>>, Path(path): Path<String>) -> Response {
    read_tile(shared.reader.clone(), &path).await
}

/// The same of any log.
pub(super) async fn read_tile(reader: Reader<PosixDisk>, path: &str) -> Response {
    // Only a tile's one path goes further; what it names is made from the parsed numbers.
    let Ok(tile) = TilePath::parse(&format!("tile/{path}")) else {
        return answer::not_found("no path of a tile");
    };
    let found = tokio::task::spawn_blocking(move || reader.read(&tile.to_path())).await;
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
        Err(_) => answer::later("stopping", 10),
    }
}

/// A blob, whole.
pub(super) async fn blob(State(shared): State<Arc<Shared>>, Path(hash): Path<String>) -> Response {
    let Ok(hash) = hash.parse::<Hash>() else { return answer::not_found("no SHA-256 in lower-case hex") };
    if let Some(entry) = read(&shared.ledger).withheld_by(&hash) {
        return hakiki_site::withheld(entry);
    }
    let Ok(_permit) = shared.permits.downloads.clone().acquire_owned().await else {
        return answer::later("stopping", 10);
    };
    let worker = shared.clone();
    let found = tokio::task::spawn_blocking(move || worker.fetcher.blobs.read_blob(hash)).await;
    match found {
        Ok(Ok(Some(bytes))) => {
            let about = [
                (CONTENT_TYPE, content_type(&bytes)),
                (CACHE_CONTROL, IMMUTABLE),
                (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
            ];
            answer::open((about, bytes).into_response())
        }
        Ok(Ok(None)) => answer::not_found("this blob is not here (yet)"),
        Ok(Err(error)) => answer::failed(&error.into()),
        Err(_) => answer::later("stopping", 10),
    }
}

/// The type of a blob, by its first bytes; nothing that a browser would run.
fn content_type(bytes: &[u8]) -> &'static str {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        bytes if bytes.starts_with(b"hakiki/") && std::str::from_utf8(bytes).is_ok() => TEXT,
        _ => "application/octet-stream",
    }
}

/// The receipt of a record by its id.
pub(super) async fn receipt(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    let Ok(id) = id.parse::<Hash>() else { return answer::not_found("no id of a record") };
    let worker = shared.clone();
    match tokio::task::spawn_blocking(move || worker.receipt(&id)).await {
        Ok(Ok(Some(receipt))) => {
            let about = [(CONTENT_TYPE, TEXT), (CACHE_CONTROL, "public, max-age=1")];
            answer::open((about, receipt).into_response())
        }
        Ok(Ok(None)) => answer::not_found("no record of this id in the copy"),
        Ok(Err(error)) => answer::failed(&error),
        Err(_) => answer::later("stopping", 10),
    }
}
