//! `verify` and `tally`: the stranger's check, whole or its totals alone.

use super::{parse_fingerprint, print, this_program};
use crate::terminal::{Terminal, VerifyBar};
use anyhow::Result;
use clap::Args;
use hakiki_note::Hash;
use hakiki_verify::{Check, Options, Report, Source};
use std::process::ExitCode;

/// Arguments.
#[derive(Args)]
pub struct Arguments {
    /// Directory or address of the log
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
}

/// Arguments of `tally`.
#[derive(Args)]
pub struct TallyArguments {
    #[command(flatten)]
    of: Arguments,
}

fn check(arguments: &Arguments) -> Report {
    let bar = VerifyBar::new();
    let options = Options {
        source: Source::of(&arguments.source),
        fingerprint: arguments.fingerprint,
        require: arguments.require.iter().copied().collect(),
        threads: arguments.threads,
        program: this_program(),
    };
    let report = hakiki_verify::verify(&options, &bar);
    bar.finish();
    report
}

fn exit(report: &Report, arguments: &Arguments) -> ExitCode {
    let require = arguments.require.iter().copied().collect();
    ExitCode::from(u8::try_from(report.exit_code(&require)).unwrap_or(2))
}

/// Prints the whole report.
pub fn run(arguments: &Arguments, terminal: Terminal) -> Result<ExitCode> {
    let report = check(arguments);
    if arguments.json {
        print(&serde_json::to_string_pretty(&report.to_json())?)?;
    } else {
        print(&report.to_text(terminal.language))?;
    }
    Ok(exit(&report, arguments))
}

/// Prints the contests alone, as JSON; the exit says whether the checks passed.
pub fn tally(arguments: &TallyArguments, _: Terminal) -> Result<ExitCode> {
    let report = check(&arguments.of);
    let json = report.to_json();
    print(&serde_json::to_string_pretty(&json["contests"])?)?;
    Ok(exit(&report, &arguments.of))
}
