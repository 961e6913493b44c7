//! The effects: what each admitted kind writes into the ledger, and how a view reads it back.

use super::facts::{
    Attestation, ChangeEntry, CollationEntry, DeclarationEntry, Entry, HeadEntry, ImageEntry, Inadmissible,
    NewEntry, PollEntry, RulingEntry, TurnoutEntry,
};
use super::lookup::{bits_of_hash, bits_of_text};
use super::{Applied, Ledger};
use crate::codes::RefusalCode;
use crate::kinds::{Change, Ink, Notice, OnPaper, PollState, Shows};
use crate::register::{Ballot, Register};
use crate::roster::KeyIndex;
use crate::text::BoxValue;
use hakiki_note::Hash;
use hakiki_tlog::tree::Head;
use std::collections::BTreeMap;

/// Writing: called by the kinds' `apply` only.
impl Ledger {
    pub(crate) fn note_register(&mut self, id: Hash) {
        self.registers.insert(id);
    }

    pub(crate) fn set_register(&mut self, register: Register) {
        for stations in &mut self.first_entries {
            stations.resize(register.stations().len(), None);
        }
        self.register = register;
    }

    pub(crate) fn set_zero(&mut self, place: u64) {
        self.zero = Some(place);
        let expected = self.register.stations().len() * self.election.contests.len();
        self.entries.reserve_exact(expected);
        self.places.reserve(expected);
        self.serials.reserve(expected);
    }

    pub(crate) fn add_entry(&mut self, new: NewEntry, applied: &Applied) {
        let index = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        let ballot = self.register.ballot(new.contest, new.station);
        let (votes, off_ballot) = ballot.map(|ballot| lay_on_ballot(ballot, &new)).unwrap_or_default();
        let has_off_ballot = ballot.is_none() || !off_ballot.is_empty();
        let ink_unstated =
            new.on_paper.as_ref().is_some_and(|said| ballot.is_some_and(|b| is_unstated(b, said)));
        let early_time = self.is_early(&new);
        let ink_signed =
            new.on_paper.as_ref().zip(ballot).map_or(0, |(said, ballot)| ink_signed(ballot, said));
        let serial: Option<Box<str>> = new.serial.map(Into::into);
        if let Some(serial) = &serial {
            self.note_serial(serial, index, new.station, applied.place());
        }
        let first = &mut self.first_entries[usize::from(new.contest)][new.station as usize];
        match *first {
            None => *first = Some(index),
            Some(first) => {
                let several = self.several_entries.entry((new.contest, new.station));
                several.or_insert_with(|| vec![first]).push(index);
            }
        }
        self.entries.push(Entry {
            place: applied.place(),
            id: *applied.id(),
            contest: new.contest,
            station: new.station,
            class: new.class,
            held: applied.is_held(),
            votes: votes.into(),
            boxes: new.figures.boxes,
            off_ballot: off_ballot.into(),
            has_off_ballot,
            ink_signed,
            ink_unstated,
            early_time,
            serial,
            sealed: new.sealed.map(|time| time.unix_seconds),
            seen_head: new.seen_head,
            keys: applied.keys().into(),
        });
    }

    /// Looks whether the serial number stands already. Called before the entry is added.
    fn note_serial(&mut self, serial: &str, entry: u32, station: u32, place: u64) {
        let bits = bits_of_text(serial);
        let is_it = |index: u32| self.entries[index as usize].serial.as_deref() == Some(serial);
        let Some(first) = self.serials.find(bits, is_it) else {
            self.serials.insert(bits, entry);
            return;
        };
        let first = self.entries[first as usize].station;
        if first != station {
            self.serials_twice.push((place, serial.into(), first, station));
        }
    }

    /// Notes that a record with this id stands at the next place. Called when its effect is in.
    pub(super) fn note_place(&mut self, id: Hash) {
        let place = self.size;
        self.places.insert(bits_of_hash(&id), u32::try_from(place).unwrap_or(u32::MAX));
        if self.entries.last().is_none_or(|entry| entry.place != place) {
            self.ids_beside_entries.push((place, id));
        }
    }

    /// W105: before polling day, or a poll closed or form sealed before counting was possible.
    fn is_early(&self, new: &NewEntry) -> bool {
        let election = &self.election;
        let counting = election.counting_from.unix_seconds;
        let sealed = new.on_paper.is_some() && new.sealed.is_some_and(|time| time.unix_seconds < counting);
        let closed = new.closed.is_some_and(|time| time.date() < election.polling_day);
        let dates = new.on_paper.iter().flat_map(BTreeMap::values).filter_map(|statement| statement.date);
        let mut dates = dates.map(|date| date < election.polling_day);
        sealed || closed || dates.any(|early| early)
    }

    pub(crate) fn note_image(&mut self, applied: &Applied, entry: u32, page: Hash, shows: Shows) {
        let station = self.entries[entry as usize].station;
        let bits = bits_of_hash(&page);
        let has = |entry: u32| self.images_of(entry).iter().any(|image| image.page == page);
        match self.pages.find(bits, has).map(|first| self.entries[first as usize].station) {
            Some(first) if first != station => {
                self.pages_twice.push((applied.place(), page, first, station));
            }
            Some(_) => {}
            None => self.pages.insert(bits, entry),
        }
        let image = ImageEntry { place: applied.place(), id: *applied.id(), entry, page, shows };
        self.images.entry(entry).or_default().push(image);
    }

    pub(crate) fn note_attestation(&mut self, entry: u32, attestation: Attestation) {
        self.attestations.entry(entry).or_default().push(attestation);
    }

    pub(crate) fn note_ruling(&mut self, contest: u16, station: u32, ruling: RulingEntry) {
        self.rulings.entry((contest, station)).or_default().push(ruling);
    }

    pub(crate) fn note_turnout(&mut self, place: u64, station: u32, verified: u64, is_final: bool) {
        self.turnouts.entry(station).or_default().push(TurnoutEntry { place, verified, is_final });
    }

    pub(crate) fn note_missing(&mut self, place: u64, contest: u16, station: u32, reason: String) {
        self.missing_reasons.entry((contest, station)).or_default().push((place, reason));
    }

    pub(crate) fn note_collation(&mut self, collation: CollationEntry) {
        self.collations.push(collation);
    }

    pub(crate) fn note_declaration(&mut self, declaration: DeclarationEntry) {
        if !declaration.dissents {
            self.first_declarations.entry(declaration.contest).or_insert(declaration.place);
        }
        self.declarations.push(declaration);
    }

    pub(crate) fn note_poll(
        &mut self,
        place: u64,
        state: PollState,
        contests: Vec<u16>,
        areas: Vec<u32>,
        stations: Vec<u32>,
    ) {
        self.polls.push(PollEntry { place, state, contests, areas, stations });
    }

    pub(crate) fn note_head(&mut self, place: u64, head: Head, witnessed: Option<(u64, u64)>) {
        let (least_unix_seconds, unix_seconds) = witnessed.unzip();
        self.heads.push(HeadEntry { place, head, unix_seconds, least_unix_seconds });
    }

    pub(crate) fn note_key_change(
        &mut self,
        place: u64,
        old: Option<KeyIndex>,
        new: Option<KeyIndex>,
        reason: String,
    ) {
        let after_zero = self.zero.is_some();
        self.changes.push((place, ChangeEntry::Key { old, new, reason, after_zero }));
    }

    pub(crate) fn note_amendment(&mut self, place: u64, changes: Vec<Change>, reason: String) {
        self.witness_policies.amend(place, &changes);
        for change in &changes {
            match change {
                Change::Quorum(kind, count) => {
                    self.quorums.insert(kind.clone(), *count);
                }
                Change::Admits(kind) => {
                    self.admits.insert(kind.clone());
                }
                Change::Rules(version, _) => self.rules = *version,
                _ => {}
            }
        }
        self.changes.push((place, ChangeEntry::Amendment { changes, reason }));
    }

    pub(crate) fn note_notice(&mut self, place: u64, notice: Notice) {
        self.notices.push((place, notice));
    }

    pub(crate) fn note_refusal(&mut self, place: u64, note: Hash, code: RefusalCode) {
        self.refusals.push((place, note, code));
    }
}

fn lay_on_ballot(ballot: &Ballot, new: &NewEntry) -> (Vec<Option<BoxValue>>, Vec<(u32, BoxValue)>) {
    let written = &new.figures.votes;
    let at = |number: u32| written.iter().find(|(n, _)| *n == number).map(|(_, value)| *value);
    let votes = ballot.candidates.iter().map(|candidate| at(candidate.number)).collect();
    let off = |number: &u32| !ballot.candidates.iter().any(|candidate| candidate.number == *number);
    let off_ballot = written.iter().filter(|(number, _)| off(number));
    (votes, off_ballot.copied().collect())
}

/// One bit for each of the first 64 candidates whose party's agent signed in ink.
fn ink_signed(ballot: &Ballot, said: &BTreeMap<String, OnPaper>) -> u64 {
    let signed = |party: &str| said.get(party).is_some_and(|statement| statement.ink == Ink::Signed);
    let places = ballot.candidates.iter().take(64).enumerate();
    let places = places.filter(|(_, candidate)| candidate.party.as_deref().is_some_and(signed));
    places.fold(0, |bits, (place, _)| bits | 1 << place)
}

/// W104: a party on the ballot of which the officer states nothing.
fn is_unstated(ballot: &Ballot, said: &BTreeMap<String, OnPaper>) -> bool {
    let mut parties = ballot.candidates.iter().filter_map(|candidate| candidate.party.as_deref());
    let stated = |party: &str| said.get(party).is_some_and(|statement| statement.ink != Ink::Unstated);
    parties.any(|party| !stated(party)) || said.values().any(|statement| statement.ink == Ink::Unstated)
}

/// Reading.
impl Ledger {
    /// Every form, intake and transcript, in the order of the log.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Place of a record by its id.
    pub fn place_of(&self, id: &Hash) -> Option<u64> {
        let is_it = |place: u32| self.id_at(u64::from(place)) == Some(id);
        self.places.find(bits_of_hash(id), is_it).map(u64::from)
    }

    fn id_at(&self, place: u64) -> Option<&Hash> {
        if let Some(entry) = self.entry_at(place) {
            return Some(&self.entries[entry as usize].id);
        }
        let at = self.ids_beside_entries.binary_search_by_key(&place, |(place, _)| *place).ok()?;
        Some(&self.ids_beside_entries[at].1)
    }

    /// The form, intake or transcript of a record id.
    pub fn entry_of(&self, id: &Hash) -> Option<u32> {
        self.entry_at(self.place_of(id)?)
    }

    /// The form, intake or transcript at a place.
    pub fn entry_at(&self, place: u64) -> Option<u32> {
        let at = self.entries.binary_search_by_key(&place, |entry| entry.place).ok()?;
        u32::try_from(at).ok()
    }

    /// The entries of a station and contest, in the order of the log.
    pub fn entries_of(&self, contest: u16, station: u32) -> &[u32] {
        if let Some(several) = self.several_entries.get(&(contest, station)) {
            return several;
        }
        let of_contest = self.first_entries.get(usize::from(contest));
        of_contest.and_then(|stations| stations.get(station as usize)).map_or(&[], Option::as_slice)
    }

    /// Serial numbers seen at two stations: place, serial, first station, second station.
    pub fn serials_twice(&self) -> &[(u64, Box<str>, u32, u32)] {
        &self.serials_twice
    }

    /// Page images seen at two stations: place, page, first station, second station.
    pub fn pages_twice(&self) -> &[(u64, Hash, u32, u32)] {
        &self.pages_twice
    }

    /// Images of an entry.
    pub fn images_of(&self, entry: u32) -> &[ImageEntry] {
        self.images.get(&entry).map_or(&[], Vec::as_slice)
    }

    /// Every attestation by entry.
    pub fn attestations(&self) -> &BTreeMap<u32, Vec<Attestation>> {
        &self.attestations
    }

    /// Rulings on a station and contest.
    pub fn rulings_on(&self, contest: u16, station: u32) -> &[RulingEntry] {
        self.rulings.get(&(contest, station)).map_or(&[], Vec::as_slice)
    }

    /// Every ruling.
    pub fn rulings(&self) -> &BTreeMap<(u16, u32), Vec<RulingEntry>> {
        &self.rulings
    }

    /// Turnout records of a station.
    pub fn turnouts_of(&self, station: u32) -> &[TurnoutEntry] {
        self.turnouts.get(&station).map_or(&[], Vec::as_slice)
    }

    /// Why a station's form has not come: place and reason.
    pub fn missing_reasons(&self, contest: u16, station: u32) -> &[(u64, String)] {
        self.missing_reasons.get(&(contest, station)).map_or(&[], Vec::as_slice)
    }

    /// Collations.
    pub fn collations(&self) -> &[CollationEntry] {
        &self.collations
    }

    /// Declarations and dissents.
    pub fn declarations(&self) -> &[DeclarationEntry] {
        &self.declarations
    }

    /// The place of a contest's first declaration that does not dissent.
    pub fn first_declaration(&self, contest: u16) -> Option<u64> {
        self.first_declarations.get(&contest).copied()
    }

    /// Poll records.
    pub fn polls(&self) -> &[PollEntry] {
        &self.polls
    }

    /// Witnessed heads in the log.
    pub fn heads(&self) -> &[HeadEntry] {
        self.heads.heads()
    }

    /// Changes since the fingerprint, with their places.
    pub fn changes(&self) -> &[(u64, ChangeEntry)] {
        &self.changes
    }

    /// Notices.
    pub fn notices(&self) -> &[(u64, Notice)] {
        &self.notices
    }

    /// Refused submissions: place, note's hash, code.
    pub fn refusals(&self) -> &[(u64, Hash, RefusalCode)] {
        &self.refusals
    }

    /// Entries of the log that the rules refuse.
    pub fn inadmissible(&self) -> &[Inadmissible] {
        &self.inadmissible
    }

    /// Witnessed time before which the record at `place` was in the log, and the time that was witnessed before it:
    /// (not before, not after), each in seconds since 1970.
    pub fn witnessed_interval(&self, place: u64) -> (Option<u64>, Option<u64>) {
        (self.heads.least_up_to(place), self.heads.earliest_beyond(place))
    }

    /// The latest time at which a head of at most so many entries can have been witnessed, in seconds since 1970.
    pub fn witnessed_up_to(&self, size: u64) -> Option<u64> {
        self.heads.latest_up_to(size)
    }

    /// The latest time before which no head of so many entries was witnessed, in seconds since 1970: whoever knew one
    /// acted after it.
    pub fn witnessed_least_up_to(&self, size: u64) -> Option<u64> {
        self.heads.least_up_to(size)
    }
}
