//! The routes that a node and a mirror have in common: pages, the feed, results, the checker, the page of claims; and what goes with every answer.

use crate::answer;
use crate::checker;
use crate::claim_page;
use crate::fast::Fast;
use crate::holder::Holder;
use crate::policy::Policy;
use crate::search_routes;
use axum::Router;
use axum::extract::{Path, Query, Request, State};
use axum::http::header::{CONTENT_TYPE, ETAG};
use axum::http::{Extensions, HeaderMap, StatusCode, Uri, Version};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::get;
use std::sync::Arc;
use std::time::Duration;
use tower_http::compression::CompressionLayer;

/// How long one waits for another's computation of results.
const WAIT: Duration = Duration::from_secs(5);

/// Marks an answer as an entry bundle: text within, worth compressing.
#[derive(Debug, Clone, Copy)]
pub struct EntryBundle;

/// The whole server: `router` is what the holder has besides.
pub fn serve_pages<H: Holder>(router: Router<Arc<H>>, holder: Arc<H>) -> Fast<H> {
    let router = router
        .route("/feed", get(feed::<H>))
        .route("/results/{size}", get(results::<H>))
        .route(search_routes::DATA, get(search_routes::data::<H>))
        .route(search_routes::PAGE, get(search_routes::page::<H>))
        .route("/checker.html", get(checker::page))
        .route("/checker.html.sha256", get(checker::hash))
        .route(claim_page::ADDRESS, get(claim_page::page))
        .route(claim_page::HASH_ADDRESS, get(claim_page::hash))
        .fallback_service(get(page::<H>).with_state(holder.clone()))
        .layer(CompressionLayer::new().compress_when(is_worth_compressing))
        .layer(from_fn_with_state(holder.clone(), watch::<H>))
        .with_state(holder.clone());
    Fast::new(holder, router)
}

/// Every other address: a page of the portal.
pub(crate) async fn page<H: Holder>(State(holder): State<Arc<H>>, uri: Uri, headers: HeaderMap) -> Response {
    let Ok(core) = holder.pages().cores.acquire().await else { return answer::later("stopping", 10) };
    let worker = holder.clone();
    // A query that is not one asks for nothing.
    let query =
        Query::<Vec<(String, String)>>::try_from_uri(&uri).map(|Query(pairs)| pairs).unwrap_or_default();
    let make = move || worker.pages().page(&*worker, &uri, &query).map(|page| page.answer(&headers));
    let made = tokio::task::spawn_blocking(make).await;
    drop(core);
    match made {
        Ok(Some(response)) => response,
        Ok(None) => answer::later("the log is being fetched and there is no whole head yet; see /health", 5),
        Err(_) => answer::text(StatusCode::INTERNAL_SERVER_ERROR, "the page could not be made\n"),
    }
}

/// `GET /feed`.
async fn feed<H: Holder>(State(holder): State<Arc<H>>) -> Response {
    let full = || answer::later("too many feeds; ask for pages instead", 60);
    holder.pages().feed.answer().unwrap_or_else(full)
}

/// `GET /results/{size}`.
async fn results<H: Holder>(
    State(holder): State<Arc<H>>,
    Path(size): Path<String>,
    headers: HeaderMap,
) -> Response {
    let is_decimal = size.bytes().all(|b| b.is_ascii_digit()) && !size.starts_with('0');
    let wanted = size.parse::<u64>().ok().filter(|size| is_decimal && *size <= holder.sizes().signed);
    let Some(size) = wanted else { return answer::not_found("no head of this size is held (yet)") };
    if let Some(found) = holder.pages().results.kept(size).and_then(|text| text.answer_at_once(&headers)) {
        return found;
    }
    // With the pages: whoever asks for every size of the past waits, and the log does not.
    let Ok(Ok(_core)) = tokio::time::timeout(WAIT, holder.pages().cores.acquire()).await else {
        return answer::later("busy", 1);
    };
    let worker = holder.clone();
    let compute = move || worker.pages().results_at(&*worker, size).map(|text| text.answer(&headers));
    match tokio::task::spawn_blocking(compute).await {
        Ok(Some(found)) => found,
        Ok(None) => answer::later("the records under this head are being checked", 5),
        Err(_) => answer::later("stopping", 10),
    }
}

/// Counts answers and puts the headers that every answer carries.
async fn watch<H: Holder>(State(holder): State<Arc<H>>, request: Request, next: Next) -> Response {
    let uri = request.uri().clone();
    let mut response = next.run(request).await;
    holder.count(uri.path(), response.status());
    Policy::of_path(uri.path()).put(response.headers_mut());
    response
}

/// Text is compressed; hashes and pictures are not, nor are the feed's events, which must not wait, nor documents, which
/// have been.
fn is_worth_compressing(
    status: StatusCode,
    _: Version,
    headers: &HeaderMap,
    extensions: &Extensions,
) -> bool {
    let is_text = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|kind| {
        (kind.starts_with("text/") && !kind.starts_with("text/event-stream"))
            || kind.starts_with("application/json")
    });
    let is_whole = status != StatusCode::PARTIAL_CONTENT && !headers.contains_key(ETAG);
    is_whole && (is_text || extensions.get::<EntryBundle>().is_some())
}
