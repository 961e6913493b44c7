//! `recorder quote`: what the machine's security chip signs over a head of the log; and whether such a quote holds.

use super::verified::verified;
use super::{agent, parse_fingerprint, print};
use crate::terminal::Terminal;
use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use hakiki_core::Record;
use hakiki_core::kinds::{Body, Observed};
use hakiki_evidence::PolicyAndKeys;
use hakiki_messages::{Message, text};
use hakiki_note::{Hash, Note};
use hakiki_recorder::{Checked, Expected, PCRS_DEFAULT, Quote, Tpm, parse_pcrs, put_quote, read_quote};
use hakiki_tlog::checkpoint::{CHECKPOINT_MAX_BYTES, Checkpoint};
use hakiki_tlog::tree::Head;
use hakiki_verify::{Known, Reading, ReadingError, Source, Status};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

/// Time for a head.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Arguments of `quote`.
#[derive(Args)]
pub struct Arguments {
    /// The election's fingerprint
    #[arg(long, value_parser = parse_fingerprint)]
    fingerprint: Hash,
    /// Directory of the recorder, which makes an observation of the quote
    #[arg(long, required_unless_present = "check")]
    dir: Option<PathBuf>,
    /// Address of the log
    #[arg(long, required_unless_present = "check")]
    url: Option<String>,
    /// Registers of the SHA-256 bank
    #[arg(long, value_name = "LIST", default_value = PCRS_DEFAULT, value_parser = registers)]
    pcrs: Registers,
    /// A key in the chip that is there already: a file of its context or a handle, as 0x81010002
    #[arg(long, value_name = "KEY")]
    ak: Option<String>,
    /// Take a head that too few witnesses cosigned
    #[arg(long)]
    uncosigned: bool,
    /// Check this quote, on any machine
    #[arg(long, value_name = "FILE", conflicts_with_all = ["dir", "url", "ak", "uncosigned"])]
    check: Option<PathBuf>,
    /// File of the election record, which names the log's key
    #[arg(long, value_name = "FILE", requires = "check")]
    election: Option<PathBuf>,
    /// Directory, address or archive of the log: whether it has the head
    #[arg(long, value_name = "LOG", requires = "check")]
    log: Option<String>,
    /// Smallest size of the head: an older quote is refused
    #[arg(long, value_name = "SIZE", default_value_t = 0, requires = "check")]
    since: u64,
    /// The chip's key, by its name in 64 hex digits: another one is refused
    #[arg(long, value_name = "HEX", requires = "check")]
    key: Option<Hash>,
    /// File of the record that names the quote
    #[arg(long, value_name = "FILE", requires = "check")]
    record: Option<PathBuf>,
}

/// Registers by number.
#[derive(Debug, Clone)]
struct Registers(BTreeSet<u8>);

fn registers(text: &str) -> Result<Registers, String> {
    parse_pcrs(text).map(Registers)
}

/// Quotes or checks. Exit 1: the quote is refused.
pub fn run(arguments: &Arguments, terminal: Terminal) -> Result<ExitCode> {
    match (&arguments.check, &arguments.dir, &arguments.url) {
        (Some(path), ..) => check(arguments, path, terminal),
        (None, Some(dir), Some(url)) => quote(arguments, dir, url, terminal),
        _ => bail!("--dir and --url, or --check"),
    }
}

fn quote(arguments: &Arguments, dir: &Path, url: &str, terminal: Terminal) -> Result<ExitCode> {
    // The newest head is seldom cosigned while a night is busy; the log keeps the newest one that is.
    let head = if arguments.uncosigned { "checkpoint" } else { "cosigned" };
    let address = format!("{}/{head}", url.trim_end_matches('/'));
    let mut answer = agent(TIMEOUT).get(&address).call().with_context(|| address.clone())?;
    if answer.status().as_u16() == 404 && !arguments.uncosigned {
        bail!("{}", text(terminal.language, "recorder.quote.none_cosigned"));
    }
    if !answer.status().is_success() {
        bail!("{address}: status {}", answer.status());
    }
    let body = answer.body_mut().with_config().limit(CHECKPOINT_MAX_BYTES as u64).read_to_string()?;
    let trust = trust_of(&election_of(url, head_of(&body)?)?, &arguments.fingerprint)?;
    let head = trust.open(&body)?;
    let size = head.head().size;
    if !arguments.uncosigned && !trust.is_cosigned(&head) {
        bail!("{}", Message::new("recorder.quote.not_cosigned").with("size", size).text(terminal.language));
    }
    let scratch = dir.join(format!("tpm-{}", std::process::id()));
    std::fs::create_dir_all(&scratch).with_context(|| format!("making {}", scratch.display()))?;
    let tpm =
        Tpm { key: arguments.ak.clone(), pcrs: arguments.pcrs.0.clone(), tcti: None, dir: scratch.clone() };
    let made = tpm.quote(&head);
    // Nothing in it is secret, and a file that stays is in nobody's way.
    let _ = std::fs::remove_dir_all(&scratch);
    let made = made?;
    // What a chip gives is believed as little as what a stranger gives.
    made.check(&Expected { log: &trust.log_key, key: None, since: 0, observed: None })?;
    let path = put_quote(dir, &made)?.display().to_string();
    terminal.say(&Message::new("recorder.quote.made").with("size", size).with("path", path.clone()));
    terminal.say(&Message::new("recorder.quote.waits").with("dir", dir.display().to_string()));
    print(&path)?;
    Ok(ExitCode::SUCCESS)
}

fn check(arguments: &Arguments, path: &Path, terminal: Terminal) -> Result<ExitCode> {
    let read = |path: &Path| std::fs::read(path).with_context(|| format!("reading {}", path.display()));
    let shown = path.display().to_string();
    let refused = |why: String| {
        let message = Message::new("recorder.quote.refused").with("path", shown.clone()).with("why", why);
        print(&message.text(terminal.language))?;
        Ok(ExitCode::from(1))
    };
    let quote = match read_quote(path)? {
        Ok(quote) => quote,
        Err(error) => return refused(error.to_string()),
    };
    let election = match (&arguments.election, &arguments.log) {
        (Some(path), _) => read(path)?,
        (None, Some(log)) => match head_of(&quote.head) {
            Ok(head) => election_of(log, head)?,
            Err(error) => return refused(format!("H207: {error}")),
        },
        (None, None) => bail!("the log's key is needed: --election or --log"),
    };
    let trust = trust_of(&election, &arguments.fingerprint)?;
    let record = arguments.record.as_deref().map(|path| observation(&read(path)?)).transpose()?;
    let observed = record.as_ref().map(|(_, observed)| observed);
    let expected = Expected { log: &trust.log_key, key: arguments.key, since: arguments.since, observed };
    let checked = match quote.check(&expected) {
        Ok(checked) => checked,
        Err(error) => return refused(error.to_string()),
    };
    if let Some(log) = &arguments.log {
        match Reading::open(&Source::of(log), checked.head.head())?.each(|_, _| {}) {
            Ok(()) => {}
            Err(ReadingError::Changed) => {
                return refused("H207: the log's entries give another root".to_owned());
            }
            Err(error) => return Err(error.into()),
        }
    }
    let place = match (&arguments.log, &record) {
        (Some(log), Some((id, _))) => match place_in(log, &arguments.fingerprint, id) {
            Ok(place) => Some(place),
            Err(why) => return refused(format!("H211: {why}")),
        },
        _ => None,
    };
    let message = Message::new("recorder.quote.holds").with("path", shown.clone());
    print(&message.text(terminal.language))?;
    let recorded = record.map(|(id, _)| Recorded { id, place });
    told(&quote, &checked, &trust, arguments.log.is_some(), recorded.as_ref(), terminal)?;
    Ok(ExitCode::SUCCESS)
}

/// The record beside a quote.
struct Recorded {
    id: Hash,
    /// Its place, where the log was looked at: admitted there, so that it is signed by an enrolled machine.
    place: Option<u64>,
}

/// Where a log that passes its checks has a record; why not, as a sentence of the refusal.
fn place_in(log: &str, fingerprint: &Hash, id: &Hash) -> Result<u64, String> {
    let verified = verified(&Source::of(log), Some(*fingerprint), None, &Known::default());
    let ledger = verified.ledger.as_ref().filter(|_| verified.count(Status::Failed) == 0);
    let ledger = ledger.ok_or_else(|| format!("{log} does not pass its own checks: hakiki verify"))?;
    ledger.place_of(id).ok_or_else(|| format!("{log} has no admitted record {id}"))
}

/// What it shows and what it does not.
fn told(
    quote: &Quote,
    checked: &Checked,
    trust: &PolicyAndKeys,
    is_in_log: bool,
    record: Option<&Recorded>,
    terminal: Terminal,
) -> Result<()> {
    let say = |message: Message| print(&message.text(terminal.language));
    let size = checked.head.head().size;
    let is_cosigned = trust.is_cosigned(&checked.head);
    let state = if is_cosigned { "recorder.quote.cosigned" } else { "recorder.quote.signed" };
    let shows = Message::new("recorder.quote.shows").with("key", checked.key.to_string()).with("size", size);
    let shows = shows.with("resets", checked.reset_count).with("restarts", checked.restart_count);
    say(shows.with("state", text(terminal.language, state)))?;
    for (number, value) in &quote.pcrs {
        print(&format!("sha256:{number} {value}"))?;
    }
    say(if is_in_log {
        Message::new("recorder.quote.in_log").with("size", size)
    } else {
        Message::new("recorder.quote.not_in_log")
    })?;
    say(match record {
        Some(Recorded { id, place: Some(place) }) => {
            Message::new("recorder.quote.recorded_at").with("id", id.to_string()).with("place", *place)
        }
        Some(Recorded { id, place: None }) => {
            Message::new("recorder.quote.recorded").with("id", id.to_string())
        }
        None => Message::new("recorder.quote.not_recorded"),
    })?;
    say(Message::new("recorder.quote.not_shown"))
}

/// Size and root of a head that is not verified yet.
fn head_of(note: &str) -> Result<Head> {
    Ok(Checkpoint::parse(&Note::parse(note.as_bytes())?.text)?.head)
}

/// The election record: the first entry of a log. Its id is compared with the fingerprint by who reads it.
fn election_of(log: &str, head: Head) -> Result<Vec<u8>> {
    let note = Reading::open(&Source::of(log), head)?.note(0);
    Ok(note.with_context(|| format!("{log}: the first entry cannot be read"))?.into_bytes())
}

fn trust_of(election: &[u8], fingerprint: &Hash) -> Result<PolicyAndKeys> {
    Ok(PolicyAndKeys::of_election(election, fingerprint)?)
}

fn observation(note: &[u8]) -> Result<(Hash, Observed)> {
    let record = Record::parse(note)?;
    match record.body() {
        Body::Observed(observed) => Ok((*record.id(), observed.clone())),
        _ => Err(anyhow!("the record {} is no observation", record.id())),
    }
}
