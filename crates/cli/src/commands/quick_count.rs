//! `quick-count`: a result estimated from a sample of stations, beside a log's own forms if one is named.
//!
//! Exit: 0 estimated (also where it cannot decide: that is an answer); 1 figures of the sample and the log differ; 2 it could not be done.

use super::claim_sets::OpenLog;
use super::parse_fingerprint;
use super::print;
use super::quick_count_log::{Beside, beside};
use super::quick_count_plan::{PlanArguments, plan};
use super::quick_count_said::{json, said};
use super::quick_count_sample::{Sample, SampleArguments, refused};
use super::verified::open_log;
use super::verify::KnownArguments;
use crate::terminal::Terminal;
use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use hakiki_audit::Share;
use hakiki_audit::numeric::normal;
use hakiki_audit::quick_count::estimate::{Estimate, EstimateError, Range, Stratum};
use hakiki_audit::quick_count::{Chances, chances, cluster_ratio, combined_ratio, planning, without_missing};
use hakiki_audit::rule::SpreadRule;
use hakiki_core::Ledger;
use hakiki_core::view::ContestView;
use hakiki_messages::{Language, Message};
use hakiki_note::Hash;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// The sample: a table (CSV, also .xz, .gz or .zst), a row a drawn station; a station whose boxes are blank has not reported
    #[arg(required = true)]
    sample: Option<PathBuf>,
    #[command(flatten)]
    shape: SampleArguments,
    #[command(flatten)]
    rule: RuleArguments,
    #[command(flatten)]
    log: LogArguments,
    /// How sure the interval is to hold the truth, in per cent
    #[arg(long, default_value_t = 95.0, value_name = "PERCENT")]
    confidence: f64,
    /// Stations on the terminal
    #[arg(long, default_value_t = 20)]
    rows: usize,
    /// Print everything as JSON
    #[arg(long)]
    json: bool,
}

/// The other command.
#[derive(Subcommand)]
enum Command {
    /// How many stations a sample needs, and how many of each stratum
    Plan(PlanArguments),
}

/// The decision rule.
#[derive(Args)]
struct RuleArguments {
    /// The candidate who is asked for; the one with the largest estimate if not given
    #[arg(long, value_name = "NAME")]
    candidate: Option<String>,
    /// The share that the rule asks for in areas, as in 1/4; strata are the areas
    #[arg(long, value_name = "SHARE", requires = "areas", value_parser = parse_share)]
    spread: Option<Share>,
    /// In at least so many areas
    #[arg(long, value_name = "COUNT", requires = "spread")]
    areas: Option<usize>,
    /// How often the sample is drawn again
    #[arg(long, default_value_t = 2_000)]
    resamples: u64,
    /// What the draws begin with
    #[arg(long, default_value = "1", value_name = "TEXT")]
    seed: String,
}

/// Which log stands beside, and up to where.
#[derive(Args)]
struct LogArguments {
    /// Archive, directory or address of the log whose forms stand beside the sample's
    #[arg(long, value_name = "LOG")]
    log: Option<String>,
    /// The contest; needed where the election has several
    #[arg(long, requires = "log")]
    contest: Option<String>,
    /// Look at the first so many entries only
    #[arg(long, value_name = "SIZE", requires = "log")]
    at: Option<u64>,
    /// The election's fingerprint, from paper or from somebody you trust
    #[arg(long, value_parser = parse_fingerprint, requires = "log")]
    fingerprint: Option<Hash>,
    /// Threads; all cores if not given
    #[arg(long)]
    threads: Option<usize>,
    #[command(flatten)]
    known: KnownArguments,
}

/// An estimate with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The estimate.
    pub estimate: Estimate,
    /// Half the interval's length.
    pub margin: f64,
}

/// Everything that is said.
pub struct QuickCount {
    /// What was read.
    pub sample: Sample,
    /// Per cent.
    pub confidence: f64,
    /// Standard errors of the interval.
    pub z: f64,
    /// One a candidate.
    pub shares: Vec<Interval>,
    /// Turnout, where the sample has it.
    pub turnout: Option<Interval>,
    /// The candidate who is asked for.
    pub asked: usize,
    /// The worst that missing stations can do to him.
    pub worst: Range,
    /// How many times more than single votes the sample scatters.
    pub design_effect: f64,
    /// How often resamples meet the rule.
    pub chances: Chances,
    /// The part of the rule that asks for areas.
    pub spread: Option<(Share, usize)>,
    /// The log's own forms.
    pub beside: Option<Beside>,
}

/// A share as people write it: 1/4.
pub fn parse_share(text: &str) -> Result<Share, String> {
    let (above, below) =
        text.split_once('/').ok_or_else(|| format!("found {text:?}, expected a share as 1/4"))?;
    let number = |text: &str| text.trim().parse::<u32>().map_err(|error| format!("{text:?}: {error}"));
    Share::new(number(above)?, number(below)?).map_err(|error| error.to_string())
}

/// Standard errors for a confidence in per cent.
pub fn z_of(confidence: f64, language: Language) -> Result<f64> {
    if !(confidence > 0.0 && confidence < 100.0) {
        let message = Message::new("quick_count.error.q108").with("what", "--confidence");
        let message = message.with("found", confidence.to_string()).with("limit", "100");
        return Err(refused("Q108", &message, language));
    }
    Ok(normal::quantile(0.5 + confidence / 200.0))
}

/// Estimates, or plans.
pub fn run(arguments: &Arguments, terminal: Terminal) -> Result<ExitCode> {
    let path = match (&arguments.command, &arguments.sample) {
        (Some(Command::Plan(arguments)), _) => return plan(arguments, terminal),
        (None, Some(path)) => path,
        (None, None) => bail!("SAMPLE"),
    };
    let language = terminal.language;
    let z = z_of(arguments.confidence, language)?;
    let log = match &arguments.log.log {
        Some(log) => match arguments.log.open(log, terminal)? {
            Some(log) => Some(log),
            None => return Ok(ExitCode::from(2)),
        },
        None => None,
    };
    let sizes = log.as_ref().map(|log| stations_by_area(&log.ledger, &log.view));
    let sample = arguments.shape.read(path, sizes.as_ref(), language)?;
    let beside = log.as_ref().map(|log| beside(&sample, &log.ledger, &log.view)).transpose()?;
    let found = estimated(sample, arguments, z, beside, language)?;
    if arguments.json {
        print(&format!("{:#}", json(&found)))?;
    } else {
        for line in said(&found, arguments.rows, language) {
            print(&line)?;
        }
    }
    let differs = found.beside.as_ref().is_some_and(|beside| beside.differing().count() > 0);
    Ok(ExitCode::from(u8::from(differs)))
}

impl LogArguments {
    fn open(&self, log: &str, terminal: Terminal) -> Result<Option<OpenLog>> {
        let opened = open_log(log, self.fingerprint, self.threads, &self.known, terminal)?;
        let Some((ledger, _)) = opened else { return Ok(None) };
        OpenLog::new(ledger, self.contest.as_deref(), self.at, terminal).map(Some)
    }
}

/// How many stations of the contest each area of the register has, at every level.
fn stations_by_area(ledger: &Ledger, view: &ContestView) -> BTreeMap<String, u64> {
    let register = ledger.register();
    let mut counts = BTreeMap::new();
    for (index, station) in (0u32..).zip(register.stations()) {
        if view.status(index) == hakiki_core::view::Status::NotExpected {
            continue;
        }
        let mut at = Some(station.area);
        while let Some(area) = at {
            let area = &register.areas()[area as usize];
            *counts.entry(area.code.to_string()).or_default() += 1;
            at = area.parent;
        }
    }
    counts
}

fn estimated(
    sample: Sample,
    arguments: &Arguments,
    z: f64,
    beside: Option<Beside>,
    language: Language,
) -> Result<QuickCount> {
    let told = |error: EstimateError| {
        let message = Message::new("quick_count.error.q105").with("found", error.to_string());
        refused("Q105", &message, language)
    };
    let ratio = |strata: &[Stratum]| {
        let found = if sample.has_clusters { cluster_ratio(strata) } else { combined_ratio(strata) };
        found.map(|estimate| Interval { estimate, margin: z * estimate.standard_error }).map_err(told)
    };
    let strata: Vec<Vec<Stratum>> = (0..sample.candidates.len()).map(|at| sample.of_candidate(at)).collect();
    let shares = strata.iter().map(|strata| ratio(strata)).collect::<Result<Vec<Interval>>>()?;
    let turnout = sample.of_turnout().map(|strata| ratio(&strata)).transpose()?;
    let asked = asked(&sample, &shares, arguments.rule.candidate.as_deref(), language)?;
    let rule = SpreadRule {
        half: Share::HALF,
        spread: arguments.rule.spread.unwrap_or(Share::QUARTER),
        // In no area at all: then the part of the rule that asks for areas is always met.
        areas: arguments.rule.areas.unwrap_or(0),
    };
    let chances =
        chances(&strata[asked], rule, &arguments.rule.seed, arguments.rule.resamples).map_err(told)?;
    let votes: u64 = sample.drawn.iter().filter(|drawn| drawn.votes.is_some()).map(|drawn| drawn.valid).sum();
    let own = shares[asked].estimate;
    let single = planning::margin_of_error(own.value, votes, 1.0);
    Ok(QuickCount {
        worst: without_missing(&strata[asked]).map_err(told)?,
        design_effect: if single > 0.0 { (own.standard_error / single).powi(2) } else { f64::NAN },
        spread: arguments.rule.spread.zip(arguments.rule.areas),
        confidence: arguments.confidence,
        sample,
        z,
        shares,
        turnout,
        asked,
        chances,
        beside,
    })
}

fn asked(sample: &Sample, shares: &[Interval], name: Option<&str>, language: Language) -> Result<usize> {
    let Some(name) = name else {
        let values = shares.iter().map(|share| share.estimate.value).enumerate();
        return Ok(values.max_by(|one, other| one.1.total_cmp(&other.1)).map_or(0, |(at, _)| at));
    };
    sample.candidates.iter().position(|candidate| candidate == name).ok_or_else(|| {
        let message = Message::new("quick_count.error.q102").with("file", "SAMPLE").with("column", name);
        refused("Q102", &message.with("known", sample.candidates.join(", ")), language)
    })
}
