//! Declarations of an area: the declaration's own figures beside the log's at the head that it names, and dissents.

use crate::reading::Reading;
use crate::snapshot::Declared;
use crate::{Site, address};
use hakiki_core::kinds::{BOX_NAMES, BoxName};
use hakiki_core::register::Ballot;
use hakiki_core::text::BoxValue;
use hakiki_messages::{Message, number};
use maud::{Markup, html};

fn of<'a>(site: &Site<'a>, contest: u16, area: u32) -> impl Iterator<Item = &'a Declared> {
    let declared = site.snapshot.declared.iter();
    declared.filter(move |declared| (declared.first.contest, declared.first.area) == (contest, area))
}

/// Whether a declaration for this area names a head, by as many as must.
pub(crate) fn is_declared(reading: Reading<'_>, contest: u16, area: u32) -> bool {
    is_declared_at(&reading.site, contest, area)
}

/// The same, for who reads in no language.
pub(crate) fn is_declared_at(site: &Site<'_>, contest: u16, area: u32) -> bool {
    of(site, contest, area).any(|declared| declared.complete)
}

/// The section; nothing where nothing was declared.
pub(crate) fn section(reading: Reading<'_>, contest: u16, area: u32, ballot: &Ballot) -> Markup {
    let size = reading.site.snapshot.head.size;
    let dissents = reading.ledger().declarations().iter().filter(|entry| {
        entry.dissents && entry.place < size && (entry.contest, entry.area) == (contest, area)
    });
    let dissents: Vec<_> = dissents.collect();
    let declared: Vec<_> = of(&reading.site, contest, area).collect();
    let key_name = |key| reading.ledger().roster().key(key).name.as_str().to_owned();
    html! {
        @if declared.is_empty() && dissents.is_empty() {
            section {
                h2 { (reading.t("portal.results.declaration")) }
                p { (reading.t("portal.results.no_declaration")) }
            }
        } @else {
            section {
                h2 { (reading.t("portal.results.declaration")) }
                @for declared in declared { (one(reading, declared, ballot)) }
                @for dissent in dissents {
                    p {
                        (reading.m(&Message::new("portal.results.dissent").with("name", key_name(dissent.key)))) " "
                        a href=(reading.href(&address::record(dissent.place))) { (reading.t("portal.records_behind")) }
                    }
                }
            }
        }
    }
}

fn one(reading: Reading<'_>, declared: &Declared, ballot: &Ballot) -> Markup {
    let first = &declared.first;
    let at =
        Message::new("portal.results.declared_at").with("place", first.place).with("size", first.head.size);
    html! {
        p {
            (reading.m(&at)) ". "
            @for (place, _) in &declared.by { (reading.record_link(*place)) " " }
        }
        (figures(reading, declared, ballot))
    }
}

/// The declaration's own figures beside the log's at the head that it names, and whether they differ.
pub(crate) fn figures(reading: Reading<'_>, declared: &Declared, ballot: &Ballot) -> Markup {
    let first = &declared.first;
    let mut rows: Vec<(String, Option<BoxValue>, u64)> = Vec::new();
    for (index, candidate) in ballot.candidates.iter().enumerate() {
        let said =
            first.votes.iter().find(|(number, _)| *number == candidate.number).map(|(_, value)| *value);
        rows.push((
            candidate.name.to_string(),
            said,
            declared.tally.votes.get(index).map_or(0, |sum| sum.total),
        ));
    }
    for name in BOX_NAMES {
        let said = match name {
            BoxName::Valid => first.valid,
            BoxName::Rejected => first.rejected,
            _ => None,
        };
        if said.is_some() {
            let word = crate::finding::box_word(reading, name).to_owned();
            rows.push((word, said, declared.tally.boxes[name as usize].total));
        }
    }
    let differs = rows.iter().any(|(_, said, log)| said.is_some_and(|said| said.number() != Some(*log)));
    html! {
        @if !declared.complete { p { (reading.t("page.not_enough_declare")) } }
        div.wide tabindex="0" {
            table {
                caption { (reading.t("page.declared_caption")) }
                thead { tr {
                    th scope="col" { (reading.t("portal.what")) }
                    th.n scope="col" { (reading.t("portal.declared")) }
                    th.n scope="col" { (reading.t("portal.in_the_log")) }
                    th.n scope="col" { (reading.t("site.difference")) }
                } }
                tbody {
                    @for (name, said, log) in &rows {
                        tr {
                            th scope="row" { bdi { (name) } }
                            td.n { @match said.map(BoxValue::number) {
                                Some(Some(votes)) => (number(votes)),
                                _ => "–",
                            } }
                            td.n { (number(*log)) }
                            td.n { (difference(said.and_then(BoxValue::number), *log)) }
                        }
                    }
                }
            }
        }
        p {
            @if differs { (reading.t("portal.results.declaration_differs")) }
            @else { (reading.t("portal.results.declaration_same")) }
        }
    }
}

/// By how much the declaration says more (`+`) or less (`−`) than the log; `0` where they agree.
fn difference(said: Option<u64>, log: u64) -> String {
    match said {
        None => "–".to_owned(),
        Some(said) if said > log => format!("+{}", number(said - log)),
        Some(said) if said < log => format!("−{}", number(log - said)),
        Some(_) => "0".to_owned(),
    }
}
