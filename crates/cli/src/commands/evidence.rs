//! `evidence`: what a file of evidence shows, without a network; and a page that says it.

use super::verify::read_policy;
use super::{parse_fingerprint, print};
use crate::terminal::Terminal;
use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use hakiki_evidence::{Evidence, EvidenceError, Finding, PolicyAndKeys, page};
use hakiki_messages::Message;
use hakiki_note::{Hash, VerifierKey};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What to do.
#[derive(Subcommand)]
pub enum Command {
    /// Check evidence with the election record alone: what it shows, against which key, how strongly
    Check(CheckArguments),
    /// Check evidence and write a page that says what it shows
    Page {
        #[command(flatten)]
        of: CheckArguments,
        /// The page
        #[arg(long)]
        out: PathBuf,
    },
}

/// A file, and against whose keys it is checked.
#[derive(Args)]
pub struct CheckArguments {
    /// File of evidence
    file: PathBuf,
    /// The election's fingerprint, from paper or from somebody you trust
    #[arg(long, value_parser = parse_fingerprint)]
    fingerprint: Hash,
    /// File of the election record, which the fingerprint names
    #[arg(long)]
    election: PathBuf,
    /// Your own witnesses (a C2SP tlog-policy file), which then count instead of the election's
    #[arg(long)]
    policy: Option<PathBuf>,
    /// Verifier key of an intake that you trust besides the election's
    #[arg(long, value_name = "VKEY")]
    intake: Vec<VerifierKey>,
}

/// Does it. Exit 1: the file shows nothing.
pub fn run(command: &Command, terminal: Terminal) -> Result<ExitCode> {
    let arguments = match command {
        Command::Check(of) | Command::Page { of, .. } => of,
    };
    let checked = check(arguments);
    let (evidence, finding) = match checked {
        Ok(checked) => checked,
        Err(error) => {
            let Some(refused) = error.downcast_ref::<EvidenceError>() else { return Err(error) };
            let text = refused.text(terminal.language);
            terminal.say(&Message::new("evidence.tool.refused").with("why", text));
            return Ok(ExitCode::from(1));
        }
    };
    if let Command::Page { out, .. } = command {
        std::fs::write(out, page(&evidence, &finding))
            .with_context(|| format!("writing {}", out.display()))?;
        terminal.say(&Message::new("evidence.tool.written").with("path", out.display().to_string()));
    } else {
        print(finding.text(terminal.language).trim_end())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn check(arguments: &CheckArguments) -> Result<(Evidence, Finding)> {
    let read = |path: &Path| std::fs::read(path).with_context(|| format!("reading {}", path.display()));
    let own = arguments.policy.as_deref().map(read_policy).transpose()?;
    let (record, file) = (read(&arguments.election)?, read(&arguments.file)?);
    let mut trust = PolicyAndKeys::of_election(&record, &arguments.fingerprint)?.with_own(own);
    trust.intakes.clone_from(&arguments.intake);
    let evidence = Evidence::parse(&file)?;
    let finding = evidence.check(&trust)?;
    Ok((evidence, finding))
}
