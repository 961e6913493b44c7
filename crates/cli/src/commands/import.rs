//! `import`: a published table of results becomes a compilation.

use super::{print, random_seed, write_secret};
use crate::terminal::Terminal;
use anyhow::{Context, Result, bail};
use clap::Args;
use hakiki_messages::Message;
use hakiki_node::{found_log, publish_results};
use hakiki_rehearsal::import::compile::{Keys, compile};
use hakiki_rehearsal::import::{ImportedTable, import_files};
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments.
#[derive(Args)]
pub struct Arguments {
    /// The mapping: which column is what
    #[arg(long)]
    mapping: PathBuf,
    /// The table: CSV, also .xz, .gz or .zst
    table: PathBuf,
    /// New directory for the compilation's log and keys
    #[arg(long)]
    dir: PathBuf,
    /// Origin of the compilation's log
    #[arg(long, default_value = "compilation.example/1")]
    origin: String,
}

/// Imports, signs, founds the log. Nothing is left half-imported: the directory is written when all is read.
pub fn run(arguments: &Arguments, terminal: Terminal) -> Result<ExitCode> {
    if arguments.dir.join("log").exists() {
        bail!("{} holds a log already; name a new directory", arguments.dir.display());
    }
    let table = import_files(&arguments.mapping, &arguments.table)?;
    tell(&table, terminal);
    let seeds = [random_seed()?, random_seed()?, random_seed()?];
    let keys = Keys::new(&arguments.origin, &seeds)?;
    let compilation = compile(&table, &keys)?;
    let count = compilation.records.len();
    let secrets = arguments.dir.join("keys");
    std::fs::create_dir_all(&secrets).with_context(|| format!("making {}", secrets.display()))?;
    for (name, key) in [("log", &keys.log), ("custodian", &keys.custodian), ("compiler", &keys.compiler)] {
        write_secret(&secrets.join(name), key)?;
    }
    let ledger = found_log(&arguments.dir, &keys.log, compilation.records, &compilation.tables)?;
    publish_results(&arguments.dir, &ledger)?;
    let dir = arguments.dir.display().to_string();
    terminal.say(&Message::new("tool.compiled").with("records", count).with("dir", dir.clone()));
    let fingerprint = ledger.fingerprint().to_string();
    terminal.say(&Message::new("tool.check_it").with("dir", dir).with("fingerprint", fingerprint.clone()));
    print(&fingerprint)?;
    Ok(ExitCode::SUCCESS)
}

fn tell(table: &ImportedTable, terminal: Terminal) {
    terminal.say(
        &Message::new("tool.read")
            .with("rows", table.rows.len())
            .with("stations", table.stations.len())
            .with("areas", table.areas.len())
            .with("table", table.source_name.clone()),
    );
    for note in &table.notes {
        terminal.say(&Message::new("tool.note").with("note", note.clone()));
    }
    if !table.derived.is_empty() {
        let fields: Vec<String> = table.derived.iter().map(ToString::to_string).collect();
        terminal.say(&Message::new("tool.derived").with("fields", fields.join(", ")));
    }
    if !table.codes_made.is_empty() {
        terminal.say(&Message::new("tool.codes_made").with("levels", table.codes_made.join(", ")));
    }
    for check in &table.checks {
        terminal.say(
            &Message::new("tool.compare")
                .with("what", check.what.clone())
                .with("compared", check.compared)
                .with("differing", check.differing),
        );
    }
}
