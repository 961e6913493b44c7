//! What a search of statements found, for machines: `search/statements.json` (`docs/reference/portal-data.md`).

use crate::air::{election_json, head_json};
use crate::reading::Reading;
use crate::said_pieces::{corrections, excerpt, statement_address};
use crate::said_search::{Hit, QueryFault, StatementQuery, StatementSearch, hits, is_served};
use crate::{Page, Site};
use hakiki_core::roster::Role;
use hakiki_messages::{Language, Message};
use serde_json::{Map, Value, json};

/// Letters of a text whose beginning is given.
const BEGINNING: usize = 400;

/// The same as the page, as JSON. Says that there is none where it is not served.
pub fn statement_search_json(site: &Site<'_>, query: &StatementQuery, search: &StatementSearch) -> Page {
    if !is_served(site) {
        let page = Page::json(&json!({ "schema": SCHEMA, "error": null }));
        return Page { status: 404, ..page };
    }
    let asked: Map<String, Value> =
        query.fields().iter().map(|(name, typed)| ((*name).to_owned(), json!(typed))).collect();
    let mut value = json!({
        "schema": SCHEMA, "election": election_json(site), "head": head_json(site), "query": asked,
    });
    match search {
        StatementSearch::NotAsked => value["error"] = Value::Null,
        StatementSearch::Wrong(fault) => value["error"] = error(Some(QueryFault::CODE), &fault.message()),
        StatementSearch::Unavailable(why) => value["error"] = error(None, &Message::new(why.word())),
        StatementSearch::Done { size, found, older } => {
            let reading = Reading { site: *site, language: Language::default(), depth: 0 };
            let found = hits(site, query, found);
            value["error"] = Value::Null;
            value["searched_size"] = json!(size);
            value["statements"] = found.iter().map(|hit| statement(reading, hit)).collect();
            value["older_before"] = json!(older);
        }
    }
    Page { status: search.status(), ..Page::json(&value) }
}

const SCHEMA: &str = "hakiki/statement-search@v1";

fn error(code: Option<&str>, message: &Message) -> Value {
    let words = Language::ALL.map(|language| (language.tag().to_owned(), json!(message.text(language))));
    json!({ "code": code, "words": words.into_iter().collect::<Map<_, _>>() })
}

fn statement(reading: Reading<'_>, hit: &Hit<'_>) -> Value {
    let (entry, statement) = (hit.entry, &hit.entry.statement);
    let key = reading.ledger().roster().key(entry.key);
    let later = corrections(reading, entry);
    let later = later.map(|later| json!({ "place": later.place, "id": later.id.to_string() }));
    let snippet: Vec<Value> = match &hit.snippet {
        Some(pieces) => {
            pieces.iter().map(|piece| json!({ "text": piece.text, "is_match": piece.is_match })).collect()
        }
        None => excerpt(reading, &statement.text, BEGINNING)
            .map(|found| json!({ "text": found.text, "is_match": false }))
            .into_iter()
            .collect(),
    };
    json!({
        "place": entry.place,
        "id": entry.id.to_string(),
        "page": statement_address(entry.place),
        "publisher": statement.publisher,
        "by_own_key": key.role != Role::PressDesk,
        "key": { "name": key.name.as_str(), "hash": key.hash.to_string() },
        "said_by": statement.said_by,
        "published": statement.published.map(|time| time.to_string()),
        "happened": statement.happened.map(|time| time.to_string()),
        "language": statement.language,
        "address": statement.address,
        "areas": statement.areas,
        "records": statement.records.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "claims": statement.claims.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "corrects": statement.corrects.map(|id| id.to_string()),
        "corrected_by": later.collect::<Vec<_>>(),
        "text": statement.text.to_string(),
        "snippet": snippet,
    })
}
