//! `verify` and `tally`: the stranger's check, whole or its totals alone, beside what the user knows of the log.

use super::{parse_fingerprint, print, this_program};
use crate::terminal::{Terminal, VerifyBar};
use anyhow::{Context, Result};
use clap::Args;
use hakiki_evidence::{Evidence, Finding, PolicyAndKeys};
use hakiki_messages::Message;
use hakiki_note::{Hash, VerifierKey, sha256};
use hakiki_tlog::Policy;
use hakiki_verify::{Check, Given, Known, Memory, Options, Report, Source, verify_with};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

/// Arguments.
#[derive(Args)]
pub struct Arguments {
    /// Directory or address of the log, or an archive that `open` made
    source: String,
    /// The election's fingerprint, from paper or from somebody you trust
    #[arg(long, value_parser = parse_fingerprint)]
    fingerprint: Option<Hash>,
    /// A check that must be made: "not checked" then counts, as in --require V03
    #[arg(long, value_name = "CHECK")]
    require: Vec<Check>,
    /// Threads; all cores if not given
    #[arg(long)]
    threads: Option<usize>,
    /// Print everything as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    known: KnownArguments,
}

/// What the user knows of the log.
#[derive(Args)]
pub struct KnownArguments {
    /// Your own witnesses (a C2SP tlog-policy file), which then count instead of the election's (V03)
    #[arg(long)]
    policy: Option<PathBuf>,
    /// File of the heads that earlier runs saw; it is read and written (V06, V18)
    #[arg(long)]
    memory: Option<PathBuf>,
    /// A signed head that you or somebody else kept (V06)
    #[arg(long, value_name = "FILE")]
    head: Vec<PathBuf>,
    /// Address of a witness to compare with (V06)
    #[arg(long, value_name = "URL")]
    witness: Vec<String>,
    /// Address of a mirror to compare with (V06)
    #[arg(long, value_name = "URL")]
    mirror: Vec<String>,
    /// A receipt to be honoured (V14)
    #[arg(long, value_name = "FILE")]
    receipt: Vec<PathBuf>,
    /// A stamp to be honoured (V17)
    #[arg(long, value_name = "FILE")]
    stamp: Vec<PathBuf>,
    /// Verifier key of an intake that you trust besides the election's (V17)
    #[arg(long, value_name = "VKEY")]
    intake: Vec<VerifierKey>,
    /// The time now, in seconds since 1970; without a number, this machine's clock (V18)
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, require_equals = true, default_missing_value = "clock")]
    now: Option<String>,
    /// Directory for evidence, where a promise of the log is broken
    #[arg(long, value_name = "DIR")]
    evidence_dir: Option<PathBuf>,
}

/// Arguments of `tally`.
#[derive(Args)]
pub struct TallyArguments {
    #[command(flatten)]
    of: Arguments,
}

impl KnownArguments {
    /// Reads every file that was named.
    pub fn read(&self) -> Result<Known> {
        Ok(Known {
            policy: self.policy.as_deref().map(read_policy).transpose()?,
            memory: self.memory.as_deref().map(read_memory).transpose()?.unwrap_or_default(),
            heads: read_given(&self.head)?,
            witnesses: self.witness.clone(),
            mirrors: self.mirror.clone(),
            receipts: read_given(&self.receipt)?,
            stamps: read_given(&self.stamp)?,
            intakes: self.intake.clone(),
            now_s: self.now.as_deref().map(now_s).transpose()?,
        })
    }

    /// Writes the memory for the next run, and evidence where there is any.
    pub fn keep(&self, memory: &Memory, evidence: &[Evidence], terminal: Terminal) -> Result<()> {
        if let Some(path) = self.memory.as_deref().filter(|_| memory.election.is_some()) {
            let next = path.with_extension("next");
            std::fs::write(&next, memory.to_text()).with_context(|| format!("writing {}", next.display()))?;
            std::fs::rename(&next, path).with_context(|| format!("writing {}", path.display()))?;
        }
        let Some(directory) = self.evidence_dir.as_deref().filter(|_| !evidence.is_empty()) else {
            return Ok(());
        };
        std::fs::create_dir_all(directory).with_context(|| format!("making {}", directory.display()))?;
        for evidence in evidence {
            let text = evidence.to_text();
            let hash = sha256(text.as_bytes()).to_string();
            let name = format!("{}-{}.evidence", evidence.claim.kind(), &hash[..16]);
            let path = directory.join(name);
            std::fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
            let path = path.display().to_string();
            terminal.say(&Message::new("evidence.tool.written").with("path", path));
        }
        Ok(())
    }
}

/// The seconds since 1970 of this machine's clock.
pub fn clock_s() -> Result<u64> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH).context("this machine's clock is before 1970")?.as_secs())
}

fn now_s(text: &str) -> Result<u64> {
    if text == "clock" {
        return clock_s();
    }
    text.parse().with_context(|| format!("--now is seconds since 1970, found {text:?}"))
}

/// Reads a C2SP policy.
pub fn read_policy(path: &Path) -> Result<Policy> {
    let bytes = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    Policy::parse(&bytes).with_context(|| format!("reading {}", path.display()))
}

fn read_memory(path: &Path) -> Result<Memory> {
    if !path.exists() {
        return Ok(Memory::default());
    }
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    Memory::parse(&text).with_context(|| format!("reading {}", path.display()))
}

fn read_given(paths: &[PathBuf]) -> Result<Vec<Given>> {
    let read = |path: &PathBuf| {
        let name = path.display().to_string();
        let bytes = std::fs::read(path).with_context(|| format!("reading {name}"))?;
        Ok(Given { name, bytes })
    };
    paths.iter().map(read).collect()
}

fn check(arguments: &Arguments, terminal: Terminal) -> Result<Report> {
    let known = arguments.known.read()?;
    let bar = VerifyBar::new();
    let options = Options {
        source: Source::of(&arguments.source),
        fingerprint: arguments.fingerprint,
        require: arguments.require.iter().copied().collect(),
        threads: arguments.threads,
        program: this_program(),
    };
    let report = verify_with(&options, &known, &bar);
    bar.finish();
    arguments.known.keep(&report.memory, &report.evidence, terminal)?;
    for finding in shown(&report, &known) {
        terminal.say(&Message::new("evidence.shown").with("what", finding.what));
    }
    Ok(report)
}

/// What the report's evidence shows, under the policy that the run went by.
fn shown(report: &Report, known: &Known) -> Vec<Finding> {
    let Some(ledger) = &report.ledger else { return Vec::new() };
    let mut trust = PolicyAndKeys::of_ledger(ledger).with_own(known.policy.clone());
    trust.intakes.clone_from(&known.intakes);
    report.evidence.iter().filter_map(|evidence| evidence.check(&trust).ok()).collect()
}

fn exit(report: &Report, arguments: &Arguments) -> ExitCode {
    let require = arguments.require.iter().copied().collect();
    ExitCode::from(u8::try_from(report.exit_code(&require)).unwrap_or(2))
}

/// Prints the whole report.
pub fn run(arguments: &Arguments, terminal: Terminal) -> Result<ExitCode> {
    let report = check(arguments, terminal)?;
    if arguments.json {
        print(&serde_json::to_string_pretty(&report.to_json())?)?;
    } else {
        print(&report.to_text(terminal.language))?;
    }
    Ok(exit(&report, arguments))
}

/// Prints the contests alone, as JSON; the exit says whether the checks passed.
pub fn tally(arguments: &TallyArguments, terminal: Terminal) -> Result<ExitCode> {
    let report = check(&arguments.of, terminal)?;
    let json = report.to_json();
    print(&serde_json::to_string_pretty(&json["contests"])?)?;
    Ok(exit(&report, &arguments.of))
}
