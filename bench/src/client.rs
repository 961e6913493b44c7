//! Clients: a connection each, one request after the other.

use anyhow::{Context as _, Result, ensure};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

/// One connection.
pub struct Client(SendRequest<Full<Bytes>>);

impl Client {
    /// Connects.
    pub async fn connect(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self(sender))
    }

    /// Asks, and reads the answer, which must be 200.
    pub async fn ask(&mut self, method: Method, path: &str, body: Bytes) -> Result<Bytes> {
        let request = Request::builder().method(method).uri(path).header("host", "race.example");
        self.0.ready().await?;
        let response = self.0.send_request(request.body(Full::new(body))?).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        ensure!(status.is_success(), "{path} answered {status}: {}", String::from_utf8_lossy(&body));
        Ok(body)
    }

    /// Asks for a path.
    pub async fn fetch(&mut self, path: &str) -> Result<Bytes> {
        self.ask(Method::GET, path, Bytes::new()).await
    }
}

/// What clients got done.
pub struct Load {
    /// Answers in the time.
    pub answers: usize,
    /// How long it was: the time asked for, or until the notes were gone.
    pub seconds: f64,
    /// How long each answer took, in milliseconds.
    pub latencies_ms: Vec<f64>,
}

impl Load {
    /// Answers a second.
    pub fn rate(&self) -> f64 {
        self.answers as f64 / self.seconds
    }
}

/// Submits notes by so many clients at once for so long. Each note goes once; an answer that is no success ends it.
pub async fn drive(
    address: SocketAddr,
    notes: Arc<Vec<Bytes>>,
    clients: usize,
    time: Duration,
) -> Result<Load> {
    let (next, barrier) = (Arc::new(AtomicUsize::new(0)), Arc::new(Barrier::new(clients + 1)));
    let mut running = JoinSet::new();
    for _ in 0..clients {
        let (notes, next, barrier) = (notes.clone(), next.clone(), barrier.clone());
        let mut client = Client::connect(address).await.context("a client cannot connect")?;
        running.spawn(async move {
            barrier.wait().await;
            let began = Instant::now();
            let mut latencies = Vec::new();
            while let Some(note) = notes.get(next.fetch_add(1, Ordering::Relaxed)) {
                let sent = Instant::now();
                client.ask(Method::POST, "/submit", note.clone()).await?;
                if began.elapsed() > time {
                    break;
                }
                latencies.push(sent.elapsed().as_secs_f64() * 1000.0);
            }
            Ok::<_, anyhow::Error>(latencies)
        });
    }
    barrier.wait().await;
    let began = Instant::now();
    let mut latencies_ms = Vec::new();
    while let Some(ended) = running.join_next().await {
        latencies_ms.extend(ended??);
    }
    let seconds = began.elapsed().min(time).as_secs_f64();
    Ok(Load { answers: latencies_ms.len(), seconds, latencies_ms })
}
