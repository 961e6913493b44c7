//! `mirror`: keep a verified copy of a log, serve it, cosign what is held, take in and stamp forms.

use super::{parse_fingerprint, print, web_address};
use crate::terminal::{Stop, Terminal};
use anyhow::{Result, ensure};
use clap::Args;
use hakiki_core::fingerprint::words;
use hakiki_messages::Message;
use hakiki_mirror::{Alarm, AlarmKind, BlobChoice, Keys, Mirror, Named, Running, Settings, start_logging};
use hakiki_note::{Hash, KeyName};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// How often the terminal is told what is new.
const TELL: Duration = Duration::from_secs(1);
/// How often it is told how much is held, at most.
const SIZES: Duration = Duration::from_secs(10);

/// Arguments.
#[derive(Args)]
pub struct Arguments {
    /// Address of the log or of a mirror of it, or a directory
    #[arg(value_name = "URL")]
    source: String,
    /// Directory of the copy and of the mirror's state
    #[arg(long)]
    dir: PathBuf,
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    /// The mirror's name, as a URL without schema: mirror.example/m1. It then cosigns what it holds and stamps forms
    #[arg(long)]
    name: Option<KeyName>,
    /// A key of the mirror, in place of those that it makes in its directory: one for cosigning, one for stamps
    #[arg(long, requires = "name")]
    key: Vec<PathBuf>,
    /// Which photographs and other blobs to fetch: all, forms, none or contest=CODE
    #[arg(long, default_value = "all")]
    blobs: BlobChoice,
    /// A directory to keep equal to what is served, for a file server or a USB stick
    #[arg(long)]
    out: Option<PathBuf>,
    /// Open connections of the live feed
    #[arg(long, default_value_t = 10_240)]
    live: u64,
    /// Outlines of areas (GeoJSON), drawn as maps
    #[arg(long)]
    boundaries: Option<PathBuf>,
    /// The property of an outline that holds its area's code
    #[arg(long, default_value = "code")]
    boundaries_property: String,
    /// The public address of this mirror; feeds of a log of claims then have whole links
    #[arg(long, value_name = "URL", value_parser = web_address)]
    url: Option<String>,
    /// A log of claims about this election, run by others, to which area, station and record pages then lead
    #[arg(long, value_name = "URL", value_parser = web_address)]
    said_url: Option<String>,
    /// The fingerprint that was published on paper; another one is refused
    #[arg(long, value_parser = parse_fingerprint)]
    fingerprint: Option<Hash>,
    /// A witness to compare with, which also cosigns this mirror's stamps
    #[arg(long, value_name = "NAME=URL")]
    witness: Vec<Named>,
    /// Another mirror, or the log by another way, to compare with
    #[arg(long, value_name = "URL")]
    compare: Vec<String>,
    /// Collect what machines observe of themselves, at once and whatever the log does
    #[arg(long)]
    collect: bool,
    /// How much to log: a level, or a filter of tracing-subscriber
    #[arg(long, default_value = "warn")]
    log_level: String,
}

/// Mirrors until Ctrl-C or a termination signal. Exit code 1 where two histories were proved.
pub fn run(arguments: &Arguments, terminal: Terminal) -> Result<ExitCode> {
    start_logging(&arguments.log_level)?;
    let settings = settings(arguments)?;
    let keys = settings.keys.verifiers();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let running = Mirror::start(settings).await?;
        introduce(&running, arguments, terminal);
        if !keys.is_empty() {
            terminal.say(&Message::new("mirror.keys"));
            for key in &keys {
                print(&key.to_string())?;
            }
        }
        let mut told = Told::default();
        let mut stop = Stop::listen()?;
        loop {
            tokio::select! {
                failure = running.failure() => return Err(failure.into()),
                () = stop.told() => break,
                () = tokio::time::sleep(TELL) => told.news(&running, &arguments.dir, terminal),
            }
        }
        told.news(&running, &arguments.dir, terminal);
        let is_forked = running.alarms().iter().any(|alarm| alarm.kind == AlarmKind::Fork);
        running.stop().await?;
        let log = arguments.dir.join("log").display().to_string();
        terminal.say(&Message::new("mirror.stopped").with("log", log));
        Ok(if is_forked { ExitCode::from(1) } else { ExitCode::SUCCESS })
    })
}

fn settings(arguments: &Arguments) -> Result<Settings> {
    let mut settings = Settings::new(&arguments.source, &arguments.dir);
    settings.listen = arguments.listen;
    settings.blobs = arguments.blobs.clone();
    settings.is_collecting = arguments.collect;
    settings.out.clone_from(&arguments.out);
    settings.feeds_max = arguments.live;
    settings.boundaries.clone_from(&arguments.boundaries);
    settings.boundaries_property.clone_from(&arguments.boundaries_property);
    settings.url.clone_from(&arguments.url);
    settings.said_url.clone_from(&arguments.said_url);
    settings.fingerprint = arguments.fingerprint;
    settings.witnesses.clone_from(&arguments.witness);
    settings.compare.clone_from(&arguments.compare);
    if let Some(name) = &arguments.name {
        settings.keys = if arguments.key.is_empty() {
            Keys::of_dir(name, &arguments.dir)?
        } else {
            Keys::read(name, &arguments.key)?
        };
    }
    let inside = |out: &PathBuf| out.starts_with(&arguments.dir);
    ensure!(!arguments.out.as_ref().is_some_and(inside), "--out lies beside --dir, not in it");
    Ok(settings)
}

fn introduce(running: &Running, arguments: &Arguments, terminal: Terminal) {
    if running.is_first_contact {
        terminal.say(&Message::new("mirror.met").with("origin", running.origin()));
        terminal.say(&Message::new("mirror.fingerprint").with("hex", running.fingerprint.to_string()));
        terminal.say(&Message::new("mirror.words").with("words", words(&running.fingerprint)));
        if arguments.fingerprint.is_none() {
            terminal.say(&Message::new("mirror.compare"));
        }
    }
    let serving = Message::new("mirror.serving").with("url", format!("http://{}", running.address));
    terminal.say(&serving.with("dir", arguments.dir.display().to_string()));
}

/// What the terminal was told.
#[derive(Default)]
struct Told {
    size: u64,
    last: Option<Instant>,
    alarms: BTreeSet<(AlarmKind, String, String)>,
}

impl Told {
    /// Tells new alarms, and now and then how much is held.
    fn news(&mut self, running: &Running, dir: &Path, terminal: Terminal) {
        let size = running.size();
        let is_time = self.last.is_none_or(|last| last.elapsed() >= SIZES);
        if is_time && size != self.size {
            (self.size, self.last) = (size, Some(Instant::now()));
            terminal.say(&Message::new("mirror.held").with("size", size));
        }
        for alarm in running.alarms() {
            let key = (alarm.kind, alarm.about.clone(), alarm.found.clone());
            if self.alarms.insert(key) {
                tell(&alarm, dir, terminal);
            }
        }
    }
}

fn tell(alarm: &Alarm, dir: &Path, terminal: Terminal) {
    let kind = Message::new(format!("mirror.kind.{}", alarm.kind.as_str()));
    let message = Message::new("mirror.alarm").with("kind", kind);
    terminal.say(&message.with("about", alarm.about.as_str()).with("found", alarm.found.as_str()));
    if let Some(evidence) = &alarm.evidence {
        let path = dir.join(evidence).display().to_string();
        terminal.say(&Message::new("mirror.evidence").with("path", path));
    }
}
