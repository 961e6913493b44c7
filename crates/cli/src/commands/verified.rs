//! A log that a command reads: it is verified first, as `verify` does it, with a bar for whoever waits.

use super::verify::KnownArguments;
use super::{print, this_program};
use crate::terminal::{Terminal, VerifyBar};
use anyhow::Result;
use hakiki_core::Ledger;
use hakiki_messages::Message;
use hakiki_note::Hash;
use hakiki_verify::{Known, Options, Reading, Report, Source, Status, verify_with};
use std::collections::BTreeSet;

/// Verifies a source, beside what is known of it.
pub fn verified(source: &Source, fingerprint: Option<Hash>, threads: Option<usize>, known: &Known) -> Report {
    let options = Options {
        source: source.clone(),
        fingerprint,
        require: BTreeSet::new(),
        threads,
        program: this_program(),
    };
    let bar = VerifyBar::new();
    let report = verify_with(&options, known, &bar);
    bar.finish();
    report
}

/// A verified log, and a reading of it at its head. None, and the report printed, if no ledger came of it; how many checks failed
/// is said, since a log with a fault may still be what somebody has to look at.
pub fn open_log(
    log: &str,
    fingerprint: Option<Hash>,
    threads: Option<usize>,
    known: &KnownArguments,
    terminal: Terminal,
) -> Result<Option<(Ledger, Reading)>> {
    let source = Source::of(log);
    let report = verified(&source, fingerprint, threads, &known.read()?);
    known.keep(&report.memory, &report.evidence, terminal)?;
    let failed = report.count(Status::Failed);
    if failed > 0 {
        terminal.say(&Message::new("claims.tool.failed").with("count", failed));
    }
    let text = report.ledger.is_none().then(|| report.to_text(terminal.language));
    let (Some(ledger), Some(head)) = (report.ledger, report.head) else {
        print(&text.unwrap_or_default())?;
        return Ok(None);
    };
    Ok(Some((ledger, Reading::open(&source, head)?)))
}
