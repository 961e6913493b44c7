//! The accept loop: how many connections, how long they may take to say what they want.

use crate::http::app;
use crate::shared::Shared;
use axum::Router;
use axum::body::Body;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tower::ServiceExt as _;

/// How long answers that are under way may take when the mirror stops.
const GRACE: Duration = Duration::from_secs(5);
/// Pause when the system has no more sockets.
const EXHAUSTED_PAUSE: Duration = Duration::from_millis(50);
/// Largest head of a request, in bytes.
const HEAD_MAX_BYTES: usize = 16 * 1024;

/// Serves until the mirror ends, then lets answers under way finish.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let router = app(shared.clone());
    let places = Arc::new(Semaphore::new(shared.settings.connections_max));
    let mut ending = shared.ending.subscribe();
    let mut open = JoinSet::new();
    loop {
        let place = places.clone();
        let accepted = async {
            let permit = place.acquire_owned().await.expect("the semaphore is never closed");
            (listener.accept().await, permit)
        };
        let told = async { drop(ending.wait_for(Option::is_some).await) };
        let (accepted, permit) = tokio::select! {
            accepted = accepted => accepted,
            () = told => break,
        };
        while open.try_join_next().is_some() {}
        match accepted {
            Ok((stream, _)) => {
                let (router, shared) = (router.clone(), shared.clone());
                open.spawn(async move {
                    shared.counters.connections.fetch_add(1, Ordering::Relaxed);
                    connection(stream, router, &shared).await;
                    shared.counters.connections.fetch_sub(1, Ordering::Relaxed);
                    drop(permit);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(EXHAUSTED_PAUSE).await;
            }
        }
    }
    drop(listener);
    let all = async { while open.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, all).await.is_err() {
        open.shutdown().await;
    }
}

async fn connection(stream: TcpStream, router: Router, shared: &Shared) {
    // An answer is one small write; waiting for more only delays it. If the system refuses, it is only slower.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        router.clone().oneshot(request.map(Body::new))
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(shared.settings.request_timeout);
    builder.max_buf_size(HEAD_MAX_BYTES);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let mut ending = shared.ending.subscribe();
    let told = async { drop(ending.wait_for(Option::is_some).await) };
    let ended = tokio::select! {
        ended = connection.as_mut() => Some(ended),
        () = told => None,
    };
    let ended = if let Some(ended) = ended {
        ended
    } else {
        connection.as_mut().graceful_shutdown();
        connection.await
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}
