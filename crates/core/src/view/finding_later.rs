//! What other records say of a form, and of the log: F204–F207, F402, F403, W106–W108, W110.

use super::finding::Finding;
use super::finding_compared::compared_findings;
use super::status::{Selection, counted, ruling_in_force};
use crate::codes::FindingCode as Code;
use crate::kinds::{BoxName, Figures, Says};
use crate::ledger::{Class, Entry, Ledger};
use crate::text::BoxValue;

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
    if ledger.first_declaration(entry.contest).is_some_and(|place| place < entry.place) {
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
    let not_before = as_seconds(ledger.witnessed_least_up_to(entry.seen_head));
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
    compared_findings(ledger, as_of, found);
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
