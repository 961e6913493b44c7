//! A log in a directory, a node over it, mirrors, and a client.

use hakiki_core::Record;
use hakiki_core::fixture::{Fixture, Setting, log_key};
use hakiki_mirror::{Keys, Mirror, Running, Settings};
use hakiki_node::{Configuration, Node, Running as RunningNode, found_log};
use hakiki_note::{KeyName, SigningKey, sha256};
use hakiki_tlog::CosigningKey;
use hakiki_verify::{Options, Program, Quiet, Report, Source, Status, verify};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::task::block_in_place;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(60);

pub const NAME: &str = "mirror.bridge.example/m1";

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub kind: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder().http_status_as_error(false);
    config.timeout_global(Some(PATIENCE)).build().into()
}

fn answer(mut response: ureq::http::Response<ureq::Body>) -> Answer {
    let kind = response.headers().get("content-type").map_or("", |kind| kind.to_str().unwrap()).to_owned();
    let status = response.status().as_u16();
    Answer { status, kind, body: response.body_mut().with_config().limit(1 << 26).read_to_vec().unwrap() }
}

pub fn get(address: SocketAddr, path: &str) -> Answer {
    block_in_place(|| answer(agent().get(format!("http://{address}{path}")).call().unwrap()))
}

pub fn post(address: SocketAddr, path: &str, accept: &str, body: &[u8]) -> Answer {
    let request = agent().post(format!("http://{address}{path}")).header("accept", accept);
    block_in_place(|| answer(request.send(body).unwrap()))
}

/// Waits until something is so.
pub fn until(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "{what}");
        block_in_place(|| std::thread::sleep(Duration::from_millis(20)));
    }
}

/// A node's directory with the records of a fixture and what follows them.
pub fn found(dir: &Path, fixture: &Fixture, more: &[Record]) {
    let records = fixture.records.iter().chain(more).cloned();
    found_log(dir, &log_key(), records, &fixture.tables).unwrap();
}

/// Forms of stations, all different.
pub fn forms(fixture: &Fixture, count: u32) -> Vec<Record> {
    let stations = fixture.stations.len() as u32;
    (0..count).map(|n| fixture.signed_form((n % stations) as usize, [n + 1, 2, 3], n / stations)).collect()
}

pub async fn node(dir: &Path, listen: &str) -> RunningNode {
    let flags = [("dir", dir.display().to_string()), ("listen", listen.to_owned())];
    let flags = flags.map(|(key, value)| (key.to_owned(), value));
    Node::start(Configuration::load(None, [], &flags).unwrap(), log_key()).await.unwrap()
}

pub fn fixture() -> Fixture {
    Fixture::new(&Setting::default())
}

pub fn keys() -> Keys {
    let name = KeyName::new(NAME).unwrap();
    let stamps = KeyName::new(&format!("{NAME}/stamps")).unwrap();
    Keys {
        cosigning: vec![CosigningKey::Ed25519(SigningKey::cosigner_from_seed(name, &[5; 32]))],
        stamping: Some(stamp_key(stamps)),
    }
}

pub fn stamp_key(name: KeyName) -> SigningKey {
    SigningKey::from_seed(name, &sha256(b"stamps").0)
}

/// Quick settings for tests.
pub fn settings(source: impl Into<String>, dir: &Path) -> Settings {
    let mut settings = Settings::new(source, dir);
    settings.listen = "127.0.0.1:0".parse().unwrap();
    settings.every = Duration::from_millis(50);
    settings.compare_every = Duration::from_millis(100);
    settings.relay_timeout = Duration::from_secs(20);
    settings
}

pub async fn mirror(settings: Settings) -> Running {
    Mirror::start(settings).await.unwrap_or_else(|error| panic!("{error}"))
}

pub fn url(address: SocketAddr) -> String {
    format!("http://{address}")
}

/// Verifies a directory as a stranger does: no check fails, and every one that a directory allows passes.
pub fn judge(directory: &Path, fixture: &Fixture) -> Report {
    let options = Options { fingerprint: Some(fixture.fingerprint), threads: Some(1), ..options(directory) };
    let report = verify(&options, &Quiet);
    for check in &report.checks {
        assert_ne!(check.status, Status::Failed, "{:?}: {}", check.code, check.detail);
    }
    for code in ["V01", "V02", "V04", "V05", "V07", "V08", "V09", "V10"] {
        let check = report.checks.iter().find(|check| check.code.as_str() == code).unwrap();
        assert_eq!(check.status, Status::Passed, "{code}: {}", check.detail);
    }
    report
}

fn options(directory: &Path) -> Options {
    Options {
        source: Source::Directory(directory.to_owned()),
        fingerprint: None,
        require: BTreeSet::new(),
        threads: None,
        program: Program { name: "test".into(), version: "0".into(), sha256: None },
    }
}

/// Copies a served directory, as onto a stick.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}
