//! `audit plan | frame | report`: the plan of an audit of the paper, made of a log; and where every audit of a log stands.
//!
//! A plan is a table of batches and the text of a record, which custodians sign as any other (`record sign`, `table`, `submit`). A seed and a
//! count are texts of a few lines, written by hand and signed the same way.

use super::claim_sets::{contest_of, size_of};
use super::parse_fingerprint;
use super::print;
use super::verified::open_log;
use super::verify::KnownArguments;
use crate::terminal::Terminal;
use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand, ValueEnum};
use hakiki_audit::of_log::draft::row_text;
use hakiki_audit::of_log::{audits_text, draft, frame_text, spread_areas};
use hakiki_core::Ledger;
use hakiki_core::kinds::{AuditMethod, AuditOutcome, AuditPlan};
use hakiki_core::ledger::BatchRow;
use hakiki_core::record::{Signer, compose_for};
use hakiki_messages::{Message, text};
use hakiki_note::{Hash, VerifierKey, sha256};
use hakiki_tlog::tree::Head;
use hakiki_verify::Reading;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Subcommands.
#[derive(Subcommand)]
pub enum Command {
    /// Make the table of batches and the record of a plan, from the figures that stand at the log's head
    Plan(PlanArguments),
    /// Print the weights by which a plan's stations are drawn, summed: with them a draw is checked by hand
    Frame(FrameArguments),
    /// Print every audit of a log: assertions, draws, taints, risk, what comes next
    Report(ReportArguments),
}

/// Which log.
#[derive(Args)]
struct Of {
    /// Archive, directory or address of the log
    #[arg(long, value_name = "LOG")]
    log: String,
    /// The election's fingerprint, from paper or from somebody you trust
    #[arg(long, value_parser = parse_fingerprint)]
    fingerprint: Option<Hash>,
    #[command(flatten)]
    known: KnownArguments,
}

/// How the risk is measured.
#[derive(Clone, Copy, ValueEnum)]
enum Method {
    /// The largest stake: fewest draws
    KaplanMarkov,
    /// Nine tenths of the largest stake: no single station decides
    Betting,
    /// A mean that learns, from 999/1000, worth 100 draws
    Alpha,
}

/// Arguments of `plan`.
#[derive(Args)]
pub struct PlanArguments {
    #[command(flatten)]
    of: Of,
    /// The contest; needed where the election has several
    #[arg(long)]
    contest: Option<String>,
    /// The area whose outcome is tested; the whole if not given
    #[arg(long)]
    area: Option<String>,
    /// Number on the ballot of who is elected; given twice, the two who go to a run-off
    #[arg(long, required = true, value_name = "NUMBER")]
    candidate: Vec<u32>,
    /// The risk limit in hundredths
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..100))]
    risk_limit: u32,
    /// How the risk is measured
    #[arg(long, value_enum, default_value = "kaplan-markov")]
    method: Method,
    /// Verifier key of a custodian who will sign; given once for each
    #[arg(long, required = true)]
    signer: Vec<VerifierKey>,
    /// New directory for the table and the record
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// Arguments of `frame`.
#[derive(Args)]
pub struct FrameArguments {
    #[command(flatten)]
    of: Of,
    /// The record id of the plan; the newest if not given
    #[arg(long, value_name = "ID")]
    plan: Option<Hash>,
}

/// Arguments of `report`.
#[derive(Args)]
pub struct ReportArguments {
    #[command(flatten)]
    of: Of,
    /// As of the first so many entries
    #[arg(long, value_name = "SIZE")]
    at: Option<u64>,
}

/// Does one of them.
pub fn run(command: &Command, terminal: Terminal) -> Result<ExitCode> {
    match command {
        Command::Plan(arguments) => plan(arguments, terminal),
        Command::Frame(arguments) => frame(arguments, terminal),
        Command::Report(arguments) => report(arguments, terminal),
    }
}

impl Of {
    fn open(&self, terminal: Terminal) -> Result<Option<(Ledger, Reading)>> {
        open_log(&self.log, self.fingerprint, None, &self.known, terminal)
    }
}

fn frame(arguments: &FrameArguments, terminal: Terminal) -> Result<ExitCode> {
    let Some((ledger, _)) = arguments.of.open(terminal)? else { return Ok(ExitCode::from(2)) };
    let found = match &arguments.plan {
        Some(id) => ledger.audit_plan_of(id),
        None => ledger.audit_plans().last(),
    };
    let Some(entry) = found else {
        bail!(
            "{}",
            text(
                terminal.language,
                if arguments.plan.is_some() { "audit.tool.no_plan" } else { "audit.tool.none" }
            )
        );
    };
    print(frame_text(&ledger, entry)?.trim_end())?;
    Ok(ExitCode::SUCCESS)
}

fn report(arguments: &ReportArguments, terminal: Terminal) -> Result<ExitCode> {
    let Some((ledger, _)) = arguments.of.open(terminal)? else { return Ok(ExitCode::from(2)) };
    let size = size_of(&ledger, arguments.at, terminal)?;
    if !ledger.audit_plans().iter().any(|entry| entry.place < size) {
        terminal.say(&Message::new("audit.tool.none"));
    }
    print(audits_text(&ledger, size).trim_end())?;
    Ok(ExitCode::SUCCESS)
}

fn plan(arguments: &PlanArguments, terminal: Terminal) -> Result<ExitCode> {
    if arguments.out.exists() {
        let path = arguments.out.display().to_string();
        bail!("{}", Message::new("audit.tool.exists").with("path", path).text(terminal.language));
    }
    let Some((ledger, reading)) = arguments.of.open(terminal)? else { return Ok(ExitCode::from(2)) };
    let contest = contest_of(&ledger, arguments.contest.as_deref(), terminal)?;
    let register = ledger.register();
    let area = match &arguments.area {
        Some(code) => register.area(code),
        None => register.root(),
    };
    let Some(area) = area else {
        let code = arguments.area.as_deref().unwrap_or_default();
        bail!("{}", Message::new("audit.tool.no_area").with("area", code).text(terminal.language));
    };
    let size = ledger.size();
    let root = reading.root_at(size)?.context("the log has no root at its own size")?;
    let rows = draft(&ledger, contest, area, size)?;
    let spread = spread(&ledger, contest, area, &rows, arguments, terminal)?;
    let table = AuditPlan::batches_table(rows.iter().map(|row| row_text(&ledger, row)));
    let (method, stake, expected) = match arguments.method {
        Method::KaplanMarkov => (AuditMethod::KaplanMarkov, None, None),
        Method::Betting => (AuditMethod::Betting, Some((9, 10)), None),
        Method::Alpha => (AuditMethod::Alpha, None, Some(((999, 1000), 100))),
    };
    let plan = AuditPlan {
        contest: ledger.election().contests[usize::from(contest)].code.clone(),
        area: register.areas()[area as usize].code.to_string(),
        head: Head { size, root },
        outcome: if arguments.candidate.len() == 1 { AuditOutcome::Elected } else { AuditOutcome::RunOff },
        candidates: arguments.candidate.iter().copied().collect(),
        spread_areas: spread,
        risk_limit: lowest(arguments.risk_limit, 100),
        method,
        stake,
        expected,
        batches: sha256(&table),
        outside: BTreeMap::new(),
        words: None,
    };
    let mut signers: Vec<Signer> = arguments
        .signer
        .iter()
        .map(|key| Signer { name: key.name().clone(), key_hash: key.key().hash() })
        .collect();
    signers.sort_by(|a, b| a.name.as_str().cmp(b.name.as_str()));
    let record = compose_for(&plan.into(), Some(ledger.fingerprint()), &signers);
    write_new(&arguments.out, &[("audit-batches.txt", &table), ("audit-plan.txt", record.as_bytes())])?;
    let said = Message::new("audit.tool.planned").with("count", rows.len() as u64);
    terminal.say(&said.with("path", arguments.out.display().to_string()));
    Ok(ExitCode::SUCCESS)
}

/// The areas of the rule's spread, where one candidate is said to be elected.
fn spread(
    ledger: &Ledger,
    contest: u16,
    area: u32,
    rows: &[BatchRow],
    arguments: &PlanArguments,
    terminal: Terminal,
) -> Result<BTreeSet<String>> {
    let ballot = ledger.register().ballot_for_area(contest, area);
    let numbers: Vec<u32> =
        ballot.iter().flat_map(|ballot| ballot.candidates.iter().map(|c| c.number)).collect();
    let mut places = Vec::new();
    for number in &arguments.candidate {
        let Some(place) = numbers.iter().position(|known| known == number) else {
            let message = Message::new("audit.tool.no_candidate").with("number", u64::from(*number));
            bail!("{}", message.text(terminal.language));
        };
        places.push(place);
    }
    match &places[..] {
        [winner] => Ok(spread_areas(ledger, contest, rows, *winner)?.into_iter().collect()),
        [_, _] => Ok(BTreeSet::new()),
        _ => bail!("{}", text(terminal.language, "audit.tool.one_or_two")),
    }
}

fn write_new(out: &Path, files: &[(&str, &[u8])]) -> Result<()> {
    std::fs::create_dir_all(out).with_context(|| format!("making {}", out.display()))?;
    for (name, bytes) in files {
        let path = out.join(name);
        std::fs::write(&path, bytes).with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(())
}

/// A fraction in its lowest terms, as a record writes it.
fn lowest(part: u32, whole: u32) -> (u32, u32) {
    let (mut a, mut b) = (part, whole);
    while b > 0 {
        (a, b) = (b, a % b);
    }
    (part / a, whole / a)
}
