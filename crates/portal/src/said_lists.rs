//! What is said of an area, a station or a record, and what each publisher or claimant has said: lists of claims and statements.

use crate::frame::Frame;
use crate::pager::Pager;
use crate::reading::Reading;
use crate::said::{is_of_claims, lists};
use crate::said_index::{Item, SaidIndex};
use crate::said_pieces::{attribution, items_of, key_address, publisher_address, said_address};
use crate::servers_frame::{ROWS, key_words, table};
use crate::{Page, Site, said_feeds, said_search};
use hakiki_core::roster::KeyIndex;
use hakiki_core::text::lines::is_code;
use hakiki_messages::{Message, number};
use hakiki_note::Hash;
use maud::{Markup, html};

fn index(reading: Reading<'_>) -> &SaidIndex {
    reading.site.snapshot.said(reading.ledger())
}

/// Every area, station and record of which something is said.
pub(crate) fn codes_page(reading: Reading<'_>, asked_page: Option<&str>, here: &str) -> Page {
    let codes = &index(reading).of_code;
    let pager = Pager::by(ROWS, asked_page, codes.len());
    let rows: Vec<Vec<Markup>> = codes
        .iter()
        .skip(pager.skip())
        .take(ROWS)
        .map(|(code, items)| {
            let link = html! { a href=(reading.href(&said_address(code))) { code { (code) } } };
            vec![link, html! { (number(items.len() as u64)) }]
        })
        .collect();
    let main = html! {
        (lists(reading, "said/"))
        h1 { (reading.t("said.places")) }
        p.lede { (reading.t("said.places_intro")) }
        @if rows.is_empty() { p { (reading.t("said.nothing_named")) } }
        @else { (table(reading, reading.t("said.places_caption"), &["said.code", "said.claims_and_statements"], &rows)) }
        (pager.links(reading, "said/"))
    };
    Frame::new(reading.t("said.places"), here).page(reading, &main)
}

/// What is said of a code. Whoever comes from the portal of an election finds a page also where nothing is; none where it can be
/// no code, or where this is no log of claims.
pub(crate) fn code_page(
    reading: Reading<'_>,
    code: &str,
    asked_page: Option<&str>,
    here: &str,
) -> Option<Page> {
    if !is_of_claims(&reading.site) || !is_code(code) {
        return None;
    }
    let items = index(reading).of(code);
    let words = |key: &str| reading.m(&Message::new(key).with("code", code));
    let list = List {
        heading: words("said.of_code"),
        lede: reading.t("said.of_code_intro").to_owned(),
        none: words("said.nothing_of_code"),
        rest: said_address(code),
        feed: Some(said_feeds::of_code(code)),
    };
    Some(list.page(reading, items, asked_page, here, &html! {}))
}

/// Every publisher and claimant, each with the key that signs.
pub(crate) fn publishers_page(reading: Reading<'_>, asked_page: Option<&str>, here: &str) -> Page {
    let publishers = &index(reading).by_publisher;
    let pager = Pager::by(ROWS, asked_page, publishers.len());
    let shown = publishers.iter().skip(pager.skip()).take(ROWS);
    let rows: Vec<Vec<Markup>> = shown
        .map(|((code, key), items)| {
            let address = publisher_address(reading, *key, code);
            vec![
                html! { a href=(reading.href(&address)) { bdi { (code) } } },
                html! { (attribution(reading, *key, code)) },
                html! { a href=(reading.href(&key_address(reading, *key))) { (key_words(reading, *key)) } },
                html! { (number(items.len() as u64)) },
            ]
        })
        .collect();
    let heads = ["said.publisher", "said.who", "said.key", "said.claims_and_statements"];
    let main = html! {
        (lists(reading, "publishers/"))
        h1 { (reading.t("said.publishers")) }
        p.lede { (reading.t("said.publishers_intro")) }
        @if rows.is_empty() { p { (reading.t("said.nothing_named")) } }
        @else { (table(reading, reading.t("said.publishers_caption"), &heads, &rows)) }
        (pager.links(reading, "publishers/"))
    };
    Frame::new(reading.t("said.publishers"), here).page(reading, &main)
}

/// Everything that a key signed, under whatever name.
pub(crate) fn key_page(
    reading: Reading<'_>,
    key: &str,
    asked_page: Option<&str>,
    here: &str,
) -> Option<Page> {
    let key = signer(reading, key)?;
    let items = index(reading).by_key.get(&key)?;
    let name = reading.ledger().roster().key(key).name.as_str();
    let list = List {
        heading: reading.m(&Message::new("said.by_key").with("key", name)),
        lede: reading.t("said.by_key_intro").to_owned(),
        none: String::new(),
        rest: key_address(reading, key),
        feed: None,
    };
    let codes = index(reading).by_publisher.iter().filter(|((_, by), _)| *by == key);
    let more = html! {
        p {
            @for (at, ((code, _), items)) in codes.enumerate() {
                @if at > 0 { " · " }
                a href=(reading.href(&publisher_address(reading, key, code))) { bdi { (code) } } " (" (number(items.len() as u64)) ")"
            }
        }
    };
    Some(list.page(reading, items, asked_page, here, &more))
}

/// What is signed by a key as a publisher's or claimant's.
pub(crate) fn publisher_page(
    reading: Reading<'_>,
    key: &str,
    code: &str,
    asked_page: Option<&str>,
    here: &str,
) -> Option<Page> {
    let key = signer(reading, key)?;
    let items = index(reading).by_publisher.get(&(code.to_owned(), key))?;
    let list = List {
        heading: attribution(reading, key, code),
        lede: reading.t("said.publisher_intro").to_owned(),
        none: String::new(),
        rest: publisher_address(reading, key, code),
        feed: Some(said_feeds::of_publisher(reading.site, key, code)),
    };
    let more = html! { p { (reading.t("said.key")) ": " a href=(reading.href(&key_address(reading, key))) { (key_words(reading, key)) } } (said_search::of_publisher(reading, code)) };
    Some(list.page(reading, items, asked_page, here, &more))
}

/// The key with a hash among those that signed something.
pub(crate) fn signer(reading: Reading<'_>, hash: &str) -> Option<KeyIndex> {
    let hash: Hash = hash.parse().ok()?;
    let roster = reading.ledger().roster();
    index(reading).by_key.keys().copied().find(|key| roster.key(*key).hash == hash)
}

/// A page that is one list of claims and statements.
struct List {
    heading: String,
    lede: String,
    /// What stands where the list is empty.
    none: String,
    /// The list's own address.
    rest: String,
    /// The stem of its feeds.
    feed: Option<String>,
}

impl List {
    fn page(
        &self,
        reading: Reading<'_>,
        items: &[Item],
        asked_page: Option<&str>,
        here: &str,
        more: &Markup,
    ) -> Page {
        let pager = Pager::by(ROWS, asked_page, items.len());
        let shown = items.iter().skip(pager.skip()).take(ROWS).map(|item| item.of(reading.ledger()));
        // A feed of what nothing is said of is answered, and not pointed at: a copy would not have it.
        let feed = self.feed.as_deref().filter(|_| !items.is_empty());
        let main = html! {
            (lists(reading, here))
            h1 { bdi { (self.heading) } }
            @if items.is_empty() { p.lede { (self.none) } }
            @else { p.lede { (self.lede) " " (reading.t("said.order")) } }
            (more)
            (items_of(reading, shown))
            (pager.links(reading, &self.rest))
            @if let Some(feed) = feed { (said_feeds::links(reading, feed)) }
        };
        let head = html! { @if let Some(feed) = feed { (said_feeds::discovery(reading, feed)) } };
        Frame::new(&self.heading, here).with_head(head).page(reading, &main)
    }
}

/// The lists with how many rows each has.
pub(crate) fn lists_of(site: Site<'_>) -> impl Iterator<Item = (String, usize)> + use<'_> {
    let index = site.snapshot.said(site.ledger);
    let reading = Reading { site, language: hakiki_messages::Language::default(), depth: 0 };
    let whole =
        [("said/".to_owned(), index.of_code.len()), ("publishers/".to_owned(), index.by_publisher.len())];
    let codes = index.of_code.iter().map(|(code, items)| (said_address(code), items.len()));
    let keys = index.by_key.iter().map(move |(key, items)| (key_address(reading, *key), items.len()));
    let publishers = index.by_publisher.iter();
    let publishers =
        publishers.map(move |((code, key), items)| (publisher_address(reading, *key, code), items.len()));
    whole.into_iter().chain(codes).chain(keys).chain(publishers)
}
