//! `show`: one record of a log, by its place or its id, as it stands or as QR codes.

use super::print;
use anyhow::{Context, Result, bail};
use clap::Args;
use hakiki_core::Record;
use hakiki_core::kinds::Body;
use hakiki_node::open_ledger;
use hakiki_note::Hash;
use hakiki_portal::qr::{Code, codes, domain};
use hakiki_tlog::bundle::entries;
use hakiki_tlog::tile::{TILE_WIDTH, TilePath};
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Black on white, whatever the terminal's colours are: readers of codes know no other.
const INK_ON_PAPER: &str = "\x1b[30;107m";
const COLOURS_END: &str = "\x1b[0m";

/// Arguments.
#[derive(Args)]
pub struct Arguments {
    /// Place in the log, or record id
    record: String,
    /// Directory of the log
    #[arg(long)]
    dir: PathBuf,
    /// Print the whole record as QR codes instead, which open a checker at the log's domain
    #[arg(long)]
    qr: bool,
    /// Write the codes as SVG to this file; several get -1, -2 … before its ending
    #[arg(long, value_name = "FILE", requires = "qr")]
    svg: Option<PathBuf>,
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
    let log = arguments.dir.join("log");
    let note = entry(&log, place)?;
    Record::parse(note.as_bytes())?;
    if arguments.qr {
        show_codes(&log, note.as_bytes(), arguments.svg.as_deref())?;
    } else {
        print(note.trim_end_matches('\n'))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Draws the codes of a record, with the domain that they open in words.
fn show_codes(log: &Path, note: &[u8], svg: Option<&Path>) -> Result<()> {
    let first = Record::parse(entry(log, 0)?.as_bytes())?;
    let Body::Election(election) = first.body() else {
        bail!("the log does not begin with an election record")
    };
    let origin = election.origin();
    let domain = domain(origin)
        .with_context(|| format!("the log's origin {origin:?} does not begin with a host's name"))?;
    let codes = codes(note, domain)
        .context("the record is too long for QR codes; hand on its receipt instead (`hakiki receipt`)")?;
    for (number, code) in (1..).zip(&codes) {
        let title = format!("{domain} {number}/{}", codes.len());
        match svg {
            Some(file) => write_svg(&numbered(file, number, codes.len()), code, &title)?,
            None => print_code(code)?,
        }
        eprintln!("code {number} of {}, opens {domain}", codes.len());
    }
    if svg.is_none() {
        let width = codes.first().map_or(0, Code::width);
        eprintln!("hint: a code is {width} columns wide; where that is too much, write a file with --svg");
    }
    Ok(())
}

fn print_code(code: &Code) -> Result<()> {
    let is_terminal = std::io::stdout().is_terminal();
    for line in code.half_blocks() {
        if is_terminal {
            print(&format!("{INK_ON_PAPER}{line}{COLOURS_END}"))?;
        } else {
            print(&line)?;
        }
    }
    Ok(())
}

fn write_svg(file: &Path, code: &Code, title: &str) -> Result<()> {
    std::fs::write(file, code.svg(title)).with_context(|| format!("{} cannot be written", file.display()))?;
    print(&file.display().to_string())
}

/// `code.svg` as it is for one code, `code-2.svg` for the second of several.
fn numbered(file: &Path, number: usize, total: usize) -> PathBuf {
    if total == 1 {
        return file.to_owned();
    }
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let ending = file.extension().map(|ending| format!(".{}", ending.to_string_lossy())).unwrap_or_default();
    file.with_file_name(format!("{stem}-{number}{ending}"))
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
