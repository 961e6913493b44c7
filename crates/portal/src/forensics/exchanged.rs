//! Figures that may stand in each other's place, and ballots of several contests held together.

use super::figures::{Cell, Figures};
use super::section::{Asked, CUSTOM, Measured, Section, State};
use super::subject::Subject;
use hakiki_audit::forensics::Indicator;
use hakiki_audit::forensics::adjusted::benjamini_hochberg;
use hakiki_audit::forensics::ballots::{Agreement, Allowance};
use hakiki_audit::forensics::exchanged::{ExchangedPair, most_likely_pairs};
use hakiki_audit::numeric::real;
use std::collections::BTreeMap;

/// Pairs are made of so many candidates, those with most votes: six pairs.
const CANDIDATES: usize = 4;

pub(super) fn sections(subject: &Subject) -> Vec<Section> {
    vec![exchanged(subject), ballots(subject)]
}

/// A station that was compared with its neighbours.
struct Compared {
    place: usize,
    pair: [usize; 2],
    found: ExchangedPair,
    adjusted: f64,
}

fn compared(subject: &Subject) -> Vec<Compared> {
    let mut order: Vec<usize> = (0..subject.sums.len()).filter(|one| subject.sums[*one] > 0).collect();
    order.sort_by_key(|candidate| (std::cmp::Reverse(subject.sums[*candidate]), *candidate));
    order.truncate(CANDIDATES);
    let mut all = Vec::new();
    for places in subject.neighbourhoods(Indicator::Exchanged.fewest()).into_values() {
        let votes = |place: usize| {
            order.iter().map(|one| subject.stations[place].of(*one)).collect::<Option<Vec<u64>>>()
        };
        let known: Vec<(usize, Vec<u64>)> =
            places.into_iter().filter_map(|place| Some((place, votes(place)?))).collect();
        let area: Vec<Vec<u64>> = known.iter().map(|(_, votes)| votes.clone()).collect();
        for ((place, _), found) in known.iter().zip(most_likely_pairs(&area)) {
            let Some(found) = found else { continue };
            let pair = found.pair.map(|at| order[at]);
            all.push(Compared { place: *place, pair, found, adjusted: 1.0 });
        }
    }
    let p: Vec<f64> = all.iter().map(|compared| compared.found.found.p).collect();
    for (compared, adjusted) in all.iter_mut().zip(benjamini_hochberg(&p)) {
        compared.adjusted = adjusted;
    }
    all.sort_by(|one, other| {
        one.found.found.p.total_cmp(&other.found.found.p).then(one.place.cmp(&other.place))
    });
    all
}

fn exchanged(subject: &Subject) -> Section {
    let indicator = Indicator::Exchanged;
    let all = compared(subject);
    let by_code: BTreeMap<&str, f64> = all
        .iter()
        .map(|compared| (subject.stations[compared.place].code.as_str(), compared.adjusted))
        .collect();
    let asked = [Asked {
        of: Cell::None,
        what: Cell::None,
        measure: Box::new(move |stations| {
            let known: Vec<f64> =
                stations.iter().filter_map(|station| by_code.get(station.code.as_str()).copied()).collect();
            let n = known.len() as u64;
            let below = known.iter().filter(|adjusted| **adjusted < CUSTOM).count() as u64;
            Measured {
                n,
                statistic: Cell::Whole(below),
                expected: Cell::None,
                effect: Cell::Share(real(below) / real(n.max(1))),
                p: None,
            }
        }),
    }];
    Section::asked(subject, indicator, indicator.fewest(), &asked).with_table(|| listed(subject, &all))
}

/// Every station whose votes are likelier exchanged than as written, the least p first.
fn listed(subject: &Subject, all: &[Compared]) -> Figures {
    let columns = [
        "station",
        "name",
        "first",
        "first_votes",
        "second",
        "second_votes",
        "neighbours",
        "first_share",
        "log_ratio",
        "p",
        "p_adjusted",
    ];
    let mut figures = Figures::new("exchanged-stations", &columns);
    for compared in all.iter().filter(|compared| compared.found.found.log_ratio > 0.0) {
        let station = &subject.stations[compared.place];
        let found = compared.found.found;
        let votes = |candidate: usize| station.of(candidate).map_or(Cell::None, Cell::Whole);
        let [first, second] = compared.pair;
        figures.rows.push(vec![
            Cell::Text(station.code.clone()),
            station.named(),
            Cell::Text(subject.candidates[first].clone()),
            votes(first),
            Cell::Text(subject.candidates[second].clone()),
            votes(second),
            Cell::Whole(found.neighbours as u64),
            Cell::Share(found.mean),
            Cell::Real(found.log_ratio),
            Cell::Chance(found.p),
            Cell::Chance(compared.adjusted),
        ]);
    }
    figures
}

fn ballots(subject: &Subject) -> Section {
    let indicator = Indicator::Ballots;
    if subject.others.is_empty() {
        return Section::without(indicator, State::Lacks("contests"));
    }
    let of = |code: &str, own: Option<u64>| {
        let others = subject.others.iter().map(|(_, ballots)| ballots.get(code).copied());
        Agreement::of(&std::iter::once(own).chain(others).collect::<Vec<_>>())
    };
    let found: BTreeMap<&str, Agreement> = subject
        .stations
        .iter()
        .filter_map(|station| Some((station.code.as_str(), of(&station.code, station.cast)?)))
        .collect();
    let asked = [Asked {
        of: Cell::None,
        what: Cell::None,
        measure: Box::new(|stations| {
            let known: Vec<&Agreement> =
                stations.iter().filter_map(|station| found.get(station.code.as_str())).collect();
            let beyond = known.iter().filter(|found| Allowance::USUAL.is_passed_by(found)).count() as u64;
            let (apart, most) = known
                .iter()
                .fold((0, 0), |(apart, most), found| (apart + found.difference(), most + found.most.1));
            Measured {
                n: known.len() as u64,
                statistic: Cell::Whole(beyond),
                expected: Cell::None,
                effect: Cell::Share(real(apart) / real(most.max(1))),
                p: None,
            }
        }),
    }];
    Section::asked(subject, indicator, indicator.fewest(), &asked).with_table(|| agreements(subject, &found))
}

/// Every station whose contests differ, the largest difference first.
fn agreements(subject: &Subject, found: &BTreeMap<&str, Agreement>) -> Figures {
    let columns = ["station", "name", "least_in", "least", "most_in", "most", "difference"];
    let mut figures = Figures::new("ballots-stations", &columns);
    let mut order: Vec<(usize, Agreement)> = subject
        .stations
        .iter()
        .enumerate()
        .filter_map(|(place, station)| Some((place, *found.get(station.code.as_str())?)))
        .filter(|(_, found)| found.difference() > 0)
        .collect();
    order.sort_by_key(|(place, found)| (std::cmp::Reverse(found.difference()), *place));
    let contest = |at: usize| match at.checked_sub(1) {
        Some(other) => Cell::Text(subject.others[other].0.clone()),
        None => Cell::Word("forensics.word.this_contest".into()),
    };
    for (place, found) in order {
        let station = &subject.stations[place];
        figures.rows.push(vec![
            Cell::Text(station.code.clone()),
            station.named(),
            contest(found.least.0),
            Cell::Whole(found.least.1),
            contest(found.most.0),
            Cell::Whole(found.most.1),
            Cell::Whole(found.difference()),
        ]);
    }
    figures
}
