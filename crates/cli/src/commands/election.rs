//! `election new | sign | show`: the election record, made from a plan, signed by its custodians one after the other.
//!
//! While signatures are missing the file holds the text and the lines that are there; it is no record before the last.

use super::election_plan::Plan;
use super::record::tell_missing;
use super::{key, print, unfinished};
use crate::terminal::Terminal;
use anyhow::{Context, Result, bail, ensure};
use clap::Subcommand;
use hakiki_core::Unfinished;
use hakiki_core::fingerprint::words;
use hakiki_core::kinds::{Body, Election};
use hakiki_core::record::compose_for;
use hakiki_core::{Ledger, Record};
use hakiki_keyring::KeyPlace;
use hakiki_messages::Message;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What to do with an election record.
#[derive(Subcommand)]
pub enum Command {
    /// Make the text of an election record from a plan (TOML), for its custodians to sign
    New {
        /// The plan
        plan: PathBuf,
        /// Where the text is written
        #[arg(long)]
        out: PathBuf,
    },
    /// Add one custodian's signature, in any order
    Sign {
        /// The file of `election new`
        record: PathBuf,
        /// The custodian's key: a file, or pkcs11:token=…?module-path=…
        #[arg(long)]
        key: KeyPlace,
    },
    /// Show an election record: fingerprint, six words, who has signed
    Show {
        /// The file
        record: PathBuf,
    },
}

/// Runs one of them.
pub fn run(command: &Command, terminal: Terminal) -> Result<ExitCode> {
    match command {
        Command::New { plan, out } => new(plan, out, terminal),
        Command::Sign { record, key } => sign(record, key, terminal),
        Command::Show { record } => show(record, terminal),
    }
}

fn new(plan: &Path, out: &Path, terminal: Terminal) -> Result<ExitCode> {
    let text = std::fs::read_to_string(plan).with_context(|| format!("reading {}", plan.display()))?;
    let plan: Plan = toml::from_str(&text).with_context(|| format!("{} is no plan", plan.display()))?;
    let (election, signers) = plan.into_election()?;
    check_meeting(&election)?;
    let text = compose_for(&election.clone().into(), None, &signers);
    ensure!(!out.exists(), "{} exists already; name a new file", out.display());
    std::fs::write(out, format!("{text}\n")).with_context(|| format!("writing {}", out.display()))?;
    show(out, terminal)
}

/// Refuses what `Ledger::begin` will refuse, before anybody signs.
fn check_meeting(election: &Election) -> Result<()> {
    let least = election.smallest_intersection();
    let (quorum, count) = (election.witness_quorum, election.witnesses.len());
    ensure!(
        quorum == 0 || least >= 2,
        "two quorums of {quorum} of {count} witnesses can meet in {least}; they must meet in at least two"
    );
    Ok(())
}

fn read(path: &Path) -> Result<(Unfinished, Election)> {
    let found = unfinished::read(path)?;
    let Body::Election(election) = found.body() else { bail!("this is no election record") };
    let election = election.clone();
    Ok((found, election))
}

fn sign(path: &Path, place: &KeyPlace, terminal: Terminal) -> Result<ExitCode> {
    let key = key::open(place, terminal)?;
    let (mut found, _) = read(path)?;
    unfinished::add(&mut found, &key)?;
    unfinished::write(&found, path)?;
    show(path, terminal)
}

fn show(path: &Path, terminal: Terminal) -> Result<ExitCode> {
    let (found, election) = read(path)?;
    tell(&found, &election, terminal)?;
    if found.missing().is_empty() {
        let whole = std::fs::read(path)?;
        Ledger::begin(Record::parse(&whole)?)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn tell(found: &Unfinished, election: &Election, terminal: Terminal) -> Result<()> {
    let fingerprint = found.record().id();
    print(&fingerprint.to_string())?;
    print(&words(fingerprint))?;
    let (quorum, count) = (election.witness_quorum, election.witnesses.len());
    terminal.say(&if quorum == 0 {
        Message::new("tool.no_witness")
    } else {
        let least = election.smallest_intersection();
        Message::new("tool.intersection").with("quorum", quorum).with("count", count).with("least", least)
    });
    tell_missing(found, terminal);
    Ok(())
}
