//! What agents, observers and cameras add beside the forms: own copies, refusals, observations, photographs.
//!
//! They stand beside a form and change no total. Where a copy or a photograph has other figures than the form is planned;
//! which of the two is right is not, here as in life.

use super::calendar::HOUR;
use super::events::admitted;
use super::fault::{Assignment, Fault, may_have_faults, quota};
use super::paper::{AgentMark, Paper, PaperBox};
use super::plan::{Act, Event, Expected, Shown, StationPlan, marks};
use super::random::Random;
use super::{Country, PARTIES};
use std::collections::BTreeSet;

/// One station in so many has agents who send their copies, and the least number of such stations.
const STATIONS_FOR_ONE_COPY: usize = 100;
const FEWEST_COPIES: usize = 6;
/// One station in so many is photographed, no fewer and no more than these.
const STATIONS_FOR_ONE_IMAGE: usize = 15;
const FEWEST_IMAGES: usize = 5;
const MOST_IMAGES: usize = 40;
/// At so many stations an agent says by key that it refuses, and at so many the observer says something.
const REFUSING: usize = 6;
const OBSERVED: [&str; 3] = ["stamp", "watermark", "second-document"];
/// Faults of which the first station is photographed: on these papers there is something to see.
const WORTH_A_PICTURE: [Fault; 7] = [
    Fault::SecondDiffering,
    Fault::BlankBox,
    Fault::DashBox,
    Fault::IllegibleBox,
    Fault::SumsDoNotAddUp,
    Fault::TotalsDiffer,
    Fault::BoxOverCap,
];

/// Which stations have what beside their forms. Places in `Country::stations`.
struct Chosen {
    /// Agents send their copies.
    copies: Vec<usize>,
    /// Of those, the first ones have a copy with other figures.
    differing: usize,
    /// An agent refuses by key too.
    refusing: Vec<usize>,
    /// The observer says something.
    observed: Vec<usize>,
    /// The photograph has other figures than the form.
    misread: Option<usize>,
    /// Photographed.
    pictured: BTreeSet<usize>,
}

impl Chosen {
    fn new(country: &Country, assignment: &Assignment, marks: &[Option<Fault>]) -> Self {
        let stations = country.stations.len();
        let count = |fault| quota(fault, stations as u64) as usize;
        let is_quiet = |place: &usize| {
            assignment.fault(*place).is_none() && marks[*place].is_none() && may_have_faults(country, *place)
        };
        let mut quiet: Vec<usize> = (0..stations).filter(is_quiet).collect();
        Random::new(&country.seed, "beside the forms").shuffle(&mut quiet);
        let copies = (stations / STATIONS_FOR_ONE_COPY).max(FEWEST_COPIES).min(quiet.len() / 4);
        let copies = quiet.split_off(quiet.len() - copies);
        let observed = quiet.split_off(quiet.len() - OBSERVED.len().min(quiet.len() / 4));
        let misread = (count(Fault::ImageDiffers) > 0).then(|| quiet.pop()).flatten();
        let has_refusal = |place: &usize| {
            let refused = [Fault::AgentRefusedWithReason, Fault::AgentRefusedWithoutReason];
            assignment.fault(*place).is_none() && marks[*place].is_some_and(|mark| refused.contains(&mark))
        };
        let refusing = (0..stations).filter(has_refusal).take(REFUSING).collect();
        let first = |fault: &Fault| {
            let mut of_fault = assignment.own.iter().filter(|(_, own)| **own == (*fault, 0));
            of_fault.next().map(|(place, _)| *place)
        };
        let worth = WORTH_A_PICTURE.iter().filter_map(first);
        let all =
            misread.into_iter().chain(worth).chain(copies.iter().chain(&observed).chain(&quiet).copied());
        let wanted = (stations / STATIONS_FOR_ONE_IMAGE).clamp(FEWEST_IMAGES, MOST_IMAGES);
        let differing = count(Fault::OwnCopyDiffers).min(copies.len());
        Self { pictured: all.take(wanted).collect(), copies, differing, refusing, observed, misread }
    }
}

/// The stations whose agents have keys of their own: those of all parties.
pub fn stations_with_agents_keys(country: &Country) -> BTreeSet<usize> {
    let assignment = Assignment::new(country);
    let chosen = Chosen::new(country, &assignment, &marks(country, &assignment));
    chosen.copies.into_iter().chain(chosen.refusing).collect()
}

/// Adds to the nights of the stations what happens beside their forms.
pub(super) fn add(
    country: &Country,
    assignment: &Assignment,
    marks: &[Option<Fault>],
    stations: &mut [StationPlan],
) {
    let chosen = Chosen::new(country, assignment, marks);
    let random = |what: &str, place: usize| {
        Random::new(&country.seed, &format!("{what} {}", country.stations[place].code))
    };
    for (nth, place) in chosen.copies.iter().enumerate() {
        let random = &mut random("own copies", *place);
        copies(&mut stations[*place], nth < chosen.differing, chosen.pictured.contains(place), random);
    }
    for place in &chosen.refusing {
        refuse(&mut stations[*place], &mut random("refusals", *place));
    }
    for (code, place) in OBSERVED.iter().zip(&chosen.observed) {
        let at = random("observations", *place).seconds(3_600, 18_000);
        push(&mut stations[*place], at, |_| Act::Observed { code });
    }
    for place in &chosen.pictured {
        photograph(&mut stations[*place], chosen.misread == Some(*place), &mut random("images", *place));
    }
    for station in stations {
        station.events.sort_by_key(|event| event.at_seconds);
    }
}

/// The n-th admitted form of a kit, with its time.
fn form(station: &StationPlan, nth: usize) -> Option<(i64, &Paper)> {
    let forms = station.events.iter().filter(|event| event.expected == Expected::Admitted);
    let mut forms = forms.filter_map(|event| match &event.act {
        Act::Form { paper, .. } => Some((event.at_seconds, &**paper)),
        _ => None,
    });
    forms.nth(nth)
}

fn push(station: &mut StationPlan, after_seconds: i64, act: impl FnOnce(&Paper) -> Act) {
    let event: Option<Event> = form(station, 0).map(|(at, paper)| admitted(at + after_seconds, act(paper)));
    station.events.extend(event);
}

/// One or two agents send what their copies say; a differing one alone.
fn copies(station: &mut StationPlan, differs: bool, is_pictured: bool, random: &mut Random) {
    let party = random.place(PARTIES);
    let after = random.seconds(900, 3 * 3_600);
    if differs {
        station.faults.insert(Fault::OwnCopyDiffers);
        let moved = random.between(10, 60);
        push(station, after, |paper| Act::OwnCopy { party, paper: Box::new(moved_votes(paper, moved)) });
        if is_pictured {
            let shown = Shown::AgentCopy(party);
            let image =
                |paper: &Paper| Act::Image { nth: 0, shown, paper: Box::new(moved_votes(paper, moved)) };
            push(station, after + 60, image);
        }
        return;
    }
    push(station, after, |paper| Act::OwnCopy { party, paper: Box::new(paper.clone()) });
    if random.chance(1, 2) {
        let (party, after) = ((party + 1) % PARTIES, random.seconds(900, 3 * 3_600));
        push(station, after, |paper| Act::OwnCopy { party, paper: Box::new(paper.clone()) });
    }
}

/// The same paper with some votes at another candidate's: the totals stay.
fn moved_votes(paper: &Paper, wanted: u64) -> Paper {
    let mut paper = paper.clone();
    let number = |place: &usize| paper.votes[*place].number().unwrap_or_default();
    let from = (0..paper.votes.len()).max_by_key(number).unwrap_or_default();
    let to = (0..paper.votes.len()).filter(|place| *place != from).max_by_key(number).unwrap_or_default();
    let (had, gets) = (number(&from), number(&to));
    let moved = wanted.min(had);
    paper.votes[from] = PaperBox::Number(had - moved);
    paper.votes[to] = PaperBox::Number(gets + moved);
    paper
}

/// The agent whose refusal the paper has in ink says it by key too.
fn refuse(station: &mut StationPlan, random: &mut Random) {
    let after = random.seconds(600, 2 * 3_600);
    let refused = form(station, 0).and_then(|(at, paper)| {
        let mut marks = paper.agents.iter().enumerate();
        marks.find_map(|(party, mark)| match mark {
            AgentMark::Refused { reason } => Some((at, Act::AgentRefuses { party, reason: *reason })),
            _ => None,
        })
    });
    station.events.extend(refused.map(|(at, act)| admitted(at + after, act)));
}

/// Every form of the station is photographed some minutes after it was sent, in the rush sometimes hours.
fn photograph(station: &mut StationPlan, is_misread: bool, random: &mut Random) {
    if is_misread {
        station.faults.insert(Fault::ImageDiffers);
    }
    let mut images = Vec::new();
    for nth in 0.. {
        let Some((at, paper)) = form(station, nth) else { break };
        let after = if random.chance(1, 5) { random.seconds(3_600, 10_800) } else { random.seconds(60, 900) };
        let paper = if is_misread { moved_votes(paper, random.between(10, 60)) } else { paper.clone() };
        let act = Act::Image { nth, shown: Shown::Original, paper: Box::new(paper) };
        images.push(admitted((at + after).min(at + 4 * HOUR), act));
    }
    station.events.extend(images);
}
