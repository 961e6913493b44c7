//! What an import gives: plain, checked values in the order of the table. Not yet records, and not signed.

use super::cell::Cell;
use hakiki_note::Hash;
use std::collections::BTreeSet;
use std::fmt;

/// A table, fully read and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedTable {
    /// What the mapping says about the table.
    pub mapping: MappingSummary,
    /// SHA-256 of the table's file as given (packed, if it is packed).
    pub source_sha256: Hash,
    /// The table's file name.
    pub source_name: String,
    /// Further files that were read, with their hashes.
    pub companions: Vec<(String, Hash)>,
    /// The areas; a parent stands before its children, else in order of first appearance.
    pub areas: Vec<AreaRow>,
    /// The candidates in the mapping's order; none in a tree.
    pub candidates: Vec<CandidateRow>,
    /// The stations in order of first appearance.
    pub stations: Vec<StationRow>,
    /// The forms in the order of the file; none in a tree.
    pub rows: Vec<ResultRow>,
    /// The fields that stand in no column but were summed here. Nothing checks them, and screens must say so.
    pub derived: BTreeSet<Field>,
    /// The levels whose codes were made by the importer; `station` among them if those were.
    pub codes_made: Vec<String>,
    /// How columns that are not imported compare with those that are.
    pub checks: Vec<CheckSummary>,
    /// What a reader of the table must be told, in sentences.
    pub notes: Vec<String>,
}

/// The mapping's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingSummary {
    /// What the table is.
    pub title: String,
    /// Two letters, ISO 3166.
    pub country: String,
    /// The day of the poll, `YYYY-MM-DD`.
    pub date: String,
    /// Under what licence it was published.
    pub licence: String,
    /// Who published it, how it came here; its address behind it, if there is one.
    pub source: String,
    /// The contest; none in a tree.
    pub contest: Option<ContestSummary>,
    /// The levels of the areas, the widest first.
    pub levels: Vec<String>,
    /// Whether stations may repeat.
    pub repeats_allowed: bool,
    /// Whose clock the forms' times are of.
    pub clock: Option<String>,
}

/// A contest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContestSummary {
    /// Identifier, ASCII.
    pub id: String,
    /// Its name.
    pub title: String,
    /// How it is decided.
    pub rule: Rule,
    /// The most voters that a station may have.
    pub cap: Option<u64>,
}

/// A decision rule, as data (`records.md`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// None is applied: totals only.
    None,
    /// Most votes.
    Plurality,
    /// More than half of the valid votes.
    Majority,
    /// More than half of the valid votes, and a share of them in some of the areas of a level.
    MajorityWithSpread {
        /// The level.
        level: String,
        /// Numerator and denominator of the share, at least which is needed.
        share: (u64, u64),
        /// In at least so many areas.
        at_least: u64,
    },
}

/// An area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreaRow {
    /// Its code, unique in the table: `[A-Za-z0-9.-]{1,64}`.
    pub code: String,
    /// Its level, one of [`MappingSummary::levels`].
    pub level: String,
    /// The code of the area that it lies in; none at the top.
    pub parent: Option<String>,
    /// Its name; its own code where the table names it not.
    pub name: String,
    /// Registered voters as the source states them for the area as a whole, if it does. No sum.
    pub registered: Option<u64>,
}

/// A candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CandidateRow {
    /// From 1, in the mapping's order.
    pub id: u32,
    /// Name.
    pub name: String,
    /// Party or list.
    pub party: Option<String>,
}

/// A station.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StationRow {
    /// Its code, unique in the table: `[A-Za-z0-9.-]{1,64}`.
    pub code: String,
    /// The code of its area; none if the mapping has no areas, or all its levels are blank here.
    pub area: Option<String>,
    /// Its name; its code where the table names it not.
    pub name: String,
    /// Registered voters of the register, where the table has them.
    pub registered: Option<u64>,
}

/// One form, as the table transcribes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultRow {
    /// Index into [`ImportedTable::stations`].
    pub station: usize,
    /// Line of the table, from 1 (the header's line counts).
    pub line: u64,
    /// One cell a candidate, in their order.
    pub votes: Vec<Cell>,
    /// Valid votes. `None`: the table has no such box, or it is derived and a candidate's box has no number.
    pub valid: Option<Cell>,
    /// Rejected votes. `None`: the table has no such box.
    pub rejected: Option<Cell>,
    /// Registered voters as the form states them. `None`: the table has no such box.
    pub registered: Option<Cell>,
    /// The form's serial.
    pub serial: Option<String>,
    /// The form's time, `YYYY-MM-DDTHH:MM:SS±HH:MM`: a claim of [`MappingSummary::clock`].
    pub time: Option<String>,
}

/// A field of the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// A candidate's votes, by id.
    Votes(u32),
    /// Valid votes.
    Valid,
    /// Rejected votes.
    Rejected,
    /// Registered voters as the form states them.
    Registered,
    /// Registered voters of the register.
    StationRegistered,
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Votes(id) => write!(f, "votes {id}"),
            Self::Valid => f.write_str("valid"),
            Self::Rejected => f.write_str("rejected"),
            Self::Registered => f.write_str("registered on the form"),
            Self::StationRegistered => f.write_str("registered of the station"),
        }
    }
}

/// How a column, or an area's own figure, compares with a sum. A difference is a fact about the source, no error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckSummary {
    /// What is compared with what.
    pub what: String,
    /// The sum of the compared column, over the rows where it has a number.
    pub total: u64,
    /// Rows in which both sides had numbers.
    pub compared: u64,
    /// Rows of these in which they differ.
    pub differing: u64,
    /// The first of these: a line of the table, or an area's code.
    pub first: Option<String>,
}

impl CheckSummary {
    /// Nothing compared yet.
    pub fn new(what: String) -> Self {
        Self { what, total: 0, compared: 0, differing: 0, first: None }
    }

    /// Compares one figure; `place` names the row.
    pub fn compare(&mut self, figure: u64, sum: u64, place: impl FnOnce() -> String) {
        self.compared += 1;
        if figure != sum {
            self.differing += 1;
            self.first.get_or_insert_with(place);
        }
    }
}
