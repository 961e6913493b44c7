//! The accept loop: how many connections, how long they may take to say what they want, how they end.

use axum::body::Body;
use axum::response::Response;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tower::{Service, ServiceExt as _};

/// How long answers that are under way may take when the server stops.
const GRACE: Duration = Duration::from_secs(5);
/// Pause when the system has no more sockets.
const EXHAUSTED_PAUSE: Duration = Duration::from_millis(50);
/// Open files that the process needs besides connections. Without them a flood of connections would make a write fail.
const FILES_RESERVED: u64 = 256;
/// Largest head of a request, in bytes.
const HEAD_MAX_BYTES: usize = 16 * 1024;

/// What connections may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections at one time; fewer, with a warning, where the process may not open so many files.
    pub connections_max: u64,
    /// Time in which a request's head must be here.
    pub header_timeout: Duration,
}

/// A server that counts its open connections, for its metrics.
pub trait Counted: Send + Sync + 'static {
    /// The gauge of open connections.
    fn open_connections(&self) -> &AtomicU64;
}

/// When to stop: as soon as what is watched says so, or its sender is gone.
#[derive(Debug, Clone)]
pub struct Stop<S> {
    watched: watch::Receiver<S>,
    is_told: fn(&S) -> bool,
}

impl<S> Stop<S> {
    /// Stops as soon as `is_told` of what is watched.
    pub fn new(watched: watch::Receiver<S>, is_told: fn(&S) -> bool) -> Self {
        Self { watched, is_told }
    }

    async fn told(&mut self) {
        // What the watch gives is a lock, which must not be held while connections end.
        drop(self.watched.wait_for(self.is_told).await);
    }
}

/// What answers: a router, or something around one.
pub trait Answers:
    Service<
        hyper::Request<Body>,
        Response = Response,
        Error = Infallible,
        Future: Future<Output = Result<Response, Infallible>> + Send,
    > + Clone
    + Send
    + 'static
{
}

impl<T> Answers for T where
    T: Service<
            hyper::Request<Body>,
            Response = Response,
            Error = Infallible,
            Future: Future<Output = Result<Response, Infallible>> + Send,
        > + Clone
        + Send
        + 'static
{
}

/// Serves until told to stop, then takes no more connections and lets answers under way finish, five seconds long.
pub async fn serve<S: Clone + Send + Sync + 'static>(
    listener: TcpListener,
    answers: impl Answers,
    limits: Limits,
    counted: Arc<impl Counted>,
    mut stop: Stop<S>,
) {
    let places = Arc::new(Semaphore::new(connections(limits.connections_max)));
    let mut open = JoinSet::new();
    loop {
        let place = places.clone();
        let accepted = async {
            let permit = place.acquire_owned().await.expect("the semaphore is never closed");
            (listener.accept().await, permit)
        };
        let (accepted, permit) = tokio::select! {
            accepted = accepted => accepted,
            () = stop.told() => break,
        };
        while open.try_join_next().is_some() {}
        match accepted {
            Ok((stream, _)) => {
                let (answers, stop, gauged) = (answers.clone(), stop.clone(), Gauged::new(counted.clone()));
                open.spawn(async move {
                    serve_connection(stream, answers, limits.header_timeout, stop).await;
                    drop(gauged);
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

/// An open connection in the gauge: out of it however the connection ends, as by a panic of a route.
struct Gauged<C: Counted>(Arc<C>);

impl<C: Counted> Gauged<C> {
    fn new(counted: Arc<C>) -> Self {
        counted.open_connections().fetch_add(1, Ordering::Relaxed);
        Self(counted)
    }
}

impl<C: Counted> Drop for Gauged<C> {
    fn drop(&mut self) {
        self.0.open_connections().fetch_sub(1, Ordering::Relaxed);
    }
}

async fn serve_connection<S>(
    stream: TcpStream,
    answers: impl Answers,
    header_timeout: Duration,
    mut stop: Stop<S>,
) {
    // An answer is one small write; waiting for more only delays it. If the system refuses, it is only slower.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        answers.clone().oneshot(request.map(Body::new))
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(header_timeout).max_buf_size(HEAD_MAX_BYTES);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let ended = tokio::select! {
        ended = connection.as_mut() => Some(ended),
        () = stop.told() => None,
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

/// The process may not have so many connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "{wanted} connections need {} open files, and this process may have {files}; raise the limit (ulimit -n, or LimitNOFILE \
     of the service) or configure at most {} connections",
    .wanted.saturating_add(FILES_RESERVED),
    .files.saturating_sub(FILES_RESERVED)
)]
pub struct TooFewFiles {
    /// Connections that were asked for.
    pub wanted: u64,
    /// Files that the process may have open.
    pub files: u64,
}

/// Raises the process's limit of open files as far as connections need it and the system lets it.
pub fn allow_connections(wanted: u64) -> Result<(), TooFewFiles> {
    let needed = wanted.saturating_add(FILES_RESERVED);
    let limit = getrlimit(Resource::Nofile);
    let raised = limit.maximum.map_or(needed, |most| most.min(needed));
    if limit.current.is_some_and(|now| now < raised) {
        // What the system refuses shows in what it says next.
        let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(raised), maximum: limit.maximum });
    }
    let files = open_files_allowed();
    if files < needed { Err(TooFewFiles { wanted, files }) } else { Ok(()) }
}

/// How many connections may be open: as configured, within what the process may open.
fn connections(wanted: u64) -> usize {
    let allowed = match allow_connections(wanted) {
        Ok(()) => wanted,
        Err(TooFewFiles { files, .. }) => files.saturating_sub(FILES_RESERVED).max(16),
    };
    if allowed < wanted {
        tracing::warn!(wanted, allowed, "fewer connections than configured: raise the limit of open files");
    }
    usize::try_from(wanted.min(allowed)).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS)
}

/// Files that this process may have open now.
fn open_files_allowed() -> u64 {
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::routing::get;
    use std::io::{Read as _, Write as _};
    use std::net::{SocketAddr, TcpStream};
    use tokio::sync::mpsc;
    use tokio::task::JoinHandle;

    #[derive(Default)]
    struct Gauge(AtomicU64);

    impl Counted for Gauge {
        fn open_connections(&self) -> &AtomicU64 {
            &self.0
        }
    }

    struct House {
        address: SocketAddr,
        gauge: Arc<Gauge>,
        stop: watch::Sender<bool>,
        server: JoinHandle<()>,
        /// Says that a request for `/slow` is being answered.
        asked: mpsc::UnboundedReceiver<()>,
        /// Lets it be answered.
        answer: Arc<Semaphore>,
    }

    async fn house(connections_max: u64, header_timeout_ms: u64) -> House {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (tell, asked) = mpsc::unbounded_channel();
        let answer = Arc::new(Semaphore::new(0));
        let may = answer.clone();
        let slow = move || {
            let (tell, may) = (tell.clone(), may.clone());
            async move {
                tell.send(()).unwrap();
                may.acquire().await.unwrap().forget();
                "late"
            }
        };
        let router = Router::new()
            .route("/", get(|| async { "here" }))
            .route("/slow", get(slow))
            .route("/panic", get(panicking));
        let limits = Limits { connections_max, header_timeout: Duration::from_millis(header_timeout_ms) };
        let (stop, stopping) = watch::channel(false);
        let gauge = Arc::new(Gauge::default());
        let server =
            tokio::spawn(serve(listener, router, limits, gauge.clone(), Stop::new(stopping, |stop| *stop)));
        House { address, gauge, stop, server, asked, answer }
    }

    async fn panicking() -> &'static str {
        panic!("a route panics")
    }

    /// The system takes a connection and a short text before the server does.
    fn send(address: SocketAddr, text: &str) -> TcpStream {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        stream
    }

    async fn answer(mut stream: TcpStream) -> String {
        let reading = move || {
            let mut text = String::new();
            // A connection that is broken off has said what it said.
            let _ = stream.read_to_string(&mut text);
            text
        };
        tokio::task::spawn_blocking(reading).await.unwrap()
    }

    fn request(path: &str) -> String {
        format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    }

    #[tokio::test]
    async fn an_answer_under_way_is_finished_and_nobody_else_is_let_in() {
        let mut house = house(4, 10_000).await;
        assert!(answer(send(house.address, &request("/"))).await.ends_with("here"));
        let slow = send(house.address, &request("/slow").replace("close", "keep-alive"));
        house.asked.recv().await.unwrap();
        assert_eq!(house.gauge.0.load(Ordering::Relaxed), 1);
        house.stop.send_replace(true);
        while TcpStream::connect(house.address).is_ok() {
            tokio::task::yield_now().await;
        }
        house.answer.add_permits(1);
        assert!(answer(slow).await.ends_with("late"));
        house.server.await.unwrap();
        assert_eq!(house.gauge.0.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn who_says_nothing_makes_place_for_who_waits() {
        let house = house(2, 200).await;
        let silent = [send(house.address, ""), send(house.address, "GET / HTTP/1.1\r\n")];
        assert!(answer(send(house.address, &request("/"))).await.ends_with("here"));
        for stream in silent {
            assert!(!answer(stream).await.contains("here"));
        }
        let head = format!("GET / HTTP/1.1\r\nHost: a\r\nA: {}\r\n\r\n", "a".repeat(2 * HEAD_MAX_BYTES));
        assert!(!answer(send(house.address, &head)).await.contains("here"));
    }

    #[tokio::test]
    async fn a_route_that_panics_keeps_no_place() {
        let house = house(1, 10_000).await;
        for _ in 0..3 {
            assert_eq!(answer(send(house.address, &request("/panic"))).await, "");
        }
        assert!(answer(send(house.address, &request("/"))).await.ends_with("here"));
        house.stop.send_replace(true);
        house.server.await.unwrap();
        assert_eq!(house.gauge.0.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn connections_stay_within_open_files() {
        assert_eq!(connections(1), 1);
        assert!(connections(1 << 40) as u64 <= open_files_allowed());
        let refused = allow_connections(1 << 40);
        if let Err(refused) = refused {
            assert!(refused.to_string().contains("LimitNOFILE"), "{refused}");
        }
        assert_eq!(allow_connections(1), Ok(()));
    }
}
