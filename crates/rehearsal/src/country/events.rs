//! What happens at one station, made from its count, its fault and the time its form comes.

use super::arrivals::{Arrival, EARLIEST_SECONDS};
use super::calendar::{HOUR, POLLS_OPEN_SECONDS};
use super::fault::{Assignment, Fault, quota};
use super::paper::{AgentMark, Paper, PaperBox};
use super::plan::{Above, Act, Event, Expected, Officer, Revoked, Ruling, StationPlan, Stray};
use super::random::Random;
use super::votes::{CANDIDATES, StationResult};
use super::{Country, PARTIES};
use std::collections::BTreeSet;

const REFUSALS: [&str; 6] = [
    "wanted a third recount",
    "was not let in at the opening",
    "says that the seal of the box was not shown",
    "hakukubali kura moja iliyokataliwa",
    "says that two papers of one bundle were counted twice",
    "wanted a copy before signing, and the officer had none left",
];
/// Why no form has come: a code, and words.
const HINDRANCES: [(&str, &str); 4] = [
    ("road", "the road is under water; the officer is safe and has the form"),
    ("boat", "no network and no fuel for the boat until the morning"),
    ("kit-broken", "the kit fell; the paper is on its way"),
    ("officer-ill", "the officer is ill; the deputy looks for the form"),
];
/// Why a paper was taken in at the constituency: codes.
const NO_KIT: [&str; 4] = ["no-network", "kit-broken", "kit-battery", "officer-ill"];

/// The night of the station at `place`.
pub(crate) fn of_station(
    country: &Country,
    place: usize,
    assignment: &Assignment,
    arrival: Arrival,
    mark: Option<Fault>,
) -> StationPlan {
    let own = assignment.own.get(&place).copied();
    let station = &country.stations[place];
    let mut random = Random::new(&country.seed, &format!("events {}", station.code));
    let faults: BTreeSet<Fault> = own.map(|(fault, _)| fault).into_iter().chain(mark).collect();
    let mut events = match arrival {
        Arrival::Never => never(&mut random, own.map_or(0, |(_, ordinal)| ordinal)),
        Arrival::At(at) => {
            let mut result = country.results[place];
            if let Some((fault, _)) = own {
                result = counted_with(fault, result, &mut random);
            }
            let mut paper = Paper::of(station, &result, sealed_at(at, &mut random), &mut random);
            mark_agents(&mut paper, mark, &mut random);
            if let Some((fault, _)) = own {
                paper.spoil(fault, &result, &mut random);
            }
            if let Some(twin) = assignment.twins.get(&place).map(|twin| &country.stations[*twin]) {
                match own {
                    Some((Fault::SameSerial, _)) => paper.serial.clone_from(&twin.serial),
                    _ => paper.kit.clone_from(&twin.kit),
                }
            }
            let night = Night { at, paper, result, spare_serial: &station.spare_serial };
            night.events(own, &mut random)
        }
    };
    events.sort_by_key(|event| event.at_seconds);
    StationPlan { arrival, faults, events }
}

/// What was counted where the fault is in the count itself, not in the writing.
fn counted_with(fault: Fault, result: StationResult, random: &mut Random) -> StationResult {
    let (leader, last) = (result.leader(), result.last());
    match fault {
        Fault::ValidExceedsRegistered => result.with_valid(result.registered + random.between(3, 40)),
        Fault::ValidExceedsVerified => {
            StationResult { device_voters: result.valid - 100, manual_voters: 0, ..result }
        }
        Fault::FullTurnout => {
            let full = result.with_valid(result.registered - result.rejected);
            StationResult { device_voters: full.registered, manual_voters: 0, ..full }
        }
        Fault::AllForOne => {
            let mut votes = [0; CANDIDATES];
            votes[leader] = result.valid;
            StationResult { votes, ..result }
        }
        Fault::NoVotes => StationResult {
            rejected: 0,
            objected: 0,
            device_voters: 0,
            manual_voters: 0,
            ..result.with_valid(0)
        },
        // The paper says 991 where 191 was meant: with the others' 94 the total is 285.
        Fault::BoxOverCap => {
            let mut others = result.votes;
            others[leader] = 0;
            let mut votes = StationResult { votes: others, ..result }.with_valid(94).votes;
            votes[leader] = 191;
            let verified = 285 + result.rejected;
            StationResult { votes, valid: 285, device_voters: verified, manual_voters: 0, ..result }
        }
        Fault::DashBox => {
            let mut votes = result.votes;
            votes[leader] += votes[last];
            votes[last] = 0;
            StationResult { votes, ..result }
        }
        _ => result,
    }
}

/// The form was sealed some minutes before it was sent; where that is late, in the night of the polling day.
fn sealed_at(arrival: i64, random: &mut Random) -> i64 {
    let latest = 5 * HOUR + random.seconds(0, 14_400);
    (arrival - random.seconds(180, 1_500)).clamp(EARLIEST_SECONDS - 300, latest)
}

fn mark_agents(paper: &mut Paper, mark: Option<Fault>, random: &mut Random) {
    let agent = random.place(PARTIES);
    match mark {
        Some(Fault::AgentAbsent) => {
            paper.agents[agent] = AgentMark::Absent;
            if random.chance(1, 6) {
                paper.agents[(agent + 1) % PARTIES] = AgentMark::Absent;
            }
        }
        Some(Fault::AgentRefusedWithReason) => {
            paper.agents[agent] = AgentMark::Refused { reason: Some(random.pick(&REFUSALS)) };
        }
        Some(Fault::AgentRefusedWithoutReason) => paper.agents[agent] = AgentMark::Refused { reason: None },
        _ => {}
    }
}

fn never(random: &mut Random, ordinal: usize) -> Vec<Event> {
    if ordinal % 2 == 1 {
        return Vec::new();
    }
    let (reason, words) = random.pick(&HINDRANCES);
    vec![admitted(random.seconds(20 * 3_600, 60 * 3_600), Act::Missing { reason, words })]
}

pub(super) fn admitted(at_seconds: i64, act: Act) -> Event {
    Event { at_seconds, act, expected: Expected::Admitted }
}

fn upheld(ruled_at: i64, above: Above, random: &mut Random) -> Event {
    admitted(ruled_at + random.seconds(14_400, 43_200), Act::Upheld(above))
}

/// A station whose form comes.
struct Night<'a> {
    at: i64,
    paper: Paper,
    result: StationResult,
    spare_serial: &'a str,
}

impl Night<'_> {
    fn form(&self, officer: Officer, expected: Expected) -> Event {
        let act = Act::Form { paper: Box::new(self.paper.clone()), officer };
        Event { at_seconds: self.at, act, expected }
    }

    fn intake(&self, at_seconds: i64, reason: &'static str) -> Event {
        admitted(at_seconds, Act::Intake { paper: Box::new(self.paper.clone()), reason })
    }

    /// The kit sends its numbers of voters at the close, or with the form where there is no network before.
    fn turnout(&self, random: &mut Random) -> Event {
        let at = random.seconds(300, 2_100).min(self.at - 30);
        let StationResult { device_voters: device, manual_voters: manual, .. } = self.result;
        admitted(at, Act::Turnout { device, manual })
    }

    fn events(&self, own: Option<(Fault, usize)>, random: &mut Random) -> Vec<Event> {
        let Some((fault, ordinal)) = own else {
            return vec![self.turnout(random), self.form(Officer::First, Expected::Admitted)];
        };
        if fault == Fault::PaperIntake {
            return vec![self.intake(self.at, random.pick(&NO_KIT))];
        }
        let mut events = vec![self.turnout(random)];
        let officer = if fault == Fault::OfficerReplaced { Officer::Replacement } else { Officer::First };
        let held = matches!(fault, Fault::KitStolen | Fault::OfficerRevoked);
        events.push(self.form(officer, if held { Expected::Held } else { Expected::Admitted }));
        events.extend(self.besides(fault, ordinal, random));
        events
    }

    /// What the fault adds to turnout and form.
    fn besides(&self, fault: Fault, ordinal: usize, random: &mut Random) -> Vec<Event> {
        let disregarded = |article| Act::Ruling(Ruling::Disregarded { article });
        let ruled_at = self.at + random.seconds(10_800, 108_000);
        match fault {
            Fault::OfficerReplaced => {
                vec![admitted(POLLS_OPEN_SECONDS - random.seconds(900, 7_200), Act::ReplaceOfficer)]
            }
            Fault::KitStolen | Fault::OfficerRevoked => {
                let (whose, reason) = match fault {
                    Fault::KitStolen => (Revoked::Kit, "kit-stolen"),
                    _ => (Revoked::Officer, "officer-revoked"),
                };
                let taken_in = self.at + random.seconds(7_200, 21_600);
                // Later than the turnout record, which was sent while the keys were good, and before the form.
                vec![
                    admitted(self.at - random.seconds(5, 25), Act::Revoke(whose)),
                    self.intake(taken_in, reason),
                ]
            }
            Fault::SubmittedTwice => {
                let at_seconds = self.at + random.seconds(5, 90);
                vec![Event { at_seconds, act: Act::Again, expected: Expected::AsBefore }]
            }
            Fault::SecondIdentical => vec![self.second(false, ordinal, random)],
            Fault::SecondDiffering => {
                let second = self.second(true, ordinal, random);
                let ruled_at = second.at_seconds + random.seconds(3_600, 72_000);
                let mut events = vec![second];
                // Every other one is ruled on; of those, the first form stands as often as the second.
                if ordinal % 2 == 1 {
                    events.push(admitted(ruled_at, Act::Ruling(Ruling::Stands(ordinal / 2 % 2))));
                }
                if ordinal == 1 {
                    events.push(upheld(ruled_at, Above::Commission, random));
                }
                events
            }
            Fault::ValidExceedsRegistered if ordinal == 0 => {
                vec![admitted(ruled_at, disregarded("reg-83-1-b"))]
            }
            Fault::ValidExceedsVerified if ordinal == 0 => {
                let upheld = upheld(ruled_at, Above::Court, random);
                vec![admitted(ruled_at, disregarded("reg-83-1-c")), upheld]
            }
            Fault::UnenrolledKey => vec![self.strangers_form(random)],
            Fault::Late if ordinal.is_multiple_of(10) => {
                let (reason, words) = random.pick(&HINDRANCES);
                vec![admitted(random.seconds(14 * 3_600, 23 * 3_600), Act::Missing { reason, words })]
            }
            _ => Vec::new(),
        }
    }

    /// A second form on the spare paper: a few votes moved, or one box and the total corrected, or all the same.
    fn second(&self, differing: bool, ordinal: usize, random: &mut Random) -> Event {
        let at_seconds = self.at + random.seconds(1_800, 72_000);
        let mut votes = self.result.votes;
        let (from, to) = (self.result.leader(), self.result.last());
        let moved = random.between(1, 40).min(votes[from]);
        let mut valid = self.result.valid;
        if differing {
            votes[from] -= moved;
            if ordinal % 3 == 2 { valid -= moved } else { votes[to] += moved }
        }
        let mut paper = self.paper.clone();
        self.spare_serial.clone_into(&mut paper.serial);
        paper.sealed_at_seconds += random.seconds(600, 1_700);
        paper.votes = votes.map(PaperBox::Number);
        paper.valid = PaperBox::Number(valid);
        paper.valid_counted = PaperBox::Number(valid);
        paper.disputed = PaperBox::Number(self.result.disputed.min(valid));
        paper.comment = Some("written anew after an agent asked for a recount");
        admitted(at_seconds, Act::Form { paper: Box::new(paper), officer: Officer::First })
    }

    fn strangers_form(&self, random: &mut Random) -> Event {
        let mut paper = self.paper.clone();
        random.shuffle(&mut paper.votes);
        let act = Act::Form { paper: Box::new(paper), officer: Officer::Stranger };
        Event { at_seconds: self.at + random.seconds(60, 3_600), act, expected: Expected::Refused }
    }
}

/// Forms for stations that never were in the register: stream 99 of a real centre, the first one signed with the enrolled
/// keys of that centre's station, the others with keys that nobody enrolled.
pub(crate) fn strays(country: &Country) -> Vec<Stray> {
    let mut random = Random::new(&country.seed, "strays");
    let count = quota(Fault::UnknownStation, country.stations.len() as u64);
    (0..count)
        .map(|ordinal| {
            let place = random.place(country.stations.len());
            let (station, result) = (&country.stations[place], &country.results[place]);
            let at_seconds = random.seconds(2 * 3_600, 9 * 3_600);
            let sealed_at = sealed_at(at_seconds, &mut random);
            let mut paper = Paper::of(station, result, sealed_at, &mut random);
            paper.serial = format!("M{:07}", 9_990_000 + ordinal);
            let officer = if ordinal == 0 { Officer::First } else { Officer::Stranger };
            let act = Act::Form { paper: Box::new(paper), officer };
            Stray {
                code: format!("{}99", country.areas[station.centre].id),
                signer: (ordinal == 0).then_some(place),
                event: Event { at_seconds, act, expected: Expected::Refused },
            }
        })
        .collect()
}
