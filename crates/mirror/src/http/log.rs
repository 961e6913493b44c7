//! What any static server could serve of the copy, and receipts and results, which are computed from it.

use super::answer::{self, IMMUTABLE, TEXT};
use crate::published::State as HeadState;
use crate::shared::Shared;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use hakiki_core::view::results::results_text;
use hakiki_note::Hash;
use hakiki_store::{PosixDisk, Reader};
use hakiki_tlog::TilePath;
use std::sync::Arc;

/// Marks an answer as an entry bundle: text within, worth compressing.
#[derive(Debug, Clone, Copy)]
pub(super) struct EntryBundle;

/// The newest head in a state, in the log's own bytes.
pub(super) fn head(shared: &Shared, headers: &HeaderMap, state: HeadState) -> Response {
    let Some(head) = shared.head_of(state) else {
        return answer::not_found("no head in this state is held (yet)");
    };
    let about = [(ETAG, head.etag.clone()), (CACHE_CONTROL, "public, max-age=1".to_owned())];
    let asked = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let is_same =
        asked.is_some_and(|tags| tags.split(',').any(|tag| tag.trim().trim_start_matches("W/") == head.etag));
    if is_same {
        return answer::open((StatusCode::NOT_MODIFIED, about).into_response());
    }
    answer::open((about, [(CONTENT_TYPE, TEXT)], head.text.clone()).into_response())
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

/// The canonical results text of a size, by this mirror's own fold.
pub(super) async fn results(State(shared): State<Arc<Shared>>, Path(size): Path<String>) -> Response {
    let is_decimal = size.bytes().all(|b| b.is_ascii_digit()) && !size.starts_with('0');
    let newest = shared.head().map_or(0, |head| head.size());
    let wanted = size.parse::<u64>().ok().filter(|wanted| is_decimal && *wanted <= newest);
    let Some(size) = wanted else { return answer::not_found("no head of this size is held (yet)") };
    // One page's place: whoever asks for every size of the past waits with the pages.
    let Ok(_permit) = shared.permits.pages.acquire().await else { return answer::later("stopping", 10) };
    let worker = shared.clone();
    let compute = move || {
        let ledger = worker.shown.ledger();
        let ledger = if ledger.size() < size {
            drop(ledger);
            worker.shown.newest(&worker.stored_tables())
        } else {
            ledger
        };
        (ledger.size() >= size).then(|| results_text(&ledger, size))
    };
    match tokio::task::spawn_blocking(compute).await {
        Ok(Some(text)) => {
            answer::open(([(CONTENT_TYPE, TEXT), (CACHE_CONTROL, IMMUTABLE)], text).into_response())
        }
        Ok(None) => answer::later("the records under this head are being checked", 5),
        Err(_) => answer::later("stopping", 10),
    }
}
