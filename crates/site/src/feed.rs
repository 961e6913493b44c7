//! Live: server-sent events, one for each head that is shown, to everybody who follows.
//!
//! An event is written once and shared by all connections; a slow reader misses heads in between and never the newest. Without
//! a reader nothing is computed.

use crate::holder::{Holder, Sizes};
use crate::pages::{Made, Pages};
use axum::body::Body;
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use bytes::Bytes;
use hakiki_core::Ledger;
use hakiki_core::view::{ContestView, Selection};
use serde_json::{Value, json};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, Semaphore, watch};
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::WatchStream;

/// Least time between two events.
const INTERVAL: Duration = Duration::from_secs(1);
/// A comment so often keeps connections open through proxies.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// The comment.
const PING: Bytes = Bytes::from_static(b":\n\n");

/// Who follows live.
#[derive(Debug)]
pub struct Feed {
    told: watch::Sender<Told>,
    places: Arc<Semaphore>,
    stirred: Notify,
}

/// What was told last.
#[derive(Debug, Clone, Default)]
struct Told {
    event: Bytes,
    events: u64,
    pings: u64,
    is_closed: bool,
}

impl Feed {
    pub(crate) fn new(places: u64) -> Self {
        let places = usize::try_from(places).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        Self {
            told: watch::Sender::new(Told::default()),
            places: Arc::new(Semaphore::new(places)),
            stirred: Notify::new(),
        }
    }

    /// Ends every connection, and lets nobody in any more.
    pub fn close(&self) {
        self.places.close();
        self.told.send_modify(|told| told.is_closed = true);
        self.stir();
    }

    pub(crate) fn stir(&self) {
        self.stirred.notify_one();
    }

    /// Connections that follow.
    pub fn readers(&self) -> u64 {
        self.told.receiver_count() as u64
    }

    /// A new connection; none where there is no place.
    pub(crate) fn answer(&self) -> Option<Response> {
        let place = self.places.clone().try_acquire_owned().ok()?;
        let (mut events, mut pings) = (0, 0);
        let told = WatchStream::new(self.told.subscribe()).take_while(|told| !told.is_closed);
        let sent = told.filter_map(move |told| {
            // The place is given back when the stream, and this closure with it, is dropped.
            let _ = &place;
            let is_event = std::mem::replace(&mut events, told.events) != told.events;
            let is_ping = std::mem::replace(&mut pings, told.pings) != told.pings;
            let bytes = if is_event { Some(told.event) } else { is_ping.then_some(PING) };
            bytes.map(Ok::<_, Infallible>)
        });
        self.stir();
        let mut response = Response::new(Body::from_stream(sent));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        // A proxy of nginx's would hold events back.
        headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
        Some(response)
    }

    fn ping(&self) {
        if self.readers() > 0 {
            self.told.send_modify(|told| told.pings += 1);
        }
    }

    fn tell(&self, size: u64, data: &str) {
        let event = Bytes::from(format!("event: head\nid: {size}\ndata: {data}\n\n"));
        self.told.send_if_modified(|told| {
            let is_news = told.event != event;
            if is_news {
                told.event = event;
                told.events += 1;
            }
            is_news
        });
    }
}

/// What was computed for the last event.
#[derive(Default)]
struct Last {
    moved: u64,
    size: u64,
    contests: Arc<Value>,
}

/// Follows the heads of a holder and tells them, until it is dropped or the feed is closed. Looks after the second fold.
pub async fn follow<H: Holder>(holder: Arc<H>) {
    let mut ticks = interval_at(Instant::now() + KEEP_ALIVE, KEEP_ALIVE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut last = Last::default();
    loop {
        let feed = &holder.pages().feed;
        tokio::select! {
            () = feed.stirred.notified() => {}
            _ = ticks.tick() => feed.ping(),
        }
        if feed.places.is_closed() {
            return;
        }
        let is_read = feed.readers() > 0 && last.moved != holder.pages().moved();
        if !is_read && !holder.pages().shown.is_behind() {
            continue;
        }
        let (worker, before) = (holder.clone(), last);
        let work = move || {
            let pages = worker.pages();
            pages.catch_up(&*worker);
            if is_read { tell(pages, &*worker, before) } else { before }
        };
        last = tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
            tracing::error!(%error, "a head could not be told");
            Last::default()
        });
        if is_read {
            tokio::time::sleep(INTERVAL).await;
            if last.moved != holder.pages().moved() {
                // The head moved while the last one was told.
                holder.pages().feed.stir();
            }
        }
    }
}

fn tell(pages: &Pages, holder: &impl Holder, last: Last) -> Last {
    let Some(made) = pages.current(holder) else { return last };
    let size = made.snapshot.head().size;
    let contests = if last.size == size && last.moved > 0 {
        last.contests
    } else {
        Arc::new(contests(&pages.shown.ledger(), size))
    };
    let data = event(&made, holder.sizes(), &contests);
    pages.feed.tell(size, &data);
    Last { moved: made.moved, size, contests }
}

fn contests(ledger: &Ledger, size: u64) -> Value {
    let of = |(index, contest): (u16, &hakiki_core::kinds::Contest)| {
        let total = ContestView::new(ledger, index, size, Selection::All).total(ledger);
        json!({
            "contest": contest.code,
            "expected": total.expected,
            "received": total.received(),
            "missing": total.missing,
            "standing": total.standing,
            "contested": total.contested,
            "disregarded": total.disregarded,
        })
    };
    (0u16..).zip(&ledger.election().contests).map(of).collect()
}

/// One line of JSON.
fn event(made: &Made, sizes: Sizes, contests: &Value) -> String {
    let head = made.snapshot.head();
    json!({
        "size": head.size,
        "root": head.root.to_string(),
        "state": head.state(),
        "cosigned": sizes.cosigned,
        "held": sizes.held,
        "contests": contests,
    })
    .to_string()
}
