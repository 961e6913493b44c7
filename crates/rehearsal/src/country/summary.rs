//! What a plan holds, counted; and what the partition should be at the end of its night.
//!
//! The outcome is worked out from the plan alone, without records or ledger, so that a rehearsal can hold the ledger's
//! answer against it.

use super::calendar::HOUR;
use super::fault::Fault;
use super::paper::Paper;
use super::plan::{Act, Expected, Plan, Ruling, StationPlan};
use super::votes::CANDIDATES;
use std::collections::BTreeMap;
use std::fmt;

/// What a plan holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Stations of the country.
    pub stations: u64,
    /// Stations by fault; a form for an unknown station counts as one.
    pub faults: BTreeMap<Fault, u64>,
    /// Stations whose first form comes within 7 hours of the close of the polls.
    pub within_7_hours: u64,
    /// Stations whose first form comes within a day of the close of the polls.
    pub within_a_day: u64,
    /// Seconds from the close of the polls to the first form; none if none comes.
    pub earliest_seconds: Option<i64>,
    /// Everything that is sent: records of all kinds, repeated and refused ones too.
    pub submissions: u64,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "stations {}", self.stations)?;
        writeln!(f, "submissions {}", self.submissions)?;
        writeln!(f, "within 7 hours {}", self.within_7_hours)?;
        writeln!(f, "within a day {}", self.within_a_day)?;
        for (fault, count) in &self.faults {
            writeln!(f, "{fault:?} {count}")?;
        }
        Ok(())
    }
}

/// The partition at the end of the night, in the words of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outcome {
    /// Stations of the register; the poll is held at all of them.
    pub expected: u64,
    /// No admitted form or intake. A held form leaves its station missing.
    pub missing: u64,
    /// One set of boxes, or the one that a ruling lets stand.
    pub standing: u64,
    /// Two or more sets of boxes that differ, and no ruling.
    pub contested: u64,
    /// Disregarded by ruling.
    pub disregarded: u64,
    /// Sums of the candidates' boxes that are numbers, over the standing stations, as the papers say.
    pub written: [u64; CANDIDATES],
    /// Standing stations with a candidate's box that is no number; they add nothing for that box above.
    pub unreadable: u64,
}

impl Plan {
    /// Counts what the plan holds.
    pub fn summary(&self) -> Summary {
        let mut faults: BTreeMap<Fault, u64> = BTreeMap::new();
        for fault in self.stations.iter().flat_map(|station| &station.faults) {
            *faults.entry(*fault).or_default() += 1;
        }
        if !self.strays.is_empty() {
            faults.insert(Fault::UnknownStation, self.strays.len() as u64);
        }
        let arrivals = self.arrivals();
        let by = |seconds: i64| arrivals.partition_point(|at| *at <= seconds) as u64;
        let at_stations: usize = self.stations.iter().map(|station| station.events.len()).sum();
        Summary {
            stations: self.stations.len() as u64,
            faults,
            within_7_hours: by(7 * HOUR),
            within_a_day: by(24 * HOUR),
            earliest_seconds: arrivals.first().copied(),
            submissions: (at_stations + self.strays.len()) as u64,
        }
    }

    /// What the ledger should say when all is sent.
    pub fn outcome(&self) -> Outcome {
        let mut outcome = Outcome { expected: self.stations.len() as u64, ..Outcome::default() };
        for station in &self.stations {
            let papers = station.papers();
            let standing = match (papers.as_slice(), station.ruling()) {
                ([], _) => {
                    outcome.missing += 1;
                    continue;
                }
                (_, Some(Ruling::Disregarded { .. })) => {
                    outcome.disregarded += 1;
                    continue;
                }
                (papers, Some(Ruling::Stands(nth))) => papers[*nth],
                ([first, others @ ..], None) => {
                    if others.iter().any(|other| !other.has_the_boxes_of(first)) {
                        outcome.contested += 1;
                        continue;
                    }
                    first
                }
            };
            outcome.standing += 1;
            outcome.unreadable += u64::from(standing.sum().is_none());
            for (sum, votes) in outcome.written.iter_mut().zip(standing.votes) {
                *sum += votes.number().unwrap_or_default();
            }
        }
        outcome
    }
}

impl StationPlan {
    /// The admitted forms and intakes, in order of time.
    pub fn papers(&self) -> Vec<&Paper> {
        let admitted = self.events.iter().filter(|event| event.expected == Expected::Admitted);
        admitted
            .filter_map(|event| match &event.act {
                Act::Form { paper, .. } | Act::Intake { paper, .. } => Some(&**paper),
                _ => None,
            })
            .collect()
    }

    /// The last ruling on the station.
    pub fn ruling(&self) -> Option<&Ruling> {
        self.events.iter().rev().find_map(|event| match &event.act {
            Act::Ruling(ruling) => Some(ruling),
            _ => None,
        })
    }
}
