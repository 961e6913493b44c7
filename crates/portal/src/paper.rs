//! The form as the paper has it: box by box in the order of Form 34A, digit by digit, findings at the box they concern.

use crate::children::box_state;
use crate::finding::{box_word, note};
use crate::reading::Reading;
use hakiki_core::kinds::BoxName;
use hakiki_core::ledger::Entry;
use hakiki_core::register::Ballot;
use hakiki_core::text::BoxValue;
use hakiki_core::view::Finding;
use maud::{Markup, html};

/// Digits that a box of the paper has room for, if no figure needs more: a station has fewer than a thousand voters.
const DIGITS: usize = 3;
/// The counts box, in the order of Form 34A; *valid* stands below the candidates.
const COUNTS: [BoxName; 5] =
    [BoxName::Registered, BoxName::Rejected, BoxName::Objected, BoxName::Disputed, BoxName::ValidCounted];

/// One paper to be shown.
pub(crate) struct Paper<'a> {
    pub reading: Reading<'a>,
    pub entry: &'a Entry,
    pub ballot: &'a Ballot,
    /// Votes for numbers that are not on the ballot.
    pub off_ballot: Vec<(u32, BoxValue)>,
    /// Other papers of the station that count; boxes that differ are circled.
    pub others: Vec<&'a Entry>,
    /// The findings of this paper.
    pub findings: Vec<&'a Finding>,
}

impl Paper<'_> {
    /// The paper, then what the findings say of the whole of it.
    pub fn show(&self) -> Markup {
        let reading = self.reading;
        let width = self.width();
        let counts: Vec<BoxName> =
            COUNTS.into_iter().filter(|name| self.entry.boxed(*name).is_some()).collect();
        html! {
            div.paper {
                p.paper-head {
                    b { (reading.t("page.paper.title")) }
                    @if let Some(serial) = &self.entry.serial { span { (reading.t("form.serial")) " " bdi { (serial) } } }
                }
                table {
                    caption.away { (reading.t("form.sentence")) }
                    thead.away { tr {
                        th scope="col" { (reading.t("portal.code")) }
                        th scope="col" { (reading.t("form.candidate")) }
                        th scope="col" { (reading.t("form.votes")) }
                    } }
                    tbody {
                        @for (index, candidate) in self.ballot.candidates.iter().enumerate() {
                            @let value = self.entry.votes.get(index).copied().flatten();
                            @let differs = self.others.iter().any(|other| other.votes.get(index).copied().flatten() != value);
                            tr {
                                td { (candidate.number) }
                                th scope="row" { bdi { (candidate.name) } }
                                td.n { (self.boxed(value, width, differs)) }
                            }
                        }
                        @for (number, value) in &self.off_ballot {
                            tr {
                                td { (number) }
                                th scope="row" { (reading.t("page.paper.off_ballot")) }
                                td.n { (self.boxed(Some(*value), width, false)) }
                            }
                        }
                        tr.sum { (self.row(BoxName::Valid, width)) }
                        @for finding in self.at(BoxName::Valid) { tr.at-box { td colspan="3" { (note(reading, finding)) } } }
                        @for name in counts {
                            tr { (self.row(name, width)) }
                            @for finding in self.at(name) { tr.at-box { td colspan="3" { (note(reading, finding)) } } }
                        }
                    }
                }
                @if !self.others.is_empty() { p.small { (reading.t("form.compare")) } }
            }
            @for finding in self.findings.iter().filter(|finding| finding.at_box.is_none()) { (note(reading, finding)) }
        }
    }

    fn at(&self, name: BoxName) -> impl Iterator<Item = &Finding> {
        self.findings.iter().copied().filter(move |finding| finding.at_box == Some(name))
    }

    fn row(&self, name: BoxName, width: usize) -> Markup {
        let value = self.entry.boxed(name);
        let differs = self.others.iter().any(|other| other.boxed(name) != value);
        html! {
            td {}
            th scope="row" {
                (box_word(self.reading, name))
                @if self.entry.is_derived(name) { " " small { "(" (self.reading.t("form.derived")) ")" } }
            }
            td.n { (self.boxed(value, width, differs)) }
        }
    }

    fn width(&self) -> usize {
        let boxes = self.entry.boxes.iter().chain(self.entry.votes.iter()).flatten();
        let digits = boxes.filter_map(|value| value.number()).map(|number| number.to_string().len());
        digits.max().unwrap_or(0).max(DIGITS)
    }

    /// A box, digit by digit. Who listens hears the number or the word, not single digits.
    fn boxed(&self, value: Option<BoxValue>, width: usize, differs: bool) -> Markup {
        let Some(value) = value else {
            return html! { span.state { (self.reading.t("form.box_state.not_on_form")) } };
        };
        let word = box_state(self.reading, value);
        let (label, cells, kind) = match value {
            BoxValue::Number(number) => (number.to_string(), format!("{number:>width$}"), "digits"),
            BoxValue::Blank => (word.to_owned(), " ".repeat(width), "digits blank"),
            BoxValue::Dash => (word.to_owned(), "–".repeat(width), "digits"),
            BoxValue::Illegible => (word.to_owned(), "~".repeat(width), "digits illegible"),
        };
        html! {
            @if !word.is_empty() { span.state aria-hidden="true" { (word) } " " }
            span class={ (kind) @if differs { " differs" } } role="img" aria-label=(label) {
                @for cell in cells.chars() { i { @if cell != ' ' { (cell) } } }
            }
        }
    }
}
