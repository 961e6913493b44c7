//! Searching: words as a person types them, filters, and a page of what was found, newest in the log first. Nothing is ranked.

use crate::error::SearchError;
use crate::index::{Index, column_hash, of_place};
use crate::terms::expression;
use hakiki_core::text::Date;
use hakiki_note::Hash;
use rusqlite::params_from_iter;
use rusqlite::types::Value;

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

impl Query {
    /// Whether it can be searched for: J106 says what is wrong with it.
    pub fn check(&self) -> Result<(), SearchError> {
        expression(self).map(|_| ())
    }
}

impl Index {
    /// Searches.
    pub fn search(&self, query: &Query) -> Result<SearchPage, SearchError> {
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
        id: column_hash(row, 1)?,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snippet_is_parted_where_words_were_found() {
        let found = pieces("a \u{2}b\u{3} c\n\u{2}d\u{3}");
        let marks: Vec<(&str, bool)> =
            found.iter().map(|piece| (piece.text.as_str(), piece.is_match)).collect();
        assert_eq!(marks, [("a ", false), ("b", true), (" c ", false), ("d", true)]);
    }
}
