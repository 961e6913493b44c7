//! The search of a copy of plain files: the register's names and codes in small JSON files, by the first letters of each word,
//! so that a phone reads two or three of them for a query.
//!
//! ```text
//! search/index.json   {"contest": code, "levels": [{"en": …, "sw": …}], "shards": {beginning: file}, "common": [word], "alike": {word: [word]}}
//! search/<n>.json     [[level, code, name, within], …]   level -1 is a station; within is the name of its area
//! ```
//!
//! A beginning has two letters, more where two would make a file too large. A place stands in the file of each word of its name
//! and of its code; words that very many names have are `common` and lead to no file, unless a name has no other.

use crate::Site;
use crate::fold::{code, words};
use crate::place_index::alike;
use hakiki_messages::{Language, find};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The file that names the others.
pub(crate) const INDEX: &str = "search/index.json";
/// Letters of a beginning.
const LETTERS: usize = 2;
/// Most letters of a beginning: longer ones part nothing but a row of equal names.
const LETTERS_MAX: usize = 12;
/// Places of one file: about 60 KB, 12 KB when compressed.
const SHARD_PLACES: usize = 800;
/// A word in more names than this leads to no file.
const COMMON: usize = 2_000;

/// The files of the search at a head's register: path below the site's root, and bytes. None before a register is in force.
pub fn search_index(site: &Site<'_>) -> Vec<(String, Vec<u8>)> {
    let Some(contest) = site.ledger.election().contests.first() else { return Vec::new() };
    let names = Names::new(site);
    if names.places.is_empty() {
        return Vec::new();
    }
    let common = names.common();
    let mut shards: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    split(&names.keyed(&common), LETTERS, &mut shards);
    let mut files = Vec::with_capacity(shards.len() + 1);
    let mut numbers = Map::new();
    for (number, (beginning, places)) in shards.iter().enumerate() {
        let rows: Vec<&Value> = places.iter().map(|place| &names.places[*place].row).collect();
        numbers.insert(beginning.clone(), json!(number));
        files.push((format!("search/{number}.json"), json!(rows).to_string().into_bytes()));
    }
    let index = json!({
        "contest": contest.code,
        "levels": levels(site),
        "shards": numbers,
        "common": common,
        "alike": alike(),
    });
    files.insert(0, (INDEX.to_owned(), index.to_string().into_bytes()));
    files
}

struct Named {
    row: Value,
    words: Vec<String>,
    code: String,
}

struct Names {
    places: Vec<Named>,
}

impl Names {
    fn new(site: &Site<'_>) -> Self {
        let register = site.ledger.register();
        let area_name = |area: Option<u32>| area.map_or("", |area| &*register.areas()[area as usize].name);
        let named = |level: i64, its_code: &str, name: &str, within: &str| Named {
            row: json!([level, its_code, name, within]),
            words: words(name),
            code: code(its_code),
        };
        let areas = register.areas().iter();
        let areas = areas.map(|it| named(i64::from(it.level), &it.code, &it.name, area_name(it.parent)));
        let stations = register.stations().iter();
        let stations = stations.map(|it| named(-1, &it.code, &it.name, area_name(Some(it.area))));
        Self { places: areas.chain(stations).collect() }
    }

    fn common(&self) -> BTreeSet<String> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for place in &self.places {
            for word in place.words.iter().collect::<BTreeSet<_>>() {
                *counts.entry(word).or_default() += 1;
            }
        }
        counts.into_iter().filter(|(_, count)| *count > COMMON).map(|(word, _)| word.to_owned()).collect()
    }

    /// Under what each place is filed.
    fn keyed(&self, common: &BTreeSet<String>) -> Vec<(String, usize)> {
        let mut keyed = Vec::new();
        for (at, place) in self.places.iter().enumerate() {
            let mut of_place: BTreeSet<&String> =
                place.words.iter().filter(|word| is_telling(word) && !common.contains(*word)).collect();
            if of_place.is_empty() {
                of_place.extend(&place.words);
            }
            of_place.insert(&place.code);
            keyed.extend(of_place.into_iter().map(|key| (key.clone(), at)));
        }
        keyed
    }
}

/// Whether a word tells a place from others: a number of a stream and a single letter do not.
fn is_telling(word: &str) -> bool {
    word.chars().count() >= LETTERS && word.chars().any(char::is_alphabetic)
}

/// Files by beginnings of so many letters, longer ones where a file would be too large.
fn split(keyed: &[(String, usize)], letters: usize, shards: &mut BTreeMap<String, BTreeSet<usize>>) {
    let mut groups: BTreeMap<String, Vec<(String, usize)>> = BTreeMap::new();
    for (key, place) in keyed {
        let beginning: String = key.chars().take(letters).collect();
        groups.entry(beginning).or_default().push((key.clone(), *place));
    }
    for (beginning, group) in groups {
        let places: BTreeSet<usize> = group.iter().map(|(_, place)| *place).collect();
        let can_split = letters < LETTERS_MAX && beginning.chars().count() == letters;
        if places.len() <= SHARD_PLACES || !can_split {
            shards.entry(beginning).or_default().extend(places);
        } else {
            split(&group, letters + 1, shards);
        }
    }
}

/// The levels from the top, in every language.
fn levels(site: &Site<'_>) -> Vec<Value> {
    let levels = &site.ledger.election().levels;
    let named = levels.iter().map(|(_, code)| {
        let names = Language::ALL.into_iter().map(|language| {
            let word = find(language, &format!("portal.level.{code}"));
            (language.tag().to_owned(), json!(word.map_or(code.as_str(), |word| word.other())))
        });
        Value::Object(names.collect())
    });
    named.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_files_are_parted_by_one_letter_more() {
        let keyed: Vec<(String, usize)> =
            (0..2_000).map(|n| (format!("04{n:04}"), n)).chain([("mwembe".to_owned(), 7)]).collect();
        let mut shards = BTreeMap::new();
        split(&keyed, LETTERS, &mut shards);
        let names: Vec<&str> = shards.keys().map(String::as_str).collect();
        let parted = (0..20).map(|n| format!("04{n:02}")).collect::<Vec<_>>();
        assert!(names.iter().all(|name| *name == "mw" || parted.iter().any(|p| p.starts_with(name))));
        assert!(names.contains(&"mw") && !names.contains(&"04"));
        assert!(shards.values().all(|places| places.len() <= SHARD_PLACES));
        let filed: usize = shards.values().map(BTreeSet::len).sum();
        assert_eq!(filed, 2_001, "every key is filed once");
    }
}
