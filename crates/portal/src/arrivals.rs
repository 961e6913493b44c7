//! When the forms came, by witnessed time: how many stations had a form in each witnessed head, as a picture and a table.
//!
//! Only heads that stand in the log with a time of their witnesses are steps; no clock of the operator or of a kit is used.

use crate::reading::Reading;
use crate::share::{percent, scaled};
use hakiki_core::ledger::Ledger;
use hakiki_core::register::Register;
use hakiki_core::view::{ContestView, Status};
use hakiki_messages::{Message, number};
use maud::{Markup, html};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Most steps of the picture, and rows of its table: a night of eight hours in quarters of an hour.
const STEPS: u64 = 32;
/// The drawing.
const WIDTH: u32 = 600;
const HEIGHT: u32 = 150;
/// What stands behind the last step, so that its height is seen.
const TAIL: u32 = 20;

/// A witnessed head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    /// Its witnessed time, in seconds since 1970.
    pub unix_seconds: u64,
    /// How many records it holds.
    pub size: u64,
}

/// When each station's first form came, in one contest.
#[derive(Debug)]
pub(crate) struct Arrivals {
    steps: Vec<Step>,
    /// Place of each station's first form that is not held; none where there is none.
    first: Vec<Option<u64>>,
    /// For areas that hold other areas: how many stations below those came newly with each step.
    below: BTreeMap<u32, Vec<u64>>,
}

/// The witnessed heads that are steps, spread evenly over the time between the first and the last.
pub(crate) fn steps(ledger: &Ledger, size: u64) -> Vec<Step> {
    let heads = ledger.heads().iter().filter(|head| head.place < size && head.head.size <= size);
    let timed =
        heads.filter_map(|head| Some(Step { unix_seconds: head.unix_seconds?, size: head.head.size }));
    let mut timed: Vec<Step> = timed.collect();
    timed.sort_by_key(|step| (step.unix_seconds, step.size));
    // A head of fewer records with a later time says nothing new about what had come.
    let mut largest = 0;
    timed.retain(|step| {
        let grows = step.size > largest;
        largest = largest.max(step.size);
        grows
    });
    let (Some(first), Some(last)) = (timed.first().copied(), timed.last().copied()) else { return timed };
    let span = last.unix_seconds - first.unix_seconds;
    let mut chosen: Vec<Step> = Vec::new();
    for mark in 0..STEPS {
        let until = first.unix_seconds + span * mark / (STEPS - 1);
        let newest = timed.partition_point(|step| step.unix_seconds <= until);
        let step = timed[newest.saturating_sub(1)];
        if chosen.last() != Some(&step) {
            chosen.push(step);
        }
    }
    chosen
}

impl Arrivals {
    pub(crate) fn new(ledger: &Ledger, contest: u16, view: &ContestView, size: u64, steps: &[Step]) -> Self {
        let register = ledger.register();
        let first_of = |station: u32| {
            if view.status(station) == Status::NotExpected {
                return None;
            }
            let entries = ledger.entries_of(contest, station).iter();
            let entries = entries.map(|index| &ledger.entries()[*index as usize]);
            entries.filter(|entry| !entry.held && entry.place < size).map(|entry| entry.place).min()
        };
        let count = u32::try_from(register.stations().len()).unwrap_or(u32::MAX);
        let first: Vec<Option<u64>> = (0..count).map(first_of).collect();
        let mut below: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
        for (station, place) in register.stations().iter().zip(&first) {
            let Some(step) = place.and_then(|place| step_of(steps, place)) else { continue };
            for area in register.path(station.area).skip(1) {
                below.entry(area).or_insert_with(|| vec![0; steps.len()])[step] += 1;
            }
        }
        Self { steps: steps.to_vec(), first, below }
    }

    /// The steps, each with how many of an area's stations had a form in it.
    fn of(&self, register: &Register, area: u32) -> Vec<(Step, u64)> {
        let mut new = self.below.get(&area).cloned().unwrap_or_else(|| vec![0; self.steps.len()]);
        for station in register.stations_of(area) {
            let place = self.first.get(*station as usize).copied().flatten();
            if let Some(step) = place.and_then(|place| step_of(&self.steps, place)) {
                new[step] += 1;
            }
        }
        let mut sum = 0;
        let cumulated = self.steps.iter().zip(new).map(|(step, new)| {
            sum += new;
            (*step, sum)
        });
        cumulated.collect()
    }
}

/// The first step that holds the record at a place.
fn step_of(steps: &[Step], place: u64) -> Option<usize> {
    let at = steps.partition_point(|step| step.size <= place);
    (at < steps.len()).then_some(at)
}

/// The section of an area's page.
pub(crate) fn section(reading: Reading<'_>, contest: u16, area: u32) -> Markup {
    let arrivals = &reading.site.snapshot.contests[usize::from(contest)].arrivals;
    let expected = reading.tally(contest, area).expected;
    let rows = arrivals.of(reading.register(), area);
    html! {
        section.card aria-labelledby="arrivals" {
            h2 #arrivals { (reading.t("portal.results.arrivals")) }
            @match (rows.first(), rows.last()) {
                (Some(first), Some(last)) => {
                    (picture(reading, &rows, first.0, *last, expected))
                    p.small { (reading.t("site.arrivals.how")) }
                    (table(reading, &rows, expected))
                }
                _ => p { (reading.t("site.arrivals.none")) },
            }
        }
    }
}

fn moment(reading: Reading<'_>, unix_seconds: u64) -> String {
    reading.moment(i64::try_from(unix_seconds).unwrap_or(i64::MAX))
}

fn picture(
    reading: Reading<'_>,
    rows: &[(Step, u64)],
    first: Step,
    last: (Step, u64),
    expected: u64,
) -> Markup {
    let span = last.0.unix_seconds - first.unix_seconds;
    let words = Message::new("site.arrivals.reached")
        .with("count", last.1)
        .with("expected", expected)
        .with("time", moment(reading, last.0.unix_seconds));
    let words = reading.m(&words);
    let at = |(step, count): &(Step, u64)| {
        let x =
            if span == 0 { 0 } else { scaled(step.unix_seconds - first.unix_seconds, span, WIDTH - TAIL) };
        (x, HEIGHT - scaled(*count, expected, HEIGHT))
    };
    let mut line = format!("M0 {HEIGHT}");
    for point in rows.iter().map(at) {
        let _ = write!(line, "H{}V{}", point.0, point.1);
    }
    let _ = write!(line, "H{WIDTH}");
    let ground = format!("{line}V{HEIGHT}Z");
    html! {
        svg.arrivals viewBox=(format!("0 -3 {WIDTH} {}", HEIGHT + 6)) preserveAspectRatio="none" width="100%" height="120" role="img" aria-label=(words) {
            path.ground d=(ground) {}
            path.line d=(line) {}
            line.dashed x1="0" y1="0" x2=(WIDTH) y2="0" {}
            line x1="0" y1=(HEIGHT) x2=(WIDTH) y2=(HEIGHT) {}
        }
        p.axis {
            span { (moment(reading, first.unix_seconds)) }
            span { (moment(reading, last.0.unix_seconds)) }
        }
        p { (words) }
    }
}

fn table(reading: Reading<'_>, rows: &[(Step, u64)], expected: u64) -> Markup {
    html! {
        details {
            summary { (reading.t("portal.as_table")) }
            div.wide tabindex="0" {
                table {
                    caption { (reading.t("site.arrivals.caption")) }
                    thead { tr {
                        th scope="col" { (reading.t("site.witnessed")) }
                        th.n scope="col" { (reading.t("site.arrivals.stations")) }
                        th.n scope="col" { (reading.m(&Message::new("site.of").with("count", expected))) }
                    } }
                    tbody {
                        @for (step, count) in rows {
                            tr {
                                th scope="row" { (moment(reading, step.unix_seconds)) }
                                td.n { (number(*count)) }
                                td.n { (percent(*count, expected)) }
                            }
                        }
                    }
                }
            }
        }
    }
}
