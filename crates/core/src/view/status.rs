//! The partition: where each station of a contest stands, as of a place (`docs/reference/records.md`, "The partition").

use crate::ledger::{Entry, Ledger, RulingEntry};
use crate::register::Register;
use std::collections::BTreeMap;

/// Which records a view counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Selection {
    /// All that are admitted.
    #[default]
    All,
    /// Without those signed by a key that was enrolled after the zero report: W116.
    WithoutLateKeys,
    /// Without stations where *valid* exceeds registered or verified voters: F103, F104.
    WithoutExcess,
}

/// Where a station stands. The words are used in no other sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// No poll for this contest is held here, or the station is closed.
    NotExpected,
    /// Expected, and no admitted set of boxes.
    Missing,
    /// One set of boxes counts: this entry carries it, others may too.
    Standing(u32),
    /// Two or more sets of boxes that differ, and no ruling yet.
    Contested,
    /// By ruling, with its place; this is the first entry.
    Disregarded {
        /// Place of the ruling.
        ruling: u64,
        /// The first set of boxes.
        entry: u32,
    },
}

/// A station in a contest, as of a place.
#[derive(Debug, Clone, Copy)]
pub struct StationView {
    /// Where it stands.
    pub status: Status,
}

/// The entries of a station that are in the log before `as_of` and can count: not held, or let stand by ruling.
pub fn counted(
    ledger: &Ledger,
    contest: u16,
    station: u32,
    as_of: u64,
    selection: Selection,
) -> impl Iterator<Item = (u32, &Entry)> {
    let entries = ledger.entries_of(contest, station).iter();
    let entries = entries.map(move |index| (*index, &ledger.entries()[*index as usize]));
    entries.take_while(move |(_, entry)| entry.place < as_of).filter(move |(_, entry)| {
        !entry.held && (selection != Selection::WithoutLateKeys || !has_late_key(ledger, entry))
    })
}

/// Whether an entry was signed by a key that was enrolled after the zero report.
pub fn has_late_key(ledger: &Ledger, entry: &Entry) -> bool {
    let zero = ledger.zero().unwrap_or(u64::MAX);
    entry.keys.iter().any(|key| ledger.roster().key(*key).enrolled_at > zero)
}

/// The ruling that holds as of a place: highest rank, then last.
pub fn ruling_in_force(ledger: &Ledger, contest: u16, station: u32, as_of: u64) -> Option<&RulingEntry> {
    let rulings = ledger.rulings_on(contest, station).iter().filter(|ruling| ruling.place < as_of);
    rulings.max_by_key(|ruling| (ruling.rank, ruling.place))
}

/// Whether a station was closed by a record before `as_of`.
pub fn is_closed(register: &Register, station: u32, as_of: u64) -> bool {
    register.stations()[station as usize].closed.as_ref().is_some_and(|(place, _)| *place < as_of)
}

/// For each station, whether the poll for a contest is held there as of a place.
pub fn polls_held(ledger: &Ledger, contest: u16, as_of: u64) -> Vec<bool> {
    let register = ledger.register();
    let mut held = vec![false; register.stations().len()];
    for poll in ledger.polls().iter().filter(|poll| poll.place < as_of && poll.contests.contains(&contest)) {
        let inside = areas_within(register, &poll.areas);
        for (station, held) in register.stations().iter().zip(held.iter_mut()) {
            if inside[station.area as usize] {
                *held = poll.state.is_held();
            }
        }
        for station in &poll.stations {
            held[*station as usize] = poll.state.is_held();
        }
    }
    held
}

/// Where polls are held, kept between the many questions of one run: only poll records change it.
#[derive(Debug, Default)]
pub(super) struct HeldPolls(BTreeMap<(u16, usize), Vec<bool>>);

impl HeldPolls {
    /// What [`polls_held`] says.
    pub(super) fn at(&mut self, ledger: &Ledger, contest: u16, as_of: u64) -> &[bool] {
        let polls = ledger.polls().partition_point(|poll| poll.place < as_of);
        self.0.entry((contest, polls)).or_insert_with(|| polls_held(ledger, contest, as_of))
    }
}

fn areas_within(register: &Register, outer: &[u32]) -> Vec<bool> {
    let mut inside = vec![false; register.areas().len()];
    let mut open: Vec<u32> = outer.to_vec();
    while let Some(area) = open.pop() {
        inside[area as usize] = true;
        open.extend_from_slice(register.children(area));
    }
    inside
}

/// Where a station stands, given whether its poll is held.
pub fn status_of(
    ledger: &Ledger,
    contest: u16,
    station: u32,
    poll_held: bool,
    as_of: u64,
    selection: Selection,
) -> Status {
    let register = ledger.register();
    if !poll_held || is_closed(register, station, as_of) || register.ballot(contest, station).is_none() {
        return Status::NotExpected;
    }
    let mut entries = counted(ledger, contest, station, as_of, selection);
    let first = entries.next();
    if let Some(ruling) = ruling_in_force(ledger, contest, station, as_of) {
        match (ruling.stands, first) {
            (Some(stands), _) => return Status::Standing(stands),
            (None, Some((entry, _))) => return Status::Disregarded { ruling: ruling.place, entry },
            // Only held forms came: disregarding changes nothing.
            (None, None) => return Status::Missing,
        }
    }
    let Some((first, entry)) = first else { return Status::Missing };
    if selection == Selection::WithoutExcess && super::finding::exceeds_voters(ledger, entry, as_of) {
        return Status::Missing;
    }
    if entries.all(|(_, other)| other.same_boxes(entry)) {
        Status::Standing(first)
    } else {
        Status::Contested
    }
}
