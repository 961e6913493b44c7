//! The pull sheet: the boxes that are fetched, by county and what lies below, with a square to tick and room for the seal.

use super::{Sheets, Wanted, code_of, no_codes, picture, top};
use crate::audits::names::Names;
use hakiki_messages::Message;
use maud::{Markup, html};

/// Draws named in a row; beyond them their number says enough.
const DRAWS_NAMED: usize = 6;

/// Stations below one area of the highest level, then by the area that holds them.
type Grouped<'a> = Vec<(Option<u32>, Vec<(u32, Vec<&'a Wanted>)>)>;

pub(super) fn sheet(sheets: &Sheets<'_>, names: Names<'_>) -> Markup {
    let count = sheets.wanted.len();
    html! {
        div.sheets.pull-sheet {
            (top(names, "pull"))
            p.sheet-small { (names.t("plan")) " " code { (names.entry.id) } }
            @if count == 0 { p { (names.t("sheet.nothing")) } }
            @else {
                p { (names.m(&Message::new("audits.sheet.boxes").with("count", count))) " " (names.t("sheet.pull_how")) }
                (no_codes(names))
                @for (outer, areas) in grouped(sheets) { (group(names, outer, &areas)) }
            }
        }
    }
}

/// In the order in which the stations stand, which is by area.
fn grouped<'a>(sheets: &'a Sheets<'_>) -> Grouped<'a> {
    let register = sheets.ledger.register();
    let mut groups: Grouped<'a> = Vec::new();
    for wanted in &sheets.wanted {
        let area = register.stations()[wanted.station as usize].area;
        let outer = register.path(area).filter(|one| register.areas()[*one as usize].parent.is_some()).last();
        if groups.last().is_none_or(|(last, _)| *last != outer) {
            groups.push((outer, Vec::new()));
        }
        let Some((_, areas)) = groups.last_mut() else { continue };
        match areas.last_mut() {
            Some((last, stations)) if *last == area => stations.push(wanted),
            _ => areas.push((area, vec![wanted])),
        }
    }
    groups
}

fn group(names: Names<'_>, outer: Option<u32>, areas: &[(u32, Vec<&Wanted>)]) -> Markup {
    let areas_of_register = names.ledger.register().areas();
    let it = &areas_of_register[outer.unwrap_or(names.entry.area) as usize];
    let count: usize = areas.iter().map(|(_, stations)| stations.len()).sum();
    html! {
        section.pull-area {
            h2 { (names.level(it.level)) " " bdi { (it.name) } " · " (names.m(&Message::new("audits.sheet.count").with("count", count))) }
            div.wide tabindex="0" {
                table {
                    thead { tr {
                        th scope="col" { (names.t("sheet.fetched")) }
                        th scope="col" { (names.t("sheet.station")) }
                        th scope="col" { (names.t("sheet.drawn")) }
                        th scope="col" { (names.t("sheet.seal")) }
                        th scope="col" { (names.t("sheet.by_whom")) }
                        th scope="col" { (names.t("sheet.page")) }
                    } }
                    @for (area, stations) in areas {
                        tbody {
                            @if Some(*area) != outer {
                                tr.pull-path { th colspan="6" scope="colgroup" { bdi { (names.path(*area, outer)) } } }
                            }
                            @for wanted in stations { (row(names, wanted)) }
                        }
                    }
                }
            }
        }
    }
}

fn row(names: Names<'_>, wanted: &Wanted) -> Markup {
    let it = names.station(wanted.station);
    html! {
        tr {
            td { span.tick {} }
            th scope="row" { bdi { (it.name) } br; code { (it.code) } }
            td { (drawn(names, &wanted.draws)) }
            td.fill {}
            td.fill {}
            td { @if let Some(code) = code_of(names, &it.code) { (picture(names, &code, &it.code)) } }
        }
    }
}

/// How often a station was drawn, and by which draws.
pub(super) fn drawn(names: Names<'_>, draws: &[u64]) -> Markup {
    let numbers: Vec<String> = draws.iter().take(DRAWS_NAMED).map(u64::to_string).collect();
    html! {
        @if draws.is_empty() { (names.t("sheet.not_drawn")) }
        @else {
            (names.m(&Message::new("audits.sheet.times").with("count", draws.len())))
            " (" (numbers.join(", ")) @if draws.len() > DRAWS_NAMED { " …" } ")"
        }
    }
}
