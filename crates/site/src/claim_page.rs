//! The page where a table is compared with the log's results in the reader's browser: one self-contained file. It takes nothing in:
//! there is no route that a table could be sent to.

use crate::document::{Document, Keep};
use crate::policy::Policy;
use axum::http::HeaderMap;
use axum::response::Response;
use std::sync::LazyLock;

/// Its address.
pub(crate) const ADDRESS: &str = "/claim.html";

static PAGE: LazyLock<Document> = LazyLock::new(|| {
    let page: &[u8] = include_bytes!("../../../web/claim.html");
    Document::new("text/html; charset=utf-8", Keep::AskAgain, Policy::Claim, page)
});

/// The page by its address.
pub(crate) fn files() -> impl Iterator<Item = (&'static str, &'static Document)> {
    [(ADDRESS, &*PAGE)].into_iter()
}

/// `/claim.html`
pub(crate) async fn page(headers: HeaderMap) -> Response {
    PAGE.answer(&headers)
}
