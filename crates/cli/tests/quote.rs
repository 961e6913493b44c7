//! A quote as two people use it: the machine's administrator makes it, a stranger checks it with the record that stands in the
//! log. Needs `swtpm` and `tpm2-tools`; `HAKIKI_REQUIRE_SWTPM` demands them.
#![allow(clippy::unwrap_used)]

#[path = "../../recorder/tests/recorder/chip.rs"]
mod chip;
mod serving;

use chip::{Chip, is_there};
use hakiki_core::Record;
use hakiki_core::fixture::{Fixture, Setting, key, log_key};
use hakiki_core::kinds::{Body, Event, Observed};
use hakiki_node::{found_log, open_ledger};
use hakiki_note::Hash;
use serving::Serving;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(60);

/// A process that ends with the test.
struct Ends(Child);

impl Drop for Ends {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

struct Court {
    home: tempfile::TempDir,
    fixture: Fixture,
    tcti: String,
}

impl Court {
    fn path(&self, name: &str) -> String {
        self.home.path().join(name).display().to_string()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hakiki"));
        command.args(arguments).env("TPM2TOOLS_TCTI", &self.tcti).stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> (i32, String) {
        let Output { status, stdout, stderr } = self.command(arguments).output().unwrap();
        (status.code().unwrap(), String::from_utf8([stdout, stderr].concat()).unwrap())
    }

    /// The check of a quote beside a record.
    fn check(&self, quote: &str, record: &Path) -> (i32, String) {
        let (fingerprint, record) = (self.fixture.fingerprint.to_string(), record.display().to_string());
        let log = self.path("log/log");
        let basis = ["recorder", "quote", "--check", quote, "--fingerprint", &fingerprint, "--log", &log];
        self.run(&[&basis[..], &["--record", &record]].concat())
    }

    /// The quote's record as the log has it.
    fn recorded(&self) -> Option<(Hash, Observed)> {
        let ledger = open_ledger(Path::new(&self.path("log"))).unwrap();
        let host = ledger.roster().by_name(key("host-1").name().as_str()).unwrap();
        let mut all = ledger.observations_of(host, ledger.size());
        let quote = all.find(|entry| entry.observed.event == Event::Quote)?;
        Some((quote.id, quote.observed.clone()))
    }

    fn written(&self, name: &str, note: &str) -> PathBuf {
        let path = self.home.path().join(name);
        std::fs::write(&path, note).unwrap();
        path
    }
}

#[test]
fn a_quote_is_checked_beside_the_record_that_the_log_admitted() {
    if !is_there() {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let chip = Chip::start(&home.path().join("chip"));
    let fixture = Fixture::new(&Setting { hosts: 2, ..Setting::default() });
    let court = Court { home, fixture, tcti: chip.tcti.clone() };
    let (log, fingerprint) = (court.path("log"), court.fixture.fingerprint.to_string());
    let records = court.fixture.records.iter().cloned();
    found_log(Path::new(&log), &log_key(), records, &court.fixture.tables).unwrap();
    for (file, secret) in [("log.key", log_key()), ("host.key", key("host-1"))] {
        hakiki_keyring::write_plain(Path::new(&court.path(file)), &secret).unwrap();
    }
    let node = Serving::start(&["--dir", &log, "--log-key", &court.path("log.key")]);
    let (dir, url, log_vkey) = (court.path("recorder"), node.url.clone(), log_key().verifier().to_string());
    let quoting = ["recorder", "quote", "--dir", &dir, "--url", &url, "--fingerprint", &fingerprint];
    // This election has witnesses and none is asked: the administrator is told so, and says that he wants it all the same.
    let (code, words) = court.run(&quoting);
    assert_eq!(code, 2, "{words}");
    let (code, words) = court.run(&[&quoting[..], &["--uncosigned"]].concat());
    assert_eq!(code, 0, "{words}");
    let quote = words.lines().find(|line| line.starts_with(&dir)).unwrap().to_owned();
    let key_file = court.path("host.key");
    let telling = ["recorder", "run", "--dir", &dir, "--key", &key_file, "--fingerprint", &fingerprint];
    let to = ["--url", &url, "--log-key", &log_vkey, "--journal", "/dev/null"];
    let recorder = court.command(&[&telling[..], &to].concat()).stderr(Stdio::null()).spawn().unwrap();
    let recorder = Ends(recorder);
    let began = Instant::now();
    let (id, observed) = loop {
        if let Some(found) = court.recorded() {
            break found;
        }
        assert!(began.elapsed() < PATIENCE, "the recorder brings the quote to the log");
        std::thread::sleep(Duration::from_millis(100));
    };
    drop(recorder);
    node.stop();

    let (code, note) = court.run(&["show", &id.to_string(), "--dir", &log]);
    assert_eq!(code, 0, "{note}");
    let (code, words) = court.check(&quote, &court.written("record", &note));
    assert_eq!(code, 0, "{words}");
    assert!(words.contains(&id.to_string()), "{words}");

    // The same words, signed by the machine, that never came into the log; and by a machine that is not of this log.
    for (name, signer) in [("unsent", "host-1"), ("foreign", "host-9")] {
        let later = Observed { sequence: observed.sequence + 7, ..observed.clone() };
        let forged = of_machine(&court.fixture, &later, signer);
        let (code, words) = court.check(&quote, &court.written(name, forged.note()));
        assert_eq!(code, 1, "{name}: {words}");
        assert!(words.contains("H211"), "{name}: {words}");
    }
    // Another machine's observation of something else beside this quote.
    let other = Observed { value: Some(Hash([7; 32])), ..observed };
    let forged = of_machine(&court.fixture, &other, "host-1");
    let (code, words) = court.check(&quote, &court.written("other", forged.note()));
    assert_eq!((code, words.contains("H209")), (1, true), "{words}");
}

fn of_machine(fixture: &Fixture, observed: &Observed, machine: &str) -> Record {
    fixture.sign(Body::from(observed.clone()), &[&key(machine)])
}
