//! From words as a person types them, and filters, to an expression of FTS5.

use crate::error::{SearchError, Wrong};
use crate::index::facet;
use crate::query::Query;
use hakiki_core::text::Date;
use std::fmt::Write as _;

/// Most words of a search.
const TERMS_MAX: usize = 32;
/// A beginning has so many letters at least: fewer match half of all words.
const BEGINNING_MIN: usize = 2;

/// The expression of FTS5. Nothing that a person types is part of its grammar: every word stands in quotation marks.
pub(crate) fn expression(query: &Query) -> Result<String, SearchError> {
    let (with, without) = terms(&query.words)?;
    let mut facets = Vec::new();
    for (kind, value) in [
        ("p", query.publisher.clone()),
        ("a", query.area.clone()),
        ("r", query.record.map(|id| id.to_string())),
        ("c", query.claim.map(|id| id.to_string())),
        ("l", query.language.clone()),
    ] {
        facets.extend(value.map(|value| format!("\"{}\"", facet(kind, &value))));
    }
    if query.from.is_some() || query.to.is_some() {
        facets.push(days(query.from, query.to)?);
    }
    let mut expression = String::new();
    if !with.is_empty() {
        write!(expression, "text : ({})", with.join(" AND ")).expect("a string takes what is written");
    }
    for facet in facets {
        let and = if expression.is_empty() { "" } else { " AND " };
        write!(expression, "{and}facets : ({facet})").expect("a string takes what is written");
    }
    if !without.is_empty() {
        if expression.is_empty() {
            return Err(SearchError::Query(Wrong::OnlyWithout));
        }
        expression = format!("({expression}) NOT text : ({})", without.join(" OR "));
    }
    Ok(expression)
}

/// The terms that must and must not stand there, as strings of FTS5.
fn terms(words: &str) -> Result<(Vec<String>, Vec<String>), SearchError> {
    let (mut with, mut without) = (Vec::new(), Vec::new());
    let mut rest = words.trim_start();
    while !rest.is_empty() {
        let (is_without, tail) = rest.strip_prefix('-').map_or((false, rest), |tail| (true, tail));
        let (term, after) = match tail.strip_prefix('"') {
            Some(tail) => tail.split_once('"').ok_or(SearchError::Query(Wrong::QuotationMark))?,
            None => tail.split_at(tail.find(char::is_whitespace).unwrap_or(tail.len())),
        };
        let is_quoted = tail.starts_with('"');
        let (term, is_beginning) = match term.strip_suffix('*').filter(|_| !is_quoted) {
            Some(beginning) => (beginning, true),
            None => (term, after.starts_with('*') && is_quoted),
        };
        rest = after.trim_start_matches('*').trim_start();
        let letters = term.chars().filter(|c| c.is_alphanumeric()).count();
        if letters == 0 {
            // Marks between words: nothing to search for.
            continue;
        }
        if is_beginning && letters < BEGINNING_MIN {
            let beginning = term.to_owned();
            return Err(SearchError::Query(Wrong::Beginning { beginning, least: BEGINNING_MIN }));
        }
        let star = if is_beginning { " *" } else { "" };
        let term = format!("\"{}\"{star}", term.replace(['"', '\0'], " "));
        if is_without { without.push(term) } else { with.push(term) }
    }
    let count = with.len() + without.len();
    if count > TERMS_MAX {
        return Err(SearchError::Query(Wrong::Words { count, most: TERMS_MAX }));
    }
    Ok((with, without))
}

/// A range of days as whole years, whole months and single days, which stand in the index as words.
fn days(from: Option<Date>, to: Option<Date>) -> Result<String, SearchError> {
    let first = from.unwrap_or(Date { days: 0 });
    // The last day that a record can hold.
    let last = to.or_else(|| Date::parse("9999-12-31")).unwrap_or(first);
    if first > last {
        return Err(SearchError::Query(Wrong::Days { from: first, to: last }));
    }
    let mut words = Vec::new();
    // Nobody means the years before; their words would use up the room for the rest.
    let mut at = Date::parse(EARLIEST).filter(|earliest| *earliest <= last).map_or(first, |it| it.max(first));
    while at <= last {
        let text = at.to_string();
        let end_of = |length: usize| end(&text[..length]).filter(|end| *end <= last);
        let is_first = |rest: &str| text.ends_with(rest);
        if is_first("-01-01") && end_of(4).is_some() {
            words.push(facet("y", &text[..4]));
            at = Date { days: end_of(4).map_or(at.days, |end| end.days) + 1 };
        } else if is_first("-01") && end_of(7).is_some() {
            words.push(facet("m", &text[..7]));
            at = Date { days: end_of(7).map_or(at.days, |end| end.days) + 1 };
        } else {
            words.push(facet("d", &text));
            at = Date { days: at.days + 1 };
        }
        if words.len() > DAY_WORDS_MAX {
            break;
        }
    }
    Ok(words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" OR "))
}

/// Of a range that ends later, what lies before is left out.
const EARLIEST: &str = "1800-01-01";
/// A range has at most 60 days, 22 months and 8,030 years: an open end stops here, two centuries on.
const DAY_WORDS_MAX: usize = 300;

/// The last day of a year (`2031`) or month (`2031-03`).
fn end(of: &str) -> Option<Date> {
    let tails: &[&str] = if of.len() == 4 { &["-12-31"] } else { &["-31", "-30", "-29", "-28"] };
    tails.iter().find_map(|tail| Date::parse(&format!("{of}{tail}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(words: &str) -> Result<String, String> {
        let query = Query { words: words.to_owned(), ..Query::default() };
        expression(&query).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_typed_is_never_grammar() {
        for (words, expected) in [
            ("kura  zote", "text : (\"kura\" AND \"zote\")"),
            ("\"kura zote\" -wizi tume*", "(text : (\"kura zote\" AND \"tume\" *)) NOT text : (\"wizi\")"),
            ("a OR b) NEAR(", "text : (\"a\" AND \"OR\" AND \"b)\" AND \"NEAR(\")"),
            ("34A/1 — &", "text : (\"34A/1\")"),
            ("", ""),
        ] {
            assert_eq!(text_of(words).as_deref(), Ok(expected));
        }
        for bad in ["-wizi", "\"kura", "k*"] {
            assert!(text_of(bad).is_err_and(|error| error.starts_with("J106")), "{bad}");
        }
        assert!(text_of(&"neno ".repeat(40)).is_err());
    }

    #[test]
    fn a_range_of_days_is_exactly_its_days() {
        let date = |text: &str| Date::parse(text);
        for (from, to) in [
            ("2030-12-30", "2033-02-02"),
            ("2031-03-04", "2031-03-04"),
            ("2032-02-28", "2032-03-01"),
            ("2031-01-01", "2031-12-31"),
        ] {
            let (from, to) = (date(from).unwrap(), date(to).unwrap());
            let words = days(Some(from), Some(to)).unwrap();
            let words: Vec<&str> = words.split(" OR ").map(|word| word.trim_matches('"')).collect();
            for day in from.days - 400..to.days + 400 {
                let day = Date { days: day };
                let text = day.to_string();
                let own = [facet("y", &text[..4]), facet("m", &text[..7]), facet("d", &text)];
                let hits = words.iter().filter(|word| own.iter().any(|own| own == **word)).count();
                assert_eq!(hits, usize::from(from <= day && day <= to), "{text}");
            }
        }
        assert!(days(date("2031-03-05"), date("2031-03-04")).is_err());
        assert!(
            days(date("0001-01-01"), date("2031-03-05"))
                .is_ok_and(|words| words.contains(&facet("y", "2030")))
        );
        assert!(days(date("2031-03-05"), None).is_ok_and(|words| words.len() < 10_000));
    }
}
