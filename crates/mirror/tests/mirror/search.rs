//! A mirror searches the statements of the log that it holds, by an index of its own, and leads where its operator says.

use crate::house::{fixture, forms, found, get, mirror, node, post, settings, until, url};
use hakiki_core::Record;
use hakiki_core::fixture::{Fixture, Setting, custodians, key};
use hakiki_core::kinds::{Kind, Statement, Withhold};
use hakiki_core::roster::Role;
use hakiki_core::text::Time;
use hakiki_note::{Hash, sha256};
use std::net::SocketAddr;
use tokio::task::block_in_place;

fn put(address: SocketAddr, text: &str) {
    let url = format!("http://{address}/blob/{}", sha256(text.as_bytes()));
    block_in_place(|| ureq::put(url).send(text).unwrap());
}

fn statement(fixture: &Fixture, text: &str, corrects: Option<Hash>) -> Record {
    let body = Statement {
        of: Hash([7; 32]),
        publisher: "gazeti".into(),
        said_by: None,
        happened: None,
        published: Time::parse("2031-03-05T10:30:00+03:00"),
        language: "sw".into(),
        text: sha256(text.as_bytes()),
        address: None,
        records: [].into(),
        areas: ["c01".to_owned()].into(),
        claims: [].into(),
        corrects,
    };
    fixture.sign(body, &[&key("desk")])
}

fn submit(address: SocketAddr, record: &Record) {
    assert_eq!(post(address, "/submit", "", record.note().as_bytes()).status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mirror_finds_what_the_node_finds_also_alone() {
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name);
    let setting = Setting { is_compilation: true, hosts: 1, ..Setting::default() };
    let fixture = Fixture::with(&setting, |election| {
        election.admits.extend(Kind::SAID.iter().map(|kind| kind.name_and_version()));
    });
    found(&at("node"), &fixture, &[fixture.enrolment("desk", Role::PressDesk)]);
    let node = node(&at("node"), "127.0.0.1:0").await;
    let mut told = settings(url(node.address), &at("mirror"));
    told.url = Some("https://kioo.example/kauli".to_owned());
    let held = mirror(told).await;
    let first = statement(&fixture, "Kura zote zimehesabiwa", None);
    submit(node.address, &first);
    put(node.address, "Kura zote zimehesabiwa");
    submit(node.address, &statement(&fixture, "Sahihisho: si kura zote", Some(*first.id())));
    put(node.address, "Sahihisho: si kura zote");
    let search = |query: &str| get(held.address, &format!("/sw/statements/search/?{query}"));
    let count = |query: &str| search(query).text().matches("<mark>").count();
    until("both are found", || search("q=zote").status == 200 && count("q=zote") == 2);
    assert!(search("q=zimehesabiwa").text().contains("imesahihishwa na"));
    assert!(get(held.address, "/search/statements.json?area=c01&q=si").text().contains("Sahihisho"));
    assert_eq!(search("q=-zote").status, 400);
    let feed = get(held.address, "/en/feeds/all.atom");
    assert!(feed.text().contains("https://kioo.example/kauli/en/statements/"), "{}", feed.text());

    let blob = sha256(b"Kura zote zimehesabiwa");
    let body = Withhold { blob, by: "court".into(), order: None, reason: "order".into(), words: None };
    let keys = custodians();
    submit(node.address, &fixture.sign(body, &keys.iter().take(2).collect::<Vec<_>>()));
    until("it is found no more", || count("q=zote") == 1);
    assert_eq!(count("q=zimehesabiwa"), 0);
    assert!(get(held.address, "/metrics").text().contains("hakiki_search_ready 1\n"));
    node.stop().await.unwrap();
    assert_eq!(count("q=sahihisho"), 1);
    held.stop().await.unwrap();
    assert!(at("mirror/search/statements.sqlite").exists() && !at("mirror/log/search").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_of_an_election_lead_to_the_log_of_claims_that_the_operator_names() {
    let (place, fixture) = (tempfile::tempdir().unwrap(), fixture());
    let at = |name: &str| place.path().join(name);
    found(&at("node"), &fixture, &forms(&fixture, 3));
    let node = node(&at("node"), "127.0.0.1:0").await;
    let mut told = settings(url(node.address), &at("mirror"));
    told.said_url = Some("https://kauli.example".to_owned());
    let held = mirror(told).await;
    let place = fixture.records.len();
    let page = format!("/en/record/{place}/");
    until("it catches up", || get(held.address, &page).status == 200);
    assert!(get(held.address, &page).text().contains("href=\"https://kauli.example/en/said/"));
    assert_eq!(get(held.address, "/en/statements/search/?q=kura").status, 404);
    node.stop().await.unwrap();
    held.stop().await.unwrap();
    assert!(!at("mirror/search").exists());
}
