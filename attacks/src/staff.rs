//! The commission's staff and machines, as plays and the rehearsed dispute need them: keys that the quorum enrols, sessions, and
//! what real machines note of themselves: a node with a host key, a host recorder over journal lines, a mirror that collects.

use crate::arena::{Arena, PATIENCE};
use crate::process::{Process, free_address, wait_for};
use crate::stranger::unique;
use crate::web;
use anyhow::{Context as _, Result, ensure};
use hakiki_core::Record;
use hakiki_core::establish::possess;
use hakiki_core::kinds::{
    Body, Custody, Event, ItemKind, KeyAction, KeyRecord, NewKey, Observed, Session, SessionAction, Software,
};
use hakiki_core::roster::Role;
use hakiki_note::{Hash, SigningKey, sha256};
use hakiki_rehearsal::founding::{Keyring, time};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// What a node calls itself where nothing else is configured.
const COMPONENT: &str = "node";

/// Sends a record and requires a receipt; gives the place.
pub fn placed(arena: &Arena, record: &Record) -> Result<u64> {
    let answer = arena.submit(record)?;
    let text = answer.text();
    ensure!(answer.status == 200, "{}: {text}", answer.status);
    index_of(&text)
}

/// The place that a receipt names.
pub fn index_of(receipt: &str) -> Result<u64> {
    let index = receipt.lines().find_map(|line| line.strip_prefix("index ")?.parse().ok());
    index.with_context(|| format!("a receipt names its place: {receipt}"))
}

/// Brings a blob that a record of the log names.
pub fn put(arena: &Arena, blob: &[u8]) -> Result<()> {
    let answer = web::put(&format!("{}/blob/{}", arena.url(), sha256(blob)), blob)?;
    ensure!(answer.is_good(), "{}: {}", answer.status, answer.text());
    Ok(())
}

/// Brings a table that a record will name, under a key's signature; gives its hash.
pub fn put_table(arena: &Arena, table: &[u8], key: &SigningKey) -> Result<Hash> {
    let file = arena.path(&format!("table-{}", unique()));
    std::fs::write(&file, table)?;
    let (file, url, fingerprint) = (file.display().to_string(), arena.url(), arena.fingerprint.to_string());
    let key = arena.key_file(&format!("table of {}", key.name()), key)?;
    let put = ["table", "put", &file, "--url", &url, "--key", &key, "--fingerprint", &fingerprint];
    let output = arena.command(&put)?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(sha256(table))
}

/// Signs a record by the quorum.
pub fn by_quorum(arena: &Arena, body: impl Into<Body>) -> Result<Record> {
    let quorum = Keyring(&arena.country).quorum();
    arena.sign(body, &quorum.iter().collect::<Vec<_>>())
}

/// Enrols a key for the whole country, by the quorum.
pub fn enrolled(arena: &Arena, role: Role, label: &str) -> Result<SigningKey> {
    let key = Keyring(&arena.country).key(label);
    let mut public = [0u8; 32];
    public.copy_from_slice(key.verifier().key().bytes());
    let new = NewKey {
        name: key.name().clone(),
        role,
        of_station: false,
        scope: arena.country.areas[0].id.clone(),
        party: None,
        public,
        possession: possess(&arena.fingerprint, &key),
    };
    let record =
        KeyRecord { action: KeyAction::Enrol(new), old: None, reason: "ceremony".into(), words: None };
    placed(arena, &by_quorum(arena, record)?)?;
    Ok(key)
}

/// A session of a person on a machine begins, so many seconds after the close of the polls.
pub fn begin(
    person: &SigningKey,
    machine: &SigningKey,
    at_seconds: i64,
    ticket: Option<&str>,
) -> Result<Session> {
    Ok(Session {
        action: SessionAction::Begin,
        person: person.name().clone(),
        machine: machine.name().clone(),
        at: time(at_seconds)?,
        ticket: ticket.map(str::to_owned),
        session: None,
        reason: "maintenance".into(),
        words: None,
    })
}

/// It ends.
pub fn end(begun: &Record, person: &SigningKey, machine: &SigningKey, at_seconds: i64) -> Result<Session> {
    let session = Some(*begun.id());
    Ok(Session { action: SessionAction::End, session, ..begin(person, machine, at_seconds, None)? })
}

/// Hands a form book over; from a key to itself where it begins.
pub fn hand_over(
    book: &str,
    serials: Option<(&str, &str)>,
    station: Option<&str>,
    from: &SigningKey,
    to: &SigningKey,
) -> Result<Custody> {
    Ok(Custody {
        items: BTreeSet::from([(ItemKind::FormBook, book.to_owned())]),
        serials: serials.map(|(first, last)| (first.to_owned(), last.to_owned())),
        station: station.map(str::to_owned),
        from: from.name().clone(),
        to: to.name().clone(),
        at: time(0)?,
        reason: "polling".into(),
        words: None,
    })
}

/// The node's program as the quorum authorises it.
pub fn authorised(program: Hash) -> Software {
    Software {
        component: COMPONENT.into(),
        version: "1.0".into(),
        program,
        configuration: None,
        dependencies: None,
        source: None,
        reason: "freeze".into(),
        words: None,
    }
}

/// The hash of a program's file.
pub fn program_hash(path: &Path) -> Result<Hash> {
    Ok(sha256(&std::fs::read(path).with_context(|| path.display().to_string())?))
}

/// A copy of the program under test that does the same and is not the same bytes.
pub fn changed_copy(arena: &Arena) -> Result<PathBuf> {
    let path = arena.path("cosmetic");
    std::fs::copy(&arena.program, &path)?;
    // Bytes behind the end of an executable are not loaded.
    OpenOptions::new().append(true).open(&path)?.write_all(b"a new colour")?;
    Ok(path)
}

/// Stops the node, and starts it again with a host key: from the program under test, or from another file.
pub fn restart_node(arena: &mut Arena, host: &SigningKey, program: Option<PathBuf>) -> Result<()> {
    arena.node.take().context("the node runs")?.stop()?;
    let key = arena.key_file("host of the node", host)?;
    let under_test = arena.program.clone();
    arena.program = program.unwrap_or_else(|| under_test.clone());
    let started = arena.start_node_with(&[&format!("host_key={key}")]);
    arena.program = under_test;
    started
}

/// What a machine's key observed, by places.
pub fn observations(arena: &Arena, host: &SigningKey) -> Result<Vec<(u64, Observed)>> {
    let mut found = Vec::new();
    for (place, entry) in (0..).zip(arena.entries()?) {
        let Ok(record) = Record::parse(&entry) else { continue };
        if let Body::Observed(observed) = record.body()
            && record.signers().iter().any(|signer| signer.name == *host.name())
        {
            found.push((place, observed.clone()));
        }
    }
    Ok(found)
}

/// Waits until a machine has observed something; gives the place.
pub fn wait_observed(
    arena: &Arena,
    host: &SigningKey,
    what: &str,
    is_it: impl Fn(&Observed) -> bool,
) -> Result<u64> {
    let look = || {
        let found = observations(arena, host).ok()?;
        found.into_iter().find(|(_, observed)| is_it(observed)).map(|(place, _)| place)
    };
    wait_for(what, PATIENCE, look)
}

/// Waits until the node has observed a program of these bytes; gives the place.
pub fn wait_program(arena: &Arena, host: &SigningKey, program: Hash) -> Result<u64> {
    let is_it = |observed: &Observed| observed.event == Event::Program && observed.value == Some(program);
    wait_observed(arena, host, "the node to name its program", is_it)
}

/// A host recorder over a file of journal lines, and a rival's mirror that collects from it.
pub struct RecordedHost {
    key: SigningKey,
    lines: PathBuf,
    collector: String,
    recorder: Process,
    mirror: Process,
}

impl RecordedHost {
    /// Starts both. The accounts of the machine are the people's, by their labels.
    pub fn start(arena: &Arena, key: &SigningKey, accounts: &[(&str, &SigningKey)]) -> Result<Self> {
        let path = |name: &str| arena.path(name).display().to_string();
        let (address, fingerprint) = (free_address()?, arena.fingerprint.to_string());
        let collector = format!("http://{address}");
        let mirror = ["mirror", &arena.url(), "--dir", &path("collector"), "--listen", &address.to_string()];
        let mirror = [&mirror[..], &["--fingerprint", &fingerprint, "--collect"]].concat();
        let start = |arguments: Vec<&str>, log: &str| {
            let arguments: Vec<String> = arguments.into_iter().map(str::to_owned).collect();
            Process::start(&arena.program, &arguments, &arena.path(log), 0)
        };
        let mirror = start(mirror, "collector.log")?;
        // A note of a key that its copy does not have yet would be refused, and tried again only later.
        let knows = || collected_of(&collector, key).map(|_| ());
        wait_for("the mirror that collects to know the machine's key", PATIENCE, knows)?;
        let people: Vec<String> =
            accounts.iter().map(|(account, key)| format!("{account} {}\n", key.name())).collect();
        let mut file =
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(arena.path("accounts"))?;
        file.write_all(people.concat().as_bytes())?;
        let (key_file, log_key) = (arena.key_file("host recorder", key)?, arena.log_key());
        let (url, log_key) = (arena.url(), log_key.verifier().to_string());
        let (dir, accounts, lines) = (path("recorder"), path("accounts"), path("journal"));
        let recorder = ["recorder", "run", "--dir", &dir, "--key", &key_file, "--fingerprint", &fingerprint];
        let targets = ["--url", &url, "--log-key", &log_key, "--collector", &collector];
        let sources = ["--accounts", &accounts, "--inside", "10.20.0.0/16", "--journal", &lines];
        let recorder = start([&recorder[..], &targets, &sources].concat(), "recorder.log")?;
        Ok(Self { key: key.clone(), lines: lines.into(), collector, recorder, mirror })
    }

    /// The machine's journal takes a line that root wrote, so many seconds after the close of the polls.
    fn journal(&self, at_seconds: i64, program: &str, message: &str) -> Result<()> {
        let second = time(at_seconds)?.unix_seconds;
        let line = serde_json::json!({
            "__CURSOR": format!("c{second}"),
            "__REALTIME_TIMESTAMP": format!("{second}000000"),
            "_UID": "0",
            "SYSLOG_IDENTIFIER": program,
            "MESSAGE": message,
        });
        let mut file = OpenOptions::new().create(true).append(true).open(&self.lines)?;
        Ok(file.write_all(format!("{line}\n").as_bytes())?)
    }

    fn wait(&self, arena: &Arena, event: Event, at_seconds: i64) -> Result<u64> {
        let at = time(at_seconds)?.unix_seconds;
        let is_it = |observed: &Observed| observed.event == event && observed.at.unix_seconds == at;
        let found = wait_observed(arena, &self.key, &format!("the recorder's {}", event.as_str()), is_it);
        found.with_context(|| self.recorder.said())
    }

    /// Somebody logs in from an address; gives the place of what the machine noted.
    pub fn login(&self, arena: &Arena, at_seconds: i64, account: &str, address: &str) -> Result<u64> {
        let message = format!("Accepted publickey for {account} from {address} port 50022 ssh2");
        self.journal(at_seconds, "sshd", &message)?;
        self.wait(arena, Event::Login, at_seconds)
    }

    /// Somebody logs out.
    pub fn logout(&self, arena: &Arena, at_seconds: i64, account: &str) -> Result<u64> {
        let message = format!("pam_unix(sshd:session): session closed for user {account}");
        self.journal(at_seconds, "sshd", &message)?;
        self.wait(arena, Event::Logout, at_seconds)
    }

    /// The rival has every note that the log has; then both end.
    pub fn stop(self, arena: &Arena) -> Result<()> {
        let last = observations(arena, &self.key)?.iter().map(|(_, observed)| observed.sequence).max();
        let last = u64::from(last.context("the machine noted something")?);
        let has_all = || {
            let own = collected_of(&self.collector, &self.key)?;
            (own["last_sequence"].as_u64()? >= last).then_some(())
        };
        wait_for("the rival to hold what the machine noted", PATIENCE, has_all)?;
        self.recorder.stop()?;
        self.mirror.stop()
    }
}

/// What a mirror says that it collected from a machine; none while it does not know the machine.
fn collected_of(collector: &str, machine: &SigningKey) -> Option<Value> {
    let answer: Value =
        serde_json::from_slice(&web::get(&format!("{collector}/collected")).ok()?.body).ok()?;
    answer["machines"].as_array()?.iter().find(|one| one["machine"] == machine.name().as_str()).cloned()
}
