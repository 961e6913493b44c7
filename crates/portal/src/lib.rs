//! The public pages: functions from a view of the ledger to HTML, in English and Swahili.
//!
//! [`respond`] is the whole site: a total function from an address to a page. [`every_page`] names the addresses of all pages
//! and files at a head. [`Snapshot`] holds what is computed once a head, so that a page is cheap. Words come from
//! `hakiki-messages`, none stand here.
//!
//! # For who serves or copies it
//! - Every page's address ends with `/`; in a copy it is `index.html` in a folder of that name (segments percent-decoded). Any
//!   other address is a file.
//! - All links are relative and, but for those to that search, hold no query, so a copy works below any prefix. Besides pages they lead to what the log's
//!   server has at the root: `receipt/{id}`, `blob/{hash}`, `results/{size}`, `checkpoint`, `checker.html`. Scripts ask for `feed` there, that of `sign/` for
//!   `pending`, which only the node has.
//! - The query `q` of `search/` is the only one that [`respond`] reads. Statements are searched by whoever serves the pages, who hands
//!   [`statement_search_page`] what was found; links there have a query, and no copy in plain files has them.
//! - A page with status 308 has a [`Page::location`], relative to the address asked for.
//! - Pages below `/{lang}/embed/` are made to be framed by any site; no other page is.
//!
//! [`audit_sheets`] are sheets of paper for an audit, made of a ledger alone: pages show them, a command writes them as files.
//!
//! [`forensics`] is apart: the report of `hakiki forensics`, one page of a table or log, which no server serves.
//!
//! Pure: no clock, disk, network or randomness. It does not know HTTP beyond a status and a content type, who reads, or
//! any signing key. Pages need no script for reading; they hold no inline script and no inline style. A block of data for search engines
//! (`application/ld+json`) on pages of claims and statements is none: no browser runs it, so a policy against inline scripts holds.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod about;
mod address;
mod air;
mod answers;
mod area;
mod arrivals;
mod asset;
pub mod audit_sheets;
mod audits;
mod boundaries;
mod call;
mod candidates;
mod changes;
mod children;
pub mod comparison;
mod conduct_index;
mod corrections;
mod custody;
mod data_page;
mod declarations;
mod declared;
mod document;
mod doubts;
mod embed;
mod events;
mod every;
mod export;
mod failure;
mod files;
mod finding;
mod findings_page;
mod fold;
pub mod forensics;
mod frame;
mod log;
mod machine;
mod map;
mod outlook;
mod pager;
mod paper;
mod photographs;
mod place_index;
mod places;
pub mod qr;
mod reading;
mod record_lines;
mod record_page;
mod route;
mod said;
mod said_feeds;
mod said_index;
mod said_lists;
mod said_pieces;
mod said_schema;
mod said_search;
mod said_search_data;
mod said_search_form;
mod said_statements;
mod said_status;
mod search;
mod search_files;
mod servers;
mod servers_frame;
mod sessions;
mod share;
mod sheet;
mod sign_page;
mod slip;
mod snapshot;
mod software;
mod spread;
mod station;
mod station_files;
mod table;
mod timeline;
mod versions;

pub use address::percent_decoded;
pub use audits::stated as audit_stated;
pub use boundaries::{Boundaries, BoundariesError};
pub use every::every_page;
pub use route::respond;
pub use said_search::{
    FoundStatement, QueryFault, SnippetPiece, StatementQuery, StatementSearch, Unavailable,
    statement_search_page,
};
pub use said_search_data::statement_search_json;
pub use search_files::search_index;
pub use snapshot::{HeadState, Snapshot};

use hakiki_core::Ledger;
use hakiki_note::Hash;

/// Where the pages find the bytes that the ledger does not keep.
pub trait Source {
    /// The record at a place, as it stands in the log.
    fn entry(&self, place: u64) -> Option<Vec<u8>>;

    /// Whether a blob is here and may be served.
    fn has_blob(&self, hash: &Hash) -> bool;

    /// A blob's bytes, where it is here and may be served.
    fn blob(&self, _: &Hash) -> Option<Vec<u8>> {
        None
    }

    /// Where the site itself is served, without a final slash, where the operator says it: feeds then have whole links.
    fn own_url(&self) -> Option<&str> {
        None
    }

    /// The address of a log of claims about this election, without a final slash, where the operator names one.
    fn said_url(&self) -> Option<&str> {
        None
    }

    /// Whether whoever serves the pages searches statements: `{lang}/statements/search/`. A copy in plain files does not.
    fn has_search(&self) -> bool {
        false
    }

    /// The outlines of areas, where the operator supplied them.
    fn boundaries(&self) -> Option<&Boundaries> {
        None
    }

    /// SHA-256 of `checker.html`, where it is served beside the pages: to be compared with what is printed on paper.
    fn checker(&self) -> Option<Hash> {
        None
    }
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
    /// Where the page is instead, relative to the address that was asked for; only with status 308.
    pub location: Option<String>,
}

impl Page {
    /// A file, as it is at this head.
    pub(crate) fn file(content_type: &'static str, body: Vec<u8>) -> Self {
        Self { status: 200, content_type, body, immutable: false, location: None }
    }

    /// A JSON file.
    pub(crate) fn json(value: &serde_json::Value) -> Self {
        let mut body = value.to_string().into_bytes();
        body.push(b'\n');
        Self::file("application/json; charset=utf-8", body)
    }
}
