//! What `forensics` reads: a table through its mapping, or a log, which is verified first.

use super::claim_sets::{OpenLog, of_log, set};
use super::parse_fingerprint;
use super::verified::open_log;
use super::verify::KnownArguments;
use crate::terminal::Terminal;
use anyhow::{Context, Result, bail};
use clap::Args;
use hakiki_claims::ResultSet;
use hakiki_core::Ledger;
use hakiki_core::kinds::BoxName;
use hakiki_core::text::BoxValue;
use hakiki_core::view::{ContestView, Selection, Status};
use hakiki_messages::text;
use hakiki_note::{Hash, sha256};
use hakiki_portal::forensics::arithmetic::of_ledger;
use hakiki_portal::forensics::{Clock, Figures, Made};
use hakiki_rehearsal::import::claim_files;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A table or a log.
#[derive(Args)]
pub struct SourceArguments {
    /// A table (CSV, also .xz, .gz or .zst) with --mapping; else an archive, directory or address of a log
    source: String,
    /// The table's mapping: which column is what
    #[arg(long)]
    mapping: Option<PathBuf>,
    /// The contest of a log; needed where the election has several
    #[arg(long)]
    contest: Option<String>,
    /// Look at the first so many entries of a log only
    #[arg(long, value_name = "SIZE")]
    at: Option<u64>,
    /// The election's fingerprint, from paper or from somebody you trust
    #[arg(long, value_parser = parse_fingerprint)]
    fingerprint: Option<Hash>,
    /// Threads; all cores if not given
    #[arg(long)]
    threads: Option<usize>,
    #[command(flatten)]
    known: KnownArguments,
}

/// What was read.
pub struct Read {
    /// The figures, one row a station.
    pub set: ResultSet,
    /// What `reported` is.
    pub clock: Clock,
    /// When stations reported.
    pub reported: BTreeMap<String, i64>,
    /// Ballots in the boxes of other contests.
    pub others: Vec<(String, BTreeMap<String, u64>)>,
    /// The ledger's findings that are arithmetic; none for a table.
    pub facts: Option<Figures>,
    /// Where it is from.
    pub made: Made,
}

impl SourceArguments {
    /// Reads; none, and the report printed, if no ledger came of a log.
    pub fn read(&self, terminal: Terminal) -> Result<Option<Read>> {
        match &self.mapping {
            Some(mapping) => {
                if self.contest.is_some() || self.at.is_some() || self.fingerprint.is_some() {
                    bail!("{}", text(terminal.language, "forensics.tool.one_source"));
                }
                of_table(mapping, Path::new(&self.source)).map(Some)
            }
            None if Path::new(&self.source).is_file() && is_table(&self.source) => {
                bail!("{}", text(terminal.language, "forensics.tool.one_source"))
            }
            None => self.log(terminal),
        }
    }

    fn log(&self, terminal: Terminal) -> Result<Option<Read>> {
        let opened = open_log(&self.source, self.fingerprint, self.threads, &self.known, terminal)?;
        let Some((ledger, _)) = opened else { return Ok(None) };
        let log = OpenLog::new(ledger, self.contest.as_deref(), self.at, terminal)?;
        let (ledger, contest, as_of) = (&log.ledger, log.view.contest, log.as_of);
        let its = &ledger.election().contests[usize::from(contest)];
        let made = vec![
            ("election", ledger.election().title.clone()),
            ("contest", its.title.clone()),
            ("fingerprint", ledger.fingerprint().to_string()),
            ("entries", as_of.to_string()),
            ("source", self.source.clone()),
            ("program", program()),
        ];
        Ok(Some(Read {
            set: of_log(&log)?,
            clock: Clock::Places,
            reported: places(ledger, &log.view),
            others: others(ledger, contest, as_of),
            facts: Some(of_ledger(ledger, contest, as_of)),
            made,
        }))
    }
}

/// Whether a name ends as a table's does: then a mapping was forgotten.
fn is_table(name: &str) -> bool {
    [".csv", ".csv.xz", ".csv.gz", ".csv.zst"].iter().any(|ending| name.to_lowercase().ends_with(ending))
}

fn program() -> String {
    format!("{} {}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))
}

fn of_table(mapping: &Path, table: &Path) -> Result<Read> {
    let read = claim_files(mapping, table)?;
    let hash = |path: &Path| {
        let bytes = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
        Ok::<String, anyhow::Error>(sha256(&bytes).to_string())
    };
    let name = |path: &Path| {
        path.file_name()
            .map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
    };
    let width = read.shape.code_width.unwrap_or(0);
    let mut reported = BTreeMap::new();
    for row in &read.table.rows {
        if let Some(at) = row.time.as_deref().and_then(order_of) {
            let code = &read.table.stations[row.station].code;
            // Several forms of one station: it reported with its first.
            let known = reported.entry(format!("{code:0>width$}")).or_insert(at);
            *known = at.min(*known);
        }
    }
    let made = vec![
        ("source", read.table.mapping.source.clone()),
        ("source_hash", format!("{} {}", hash(table)?, name(table))),
        ("mapping", format!("{} {}", hash(mapping)?, name(mapping))),
        ("program", program()),
    ];
    let clock = if reported.is_empty() { Clock::None } else { Clock::Times };
    Ok(Read { set: set(&read), clock, reported, others: Vec::new(), facts: None, made })
}

/// The digits of a local time as one number, which grows with time: all times of a mapping are of one zone.
fn order_of(time: &str) -> Option<i64> {
    let digits: String = time.chars().take(19).filter(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// The places of the records that count.
fn places(ledger: &Ledger, view: &ContestView) -> BTreeMap<String, i64> {
    let stations = (0u32..).zip(ledger.register().stations());
    let standing = stations.filter_map(|(index, station)| match view.status(index) {
        Status::Standing(entry) => {
            let place = ledger.entries()[entry as usize].place;
            Some((station.code.to_string(), i64::try_from(place).ok()?))
        }
        _ => None,
    });
    standing.collect()
}

/// Ballots (valid votes and rejected papers, both written) of every other contest.
fn others(ledger: &Ledger, contest: u16, as_of: u64) -> Vec<(String, BTreeMap<String, u64>)> {
    let number = |value: Option<BoxValue>| match value {
        Some(BoxValue::Number(number)) => Some(u64::from(number)),
        _ => None,
    };
    let mut found = Vec::new();
    for (index, other) in (0u16..).zip(&ledger.election().contests) {
        if index == contest {
            continue;
        }
        let view = ContestView::new(ledger, index, as_of, Selection::All);
        let mut ballots = BTreeMap::new();
        for (station, its) in (0u32..).zip(ledger.register().stations()) {
            let Status::Standing(entry) = view.status(station) else { continue };
            let entry = &ledger.entries()[entry as usize];
            let boxes = [BoxName::Valid, BoxName::Rejected].map(|name| number(entry.boxed(name)));
            if let [Some(valid), Some(rejected)] = boxes {
                ballots.insert(its.code.to_string(), valid + rejected);
            }
        }
        if !ballots.is_empty() {
            found.push((other.code.clone(), ballots));
        }
    }
    found
}
