//! The table of batches that a plan fixes, made of the figures that stand at a head; and how a given table differs from that.
//!
//! - A station that stands is reported as it stands: boxes that cannot be read count as the least that they can hold.
//! - A station that is missing or contested has paper too. It is reported with no votes, and can be wrong by all that it can hold.
//! - A station that a ruling disregards, or where no poll is held, is no part of the outcome and no batch.
//! - The bound is the register's figure, or else the contest's cap. Where a form claims more valid votes than that, it is these: the
//!   paper that is claimed must have room.

use hakiki_core::Ledger;
use hakiki_core::kinds::{RuleName, batch_row};
use hakiki_core::ledger::{AuditPlanEntry, BatchRow};
use hakiki_core::view::{ContestView, Selection, Status};
use std::collections::BTreeMap;

/// A table that cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// Neither register nor contest says how many ballots a station can hold.
    #[error("station {0}: neither the register nor a cap of the contest bounds its ballots")]
    NoBound(String),
    /// The area votes on more than one ballot, or on none.
    #[error("area {0} has no ballot of its own or above it, so it has no outcome")]
    NoBallot(String),
}

/// Where a plan's table and the ledger at the plan's head part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BatchDifference {
    /// A station that has paper in this contest and is no batch.
    Missing(String),
    /// A batch of a station that has none.
    Extra(String),
    /// Other votes, valid votes or area than stand.
    Figures {
        /// The station.
        station: String,
        /// What the table says: area, bound, valid, votes.
        table: String,
        /// What stands.
        ledger: String,
    },
    /// A bound below what the register and the form give.
    Bound {
        /// The station.
        station: String,
        /// The table's.
        table: u64,
        /// The least that bounds it.
        ledger: u64,
    },
}

/// The batches of a contest and area as of a size, ascending by station code. Indexes are those of the ledger's lists.
pub fn draft(ledger: &Ledger, contest: u16, area: u32, as_of: u64) -> Result<Vec<BatchRow>, DraftError> {
    let register = ledger.register();
    let codes = |area: u32| register.areas()[area as usize].code.to_string();
    let ballot = register.ballot_for_area(contest, area).ok_or_else(|| DraftError::NoBallot(codes(area)))?;
    let candidates = ballot.candidates.len();
    let view = ContestView::new(ledger, contest, as_of, Selection::All);
    let spread_level = spread_level(ledger, contest);
    let mut rows = Vec::new();
    for station in register.stations_within(area) {
        let status = view.status(station);
        if matches!(status, Status::NotExpected | Status::Disregarded { .. }) {
            continue;
        }
        let it = &register.stations()[station as usize];
        let (votes, valid) = if matches!(status, Status::Standing(_)) {
            let tally = view.station_tally(ledger, station);
            let mut votes: Vec<u64> = tally.spans.iter().map(|span| span.least).collect();
            votes.resize(candidates, 0);
            let sum = votes.iter().sum::<u64>();
            (votes, tally.valid.least.max(sum))
        } else {
            (vec![0; candidates], 0)
        };
        // Not the smaller of the two, as for votes: the box of an audit must have room for whatever could lie in it.
        let cap = ledger.election().contests[usize::from(contest)].cap;
        let bound = it.registered.or(cap).ok_or_else(|| DraftError::NoBound(it.code.to_string()))?;
        let spread = spread_level.and_then(|level| {
            register.path(it.area).find(|area| register.areas()[*area as usize].level == level)
        });
        rows.push(BatchRow {
            station,
            area: spread.map(|area| register.areas()[area as usize].code.clone()),
            bound: u64::from(bound).max(valid),
            valid,
            votes: votes.into(),
        });
    }
    rows.sort_by(|one, other| code(ledger, one.station).cmp(code(ledger, other.station)));
    Ok(rows)
}

/// A batch as its table writes it.
pub fn row_text(ledger: &Ledger, row: &BatchRow) -> String {
    batch_row(code(ledger, row.station), row.area.as_deref(), row.bound, row.valid, &row.votes)
}

/// How a plan's table differs from the figures that stood at the plan's head. A larger bound is none.
pub fn differences(ledger: &Ledger, entry: &AuditPlanEntry) -> Result<Vec<BatchDifference>, DraftError> {
    let drafted = draft(ledger, entry.contest, entry.area, entry.plan.head.size)?;
    let mut drafted: BTreeMap<u32, BatchRow> = drafted.into_iter().map(|row| (row.station, row)).collect();
    let mut found = Vec::new();
    for row in &entry.batches {
        let station = || code(ledger, row.station).to_owned();
        let Some(other) = drafted.remove(&row.station) else {
            found.push(BatchDifference::Extra(station()));
            continue;
        };
        if (&row.votes, row.valid, &row.area) != (&other.votes, other.valid, &other.area) {
            let (table, ledger) = (row_text(ledger, row), row_text(ledger, &other));
            found.push(BatchDifference::Figures { station: station(), table, ledger });
        } else if row.bound < other.bound {
            found.push(BatchDifference::Bound { station: station(), table: row.bound, ledger: other.bound });
        }
    }
    found.extend(drafted.into_keys().map(|at| BatchDifference::Missing(code(ledger, at).to_owned())));
    Ok(found)
}

/// The level in whose areas the contest's rule asks for a share.
pub(super) fn spread_level(ledger: &Ledger, contest: u16) -> Option<u32> {
    let election = ledger.election();
    let contest = &election.contests[usize::from(contest)];
    let level = &contest.spread.as_ref().filter(|_| contest.rule == RuleName::MajorityWithSpread)?.level;
    election.levels.iter().find(|(_, name)| name == level).map(|(number, _)| *number)
}

fn code(ledger: &Ledger, station: u32) -> &str {
    &ledger.register().stations()[station as usize].code
}
