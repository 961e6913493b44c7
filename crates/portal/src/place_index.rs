//! The names and codes of a register, ready to be searched: made once a register, then asked by every query.
//!
//! It holds the distinct words of the names, of which a nation has some ten thousand, with the places where each stands. A query
//! compares its words with those, never with every name.

use crate::fold::{code, is_one_slip, slips, slips_allowed, words};
use hakiki_core::Ledger;
use hakiki_core::register::Register;
use hakiki_messages::{Language, Word, find, keys};
use hakiki_note::Hash;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// Words of the index that one word of a query may mean.
const READINGS: usize = 64;
/// Shortest beginning of a word or code that is looked for.
const PREFIX_LEAST: usize = 2;
/// Shortest row of digits that is looked for within codes.
const WITHIN_LEAST: usize = 4;
/// Shortest code in which one wrong digit is forgiven: in a shorter one it makes another place.
const NEAR_CODE_LEAST: usize = 6;

/// A place of the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    Area(u32),
    Station(u32),
}

/// Why a place was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum How {
    Code,
    CodeBegins,
    CodeHolds,
    CodeNear,
    /// By name; the words that were read as others, typed and read.
    Name(Vec<(String, String)>),
}

/// What a query finds, nearest first.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub found: Vec<(Place, How)>,
    /// How many there are, those that were cut off included.
    pub count: usize,
    /// No place has every word of the query.
    pub only_some: bool,
}

/// The index of a ledger's register: made when it is first asked for, kept while the register stays.
#[derive(Debug)]
pub(crate) struct OfRegister {
    registers: BTreeSet<Hash>,
    index: OnceLock<PlaceIndex>,
}

impl OfRegister {
    /// None is made yet.
    pub fn new(ledger: &Ledger) -> Self {
        Self { registers: ledger.registers().clone(), index: OnceLock::new() }
    }

    /// Whether it is of the register that is in force in a ledger.
    pub fn is_of(&self, ledger: &Ledger) -> bool {
        self.registers == *ledger.registers()
    }

    /// The index; `ledger` is the one that it is of.
    pub fn index(&self, ledger: &Ledger) -> &PlaceIndex {
        self.index.get_or_init(|| PlaceIndex::new(ledger.register(), &ledger.election().levels))
    }
}

/// One distinct word.
#[derive(Debug)]
struct Known {
    text: Box<str>,
    letters: Box<[char]>,
    /// Which of 64 classes of letters it has: a cheap bound from below on slips.
    mask: u64,
    /// Places, ascending.
    at: Vec<u32>,
}

/// The index.
#[derive(Debug, Default)]
pub(crate) struct PlaceIndex {
    known: Vec<Known>,
    /// Folded codes with their places, ascending.
    codes: Vec<(Box<str>, u32)>,
    /// Areas come first in the numbering of places.
    areas: u32,
    /// Words of each place's name.
    lengths: Vec<u8>,
    alike: BTreeMap<String, Vec<String>>,
}

fn mask(letters: &[char]) -> u64 {
    letters.iter().fold(0, |mask, letter| mask | 1 << (u32::from(*letter) % 64))
}

/// What each language calls the same thing in names of places: `school` and `shule`.
pub(crate) fn alike() -> BTreeMap<String, Vec<String>> {
    let mut alike: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for key in keys(Language::default()).filter(|key| key.starts_with("find.alike.")) {
        let said: Vec<String> = Language::ALL
            .into_iter()
            .filter_map(|language| find(language, key))
            .flat_map(|word| words(word.other()))
            .collect();
        for word in &said {
            alike
                .entry(word.clone())
                .or_default()
                .extend(said.iter().filter(|other| *other != word).cloned());
        }
    }
    alike
}

/// What a level is called in every language, folded.
fn level_words(level: &str) -> Vec<String> {
    let key = format!("portal.level.{level}");
    let said = Language::ALL.into_iter().filter_map(|language| find(language, &key)).map(Word::other);
    said.chain([level]).flat_map(words).collect()
}

impl PlaceIndex {
    /// The index of a register; `levels` names the levels of areas from the top.
    pub fn new(register: &Register, levels: &[(u32, String)]) -> Self {
        let areas = u32::try_from(register.areas().len()).unwrap_or(u32::MAX);
        let mut known: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        let mut index = Self { areas, alike: alike(), ..Self::default() };
        let of_level: BTreeMap<u32, Vec<String>> =
            levels.iter().map(|(level, code)| (*level, level_words(code))).collect();
        let mut add = |place: u32, its_code: &str, name: &str, more: &[String]| {
            let of_name = words(name);
            index.lengths.push(u8::try_from(of_name.len()).unwrap_or(u8::MAX));
            index.codes.push((code(its_code).into(), place));
            for word in of_name.into_iter().chain(more.iter().cloned()) {
                let at = known.entry(word).or_default();
                if at.last() != Some(&place) {
                    at.push(place);
                }
            }
        };
        for (place, area) in (0..).zip(register.areas()) {
            let more = of_level.get(&area.level).map(Vec::as_slice).unwrap_or_default();
            add(place, &area.code, &area.name, more);
        }
        for (place, station) in (areas..).zip(register.stations()) {
            add(place, &station.code, &station.name, &[]);
        }
        index.codes.sort();
        let known = known.into_iter().map(|(text, at)| {
            let letters: Box<[char]> = text.chars().collect();
            Known { mask: mask(&letters), text: text.into(), letters, at }
        });
        index.known = known.collect();
        index
    }

    /// The places that fit a query, at most `most` of them.
    pub fn find(&self, query: &str, most: usize) -> Answer {
        let by_code = self.by_code(&code(query));
        // A number that leads somewhere is a code and no word of a name.
        let is_number = !by_code.is_empty() && !query.chars().any(char::is_alphabetic);
        let query = if is_number { Vec::new() } else { words(query) };
        let readings: Vec<Vec<(usize, usize)>> = query.iter().map(|word| self.readings(word)).collect();
        let mut seen: Vec<u32> = by_code.iter().map(|(place, _)| *place).collect();
        seen.sort_unstable();
        let (by_name, count, only_some) = self.by_name(&readings, &seen, most);
        let only_some = only_some && by_code.is_empty();
        let count = by_code.len() + count;
        let named = by_name.into_iter().map(|place| (place, How::Name(Vec::new())));
        let shown = by_code.into_iter().chain(named).take(most);
        let shown = shown.map(|(place, how)| match how {
            How::Name(_) => (self.place(place), How::Name(self.read_as(&query, &readings, place))),
            how => (self.place(place), how),
        });
        Answer { found: shown.collect(), count, only_some }
    }

    fn place(&self, number: u32) -> Place {
        number.checked_sub(self.areas).map_or(Place::Area(number), Place::Station)
    }

    /// By the whole code, its beginning, a row of digits within it, or one digit wrong.
    fn by_code(&self, query: &str) -> Vec<(u32, How)> {
        if query.is_empty() {
            return Vec::new();
        }
        let from = self.codes.partition_point(|(code, _)| **code < *query);
        let begins = self.codes[from..].iter().take_while(|(code, _)| code.starts_with(query));
        let mut found: Vec<(u32, How)> = begins
            .filter(|(code, _)| **code == *query || query.chars().count() >= PREFIX_LEAST)
            .map(|(code, place)| (*place, if **code == *query { How::Code } else { How::CodeBegins }))
            .collect();
        if found.is_empty() && query.bytes().any(|byte| byte.is_ascii_digit()) {
            if query.len() >= WITHIN_LEAST {
                let holds = self.codes.iter().filter(|(code, _)| code.contains(query));
                found.extend(holds.map(|(_, place)| (*place, How::CodeHolds)));
            }
            if found.is_empty() && query.len() >= NEAR_CODE_LEAST {
                let near =
                    self.codes.iter().filter(|(code, _)| is_one_slip(query.as_bytes(), code.as_bytes()));
                found.extend(near.map(|(_, place)| (*place, How::CodeNear)));
            }
        }
        found
    }

    /// By the words of names: the places that have most of the words, the nearest first, without those in `seen`; how many
    /// there are; whether none has all of the words.
    fn by_name(
        &self,
        readings: &[Vec<(usize, usize)>],
        seen: &[u32],
        shown: usize,
    ) -> (Vec<u32>, usize, bool) {
        // By place: how many words of the query it has, at what cost, and by which word it was counted last.
        let mut scores = vec![(0_usize, 0_usize, usize::MAX); self.lengths.len()];
        for (nth, readings) in readings.iter().enumerate() {
            for (known, cost) in readings {
                for place in &self.known[*known].at {
                    let score = &mut scores[*place as usize];
                    // Readings come nearest first, so the first one counts.
                    if score.2 != nth {
                        *score = (score.0 + 1, score.1 + cost, nth);
                    }
                }
            }
        }
        let most = scores.iter().map(|(matched, ..)| *matched).max().unwrap_or(0);
        if most == 0 {
            return (Vec::new(), 0, false);
        }
        let beyond = |place: u32| usize::from(self.lengths[place as usize]).saturating_sub(most);
        let fits =
            (0..).zip(&scores).filter(|(place, score)| score.0 == most && seen.binary_search(place).is_err());
        let mut ranked: Vec<(usize, usize, u32)> =
            fits.map(|(place, score)| (score.1, beyond(place), place)).collect();
        let count = ranked.len();
        // Only what is shown is put in order: a common word has tens of thousands of places.
        if count > shown {
            ranked.select_nth_unstable(shown);
            ranked.truncate(shown);
        }
        ranked.sort_unstable();
        (ranked.into_iter().map(|(.., place)| place).collect(), count, most < readings.len())
    }

    /// The words of a query that were read as others at a place.
    fn read_as(
        &self,
        query: &[String],
        readings: &[Vec<(usize, usize)>],
        place: u32,
    ) -> Vec<(String, String)> {
        let pairs = query.iter().zip(readings).filter_map(|(typed, readings)| {
            let mut here = readings.iter().map(|(known, _)| &self.known[*known]);
            here.find(|known| known.at.binary_search(&place).is_ok()).map(|known| (typed, &known.text))
        });
        pairs
            .filter(|(typed, read)| !read.starts_with(typed.as_str()))
            .map(|(typed, read)| (typed.clone(), read.to_string()))
            .collect()
    }

    /// What a word may mean: itself, what it begins, the same in another language, what is a slip away. With its cost.
    fn readings(&self, word: &str) -> Vec<(usize, usize)> {
        let letters: Vec<char> = word.chars().collect();
        let from = self.known.partition_point(|known| *known.text < *word);
        let mut readings: Vec<(usize, usize)> = Vec::new();
        let begins =
            self.known[from..].iter().zip(from..).take_while(|(known, _)| known.text.starts_with(word));
        for (known, at) in begins {
            if *known.text == *word {
                readings.push((at, 0));
            } else if letters.len() >= PREFIX_LEAST {
                readings.push((at, 1));
            }
        }
        for other in self.alike.get(word).into_iter().flatten() {
            if let Ok(at) = self.known.binary_search_by(|known| (*known.text).cmp(other)) {
                readings.push((at, 1));
            }
        }
        let allowed = slips_allowed(letters.len());
        if allowed > 0 {
            let its_mask = mask(&letters);
            for (at, known) in self.known.iter().enumerate() {
                let lengths = known.letters.len().abs_diff(letters.len());
                // A slip changes at most one class of letters into another.
                let differ = (known.mask ^ its_mask).count_ones() as usize;
                if lengths > allowed || differ > 2 * allowed || known.text.starts_with(word) {
                    continue;
                }
                if let Some(count) = slips(&letters, &known.letters, allowed) {
                    readings.push((at, 1 + 2 * count));
                }
            }
        }
        readings.sort_by_key(|(at, cost)| (*cost, *at));
        readings.truncate(READINGS);
        readings
    }
}
