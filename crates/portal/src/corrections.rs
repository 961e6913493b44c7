//! The feed of corrections, with reasons: whatever changed a figure or a rule after it stood, as Atom (RFC 4287) and JSON Feed
//! 1.1. Newest first.

use crate::events::{Event, Happening};
use crate::reading::Reading;
use crate::timeline::{between, notice_words, ruling_decision};
use crate::{Page, address, air, finding};
use hakiki_core::codes::FindingCode;
use hakiki_core::ledger::ChangeEntry;
use hakiki_core::text::Time;
use hakiki_messages::Message;
use maud::html;
use serde_json::json;
use std::cmp::Reverse;

/// Most entries of a feed: readers poll it, and older ones stand in the timeline.
const ENTRIES: usize = 100;
/// Forms at one station whose figures differ.
const DIFFERENT_FORMS: FindingCode = FindingCode::F205;

pub(crate) const ATOM: &str = "application/atom+xml; charset=utf-8";
pub(crate) const JSON_FEED: &str = "application/feed+json; charset=utf-8";

/// One correction.
struct Correction {
    place: u64,
    kind: &'static str,
    title: String,
    reason: String,
}

fn corrections(reading: Reading<'_>) -> Vec<Correction> {
    let events = reading.site.snapshot.events.iter();
    let mut all: Vec<Correction> = events.filter_map(|event| of_event(reading, *event)).collect();
    all.extend(contested(reading));
    all.sort_by_key(|one| Reverse(one.place));
    all.truncate(ENTRIES);
    all
}

fn of_event(reading: Reading<'_>, event: Event) -> Option<Correction> {
    let ledger = reading.ledger();
    let place = event.place;
    let name = |kind: &str| reading.t(&format!("kind.{kind}.name")).to_owned();
    match event.what {
        Happening::Ruling { contest, station, index } => {
            let ruling = ledger.rulings_on(contest, station).get(index)?;
            let it = reading.station(station);
            let title =
                format!("{}: {} ({}), {}", name("ruling"), it.name, it.code, reading.contest(contest).title);
            Some(Correction { place, kind: "ruling", title, reason: ruling_decision(reading, ruling) })
        }
        Happening::Notice(index) => {
            let (_, notice) = ledger.notices().get(index)?;
            Some(Correction {
                place,
                kind: "notice",
                title: name("notice"),
                reason: plain(&notice_words(reading, notice).into_string()),
            })
        }
        Happening::Change(index) => {
            let (kind, reason) = match &ledger.changes().get(index)?.1 {
                ChangeEntry::Key { reason, .. } => ("key", reason),
                ChangeEntry::Amendment { reason, .. } => ("amend", reason),
            };
            let reason = reading.m(&Message::new("page.changes.reason").with("reason", reason.as_str()));
            Some(Correction { place, kind, title: name(kind), reason })
        }
        Happening::Declaration(index) => {
            let entry = ledger.declarations().get(index)?;
            let (area, contest) = (&reading.area(entry.area).name, &reading.contest(entry.contest).title);
            let title = format!("{}: {area}, {contest}", name("declaration"));
            let reason = if entry.dissents {
                reading.t("site.declarations.dissents").to_owned()
            } else {
                reading.m(&Message::new("site.declarations.over").with("size", entry.head.size))
            };
            Some(Correction { place, kind: "declaration", title, reason })
        }
        _ => None,
    }
}

/// A second form whose figures differ takes a station out of the sums.
fn contested(reading: Reading<'_>) -> impl Iterator<Item = Correction> + use<'_> {
    let findings = &reading.site.snapshot.findings;
    let found = findings.by_code.get(&DIFFERENT_FORMS).into_iter().flatten();
    found.filter_map(move |index| {
        let found = &findings.all[*index as usize];
        let it = reading.station(found.station?);
        let title = format!("{}: {} ({})", finding::title(reading, DIFFERENT_FORMS), it.name, it.code);
        let reason = reading.t(&format!("code.{DIFFERENT_FORMS}.means")).to_owned();
        Some(Correction { place: found.place, kind: "contested", title, reason })
    })
}

/// Text of words that were made as markup without tags.
fn plain(markup: &str) -> String {
    markup.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

/// When a record came: the earliest witnessed time by which it was in the log, else when the head was signed.
pub(crate) fn time_of(reading: Reading<'_>, place: u64) -> String {
    let witnessed = reading.ledger().witnessed_interval(place).1.and_then(|at| i64::try_from(at).ok());
    let at = witnessed.or(reading.site.snapshot.head.unix_seconds).unwrap_or(0);
    Time::new(at, reading.ledger().election().counting_from.offset_minutes).to_string()
}

fn id_of(reading: Reading<'_>, place: u64) -> String {
    format!("urn:hakiki:{}:{place}", reading.ledger().fingerprint())
}

/// The feed as Atom. Its links are relative to its own address.
pub(crate) fn atom(reading: Reading<'_>) -> Page {
    let all = corrections(reading);
    let title = format!("{} · {}", reading.t("site.corrections.title"), reading.ledger().election().title);
    let newest = all.first().map_or_else(|| time_of(reading, 0), |newest| time_of(reading, newest.place));
    let markup = html! {
        feed xmlns="http://www.w3.org/2005/Atom" xml:lang=(reading.language) {
            title { (title) }
            id { "urn:hakiki:" (reading.ledger().fingerprint()) ":corrections:" (reading.language) }
            updated { (newest) }
            author { name { (reading.ledger().election().log_key.name()) } }
            subtitle { (reading.t("site.corrections.intro")) }
            @for one in &all {
                entry {
                    title { (one.title) }
                    id { (id_of(reading, one.place)) }
                    updated { (time_of(reading, one.place)) }
                    link rel="alternate" type="text/html" href=(address::record(one.place)) {}
                    category term=(one.kind) {}
                    summary { (one.reason) " " (between(reading, one.place)) }
                }
            }
        }
    };
    let body = format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{}", markup.into_string());
    Page::file(ATOM, body.into_bytes())
}

/// The feed as JSON Feed.
pub(crate) fn feed(reading: Reading<'_>) -> Page {
    let items: Vec<_> = corrections(reading)
        .iter()
        .map(|one| {
            json!({
                "id": id_of(reading, one.place),
                "title": one.title,
                "content_text": one.reason,
                "date_published": time_of(reading, one.place),
                "tags": [one.kind],
                "_hakiki": { "place": one.place, "page": address::record(one.place), "witnessed": between(reading, one.place) },
            })
        })
        .collect();
    let value = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": format!("{} · {}", reading.t("site.corrections.title"), reading.ledger().election().title),
        "description": reading.t("site.corrections.intro"),
        "language": reading.language.tag(),
        "_hakiki": { "election": air::election_json(&reading.site), "head": air::head_json(&reading.site) },
        "items": items,
    });
    let mut page = Page::json(&value);
    page.content_type = JSON_FEED;
    page
}
