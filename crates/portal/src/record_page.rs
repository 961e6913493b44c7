//! The page of a record: its text letter for letter, who signed, where it stands.

use crate::frame::Frame;
use crate::reading::Reading;
use crate::versions::{key_line, witnessed};
use crate::{Page, address};
use hakiki_core::Record;
use hakiki_core::ledger::Inadmissible;
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
            Some(record) => (about(reading, record, place, refused)),
            None => p.lede { (reading.t("page.no_record")) },
        }
        @if let Some(refused) = refused {
            p.note { span.code { (refused.code) } " " (reading.t("log.inadmissible")) }
        }
        h2 { (reading.t("log.record_text")) }
        pre.wide tabindex="0" { (String::from_utf8_lossy(&bytes)) }
        nav.pager aria-label=(reading.t("page.pager_label")) {
            @if place > 0 { a rel="prev" href=(reading.href(&address::record(place - 1))) { (reading.t("portal.previous")) } }
            @if place + 1 < size { a rel="next" href=(reading.href(&address::record(place + 1))) { (reading.t("portal.next")) } }
        }
    };
    Some(Frame::new(heading, here).page(reading, &main))
}

fn about(reading: Reading<'_>, record: &Record, place: u64, refused: Option<&Inadmissible>) -> Markup {
    let kind = record.body().kind().name();
    let head = &reading.site.snapshot.head;
    let included = Message::new("page.included").with("place", place).with("size", head.size);
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
            @if refused.is_none() {
                dt { (reading.t("portal.station.receipt")) }
                dd { a href={ "/receipt/" (record.id()) } { (reading.t("log.download")) } }
            }
        }
        h2 { (reading.t("log.signers")) }
        ul.answers { @for signer in record.signers() { (signed_by(reading, signer.name.as_str())) } }
    }
}

fn signed_by(reading: Reading<'_>, name: &str) -> Markup {
    let roster = reading.ledger().roster();
    if let Some(index) = roster.by_name(name) {
        key_line(reading, roster.key(index), Vec::new(), &html! {})
    } else {
        html! { li { span { code { (name) } } } }
    }
}

/// The station page on which a form, intake or transcript is shown.
fn shown_at(reading: Reading<'_>, place: u64) -> Option<Markup> {
    let entry = &reading.ledger().entries()[reading.ledger().entry_at(place)? as usize];
    let station = reading.station(entry.station);
    let rest = address::station(&reading.contest(entry.contest).code, &station.code);
    let held = entry.held.then(|| reading.t("log.held"));
    Some(html! {
        (reading.link(&rest, &station.name)) " " span.code-of { (station.code) }
        @if let Some(held) = held { " · " (held) }
    })
}
