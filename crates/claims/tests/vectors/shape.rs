//! Sets and comparisons as the vectors write them.

use hakiki_claims::report::json;
use hakiki_claims::set::{Area, Line, StatedShare};
use hakiki_claims::{Column, Figure, ResultSet, Row, Rows, State, compare, compare_by_name};
use serde_json::{Value, json};

/// What is given: a name for people, a claim and a reference.
pub struct Case {
    pub name: &'static str,
    pub claim: Value,
    pub reference: Value,
    /// Rows are known by their names.
    pub by_name: bool,
}

/// The case with what follows from it: nothing where two rows of one side have one name.
pub fn compared(case: &Case) -> Value {
    let (claim, reference) = (set(&case.claim), set(&case.reference));
    let found =
        if case.by_name { compare_by_name(&claim, &reference) } else { Some(compare(&claim, &reference)) };
    let follows = found.map(|found| json(&claim, &found));
    let mut written =
        json!({ "name": case.name, "claim": case.claim, "reference": case.reference, "comparison": follows });
    if case.by_name {
        written["by_name"] = true.into();
    }
    written
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn maybe(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn column(value: &Value) -> Column {
    match value["is"].as_str().unwrap() {
        "candidate" => Column::Candidate { name: text(&value["name"]), party: maybe(&value["party"]) },
        "valid" => Column::Valid,
        "rejected" => Column::Rejected,
        "registered" => Column::Registered,
        _ => Column::Other(text(&value["name"])),
    }
}

fn figure(value: &Value) -> Option<Figure> {
    Some(match value.as_str() {
        Some("blank") => Figure::Blank,
        Some("dash") => Figure::Dash,
        Some("illegible") => Figure::Illegible,
        _ => Figure::Number(value.as_u64()?),
    })
}

fn row(value: &Value) -> Row {
    let figures = list(&value["figures"]).iter().map(figure).collect();
    let shares = list(&value["shares"]).iter().map(|share| StatedShare {
        column: share["column"].as_u64().map(|column| usize::try_from(column).unwrap()),
        text: text(&share["text"]),
    });
    let state = match value["state"].as_str() {
        Some("missing") => State::Missing,
        Some("contested") => State::Contested,
        Some("disregarded") => State::Disregarded,
        _ => State::Stands,
    };
    Row {
        voters: value["voters"].as_u64(),
        state,
        shares: shares.collect(),
        line: value["line"].as_u64(),
        ..Row::new(text(&value["name"]), maybe(&value["area"]), figures)
    }
}

fn set(value: &Value) -> ResultSet {
    let area = |value: &Value| {
        let (level, parent, name) = (text(&value["level"]), maybe(&value["parent"]), text(&value["name"]));
        (text(&value["code"]), Area { level, parent, name })
    };
    ResultSet {
        title: text(&value["title"]),
        rows_are: maybe(&value["level"]).map_or(Rows::Stations, Rows::Areas),
        columns: list(&value["columns"]).iter().map(column).collect(),
        rows: list(&value["rows"]).iter().map(|value| (text(&value["code"]), row(value))).collect(),
        areas: list(&value["areas"]).iter().map(area).collect(),
        lines: list(&value["lines"])
            .iter()
            .map(|value| Line { name: text(&value["name"]), row: row(value) })
            .collect(),
        cap: value["cap"].as_u64(),
    }
}
