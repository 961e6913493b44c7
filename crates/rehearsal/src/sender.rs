//! One sender of a night: keeps a connection and the receipts' rule. Nothing counts as sent before a receipt that verifies.

use crate::acts::Sending;
use crate::country::Expected;
use crate::night::{Tally, Target};
use anyhow::{Context, Result, bail, ensure};
use bytes::Bytes;
use hakiki_note::sha256;
use hakiki_tlog::receipt::Receipt;
use http_body_util::{BodyExt as _, Full};
use hyper::{Method, Request, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

/// How often a submission is sent again before the night fails. The same note is always safe to send.
const TRIES: u32 = 60;
/// Largest answer read: a receipt with its note.
const ANSWER_MAX_BYTES: usize = 512 * 1024;

/// Connections that all senders share.
pub(crate) type Http = Client<HttpConnector, Full<Bytes>>;

/// Connections for so many senders at once.
pub(crate) fn client(senders: usize) -> Http {
    Client::builder(TokioExecutor::new()).pool_max_idle_per_host(senders).build_http()
}

/// A header of a request.
type Header = (&'static str, String);

async fn send(
    http: &Http,
    method: Method,
    url: &str,
    headers: &[Header],
    body: Bytes,
) -> Result<(StatusCode, Bytes)> {
    let request = Request::builder().method(method).uri(url);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, value));
    let answer =
        tokio::time::timeout(Duration::from_secs(30), http.request(request.body(Full::new(body))?)).await??;
    let status = answer.status();
    let body = http_body_util::Limited::new(answer.into_body(), ANSWER_MAX_BYTES);
    let body = body.collect().await.map_err(|e| anyhow::anyhow!("{e}"))?.to_bytes();
    Ok((status, body))
}

/// Who sends.
pub(crate) struct Sender<'a> {
    /// Its connections.
    pub(crate) http: &'a Http,
    /// Where to.
    pub(crate) target: &'a Target,
    /// What came of it.
    pub(crate) tally: &'a Tally,
}

impl Sender<'_> {
    /// Sends until it is answered otherwise than by "too busy" or "stopping". The same note, and the same blob, is always
    /// safe to send again.
    pub(crate) async fn answered(
        &self,
        method: Method,
        url: &str,
        headers: &[Header],
        body: &[u8],
    ) -> Result<(StatusCode, Bytes)> {
        for attempt in 1..=TRIES {
            let answer = send(self.http, method.clone(), url, headers, Bytes::copy_from_slice(body)).await;
            if let Ok((status, body)) = answer
                && !status.is_server_error()
                && status != StatusCode::TOO_MANY_REQUESTS
            {
                return Ok((status, body));
            }
            self.tally.again.fetch_add(1, Relaxed);
            tokio::time::sleep(Duration::from_millis(u64::from(attempt.min(20)) * 25)).await;
        }
        bail!("no answer from {url} after {TRIES} tries")
    }

    /// Sends one record and what goes with it until all is answered.
    pub(crate) async fn deliver(&self, sending: &Sending, expected: Expected) -> Result<()> {
        for table in &sending.tables {
            self.put(&table.bytes, &table.headers).await?;
        }
        let url = format!("{}/submit", self.target.url);
        let note = sending.record.note().as_bytes();
        let (status, body) = self.answered(Method::POST, &url, &[], note).await?;
        let (id, refused) = (sending.record.id(), expected == Expected::Refused);
        if !status.is_success() {
            let words = String::from_utf8_lossy(&body);
            ensure!(refused, "refused though planned otherwise: {id}: {status} {words}");
            self.tally.refused.fetch_add(1, Relaxed);
            return Ok(());
        }
        ensure!(!refused, "the node took what was to be refused: {id}");
        let receipt = Receipt::parse(&body).context("the answer is no receipt")?;
        let verified = receipt.verify_entry(note, &self.target.log_key);
        let verified = verified.context("the receipt does not prove what was sent")?;
        self.tally.largest.fetch_max(verified.checkpoint().head().size, Relaxed);
        self.send_blobs(sending).await?;
        self.tally.receipts.fetch_add(1, Relaxed);
        Ok(())
    }

    /// Sends the blobs of an admitted record.
    pub(crate) async fn send_blobs(&self, sending: &Sending) -> Result<()> {
        for blob in &sending.blobs {
            self.put(blob, &[]).await?;
        }
        Ok(())
    }

    async fn put(&self, blob: &[u8], headers: &[Header]) -> Result<()> {
        let url = format!("{}/blob/{}", self.target.url, sha256(blob));
        let (status, body) = self.answered(Method::PUT, &url, headers, blob).await?;
        ensure!(status.is_success(), "{url}: {status} {}", String::from_utf8_lossy(&body));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hakiki_note::{KeyName, SigningKey};
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
        let log_key = SigningKey::from_seed(KeyName::new("log.example/test")?, &[7; 32]).verifier().clone();
        let (http, tally, target) = (client(1), Tally::default(), Target { url: String::new(), log_key });
        let sender = Sender { http: &http, target: &target, tally: &tally };
        let (status, _) = sender.answered(Method::PUT, &url, &[], b"words").await?;
        assert_eq!((status, tally.again.load(Relaxed)), (StatusCode::OK, 2));
        server.join().map_err(|_| anyhow::anyhow!("the server broke off"))??;
        Ok(())
    }
}
