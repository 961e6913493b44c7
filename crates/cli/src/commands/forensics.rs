//! `forensics`: statistics of a table or log as one report, with every number behind it.
//!
//! Exit: 0 the report is written, whatever it says (it gives no verdict); 2 it could not be made.

use super::forensics_source::SourceArguments;
use crate::terminal::Terminal;
use anyhow::{Context, Result, bail};
use clap::Args;
use hakiki_messages::Message;
use hakiki_portal::forensics::{Brought, Options, Report, State, files};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

/// Arguments.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    source: SourceArguments,
    /// Directory for the report: index.html, numbers.json and a folder of CSV files
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Write over a report that is there
    #[arg(long)]
    force: bool,
    /// The level of areas that are compared; the widest that has several if not given
    #[arg(long, value_name = "LEVEL")]
    level: Option<String>,
    /// The level that is one building with several stations, if it is not called centre
    #[arg(long, value_name = "LEVEL")]
    centres: Option<String>,
    /// The candidate whose shares are looked at; the one with most votes if not given
    #[arg(long, value_name = "NAME")]
    candidate: Option<String>,
    /// A further count of the table (its `[claim]` section also) of ballots given out; several are added up. Ballots in the boxes if not given
    #[arg(long, value_name = "COLUMN")]
    given: Vec<String>,
    /// Look at second digits too. They reject honest elections
    #[arg(long)]
    second_digits: bool,
    /// Fit the model of added votes of Klimek and others too. It takes regions that differ for added votes
    #[arg(long)]
    klimek: bool,
}

/// Reads, computes, writes.
pub fn run(arguments: &Arguments, terminal: Terminal) -> Result<ExitCode> {
    let out = &arguments.out;
    if !arguments.force && is_filled(out)? {
        let message = Message::new("forensics.tool.exists").with("path", out.display().to_string());
        bail!("{}", message.text(terminal.language));
    }
    let Some(read) = arguments.source.read(terminal)? else { return Ok(ExitCode::from(2)) };
    let started = Instant::now();
    let options = Options {
        level: arguments.level.clone(),
        centres: arguments.centres.clone(),
        leader: arguments.candidate.clone(),
        given: arguments.given.clone(),
        second_digits: arguments.second_digits,
        klimek: arguments.klimek,
    };
    let brought = Brought { set: &read.set, clock: read.clock, reported: read.reported, others: read.others };
    let report = match Report::new(&brought, &options, read.facts, read.made) {
        Ok(report) => report,
        Err(error) => bail!("{}", error.text(terminal.language)),
    };
    let files = files(&report, terminal.language);
    let elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    write(out, &files)?;
    let shown = report.sections.iter().filter(|section| section.state == State::Shown).count();
    let written = Message::new("forensics.tool.written")
        .with("path", out.display().to_string())
        .with("files", files.len())
        .with("facts", report.facts.rows.len())
        .with("shown", shown)
        .with("all", report.sections.len());
    terminal.say(&written);
    terminal.say(&Message::new("forensics.tool.took").with("ms", elapsed_ms));
    Ok(ExitCode::SUCCESS)
}

/// Whether a directory has anything in it.
fn is_filled(path: &Path) -> Result<bool> {
    if !path.exists() {
        return Ok(false);
    }
    let mut entries = std::fs::read_dir(path).with_context(|| format!("reading {}", path.display()))?;
    Ok(entries.next().is_some())
}

fn write(out: &Path, files: &[(String, Vec<u8>)]) -> Result<()> {
    for (name, bytes) in files {
        let path = out.join(name);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
        }
        std::fs::write(&path, bytes).with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(())
}
