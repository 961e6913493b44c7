//! `audit draw`: which stations were drawn and still wait for their count; and the sheets of paper for it.

use super::audit::{OfAudit, is_new, write_new};
use super::print;
use crate::terminal::Terminal;
use anyhow::{Result, bail};
use clap::Args;
use hakiki_messages::{Message, text};
use hakiki_portal::audit_sheets::Sheets;
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `draw`.
#[derive(Args)]
pub struct DrawArguments {
    #[command(flatten)]
    audit: OfAudit,
    /// Only stations in this area: a board that counts in a county needs no other's sheets
    #[arg(long, value_name = "CODE")]
    area: Option<String>,
    /// New directory for pull-sheet.html and tally-sheets.html, made to be printed
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// One line a station that waits for its count: its code, how many draws took it, its name.
pub fn draw(arguments: &DrawArguments, terminal: Terminal) -> Result<ExitCode> {
    if let Some(out) = &arguments.out {
        is_new(out, terminal)?;
    }
    let Some((ledger, _)) = arguments.audit.of.open(terminal)? else { return Ok(ExitCode::from(2)) };
    let entry = arguments.audit.find(&ledger, terminal)?;
    let mut sheets = Sheets::new(&ledger, entry, ledger.size())?;
    // A plan whose sample would be all stations is counted in full without dice.
    if sheets.stations().is_empty() && entry.seed_as_of(ledger.size()).is_none() {
        bail!("{}", text(terminal.language, "audit.tool.no_seed"));
    }
    if let Some(code) = &arguments.area {
        let Some(area) = ledger.register().area(code) else {
            bail!("{}", Message::new("audit.tool.no_area").with("area", &**code).text(terminal.language));
        };
        sheets = sheets.within(area);
    }
    for wanted in sheets.stations() {
        let station = &ledger.register().stations()[wanted.station as usize];
        print(&format!("{} {} {}", station.code, wanted.draws.len(), station.name))?;
    }
    let count = sheets.stations().len() as u64;
    terminal.say(&Message::new("audit.tool.waiting").with("count", count));
    if let Some(out) = &arguments.out {
        let (pull, tally) = (sheets.pull(terminal.language), sheets.tally(terminal.language));
        write_new(out, &[("pull-sheet.html", pull.as_bytes()), ("tally-sheets.html", tally.as_bytes())])?;
        let path = out.display().to_string();
        terminal.say(&Message::new("audit.tool.sheets").with("path", path));
    }
    Ok(ExitCode::SUCCESS)
}
