//! The form as the paper has it: box by box in the order of Form 34A, digit by digit, findings at the box they concern, and
//! what other sheets say laid under the box that it differs from.

use crate::children::box_state;
use crate::finding::{note, note_saying, values};
use crate::reading::Reading;
use crate::sheet::{Overlay, Row};
use hakiki_core::codes::FindingCode;
use hakiki_core::kinds::BoxName;
use hakiki_core::ledger::Entry;
use hakiki_core::text::BoxValue;
use hakiki_core::view::Finding;
use hakiki_messages::Message;
use maud::{Markup, html};

/// Digits that a box of the paper has room for, if no figure needs more: a station has fewer than a thousand voters.
const DIGITS: usize = 3;

/// One paper to be shown.
pub(crate) struct Paper<'a> {
    pub reading: Reading<'a>,
    pub index: u32,
    pub entry: &'a Entry,
    pub overlay: &'a Overlay<'a>,
    /// The findings of this paper.
    pub findings: Vec<&'a Finding>,
}

impl Paper<'_> {
    /// The paper, with the findings at their boxes.
    pub fn show(&self) -> Markup {
        let reading = self.reading;
        let rows: Vec<Row> = self.overlay.rows().into_iter().filter(|row| self.has(*row)).collect();
        let differs = rows.iter().any(|row| !self.overlay.against(self.index, *row).is_empty());
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
                    tbody { @for row in &rows { (self.row(*row, &rows)) } }
                }
                @if differs { p.small { (reading.t("form.compare")) " " (reading.t("sheet.laid_under")) } }
            }
        }
    }

    /// What the findings say of the whole of it.
    pub fn of_whole(&self) -> Markup {
        let of_whole = self.findings.iter().filter(|finding| self.rows_of(finding).is_empty());
        html! { @for finding in of_whole { (note(self.reading, finding)) } }
    }

    /// Whether this paper shows a row: each candidate of the ballot, and every box that stands on it.
    fn has(&self, row: Row) -> bool {
        let on_ballot = |number: u32| {
            self.overlay.ballot.is_some_and(|ballot| ballot.candidates.iter().any(|one| one.number == number))
        };
        self.value(row).is_some()
            || matches!(row, Row::Votes(number) if on_ballot(number))
            || row == Row::Box(BoxName::Valid)
    }

    fn value(&self, row: Row) -> Option<BoxValue> {
        self.overlay.version(self.index)?.value(row)
    }

    fn row(&self, row: Row, rows: &[Row]) -> Markup {
        let reading = self.reading;
        let here: Vec<&Finding> =
            self.findings.iter().copied().filter(|finding| self.rows_of(finding).contains(&row)).collect();
        let told = here.iter().filter(|finding| self.is_told_at(finding, row, rows));
        let (against, width) = (self.overlay.against(self.index, row), self.width());
        let derived = matches!(row, Row::Box(name) if self.entry.is_derived(name));
        html! {
            tr.sum[row == Row::Box(BoxName::Valid)].doubted[!here.is_empty()] {
                td { @if let Row::Votes(number) = row { (number) } }
                th scope="row" {
                    (self.overlay.row_name(row))
                    @if derived { " " small { "(" (reading.t("form.derived")) ")" } }
                }
                td.n {
                    @for code in codes(&here) { span.code { (code) } " " }
                    (self.boxed(self.value(row), width, !against.is_empty()))
                }
            }
            @for sheet in against {
                tr.under-box { td colspan="3" { small { (sheet.name) } " " (self.boxed(sheet.value(row), width, false)) } }
            }
            @for finding in told {
                tr.at-box { td colspan="3" { (note_saying(reading, finding, &self.words_of(finding))) } }
            }
        }
    }

    /// The rows that a finding concerns; none if it is of the whole paper or of no box.
    fn rows_of(&self, finding: &Finding) -> Vec<Row> {
        if let Some(name) = finding.at_box {
            return vec![Row::Box(name)];
        }
        let rows = self.overlay.rows().into_iter();
        let number = |row: Row| self.value(row).and_then(BoxValue::number);
        let given = |name: &str| -> Option<u64> {
            finding.values.iter().find(|(of, _)| *of == name).and_then(|(_, value)| value.parse().ok())
        };
        let is_votes = |row: &Row| matches!(row, Row::Votes(_));
        match finding.code {
            FindingCode::W101 => rows
                .filter(is_votes)
                .filter(|row| self.value(*row).is_some_and(|value| value.number().is_none()))
                .collect(),
            FindingCode::F105 => rows.filter(|row| number(*row) > given("cap")).collect(),
            FindingCode::F203 => rows
                .filter(is_votes)
                .filter(|row| self.value(*row).is_none() || !self.is_on_ballot(*row))
                .filter(|row| self.has(*row))
                .collect(),
            FindingCode::W114 => rows.filter(is_votes).filter(|row| number(*row) == given("votes")).collect(),
            _ => Vec::new(),
        }
    }

    fn is_on_ballot(&self, row: Row) -> bool {
        let candidates = self.overlay.ballot.into_iter().flat_map(|ballot| &ballot.candidates);
        candidates.into_iter().any(|candidate| row == Row::Votes(candidate.number))
    }

    /// A finding that concerns several boxes is told at the first and marked at each, and so is a code that has no more to say.
    fn is_told_at(&self, finding: &Finding, row: Row, rows: &[Row]) -> bool {
        let first = |of: &Finding| {
            let concerned = self.rows_of(of);
            rows.iter().position(|one| concerned.contains(one))
        };
        let here = rows.iter().position(|one| *one == row);
        let is_first = first(finding) == here;
        let mut same = self.findings.iter().filter(|other| other.code == finding.code);
        let is_repeated = same.any(|other| first(other).is_some_and(|other| Some(other) < here));
        is_first && !(is_repeated && values(self.reading, finding).is_empty())
    }

    /// The numbers of a finding; for a single box without a number what the other figures of the form leave for it.
    fn words_of(&self, finding: &Finding) -> String {
        let value =
            |name: &str| finding.values.iter().find(|(of, _)| *of == name).map(|(_, value)| value.as_str());
        let number = |name: &str| value(name).and_then(|value| value.parse::<u64>().ok());
        let is_single = finding.code == FindingCode::W101 && number("boxes") == Some(1);
        let words = match (number("least"), number("most"), value("by")) {
            (Some(least), Some(most), Some("total")) if least == most => {
                Message::new("form.implied").with("value", least)
            }
            (Some(least), Some(most), _) => {
                Message::new("form.interval").with("least", least).with("most", most)
            }
            _ => return values(self.reading, finding),
        };
        if is_single { self.reading.m(&words) } else { values(self.reading, finding) }
    }

    fn width(&self) -> usize {
        let sheets = self.overlay.sheets.iter();
        let values = sheets.flat_map(|sheet| {
            let votes = sheet.figures.votes.iter().map(|(_, value)| *value);
            votes.chain(sheet.figures.boxes.iter().copied().flatten())
        });
        let digits = values.filter_map(BoxValue::number).map(|number| number.to_string().len());
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

/// The codes of some findings, each once.
fn codes(findings: &[&Finding]) -> Vec<FindingCode> {
    let mut codes: Vec<FindingCode> = findings.iter().map(|finding| finding.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}
