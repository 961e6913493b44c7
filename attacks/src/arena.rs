//! The ground on which a play is played: a small election, one node, five witnesses of five classes, two mirrors of two, kits;
//! all of them processes of the program under test, on loopback.

use crate::forge;
use crate::process::{Process, free_addresses, wait_for};
use crate::web::{self, Answer};
use anyhow::{Context as _, Result, bail, ensure};
use hakiki_core::Record;
use hakiki_node::found_log;
use hakiki_note::{Hash, SigningKey};
use hakiki_rehearsal::country::Country;
use hakiki_rehearsal::founding::{Founded, Keyring, found};
use hakiki_rehearsal::rivals::{MIRROR_CLASSES, Rivals, WITNESS_CLASSES};
use hakiki_tlog::Head;
use hakiki_tlog::checkpoint::VerifiedCheckpoint;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Stations of the country of a play.
const STATIONS: u64 = 64;
/// Seconds in which a stamped form must be in the log, and the greatest age of a head, in a play.
pub const MERGE_DELAY_SECONDS: u32 = 3;
pub const HEAD_AGE_SECONDS: u32 = 20;
/// How long anything that should happen may take: the machine may be busy.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The country, its keys, and the processes that run.
pub struct Arena {
    /// The program under test.
    pub program: PathBuf,
    /// Everything is below it.
    pub root: tempfile::TempDir,
    /// The invented country.
    pub country: Country,
    /// The election's id.
    pub fingerprint: Hash,
    /// The node, if it runs.
    pub node: Option<Process>,
    /// Where it listens.
    pub node_address: SocketAddr,
    /// The witnesses that run, by class.
    pub witnesses: BTreeMap<&'static str, Process>,
    /// The mirrors that run, by class.
    pub mirrors: BTreeMap<&'static str, Process>,
    /// By how many seconds a clock is wrong: of `witness press`, `mirror party`, `node`.
    pub clocks: BTreeMap<String, i64>,
    addresses: BTreeMap<String, SocketAddr>,
}

impl Arena {
    /// Invents a country and founds its log. Nothing runs yet.
    pub fn new(program: &Path, seed: &str) -> Result<Self> {
        let founded = Founded {
            with_rivals: true,
            merge_delay_seconds: MERGE_DELAY_SECONDS,
            head_age_seconds: HEAD_AGE_SECONDS,
        };
        Self::founded(program, seed, founded)
    }

    /// The same, with other limits of time.
    pub fn founded(program: &Path, seed: &str, founded: Founded) -> Result<Self> {
        let root = tempfile::tempdir()?;
        let country = Country::generate(seed, STATIONS)?;
        let founding = found(&country, founded)?;
        let fingerprint = founding.fingerprint;
        let log_key = Keyring(&country).log();
        std::fs::write(root.path().join("election.txt"), founding.records[0].note())?;
        found_log(&root.path().join("node"), &log_key, founding.records, &founding.tables)?;
        let witnesses = WITNESS_CLASSES.map(|class| format!("witness {class}"));
        let mirrors = MIRROR_CLASSES.map(|class| format!("mirror {class}"));
        let names: Vec<String> = witnesses.into_iter().chain(mirrors).collect();
        let mut free = free_addresses(names.len() + 1)?;
        let node_address = free.pop().context("as many addresses as were asked for")?;
        let addresses = names.into_iter().zip(free).collect();
        let (witnesses, mirrors) = (BTreeMap::new(), BTreeMap::new());
        let program = program.to_owned();
        Ok(Self {
            program,
            root,
            country,
            fingerprint,
            node: None,
            node_address,
            witnesses,
            mirrors,
            clocks: BTreeMap::new(),
            addresses,
        })
    }

    /// The whole ground: everything runs, and the head of the founding is held by rivals.
    pub fn full(program: &Path, seed: &str) -> Result<Self> {
        let mut arena = Self::new(program, seed)?;
        arena.start()?;
        Ok(arena)
    }

    /// Starts everything, and waits until the head of the founding is held by rivals.
    pub fn start(&mut self) -> Result<()> {
        for class in WITNESS_CLASSES {
            self.start_witness(class)?;
        }
        self.start_node()?;
        for class in MIRROR_CLASSES {
            self.start_mirror(class)?;
        }
        let size = self.head()?.size;
        self.wait_held(size)?;
        Ok(())
    }

    /// A path below the root.
    pub fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// The log's key.
    pub fn log_key(&self) -> SigningKey {
        Keyring(&self.country).log()
    }

    /// The keys of those who hold the log.
    pub fn rivals(&self) -> Rivals<'_> {
        Rivals(&self.country)
    }

    /// The file of a key, which is written the first time.
    pub fn key_file(&self, name: &str, key: &SigningKey) -> Result<String> {
        let path = self.path(&format!("{}.key", name.replace([' ', '/'], "-")));
        if !path.exists() {
            use std::io::Write as _;
            let mut file =
                std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
            file.write_all(key.to_private_text().as_bytes())?;
        }
        Ok(path.display().to_string())
    }

    fn run(&self, name: &str, arguments: &[String]) -> Result<Process> {
        let log = self.path(&format!("{}.log", name.replace(' ', "-")));
        Process::start(&self.program, arguments, &log, self.clocks.get(name).copied().unwrap_or(0))
    }

    /// Where a witness or mirror is reached: `witness press`, `mirror party`.
    pub fn url_of(&self, who: &str) -> String {
        format!("http://{}", self.addresses[who])
    }

    /// Where the node is reached.
    pub fn url(&self) -> String {
        format!("http://{}", self.node_address)
    }

    /// Starts the witness of a class.
    pub fn start_witness(&mut self, class: &'static str) -> Result<()> {
        let who = format!("witness {class}");
        let key = self.key_file(&who, &self.rivals().witness(class))?;
        let arguments = [
            "witness".into(),
            "run".into(),
            "--dir".into(),
            self.path(&format!("witness-{class}")).display().to_string(),
            "--listen".into(),
            self.addresses[&who].to_string(),
            "--key".into(),
            key,
            "--set".into(),
            format!("logs={}", self.log_key().verifier()),
        ];
        let process = up(self.run(&who, &arguments)?, &who, &self.url_of(&who))?;
        self.witnesses.insert(class, process);
        Ok(())
    }

    /// The arguments with which the node runs over a directory.
    pub fn node_arguments(&self, dir: &Path, listen: SocketAddr, more: &[&str]) -> Result<Vec<String>> {
        let key = self.key_file("log", &self.log_key())?;
        let mut arguments: Vec<String> = ["serve", "--dir"].map(str::to_owned).into();
        arguments.push(dir.display().to_string());
        arguments.extend(["--listen".to_owned(), listen.to_string(), "--log-key".to_owned(), key]);
        let named = |what: &str, key: SigningKey| format!("{}={}", key.name(), self.url_of(what));
        let witnesses =
            WITNESS_CLASSES.map(|class| named(&format!("witness {class}"), self.rivals().witness(class)));
        let mirrors =
            MIRROR_CLASSES.map(|class| named(&format!("mirror {class}"), self.rivals().mirror(class)));
        let settings = [
            format!("witness={}", witnesses.join(" ")),
            format!("mirror={}", mirrors.join(" ")),
            "head_interval_seconds=1".to_owned(),
            "witness_timeout_ms=3000".to_owned(),
        ];
        for setting in settings.into_iter().chain(more.iter().map(|one| (*one).to_owned())) {
            arguments.extend(["--set".to_owned(), setting]);
        }
        Ok(arguments)
    }

    /// Starts the node and waits until it serves.
    pub fn start_node(&mut self) -> Result<()> {
        self.start_node_with(&[])
    }

    /// Starts the node with settings of its own, and waits until it serves.
    pub fn start_node_with(&mut self, more: &[&str]) -> Result<()> {
        let arguments = self.node_arguments(&self.path("node"), self.node_address, more)?;
        let process = self.run("node", &arguments)?;
        self.node = Some(up(process, "the node", &self.url())?);
        Ok(())
    }

    /// Starts a follower of the node: the stranger who looks again and again.
    pub fn start_follower(&self) -> Result<Process> {
        let memory = self.path("followed").display().to_string();
        let mut arguments = ["follow".to_owned(), self.url(), "--every".into(), "2".into()].to_vec();
        let fingerprint = self.fingerprint.to_string();
        arguments.extend(["--fingerprint".into(), fingerprint, "--memory".into(), memory]);
        for class in WITNESS_CLASSES {
            arguments.extend(["--witness".into(), self.url_of(&format!("witness {class}"))]);
        }
        for class in MIRROR_CLASSES {
            arguments.extend(["--mirror".into(), self.url_of(&format!("mirror {class}"))]);
        }
        self.run("follower", &arguments)
    }

    /// Starts a node over any directory, and gives it without waiting.
    pub fn start_other_node(&self, dir: &Path, listen: SocketAddr, more: &[&str]) -> Result<Process> {
        self.run("other-node", &self.node_arguments(dir, listen, more)?)
    }

    /// Starts the mirror of a class, which follows the node.
    pub fn start_mirror(&mut self, class: &'static str) -> Result<()> {
        self.start_mirror_of(class, &self.url())
    }

    /// Starts the mirror of a class, which follows a source.
    pub fn start_mirror_of(&mut self, class: &'static str, source: &str) -> Result<()> {
        let who = format!("mirror {class}");
        let key = self.key_file(&who, &self.rivals().mirror(class))?;
        let intake = self.key_file(&format!("intake {class}"), &self.rivals().intake(class))?;
        let mut arguments: Vec<String> = vec!["mirror".into(), source.into()];
        let pairs = [
            ("--dir", self.path(&format!("mirror-{class}")).display().to_string()),
            ("--listen", self.addresses[&who].to_string()),
            ("--name", self.rivals().mirror(class).name().to_string()),
            ("--key", key),
            ("--key", intake),
            ("--fingerprint", self.fingerprint.to_string()),
        ];
        arguments.extend(pairs.into_iter().flat_map(|(name, value)| [name.to_owned(), value]));
        for class in WITNESS_CLASSES {
            let name = self.rivals().witness(class).name().to_string();
            arguments
                .extend(["--witness".into(), format!("{name}={}", self.url_of(&format!("witness {class}")))]);
        }
        let process = up(self.run(&who, &arguments)?, &who, &self.url_of(&who))?;
        self.mirrors.insert(class, process);
        Ok(())
    }

    /// Starts the witnesses and mirrors that do not run.
    pub fn start_the_fallen(&mut self) -> Result<()> {
        for class in WITNESS_CLASSES {
            if !self.witnesses.contains_key(class) {
                self.start_witness(class)?;
            }
        }
        for class in MIRROR_CLASSES {
            if !self.mirrors.contains_key(class) {
                self.start_mirror(class)?;
            }
        }
        Ok(())
    }

    /// Writes receipts into files, and gives the verifier's arguments that name them.
    pub fn receipt_arguments(&self, receipts: &[String]) -> Result<Vec<String>> {
        let mut arguments = Vec::new();
        for (number, receipt) in receipts.iter().enumerate() {
            let path = self.path(&format!("receipt-{number}"));
            std::fs::write(&path, receipt)?;
            arguments.extend(["--receipt".to_owned(), path.display().to_string()]);
        }
        Ok(arguments)
    }

    /// What a process said, by its name.
    pub fn said(&self, who: &str) -> String {
        std::fs::read_to_string(self.path(&format!("{}.log", who.replace(' ', "-")))).unwrap_or_default()
    }

    /// Sends a record to the node.
    pub fn submit(&self, record: &Record) -> Result<Answer> {
        submit_to(&self.url(), record)
    }

    /// Sends forms of stations, and gives their receipts.
    pub fn send_forms(&self, stations: std::ops::Range<usize>) -> Result<Vec<String>> {
        let mut receipts = Vec::new();
        for station in stations {
            let answer = self.submit(&self.form(station, [40, 30, 20, 10], 1)?)?;
            ensure!(answer.status == 200, "station {station}: {} {}", answer.status, answer.text());
            receipts.push(answer.text());
        }
        Ok(receipts)
    }

    /// A checkpoint that a server gives at a path.
    pub fn checkpoint_at(&self, url: &str, path: &str) -> Option<VerifiedCheckpoint> {
        let answer = web::get(&format!("{url}/{path}")).ok().filter(Answer::is_good)?;
        VerifiedCheckpoint::open(&answer.body, self.log_key().verifier()).ok()
    }

    /// The node's newest head, as it signed it.
    pub fn head_text(&self) -> Result<VerifiedCheckpoint> {
        self.checkpoint_at(&self.url(), "checkpoint").context("the node gives a signed checkpoint")
    }

    /// The node's newest head.
    pub fn head(&self) -> Result<Head> {
        Ok(self.head_text()?.head())
    }

    /// Waits until a head of at least `size` is cosigned by the quorum.
    pub fn wait_cosigned(&self, size: u64) -> Result<VerifiedCheckpoint> {
        self.wait_state("cosigned", size)
    }

    /// Waits until a head of at least `size` is held by rivals.
    pub fn wait_held(&self, size: u64) -> Result<VerifiedCheckpoint> {
        self.wait_state("held", size)
    }

    fn wait_state(&self, state: &str, size: u64) -> Result<VerifiedCheckpoint> {
        let newer = |checkpoint: &VerifiedCheckpoint| checkpoint.head().size >= size;
        let what = format!("a head of {size} that is {state}");
        let found = wait_for(&what, PATIENCE, || self.checkpoint_at(&self.url(), state).filter(newer));
        found.with_context(|| format!("the node said:\n{}", tail(&self.said("node"))))
    }

    /// Every entry of the node's log, read from its directory.
    pub fn entries(&self) -> Result<Vec<Vec<u8>>> {
        forge::entries_of(&self.path("node"), &self.log_key())
    }
}

/// Waits until a process answers; its end, or a minute of silence, is an error with what it said.
fn up(mut process: Process, who: &str, url: &str) -> Result<Process> {
    let health = format!("{url}/health");
    let answer = wait_for(who, PATIENCE, || match process.wait(Duration::ZERO) {
        Ok(None) => web::get(&health).ok().map(|_| true),
        _ => Some(false),
    });
    match answer {
        Ok(true) => Ok(process),
        Ok(false) => bail!("{who} ended at once: {}", tail(&process.said())),
        Err(error) => Err(error.context(tail(&process.said()))),
    }
}

/// Sends a record to the node or a mirror at an address.
pub fn submit_to(url: &str, record: &Record) -> Result<Answer> {
    web::post(&format!("{url}/submit"), record.note().as_bytes())
}

/// The last lines of what a process said.
pub fn tail(said: &str) -> String {
    let lines: Vec<&str> = said.lines().collect();
    lines[lines.len().saturating_sub(15)..].join("\n")
}
