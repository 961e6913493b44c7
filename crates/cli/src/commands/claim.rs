//! `claim`: a table against a log, a table against a table, and what would have to be false for a figure to hold.
//!
//! The table is read by a mapping, as an import's is. Exit: 0 nothing differs, 1 something does, 2 could not compare.

use super::claim_bounds::{self, BoundsArguments};
use super::claim_record::TestArguments;
use super::claim_said::{say_comparison, say_reading, say_summary};
use super::claim_sets::{LogArguments, OfTable, compared, of_log, of_table};
use super::print;
use crate::terminal::Terminal;
use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use hakiki_claims::of_ledger::of_ledger;
use hakiki_claims::report::{csv, json};
use hakiki_claims::{Comparison, ResultSet, compare};
use hakiki_core::view::{ContestView, Selection};
use hakiki_messages::{Message, text};
use hakiki_portal::Boundaries;
use hakiki_portal::comparison::Sheet;
use hakiki_tlog::tree::Head;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

/// Subcommands.
#[derive(Subcommand)]
pub enum Command {
    /// Compare a table of results with a log, station by station or area by area
    Check(Box<CheckArguments>),
    /// Compare two tables of results
    Compare(CompareArguments),
    /// Compare what one log says at two sizes
    Heads(HeadsArguments),
    /// The least number of forms that must be wrong for a claimed figure to hold
    Bounds(BoundsArguments),
}

/// Where the answer goes.
#[derive(Args)]
pub struct OutArguments {
    /// Print the whole comparison as JSON
    #[arg(long)]
    json: bool,
    /// Write every row as CSV
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Write the comparison as one page, with a map and a table of each level of areas
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Outlines of areas (GeoJSON) for the maps of --html
    #[arg(long, requires = "html", value_name = "FILE")]
    boundaries: Option<PathBuf>,
    /// The property of an outline that holds its area's code
    #[arg(long, default_value = "code", value_name = "NAME")]
    boundaries_property: String,
    /// Rows on the terminal
    #[arg(long, default_value_t = 20)]
    rows: usize,
}

/// Arguments of `check`.
#[derive(Args)]
pub struct CheckArguments {
    /// The table: CSV, also .xz, .gz or .zst
    table: PathBuf,
    /// The mapping: which column is what
    #[arg(long)]
    mapping: PathBuf,
    #[command(flatten)]
    log: LogArguments,
    #[command(flatten)]
    out: OutArguments,
    #[command(flatten)]
    test: TestArguments,
}

/// Arguments of `compare`.
#[derive(Args)]
pub struct CompareArguments {
    /// The one table
    claim: PathBuf,
    /// The other, which the first is compared with
    reference: PathBuf,
    /// The mapping; given twice where the two tables have two
    #[arg(long, required = true)]
    mapping: Vec<PathBuf>,
    #[command(flatten)]
    out: OutArguments,
}

/// Arguments of `heads`.
#[derive(Args)]
pub struct HeadsArguments {
    #[command(flatten)]
    log: LogArguments,
    /// The other size; --at is the one that it is compared with
    #[arg(long, value_name = "SIZE")]
    from: u64,
    #[command(flatten)]
    out: OutArguments,
}

/// Does one of them.
pub fn run(command: &Command, terminal: Terminal) -> Result<ExitCode> {
    match command {
        Command::Check(arguments) => check(arguments, terminal),
        Command::Compare(arguments) => compare_tables(arguments, terminal),
        Command::Heads(arguments) => heads(arguments, terminal),
        Command::Bounds(arguments) => claim_bounds::run(arguments, terminal),
    }
}

fn check(arguments: &CheckArguments, terminal: Terminal) -> Result<ExitCode> {
    // The table first: a mistake in its mapping is told before a log of a nation is read.
    let read = of_table(&arguments.mapping, &arguments.table)?;
    arguments.test.is_new(terminal)?;
    let Some((log, reading)) = arguments.log.open_to_read(terminal)? else { return Ok(ExitCode::from(2)) };
    let started = Instant::now();
    let mut reference = of_log(&log)?;
    let title = Message::new("claims.tool.log_at").with("title", reference.title).with("size", log.as_of);
    reference.title = title.text(terminal.language);
    let (set, elsewhere) = log.scope()?.of_claim(read.set);
    if elsewhere > 0 {
        terminal.say(&Message::new("claims.tool.elsewhere").with("count", elsewhere));
    }
    let read = OfTable { set, by_name: read.by_name };
    let comparison = compared(&read, &reference, terminal)?;
    let code = tell((&read.set, &reference), &comparison, &arguments.out, terminal)?;
    took(started, terminal);
    let root = reading.root_at(log.as_of)?.context("the log has no root at its own size")?;
    arguments.test.write(&comparison, Head { size: log.as_of, root }, terminal)?;
    Ok(code)
}

fn compare_tables(arguments: &CompareArguments, terminal: Terminal) -> Result<ExitCode> {
    let (first, second) = match &arguments.mapping[..] {
        [one] => (one, one),
        [one, other] => (one, other),
        _ => bail!("{}", text(terminal.language, "claims.tool.two_mappings")),
    };
    let claim = of_table(first, &arguments.claim)?;
    let reference = of_table(second, &arguments.reference)?;
    let started = Instant::now();
    let claim = OfTable { by_name: claim.by_name || reference.by_name, ..claim };
    let comparison = compared(&claim, &reference.set, terminal)?;
    let code = tell((&claim.set, &reference.set), &comparison, &arguments.out, terminal)?;
    took(started, terminal);
    Ok(code)
}

/// The earlier size stands where a claim does, the later one where the reference does.
fn heads(arguments: &HeadsArguments, terminal: Terminal) -> Result<ExitCode> {
    let Some(log) = arguments.log.open(terminal)? else { return Ok(ExitCode::from(2)) };
    let started = Instant::now();
    let (from, to) = (arguments.from, log.as_of);
    if from > to {
        let message = Message::new("claims.tool.at_too_large").with("at", from).with("size", to);
        bail!("{}", message.text(terminal.language));
    }
    let view = ContestView::new(&log.ledger, log.view.contest, from, Selection::All);
    let mut earlier = of_ledger(&log.ledger, &view, log.scope()?);
    earlier.title =
        Message::new("claims.tool.heads").with("from", from).with("to", to).text(terminal.language);
    let mut later = of_log(&log)?;
    let title = Message::new("claims.tool.log_at").with("title", later.title).with("size", to);
    later.title = title.text(terminal.language);
    let comparison = compare(&earlier, &later);
    let code = tell((&earlier, &later), &comparison, &arguments.out, terminal)?;
    took(started, terminal);
    Ok(code)
}

fn took(started: Instant, terminal: Terminal) {
    let elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    terminal.say(&Message::new("claims.tool.took").with("ms", elapsed_ms));
}

/// The claim and the reference, as words, and as the files that are asked for.
fn tell(
    (claim, reference): (&ResultSet, &ResultSet),
    comparison: &Comparison,
    out: &OutArguments,
    terminal: Terminal,
) -> Result<ExitCode> {
    if let Some(path) = &out.csv {
        std::fs::write(path, csv(comparison)).with_context(|| format!("writing {}", path.display()))?;
        terminal.say(&Message::new("claims.tool.written").with("path", path.display().to_string()));
    }
    if let Some(path) = &out.html {
        let boundaries =
            out.boundaries.as_deref().map(|path| read_boundaries(path, &out.boundaries_property));
        let boundaries = boundaries.transpose()?;
        let (boundaries, language) = (boundaries.as_ref(), terminal.language);
        let sides = Message::new("claims.tool.sides").with("claim", claim.title.clone());
        let mut said = say_summary(claim, comparison, out.rows, language);
        said.insert(1, sides.with("reference", reference.title.clone()).text(language));
        said.push(say_reading(language));
        let page = Sheet { claim, reference, comparison, said: &said, boundaries, language }.html();
        std::fs::write(path, page).with_context(|| format!("writing {}", path.display()))?;
        terminal.say(&Message::new("claims.tool.written").with("path", path.display().to_string()));
    }
    if out.json {
        print(&format!("{:#}", json(claim, comparison)))?;
    } else {
        for line in say_comparison(claim, comparison, out.rows, terminal.language) {
            print(&line)?;
        }
    }
    Ok(ExitCode::from(match comparison.is_without_difference() {
        Some(true) => 0,
        Some(false) => 1,
        None => 2,
    }))
}

fn read_boundaries(path: &Path, property: &str) -> Result<Boundaries> {
    let about = || format!("reading {}", path.display());
    let bytes = std::fs::read(path).with_context(about)?;
    Boundaries::parse(&bytes, property).with_context(about)
}
