//! `record signer | sign | check`: any record from its text, signed by those whom it names.

use super::unfinished::{add, read, write};
use super::{key, print};
use crate::terminal::Terminal;
use anyhow::{Result, ensure};
use clap::Subcommand;
use hakiki_core::Unfinished;
use hakiki_keyring::KeyPlace;
use hakiki_messages::{Message, text};
use hakiki_note::VerifierKey;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What to do with a record.
#[derive(Subcommand)]
pub enum Command {
    /// Print the lines by which a record's text names its signers
    Signer {
        /// Verifier keys, as `keygen` printed them
        #[arg(required = true)]
        keys: Vec<VerifierKey>,
    },
    /// Add signatures to a record's text, or to one that others have signed already
    Sign {
        /// File of the text, or of the partly signed record
        record: PathBuf,
        /// A signer's key: a file, or pkcs11:token=…?module-path=…; may be given several times
        #[arg(long, required = true)]
        key: Vec<KeyPlace>,
        /// New file for the result; the file itself is replaced if not given
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Check how a record is written, and say its kind, its id and who has signed
    Check {
        /// The file
        record: PathBuf,
    },
}

/// Runs one of them. What the rules refuse is explained, and is a check that failed.
pub fn run(command: &Command, terminal: Terminal) -> Result<ExitCode> {
    let done = match command {
        Command::Signer { keys } => signer(keys),
        Command::Sign { record, key, out } => sign(record, key, out.as_deref(), terminal),
        Command::Check { record } => check(record, terminal),
    };
    super::explained(done, terminal)
}

/// In the order in which signer lines stand.
fn signer(keys: &[VerifierKey]) -> Result<ExitCode> {
    let mut keys: Vec<&VerifierKey> = keys.iter().collect();
    keys.sort_by(|a, b| a.name().as_str().cmp(b.name().as_str()));
    for key in keys {
        print(&format!("signer {} {}", key.name(), key.key().hash()))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn sign(path: &Path, keys: &[KeyPlace], out: Option<&Path>, terminal: Terminal) -> Result<ExitCode> {
    let mut found = read(path)?;
    for place in keys {
        add(&mut found, &key::open(place, terminal)?)?;
    }
    if let Some(out) = out {
        ensure!(!out.exists(), "{} exists already; name a new file", out.display());
    }
    write(&found, out.unwrap_or(path))?;
    print(&found.record().id().to_string())?;
    tell_missing(&found, terminal);
    Ok(ExitCode::SUCCESS)
}

fn check(path: &Path, terminal: Terminal) -> Result<ExitCode> {
    let found = read(path)?;
    let (record, kind) = (found.record(), found.body().kind());
    print(&format!("kind {}\nid {}", kind.name_and_version(), record.id()))?;
    if let Some(election) = record.election() {
        print(&format!("election {election}"))?;
    }
    for table in found.body().tables() {
        print(&format!("table sha256:{table}"))?;
    }
    for signer in record.signers() {
        let state = if found.has_signed(signer) { "signed" } else { "missing" };
        print(&format!("signer {} {state}", signer.name))?;
    }
    tell_kind(&found, terminal);
    tell_missing(&found, terminal);
    terminal.say(&Message::new("tool.signatures_elsewhere"));
    Ok(if found.missing().is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Says in words what kind of record it is.
pub fn tell_kind(found: &Unfinished, terminal: Terminal) {
    let kind = found.body().kind();
    let named = text(terminal.language, &format!("kind.{}.name", kind.name()));
    let line = text(terminal.language, &format!("kind.{}.line", kind.name()));
    terminal.say(&Message::new("tool.record_kind").with("kind", named).with("line", line));
}

/// Says which named signers are still missing.
pub fn tell_missing(found: &Unfinished, terminal: Terminal) {
    let missing = found.missing();
    terminal.say(&if missing.is_empty() {
        Message::new("tool.signed_by_all")
    } else {
        Message::new("tool.signers_missing").with("names", missing.join(", "))
    });
}
