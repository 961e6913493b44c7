//! Claims and statements as feeds: RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1, of everything, of an area, station or record, and of a
//! publisher or claimant. The last recorded first.
//!
//! An entry's id is its record's, so that it stays the same wherever the feed is read. Links are whole where the operator names
//! the site's address, else relative to the feed's own.

use crate::corrections::{ATOM, JSON_FEED, time_of};
use crate::reading::Reading;
use crate::said::{self, claim_address, counts, is_of_claims};
use crate::said_index::{Item, Said};
use crate::said_lists::signer;
use crate::said_pieces::{attribution, corrected, corrections, excerpt, is_web, statement_address};
use crate::{Page, Site, address, said_statements};
use hakiki_core::roster::KeyIndex;
use hakiki_core::text::Time;
use hakiki_core::text::lines::is_code;
use hakiki_messages::{Language, Message};
use maud::{Markup, html};
use serde_json::json;
use std::cmp::Reverse;

/// The stem of the feeds of everything.
pub(crate) const ALL: &str = "feeds/all";
/// Most entries of a feed: readers poll it, and older ones stand on the pages.
const ENTRIES: usize = 100;
/// Letters of a text in an entry.
const LETTERS: usize = 1000;
/// Letters of a text in an entry's title.
const TITLE_LETTERS: usize = 90;

const RSS: &str = "application/rss+xml; charset=utf-8";
/// Each ending with its type and its name.
const FORMS: [(&str, &str, &str); 3] = [
    ("rss", "application/rss+xml", "RSS"),
    ("atom", "application/atom+xml", "Atom"),
    ("json", "application/feed+json", "JSON Feed"),
];
// RFC 822 names days and months in English, in whatever language a feed is.
const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The stem of the feeds of an area, a station or a record.
pub(crate) fn of_code(code: &str) -> String {
    format!("feeds/said/{}", address::encoded(code))
}

/// The stem of the feeds of a publisher or claimant under a key.
pub(crate) fn of_publisher(site: Site<'_>, key: KeyIndex, code: &str) -> String {
    format!("feeds/publishers/{}/{}", site.ledger.roster().key(key).hash, address::encoded(code))
}

/// Links to the feeds with a stem.
pub(crate) fn links(reading: Reading<'_>, stem: &str) -> Markup {
    html! {
        p.small {
            (reading.t("said.feeds")) ": "
            @for (at, (ending, _, name)) in FORMS.iter().enumerate() {
                @if at > 0 { " · " }
                a href=(path_from(reading, stem, ending)) { (name) }
            }
        }
    }
}

/// The same for programs, in the head of a page.
pub(crate) fn discovery(reading: Reading<'_>, stem: &str) -> Markup {
    html! {
        @for (ending, mime, name) in FORMS {
            link rel="alternate" type=(mime) title={ (reading.t("said.feeds")) " · " (name) } href=(path_from(reading, stem, ending));
        }
    }
}

fn path_from(reading: Reading<'_>, stem: &str, ending: &str) -> String {
    reading.to(&format!("{}/{stem}.{ending}", reading.language))
}

/// The paths of all feeds below the site's root.
pub(crate) fn paths(site: Site<'_>) -> impl Iterator<Item = String> + use<'_> {
    let shown = is_of_claims(&site).then_some(site);
    shown.into_iter().flat_map(|site| {
        let index = site.snapshot.said(site.ledger);
        let codes = index.of_code.keys().map(|code| of_code(code));
        let publishers = index.by_publisher.keys().map(move |(code, key)| of_publisher(site, *key, code));
        let stems = std::iter::once(ALL.to_owned()).chain(codes).chain(publishers);
        stems.flat_map(|stem| {
            Language::ALL.into_iter().flat_map(move |language| {
                let stem = stem.clone();
                FORMS.into_iter().map(move |(ending, ..)| format!("{language}/{stem}.{ending}"))
            })
        })
    })
}

/// The feed at the segments behind a language, if there is one.
pub(crate) fn file(reading: Reading<'_>, segments: &[&str]) -> Option<Page> {
    if !is_of_claims(&reading.site) {
        return None;
    }
    let (last, folders) = segments.split_last()?;
    let (name, ending) = last.rsplit_once('.')?;
    let name = address::decoded(name)?;
    let index = reading.site.snapshot.said(reading.ledger());
    let feed = match folders {
        ["feeds"] if name == "all" => Feed::of_all(reading, "claims/"),
        ["feeds", "said"] if is_code(&name) => {
            let title = reading.m(&Message::new("said.of_code").with("code", name.as_str()));
            Feed::of_items(reading, title, of_code(&name), index.of(&name))
        }
        ["feeds", "publishers", key] => {
            let key = signer(reading, key)?;
            let (id, items) = index.by_publisher.get_key_value(&(name.clone(), key))?;
            Feed::of_items(
                reading,
                attribution(reading, key, &id.0),
                of_publisher(reading.site, key, &name),
                items,
            )
        }
        _ => return None,
    };
    match ending {
        "rss" => Some(feed.rss()),
        "atom" => Some(feed.atom()),
        "json" => Some(feed.json()),
        _ => None,
    }
}

/// One entry.
struct Entry {
    id: String,
    title: String,
    /// What it says, whose words these are, and what corrects or is corrected.
    text: String,
    /// Its page.
    page: String,
    /// Who answers for it.
    author: String,
    published: Option<Time>,
    /// The earliest witnessed time by which it was in the log.
    recorded: String,
    language: Option<String>,
    /// Where the publisher has it.
    outside: Option<String>,
    kind: &'static str,
    place: u64,
}

struct Feed<'a> {
    reading: Reading<'a>,
    title: String,
    /// Its address without its ending.
    stem: String,
    /// The page that shows the same.
    page: String,
    entries: Vec<Entry>,
}

impl<'a> Feed<'a> {
    fn of_all(reading: Reading<'a>, page: &str) -> Self {
        let (_, statements) = counts(&reading.site);
        let claims = said::claims(&reading.site).iter().rev().take(ENTRIES);
        let statements = reading.ledger().statements()[..statements].iter().rev().take(ENTRIES);
        let all = claims.map(Said::Claim).chain(statements.map(Said::Statement)).collect();
        Self::new(reading, reading.t("said.feed_title").to_owned(), ALL.to_owned(), page, all)
    }

    fn of_items(reading: Reading<'a>, title: String, stem: String, items: &[Item]) -> Self {
        let all = items.iter().map(|item| item.of(reading.ledger())).collect();
        // Page and feed have the same segments.
        let page = format!("{}/", stem.strip_prefix("feeds/").unwrap_or(&stem));
        Self::new(reading, title, stem, &page, all)
    }

    fn new(reading: Reading<'a>, title: String, stem: String, page: &str, mut all: Vec<Said<'a>>) -> Self {
        all.sort_by_key(|said| Reverse(said.place()));
        all.truncate(ENTRIES);
        let entries = all.into_iter().map(|said| entry(reading, said)).collect();
        Self { reading, title, stem, page: link(reading, page), entries }
    }

    /// When it was last added to.
    fn updated(&self) -> String {
        let newest = self.entries.first().map_or(0, |newest| newest.place);
        time_of(self.reading, newest)
    }

    /// What the log is, and that nobody edits here.
    fn subtitle(&self) -> &'static str {
        self.reading.t("said.feed_subtitle")
    }

    fn whole_title(&self) -> String {
        format!("{} · {}", self.title, self.reading.ledger().election().title)
    }

    /// Its own address, where the operator names the site's.
    fn own(&self, ending: &str) -> Option<String> {
        let url = self.reading.site.source.own_url()?;
        Some(format!("{url}/{}/{}.{ending}", self.reading.language, self.stem))
    }

    fn rss(&self) -> Page {
        let markup = html! {
            rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/" {
                channel {
                    title { (self.whole_title()) }
                    link { (self.page) }
                    @if let Some(own) = self.own("rss") { atom:link rel="self" type="application/rss+xml" href=(own) {} }
                    description { (self.subtitle()) }
                    language { (self.reading.language) }
                    @for one in &self.entries {
                        item {
                            title { (one.title) }
                            link { (one.page) }
                            guid isPermaLink="false" { (one.id) }
                            @if let Some(at) = one.published { pubDate { (rfc_822(at)) } }
                            dc:creator { (one.author) }
                            category { (one.kind) }
                            description { (one.text) }
                        }
                    }
                }
            }
        };
        xml(RSS, markup)
    }

    fn atom(&self) -> Page {
        let reading = self.reading;
        let markup = html! {
            feed xmlns="http://www.w3.org/2005/Atom" xml:lang=(reading.language) {
                title { (self.whole_title()) }
                id { "urn:hakiki:" (reading.ledger().fingerprint()) ":" (self.stem) ":" (reading.language) }
                updated { (self.updated()) }
                link rel="alternate" type="text/html" href=(self.page) {}
                @if let Some(own) = self.own("atom") { link rel="self" type="application/atom+xml" href=(own) {} }
                author { name { (reading.ledger().election().log_key.name()) } }
                subtitle { (self.subtitle()) }
                @for one in &self.entries {
                    entry xml:lang=[one.language.as_deref()] {
                        title { (one.title) }
                        id { (one.id) }
                        updated { (one.recorded) }
                        @if let Some(at) = one.published { published { (at) } }
                        author { name { (one.author) } }
                        link rel="alternate" type="text/html" href=(one.page) {}
                        @if let Some(outside) = &one.outside { link rel="via" href=(outside) {} }
                        category term=(one.kind) {}
                        summary { (one.text) }
                    }
                }
            }
        };
        xml(ATOM, markup)
    }

    fn json(&self) -> Page {
        let reading = self.reading;
        let items = self.entries.iter().map(|one| {
            let mut item = json!({
                "id": one.id,
                "url": one.page,
                "title": one.title,
                "content_text": one.text,
                "authors": [{ "name": one.author }],
                "tags": [one.kind],
                "_hakiki": { "place": one.place, "recorded": one.recorded },
            });
            let more = [
                ("date_published", one.published.map(|at| at.to_string())),
                ("external_url", one.outside.clone()),
                ("language", one.language.clone()),
            ];
            for (name, value) in more {
                if let Some(value) = value {
                    item[name] = value.into();
                }
            }
            item
        });
        let mut value = json!({
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.whole_title(),
            "home_page_url": self.page,
            "description": self.subtitle(),
            "language": reading.language.tag(),
            "items": items.collect::<Vec<_>>(),
        });
        if let Some(own) = self.own("json") {
            value["feed_url"] = own.into();
        }
        let mut page = Page::json(&value);
        page.content_type = JSON_FEED;
        page
    }
}

fn xml(content_type: &'static str, markup: Markup) -> Page {
    let body = format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{}", markup.into_string());
    Page::file(content_type, body.into_bytes())
}

/// The way to a page in the feed's language.
pub(crate) fn link(reading: Reading<'_>, rest: &str) -> String {
    let path = format!("{}/{rest}", reading.language);
    reading.site.source.own_url().map_or_else(|| reading.to(&path), |url| format!("{url}/{path}"))
}

fn entry(reading: Reading<'_>, said: Said<'_>) -> Entry {
    let (key, whose) = (said.key(), said.whose());
    let by = format!("{}.", attribution(reading, key, whose));
    let (kind, title, text, rest, at, language) = match said {
        Said::Claim(entry) => {
            let claim = &entry.claim;
            let text = format!("{} {} · {}.", by, claim.contest, claim.area);
            ("claim", said::claim_title(reading, claim), text, claim_address(entry), &claim.address, None)
        }
        Said::Statement(entry) => {
            let statement = &entry.statement;
            let found = excerpt(reading, &statement.text, LETTERS).map(|found| found.text);
            let short = excerpt(reading, &statement.text, TITLE_LETTERS).map(|found| found.text);
            let first = short.as_deref().and_then(|short| short.lines().next());
            let title = first
                .map_or_else(|| said_statements::title(reading, entry), |first| format!("{whose}: {first}"));
            let mut text = found.map_or_else(|| by.clone(), |found| format!("{by}\n{found}"));
            let earlier = corrected(reading, entry).map(|earlier| ("said.corrects", earlier.place));
            let later = corrections(reading, entry).map(|later| ("said.corrected_by", later.place));
            for (word, place) in earlier.into_iter().chain(later) {
                for part in
                    ["\n", reading.t(word), ": ", reading.t("said.statement"), " ", &place.to_string(), "."]
                {
                    text.push_str(part);
                }
            }
            let language = Some(statement.language.clone());
            ("statement", title, text, statement_address(entry.place), &statement.address, language)
        }
    };
    Entry {
        id: urn(reading, said),
        title,
        text,
        page: link(reading, &rest),
        author: whose.to_owned(),
        published: said.published(),
        recorded: time_of(reading, said.place()),
        language,
        outside: at.clone().filter(|at| is_web(at)),
        kind,
        place: said.place(),
    }
}

/// The name of a record that stays, wherever its log is served.
pub(crate) fn urn(reading: Reading<'_>, said: Said<'_>) -> String {
    format!("urn:hakiki:{}:{}", reading.ledger().fingerprint(), said.id())
}

/// A moment as RSS writes it: `Tue, 04 Mar 2031 23:40:00 +0300`.
fn rfc_822(time: Time) -> String {
    let written = time.to_string();
    let part = |from: usize, to: usize| written.get(from..to).unwrap_or_default();
    // The first day of 1970 was a Thursday.
    let day = usize::try_from((i64::from(time.date().days) + 4).rem_euclid(7)).unwrap_or_default();
    let month = part(5, 7).parse::<usize>().unwrap_or(1).clamp(1, 12);
    let zone = part(19, 25).replace(':', "");
    format!("{}, {} {} {} {} {zone}", DAYS[day], part(8, 10), MONTHS[month - 1], part(0, 4), part(11, 19))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_rss_has_them() {
        for (time, expected) in [
            ("1970-01-01T00:00:00+00:00", "Thu, 01 Jan 1970 00:00:00 +0000"),
            ("2031-03-04T23:40:05+03:00", "Tue, 04 Mar 2031 23:40:05 +0300"),
            ("2024-02-29T00:30:00-04:30", "Thu, 29 Feb 2024 00:30:00 -0430"),
        ] {
            assert_eq!(rfc_822(Time::parse(time).unwrap()), expected);
        }
    }
}
