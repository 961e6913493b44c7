//! The rehearsal of a national election, from its register to a verified total.
//!
//! It founds the invented election in a directory, or goes on with the one that is there; starts a node; lets kits and
//! officers send; and hands the published log to the stranger's verifier. It says nothing itself: a [`Watcher`] is told.

use crate::audit::{Audited, Boxes, audit};
use crate::country::{Country, Plan};
use crate::founding::{Founded, Founding, Keyring, found};
use crate::night::{Gates, Night, Tally, Target, run as send_night};
use anyhow::{Context, Result, anyhow, bail};
use hakiki_core::Ledger;
use hakiki_node::{Configuration, CosignerAddress, Node, Running, found_log, open_ledger};
use hakiki_note::{Hash, KeyName};
use hakiki_verify::{Check, Options, Program, Progress, Quiet, Report, Source, Status};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What rehearsal is in a directory.
const MARK: &str = "rehearsal.toml";
/// Submissions a minute that the quorum's keys may send here: the officers of a morning are replaced within seconds.
const KEY_RATE_PER_MINUTE: u64 = 1_000_000;

/// What to rehearse.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How many stations.
    pub stations: u64,
    /// Minutes for the night; 0 is as fast as it goes.
    pub minutes: u32,
    /// The country's seed.
    pub seed: String,
    /// Where the log is kept.
    pub dir: PathBuf,
    /// Where the node listens.
    pub listen: SocketAddr,
    /// Who makes the report.
    pub program: Program,
    /// Whether the paper is audited after the night, and what its boxes hold.
    pub audit: Option<Boxes>,
    /// Who starts witnesses and mirrors; none: the election has none.
    pub rivals: Option<Arc<dyn StartRivals>>,
}

/// Where witnesses and mirrors are reached.
#[derive(Debug, Clone, Default)]
pub struct Reached {
    /// Key name and URL of each witness.
    pub witnesses: Vec<(KeyName, String)>,
    /// Of each mirror, which need not run yet.
    pub mirrors: Vec<(KeyName, String)>,
}

/// Starts those who hold the log, as programs of their own.
pub trait StartRivals: Send + Sync + std::fmt::Debug {
    /// Starts the witnesses, and says where they and the mirrors will be.
    fn witnesses(&self, country: &Country) -> Result<Reached>;

    /// Starts the mirrors of the node at an address.
    fn mirrors(&self, country: &Country, url: &str, fingerprint: &Hash) -> Result<()>;
}

/// What the watcher is told.
pub enum Event<'a> {
    /// A country is invented.
    Inventing,
    /// So many keys are made.
    Founding {
        /// Keys.
        keys: usize,
    },
    /// The log goes on.
    Resuming {
        /// Records in it.
        size: u64,
    },
    /// The election's id.
    Fingerprint(&'a Hash),
    /// The node serves.
    Open {
        /// Its address.
        url: &'a str,
    },
    /// The night begins: so many submissions.
    Night {
        /// Submissions.
        events: u64,
    },
    /// So many have been sent.
    Sent(&'a Tally),
    /// The night is over.
    Over {
        /// What came of it.
        tally: &'a Tally,
        /// How long it took.
        took: Duration,
    },
    /// The paper is audited.
    Auditing,
    /// The audit ended.
    Audited(&'a Audited),
    /// The check begins.
    Checking,
}

/// Who is told.
pub trait Watcher: Send + Sync {
    /// Something happens.
    fn tell(&self, event: Event<'_>);
}

/// A rehearsal that ran to its end; its node still serves.
pub struct Rehearsed {
    /// The stranger's report.
    pub report: Report,
    /// The node.
    pub running: Running,
    /// Its address.
    pub url: String,
    /// The election's id.
    pub fingerprint: Hash,
    /// Whether the node's totals and the verifier's are the same text.
    pub is_equal: bool,
}

/// Why a directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// Another rehearsal is in it.
    #[error("the directory holds the rehearsal of seed {seed} with {stations} stations")]
    Other {
        /// Its seed.
        seed: String,
        /// Its stations.
        stations: u64,
    },
    /// Something else is in it.
    #[error("the directory is not empty and holds no rehearsal")]
    Foreign,
}

/// Whether a rehearsal of these settings stands in the directory; none is there if false.
fn stands(settings: &Settings) -> Result<bool> {
    let mark = settings.dir.join(MARK);
    if !mark.exists() {
        let is_empty = match std::fs::read_dir(&settings.dir) {
            Ok(mut entries) => entries.next().is_none(),
            Err(_) => true,
        };
        return if is_empty { Ok(false) } else { Err(DirectoryError::Foreign.into()) };
    }
    let found: toml::Table = std::fs::read_to_string(&mark)?.parse().context("reading rehearsal.toml")?;
    let seed = found.get("seed").and_then(toml::Value::as_str).unwrap_or_default().to_owned();
    let stations = found.get("stations").and_then(toml::Value::as_integer).unwrap_or_default();
    let stations = u64::try_from(stations)?;
    let with_rivals = found.get("rivals").and_then(toml::Value::as_bool).unwrap_or_default();
    if (seed.as_str(), stations, with_rivals)
        != (settings.seed.as_str(), settings.stations, settings.rivals.is_some())
    {
        return Err(DirectoryError::Other { seed, stations }.into());
    }
    Ok(found.get("founded").and_then(toml::Value::as_bool).unwrap_or_default())
}

/// Notes which rehearsal is in the directory, and whether its founding is complete.
fn mark(settings: &Settings, founded: bool) -> Result<()> {
    let Settings { seed, stations, rivals, .. } = settings;
    let rivals = rivals.is_some();
    let text = format!("seed = {seed:?}\nstations = {stations}\nrivals = {rivals}\nfounded = {founded}\n");
    Ok(std::fs::write(settings.dir.join(MARK), text)?)
}

/// Founds the log, or reads the one that stands.
fn open(settings: &Settings, country: &Country, watcher: &dyn Watcher) -> Result<(Ledger, bool)> {
    let keys = Keyring(country);
    if stands(settings)? {
        let ledger = open_ledger(&settings.dir)?;
        watcher.tell(Event::Resuming { size: ledger.size() });
        return Ok((ledger, true));
    }
    watcher.tell(Event::Founding { keys: 2 * country.stations.len() });
    let founded = Founded { with_rivals: settings.rivals.is_some(), ..Founded::default() };
    let Founding { records, tables, .. } = found(country, founded)?;
    std::fs::create_dir_all(&settings.dir)?;
    mark(settings, false)?;
    // What an interrupted founding left is made anew: nobody has seen it.
    for part in ["log", "private"] {
        let path = settings.dir.join(part);
        if path.exists() {
            std::fs::remove_dir_all(&path)?;
        }
    }
    let ledger = found_log(&settings.dir, &keys.log(), records, &tables)?;
    mark(settings, true)?;
    Ok((ledger, false))
}

/// Runs a rehearsal to its end.
pub async fn run(
    settings: &Settings,
    watcher: Arc<dyn Watcher>,
    progress: Arc<dyn Progress + Send>,
) -> Result<Rehearsed> {
    watcher.tell(Event::Inventing);
    let country = Country::generate(&settings.seed, settings.stations)?;
    let plan = Plan::new(&country);
    let (ledger, is_resumed) = open(settings, &country, &*watcher)?;
    let fingerprint = *ledger.fingerprint();
    watcher.tell(Event::Fingerprint(&fingerprint));
    let log_key = Keyring(&country).log();
    let target_key = log_key.verifier().clone();
    let mut configuration = Configuration::of_dir(&settings.dir);
    configuration.listen = settings.listen;
    configuration.key_rate_per_minute = KEY_RATE_PER_MINUTE;
    configuration.key_burst = KEY_RATE_PER_MINUTE;
    if let Some(rivals) = &settings.rivals {
        let Reached { witnesses, mirrors } = rivals.witnesses(&country)?;
        let addresses = |all: Vec<(KeyName, String)>| {
            all.into_iter().map(|(name, url)| CosignerAddress { name, url }).collect()
        };
        (configuration.witnesses, configuration.mirrors) = (addresses(witnesses), addresses(mirrors));
    }
    let known = is_resumed.then(|| Arc::new(ledger));
    let running = Node::start(configuration, log_key).await?;
    let url = format!("http://{}", running.address);
    watcher.tell(Event::Open { url: &url });
    if let Some(rivals) = &settings.rivals {
        rivals.mirrors(&country, &url, &fingerprint)?;
    }
    let squeeze = plan.squeeze(settings.minutes);
    let target = Target { url: url.clone(), log_key: target_key };
    let (tally, gates) = (Tally::default(), Gates::new(&plan));
    let night = Night { country, plan, fingerprint, target, squeeze, known, tally, gates };
    watcher.tell(Event::Night { events: night.plan.summary().submissions });
    let began = Instant::now();
    let night = Arc::new(night);
    let ticker = tokio::spawn(tick(Arc::clone(&night), Arc::clone(&watcher)));
    let sent = tokio::select! {
        sent = send_night(&night) => sent,
        failure = running.failure() => Err(anyhow!(failure)),
    };
    ticker.abort();
    if let Err(error) = sent {
        running.stop().await?;
        return Err(error);
    }
    watcher.tell(Event::Over { tally: &night.tally, took: began.elapsed() });
    let check = |progress: Arc<dyn Progress + Send>| {
        let options = Options {
            source: Source::Url(url.clone()),
            fingerprint: Some(fingerprint),
            require: BTreeSet::from([Check::V01, Check::V10]),
            threads: None,
            program: settings.program.clone(),
        };
        tokio::task::spawn_blocking(move || hakiki_verify::verify(&options, &*progress))
    };
    if let Some(boxes) = settings.audit {
        watcher.tell(Event::Auditing);
        let report = check(Arc::new(Quiet)).await?;
        let published = report.ledger.zip(report.head).context("the published log cannot be read")?;
        let audited = Box::pin(audit(&night, published.0, published.1, boxes)).await?;
        watcher.tell(Event::Audited(&audited));
    }
    watcher.tell(Event::Checking);
    let report = check(progress).await?;
    let is_equal =
        report.checks.iter().any(|check| check.code == Check::V10 && check.status == Status::Passed);
    Ok(Rehearsed { report, running, url, fingerprint, is_equal })
}

async fn tick(night: Arc<Night>, watcher: Arc<dyn Watcher>) {
    loop {
        watcher.tell(Event::Sent(&night.tally));
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// The rehearsal's own expectation of its outcome, from the plan alone, against a report. Gives what differs.
pub fn differences(plan: &Plan, report: &Report) -> Result<Vec<String>> {
    let expected = plan.outcome();
    let Some(contest) = report.contests.first() else { bail!("the report has no contest") };
    let partition = &contest.partition;
    let pairs = [
        ("expected", expected.expected, partition.expected),
        ("missing", expected.missing, partition.missing),
        ("standing", expected.standing, partition.standing),
        ("contested", expected.contested, partition.contested),
        ("disregarded", expected.disregarded, partition.disregarded),
    ];
    let votes = expected.written.iter().zip(&contest.candidates);
    let votes = votes.map(|(planned, found)| (found.name.as_str(), *planned, found.votes));
    let differing = pairs.into_iter().chain(votes).filter(|(_, planned, found)| planned != found);
    Ok(differing.map(|(what, planned, found)| format!("{what}: planned {planned}, found {found}")).collect())
}
