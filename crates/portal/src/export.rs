//! Data files: areas of a contest, findings, and the index that names every file (`docs/reference/portal-data.md`). Stations
//! stand in [`crate::station_files`].

use crate::air::{self, candidates_json, election_json, head_json, tally};
use crate::table::Table;
use crate::{Page, Site, address, audits, station_files};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Heads of the partition's columns.
const PARTITION: [&str; 5] = ["expected", "standing", "missing", "contested", "disregarded"];

/// What every data file of a contest begins with.
pub(crate) fn opening(site: &Site<'_>, contest: u16, schema: &str) -> Value {
    let its = &site.ledger.election().contests[usize::from(contest)];
    json!({
        "schema": schema,
        "election": election_json(site),
        "contest": { "code": its.code, "title": its.title, "rule": its.rule.as_str(), "cap": its.cap },
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
            "stations_file": station_files::path_for(site, contest, index, "json"),
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

/// The outlines of areas as the operator supplied them, drawn in one frame; none where there are none.
pub(crate) fn outlines(site: &Site<'_>) -> Option<Page> {
    let (drawing, codes) = site.source.boundaries()?.whole()?;
    let areas: BTreeMap<&str, &str> =
        codes.into_iter().zip(drawing.paths.iter().map(String::as_str)).collect();
    Some(Page::json(&json!({
        "schema": "hakiki/outlines@v1",
        "election": election_json(site),
        "width": drawing.width,
        "height": drawing.height,
        "areas": areas,
    })))
}

/// The paths of the data files below the site's root, in order, those of areas excepted.
pub(crate) fn paths(site: &Site<'_>) -> Vec<String> {
    let mut paths = vec!["data/index.json".to_owned(), "data/findings.csv".to_owned()];
    if site.source.boundaries().is_some() {
        paths.push("data/outlines.json".to_owned());
    }
    paths.extend(audits::files::paths(site));
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
        "files_of_areas": [
            "air/{contest}/{area}.csv",
            "air/{contest}/{area}.json",
            "data/{contest}/{area}/stations.csv",
            "data/{contest}/{area}/stations.json",
        ],
    }))
}
