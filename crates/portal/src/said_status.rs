//! What can be said of a claim's test from the log alone: whether there is something to compare, and how to do it.
//!
//! No record carries the result of a test or a court's ruling on a claim, so neither is ever said here.

use crate::reading::Reading;
use hakiki_core::kinds::{BOX_NAMES, Claim, Granularity};
use maud::{Markup, html};

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

/// The status in a few words, for a list.
pub(crate) fn short(reading: Reading<'_>, claim: &Claim) -> &'static str {
    reading.t(&format!("said.status.short.{}", Testable::of(claim).word()))
}

/// The status in a sentence.
fn line(reading: Reading<'_>, claim: &Claim) -> &'static str {
    reading.t(&format!("said.status.{}", Testable::of(claim).word()))
}

/// The status with what it means and how it is tested.
pub(crate) fn section(reading: Reading<'_>, claim: &Claim) -> Markup {
    let testable = Testable::of(claim);
    html! {
        h2 #status { (reading.t("said.status.title")) }
        p.note { b { (line(reading, claim)) } }
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
