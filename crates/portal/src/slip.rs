//! A form as a slip of paper: what it says in a few lines, its place in the log, and its codes. Made to be printed.
//!
//! It repeats no proof: the receipt file does, and the codes carry the record itself.

use crate::frame::Frame;
use crate::qr::{Code, codes, domain};
use crate::reading::Reading;
use crate::sheet::{Overlay, Row};
use crate::versions::{Version, role, witnessed};
use crate::{Page, address};
use hakiki_core::Record;
use hakiki_messages::Message;
use maud::{Markup, html};

/// More codes than these are for who asks the command for them: on paper they would be a leaflet.
const CODES_SHOWN: usize = 2;

/// The address of the slip of the record at a place.
pub(crate) fn address(place: u64) -> String {
    format!("{}slip/", address::record(place))
}

/// The slip of the form at a place, if it is in the head and its bytes are here. Other records have their codes on their page.
pub(crate) fn page(reading: Reading<'_>, place: u64, here: &str) -> Option<Page> {
    let head = &reading.site.snapshot.head;
    let bytes = (place < head.size).then(|| reading.site.source.entry(place)).flatten()?;
    reading.ledger().entry_at(place)?;
    let record = Record::parse(&bytes).ok();
    let heading = reading.t("slip.title");
    let kind = record.as_ref().map(|record| record.body().kind().name());
    let main = html! {
        article.slip {
            h1 { (heading) }
            p.under { bdi { (reading.ledger().election().title) } }
            @if let Some(kind) = kind { p { b { (reading.t(&format!("kind.{kind}.name"))) } } }
            (figures(reading, place))
            @if let Some(record) = &record { (signers(reading, record)) }
            dl.facts {
                dt { (reading.t("portal.place")) } dd { (reading.record_link(place)) ". " (witnessed(reading, place)) }
                @if let Some(record) = &record { dt { (reading.t("log.record_id")) } dd { code { (record.id()) } } }
                dt { (reading.t("log.head")) } dd { (reading.t("log.size")) " " (head.size) ", " (reading.t("log.root")) " " code { (head.root) } }
                dt { (reading.t("log.fingerprint")) } dd { code { (reading.ledger().fingerprint()) } }
            }
            (section(reading, &bytes))
            p.small { (reading.t("slip.not_checked")) }
        }
    };
    Some(Frame::new(heading, here).page(reading, &main))
}

/// The codes of a record with what they open, for a page.
pub(crate) fn section(reading: Reading<'_>, note: &[u8]) -> Markup {
    let origin = reading.ledger().election().origin();
    let host = domain(origin);
    let codes = host.and_then(|host| codes(note, host));
    html! {
        section.codes {
            h2 { (reading.t("slip.codes")) }
            @match (host, codes) {
                (Some(_), Some(codes)) if codes.len() > CODES_SHOWN => p { (reading.m(&Message::new("slip.many").with("count", codes.len()))) }
                (Some(host), Some(codes)) => {
                    div.code-row { @for (at, code) in (1..).zip(&codes) { (figure(reading, code, host, at, codes.len())) } }
                    p { (reading.m(&Message::new("slip.opens").with("domain", host))) }
                    @if codes.len() > 1 { p { (reading.m(&Message::new("slip.several").with("count", codes.len()))) } }
                    p.small { (reading.t("slip.fragment")) }
                }
                _ => p { (reading.t("slip.too_long")) }
            }
        }
    }
}

fn figure(reading: Reading<'_>, code: &Code, host: &str, at: usize, total: usize) -> Markup {
    let label = Message::new("slip.code_of").with("number", at).with("total", total).with("domain", host);
    html! {
        figure.code-figure {
            img.qr src=(code.data_url()) width=(code.width()) height=(code.width()) alt=(reading.m(&label));
            figcaption { a href=(code.link()) { (host) } @if total > 1 { " · " (at) "/" (total) } }
        }
    }
}

/// The figures of a form, where the record is one.
fn figures(reading: Reading<'_>, place: u64) -> Markup {
    let Some(index) = reading.ledger().entry_at(place) else { return html! {} };
    let entry = &reading.ledger().entries()[index as usize];
    let it = reading.station(entry.station);
    let status = reading.view(entry.contest).status(entry.station);
    let version = Version::new(reading, index, status, 1, 1);
    let ballot = reading.register().ballot(entry.contest, entry.station);
    let overlay = Overlay { reading, ballot, sheets: vec![version.sheet(ballot)] };
    html! {
        p {
            (reading.link(&address::station(&reading.contest(entry.contest).code, &it.code), &it.name))
            " " span.code-of { (it.code) } " · " bdi { (reading.contest(entry.contest).title) }
        }
        table.slip-figures {
            caption { (reading.t("form.sentence")) }
            thead.away { tr { th scope="col" { (reading.t("page.box")) } th scope="col" { (reading.t("form.votes")) } } }
            tbody {
                @for row in overlay.rows() {
                    tr {
                        th scope="row" {
                            @if let Row::Votes(number) = row { (number) " " }
                            (overlay.row_name(row))
                        }
                        td.n { (overlay.said(&overlay.sheets[0], row)) }
                    }
                }
            }
        }
    }
}

fn signers(reading: Reading<'_>, record: &Record) -> Markup {
    let roster = reading.ledger().roster();
    html! {
        p {
            (reading.t("slip.signed_by")) " "
            @for (at, signer) in record.signers().iter().enumerate() {
                @if at > 0 { ", " }
                @if let Some(index) = roster.by_name(signer.name.as_str()) { (role(reading, roster.key(index))) " " }
                code { (signer.name) }
            }
            "."
        }
    }
}
