//! One version of a station's form: where it stands, its paper, who answers for it, its photographs, its place in the log.

use crate::address;
use crate::answers::answers;
use crate::doubts;
use crate::paper::Paper;
use crate::photographs::photographs;
use crate::reading::Reading;
use crate::sheet::{Overlay, Sheet};
use crate::slip;
use hakiki_core::Record;
use hakiki_core::kinds::{Body, Figures};
use hakiki_core::ledger::{Class, Entry};
use hakiki_core::register::Ballot;
use hakiki_core::roster::{EnrolledKey, Role};
use hakiki_core::text::Time;
use hakiki_core::view::status::ruling_in_force;
use hakiki_core::view::{Finding, Status};
use hakiki_messages::Message;
use maud::{Markup, html};

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

    /// The record, where its bytes are here.
    pub fn record(&self) -> Option<&Record> {
        self.record.as_ref()
    }

    /// Its boxes as a sheet to be laid over others.
    pub fn sheet(&self, ballot: Option<&Ballot>) -> Sheet {
        let name = self.reading.m(&Message::new("sheet.version").with("number", self.number));
        let figures = self.figures().cloned().unwrap_or_else(|| self.kept(ballot));
        Sheet { name, place: self.entry.place, figures, version: Some(self.index) }
    }

    /// The section. `beside` stands right below the paper of the leading version.
    pub fn show(&self, overlay: &Overlay<'_>, findings: Vec<&Finding>, beside: Option<&Markup>) -> Markup {
        let (reading, index, entry) = (self.reading, self.index, self.entry);
        let heading = Message::new("form.version").with("number", self.number).with("total", self.total);
        let at = format!("version-{}", self.number);
        let paper = Paper { reading, index, entry, overlay, findings };
        // What is true of the station is said above its versions.
        let says_state = beside.is_none() && (self.status != Status::Contested || entry.held);
        html! {
            section.version.alone[self.total == 1] aria-labelledby=(at) {
                h2 id=(at) .away[self.total == 1] { (reading.m(&heading)) }
                @if self.total > 1 { p { @if says_state { b { (self.state()) } " " } (self.class()) " · " (reading.record_link(entry.place)) } }
                (doubts::line(reading, entry.place))
                div.two {
                    div {
                        (paper.show())
                        @if let Some(beside) = beside { (beside) }
                        (paper.of_whole())
                    }
                    div {
                        (photographs(reading, index))
                        (answers(self))
                        (self.in_log())
                    }
                }
            }
        }
    }

    /// Where this version stands, and by what.
    pub fn state(&self) -> String {
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

    /// How it came.
    pub fn class(&self) -> &'static str {
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

    /// What the ledger keeps of the boxes, where the record's bytes are not here.
    fn kept(&self, ballot: Option<&Ballot>) -> Figures {
        let candidates = ballot.into_iter().flat_map(|ballot| &ballot.candidates);
        let votes = candidates.zip(&self.entry.votes);
        let votes = votes.filter_map(|(candidate, value)| Some((candidate.number, (*value)?)));
        Figures { votes: votes.collect(), boxes: self.entry.boxes }
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

    /// Its place in the log, and the ways to check it elsewhere.
    fn in_log(&self) -> Markup {
        let (reading, entry) = (self.reading, self.entry);
        let contest = &reading.contest(entry.contest).code;
        let station = &reading.station(entry.station).code;
        html! {
            h3 { (reading.t("portal.place")) }
            p { (reading.record_link(entry.place)) ". " (witnessed(reading, entry.place)) }
            (self.claimed_times())
            ul.doors {
                li { a href=(check_href(reading, contest, station)) { (reading.t("sheet.check")) } " " small { (reading.t("sheet.check_means")) } }
                li { a href=(reading.to(&format!("receipt/{}", entry.id))) { (reading.t("portal.station.receipt")) } " " small { (reading.t("sheet.receipt_means")) } }
                li { a href=(reading.href(&slip::address(entry.place))) { (reading.t("slip.door")) } " " small { (reading.t("slip.door_means")) } }
            }
        }
    }
}

/// The address of the checker that is told what to check. The fragment goes to no server.
fn check_href(reading: Reading<'_>, contest: &str, station: &str) -> String {
    let (contest, station) = (address::encoded(contest), address::encoded(station));
    format!("{}#from=.&contest={contest}&station={station}", reading.to("checker.html"))
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
