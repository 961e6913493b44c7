//! The press desk: what publishers say in their feeds becomes `statement` records "as published by"; and what stands in a log
//! of statements is found again, by its words and by who carried the same words before.
//!
//! Implements `docs/guides/press-desk.md`. [`Desk::fetch`] reads RSS, Atom and JSON feeds politely, makes a record of each
//! new item, and makes it durable before it is sent; [`Desk::send`] sends what waits and keeps the receipts. [`Index`] is a
//! full-text index that can be thrown away and made again from the log. [`near`] finds the earlier statements that carry the
//! same words.
//!
//! It judges nothing: no source is rated, no text is shortened, dates that a feed does not state stay missing, and results are
//! in the order of the log, never by a score. A node can hold an [`Index`] of its own: that module knows no feed and no log.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod configuration;
mod desk;
mod error;
mod feed;
mod index;
mod lock;
pub mod near;
mod plain;
mod polite;
mod query;
mod rules;
mod send;
mod state;

pub use configuration::{Configuration, FeedSettings};
pub use desk::{Desk, Drafted, Outcome, Round, Signer};
pub use error::PressError;
pub use feed::{Item, LeftOut, ReadFeed, read as read_feed};
pub use index::{GiveTexts, Index, Updated};
pub use plain::{plain, tidy};
pub use polite::{FEED_MAX_BYTES, Problem};
pub use query::{Found, Piece, Query, SearchPage};
pub use rules::Rule;
pub use send::{Refused, Sent, Stopped};
pub use state::Counts;
