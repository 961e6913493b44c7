//! The night: for each station, when its form comes and what else happens there.
//!
//! A plan says what people do and what should come of it; it makes no record, no key and no request.

use super::arrivals::{Arrival, Squeeze, times};
use super::conduct::{self, Deed};
use super::fault::{Assignment, Fault, quota};
use super::officers::{self, AreaPlan, Collation, Commissioner};
use super::paper::Paper;
use super::random::Random;
use super::{Country, beside, events};
use std::collections::BTreeSet;

/// Which officer's key signs a form besides the kit's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Officer {
    /// The one whose key is in the register.
    First,
    /// The one who replaced the first in the morning.
    Replacement,
    /// Somebody whose key, like that of the kit used, was never enrolled.
    Stranger,
}

/// Whose key is revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revoked {
    /// The presiding officer's.
    Officer,
    /// The kit's.
    Kit,
}

/// What a ruling says of a station's submissions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ruling {
    /// The form or intake stands that is the n-th admitted one of this station, from 0.
    Stands(usize),
    /// All are disregarded, by this article.
    Disregarded {
        /// Article of the regulations, as a code: `reg-83-1-b`.
        article: &'static str,
    },
}

/// Who rules above a returning officer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Above {
    /// The commission.
    Commission,
    /// A court, by an order that a quorum transcribes.
    Court,
}

/// Which copy of a paper a photograph shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// The original, photographed by the kit and sent by kit and officer.
    Original,
    /// The carbon copy of the agent of this party (place in `Country::parties`).
    AgentCopy(usize),
}

/// Something that somebody does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// A quorum replaces the officer's key by another officer's.
    ReplaceOfficer,
    /// A quorum revokes a key.
    Revoke(Revoked),
    /// The kit and the officer send the final numbers of verified voters.
    Turnout {
        /// Voters verified by the kit.
        device: u64,
        /// Voters verified by the manual register.
        manual: u64,
    },
    /// The kit and an officer send a form.
    Form {
        /// What it says.
        paper: Box<Paper>,
        /// Who signs besides the kit.
        officer: Officer,
    },
    /// The station's first form is sent again, byte for byte.
    Again,
    /// A returning officer and a second officer take a form from paper.
    Intake {
        /// What it says.
        paper: Box<Paper>,
        /// Why no kit sent it, as a code.
        reason: &'static str,
    },
    /// A returning officer says why no form has come.
    Missing {
        /// Why, as a code.
        reason: &'static str,
        /// The same in free text.
        words: &'static str,
    },
    /// A ruling on the station by its returning officer.
    Ruling(Ruling),
    /// The last ruling on the station is upheld, by one of a higher rank.
    Upheld(Above),
    /// The agent of a party (place in `Country::parties`) sends the boxes of its own copy of the first form.
    OwnCopy {
        /// Whose agent.
        party: usize,
        /// What the copy says.
        paper: Box<Paper>,
    },
    /// The agent of a party says by its own key that it refuses to sign the first form.
    AgentRefuses {
        /// Whose agent.
        party: usize,
        /// Why, in words.
        reason: Option<&'static str>,
    },
    /// The observer says what it saw on the first form, as a code.
    Observed {
        /// The code.
        code: &'static str,
    },
    /// Somebody photographs the n-th admitted form of the station, from 0.
    Image {
        /// Which.
        nth: usize,
        /// Which copy of it.
        shown: Shown,
        /// What can be read on the photograph.
        paper: Box<Paper>,
    },
    /// By a court's order the photograph of the station's first form is no longer shown.
    Withhold,
    /// The returning officer and the second officer of an area tally its forms.
    Collation(Box<Collation>),
    /// Something at the servers or in the stores.
    Deed(Box<Deed>),
}

/// What should come of an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// The record is admitted.
    Admitted,
    /// The record is held: visible, counted nowhere.
    Held,
    /// The submission is refused.
    Refused,
    /// The answer is that of the first submission.
    AsBefore,
}

/// An act and its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Seconds after the close of the polls; negative before it.
    pub at_seconds: i64,
    /// What is done.
    pub act: Act,
    /// What should come of it.
    pub expected: Expected,
}

/// One station's night.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StationPlan {
    /// When its first form or intake is sent.
    pub arrival: Arrival,
    /// What is wrong there: a fault of its own, if any, then the agents' marks.
    pub faults: BTreeSet<Fault>,
    /// What happens there, in order of time.
    pub events: Vec<Event>,
}

/// A form for a station that never was in the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stray {
    /// The 15 digits that it names.
    pub code: String,
    /// The station (place in `Country::stations`) whose enrolled keys sign it; none: keys never enrolled.
    pub signer: Option<usize>,
    /// The form; it is to be refused.
    pub event: Event,
}

/// Where something happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Place in `Country::stations` and in `Plan::stations`.
    Station(usize),
    /// Place in `Plan::strays`.
    Stray(usize),
    /// Place in `Plan::areas`.
    Area(usize),
    /// Place in `Plan::desks`, and there.
    Desk(usize, usize),
}

/// One event of the whole night.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step<'a> {
    /// Where.
    pub place: Place,
    /// When, what, and what should come of it.
    pub event: &'a Event,
}

/// The whole night.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// By station, in order of `Country::stations`.
    pub stations: Vec<StationPlan>,
    /// Forms for stations that do not exist.
    pub strays: Vec<Stray>,
    /// What officers of areas send when the forms of their stations are in.
    pub areas: Vec<AreaPlan>,
    /// What happens at the servers and in the stores: lists that wait for nothing but what stands before in the same list.
    pub desks: Vec<Vec<Event>>,
    /// Who declares when everything else is sent.
    pub commissioners: Vec<Commissioner>,
}

impl Plan {
    /// The plan of `country`, from its seed.
    pub fn new(country: &Country) -> Self {
        let assignment = Assignment::new(country);
        let arrivals = arrivals(country, &assignment);
        let marks = marks(country, &assignment);
        let mut stations: Vec<StationPlan> = (0..country.stations.len())
            .map(|place| events::of_station(country, place, &assignment, arrivals[place], marks[place]))
            .collect();
        beside::add(country, &assignment, &marks, &mut stations);
        let desks = conduct::desks(country, &stations);
        conduct::withhold(&mut stations);
        let areas = officers::collations(country, &stations);
        let (strays, commissioners) = (events::strays(country), officers::commissioners());
        Plan { stations, strays, areas, desks, commissioners }
    }

    /// Every event in order of time.
    pub fn timeline(&self) -> Vec<Step<'_>> {
        let at_stations = self.stations.iter().enumerate().flat_map(|(place, station)| {
            station.events.iter().map(move |event| Step { place: Place::Station(place), event })
        });
        let strays = self.strays.iter().enumerate();
        let strays = strays.map(|(place, stray)| Step { place: Place::Stray(place), event: &stray.event });
        let areas = self.areas.iter().enumerate();
        let areas = areas.map(|(place, area)| Step { place: Place::Area(place), event: &area.event });
        let at_desks = self.desks.iter().enumerate().flat_map(|(desk, events)| {
            let events = events.iter().enumerate();
            events.map(move |(index, event)| Step { place: Place::Desk(desk, index), event })
        });
        let mut steps: Vec<Step<'_>> = at_stations.chain(strays).chain(areas).chain(at_desks).collect();
        // Stable: events of one station at the same second keep their order.
        steps.sort_by_key(|step| (step.event.at_seconds, step.place));
        steps
    }

    /// When first forms arrive, in seconds after the close of the polls, rising.
    pub fn arrivals(&self) -> Vec<i64> {
        let mut times: Vec<i64> = self.stations.iter().filter_map(|plan| plan.arrival.at_seconds()).collect();
        times.sort_unstable();
        times
    }

    /// Squeezes the whole plan into `minutes` of real time; 0 is no waiting.
    pub fn squeeze(&self, minutes: u32) -> Squeeze {
        let last = self.timeline().last().map_or(0, |step| step.event.at_seconds);
        Squeeze::new(minutes, last)
    }
}

/// Remote counties come later than others, paper intakes later than kits, the late ones last.
fn arrivals(country: &Country, assignment: &Assignment) -> Vec<Arrival> {
    let mut random = Random::new(&country.seed, "arrivals");
    let delays: Vec<u64> = country.areas.iter().map(|_| random.below(350)).collect();
    let mut order: Vec<(u64, usize)> = Vec::new();
    let mut late = 0;
    for (place, station) in country.stations.iter().enumerate() {
        let own = match assignment.fault(place) {
            Some(Fault::Never) => continue,
            Some(Fault::Late) => {
                late += 1;
                1_000_000
            }
            Some(Fault::PaperIntake) => 500,
            _ => 0,
        };
        let remote = delays[station.county.unwrap_or(station.centre)];
        order.push((own + remote + random.below(1_000), place));
    }
    order.sort_unstable();
    let times = times(&mut random, order.len() - late, late);
    let mut arrivals = vec![Arrival::Never; country.stations.len()];
    for ((_, place), time) in order.into_iter().zip(times) {
        arrivals[place] = Arrival::At(time);
    }
    arrivals
}

/// Which stations' papers carry an agent's refusal or absence; at most one kind a station, none where no form comes.
pub(super) fn marks(country: &Country, assignment: &Assignment) -> Vec<Option<Fault>> {
    let stations = country.stations.len();
    let mut pool: Vec<usize> =
        (0..stations).filter(|place| assignment.fault(*place) != Some(Fault::Never)).collect();
    Random::new(&country.seed, "agents").shuffle(&mut pool);
    let mut marks = vec![None; stations];
    for fault in [Fault::AgentAbsent, Fault::AgentRefusedWithReason, Fault::AgentRefusedWithoutReason] {
        let from = pool.len().saturating_sub(quota(fault, stations as u64) as usize);
        for place in pool.drain(from..) {
            marks[place] = Some(fault);
        }
    }
    marks
}
