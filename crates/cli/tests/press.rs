//! `hakiki press` as the person at the desk runs it: from feeds to a log of statements, who carried the same words before, a search.
#![allow(clippy::unwrap_used)]

mod serving;

use hakiki_core::fixture::{Fixture, Setting, key, log_key};
use hakiki_core::kinds::Kind;
use hakiki_core::roster::Role;
use hakiki_node::found_log;
use hakiki_note::{Hash, SigningKey};
use serving::Serving;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Command, Output};

const QUOTE: &str =
    "Tumeshinda kwa kura nyingi na hakuna mtu atakayetuibia ushindi wetu katika nchi hii ya Mfano";

struct Place {
    home: tempfile::TempDir,
}

impl Place {
    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn secret(&self, name: &str, key: &SigningKey) -> String {
        std::fs::write(self.path(name), key.to_private_text().as_bytes()).unwrap();
        std::fs::set_permissions(self.path(name), std::fs::Permissions::from_mode(0o600)).unwrap();
        self.path(name).to_str().unwrap().to_owned()
    }

    /// Runs a command that ends so; gives what it prints and what it says.
    #[track_caller]
    fn run(&self, expected: i32, arguments: &[&str]) -> (String, String) {
        let hakiki = env!("CARGO_BIN_EXE_hakiki");
        let Output { status, stdout, stderr } =
            Command::new(hakiki).args(arguments).current_dir(self.home.path()).output().unwrap();
        let (printed, said) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
        assert_eq!(status.code(), Some(expected), "{arguments:?}\n{printed}\n{said}");
        (printed, said)
    }
}

/// Serves these bodies, by path, to whoever asks, as long as the test runs.
fn feeds(bodies: Vec<(&'static str, String)>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut asked = [0; 4096];
            let length = stream.read(&mut asked).unwrap_or(0);
            let asked = String::from_utf8_lossy(&asked[..length]).into_owned();
            let path = asked.split(' ').nth(1).unwrap_or_default();
            let body = bodies.iter().find(|(own, _)| *own == path).map(|(_, body)| body.as_str());
            let status = if body.is_some() { "200 OK" } else { "404 Not Found" };
            let body = body.unwrap_or_default();
            let length = body.len();
            let head = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
            let _ = stream.write_all((head + body).as_bytes());
        }
    });
    url
}

/// A log of statements that is served, and the desk's files beside it.
fn desk(place: &Place, feeds_url: &str) -> Serving {
    let setting = Setting { is_compilation: true, ..Setting::default() };
    let fixture = Fixture::with(&setting, |election| {
        election.admits.extend(Kind::SAID.iter().map(|kind| kind.name_and_version()));
    });
    let records = fixture.records.iter().cloned().chain([fixture.enrolment("desk", Role::PressDesk)]);
    found_log(&place.path("log"), &log_key(), records, &fixture.tables).unwrap();
    let own = place.secret("log.key", &log_key());
    place.secret("desk.key", &key("desk"));
    let serving = Serving::start(&["--dir", place.path("log").to_str().unwrap(), "--log-key", &own]);
    let head = format!(
        "dir = \"desk\"\nlog = \"{}\"\nlog_key = \"{}\"\nelection = \"{}\"\nof_election = \"{}\"\n\
         key = \"desk.key\"\ncontact = \"desk@baraza.example\"\nhost_gap_seconds = 1\n",
        serving.url,
        log_key().verifier(),
        fixture.fingerprint,
        Hash([7; 32]),
    );
    let feed = |publisher: &str, path: &str| {
        format!("[[feed]]\nurl = \"{feeds_url}{path}\"\npublisher = \"{publisher}\"\nlanguage = \"sw\"\n")
    };
    let rule = "[[rule]]\nwords = [\"Kijito\"]\nareas = [\"c01\"]\n";
    let text = head + &feed("gazeti", "/rss") + &feed("daily", "/json") + &feed("gone", "/none") + rule;
    std::fs::write(place.path("desk.toml"), text).unwrap();
    serving
}

#[test]
fn from_feeds_to_who_carried_the_words_before() {
    let place = Place { home: tempfile::tempdir().unwrap() };
    let rss = format!(
        "<rss version=\"2.0\"><channel><title>t</title><item><title>Mgombea azungumza</title><guid>1</guid>\
         <description>&lt;p&gt;Huko Kijito alisema: \u{201c}{QUOTE}.\u{201d}&lt;/p&gt;</description>\
         <pubDate>Tue, 04 Mar 2031 18:00:00 +0300</pubDate></item></channel></rss>"
    );
    let json = format!(
        "{{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"t\",\"items\":[{{\"id\":\"a\",\
         \"url\":\"https://daily.example/a\",\"content_text\":\"Candidate in Swahili. {QUOTE}\"}}]}}"
    );
    let url = feeds(vec![("/rss", rss), ("/json", json)]);
    let serving = desk(&place, &url);

    let (printed, said) = place.run(1, &["press", "fetch", "desk.toml", "--dry-run"]);
    assert!(printed.contains(QUOTE) && said.contains("J202"), "{printed}{said}");
    let (printed, said) = place.run(1, &["press", "fetch", "desk.toml"]);
    let rows: Vec<Vec<&str>> = printed.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(rows.len(), 2, "{printed}{said}");
    assert_eq!(rows[0][2..], ["gazeti", "2031-03-04T15:00:00+00:00", "-"]);
    assert_eq!(rows[1][2..], ["daily", "undated", "https://daily.example/a"]);
    assert!(said.contains("In the log: 2. Waiting: 0."), "{said}");
    let receipt = format!("desk/receipts/{}.tlog-proof", rows[0][1]);
    assert!(place.path(&receipt).is_file());
    let (printed, _) = place.run(0, &["press", "fetch", "desk.toml"]);
    assert_eq!(printed, "", "no feed is due, and nothing waits");

    let near = ["press", "near", &serving.url, "--record", rows[1][1]];
    let (printed, said) = place.run(0, &near);
    assert!(printed.contains("gazeti, 2031-03-04T15:00:00+00:00: 15 of 18 words"), "{printed}");
    assert!(printed.contains(QUOTE) && said.contains("Who said them first, this does not tell"), "{said}");
    place.run(1, &["press", "near", &serving.url, "--record", rows[0][1]]);
    let (printed, _) = place.run(0, &["press", "near", &serving.url, "--others", "--json"]);
    let all: serde_json::Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(all["rows"][0]["earlier"]["id"], rows[0][1]);
    assert!(all["rows"][0]["statement"]["published"].is_null());

    place.run(0, &["press", "index", &serving.url, "--index", "i"]);
    let (_, said) = place.run(0, &["press", "index", &serving.url, "--index", "i"]);
    assert!(said.contains("2 statements in the index: 0 new"), "{said}");
    let (printed, _) = place.run(0, &["press", "search", "--index", "i", "ushin*"]);
    assert_eq!(printed.matches("as published by").count(), 2, "{printed}");
    let (printed, _) = place
        .run(0, &["press", "search", "--index", "i", "ushindi", "--area", "c01", "--from", "2031-03-04"]);
    assert!(printed.contains("gazeti") && !printed.contains("daily"), "{printed}");
    place.run(1, &["press", "search", "--index", "i", "ushindi -kura"]);
    place.run(2, &["press", "search", "--index", "none", "ushindi"]);
}

#[test]
fn a_mistake_in_the_configuration_is_told() {
    let place = Place { home: tempfile::tempdir().unwrap() };
    std::fs::write(place.path("desk.toml"), "dir = \"desk\"\n").unwrap();
    let (_, said) = place.run(2, &["press", "fetch", "desk.toml"]);
    assert!(said.contains("J101") && said.contains("desk.toml"), "{said}");
}
