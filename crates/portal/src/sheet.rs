//! Sheets laid over each other: the versions of a station's form and the copies that agents put forward, box by box.
//!
//! It compares and says where they differ. Which of them counts is said elsewhere, and which is right nowhere.

use crate::children::box_state;
use crate::finding::box_word;
use crate::reading::Reading;
use hakiki_core::kinds::{BoxName, Figures};
use hakiki_core::register::Ballot;
use hakiki_core::text::BoxValue;
use hakiki_messages::number;
use maud::{Markup, html};
use std::collections::BTreeSet;

/// The boxes below the candidates, in the order of Form 34A.
const BOXES: [BoxName; 6] = [
    BoxName::Valid,
    BoxName::Registered,
    BoxName::Rejected,
    BoxName::Objected,
    BoxName::Disputed,
    BoxName::ValidCounted,
];

/// A row of the paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Row {
    /// A candidate's, by number.
    Votes(u32),
    /// Another box.
    Box(BoxName),
}

/// The figures of one sheet.
pub(crate) struct Sheet {
    /// Whose: "version 2", "own copy of Agent, bridge".
    pub name: String,
    /// Place of its record.
    pub place: u64,
    /// The boxes.
    pub figures: Figures,
    /// The version that it is; none for a copy.
    pub version: Option<u32>,
}

impl Sheet {
    /// What a row says; none where the sheet has no such box.
    pub fn value(&self, row: Row) -> Option<BoxValue> {
        match row {
            Row::Box(name) => self.figures.boxed(name),
            Row::Votes(number) => {
                self.figures.votes.iter().find(|(of, _)| *of == number).map(|(_, value)| *value)
            }
        }
    }

    /// Whether two sheets say different things in a row. What an agent's copy does not state is no difference (F402).
    pub fn differs(&self, other: &Self, row: Row) -> bool {
        let (mine, theirs) = (self.value(row), other.value(row));
        let is_silent = |sheet: &Self, value: Option<BoxValue>| sheet.version.is_none() && value.is_none();
        mine != theirs && !is_silent(self, mine) && !is_silent(other, theirs)
    }
}

/// All sheets of a station in a contest; the first is the one that the others are laid on.
pub(crate) struct Overlay<'a> {
    pub reading: Reading<'a>,
    pub ballot: Option<&'a Ballot>,
    pub sheets: Vec<Sheet>,
}

impl Overlay<'_> {
    /// The rows of all sheets, in the order of the paper.
    pub fn rows(&self) -> Vec<Row> {
        let on_ballot = self.ballot.into_iter().flat_map(|ballot| &ballot.candidates);
        let mut rows: Vec<Row> = on_ballot.map(|candidate| Row::Votes(candidate.number)).collect();
        let written = self.sheets.iter().flat_map(|sheet| &sheet.figures.votes);
        let others: BTreeSet<Row> = written.map(|(number, _)| Row::Votes(*number)).collect();
        rows.extend(others.into_iter().filter(|row| !rows.contains(row)).collect::<Vec<_>>());
        let boxes = BOXES.into_iter().map(Row::Box);
        rows.extend(boxes.filter(|row| self.sheets.iter().any(|sheet| sheet.value(*row).is_some())));
        rows
    }

    /// The sheet of a version.
    pub fn version(&self, index: u32) -> Option<&Sheet> {
        self.sheets.iter().find(|sheet| sheet.version == Some(index))
    }

    /// The sheets that say another thing in a row than a version does.
    pub fn against(&self, index: u32, row: Row) -> Vec<&Sheet> {
        let Some(mine) = self.version(index) else { return Vec::new() };
        self.sheets.iter().filter(|sheet| mine.differs(sheet, row)).collect()
    }

    fn has_difference(&self, row: Row) -> bool {
        self.sheets.first().is_some_and(|first| self.sheets.iter().any(|sheet| first.differs(sheet, row)))
    }

    /// The name of a row.
    pub fn row_name(&self, row: Row) -> Markup {
        match row {
            Row::Box(name) => html! { (box_word(self.reading, name)) },
            Row::Votes(number) => {
                let candidates = self.ballot.into_iter().flat_map(|ballot| &ballot.candidates);
                let candidate = candidates.into_iter().find(|candidate| candidate.number == number);
                html! {
                    @if let Some(candidate) = candidate { bdi { (candidate.name) } }
                    @else { (self.reading.t("page.paper.off_ballot")) }
                }
            }
        }
    }

    /// What a sheet says in a row, in a word.
    pub fn said(&self, sheet: &Sheet, row: Row) -> String {
        match (sheet.value(row), sheet.version) {
            (Some(BoxValue::Number(value)), _) => number(u64::from(value)),
            (Some(other), _) => box_state(self.reading, other).to_owned(),
            (None, Some(_)) => self.reading.t("form.box_state.not_on_form").to_owned(),
            (None, None) => self.reading.t("sheet.not_on_copy").to_owned(),
        }
    }

    /// The sheets over each other: where they differ, in words and as a table. Nothing where there is one sheet.
    pub fn show(&self) -> Markup {
        let reading = self.reading;
        let different: Vec<Row> = self.rows().into_iter().filter(|row| self.has_difference(*row)).collect();
        html! {
            @if self.sheets.len() > 1 {
                section aria-labelledby="overlay" {
                    h2 #overlay { (reading.t("sheet.overlay.title")) }
                    @if different.is_empty() {
                        p { (reading.t("sheet.overlay.same")) }
                        ul { @for sheet in &self.sheets { li { (sheet.name) " · " (reading.record_link(sheet.place)) } } }
                    } @else {
                        p { (reading.t("sheet.overlay.means")) }
                        ul.differences {
                            @for row in &different {
                                li {
                                    b { (self.row_name(*row)) }
                                    @for (at, sheet) in self.sheets.iter().filter(|sheet| sheet.value(*row).is_some()).enumerate() {
                                        @if at > 0 { "; " } @else { ": " }
                                        (sheet.name) " " b { (self.said(sheet, *row)) }
                                    }
                                    "."
                                }
                            }
                        }
                        (self.table())
                    }
                }
            }
        }
    }

    fn table(&self) -> Markup {
        let reading = self.reading;
        html! {
            div.wide tabindex="0" {
                table.overlay {
                    caption { (reading.t("sheet.overlay.caption")) }
                    thead { tr {
                        th scope="col" { (reading.t("page.box")) }
                        @for sheet in &self.sheets {
                            th.n scope="col" { (sheet.name) " " small { (reading.record_link(sheet.place)) } }
                        }
                    } }
                    tbody {
                        @for row in self.rows() {
                            tr {
                                th scope="row" { (self.row_name(row)) }
                                @for sheet in &self.sheets { (self.cell(sheet, row)) }
                            }
                        }
                    }
                }
            }
        }
    }

    fn cell(&self, sheet: &Sheet, row: Row) -> Markup {
        let said = self.said(sheet, row);
        let is_base = self.sheets.first().is_some_and(|first| std::ptr::eq(first, sheet));
        let differs = if is_base {
            self.has_difference(row)
        } else {
            self.sheets.first().is_some_and(|first| first.differs(sheet, row))
        };
        html! {
            td.n {
                @if differs && is_base { span.differs { (said) } }
                @else if differs { span.unequal aria-hidden="true" { "≠ " } span.away { (self.reading.t("sheet.overlay.another")) " " } span.differs { (said) } }
                @else { (said) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(version: Option<u32>, votes: &[(u32, u32)]) -> Sheet {
        let votes = votes.iter().map(|(number, votes)| (*number, BoxValue::Number(*votes))).collect();
        Sheet { name: String::new(), place: 0, figures: Figures { votes, boxes: [None; 6] }, version }
    }

    #[test]
    fn what_a_copy_does_not_state_is_no_difference() {
        let form = sheet(Some(0), &[(1, 200), (2, 150)]);
        let copy = sheet(None, &[(1, 201)]);
        assert!(form.differs(&copy, Row::Votes(1)) && copy.differs(&form, Row::Votes(1)));
        assert!(!form.differs(&copy, Row::Votes(2)) && !copy.differs(&form, Row::Votes(2)));
        let second = sheet(Some(1), &[(1, 200)]);
        assert!(form.differs(&second, Row::Votes(2)), "a box that another version lacks is a difference");
        assert!(!form.differs(&second, Row::Box(BoxName::Valid)));
    }
}
