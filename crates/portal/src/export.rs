//! Data files: areas and stations of a contest, findings, and the index that names every file
//! (`docs/reference/portal-data.md`).

use crate::air::{self, candidates_json, election_json, head_json, tally};
use crate::table::Table;
use crate::{Page, Site, address};
use hakiki_core::ledger::{Class, Entry};
use hakiki_core::register::Ballot;
use hakiki_core::text::BoxValue;
use hakiki_core::view::Status;
use serde_json::{Value, json};

/// Heads of the partition's columns.
const PARTITION: [&str; 5] = ["expected", "standing", "missing", "contested", "disregarded"];

/// The candidates of a contest by their ballot over all areas; none where each area has its own.
fn ballot<'a>(site: &Site<'a>, contest: u16) -> Option<&'a Ballot> {
    let register = site.ledger.register();
    register.ballot_for_area(contest, register.root()?)
}

fn opening(site: &Site<'_>, contest: u16, schema: &str) -> Value {
    let its = &site.ledger.election().contests[usize::from(contest)];
    json!({
        "schema": schema,
        "election": election_json(site),
        "contest": { "code": its.code, "title": its.title, "rule": its.rule.as_str() },
        "head": head_json(site),
    })
}

fn level<'a>(site: &Site<'a>, level: u32) -> &'a str {
    let levels = &site.ledger.election().levels;
    levels.iter().find(|(place, _)| *place == level).map_or("", |(_, code)| code)
}

/// Every area of a contest, as JSON.
pub(crate) fn areas_json(site: &Site<'_>, contest: u16) -> Page {
    let register = site.ledger.register();
    let areas = (0u32..).zip(register.areas()).map(|(index, area)| {
        let tally = tally(site, contest, index);
        let ballot = register.ballot_for_area(contest, index);
        json!({
            "code": &*area.code,
            "name": &*area.name,
            "level": level(site, area.level),
            "parent": area.parent.map(|parent| &*register.areas()[parent as usize].code),
            "stations": air::stations_json(&tally),
            "registered": tally.registered,
            "valid_votes": tally.valid.least,
            "candidates": ballot.map(|ballot| candidates_json(ballot, &tally)),
        })
    });
    let mut value = opening(site, contest, "hakiki/areas@v1");
    value["areas"] = areas.collect();
    Page::json(&value)
}

/// Every area of a contest, as CSV: a row an area and candidate.
pub(crate) fn areas_csv(site: &Site<'_>, contest: u16) -> Page {
    let register = site.ledger.register();
    let heads = ["head_size", "contest", "area", "area_name", "level", "parent"];
    let counts = ["registered", "valid_votes", "number", "candidate", "party", "votes"];
    let mut table = Table::new(&[&heads[..], &PARTITION, &counts].concat());
    for (index, area) in (0u32..).zip(register.areas()) {
        let tally = tally(site, contest, index);
        let candidates = register.ballot_for_area(contest, index);
        for (at, candidate) in candidates.into_iter().flat_map(|ballot| ballot.candidates.iter().enumerate())
        {
            table.number(site.snapshot.head.size);
            table.text(&site.ledger.election().contests[usize::from(contest)].code);
            table.text(&area.code).text(&area.name).text(level(site, area.level));
            table.text(area.parent.map_or("", |parent| &register.areas()[parent as usize].code));
            for count in [tally.expected, tally.standing, tally.missing, tally.contested, tally.disregarded] {
                table.number(count);
            }
            table.number(tally.registered).number(tally.valid.least).number(u64::from(candidate.number));
            table.text(&candidate.name).text(candidate.party.as_deref().unwrap_or_default());
            table.maybe(tally.votes.get(at).and_then(|sum| sum.stated())).end();
        }
    }
    table.page()
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

fn standing<'a>(site: &Site<'a>, status: Status) -> Option<&'a Entry> {
    match status {
        Status::Standing(index) => site.ledger.entries().get(index as usize),
        _ => None,
    }
}

/// Every station of a contest, as CSV: a row a station, its boxes as the form that stands has them.
pub(crate) fn stations_csv(site: &Site<'_>, contest: u16) -> Page {
    let register = site.ledger.register();
    let ballot = ballot(site, contest);
    let mut heads: Vec<String> = [
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
    ]
    .map(str::to_owned)
    .to_vec();
    heads.extend(
        hakiki_core::kinds::BOX_NAMES.iter().map(|name| format!("box_{}", name.as_str().replace('-', "_"))),
    );
    let candidates = ballot.map_or(&[][..], |ballot| ballot.candidates.as_slice());
    heads.extend(candidates.iter().map(|candidate| format!("votes_{}", candidate.number)));
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let mut table = Table::new(&heads);
    let view = &site.snapshot.contests[usize::from(contest)].view;
    for (index, station) in (0u32..).zip(register.stations()) {
        let status = view.status(index);
        let entry = standing(site, status);
        table.number(site.snapshot.head.size);
        table.text(&site.ledger.election().contests[usize::from(contest)].code);
        table.text(&station.code).text(&station.name).text(&register.areas()[station.area as usize].code);
        table.maybe(station.registered.map(u64::from)).text(status_code(status));
        table.text(entry.map_or("", class_code)).maybe(entry.map(|entry| entry.place));
        table.text(&entry.map_or_else(String::new, |entry| entry.id.to_string()));
        for name in hakiki_core::kinds::BOX_NAMES {
            table.text(&box_text(entry.and_then(|entry| entry.boxed(name))));
        }
        for at in 0..candidates.len() {
            table.text(&box_text(entry.and_then(|entry| entry.votes.get(at).copied().flatten())));
        }
        table.end();
    }
    table.page()
}

/// Every station of a contest, as JSON.
pub(crate) fn stations_json(site: &Site<'_>, contest: u16) -> Page {
    let register = site.ledger.register();
    let view = &site.snapshot.contests[usize::from(contest)].view;
    let stations = (0u32..).zip(register.stations()).map(|(index, station)| {
        let status = view.status(index);
        let entry = standing(site, status);
        let boxes = |entry: &Entry| -> Value {
            let boxes = hakiki_core::kinds::BOX_NAMES.into_iter();
            let written =
                boxes.filter_map(|name| Some((name.as_str().to_owned(), box_json(entry.boxed(name)?))));
            Value::Object(written.collect())
        };
        json!({
            "code": &*station.code,
            "name": &*station.name,
            "area": &*register.areas()[station.area as usize].code,
            "registered": station.registered,
            "state": status_code(status),
            "form": entry.map(|entry| json!({
                "class": class_code(entry),
                "place": entry.place,
                "record": entry.id.to_string(),
                "votes": entry.votes.iter().map(|value| value.map(box_json)).collect::<Vec<_>>(),
                "boxes": boxes(entry),
            })),
        })
    });
    let mut value = opening(site, contest, "hakiki/stations@v1");
    let candidates = ballot(site, contest).map(|ballot| {
        let candidates = ballot.candidates.iter();
        candidates.map(|one| json!({ "number": one.number, "name": &*one.name })).collect::<Vec<_>>()
    });
    value["candidates"] = json!(candidates);
    value["stations"] = stations.collect();
    Page::json(&value)
}

fn box_json(value: BoxValue) -> Value {
    match value {
        BoxValue::Number(number) => json!(number),
        other => json!(box_text(Some(other))),
    }
}

/// Every finding, as CSV.
pub(crate) fn findings_csv(site: &Site<'_>) -> Page {
    let mut table = Table::new(&["head_size", "code", "contest", "area", "station", "place", "values"]);
    let register = site.ledger.register();
    for finding in &site.snapshot.findings.all {
        let contest =
            finding.contest.map(|contest| &site.ledger.election().contests[usize::from(contest)].code);
        table.number(site.snapshot.head.size).text(finding.code.as_str());
        table.text(contest.map_or("", String::as_str));
        table.text(finding.area.map_or("", |area| &register.areas()[area as usize].code));
        table.text(finding.station.map_or("", |station| &register.stations()[station as usize].code));
        table.number(finding.place);
        let values: Vec<String> =
            finding.values.iter().map(|(name, value)| format!("{name}={value}")).collect();
        table.text(&values.join(" ")).end();
    }
    table.page()
}

/// The paths of the data files below the site's root, in order, those of areas excepted.
pub(crate) fn paths(site: &Site<'_>) -> Vec<String> {
    let mut paths = vec!["data/index.json".to_owned(), "data/findings.csv".to_owned()];
    if site.ledger.register().root().is_none() {
        return paths;
    }
    for contest in &site.ledger.election().contests {
        let code = address::encoded(&contest.code);
        paths.extend(["json", "csv"].map(|ending| format!("air/{code}.{ending}")));
        for name in ["areas.csv", "areas.json", "stations.csv", "stations.json"] {
            paths.push(format!("data/{code}/{name}"));
        }
    }
    paths
}

/// The index of all data files, with the head that they are of.
pub(crate) fn index(site: &Site<'_>) -> Page {
    Page::json(&json!({
        "schema": "hakiki/data@v1",
        "election": election_json(site),
        "head": head_json(site),
        "files": paths(site),
    }))
}
