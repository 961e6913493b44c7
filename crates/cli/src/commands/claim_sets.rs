//! Result sets of tables, by their mappings, and of logs, which are verified first.

use super::parse_fingerprint;
use super::verified::open_log;
use super::verify::KnownArguments;
use crate::terminal::Terminal;
use anyhow::{Context as _, Result, bail};
use clap::Args;
use hakiki_claims::set::{Area, Line, StatedShare};
use hakiki_claims::{
    Column, Comparison, Figure, ResultSet, Row, Rows, Scope, State, compare, compare_by_name, of_ledger,
};
use hakiki_core::Ledger;
use hakiki_core::view::{ContestView, Selection};
use hakiki_messages::{Message, text};
use hakiki_note::Hash;
use hakiki_rehearsal::import::claim::Beside;
use hakiki_rehearsal::import::{Cell, ClaimTable, Field, claim_files};
use hakiki_verify::Reading;
use std::collections::BTreeMap;
use std::path::Path;

/// Which log, and up to where.
#[derive(Args)]
pub struct LogArguments {
    /// Archive, directory or address of the log
    #[arg(long, value_name = "LOG")]
    log: String,
    /// The contest; needed where the election has several
    #[arg(long)]
    contest: Option<String>,
    /// An area's code: its stations only; needed where areas have ballots of their own
    #[arg(long, value_name = "CODE")]
    area: Option<String>,
    /// Look at the first so many entries only
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

/// A verified log and the contest in question.
pub struct OpenLog {
    /// Its ledger.
    pub ledger: Ledger,
    /// The contest as of the size asked for.
    pub view: ContestView,
    /// That size.
    pub as_of: u64,
    /// The area in question, if one is.
    area: Option<String>,
}

impl LogArguments {
    /// Verifies the log; none, and the report printed, if no ledger came of it.
    pub fn open(&self, terminal: Terminal) -> Result<Option<OpenLog>> {
        Ok(self.open_to_read(terminal)?.map(|(log, _)| log))
    }

    /// The same with a reading of its records and roots.
    pub fn open_to_read(&self, terminal: Terminal) -> Result<Option<(OpenLog, Reading)>> {
        let opened = open_log(&self.log, self.fingerprint, self.threads, &self.known, terminal)?;
        let Some((ledger, reading)) = opened else { return Ok(None) };
        let log = OpenLog::new(ledger, self.contest.as_deref(), self.at, terminal)?;
        Ok(Some((OpenLog { area: self.area.clone(), ..log }, reading)))
    }
}

impl OpenLog {
    /// A contest of a ledger as of a size; at its end, and of the only contest, if none is named.
    pub fn new(ledger: Ledger, contest: Option<&str>, at: Option<u64>, terminal: Terminal) -> Result<Self> {
        let as_of = size_of(&ledger, at, terminal)?;
        let contest = contest_of(&ledger, contest, terminal)?;
        let view = ContestView::new(&ledger, contest, as_of, Selection::All);
        Ok(Self { ledger, view, as_of, area: None })
    }

    /// The stations that are compared.
    pub fn scope(&self) -> Result<Scope<'_>> {
        Ok(Scope::new(&self.ledger, self.view.contest, self.area.as_deref())?)
    }
}

/// The size asked for; the whole if none is.
pub fn size_of(ledger: &Ledger, at: Option<u64>, terminal: Terminal) -> Result<u64> {
    let size = at.unwrap_or(ledger.size());
    if size > ledger.size() {
        let message = Message::new("claims.tool.at_too_large").with("at", size);
        bail!("{}", message.with("size", ledger.size()).text(terminal.language));
    }
    Ok(size)
}

/// The contest of this code; the only one where there is one and none is named.
pub fn contest_of(ledger: &Ledger, code: Option<&str>, terminal: Terminal) -> Result<u16> {
    let contests = &ledger.election().contests;
    let found = match code {
        Some(code) => contests.iter().position(|contest| contest.code == *code),
        None => (contests.len() == 1).then_some(0),
    };
    let Some(found) = found else {
        let codes: Vec<&str> = contests.iter().map(|contest| contest.code.as_str()).collect();
        let message = Message::new("claims.tool.which_contest").with("contests", codes.join(", "));
        bail!("{}", message.text(terminal.language));
    };
    Ok(u16::try_from(found)?)
}

/// What a log says.
pub fn of_log(log: &OpenLog) -> Result<ResultSet> {
    Ok(of_ledger::of_ledger(&log.ledger, &log.view, log.scope()?))
}

/// What a table says.
pub struct OfTable {
    /// Its rows.
    pub set: ResultSet,
    /// Whether its rows are known by their names instead of codes.
    pub by_name: bool,
}

/// Reads a table by its mapping.
pub fn of_table(mapping: &Path, table: &Path) -> Result<OfTable> {
    let read = claim_files(mapping, table)?;
    Ok(OfTable { by_name: read.shape.by_name, set: set(&read) })
}

/// A table beside a reference, by codes or by names, as its mapping says.
pub fn compared(claim: &OfTable, reference: &ResultSet, terminal: Terminal) -> Result<Comparison> {
    if !claim.by_name {
        return Ok(compare(&claim.set, reference));
    }
    let found = compare_by_name(&claim.set, reference);
    found.with_context(|| text(terminal.language, "claims.tool.names_repeat").to_owned())
}

fn figure(cell: Cell) -> Figure {
    match cell {
        Cell::Number(number) => Figure::Number(number),
        Cell::Blank => Figure::Blank,
        Cell::Dash => Figure::Dash,
        Cell::Illegible => Figure::Illegible,
    }
}

/// The other boxes that the table states. Sums that the importer made of the candidates are none.
fn boxes(read: &ClaimTable) -> Vec<Column> {
    let table = &read.table;
    let valid = !table.derived.contains(&Field::Valid) && table.rows.iter().any(|row| row.valid.is_some());
    [
        (valid, Column::Valid),
        (table.rows.iter().any(|row| row.rejected.is_some()), Column::Rejected),
        (table.rows.iter().any(|row| row.registered.is_some()), Column::Registered),
    ]
    .into_iter()
    .filter_map(|(has, column)| has.then_some(column))
    .collect()
}

/// What a table that was read says.
pub fn set(read: &ClaimTable) -> ResultSet {
    let table = &read.table;
    let boxes = boxes(read);
    let candidates = table
        .candidates
        .iter()
        .map(|candidate| Column::Candidate { name: candidate.name.clone(), party: candidate.party.clone() });
    let also = read.shape.also.iter().map(|name| Column::Other(name.clone()));
    let columns: Vec<Column> = candidates.chain(boxes.clone()).chain(also).collect();
    let shares = |beside: &Beside| {
        let pairs = read.shape.share.iter().zip(&beside.shares);
        let stated = pairs.filter(|(_, text)| !text.is_empty()).map(|(share, text)| StatedShare {
            column: share.candidate.as_ref().and_then(|name| {
                columns.iter().position(|column| column.is_candidate() && column.label() == name)
            }),
            text: text.clone(),
        });
        stated.collect::<Vec<_>>()
    };
    let figures = |votes: Vec<Option<Cell>>, others: [Option<Cell>; 3], beside: &Beside| {
        let of = |column: &Column| match column {
            Column::Valid => others[0],
            Column::Rejected => others[1],
            _ => others[2],
        };
        let boxes = boxes.iter().map(of);
        let also = beside.also.iter().copied().map(Some);
        votes.into_iter().chain(boxes).chain(also).map(|cell| cell.map(figure)).collect::<Vec<_>>()
    };
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    for (row, beside) in table.rows.iter().zip(&read.beside) {
        let station = &table.stations[row.station];
        let votes = row.votes.iter().copied().map(Some).collect();
        let figures = figures(votes, [row.valid, row.rejected, row.registered], beside);
        let made = Row {
            voters: station.registered,
            shares: shares(beside),
            line: Some(row.line),
            ..Row::new(station.name.clone(), station.area.clone(), figures)
        };
        let width = read.shape.code_width.unwrap_or(0);
        let entry = rows.entry(format!("{:0>width$}", station.code));
        // Two forms of one station that differ: neither is chosen.
        entry
            .and_modify(|first| {
                if first.figures != made.figures {
                    first.state = State::Contested;
                }
            })
            .or_insert_with(|| made.clone());
    }
    let areas = table.areas.iter().map(|area| {
        let (level, parent, name) = (area.level.clone(), area.parent.clone(), area.name.clone());
        (area.code.clone(), Area { level, parent, name })
    });
    let lines = read.lines.iter().map(|line| {
        let others = [line.valid, line.rejected, line.registered];
        let figures = figures(line.votes.clone(), others, &line.beside);
        let row = Row::new(line.name.clone(), None, figures);
        let row = Row { shares: shares(&line.beside), line: Some(line.line), ..row };
        Line { name: line.name.clone(), row }
    });
    ResultSet {
        title: table.mapping.title.clone(),
        rows_are: read.shape.rows.clone().map_or(Rows::Stations, Rows::Areas),
        rows,
        areas: areas.collect(),
        lines: lines.collect(),
        cap: table.mapping.contest.as_ref().and_then(|contest| contest.cap),
        columns,
    }
}

#[cfg(test)]
#[path = "claim_real_tests.rs"]
mod real;
