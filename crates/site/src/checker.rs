//! The checker: one self-contained file, and its hash, which is published and printed.

use crate::answer;
use crate::document::{Document, Keep};
use crate::policy::Policy;
use axum::http::HeaderMap;
use axum::response::Response;
use hakiki_note::{Hash, sha256};
use std::sync::LazyLock;

/// The file, as it is built from `web/`.
pub const CHECKER: &[u8] = include_bytes!("../../../web/checker.html");

static PAGE: LazyLock<Document> =
    LazyLock::new(|| Document::new("text/html; charset=utf-8", Keep::AskAgain, Policy::Checker, CHECKER));

static HASH: LazyLock<Document> = LazyLock::new(|| hash_of("checker.html", CHECKER));

/// The hash of a file, as `sha256sum -c` reads it.
pub(crate) fn hash_of(name: &str, file: &[u8]) -> Document {
    Document::new(answer::TEXT, Keep::AskAgain, Policy::Page, format!("{}  {name}\n", sha256(file)))
}

/// The SHA-256 of the checker.
pub fn checker_hash() -> Hash {
    sha256(CHECKER)
}

/// The checker and its hash by their addresses.
pub(crate) fn files() -> impl Iterator<Item = (&'static str, &'static Document)> {
    [("/checker.html", &*PAGE), ("/checker.html.sha256", &*HASH)].into_iter()
}

/// `/checker.html`
pub(crate) async fn page(headers: HeaderMap) -> Response {
    PAGE.answer(&headers)
}

/// `/checker.html.sha256`, as `sha256sum -c` reads it.
pub(crate) async fn hash(headers: HeaderMap) -> Response {
    HASH.answer(&headers)
}
