//! A server of feeds whose answers a test sets, a log of statements with its node, and a desk between them.

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use hakiki_core::Ledger;
use hakiki_core::Record;
use hakiki_core::fixture::{Fixture, Setting, key, log_key};
use hakiki_core::kinds::Kind;
use hakiki_core::ledger::StatementEntry;
use hakiki_core::roster::Role;
use hakiki_node::{Configuration as NodeConfiguration, Node, Running, found_log};
use hakiki_note::{Hash, SignatureLine, sha256};
use hakiki_press::{Configuration, Desk, FeedSettings, Outcome, Round, Sent, Signer};
use hakiki_verify::{Options, Program, Quiet, Reading, Report, Source, Status, verify};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::runtime::Runtime;

/// The first second of every test: the evening of the count.
pub const NOW: u64 = 1_930_000_000;
/// A quarter of an hour, the interval of every feed.
pub const INTERVAL: u64 = 15 * 60;

/// What a feed answers.
#[derive(Clone, Default)]
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
    pub headers: Vec<(&'static str, String)>,
    pub wait: Duration,
}

impl Answer {
    pub fn of(body: &str) -> Self {
        Self { status: 200, body: body.into(), ..Self::default() }
    }

    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

type Answers = Arc<Mutex<(BTreeMap<String, Answer>, Vec<(String, HeaderMap)>)>>;

/// A server of feeds.
pub struct Feeds {
    pub address: SocketAddr,
    answers: Answers,
    runtime: Runtime,
}

async fn answer(State(answers): State<Answers>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let found = {
        let mut answers = answers.lock().unwrap();
        answers.1.push((path.clone(), request.headers().clone()));
        answers.0.get(&path).cloned()
    };
    let Some(found) = found else { return StatusCode::NOT_FOUND.into_response() };
    tokio::time::sleep(found.wait).await;
    let etag = found.headers.iter().find(|(name, _)| *name == "etag").map(|(_, value)| value.clone());
    let asked =
        request.headers().get("if-none-match").and_then(|value| value.to_str().ok().map(str::to_owned));
    if etag.is_some() && etag == asked {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let mut response = Response::builder().status(found.status);
    for (name, value) in &found.headers {
        response = response.header(*name, value);
    }
    response.body(Body::from(found.body)).unwrap()
}

impl Feeds {
    pub fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let answers = Answers::default();
        let app = Router::new().fallback(answer).with_state(answers.clone());
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async move { axum::serve(listener, app).await });
        Self { address, answers, runtime }
    }

    pub fn set(&self, path: &str, answer: Answer) {
        self.answers.lock().unwrap().0.insert(path.into(), answer);
    }

    /// Paths and headers of what was asked since the last look.
    pub fn asked(&self) -> Vec<(String, HeaderMap)> {
        std::mem::take(&mut self.answers.lock().unwrap().1)
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

/// A log of statements whose node runs while it is wanted.
pub struct Log {
    pub fixture: Fixture,
    pub dir: PathBuf,
    address: SocketAddr,
    running: Option<Running>,
}

impl Log {
    pub fn found(place: &Path) -> Self {
        let setting = Setting { is_compilation: true, ..Setting::default() };
        let fixture = Fixture::with(&setting, |election| {
            election.admits.extend(Kind::SAID.iter().map(|kind| kind.name_and_version()));
        });
        let dir = place.join("log");
        let records = fixture.records.iter().cloned().chain([fixture.enrolment("desk", Role::PressDesk)]);
        found_log(&dir, &log_key(), records, &fixture.tables).unwrap();
        // A port that is free now, so that the log has one address whether its node runs or not.
        let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        Self { fixture, dir, address, running: None }
    }

    pub fn start(&mut self, feeds: &Feeds) {
        let listen = self.address.to_string();
        let flags = [("dir", self.dir.to_str().unwrap()), ("listen", &listen)];
        let flags: Vec<_> =
            flags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let configuration = NodeConfiguration::load(None, [], &flags).unwrap();
        self.running = Some(feeds.runtime.block_on(Node::start(configuration, log_key())).unwrap());
    }

    pub fn stop(&mut self, feeds: &Feeds) {
        if let Some(running) = self.running.take() {
            feeds.runtime.block_on(running.stop()).unwrap();
        }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What stands in the log, with the texts that came.
    pub fn statements(&self) -> Vec<(StatementEntry, Option<String>)> {
        let entries = self.ledger().statements().to_vec();
        let hashes: Vec<Hash> = entries.iter().map(|entry| entry.statement.text).collect();
        let texts = self.texts_at(&Source::Url(self.url()), &hashes);
        entries.into_iter().zip(texts).collect()
    }

    /// The texts of these hashes as a source of this log has them.
    pub fn texts_at(&self, source: &Source, hashes: &[Hash]) -> Vec<Option<String>> {
        let reading = Reading::open(source, self.report().head.unwrap()).unwrap();
        let blobs = reading.blobs(hashes, 1 << 20).unwrap();
        blobs.into_iter().map(|blob| blob.map(|bytes| String::from_utf8(bytes).unwrap())).collect()
    }

    /// What a stranger makes of the log at its address, who finds nothing wrong with it.
    pub fn ledger(&self) -> Ledger {
        self.report().ledger.unwrap()
    }

    fn report(&self) -> Report {
        let options = Options {
            source: Source::Url(self.url()),
            fingerprint: Some(self.fixture.fingerprint),
            require: BTreeSet::new(),
            threads: Some(1),
            program: Program { name: "test".into(), version: "0".into(), sha256: None },
        };
        let report = verify(&options, &Quiet);
        assert_eq!(report.count(Status::Failed), 0, "{report:?}");
        report
    }

    pub fn texts(&self) -> Vec<String> {
        self.statements()
            .into_iter()
            .map(|(_, text)| text.unwrap_or_default().trim().replace("\n\n", " / "))
            .collect()
    }
}

/// A place with feeds, a log and a desk's configuration.
pub struct House {
    pub place: tempfile::TempDir,
    pub feeds: Feeds,
    pub log: Log,
}

impl House {
    /// With a log whose node runs.
    pub fn new() -> Self {
        let mut house = Self::without_node();
        house.log.start(&house.feeds);
        house
    }

    pub fn without_node() -> Self {
        let place = tempfile::tempdir().unwrap();
        let log = Log::found(place.path());
        Self { feeds: Feeds::start(), log, place }
    }

    /// The configuration of a desk with these feeds, a publisher and a path each, and more lines.
    pub fn configuration(&self, feeds: &[(&str, &str)], more: &str) -> Configuration {
        let mut text = format!(
            "dir = \"desk\"\nlog = \"http://{}\"\nlog_key = \"{}\"\nelection = \"{}\"\nof_election = \"{}\"\n\
             key = \"desk.key\"\ncontact = \"desk@baraza.example\"\nhost_gap_seconds = 1\ntimeout_seconds = 1\n",
            self.log.address,
            log_key().verifier(),
            self.log.fixture.fingerprint,
            sha256(b"the election that is spoken of"),
        );
        for (publisher, path) in feeds {
            let url = self.feeds.url(path);
            let feed = format!("[[feed]]\nurl = \"{url}\"\npublisher = \"{publisher}\"\nlanguage = \"sw\"\n");
            text.push_str(&feed);
        }
        Configuration::parse(&(text + more), self.place.path()).unwrap()
    }

    pub fn desk(&self, feeds: &[(&str, &str)]) -> Desk {
        Desk::open(self.configuration(feeds, "")).unwrap()
    }

    pub fn receipt(&self, record: &Hash) -> Option<Vec<u8>> {
        std::fs::read(self.place.path().join(format!("desk/receipts/{record}.tlog-proof"))).ok()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.log.stop(&self.feeds);
    }
}

/// One round of a desk at a time, with what was told of each feed.
pub fn fetch(desk: &mut Desk, now_s: u64) -> (Round, Vec<Outcome>) {
    let own = key("desk");
    let sign = |text: &str| Ok(SignatureLine::sign(text, &own));
    let signer = Signer { key: own.verifier().clone(), sign: &sign };
    let mut told = Vec::new();
    let mut tell = |_: &FeedSettings, outcome: &Outcome| told.push(outcome.clone());
    let round = desk.fetch(&signer, now_s, &mut tell).unwrap();
    (round, told)
}

/// Fetches and sends.
pub fn run(desk: &mut Desk, now_s: u64) -> (Round, Sent) {
    let (round, _) = fetch(desk, now_s);
    (round, desk.send().unwrap())
}

/// An RSS feed of items: guid, title, text, and further lines.
pub fn rss(items: &[(&str, &str, &str, &str)]) -> String {
    let items = items.iter().map(|(guid, title, text, more)| {
        format!("<item><guid isPermaLink=\"false\">{guid}</guid><title>{title}</title><description>{text}</description>{more}</item>")
    });
    format!("<rss version=\"2.0\"><channel><title>t</title>{}</channel></rss>", items.collect::<String>())
}

/// The record's own bytes, as the log has them.
pub fn is_proved(receipt: &[u8], entry: &StatementEntry) -> bool {
    let receipt = hakiki_tlog::Receipt::parse(receipt).unwrap();
    let verified = receipt.verify(log_key().verifier()).unwrap();
    verified.index() == entry.place
        && verified.entry().is_some_and(|note| *Record::parse(note).unwrap().id() == entry.id)
}
