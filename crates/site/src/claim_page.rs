//! The page where a table is compared with the log's results in the reader's browser: one self-contained file. It takes nothing in:
//! there is no route that a table could be sent to.

use crate::checker::hash_of;
use crate::document::{Document, Keep};
use crate::policy::Policy;
use axum::http::HeaderMap;
use axum::response::Response;
use std::sync::LazyLock;

/// Its address.
pub(crate) const ADDRESS: &str = "/claim.html";

/// The address of its hash.
pub(crate) const HASH_ADDRESS: &str = "/claim.html.sha256";

const FILE: &[u8] = include_bytes!("../../../web/claim.html");

static PAGE: LazyLock<Document> =
    LazyLock::new(|| Document::new("text/html; charset=utf-8", Keep::AskAgain, Policy::Claim, FILE));

static HASH: LazyLock<Document> = LazyLock::new(|| hash_of("claim.html", FILE));

/// The page and its hash by their addresses.
pub(crate) fn files() -> impl Iterator<Item = (&'static str, &'static Document)> {
    [(ADDRESS, &*PAGE), (HASH_ADDRESS, &*HASH)].into_iter()
}

/// `/claim.html`
pub(crate) async fn page(headers: HeaderMap) -> Response {
    PAGE.answer(&headers)
}

/// `/claim.html.sha256`
pub(crate) async fn hash(headers: HeaderMap) -> Response {
    HASH.answer(&headers)
}
