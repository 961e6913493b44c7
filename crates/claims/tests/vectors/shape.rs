//! Sets and comparisons as the vectors write them.

use hakiki_claims::arithmetic::{Denominator, arithmetic};
use hakiki_claims::compare::{Both, Counts, Impossible, NoRows, Why};
use hakiki_claims::set::{Area, Line, StatedShare};
use hakiki_claims::{Column, Figure, ResultSet, Row, Rows, State, Verdict, compare};
use serde_json::{Value, json};

/// What is given: a name for people, a claim and a reference.
pub struct Case {
    pub name: &'static str,
    pub claim: Value,
    pub reference: Value,
}

/// The case with what follows from it.
pub fn compared(case: &Case) -> Value {
    let (claim, reference) = (set(&case.claim), set(&case.reference));
    let follows = comparison(&claim, &reference);
    json!({ "name": case.name, "claim": case.claim, "reference": case.reference, "comparison": follows })
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

fn figure_json(figure: Option<Figure>) -> Value {
    match figure {
        None => Value::Null,
        Some(Figure::Number(number)) => number.into(),
        Some(Figure::Blank) => "blank".into(),
        Some(Figure::Dash) => "dash".into(),
        Some(Figure::Illegible) => "illegible".into(),
    }
}

fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Identical => "identical",
        Verdict::Different => "different",
        Verdict::OnlyClaim => "only-in-claim",
        Verdict::OnlyReference => "only-in-reference",
        Verdict::NotComparable(Why::Contested) => "not-comparable:contested",
        Verdict::NotComparable(Why::Disregarded) => "not-comparable:disregarded",
        Verdict::NotComparable(Why::NoNumber) => "not-comparable:no-number",
        Verdict::NotComparable(Why::NoBoxInCommon) => "not-comparable:no-box-in-common",
        Verdict::NotComparable(Why::Incomplete { .. }) => "not-comparable:incomplete",
    }
}

fn impossible(impossible: Impossible) -> String {
    match impossible {
        Impossible::Voters { votes, voters } => format!("{votes} votes of {voters} voters"),
        Impossible::Cap { votes, cap } => format!("{votes} votes above the cap of {cap}"),
    }
}

fn rows_word(rows: &Rows) -> &str {
    match rows {
        Rows::Stations => "stations",
        Rows::Areas(level) => level,
    }
}

fn counts(counts: Counts) -> Value {
    json!({
        "identical": counts.identical, "different": counts.different, "only_claim": counts.only_claim,
        "only_reference": counts.only_reference, "not_comparable": counts.not_comparable,
    })
}

fn comparison(claim: &ResultSet, reference: &ResultSet) -> Value {
    let found = compare(claim, reference);
    let why_not = match &found.at {
        Ok(_) => Value::Null,
        Err(NoRows::NoCommonLevel { .. }) => "no-common-level".into(),
        Err(NoRows::NoCommonCode { claim, reference }) => {
            json!({ "no-common-code": { "claim": claim, "reference": reference } })
        }
        Err(NoRows::NoCommonColumn) => "no-common-column".into(),
    };
    let label = |column: &Column| column.label().to_owned();
    let labels = |columns: &[Column]| columns.iter().map(label).collect::<Vec<_>>();
    let both = |both: &Both| json!([figure_json(both.claim), figure_json(both.reference)]);
    let rows = found.rows.iter().map(|(code, row)| {
        json!({
            "code": code, "name": row.name, "all": verdict(row.all), "candidates": verdict(row.candidates),
            "figures": row.figures.iter().map(both).collect::<Vec<_>>(),
            "impossible": row.impossible.map(impossible), "line": row.line,
        })
    });
    let totals = found.totals.iter().map(|total| {
        json!({
            "column": found.pairs[total.pair].column.label(), "claim": total.claim, "claim_line": total.claim_line,
            "claim_rows_without": total.claim_without, "reference": total.reference,
            "reference_rows_without": total.reference_without,
        })
    });
    json!({
        "claim": { "title": claim.title, "rows": rows_word(&found.claim_rows.0), "count": found.claim_rows.1 },
        "reference": { "rows": rows_word(&found.reference_rows.0), "count": found.reference_rows.1 },
        "by_station": found.by_station(),
        "compared_at": found.at.as_ref().ok().map(rows_word), "why_not": why_not,
        "columns": found.pairs.iter().map(|pair| label(&pair.column)).collect::<Vec<_>>(),
        "columns_only_in_claim": labels(&found.only_claim),
        "columns_only_in_reference": labels(&found.only_reference),
        "counts": counts(found.counts()), "candidate_counts": counts(found.candidate_counts()),
        "impossible": found.impossible().count(),
        "totals": totals.collect::<Vec<_>>(),
        "arithmetic": own(claim),
        "rows": rows.collect::<Vec<_>>(),
    })
}

fn denominator(denominator: Denominator) -> &'static str {
    match denominator {
        Denominator::Candidates => "candidates",
        Denominator::Valid => "valid",
        Denominator::Cast => "cast",
        Denominator::Registered => "registered",
    }
}

fn own(claim: &ResultSet) -> Value {
    let own = arithmetic(claim);
    let lines = own.lines.iter().map(|line| {
        json!({
            "line": line.line, "column": claim.columns[line.column].label(), "stated": line.stated, "sum": line.sum,
            "rows_without": line.without,
        })
    });
    let rows =
        own.rows_differ.iter().map(|row| json!({ "code": row.code, "sum": row.sum, "valid": row.valid }));
    let shares = own.shares.iter().map(|share| {
        let right: Vec<_> = share.right.iter().map(|(one, _)| denominator(*one)).collect();
        let column = share.column.map(|column| claim.columns[column].label());
        json!({ "place": share.place, "column": column, "text": share.text, "read": share.read, "right_of": right })
    });
    json!({
        "rows_with_total": own.rows_with_total, "rows_differ": rows.collect::<Vec<_>>(),
        "lines": lines.collect::<Vec<_>>(), "shares": shares.collect::<Vec<_>>(),
    })
}
