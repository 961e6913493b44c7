//! The answer for a blob that the quorum withholds: 451 (RFC 7725), by whose order, and the record that says so.
//!
//! What was given out before is with whoever has it, and in caches; the log says from which place on it is not served.

use crate::answer::{open, text};
use axum::http::StatusCode;
use axum::response::Response;
use hakiki_core::ledger::WithheldEntry;

/// The answer.
pub fn withheld(entry: &WithheldEntry) -> Response {
    let order = entry.withhold.order.map_or_else(String::new, |order| format!("order sha256:{order}\n"));
    let about = format!(
        "withheld\nby {}\nreason {}\n{order}record {}\nplace {}\n",
        entry.withhold.by, entry.withhold.reason, entry.id, entry.place
    );
    open(text(StatusCode::UNAVAILABLE_FOR_LEGAL_REASONS, about))
}
