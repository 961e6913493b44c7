//! `claim check --record`: what a comparison found as a record of a log of claims, which its tester signs.

use super::audit::{is_new, signers, write_new};
use super::parse_fingerprint;
use crate::terminal::Terminal;
use anyhow::{Context as _, Result};
use clap::Args;
use hakiki_claims::Comparison;
use hakiki_claims::report::csv;
use hakiki_core::kinds::{ClaimTest, TestOutcome};
use hakiki_core::record::compose_for;
use hakiki_messages::Message;
use hakiki_note::{Hash, VerifierKey, sha256};
use hakiki_tlog::tree::Head;
use std::path::PathBuf;

/// Which record of a test, if one is to be written.
#[derive(Args)]
pub struct TestArguments {
    /// Also write what was found as a record of a log of claims, with every row beside it: a new directory
    #[arg(long, value_name = "DIR", requires_all = ["test_of", "tester", "into", "signer"])]
    record: Option<PathBuf>,
    /// Record id of the claim that was tested
    #[arg(long, value_name = "ID", requires = "record")]
    test_of: Option<Hash>,
    /// Who tested it, as a code
    #[arg(long, value_name = "CODE", requires = "record")]
    tester: Option<String>,
    /// Fingerprint of the log of claims
    #[arg(long, value_name = "FINGERPRINT", value_parser = parse_fingerprint, requires = "record")]
    into: Option<Hash>,
    /// Verifier key of who will sign it
    #[arg(long, value_name = "VERIFIER-KEY", requires = "record")]
    signer: Option<VerifierKey>,
}

impl TestArguments {
    /// Nothing that stands is written over; said before a log is read.
    pub fn is_new(&self, terminal: Terminal) -> Result<()> {
        self.record.as_deref().map_or(Ok(()), |out| is_new(out, terminal))
    }

    /// Writes the record and its rows, if they were asked for.
    pub fn write(&self, comparison: &Comparison, head: Head, terminal: Terminal) -> Result<()> {
        let (Some(out), Some(claim), Some(tester), Some(into), Some(signer)) =
            (&self.record, self.test_of, &self.tester, &self.into, &self.signer)
        else {
            return Ok(());
        };
        let rows = csv(comparison);
        let test = ClaimTest {
            claim,
            tester: tester.clone(),
            head,
            found: match comparison.is_without_difference() {
                Some(true) => TestOutcome::Consistent,
                Some(false) => TestOutcome::Differs,
                None => TestOutcome::NotComparable,
            },
            comparison: Some(sha256(rows.as_bytes())),
            published: None,
            address: None,
            words: None,
            replaces: None,
        };
        let record = compose_for(&test.into(), Some(into), &signers(std::slice::from_ref(signer)));
        // As everybody reads it: what is written wrongly is told before it is signed.
        hakiki_core::Unfinished::parse(record.as_bytes()).context("the record of the test")?;
        write_new(out, &[("comparison.csv", rows.as_bytes()), ("claim-test.txt", record.as_bytes())])?;
        terminal.say(&Message::new("claims.tool.recorded").with("path", out.display().to_string()));
        Ok(())
    }
}
