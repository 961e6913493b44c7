//! Two logs beside each other: whether they are of one election, whether one continues the other, the first place where
//! they part, and which records only one of them has.
//!
//! It compares what the two show and verifies neither: that is [`crate::verify`]'s.

use crate::compare::Tiles;
use crate::fetch::{Fetcher, Object};
use crate::heads::with_sizes;
use crate::opening::{OpenError, bundle_of};
use crate::options::Source;
use crate::rows::Rows;
use crate::tree::{hashes_of, path_in};
use hakiki_core::Record;
use hakiki_messages::Message;
use hakiki_note::{Hash, Note};
use hakiki_tlog::bundle::entries;
use hakiki_tlog::checkpoint::Checkpoint;
use hakiki_tlog::tile::TilePath;
use hakiki_tlog::tile_proof::root_at;
use hakiki_tlog::tree::Head;
use std::collections::BTreeMap;

/// Tiles that are asked for at once.
const TILES_AT_ONCE: usize = 32;

/// One of two logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogSide {
    /// Its origin, as its head says.
    pub origin: String,
    /// Its head, as it says.
    pub head: Head,
    /// The id of entry 0; none where there is no record.
    pub fingerprint: Option<Hash>,
}

/// How two logs stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// The same entries in the same order.
    Same,
    /// The first is the beginning of the second, which has so many entries more.
    FirstIsPrefix(u64),
    /// The other way round.
    SecondIsPrefix(u64),
    /// They part at this place: it is the first that differs.
    Parted(u64),
}

/// A record that one of two logs has and the other has not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordShown {
    /// Its place in its own log.
    pub place: u64,
    /// Its kind and id; none where the entry is no record.
    pub record: Option<(String, Hash)>,
}

/// What a comparison found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogsCompared {
    /// The first.
    pub first: LogSide,
    /// The second.
    pub second: LogSide,
    /// How they stand to each other.
    pub relation: Relation,
    /// Records that only the first has, where they part.
    pub only_first: Vec<RecordShown>,
    /// Records that only the second has, where they part.
    pub only_second: Vec<RecordShown>,
    /// The lists of files, where both are archives: other blobs are other rows.
    pub lists: Option<(Rows, Rows)>,
}

impl LogsCompared {
    /// Whether entry 0 is the same record.
    pub fn is_one_election(&self) -> bool {
        self.first.fingerprint.is_some() && self.first.fingerprint == self.second.fingerprint
    }
}

/// Compares two logs.
pub fn compare_logs(first: &Source, second: &Source) -> Result<LogsCompared, OpenError> {
    let (a, b) = (Opened::of(first)?, Opened::of(second)?);
    let (relation, only_first, only_second) = if let Some(relation) = relation(&a, &b)? {
        (relation, Vec::new(), Vec::new())
    } else {
        let (ours, theirs) = (a.leaves()?, b.leaves()?);
        let same = ours.iter().zip(&theirs).take_while(|(a, b)| a == b).count() as u64;
        (Relation::Parted(same), a.shown(&lacking(&ours, &theirs)), b.shown(&lacking(&theirs, &ours)))
    };
    let lists = a.list().zip(b.list());
    Ok(LogsCompared { first: a.side, second: b.side, relation, only_first, only_second, lists })
}

struct Opened {
    name: String,
    fetcher: Fetcher,
    side: LogSide,
}

impl Opened {
    fn of(source: &Source) -> Result<Self, OpenError> {
        let name = source.to_string();
        let unreadable = |why: String| {
            let message = Message::new("compare.unreadable").with("who", source.to_string());
            OpenError::Refused(message.with("why", why))
        };
        let fetcher = with_sizes(Fetcher::open(source).map_err(|error| unreadable(error.to_string()))?);
        let bytes = fetcher.get(&Object::Checkpoint).map_err(|error| unreadable(error.to_string()))?;
        let note = Note::parse(&bytes).map_err(|error| unreadable(error.to_string()))?;
        let checkpoint = Checkpoint::parse(&note.text).map_err(|error| unreadable(error.to_string()))?;
        let (head, origin) = (checkpoint.head, checkpoint.origin.to_string());
        let mut opened = Self { name, fetcher, side: LogSide { origin, head, fingerprint: None } };
        opened.side.fingerprint = opened.record(0).map(|record| *record.id());
        Ok(opened)
    }

    fn record(&self, place: u64) -> Option<Record> {
        let size = self.side.head.size;
        if place >= size {
            return None;
        }
        let (_, bundle) = self.fetcher.tile(bundle_of(place, size)).ok()?;
        let within = usize::try_from(place % 256).ok()?;
        Record::parse(entries(&bundle).nth(within)?.ok()?).ok()
    }

    /// The root of the first entries; by the tiles, which are not verified here.
    fn root_at(&self, size: u64) -> Result<Hash, OpenError> {
        let tiles = Tiles::new(&self.fetcher);
        let mut read = |path| tiles.read(path);
        root_at(size, self.side.head.size, &mut read).map_err(|error| self.lacks(&error.to_string()))
    }

    fn lacks(&self, why: &str) -> OpenError {
        let message = Message::new("compare.unreadable").with("who", self.name.as_str());
        OpenError::Refused(message.with("why", why))
    }

    /// Every leaf in order.
    fn leaves(&self) -> Result<Vec<Hash>, OpenError> {
        let size = self.side.head.size;
        let mut leaves = Vec::new();
        let tiles: Vec<TilePath> = (0..size.div_ceil(256)).map(|index| path_in(0, index, size)).collect();
        for chunk in tiles.chunks(TILES_AT_ONCE) {
            for (path, read) in chunk.iter().zip(self.fetcher.each(chunk, |path| self.fetcher.tile(*path))) {
                let (stored, bytes) =
                    read.map_err(|error| self.lacks(&format!("{}: {error}", path.to_path())))?;
                let hashes = hashes_of(stored, path.width(), &bytes);
                leaves.extend(hashes.map_err(|_| self.lacks(&path.to_path()))?);
            }
        }
        Ok(leaves)
    }

    fn shown(&self, places: &[u64]) -> Vec<RecordShown> {
        let record = |place: &u64| {
            let record =
                self.record(*place).map(|record| (record.body().kind().name_and_version(), *record.id()));
            RecordShown { place: *place, record }
        };
        places.iter().map(record).collect()
    }

    /// The list of the blobs of an archive.
    fn list(&self) -> Option<Rows> {
        let archive = self.fetcher.archive()?;
        let lists = ["core/sha256sums", "blobs/sha256sums"];
        let read = lists.iter().filter_map(|path| archive.read(path, crate::archived::FILE_MAX_BYTES).ok());
        let text: Vec<String> = read.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect();
        let pairs = text.iter().flat_map(|text| text.lines()).filter_map(|line| line.split_once("  "));
        Some(Rows::of_pairs(pairs.map(|(hash, path)| (path.to_owned(), hash.to_owned()))))
    }
}

/// How they stand by their heads; none where they part.
fn relation(a: &Opened, b: &Opened) -> Result<Option<Relation>, OpenError> {
    let (first, second) = (a.side.head, b.side.head);
    if first == second {
        return Ok(Some(Relation::Same));
    }
    let (smaller, larger) = if first.size <= second.size { (a, b) } else { (b, a) };
    let more = larger.side.head.size - smaller.side.head.size;
    if more == 0 || larger.root_at(smaller.side.head.size)? != smaller.side.head.root {
        return Ok(None);
    }
    let is_first = first.size < second.size;
    Ok(Some(if is_first { Relation::FirstIsPrefix(more) } else { Relation::SecondIsPrefix(more) }))
}

/// The places of the leaves that the other has not, or not as often.
fn lacking(ours: &[Hash], theirs: &[Hash]) -> Vec<u64> {
    let mut counts: BTreeMap<&Hash, u64> = BTreeMap::new();
    for leaf in theirs {
        *counts.entry(leaf).or_default() += 1;
    }
    let mut places = Vec::new();
    for (place, leaf) in (0..).zip(ours) {
        match counts.get_mut(leaf) {
            Some(count) if *count > 0 => *count -= 1,
            _ => places.push(place),
        }
    }
    places
}
