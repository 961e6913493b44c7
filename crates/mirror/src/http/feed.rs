//! `GET /feed`: server-sent events, one for each head that was presented.

use super::answer;
use crate::presented::Presented;
use crate::shared::Shared;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::Response;
use axum::response::sse::{Event, KeepAlive, Sse};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::WatchStream;

/// A comment so often keeps the connection open through proxies.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// The handler. A slow reader misses heads in between and never the newest.
pub(super) async fn feed(State(shared): State<Arc<Shared>>) -> Response {
    let Ok(permit) = shared.permits.feeds.clone().try_acquire_owned() else {
        return answer::later("too many feeds; ask for pages instead", 60);
    };
    let heads = WatchStream::new(shared.presented.subscribe());
    let events = heads.filter_map(move |presented: Option<Arc<Presented>>| {
        // The place is given back when the stream, and this closure with it, is dropped.
        let _ = &permit;
        let presented = presented?;
        let size = presented.size.to_string();
        Some(Ok::<_, Infallible>(Event::default().event("head").id(size).data(&presented.feed)))
    });
    answer::open(Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response())
}
