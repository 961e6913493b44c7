//! Findings: differences that the fold finds, as of a place. None removes a record or a station, and none accuses anybody.

use super::finding_conduct::{conduct_findings, serial_findings};
use super::finding_later::{later_findings, log_findings};
use super::finding_paper::paper_findings;
use crate::codes::FindingCode;
use crate::kinds::BoxName;
use crate::ledger::{Entry, Ledger};

pub use super::finding_paper::exceeds_voters;

/// One finding: what, where, and the numbers that its words need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The stable code.
    pub code: FindingCode,
    /// Place of the record that it concerns.
    pub place: u64,
    /// Contest.
    pub contest: Option<u16>,
    /// Station.
    pub station: Option<u32>,
    /// Area, where it concerns no single station.
    pub area: Option<u32>,
    /// The form that it concerns.
    pub entry: Option<u32>,
    /// The box that it concerns.
    pub at_box: Option<BoxName>,
    /// Named numbers and codes for its words.
    pub values: Vec<(&'static str, String)>,
}

impl Finding {
    pub(super) fn of_entry(code: FindingCode, index: u32, entry: &Entry) -> Self {
        Self {
            code,
            place: entry.place,
            contest: Some(entry.contest),
            station: Some(entry.station),
            area: None,
            entry: Some(index),
            at_box: None,
            values: Vec::new(),
        }
    }

    pub(super) fn of_place(code: FindingCode, place: u64) -> Self {
        Self {
            code,
            place,
            contest: None,
            station: None,
            area: None,
            entry: None,
            at_box: None,
            values: Vec::new(),
        }
    }

    pub(super) fn at(mut self, name: BoxName) -> Self {
        self.at_box = Some(name);
        self
    }

    pub(super) fn with(mut self, name: &'static str, value: impl std::fmt::Display) -> Self {
        self.values.push((name, format!("{value}")));
        self
    }
}

/// Every finding as of a place, in the order of the log and then of the codes.
pub fn findings(ledger: &Ledger, as_of: u64) -> Vec<Finding> {
    let mut found = Vec::new();
    for (index, entry) in (0u32..).zip(ledger.entries()).take_while(|(_, entry)| entry.place < as_of) {
        findings_of(ledger, index, entry, as_of, &mut found);
    }
    log_findings(ledger, as_of, &mut found);
    conduct_findings(ledger, as_of, &mut found);
    found.sort_by_key(|finding| (finding.place, finding.code, finding.station));
    found
}

/// The findings of one form, intake or transcript as of a place.
pub fn findings_of(ledger: &Ledger, index: u32, entry: &Entry, as_of: u64, found: &mut Vec<Finding>) {
    if !entry.held {
        paper_findings(ledger, index, entry, as_of, found);
    }
    later_findings(ledger, index, entry, as_of, found);
}

/// The findings of one station in one contest, its forms' and those between them.
pub fn findings_at(ledger: &Ledger, contest: u16, station: u32, as_of: u64) -> Vec<Finding> {
    let mut found = Vec::new();
    for index in ledger.entries_of(contest, station) {
        let entry = &ledger.entries()[*index as usize];
        if entry.place < as_of {
            findings_of(ledger, *index, entry, as_of, &mut found);
        }
    }
    let of_station = ledger.entries_of(contest, station).iter();
    let of_station = of_station.map(|index| (*index, &ledger.entries()[*index as usize]));
    serial_findings(ledger, of_station.filter(|(_, entry)| entry.place < as_of), as_of, &mut found);
    found
}
