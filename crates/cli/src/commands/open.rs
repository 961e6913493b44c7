//! `open`: one file that holds a log up to a head, for a laptop without network.

use super::verify::clock_s;
use super::{key, print, this_program};
use crate::terminal::{Terminal, VerifyBar};
use anyhow::{Context, Result, bail};
use clap::Args;
use hakiki_evidence::PolicyAndKeys;
use hakiki_keyring::{Key, KeyPlace};
use hakiki_messages::Message;
use hakiki_verify::{At, Maker, OpenError, Opened, Opening, Source, Status, open_archive};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Arguments.
#[derive(Args)]
pub struct Arguments {
    /// Address or directory of the log; another archive serves too
    source: String,
    /// Which head: held, cosigned, signed, a size, or the file of a checkpoint
    #[arg(long, default_value = "held")]
    at: String,
    /// The file to make; a file that stands there is never replaced
    #[arg(long)]
    out: PathBuf,
    /// Without photographs and words
    #[arg(long)]
    without_blobs: bool,
    /// Without the annex: no heads of others, nothing that differs with the maker
    #[arg(long)]
    without_annex: bool,
    /// Address of a witness to ask for its head; may be given several times
    #[arg(long, value_name = "URL", conflicts_with = "without_annex")]
    witness: Vec<String>,
    /// Address of a mirror to ask for its head; may be given several times
    #[arg(long, value_name = "URL", conflicts_with = "without_annex")]
    mirror: Vec<String>,
    /// The maker's key, which signs the annex: a file, or pkcs11:token=…?module-path=…
    #[arg(long, conflicts_with = "without_annex")]
    key: Option<KeyPlace>,
    /// Threads; all cores if not given
    #[arg(long)]
    threads: Option<usize>,
}

/// Makes the archive. Exit 1: it is made, and a check of the log failed on the way; or the log is not what its head says.
pub fn run(arguments: &Arguments, terminal: Terminal) -> Result<ExitCode> {
    let out = &arguments.out;
    if out.exists() {
        terminal.say(&Message::new("open.exists").with("out", out.display().to_string()));
        return Ok(ExitCode::from(2));
    }
    let opening = Opening {
        source: Source::of(&arguments.source),
        at: at(&arguments.at)?,
        with_blobs: !arguments.without_blobs,
        with_annex: !arguments.without_annex,
        witnesses: arguments.witness.clone(),
        mirrors: arguments.mirror.clone(),
        now_s: clock_s()?,
        threads: arguments.threads,
        program: this_program(),
    };
    let key = arguments.key.as_ref().map(|place| key::open(place, terminal)).transpose()?;
    let unfinished = beside(out);
    let bar = VerifyBar::new();
    let made = make(&opening, &unfinished, key.as_ref(), &bar);
    bar.finish();
    let opened = match made {
        Ok(opened) => opened,
        Err(error) => {
            // What cannot be removed now is named by the next run.
            let _ = std::fs::remove_file(&unfinished);
            let OpenError::Refused(message) = error else { return Err(error.into()) };
            terminal.say(&message);
            return Ok(ExitCode::from(2));
        }
    };
    std::fs::rename(&unfinished, out).with_context(|| format!("writing {}", out.display()))?;
    say(&opened, out, terminal)
}

/// The file before it is whole.
fn beside(out: &Path) -> PathBuf {
    let mut name = out.as_os_str().to_owned();
    name.push(".unfinished");
    PathBuf::from(name)
}

fn make(opening: &Opening, path: &Path, key: Option<&Key>, bar: &VerifyBar) -> Result<Opened, OpenError> {
    let Some(key) = key else { return open_archive(opening, path, None, bar) };
    let sign = |text: &str| key.signature_line(text).map_err(|error| error.to_string());
    open_archive(opening, path, Some(&Maker { key: key.verifier(), sign: &sign }), bar)
}

fn at(text: &str) -> Result<At> {
    Ok(match text {
        "held" => At::Held,
        "cosigned" => At::Cosigned,
        "signed" => At::Signed,
        _ if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            At::Size(text.parse().with_context(|| format!("--at {text}"))?)
        }
        file if Path::new(file).is_file() => {
            At::Checkpoint(std::fs::read(file).with_context(|| format!("reading {file}"))?)
        }
        other => {
            bail!("--at is held, cosigned, signed, a size, or the file of a checkpoint; found {other:?}")
        }
    })
}

/// The parts with their hashes go to standard output: they are what two makers compare.
fn say(opened: &Opened, out: &Path, terminal: Terminal) -> Result<ExitCode> {
    let name = out.display().to_string();
    let done = Message::new("open.done").with("out", name.as_str()).with("size", opened.head.size);
    terminal.say(&done);
    let core = Message::new("open.core").with("hash", opened.core.sha256.to_string());
    let core = core.with("files", opened.core.files).with("mebibytes", opened.core.bytes >> 20);
    print(&core.text(terminal.language))?;
    let blobs = match &opened.blobs {
        Some(part) => Message::new("open.blobs")
            .with("hash", part.sha256.to_string())
            .with("files", part.files)
            .with("mebibytes", part.bytes >> 20),
        None => Message::new("open.no_blobs"),
    };
    print(&blobs.with("absent", opened.absent).text(terminal.language))?;
    if let Some((asked, given)) = opened.asked {
        terminal.say(&Message::new("open.asked").with("asked", asked).with("given", given));
    }
    if let Some(ledger) = &opened.report.ledger {
        let trust = PolicyAndKeys::of_ledger(ledger);
        for finding in opened.evidence.iter().filter_map(|evidence| evidence.check(&trust).ok()) {
            terminal.say(&Message::new("evidence.shown").with("what", finding.what));
        }
    }
    let failed = opened.report.checks.iter().filter(|check| check.status == Status::Failed);
    let mut code = if opened.evidence.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) };
    for check in failed {
        let message = Message::new("open.failed").with("code", check.code.as_str());
        terminal.say(&message.with("why", check.message.clone()));
        code = ExitCode::from(1);
    }
    terminal.say(&Message::new("open.check").with("out", name));
    Ok(code)
}
