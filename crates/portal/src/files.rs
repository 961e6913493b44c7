//! The table of addresses that are files and not pages: data for machines, feeds, images.
//!
//! ```text
//! /air/{contest}.json  .csv        /air/{contest}/{area}.json  .csv
//! /data/index.json  /data/findings.csv  /data/outlines.json
//! /data/{contest}/areas.json  .csv  stations.json  .csv
//! /data/{contest}/{area}/stations.json  .csv
//! /audits.txt  /audits/{place}/frame.txt  draws.csv
//! /{lang}/corrections.atom  .json
//! /{lang}/feeds/all.rss  .atom  .json
//! /{lang}/feeds/said/{code}.rss  .atom  .json
//! /{lang}/feeds/publishers/{key hash}/{code}.rss  .atom  .json
//! /{lang}/embed/{contest}.svg
//! ```

use crate::reading::Reading;
use crate::{Page, Site, address, air, audits, corrections, embed, export, said_feeds, station_files};
use hakiki_messages::Language;

/// The file at a path below the site's root, if there is one.
pub(crate) fn file(site: &Site<'_>, path: &str) -> Option<Page> {
    let segments: Vec<&str> = path.split('/').collect();
    let contest = |code: &str| {
        let index = site.ledger.election().contest_index(&address::decoded(code)?)?;
        (usize::from(index) < site.snapshot.contests.len()).then_some(index)
    };
    let language = |tag: &str| Language::ALL.into_iter().find(|language| language.tag() == tag);
    match segments.as_slice() {
        ["air", file] => {
            let (code, ending) = file.rsplit_once('.')?;
            of_area(site, contest(code)?, site.ledger.register().root()?, ending)
        }
        ["air", code, file] => {
            let (area, ending) = file.rsplit_once('.')?;
            of_area(site, contest(code)?, site.ledger.register().area(&address::decoded(area)?)?, ending)
        }
        ["audits.txt"] => audits::files::text(site),
        ["audits", place, name] => audits::files::file(site, place, name),
        ["data", "index.json"] => Some(export::index(site)),
        ["data", "findings.csv"] => Some(export::findings_csv(site)),
        ["data", "outlines.json"] => export::outlines(site),
        ["data", code, file] => {
            let contest = contest(code)?;
            match *file {
                "areas.json" => Some(export::areas_json(site, contest)),
                "areas.csv" => Some(export::areas_csv(site, contest)),
                _ => stations(site, contest, site.ledger.register().root()?, file),
            }
        }
        ["data", code, area, file] => {
            let area = site.ledger.register().area(&address::decoded(area)?)?;
            let has_files = station_files::has_files(site.ledger.register(), area);
            has_files.then(|| stations(site, contest(code)?, area, file)).flatten()
        }
        [tag, "corrections.atom"] => Some(corrections::atom(reading(site, language(tag)?))),
        [tag, "corrections.json"] => Some(corrections::feed(reading(site, language(tag)?))),
        [tag, "feeds", ..] => {
            let reading = Reading { depth: segments.len() - 1, ..reading(site, language(tag)?) };
            said_feeds::file(reading, &segments[1..])
        }
        [tag, "embed", file] => {
            let code = file.strip_suffix(".svg")?;
            embed::image(reading(site, language(tag)?), contest(code)?)
        }
        _ => None,
    }
}

fn of_area(site: &Site<'_>, contest: u16, area: u32, ending: &str) -> Option<Page> {
    match ending {
        "json" => Some(air::json(site, contest, area)),
        "csv" => Some(air::csv(site, contest, area)),
        _ => None,
    }
}

fn stations(site: &Site<'_>, contest: u16, area: u32, file: &str) -> Option<Page> {
    match file {
        "stations.json" => Some(station_files::json(site, contest, area)),
        "stations.csv" => Some(station_files::csv(site, contest, area)),
        _ => None,
    }
}

/// Files hold no links that depend on where they lie.
fn reading<'a>(site: &Site<'a>, language: Language) -> Reading<'a> {
    Reading { site: *site, language, depth: 0 }
}

/// The paths of all files below the site's root but assets, in order.
pub(crate) fn paths(site: Site<'_>) -> impl Iterator<Item = String> + use<'_> {
    let contests = (0u16..).zip(&site.ledger.election().contests);
    let root = site.ledger.register().root();
    let areas = contests.clone().filter(move |_| root.is_some()).flat_map(move |(_, contest)| {
        let areas = (0u32..).zip(site.ledger.register().areas()).filter(|(_, area)| area.parent.is_some());
        areas.flat_map(move |(index, area)| {
            let stem = format!("air/{}/{}", address::encoded(&contest.code), address::encoded(&area.code));
            let has_stations = station_files::has_files(site.ledger.register(), index);
            let of_stations =
                |ending| has_stations.then(|| station_files::path(&contest.code, &area.code, ending));
            let of_stations = ["json", "csv"].map(of_stations);
            ["json", "csv"]
                .map(|ending| format!("{stem}.{ending}"))
                .into_iter()
                .chain(of_stations.into_iter().flatten())
        })
    });
    let feeds = Language::ALL
        .into_iter()
        .flat_map(|language| ["atom", "json"].map(|ending| format!("{language}/corrections.{ending}")));
    let images = Language::ALL.into_iter().flat_map(move |language| {
        let with_figure =
            contests.clone().filter(move |(index, _)| embed::has_figure(reading(&site, language), *index));
        with_figure
            .map(move |(_, contest)| format!("{language}/embed/{}.svg", address::encoded(&contest.code)))
    });
    export::paths(&site).into_iter().chain(areas).chain(feeds).chain(images).chain(said_feeds::paths(site))
}
