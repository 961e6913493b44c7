//! A comparison for machines (`docs/reference/claims.md`): JSON with everything, CSV with every row. Keys and verdicts are fixed
//! words, in no language.

use crate::arithmetic::{Denominator, arithmetic};
use crate::compare::{Both, Counts, Impossible, NoRows, RowCompared, Why};
use crate::{Comparison, Figure, ResultSet, Rows, Verdict};
use hakiki_core::text::csv_cell;
use serde_json::{Value, json};

/// The fixed word for a verdict.
pub fn verdict_word(verdict: Verdict) -> &'static str {
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

/// What stands in a box, as text; nothing where there is no box.
pub fn figure_word(figure: Option<Figure>) -> String {
    match figure {
        None => String::new(),
        Some(Figure::Number(number)) => number.to_string(),
        Some(Figure::Blank) => "blank".to_owned(),
        Some(Figure::Dash) => "dash".to_owned(),
        Some(Figure::Illegible) => "illegible".to_owned(),
    }
}

fn figure_value(figure: Option<Figure>) -> Value {
    match figure {
        None => Value::Null,
        Some(Figure::Number(number)) => number.into(),
        other => figure_word(other).into(),
    }
}

/// Every row, with both sides of every figure.
pub fn csv(comparison: &Comparison) -> String {
    let cell = |text: &str| csv_cell(text).into_owned();
    let mut head =
        vec!["code".to_owned(), "name".into(), "all".into(), "candidates".into(), "impossible".into()];
    for pair in &comparison.pairs {
        let label = pair.column.label();
        head.extend([cell(&format!("{label} (claim)")), cell(&format!("{label} (reference)"))]);
    }
    let mut out = head.join(",") + "\n";
    for (code, row) in &comparison.rows {
        let mut cells = vec![cell(code), cell(&row.name), verdict_word(row.all).into()];
        cells.push(verdict_word(row.candidates).into());
        cells.push(row.impossible.map(impossible_word).unwrap_or_default());
        for index in 0..comparison.pairs.len() {
            let both = row.figures.get(index).copied().unwrap_or(Both { claim: None, reference: None });
            cells.extend([figure_word(both.claim), figure_word(both.reference)]);
        }
        out += &(cells.join(",") + "\n");
    }
    out
}

fn impossible_word(impossible: Impossible) -> String {
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

fn row(code: &str, row: &RowCompared) -> Value {
    let both = |both: &Both| json!([figure_value(both.claim), figure_value(both.reference)]);
    json!({
        "code": code, "name": row.name, "all": verdict_word(row.all), "candidates": verdict_word(row.candidates),
        "figures": row.figures.iter().map(both).collect::<Vec<_>>(),
        "impossible": row.impossible.map(impossible_word), "line": row.line,
    })
}

/// Everything.
pub fn json(claim: &ResultSet, comparison: &Comparison) -> Value {
    let why_not = match &comparison.at {
        Ok(_) => Value::Null,
        Err(NoRows::NoCommonLevel { .. }) => "no-common-level".into(),
        Err(NoRows::NoCommonCode { claim, reference }) => {
            json!({ "no-common-code": { "claim": claim, "reference": reference } })
        }
        Err(NoRows::NoCommonColumn) => "no-common-column".into(),
    };
    let label = |column: &crate::Column| column.label().to_owned();
    let totals = comparison.totals.iter().map(|total| {
        json!({
            "column": comparison.pairs[total.pair].column.label(), "claim": total.claim, "claim_line": total.claim_line,
            "claim_rows_without": total.claim_without, "reference": total.reference,
            "reference_rows_without": total.reference_without,
        })
    });
    json!({
        "claim": { "title": claim.title, "rows": rows_word(&comparison.claim_rows.0), "count": comparison.claim_rows.1 },
        "reference": { "rows": rows_word(&comparison.reference_rows.0), "count": comparison.reference_rows.1 },
        "by_station": comparison.by_station(),
        "compared_at": comparison.at.as_ref().ok().map(rows_word), "why_not": why_not,
        "outside": { "claim": comparison.outside.0, "reference": comparison.outside.1 },
        "columns": comparison.pairs.iter().map(|pair| label(&pair.column)).collect::<Vec<_>>(),
        "columns_only_in_claim": comparison.only_claim.iter().map(label).collect::<Vec<_>>(),
        "columns_only_in_reference": comparison.only_reference.iter().map(label).collect::<Vec<_>>(),
        "counts": counts(comparison.counts()), "candidate_counts": counts(comparison.candidate_counts()),
        "impossible": comparison.impossible().count(),
        "totals": totals.collect::<Vec<_>>(),
        "arithmetic": own(claim),
        "rows": comparison.rows.iter().map(|(code, compared)| row(code, compared)).collect::<Vec<_>>(),
    })
}

/// The fixed word for a denominator.
pub fn denominator_word(denominator: Denominator) -> &'static str {
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
        let right = share.right.iter().map(|(denominator, _)| denominator_word(*denominator));
        json!({
            "place": share.place, "column": share.column.map(|column| claim.columns[column].label()), "text": share.text,
            "read": share.read, "right_of": right.collect::<Vec<_>>(),
        })
    });
    json!({
        "rows_with_total": own.rows_with_total, "rows_differ": rows.collect::<Vec<_>>(),
        "lines": lines.collect::<Vec<_>>(), "shares": shares.collect::<Vec<_>>(),
    })
}
