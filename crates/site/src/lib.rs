//! What a node and a mirror both do with pages: when they are made, kept, compressed, answered, told live, written as files.
//!
//! Pages come from `hakiki-portal`, which is pure; the log lies with a [`Holder`]. Between them stands this crate: a second
//! fold for those who read long ([`Shown`]), a snapshot that is made when somebody looks ([`Pages`]), documents with their tags
//! and compressed forms ([`Document`]), a short way for what is hot ([`Fast`]), the live feed, and the search of statements
//! ([`Searching`]), whose index lies beside the log.
//!
//! It stores nothing of the log, admits no record, signs nothing, and knows no words for people.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod answer;
mod checker;
mod claim_page;
mod copy;
mod document;
mod fast;
mod feed;
mod holder;
mod kept;
mod output;
mod pages;
mod policy;
mod results;
mod routes;
mod search_counts;
mod search_routes;
mod searching;
mod shown;
mod withheld;

pub use checker::{CHECKER, checker_hash};
pub use copy::write_pages;
pub use document::{Coding, Document, Keep};
pub use fast::{Answering, Fast};
pub use feed::{Feed, follow};
pub use holder::{Holder, Sizes};
pub use output::{Output, OutputError, Written};
pub use pages::Pages;
pub use policy::Policy;
pub use routes::{EntryBundle, serve_pages};
pub use search_counts::SearchCounts;
pub use searching::{Searching, keep_search};
pub use shown::{Shown, Step};
pub use withheld::withheld;
