//! Tally sheets: a page a station, to be filled in by hand. What was reported does not stand on them.

use super::pull::drawn;
use super::{Sheets, Wanted, code_of, no_codes, picture, top};
use crate::audits::names::Names;
use maud::{Markup, html};
use std::fmt::Write as _;

/// Rows for signatures: two must sign, and those who look may.
const SIGNATURES: usize = 4;
/// From so many candidates on the rows are lower, so that a sheet stays a page.
const MANY_CANDIDATES: usize = 9;
/// What stands for something that is filled in.
const BLANK: &str = "______";

pub(super) fn sheets(sheets: &Sheets<'_>, names: Names<'_>) -> Markup {
    html! {
        div.sheets {
            @if sheets.wanted.is_empty() {
                (top(names, "tally"))
                p { (names.t("sheet.nothing")) }
            }
            @for wanted in &sheets.wanted { (sheet(names, wanted)) }
        }
    }
}

fn sheet(names: Names<'_>, wanted: &Wanted) -> Markup {
    let it = names.station(wanted.station);
    let candidates = names.candidates();
    html! {
        article.tally-sheet {
            (top(names, "tally_one"))
            div.sheet-head {
                div {
                    h2 { bdi { (it.name) } }
                    p { (names.t("sheet.code")) " " code { (it.code) } }
                    p { bdi { (names.path(it.area, None)) } }
                    p { (names.t("sheet.drawn")) ": " (drawn(names, &wanted.draws)) }
                    p.sheet-small { (names.t("plan")) " " code { (names.entry.id) } }
                }
                @if let Some(code) = code_of(names, &it.code) { (picture(names, &code, &it.code)) }
            }
            (no_codes(names))
            p { (names.t("sheet.tally_how")) }
            (before(names))
            table.tally class=[(candidates.len() >= MANY_CANDIDATES).then_some("many")] {
                thead { tr {
                    th scope="col" { (names.t("sheet.candidate")) }
                    th scope="col" { (names.t("sheet.strokes")) }
                    th scope="col" { (names.t("sheet.figure")) }
                } }
                tbody {
                    @for (number, name) in &candidates {
                        tr { th scope="row" { (number) " " bdi { (name) } } td.fill {} td.fill {} }
                    }
                    @for word in ["rejected", "total"] {
                        tr class=[(word == "total").then_some("sum")] { th scope="row" { (names.t(&format!("sheet.{word}"))) } td.fill {} td.fill {} }
                    }
                }
            }
            div.sheet-foot { (signatures(names)) (record(names, &it.code, &candidates)) }
        }
    }
}

/// What is written down before the box is opened, and after.
fn before(names: Names<'_>) -> Markup {
    html! {
        dl.blanks {
            @for word in ["seal", "opened", "ended"] {
                div { dt { (names.t(&format!("sheet.{word}"))) } dd.fill {} }
            }
        }
    }
}

fn signatures(names: Names<'_>) -> Markup {
    html! {
        div {
            p { b { (names.t("sheet.signed")) } }
            table.signatures {
                thead { tr {
                    th scope="col" { (names.t("sheet.name")) }
                    th scope="col" { (names.t("sheet.role")) }
                    th scope="col" { (names.t("sheet.signature")) }
                } }
                tbody { @for _ in 0..SIGNATURES { tr { td.fill {} td.fill {} td.fill {} } } }
            }
        }
    }
}

/// The record that follows from the sheet, with its blanks.
fn record(names: Names<'_>, code: &str, candidates: &[(u32, &str)]) -> Markup {
    let counting_from = names.ledger.election().counting_from.to_string();
    // Behind `2031-03-12T10:40:00` stands the zone of the election's own clock.
    let zone = counting_from.get(19..).unwrap_or_default();
    let mut lines = format!(
        "hakiki/audit-count@v1\nelection {}\nplan {}\nstation {code}\nat ____-__-__T__:__:__{zone}\n",
        names.ledger.fingerprint(),
        names.entry.id,
    );
    for (number, _) in candidates {
        // Writing to a String cannot fail.
        let _ = writeln!(lines, "votes {number} {BLANK}");
    }
    let _ = write!(lines, "rejected {BLANK}\nseal {BLANK}");
    html! {
        div {
            p { b { (names.t("sheet.record")) } " " (names.t("sheet.record_how")) }
            pre { (lines) }
        }
    }
}
