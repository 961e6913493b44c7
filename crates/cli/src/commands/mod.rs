//! One file a subcommand.

pub mod audit;
mod audit_draw;
mod audit_enter;
pub mod claim;
mod claim_bounds;
mod claim_record;
mod claim_said;
mod claim_sets;
pub mod compare;
pub mod completions;
pub mod demo;
mod demo_rivals;
pub mod election;
mod election_plan;
pub mod evidence;
pub mod follow;
pub mod forensics;
mod forensics_source;
pub mod fsck;
pub mod import;
mod key;
pub mod keygen;
pub mod log;
pub mod mirror;
pub mod open;
pub mod press;
mod press_log;
mod press_near;
mod press_search;
pub mod publish;
pub mod quick_count;
mod quick_count_log;
mod quick_count_plan;
mod quick_count_said;
mod quick_count_sample;
pub mod receipt;
pub mod record;
pub mod recorder;
mod recorder_quote;
pub mod scrutiny;
mod scrutiny_alleged;
pub mod serve;
pub mod show;
pub mod sign;
mod sign_pending;
pub mod submit;
pub mod table;
mod unfinished;
mod verified;
pub mod verify;
pub mod version;
pub mod witness;
mod witness_contact;

use crate::terminal::Terminal;
use anyhow::Result;
use hakiki_core::Refusal;
use hakiki_messages::{Message, text};
use hakiki_note::{Hash, SigningKey, sha256};
use hakiki_verify::Program;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

/// This program as it knows itself: its name, version and the hash of its own executable.
pub fn this_program() -> Program {
    let own = std::env::current_exe().and_then(std::fs::read).ok();
    Program {
        name: env!("CARGO_PKG_NAME").to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        sha256: own.map(|bytes| sha256(&bytes)),
    }
}

/// 32 bytes of the system's randomness.
pub fn random_seed() -> Result<[u8; 32]> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| anyhow::anyhow!("the system gives no randomness: {error}"))?;
    Ok(seed)
}

/// Writes a new file that only its owner can read; an existing one is refused.
pub fn write_secret(path: &Path, key: &SigningKey) -> Result<()> {
    Ok(hakiki_keyring::write_plain(path, key)?)
}

/// A fingerprint as a user types it.
pub fn parse_fingerprint(text: &str) -> Result<Hash, String> {
    text.trim().parse().map_err(|error| format!("{error}"))
}

/// An address of a site, without its final slash.
pub fn web_address(text: &str) -> Result<String, String> {
    hakiki_node::web_address(text)
        .ok_or_else(|| "it begins with http:// or https:// and holds no query".to_owned())
}

/// What others wrote, for a terminal: without letters that would command it or turn the direction of what follows.
pub fn printable(text: &str) -> String {
    let is_shown = |letter: char| {
        !letter.is_control() && !matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|letter| if is_shown(letter) { letter } else { ' ' }).collect()
}

/// Writes a line to standard output; a closed pipe is the reader's choice.
pub fn print(text: &str) -> Result<()> {
    match writeln!(std::io::stdout(), "{text}") {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// A client of a log; an answer that refuses is an answer.
pub fn agent(timeout: Duration) -> ureq::Agent {
    let configuration = ureq::Agent::config_builder();
    configuration.timeout_global(Some(timeout)).http_status_as_error(false).build().into()
}

/// Says a refusal by the rules with its code, what was found, and what can be done: a check that failed, not a command
/// that could not be done.
pub fn explained(done: Result<ExitCode>, terminal: Terminal) -> Result<ExitCode> {
    let Err(error) = &done else { return done };
    let Some(refusal) = error.downcast_ref::<Refusal>() else { return done };
    let words = |part: &str| text(terminal.language, &format!("code.{}.{part}", refusal.code));
    // With the causes around it, which name the file.
    let message = Message::new("tool.refused_by_rule").with("title", words("title"));
    terminal.say(&message.with("found", format!("{error:#}")).with("next", words("next")));
    Ok(ExitCode::from(1))
}
