//! The door to `hakiki-portal`: what it needs of the node, and nothing else of it.

use crate::shared::Shared;
use hakiki_core::Ledger;
use hakiki_note::Hash;
use hakiki_portal::{HeadState, Page, Site, Snapshot, Source, respond};
use hakiki_tlog::Head;

/// The pages' state at a head. `unix_seconds` is when the node signed it.
pub(crate) fn snapshot(ledger: &Ledger, head: Head, unix_seconds: u64) -> Snapshot {
    let head = HeadState {
        size: head.size,
        root: head.root,
        unix_seconds: i64::try_from(unix_seconds).ok(),
        // This node asks no witness and no mirror yet: a head is what the log alone signed.
        cosigned_by: Vec::new(),
        quorum: ledger.election().witness_quorum,
        held_by: Vec::new(),
    };
    Snapshot::new(ledger, head)
}

/// The page of an address, under the newest snapshot. Computes; may read one bundle.
pub(crate) fn page(shared: &Shared, path: &str, query: &[(String, String)]) -> Page {
    let presented = shared.presented.borrow().clone();
    let ledger = shared.shown.ledger();
    respond(&Site { ledger: &ledger, snapshot: &presented.snapshot, source: &Stored(shared) }, path, query)
}

/// Records and blobs for pages. Takes no lock on the ledger, which the page holds.
struct Stored<'a>(&'a Shared);

impl Source for Stored<'_> {
    fn entry(&self, place: u64) -> Option<Vec<u8>> {
        self.0.entry(place).unwrap_or_else(|error| {
            tracing::error!(place, %error, "a record cannot be read");
            None
        })
    }

    fn has_blob(&self, hash: &Hash) -> bool {
        self.0.blobs.has_blob(*hash).unwrap_or_else(|error| {
            tracing::error!(%hash, %error, "a blob cannot be looked for");
            false
        })
    }
}
