//! Stations of a contest as data: over the whole, and in every area that a phone can read and check
//! (`docs/reference/portal-data.md`).
//!
//! Which areas have files is a matter of size: every station stands in the file of some area, and the thousands of
//! polling centres of a nation, whose ward says the same, have none.

use crate::export::opening;
use crate::table::Table;
use crate::{Page, Site, address};
use hakiki_claims::answering::{parties_by_ink, parties_by_keys};
use hakiki_core::kinds::BOX_NAMES;
use hakiki_core::ledger::{Class, Entry};
use hakiki_core::register::{Ballot, Register};
use hakiki_core::text::BoxValue;
use hakiki_core::view::Status;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Stations in the file of an area below the whole. A row is some 350 bytes and a form with its proof 2 KiB, so that reading
/// and checking them all is less than 3 MiB on a phone.
const STATIONS_MAX: usize = 1_000;
/// An area that holds no areas has no files of its own where the area above it holds no more stations than this: some
/// 70 KiB, which are as easily fetched as a part of them. A nation of 24,330 centres is spared 48,660 files by it.
const STATIONS_OF_ABOVE_MAX: usize = 200;

/// How many stations an area holds, up to `most`.
fn count(register: &Register, area: u32, most: usize) -> usize {
    let (mut found, mut open) = (0, vec![area]);
    while let Some(area) = open.pop() {
        found += register.stations_of(area).len();
        if found >= most {
            return most;
        }
        open.extend_from_slice(register.children(area));
    }
    found
}

/// Whether an area has files of its stations: it lies below the whole, holds at most [`STATIONS_MAX`], and the area above
/// does not say the same almost as shortly.
pub(crate) fn has_files(register: &Register, area: u32) -> bool {
    let Some(above) = register.areas().get(area as usize).and_then(|it| it.parent) else { return false };
    let is_in = |area, most| (1..=most).contains(&count(register, area, most + 1));
    let is_above_below_whole = register.areas()[above as usize].parent.is_some();
    let is_said_above = register.children(area).is_empty()
        && is_above_below_whole
        && count(register, above, STATIONS_OF_ABOVE_MAX + 1) <= STATIONS_OF_ABOVE_MAX;
    is_in(area, STATIONS_MAX) && !is_said_above
}

/// The smallest file of stations that holds all of an area's, below the site's root; none where that would be the whole's,
/// or the area holds none.
pub(crate) fn path_for(site: &Site<'_>, contest: u16, area: u32, ending: &str) -> Option<String> {
    let register = site.ledger.register();
    if count(register, area, 1) == 0 {
        return None;
    }
    let found = register.path(area).find(|area| has_files(register, *area))?;
    let code = &site.ledger.election().contests[usize::from(contest)].code;
    Some(path(code, &register.areas()[found as usize].code, ending))
}

/// The address of an area's file.
pub(crate) fn path(contest: &str, area: &str, ending: &str) -> String {
    format!("data/{}/{}/stations.{ending}", address::encoded(contest), address::encoded(area))
}

/// Whose stations stand in a file, and between whom they chose.
struct Listed<'a> {
    site: Site<'a>,
    contest: u16,
    /// None where its stations have ballots of their own.
    ballot: Option<&'a Ballot>,
    stations: Vec<u32>,
}

impl<'a> Listed<'a> {
    fn new(site: &Site<'a>, contest: u16, area: u32) -> Self {
        let register = site.ledger.register();
        let ballot = register.ballot_for_area(contest, area);
        Self { site: *site, contest, ballot, stations: register.stations_within(area) }
    }

    fn entry(&self, status: Status) -> Option<&'a Entry> {
        match status {
            Status::Standing(index) => self.site.ledger.entries().get(index as usize),
            _ => None,
        }
    }

    /// Whether a station's votes are for the candidates that the file names.
    fn is_on_ballot(&self, station: u32) -> bool {
        let register = self.site.ledger.register();
        let of = register.ballot(self.contest, station);
        of.zip(self.ballot).is_some_and(|(one, other)| std::ptr::eq(one, other))
    }
}

/// The heads of the CSV before the boxes.
const HEADS: [&str; 10] = [
    "head_size",
    "contest",
    "station",
    "station_name",
    "area",
    "registered",
    "state",
    "class",
    "place",
    "record",
];

/// The stations of an area as CSV: a row a station, its boxes as the form that stands has them.
pub(crate) fn csv(site: &Site<'_>, contest: u16, area: u32) -> Page {
    let listed = Listed::new(site, contest, area);
    let register = site.ledger.register();
    let candidates = listed.ballot.map_or(&[][..], |ballot| ballot.candidates.as_slice());
    let mut heads: Vec<String> = HEADS.map(str::to_owned).to_vec();
    heads.extend(BOX_NAMES.iter().map(|name| format!("box_{}", name.as_str().replace('-', "_"))));
    heads.extend(candidates.iter().map(|candidate| format!("votes_{}", candidate.number)));
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let mut table = Table::new(&heads);
    let view = &site.snapshot.contests[usize::from(contest)].view;
    for index in &listed.stations {
        let station = &register.stations()[*index as usize];
        let status = view.status(*index);
        let entry = listed.entry(status);
        table.number(site.snapshot.head.size);
        table.text(&site.ledger.election().contests[usize::from(contest)].code);
        table.text(&station.code).text(&station.name).text(&register.areas()[station.area as usize].code);
        table.maybe(station.registered.map(u64::from)).text(status_code(status));
        table.text(entry.map_or("", class_code)).maybe(entry.map(|entry| entry.place));
        table.text(&entry.map_or_else(String::new, |entry| entry.id.to_string()));
        for name in BOX_NAMES {
            table.text(&box_text(entry.and_then(|entry| entry.boxed(name))));
        }
        let entry = entry.filter(|_| listed.is_on_ballot(*index));
        for at in 0..candidates.len() {
            table.text(&box_text(entry.and_then(|entry| entry.votes.get(at).copied().flatten())));
        }
        table.end();
    }
    table.page()
}

/// The stations of an area as JSON.
pub(crate) fn json(site: &Site<'_>, contest: u16, area: u32) -> Page {
    let listed = Listed::new(site, contest, area);
    let its = &site.ledger.register().areas()[area as usize];
    let mut value = opening(site, contest, "hakiki/stations@v1");
    value["area"] = json!({ "code": &*its.code, "name": &*its.name, "whole": its.parent.is_none() });
    let candidates = listed.ballot.map(|ballot| {
        let candidates = ballot.candidates.iter();
        candidates.map(|one| json!({ "number": one.number, "name": &*one.name })).collect::<Vec<_>>()
    });
    value["candidates"] = json!(candidates);
    if listed.ballot.is_none() && its.parent.is_none() {
        value["ballots"] = ballots(site, contest);
    }
    value["stations"] = listed.stations.iter().map(|station| row(&listed, *station)).collect();
    Page::json(&value)
}

/// The ballots of a contest that has several, each with the area that it is of.
fn ballots(site: &Site<'_>, contest: u16) -> Value {
    let register = site.ledger.register();
    let of = register.ballots().iter().filter(|ballot| ballot.contest == contest);
    of.map(|ballot| {
        let candidates = ballot
            .candidates
            .iter()
            .map(|one| json!({ "number": one.number, "name": &*one.name, "party": one.party.as_deref() }));
        let area = &register.areas()[ballot.area as usize].code;
        json!({ "area": &**area, "candidates": candidates.collect::<Vec<_>>() })
    })
    .collect()
}

/// Whose agents answer for a form: by their own keys, and by what the officer states of the paper.
fn answers(site: &Site<'_>, as_of: u64, number: u32, entry: &Entry) -> Value {
    let keys: BTreeSet<&str> = parties_by_keys(site.ledger, as_of, number, entry).collect();
    let ink: BTreeSet<&str> = parties_by_ink(site.ledger, entry).collect();
    json!({ "keys": keys, "ink": ink })
}

fn row(listed: &Listed<'_>, index: u32) -> Value {
    let register = listed.site.ledger.register();
    let station = &register.stations()[index as usize];
    let view = &listed.site.snapshot.contests[usize::from(listed.contest)].view;
    let status = view.status(index);
    // Votes for other candidates than those the file names would be read as theirs.
    let has_votes = listed.ballot.is_none() || listed.is_on_ballot(index);
    let standing = if let Status::Standing(number) = status { Some(number) } else { None };
    let form = standing.zip(listed.entry(status)).map(|(number, entry)| {
        let votes = || entry.votes.iter().map(|value| value.map(box_json)).collect::<Vec<_>>();
        json!({
            "class": class_code(entry),
            "place": entry.place,
            "record": entry.id.to_string(),
            "votes": has_votes.then(votes),
            "boxes": boxes(entry),
            "answers": answers(&listed.site, view.as_of, number, entry),
        })
    });
    json!({
        "code": &*station.code,
        "name": &*station.name,
        "area": &*register.areas()[station.area as usize].code,
        "registered": station.registered,
        "state": status_code(status),
        "form": form,
    })
}

fn boxes(entry: &Entry) -> Value {
    let written = BOX_NAMES.into_iter();
    let written = written.filter_map(|name| Some((name.as_str().to_owned(), box_json(entry.boxed(name)?))));
    Value::Object(written.collect())
}

fn status_code(status: Status) -> &'static str {
    match status {
        Status::NotExpected => "not_expected",
        Status::Missing => "missing",
        Status::Standing(_) => "standing",
        Status::Contested => "contested",
        Status::Disregarded { .. } => "disregarded",
    }
}

fn class_code(entry: &Entry) -> &'static str {
    match entry.class {
        Class::Kit => "kit",
        Class::Paper => "intake",
        Class::Transcribed { .. } => "transcript",
    }
}

/// A box as it is written: a number, or what stands instead of one; empty where the form has no such box.
fn box_text(value: Option<BoxValue>) -> String {
    match value {
        None => String::new(),
        Some(BoxValue::Number(number)) => number.to_string(),
        Some(BoxValue::Blank) => "blank".to_owned(),
        Some(BoxValue::Dash) => "dash".to_owned(),
        Some(BoxValue::Illegible) => "illegible".to_owned(),
    }
}

fn box_json(value: BoxValue) -> Value {
    match value {
        BoxValue::Number(number) => json!(number),
        other => json!(box_text(Some(other))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hakiki_core::fixture::{Fixture, Setting};

    #[test]
    fn files_are_neither_too_large_for_a_phone_nor_a_handful_of_rows() {
        // Stations of a county with one constituency: whether county and constituency have files.
        for (stations, of_county, of_constituency) in [
            (1, true, false),
            (200, true, false),
            (201, true, true),
            (1000, true, true),
            (1001, false, false),
        ] {
            let setting = Setting { stations, counties: 1, ..Setting::default() };
            let ledger = Fixture::new(&setting).ledger();
            let register = ledger.register();
            let has = |code| has_files(register, register.area(code).unwrap());
            assert_eq!((has("c01"), has("c01-1")), (of_county, of_constituency), "{stations}");
            assert!(!has("MF"), "the whole has its own");
        }
    }
}
