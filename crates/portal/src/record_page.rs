//! The page of a record: what it says line by line, its effect, who signed, its codes, its text letter for letter.

use crate::children::status_word;
use crate::frame::Frame;
use crate::reading::Reading;
use crate::record_lines::lines;
use crate::versions::{role, witnessed};
use crate::{Page, address, audits, doubts, said, slip};
use hakiki_core::Record;
use hakiki_core::ledger::Inadmissible;
use hakiki_core::roster::{EnrolledKey, Role, Scope};
use hakiki_messages::Message;
use maud::{Markup, html};

/// The page of the record at a place, if it is in the head and its bytes are here.
pub(crate) fn page(reading: Reading<'_>, place: u64, here: &str) -> Option<Page> {
    let size = reading.site.snapshot.head.size;
    let bytes = (place < size).then(|| reading.site.source.entry(place)).flatten()?;
    let record = Record::parse(&bytes).ok();
    let heading = reading.m(&Message::new("log.entry").with("place", place));
    let refused = reading.ledger().inadmissible().iter().find(|refused| refused.place == place);
    let main = html! {
        h1 { (heading) }
        @match &record {
            Some(record) => (about(reading, record, place)),
            None => p.lede { (reading.t("page.no_record")) },
        }
        (doubts::line(reading, place))
        (effect(reading, place, refused))
        @if let Some(record) = &record {
            (lines(reading, record))
            (signers(reading, record, place))
        }
        @if reading.ledger().entry_at(place).is_none() { (slip::section(reading, &bytes)) }
        h2 { (reading.t("log.record_text")) }
        pre.wide tabindex="0" { (String::from_utf8_lossy(&bytes)) }
        @if let Some(record) = &record { (said::others(reading, &record.id().to_string())) }
        nav.pager aria-label=(reading.t("page.pager_label")) {
            @if place > 0 { a rel="prev" href=(reading.href(&address::record(place - 1))) { (reading.t("portal.previous")) } }
            @if place + 1 < size { a rel="next" href=(reading.href(&address::record(place + 1))) { (reading.t("portal.next")) } }
        }
    };
    Some(Frame::new(heading, here).checking(record.as_ref().map(|record| *record.id())).page(reading, &main))
}

fn about(reading: Reading<'_>, record: &Record, place: u64) -> Markup {
    let kind = record.body().kind().name();
    let head = &reading.site.snapshot.head;
    let included = Message::new("page.included").with("place", place).with("size", head.size);
    let is_known = reading.ledger().place_of(record.id()) == Some(place);
    html! {
        p.lede {
            b { (reading.t(&format!("kind.{kind}.name"))) } ". " (reading.t(&format!("kind.{kind}.line")))
        }
        dl.facts {
            dt { (reading.t("log.record_id")) } dd { code { (record.id()) } }
            dt { (reading.t("portal.place")) } dd {
                (place) ". " (reading.m(&included)) " " (witnessed(reading, place))
            }
            dt { (reading.t("log.root")) } dd { code { (head.root) } }
            @if let Some(shown) = shown_at(reading, place) { dt { (reading.t("log.refers_to")) } dd { (shown) } }
            @if let Some(audit) = audits::note::of_record(reading, record) { dt { (reading.t("audits.audit")) } dd { (audit) } }
            (referred_by(reading, place))
            @if is_known {
                dt { (reading.t("portal.station.receipt")) }
                dd {
                    a href=(reading.to(&format!("receipt/{}", record.id()))) { (reading.t("log.download")) }
                    @if reading.ledger().entry_at(place).is_some() {
                        " · " a href=(reading.href(&slip::address(place))) { (reading.t("slip.door")) }
                    }
                }
            }
        }
    }
}

/// Admitted, held, or in the log although the rules refuse it.
fn effect(reading: Reading<'_>, place: u64, refused: Option<&Inadmissible>) -> Markup {
    let entry = reading.ledger().entry_at(place).map(|index| &reading.ledger().entries()[index as usize]);
    html! {
        section {
            h2 { (reading.t("log.effect")) }
            @match (refused, entry) {
                (Some(refused), _) => {
                    p.note {
                        b { (reading.t("record.effect.refused")) } " "
                        (reading.t("log.inadmissible")) ". "
                        span.code { (refused.code) } " " (reading.t(&format!("code.{}.title", refused.code))) ". "
                        (reading.t("code.F204.does_not_mean"))
                    }
                }
                (None, Some(entry)) if entry.held => {
                    p.note { b { (reading.t("record.effect.held")) } " " (reading.t("code.F207.means")) " " (reading.t("code.F207.does_not_mean")) }
                }
                (None, entry) => {
                    p { b { (reading.t("record.effect.admitted")) } " " (reading.t("record.effect.admitted_means")) }
                    @if let Some(entry) = entry {
                        @let status = reading.view(entry.contest).status(entry.station);
                        p { (reading.m(&Message::new("record.effect.station").with("state", status_word(reading, status)))) }
                    }
                }
            }
        }
    }
}

/// Images, attestations and rulings that name a form.
fn referred_by(reading: Reading<'_>, place: u64) -> Markup {
    let ledger = reading.ledger();
    let Some(index) = ledger.entry_at(place) else { return html! {} };
    let entry = &ledger.entries()[index as usize];
    let size = reading.site.snapshot.head.size;
    let mut places: Vec<u64> = ledger.images_of(index).iter().map(|image| image.place).collect();
    places.extend(ledger.attestations().get(&index).into_iter().flatten().map(|said| said.place));
    let rulings = ledger.rulings_on(entry.contest, entry.station).iter();
    places.extend(rulings.filter(|ruling| ruling.stands == Some(index)).map(|ruling| ruling.place));
    places.retain(|place| *place < size);
    places.sort_unstable();
    html! {
        @if !places.is_empty() {
            dt { (reading.t("log.referred_by")) }
            dd { @for (at, place) in places.iter().enumerate() { @if at > 0 { ", " } (reading.record_link(*place)) } }
        }
    }
}

/// Who signed: key, role, class, where it may sign, when it came and went.
fn signers(reading: Reading<'_>, record: &Record, place: u64) -> Markup {
    let roster = reading.ledger().roster();
    html! {
        section {
            h2 { (reading.t("log.signers")) }
            p.small { (reading.t("sheet.key_means")) }
            ul.answers {
                @for signer in record.signers() {
                    @match roster.by_name(signer.name.as_str()) {
                        Some(index) => (enrolled(reading, roster.key(index), place)),
                        None => li { span { code { (signer.name) } " · " (reading.t("record.not_enrolled")) } },
                    }
                }
            }
        }
    }
}

fn enrolled(reading: Reading<'_>, key: &EnrolledKey, place: u64) -> Markup {
    let size = reading.site.snapshot.head.size;
    let revoked = key.revoked_at.filter(|revoked| *revoked < size);
    html! {
        li.by-key {
            b { (reading.t("form.answers.key")) }
            span {
                (role(reading, key)) " · " (class(reading, key))
                @if let Some(scope) = scope(reading, key) { " · " (scope) }
                br;
                code { (key.name) } " · " (reading.t("record.enrolled_in")) " " (reading.record_link(key.enrolled_at))
                @if let Some(revoked) = revoked {
                    " · " (reading.t(if revoked < place { "record.revoked_before" } else { "form.answers.revoked" }))
                    " " (reading.record_link(revoked))
                }
            }
        }
    }
}

/// Of which class a signer is, by its role: who in the election it belongs to.
fn class(reading: Reading<'_>, key: &EnrolledKey) -> String {
    let word = match key.role {
        Role::Agent | Role::PartyRoot => "log.class_of.party",
        Role::Observer => "log.class_of.observers",
        Role::Registrar => "log.class_of.court",
        Role::Compiler | Role::Reader => "record.class_compilers",
        Role::Publisher | Role::PressDesk => "log.class_of.press",
        Role::Claimant => "record.class_claimants",
        Role::Host | Role::Log => "log.class_of.operator",
        Role::Organisation => {
            let class = reading.ledger().witness_policy().class_of(&key.name);
            return class
                .and_then(|class| reading.find(&format!("log.class_of.{class}")))
                .unwrap_or_else(|| reading.t("portal.unknown"))
                .to_owned();
        }
        Role::Kit
        | Role::Presiding
        | Role::Deputy
        | Role::Returning
        | Role::Second
        | Role::Commissioner
        | Role::Administrator
        | Role::Vendor
        | Role::Storekeeper
        | Role::Auditor
        | Role::Custodian => match reading.ledger().election().authority {
            Some(_) => "log.class_of.commission",
            None => "record.class_compilers",
        },
    };
    reading.t(word).to_owned()
}

fn scope(reading: Reading<'_>, key: &EnrolledKey) -> Option<Markup> {
    let contest = &reading.ledger().election().contests.first()?.code;
    match key.scope {
        Scope::Everywhere => None,
        Scope::Area(area) => {
            let it = reading.register().areas().get(area as usize)?;
            Some(reading.link(&address::area(contest, &it.code), &it.name))
        }
        Scope::Station(station) => {
            let it = reading.register().stations().get(station as usize)?;
            Some(reading.link(&address::station(contest, &it.code), &it.name))
        }
    }
}

/// The station page on which a form, intake or transcript is shown.
fn shown_at(reading: Reading<'_>, place: u64) -> Option<Markup> {
    let entry = &reading.ledger().entries()[reading.ledger().entry_at(place)? as usize];
    let station = reading.station(entry.station);
    let rest = address::station(&reading.contest(entry.contest).code, &station.code);
    Some(html! { (reading.link(&rest, &station.name)) " " span.code-of { (station.code) } })
}
