//! What pages need of whoever holds the log: a node or a mirror, and nothing else of them.

use crate::checker::checker_hash;
use crate::document::Document;
use crate::pages::Pages;
use axum::http::StatusCode;
use hakiki_core::table::Tables;
use hakiki_note::Hash;
use hakiki_portal::{Boundaries, HeadState, Source};
use std::sync::Arc;

/// Sizes of heads by their state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sizes {
    /// The newest signed head's.
    pub signed: u64,
    /// The newest that the quorum of witnesses cosigned.
    pub cosigned: Option<u64>,
    /// The newest that mirrors of two classes hold.
    pub held: Option<u64>,
}

/// Who holds the log.
pub trait Holder: Send + Sync + 'static {
    /// The pages that are made from it.
    fn pages(&self) -> &Pages;

    /// The newest head and who stands behind it; none before there is one.
    fn newest(&self) -> Option<HeadState>;

    /// Sizes of the newest heads. Cheap.
    fn sizes(&self) -> Sizes;

    /// The record at a place under the newest head; what went wrong is for the operator. Reads a file.
    fn entry(&self, place: u64) -> Result<Option<Vec<u8>>, String>;

    /// Whether a blob is here and may be served; what went wrong is for the operator.
    fn has_blob(&self, hash: &Hash) -> Result<bool, String>;

    /// A table or another blob, from what is stored here.
    fn table(&self, hash: &Hash) -> Option<Vec<u8>>;

    /// The outlines of areas, where the operator supplied them.
    fn boundaries(&self) -> Option<&Boundaries>;

    /// Where the pages are served, without a final slash, where the operator says it.
    fn url(&self) -> Option<&str> {
        None
    }

    /// The address of a log of claims about this election, without a final slash, where the operator names one.
    fn said_url(&self) -> Option<&str> {
        None
    }

    /// What stands at a path and goes with the newest heads, from memory: `/checkpoint`, `/cosigned`, `/held`.
    fn live(&self, path: &str) -> Option<Arc<Document>>;

    /// Counts an answer.
    fn count(&self, path: &str, status: StatusCode);
}

/// A holder as the tables of its fold.
pub(crate) struct StoredTables<'a, H>(pub &'a H);

impl<H: Holder> Tables for StoredTables<'_, H> {
    fn table(&self, hash: &Hash) -> Option<Vec<u8>> {
        self.0.table(hash)
    }
}

/// A holder as the source of the portal. Takes no lock on the ledger, which the page holds.
pub(crate) struct Stored<'a, H>(pub &'a H);

impl<H: Holder> Source for Stored<'_, H> {
    fn entry(&self, place: u64) -> Option<Vec<u8>> {
        self.0.entry(place).unwrap_or_else(|error| {
            tracing::error!(place, %error, "a record cannot be read");
            None
        })
    }

    fn has_blob(&self, hash: &Hash) -> bool {
        self.0.has_blob(hash).unwrap_or_else(|error| {
            tracing::error!(%hash, %error, "a blob cannot be looked for");
            false
        })
    }

    fn blob(&self, hash: &Hash) -> Option<Vec<u8>> {
        self.has_blob(hash).then(|| self.0.table(hash)).flatten()
    }

    fn own_url(&self) -> Option<&str> {
        self.0.url()
    }

    fn said_url(&self) -> Option<&str> {
        self.0.said_url()
    }

    fn has_search(&self) -> bool {
        self.0.pages().searching().is_some()
    }

    fn boundaries(&self) -> Option<&Boundaries> {
        self.0.boundaries()
    }

    fn checker(&self) -> Option<Hash> {
        Some(checker_hash())
    }
}
