//! Table blobs for admissions, read from the store.

use hakiki_core::table::Tables;
use hakiki_note::Hash;
use hakiki_store::{Blobs, Disk};

/// The store's blobs as tables. A blob that cannot be read is said in the log and counts as not here.
pub(crate) struct StoredTables<D>(pub Blobs<D>);

impl<D: Disk> Tables for StoredTables<D> {
    fn table(&self, hash: &Hash) -> Option<Vec<u8>> {
        match self.0.read_blob(*hash) {
            Ok(found) => found,
            Err(error) => {
                tracing::error!(%hash, %error, "a table blob cannot be read");
                None
            }
        }
    }
}
