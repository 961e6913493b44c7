//! A founded log, a node over it, and a client.

use axum::body::Bytes;
use axum::http::{HeaderMap, Request};
use hakiki_core::fixture::{Fixture, Setting, log_key};
use hakiki_core::{Ledger, Record};
use hakiki_node::{Configuration, Node, Running, found_log};
use hakiki_note::{Hash, Note, sha256};
use hakiki_tlog::{Receipt, VerifiedReceipt};
use hakiki_verify::{Options, Program, Quiet, Report, Source, Status, verify};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::task::block_in_place;

pub struct House {
    pub directory: TempDir,
    pub fixture: Fixture,
    pub running: Running,
    pub client: Web,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The code of a refusal that the log signed for these bytes.
    pub fn refusal(&self, sent: Option<&[u8]>) -> String {
        let note = Note::parse(&self.body).unwrap_or_else(|e| panic!("{e}: {} {:?}", self.status, self.body));
        assert_eq!(note.verified_by(&[log_key().verifier()]).unwrap().len(), 1);
        let lines: Vec<&str> = note.text.lines().collect();
        assert_eq!(lines[0], "hakiki/refused@v1");
        let named = sent.map_or_else(|| "unread".to_owned(), |bytes| sha256(bytes).to_string());
        assert_eq!(lines[1], format!("note {named}"));
        assert!(lines[3].starts_with("head "), "{}", note.text);
        lines[2].strip_prefix("code ").unwrap().to_owned()
    }

    /// The receipt, verified.
    pub fn receipt(&self) -> VerifiedReceipt {
        assert_eq!(self.status, 200, "{}", String::from_utf8_lossy(&self.body));
        Receipt::parse(&self.body).unwrap().verify(log_key().verifier()).unwrap()
    }
}

/// A client of one node.
#[derive(Clone)]
pub struct Web {
    base: String,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Web {
    pub fn new(address: SocketAddr) -> Self {
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self { base: format!("http://{address}"), client }
    }

    pub async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(body.into())).unwrap();
        let response = self.client.request(request).await.unwrap();
        let (head, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer { status: head.status.as_u16(), headers: head.headers, body }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], "").await
    }

    pub async fn submit(&self, note: impl Into<Bytes>) -> Answer {
        self.send("POST", "/submit", &[], note).await
    }

    pub async fn submit_record(&self, record: &Record) -> Answer {
        self.submit(record.note().to_owned()).await
    }

    /// The value of a counter.
    pub async fn metric(&self, name: &str) -> u64 {
        let text = self.get("/metrics").await;
        let line =
            text.text().lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok());
        line.unwrap_or(0)
    }

    /// The published size, by the checkpoint.
    pub async fn size(&self) -> u64 {
        self.get("/checkpoint").await.text().lines().nth(1).unwrap().parse().unwrap()
    }
}

pub fn configuration(directory: &Path, settings: &[(&str, &str)]) -> Configuration {
    let dir = directory.join("data").display().to_string();
    let mut flags = vec![("dir".to_owned(), dir), ("listen".to_owned(), "127.0.0.1:0".to_owned())];
    flags.extend(settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
    Configuration::load(None, [], &flags).unwrap()
}

impl House {
    pub async fn new(settings: &[(&str, &str)]) -> Self {
        Self::of(Fixture::new(&Setting::default()), settings).await
    }

    pub async fn of(fixture: Fixture, settings: &[(&str, &str)]) -> Self {
        let count = fixture.records.len();
        Self::begun(fixture, count, settings).await
    }

    /// A house whose log holds only the first records.
    pub async fn begun(fixture: Fixture, count: usize, settings: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let records = fixture.records[..count].to_vec();
        found_log(&directory.path().join("data"), &log_key(), records, &fixture.tables).unwrap();
        Self::over(directory, fixture, settings).await
    }

    /// A node over a directory that was founded before.
    pub async fn over(directory: TempDir, fixture: Fixture, settings: &[(&str, &str)]) -> Self {
        let running = Node::start(configuration(directory.path(), settings), log_key()).await.unwrap();
        let client = Web::new(running.address);
        Self { directory, fixture, running, client }
    }

    /// Stops a node that heard no quorum of witnesses. A stranger's V03 fails, and nothing else does.
    pub async fn close_uncosigned(self) -> (TempDir, Fixture) {
        self.running.stop().await.unwrap();
        let source = Source::Directory(self.directory.path().join("data"));
        let report = stranger(source, self.fixture.fingerprint);
        let failed = report.checks.iter().filter(|check| check.status == Status::Failed);
        assert_eq!(failed.map(|check| check.code.as_str()).collect::<Vec<_>>(), ["V03"]);
        (self.directory, self.fixture)
    }

    /// Stops the node and has a stranger verify what it left: its results too.
    pub async fn close(self) -> (Report, TempDir, Fixture) {
        self.running.stop().await.unwrap();
        let report = judge(self.directory.path(), self.fixture.fingerprint);
        let results = report.checks.iter().find(|check| check.code.as_str() == "V10").unwrap();
        assert_eq!(results.status, Status::Passed, "{}", results.detail);
        (report, self.directory, self.fixture)
    }
}

/// Verifies a directory as a stranger does. Nothing fails, and what can be checked from a directory alone is.
pub fn judge(directory: &Path, fingerprint: Hash) -> Report {
    let codes = ["V01", "V02", "V04", "V05", "V07", "V08", "V09"];
    judge_source(Source::Directory(directory.join("data")), fingerprint, &codes)
}

fn stranger(source: Source, fingerprint: Hash) -> Report {
    let options = Options {
        source,
        fingerprint: Some(fingerprint),
        require: BTreeSet::new(),
        threads: Some(1),
        program: Program { name: "test".into(), version: "0".into(), sha256: None },
    };
    verify(&options, &Quiet)
}

/// Verifies a source: no check fails, and these pass.
pub fn judge_source(source: Source, fingerprint: Hash, codes: &[&str]) -> Report {
    let report = stranger(source, fingerprint);
    for check in &report.checks {
        assert_ne!(check.status, Status::Failed, "{:?}: {}", check.code, check.detail);
    }
    for code in codes {
        let check = report.checks.iter().find(|check| check.code.as_str() == *code).unwrap();
        assert_eq!(check.status, Status::Passed, "{code}: {}", check.detail);
    }
    report
}

/// What an operator's restart sees.
pub fn reopened(directory: &TempDir) -> Ledger {
    hakiki_node::open_ledger(&directory.path().join("data")).unwrap()
}

/// Runs at most `at_once` of the futures at a time, and gives what they give.
pub async fn together<F>(at_once: usize, futures: impl IntoIterator<Item = F>) -> Vec<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send,
{
    let places = Arc::new(tokio::sync::Semaphore::new(at_once));
    let tasks: Vec<_> = futures
        .into_iter()
        .map(|future| {
            let places = places.clone();
            tokio::spawn(async move {
                let _place = places.acquire_owned().await.unwrap();
                future.await
            })
        })
        .collect();
    let mut outputs = Vec::new();
    for task in tasks {
        outputs.push(task.await.unwrap());
    }
    outputs
}

/// How long a node may take to answer or to close a connection.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection that says what it wants.
pub struct Socket(TcpStream);

impl Socket {
    pub fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        Self(stream)
    }

    /// Writes; the node may have closed before all is written.
    pub fn say(&mut self, bytes: &[u8]) {
        let _ = block_in_place(|| self.0.write_all(bytes));
    }

    /// Says that no more will come.
    pub fn hang_up(&mut self) {
        let _ = self.0.shutdown(Shutdown::Write);
    }

    /// Reads until the node closes, which it does in time.
    pub fn end(&mut self) -> String {
        let mut bytes = Vec::new();
        let ended = block_in_place(|| self.0.read_to_end(&mut bytes));
        if let Err(error) = ended {
            assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "the node closes in time");
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Reads until `wanted` has come.
    pub fn until(&mut self, wanted: &str) -> String {
        let mut seen = Vec::new();
        loop {
            let mut part = [0; 4096];
            let count = block_in_place(|| self.0.read(&mut part)).expect("it comes in time");
            seen.extend_from_slice(&part[..count]);
            let text = String::from_utf8_lossy(&seen).into_owned();
            if text.contains(wanted) {
                return text;
            }
            assert_ne!(count, 0, "it ended without {wanted:?}: {text}");
        }
    }
}
