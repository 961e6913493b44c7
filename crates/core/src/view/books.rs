//! Form books as of a place: which holds a serial, and for which station. Every serial of a night is looked up in them, so
//! overlapping ranges are cut into pieces once, and a lookup is a search among the pieces.

use crate::kinds::ItemKind;
use crate::ledger::{Item, Ledger};
use std::collections::{BTreeMap, BTreeSet};

/// The form books that say their serials, by the records before a place.
pub(super) struct Books<'a> {
    known: Vec<Book<'a>>,
    all: Pieces<'a>,
    by_station: BTreeMap<u32, Pieces<'a>>,
}

/// A form book that says its serials.
pub(super) struct Book<'a> {
    pub(super) item: &'a Item,
    /// For which station.
    pub(super) station: Option<u32>,
    first: &'a str,
    last: &'a str,
}

impl<'a> Books<'a> {
    pub(super) fn new(ledger: &'a Ledger, as_of: u64) -> Self {
        let of_item = |item: &'a Item| {
            let (first, last) = ledger.serials_of_item(item, as_of)?;
            Some(Book { item, station: ledger.station_of_item(item, as_of), first, last })
        };
        let items = ledger.items().iter().filter(|item| item.kind == ItemKind::FormBook);
        let mut books: Vec<Book<'a>> = items.filter_map(of_item).collect();
        books.sort_by(|a, b| a.item.code.cmp(&b.item.code));
        let mut stations: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (index, book) in books.iter().enumerate() {
            if let Some(station) = book.station {
                stations.entry(station).or_default().push(index);
            }
        }
        let all: Vec<usize> = (0..books.len()).collect();
        let by_station = stations.into_iter().map(|(station, of)| (station, Pieces::new(&books, &of)));
        Self { all: Pieces::new(&books, &all), by_station: by_station.collect(), known: books }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// The book that holds a serial: of several, the one whose code is first in byte order.
    pub(super) fn with(&self, serial: &str) -> Option<&Book<'a>> {
        self.all.at(serial).map(|index| &self.known[index])
    }

    /// Whether a station has books; if so, whether one of them holds the serial.
    pub(super) fn of_station(&self, station: u32, serial: &str) -> Option<bool> {
        self.by_station.get(&station).map(|pieces| pieces.at(serial).is_some())
    }
}

/// Where a piece begins: length of the serial, the serial, and whether at it or behind it.
type Edge<'a> = (usize, &'a str, bool);

/// Ranges cut where any of them begins or ends, each piece with the first book that covers it.
struct Pieces<'a>(BTreeMap<Edge<'a>, Option<usize>>);

impl<'a> Pieces<'a> {
    fn new(books: &[Book<'a>], which: &[usize]) -> Self {
        let mut edges: BTreeMap<Edge<'a>, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
        for index in which {
            let book = &books[*index];
            edges.entry((book.first.len(), book.first, false)).or_default().0.push(*index);
            edges.entry((book.last.len(), book.last, true)).or_default().1.push(*index);
        }
        let mut covering = BTreeSet::new();
        let pieces = edges.into_iter().map(|(edge, (begin, end))| {
            covering.extend(begin);
            for index in end {
                covering.remove(&index);
            }
            (edge, covering.first().copied())
        });
        Self(pieces.collect())
    }

    fn at(&self, serial: &str) -> Option<usize> {
        let (_, covered_by) = self.0.range(..=(serial.len(), serial, false)).next_back()?;
        *covered_by
    }
}
