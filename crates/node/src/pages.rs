//! The door to `hakiki-site`: what pages need of the node, and nothing else of it.

use crate::error::NodeError;
use crate::shared::{Shared, read};
use crate::tables::StoredTables;
use axum::http::StatusCode;
use hakiki_core::table::Tables as _;
use hakiki_note::Hash;
use hakiki_portal::{Boundaries, HeadState};
use hakiki_site::{Document, Holder, Pages, Sizes};
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

impl Holder for Shared {
    fn pages(&self) -> &Pages {
        &self.pages
    }

    fn newest(&self) -> Option<HeadState> {
        let (head, witnessed) = (self.head(), self.witnessed());
        let standing = witnessed.standing_of(&head.head).map(|found| &found.standing);
        let quorum = read(&self.ledger).witness_policy().quorum;
        Some(HeadState::new(head.head, head.unix_seconds, quorum, standing))
    }

    fn sizes(&self) -> Sizes {
        let witnessed = self.witnessed.borrow();
        Sizes {
            signed: self.published.borrow().head.size,
            cosigned: witnessed.cosigned.as_ref().map(|found| found.published.head.size),
            held: witnessed.held.as_ref().map(|found| found.published.head.size),
        }
    }

    fn entry(&self, place: u64) -> Result<Option<Vec<u8>>, String> {
        Self::entry(self, place).map_err(|error| error.to_string())
    }

    fn has_blob(&self, hash: &Hash) -> Result<bool, String> {
        if read(&self.ledger).withheld_by(hash).is_some() {
            return Ok(false);
        }
        self.blobs.has_blob(*hash).map_err(|error| error.to_string())
    }

    fn table(&self, hash: &Hash) -> Option<Vec<u8>> {
        StoredTables(self.blobs.clone()).table(hash)
    }

    fn boundaries(&self) -> Option<&Boundaries> {
        self.boundaries.as_ref()
    }

    fn url(&self) -> Option<&str> {
        Some(&*self.configuration.url).filter(|url| !url.is_empty())
    }

    fn said_url(&self) -> Option<&str> {
        Some(&*self.configuration.said_url).filter(|url| !url.is_empty())
    }

    fn live(&self, path: &str) -> Option<Arc<Document>> {
        match path {
            "/checkpoint" => Some(self.published.borrow().document.clone()),
            "/cosigned" => {
                self.witnessed.borrow().cosigned.as_ref().map(|found| found.published.document.clone())
            }
            "/held" => self.witnessed.borrow().held.as_ref().map(|found| found.published.document.clone()),
            _ => None,
        }
    }

    fn count(&self, path: &str, status: StatusCode) {
        self.metrics.count_request(path, status.as_u16());
    }
}

/// Reads the outlines of areas that the operator supplies.
pub(crate) fn read_boundaries(path: &Path, property: &str) -> Result<Boundaries, NodeError> {
    let wrong = |found: String| NodeError::Boundaries { path: path.to_owned(), found };
    let bytes = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
    Boundaries::parse(&bytes, property).map_err(|error| wrong(error.to_string()))
}

/// Tells the pages that the newest head or its cosignatures have changed, until the sequencer ends.
pub(crate) async fn follow(shared: Arc<Shared>) {
    let (mut published, mut witnessed) = (shared.published.clone(), shared.witnessed.clone());
    loop {
        tokio::select! {
            changed = published.changed() => {
                if changed.is_err() {
                    return;
                }
            }
            Ok(()) = witnessed.changed() => {}
        }
        shared.pages.move_on();
    }
}

/// Starts the thread that keeps the index of statements. Without it everything else is served.
pub(crate) fn start_search(shared: &Arc<Shared>) -> Option<JoinHandle<()>> {
    let worker = shared.clone();
    let thread = std::thread::Builder::new().name("search".to_owned());
    let started = thread.spawn(move || hakiki_site::keep_search(&*worker));
    started.inspect_err(|error| tracing::error!(%error, "statements cannot be searched")).ok()
}

/// Ends it.
pub(crate) async fn stop_search(shared: &Shared, search: Option<JoinHandle<()>>) {
    if let Some(searching) = shared.pages.searching() {
        searching.stop();
    }
    if let Some(search) = search {
        let _ = tokio::task::spawn_blocking(move || search.join()).await;
    }
}
