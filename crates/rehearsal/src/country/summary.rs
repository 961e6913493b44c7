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
    /// What agents send by their own keys: copies and refusals.
    pub by_agents: u64,
    /// Photographs of forms.
    pub images: u64,
    /// Collations of areas.
    pub collations: u64,
    /// Everything that is sent: records of all kinds, repeated and refused ones too, and the declarations at the end.
    pub submissions: u64,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "stations {}", self.stations)?;
        writeln!(f, "submissions {}", self.submissions)?;
        writeln!(f, "within 7 hours {}", self.within_7_hours)?;
        writeln!(f, "within a day {}", self.within_a_day)?;
        writeln!(f, "by agents {}", self.by_agents)?;
        writeln!(f, "images {}", self.images)?;
        writeln!(f, "collations {}", self.collations)?;
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
    /// The same of the boxes of all valid votes.
    pub valid: u64,
    /// The same of the boxes of rejected ballot papers.
    pub rejected: u64,
    /// Standing stations with a candidate's box that is no number; they add nothing for that box above.
    pub unreadable: u64,
}

impl Plan {
    /// Counts what the plan holds.
    pub fn summary(&self) -> Summary {
        let mut faults: BTreeMap<Fault, u64> = BTreeMap::new();
        let of_areas = self.areas.iter().filter_map(|area| area.fault.as_ref());
        for fault in self.stations.iter().flat_map(|station| &station.faults).chain(of_areas) {
            *faults.entry(*fault).or_default() += 1;
        }
        if !self.strays.is_empty() {
            faults.insert(Fault::UnknownStation, self.strays.len() as u64);
        }
        let arrivals = self.arrivals();
        let by = |seconds: i64| arrivals.partition_point(|at| *at <= seconds) as u64;
        let timeline = self.timeline();
        let count = |of: fn(&Act) -> bool| timeline.iter().filter(|step| of(&step.event.act)).count() as u64;
        Summary {
            stations: self.stations.len() as u64,
            faults,
            within_7_hours: by(7 * HOUR),
            within_a_day: by(24 * HOUR),
            earliest_seconds: arrivals.first().copied(),
            by_agents: count(|act| matches!(act, Act::OwnCopy { .. } | Act::AgentRefuses { .. })),
            images: count(|act| matches!(act, Act::Image { .. })),
            collations: self.areas.len() as u64,
            submissions: (timeline.len() + self.commissioners.len()) as u64,
        }
    }

    /// What the ledger should say when all is sent.
    pub fn outcome(&self) -> Outcome {
        let mut outcome = Outcome { expected: self.stations.len() as u64, ..Outcome::default() };
        for station in &self.stations {
            let standing = match station.standing() {
                Standing::Missing => {
                    outcome.missing += 1;
                    continue;
                }
                Standing::Disregarded => {
                    outcome.disregarded += 1;
                    continue;
                }
                Standing::Contested => {
                    outcome.contested += 1;
                    continue;
                }
                Standing::Paper(nth) => station.papers()[nth],
            };
            outcome.standing += 1;
            outcome.unreadable += u64::from(standing.sum().is_none());
            for (sum, votes) in outcome.written.iter_mut().zip(standing.votes) {
                *sum += votes.number().unwrap_or_default();
            }
            outcome.valid += standing.valid.number().unwrap_or_default();
            outcome.rejected += standing.rejected.number().unwrap_or_default();
        }
        outcome
    }
}

/// What a station's submissions come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// None was admitted.
    Missing,
    /// None counts, by ruling.
    Disregarded,
    /// They differ, and nobody has ruled.
    Contested,
    /// The n-th admitted one counts, from 0.
    Paper(usize),
}

impl StationPlan {
    /// What all that happens here comes to.
    pub fn standing(&self) -> Standing {
        let papers = self.papers();
        match (papers.as_slice(), self.ruling()) {
            ([], _) => Standing::Missing,
            (_, Some(Ruling::Disregarded { .. })) => Standing::Disregarded,
            (_, Some(Ruling::Stands(nth))) => Standing::Paper(*nth),
            ([first, others @ ..], None) if others.iter().any(|other| !other.has_the_boxes_of(first)) => {
                Standing::Contested
            }
            _ => Standing::Paper(0),
        }
    }

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

    /// The last ruling on the station by its returning officer; those above it uphold it.
    pub fn ruling(&self) -> Option<&Ruling> {
        self.events.iter().rev().find_map(|event| match &event.act {
            Act::Ruling(ruling) => Some(ruling),
            _ => None,
        })
    }
}
