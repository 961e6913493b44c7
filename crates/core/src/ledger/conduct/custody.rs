//! Custody: who held which kit, box, form book, seal or parcel, and where a hand-over does not follow.

use crate::kinds::{Custody, ItemKind, PreparedCustody};
use crate::ledger::{Applied, Ledger};
use crate::roster::KeyIndex;
use hakiki_note::Hash;
use std::collections::BTreeMap;

/// What is wrong between a hand-over and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CustodyFault {
    /// Who gives it did not hold it.
    NotHolder,
    /// It is entered as new, and another holds it.
    SecondOrigin,
}

impl CustodyFault {
    /// As findings say it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotHolder => "not-holder",
            Self::SecondOrigin => "second-origin",
        }
    }
}

/// An item of a hand-over that does not follow from the records before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ItemGap {
    /// The item, by index.
    pub item: u32,
    /// What does not follow.
    pub fault: CustodyFault,
    /// Who held it by the records before.
    pub holder: KeyIndex,
}

/// A hand-over.
#[derive(Debug, Clone)]
pub struct HandOver {
    /// Place in the log.
    pub place: u64,
    /// Record id.
    pub id: Hash,
    /// What it says.
    pub custody: Custody,
    /// Its items, by index, in the order of its lines.
    pub items: Box<[u32]>,
    /// Who gives.
    pub from: KeyIndex,
    /// Who takes.
    pub to: KeyIndex,
    /// For which station.
    pub station: Option<u32>,
    /// The items of it that do not follow: F503.
    pub gaps: Vec<ItemGap>,
}

/// An item and its way.
#[derive(Debug, Clone)]
pub struct Item {
    /// What it is.
    pub kind: ItemKind,
    /// Its code.
    pub code: String,
    /// Its hand-overs, by index, in the order of the log: at least one.
    pub handovers: Vec<u32>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Custodies {
    handovers: Vec<HandOver>,
    items: Vec<Item>,
    by_code: BTreeMap<ItemKind, BTreeMap<String, u32>>,
}

impl Custodies {
    fn enter(&mut self, kind: ItemKind, code: &str) -> u32 {
        let of_kind = self.by_code.entry(kind).or_default();
        if let Some(index) = of_kind.get(code) {
            return *index;
        }
        let index = u32::try_from(self.items.len()).unwrap_or(u32::MAX);
        of_kind.insert(code.to_owned(), index);
        self.items.push(Item { kind, code: code.to_owned(), handovers: Vec::new() });
        index
    }

    fn holder(&self, item: u32) -> Option<KeyIndex> {
        let last = self.items[item as usize].handovers.last()?;
        Some(self.handovers[*last as usize].to)
    }
}

/// Writing: called by the kind's `apply` only.
impl Ledger {
    pub(crate) fn note_custody(&mut self, applied: &Applied, custody: Custody, prepared: &PreparedCustody) {
        let custodies = &mut self.conduct.custody;
        let (from, to) = (prepared.from, prepared.to);
        let items: Vec<u32> = custody.items.iter().map(|(kind, code)| custodies.enter(*kind, code)).collect();
        let fault = if from == to { CustodyFault::SecondOrigin } else { CustodyFault::NotHolder };
        let held = items.iter().filter_map(|item| Some((*item, custodies.holder(*item)?)));
        let gaps = held.filter(|(_, holder)| *holder != from);
        let gaps = gaps.map(|(item, holder)| ItemGap { item, fault, holder }).collect();
        let index = u32::try_from(custodies.handovers.len()).unwrap_or(u32::MAX);
        for item in &items {
            custodies.items[*item as usize].handovers.push(index);
        }
        custodies.handovers.push(HandOver {
            place: applied.place(),
            id: *applied.id(),
            custody,
            items: items.into(),
            from,
            to,
            station: prepared.station,
            gaps,
        });
    }
}

/// Reading.
impl Ledger {
    /// Every hand-over, in the order of the log.
    pub fn handovers(&self) -> &[HandOver] {
        &self.conduct.custody.handovers
    }

    /// Every item, in the order in which they first came.
    pub fn items(&self) -> &[Item] {
        &self.conduct.custody.items
    }

    /// An item by its kind and code.
    pub fn item(&self, kind: ItemKind, code: &str) -> Option<&Item> {
        let index = self.conduct.custody.by_code.get(&kind)?.get(code)?;
        Some(&self.items()[*index as usize])
    }

    /// The hand-overs of an item before `as_of`, newest first.
    pub fn handovers_of<'a>(&'a self, item: &'a Item, as_of: u64) -> impl Iterator<Item = &'a HandOver> {
        let all = item.handovers.iter().rev().map(|index| &self.handovers()[*index as usize]);
        all.skip_while(move |handover| handover.place >= as_of)
    }

    /// Who holds an item by the records before `as_of`.
    pub fn holder_of(&self, item: &Item, as_of: u64) -> Option<KeyIndex> {
        self.handovers_of(item, as_of).next().map(|handover| handover.to)
    }

    /// For which station an item is: that of the newest hand-over before `as_of` that names one.
    pub fn station_of_item(&self, item: &Item, as_of: u64) -> Option<u32> {
        self.handovers_of(item, as_of).find_map(|handover| handover.station)
    }

    /// The first and last serial in a form book: those of the newest hand-over before `as_of` that names them.
    pub fn serials_of_item<'a>(&'a self, item: &'a Item, as_of: u64) -> Option<&'a (String, String)> {
        self.handovers_of(item, as_of).find_map(|handover| handover.custody.serials.as_ref())
    }
}
