//! A log of statements, verified, and its texts: what `near` and `index` read.

use super::verify::KnownArguments;
use super::{parse_fingerprint, print, this_program};
use crate::terminal::{Terminal, VerifyBar};
use anyhow::Result;
use clap::Args;
use hakiki_core::Ledger;
use hakiki_messages::Message;
use hakiki_note::Hash;
use hakiki_press::Texts;
use hakiki_verify::{Options, Source, Status, verify_with};
use std::collections::BTreeSet;

/// Which log.
#[derive(Args)]
pub struct LogArguments {
    /// Archive, directory or address of the log of statements
    log: String,
    /// Its fingerprint, from paper or from somebody you trust
    #[arg(long, value_parser = parse_fingerprint)]
    fingerprint: Option<Hash>,
    /// Threads; all cores if not given
    #[arg(long)]
    threads: Option<usize>,
    #[command(flatten)]
    known: KnownArguments,
}

/// A verified log.
pub struct OpenLog {
    /// Its ledger.
    pub ledger: Ledger,
    /// Where its texts come from.
    pub texts: Texts,
}

impl LogArguments {
    /// Verifies the log; none, and the report printed, if no ledger came of it.
    pub fn open(&self, terminal: Terminal) -> Result<Option<OpenLog>> {
        let known = self.known.read()?;
        let options = Options {
            source: Source::of(&self.log),
            fingerprint: self.fingerprint,
            require: BTreeSet::new(),
            threads: self.threads,
            program: this_program(),
        };
        let bar = VerifyBar::new();
        let verified = verify_with(&options, &known, &bar);
        bar.finish();
        self.known.keep(&verified.memory, &verified.evidence, terminal)?;
        let failed = verified.count(Status::Failed);
        if failed > 0 {
            terminal.say(&Message::new("claims.tool.failed").with("count", failed));
        }
        if verified.ledger.is_none() {
            print(&verified.to_text(terminal.language))?;
        }
        let Some(ledger) = verified.ledger else { return Ok(None) };
        Ok(Some(OpenLog { ledger, texts: Texts::open(&options.source)? }))
    }
}
