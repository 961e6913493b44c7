//! The page of a station in a contest: every version of its form, in the order of the log.

use crate::finding::note;
use crate::frame::{Frame, crumbs};
use crate::reading::Reading;
use crate::versions::{Version, rulings};
use crate::{Page, address};
use hakiki_core::view::status::counted;
use hakiki_core::view::{Finding, Selection, Status};
use hakiki_messages::{Message, number};
use maud::{Markup, html};

/// The page.
pub(crate) fn page(reading: Reading<'_>, contest: u16, station: u32, here: &str) -> Page {
    let it = reading.station(station);
    let size = reading.site.snapshot.head.size;
    let status = reading.view(contest).status(station);
    let entries: Vec<u32> = reading
        .ledger()
        .entries_of(contest, station)
        .iter()
        .copied()
        .filter(|index| reading.ledger().entries()[*index as usize].place < size)
        .collect();
    let total = entries.len();
    let versions =
        (1..).zip(entries).map(|(number, index)| Version::new(reading, index, status, number, total));
    let registered =
        it.registered.map_or_else(|| reading.t("portal.unknown").to_owned(), |n| number(u64::from(n)));
    let main = html! {
        (crumbs(reading, contest, it.area, true))
        h1 { bdi { (it.name) } }
        p.under { bdi { (reading.contest(contest).title) } " · " span.code-of { (reading.t("portal.station.code")) " " (it.code) } }
        p.lede {
            (sentence(reading, contest, station, status, total))
            " " (reading.m(&Message::new("page.registered_here").with("registered", registered)))
        }
        (missing_reasons(reading, contest, station))
        @for version in versions { (one(reading, &version)) }
        (rulings(reading, contest, station))
        (loose_findings(reading, contest, station))
        (turnouts(reading, station))
        (other_contests(reading, contest, station))
        section {
            h2 { (reading.t("portal.station.checks")) }
            ul {
                @if total > 0 {
                    li { (reading.t("portal.station.check_signed")) }
                    li { (reading.t("portal.station.check_enrolled")) }
                    li { (reading.t("page.station_in_log")) }
                }
                li { b { (reading.t("portal.station.check_not_done")) } }
            }
        }
    };
    Frame::new(&*it.name, here).page(reading, &main)
}

fn one(reading: Reading<'_>, version: &Version<'_>) -> Markup {
    let (contest, station) = (version.entry.contest, version.entry.station);
    let ballot = reading.register().ballot(contest, station);
    let size = reading.site.snapshot.head.size;
    let others = counted(reading.ledger(), contest, station, size, Selection::All);
    let others = others.filter(|(index, _)| *index != version.index).map(|(_, entry)| entry).collect();
    let findings = reading.site.snapshot.findings.at(contest, station);
    let findings = findings.filter(|finding| finding.entry == Some(version.index)).collect();
    version.show(ballot, others, findings)
}

/// What stands, in one sentence.
fn sentence(reading: Reading<'_>, contest: u16, station: u32, status: Status, total: usize) -> String {
    let size = reading.site.snapshot.head.size;
    let ruling = hakiki_core::view::status::ruling_in_force(reading.ledger(), contest, station, size);
    let state = match status {
        Status::NotExpected => reading.t("form.state.no_poll").to_owned(),
        Status::Missing => reading.t("form.state.missing").to_owned(),
        Status::Standing(_) if ruling.is_some() => reading.t("form.state.ruled").to_owned(),
        Status::Standing(_) => reading.t("form.state.standing").to_owned(),
        Status::Contested => reading.t("form.state.contested").to_owned(),
        Status::Disregarded { .. } => {
            let article = ruling.and_then(|ruling| ruling.article.clone()).unwrap_or_default();
            reading.m(&Message::new("form.state.disregarded").with("article", article))
        }
    };
    format!("{} {state}", reading.m(&Message::new("page.versions").with("count", total)))
}

fn missing_reasons(reading: Reading<'_>, contest: u16, station: u32) -> Markup {
    let reasons = reading.ledger().missing_reasons(contest, station).iter();
    let size = reading.site.snapshot.head.size;
    html! {
        @for (place, reason) in reasons.filter(|(place, _)| *place < size) {
            p {
                (reading.m(&Message::new("page.missing_reason").with("reason", reason.as_str()))) " "
                (reading.record_link(*place))
            }
        }
    }
}

/// Findings that concern the station and none of its papers alone.
fn loose_findings(reading: Reading<'_>, contest: u16, station: u32) -> Markup {
    let findings = reading.site.snapshot.findings.at(contest, station);
    let findings: Vec<&Finding> = findings.filter(|finding| finding.entry.is_none()).collect();
    html! {
        @if !findings.is_empty() {
            section {
                h2 { (reading.t("portal.findings_page.title")) }
                @for finding in findings { (note(reading, finding)) }
            }
        }
    }
}

fn turnouts(reading: Reading<'_>, station: u32) -> Markup {
    let size = reading.site.snapshot.head.size;
    let turnouts = reading.ledger().turnouts_of(station).iter().filter(|turnout| turnout.place < size);
    html! {
        @for turnout in turnouts {
            @let key = if turnout.is_final { "page.verified_final" } else { "page.verified_so_far" };
            p { (reading.m(&Message::new(key).with("count", turnout.verified))) " " (reading.record_link(turnout.place)) }
        }
    }
}

fn other_contests(reading: Reading<'_>, here: u16, station: u32) -> Markup {
    let contests = &reading.ledger().election().contests;
    html! {
        @if contests.len() > 1 {
            section {
                h2 { (reading.t("portal.station.other_contests")) }
                ul {
                    @for (_, contest) in (0u16..).zip(contests).filter(|(index, _)| *index != here) {
                        li { (reading.link(&address::station(&contest.code, &reading.station(station).code), &contest.title)) }
                    }
                }
            }
        }
    }
}
