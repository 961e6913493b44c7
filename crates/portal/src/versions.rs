//! The versions of a station's form, in the order of the log: where each stands, who answers for it, its images.

use crate::address;
use crate::paper::Paper;
use crate::reading::Reading;
use hakiki_core::Record;
use hakiki_core::codes::FindingCode;
use hakiki_core::kinds::{Body, Figures, Ink, OnPaper, Says, Shows};
use hakiki_core::ledger::{Attestation, Class, Entry};
use hakiki_core::register::Ballot;
use hakiki_core::roster::{EnrolledKey, KeyIndex, Role};
use hakiki_core::text::{BoxValue, Time};
use hakiki_core::view::status::{has_late_key, ruling_in_force};
use hakiki_core::view::{Finding, Status};
use hakiki_messages::Message;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// One form, intake or transcript of a station.
pub(crate) struct Version<'a> {
    pub reading: Reading<'a>,
    pub index: u32,
    pub entry: &'a Entry,
    pub status: Status,
    /// Which of how many.
    pub number: usize,
    pub total: usize,
    /// The record's own words, where its bytes are here.
    record: Option<Record>,
}

impl<'a> Version<'a> {
    pub fn new(reading: Reading<'a>, index: u32, status: Status, number: usize, total: usize) -> Self {
        let entry = &reading.ledger().entries()[index as usize];
        let record = reading.site.source.entry(entry.place).and_then(|bytes| Record::parse(&bytes).ok());
        Self { reading, index, entry, status, number, total, record }
    }

    /// The section.
    pub fn show(&self, ballot: Option<&Ballot>, others: Vec<&Entry>, findings: Vec<&Finding>) -> Markup {
        let reading = self.reading;
        let off_ballot = self.off_ballot(ballot);
        let heading = Message::new("form.version").with("number", self.number).with("total", self.total);
        let at = format!("version-{}", self.number);
        html! {
            section.version aria-labelledby=(at) {
                h2 id=(at) { (reading.m(&heading)) }
                p { b { (self.state()) } " " (self.class()) " · " (reading.record_link(self.entry.place)) }
                div.two {
                    div {
                        @if let Some(ballot) = ballot {
                            (Paper { reading, entry: self.entry, ballot, off_ballot, others, findings }.show())
                        }
                        p.ask { b { (reading.t("portal.same_as_door")) } " " (reading.t("page.door_how")) }
                    }
                    div {
                        (self.answers())
                        (self.images())
                        (self.claimed_times())
                        p.small {
                            (self.witnessed()) " "
                            a href={ "/receipt/" (self.entry.id) } { (reading.t("portal.station.receipt")) }
                        }
                    }
                }
            }
        }
    }

    /// Where this version stands, and by what.
    fn state(&self) -> String {
        let reading = self.reading;
        let (contest, station, size) =
            (self.entry.contest, self.entry.station, reading.site.snapshot.head.size);
        let ruling = ruling_in_force(reading.ledger(), contest, station, size);
        let say = |key: &str| reading.t(key).to_owned();
        if self.status == Status::NotExpected {
            return say("form.state.no_poll");
        }
        match self.status {
            Status::Standing(stands) => {
                let standing = &reading.ledger().entries()[stands as usize];
                if stands == self.index && ruling.is_some() {
                    say("form.state.ruled")
                } else if self.entry.held && stands != self.index {
                    say("form.state.held")
                } else if stands == self.index || standing.same_boxes(self.entry) {
                    say("form.state.standing")
                } else {
                    reading.m(&Message::new("page.state_other_stands").with("place", standing.place))
                }
            }
            _ if self.entry.held => say("form.state.held"),
            Status::Contested => say("form.state.contested"),
            Status::Disregarded { .. } => {
                let article = ruling.and_then(|ruling| ruling.article.clone()).unwrap_or_default();
                reading.m(&Message::new("form.state.disregarded").with("article", article))
            }
            Status::Missing | Status::NotExpected => say("form.state.held"),
        }
    }

    fn class(&self) -> &'static str {
        self.reading.t(match self.entry.class {
            Class::Kit => "form.class.kit",
            Class::Paper => "form.class.intake",
            Class::Transcribed { .. } => "form.class.transcript",
        })
    }

    fn figures(&self) -> Option<&Figures> {
        match self.record.as_ref()?.body() {
            Body::Form(form) => Some(&form.figures),
            Body::Intake(intake) => Some(&intake.figures),
            Body::Transcript(transcript) => Some(&transcript.figures),
            _ => None,
        }
    }

    fn on_paper(&self) -> Option<&BTreeMap<String, OnPaper>> {
        match self.record.as_ref()?.body() {
            Body::Form(form) => Some(&form.on_paper),
            Body::Intake(intake) => Some(&intake.on_paper),
            _ => None,
        }
    }

    fn off_ballot(&self, ballot: Option<&Ballot>) -> Vec<(u32, BoxValue)> {
        let on_ballot = |number: u32| ballot.is_some_and(|b| b.candidates.iter().any(|c| c.number == number));
        let written = self.figures().into_iter().flat_map(|figures| figures.votes.iter().copied());
        written.filter(|(number, _)| !on_ballot(*number)).collect()
    }

    /// Times on the record are claims of the clock that they are named after.
    fn claimed_times(&self) -> Markup {
        let times: Vec<(&str, Time)> = match self.record.as_ref().map(Record::body) {
            Some(Body::Form(form)) => {
                vec![("page.claimed.closed", form.closed), ("page.claimed.sealed", form.sealed)]
            }
            Some(Body::Intake(intake)) => vec![("page.claimed.taken", intake.taken)],
            Some(Body::Transcript(transcript)) => {
                transcript.time.map(|at| ("page.claimed.read", at)).into_iter().collect()
            }
            _ => Vec::new(),
        };
        html! {
            @if !times.is_empty() {
                p.small {
                    @for (key, time) in times {
                        (self.reading.m(&Message::new(key).with("time", self.reading.clock(time)))) " "
                    }
                }
            }
        }
    }

    /// Who answers for it: a key and ink never look alike.
    fn answers(&self) -> Markup {
        let reading = self.reading;
        let roster = reading.ledger().roster();
        let attested = reading.ledger().attestations().get(&self.index).into_iter().flatten();
        let attested = attested.filter(|said| said.place < reading.site.snapshot.head.size);
        html! {
            h3 { (reading.t("form.answers.title")) }
            ul.answers {
                @for index in &self.entry.keys {
                    (key_line(reading, roster.key(*index), self.key_remarks(*index), &html! {}))
                }
                @for said in attested {
                    (key_line(reading, roster.key(said.key), vec![self.said(said)], &reading.record_link(said.place)))
                }
                @for (party, statement) in self.on_paper().into_iter().flatten() {
                    li.by-ink {
                        b { (reading.t("form.answers.ink")) }
                        span {
                            (reading.m(&Message::new("role.agent_of").with("party", party.as_str()))) ": "
                            (reading.t(ink_key(statement.ink)))
                            @if let Some(date) = statement.date { ", " (reading.day(date)) }
                            " " small { (reading.t("page.as_officer_states")) }
                        }
                    }
                }
            }
        }
    }

    fn key_remarks(&self, index: KeyIndex) -> Vec<String> {
        let ledger = self.reading.ledger();
        let key = ledger.roster().key(index);
        let zero = ledger.zero().unwrap_or(u64::MAX);
        let mut remarks = Vec::new();
        if has_late_key(ledger, self.entry) && key.enrolled_at > zero {
            remarks.push(self.reading.t("form.answers.late_key").to_owned());
        }
        if key.revoked_at.is_some_and(|place| place < self.reading.site.snapshot.head.size) {
            remarks.push(self.reading.t("form.answers.revoked").to_owned());
        }
        remarks
    }

    fn said(&self, said: &Attestation) -> String {
        let reading = self.reading;
        let findings = reading.site.snapshot.findings.at(self.entry.contest, self.entry.station);
        let mut findings = findings.filter(|finding| finding.place == said.place);
        let differs = findings.any(|finding| finding.code == FindingCode::F402);
        let key = match said.says {
            Says::OwnCopy if differs => "form.answers.own_copy_differs",
            Says::OwnCopy => "form.answers.own_copy_same",
            Says::Refused => "form.answers.refused",
            Says::Signed => "form.answers.signed",
            Says::Observation => "page.observation",
        };
        reading.t(key).to_owned()
    }

    fn images(&self) -> Markup {
        let reading = self.reading;
        let images = reading.ledger().images_of(self.index).iter();
        let images: Vec<_> = images.filter(|image| image.place < reading.site.snapshot.head.size).collect();
        html! {
            h3 { (reading.t("page.images")) }
            @if images.is_empty() { p { (reading.t("form.image.none")) } }
            @else {
                ul {
                    @for image in images {
                        @let shows = reading.t(match image.shows {
                            Shows::Original => "form.image.original",
                            Shows::AgentCopy => "form.image.agent_copy",
                            Shows::Door => "form.image.door",
                        });
                        li {
                            @if reading.site.source.has_blob(&image.page) {
                                a href={ "/blob/" (image.page) } { (shows) }
                            } @else {
                                (shows) " – " (reading.t("log.blob_not_here"))
                            }
                            " · " (reading.record_link(image.place))
                        }
                    }
                }
                p.small { (reading.t("form.image.not_checked")) " " (reading.t("form.image.sealed")) }
            }
        }
    }

    fn witnessed(&self) -> String {
        witnessed(self.reading, self.entry.place)
    }
}

/// Between which witnessed times a record came into the log.
pub(crate) fn witnessed(reading: Reading<'_>, place: u64) -> String {
    let (before, after) = reading.ledger().witnessed_interval(place);
    let at = |time: u64| reading.moment(i64::try_from(time).unwrap_or(i64::MAX / 2));
    let words = match (before, after) {
        (Some(before), Some(after)) => {
            Message::new("portal.station.between").with("earlier", at(before)).with("later", at(after))
        }
        (None, Some(after)) => Message::new("page.witnessed_by").with("later", at(after)),
        (Some(before), None) => Message::new("page.witnessed_after").with("earlier", at(before)),
        (None, None) => Message::new("portal.station.no_time"),
    };
    reading.m(&words)
}

/// A role in words, with the party of an agent.
pub(crate) fn role(reading: Reading<'_>, key: &EnrolledKey) -> String {
    match (key.role, &key.party) {
        (Role::Agent, Some(party)) => reading.m(&Message::new("role.agent_of").with("party", &**party)),
        _ => reading.t(&format!("role.{}", key.role.as_str())).to_owned(),
    }
}

/// Somebody who signed with an enrolled key.
pub(crate) fn key_line(
    reading: Reading<'_>,
    key: &EnrolledKey,
    remarks: Vec<String>,
    tail: &Markup,
) -> Markup {
    html! {
        li.by-key {
            b { (reading.t("form.answers.key")) }
            span {
                (role(reading, key))
                @for remark in remarks { ": " (remark) }
                " " code { (key.name) } " " (tail)
            }
        }
    }
}

fn ink_key(ink: Ink) -> &'static str {
    match ink {
        Ink::Absent => "form.answers.absent",
        Ink::Refused => "form.answers.refused",
        Ink::Signed => "form.answers.signed",
        Ink::Unstated => "form.answers.silent",
    }
}

/// The rulings on a station: each names the form that stands, or the article by which none does.
pub(crate) fn rulings(reading: Reading<'_>, contest: u16, station: u32) -> Markup {
    let rulings = reading.ledger().rulings_on(contest, station).iter();
    let rulings: Vec<_> = rulings.filter(|ruling| ruling.place < reading.site.snapshot.head.size).collect();
    html! {
        @if !rulings.is_empty() {
            section {
                h2 { (reading.t("page.rulings")) }
                ul {
                    @for ruling in rulings {
                        li {
                            @match ruling.stands {
                                Some(entry) => {
                                    @let place = reading.ledger().entries()[entry as usize].place;
                                    (reading.m(&Message::new("page.ruled_stands").with("place", place)))
                                }
                                None => {
                                    @let article = ruling.article.as_deref().unwrap_or("–");
                                    (reading.m(&Message::new("page.ruled_disregarded").with("article", article)))
                                }
                            }
                            " " a href=(reading.href(&address::record(ruling.place))) { (reading.t("kind.ruling.name")) }
                        }
                    }
                }
            }
        }
    }
}
