//! The fingerprint: stations by turnout and share, for the whole and for each area, with the numbers that describe it. No null hypothesis.

use super::figures::{Cell, Figures};
use super::section::{Asked, Axis, Draw, Measured, Plot, Section, State};
use super::subject::Subject;
use super::turnout::{TURNOUT, with_turnout};
use hakiki_audit::forensics::Indicator;
use hakiki_audit::forensics::fingerprint::{Fingerprint, Moments, correlation, log_vote_rates, points};
use hakiki_messages::Message;
use std::collections::BTreeMap;

/// Areas with a picture of their own: as many as a page can hold, those with most stations.
const FIELDS: usize = 48;
/// Percentage points of a cell in the pictures of areas.
const COARSE: usize = 4;

pub(super) fn section(subject: &Subject) -> Section {
    let indicator = Indicator::Fingerprint;
    let leader = subject.leader;
    if with_turnout(&subject.in_area(None), leader).is_empty() {
        return Section::without(indicator, State::Lacks("registered"));
    }
    let asked = [Asked {
        of: Cell::Text(subject.candidates[leader].clone()),
        what: Cell::None,
        measure: Box::new(move |stations| {
            let points = points(&with_turnout(stations, leader));
            let together = correlation(&points);
            Measured {
                n: points.len() as u64,
                statistic: Cell::real(together),
                expected: Cell::None,
                effect: Cell::real(together),
                p: None,
            }
        }),
    }];
    Section::asked(subject, indicator, indicator.fewest(), &asked)
        .with_plot(|| whole(subject))
        .with_plot_if(!subject.areas.is_empty(), || fields(subject))
        .with_table(|| described(subject))
}

/// Turnout across, share upwards.
const AXES: [Axis; 2] = [TURNOUT, Axis { word: "share", from: 0.0, to: 1.0, is_share: true }];

fn whole(subject: &Subject) -> Plot {
    let found = Fingerprint::of(&with_turnout(&subject.in_area(None), subject.leader));
    let mut figures = Figures::new("fingerprint-cells", &["turnout_class", "share_class", "stations"]);
    for (turnout, share, count) in found.filled() {
        figures.rows.push([turnout as u64, share as u64, count].map(Cell::Whole).into());
    }
    let title = Message::new("forensics.plot.fingerprint").with("count", found.stations);
    Plot {
        title: title.with("who", subject.candidates[subject.leader].as_str()),
        figures,
        draw: Draw::Heat {
            x: "turnout_class",
            y: "share_class",
            count: "stations",
            field: None,
            cell: 1,
            axes: AXES,
        },
    }
}

/// The same for the areas with most stations, in larger cells.
fn fields(subject: &Subject) -> Plot {
    let mut order: Vec<usize> = (0..subject.areas.len()).collect();
    order.sort_by_key(|area| (std::cmp::Reverse(subject.areas[*area].stations.len()), *area));
    order.truncate(FIELDS);
    order.sort_unstable();
    let columns = ["area", "turnout_class", "share_class", "stations"];
    let mut figures = Figures::new("fingerprint-areas", &columns);
    for area in order {
        let found = Fingerprint::of(&with_turnout(&subject.in_area(Some(area)), subject.leader));
        if found.stations < Indicator::Fingerprint.fewest() as u64 {
            continue;
        }
        let mut cells = BTreeMap::new();
        for (turnout, share, count) in found.filled() {
            *cells.entry((turnout / COARSE * COARSE, share / COARSE * COARSE)).or_insert(0) += count;
        }
        for ((turnout, share), count) in cells {
            let cells = [turnout as u64, share as u64, count].map(Cell::Whole);
            let name = Cell::Text(subject.areas[area].name.clone());
            figures.rows.push(std::iter::once(name).chain(cells).collect());
        }
    }
    Plot {
        title: Message::new("forensics.plot.fingerprint_areas"),
        figures,
        draw: Draw::Heat {
            x: "turnout_class",
            y: "share_class",
            count: "stations",
            field: Some("area"),
            cell: COARSE,
            axes: AXES,
        },
    }
}

/// Mean, scatter and shape of turnout, share and logarithmic vote rate.
fn described(subject: &Subject) -> Figures {
    let columns = ["what", "n", "mean", "deviation", "skewness", "kurtosis"];
    let mut figures = Figures::new("fingerprint-moments", &columns);
    let stations = with_turnout(&subject.in_area(None), subject.leader);
    let points = points(&stations);
    let side = |side: usize| points.iter().map(|point| point[side]).collect::<Vec<f64>>();
    for (what, numbers) in
        [("turnout", side(0)), ("share", side(1)), ("log_vote_rate", log_vote_rates(&stations))]
    {
        let Some(found) = Moments::of(&numbers) else { continue };
        let shape = [found.mean, found.deviation, found.skewness, found.kurtosis].map(Cell::Real);
        let opening = [Cell::Word(format!("forensics.word.{what}")), Cell::Whole(found.count as u64)];
        figures.rows.push(opening.into_iter().chain(shape).collect());
    }
    figures
}
