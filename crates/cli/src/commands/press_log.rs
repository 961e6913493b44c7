//! A log of statements, verified, and its texts: what `near` and `index` read.

use super::parse_fingerprint;
use super::verified::open_log;
use super::verify::KnownArguments;
use crate::terminal::Terminal;
use anyhow::Result;
use clap::Args;
use hakiki_core::Ledger;
use hakiki_note::Hash;
use hakiki_search::SearchError;
use hakiki_verify::Reading;

/// Largest text that is read, in bytes; the desk's own have 256 KiB.
const TEXT_MAX_BYTES: usize = 1 << 20;

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
    reading: Reading,
}

impl LogArguments {
    /// Verifies the log; none, and the report printed, if no ledger came of it.
    pub fn open(&self, terminal: Terminal) -> Result<Option<OpenLog>> {
        let opened = open_log(&self.log, self.fingerprint, self.threads, &self.known, terminal)?;
        Ok(opened.map(|(ledger, reading)| OpenLog { ledger, reading }))
    }
}

impl OpenLog {
    /// The texts of these hashes, in their order; none where there is no such text.
    pub fn texts(&self, hashes: &[Hash]) -> Result<Vec<Option<String>>, SearchError> {
        let blobs = self.reading.blobs(hashes, TEXT_MAX_BYTES);
        let blobs = blobs.map_err(|error| SearchError::Source { found: error.to_string() })?;
        Ok(blobs.into_iter().map(|blob| String::from_utf8(blob?).ok()).collect())
    }
}
