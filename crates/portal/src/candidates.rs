//! The candidates of an area: integers large, shares small, the line of the rule as a picture, intervals and other sums.

use crate::frame::provisional;
use crate::reading::Reading;
use crate::share::{fraction, odd_sum, percent, scaled, written};
use crate::snapshot::ContestSnapshot;
use hakiki_core::kinds::BoxName;
use hakiki_core::register::Ballot;
use hakiki_core::view::{BoxSum, Span, Tally};
use hakiki_messages::{Message, number};
use maud::{Markup, html};

/// Width of a bar's drawing.
const BAR_UNITS: u32 = 1000;

/// The forms' own sums differ; the difference is said and not mended.
fn votes_differ(sum: u64, valid: u64) -> Message {
    Message::new("page.votes_differ").with("sum", sum).with("valid", valid)
}

/// A candidate's votes for a share, and the valid votes of which it is one: both as the decision rule counts them. So a
/// box that cannot be read counts with the least that it can hold, which is all of what the form's written total leaves,
/// where it is the only one. The integers beside it are what was written and counted; by those a bar could end on one side of
/// the rule's line, and the rule's own table say that the candidate is on the other.
pub(crate) fn share_of(tally: &Tally, index: usize) -> (u64, u64) {
    (tally.spans.get(index).map_or(0, |span| span.least), tally.valid.least)
}

/// An area's figures, and whose.
#[derive(Clone, Copy)]
pub(crate) struct Figures<'a> {
    pub reading: Reading<'a>,
    pub contest: u16,
    pub area: u32,
    pub tally: &'a Tally,
    pub ballot: &'a Ballot,
    /// Whether a declaration names a head already.
    pub is_declared: bool,
}

impl Figures<'_> {
    fn sum(&self, index: usize) -> BoxSum {
        self.tally.votes.get(index).copied().unwrap_or_default()
    }

    /// A candidate's votes in words: an integer, or that the box is on none of the forms.
    pub fn votes(&self, index: usize) -> String {
        match self.sum(index).stated() {
            Some(votes) => number(votes),
            None if self.tally.standing == 0 => "–".to_owned(),
            None => self.reading.t("page.not_on_forms").to_owned(),
        }
    }

    fn valid(&self) -> u64 {
        self.tally.valid.least
    }

    /// The card with the bars.
    pub fn card(&self) -> Markup {
        let reading = self.reading;
        let candidates = 0..self.ballot.candidates.len();
        let sum: u64 = candidates.clone().map(|index| self.sum(index).total).sum();
        let parts: Vec<u64> = candidates.map(|index| share_of(self.tally, index).0).collect();
        let shares_are_whole = parts.iter().sum::<u64>() == self.valid();
        let odd = odd_sum(&parts, self.valid()).filter(|_| shares_are_whole);
        let is_more_than_written =
            parts.iter().enumerate().any(|(index, part)| *part > self.sum(index).total);
        let denominator = Message::new("page.shares_of").with("valid", self.valid());
        html! {
            section.card aria-labelledby="candidates" {
                h2 #candidates { (reading.t("portal.results.candidates")) }
                @if !self.is_declared { (provisional(reading)) }
                (self.bars(true))
                p.small {
                    (reading.m(&denominator)) " " (reading.t("portal.integers_counted")) " "
                    @if self.tally.boxes[BoxName::Valid as usize].unread > 0 { (reading.t("page.valid_stands_in")) " " }
                    @if is_more_than_written { (reading.t("page.shares_with_fixed")) " " }
                    @if sum != self.valid() { (reading.m(&votes_differ(sum, self.valid()))) " " }
                    @match odd {
                        Some(sum) => (reading.m(&Message::new("page.shares_odd").with("sum", written(sum)))),
                        None => (reading.t("portal.shares_sum")),
                    }
                }
                p.small { (self.classes()) " " (reading.t("page.doors")) }
                (self.intervals())
            }
        }
    }

    /// Each candidate with votes, share and a bar with the line of the rule. With `doors` the votes lead to the parts that they
    /// are made of, which are on the same page.
    pub fn bars(&self, doors: bool) -> Markup {
        let line = self.reading.contest(self.contest).spread.as_ref().map(|spread| spread.majority);
        html! {
            @if let Some(line) = line { (self.line_label(line)) }
            ol.bars {
                @for (index, candidate) in self.ballot.candidates.iter().enumerate() {
                    li {
                        p.who {
                            span { b { bdi { (candidate.name) } } " " small { (self.party(index)) } }
                            span.figure {
                                @if doors { a.votes href="#parts" { (self.votes(index)) } }
                                @else { span.votes { (self.votes(index)) } }
                                " " small { (self.percent(index)) }
                            }
                        }
                        (self.bar(index, line))
                    }
                }
            }
        }
    }

    fn percent(&self, index: usize) -> String {
        let (part, whole) = share_of(self.tally, index);
        percent(part, whole)
    }

    fn party(&self, index: usize) -> String {
        let party = self.ballot.candidates[index].party.as_deref();
        party.map_or_else(|| self.reading.t("portal.independent").to_owned(), str::to_owned)
    }

    fn line_label(&self, line: (u32, u32)) -> Markup {
        let words = if line == (1, 2) {
            Message::new("portal.results.half_line").with("valid", self.valid())
        } else {
            Message::new("page.line").with("share", fraction(line)).with("valid", self.valid())
        };
        html! { p.line-label { (self.reading.m(&words)) } }
    }

    /// The picture repeats the numbers beside it, so it is hidden from who listens.
    fn bar(&self, index: usize, line: Option<(u32, u32)>) -> Markup {
        let (part, whole) = share_of(self.tally, index);
        let length = scaled(part, whole, BAR_UNITS);
        let at = line.map(|(part, whole)| scaled(u64::from(part), u64::from(whole), BAR_UNITS));
        let view = format!("0 0 {BAR_UNITS} 20");
        html! {
            svg.bar viewBox=(view) preserveAspectRatio="none" width="100%" height="20" aria-hidden="true" {
                rect.ground x="0" y="5" width=(BAR_UNITS) height="10" {}
                rect.ink x="0" y="5" width=(length) height="10" {}
                @if let Some(at) = at { line x1=(at) y1="0" x2=(at) y2="20" {} }
            }
        }
    }

    fn classes(&self) -> String {
        let [kit, intake, transcript] = self.tally.by_class;
        let reading = self.reading;
        let sent = Message::new("portal.sent_how").with("kit", kit).with("intake", intake);
        let transcribed = Message::new("portal.transcribed").with("transcript", transcript);
        if transcript == 0 {
            format!("{}.", reading.m(&sent))
        } else {
            format!("{}, {}.", reading.m(&sent), reading.m(&transcribed))
        }
    }

    fn between(&self, span: Span) -> String {
        if span.is_point() {
            return number(span.least);
        }
        let words = Message::new("page.between").with("least", span.least).with("most", span.most);
        self.reading.m(&words)
    }

    /// What unreadable boxes could hold, and the contested stations between their versions.
    fn intervals(&self) -> Markup {
        let reading = self.reading;
        let unread = self.tally.spans.iter().any(|span| !span.is_point());
        let contested = self.tally.contested > 0;
        let at = |spans: &[Span], index: usize| self.between(spans.get(index).copied().unwrap_or_default());
        html! {
            @if unread || contested {
                div.wide tabindex="0" {
                    table {
                        caption { (reading.t("page.intervals")) }
                        thead { tr {
                            th scope="col" { (reading.t("form.candidate")) }
                            th.n scope="col" { (reading.t("page.as_it_stands")) }
                            @if unread { th.n scope="col" { (reading.t("page.with_unread")) } }
                            @if contested { th.n scope="col" { (reading.t("page.with_contested")) } }
                        } }
                        tbody {
                            @for (index, candidate) in self.ballot.candidates.iter().enumerate() {
                                tr {
                                    th scope="row" { bdi { (candidate.name) } }
                                    td.n { (self.votes(index)) }
                                    @if unread { td.n { (at(&self.tally.spans, index)) } }
                                    @if contested { td.n { (at(&self.tally.with_contested, index)) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// The same sums without the forms that a finding names, where there are any.
    pub fn other_sums(&self, snapshot: &ContestSnapshot) -> Markup {
        let reading = self.reading;
        let area = self.area as usize;
        let late = snapshot.without_late_keys.as_ref().and_then(|view| view.areas.get(area));
        let excess = snapshot.without_excess.as_ref().and_then(|view| view.areas.get(area));
        let late = late.filter(|tally| *tally != self.tally);
        let excess = excess.filter(|tally| *tally != self.tally);
        let columns: Vec<(&str, &Tally)> = [
            Some(("page.as_it_stands", self.tally)),
            late.map(|tally| ("portal.without_late_keys", tally)),
            excess.map(|tally| ("page.without_excess", tally)),
        ]
        .into_iter()
        .flatten()
        .collect();
        let at = |tally: &Tally, index: usize| tally.votes.get(index).map_or(0, |sum| sum.total);
        html! {
            @if columns.len() > 1 {
                section {
                    h2 { (reading.t("page.other_sums")) }
                    p { (reading.t("page.other_sums_means")) }
                    div.wide tabindex="0" {
                        table {
                            caption { (reading.t("portal.with_and_without")) }
                            thead { tr {
                                th scope="col" { (reading.t("form.candidate")) }
                                @for (key, _) in &columns { th.n scope="col" { (reading.t(key)) } }
                            } }
                            tbody {
                                @for (index, candidate) in self.ballot.candidates.iter().enumerate() {
                                    tr {
                                        th scope="row" { bdi { (candidate.name) } }
                                        @for (_, tally) in &columns { td.n { (number(at(tally, index))) } }
                                    }
                                }
                                tr {
                                    th scope="row" { (reading.t("portal.partition_word.standing")) }
                                    @for (_, tally) in &columns { td.n { (number(tally.standing)) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
