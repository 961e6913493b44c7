//! What officers above the stations send: collations of areas, and the declarations at the end.
//!
//! A returning officer collates when a form stands for every station of the area; where stations are missing, contested or
//! disregarded the collation does not come, but for one that is planned.

use super::events::admitted;
use super::fault::{Fault, quota};
use super::plan::{Act, Event, StationPlan};
use super::random::Random;
use super::summary::Standing;
use super::votes::CANDIDATES;
use super::{Country, Level};
use std::collections::BTreeMap;

/// Commissioners who declare for the nation, and one more who dissents.
const DECLARING: u32 = 3;

/// What the officers of an area tally.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collation {
    /// The area (place in `Country::areas`).
    pub area: usize,
    /// Its stations (places in `Country::stations`), and which admitted form of each is tallied, from 0.
    pub rows: Vec<(usize, usize)>,
    /// A figure that is copied or added wrong.
    pub slip: Option<Slip>,
}

/// A slip of the pen in a collation. It is added to what is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slip {
    /// In a candidate's box of a row; the total is that of the rows as they are.
    Row {
        /// Place in the rows.
        row: usize,
        /// Place on the ballot, from 0.
        candidate: usize,
        /// Votes too many.
        added: u64,
    },
    /// In the total of a candidate, and in that of the valid votes.
    Sum {
        /// Place on the ballot, from 0.
        candidate: usize,
        /// Votes too many.
        added: u64,
    },
}

/// What happens in an area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreaPlan {
    /// What is planned to be wrong.
    pub fault: Option<Fault>,
    /// Its collation.
    pub event: Event,
}

impl AreaPlan {
    /// The collation of the area.
    pub fn collation(&self) -> Option<&Collation> {
        match &self.event.act {
            Act::Collation(collation) => Some(collation),
            _ => None,
        }
    }
}

/// A commissioner who declares, or dissents, at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commissioner {
    /// Number of the commissioner, from 1.
    pub number: u32,
    /// Whether it dissents: it leaves out the stations where an agent's own copy has other figures.
    pub dissents: bool,
}

pub(super) fn commissioners() -> Vec<Commissioner> {
    (1..=DECLARING + 1).map(|number| Commissioner { number, dissents: number > DECLARING }).collect()
}

/// Whether an area's collation is due.
enum Due {
    /// A form stands for each station.
    Complete,
    /// The same, but that forms are missing.
    Incomplete,
    /// Something is not decided.
    Not,
}

fn due(stations: &[StationPlan], of_area: &[usize]) -> Due {
    let standings = of_area.iter().map(|place| stations[*place].standing());
    let (mut papers, mut missing) = (0, 0);
    for standing in standings {
        match standing {
            Standing::Paper(_) => papers += 1,
            Standing::Missing => missing += 1,
            Standing::Contested | Standing::Disregarded => return Due::Not,
        }
    }
    match (papers, missing) {
        (0, _) => Due::Not,
        (_, 0) => Due::Complete,
        _ => Due::Incomplete,
    }
}

/// The collations of all areas with a returning officer.
pub(super) fn collations(country: &Country, stations: &[StationPlan]) -> Vec<AreaPlan> {
    let mut by_area: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for place in 0..country.stations.len() {
        by_area.entry(country.returning_area(place)).or_default().push(place);
    }
    let faults = quota(Fault::CollationRow, country.stations.len() as u64) > 0;
    let mut random = Random::new(&country.seed, "collations");
    let mut slips = if faults { vec![Fault::CollationSum, Fault::CollationRow] } else { Vec::new() };
    let mut may_be_incomplete = faults;
    let mut planned = Vec::new();
    for (area, of_area) in by_area {
        let is_home = country.areas[area].level == Level::Constituency;
        let fault = match due(stations, &of_area) {
            Due::Complete if is_home => slips.pop(),
            Due::Complete => None,
            Due::Incomplete if is_home && may_be_incomplete => {
                may_be_incomplete = false;
                Some(Fault::CollationIncomplete)
            }
            Due::Incomplete | Due::Not => continue,
        };
        planned.push(collation(area, &of_area, stations, fault, &mut random));
    }
    planned
}

fn collation(
    area: usize,
    of_area: &[usize],
    stations: &[StationPlan],
    fault: Option<Fault>,
    random: &mut Random,
) -> AreaPlan {
    let rows = of_area.iter().filter_map(|place| match stations[*place].standing() {
        Standing::Paper(nth) => Some((*place, nth)),
        _ => None,
    });
    let rows: Vec<(usize, usize)> = rows.collect();
    let (candidate, added) = (random.place(CANDIDATES), random.between(1, 9) * 10);
    let slip = match fault {
        Some(Fault::CollationRow) => Some(Slip::Row { row: random.place(rows.len()), candidate, added }),
        Some(Fault::CollationSum) => Some(Slip::Sum { candidate, added }),
        _ => None,
    };
    let events = of_area.iter().flat_map(|place| &stations[*place].events);
    // After everything else in the area, so that whoever sends it can wait for all of that.
    let last = events.map(|event| event.at_seconds).max().unwrap_or_default();
    let act = Act::Collation(Box::new(Collation { area, rows, slip }));
    AreaPlan { fault, event: admitted(last + random.seconds(600, 3_600), act) }
}
