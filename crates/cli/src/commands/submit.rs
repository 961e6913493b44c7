//! `submit`: sends a signed record, keeps the receipt beside it.

use super::{agent, print};
use crate::terminal::Terminal;
use anyhow::{Context, Result};
use clap::Args;
use hakiki_core::Record;
use hakiki_messages::Message;
use hakiki_note::VerifierKey;
use hakiki_tlog::receipt::Receipt;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Longest time for a submission and its answer.
const SUBMIT_TIMEOUT: Duration = Duration::from_secs(30);

/// Arguments.
#[derive(Args)]
pub struct Arguments {
    /// File of the signed record
    record: PathBuf,
    /// Address of the log
    #[arg(long)]
    url: String,
    /// Verifier key of the log, as the election record names it: the receipt is checked with it
    #[arg(long)]
    log_key: VerifierKey,
    /// Where the receipt is written; the record's name with .tlog-proof if not given
    #[arg(long)]
    receipt: Option<PathBuf>,
}

/// Sends, checks the receipt, writes it.
pub fn run(arguments: &Arguments, terminal: Terminal) -> Result<ExitCode> {
    let note = std::fs::read(&arguments.record)
        .with_context(|| format!("reading {}", arguments.record.display()))?;
    let record = Record::parse(&note)?;
    let url = format!("{}/submit", arguments.url.trim_end_matches('/'));
    let mut answer = agent(SUBMIT_TIMEOUT).post(url).send(&note[..])?;
    let body = answer.body_mut().with_config().limit(1024 * 1024).read_to_vec()?;
    if !answer.status().is_success() {
        let found = String::from_utf8_lossy(&body).into_owned();
        terminal.say(&Message::new("tool.refused").with("found", found));
        return Ok(ExitCode::from(1));
    }
    let receipt = Receipt::parse(&body)?;
    let index = receipt.index();
    receipt.verify_entry(&note, &arguments.log_key).context("the receipt does not prove what was sent")?;
    let path = arguments.receipt.clone().unwrap_or_else(|| arguments.record.with_extension("tlog-proof"));
    std::fs::write(&path, &body).with_context(|| format!("writing {}", path.display()))?;
    print(&record.id().to_string())?;
    let message =
        Message::new("tool.submitted").with("place", index).with("path", path.display().to_string());
    terminal.say(&message);
    Ok(ExitCode::SUCCESS)
}
