//! Stations far from their neighbours, and rooms of one centre that differ.

use super::figures::{Cell, Figures};
use super::section::{Asked, Axis, Draw, Measured, Plot, Section, State};
use super::subject::{Station, Subject};
use hakiki_audit::forensics::Indicator;
use hakiki_audit::forensics::adjusted::benjamini_hochberg;
use hakiki_audit::forensics::neighbours::{Homogeneity, among_centres, homogeneity, robust_distances};
use hakiki_audit::numeric::{binomial, normal, real, real_count};
use hakiki_messages::Message;
use std::collections::BTreeMap;

/// Beyond so many deviations a station is listed (Iglewicz and Hoaglin 1993).
const FAR: f64 = 3.5;
/// Where the histogram of distances ends; what is beyond is in its last bars.
const EDGE: i32 = 8;
/// Centres below which a share of them says nothing.
const LEAST_CENTRES: usize = 20;
/// The least expected votes in every cell of a table of rooms, or chi-square does not hold.
const LEAST_EXPECTED: u64 = 5;
/// Bars of the histogram of p values.
const P_BARS: u32 = 20;

pub(super) fn sections(subject: &Subject) -> Vec<Section> {
    vec![far(subject), rooms(subject)]
}

/// A station's distance from its neighbours.
struct Away {
    place: usize,
    around: String,
    value: f64,
    median: f64,
    /// In robust deviations.
    deviations: f64,
}

type Figure = fn(&Station, usize) -> Option<f64>;

/// The leader's share of valid votes, and turnout.
const FIGURES: [(&str, Figure); 2] = [
    ("share", |station, leader| station.share_of(leader).map(|(votes, valid)| real(votes) / real(valid))),
    ("turnout", |station, leader| {
        station.turnout(leader).map(|station| real(station.given) / real(station.registered))
    }),
];

fn distances(subject: &Subject, figure: Figure) -> Vec<Away> {
    let mut found = Vec::new();
    for (around, places) in subject.neighbourhoods(Indicator::Neighbours.fewest()) {
        let known = places
            .iter()
            .filter_map(|place| Some((*place, figure(&subject.stations[*place], subject.leader)?)));
        let known: Vec<(usize, f64)> = known.collect();
        let values: Vec<f64> = known.iter().map(|(_, value)| *value).collect();
        let Some(robust) = robust_distances(&values) else { continue };
        if known.len() < Indicator::Neighbours.fewest() {
            continue;
        }
        for ((place, value), deviations) in known.into_iter().zip(robust.distances) {
            found.push(Away { place, around: around.clone(), value, median: robust.median, deviations });
        }
    }
    found
}

fn far(subject: &Subject) -> Section {
    let indicator = Indicator::Neighbours;
    let all = FIGURES.map(|(what, figure)| (what, distances(subject, figure)));
    let by_code = all.each_ref().map(|(_, distances)| {
        let of = |found: &Away| (subject.stations[found.place].code.as_str(), found.deviations);
        distances.iter().map(of).collect::<BTreeMap<&str, f64>>()
    });
    let ask = |(place, what): (usize, &str)| {
        let by_code = &by_code[place];
        let of =
            if what == "share" { Cell::Text(subject.candidates[subject.leader].clone()) } else { Cell::None };
        Asked {
            of,
            what: Cell::Word(format!("forensics.word.{what}")),
            measure: Box::new(move |stations| {
                let known: Vec<f64> = stations
                    .iter()
                    .filter_map(|station| by_code.get(station.code.as_str()).copied())
                    .collect();
                let n = known.len() as u64;
                let beyond = known.iter().filter(|distance| distance.abs() > FAR).count() as u64;
                Measured {
                    n,
                    statistic: Cell::Whole(beyond),
                    expected: Cell::Real(2.0 * normal::share_above(FAR) * real(n)),
                    effect: Cell::Share(real(beyond) / real(n.max(1))),
                    p: None,
                }
            }),
        }
    };
    let asked: Vec<Asked<'_>> = all
        .iter()
        .enumerate()
        .filter(|(_, (_, found))| !found.is_empty())
        .map(|(at, (what, _))| ask((at, what)))
        .collect();
    let mut section = Section::asked(subject, indicator, indicator.fewest(), &asked);
    for (what, distances) in &all {
        if !distances.is_empty() {
            section = section.with_plot(|| histogram(subject, what, distances));
        }
    }
    section.with_table(|| listed(subject, &all))
}

/// The stations beyond, the farthest first.
fn listed(subject: &Subject, all: &[(&str, Vec<Away>)]) -> Figures {
    let columns = ["station", "name", "what", "around", "value", "median", "distance"];
    let mut figures = Figures::new("neighbours-stations", &columns);
    let mut beyond: Vec<(&str, &Away)> =
        all.iter().flat_map(|(what, found)| found.iter().map(move |found| (*what, found))).collect();
    beyond.retain(|(_, found)| found.deviations.abs() > FAR);
    beyond.sort_by(|one, other| {
        other.1.deviations.abs().total_cmp(&one.1.deviations.abs()).then(one.1.place.cmp(&other.1.place))
    });
    for (what, found) in beyond {
        let station = &subject.stations[found.place];
        figures.rows.push(vec![
            Cell::Text(station.code.clone()),
            station.named(),
            Cell::Word(format!("forensics.word.{what}")),
            Cell::Text(found.around.clone()),
            Cell::Share(found.value),
            Cell::Share(found.median),
            Cell::Real(found.deviations),
        ]);
    }
    figures
}

fn histogram(subject: &Subject, what: &str, found: &[Away]) -> Plot {
    let halves = 2 * EDGE;
    let mut figures = Figures::new(format!("neighbours-{what}"), &["distance", "stations", "expected"]);
    let mut most = 0.0_f64;
    for bar in -halves..halves {
        let (low, high) = (f64::from(bar) / 2.0, f64::from(bar + 1) / 2.0);
        let is_in =
            |distance: f64| (distance >= low || bar == -halves) && (distance < high || bar == halves - 1);
        let count = found.iter().filter(|found| is_in(found.deviations)).count();
        let expected = (normal::share_below(high) - normal::share_below(low)) * real_count(found.len());
        most = most.max(real_count(count)).max(expected);
        figures.rows.push(vec![Cell::Real(low), Cell::Whole(count as u64), Cell::Real(expected)]);
    }
    let title = Message::new(format!("forensics.plot.neighbours_{what}")).with("count", found.len());
    let who = subject.candidates[subject.leader].as_str();
    let edge = f64::from(EDGE);
    Plot {
        title: if what == "share" { title.with("who", who) } else { title },
        figures,
        draw: Draw::Bars {
            x: "distance",
            width: 0.5,
            is_centred: false,
            y: "stations",
            expected: Some("expected"),
            band: None,
            axes: [
                Axis { word: "distance", from: -edge, to: edge, is_share: false },
                Axis { word: "stations", from: 0.0, to: 1.05 * most, is_share: false },
            ],
        },
    }
}

/// A centre and how its rooms compare.
struct Centre<'a> {
    code: &'a str,
    rooms: usize,
    votes: u64,
    found: Homogeneity,
    columns: usize,
}

fn rooms(subject: &Subject) -> Section {
    let indicator = Indicator::Rooms;
    if subject.rooms.is_empty() {
        return Section::without(indicator, State::Lacks("centres"));
    }
    let centres: Vec<Centre<'_>> =
        subject.rooms.iter().filter_map(|(code, places)| centre(subject, code, places)).collect();
    // A centre lies in the area of its stations.
    let p_by_station: BTreeMap<&str, f64> = centres
        .iter()
        .map(|centre| (subject.stations[subject.rooms[centre.code][0]].code.as_str(), centre.found.p))
        .collect();
    let asked = [Asked {
        of: Cell::None,
        what: Cell::None,
        measure: Box::new(move |stations| {
            let known: Vec<f64> = stations
                .iter()
                .filter_map(|station| p_by_station.get(station.code.as_str()).copied())
                .collect();
            let n = known.len() as u64;
            let below = known.iter().filter(|p| **p < 0.05).count() as u64;
            Measured {
                n,
                statistic: Cell::Whole(below),
                expected: Cell::Real(0.05 * real(n)),
                effect: Cell::Share(real(below) / real(n.max(1)) - 0.05),
                p: Some(binomial::at_least(below, n, 0.05)),
            }
        }),
    }];
    Section::asked(subject, indicator, LEAST_CENTRES, &asked)
        .with_plot(|| p_values(&centres))
        .with_table(|| centre_table(subject, &centres))
}

/// Votes of the two leading candidates and of all others together, as far as every cell expects enough votes.
fn centre<'a>(subject: &Subject, code: &'a str, places: &[usize]) -> Option<Centre<'a>> {
    let votes = |place: &usize| {
        let station = &subject.stations[*place];
        let (leader, rival) = (station.of(subject.leader)?, station.of(subject.rival)?);
        Some(vec![leader, rival, station.valid?.checked_sub(leader + rival)?])
    };
    let mut rooms: Vec<Vec<u64>> = places.iter().filter_map(votes).collect();
    rooms.retain(|room| room.iter().sum::<u64>() > 0);
    let all: u64 = rooms.iter().flatten().sum();
    let least: u64 = rooms.iter().map(|room| room.iter().sum()).min()?;
    let is_enough = |column: usize| {
        let sum: u64 = rooms.iter().map(|room| room[column]).sum();
        u128::from(sum) * u128::from(least) >= u128::from(LEAST_EXPECTED) * u128::from(all)
    };
    let kept: Vec<usize> = (0..3).filter(|column| is_enough(*column)).collect();
    let rooms: Vec<Vec<u64>> =
        rooms.iter().map(|room| kept.iter().map(|column| room[*column]).collect()).collect();
    let found = homogeneity(&rooms)?;
    let votes = rooms.iter().flatten().sum();
    Some(Centre { code, rooms: rooms.len(), votes, found, columns: kept.len() })
}

fn centre_table(subject: &Subject, centres: &[Centre<'_>]) -> Figures {
    let columns = [
        "centre",
        "first_station",
        "rooms",
        "votes",
        "statistic",
        "degrees",
        "effect",
        "p",
        "p_among",
        "p_adjusted",
    ];
    let mut figures = Figures::new("rooms-centres", &columns);
    let among = among(subject, centres);
    let adjusted = benjamini_hochberg(&among);
    let mut order: Vec<(&Centre<'_>, (f64, f64))> =
        centres.iter().zip(among.into_iter().zip(adjusted)).collect();
    order.sort_by(|one, other| one.1.0.total_cmp(&other.1.0).then(one.0.code.cmp(other.0.code)));
    for (centre, (among, adjusted)) in order {
        let first = &subject.stations[subject.rooms[centre.code][0]];
        let smaller = real_count(centre.rooms.min(centre.columns) - 1);
        figures.rows.push(vec![
            Cell::Text(centre.code.to_owned()),
            first.named(),
            Cell::Whole(centre.rooms as u64),
            Cell::Whole(centre.votes),
            Cell::Real(centre.found.chi_square),
            Cell::Whole(u64::from(centre.found.degrees)),
            // Cramér's V.
            Cell::Real((centre.found.chi_square / (real(centre.votes) * smaller)).sqrt()),
            Cell::Chance(centre.found.p),
            Cell::Chance(among),
            Cell::Chance(adjusted),
        ]);
    }
    figures
}

/// Of each centre, how often one differs so much if all centres of its area split their registers in the same way.
fn among(subject: &Subject, centres: &[Centre<'_>]) -> Vec<f64> {
    let mut by_area: BTreeMap<Option<usize>, Vec<usize>> = BTreeMap::new();
    for (at, centre) in centres.iter().enumerate() {
        by_area.entry(subject.stations[subject.rooms[centre.code][0]].area).or_default().push(at);
    }
    let mut among = vec![1.0; centres.len()];
    for places in by_area.into_values() {
        let found: Vec<Homogeneity> = places.iter().map(|at| centres[*at].found).collect();
        for (at, p) in places.into_iter().zip(among_centres(&found)) {
            among[at] = p;
        }
    }
    among
}

fn p_values(centres: &[Centre<'_>]) -> Plot {
    let mut figures = Figures::new("rooms-p", &["p", "centres", "expected"]);
    let width = 1.0 / f64::from(P_BARS);
    let expected = real_count(centres.len()) * width;
    let mut most = expected;
    for bar in 0..P_BARS {
        let (low, high) = (f64::from(bar) * width, f64::from(bar + 1) * width);
        let is_in = |p: f64| p >= low && (p < high || bar + 1 == P_BARS);
        let count = centres.iter().filter(|centre| is_in(centre.found.p)).count();
        most = most.max(real_count(count));
        figures.rows.push(vec![Cell::Real(low), Cell::Whole(count as u64), Cell::Real(expected)]);
    }
    Plot {
        title: Message::new("forensics.plot.rooms").with("count", centres.len()),
        figures,
        draw: Draw::Bars {
            x: "p",
            width,
            is_centred: false,
            y: "centres",
            expected: Some("expected"),
            band: None,
            axes: [
                Axis { word: "p", from: 0.0, to: 1.0, is_share: false },
                Axis { word: "centres", from: 0.0, to: 1.05 * most, is_share: false },
            ],
        },
    }
}
