//! Find a station or area by code or by name, with room for a slip of the finger.
//!
//! Names are folded for comparing only; what is shown is the register's own. It keeps no index: one pass over the names
//! of a nation takes milliseconds, and a search is rare beside a page.

use crate::frame::Frame;
use crate::reading::Reading;
use crate::{Page, address};
use hakiki_messages::Message;
use maud::{Markup, html};
use std::collections::BTreeSet;

/// Most results that are shown.
const RESULTS: usize = 50;
/// Longest query that is compared, in characters: longer than any name of a place.
const QUERY_CHARACTERS: usize = 80;
/// Shortest query.
const QUERY_LEAST: usize = 2;

/// A place that fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Area(u32),
    Station(u32),
}

/// The page.
pub(crate) fn page(reading: Reading<'_>, query: &str, here: &str) -> Page {
    let query: String = query.trim().chars().take(QUERY_CHARACTERS).collect();
    let heading = reading.t("portal.search.title");
    let main = html! {
        h1 { (heading) }
        form action=(reading.href("search")) method="get" role="search" {
            label for="q" { (reading.t("portal.search.label")) }
            input #q type="search" name="q" value=(query) maxlength=(QUERY_CHARACTERS) autocomplete="off";
            button type="submit" { (reading.t("portal.search.button")) }
            p.small { (reading.t("portal.search.hint")) }
        }
        @if !query.is_empty() { (results(reading, &query)) }
    };
    Frame::new(heading, here).page(reading, &main)
}

fn results(reading: Reading<'_>, query: &str) -> Markup {
    if query.chars().count() < QUERY_LEAST {
        return html! { p { (reading.m(&Message::new("portal.search.too_short").with("count", QUERY_LEAST))) } };
    }
    let found = find(reading, query);
    let Some(contest) = reading.ledger().election().contests.first() else { return html! {} };
    html! {
        @if found.is_empty() {
            p { (reading.m(&Message::new("portal.search.none").with("query", query))) }
        } @else {
            h2 { (reading.m(&Message::new("portal.search.found").with("count", found.len()))) }
            @if found.len() == RESULTS { p { (reading.m(&Message::new("portal.search.too_many").with("count", RESULTS))) } }
            ul.found {
                @for place in found {
                    li {
                        @match place {
                            Place::Area(index) => {
                                @let it = reading.area(index);
                                (reading.link(&address::area(&contest.code, &it.code), &it.name))
                                " " small { (reading.level(it.level)) " " span.code-of { (it.code) } }
                            }
                            Place::Station(index) => {
                                @let it = reading.station(index);
                                (reading.link(&address::station(&contest.code, &it.code), &it.name))
                                " " small { span.code-of { (it.code) } " · " bdi { (reading.area(it.area).name) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Fits first by code, then by a part of the name, then by likeness; each in the order of the register.
fn find(reading: Reading<'_>, query: &str) -> Vec<Place> {
    let register = reading.register();
    let code: String = query.chars().filter(|character| !character.is_whitespace()).collect();
    let name = folded(query);
    let grams = trigrams(&name);
    let mut ranked: Vec<(u32, Place)> = Vec::new();
    let mut consider = |its_code: &str, its_name: &str, place: Place| {
        let rank = if its_code.eq_ignore_ascii_case(&code) {
            Some(0)
        } else if starts_with(its_code, &code) {
            Some(1)
        } else {
            name_rank(&folded(its_name), &name, &grams)
        };
        if let Some(rank) = rank {
            ranked.push((rank, place));
        }
    };
    for (index, area) in (0u32..).zip(register.areas()) {
        consider(&area.code, &area.name, Place::Area(index));
    }
    for (index, station) in (0u32..).zip(register.stations()) {
        consider(&station.code, &station.name, Place::Station(index));
    }
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().take(RESULTS).map(|(_, place)| place).collect()
}

fn starts_with(code: &str, query: &str) -> bool {
    let (code, query) = (code.as_bytes(), query.as_bytes());
    code.len() >= query.len() && code[..query.len()].eq_ignore_ascii_case(query)
}

/// Lower is nearer: a whole name, its beginning, a part of it, then by how many trigrams it shares with the query.
fn name_rank(its: &str, name: &str, grams: &BTreeSet<[char; 3]>) -> Option<u32> {
    if name.is_empty() {
        return None;
    }
    if its == name {
        return Some(2);
    }
    if its.starts_with(name) {
        return Some(3);
    }
    if its.contains(name) {
        return Some(4);
    }
    let theirs = trigrams(its);
    let shared = grams.intersection(&theirs).count();
    // Half of the trigrams survive one wrong letter in a word of five; fewer fit by chance.
    let near = grams.len() >= 2 && shared * 2 >= grams.len();
    let lacking = u32::try_from(grams.len() - shared).unwrap_or(u32::MAX / 2);
    near.then_some(5 + lacking)
}

/// Lower case, without apostrophes and marks, words parted by one space.
fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars().flat_map(char::to_lowercase) {
        if character.is_alphanumeric() {
            out.push(character);
        } else if !matches!(character, '\'' | '’' | 'ʼ' | '`') && !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Three letters at a time, the beginning and end of the text marked by spaces.
fn trigrams(text: &str) -> BTreeSet<[char; 3]> {
    let mut padded = vec![' ', ' '];
    padded.extend(text.chars());
    padded.push(' ');
    padded.windows(3).map(|window| [window[0], window[1], window[2]]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rank(name: &str, query: &str) -> Option<u32> {
        let query = folded(query);
        name_rank(&folded(name), &query, &trigrams(&query))
    }

    #[test]
    fn a_name_is_found_whole_in_part_and_with_a_slip() {
        assert_eq!(rank("Mwembe School", "mwembe school"), Some(2));
        assert_eq!(rank("Mwembe School", "MWEMBE"), Some(3));
        assert_eq!(rank("Mwembe School", "school"), Some(4));
        assert!(rank("Mwembe", "mwenbe").is_some());
        assert!(rank("Mwembe School", "mwmbe school").is_some());
        assert_eq!(rank("Mwembe School", "kisiwani"), None);
        assert_eq!(rank("Mwembe", "--"), None);
    }

    /// X04: apostrophes, ñ and Arabic are compared without a change to what is shown.
    #[test]
    fn names_of_other_scripts_are_found() {
        assert_eq!(rank("Ng'ombe Niño", "ngombe niño"), Some(2));
        assert_eq!(rank("Ng’ombe", "ng'ombe"), Some(2));
        assert_eq!(rank("مدرسة النور", "النور"), Some(4));
    }
}
