//! The door to `hakiki-site`: what pages need of the mirror, and nothing else of it. And what is written for file servers.
//!
//! Nothing is computed for a head that nobody looks at. Behind a quiet moment, the results of the newest head are written as a
//! file, and the copy in another directory.

use crate::alarm::AlarmKind;
use crate::error::MirrorError;
use crate::export::export;
use crate::published::{Published, State};
use crate::shared::{Shared, read};
use axum::http::StatusCode;
use hakiki_core::table::Tables as _;
use hakiki_node::publish_results;
use hakiki_note::Hash;
use hakiki_portal::{Boundaries, HeadState};
use hakiki_site::{Document, Holder, Pages, Sizes};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// How often it is looked whether something is to be written.
const INTERVAL: Duration = Duration::from_millis(250);
/// Without a new head for so long, results and the other directory are written.
const QUIET: Duration = Duration::from_secs(1);

impl Holder for Shared {
    fn pages(&self) -> &Pages {
        &self.pages
    }

    fn newest(&self) -> Option<HeadState> {
        let published = self.head()?;
        let ledger = read(&self.ledger);
        let standing = ledger.witness_policies().standing(&published.checkpoint);
        let quorum = standing.quorum;
        Some(HeadState::new(published.checkpoint.head(), published.unix_s, quorum, Some(&standing)))
    }

    fn sizes(&self) -> Sizes {
        let size = |state| self.head_of(state).map(|head| head.size());
        Sizes {
            signed: size(State::Signed).unwrap_or(0),
            cosigned: size(State::Cosigned),
            held: size(State::Held),
        }
    }

    fn entry(&self, place: u64) -> Result<Option<Vec<u8>>, String> {
        Self::entry(self, place).map_err(|error| error.to_string())
    }

    fn has_blob(&self, hash: &Hash) -> Result<bool, String> {
        if read(&self.ledger).withheld_by(hash).is_some() {
            return Ok(false);
        }
        self.fetcher.blobs.has_blob(*hash).map_err(|error| error.to_string())
    }

    fn table(&self, hash: &Hash) -> Option<Vec<u8>> {
        self.stored_tables().table(hash)
    }

    fn boundaries(&self) -> Option<&Boundaries> {
        self.boundaries.as_ref()
    }

    fn url(&self) -> Option<&str> {
        self.settings.url.as_deref()
    }

    fn said_url(&self) -> Option<&str> {
        self.settings.said_url.as_deref()
    }

    fn live(&self, path: &str) -> Option<Arc<Document>> {
        let state = match path {
            "/checkpoint" => State::Signed,
            "/cosigned" => State::Cosigned,
            "/held" => State::Held,
            _ => return None,
        };
        self.head_of(state).map(|head| head.document.clone())
    }

    fn count(&self, _: &str, _: StatusCode) {
        self.counters.requests.fetch_add(1, Ordering::Relaxed);
    }
}

/// Reads the outlines of areas that the operator supplies.
pub(crate) fn read_boundaries(path: &Path, property: &str) -> Result<Boundaries, MirrorError> {
    let wrong = |found: String| MirrorError::Boundaries { path: path.to_owned(), found };
    let bytes = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
    Boundaries::parse(&bytes, property).map_err(|error| wrong(error.to_string()))
}

/// Writes what is for file servers whenever it is quiet, until the mirror stops.
pub(crate) fn follow(shared: &Arc<Shared>) {
    let mut seen: Option<Arc<Published>> = None;
    let mut changed = Instant::now();
    let mut is_filed = true;
    loop {
        let is_last = shared.is_stopping();
        let head = shared.head();
        if let Some(head) = head.filter(|head| seen.as_ref().is_none_or(|seen| seen.text != head.text)) {
            (seen, changed, is_filed) = (Some(head), Instant::now(), false);
        }
        if !is_filed && (is_last || changed.elapsed() >= QUIET) {
            is_filed = file(shared) || is_last;
        }
        if is_last {
            return;
        }
        shared.wait_for_stop(INTERVAL);
    }
}

/// Writes the results of the newest head, and the other directory; false if the head is not folded yet.
fn file(shared: &Shared) -> bool {
    let Some(head) = shared.head() else { return true };
    let is_folded = {
        let ledger = shared.shown.ledger_at(head.size(), &shared.stored_tables());
        if ledger.size() == head.size()
            && let Err(error) = publish_results(&shared.settings.dir, &ledger)
        {
            shared.alarms.raise(AlarmKind::Own, "results", error.to_string());
        }
        ledger.size() >= head.size()
    };
    let Some(out) = &shared.settings.out else { return is_folded };
    let about = out.display().to_string();
    match export(&shared.settings.dir.join("log"), out, &head) {
        Ok(()) => shared.alarms.lower(AlarmKind::Own, &about),
        Err(error) => shared.alarms.raise(AlarmKind::Own, about, format!("it could not be written: {error}")),
    }
    is_folded
}
