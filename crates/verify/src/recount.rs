//! Counts the stations and votes of a contest again, from each station's entries and not from the tally (V12).

use hakiki_core::Ledger;
use hakiki_core::text::BoxValue;
use hakiki_core::view::status::{counted, is_closed, polls_held, ruling_in_force};
use hakiki_core::view::{ContestView, Status};
use hakiki_messages::Message;

#[derive(Debug, Clone, Default)]
struct Counts {
    expected: u64,
    missing: u64,
    standing: u64,
    contested: u64,
    disregarded: u64,
    votes: Vec<u64>,
}

/// The first contradiction of a contest's view, if there is one: a station that is neither received nor missing, one that
/// is counted and should not be, or a sum that its stations do not make.
pub(crate) fn contradiction(ledger: &Ledger, view: &ContestView) -> Option<Message> {
    let register = ledger.register();
    let held = polls_held(ledger, view.contest, view.as_of);
    let mut areas = vec![Counts::default(); register.areas().len()];
    for (station, record) in (0u32..).zip(register.stations()) {
        let poll_held = held.get(station as usize).copied().unwrap_or(false);
        let has_ballot = register.ballot(view.contest, station).is_some();
        let expected = poll_held && has_ballot && !is_closed(register, station, view.as_of);
        let status = view.status(station);
        let Some(votes) = votes_if_right(ledger, view, station, expected) else {
            return Some(at(Message::new("verify.v12.station"), ledger, view).with("station", &*record.code));
        };
        if !expected {
            continue;
        }
        for area in register.path(record.area) {
            let counts = &mut areas[area as usize];
            counts.expected += 1;
            match status {
                Status::NotExpected => {}
                Status::Missing => counts.missing += 1,
                Status::Standing(_) => counts.standing += 1,
                Status::Contested => counts.contested += 1,
                Status::Disregarded { .. } => counts.disregarded += 1,
            }
            if area == record.area || register.ballot_for_area(view.contest, area).is_some() {
                counts.votes.resize(counts.votes.len().max(votes.len()), 0);
                for (sum, number) in counts.votes.iter_mut().zip(&votes) {
                    *sum += number;
                }
            }
        }
    }
    let differing = areas.iter().zip(&view.areas).position(|(counts, tally)| {
        let partition =
            (counts.expected, counts.missing, counts.standing, counts.contested, counts.disregarded);
        let theirs = (tally.expected, tally.missing, tally.standing, tally.contested, tally.disregarded);
        let sums = counts.standing + counts.contested + counts.disregarded + counts.missing;
        let votes = || tally.votes.iter().map(|sum| sum.total).eq(padded(&counts.votes, tally.votes.len()));
        partition != theirs
            || sums != counts.expected
            || tally.received() + tally.missing != tally.expected
            || !votes()
    })?;
    let code = register.areas().get(differing).map_or("", |area| &*area.code);
    Some(at(Message::new("verify.v12.area"), ledger, view).with("area", code))
}

fn padded(votes: &[u64], length: usize) -> impl Iterator<Item = u64> + '_ {
    votes.iter().copied().chain(std::iter::repeat(0)).take(length.max(votes.len()))
}

fn at(message: Message, ledger: &Ledger, view: &ContestView) -> Message {
    message.with("contest", ledger.election().contests[usize::from(view.contest)].code.as_str())
}

/// The votes that a station adds, if its status follows from its own entries and rulings.
fn votes_if_right(ledger: &Ledger, view: &ContestView, station: u32, expected: bool) -> Option<Vec<u64>> {
    let entries: Vec<_> = counted(ledger, view.contest, station, view.as_of, view.selection).collect();
    let ruling = ruling_in_force(ledger, view.contest, station, view.as_of);
    let differ = entries.windows(2).any(|pair| !pair[0].1.same_boxes(pair[1].1));
    let stands = |index: u32| {
        let entry = &ledger.entries()[index as usize];
        let numbers = entry.votes.iter().map(|value| value.and_then(BoxValue::number).unwrap_or(0));
        (entry.station == station && entry.contest == view.contest).then(|| numbers.collect())
    };
    let nothing = Some(Vec::new());
    match view.status(station) {
        Status::NotExpected if !expected => nothing,
        _ if !expected => None,
        Status::Standing(index) => match ruling {
            Some(ruling) if ruling.stands == Some(index) => stands(index),
            None if !differ && entries.first().is_some_and(|(first, _)| *first == index) => stands(index),
            _ => None,
        },
        Status::Missing if entries.is_empty() && ruling.is_none_or(|ruling| ruling.stands.is_none()) => {
            nothing
        }
        Status::Contested if differ && ruling.is_none() => nothing,
        Status::Disregarded { .. } if ruling.is_some_and(|ruling| ruling.stands.is_none()) => nothing,
        _ => None,
    }
}
