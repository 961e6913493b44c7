//! The files of a report: one page, a CSV for each table, and one JSON with all of them.

use super::figures::Figures;
use super::section::{Section, State};
use super::{Report, page};
use hakiki_messages::Language;
use serde_json::{Map, Value, json};

/// The page's name.
pub const PAGE: &str = "index.html";
/// The folder of tables.
pub(super) const TABLES: &str = "csv";
/// The name of the file with every number.
pub(super) const JSON: &str = "numbers.json";

/// Every file with its path below the report's folder.
pub fn files(report: &Report, language: Language) -> Vec<(String, Vec<u8>)> {
    let mut files = vec![
        (PAGE.to_owned(), page::html(report, language).into_bytes()),
        (JSON.to_owned(), format!("{:#}\n", json(report)).into_bytes()),
    ];
    files.extend(report.tables().map(|figures| (path(figures), figures.csv().into_bytes())));
    files
}

/// The path of a table.
pub(super) fn path(figures: &Figures) -> String {
    format!("{TABLES}/{}.csv", figures.name)
}

fn json(report: &Report) -> Value {
    let tables: Map<String, Value> =
        report.tables().map(|figures| (figures.name.clone(), figures.json())).collect();
    let made: Map<String, Value> =
        report.made.iter().map(|(key, value)| ((*key).to_owned(), json!(value))).collect();
    let subject = &report.subject;
    json!({
        "schema": "hakiki/forensics@v1",
        "title": report.title,
        "made": made,
        "stations": subject.stations.len(),
        "left_out": subject.left_out,
        "level": subject.level,
        "areas": subject.areas.len(),
        "leader": subject.candidates[subject.leader],
        "rival": subject.candidates[subject.rival],
        "indicators": report.sections.iter().map(indicator).collect::<Vec<Value>>(),
        "tables": tables,
    })
}

fn indicator(section: &Section) -> Value {
    let (state, found, least) = match &section.state {
        State::Shown => ("shown", None, None),
        State::TooFew { found, least } => ("too-few", Some(*found), Some(*least)),
        State::Lacks(_) => ("lacks", None, None),
        State::Off => ("off", None, None),
    };
    let lacks = if let State::Lacks(what) = section.state { Some(what) } else { None };
    json!({
        "indicator": section.indicator.key(),
        "state": state,
        "found": found,
        "least": least,
        "lacks": lacks,
        "tables": section.tables().map(|figures| figures.name.as_str()).collect::<Vec<&str>>(),
    })
}
