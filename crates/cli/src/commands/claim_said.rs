//! A comparison for people: sentences from the message files, the differing rows first.

use hakiki_claims::arithmetic::{Arithmetic, arithmetic};
use hakiki_claims::compare::{Counts, Impossible, NoRows, RowCompared};
use hakiki_claims::report::{denominator_word, figure_word};
use hakiki_claims::{Comparison, ResultSet, Rows};
use hakiki_messages::{Language, Message, signed, text};
use hakiki_portal::comparison::{not_identical, verdict_word};

/// Denominators counted, in their order.
const DENOMINATORS: [&str; 4] = ["candidates", "valid", "cast", "registered"];

fn message(key: &str) -> Message {
    Message::new(format!("claims.{key}"))
}

fn rows_name(rows: &Rows, language: Language) -> String {
    match rows {
        Rows::Stations => text(language, "claims.rows.stations").to_owned(),
        Rows::Areas(level) => message("rows.areas").with("level", level.clone()).text(language),
    }
}

/// The lines to print; at most `rows` rows of each list.
pub fn say_comparison(
    claim: &ResultSet,
    comparison: &Comparison,
    rows: usize,
    language: Language,
) -> Vec<String> {
    let mut lines = say_summary(claim, comparison, rows, language);
    let listed = not_identical(comparison);
    let count = listed.len();
    lines.extend(
        listed.into_iter().take(rows).map(|(code, row)| one(code, row, comparison, language).text(language)),
    );
    if count > rows {
        lines.push(message("more").with("count", count - rows).text(language));
    }
    lines.push(say_reading(language));
    lines
}

/// How it is to be read.
pub fn say_reading(language: Language) -> String {
    message("reading").text(language)
}

/// The claim's title, what is compared, the counts, the totals, the claim's own arithmetic, and what cannot be.
pub fn say_summary(
    claim: &ResultSet,
    comparison: &Comparison,
    rows: usize,
    language: Language,
) -> Vec<String> {
    let mut lines = vec![claim.title.clone()];
    let mut say = |message: Message| lines.push(message.text(language));
    say(message("held")
        .with("claim_count", comparison.claim_rows.1)
        .with("claim_rows", rows_name(&comparison.claim_rows.0, language))
        .with("reference_count", comparison.reference_rows.1)
        .with("reference_rows", rows_name(&comparison.reference_rows.0, language)));
    say(how(comparison, language));
    for (key, columns) in [
        ("only_claim_columns", &comparison.only_claim),
        ("only_reference_columns", &comparison.only_reference),
    ] {
        if !columns.is_empty() {
            let names: Vec<&str> = columns.iter().map(hakiki_claims::Column::label).collect();
            say(message(key).with("columns", names.join(", ")));
        }
    }
    if comparison.at.is_ok() {
        say(counted("counts_all", comparison.counts()));
        say(counted("counts_candidates", comparison.candidate_counts()));
    }
    for total in &comparison.totals {
        let column = comparison.pairs[total.pair].column.label().to_owned();
        let stated = total.claim_line.unwrap_or(total.claim);
        let difference = i128::from(stated) - i128::from(total.reference);
        let without = total.claim_without + total.reference_without;
        let key = if without > 0 { "total_incomplete" } else { "total" };
        let said = message(key).with("column", column).with("claim", stated);
        let said = said.with("reference", total.reference).with("difference", signed(difference));
        say(if without > 0 { said.with("without", without) } else { said });
    }
    own(claim, &arithmetic(claim), rows, &mut say);
    for (code, row) in comparison.rows.iter().filter(|(_, row)| row.impossible.is_some()).take(rows) {
        say(impossible(code, row));
    }
    lines
}

fn how(comparison: &Comparison, language: Language) -> Message {
    match &comparison.at {
        Ok(Rows::Stations) => message("by_station"),
        Ok(rows) => message("not_by_station").with("rows", rows_name(rows, language)),
        Err(NoRows::NoCommonLevel { claim, reference }) => message("no_common_level")
            .with("claim", rows_name(claim, language))
            .with("reference", rows_name(reference, language)),
        Err(NoRows::NoCommonCode { claim, reference }) => {
            message("no_common_code").with("claim", claim.clone()).with("reference", reference.clone())
        }
        Err(NoRows::NoCommonColumn) => message("no_common_column"),
    }
}

fn counted(key: &str, counts: Counts) -> Message {
    message(key)
        .with("identical", counts.identical)
        .with("different", counts.different)
        .with("only_claim", counts.only_claim)
        .with("only_reference", counts.only_reference)
        .with("not_comparable", counts.not_comparable)
}

fn own(claim: &ResultSet, own: &Arithmetic, rows: usize, say: &mut impl FnMut(Message)) {
    if own.rows_with_total > 0 {
        let differing = own.rows_differ.len();
        say(message("own_rows").with("rows", own.rows_with_total).with("differing", differing));
    }
    for row in own.rows_differ.iter().take(rows) {
        let said = message("own_row").with("code", row.code.clone());
        say(said.with("sum", row.sum).with("valid", row.valid));
    }
    for line in own.lines_differ() {
        let said = message("own_line").with("line", line.line.clone());
        let said = said.with("column", claim.columns[line.column].label().to_owned());
        let said = said.with("stated", line.stated).with("sum", line.sum).with("without", line.without);
        say(said.with("difference", signed(line.difference())));
    }
    let shares = own.shares.len();
    if shares > 0 {
        let fits = DENOMINATORS.map(|word| {
            let right = |share: &&hakiki_claims::arithmetic::ShareChecked| {
                share.right.iter().any(|(denominator, _)| denominator_word(*denominator) == word)
            };
            own.shares.iter().filter(right).count()
        });
        let none = own.shares.iter().filter(|share| share.right.is_empty()).count();
        let said = message("own_shares").with("shares", shares).with("none", none);
        let said = said.with("candidates", fits[0]).with("valid", fits[1]);
        say(said.with("cast", fits[2]).with("registered", fits[3]));
    }
}

fn impossible(code: &str, row: &RowCompared) -> Message {
    let said = |key: &str| message(key).with("code", code.to_owned()).with("name", row.name.clone());
    match row.impossible {
        Some(Impossible::Cap { votes, cap }) => said("above_cap").with("votes", votes).with("cap", cap),
        Some(Impossible::Voters { votes, voters }) => {
            said("above_voters").with("votes", votes).with("voters", voters)
        }
        None => said("row_plain"),
    }
}

fn one(code: &str, row: &RowCompared, comparison: &Comparison, language: Language) -> Message {
    let why = verdict_word(row.all);
    let figures = comparison.pairs.iter().zip(&row.figures).filter(|(_, both)| both.claim != both.reference);
    let figures: Vec<String> = figures
        .map(|(pair, both)| {
            let (claim, reference) = (figure_word(both.claim), figure_word(both.reference));
            format!("{}: {claim} / {reference}", pair.column.label())
        })
        .collect();
    let said = message(if figures.is_empty() { "row" } else { "row_figures" });
    let said = said.with("code", code.to_owned()).with("name", row.name.clone());
    let said = said.with("verdict", text(language, &format!("claims.verdict.{why}")).to_owned());
    if figures.is_empty() { said } else { said.with("figures", figures.join("; ")) }
}
