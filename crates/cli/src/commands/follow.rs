//! `follow`: watches a log. The whole check once, then each new head against a memory, witnesses and mirrors; an alarm is a
//! line, a webhook and the exit code.

use super::verify::{KnownArguments, clock_s};
use super::{agent, parse_fingerprint, print, this_program};
use crate::terminal::{Terminal, VerifyBar};
use anyhow::{Context, Result};
use clap::Args;
use hakiki_evidence::{Evidence, PolicyAndKeys};
use hakiki_messages::Message;
use hakiki_note::Hash;
use hakiki_tlog::tree::Head;
use hakiki_verify::{CheckResult, Known, Options, Source, Status, follow, verify_with};
use serde_json::json;
use std::process::ExitCode;
use std::time::Duration;

/// Longest time for the webhook to answer.
const WEBHOOK_TIMEOUT: Duration = Duration::from_secs(10);

/// Arguments.
#[derive(Args)]
pub struct Arguments {
    /// Address or directory of the log
    source: String,
    /// The election's fingerprint, from paper or from somebody you trust
    #[arg(long, value_parser = parse_fingerprint)]
    fingerprint: Option<Hash>,
    /// Seconds between two looks
    #[arg(long, default_value_t = 10)]
    every: u64,
    /// Address that is told of an alarm, as JSON by POST
    #[arg(long, value_name = "URL")]
    webhook: Option<String>,
    /// The whole check alone, and end
    #[arg(long)]
    once: bool,
    /// Make the whole check at every look
    #[arg(long)]
    full: bool,
    #[command(flatten)]
    known: KnownArguments,
}

/// What one look found.
struct Look {
    head: Option<Head>,
    checks: Vec<CheckResult>,
    evidence: Vec<Evidence>,
}

/// Who is followed, and what the last whole check said of its keys.
struct Following<'a> {
    arguments: &'a Arguments,
    known: Known,
    /// The election's head age and keys; none before the first whole check.
    keys: Option<(u64, PolicyAndKeys)>,
    terminal: Terminal,
}

/// Follows until an alarm (exit 1), or once. Exit 2: it could not be read.
pub fn run(arguments: &Arguments, terminal: Terminal) -> Result<ExitCode> {
    let known = arguments.known.read()?;
    let mut following = Following { arguments, known, keys: None, terminal };
    let mut code = following.look(true)?;
    while code != 1 {
        if arguments.once {
            return Ok(ExitCode::from(code));
        }
        std::thread::sleep(Duration::from_secs(arguments.every.max(1)));
        code = following.look(arguments.full)?;
    }
    Ok(ExitCode::from(1))
}

impl Following<'_> {
    /// One look: 0 nothing to say against it, 1 an alarm, 2 not read.
    fn look(&mut self, is_full: bool) -> Result<u8> {
        self.known.now_s = Some(clock_s()?);
        let looked = match (&self.keys, is_full) {
            (Some((age_s, keys)), false) => {
                let source = Source::of(&self.arguments.source);
                follow(&source, &self.known, keys, *age_s).map_err(|error| error.to_string()).map(|step| {
                    self.known.memory = step.memory;
                    Look { head: Some(step.head), checks: step.checks, evidence: step.evidence }
                })
            }
            _ => Ok(self.whole()),
        };
        let look = match looked {
            Ok(look) => look,
            Err(why) => {
                print(&Message::new("evidence.follow.unread").with("why", why).text(self.terminal.language))?;
                return Ok(2);
            }
        };
        self.arguments.known.keep(&self.known.memory, &look.evidence, self.terminal)?;
        let failed: Vec<&CheckResult> =
            look.checks.iter().filter(|check| check.status == Status::Failed).collect();
        for check in &failed {
            let detail = check.message.clone();
            let alarm = Message::new("evidence.follow.alarm").with("code", check.code.as_str());
            print(&alarm.with("detail", detail).text(self.terminal.language))?;
        }
        if !failed.is_empty() {
            self.tell(&look, &failed);
            return Ok(1);
        }
        if let Some(lacks) = look.checks.iter().find(|check| check.input_missing) {
            let unread = Message::new("evidence.follow.unread").with("why", lacks.message.clone());
            print(&unread.text(self.terminal.language))?;
            return Ok(2);
        }
        if let Some(head) = look.head {
            let agrees = Message::new("evidence.follow.agrees").with("size", head.size);
            print(&agrees.text(self.terminal.language))?;
        }
        Ok(0)
    }

    /// The whole check, from which the keys are taken.
    fn whole(&mut self) -> Look {
        let bar = VerifyBar::new();
        let options = Options {
            source: Source::of(&self.arguments.source),
            fingerprint: self.arguments.fingerprint,
            require: std::collections::BTreeSet::new(),
            threads: None,
            program: this_program(),
        };
        let report = verify_with(&options, &self.known, &bar);
        bar.finish();
        if let Some(ledger) = &report.ledger {
            let age_s = u64::from(ledger.election().head_age_seconds);
            let mut keys = PolicyAndKeys::of_ledger(ledger);
            keys.intakes.clone_from(&self.known.intakes);
            self.keys = Some((age_s, keys));
        }
        self.known.memory = report.memory;
        Look { head: report.head, checks: report.checks, evidence: report.evidence }
    }

    /// Tells the webhook. That it does not answer is said and ends nothing.
    fn tell(&self, look: &Look, failed: &[&CheckResult]) {
        let Some(address) = &self.arguments.webhook else { return };
        let alarms: Vec<_> = failed
            .iter()
            .map(|check| json!({ "code": check.code.as_str(), "detail": check.detail }))
            .collect();
        let body = json!({
            "source": self.arguments.source,
            "head": look.head.map(|head| json!({ "size": head.size, "root": head.root.to_string() })),
            "alarms": alarms,
            "evidence": look.evidence.iter().map(Evidence::to_text).collect::<Vec<_>>(),
        });
        let request = agent(WEBHOOK_TIMEOUT).post(address).header("Content-Type", "application/json");
        let sent = request.send(body.to_string()).context("sending").and_then(|answer| {
            let status = answer.status();
            anyhow::ensure!(status.is_success(), "status {status}");
            Ok(())
        });
        if let Err(error) = sent {
            let message = Message::new("evidence.follow.webhook").with("why", format!("{error:#}"));
            self.terminal.say(&message);
        }
    }
}
