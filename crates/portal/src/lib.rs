//! The public pages: functions from a view of the ledger to HTML, in English and Swahili.
//!
//! [`respond`] is the whole site: a total function from an address to a page. [`Snapshot`] holds what is computed once a
//! head, so that a page is cheap. Words come from `hakiki-messages`, none stand here.
//!
//! Pure: no clock, disk, network or randomness. It does not know HTTP beyond a status and a content type, who reads, or
//! any signing key. Pages need no script for reading; they hold no inline script and no inline style.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod about;
mod address;
mod area;
mod asset;
mod candidates;
mod changes;
mod children;
mod declared;
mod failure;
mod finding;
mod findings_page;
mod frame;
mod log;
mod outlook;
mod pager;
mod paper;
mod places;
mod reading;
mod record_page;
mod route;
mod search;
mod share;
mod snapshot;
mod spread;
mod station;
mod versions;

pub use route::respond;
pub use snapshot::{HeadState, Snapshot};

use hakiki_core::Ledger;
use hakiki_note::Hash;

/// Where the pages find the bytes that the ledger does not keep.
pub trait Source {
    /// The record at a place, as it stands in the log.
    fn entry(&self, place: u64) -> Option<Vec<u8>>;

    /// Whether a blob is here and may be served.
    fn has_blob(&self, hash: &Hash) -> bool;
}

/// What the pages are made from. `snapshot` was made from `ledger`, at a head that the ledger holds.
#[derive(Clone, Copy)]
pub struct Site<'a> {
    /// The fold of the log.
    pub ledger: &'a Ledger,
    /// What was computed at the head.
    pub snapshot: &'a Snapshot,
    /// Records and blobs.
    pub source: &'a dyn Source,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// HTTP status.
    pub status: u16,
    /// MIME type with its character set.
    pub content_type: &'static str,
    /// The bytes.
    pub body: Vec<u8>,
    /// Whether the bytes at this address never change.
    pub immutable: bool,
}
