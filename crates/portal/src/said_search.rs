//! Searching statements: the form, what was found, what is wrong with a query. And the same for machines.
//!
//! Whoever serves the pages searches, and hands what was found over as places with snippets. All else stands as the ledger has
//! it: who published a statement, its day, what corrects it. A text that is withheld or not here is not found by its words,
//! and a snippet is shown only where it stands in the text: an index is never evidence.

use crate::frame::Frame;
use crate::reading::Reading;
use crate::said::{is_of_claims, lists};
use crate::said_index::Said;
use crate::said_pieces::{above, below, corrections, is_shown, quote, statement_link, time};
use crate::said_search_form::form;
use crate::said_statements::statements;
use crate::servers_frame::WITHIN_ROW;
use crate::{Page, Site, address, failure};
use hakiki_core::ledger::StatementEntry;
use hakiki_core::text::Date;
use hakiki_messages::{Language, Message, number};
use maud::{Markup, html};

/// Where the form is, behind the language.
pub(crate) const ADDRESS: &str = "statements/search/";
/// Letters of a text that is shown from its beginning.
const BEGINNING: usize = 400;

/// What a reader asks, as typed; empty where nothing is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatementQuery {
    /// `q`: the words.
    pub words: String,
    /// Published by, a code.
    pub publisher: String,
    /// Speaks of an area or station, a code.
    pub area: String,
    /// Speaks of a record, its id.
    pub record: String,
    /// Speaks of a claim, its id.
    pub claim: String,
    /// In a language, its code.
    pub language: String,
    /// Published on this day or later.
    pub from: String,
    /// Published on this day or earlier.
    pub to: String,
}

impl StatementQuery {
    /// Names as they stand in addresses, with what was typed.
    pub fn fields(&self) -> [(&'static str, &str); 8] {
        [
            ("q", &self.words),
            ("publisher", &self.publisher),
            ("area", &self.area),
            ("record", &self.record),
            ("claim", &self.claim),
            ("language", &self.language),
            ("from", &self.from),
            ("to", &self.to),
        ]
    }

    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        self.fields().iter().all(|(_, typed)| typed.is_empty())
    }

    /// The query of an address, with its question mark; empty where nothing is asked.
    fn to_address(&self, before: Option<u64>) -> String {
        let before = before.map(|place| place.to_string()).unwrap_or_default();
        let fields = self.fields().into_iter().chain([("before", &*before)]);
        let pairs = fields
            .filter(|(_, typed)| !typed.is_empty())
            .map(|(name, typed)| format!("{name}={}", address::encoded(typed)));
        let pairs: Vec<String> = pairs.collect();
        if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
    }
}

/// What came of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatementSearch {
    /// Nothing was asked.
    NotAsked,
    /// It was searched.
    Done {
        /// The size of the head up to which it was searched.
        size: u64,
        /// The newest in the log first.
        found: Vec<FoundStatement>,
        /// The place before which there is more.
        older: Option<u64>,
    },
    /// The query cannot be understood.
    Wrong(QueryFault),
    /// It cannot be searched now.
    Unavailable(Unavailable),
}

/// A statement that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundStatement {
    /// Its place in the log.
    pub place: u64,
    /// Where the words stand in its text.
    pub snippet: Vec<SnippetPiece>,
}

/// A piece of a snippet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnippetPiece {
    /// The words.
    pub text: String,
    /// Whether they were searched for.
    pub is_match: bool,
}

/// Why a search is not answered now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unavailable {
    /// The index is being made.
    Making,
    /// The index could not be brought up to the log.
    Failed,
    /// Too many search at once.
    Busy,
    /// It took too long.
    TooSlow,
}

impl Unavailable {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Making => "said.search.making",
            Self::Failed => "said.search.failed",
            Self::Busy => "said.search.busy",
            Self::TooSlow => "said.search.too_slow",
        }
    }
}

/// What is wrong with a query (J106).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueryFault {
    /// A quotation mark stands alone.
    QuotationMark,
    /// A beginning of a word that begins too many.
    Beginning {
        /// As typed.
        beginning: String,
        /// How many letters it needs.
        least: usize,
    },
    /// Too many words.
    Words {
        /// How many there are.
        count: usize,
        /// How many there may be.
        most: usize,
    },
    /// Only words that must not stand there.
    OnlyWithout,
    /// The days end before they begin.
    Days {
        /// The first.
        from: Date,
        /// The last.
        to: Date,
    },
    /// No day as a calendar has it.
    NoDay(String),
    /// No id of a record.
    NoId(String),
    /// No place of the log.
    NoPlace(String),
    /// More letters than a query may have.
    TooLong {
        /// How many it may have.
        most: usize,
    },
}

impl QueryFault {
    /// The stable code.
    pub const CODE: &str = "J106";

    /// What is wrong, for a person.
    pub(crate) fn message(&self) -> Message {
        let key = |word: &str| Message::new(format!("said.search.wrong.{word}"));
        match self {
            Self::QuotationMark => key("quotation_mark"),
            Self::Beginning { beginning, least } => {
                key("beginning").with("beginning", beginning.as_str()).with("least", *least)
            }
            Self::Words { count, most } => key("words").with("found", *count).with("most", *most),
            Self::OnlyWithout => key("only_without"),
            Self::Days { from, to } => key("days").with("from", from.to_string()).with("to", to.to_string()),
            Self::NoDay(typed) => key("no_day").with("typed", typed.as_str()),
            Self::NoId(typed) => key("no_id").with("typed", typed.as_str()),
            Self::NoPlace(typed) => key("no_place").with("typed", typed.as_str()),
            Self::TooLong { most } => key("too_long").with("most", *most),
        }
    }
}

impl StatementSearch {
    /// The HTTP status that goes with it.
    pub const fn status(&self) -> u16 {
        match self {
            Self::NotAsked | Self::Done { .. } => 200,
            Self::Wrong(_) => 400,
            Self::Unavailable(_) => 503,
        }
    }
}

/// Whether statements of this log are searched by whoever serves it.
pub(crate) fn is_served(site: &Site<'_>) -> bool {
    site.source.has_search() && is_of_claims(site)
}

/// The way to the search for a publisher's statements.
pub(crate) fn of_publisher(reading: Reading<'_>, code: &str) -> Markup {
    html! {
        @if is_served(&reading.site) {
            p { a href={ (reading.href(ADDRESS)) "?publisher=" (address::encoded(code)) } { (reading.t("said.search.of_publisher")) } }
        }
    }
}

/// The page: the form, and what came of a search. Says that there is none where it is not served.
pub fn statement_search_page(
    site: &Site<'_>,
    language: Language,
    query: &StatementQuery,
    search: &StatementSearch,
) -> Page {
    // Below the language and two folders.
    let reading = Reading { site: *site, language, depth: 3 };
    page(reading, query, search).unwrap_or_else(|| failure::not_found(reading))
}

/// The form alone.
pub(crate) fn empty_page(reading: Reading<'_>) -> Option<Page> {
    page(reading, &StatementQuery::default(), &StatementSearch::NotAsked)
}

fn page(reading: Reading<'_>, query: &StatementQuery, search: &StatementSearch) -> Option<Page> {
    if !is_served(&reading.site) {
        return None;
    }
    let heading = reading.t("said.search.title");
    let main = html! {
        (lists(reading, ADDRESS))
        h1 { (heading) }
        p.lede { (reading.t("said.search.intro")) }
        (form(reading, query))
        @match search {
            StatementSearch::NotAsked => {}
            StatementSearch::Wrong(fault) => {
                p.note role="alert" { span.code { (QueryFault::CODE) } " " (reading.m(&fault.message())) }
            }
            StatementSearch::Unavailable(why) => { p.note role="alert" { (reading.t(why.word())) } }
            StatementSearch::Done { size, found, older } => (results(reading, query, *size, found, *older)),
        }
    };
    // What was asked goes along into the other language.
    let frame = Frame::new(heading, format!("{ADDRESS}{}", query.to_address(None)));
    let frame = frame.with_head(html! { meta name="robots" content="noindex"; });
    Some(Frame { status: search.status(), ..frame }.page(reading, &main))
}

fn results(
    reading: Reading<'_>,
    query: &StatementQuery,
    size: u64,
    found: &[FoundStatement],
    older: Option<u64>,
) -> Markup {
    let head = reading.site.snapshot.head.size;
    let hits = hits(&reading.site, query, found);
    html! {
        p.small {
            (reading.m(&Message::new("said.search.up_to").with("size", number(size))))
            @if size < head { " " (reading.m(&Message::new("said.search.behind").with("head", number(head)))) }
        }
        @if hits.is_empty() { p { (reading.t("said.search.none")) } }
        @for hit in &hits { (hit.item(reading)) }
        @if let Some(before) = older {
            nav.pager aria-label=(reading.t("said.search.title")) {
                a rel="next" href={ (reading.href(ADDRESS)) (query.to_address(Some(before))) } { (reading.t("said.search.older")) }
            }
        }
    }
}

/// A statement that was found and may be shown.
pub(crate) struct Hit<'a> {
    pub entry: &'a StatementEntry,
    /// Where the words stand; none where the text is shown from its beginning.
    pub snippet: Option<Vec<SnippetPiece>>,
}

/// What was found, as the ledger and the texts have it now.
pub(crate) fn hits<'a>(site: &Site<'a>, query: &StatementQuery, found: &[FoundStatement]) -> Vec<Hit<'a>> {
    let known = statements(site);
    let hit = |found: &FoundStatement| {
        let at = known.binary_search_by_key(&found.place, |entry| entry.place).ok()?;
        let entry = &known[at];
        let is_withheld = site.ledger.withheld_by(&entry.statement.text).is_some();
        let text = if is_withheld { None } else { site.source.blob(&entry.statement.text) };
        let text = text.and_then(|bytes| String::from_utf8(bytes).ok());
        // That a text was found by its words says what stands in it.
        if text.is_none() && !query.words.is_empty() {
            return None;
        }
        let is_marked = found.snippet.iter().any(|piece| piece.is_match);
        let snippet = text.filter(|text| is_marked && stands_in(&found.snippet, text));
        Some(Hit { entry, snippet: snippet.map(|_| shown(&found.snippet)) })
    };
    found.iter().filter_map(hit).collect()
}

/// Whether the words of a snippet stand in a text one behind the other.
fn stands_in(snippet: &[SnippetPiece], text: &str) -> bool {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let words: String = snippet.iter().flat_map(|piece| piece.text.chars()).map(plain).collect();
    let text: String = text.chars().map(plain).collect();
    // What is left out at either end is a mark of the index.
    text.contains(words.trim_matches('\u{2026}'))
}

/// Without letters that a page may not hold.
fn shown(snippet: &[SnippetPiece]) -> Vec<SnippetPiece> {
    let piece = |piece: &SnippetPiece| SnippetPiece {
        text: piece.text.chars().filter(|letter| is_shown(*letter)).collect(),
        is_match: piece.is_match,
    };
    snippet.iter().map(piece).collect()
}

impl Hit<'_> {
    fn item(&self, reading: Reading<'_>) -> Markup {
        let later: Vec<&StatementEntry> = corrections(reading, self.entry).collect();
        html! {
            article.said {
                (above(reading, Said::Statement(self.entry)))
                @match &self.snippet {
                    Some(pieces) => {
                        blockquote lang=(self.entry.statement.language) dir="auto" {
                            p { @for piece in pieces { @if piece.is_match { mark { (piece.text) } } @else { (piece.text) } } }
                        }
                    }
                    None => (quote(reading, self.entry, BEGINNING)),
                }
                @if !later.is_empty() {
                    p.note {
                        (reading.t("said.corrected_by")) " "
                        @for (at, later) in later.iter().take(WITHIN_ROW).enumerate() {
                            @if at > 0 { ", " }
                            (statement_link(reading, later.place)) " · " (time(reading, later.statement.published))
                        }
                    }
                }
                (below(reading, self.entry))
            }
        }
    }
}
