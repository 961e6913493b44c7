//! The door to `hakiki-portal`: what it needs of the node, and nothing else of it.

use crate::shared::Shared;
use crate::witnessing::Witnessed;
use hakiki_core::Ledger;
use hakiki_note::Hash;
use hakiki_portal::{HeadState, Page, Site, Source, respond};
use hakiki_tlog::Head;

/// A head and who stands behind it, for pages. `unix_seconds` is when the node signed it.
pub(crate) fn head_state(ledger: &Ledger, head: Head, unix_seconds: u64, witnessed: &Witnessed) -> HeadState {
    let standing = witnessed.standing_of(&head).map(|found| &found.standing);
    HeadState::new(head, unix_seconds, ledger.witness_policy().quorum, standing)
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
