//! `quick-count plan`: how many stations a sample needs, and how many of each stratum.

use super::print;
use super::quick_count::z_of;
use super::quick_count_sample::{refused, strata_file};
use crate::terminal::Terminal;
use anyhow::Result;
use clap::Args;
use hakiki_audit::numeric::{real, whole_above};
use hakiki_audit::quick_count::planning::{proportional, stations_for_error, stations_for_voters, voters};
use hakiki_messages::{Language, Message};
use hakiki_portal::forensics::figures::percent;
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;

/// Each stratum needs two stations, or nothing is known of its scatter.
const LEAST_IN_STRATUM: u64 = 2;

/// Arguments.
#[derive(Args)]
pub struct PlanArguments {
    /// How many stations there are; the sum of the strata if not given
    #[arg(long, required_unless_present = "strata")]
    stations: Option<u64>,
    /// A table of strata: columns stratum and stations
    #[arg(long, value_name = "FILE")]
    strata: Option<PathBuf>,
    /// The margin of error that is wanted, in percentage points
    #[arg(long, value_name = "POINTS")]
    error: f64,
    /// How far shares of stations scatter inside a stratum (standard deviation), in percentage points
    #[arg(long, value_name = "POINTS", default_value_t = 40.0)]
    deviation: f64,
    /// How sure the interval is to hold the truth, in per cent
    #[arg(long, default_value_t = 95.0, value_name = "PERCENT")]
    confidence: f64,
    /// How many in a hundred drawn stations are thought not to report
    #[arg(long, default_value_t = 10.0, value_name = "PERCENT")]
    missing: f64,
    /// Votes of a station, for the handbook's formula of single voters
    #[arg(long, default_value_t = 400)]
    votes: u64,
    /// Print as JSON
    #[arg(long)]
    json: bool,
}

fn within(what: &str, found: f64, language: Language) -> Result<f64> {
    if found > 0.0 && found < 100.0 {
        return Ok(found / 100.0);
    }
    let message = Message::new("quick_count.error.q108").with("what", what);
    Err(refused("Q108", &message.with("found", found.to_string()).with("limit", "100"), language))
}

/// Plans, says.
pub fn plan(arguments: &PlanArguments, terminal: Terminal) -> Result<ExitCode> {
    let language = terminal.language;
    let z = z_of(arguments.confidence, language)?;
    let error = within("--error", arguments.error, language)?;
    let deviation = within("--deviation", arguments.deviation, language)?;
    let missing =
        if arguments.missing == 0.0 { 0.0 } else { within("--missing", arguments.missing, language)? };
    let strata = arguments.strata.as_deref().map(|path| strata_file(path, language)).transpose()?;
    let sum = strata.as_ref().map(|strata| strata.values().sum::<u64>());
    let stations = arguments.stations.or(sum).unwrap_or_default();
    if stations == 0 {
        let message = Message::new("quick_count.error.q108").with("what", "--stations");
        return Err(refused(
            "Q108",
            &message.with("found", "0").with("limit", u64::MAX.to_string()),
            language,
        ));
    }
    let needed = stations_for_error(deviation, error, z, stations).min(stations);
    let with_reserve = whole_above(real(needed) / (1.0 - missing)).min(stations);
    let of_voters = voters(0.5, error, z, stations.saturating_mul(arguments.votes));
    let by_handbook = stations_for_voters(of_voters, arguments.votes);
    let parts = strata.as_ref().map(|strata| {
        let sizes: Vec<u64> = strata.values().copied().collect();
        proportional(&sizes, with_reserve, LEAST_IN_STRATUM)
    });
    if arguments.json {
        let shared = strata.iter().flatten().zip(parts.iter().flatten());
        let shared: Vec<_> = shared
            .map(|((name, of), draw)| json!({ "stratum": name, "stations": of, "draw": draw }))
            .collect();
        let value = json!({
            "schema": "hakiki/quick-count-plan@v1",
            "stations": stations,
            "error": error,
            "deviation": deviation,
            "confidence": arguments.confidence,
            "needed": needed,
            "with_reserve": with_reserve,
            "by_single_voters": by_handbook,
            "strata": shared,
        });
        print(&format!("{value:#}"))?;
        return Ok(ExitCode::SUCCESS);
    }
    let first = Message::new("quick_count.plan.stations").with("count", needed).with("of", stations);
    let first = first.with("error", percent(error)).with("level", format!("{}\u{a0}%", arguments.confidence));
    print(&first.with("deviation", percent(deviation)).text(language))?;
    let reserve = Message::new("quick_count.plan.reserve").with("missing", percent(missing));
    print(&reserve.with("count", with_reserve).text(language))?;
    print(&Message::new("quick_count.plan.voters").with("count", by_handbook).text(language))?;
    if let (Some(strata), Some(parts)) = (&strata, &parts) {
        print(&Message::new("quick_count.plan.strata").text(language))?;
        for ((name, of), draw) in strata.iter().zip(parts) {
            let line = Message::new("quick_count.plan.stratum").with("name", super::printable(name));
            print(&line.with("count", *draw).with("of", *of).text(language))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
