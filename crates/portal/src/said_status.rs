//! Where a claim stands, as the records of its log say: whether there is something to compare and how to do it, who tested it with
//! what result, and what courts held of it.
//!
//! Each is said with the name of who says it, and none is weighed: two testers may have found two things.

use crate::reading::Reading;
use crate::said_pieces::{attributed, blob, outside, time};
use hakiki_core::kinds::{BOX_NAMES, Claim, ClaimRuling, ClaimTest, Granularity, TestOutcome};
use hakiki_core::ledger::{ClaimEntry, OfClaimEntry};
use hakiki_messages::Message;
use maud::{Markup, html};
use std::collections::BTreeSet;

/// How far a claim can be compared with the log that it speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Testable {
    /// Row by row, for it names a table of stations.
    ByStation,
    /// Row by row, for it names a table of areas.
    ByArea,
    /// As a whole only: it names no table, or one of a single row.
    AsAWhole,
    /// Not at all: it names no table, and none of its boxes has a number.
    Not,
}

impl Testable {
    /// From the record and nothing else.
    pub fn of(claim: &Claim) -> Self {
        match (claim.table, claim.granularity) {
            (Some(_), Granularity::Station) => Self::ByStation,
            (Some(_), Granularity::Area) => Self::ByArea,
            (Some(_), Granularity::National) => Self::AsAWhole,
            (None, _) if has_a_number(claim) => Self::AsAWhole,
            (None, _) => Self::Not,
        }
    }

    /// The end of its words' keys.
    pub fn word(self) -> &'static str {
        match self {
            Self::ByStation => "by_station",
            Self::ByArea => "by_area",
            Self::AsAWhole => "as_a_whole",
            Self::Not => "not",
        }
    }
}

fn has_a_number(claim: &Claim) -> bool {
    let boxes = BOX_NAMES.into_iter().filter_map(|name| claim.figures.boxed(name));
    let votes = claim.figures.votes.iter().map(|(_, value)| *value);
    votes.chain(boxes).any(|value| value.number().is_some())
}

/// The tests of a claim that the head knows and nothing took the place of, in the order of the log.
pub(crate) fn tests<'a>(reading: Reading<'a>, claim: &ClaimEntry) -> Vec<&'a OfClaimEntry<ClaimTest>> {
    let all = reading.ledger().claim_tests().iter();
    all.filter(|test| test.said.claim == claim.id && stands(reading, test)).collect()
}

/// What courts held of a claim, the same way.
fn rulings<'a>(reading: Reading<'a>, claim: &ClaimEntry) -> Vec<&'a OfClaimEntry<ClaimRuling>> {
    let all = reading.ledger().claim_rulings().iter();
    all.filter(|ruling| ruling.said.claim == claim.id && stands(reading, ruling)).collect()
}

fn stands<T>(reading: Reading<'_>, entry: &OfClaimEntry<T>) -> bool {
    let size = reading.site.snapshot.head.size;
    entry.place < size && entry.replaced_at.is_none_or(|place| place >= size)
}

/// The status in a few words, for a list: a court's ruling before tests, tests before what could be tested.
pub(crate) fn short(reading: Reading<'_>, entry: &ClaimEntry) -> String {
    if let Some(ruling) = rulings(reading, entry).last() {
        let held = reading.t(&format!("said.held.{}", key_part(ruling.said.held.as_str())));
        return reading
            .m(&Message::new("said.status.ruled").with("court", &*ruling.said.court).with("held", held));
    }
    let tests = tests(reading, entry);
    let found: BTreeSet<TestOutcome> = tests.iter().map(|test| test.said.found).collect();
    match (found.first(), found.len()) {
        (Some(found), 1) => {
            let testers: BTreeSet<&str> = tests.iter().map(|test| &*test.said.tester).collect();
            let testers = testers.into_iter().collect::<Vec<_>>().join(", ");
            let word = Message::new(format!("said.status.tested.{}", key_part(found.as_str())));
            reading.m(&word.with("tester", testers))
        }
        (Some(_), count) => reading.m(&Message::new("said.status.tested_otherwise").with("count", count)),
        (None, _) => {
            reading.t(&format!("said.status.short.{}", Testable::of(&entry.claim).word())).to_owned()
        }
    }
}

/// A word of a record as the part of a key.
fn key_part(word: &str) -> String {
    word.replace('-', "_")
}

/// The status with what it means and how it is tested.
pub(crate) fn section(reading: Reading<'_>, entry: &ClaimEntry) -> Markup {
    let (claim, testable) = (&entry.claim, Testable::of(&entry.claim));
    let (tests, rulings) = (tests(reading, entry), rulings(reading, entry));
    html! {
        h2 #status { (reading.t("said.status.title")) }
        p.note { b {
            @if tests.is_empty() && rulings.is_empty() { (reading.t(&format!("said.status.{}", testable.word()))) }
            @else { (short(reading, entry)) }
        } }
        @for ruling in &rulings { (ruled(reading, ruling)) }
        @for test in &tests { (tested(reading, test)) }
        p { (reading.t(&format!("said.status.{}_means", testable.word()))) }
        @if testable != Testable::Not {
            p { (reading.t("said.compare_how")) }
            pre.command {
                @if claim.table.is_some() { "hakiki claim check TABLE --mapping MAPPING --log DIR --contest " (claim.contest) "\n" }
                "hakiki claim bounds --log DIR --contest " (claim.contest) " --candidate NUMBER --total TOTAL"
            }
        }
        p.small { (reading.t("said.status.not_here")) }
    }
}

fn tested(reading: Reading<'_>, entry: &OfClaimEntry<ClaimTest>) -> Markup {
    let test = &entry.said;
    let sentence = Message::new(format!("said.found.{}", key_part(test.found.as_str())));
    let sentence = sentence.with("tester", &*test.tester).with("size", test.head.size);
    html! {
        h3 { (reading.m(&sentence)) }
        dl.facts {
            dt { (reading.t("said.who")) } dd { (attributed(reading, entry.key, &test.tester)) }
            dt { (reading.t("said.against")) } dd { (test.head.size) " · " code { (test.head.root) } }
            dt { (reading.t("said.report")) } dd { (blob(reading, test.comparison.as_ref())) }
            dt { (reading.t("said.published")) } dd { (time(reading, test.published)) }
            dt { (reading.t("said.address")) } dd { (outside(reading, test.address.as_deref())) }
            dt { (reading.t("said.words")) } dd { (blob(reading, test.words.as_ref())) }
            dt { (reading.t("said.record")) } dd { (reading.record_link(entry.place)) }
        }
    }
}

fn ruled(reading: Reading<'_>, entry: &OfClaimEntry<ClaimRuling>) -> Markup {
    let ruling = &entry.said;
    let held = reading.t(&format!("said.held.{}", key_part(ruling.held.as_str())));
    let sentence = Message::new("said.ruled")
        .with("court", &*ruling.court)
        .with("case", &*ruling.case)
        .with("held", held);
    html! {
        h3 { (reading.m(&sentence)) }
        dl.facts {
            dt { (reading.t("said.who")) } dd { (attributed(reading, entry.key, &ruling.court)) }
            dt { (reading.t("said.decided")) } dd { (ruling.decided) }
            dt { (reading.t("said.ruling_text")) } dd { (blob(reading, Some(&ruling.text))) }
            dt { (reading.t("said.address")) } dd { (outside(reading, ruling.address.as_deref())) }
            dt { (reading.t("said.record")) } dd { (reading.record_link(entry.place)) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hakiki_core::kinds::Figures;
    use hakiki_core::text::BoxValue;
    use hakiki_note::sha256;

    #[test]
    fn a_status_follows_from_the_record_alone() {
        let claim = |table: bool, granularity, value| Claim {
            of: sha256(b"e"),
            claimant: "daraja".into(),
            contest: "president".into(),
            area: "MF".into(),
            granularity,
            figures: Figures { votes: vec![(1, value)], boxes: [None; 6] },
            table: table.then(|| sha256(b"t")),
            mapping: None,
            published: None,
            address: None,
            words: None,
            replaces: None,
        };
        let (number, blank) = (BoxValue::Number(7), BoxValue::Blank);
        for (made, expected) in [
            (claim(true, Granularity::Station, blank), Testable::ByStation),
            (claim(true, Granularity::Area, number), Testable::ByArea),
            (claim(true, Granularity::National, number), Testable::AsAWhole),
            (claim(false, Granularity::Station, number), Testable::AsAWhole),
            (claim(false, Granularity::Station, blank), Testable::Not),
        ] {
            assert_eq!(Testable::of(&made), expected);
        }
    }
}
