//! `show`: one record of a log, by its place or its id, as it stands.

use super::print;
use anyhow::{Context, Result, bail};
use clap::Args;
use hakiki_core::Record;
use hakiki_node::open_ledger;
use hakiki_note::Hash;
use hakiki_tlog::bundle::entries;
use hakiki_tlog::tile::{TILE_WIDTH, TilePath};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Arguments.
#[derive(Args)]
pub struct Arguments {
    /// Place in the log, or record id
    record: String,
    /// Directory of the log
    #[arg(long)]
    dir: PathBuf,
}

/// Prints the note. Its signatures are not checked here: `verify` does that.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let place = match (arguments.record.parse::<u64>(), arguments.record.parse::<Hash>()) {
        (Ok(place), _) => place,
        (_, Ok(id)) => {
            let ledger = open_ledger(&arguments.dir)?;
            ledger.place_of(&id).with_context(|| format!("the log holds no record {id}"))?
        }
        _ => bail!("{:?} is neither a place nor a record id of 64 hex digits", arguments.record),
    };
    let note = entry(&arguments.dir.join("log"), place)?;
    Record::parse(note.as_bytes())?;
    print(note.trim_end_matches('\n'))?;
    Ok(ExitCode::SUCCESS)
}

/// Reads an entry from the full bundle, or from the widest partial one.
fn entry(log: &Path, place: u64) -> Result<String> {
    let all = u64::from(TILE_WIDTH);
    let (index, within) = (place / all, usize::try_from(place % all)?);
    let mut widths = (1..=TILE_WIDTH).rev();
    let read = |width| std::fs::read(log.join(TilePath::Entries { index, width }.to_path())).ok();
    let bundle = widths.find_map(read).with_context(|| format!("the log has no place {place}"))?;
    let found = entries(&bundle).nth(within).with_context(|| format!("the log has no place {place}"))?;
    Ok(String::from_utf8(found?.to_vec())?)
}
