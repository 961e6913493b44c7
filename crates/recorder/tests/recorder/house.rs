//! A log with a node, a mirror that collects, and recorders.

use hakiki_core::Record;
use hakiki_core::fixture::{Fixture, Setting, key, log_key};
use hakiki_core::kinds::{Body, Observed};
use hakiki_mirror::{Mirror, Running as RunningMirror, Settings as MirrorSettings};
use hakiki_node::{Configuration, Node, Running as RunningNode, found_log, open_ledger};
use hakiki_note::Hash;
use hakiki_recorder::{Recorder, Running, Settings, Target};
use hakiki_verify::{Options, Program, Quiet, Source, Status, verify};
use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::task::block_in_place;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(60);

pub fn fixture() -> Fixture {
    Fixture::new(&Setting { hosts: 2, ..Setting::default() })
}

pub fn found(dir: &Path, fixture: &Fixture) {
    found_log(dir, &log_key(), fixture.records.iter().cloned(), &fixture.tables).unwrap();
}

pub async fn node(dir: &Path, listen: &str, more: &[(&str, &str)]) -> RunningNode {
    let own = [("dir", dir.to_str().unwrap()), ("listen", listen)];
    let flags = own.iter().chain(more).map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    let flags: Vec<_> = flags.collect();
    Node::start(Configuration::load(None, [], &flags).unwrap(), log_key()).await.unwrap()
}

pub async fn mirror(source: String, dir: &Path) -> RunningMirror {
    let mut settings = MirrorSettings::new(source, dir);
    settings.listen = "127.0.0.1:0".parse().unwrap();
    settings.every = Duration::from_millis(50);
    settings.is_collecting = true;
    Mirror::start(settings).await.unwrap_or_else(|error| panic!("{error}"))
}

/// The settings of the machine `host-1` with a file of journal lines in its directory.
pub fn settings(place: &Path, fixture: &Fixture) -> Settings {
    let dir = place.join("recorder");
    std::fs::create_dir_all(&dir).unwrap();
    let mut settings = Settings::new(dir, key("host-1"), fixture.fingerprint);
    settings.journal_file = Some(place.join("lines"));
    settings.rest = Duration::from_millis(50);
    settings
}

pub fn log_target(address: SocketAddr) -> Target {
    Target::Log { url: format!("http://{address}"), key: log_key().verifier().clone() }
}

pub fn collector(address: SocketAddr) -> Target {
    Target::Collector { url: format!("http://{address}") }
}

pub fn start(settings: Settings) -> Running {
    Recorder::start(settings).unwrap_or_else(|error| panic!("{error}"))
}

/// Appends lines of the journal as journald writes them: a root-written message of a program, at a second.
pub fn note(place: &Path, messages: &[(i64, &str, &str)]) {
    let mut file = OpenOptions::new().create(true).append(true).open(place.join("lines")).unwrap();
    for (second, program, message) in messages {
        let message = message.replace('"', "\\\"");
        writeln!(
            file,
            "{{\"__CURSOR\":\"c{second}\",\"__REALTIME_TIMESTAMP\":\"{second}000000\",\"_UID\":\"0\",\
             \"SYSLOG_IDENTIFIER\":\"{program}\",\"MESSAGE\":\"{message}\"}}"
        )
        .unwrap();
    }
}

pub fn sudo(second: i64) -> (i64, &'static str, &'static str) {
    (second, "sudo", "alice : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/usr/bin/id")
}

/// Waits until something is so.
pub fn until(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "{what}");
        block_in_place(|| std::thread::sleep(Duration::from_millis(20)));
    }
}

pub fn get(address: SocketAddr, path: &str) -> (u16, serde_json::Value) {
    let config = ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE));
    let agent: ureq::Agent = config.build().into();
    block_in_place(|| {
        let mut answer = agent.get(format!("http://{address}{path}")).call().unwrap();
        let text = answer.body_mut().read_to_string().unwrap();
        (answer.status().as_u16(), serde_json::from_str(&text).unwrap_or(serde_json::Value::String(text)))
    })
}

pub fn post(address: SocketAddr, path: &str, body: &[u8]) -> (u16, String) {
    let config = ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE));
    let agent: ureq::Agent = config.build().into();
    block_in_place(|| {
        let mut answer = agent.post(format!("http://{address}{path}")).send(body).unwrap();
        (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
    })
}

/// The observations of a machine in a log's directory: sequences from 1 without a gap, each chained to the one before.
pub fn observations(dir: &Path, machine: &str) -> Vec<(Hash, Observed)> {
    let ledger = open_ledger(dir).unwrap();
    let host = ledger.roster().by_name(key(machine).name().as_str()).unwrap();
    assert!(ledger.hosts().get(&host).is_none_or(|host| host.gaps.is_empty()));
    let all = ledger.observations_of(host, ledger.size());
    let all: Vec<_> = all.map(|entry| (entry.id, entry.observed.clone())).collect();
    let mut previous = Hash([0; 32]);
    for (sequence, (id, observed)) in (1..).zip(&all) {
        assert_eq!((observed.sequence, observed.previous), (sequence, previous));
        previous = *id;
    }
    all
}

pub fn events(observations: &[(Hash, Observed)]) -> Vec<String> {
    let shown = |(_, observed): &(Hash, Observed)| {
        let subject = observed.subject.as_ref().map_or("-", |subject| subject.as_str());
        let origin = observed.origin.map_or("-", |origin| origin.as_str());
        format!("{} {subject} {origin}", observed.event.as_str())
    };
    observations.iter().map(shown).collect()
}

/// Verifies a directory as a stranger does: no check fails.
pub fn judge(directory: &Path, fixture: &Fixture) {
    let options = Options {
        source: Source::Directory(directory.to_owned()),
        fingerprint: Some(fixture.fingerprint),
        require: BTreeSet::new(),
        threads: Some(1),
        program: Program { name: "test".into(), version: "0".into(), sha256: None },
    };
    let report = verify(&options, &Quiet);
    for check in &report.checks {
        assert_ne!(check.status, Status::Failed, "{:?}: {}", check.code, check.detail);
    }
    for code in ["V01", "V02", "V04", "V05", "V07", "V08"] {
        let check = report.checks.iter().find(|check| check.code.as_str() == code).unwrap();
        assert_eq!(check.status, Status::Passed, "{code}: {}", check.detail);
    }
}

/// A signed observation of a machine, made by hand.
pub fn observation(fixture: &Fixture, machine: &str, sequence: u32, previous: Hash) -> Record {
    let observed = Observed {
        sequence,
        previous,
        at: hakiki_core::text::Time { unix_seconds: 1_930_338_000, offset_minutes: 0 },
        event: hakiki_core::kinds::Event::Boot,
        subject: None,
        value: None,
        origin: None,
        moved: None,
        details: None,
    };
    fixture.sign(Body::from(observed), &[&key(machine)])
}
