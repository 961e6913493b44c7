//! `receipt`: whether receipts and stamps are what they say, without a network.
//!
//! That the log still honours them is `verify`'s (V14, V17): a receipt proves what was promised, not what is kept.

use super::verify::read_policy;
use super::{parse_fingerprint, print};
use crate::terminal::Terminal;
use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use hakiki_core::Record;
use hakiki_evidence::{Claim, Evidence, PolicyAndKeys};
use hakiki_messages::Message;
use hakiki_note::{Hash, VerifierKey};
use hakiki_tlog::policy::Policy;
use hakiki_tlog::receipt::{Receipt, VerifiedReceipt};
use hakiki_tlog::stamp::{STAMP_HEADER, VerifiedStamp};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What to do.
#[derive(Subcommand)]
pub enum Command {
    /// Check receipts and stamps: which record, which place, which head, who cosigned it
    Check(Arguments),
}

/// Files, and against whose keys they are checked.
#[derive(Args)]
pub struct Arguments {
    /// Receipts (.tlog-proof) and stamps
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Verifier key of the log
    #[arg(long, value_name = "VKEY", required_unless_present = "election", conflicts_with = "election")]
    log: Option<VerifierKey>,
    /// File of the election record, which names the keys of the log, its witnesses and its intakes
    #[arg(long, requires = "fingerprint")]
    election: Option<PathBuf>,
    /// The election's fingerprint, from paper or from somebody you trust
    #[arg(long, value_parser = parse_fingerprint)]
    fingerprint: Option<Hash>,
    /// Your own witnesses (a C2SP tlog-policy file), which then count instead of the election's
    #[arg(long)]
    policy: Option<PathBuf>,
    /// Verifier key of an intake that you trust besides the election's
    #[arg(long, value_name = "VKEY")]
    intake: Vec<VerifierKey>,
}

/// The keys that a file is checked with.
struct Keys {
    log: VerifierKey,
    election: Option<PolicyAndKeys>,
    own: Option<Policy>,
    intakes: Vec<VerifierKey>,
}

/// Checks every file and says of each what it proves. Exit 1: at least one proves nothing, or two contradict each other.
pub fn run(command: &Command, terminal: Terminal) -> Result<ExitCode> {
    let Command::Check(arguments) = command;
    let keys = keys(arguments)?;
    let (mut receipts, mut is_good) = (Vec::new(), true);
    for path in &arguments.files {
        let bytes = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
        let checked = if bytes.starts_with(STAMP_HEADER.as_bytes()) {
            keys.stamp(&bytes, path)
        } else {
            keys.receipt(&bytes, path, &mut receipts)
        };
        let message = checked.unwrap_or_else(|error| {
            is_good = false;
            let message = Message::new("evidence.receipt.refused").with("why", format!("{error:#}"));
            message.with("path", path.display().to_string())
        });
        print(&message.text(terminal.language))?;
    }
    if let (Some(evidence), Some(trust)) = (contradiction(&receipts, &keys), &keys.election) {
        is_good = false;
        print(evidence.check(trust)?.text(terminal.language).trim_end())?;
    }
    Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn keys(arguments: &Arguments) -> Result<Keys> {
    let own = arguments.policy.as_deref().map(read_policy).transpose()?;
    let intakes = arguments.intake.clone();
    let election = match (&arguments.election, &arguments.fingerprint) {
        (Some(path), Some(fingerprint)) => {
            let record = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
            let mut trust = PolicyAndKeys::of_election(&record, fingerprint)?.with_own(own.clone());
            trust.intakes.clone_from(&intakes);
            Some(trust)
        }
        _ => None,
    };
    let log = election.as_ref().map(|trust| trust.log_key.clone()).or_else(|| arguments.log.clone());
    let log = log.context("the log's key is needed: --log or --election")?;
    Ok(Keys { log, election, own, intakes })
}

impl Keys {
    fn receipt(&self, bytes: &[u8], path: &Path, all: &mut Vec<VerifiedReceipt>) -> Result<Message> {
        let receipt = Receipt::parse(bytes)?.verify(&self.log)?;
        let entry = receipt.entry().context("the receipt carries no record")?;
        let record = Record::parse(entry)?;
        if self
            .election
            .as_ref()
            .is_some_and(|trust| record.election().is_some_and(|of| *of != trust.election))
        {
            bail!("the record is of another election");
        }
        let head = receipt.checkpoint();
        let is_cosigned = match (&self.election, &self.own) {
            (Some(trust), _) => trust.is_cosigned(head),
            (None, Some(own)) => !own.needs_no_witness() && own.witnessed(head)?.quorum_reached,
            (None, None) => false,
        };
        let is_held = self.election.as_ref().is_some_and(|trust| trust.standing(head).is_held());
        let state = match (is_held, is_cosigned) {
            (true, _) => "evidence.receipt.held",
            (false, true) => "evidence.receipt.cosigned",
            (false, false) => "evidence.receipt.signed",
        };
        let message = Message::new("evidence.receipt.proves").with("path", path.display().to_string());
        let message = message.with("record", record.id().to_string()).with("place", receipt.index());
        let message = message.with("size", head.head().size).with("state", Message::new(state));
        all.push(receipt);
        Ok(message)
    }

    fn stamp(&self, bytes: &[u8], path: &Path) -> Result<Message> {
        let stamp = if let Some(trust) = &self.election {
            trust.open_stamp(std::str::from_utf8(bytes)?)?.0
        } else {
            let opened = self.intakes.iter().find_map(|key| VerifiedStamp::open(bytes, key).ok());
            opened.context("no known intake signed the stamp: --intake or --election")?.stamp().clone()
        };
        let message = Message::new("evidence.receipt.stamped").with("path", path.display().to_string());
        let message = message.with("record", stamp.record.to_string()).with("time", stamp.time.as_str());
        Ok(message.with("size", stamp.seen_head))
    }
}

/// Two receipts whose heads have one size and two roots.
fn contradiction(receipts: &[VerifiedReceipt], keys: &Keys) -> Option<Evidence> {
    let trust = keys.election.as_ref()?;
    let head = |receipt: &VerifiedReceipt| receipt.checkpoint().head();
    let differs = |a: &VerifiedReceipt, b: &VerifiedReceipt| {
        head(a).size == head(b).size && head(a).root != head(b).root
    };
    let pairs =
        receipts.iter().enumerate().flat_map(|(at, a)| receipts[at + 1..].iter().map(move |b| (a, b)));
    let (a, b) = pairs.into_iter().find(|(a, b)| differs(a, b))?;
    let heads = [a, b].map(|receipt| receipt.checkpoint().to_text());
    Some(Evidence { election: trust.election, log: trust.log_key.clone(), claim: Claim::Roots { heads } })
}
