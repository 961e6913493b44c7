//! What other records say of a form, and of the log: F204–F207, F301–F304, F402, F403, W106–W108, W110.

use super::finding::Finding;
use super::status::{Selection, Status, counted, ruling_in_force};
use super::tally::ContestView;
use crate::codes::FindingCode as Code;
use crate::kinds::{BoxName, Figures, Says};
use crate::ledger::{Class, CollationEntry, DeclarationEntry, Entry, Ledger};
use crate::text::BoxValue;
use std::collections::BTreeMap;

/// Clocks may differ by so much before W106.
const CLOCK_DIFFERENCE_SECONDS: i64 = 600;

/// What later or other records say of one form.
pub(super) fn later_findings(
    ledger: &Ledger,
    index: u32,
    entry: &Entry,
    as_of: u64,
    found: &mut Vec<Finding>,
) {
    if entry.held {
        found.push(Finding::of_entry(Code::F207, index, entry));
        return;
    }
    versions(ledger, index, entry, as_of, found);
    clock(ledger, index, entry, found);
    for said in ledger.attestations().get(&index).into_iter().flatten().filter(|said| said.place < as_of) {
        let differs = said.figures.as_ref().is_some_and(|own| differs(ledger, entry, own));
        let at_place = |code| Finding { place: said.place, ..Finding::of_entry(code, index, entry) };
        if differs {
            found.push(at_place(Code::F402));
        }
        if differs || said.says == Says::Refused {
            let party = ledger.roster().key(said.key).party.as_deref();
            if party.is_some_and(|party| signed_in_ink(ledger, entry, party)) {
                found.push(at_place(Code::F403));
            }
        }
    }
    let declared = ledger.declarations().iter().filter(|d| d.contest == entry.contest && !d.dissents);
    if declared.map(|d| d.place).min().is_some_and(|place| place < entry.place) {
        found.push(Finding::of_entry(Code::W108, index, entry));
    }
}

fn signed_in_ink(ledger: &Ledger, entry: &Entry, party: &str) -> bool {
    let Some(ballot) = ledger.register().ballot(entry.contest, entry.station) else { return false };
    let mut places = ballot.candidates.iter().take(64).enumerate();
    places.any(|(place, candidate)| {
        candidate.party.as_deref() == Some(party) && entry.ink_signed >> place & 1 == 1
    })
}

/// F205 on the form that first differs, W110 on one that repeats.
fn versions(ledger: &Ledger, index: u32, entry: &Entry, as_of: u64, found: &mut Vec<Finding>) {
    let earlier = counted(ledger, entry.contest, entry.station, as_of, Selection::All);
    let earlier: Vec<&Entry> =
        earlier.map(|(_, other)| other).take_while(|other| other.place < entry.place).collect();
    if earlier.is_empty() {
        return;
    }
    if earlier.iter().any(|other| other.same_boxes(entry)) {
        found.push(Finding::of_entry(Code::W110, index, entry));
    } else {
        let ruled = ruling_in_force(ledger, entry.contest, entry.station, as_of).is_some();
        let finding = Finding::of_entry(Code::F205, index, entry).with("versions", earlier.len() + 1);
        found.push(finding.with("ruled", if ruled { "yes" } else { "no" }));
    }
}

/// W106: the kit's clock says a time that the witnesses exclude.
fn clock(ledger: &Ledger, index: u32, entry: &Entry, found: &mut Vec<Finding>) {
    let (Some(sealed), Class::Kit) = (entry.sealed, entry.class) else { return };
    let as_seconds = |time: Option<u64>| time.and_then(|time| i64::try_from(time).ok());
    // Sealed after the head that the kit knew was witnessed; not later than the next witnessed head that holds it.
    let (_, not_after) = ledger.witnessed_interval(entry.place);
    let knew = ledger.heads().iter().filter(|head| head.head.size <= entry.seen_head);
    let not_before = as_seconds(knew.filter_map(|head| head.unix_seconds).max());
    let early = not_before.is_some_and(|time| sealed + CLOCK_DIFFERENCE_SECONDS < time);
    let late = as_seconds(not_after).is_some_and(|time| sealed > time + CLOCK_DIFFERENCE_SECONDS);
    if early || late {
        found.push(Finding::of_entry(Code::W106, index, entry));
    }
}

fn differs(ledger: &Ledger, entry: &Entry, own: &Figures) -> bool {
    let Some(ballot) = ledger.register().ballot(entry.contest, entry.station) else { return false };
    let other = |number: u32| own.votes.iter().find(|(n, _)| *n == number).map(|(_, value)| *value);
    let votes = ballot.candidates.iter().zip(&entry.votes);
    let mut votes = votes.filter_map(|(candidate, mine)| Some((*mine, other(candidate.number)?)));
    let boxes = entry.boxes.iter().zip(own.boxes);
    let mut boxes = boxes.filter_map(|(mine, theirs)| Some((*mine, theirs?)));
    votes.any(|(mine, theirs)| mine != Some(theirs)) || boxes.any(|(mine, theirs)| mine != Some(theirs))
}

/// What concerns the log, two stations, a station's ballots together, collations and declarations.
pub(super) fn log_findings(ledger: &Ledger, as_of: u64, found: &mut Vec<Finding>) {
    for refused in ledger.inadmissible().iter().filter(|refused| refused.place < as_of) {
        found.push(Finding::of_place(Code::F204, refused.place).with("code", refused.code));
    }
    let station = |index: u32| ledger.register().stations()[index as usize].code.to_string();
    for (place, serial, first, second) in ledger.serials_twice().iter().filter(|twice| twice.0 < as_of) {
        let finding = Finding { station: Some(*second), ..Finding::of_place(Code::F206, *place) };
        found.push(finding.with("what", "serial").with("serial", serial).with("first", station(*first)));
    }
    for (place, page, first, second) in ledger.pages_twice().iter().filter(|twice| twice.0 < as_of) {
        let finding = Finding { station: Some(*second), ..Finding::of_place(Code::F206, *place) };
        found.push(finding.with("what", "image").with("image", page).with("first", station(*first)));
    }
    across_ballots(ledger, as_of, found);
    for collation in ledger.collations().iter().filter(|collation| collation.place < as_of) {
        collation_findings(ledger, collation, found);
    }
    for declaration in ledger.declarations().iter().filter(|d| d.place < as_of && !d.dissents) {
        declaration_findings(ledger, declaration, found);
    }
}

/// W107: votes cast in two contests at one station differ by more than 2 % of the larger.
fn across_ballots(ledger: &Ledger, as_of: u64, found: &mut Vec<Finding>) {
    let contests = u16::try_from(ledger.election().contests.len()).unwrap_or(u16::MAX);
    if contests < 2 {
        return;
    }
    for (station, _) in (0u32..).zip(ledger.register().stations()) {
        let first = |contest| counted(ledger, contest, station, as_of, Selection::All).next();
        let cast = |entry: &Entry| {
            let boxes =
                [BoxName::Valid, BoxName::Rejected].map(|name| entry.boxed(name).and_then(BoxValue::number));
            Some(boxes[0]? + boxes[1]?)
        };
        let casts: Vec<(u64, u64)> = (0..contests)
            .filter_map(first)
            .filter_map(|(_, entry)| Some((cast(entry)?, entry.place)))
            .collect();
        let (least, most) = (casts.iter().min(), casts.iter().max());
        if let (Some((least, _)), Some((most, place))) = (least, most)
            && (most - least) * 100 > most * 2
        {
            let finding = Finding { station: Some(station), ..Finding::of_place(Code::W107, *place) };
            found.push(finding.with("least", least).with("most", most));
        }
    }
}

fn collation_findings(ledger: &Ledger, collation: &CollationEntry, found: &mut Vec<Finding>) {
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
    let view = ContestView::new(ledger, collation.contest, collation.place, Selection::All);
    let expected = view.areas[collation.area as usize].expected;
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

fn declaration_findings(ledger: &Ledger, declaration: &DeclarationEntry, found: &mut Vec<Finding>) {
    let make = || Finding {
        contest: Some(declaration.contest),
        area: Some(declaration.area),
        ..Finding::of_place(Code::F304, declaration.place)
    };
    let view = ContestView::new(ledger, declaration.contest, declaration.head.size, Selection::All);
    let Some(tally) = view.areas.get(declaration.area as usize) else { return };
    let ballot = ledger.register().ballot_for_area(declaration.contest, declaration.area);
    let numbers =
        ballot.map(|b| b.candidates.iter().map(|c| c.number).collect::<Vec<_>>()).unwrap_or_default();
    let ledger_votes: BTreeMap<u32, u64> =
        numbers.into_iter().zip(&tally.votes).map(|(number, sum)| (number, sum.total)).collect();
    for (number, declared) in &declaration.votes {
        let counted = ledger_votes.get(number).copied().unwrap_or(0);
        if declared.number() != Some(counted) {
            found.push(make().with("candidate", number).with("declared", declared).with("ledger", counted));
        }
    }
    for (name, declared) in [(BoxName::Valid, declaration.valid), (BoxName::Rejected, declaration.rejected)] {
        let counted = tally.boxes[name as usize].total;
        if let Some(declared) = declared
            && declared.number() != Some(counted)
        {
            found.push(make().with("box", name.as_str()).with("declared", declared).with("ledger", counted));
        }
    }
    let within = |station: u32| {
        let area = ledger.register().stations()[station as usize].area;
        ledger.register().is_within(area, declaration.area)
    };
    let missing = (0u32..).zip(&view.stations).filter(|(_, view)| view.status == Status::Missing);
    let missing: Vec<u32> = missing.map(|(station, _)| station).filter(|station| within(*station)).collect();
    let mut declared = declaration.missing.clone();
    declared.sort_unstable();
    if missing != declared {
        found.push(make().with("missing-declared", declared.len()).with("missing", missing.len()));
    }
}
