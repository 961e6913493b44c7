//! What an area is made of: its child areas, or its stations, each with its partition and votes and a door to it.

use crate::address;
use crate::pager::{Pager, ROWS};
use crate::reading::Reading;
use hakiki_core::ledger::Class;
use hakiki_core::register::Ballot;
use hakiki_core::text::BoxValue;
use hakiki_core::view::{Status, Tally};
use hakiki_messages::number;
use maud::{Markup, html};

/// Columns of the partition, in their order.
pub(crate) const PARTITION: [&str; 5] = ["expected", "standing", "missing", "contested", "disregarded"];

/// The number of a partition word.
pub(crate) fn part(tally: &Tally, word: &str) -> u64 {
    match word {
        "expected" => tally.expected,
        "standing" => tally.standing,
        "missing" => tally.missing,
        "contested" => tally.contested,
        "received" => tally.received(),
        _ => tally.disregarded,
    }
}

/// The words of a status.
pub(crate) fn status_word(reading: Reading<'_>, status: Status) -> &'static str {
    reading.t(match status {
        Status::NotExpected => "page.status.not_expected",
        Status::Missing => "page.status.missing",
        Status::Standing(_) => "page.status.standing",
        Status::Contested => "page.status.contested",
        Status::Disregarded { .. } => "page.status.disregarded",
    })
}

/// Child areas, and stations that lie directly in the area.
pub(crate) fn parts(reading: Reading<'_>, contest: u16, area: u32, asked_page: Option<&str>) -> Markup {
    let register = reading.register();
    let (areas, stations) = (register.children(area), register.stations_of(area));
    html! {
        section #parts {
            @if !areas.is_empty() {
                h2 { (reading.t("portal.results.by_area")) }
                (areas_table(reading, contest, area, areas))
            }
            @if !stations.is_empty() {
                h2 { (reading.t("page.stations")) }
                (stations_table(reading, contest, area, stations, asked_page))
            }
        }
    }
}

fn candidate_heads(ballot: Option<&Ballot>) -> Markup {
    html! {
        @for candidate in ballot.into_iter().flat_map(|ballot| &ballot.candidates) {
            th.n scope="col" { bdi { (candidate.name) } }
        }
    }
}

fn areas_table(reading: Reading<'_>, contest: u16, area: u32, areas: &[u32]) -> Markup {
    let ballot = reading.ballot(contest, area);
    let code = &reading.contest(contest).code;
    html! {
        div.wide tabindex="0" {
            table {
                caption { (reading.t("page.areas_caption")) }
                thead { tr {
                    th scope="col" { (reading.t("portal.results.areas")) }
                    @for word in PARTITION { th.n scope="col" { (reading.t(&format!("portal.partition_word.{word}"))) } }
                    (candidate_heads(ballot))
                } }
                tbody {
                    @for child in areas {
                        @let it = reading.area(*child);
                        @let tally = reading.tally(contest, *child);
                        tr {
                            th scope="row" { (reading.link(&address::area(code, &it.code), &it.name)) " " small.code-of { (it.code) } }
                            @for word in PARTITION { td.n { (number(part(tally, word))) } }
                            @for index in 0..ballot.map_or(0, |ballot| ballot.candidates.len()) {
                                td.n { (votes(tally, index)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn votes(tally: &Tally, index: usize) -> String {
    tally.votes.get(index).and_then(|sum| sum.stated()).map_or_else(|| "–".to_owned(), number)
}

fn stations_table(
    reading: Reading<'_>,
    contest: u16,
    area: u32,
    stations: &[u32],
    asked_page: Option<&str>,
) -> Markup {
    let ballot = reading.ballot(contest, area);
    let candidates = ballot.map_or(0, |ballot| ballot.candidates.len());
    let code = &reading.contest(contest).code;
    let pager = Pager::new(asked_page, stations.len());
    html! {
        div.wide tabindex="0" {
            table {
                caption { (reading.t("page.stations_caption")) }
                thead { tr {
                    th scope="col" { (reading.t("portal.level.station")) }
                    th scope="col" { (reading.t("page.state")) }
                    (candidate_heads(ballot))
                } }
                tbody {
                    @for station in stations.iter().skip(pager.skip()).take(ROWS) {
                        @let it = reading.station(*station);
                        @let status = reading.view(contest).status(*station);
                        tr {
                            th scope="row" {
                                (reading.link(&address::station(code, &it.code), &it.name))
                                " " small.code-of { (it.code) }
                            }
                            td { (status_word(reading, status)) @if let Some(class) = class_word(reading, status) { ", " small { (class) } } }
                            @for index in 0..candidates { td.n { (written(reading, status, index)) } }
                        }
                    }
                }
            }
        }
        (pager.links(reading, &address::area(code, &reading.area(area).code)))
    }
}

/// How the form that stands came.
fn class_word(reading: Reading<'_>, status: Status) -> Option<&'static str> {
    let Status::Standing(entry) = status else { return None };
    Some(reading.t(match reading.ledger().entries()[entry as usize].class {
        Class::Kit => "form.class.kit",
        Class::Paper => "form.class.intake",
        Class::Transcribed { .. } => "form.class.transcript",
    }))
}

/// A candidate's box on the form that stands, as the paper says.
fn written(reading: Reading<'_>, status: Status, index: usize) -> String {
    let Status::Standing(entry) = status else { return "–".to_owned() };
    match reading.ledger().entries()[entry as usize].votes.get(index).copied().flatten() {
        Some(BoxValue::Number(votes)) => number(u64::from(votes)),
        Some(other) => box_state(reading, other).to_owned(),
        None => reading.t("form.box_state.not_on_form").to_owned(),
    }
}

/// A box without a number, in a word.
pub(crate) fn box_state(reading: Reading<'_>, value: BoxValue) -> &'static str {
    match value {
        BoxValue::Number(_) => "",
        BoxValue::Blank => reading.t("form.box_state.blank"),
        BoxValue::Dash => reading.t("form.box_state.dash"),
        BoxValue::Illegible => reading.t("form.box_state.illegible"),
    }
}
