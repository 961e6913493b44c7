//! The page of a station in a contest. On a phone the figures come first and the question whether the door says the same;
//! then who answers for them, what lies over them, and every version in the order of the log.

use crate::answers::attested;
use crate::finding::note;
use crate::frame::{Frame, crumbs};
use crate::reading::Reading;
use crate::sheet::{Overlay, Sheet};
use crate::versions::{Version, role, rulings};
use crate::{Page, address, audits, said};
use hakiki_core::register::Ballot;
use hakiki_core::view::{Finding, Status};
use hakiki_messages::{Message, number};
use maud::{Markup, html};

/// The page.
pub(crate) fn page(reading: Reading<'_>, contest: u16, station: u32, here: &str) -> Page {
    let it = reading.station(station);
    let shown = Shown::new(reading, contest, station);
    let main = html! {
        (crumbs(reading, contest, it.area, true))
        h1 { bdi { (it.name) } }
        p.under {
            bdi { (reading.contest(contest).title) }
            @if let Some(leading) = shown.leading() { " · " (leading.class()) }
            " · " span.code-of { (reading.t("portal.station.code")) " " (it.code) }
        }
        p.lede { (shown.sentence()) }
        (missing_reasons(reading, contest, station))
        (shown.sheets())
        (rulings(reading, contest, station))
        (loose_findings(reading, contest, station))
        (audits::note::of_station(reading, contest, station))
        (voters(reading, station))
        (other_contests(reading, contest, station))
        section {
            h2 { (reading.t("portal.station.checks")) }
            ul {
                @if !shown.versions.is_empty() {
                    li { (reading.t("portal.station.check_signed")) }
                    li { (reading.t("portal.station.check_enrolled")) }
                    li { (reading.t("page.station_in_log")) }
                }
                li { b { (reading.t("portal.station.check_not_done")) } }
            }
        }
        (said::others(reading, &it.code))
    };
    let record = shown.leading().map(|version| version.entry.id);
    Frame::new(&*it.name, here).checking(record).page(reading, &main)
}

/// A station's versions in the order of the log.
struct Shown<'a> {
    reading: Reading<'a>,
    contest: u16,
    station: u32,
    status: Status,
    versions: Vec<Version<'a>>,
}

impl<'a> Shown<'a> {
    fn new(reading: Reading<'a>, contest: u16, station: u32) -> Self {
        let size = reading.site.snapshot.head.size;
        let status = reading.view(contest).status(station);
        let entries = reading.ledger().entries();
        let indexes = reading.ledger().entries_of(contest, station).iter().copied();
        let indexes: Vec<u32> = indexes.filter(|index| entries[*index as usize].place < size).collect();
        let total = indexes.len();
        let versions =
            (1..).zip(indexes).map(|(number, index)| Version::new(reading, index, status, number, total));
        Self { reading, contest, station, status, versions: versions.collect() }
    }

    /// The version whose figures are the station's: the one that stands, or the only one.
    fn leading(&self) -> Option<&Version<'a>> {
        match self.status {
            Status::Standing(stands) => self.versions.iter().find(|version| version.index == stands),
            _ => self.versions.first().filter(|_| self.versions.len() == 1),
        }
    }

    /// What stands, in one sentence; how many versions there are, where it is not one.
    fn sentence(&self) -> Markup {
        let (reading, count) = (self.reading, self.versions.len());
        let state = match (self.status, self.leading()) {
            (Status::NotExpected, _) => reading.t("form.state.no_poll").to_owned(),
            (_, Some(leading)) => leading.state(),
            (_, None) => match self.versions.first() {
                Some(first) if self.status != Status::Missing => first.state(),
                _ => reading.t("form.state.missing").to_owned(),
            },
        };
        html! {
            @if count > 1 { (reading.m(&Message::new("page.versions").with("count", count))) " " }
            b { (state) }
        }
    }

    /// The leading version, what lies over it, the other versions.
    fn sheets(&self) -> Markup {
        let reading = self.reading;
        let leading = self.leading().map(|version| version.index);
        let ballot = reading.register().ballot(self.contest, self.station);
        let overlay = self.overlay(ballot);
        let first = self.leading().into_iter();
        let others = self.versions.iter().filter(|version| Some(version.index) != leading);
        html! {
            @for version in first { (version.show(&overlay, self.findings(version), Some(&door(reading)))) }
            @if leading.is_none() && !self.versions.is_empty() { (overlay.show()) (door(reading)) }
            @else { (overlay.show()) }
            @if self.versions.is_empty() && self.status != Status::NotExpected { (no_form(reading)) }
            @for version in others { (version.show(&overlay, self.findings(version), None)) }
        }
    }

    /// Every version, the leading one first, and every copy that an agent, party or observer put forward.
    fn overlay(&self, ballot: Option<&'a Ballot>) -> Overlay<'a> {
        let reading = self.reading;
        let leading = self.leading().map(|version| version.index);
        let mut sheets: Vec<Sheet> = Vec::new();
        let is_leading = |version: &&Version<'_>| Some(version.index) == leading;
        sheets.extend(self.versions.iter().filter(is_leading).map(|version| version.sheet(ballot)));
        let others = self.versions.iter().filter(|version| !is_leading(version));
        sheets.extend(others.map(|version| version.sheet(ballot)));
        for version in &self.versions {
            for said in attested(version) {
                let Some(figures) = said.figures.clone() else { continue };
                let who = role(reading, reading.ledger().roster().key(said.key));
                let name = reading.m(&Message::new("sheet.own_copy").with("who", who));
                sheets.push(Sheet { name, place: said.place, figures, version: None });
            }
        }
        Overlay { reading, ballot, sheets }
    }

    fn findings(&self, version: &Version<'_>) -> Vec<&'a Finding> {
        let findings = self.reading.site.snapshot.findings.at(self.contest, self.station);
        findings.filter(|finding| finding.entry == Some(version.index)).collect()
    }
}

/// The question that matters, and where somebody goes whose answer is no.
fn door(reading: Reading<'_>) -> Markup {
    html! {
        div.ask {
            p { b { (reading.t("portal.same_as_door")) } " " (reading.t("page.door_how")) }
            (tell(reading, "sheet.door.differs"))
        }
    }
}

fn no_form(reading: Reading<'_>) -> Markup {
    html! {
        div.ask {
            p { b { (reading.t("sheet.door.no_form")) } }
            (tell(reading, "sheet.door.show_it"))
        }
    }
}

/// To whom it is told: those whose keys the log knows. `what` says what to show them.
fn tell(reading: Reading<'_>, what: &str) -> Markup {
    let election = reading.ledger().election();
    let parties: Vec<&str> = election.parties.iter().map(|party| party.code.as_str()).collect();
    html! {
        p.small {
            (reading.t(what)) " " (reading.t("sheet.door.why_not_here"))
            @if !parties.is_empty() {
                " " (reading.m(&Message::new("sheet.door.parties").with("names", parties.join(", "))))
            }
            " " a href=(reading.href("log/")) { (reading.t("sheet.door.who")) }
        }
    }
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

/// Registered voters by the register, verified ones by the station's own records.
fn voters(reading: Reading<'_>, station: u32) -> Markup {
    let size = reading.site.snapshot.head.size;
    let turnouts = reading.ledger().turnouts_of(station).iter().filter(|turnout| turnout.place < size);
    let registered = reading.station(station).registered;
    let registered =
        registered.map_or_else(|| reading.t("portal.unknown").to_owned(), |count| number(u64::from(count)));
    html! {
        section {
            h2 { (reading.t("sheet.voters")) }
            p { (reading.m(&Message::new("page.registered_here").with("registered", registered))) }
            @for turnout in turnouts {
                @let key = if turnout.is_final { "page.verified_final" } else { "page.verified_so_far" };
                p { (reading.m(&Message::new(key).with("count", turnout.verified))) " " (reading.record_link(turnout.place)) }
            }
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
