//! Claims and statements by what they speak of, by who answers for them, by language and by day: made when a page first asks for
//! it, once a head.
//!
//! It knows no words and judges nothing.

use hakiki_core::ledger::{ClaimEntry, Ledger, StatementEntry};
use hakiki_core::roster::KeyIndex;
use hakiki_core::text::Time;
use hakiki_note::Hash;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// What stands in an address for the day of what is undated.
pub(crate) const UNDATED: &str = "undated";

/// A claim or a statement, by its index in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Item {
    /// A claim.
    Claim(u32),
    /// A statement.
    Statement(u32),
}

/// The entry of an item.
#[derive(Clone, Copy)]
pub(crate) enum Said<'a> {
    /// A claim.
    Claim(&'a ClaimEntry),
    /// A statement.
    Statement(&'a StatementEntry),
}

impl Item {
    /// What it is in the ledger that the index was made from.
    pub fn of(self, ledger: &Ledger) -> Said<'_> {
        match self {
            Self::Claim(index) => Said::Claim(&ledger.claims()[index as usize]),
            Self::Statement(index) => Said::Statement(&ledger.statements()[index as usize]),
        }
    }
}

impl<'a> Said<'a> {
    /// Place in the log.
    pub fn place(self) -> u64 {
        match self {
            Self::Claim(entry) => entry.place,
            Self::Statement(entry) => entry.place,
        }
    }

    /// Record id.
    pub fn id(self) -> &'a Hash {
        match self {
            Self::Claim(entry) => &entry.id,
            Self::Statement(entry) => &entry.id,
        }
    }

    /// The key that signed it.
    pub fn key(self) -> KeyIndex {
        match self {
            Self::Claim(entry) => entry.key,
            Self::Statement(entry) => entry.key,
        }
    }

    /// Whose it is, as a code: the claimant or the publisher.
    pub fn whose(self) -> &'a str {
        match self {
            Self::Claim(entry) => &entry.claim.claimant,
            Self::Statement(entry) => &entry.statement.publisher,
        }
    }

    /// When it was published, by the publisher's clock.
    pub fn published(self) -> Option<Time> {
        match self {
            Self::Claim(entry) => entry.claim.published,
            Self::Statement(entry) => entry.statement.published,
        }
    }
}

type Lists<Key> = BTreeMap<Key, Vec<Item>>;

/// The index. Each list has the last published first; behind them what is undated, the last recorded first.
#[derive(Debug, Default)]
pub(crate) struct SaidIndex {
    /// By code of an area or a station, and by record id.
    pub of_code: Lists<String>,
    /// By claimant's or publisher's code and the key that signed.
    pub by_publisher: Lists<(String, KeyIndex)>,
    /// By the key that signed.
    pub by_key: Lists<KeyIndex>,
    /// Statements by language.
    pub by_language: Lists<String>,
    /// Statements by the day of publication, by the publisher's clock: `2031-03-05` or [`UNDATED`].
    pub by_day: Lists<String>,
    /// The elections of which something is said.
    pub elections: BTreeSet<Hash>,
}

impl SaidIndex {
    /// The index as of a size of the log.
    pub fn new(ledger: &Ledger, size: u64) -> Self {
        let mut index = Self::default();
        let claims = ledger.claims().iter().take_while(|entry| entry.place < size);
        for (at, entry) in (0u32..).zip(claims) {
            let item = Item::Claim(at);
            index.elections.insert(entry.claim.of);
            index.of_code.entry(entry.claim.area.clone()).or_default().push(item);
            index.sign(entry.key, &entry.claim.claimant, item);
        }
        let statements = ledger.statements().iter().take_while(|entry| entry.place < size);
        for (at, entry) in (0u32..).zip(statements) {
            let (item, statement) = (Item::Statement(at), &entry.statement);
            index.elections.insert(statement.of);
            let records = statement.records.iter().map(Hash::to_string);
            let codes: BTreeSet<String> = statement.areas.iter().cloned().chain(records).collect();
            for code in codes {
                index.of_code.entry(code).or_default().push(item);
            }
            index.sign(entry.key, &statement.publisher, item);
            index.by_language.entry(statement.language.clone()).or_default().push(item);
            index.by_day.entry(day(statement.published)).or_default().push(item);
        }
        index.sort(ledger);
        index
    }

    fn sign(&mut self, key: KeyIndex, code: &str, item: Item) {
        self.by_publisher.entry((code.to_owned(), key)).or_default().push(item);
        self.by_key.entry(key).or_default().push(item);
    }

    fn sort(&mut self, ledger: &Ledger) {
        let order = |item: &Item| {
            let said = item.of(ledger);
            let published = said.published().map(|time| time.unix_seconds);
            (published.is_none(), Reverse(published), Reverse(said.place()))
        };
        let texts = [&mut self.of_code, &mut self.by_language, &mut self.by_day];
        let lists = texts.into_iter().flat_map(BTreeMap::values_mut);
        let lists = lists.chain(self.by_publisher.values_mut()).chain(self.by_key.values_mut());
        for list in lists {
            list.sort_by_key(order);
        }
    }

    /// What is said of a code; nothing of one that nobody named.
    pub fn of(&self, code: &str) -> &[Item] {
        self.of_code.get(code).map_or(&[], Vec::as_slice)
    }
}

fn day(published: Option<Time>) -> String {
    published.map_or_else(|| UNDATED.to_owned(), |time| time.date().to_string())
}
