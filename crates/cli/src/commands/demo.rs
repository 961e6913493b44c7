//! `demo`: the rehearsal of a national election.

use super::demo_rivals::Children;
use super::{print, this_program};
use crate::terminal::{Stop, Terminal, VerifyBar, bar};
use anyhow::Result;
use clap::{Args, ValueEnum};
use hakiki_core::fingerprint::words;
use hakiki_messages::{Message, share};
use hakiki_rehearsal::audit::{Audited, Boxes, End};
use hakiki_rehearsal::demo::{
    DirectoryError, Event, Rehearsed, Settings, StartRivals, Watcher, run as rehearse,
};
use indicatif::ProgressBar;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex};

/// Arguments.
#[derive(Args)]
pub struct Arguments {
    /// Polling stations of the invented country
    #[arg(long, default_value_t = 46_229)]
    stations: u64,
    /// Minutes for the whole night; 0 is as fast as it goes
    #[arg(long, default_value_t = 2)]
    minutes: u32,
    /// The seed from which the country and its night are invented
    #[arg(long, default_value = "mfano-2031")]
    seed: String,
    /// Directory of the log; an interrupted rehearsal there goes on
    #[arg(long, default_value = "hakiki-rehearsal")]
    dir: PathBuf,
    /// Address of the results in the browser
    #[arg(long, default_value = "127.0.0.1:8031")]
    listen: SocketAddr,
    /// With five witnesses and two mirrors, each a process of its own, that hold the log
    #[arg(long)]
    rivals: bool,
    /// Then audit the paper in public, from plan to stop: `agree`, the boxes hold what was counted; `differ`, they hold another
    /// outcome than every form says
    #[arg(long, value_name = "BOXES", num_args = 0..=1, default_missing_value = "agree")]
    audit: Option<InBoxes>,
    /// Stop when the check is done, instead of serving until Ctrl-C
    #[arg(long)]
    exit: bool,
}

/// What the boxes of an audit hold.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum InBoxes {
    Agree,
    Differ,
}

impl From<InBoxes> for Boxes {
    fn from(boxes: InBoxes) -> Self {
        match boxes {
            InBoxes::Agree => Self::Agree,
            InBoxes::Differ => Self::Differ,
        }
    }
}

struct OnTerminal {
    terminal: Terminal,
    settings: Settings,
    bar: Mutex<Option<ProgressBar>>,
}

impl OnTerminal {
    fn night(&self, events: u64) {
        let message = if self.settings.minutes == 0 {
            Message::new("demo.night_at_once").with("events", events)
        } else {
            Message::new("demo.night").with("events", events).with("minutes", self.settings.minutes)
        };
        self.terminal.say(&message);
        if let Ok(mut slot) = self.bar.lock() {
            *slot = Some(bar(events));
        }
    }
}

impl OnTerminal {
    fn audited(&self, audited: &Audited) {
        let Audited { stations, draws, counted, differing, end, risk_limit: (part, whole), .. } = audited;
        let drawn = Message::new("demo.audit_drawn").with("draws", *draws).with("stations", *stations);
        let drawn = drawn.with("limit", share(u64::from(*part), u64::from(*whole)));
        self.terminal.say(&drawn);
        let counted =
            Message::new("demo.audit_counted").with("counted", *counted).with("differing", *differing);
        self.terminal.say(&counted);
        self.terminal.say(&match end {
            End::Confirmed => {
                let found = share(u64::from(whole.saturating_sub(*part)), u64::from(*whole));
                Message::new("demo.audit_confirmed").with("confidence", found)
            }
            End::Counted { confirms: true } => Message::new("demo.audit_full"),
            End::Counted { confirms: false } => Message::new("demo.audit_not_borne_out"),
            End::Broken => Message::new("demo.audit_broken"),
        });
    }
}

impl Watcher for OnTerminal {
    fn tell(&self, event: Event<'_>) {
        let say = |message: Message| self.terminal.say(&message);
        match event {
            Event::Inventing => say(Message::new("demo.inventing")
                .with("stations", self.settings.stations)
                .with("seed", self.settings.seed.clone())),
            Event::Founding { keys } => say(Message::new("demo.founding").with("keys", keys)),
            Event::Resuming { size } => say(Message::new("demo.resuming")
                .with("dir", self.settings.dir.display().to_string())
                .with("size", size)),
            Event::Fingerprint(hash) => {
                say(Message::new("demo.fingerprint").with("hex", hash.to_string()));
                say(Message::new("demo.words").with("words", words(hash)));
            }
            Event::Open { url } => say(Message::new("demo.open").with("url", url)),
            Event::Night { events } => self.night(events),
            Event::Sent(tally) => {
                if let Ok(slot) = self.bar.lock()
                    && let Some(bar) = slot.as_ref()
                {
                    bar.set_position(tally.sent.load(Relaxed));
                }
            }
            Event::Over { tally, took } => {
                if let Ok(mut slot) = self.bar.lock()
                    && let Some(bar) = slot.take()
                {
                    bar.finish_and_clear();
                }
                say(Message::new("demo.sent")
                    .with("receipts", tally.receipts.load(Relaxed))
                    .with("refused", tally.refused.load(Relaxed))
                    .with("again", tally.again.load(Relaxed)));
                let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX).max(1);
                let rate = tally.sent.load(Relaxed).saturating_mul(1000) / millis;
                say(Message::new("demo.took").with("seconds", millis / 1000).with("rate", rate));
            }
            Event::Auditing => say(Message::new("demo.auditing")),
            Event::Audited(audited) => self.audited(audited),
            Event::Checking => say(Message::new("demo.checking")),
        }
    }
}

/// Rehearses, then serves until it is told to stop.
pub fn run(arguments: &Arguments, terminal: Terminal) -> Result<ExitCode> {
    let rivals: Option<Arc<dyn StartRivals>> = if arguments.rivals {
        Some(Arc::new(Children::new(arguments.dir.join("rivals"), terminal)?))
    } else {
        None
    };
    let settings = Settings {
        stations: arguments.stations,
        minutes: arguments.minutes,
        seed: arguments.seed.clone(),
        dir: arguments.dir.clone(),
        listen: arguments.listen,
        program: this_program(),
        audit: arguments.audit.map(Boxes::from),
        rivals,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        // A rehearsal has witnesses and mirrors in processes of their own: however it is stopped, they end with it.
        let mut stop = Stop::listen()?;
        let watcher = Arc::new(OnTerminal { terminal, settings: settings.clone(), bar: Mutex::new(None) });
        let progress = Arc::new(VerifyBar::new());
        let rehearsal = rehearse(&settings, watcher, progress.clone());
        let rehearsed = tokio::select! {
            rehearsed = rehearsal => rehearsed,
            () = stop.told() => {
                terminal.say(&Message::new("demo.interrupted"));
                return Ok(ExitCode::from(2));
            }
        };
        progress.finish();
        let rehearsed = rehearsed.map_err(|error| explained(error, &settings, terminal))?;
        finish(rehearsed, arguments, terminal, &mut stop).await
    })
}

fn explained(error: anyhow::Error, settings: &Settings, terminal: Terminal) -> anyhow::Error {
    let dir = settings.dir.display().to_string();
    let message = match error.downcast_ref::<DirectoryError>() {
        Some(DirectoryError::Other { seed, stations }) => Message::new("demo.other_rehearsal")
            .with("dir", dir)
            .with("seed", seed.clone())
            .with("stations", *stations),
        Some(DirectoryError::Foreign) => Message::new("demo.not_a_rehearsal").with("dir", dir),
        None => return error,
    };
    anyhow::anyhow!(message.text(terminal.language))
}

async fn finish(
    rehearsed: Rehearsed,
    arguments: &Arguments,
    terminal: Terminal,
    stop: &mut Stop,
) -> Result<ExitCode> {
    print(&rehearsed.report.to_text(terminal.language))?;
    terminal.say(&Message::new(if rehearsed.is_equal { "demo.equal" } else { "demo.unequal" }));
    let code = rehearsed.report.exit_code(&std::collections::BTreeSet::new());
    if !arguments.exit {
        let command = format!("hakiki verify {} --fingerprint {}", rehearsed.url, rehearsed.fingerprint);
        terminal
            .say(&Message::new("demo.staying").with("url", rehearsed.url.clone()).with("command", command));
        tokio::select! {
            failure = rehearsed.running.failure() => return Err(failure.into()),
            () = stop.told() => {}
        }
    }
    rehearsed.running.stop().await?;
    Ok(ExitCode::from(u8::try_from(code).unwrap_or(2)))
}
