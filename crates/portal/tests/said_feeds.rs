//! Feeds of a log of claims, read again by a reader of feeds that other people wrote.
#![allow(clippy::unwrap_used)]

mod night;
mod told;

use feed_rs::model::{Feed, FeedType};
use hakiki_core::ledger::Ledger;
use hakiki_note::sha256;
use std::collections::BTreeSet;
use told::{Told, told_with};

fn read(told: &Told, path: &str) -> Feed {
    let page = told.page(path);
    assert_eq!(page.status, 200, "{path}");
    feed_rs::parser::parse(&page.body[..]).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn urn(ledger: &Ledger, place: u64) -> String {
    let claim = ledger.claims().iter().find(|entry| entry.place == place).map(|entry| entry.id);
    let statement = ledger.statements().iter().find(|entry| entry.place == place).map(|entry| entry.id);
    format!("urn:hakiki:{}:{}", ledger.fingerprint(), claim.or(statement).unwrap())
}

#[test]
fn three_forms_of_one_feed_say_the_same() {
    let mut told = told_with(0);
    told.own_url = Some("https://madai.example".into());
    let places: Vec<u64> = told.claims.iter().chain(&told.statements).rev().copied().collect();
    let ids: Vec<String> = places.iter().map(|place| urn(&told.night.ledger, *place)).collect();
    for (ending, kind) in [("rss", FeedType::RSS2), ("atom", FeedType::Atom), ("json", FeedType::JSON)] {
        let feed = read(&told, &format!("/en/feeds/all.{ending}"));
        assert_eq!(feed.feed_type, kind);
        let found: Vec<&str> = feed.entries.iter().map(|entry| entry.id.as_str()).collect();
        assert_eq!(found, ids, "{ending}: the last recorded first, by its record");
        let hostile = &feed.entries[2];
        let title = &hostile.title.as_ref().unwrap().content;
        assert!(
            title.starts_with("gazeti: Kura </script><script>alert(1)</script> & ]]>"),
            "{ending}: {title}"
        );
        assert_eq!(hostile.published.unwrap().to_rfc3339(), "2031-03-05T07:30:00+00:00", "{ending}");
        let page = format!("https://madai.example/en/statements/{}/", told.statements[0]);
        assert!(hostile.links.iter().any(|link| link.href == page), "{ending}: {:?}", hostile.links);
        assert!(feed.entries[0].published.is_none(), "{ending}: what is undated has no time");
    }
}

#[test]
fn an_area_a_record_and_a_publisher_have_feeds_of_their_own() {
    let told = told_with(0);
    let (publisher, desk) = (told.key_hash("publisher"), told.key_hash("desk"));
    for (stem, count) in [
        ("said/c01".to_owned(), 3),
        ("said/MF".to_owned(), 3),
        (format!("said/{}", sha256(b"a form")), 3),
        (format!("publishers/{publisher}/gazeti"), 2),
        (format!("publishers/{desk}/gazeti"), 1),
        ("said/s000777".to_owned(), 0),
    ] {
        for ending in ["rss", "atom", "json"] {
            let feed = read(&told, &format!("/sw/feeds/{stem}.{ending}"));
            assert_eq!(feed.entries.len(), count, "{stem}.{ending}");
            let ids: BTreeSet<&str> = feed.entries.iter().map(|entry| entry.id.as_str()).collect();
            assert_eq!(ids.len(), count, "{stem}.{ending}: each its own");
        }
    }
    for nowhere in [
        "/en/feeds/all.xml",
        "/en/feeds/publishers/00/gazeti.rss",
        "/en/feeds/said/a%20b.rss",
        "/xx/feeds/all.rss",
    ] {
        assert_eq!(told.page(nowhere).status, 404, "{nowhere}");
    }
}

#[test]
fn a_feed_has_the_last_hundred() {
    let told = told_with(120);
    assert_eq!(read(&told, "/en/feeds/all.atom").entries.len(), 100);
    assert_eq!(read(&told, "/en/feeds/said/c01.rss").entries.len(), 100);
}
