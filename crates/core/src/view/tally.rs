//! Tallies: for each area the partition, the votes of what stands, and the intervals that remain.

use super::interval::{Span, votes_of};
use super::status::{Selection, StationView, Status, counted, polls_held, status_of};
use crate::kinds::BOX_NAMES;
use crate::ledger::{Class, Entry, Ledger};
use crate::text::BoxValue;

/// The sum of one box over stations. A box that no paper has is absent, which is not zero.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BoxSum {
    /// Sum of the written numbers.
    pub total: u64,
    /// Papers on which a number is written.
    pub written: u64,
    /// Papers on which the box is blank, a dash or illegible.
    pub unread: u64,
}

impl BoxSum {
    /// The sum, where any paper has the box.
    pub fn stated(self) -> Option<u64> {
        (self.written + self.unread > 0).then_some(self.total)
    }

    fn add(&mut self, value: Option<BoxValue>) {
        match value {
            Some(BoxValue::Number(number)) => {
                self.total += u64::from(number);
                self.written += 1;
            }
            Some(_) => self.unread += 1,
            None => {}
        }
    }

    fn merge(&mut self, other: &Self) {
        self.total += other.total;
        self.written += other.written;
        self.unread += other.unread;
    }
}

/// One area, or station, in one contest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Stations where the poll is held.
    pub expected: u64,
    /// Of those, without any admitted set of boxes.
    pub missing: u64,
    /// One set of boxes counts.
    pub standing: u64,
    /// Sets of boxes that differ, and no ruling.
    pub contested: u64,
    /// Disregarded by ruling.
    pub disregarded: u64,
    /// Registered voters at expected stations, by the register; stations of which it says nothing add nothing.
    pub registered: u64,
    /// The same at standing stations.
    pub registered_standing: u64,
    /// Standing stations by class: sent by kit, taken from paper, transcribed by others.
    pub by_class: [u64; 3],
    /// Votes in the order of the ballot; empty where the area has no ballot of its own.
    pub votes: Vec<BoxSum>,
    /// What each candidate's votes could be, given the boxes that cannot be read.
    pub spans: Vec<Span>,
    /// With the contested stations too: between their versions.
    pub with_contested: Vec<Span>,
    /// The other boxes by [`crate::kinds::BoxName`].
    pub boxes: [BoxSum; 6],
    /// Valid votes as the decision rule uses them: the written total, or the sum of the candidates' boxes where none is
    /// written.
    pub valid: Span,
}

impl Tally {
    /// Stations that are in: standing, contested and disregarded.
    pub fn received(&self) -> u64 {
        self.expected - self.missing
    }

    fn widen(&mut self, candidates: usize) {
        if self.votes.len() < candidates {
            self.votes.resize(candidates, BoxSum::default());
            self.spans.resize(candidates, Span::default());
            self.with_contested.resize(candidates, Span::default());
        }
    }

    fn add_standing(&mut self, ledger: &Ledger, entry: &Entry) {
        self.standing += 1;
        self.by_class[match entry.class {
            Class::Kit => 0,
            Class::Paper => 1,
            Class::Transcribed { .. } => 2,
        }] += 1;
        self.widen(entry.votes.len());
        let could = votes_of(ledger, entry);
        for (index, value) in entry.votes.iter().enumerate() {
            self.votes[index].add(*value);
            add_span(&mut self.spans[index], could.each[index]);
            add_span(&mut self.with_contested[index], could.each[index]);
        }
        for name in BOX_NAMES {
            self.boxes[name as usize].add(entry.boxed(name));
        }
        add_span(&mut self.valid, valid_of(entry, could.sum));
    }

    fn add_contested<'a>(&mut self, ledger: &Ledger, versions: impl Iterator<Item = &'a Entry>) {
        self.contested += 1;
        let mut spans: Vec<Span> = Vec::new();
        for entry in versions {
            let could = votes_of(ledger, entry).each;
            if spans.is_empty() {
                spans = could;
                continue;
            }
            for (span, other) in spans.iter_mut().zip(could) {
                *span = Span { least: span.least.min(other.least), most: span.most.max(other.most) };
            }
        }
        self.widen(spans.len());
        for (sum, span) in self.with_contested.iter_mut().zip(spans) {
            add_span(sum, span);
        }
    }

    fn merge(&mut self, other: &Self, with_votes: bool) {
        self.expected += other.expected;
        self.missing += other.missing;
        self.standing += other.standing;
        self.contested += other.contested;
        self.disregarded += other.disregarded;
        self.registered += other.registered;
        self.registered_standing += other.registered_standing;
        for (mine, theirs) in self.by_class.iter_mut().zip(other.by_class) {
            *mine += theirs;
        }
        for (mine, theirs) in self.boxes.iter_mut().zip(&other.boxes) {
            mine.merge(theirs);
        }
        add_span(&mut self.valid, other.valid);
        if with_votes {
            self.widen(other.votes.len());
            for (index, votes) in other.votes.iter().enumerate() {
                self.votes[index].merge(votes);
                add_span(&mut self.spans[index], other.spans[index]);
                add_span(&mut self.with_contested[index], other.with_contested[index]);
            }
        }
    }
}

fn add_span(sum: &mut Span, other: Span) {
    sum.least += other.least;
    sum.most += other.most;
}

/// Valid votes as the decision rule uses them.
pub fn valid_of(entry: &Entry, sum: Span) -> Span {
    match entry.boxed(crate::kinds::BoxName::Valid).and_then(BoxValue::number) {
        Some(valid) => Span::point(valid),
        None => sum,
    }
}

/// A contest as of a place: every station's status, every area's tally.
#[derive(Debug, Clone)]
pub struct ContestView {
    /// Index of the contest.
    pub contest: u16,
    /// Entries of the log that are in this view.
    pub as_of: u64,
    /// What it counts.
    pub selection: Selection,
    /// By index of the station.
    pub stations: Vec<StationView>,
    /// By index of the area, all below it included.
    pub areas: Vec<Tally>,
}

impl ContestView {
    /// Computes a contest.
    pub fn new(ledger: &Ledger, contest: u16, as_of: u64, selection: Selection) -> Self {
        let register = ledger.register();
        let held = polls_held(ledger, contest, as_of);
        let mut areas = vec![Tally::default(); register.areas().len()];
        let mut stations = Vec::with_capacity(held.len());
        for (index, (station, held)) in (0u32..).zip(register.stations().iter().zip(held)) {
            let status = status_of(ledger, contest, index, held, as_of, selection);
            add_station(&mut areas[station.area as usize], ledger, contest, index, status, as_of, selection);
            stations.push(StationView { status });
        }
        sum_upwards(ledger, contest, &mut areas);
        Self { contest, as_of, selection, stations, areas }
    }

    /// The whole.
    pub fn total(&self, ledger: &Ledger) -> Tally {
        let root = ledger.register().root();
        root.and_then(|root| self.areas.get(root as usize)).cloned().unwrap_or_default()
    }

    /// Where a station stands.
    pub fn status(&self, station: u32) -> Status {
        self.stations.get(station as usize).map_or(Status::NotExpected, |view| view.status)
    }

    /// A station's own tally.
    pub fn station_tally(&self, ledger: &Ledger, station: u32) -> Tally {
        let mut tally = Tally::default();
        add_station(
            &mut tally,
            ledger,
            self.contest,
            station,
            self.status(station),
            self.as_of,
            self.selection,
        );
        tally
    }
}

/// One area of a contest as of a place, with every admitted record: what a [`ContestView`] says of the area, counted from
/// its own stations alone.
pub(super) struct AreaView {
    /// What the area adds up to.
    pub(super) tally: Tally,
    /// Its stations, ascending, those of the areas below it included.
    pub(super) stations: Vec<(u32, StationView)>,
}

impl AreaView {
    /// Computes an area. `held` says at which stations the poll is held, as of the same place.
    pub(super) fn new(ledger: &Ledger, contest: u16, area: u32, held: &[bool], as_of: u64) -> Self {
        let mut view = Self { tally: Tally::default(), stations: Vec::new() };
        let register = ledger.register();
        for station in register.stations_within(area) {
            let held = held.get(station as usize).copied().unwrap_or(false);
            let status = status_of(ledger, contest, station, held, as_of, Selection::All);
            let mut tally = Tally::default();
            add_station(&mut tally, ledger, contest, station, status, as_of, Selection::All);
            let own = register.stations()[station as usize].area;
            view.tally.merge(&tally, register.is_one_ballot(contest, area, own));
            view.stations.push((station, StationView { status }));
        }
        view
    }
}

fn add_station(
    tally: &mut Tally,
    ledger: &Ledger,
    contest: u16,
    station: u32,
    status: Status,
    as_of: u64,
    selection: Selection,
) {
    if status == Status::NotExpected {
        return;
    }
    let registered = u64::from(ledger.register().stations()[station as usize].registered.unwrap_or(0));
    tally.expected += 1;
    tally.registered += registered;
    match status {
        Status::NotExpected => {}
        Status::Missing => tally.missing += 1,
        Status::Standing(entry) => {
            tally.registered_standing += registered;
            tally.add_standing(ledger, &ledger.entries()[entry as usize]);
        }
        Status::Contested => {
            let versions = counted(ledger, contest, station, as_of, selection).map(|(_, entry)| entry);
            tally.add_contested(ledger, versions);
        }
        Status::Disregarded { .. } => tally.disregarded += 1,
    }
}

/// Adds each area's tally to the area that holds it, from the lowest level up.
fn sum_upwards(ledger: &Ledger, contest: u16, areas: &mut [Tally]) {
    let register = ledger.register();
    let mut order: Vec<u32> = (0..).take(areas.len()).collect();
    order.sort_by_key(|area| std::cmp::Reverse(register.areas()[*area as usize].level));
    for area in order {
        if let Some(parent) = register.areas()[area as usize].parent {
            // Votes on different ballots are not summed: their candidates are others.
            let with_votes = register.is_one_ballot(contest, parent, area);
            let tally = std::mem::take(&mut areas[area as usize]);
            areas[parent as usize].merge(&tally, with_votes);
            areas[area as usize] = tally;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::status::HeldPolls;
    use super::*;
    use crate::fixture::{Fixture, Setting, custodians};
    use crate::kinds::RegisterRecord;

    #[test]
    fn an_area_alone_is_what_the_whole_view_says_of_it() {
        let fixture = Fixture::new(&Setting::default());
        let mut ledger = fixture.ledger();
        for (station, votes) in [(0, [9, 5, 1]), (1, [3, 5, 1]), (0, [8, 6, 1]), (5, [2, 2, 2])] {
            fixture.append(&mut ledger, fixture.signed_form(station, votes, 1)).unwrap();
        }
        let mut close = RegisterRecord::default();
        close.close_stations.insert(fixture.stations[6].clone(), "burned".into());
        let custodians = custodians();
        fixture.append(&mut ledger, fixture.sign(close, &[&custodians[0], &custodians[1]])).unwrap();
        let mut held = HeldPolls::default();
        for as_of in 0..=ledger.size() {
            let whole = ContestView::new(&ledger, 0, as_of, Selection::All);
            for (area, tally) in (0u32..).zip(&whole.areas) {
                let alone = AreaView::new(&ledger, 0, area, held.at(&ledger, 0, as_of), as_of);
                assert_eq!(alone.tally, *tally, "area {area} as of {as_of}");
                assert!(alone.stations.len() as u64 >= tally.expected, "area {area} as of {as_of}");
                assert!(alone.stations.iter().all(|(at, view)| view.status == whole.status(*at)));
            }
        }
        let root = ledger.register().root().unwrap();
        let now = AreaView::new(&ledger, 0, root, held.at(&ledger, 0, ledger.size()), ledger.size()).tally;
        assert_eq!((now.expected, now.standing, now.contested, now.missing), (7, 2, 1, 4));
    }
}
