//! Full-text search over the statements of one log: an index that can be thrown away and made again, and queries of it.
//!
//! [`Index`] is an SQLite file with FTS5. It is brought up to a ledger by whoever holds one: the command `hakiki press index`
//! from a verified copy, a node and a mirror behind each new head. It knows no feed and no network, reads no log by itself,
//! and judges nothing: results are in the order of the log, never by a score. What it holds is never evidence: who shows a
//! result takes all but the place and the snippet from the ledger.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod error;
mod index;
mod query;
mod terms;
mod update;

pub use error::{DatabaseError, SearchError, Wrong};
pub use index::{Index, column_hash};
pub use query::{Found, Piece, Query, SearchPage};
pub use rusqlite::InterruptHandle;
pub use update::{GiveTexts, Look, Updated};
