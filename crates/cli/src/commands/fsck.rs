//! `fsck`, `repair`: which files of a log are damaged, who has them, and having them again.

use super::{parse_fingerprint, print};
use crate::terminal::Terminal;
use anyhow::Result;
use clap::Args;
use hakiki_fsck::{Address, Damage, Damaged, Directory, Files, Report, check, repair};
use hakiki_messages::Message;
use hakiki_note::Hash;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Arguments of `fsck`.
#[derive(Args)]
pub struct Arguments {
    /// Directory of a log or mirror, or an address
    log: String,
    /// Mirrors to ask for what is damaged: addresses or directories
    #[arg(long = "from", value_name = "MIRROR")]
    from: Vec<String>,
    /// The election's fingerprint, as published on paper
    #[arg(long, value_parser = parse_fingerprint)]
    fingerprint: Option<Hash>,
}

/// Arguments of `repair`.
#[derive(Args)]
pub struct RepairArguments {
    /// Directory of a log or mirror that is not running
    dir: PathBuf,
    /// Mirrors to take from: addresses or directories
    #[arg(long = "from", value_name = "MIRROR", required = true)]
    from: Vec<String>,
    /// The election's fingerprint, as published on paper
    #[arg(long, value_parser = parse_fingerprint)]
    fingerprint: Option<Hash>,
}

fn open(place: &str) -> Result<Box<dyn Files>> {
    let is_address = place.contains("://");
    Ok(if is_address { Box::new(Address::new(place)) } else { Box::new(Directory::open(Path::new(place))?) })
}

fn report(
    own: &dyn Files,
    from: &[String],
    fingerprint: Option<&Hash>,
    terminal: Terminal,
) -> Result<Report> {
    let mirrors = from.iter().map(|mirror| open(mirror)).collect::<Result<Vec<_>>>()?;
    let mirrors: Vec<&dyn Files> = mirrors.iter().map(AsRef::as_ref).collect();
    let report = check(own, &mirrors, fingerprint)?;
    let head = report.head.checkpoint.head();
    terminal.say(
        &Message::new("tool.fsck_head")
            .with("size", head.size)
            .with("root", head.root.to_string())
            .with("from", report.head.from.clone()),
    );
    for damaged in &report.damaged {
        print(&line(damaged))?;
    }
    let damaged = report.damaged.len() as u64;
    terminal.say(&Message::new("tool.fsck_done").with("files", report.files).with("damaged", damaged));
    if report.absent_blobs > 0 {
        terminal.say(&Message::new("tool.fsck_absent").with("blobs", report.absent_blobs));
    }
    Ok(report)
}

/// One line a file: what is wrong, the path, and who has it right or `-`.
fn line(damaged: &Damaged) -> String {
    let what = match damaged.damage {
        Damage::Missing => "missing",
        Damage::Changed => "changed",
        Damage::CannotBeTold => "cannot-be-told",
    };
    format!("{what} {} {}", damaged.path, damaged.at.as_deref().unwrap_or("-"))
}

/// Checks, and exits with 1 if anything is damaged.
pub fn run(arguments: &Arguments, terminal: Terminal) -> Result<ExitCode> {
    let own = open(&arguments.log)?;
    let report = report(&*own, &arguments.from, arguments.fingerprint.as_ref(), terminal)?;
    Ok(ExitCode::from(u8::from(!report.damaged.is_empty())))
}

/// Checks, writes what mirrors have, and exits with 1 if anything is left.
pub fn run_repair(arguments: &RepairArguments, terminal: Terminal) -> Result<ExitCode> {
    let own = Directory::open(&arguments.dir)?;
    let report = report(&own, &arguments.from, arguments.fingerprint.as_ref(), terminal)?;
    let done = repair(&arguments.dir, &report)?;
    let (repaired, left) = (done.repaired.len() as u64, done.left.len() as u64);
    terminal.say(&Message::new("tool.repaired").with("repaired", repaired).with("left", left));
    Ok(ExitCode::from(u8::from(!done.left.is_empty())))
}
