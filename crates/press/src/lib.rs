//! The press desk: what publishers say in their feeds becomes `statement` records "as published by"; and who carried
//! the same words before.
//!
//! Implements `docs/guides/press-desk.md`. [`Desk::fetch`] reads RSS, Atom and JSON feeds politely, makes a record of each
//! new item, and makes it durable before it is sent; [`Desk::send`] sends what waits and keeps the receipts. [`near`] finds
//! the earlier statements that carry the same words. Searching is `hakiki-search`'s.
//!
//! It judges nothing: no source is rated, no text is shortened, dates that a feed does not state stay missing.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod configuration;
mod desk;
mod error;
mod feed;
mod lock;
pub mod near;
mod plain;
mod polite;
mod rules;
mod send;
mod state;

pub use configuration::{Configuration, FeedSettings};
pub use desk::{Desk, Drafted, Outcome, Round, Signer};
pub use error::PressError;
pub use feed::{Item, LeftOut, ReadFeed, read as read_feed};
pub use plain::{plain, tidy};
pub use polite::{FEED_MAX_BYTES, Problem};
pub use rules::Rule;
pub use send::{Refused, Sent, Stopped};
pub use state::Counts;
