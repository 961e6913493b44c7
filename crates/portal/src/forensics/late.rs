//! Shares by the order in which stations reported: raw shares in groups, never cumulated, beside what their areas alone would give.

use super::figures::{Cell, Figures};
use super::section::{Asked, Axis, Draw, Measured, Plot, Section, State};
use super::subject::{Clock, Station, Subject};
use hakiki_audit::forensics::Indicator;
use hakiki_audit::forensics::late::{Reported, line};
use hakiki_audit::numeric::{normal, real, real_count};
use hakiki_messages::Message;
use std::collections::BTreeMap;

/// Groups of equally many stations.
const GROUPS: usize = 40;

pub(super) fn section(subject: &Subject) -> Section {
    let indicator = Indicator::Late;
    if subject.clock == Clock::None {
        return Section::without(indicator, State::Lacks("order"));
    }
    let ask = |candidate: usize| Asked {
        of: Cell::Text(subject.candidates[candidate].clone()),
        what: Cell::None,
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
    let asked = subject.leading().map(ask);
    Section::asked(subject, indicator, indicator.fewest(), &asked).with_plot(|| plot(subject))
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
