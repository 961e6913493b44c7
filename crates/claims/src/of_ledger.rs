//! The result set that a log says: its stations as of a place, with what stands, is missing or contested.

use crate::scope::Scope;
use crate::set::{Area, Column, Figure, ResultSet, Row, Rows, State};
use hakiki_core::Ledger;
use hakiki_core::kinds::{BOX_NAMES, BoxName};
use hakiki_core::ledger::Entry;
use hakiki_core::text::BoxValue;
use hakiki_core::view::{ContestView, Status};

impl From<BoxValue> for Figure {
    fn from(value: BoxValue) -> Self {
        match value {
            BoxValue::Number(number) => Self::Number(u64::from(number)),
            BoxValue::Blank => Self::Blank,
            BoxValue::Dash => Self::Dash,
            BoxValue::Illegible => Self::Illegible,
        }
    }
}

fn column(name: BoxName) -> Column {
    match name {
        BoxName::Valid => Column::Valid,
        BoxName::Rejected => Column::Rejected,
        BoxName::Registered => Column::Registered,
        other => Column::Other(other.as_str().to_owned()),
    }
}

/// The set of a contest as a view says it, of the stations of a scope.
pub fn of_ledger(ledger: &Ledger, view: &ContestView, scope: Scope<'_>) -> ResultSet {
    let register = ledger.register();
    let contest = &ledger.election().contests[usize::from(view.contest)];
    let candidates = scope.ballot().candidates.iter().map(|candidate| Column::Candidate {
        name: candidate.name.to_string(),
        party: candidate.party.as_deref().map(str::to_owned),
    });
    let columns: Vec<Column> = candidates.chain(BOX_NAMES.map(column)).collect();
    let code_of = |area: u32| register.areas()[area as usize].code.to_string();
    let mut rows = Vec::with_capacity(register.stations().len());
    for (index, station) in (0u32..).zip(register.stations()).filter(|(index, _)| scope.has(*index)) {
        let (state, entry) = match view.status(index) {
            Status::NotExpected => continue,
            Status::Missing => (State::Missing, None),
            Status::Contested => (State::Contested, None),
            Status::Disregarded { .. } => (State::Disregarded, None),
            Status::Standing(entry) => (State::Stands, Some(&ledger.entries()[entry as usize])),
        };
        let figures = entry.map_or_else(|| vec![None; columns.len()], figures);
        let row = Row::new(station.name.to_string(), Some(code_of(station.area)), figures);
        let voters = station.registered.map(u64::from);
        rows.push((station.code.to_string(), Row { voters, state, ..row }));
    }
    let areas = register.areas().iter().map(|area| {
        let levels = &ledger.election().levels;
        let level = levels
            .iter()
            .find(|(number, _)| *number == area.level)
            .map(|(_, name)| name.clone())
            .unwrap_or_default();
        let (parent, name) = (area.parent.map(code_of), area.name.to_string());
        (area.code.to_string(), Area { level, parent, name })
    });
    ResultSet {
        title: ledger.election().title.clone(),
        rows_are: Rows::Stations,
        columns,
        rows: rows.into_iter().collect(),
        areas: areas.collect(),
        lines: Vec::new(),
        cap: contest.cap.map(u64::from),
    }
}

fn figures(entry: &Entry) -> Vec<Option<Figure>> {
    let votes = entry.votes.iter().map(|value| value.map(Figure::from));
    votes.chain(BOX_NAMES.map(|name| entry.boxed(name).map(Figure::from))).collect()
}
