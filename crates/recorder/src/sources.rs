//! The sources, a thread each, and the one channel to the chain.

use crate::chain::Chain;
use crate::clock::{ClockWatch, Clocks};
use crate::error::RecorderError;
use crate::recorder::{Settings, Stopping};
use crate::seen::{About, Noted, Seen, unix_seconds};
use crate::tail::{Given, Tail};
use crate::{audit, dpkg, journald, quote, watch};
use hakiki_core::kinds::Event;
use std::io::{BufRead as _, BufReader};
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::thread::JoinHandle;
use std::time::Duration;

/// How often the clocks are compared.
const CLOCK_EVERY: Duration = Duration::from_secs(1);
/// Rest before `journalctl` is started again.
const AGAIN: Duration = Duration::from_secs(2);

/// The positions that are not those of files of lines.
const BOOT: &str = "boot";
const CLOCK: &str = "clock";
const RUNNING: &str = "running";

/// Starts every source of the settings.
pub(crate) fn start(
    settings: &Settings,
    boot: &str,
    chain: &Arc<Chain>,
    stopping: &Arc<Stopping>,
    send: &SyncSender<Noted>,
) -> Result<Vec<JoinHandle<()>>, RecorderError> {
    type Work = Box<dyn FnOnce(&Context) + Send>;
    let boot = boot.to_owned();
    let dir = settings.dir.clone();
    let mut works: Vec<(&str, Work)> = vec![
        ("clock", Box::new(move |with| follow_clock(with, &boot))),
        ("quotes", Box::new(move |with| follow_quotes(with, &dir))),
    ];
    if let Some(path) = settings.journal_file.clone() {
        works.push((
            "journald",
            Box::new(move |with| with.tail(&path, journald::SOURCE, true, journald::read)),
        ));
    } else if settings.is_journald {
        works.push(("journald", Box::new(follow_journalctl)));
    }
    if let Some(path) = settings.audit.clone() {
        works.push(("audit", Box::new(move |with| with.tail(&path, audit::SOURCE, false, audit::read))));
    }
    if let Some(path) = settings.dpkg.clone() {
        let read = |line: &str| dpkg::read(line, unix_seconds());
        works.push(("dpkg", Box::new(move |with| with.tail(&path, dpkg::SOURCE, false, read))));
    }
    if !settings.watched.is_empty() {
        let (watched, every) = (settings.watched.clone(), settings.rehash_every);
        let work = move |with: &Context| {
            watch::follow(&watched, every, &with.chain, || with.stopping.is_set(), |noted| with.give(noted));
        };
        works.push(("watch", Box::new(work)));
    }
    let start = |(name, work): (&str, Work)| {
        let with = Context { chain: chain.clone(), stopping: stopping.clone(), send: send.clone() };
        std::thread::Builder::new().name(name.to_owned()).spawn(move || work(&with))
    };
    let started: Result<Vec<_>, _> = works.into_iter().map(start).collect();
    started.map_err(RecorderError::system("starting a thread"))
}

/// What every source has.
struct Context {
    chain: Arc<Chain>,
    stopping: Arc<Stopping>,
    send: SyncSender<Noted>,
}

impl Context {
    /// Gives something to the chain; false where nobody takes it any more.
    fn give(&self, noted: Noted) -> bool {
        self.send.send(noted).is_ok()
    }

    fn gap(&self, source: &str, why: &str) -> bool {
        let about = About::Thing(source.to_owned());
        self.give(Seen::new(Event::Gap, unix_seconds(), about, why).into())
    }

    fn tail(&self, path: &Path, source: &'static str, from_start: bool, read: impl Fn(&str) -> Noted) {
        let position = self.chain.position(source);
        let each = |given: Given<'_>| {
            let taken = match given {
                Given::Line(line, position) => {
                    let noted = read(line);
                    self.give(Noted { position: position.map(|position| (source, position)), ..noted })
                }
                Given::Lost(why) => self.gap(source, why),
            };
            if taken { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        Tail::new(path, from_start).follow(position.as_deref(), || self.stopping.is_set(), each);
    }
}

/// What a start itself says: that the machine was started, or that this program did not run for a while. Gives the boot's
/// name.
pub(crate) fn opening(
    settings: &Settings,
    chain: &Chain,
    send: &SyncSender<Noted>,
) -> Result<String, RecorderError> {
    let path = &settings.boot_id;
    let reading = RecorderError::system(format!("reading {}", path.display()));
    let boot = std::fs::read_to_string(path).map_err(reading)?.trim().to_owned();
    let now = unix_seconds();
    let mut noted: Vec<Noted> = Vec::new();
    if let Some(last) = chain.position(RUNNING) {
        let details =
            format!("the recorder last ran at {last} and runs again at {now}, in seconds since 1970");
        let seen = Seen::new(Event::Gap, now, About::Thing("recorder".to_owned()), details);
        noted.push(Noted { seen: Some(seen), position: Some((RUNNING, now.to_string())) });
    }
    if chain.position(BOOT).as_ref() != Some(&boot) {
        let seen = Seen::new(Event::Boot, now, About::Machine, format!("boot id {boot}"));
        noted.push(Noted { seen: Some(seen), position: Some((BOOT, boot.clone())) });
    }
    let failed = || RecorderError::Failed { found: "the chain has ended".to_owned() };
    noted.into_iter().try_for_each(|one| send.send(one).map_err(|_| failed()))?;
    Ok(boot)
}

fn follow_clock(with: &Context, boot: &str) {
    // Of another boot the two clocks say nothing together.
    let known = with.chain.position(CLOCK);
    let resumed = known.as_deref().and_then(|text| text.strip_prefix(boot)).map(str::trim_start);
    let mut watch = resumed.and_then(ClockWatch::resume).unwrap_or_else(|| ClockWatch::new(Clocks::now()));
    loop {
        let clocks = Clocks::now();
        let moved = watch.look(clocks);
        let seen = moved.map(|moved_s| {
            let details = format!("wall {} ms, since boot {} ms", clocks.wall_ms, clocks.since_boot_ms);
            let seen = Seen::new(Event::Clock, clocks.wall_ms / 1000, About::Machine, details);
            Seen { moved_s, ..seen }
        });
        let noted = Noted { seen, position: Some((CLOCK, format!("{boot} {}", watch.to_text()))) };
        let running = Noted { seen: None, position: Some((RUNNING, unix_seconds().to_string())) };
        if !with.give(noted) || !with.give(running) || with.stopping.wait(CLOCK_EVERY) {
            return;
        }
    }
}

fn follow_quotes(with: &Context, dir: &Path) {
    let position = with.chain.position(quote::SOURCE);
    quote::follow(dir, position, |most| with.stopping.wait(most), |noted| with.give(noted));
}

fn follow_journalctl(with: &Context) {
    while !with.stopping.is_set() {
        if let Err(error) = run_journalctl(with) {
            tracing::warn!(%error, "journalctl does not run; it is started again");
        }
        if with.stopping.wait(AGAIN) {
            return;
        }
    }
}

fn run_journalctl(with: &Context) -> std::io::Result<()> {
    let mut command = Command::new("journalctl");
    command.args(["--output=json", "--all", "--follow"]);
    match with.chain.position(journald::SOURCE) {
        Some(cursor) => command.arg("--no-tail").arg(format!("--after-cursor={cursor}")),
        None => command.arg("--lines=0"),
    };
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let lines = child.stdout.take().map(BufReader::new);
    with.stopping.take_child(child);
    for line in lines.into_iter().flat_map(|lines| lines.split(b'\n')) {
        let line = line?;
        if !with.give(journald::read(&String::from_utf8_lossy(&line))) {
            break;
        }
    }
    with.stopping.end_child();
    Ok(())
}
