//! `recorder run | open`: what a machine notes of itself, as records; and the opening of what stayed sealed. `quote` is in a
//! file of its own.

use super::{parse_fingerprint, print};
use crate::terminal::{Stop, Terminal};
use anyhow::{Context, Result, bail, ensure};
use clap::{Args, Subcommand};
use hakiki_core::Record;
use hakiki_core::kinds::Body;
use hakiki_messages::Message;
use hakiki_mirror::start_logging;
use hakiki_node::read_key_file;
use hakiki_note::{Hash, VerifierKey};
use hakiki_recorder::{
    Accounts, Networks, Recorder, Running, Settings, Target, Watched, find_details, own_note,
};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// How often it is looked whether something is to be told.
const TELL: Duration = Duration::from_millis(500);
/// How often the terminal is told how many are chained, at most.
const COUNTS: Duration = Duration::from_secs(10);

/// What to do.
#[derive(Subcommand)]
pub enum Command {
    /// Record what this machine notes, and send it to the log and to rivals' collectors
    Run(Box<RunArguments>),
    /// Open the sealed details of one record, and check that they are those it commits to
    Open(OpenArguments),
    /// Have the machine's security chip (TPM) sign its registers and a head of the log; or check such a quote
    Quote(Box<super::recorder_quote::Arguments>),
}

/// Arguments of `run`.
#[derive(Args)]
pub struct RunArguments {
    /// Directory of the chain and of the sealed details
    #[arg(long)]
    dir: PathBuf,
    /// File of the machine's key, of the role host; nothing else may sign with it
    #[arg(long)]
    key: PathBuf,
    /// The election's fingerprint
    #[arg(long, value_parser = parse_fingerprint)]
    fingerprint: Hash,
    /// Address of the log
    #[arg(long, requires = "log_key")]
    url: Option<String>,
    /// Verifier key of the log: receipts and refusals are checked with it
    #[arg(long, requires = "url")]
    log_key: Option<VerifierKey>,
    /// Address of a mirror that collects; may stand more than once
    #[arg(long, value_name = "URL")]
    collector: Vec<String>,
    /// The sealed map of accounts, a line each: account and key name
    #[arg(long)]
    accounts: Option<PathBuf>,
    /// A network from which a login is "inside"; may stand more than once
    #[arg(long, value_name = "CIDR")]
    inside: Vec<String>,
    /// Follow journald
    #[arg(long, conflicts_with = "journal")]
    journald: bool,
    /// Follow a file or pipe of the lines of `journalctl -o json` instead
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    /// Follow the audit log, as /var/log/audit/audit.log
    #[arg(long, value_name = "FILE")]
    audit: Option<PathBuf>,
    /// Follow dpkg's log, as /var/log/dpkg.log
    #[arg(long, value_name = "FILE")]
    dpkg: Option<PathBuf>,
    /// Watch a file or folder under a name; may stand more than once
    #[arg(long, value_name = "NAME=PATH")]
    watch: Vec<Watched>,
    /// Look at watched paths at least so often, in seconds
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    rehash: u64,
    /// Where the directory was lost: the last sequence of this key that is in the log
    #[arg(long, default_value_t = 0)]
    after: u32,
    /// How much to log: a level, or a filter of tracing-subscriber
    #[arg(long, default_value = "warn")]
    log_level: String,
}

/// Arguments of `open`.
#[derive(Args)]
pub struct OpenArguments {
    /// The recorder's file of details
    #[arg(long)]
    details: PathBuf,
    /// Id of the record
    #[arg(long)]
    record: Hash,
    /// The record as the log has it; the recorder's own, beside the details, if not given
    #[arg(long, value_name = "FILE")]
    note: Option<PathBuf>,
}

/// Runs one of them.
pub fn run(command: &Command, terminal: Terminal) -> Result<ExitCode> {
    match command {
        Command::Run(arguments) => record(arguments, terminal),
        Command::Open(arguments) => open(arguments, terminal),
        Command::Quote(arguments) => super::recorder_quote::run(arguments, terminal),
    }
}

fn record(arguments: &RunArguments, terminal: Terminal) -> Result<ExitCode> {
    start_logging(&arguments.log_level)?;
    let settings = settings(arguments)?;
    let (name, is_local) = (settings.key.name().to_string(), settings.targets.is_empty());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let running = Recorder::start(settings)?;
    let dir = arguments.dir.display().to_string();
    terminal.say(&Message::new("recorder.what"));
    let recording = Message::new("recorder.recording").with("name", name).with("dir", dir.clone());
    terminal.say(&recording.with("next", u64::from(running.last()) + 1));
    if is_local {
        terminal.say(&Message::new("recorder.local_only"));
    }
    let mut told = Told::default();
    runtime.block_on(async {
        let mut stop = Stop::listen()?;
        loop {
            tokio::select! {
                () = stop.told() => break,
                () = tokio::time::sleep(TELL) => {}
            }
            if running.failure().is_some() {
                break;
            }
            told.news(&running, terminal);
        }
        Ok::<_, anyhow::Error>(())
    })?;
    told.news(&running, terminal);
    running.stop()?;
    terminal.say(&Message::new("recorder.stopped").with("dir", dir));
    Ok(ExitCode::SUCCESS)
}

fn settings(arguments: &RunArguments) -> Result<Settings> {
    let mut settings = Settings::new(&arguments.dir, read_key_file(&arguments.key)?, arguments.fingerprint);
    settings.after = arguments.after;
    settings.accounts = arguments.accounts.as_deref().map(Accounts::read).transpose()?.unwrap_or_default();
    settings.networks = Networks::parse(&arguments.inside)?;
    settings.is_journald = arguments.journald;
    settings.journal_file.clone_from(&arguments.journal);
    settings.audit.clone_from(&arguments.audit);
    settings.dpkg.clone_from(&arguments.dpkg);
    settings.watched.clone_from(&arguments.watch);
    settings.rehash_every = Duration::from_secs(arguments.rehash);
    let names: BTreeMap<&str, &Path> =
        arguments.watch.iter().map(|watched| (&*watched.name, &*watched.path)).collect();
    ensure!(names.len() == arguments.watch.len(), "two --watch have the same name");
    if let (Some(url), Some(key)) = (&arguments.url, &arguments.log_key) {
        settings.targets.push(Target::Log { url: url.clone(), key: key.clone() });
    }
    settings.targets.extend(arguments.collector.iter().map(|url| Target::Collector { url: url.clone() }));
    Ok(settings)
}

/// What the terminal was told.
#[derive(Default)]
struct Told {
    last: u32,
    at: Option<Instant>,
    problems: BTreeMap<String, String>,
    refused: BTreeMap<String, u64>,
}

impl Told {
    fn news(&mut self, running: &Running, terminal: Terminal) {
        let last = running.last();
        if last != self.last && self.at.is_none_or(|at| at.elapsed() >= COUNTS) {
            (self.last, self.at) = (last, Some(Instant::now()));
            terminal.say(&Message::new("recorder.chained").with("count", last));
        }
        for state in running.states() {
            match state.problem {
                Some(found) if self.problems.get(&state.url) != Some(&found) => {
                    let waits = Message::new("recorder.waits").with("url", state.url.clone());
                    let waits = waits.with("sent", state.sent).with("last", last);
                    terminal.say(&waits.with("found", found.trim_end()));
                    self.problems.insert(state.url.clone(), found);
                }
                Some(_) => {}
                None => drop(self.problems.remove(&state.url)),
            }
            let known = self.refused.entry(state.url.clone()).or_default();
            if state.refused > *known {
                *known = state.refused;
                let refused = Message::new("recorder.refused").with("url", state.url);
                terminal.say(&refused.with("count", state.refused));
            }
        }
    }
}

fn open(arguments: &OpenArguments, terminal: Terminal) -> Result<ExitCode> {
    let id = arguments.record;
    let note = if let Some(path) = &arguments.note {
        std::fs::read(path).with_context(|| format!("reading {}", path.display()))?
    } else {
        let beside = arguments.details.parent().unwrap_or(Path::new("."));
        let missing =
            || format!("no record {id} is in the journal beside the details; name its file with --note");
        own_note(beside, &id)?.with_context(missing)?
    };
    let record = Record::parse(&note)?;
    ensure!(*record.id() == id, "the file holds the record {}, not {id}", record.id());
    let Body::Observed(observed) = record.body() else { bail!("the record {id} is no observation") };
    let committed = observed.details.with_context(|| format!("the record {id} commits to no details"))?;
    let Some(opened) = find_details(&arguments.details, &id)? else {
        let path = arguments.details.display().to_string();
        terminal.say(&Message::new("recorder.nothing_sealed").with("path", path).with("id", id.to_string()));
        return Ok(ExitCode::from(1));
    };
    let found = opened.commitment();
    if found != committed {
        let message = Message::new("recorder.not_opened").with("id", id.to_string());
        let message = message.with("expected", committed.to_string());
        terminal.say(&message.with("found", found.to_string()));
        return Ok(ExitCode::from(1));
    }
    print(&opened.details)?;
    terminal.say(&Message::new("recorder.opened").with("id", id.to_string()));
    Ok(ExitCode::SUCCESS)
}
