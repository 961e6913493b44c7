//! What happened in the log, in its order: the acts of the election beside its forms.
//!
//! Witnessed heads that follow one another are one event, so that a night's thousands do not hide the rest.

use hakiki_core::ledger::Ledger;

/// What happened. Numbers are indexes into the ledger's lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Happening {
    /// The election record, the first of all.
    Election,
    /// A register came into force.
    Register,
    /// A poll was opened, closed, postponed or annulled.
    Poll(usize),
    /// The zero report.
    Zero,
    /// So many witnessed heads, with no other event between; indexes of the first and the last.
    Heads { first: usize, last: usize },
    /// A ruling on a station: contest, station, which of its rulings.
    Ruling { contest: u16, station: u32, index: usize },
    /// A collation.
    Collation(usize),
    /// A declaration, or a dissent.
    Declaration(usize),
    /// A notice.
    Notice(usize),
    /// A change of keys or of the election's rules.
    Change(usize),
}

/// An event and the place of its (first) record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Event {
    pub place: u64,
    pub what: Happening,
}

/// The events of a log up to a head, in the order of the log.
pub(crate) fn events(ledger: &Ledger, size: u64) -> Vec<Event> {
    let mut all: Vec<Event> = vec![Event { place: 0, what: Happening::Election }];
    let mut add = |place: u64, what: Happening| all.push(Event { place, what });
    for place in ledger.registers().iter().filter_map(|id| ledger.place_of(id)) {
        add(place, Happening::Register);
    }
    for (index, poll) in ledger.polls().iter().enumerate() {
        add(poll.place, Happening::Poll(index));
    }
    if let Some(place) = ledger.zero() {
        add(place, Happening::Zero);
    }
    for (index, head) in ledger.heads().iter().enumerate() {
        add(head.place, Happening::Heads { first: index, last: index });
    }
    for ((contest, station), rulings) in ledger.rulings() {
        for (index, ruling) in rulings.iter().enumerate() {
            add(ruling.place, Happening::Ruling { contest: *contest, station: *station, index });
        }
    }
    for (index, collation) in ledger.collations().iter().enumerate() {
        add(collation.place, Happening::Collation(index));
    }
    for (index, declaration) in ledger.declarations().iter().enumerate() {
        add(declaration.place, Happening::Declaration(index));
    }
    for (index, (place, _)) in ledger.notices().iter().enumerate() {
        add(*place, Happening::Notice(index));
    }
    for (index, (place, _)) in ledger.changes().iter().enumerate() {
        add(*place, Happening::Change(index));
    }
    all.retain(|event| event.place < size);
    all.sort_by_key(|event| event.place);
    joined(all)
}

fn joined(all: Vec<Event>) -> Vec<Event> {
    let mut out: Vec<Event> = Vec::with_capacity(all.len());
    for event in all {
        if let (Some(before), Happening::Heads { last: new, .. }) = (out.last_mut(), event.what)
            && let Happening::Heads { last, .. } = &mut before.what
        {
            *last = new;
            continue;
        }
        out.push(event);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_without_anything_between_are_one_event() {
        let head = |place, index| Event { place, what: Happening::Heads { first: index, last: index } };
        let zero = Event { place: 7, what: Happening::Zero };
        let all = joined(vec![head(3, 0), head(5, 1), zero, head(9, 2)]);
        let both = Event { place: 3, what: Happening::Heads { first: 0, last: 1 } };
        assert_eq!(all, [both, zero, head(9, 2)]);
    }
}
