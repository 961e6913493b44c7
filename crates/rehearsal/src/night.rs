//! The night over HTTP: simulated kits and officers send their records to a node, in their order and along the curve.
//!
//! Each sender keeps one connection and the receipts' rule: nothing counts as sent before a receipt that verifies.

use crate::acts::{Actors, Sending};
use crate::country::{Country, Expected, Place, Plan, Squeeze, Step};
use anyhow::{Context, Result, bail, ensure};
use bytes::Bytes;
use hakiki_core::Ledger;
use hakiki_note::{Hash, VerifierKey, sha256};
use hakiki_tlog::receipt::Receipt;
use http_body_util::{BodyExt as _, Full};
use hyper::{Method, Request, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Senders at work at once, each with its own stations.
const SENDERS: usize = 192;
/// How often a submission is sent again before the night fails. The same note is always safe to send.
const TRIES: u32 = 60;
/// Largest answer read: a receipt with its note.
const ANSWER_MAX_BYTES: usize = 512 * 1024;

/// What came of a night's submissions.
#[derive(Debug, Default)]
pub struct Tally {
    /// Sent so far.
    pub sent: AtomicU64,
    /// Answered with a receipt.
    pub receipts: AtomicU64,
    /// Refused, as planned.
    pub refused: AtomicU64,
    /// Sent again after an answer that asked for it, or none.
    pub again: AtomicU64,
}

/// Where the night is sent to.
pub struct Target {
    /// `http://host:port`.
    pub url: String,
    /// The log's key: receipts are checked with it.
    pub log_key: VerifierKey,
}

type Http = Client<HttpConnector, Full<Bytes>>;

fn client() -> Http {
    Client::builder(TokioExecutor::new()).pool_max_idle_per_host(SENDERS).build_http()
}

async fn send(http: &Http, method: Method, url: &str, body: Bytes) -> Result<(StatusCode, Bytes)> {
    let request = Request::builder().method(method).uri(url).body(Full::new(body))?;
    let answer = tokio::time::timeout(Duration::from_secs(30), http.request(request)).await??;
    let status = answer.status();
    let body = http_body_util::Limited::new(answer.into_body(), ANSWER_MAX_BYTES);
    let body = body.collect().await.map_err(|e| anyhow::anyhow!("{e}"))?.to_bytes();
    Ok((status, body))
}

/// Sends until it is answered otherwise than by "too busy" or "stopping". The same note, and the same blob, is always
/// safe to send again.
async fn answered(
    http: &Http,
    method: Method,
    url: &str,
    body: &[u8],
    tally: &Tally,
) -> Result<(StatusCode, Bytes)> {
    for attempt in 1..=TRIES {
        let answer = send(http, method.clone(), url, Bytes::copy_from_slice(body)).await;
        if let Ok((status, body)) = answer
            && !status.is_server_error()
            && status != StatusCode::TOO_MANY_REQUESTS
        {
            return Ok((status, body));
        }
        tally.again.fetch_add(1, Relaxed);
        tokio::time::sleep(Duration::from_millis(u64::from(attempt.min(20)) * 25)).await;
    }
    bail!("no answer from {url} after {TRIES} tries")
}

/// Sends one record and its words until they are answered.
async fn deliver(
    http: &Http,
    target: &Target,
    sending: &Sending,
    expected: Expected,
    tally: &Tally,
) -> Result<()> {
    let url = format!("{}/submit", target.url);
    let (status, body) = answered(http, Method::POST, &url, sending.record.note().as_bytes(), tally).await?;
    let (id, refused) = (sending.record.id(), expected == Expected::Refused);
    if !status.is_success() {
        let words = String::from_utf8_lossy(&body);
        ensure!(refused, "refused though planned otherwise: {id}: {status} {words}");
        tally.refused.fetch_add(1, Relaxed);
        return Ok(());
    }
    ensure!(!refused, "the node took what was to be refused: {id}");
    check_receipt(target, sending, &body)?;
    send_blobs(http, target, sending, tally).await?;
    tally.receipts.fetch_add(1, Relaxed);
    Ok(())
}

async fn send_blobs(http: &Http, target: &Target, sending: &Sending, tally: &Tally) -> Result<()> {
    for blob in &sending.blobs {
        let url = format!("{}/blob/{}", target.url, sha256(blob));
        let (status, body) = answered(http, Method::PUT, &url, blob, tally).await?;
        ensure!(status.is_success(), "{url}: {status} {}", String::from_utf8_lossy(&body));
    }
    Ok(())
}

fn check_receipt(target: &Target, sending: &Sending, body: &[u8]) -> Result<()> {
    let receipt = Receipt::parse(body).context("the answer is no receipt")?;
    let verified = receipt.verify_entry(sending.record.note().as_bytes(), &target.log_key);
    verified.context("the receipt does not prove what was sent")?;
    Ok(())
}

/// A whole night: who sends what, where to, how fast.
pub struct Night {
    /// The country.
    pub country: Country,
    /// The plan.
    pub plan: Plan,
    /// The election's id.
    pub fingerprint: Hash,
    /// Where it is sent to.
    pub target: Target,
    /// Simulated to real time.
    pub squeeze: Squeeze,
    /// The ledger of an interrupted night: what stands in it is passed over without waiting.
    pub known: Option<Arc<Ledger>>,
    /// What came of it.
    pub tally: Tally,
}

impl Night {
    fn actors(&self) -> Actors<'_> {
        Actors { country: &self.country, plan: &self.plan, fingerprint: &self.fingerprint }
    }

    /// The events of one sender's stations, in order of time.
    fn share(&self, sender: usize) -> Vec<Step<'_>> {
        let is_own = |step: &Step<'_>| match step.place {
            Place::Station(place) | Place::Stray(place) => place % SENDERS == sender,
        };
        self.plan.timeline().into_iter().filter(is_own).collect()
    }

    /// Whether a step's record stands in the log. What is to be refused never does, and is sent once more.
    fn is_known(&self, step: &Step<'_>, sending: &Sending) -> bool {
        step.event.expected != Expected::AsBefore && self.stands(sending)
    }

    fn stands(&self, sending: &Sending) -> bool {
        self.known.as_ref().is_some_and(|ledger| ledger.place_of(sending.record.id()).is_some())
    }

    /// When the first event happens whose record is not in the log: where an interrupted night goes on.
    fn first_unknown(&self) -> Result<Option<i64>> {
        if self.known.is_none() {
            return Ok(None);
        }
        for step in self.plan.timeline().iter().filter(|step| step.event.expected != Expected::Refused) {
            let sending = self.actors().sending(step.place, step.event)?;
            if !self.stands(&sending) {
                return Ok(Some(step.event.at_seconds));
            }
        }
        Ok(None)
    }
}

/// Sends a night, from its beginning or from where it was interrupted.
pub async fn run(night: &Arc<Night>) -> Result<()> {
    let offset_ms = night.first_unknown()?.map_or(0, |at| night.squeeze.real_ms(at));
    let (http, began) = (client(), Instant::now());
    let mut senders = JoinSet::new();
    for number in 0..SENDERS {
        senders.spawn(sender(Arc::clone(night), number, http.clone(), began, offset_ms));
    }
    while let Some(ended) = senders.join_next().await {
        ended.context("a sender broke off")??;
    }
    Ok(())
}

async fn sender(night: Arc<Night>, number: usize, http: Http, began: Instant, offset_ms: u64) -> Result<()> {
    for step in night.share(number) {
        let sending = night.actors().sending(step.place, step.event)?;
        if night.is_known(&step, &sending) {
            // The record stood when the night was interrupted; its words may not have been sent.
            send_blobs(&http, &night.target, &sending, &night.tally).await?;
        } else {
            let due = night.squeeze.real_ms(step.event.at_seconds).saturating_sub(offset_ms);
            tokio::time::sleep(Duration::from_millis(due).saturating_sub(began.elapsed())).await;
            deliver(&http, &night.target, &sending, step.event.expected, &night.tally).await?;
        }
        night.tally.sent.fetch_add(1, Relaxed);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read as _, Write as _};

    /// An interrupted night of 46,229 stations was started again, and all its words went out at once: the node was too
    /// busy for one of them (503), and the night ended there. Now it is sent again.
    #[tokio::test]
    async fn what_a_busy_node_does_not_take_is_sent_again() -> Result<()> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}/blob/x", listener.local_addr()?);
        let server = std::thread::spawn(move || -> std::io::Result<()> {
            for status in ["503 Service Unavailable", "429 Too Many Requests", "200 OK"] {
                let (mut stream, _) = listener.accept()?;
                let _ = stream.read(&mut [0; 4096])?;
                write!(stream, "HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")?;
            }
            Ok(())
        });
        let tally = Tally::default();
        let (status, _) = answered(&client(), Method::PUT, &url, b"words", &tally).await?;
        assert_eq!((status, tally.again.load(Relaxed)), (StatusCode::OK, 2));
        server.join().map_err(|_| anyhow::anyhow!("the server broke off"))??;
        Ok(())
    }
}
