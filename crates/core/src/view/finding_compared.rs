//! What collations and declarations say, against the forms that they are about: F301–F304.
//!
//! Each is compared as of its own place or head, so each is counted from the stations of its own area alone.

use super::finding::Finding;
use super::status::{HeldPolls, Status};
use super::tally::AreaView;
use crate::codes::FindingCode as Code;
use crate::kinds::BoxName;
use crate::ledger::{CollationEntry, DeclarationEntry, Ledger};
use crate::text::BoxValue;
use std::collections::BTreeMap;

/// The findings of every collation and declaration before a place.
pub(super) fn compared_findings(ledger: &Ledger, as_of: u64, found: &mut Vec<Finding>) {
    let mut held = HeldPolls::default();
    for collation in ledger.collations().iter().filter(|collation| collation.place < as_of) {
        collation_findings(ledger, collation, &mut held, found);
    }
    for declaration in ledger.declarations().iter().filter(|d| d.place < as_of && !d.dissents) {
        declaration_findings(ledger, declaration, &mut held, found);
    }
}

fn collation_findings(
    ledger: &Ledger,
    collation: &CollationEntry,
    held: &mut HeldPolls,
    found: &mut Vec<Finding>,
) {
    let make = |code| Finding {
        contest: Some(collation.contest),
        area: Some(collation.area),
        ..Finding::of_place(code, collation.place)
    };
    let mut sums: Vec<u64> = Vec::new();
    let (mut valid, mut rejected) = (0, 0);
    for row in &collation.rows {
        sums.resize(sums.len().max(row.votes.len()), 0);
        for (sum, value) in sums.iter_mut().zip(&row.votes) {
            *sum += value.number().unwrap_or(0);
        }
        valid += row.valid.number().unwrap_or(0);
        rejected += row.rejected.number().unwrap_or(0);
        row_finding(ledger, row, &make, found);
    }
    let numbers = ledger.register().ballot_for_area(collation.contest, collation.area);
    let numbers: Vec<u32> =
        numbers.map(|b| b.candidates.iter().map(|c| c.number).collect()).unwrap_or_default();
    for (number, total) in &collation.votes {
        let sum = numbers.iter().position(|n| n == number).and_then(|at| sums.get(at)).copied().unwrap_or(0);
        if total.number().is_some_and(|total| total != sum) {
            found.push(make(Code::F302).with("candidate", number).with("total", total).with("sum", sum));
        }
    }
    for (name, total, sum) in [("valid", collation.valid, valid), ("rejected", collation.rejected, rejected)]
    {
        if let Some(total) = total.and_then(BoxValue::number)
            && total != sum
        {
            found.push(make(Code::F302).with("box", name).with("total", total).with("sum", sum));
        }
    }
    let rows = collation.rows.len() as u64;
    let (submitted, received) = (u64::from(collation.submitted), u64::from(collation.received));
    let held = held.at(ledger, collation.contest, collation.place);
    let expected =
        AreaView::new(ledger, collation.contest, collation.area, held, collation.place).tally.expected;
    if submitted != received || rows != received || rows != expected {
        let finding = make(Code::F303).with("submitted", submitted).with("received", received);
        found.push(finding.with("rows", rows).with("expected", expected));
    }
}

fn row_finding(
    ledger: &Ledger,
    row: &crate::ledger::CollationRow,
    make: &dyn Fn(Code) -> Finding,
    found: &mut Vec<Finding>,
) {
    let finding = || Finding { station: Some(row.station), ..make(Code::F301) };
    let Some(entry) = ledger.entry_of(&row.id).map(|index| &ledger.entries()[index as usize]) else {
        found.push(finding().with("form", row.id).with("what", "form-not-in-log"));
        return;
    };
    if entry.station != row.station {
        found.push(finding().with("form", row.id).with("what", "form-of-another-station"));
        return;
    }
    let votes = row.votes.iter().zip(&entry.votes).map(|(row, form)| (Some(*row), *form));
    let boxes = [(row.valid, BoxName::Valid), (row.rejected, BoxName::Rejected)];
    let boxes = boxes.into_iter().map(|(row, name)| (Some(row), entry.boxed(name)));
    // A paper without the box is a dash in the row.
    let differs = |(row, form): (Option<BoxValue>, Option<BoxValue>)| row != form.or(Some(BoxValue::Dash));
    let number = |value: Option<BoxValue>| value.map_or_else(|| "-".to_owned(), |value| value.to_string());
    for (row_value, form_value) in votes.chain(boxes).filter(|pair| differs(*pair)) {
        let (in_row, on_form) = (number(row_value), number(form_value));
        found.push(finding().with("form", row.id).with("row", in_row).with("on-form", on_form));
    }
}

fn declaration_findings(
    ledger: &Ledger,
    declaration: &DeclarationEntry,
    held: &mut HeldPolls,
    found: &mut Vec<Finding>,
) {
    let make = || Finding {
        contest: Some(declaration.contest),
        area: Some(declaration.area),
        ..Finding::of_place(Code::F304, declaration.place)
    };
    let (contest, as_of) = (declaration.contest, declaration.head.size);
    let view = AreaView::new(ledger, contest, declaration.area, held.at(ledger, contest, as_of), as_of);
    let ballot = ledger.register().ballot_for_area(declaration.contest, declaration.area);
    let numbers =
        ballot.map(|b| b.candidates.iter().map(|c| c.number).collect::<Vec<_>>()).unwrap_or_default();
    let ledger_votes: BTreeMap<u32, u64> =
        numbers.into_iter().zip(&view.tally.votes).map(|(number, sum)| (number, sum.total)).collect();
    for (number, declared) in &declaration.votes {
        let counted = ledger_votes.get(number).copied().unwrap_or(0);
        if declared.number() != Some(counted) {
            found.push(make().with("candidate", number).with("declared", declared).with("ledger", counted));
        }
    }
    for (name, declared) in [(BoxName::Valid, declaration.valid), (BoxName::Rejected, declaration.rejected)] {
        let counted = view.tally.boxes[name as usize].total;
        if let Some(declared) = declared
            && declared.number() != Some(counted)
        {
            found.push(make().with("box", name.as_str()).with("declared", declared).with("ledger", counted));
        }
    }
    let missing = view.stations.iter().filter(|(_, view)| view.status == Status::Missing);
    let missing: Vec<u32> = missing.map(|(station, _)| *station).collect();
    let mut declared = declaration.missing.clone();
    declared.sort_unstable();
    if missing != declared {
        found.push(make().with("missing-declared", declared.len()).with("missing", missing.len()));
    }
}
