//! A feed's bytes as items. RSS, Atom and JSON feeds are read by feed-rs; here it is decided what of an item is its text, its
//! date, its address and its name. Pure, but for the library's own guards.

use crate::plain::{plain, tidy};
use crate::polite::Problem;
use feed_rs::model::{Entry, Feed, FeedType, Link};
use feed_rs::parser::Builder;
use hakiki_core::text::Time;
use hakiki_note::{Hash, sha256, sha256_parts};
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Most items that are taken of one reading; feeds hold ten to a hundred.
pub const ITEMS_MAX: usize = 2_000;
/// Longest text of an item, in bytes: some 40,000 words.
pub const TEXT_MAX_BYTES: usize = 256 * 1024;
/// Longest address that a record can hold.
const ADDRESS_MAX_BYTES: usize = 255;

/// An item as it will stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// By what the feed knows it again: its guid, else its link, else its text.
    pub key: Hash,
    /// Title and text, see [`tidy`].
    pub text: String,
    /// When it was first published, if the feed says so.
    pub published: Option<Time>,
    /// When it was changed last, if the feed says so.
    pub updated: Option<Time>,
    /// Where it stands, if the feed says so in a form that a record can hold.
    pub address: Option<String>,
}

impl Item {
    /// Hash of the text, which is the blob's.
    pub fn text_hash(&self) -> Hash {
        sha256(self.text.as_bytes())
    }
}

/// An item that is not taken, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftOut {
    /// It has no words.
    Empty,
    /// Its text is longer than a statement may be; nothing is shortened.
    TooLong,
    /// The same feed names another item the same.
    SameName,
    /// It stands behind the first 2,000 of its feed.
    TooMany,
}

/// What a feed holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadFeed {
    /// Oldest first, as far as the feed's order tells: feeds begin with the newest.
    pub items: Vec<Item>,
    /// Those not taken, in the feed's order.
    pub left_out: Vec<LeftOut>,
}

/// Reads a feed. `url` is where it came from: links in it may be meant from there.
pub fn read(bytes: &[u8], url: &str) -> Result<ReadFeed, Problem> {
    let parse = || {
        let names = |_: &[Link], _: &Option<_>, _: Option<&str>| String::new();
        Builder::new().base_uri(Some(url)).sanitize_content(false).id_generator(names).build().parse(bytes)
    };
    // The library cuts names of authors at bytes that may lie within a character: a feed must not end the run.
    let parsed = catch_unwind(AssertUnwindSafe(parse));
    let malformed = |found: String| Problem::Malformed { found };
    let feed = parsed.map_err(|_| malformed("the reader of feeds stumbled over it".to_owned()))?;
    let feed = feed.map_err(|error| malformed(error.to_string()))?;
    Ok(items(&feed))
}

fn items(feed: &Feed) -> ReadFeed {
    let mut read = ReadFeed::default();
    let mut keys = BTreeSet::new();
    for (number, entry) in feed.entries.iter().enumerate() {
        let left_out = if number >= ITEMS_MAX {
            Some(LeftOut::TooMany)
        } else {
            match item(entry, &feed.feed_type) {
                Err(left_out) => Some(left_out),
                Ok(item) if !keys.insert(item.key) => Some(LeftOut::SameName),
                Ok(item) => {
                    read.items.push(item);
                    None
                }
            }
        };
        read.left_out.extend(left_out);
    }
    read.items.reverse();
    read
}

fn item(entry: &Entry, feed_type: &FeedType) -> Result<Item, LeftOut> {
    let is_rss = !matches!(feed_type, FeedType::Atom | FeedType::JSON);
    let title = entry.title.as_ref().map(|text| words(&text.content, text.content_type.as_str(), is_rss));
    let content = entry.content.as_ref().and_then(|content| {
        let body = content.body.as_deref()?;
        let is_text =
            content.content_type.as_str().starts_with("text/") || is_html(content.content_type.as_str());
        is_text.then(|| words(body, content.content_type.as_str(), false))
    });
    let summary =
        || entry.summary.as_ref().map(|text| words(&text.content, text.content_type.as_str(), is_rss));
    let body = content.filter(|body| !body.is_empty()).or_else(summary).unwrap_or_default();
    let text = tidy(&format!("{}\n\n{body}", title.unwrap_or_default()));
    if text.is_empty() {
        return Err(LeftOut::Empty);
    }
    if text.len() > TEXT_MAX_BYTES {
        return Err(LeftOut::TooLong);
    }
    let link = link(entry);
    let key = match (entry.id.trim(), &link) {
        ("", None) => sha256_parts(&[b"text\n", text.as_bytes()]),
        ("", Some(link)) => sha256_parts(&[b"link\n", link.as_bytes()]),
        (guid, _) => sha256_parts(&[b"guid\n", guid.as_bytes()]),
    };
    let published = entry.published.and_then(|time| of_seconds(time.timestamp()));
    // Where the feed has no date of change, the library copies that of publication.
    let updated = entry.updated.and_then(|time| of_seconds(time.timestamp()));
    let address =
        link.filter(|link| link.len() <= ADDRESS_MAX_BYTES && link.bytes().all(|b| b.is_ascii_graphic()));
    Ok(Item { key, text, published, updated, address })
}

/// Titles and descriptions of RSS are often HTML, though nothing says so.
fn words(text: &str, media_type: &str, may_be_html: bool) -> String {
    let looks_so = || text.contains('<') || (text.contains('&') && text.contains(';'));
    if is_html(media_type) || (may_be_html && looks_so()) { plain(text) } else { tidy(text) }
}

fn is_html(media_type: &str) -> bool {
    media_type.contains("html")
}

/// Where the item itself stands.
fn link(entry: &Entry) -> Option<String> {
    let is_own = |link: &&Link| {
        link.target.is_none()
            && link.rel.as_deref().is_none_or(|rel| rel == "alternate")
            && is_web(&link.href)
    };
    let guid = entry.id.trim();
    let by_guid = || is_web(guid).then(|| guid.to_owned());
    entry.links.iter().find(is_own).map(|link| link.href.trim().to_owned()).or_else(by_guid)
}

fn is_web(address: &str) -> bool {
    address.starts_with("https://") || address.starts_with("http://")
}

/// A moment that a record can hold. feed-rs gives them in UTC.
fn of_seconds(unix_seconds: i64) -> Option<Time> {
    let time = Time::new(unix_seconds, 0);
    (0..=253_402_300_799).contains(&unix_seconds).then_some(time)
}

#[cfg(test)]
#[path = "feed_tests.rs"]
mod tests;
