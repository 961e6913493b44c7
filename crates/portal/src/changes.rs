//! What changed since the fingerprint: keys, custodians, quorums, rules, closed stations and candidates.

use crate::frame::Frame;
use crate::pager::{Pager, ROWS};
use crate::reading::Reading;
use crate::versions::role;
use crate::{Page, Site};
use hakiki_core::kinds::Change;
use hakiki_core::ledger::ChangeEntry;
use hakiki_core::roster::KeyIndex;
use hakiki_messages::Message;
use maud::{Markup, html};

/// The page.
pub(crate) fn page(reading: Reading<'_>, asked_page: Option<&str>, here: &str) -> Page {
    let heading = reading.t("page.changes.title");
    let rows = rows(reading);
    let pager = Pager::new(asked_page, rows.len());
    let main = html! {
        h1 { (heading) }
        p.lede { (reading.t("page.changes.intro")) " " (reading.m(&Message::new("portal.records").with("count", rows.len()))) "." }
        dl.facts { dt { (reading.t("log.fingerprint")) } dd { code { (reading.ledger().fingerprint()) } } }
        @if rows.is_empty() { p { (reading.t("page.changes.none")) } }
        @else {
            div.wide tabindex="0" {
                table {
                    caption { (heading) }
                    thead { tr {
                        th scope="col" { (reading.t("portal.place")) }
                        th scope="col" { (reading.t("portal.what")) }
                    } }
                    tbody {
                        @for (place, what) in rows.iter().skip(pager.skip()).take(ROWS) {
                            tr { td { (reading.record_link(*place)) } td { (what) } }
                        }
                    }
                }
            }
        }
        (pager.links(reading, "changes/"))
        p.small { (reading.t("code.V19.does_not_mean")) }
    };
    Frame::new(heading, here).page(reading, &main)
}

/// How many changes there are at the head.
pub(crate) fn count(site: &Site<'_>) -> usize {
    let size = site.snapshot.head.size;
    let register = site.ledger.register();
    let closed = register.stations().iter().filter_map(|station| Some(station.closed.as_ref()?.0));
    let candidates = register.ballots().iter().flat_map(|ballot| &ballot.candidates);
    let places = site.ledger.changes().iter().map(|(place, _)| *place);
    places.chain(closed).chain(candidates.filter_map(|one| one.closed)).filter(|place| *place < size).count()
}

fn rows(reading: Reading<'_>) -> Vec<(u64, Markup)> {
    let ledger = reading.ledger();
    let size = reading.site.snapshot.head.size;
    let mut rows: Vec<(u64, Markup)> = Vec::new();
    for (place, change) in ledger.changes() {
        rows.push((*place, change_words(reading, change)));
    }
    for station in ledger.register().stations() {
        if let Some((place, reason)) = &station.closed {
            let words = Message::new("page.changes.station_closed").with("code", &*station.code);
            rows.push((*place, html! { (reading.m(&words)) " " (reason) }));
        }
    }
    for candidate in ledger.register().ballots().iter().flat_map(|ballot| &ballot.candidates) {
        if let Some(place) = candidate.closed {
            let words = Message::new("page.changes.candidate_closed").with("name", &*candidate.name);
            rows.push((place, html! { (reading.m(&words)) }));
        }
    }
    rows.retain(|(place, _)| *place < size);
    rows.sort_by_key(|(place, _)| *place);
    rows
}

/// A change in words.
pub(crate) fn change_words(reading: Reading<'_>, change: &ChangeEntry) -> Markup {
    let key = |index: KeyIndex| {
        let key = reading.ledger().roster().key(index);
        html! { (role(reading, key)) " " code { (key.name) } }
    };
    match change {
        ChangeEntry::Key { old, new, reason, after_zero } => html! {
            @match (old, new) {
                (Some(old), Some(new)) => { (reading.t("page.changes.key_replaced")) " " (key(*old)) " → " (key(*new)) }
                (None, Some(new)) => { (reading.t("page.changes.key_enrolled")) " " (key(*new)) }
                (Some(old), None) => { (reading.t("page.changes.key_revoked")) " " (key(*old)) }
                (None, None) => {}
            }
            ". " (reading.m(&Message::new("page.changes.reason").with("reason", reason.as_str())))
            @if *after_zero { " " a.code href=(reading.href("findings/W116/")) { "W116" } " " (reading.t("page.changes.after_zero")) }
        },
        ChangeEntry::Amendment { changes, reason } => html! {
            @for change in changes { (amended(reading, change)) ". " }
            (reading.m(&Message::new("page.changes.reason").with("reason", reason.as_str())))
        },
    }
}

fn amended(reading: Reading<'_>, change: &Change) -> String {
    let named = |key: &str, name: &str| reading.m(&Message::new(key).with("name", name));
    match change {
        Change::CustodianOut(name) => named("page.changes.custodian_out", name.as_str()),
        Change::CustodianIn(name, ..) => named("page.changes.custodian_in", name.as_str()),
        Change::WitnessOut(name) => named("page.changes.witness_out", name.as_str()),
        Change::WitnessIn(key, _) => named("page.changes.witness_in", key.name().as_str()),
        Change::WitnessQuorum(count) => {
            reading.m(&Message::new("page.changes.witness_quorum").with("needed", *count))
        }
        Change::MirrorOut(name) => named("page.changes.mirror_out", name.as_str()),
        Change::MirrorIn(key, _) => named("page.changes.mirror_in", key.name().as_str()),
        Change::IntakeOut(name) => named("page.changes.intake_out", name.as_str()),
        Change::IntakeIn(key, _) => named("page.changes.intake_in", key.name().as_str()),
        Change::Quorum(kind, count) => {
            let words = Message::new("page.changes.quorum").with("kind", kind.as_str());
            reading.m(&words.with("needed", *count))
        }
        Change::Admits(kind) => named("page.changes.admits", kind),
        Change::Rules(version, _) => reading.m(&Message::new("page.changes.rules").with("version", *version)),
    }
}
