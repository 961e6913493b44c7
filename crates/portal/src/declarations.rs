//! The page of declarations: each with its head, its signers, those who dissent, and its own figures beside the log's.

use crate::declared;
use crate::frame::Frame;
use crate::pager::Pager;
use crate::reading::Reading;
use crate::snapshot::Declared;
use crate::timeline::between;
use crate::versions::role;
use crate::{Page, Site, address};
use hakiki_core::ledger::DeclarationEntry;
use hakiki_messages::{Message, number};
use maud::{Markup, html};

/// Declarations on one page: each is a table of its own.
const ON_A_PAGE: usize = 20;

/// How many pages there are at the head.
pub(crate) fn page_count(site: &Site<'_>) -> usize {
    site.snapshot.declared.len().div_ceil(ON_A_PAGE).max(1)
}

/// The page.
pub(crate) fn page(reading: Reading<'_>, asked_page: Option<&str>, here: &str) -> Page {
    let heading = reading.t("site.declarations.title");
    let all = &reading.site.snapshot.declared;
    let pager = Pager::by(ON_A_PAGE, asked_page, all.len());
    let size = reading.site.snapshot.head.size;
    let dissents =
        reading.ledger().declarations().iter().filter(|entry| entry.dissents && entry.place < size);
    let dissents: Vec<&DeclarationEntry> = dissents.collect();
    let main = html! {
        h1 { (heading) }
        p.lede { (reading.t("site.declarations.intro")) }
        @if all.is_empty() { p { (reading.t("portal.results.no_declaration")) } }
        @for declared in all.iter().skip(pager.skip()).take(ON_A_PAGE) { (one(reading, declared, &dissents)) }
        (apart(reading, &dissents))
        (pager.links(reading, "declarations/"))
    };
    Frame::new(heading, here).page(reading, &main)
}

fn one(reading: Reading<'_>, declared: &Declared, dissents: &[&DeclarationEntry]) -> Markup {
    let first = &declared.first;
    let (contest, area) = (reading.contest(first.contest), reading.area(first.area));
    let same = |entry: &&&DeclarationEntry| (entry.contest, entry.area) == (first.contest, first.area);
    html! {
        section.card {
            h2 { bdi { (contest.title) } " · " (reading.link(&address::area(&contest.code, &area.code), &area.name)) }
            dl.facts {
                dt { (reading.t("log.head")) } dd { (number(first.head.size)) " · " code { (first.head.root) } }
                dt { (reading.t("site.witnessed")) } dd { (between(reading, first.place)) }
                dt { (reading.t("log.signers")) }
                dd { ul.plain { @for (place, key) in &declared.by { li { (signer(reading, *place, *key)) } } } }
                dt { (reading.t("site.declarations.dissenters")) }
                dd {
                    @if dissents.iter().any(|entry| same(&entry)) {
                        ul.plain { @for entry in dissents.iter().filter(same) { li { (signer(reading, entry.place, entry.key)) } } }
                    } @else { (reading.t("portal.none")) }
                }
                @if !first.missing.is_empty() {
                    dt { (reading.t("portal.partition_word.missing")) }
                    dd { (reading.m(&Message::new("portal.stations").with("count", first.missing.len()))) }
                }
            }
            @if let Some(ballot) = reading.ballot(first.contest, first.area) { (declared::figures(reading, declared, ballot)) }
        }
    }
}

fn signer(reading: Reading<'_>, place: u64, key: hakiki_core::roster::KeyIndex) -> Markup {
    let key = reading.ledger().roster().key(key);
    html! { (role(reading, key)) " " code { (key.name) } " · " (reading.record_link(place)) }
}

/// Dissents where nothing was declared.
fn apart(reading: Reading<'_>, dissents: &[&DeclarationEntry]) -> Markup {
    let all = &reading.site.snapshot.declared;
    let is_apart = |entry: &DeclarationEntry| {
        !all.iter()
            .any(|declared| (declared.first.contest, declared.first.area) == (entry.contest, entry.area))
    };
    html! {
        @if dissents.iter().any(|entry| is_apart(entry)) {
            section {
                h2 { (reading.t("site.declarations.dissenters")) }
                ul { @for entry in dissents.iter().filter(|entry| is_apart(entry)) {
                    li { bdi { (reading.area(entry.area).name) } ": " (signer(reading, entry.place, entry.key)) }
                } }
            }
        }
    }
}
