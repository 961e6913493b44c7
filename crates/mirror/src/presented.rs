//! What is computed once a head for readers: the pages' snapshot, the feed's event, and behind a quiet moment the results as
//! a file and the copy in another directory.
//!
//! On a thread of its own, which rests longer than it works: following comes first.

use crate::alarm::AlarmKind;
use crate::export::export;
use crate::published::Published;
use crate::shared::Shared;
use hakiki_core::Ledger;
use hakiki_core::view::{ContestView, Selection};
use hakiki_node::publish_results;
use hakiki_portal::{HeadState, Snapshot};
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Least time between two computations.
const INTERVAL: Duration = Duration::from_millis(250);
/// It rests so many times as long as it computed.
const REST_FACTOR: u32 = 2;
/// Without a new head for so long, results and the other directory are written.
const QUIET: Duration = Duration::from_secs(1);

/// What readers see of a head.
pub(crate) struct Presented {
    /// For pages.
    pub snapshot: Snapshot,
    /// Data of the feed's event: one line of JSON.
    pub feed: String,
    /// Entries under the head.
    pub size: u64,
}

impl Presented {
    fn new(ledger: &Ledger, published: &Published) -> Self {
        let head = published.checkpoint.head();
        let standing = ledger.witness_policies().standing(&published.checkpoint);
        let names = |all: &[hakiki_core::witness_policy::Cosigned]| {
            all.iter().map(|one| one.name.to_string()).collect::<Vec<_>>()
        };
        let state = HeadState {
            size: head.size,
            root: head.root,
            unix_seconds: i64::try_from(published.unix_s).ok(),
            cosigned_by: names(&standing.witnesses),
            quorum: standing.quorum,
            held_by: if standing.is_held() { names(&standing.mirrors) } else { Vec::new() },
        };
        let contests = (0u16..).zip(&ledger.election().contests).map(|(index, contest)| {
            let total = ContestView::new(ledger, index, head.size, Selection::All).total(ledger);
            json!({
                "contest": contest.code,
                "expected": total.expected,
                "received": total.received(),
                "missing": total.missing,
                "standing": total.standing,
                "contested": total.contested,
                "disregarded": total.disregarded,
            })
        });
        let contests: Vec<_> = contests.collect();
        let feed =
            json!({"size": head.size, "root": head.root.to_string(), "contests": contests}).to_string();
        Self { snapshot: Snapshot::new(ledger, state), feed, size: head.size }
    }
}

/// Presents every head, until the mirror stops; then what is left for file servers is written.
pub(crate) fn follow(shared: &Arc<Shared>) {
    let mut shown: Option<Arc<Published>> = None;
    let mut changed = Instant::now();
    let mut is_filed = true;
    loop {
        let is_last = shared.is_stopping();
        let began = Instant::now();
        let is_new = shared.head().filter(|head| shown.as_ref().is_none_or(|shown| shown.text != head.text));
        if let Some(head) = is_new.filter(|head| present(shared, head)) {
            (shown, changed, is_filed) = (Some(head), Instant::now(), false);
        }
        if !is_filed && (is_last || changed.elapsed() >= QUIET) {
            is_filed = true;
            file(shared);
        }
        if is_last {
            return;
        }
        let took = began.elapsed();
        shared.wait_for_stop(INTERVAL.max(took * REST_FACTOR));
    }
}

/// Computes what readers see of a head; false if it is not folded yet.
fn present(shared: &Shared, head: &Published) -> bool {
    let ledger = shared.shown.newest(&shared.stored_tables());
    if ledger.size() < head.size() {
        return false;
    }
    let presented = Presented::new(&ledger, head);
    shared.presented.send_replace(Some(Arc::new(presented)));
    true
}

/// Writes the results of the newest head, and the other directory.
fn file(shared: &Shared) {
    let Some(head) = shared.head() else { return };
    let ledger = shared.shown.ledger();
    if ledger.size() == head.size()
        && let Err(error) = publish_results(&shared.settings.dir, &ledger)
    {
        shared.alarms.raise(AlarmKind::Own, "results", error.to_string());
    }
    drop(ledger);
    let Some(out) = &shared.settings.out else { return };
    let about = out.display().to_string();
    match export(&shared.settings.dir.join("log"), out, &head) {
        Ok(()) => shared.alarms.lower(AlarmKind::Own, &about),
        Err(error) => shared.alarms.raise(AlarmKind::Own, about, format!("it could not be written: {error}")),
    }
}
