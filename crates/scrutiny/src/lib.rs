//! The numbered questions of a court, answered from the log.
//!
//! Pure: a [`Report`] is a value made of a ledger, the facts of its entries and the verifier's word; how it looks is apart
//! ([`html()`], [`json()`], [`table`]). Every answer is computed from the records and names them. What nobody recorded is said as
//! that, which is not "none"; what no software can answer is said as that. It accuses nobody.
//!
//! [`ask`] answers questions in the court's own words (`docs/reference/scrutiny.md`). [`certificate()`] is a page for people to sign.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod alleged;
mod annex;
pub mod answer;
pub mod ask;
mod certificate;
mod facts;
mod html;
mod inquiry;
mod json;
mod questions;
mod report;
pub mod table;

pub use alleged::{Alleged, AllegedCompared, AllegedCounts, AllegedRow};
pub use annex::{ANNEX_CSV, Annexed, Asked, Given, annex_table};
pub use certificate::certificate;
pub use facts::{Facts, Line, Paper};
pub use html::html;
pub use inquiry::{Checked, Inquiry, StampBrought, Verdict};
pub use json::json;
pub use report::{Made, Report};

/// Rows of a table that the page shows; all of them are in its CSV file.
pub const ROWS_SHOWN: usize = 50;
/// Records that the page names below an answer; those of rows stand in the table too.
pub const RESTS_SHOWN: usize = 24;

/// The name of a question's CSV file.
pub fn csv_name(question: u32) -> String {
    format!("question-{question:02}.csv")
}
