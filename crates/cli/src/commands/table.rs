//! `table check | put`: the tables that registers, collations and declarations name by their hash.

use super::{agent, key, parse_fingerprint, print};
use crate::terminal::Terminal;
use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use hakiki_core::Refusal;
use hakiki_core::codes::RefusalCode;
use hakiki_core::table::{Table, TableText};
use hakiki_keyring::{Key, KeyPlace};
use hakiki_messages::Message;
use hakiki_node::{signed_table_headers, table_text};
use hakiki_note::{Hash, sha256};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

/// 8 MiB over a weak link: what a node grants.
const PUT_TIMEOUT: Duration = Duration::from_secs(300);

/// What to do with tables.
#[derive(Subcommand)]
pub enum Command {
    /// Check how tables are written, and print the hash by which a record names each
    Check {
        /// Files of the tables
        #[arg(required = true)]
        tables: Vec<PathBuf>,
    },
    /// Send tables to a log, signed for by a key that may sign the record that will name them
    Put(Put),
}

/// Arguments of `put`.
#[derive(Args)]
pub struct Put {
    /// Files of the tables
    #[arg(required = true)]
    tables: Vec<PathBuf>,
    /// Address of the log
    #[arg(long)]
    url: String,
    /// The key that answers for them: a file, or pkcs11:token=…?module-path=…
    #[arg(long)]
    key: KeyPlace,
    /// The election's fingerprint
    #[arg(long, value_parser = parse_fingerprint)]
    fingerprint: Hash,
}

/// Runs one of them. What the rules refuse is explained, and is a check that failed.
pub fn run(command: &Command, terminal: Terminal) -> Result<ExitCode> {
    let done = match command {
        Command::Check { tables } => check(tables),
        Command::Put(arguments) => put(arguments, terminal),
    };
    super::explained(done, terminal)
}

/// Reads a table and refuses what its record would be refused for.
fn read(path: &Path) -> Result<(Hash, Vec<u8>)> {
    let bytes = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    let table = Table::ALL.iter().copied().find(|table| {
        bytes.strip_prefix(table.header().as_bytes()).is_some_and(|rest| rest.starts_with(b"\n"))
    });
    let none = || Refusal::new(RefusalCode::R106, "the first line is none of a table that is known");
    let parsed = table.ok_or_else(none).and_then(|table| TableText::parse(table, bytes.clone()));
    let parsed = parsed.with_context(|| path.display().to_string())?;
    parsed.lines().with_context(|| path.display().to_string())?;
    Ok((sha256(&bytes), bytes))
}

fn check(tables: &[PathBuf]) -> Result<ExitCode> {
    for path in tables {
        let (hash, _) = read(path)?;
        print(&format!("sha256:{hash} {}", path.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Sends nothing before every table is in order.
fn put(arguments: &Put, terminal: Terminal) -> Result<ExitCode> {
    let key = key::open(&arguments.key, terminal)?;
    let tables = arguments.tables.iter().map(|path| Ok((path, read(path)?))).collect::<Result<Vec<_>>>()?;
    let agent = agent(PUT_TIMEOUT);
    for (path, (hash, bytes)) in tables {
        if let Err(found) = send(&agent, arguments, &key, &hash, &bytes)? {
            terminal.say(&Message::new("tool.refused").with("found", found));
            return Ok(ExitCode::from(1));
        }
        print(&format!("sha256:{hash} {}", path.display()))?;
    }
    terminal.say(&Message::new("tool.tables_put").with("url", arguments.url.as_str()));
    Ok(ExitCode::SUCCESS)
}

/// Sends one; an inner error is the log's refusal as it came.
fn send(
    agent: &ureq::Agent,
    arguments: &Put,
    key: &Key,
    hash: &Hash,
    bytes: &[u8],
) -> Result<Result<(), String>> {
    let mut request = agent.put(format!("{}/blob/{hash}", arguments.url.trim_end_matches('/')));
    let signature = key.sign(table_text(&arguments.fingerprint, hash).as_bytes())?;
    for (name, value) in signed_table_headers(key.name(), &signature) {
        request = request.header(name, value);
    }
    let mut answer = request.send(bytes)?;
    let body = answer.body_mut().with_config().limit(1024 * 1024).read_to_vec()?;
    let is_taken = answer.status().is_success();
    Ok(if is_taken { Ok(()) } else { Err(String::from_utf8_lossy(&body).into_owned()) })
}
