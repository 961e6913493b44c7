//! The stations of a log for [`crate::bounds`]: what their forms say, what they can hold, and who answers for them.
//!
//! An agent's own key and an officer's statement about ink are two things, counted apart: the one is the agent's act, the
//! other somebody's word about it.

use crate::bounds::{Forms, Station};
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

/// A contest's forms as a view says them, marked by who answers for them.
pub fn forms(ledger: &Ledger, view: &ContestView, by: By<'_>) -> Forms {
    let cap = ledger.election().contests[usize::from(view.contest)].cap.map(u64::from);
    let mut forms = Forms::default();
    for (index, station) in (0u32..).zip(ledger.register().stations()) {
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
        By::Keys(party) => {
            // A party behind the key of another role makes nobody its agent (`docs/reference/records.md`, `key`).
            let own = |key: KeyIndex| {
                let key = ledger.roster().key(key);
                key.role == Role::Agent && key.party.as_deref() == Some(party)
            };
            let attests = |attestation: &Attestation| {
                attestation.place < view.as_of && own(attestation.key) && agrees(attestation, entry)
            };
            entry.keys.iter().any(|key| own(*key))
                || ledger.attestations().get(&number).is_some_and(|all| all.iter().any(attests))
        }
        By::Ink(party) => {
            let ballot = ledger.register().ballot(entry.contest, entry.station);
            let candidates = ballot.map_or(&[][..], |ballot| &ballot.candidates).iter().take(64);
            let mut bits = (0u32..).zip(candidates);
            bits.any(|(bit, candidate)| {
                candidate.party.as_deref() == Some(party) && entry.ink_signed & (1 << bit) != 0
            })
        }
    }
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
