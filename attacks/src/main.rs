//! The attack suite: each attack of the threat list is played with all the power named, against real processes on loopback (one
//! node, five witnesses of five classes, two mirrors, kits), and it is asserted who notices, with which code, and that the
//! evidence convinces elsewhere. Where the list says *not attributable* or *not detectable*, it is asserted that nothing
//! is claimed. Honest nights raise no alarm.
//!
//! `cargo run --release -p hakiki-attacks -- --hakiki target/release/hakiki` prints the table and the counts.

mod arena;
mod clock;
mod court;
mod dispute;
mod forge;
mod forms;
mod liar;
mod night;
mod outcome;
mod plays;
mod process;
mod scrutinised;
mod staff;
mod stranger;
mod web;

use anyhow::{Result, ensure};
use clap::Parser;
use outcome::{Line, counts, table};
use plays::{Ground, PLAYS};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

/// Plays the attacks of the threat list.
#[derive(Parser)]
struct Arguments {
    /// The program under test
    #[arg(long, default_value = "target/release/hakiki")]
    hakiki: PathBuf,
    /// Only these plays: T01,T04
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Only the sample that is played at each change
    #[arg(long)]
    sample: bool,
    /// Honest nights
    #[arg(long, default_value_t = 100)]
    nights: u64,
    /// The first of them
    #[arg(long, default_value_t = 0)]
    first_night: u64,
    /// The seed of countries and nights
    #[arg(long, default_value = "attacks-1")]
    seed: String,
    /// Only the rehearsed dispute: a night with planted acts, the court's order, the file, the report
    #[arg(long)]
    dispute: bool,
    /// Also write the table to this file
    #[arg(long)]
    table: Option<PathBuf>,
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let program = arguments.hakiki.canonicalize()?;
    if arguments.nights > 0 && !arguments.dispute {
        clock::require()?;
    }
    println!("seed {}", arguments.seed);
    let ground = Ground { program, seed: arguments.seed };
    if arguments.dispute {
        return dispute_alone(&ground, arguments.table.as_deref());
    }
    let mut lines = Vec::new();
    for play in PLAYS {
        let is_named = arguments.only.iter().any(|code| code == play.code);
        let is_chosen =
            if arguments.only.is_empty() { play.in_sample || !arguments.sample } else { is_named };
        if !is_chosen {
            continue;
        }
        let began = Instant::now();
        let result = (play.run)(&ground).map_err(|error| format!("{error:#}"));
        let seconds = began.elapsed().as_secs_f64();
        let said = result
            .as_ref()
            .map_or_else(|found| format!("DID NOT HOLD: {found}"), |seen| seen.verdict.words().to_owned());
        println!("{} {} ({seconds:.1} s): {said}", play.code, play.title);
        lines.push(Line { code: play.code, title: play.title, power: play.power, result });
    }
    let mut false_alarms = 0;
    for number in (arguments.first_night..).take(usize::try_from(arguments.nights)?) {
        let began = Instant::now();
        match night::play(&ground, number) {
            Err(found) => {
                false_alarms += 1;
                println!("night {number}: {found:#}");
            }
            Ok(clocks) => {
                println!("night {number}: quiet ({:.1} s; {clocks})", began.elapsed().as_secs_f64());
            }
        }
    }
    let text = table(&lines);
    println!("\n{text}\n{}", counts(&lines, arguments.nights, false_alarms));
    if let Some(path) = arguments.table {
        std::fs::write(path, &text)?;
    }
    ensure!(!lines.is_empty() || arguments.nights > 0, "no play has these codes");
    let all_hold = lines.iter().all(|line| line.result.is_ok()) && false_alarms == 0;
    Ok(if all_hold { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The rehearsed dispute and its table. What was not found, or found beside what was planted, is an error.
fn dispute_alone(ground: &Ground, table: Option<&Path>) -> Result<ExitCode> {
    let began = Instant::now();
    let text = match dispute::play(ground) {
        Ok(text) => text,
        Err(found) => {
            println!("DID NOT HOLD: {found:#}");
            return Ok(ExitCode::FAILURE);
        }
    };
    println!(
        "{text}\nEvery planted act is found, and nothing else ({:.1} s).",
        began.elapsed().as_secs_f64()
    );
    if let Some(path) = table {
        std::fs::write(path, &text)?;
    }
    Ok(ExitCode::SUCCESS)
}
