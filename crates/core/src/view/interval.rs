//! What blank, dashed and illegible boxes could hold: the tightest interval that the form's own figures, the register and
//! the station's cap allow.

use crate::kinds::BoxName;
use crate::ledger::{Entry, Ledger};
use crate::text::BoxValue;
use crate::text::value::NUMBER_MAX;

/// Least and most, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// Least.
    pub least: u64,
    /// Most.
    pub most: u64,
}

impl Span {
    /// One point.
    pub fn point(value: u64) -> Self {
        Self { least: value, most: value }
    }

    /// Whether it is a point.
    pub fn is_point(self) -> bool {
        self.least == self.most
    }
}

/// What each candidate's box, and their sum, could hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Votes {
    /// In the order of the ballot.
    pub each: Vec<Span>,
    /// Of all candidates' boxes together.
    pub sum: Span,
    /// Whether the written total fixed the sum of what cannot be read.
    pub fixed_by_total: bool,
}

/// The most votes that a station can hold: the smaller of its register's figure and the contest's cap. The paper's own
/// figure for registered voters bounds nothing: it is what may be in doubt.
pub fn most_at_station(ledger: &Ledger, contest: u16, station: u32) -> u64 {
    let registered = ledger.register().stations()[station as usize].registered;
    let cap = ledger.election().contests[usize::from(contest)].cap;
    let least = [registered, cap].into_iter().flatten().min();
    u64::from(least.unwrap_or(NUMBER_MAX))
}

/// What an entry's boxes could hold. A written number is a point; an absent box counts as no votes.
pub fn votes_of(ledger: &Ledger, entry: &Entry) -> Votes {
    let (written, unread) = entry.vote_sum();
    if unread == 0 {
        let each = entry.votes.iter().map(|value| Span::point(value.and_then(BoxValue::number).unwrap_or(0)));
        return Votes { each: each.collect(), sum: Span::point(written), fixed_by_total: false };
    }
    let totals =
        [BoxName::Valid, BoxName::ValidCounted].map(|name| entry.boxed(name).and_then(BoxValue::number));
    let total = totals.into_iter().flatten().find(|total| *total >= written);
    // A written total below the sum of the readable boxes contradicts itself and bounds nothing.
    let rest = match total {
        Some(total) => Span::point(total - written),
        None => Span {
            least: 0,
            most: most_at_station(ledger, entry.contest, entry.station).saturating_sub(written),
        },
    };
    let alone = unread == 1;
    let span = |value: &Option<BoxValue>| match value {
        Some(value) => match value.number() {
            Some(number) => Span::point(number),
            None => Span { least: if alone { rest.least } else { 0 }, most: rest.most },
        },
        None => Span::point(0),
    };
    let sum = Span { least: written + rest.least, most: written + rest.most };
    Votes { each: entry.votes.iter().map(span).collect(), sum, fixed_by_total: total.is_some() }
}
