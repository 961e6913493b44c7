//! The stations of a log for [`crate::bounds`]: what their forms say, what they can hold, and who answers for them.
//!
//! An agent's own key and an officer's statement about ink are two things, counted apart: the one is the agent's act, the
//! other somebody's word about it.

use crate::bounds::{Forms, Station};
use crate::scope::Scope;
use hakiki_core::Ledger;
use hakiki_core::kinds::Says;
use hakiki_core::ledger::{Attestation, Entry};
use hakiki_core::roster::{KeyIndex, Role};
use hakiki_core::text::BoxValue;
use hakiki_core::view::{ContestView, Status};

/// Who is asked after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By<'p> {
    /// Nobody: no form is marked.
    Nobody,
    /// Forms that carry the signature of a key of this party's agents, on the form or in an `attest` that signs it or gives an
    /// own copy with the same figures.
    Keys(&'p str),
    /// Forms that the officer states this party's agent signed on paper.
    Ink(&'p str),
}

/// A contest's forms of the stations of a scope as a view says them, marked by who answers for them.
pub fn forms(ledger: &Ledger, view: &ContestView, scope: Scope<'_>, by: By<'_>) -> Forms {
    let cap = ledger.election().contests[usize::from(view.contest)].cap.map(u64::from);
    let mut forms = Forms::default();
    let stations = (0u32..).zip(ledger.register().stations());
    for (index, station) in stations.filter(|(index, _)| scope.has(*index)) {
        let registered = station.registered.map(u64::from);
        let most = match (registered, cap) {
            (Some(registered), Some(cap)) => Some(registered.min(cap)),
            (one, other) => one.or(other),
        };
        let entry = match view.status(index) {
            Status::NotExpected => continue,
            Status::Missing | Status::Contested | Status::Disregarded { .. } => None,
            Status::Standing(entry) => Some((entry, &ledger.entries()[entry as usize])),
        };
        let read = entry.and_then(|(number, entry)| Some((number, entry, votes(entry)?)));
        match read {
            None => forms.open.push(most),
            Some((number, entry, votes)) => {
                let answered = is_answered(ledger, view, number, entry, by);
                forms.stations.push(Station { votes, most, answered });
            }
        }
    }
    forms
}

/// The votes, if every box holds a number.
fn votes(entry: &Entry) -> Option<Vec<u64>> {
    entry.votes.iter().map(|value| value.and_then(BoxValue::number)).collect()
}

fn is_answered(ledger: &Ledger, view: &ContestView, number: u32, entry: &Entry, by: By<'_>) -> bool {
    match by {
        By::Nobody => false,
        By::Keys(party) => parties_by_keys(ledger, view.as_of, number, entry).any(|own| own == party),
        By::Ink(party) => parties_by_ink(ledger, entry).any(|own| own == party),
    }
}

/// The parties whose agents' own keys answer for a form before `as_of`: on the form, in an `attest` that signs it, or by an own
/// copy with the same figures. `number` is the form's among the entries. A party can come twice.
pub fn parties_by_keys<'l>(
    ledger: &'l Ledger,
    as_of: u64,
    number: u32,
    entry: &'l Entry,
) -> impl Iterator<Item = &'l str> {
    // A party behind the key of another role makes nobody its agent (`docs/reference/records.md`, `key`).
    let party = |key: KeyIndex| {
        let key = ledger.roster().key(key);
        key.party.as_deref().filter(|_| key.role == Role::Agent)
    };
    let attested = ledger.attestations().get(&number).into_iter().flatten();
    let attested =
        attested.filter(move |attestation| attestation.place < as_of && agrees(attestation, entry));
    let keys = entry.keys.iter().copied().chain(attested.map(|attestation| attestation.key));
    keys.filter_map(party)
}

/// The parties whose agents the officer of a form states to have signed on paper. A party can come twice.
pub fn parties_by_ink<'l>(ledger: &'l Ledger, entry: &'l Entry) -> impl Iterator<Item = &'l str> {
    let ballot = ledger.register().ballot(entry.contest, entry.station);
    let candidates = ballot.map_or(&[][..], |ballot| &ballot.candidates).iter().take(64);
    let signed = (0u32..).zip(candidates).filter(|(bit, _)| entry.ink_signed & (1 << bit) != 0);
    signed.filter_map(|(_, candidate)| candidate.party.as_deref())
}

/// Whether it signs the form, or is an own copy whose figures are the form's as far as it gives any.
fn agrees(attestation: &Attestation, entry: &Entry) -> bool {
    match (attestation.says, &attestation.figures) {
        (Says::Signed, _) => true,
        (Says::OwnCopy, Some(figures)) => {
            let votes: Vec<_> = figures.votes.iter().map(|(_, value)| Some(*value)).collect();
            !votes.is_empty() && votes == entry.votes.to_vec()
        }
        _ => false,
    }
}
