//! What people and machines did around the election: sessions, observations, software, custody, doubts, questions, and
//! what is withheld. Facts, each at its place; what is found in them is [`crate::view`]'s.
//!
//! Every question that a record's effect or finding asks is answered by an index: a hundred thousand of them fold in time
//! that grows with their number and no faster.

mod custody;
mod machines;
mod questions;

pub use custody::{CustodyFault, HandOver, Item, ItemGap};
pub use machines::{HostEntry, ObservationEntry, SequenceGap, SessionEnd, SessionEntry, SoftwareEntry};
pub use questions::{AnswerEntry, ChallengeEntry, ScrutinyEntry, WithheldEntry};

use crate::table::Tables;
use hakiki_note::Hash;
use std::cell::RefCell;
use std::collections::BTreeSet;

/// Everything that the kinds of conduct write.
#[derive(Debug, Clone, Default)]
pub(super) struct Conduct {
    machines: machines::Machines,
    custody: custody::Custodies,
    questions: questions::Questions,
}

impl Conduct {
    pub(super) fn is_withheld(&self, blob: &Hash) -> bool {
        self.questions.is_withheld(blob)
    }

    pub(super) fn note_tables(&mut self, tables: BTreeSet<Hash>) {
        self.questions.note_tables(tables);
    }
}

/// The tables that an admission may read, none of them withheld; remembers which it read.
pub(super) struct TablesRead<'a> {
    pub(super) tables: &'a dyn Tables,
    pub(super) conduct: &'a Conduct,
    pub(super) read: RefCell<BTreeSet<Hash>>,
}

impl Tables for TablesRead<'_> {
    fn table(&self, hash: &Hash) -> Option<Vec<u8>> {
        if self.conduct.is_withheld(hash) {
            return None;
        }
        let bytes = self.tables.table(hash)?;
        self.read.borrow_mut().insert(*hash);
        Some(bytes)
    }
}
