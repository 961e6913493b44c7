//! What is computed once a head for readers: the pages' snapshot, the feed's event. In the background, at most twice a
//! second, never for a request.
//!
//! It rests longer than it works, however large the country is: submissions come first. When only the cosignatures of a head
//! change, nothing of the ledger is computed again.

use crate::pages;
use crate::published::Published;
use crate::shared::Shared;
use crate::witnessing::Witnessed;
use hakiki_core::Ledger;
use hakiki_core::view::{ContestView, Selection};
use hakiki_portal::Snapshot;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Least time between two computations.
const INTERVAL: Duration = Duration::from_millis(500);
/// It rests so many times as long as it computed.
const REST_FACTOR: u32 = 4;

/// What readers see of a head.
pub(crate) struct Presented {
    /// For pages.
    pub snapshot: Snapshot,
    /// Data of the feed's event: one line of JSON.
    pub feed: String,
    /// Entries under the head.
    pub size: u64,
    contests: Arc<Value>,
}

impl Presented {
    /// Computes what readers see.
    pub fn new(ledger: &Ledger, published: &Published, witnessed: &Witnessed) -> Self {
        let head = published.head;
        let state = pages::head_state(ledger, head, published.unix_seconds, witnessed);
        let snapshot = Snapshot::new(ledger, state);
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
        let contests = Arc::new(contests.collect());
        let feed = feed(published, &snapshot, witnessed, &contests);
        Self { snapshot, feed, size: head.size, contests }
    }

    /// The same head with the cosignatures that came since; none if there are none.
    fn restand(&self, ledger: &Ledger, published: &Published, witnessed: &Witnessed) -> Option<Self> {
        let state = pages::head_state(ledger, published.head, published.unix_seconds, witnessed);
        let snapshot = self.snapshot.with_head(state);
        let feed = feed(published, &snapshot, witnessed, &self.contests);
        let is_news = feed != self.feed || snapshot.head() != self.snapshot.head();
        is_news.then(|| Self { snapshot, feed, size: self.size, contests: self.contests.clone() })
    }
}

fn feed(published: &Published, snapshot: &Snapshot, witnessed: &Witnessed, contests: &Arc<Value>) -> String {
    let head = published.head;
    let size = |found: &Option<Arc<_>>| {
        found.as_ref().map(|found: &Arc<crate::witnessing::StandingHead>| found.published.head.size)
    };
    let event = json!({
        "size": head.size,
        "root": head.root.to_string(),
        "state": snapshot.head().state(),
        "cosigned": size(&witnessed.cosigned),
        "held": size(&witnessed.held),
        "contests": **contests,
    });
    event.to_string()
}

/// Follows the published head and its cosignatures until the sequencer ends; dropping `present` then ends every feed.
pub(crate) async fn follow(
    shared: Arc<Shared>,
    mut published: watch::Receiver<Arc<Published>>,
    present: watch::Sender<Arc<Presented>>,
) {
    let mut witnessed = shared.witnessed.clone();
    // A notice may have been appended since the first computation.
    published.mark_changed();
    loop {
        tokio::select! {
            changed = published.changed() => {
                if changed.is_err() {
                    return;
                }
            }
            Ok(()) = witnessed.changed() => {}
        }
        let began = Instant::now();
        let (head, states) = (published.borrow_and_update().clone(), witnessed.borrow_and_update().clone());
        let (of, last) = (shared.clone(), present.borrow().clone());
        let compute = move || {
            let ledger = of.shown.ledger_at(head.head.size);
            if last.size == head.head.size {
                last.restand(&ledger, &head, &states)
            } else {
                Some(Presented::new(&ledger, &head, &states))
            }
        };
        match tokio::task::spawn_blocking(compute).await {
            Ok(Some(presented)) => {
                present.send_replace(Arc::new(presented));
            }
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "the pages of a head could not be computed"),
        }
        let took = began.elapsed();
        tokio::time::sleep((INTERVAL.saturating_sub(took)).max(took * REST_FACTOR)).await;
    }
}
