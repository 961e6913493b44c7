//! Shares by the order in which stations reported: raw shares in groups, never cumulated, beside what their areas alone would give.

use super::figures::{Cell, Figures};
use super::section::{Asked, Axis, Draw, Measured, Plot, Section, State};
use super::subject::{Clock, Station, Subject};
use hakiki_audit::Share;
use hakiki_audit::forensics::Indicator;
use hakiki_audit::forensics::late::{Reported, line};
use hakiki_audit::forensics::late_within::{PERMUTATIONS, Placed, latest, within};
use hakiki_audit::numeric::{normal, real, real_count};
use hakiki_messages::Message;
use std::collections::BTreeMap;

/// How many of a hundred stations are called late.
const LAST_PERCENT: u32 = 10;
/// What the choices by lot begin with: any fixed number, so that everybody finds the same.
const SEED: u64 = 20_191_020;
/// Groups of equally many stations.
const GROUPS: usize = 40;

pub(super) fn section(subject: &Subject) -> Section {
    let indicator = Indicator::Late;
    if subject.clock == Clock::None {
        return Section::without(indicator, State::Lacks("order"));
    }
    let placed = placed(subject);
    let permuted = |candidate: usize| Asked {
        of: Cell::Text(subject.candidates[candidate].clone()),
        what: Cell::Word("forensics.word.within".into()),
        measure: Box::new({
            let placed = &placed;
            move |stations| permuted(stations, candidate, placed)
        }),
    };
    let slope = |candidate: usize| Asked {
        of: Cell::Text(subject.candidates[candidate].clone()),
        what: Cell::Word("forensics.word.slope".into()),
        measure: Box::new(move |stations| {
            let reported: Vec<Reported> =
                stations.iter().filter_map(|station| reported(station, candidate)).collect();
            let n = reported.len() as u64;
            let Some(line) = line(&reported).filter(|line| line.slope_error > 0.0) else {
                return Measured::nothing(n);
            };
            let distance = line.slope / line.slope_error;
            Measured {
                n,
                statistic: Cell::Real(distance),
                expected: Cell::Real(0.0),
                effect: Cell::Share(line.slope),
                p: Some((2.0 * normal::share_above(distance.abs())).min(1.0)),
            }
        }),
    };
    let [leader, rival] = subject.leading();
    let asked = [slope(leader), permuted(leader), slope(rival), permuted(rival)];
    Section::asked(subject, indicator, indicator.fewest(), &asked).with_plot(|| plot(subject))
}

/// Each station's stratum (the narrowest area with enough stations), and whether it is among the last tenth of all.
fn placed(subject: &Subject) -> BTreeMap<&str, (u64, bool)> {
    let Ok(last) = Share::percent(LAST_PERCENT) else { return BTreeMap::new() };
    let times: Vec<(usize, f64)> = subject
        .stations
        .iter()
        .enumerate()
        .filter_map(|(place, station)| Some((place, station.reported?)))
        .collect();
    let late = latest(&times.iter().map(|(_, at)| *at).collect::<Vec<f64>>(), last);
    let late: BTreeMap<usize, bool> = times.iter().map(|(place, _)| *place).zip(late).collect();
    let mut placed = BTreeMap::new();
    for (stratum, places) in (0..).zip(subject.neighbourhoods(Indicator::Neighbours.fewest()).values()) {
        for place in places {
            if let Some(is_late) = late.get(place) {
                placed.insert(subject.stations[*place].code.as_str(), (stratum, *is_late));
            }
        }
    }
    placed
}

/// The last tenth against the others of their strata.
fn permuted(stations: &[&Station], candidate: usize, placed: &BTreeMap<&str, (u64, bool)>) -> Measured {
    let of = |station: &&Station| {
        let (votes, valid) = station.share_of(candidate)?;
        let (stratum, is_late) = *placed.get(station.code.as_str())?;
        Some(Placed { stratum, is_late, votes, valid })
    };
    let known: Vec<Placed> = stations.iter().filter_map(of).collect();
    if known.len() < Indicator::Late.fewest() {
        return Measured::nothing(known.len() as u64);
    }
    let Some(shift) = within(&known, PERMUTATIONS, SEED) else { return Measured::nothing(0) };
    Measured {
        n: shift.late + shift.others,
        statistic: Cell::Real(shift.votes),
        expected: Cell::Real(0.0),
        effect: Cell::Share(shift.shift),
        p: Some(shift.p),
    }
}

fn reported(station: &Station, candidate: usize) -> Option<Reported> {
    let (votes, valid) = station.share_of(candidate)?;
    Some(Reported { time: station.reported?, votes, valid })
}

/// Shares of the leader in groups of stations by order, and those that the groups' areas have as a whole.
fn plot(subject: &Subject) -> Plot {
    let leader = subject.leader;
    let mut sums: BTreeMap<Option<usize>, (u64, u64)> = BTreeMap::new();
    let mut order: Vec<(f64, usize)> = Vec::new();
    for (place, station) in subject.stations.iter().enumerate() {
        let (Some(at), Some((votes, valid))) = (station.reported, station.share_of(leader)) else { continue };
        let sum = sums.entry(station.area).or_default();
        *sum = (sum.0 + votes, sum.1 + valid);
        order.push((at, place));
    }
    order.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
    let columns = ["order", "stations", "leader_share", "by_areas"];
    let mut figures = Figures::new("late-shares", &columns);
    for group in order.chunks(order.len().div_ceil(GROUPS).max(1)) {
        let (mut votes, mut valid, mut by_areas) = (0, 0, 0.0);
        for (_, place) in group {
            let station = &subject.stations[*place];
            let Some((its, all)) = station.share_of(leader) else { continue };
            let (of_area, whole) = sums[&station.area];
            votes += its;
            valid += all;
            by_areas += real(all) * real(of_area) / real(whole);
        }
        let middle = group.iter().map(|(at, _)| at).sum::<f64>() / real_count(group.len());
        figures.rows.push(vec![
            Cell::Share(middle),
            Cell::Whole(group.len() as u64),
            Cell::Share(real(votes) / real(valid)),
            Cell::Share(by_areas / real(valid)),
        ]);
    }
    let name = Cell::Text(subject.candidates[leader].clone());
    let mut series = vec![("leader_share", name)];
    if !subject.areas.is_empty() {
        series.push(("by_areas", Cell::Word("forensics.column.by_areas".into())));
    }
    Plot {
        title: Message::new("forensics.plot.late").with("who", subject.candidates[leader].as_str()),
        figures,
        draw: Draw::Lines {
            x: "order",
            series,
            axes: [
                Axis { word: "order", from: 0.0, to: 1.0, is_share: true },
                Axis { word: "share", from: 0.0, to: 1.0, is_share: true },
            ],
        },
    }
}
