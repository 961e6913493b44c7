//! What is computed once a head for readers: the pages' snapshot, the feed's event. In the background, at most twice a
//! second, never for a request.
//!
//! It rests longer than it works, however large the country is: submissions come first.

use crate::pages;
use crate::published::Published;
use crate::shared::Shared;
use hakiki_core::Ledger;
use hakiki_core::view::{ContestView, Selection};
use hakiki_portal::Snapshot;
use serde_json::json;
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
}

impl Presented {
    /// Computes what readers see.
    pub fn new(ledger: &Ledger, published: &Published) -> Self {
        let head = published.head;
        let snapshot = pages::snapshot(ledger, head, published.unix_seconds);
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
        Self { snapshot, feed, size: head.size }
    }
}

/// Follows the published head until the sequencer ends; dropping `present` then ends every feed.
pub(crate) async fn follow(
    shared: Arc<Shared>,
    mut published: watch::Receiver<Arc<Published>>,
    present: watch::Sender<Arc<Presented>>,
) {
    while published.changed().await.is_ok() {
        let began = Instant::now();
        let head = published.borrow_and_update().clone();
        let of = shared.clone();
        let computed =
            tokio::task::spawn_blocking(move || Presented::new(&of.shown.ledger_at(head.head.size), &head))
                .await;
        match computed {
            Ok(presented) => {
                present.send_replace(Arc::new(presented));
            }
            Err(error) => tracing::error!(%error, "the pages of a head could not be computed"),
        }
        let took = began.elapsed();
        tokio::time::sleep((INTERVAL.saturating_sub(took)).max(took * REST_FACTOR)).await;
    }
}
