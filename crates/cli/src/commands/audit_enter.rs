//! `audit seed | enter`: the records of the dice and of a count, made of what people type.
//!
//! A count is typed twice, from the paper and not from the screen, and no record is made until both are the same: a slip of the hand in an
//! audit looks like an error of a form.

use super::audit::{OfAudit, is_new, signers};
use crate::terminal::Terminal;
use anyhow::{Context as _, Result, bail};
use clap::Args;
use hakiki_core::Ledger;
use hakiki_core::kinds::{AuditCount, AuditSeed, Body};
use hakiki_core::ledger::AuditPlanEntry;
use hakiki_core::record::compose_for;
use hakiki_core::text::Time;
use hakiki_messages::{Message, text};
use hakiki_note::VerifierKey;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Arguments of `seed`.
#[derive(Args)]
pub struct SeedArguments {
    #[command(flatten)]
    audit: OfAudit,
    /// The digits of ten-sided dice in the order in which they fell, in one row: 20 or more
    #[arg(long)]
    digits: String,
    /// When they were thrown, such as 2031-03-11T10:00:00+03:00
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    thrown: Time,
    /// Who was there beside those who sign, as a code; given once for each
    #[arg(long, value_name = "CODE")]
    present: Vec<String>,
    /// Verifier key of somebody who saw it and will sign; given once for each
    #[arg(long, required = true)]
    signer: Vec<VerifierKey>,
    /// New file for the record
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Arguments of `enter`.
#[derive(Args)]
pub struct EnterArguments {
    #[command(flatten)]
    audit: OfAudit,
    /// The station whose paper was counted
    #[arg(long, value_name = "CODE")]
    station: String,
    /// When it was counted, such as 2031-03-12T10:40:00+03:00
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    at: Time,
    /// Serial of the seal on the box, as found
    #[arg(long)]
    seal: Option<String>,
    /// It takes the place of the count of this station that stands
    #[arg(long)]
    replace: bool,
    /// Verifier key of a member of the board who will sign; given once for each
    #[arg(long, required = true)]
    signer: Vec<VerifierKey>,
    /// New file for the record
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

fn parse_time(value: &str) -> Result<Time, String> {
    Time::parse(value).ok_or_else(|| "a time is written 2031-03-11T10:00:00+03:00".to_owned())
}

/// Writes the record of a seed.
pub fn seed(arguments: &SeedArguments, terminal: Terminal) -> Result<ExitCode> {
    is_new(&arguments.out, terminal)?;
    let Some((ledger, _)) = arguments.audit.of.open(terminal)? else { return Ok(ExitCode::from(2)) };
    let entry = arguments.audit.find(&ledger, terminal)?;
    if entry.seed_as_of(ledger.size()).is_some() {
        bail!("{}", text(terminal.language, "audit.tool.has_seed"));
    }
    let seed = AuditSeed {
        plan: entry.id,
        digits: arguments.digits.clone(),
        thrown: arguments.thrown,
        present: arguments.present.iter().cloned().collect::<BTreeSet<_>>(),
        words: None,
    };
    write_record(seed, &ledger, &arguments.signer, &arguments.out, terminal)
}

/// Asks for the figures of a count, twice, and writes its record.
pub fn enter(arguments: &EnterArguments, terminal: Terminal) -> Result<ExitCode> {
    is_new(&arguments.out, terminal)?;
    let Some((ledger, _)) = arguments.audit.of.open(terminal)? else { return Ok(ExitCode::from(2)) };
    let entry = arguments.audit.find(&ledger, terminal)?;
    let register = ledger.register();
    let of_station = |key: &str| {
        let message = Message::new(key).with("station", arguments.station.clone());
        message.text(terminal.language)
    };
    let station = register.station(&arguments.station);
    let Some((station, batch)) = station.and_then(|station| {
        let batch = entry.batches.iter().find(|batch| batch.station == station)?;
        Some((station, batch))
    }) else {
        bail!("{}", of_station("audit.tool.no_batch"));
    };
    let stands = entry.count_of(station, ledger.size());
    let replaces = match (stands, arguments.replace) {
        (Some(_), false) => bail!("{}", of_station("audit.tool.has_count")),
        (None, true) => bail!("{}", of_station("audit.tool.no_count")),
        (stands, _) => stands.map(|count| count.id),
    };
    let asked = questions(&ledger, entry, terminal);
    let (votes, rejected) = twice(&asked, terminal)?;
    let sum: u64 = votes.values().map(|votes| u64::from(*votes)).sum();
    if sum > batch.bound {
        let said = Message::new("audit.tool.above_bound").with("votes", sum).with("bound", batch.bound);
        terminal.say(&said);
    }
    let count = AuditCount {
        plan: entry.id,
        station: arguments.station.clone(),
        at: arguments.at,
        votes,
        rejected: Some(rejected),
        seal: arguments.seal.clone(),
        page: None,
        replaces,
        words: None,
    };
    write_record(count, &ledger, &arguments.signer, &arguments.out, terminal)
}

fn write_record(
    body: impl Into<Body>,
    ledger: &Ledger,
    keys: &[VerifierKey],
    out: &Path,
    terminal: Terminal,
) -> Result<ExitCode> {
    let record = compose_for(&body.into(), Some(ledger.fingerprint()), &signers(keys));
    // As everybody reads it: what is written wrongly is told here, and not after it was signed.
    hakiki_core::Unfinished::parse(record.as_bytes())?;
    std::fs::write(out, record).with_context(|| format!("writing {}", out.display()))?;
    terminal.say(&Message::new("audit.tool.written").with("path", out.display().to_string()));
    Ok(ExitCode::SUCCESS)
}

/// What is asked for: each candidate, then papers for nobody.
struct Question {
    /// The number on the ballot; none for papers that are for nobody.
    number: Option<u32>,
    words: String,
}

fn questions(ledger: &Ledger, entry: &AuditPlanEntry, terminal: Terminal) -> Vec<Question> {
    let ballot = ledger.register().ballot_for_area(entry.contest, entry.area);
    let candidates = ballot.into_iter().flat_map(|ballot| &ballot.candidates);
    let of_candidate = |number: u32, name: &str| {
        let words = Message::new("audit.tool.ask_votes").with("number", number).with("name", name);
        Question { number: Some(number), words: words.text(terminal.language) }
    };
    let rejected = text(terminal.language, "audit.tool.ask_rejected").to_owned();
    candidates
        .map(|candidate| of_candidate(candidate.number, &candidate.name))
        .chain([Question { number: None, words: rejected }])
        .collect()
}

/// Two entries that are the same: votes by number, and papers for nobody. At a terminal it is asked anew until they are; from a pipe the
/// lines are read once, first all of the first entry and then all of the second.
fn twice(asked: &[Question], terminal: Terminal) -> Result<(BTreeMap<u32, u32>, u32)> {
    let input = std::io::stdin();
    let is_terminal = input.is_terminal();
    let mut input = input.lock();
    loop {
        terminal.say(&Message::new("audit.tool.first_entry"));
        let first = once(asked, &mut input, terminal)?;
        terminal.say(&Message::new("audit.tool.second_entry"));
        let second = once(asked, &mut input, terminal)?;
        let differing: Vec<&str> = asked
            .iter()
            .zip(first.iter().zip(&second))
            .filter(|(_, (a, b))| a != b)
            .map(|(it, _)| &*it.words)
            .collect();
        if differing.is_empty() {
            let votes = asked.iter().zip(&first).filter_map(|(it, figure)| Some((it.number?, *figure)));
            return Ok((votes.collect(), first.last().copied().unwrap_or_default()));
        }
        let said = Message::new("audit.tool.entries_differ").with("figures", differing.join("; "));
        if !is_terminal {
            bail!("{}", said.text(terminal.language));
        }
        terminal.say(&said);
    }
}

fn once(asked: &[Question], input: &mut impl BufRead, terminal: Terminal) -> Result<Vec<u32>> {
    asked.iter().map(|question| figure(question, input, terminal)).collect()
}

fn figure(question: &Question, input: &mut impl BufRead, terminal: Terminal) -> Result<u32> {
    loop {
        terminal.say(&Message::new("audit.tool.ask").with("what", question.words.clone()));
        let mut line = String::new();
        if input.read_line(&mut line)? == 0 {
            bail!("{}", text(terminal.language, "audit.tool.no_more"));
        }
        // Digits and nothing else: `1,024`, `-` and an empty line are no number here.
        let line = line.trim();
        match line.parse() {
            Ok(figure) if line.bytes().all(|byte| byte.is_ascii_digit()) => return Ok(figure),
            _ if std::io::stdin().is_terminal() => {
                terminal.say(&Message::new("audit.tool.no_number").with("found", line));
            }
            _ => {
                bail!("{}", Message::new("audit.tool.no_number").with("found", line).text(terminal.language))
            }
        }
    }
}
