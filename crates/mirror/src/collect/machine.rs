//! What is held of one machine: its chain as far as it came, and what contradicts it.

use super::file::Place;
use hakiki_core::Record;
use hakiki_core::kinds::Observed;
use hakiki_note::Hash;
use std::collections::BTreeMap;

/// Contradicting observations of one machine that are kept: two prove it.
const OTHERS_MAX: usize = 16;

/// One observation that is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Held {
    /// Record id.
    pub id: Hash,
    /// The record id before it, as it says.
    pub previous: Hash,
    /// Where its note lies.
    pub place: Place,
    /// When it came, by this mirror's clock.
    pub received_unix_s: u64,
}

impl Held {
    pub fn new(record: &Record, observed: &Observed, place: Place, received_unix_s: u64) -> Self {
        Self { id: *record.id(), previous: observed.previous, place, received_unix_s }
    }
}

/// How an observation fits what is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    /// It is held since this second.
    Known(u64),
    /// It continues what is held, or fills a gap.
    Next,
    /// It contradicts what is held, and is kept beside it.
    Other,
    /// The same, and enough of such are kept.
    Full,
}

/// A machine.
#[derive(Debug, Clone, Default)]
pub(crate) struct Machine {
    chain: BTreeMap<u32, Held>,
    others: Vec<(u32, Held)>,
    last_received_unix_s: u64,
}

impl Machine {
    pub(super) fn fit(&self, id: &Hash, observed: &Observed) -> Fit {
        let sequence = observed.sequence;
        if let Some(held) = self.chain.get(&sequence).filter(|held| held.id == *id) {
            return Fit::Known(held.received_unix_s);
        }
        let is_kept = self.others.iter().any(|(_, other)| other.id == *id);
        match self.contradicts(sequence, id, &observed.previous) {
            true if is_kept || self.others.len() >= OTHERS_MAX => Fit::Full,
            true => Fit::Other,
            false => Fit::Next,
        }
    }

    fn contradicts(&self, sequence: u32, id: &Hash, previous: &Hash) -> bool {
        let before = sequence.checked_sub(1).and_then(|before| self.chain.get(&before));
        let behind = sequence.checked_add(1).and_then(|behind| self.chain.get(&behind));
        self.chain.contains_key(&sequence)
            || before.is_some_and(|before| before.id != *previous)
            || behind.is_some_and(|behind| behind.previous != *id)
    }

    /// Puts an observation where it fits; used again in the same order when the file is read.
    pub(super) fn put(&mut self, sequence: u32, held: Held) {
        self.last_received_unix_s = self.last_received_unix_s.max(held.received_unix_s);
        if self.contradicts(sequence, &held.id, &held.previous) {
            self.others.push((sequence, held));
        } else {
            self.chain.insert(sequence, held);
        }
    }

    /// The chain, ascending by sequence.
    pub fn held(&self) -> impl Iterator<Item = (u32, &Held)> {
        self.chain.iter().map(|(sequence, held)| (*sequence, held))
    }

    /// The part of the chain behind a sequence.
    pub fn held_after(&self, after: u32) -> impl Iterator<Item = (u32, &Held)> {
        self.chain.range(after.saturating_add(1)..).map(|(sequence, held)| (*sequence, held))
    }

    /// What contradicts the chain.
    pub fn others(&self) -> &[(u32, Held)] {
        &self.others
    }

    /// The last sequence; 0 if there is none.
    pub fn last(&self) -> u32 {
        self.chain.last_key_value().map_or(0, |(sequence, _)| *sequence)
    }

    /// How many are held.
    pub fn count(&self) -> u64 {
        self.chain.len() as u64
    }

    /// When the machine was last heard, by this mirror's clock.
    pub fn last_received_unix_s(&self) -> u64 {
        self.last_received_unix_s
    }

    /// The jumps in its numbers: the one before and the one behind each.
    pub fn gaps(&self) -> Vec<(u32, u32)> {
        let mut before = 0;
        let mut gaps = Vec::new();
        for sequence in self.chain.keys().copied() {
            if sequence - before > 1 {
                gaps.push((before, sequence));
            }
            before = sequence;
        }
        gaps
    }

    /// The longest time between two that came one after the other, up to now: how long it was silent at most, in seconds.
    pub fn longest_silence_s(&self, now_unix_s: u64) -> u64 {
        let mut times: Vec<u64> = self.chain.values().map(|held| held.received_unix_s).collect();
        times.sort_unstable();
        times.push(now_unix_s);
        times.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hakiki_note::sha256;

    fn held(name: &str, previous: &str, received_unix_s: u64) -> Held {
        let hash = |name: &str| if name.is_empty() { Hash([0; 32]) } else { sha256(name.as_bytes()) };
        let place = Place { offset: 0, length: 0 };
        Held { id: hash(name), previous: hash(previous), place, received_unix_s }
    }

    #[test]
    fn a_chain_has_gaps_and_what_contradicts_it_stands_beside() {
        let mut machine = Machine::default();
        machine.put(1, held("a", "", 10));
        machine.put(2, held("b", "a", 11));
        machine.put(5, held("e", "d", 40));
        assert_eq!((machine.gaps(), machine.last(), machine.count()), (vec![(2, 5)], 5, 3));
        machine.put(4, held("x", "c", 41));
        machine.put(4, held("d", "c", 42));
        machine.put(2, held("b2", "a", 43));
        assert_eq!(machine.gaps(), [(2, 4)]);
        let others: Vec<u32> = machine.others().iter().map(|(sequence, _)| *sequence).collect();
        assert_eq!(others, [4, 2]);
        assert_eq!((machine.last_received_unix_s(), machine.longest_silence_s(100)), (43, 58));
    }
}
