//! The tables of a comparison: areas as on the map, and the rows that are not identical.

use super::Sheet;
use hakiki_claims::by_area::ByArea;
use hakiki_claims::compare::{Both, Counts, RowCompared, Why};
use hakiki_claims::report::figure_word;
use hakiki_claims::{Column, Comparison, Verdict};
use hakiki_messages::{Message, number, signed, text};
use maud::{Markup, html};

/// Rows of a page that still opens on a phone; the CSV has all.
const ROWS_MAX: usize = 2_000;

/// The words for a count, in the order in which they are shown.
const COUNTS: [&str; 5] = ["identical", "different", "only_claim", "only_reference", "not_comparable"];

fn counts(counts: Counts) -> [u64; 5] {
    [counts.identical, counts.different, counts.only_claim, counts.only_reference, counts.not_comparable]
}

/// The label of a column in the page's language.
fn label(sheet: &Sheet<'_>, column: &Column) -> String {
    match column {
        Column::Candidate { name, .. } | Column::Other(name) => name.clone(),
        Column::Valid => sheet.t("valid").to_owned(),
        Column::Rejected => sheet.t("rejected").to_owned(),
        Column::Registered => sheet.t("registered").to_owned(),
    }
}

/// A row an area: how many of its rows are what, and by how much the sums differ where both sides have a number.
pub(super) fn areas(sheet: &Sheet<'_>, found: &ByArea) -> Markup {
    let outside: u64 = counts(found.outside).iter().sum();
    html! {
        div.wide tabindex="0" role="region" aria-label=(sheet.m(&Message::new("claims.sheet.by_level").with("level", found.level.clone()))) {
            table {
                thead {
                    tr {
                        th scope="col" { (found.level) }
                        @for word in COUNTS { th.n scope="col" { (sheet.t(word)) } }
                        @for pair in &sheet.comparison.pairs { th.n scope="col" { bdi { (label(sheet, &pair.column)) } ": " (sheet.t("less")) } }
                    }
                }
                tbody {
                    @for (code, area) in &found.areas {
                        tr {
                            th scope="row" { bdi { (code) } " " bdi { (area.name) } }
                            @for count in counts(area.counts) { td.n { (number(count)) } }
                            @for difference in &area.differences { td.n { (difference.map_or_else(|| "–".to_owned(), signed)) } }
                        }
                    }
                }
            }
        }
        p.small { (sheet.t("differences")) }
        @if outside > 0 { p.small { (sheet.m(&Message::new("claims.sheet.outside").with("count", outside))) } }
    }
}

/// The rows that are not identical, those that differ first.
pub(super) fn rows(sheet: &Sheet<'_>) -> Markup {
    let listed = not_identical(sheet.comparison);
    let beyond = listed.len().saturating_sub(ROWS_MAX);
    html! {
        @if !listed.is_empty() {
            section {
                h2 { (sheet.t("rows")) }
                div.wide tabindex="0" role="region" aria-label=(sheet.t("rows")) {
                    table {
                        thead { tr { @for word in ["place", "verdict", "figures"] { th scope="col" { (sheet.t(word)) } } } }
                        tbody { @for (code, row) in listed.iter().take(ROWS_MAX) { (one(sheet, code, row)) } }
                    }
                }
                @if beyond > 0 { p.small { (sheet.m(&Message::new("claims.sheet.beyond").with("count", beyond))) } }
            }
        }
    }
}

fn one(sheet: &Sheet<'_>, code: &str, row: &RowCompared) -> Markup {
    html! {
        tr {
            th scope="row" { bdi { (code) } " " bdi { (row.name) } @if let Some(line) = row.line { " " small { (sheet.m(&Message::new("claims.sheet.line").with("line", line.to_string()))) } } }
            td { (text(sheet.language, &format!("claims.verdict.{}", verdict_word(row.all)))) }
            td {
                @for (pair, both) in sheet.comparison.pairs.iter().zip(&row.figures).filter(|(_, both)| both.claim != both.reference) {
                    div { bdi { (label(sheet, &pair.column)) } ": " (figures(*both)) }
                }
            }
        }
    }
}

fn figures(both: Both) -> String {
    let shown = |figure| match figure_word(figure) {
        word if word.is_empty() => "–".to_owned(),
        word => word.parse().map_or(word, number),
    };
    let difference = both.difference().map(|difference| format!(" ({})", signed(difference)));
    format!("{} / {}{}", shown(both.claim), shown(both.reference), difference.unwrap_or_default())
}

/// The rows that are not identical in the order in which they are told: what differs, what only the claim has, what cannot be
/// compared, what the claim leaves out. A claim of two stations against a nation would else show nothing of its own. None where
/// no rows are compared.
pub fn not_identical(comparison: &Comparison) -> Vec<(&str, &RowCompared)> {
    let order = |verdict: Verdict| match verdict {
        Verdict::Different => 0,
        Verdict::OnlyClaim => 1,
        Verdict::NotComparable(_) => 2,
        Verdict::OnlyReference => 3,
        Verdict::Identical => 4,
    };
    let unlike =
        comparison.rows.iter().filter(|(_, row)| comparison.at.is_ok() && row.all != Verdict::Identical);
    let mut listed: Vec<_> = unlike.map(|(code, row)| (code.as_str(), row)).collect();
    listed.sort_by_key(|(_, row)| order(row.all));
    listed
}

/// The last part of a verdict's key in the messages.
pub fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Identical => "identical",
        Verdict::Different => "different",
        Verdict::OnlyClaim => "only_claim",
        Verdict::OnlyReference => "only_reference",
        Verdict::NotComparable(Why::Contested) => "contested",
        Verdict::NotComparable(Why::Disregarded) => "disregarded",
        Verdict::NotComparable(Why::NoNumber) => "no_number",
        Verdict::NotComparable(Why::NoBoxInCommon) => "no_box",
        Verdict::NotComparable(Why::Incomplete { .. }) => "incomplete",
    }
}
