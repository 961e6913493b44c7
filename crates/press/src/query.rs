//! Searching: words as a person types them, filters, and a page of what was found, newest in the log first. Nothing is ranked.

use crate::error::PressError;
use crate::index::{Index, facet, of_place};
use crate::state::hash;
use hakiki_core::text::Date;
use hakiki_note::Hash;
use rusqlite::params_from_iter;
use rusqlite::types::Value;
use std::fmt::Write as _;

/// Most words of a search.
const TERMS_MAX: usize = 32;
/// A beginning has so many letters at least: fewer match half of all words.
const BEGINNING_MIN: usize = 2;
/// Most results of a page.
const PAGE_MAX: u32 = 200;
/// Words of a snippet.
const SNIPPET_WORDS: u32 = 24;
/// Marks around a word that was found. They stand in no text, see `index.rs`.
const OPEN: char = '\u{2}';
const CLOSE: char = '\u{3}';

/// What is searched for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// As typed: words, `"words in this order"`, `begin*`, `-without`. May be empty where a filter stands.
    pub words: String,
    /// Published by.
    pub publisher: Option<String>,
    /// Published on this day or later, by the publisher's calendar. Undated statements are left out.
    pub from: Option<Date>,
    /// Published on this day or earlier.
    pub to: Option<Date>,
    /// Speaks of this area or station.
    pub area: Option<String>,
    /// Speaks of this record.
    pub record: Option<Hash>,
    /// Speaks of this claim.
    pub claim: Option<Hash>,
    /// In this language.
    pub language: Option<String>,
    /// Before this place in the log: for the next page.
    pub before: Option<u64>,
    /// How many, at most 200.
    pub limit: u32,
}

/// A piece of a snippet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The words.
    pub text: String,
    /// Whether they were searched for.
    pub is_match: bool,
}

/// A statement that was found. Times are as the record has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Place in the log.
    pub place: u64,
    /// Record id.
    pub id: Hash,
    /// Who published it.
    pub publisher: String,
    /// Who said it, where that is another.
    pub said_by: Option<String>,
    /// When it was said.
    pub happened: Option<String>,
    /// When it was published; none where the source is undated.
    pub published: Option<String>,
    /// Its language.
    pub language: String,
    /// Where it stands.
    pub address: Option<String>,
    /// The statement that it corrects.
    pub corrects: Option<Hash>,
    /// Whether a later statement corrects it.
    pub is_corrected: bool,
    /// Whether its text is here.
    pub has_text: bool,
    /// Where the words stand in it.
    pub snippet: Vec<Piece>,
}

/// A page of results.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchPage {
    /// Newest in the log first.
    pub found: Vec<Found>,
    /// Whether there are more; the next page is before the last one's place.
    pub has_more: bool,
}

impl Index {
    /// Searches.
    pub fn search(&self, query: &Query) -> Result<SearchPage, PressError> {
        let limit = query.limit.clamp(1, PAGE_MAX);
        let expression = expression(query)?;
        let before = of_place(query.before.unwrap_or(u64::MAX));
        let mut arguments = vec![Value::Integer(before), Value::Integer(i64::from(limit) + 1)];
        let matches = if expression.is_empty() { "" } else { "words MATCH ?3 AND" };
        if !expression.is_empty() {
            arguments.push(Value::Text(expression));
        }
        // CROSS JOIN: the lists of words first, in the order of the log, whatever the planner thinks.
        let sql = format!(
            "SELECT s.place, s.id, s.publisher, s.said_by, s.happened, s.published, s.language, s.address, s.corrects,
                EXISTS (SELECT 1 FROM statement c WHERE c.corrects = s.id), s.has_text,
                snippet(words, 0, char(2), char(3), '\u{2026}', {SNIPPET_WORDS})
            FROM words CROSS JOIN statement s ON s.place = words.rowid
            WHERE {matches} words.rowid < ?1 ORDER BY words.rowid DESC LIMIT ?2"
        );
        let failed = self.failed();
        let mut statement = self.connection.prepare_cached(&sql).map_err(&failed)?;
        let rows = statement.query_map(params_from_iter(arguments), found);
        let mut found = rows.and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>).map_err(&failed)?;
        let has_more = found.len() > limit as usize;
        found.truncate(limit as usize);
        Ok(SearchPage { found, has_more })
    }
}

fn found(row: &rusqlite::Row<'_>) -> rusqlite::Result<Found> {
    let corrects: Option<String> = row.get(8)?;
    let snippet: String = row.get(11)?;
    Ok(Found {
        place: u64::try_from(row.get::<_, i64>(0)?).unwrap_or(0),
        id: hash(row, 1)?,
        publisher: row.get(2)?,
        said_by: row.get(3)?,
        happened: row.get(4)?,
        published: row.get(5)?,
        language: row.get(6)?,
        address: row.get(7)?,
        corrects: corrects.and_then(|id| id.parse().ok()),
        is_corrected: row.get(9)?,
        has_text: row.get(10)?,
        snippet: pieces(&snippet),
    })
}

fn pieces(snippet: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (number, part) in snippet.split(OPEN).enumerate() {
        let (matched, rest) =
            if number == 0 { ("", part) } else { part.split_once(CLOSE).unwrap_or((part, "")) };
        for (text, is_match) in [(matched, true), (rest, false)] {
            if !text.is_empty() {
                pieces.push(Piece { text: text.replace('\n', " "), is_match });
            }
        }
    }
    pieces
}

/// The expression of FTS5. Nothing that a person types is part of its grammar: every word stands in quotation marks.
fn expression(query: &Query) -> Result<String, PressError> {
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
            let found = "only words that must not stand there".to_owned();
            return Err(PressError::Query { found });
        }
        expression = format!("({expression}) NOT text : ({})", without.join(" OR "));
    }
    Ok(expression)
}

/// The terms that must and must not stand there, as strings of FTS5.
fn terms(words: &str) -> Result<(Vec<String>, Vec<String>), PressError> {
    let wrong = |found: String| PressError::Query { found };
    let (mut with, mut without) = (Vec::new(), Vec::new());
    let mut rest = words.trim_start();
    while !rest.is_empty() {
        let (is_without, tail) = rest.strip_prefix('-').map_or((false, rest), |tail| (true, tail));
        let (term, after) = match tail.strip_prefix('"') {
            Some(tail) => {
                tail.split_once('"').ok_or_else(|| wrong("a quotation mark stands alone".to_owned()))?
            }
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
            return Err(wrong(format!(
                "{term}* is the beginning of too many words; {BEGINNING_MIN} letters or more"
            )));
        }
        let star = if is_beginning { " *" } else { "" };
        let term = format!("\"{}\"{star}", term.replace(['"', '\0'], " "));
        if is_without { without.push(term) } else { with.push(term) }
    }
    let count = with.len() + without.len();
    if count > TERMS_MAX {
        return Err(wrong(format!("{count} words, at most {TERMS_MAX}")));
    }
    Ok((with, without))
}

/// A range of days as whole years, whole months and single days, which stand in the index as words.
fn days(from: Option<Date>, to: Option<Date>) -> Result<String, PressError> {
    let first = from.unwrap_or(Date { days: 0 });
    // The last day that a record can hold.
    let last = to.or_else(|| Date::parse("9999-12-31")).unwrap_or(first);
    if first > last {
        return Err(PressError::Query {
            found: format!("the days end ({last}) before they begin ({first})"),
        });
    }
    let mut words = Vec::new();
    let mut at = first;
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
        assert!(days(date("2031-03-05"), None).is_ok_and(|words| words.len() < 10_000));
    }

    #[test]
    fn a_snippet_is_parted_where_words_were_found() {
        let found = pieces("a \u{2}b\u{3} c\n\u{2}d\u{3}");
        let marks: Vec<(&str, bool)> =
            found.iter().map(|piece| (piece.text.as_str(), piece.is_match)).collect();
        assert_eq!(marks, [("a ", false), ("b", true), (" c ", false), ("d", true)]);
    }
}
