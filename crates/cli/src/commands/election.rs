//! `election new | sign | show`: the election record, made from a plan, signed by its custodians one after the other.
//!
//! While signatures are missing the file holds the text and the lines that are there; it is no record before the last.

use super::election_plan::Plan;
use super::print;
use crate::terminal::Terminal;
use anyhow::{Context, Result, bail, ensure};
use clap::Subcommand;
use hakiki_core::fingerprint::words;
use hakiki_core::kinds::{Body, Election};
use hakiki_core::record::{Signer, compose_for};
use hakiki_core::{Ledger, Record};
use hakiki_messages::Message;
use hakiki_node::read_key_file;
use hakiki_note::{SignatureLine, sha256};
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
        /// The custodian's key file
        #[arg(long)]
        key: PathBuf,
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
    tell(&text, &election, &[], &signers, terminal)?;
    Ok(ExitCode::SUCCESS)
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

/// The text and the signature lines of a file whose record may still be incomplete.
struct Unfinished {
    text: String,
    lines: Vec<SignatureLine>,
    election: Election,
    signers: Vec<Signer>,
}

fn read(path: &Path) -> Result<Unfinished> {
    let whole = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    let Some((text, rest)) = whole.split_once("\n\n") else {
        bail!("{} is no text with an empty line", path.display())
    };
    let text = format!("{text}\n");
    let mut lines = Vec::new();
    for line in rest.lines() {
        lines.push(SignatureLine::parse(line).with_context(|| format!("{line:?} is no signature line"))?);
    }
    let (election, signers) = parse_unsigned(&text)?;
    Ok(Unfinished { text, lines, election, signers })
}

/// Reads the text as the record that it will be: with a line for each signer that says nothing yet.
fn parse_unsigned(text: &str) -> Result<(Election, Vec<Signer>)> {
    let named = text.lines().filter_map(|line| line.strip_prefix("signer ")?.split_once(' '));
    let empty = "A".repeat(91) + "=";
    let lines: Vec<String> = named.map(|(name, _)| format!("\u{2014} {name} {empty}\n")).collect();
    let lines = lines.concat();
    let record = Record::parse(format!("{text}\n{lines}").as_bytes())?;
    let Body::Election(election) = record.body() else { bail!("this is no election record") };
    Ok((election.clone(), record.signers().to_vec()))
}

fn sign(path: &Path, key: &Path, terminal: Terminal) -> Result<ExitCode> {
    let key = read_key_file(key)?;
    let mut found = read(path)?;
    let hash = key.verifier().key().hash();
    let is_named = found.signers.iter().any(|signer| signer.name == *key.name() && signer.key_hash == hash);
    ensure!(is_named, "{} is not among the signers that the text names", key.name());
    found.lines.retain(|line| line.name != *key.name());
    found.lines.push(SignatureLine::sign(&found.text, &key));
    let place = |line: &SignatureLine| found.signers.iter().position(|signer| signer.name == line.name);
    found.lines.sort_by_key(place);
    let lines: String = found.lines.iter().map(SignatureLine::to_line).collect();
    let whole = format!("{}\n{lines}", found.text);
    // Replaced as a whole, so that an interrupted write loses no signature.
    let beside = path.with_extension("new");
    std::fs::write(&beside, whole).with_context(|| format!("writing {}", beside.display()))?;
    std::fs::rename(&beside, path)?;
    show(path, terminal)
}

fn show(path: &Path, terminal: Terminal) -> Result<ExitCode> {
    let found = read(path)?;
    tell(&found.text, &found.election, &found.lines, &found.signers, terminal)?;
    if found.lines.len() == found.signers.len() {
        let whole = std::fs::read(path)?;
        Ledger::begin(Record::parse(&whole)?)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn tell(
    text: &str,
    election: &Election,
    lines: &[SignatureLine],
    signers: &[Signer],
    terminal: Terminal,
) -> Result<()> {
    let fingerprint = sha256(text.as_bytes());
    print(&fingerprint.to_string())?;
    print(&words(&fingerprint))?;
    let (quorum, count) = (election.witness_quorum, election.witnesses.len());
    terminal.say(&if quorum == 0 {
        Message::new("tool.no_witness")
    } else {
        let least = election.smallest_intersection();
        Message::new("tool.intersection").with("quorum", quorum).with("count", count).with("least", least)
    });
    let missing = signers.iter().filter(|signer| !lines.iter().any(|line| line.name == signer.name));
    let missing: Vec<&str> = missing.map(|signer| signer.name.as_str()).collect();
    terminal.say(&if missing.is_empty() {
        Message::new("tool.signed_by_all")
    } else {
        Message::new("tool.signers_missing").with("names", missing.join(", "))
    });
    Ok(())
}
