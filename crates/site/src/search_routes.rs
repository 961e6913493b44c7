//! `/{lang}/statements/search/` and `/search/statements.json`: from the query of an address to a search, and to its answer.
//!
//! No answer is kept: what was found may be withheld a moment later. A search has its own permits and ends after a while, so that
//! searches take nothing from pages; the page is then made as every page is.

use crate::answer;
use crate::document::{Document, Keep};
use crate::holder::{Holder, Stored};
use crate::pages::site;
use crate::policy::Policy;
use crate::routes;
use crate::searching::Unsearched;
use axum::extract::{Path, Query as Pairs, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::Response;
use hakiki_core::text::Date;
use hakiki_messages::Language;
use hakiki_note::Hash;
use hakiki_portal::{
    FoundStatement, QueryFault, SnippetPiece, StatementQuery, StatementSearch, Unavailable,
    statement_search_json, statement_search_page,
};
use hakiki_search::{Found, Query, Wrong};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::oneshot;

/// The page.
pub(crate) const PAGE: &str = "/{language}/statements/search/";
/// The same for machines.
pub(crate) const DATA: &str = "/search/statements.json";
/// Longest query of an address, in bytes: every field at its longest, percent-encoded, is refused before it is decoded.
const ADDRESS_MAX_BYTES: usize = 8 * 1024;
/// Longest field, in characters.
const FIELD_MAX: usize = 300;
/// Statements of a page.
const ROWS: u32 = 20;
/// How long one waits for others' searches.
const WAIT: Duration = Duration::from_secs(1);
/// How long a search may take; the slowest in a hundred takes a fiftieth of it.
const SEARCH_MAX: Duration = Duration::from_secs(2);

/// As what it is answered.
#[derive(Debug, Clone, Copy)]
enum Form {
    Page(Language),
    Data,
}

/// The page of a search.
pub(crate) async fn page<H: Holder>(
    State(holder): State<Arc<H>>,
    Path(tag): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    match Language::ALL.into_iter().find(|language| language.tag() == tag) {
        Some(language) => asked(holder, uri, headers, Form::Page(language)).await,
        None => routes::page(State(holder), uri, headers).await,
    }
}

/// The data of a search.
pub(crate) async fn data<H: Holder>(State(holder): State<Arc<H>>, uri: Uri, headers: HeaderMap) -> Response {
    asked(holder, uri, headers, Form::Data).await
}

async fn asked<H: Holder>(holder: Arc<H>, uri: Uri, headers: HeaderMap, form: Form) -> Response {
    if holder.pages().searching().is_none() {
        return routes::page(State(holder), uri, headers).await;
    }
    if uri.query().is_some_and(|query| query.len() > ADDRESS_MAX_BYTES) {
        let found = format!("{}: the query has more than {ADDRESS_MAX_BYTES} bytes\n", QueryFault::CODE);
        return answer::text(StatusCode::URI_TOO_LONG, found);
    }
    // A query that is not one asks for nothing.
    let pairs = Pairs::<Vec<(String, String)>>::try_from_uri(&uri).map(|Pairs(pairs)| pairs);
    let (typed, query) = read(&pairs.unwrap_or_default());
    let search = match query {
        Err(fault) => StatementSearch::Wrong(fault),
        Ok(None) => StatementSearch::NotAsked,
        Ok(Some(query)) => search(&holder, query).await,
    };
    answered(holder, headers, form, typed, search).await
}

/// What was typed, and the query that it is; none where nothing is asked.
fn read(pairs: &[(String, String)]) -> (StatementQuery, Result<Option<Query>, QueryFault>) {
    let field = |name: &str| {
        let typed = pairs.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim());
        typed.chars().take(FIELD_MAX + 1).collect::<String>()
    };
    let typed = StatementQuery {
        words: field("q"),
        publisher: field("publisher"),
        area: field("area"),
        record: field("record"),
        claim: field("claim"),
        language: field("language"),
        from: field("from"),
        to: field("to"),
    };
    let query = understood(&typed, &field("before"));
    (typed, query)
}

fn understood(typed: &StatementQuery, before: &str) -> Result<Option<Query>, QueryFault> {
    if typed.fields().iter().any(|(_, typed)| typed.chars().count() > FIELD_MAX) {
        return Err(QueryFault::TooLong { most: FIELD_MAX });
    }
    if typed.is_empty() {
        return Ok(None);
    }
    let some = |typed: &str| Some(typed.to_owned()).filter(|typed| !typed.is_empty());
    let day = |typed: &str| {
        let read = |typed: String| Date::parse(&typed).ok_or(QueryFault::NoDay(typed));
        some(typed).map(read).transpose()
    };
    let id = |typed: &str| {
        let read = |typed: String| typed.parse::<Hash>().map_err(|_| QueryFault::NoId(typed));
        some(typed).map(read).transpose()
    };
    let place = |typed: String| typed.parse::<u64>().map_err(|_| QueryFault::NoPlace(typed));
    Ok(Some(Query {
        words: typed.words.clone(),
        publisher: some(&typed.publisher),
        from: day(&typed.from)?,
        to: day(&typed.to)?,
        area: some(&typed.area),
        record: id(&typed.record)?,
        claim: id(&typed.claim)?,
        language: some(&typed.language),
        before: some(before).map(place).transpose()?,
        limit: ROWS,
    }))
}

/// Searches on another thread, one of a few at a time.
async fn search<H: Holder>(holder: &Arc<H>, query: Query) -> StatementSearch {
    let unavailable = |why: Unavailable| {
        let searching = holder.pages().searching();
        searching.map(|searching| searching.unanswered.fetch_add(1, Ordering::Relaxed));
        StatementSearch::Unavailable(why)
    };
    let Some(searching) = holder.pages().searching() else { return unavailable(Unavailable::Failed) };
    let Ok(Ok(permit)) = tokio::time::timeout(WAIT, searching.permits.acquire()).await else {
        return unavailable(Unavailable::Busy);
    };
    let (begun, interrupter) = oneshot::channel();
    let worker = holder.clone();
    let mut running = tokio::task::spawn_blocking(move || {
        let searching = worker.pages().searching()?;
        // Who waits for it may be gone.
        Some(searching.search(&query, |interrupter| drop(begun.send(interrupter))))
    });
    let searched = if let Ok(searched) = tokio::time::timeout(SEARCH_MAX, &mut running).await {
        searched
    } else {
        if let Ok(interrupter) = interrupter.await {
            interrupter.interrupt();
        }
        running.await
    };
    drop(permit);
    match searched {
        Ok(Some(Ok((size, page)))) => {
            let older = page.found.last().filter(|_| page.has_more).map(|last| last.place);
            let found = page.found.into_iter().map(handed_over).collect();
            StatementSearch::Done { size, found, older }
        }
        Ok(Some(Err(Unsearched::Wrong(wrong)))) => StatementSearch::Wrong(fault(wrong)),
        Ok(Some(Err(Unsearched::Unavailable(why)))) => unavailable(why),
        Ok(None) | Err(_) => unavailable(Unavailable::Failed),
    }
}

fn handed_over(found: Found) -> FoundStatement {
    let snippet = found.snippet.into_iter();
    let snippet = snippet.map(|piece| SnippetPiece { text: piece.text, is_match: piece.is_match }).collect();
    FoundStatement { place: found.place, snippet }
}

/// The portal knows no index, and the index no words for people.
fn fault(wrong: Wrong) -> QueryFault {
    match wrong {
        Wrong::QuotationMark => QueryFault::QuotationMark,
        Wrong::Beginning { beginning, least } => QueryFault::Beginning { beginning, least },
        Wrong::Words { count, most } => QueryFault::Words { count, most },
        Wrong::OnlyWithout => QueryFault::OnlyWithout,
        Wrong::Days { from, to } => QueryFault::Days { from, to },
    }
}

/// Makes the page, with the pages.
async fn answered<H: Holder>(
    holder: Arc<H>,
    headers: HeaderMap,
    form: Form,
    typed: StatementQuery,
    search: StatementSearch,
) -> Response {
    let Ok(core) = holder.pages().cores.acquire().await else { return answer::later("stopping", 10) };
    let worker = holder.clone();
    let is_later = matches!(search, StatementSearch::Unavailable(_));
    let make = move || {
        let made = worker.pages().current(&*worker)?;
        let search = match search {
            // The page speaks of its own head; the index may be ahead of it.
            StatementSearch::Done { size, found, older } => {
                StatementSearch::Done { size: size.min(made.snapshot.head().size), found, older }
            }
            other => other,
        };
        let page = {
            let (ledger, stored) = (worker.pages().shown.ledger(), Stored(&*worker));
            let site = site(&ledger, &made.snapshot, &stored);
            match form {
                Form::Page(language) => statement_search_page(&site, language, &typed, &search),
                Form::Data => statement_search_json(&site, &typed, &search),
            }
        };
        let document = Document::new(page.content_type, Keep::Not, Policy::Page, page.body);
        Some(document.with_status(page.status).answer(&headers))
    };
    let made = tokio::task::spawn_blocking(make).await;
    drop(core);
    match made {
        Ok(Some(mut response)) => {
            if is_later {
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
            }
            response
        }
        Ok(None) => answer::later("the log is being fetched and there is no whole head yet; see /health", 5),
        Err(_) => answer::text(StatusCode::INTERNAL_SERVER_ERROR, "the page could not be made\n"),
    }
}
