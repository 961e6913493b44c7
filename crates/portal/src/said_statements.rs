//! Statements: their list, filtered by language and by day too, and a page for each.
//!
//! Nothing here edits or orders by worth: the last recorded stands first in the whole list, the last published in a filtered one.

use crate::frame::Frame;
use crate::pager::Pager;
use crate::reading::Reading;
use crate::said::{counts, lists};
use crate::said_index::{Item, Said};
use crate::said_pieces::{
    ON_PAGE, attributed, blob, corrected, corrections, items_of, one, outside, quote, speaks_of,
    statement_address, statement_link, time,
};
use crate::servers_frame::{ROWS, WITHIN_ROW, more_of, table};
use crate::{Page, Site, address, said_feeds, said_schema};
use hakiki_core::ledger::StatementEntry;
use hakiki_core::text::Date;
use hakiki_messages::{Message, number};
use maud::{Markup, html};

/// Where the days are listed.
const DAYS: &str = "statements/days/";

/// The statements that the head knows.
pub(crate) fn statements<'a>(site: &Site<'a>) -> &'a [StatementEntry] {
    &site.ledger.statements()[..counts(site).1]
}

/// The list of statements, the last recorded first.
pub(crate) fn page(reading: Reading<'_>, asked_page: Option<&str>, here: &str) -> Page {
    let all = statements(&reading.site);
    let pager = Pager::by(ROWS, asked_page, all.len());
    let shown = all.iter().rev().skip(pager.skip()).take(ROWS);
    let main = html! {
        (lists(reading, "statements/"))
        h1 { (reading.t("said.statements")) }
        p.lede { (reading.t("said.statements_intro")) }
        @if all.is_empty() { p { (reading.t("said.no_statements")) } }
        @else { (filters(reading)) }
        (items_of(reading, shown.map(Said::Statement)))
        (pager.links(reading, "statements/"))
        (said_feeds::links(reading, said_feeds::ALL))
    };
    let head = said_feeds::discovery(reading, said_feeds::ALL);
    Frame::new(reading.t("said.statements"), here).with_head(head).page(reading, &main)
}

/// The ways to the filtered lists.
fn filters(reading: Reading<'_>) -> Markup {
    let index = reading.site.snapshot.said(reading.ledger());
    html! {
        p.small {
            (reading.t("said.by_language")) ": "
            @for (at, (language, items)) in index.by_language.iter().take(WITHIN_ROW).enumerate() {
                @if at > 0 { " · " }
                a href=(reading.href(&language_address(language))) { (language_name(reading, language)) } " (" (number(items.len() as u64)) ")"
            }
            (more_of(reading, index.by_language.len(), WITHIN_ROW))
            br;
            a href=(reading.href(DAYS)) { (reading.t("said.by_day")) }
        }
    }
}

fn language_address(language: &str) -> String {
    format!("statements/language/{}/", address::encoded(language))
}

fn day_address(day: &str) -> String {
    format!("statements/day/{day}/")
}

/// A language by its own name, where the pages know it; else by its code.
pub(crate) fn language_name(reading: Reading<'_>, code: &str) -> String {
    reading.find(&format!("said.language.{code}")).map_or_else(|| code.to_owned(), str::to_owned)
}

/// The statements in a language.
pub(crate) fn language_page(
    reading: Reading<'_>,
    language: &str,
    asked_page: Option<&str>,
    here: &str,
) -> Option<Page> {
    let index = reading.site.snapshot.said(reading.ledger());
    let items = index.by_language.get(language)?;
    let words = Message::new("said.in_language").with("language", language_name(reading, language));
    Some(filtered(reading, &reading.m(&words), items, &language_address(language), asked_page, here))
}

/// The statements of a day, by their publishers' clocks, or the undated ones.
pub(crate) fn day_page(
    reading: Reading<'_>,
    day: &str,
    asked_page: Option<&str>,
    here: &str,
) -> Option<Page> {
    let items = reading.site.snapshot.said(reading.ledger()).by_day.get(day)?;
    let words = Message::new("said.of_day").with("day", day_name(reading, day));
    Some(filtered(reading, &reading.m(&words), items, &day_address(day), asked_page, here))
}

fn day_name(reading: Reading<'_>, day: &str) -> String {
    match Date::parse(day) {
        Some(date) => reading.day(date),
        None => reading.t("said.undated").to_owned(),
    }
}

fn filtered(
    reading: Reading<'_>,
    heading: &str,
    items: &[Item],
    rest: &str,
    asked_page: Option<&str>,
    here: &str,
) -> Page {
    let pager = Pager::by(ROWS, asked_page, items.len());
    let shown = items.iter().skip(pager.skip()).take(ROWS).map(|item| item.of(reading.ledger()));
    let main = html! {
        (lists(reading, here))
        h1 { (heading) }
        p.lede { (reading.t("said.order")) }
        (items_of(reading, shown))
        (pager.links(reading, rest))
    };
    Frame::new(heading, here).page(reading, &main)
}

/// The days on which something was published, the last first; what is undated before them.
pub(crate) fn days_page(reading: Reading<'_>, asked_page: Option<&str>, here: &str) -> Page {
    let days = &reading.site.snapshot.said(reading.ledger()).by_day;
    let pager = Pager::by(ROWS, asked_page, days.len());
    let shown = days.iter().rev().skip(pager.skip()).take(ROWS);
    let rows: Vec<Vec<Markup>> = shown
        .map(|(day, items)| {
            let name = html! { a href=(reading.href(&day_address(day))) { (day_name(reading, day)) } };
            vec![name, html! { (number(items.len() as u64)) }]
        })
        .collect();
    let main = html! {
        (lists(reading, here))
        h1 { (reading.t("said.by_day")) }
        @if rows.is_empty() { p { (reading.t("said.no_statements")) } }
        @else { (table(reading, reading.t("said.days_caption"), &["said.day", "said.statements"], &rows)) }
        (pager.links(reading, DAYS))
    };
    Frame::new(reading.t("said.by_day"), here).page(reading, &main)
}

/// What a statement's page is called.
pub(crate) fn title(reading: Reading<'_>, entry: &StatementEntry) -> String {
    reading.m(&Message::new("said.statement_by").with("publisher", entry.statement.publisher.as_str()))
}

/// A statement: its text, who answers for it, what it speaks of, what it corrects and what corrects it.
pub(crate) fn statement_page(reading: Reading<'_>, place: &str, here: &str) -> Option<Page> {
    let place: u64 = place.parse().ok()?;
    let all = statements(&reading.site);
    let entry = &all[all.binary_search_by_key(&place, |entry| entry.place).ok()?];
    let statement = &entry.statement;
    let heading = title(reading, entry);
    let said_by = statement.said_by.as_deref();
    let happened = html! { @if let Some(at) = statement.happened { (time(reading, Some(at))) } @else { (reading.t("said.not_stated")) } };
    let facts = [
        ("said.who", attributed(reading, entry.key, &statement.publisher)),
        ("said.said_by_whom", html! { (said_by.unwrap_or_else(|| reading.t("said.not_stated"))) }),
        ("said.published", time(reading, statement.published)),
        ("said.happened", happened),
        ("said.language_head", html! { (language_name(reading, &statement.language)) }),
        ("said.speaks_of", speaks_of(reading, entry)),
        ("said.of_election", html! { code { (statement.of) } }),
        ("said.address", outside(reading, statement.address.as_deref())),
        ("said.text", blob(reading, Some(&statement.text))),
        ("said.record", reading.record_link(entry.place)),
    ];
    let later: Vec<&StatementEntry> = corrections(reading, entry).collect();
    let main = html! {
        (lists(reading, here))
        h1 { bdi { (heading) } }
        p.lede { (reading.t("said.statement_lede")) }
        @if let Some(earlier) = corrected(reading, entry) {
            p.note { (reading.t("said.corrects")) " " (statement_link(reading, earlier.place)) " · " (time(reading, earlier.statement.published)) }
        }
        (quote(reading, entry, ON_PAGE))
        @if !later.is_empty() {
            h2 { (reading.t("said.corrections")) }
            @for later in later.iter().take(WITHIN_ROW) { (one(reading, Said::Statement(later))) }
            (more_of(reading, later.len(), WITHIN_ROW))
        }
        h2 { (reading.t("said.about")) }
        dl.facts { @for (word, value) in &facts { dt { (reading.t(word)) } dd { (value) } } }
    };
    let head = said_schema::statement(reading, entry);
    Some(Frame::new(&heading, here).with_head(head).checking(Some(entry.id)).page(reading, &main))
}

/// The lists with how many rows each has.
pub(crate) fn lists_of(site: Site<'_>) -> impl Iterator<Item = (String, usize)> + use<'_> {
    let index = site.snapshot.said(site.ledger);
    let languages = index.by_language.iter().map(|(code, items)| (language_address(code), items.len()));
    let days = index.by_day.iter().map(|(day, items)| (day_address(day), items.len()));
    let whole = [("statements/".to_owned(), counts(&site).1), (DAYS.to_owned(), index.by_day.len())];
    // Nothing leads to the days of a log without statements.
    let whole = whole.into_iter().filter(|(list, rows)| *rows > 0 || list != DAYS);
    whole.chain(languages).chain(days)
}

/// The pages of the statements themselves.
pub(crate) fn addresses(site: Site<'_>) -> impl Iterator<Item = String> + use<'_> {
    statements(&site).iter().map(|entry| statement_address(entry.place))
}
