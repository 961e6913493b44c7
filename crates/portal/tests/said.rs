//! A log of claims: what is claimed and said of an election, by whom, and what stands beside what.
#![allow(clippy::unwrap_used)]

mod markup;
mod night;

use hakiki_core::fixture::{CONTEST, Fixture, Setting, key};
use hakiki_core::kinds::{Body, Claim, Figures, Granularity, Kind, Statement};
use hakiki_core::roster::Role;
use hakiki_core::text::BoxValue;
use hakiki_messages::Language;
use hakiki_note::{Hash, sha256};
use hakiki_portal::{Snapshot, every_page};
use night::{Night, crawl};
use std::collections::BTreeSet;

struct Said {
    night: Night,
    snapshot: Snapshot,
    /// Places of the claims.
    claims: Vec<u64>,
}

fn claim(total: Option<u32>) -> Claim {
    let votes = total.map(|total| vec![(1, BoxValue::Number(total)), (2, BoxValue::Blank)]);
    Claim {
        of: sha256(b"another election"),
        claimant: "daraja".into(),
        contest: CONTEST.into(),
        area: "MF".into(),
        granularity: Granularity::National,
        figures: Figures { votes: votes.unwrap_or_default(), boxes: [None; 6] },
        table: total.is_none().then(|| sha256(b"a table")),
        mapping: None,
        published: None,
        address: Some("https://gazeti.example/<1>".into()),
        words: None,
        replaces: None,
    }
}

fn statement(claims: &[Hash], corrects: Option<Hash>) -> Statement {
    Statement {
        of: sha256(b"another election"),
        publisher: "gazeti".into(),
        said_by: Some("mgombea".into()),
        happened: None,
        published: None,
        language: "sw".into(),
        text: sha256(b"what was said"),
        address: None,
        records: BTreeSet::from([sha256(b"a form")]),
        areas: BTreeSet::from(["c01".to_owned()]),
        claims: claims.iter().copied().collect(),
        corrects,
    }
}

fn said() -> Said {
    let setting = Setting { stations: 2, counties: 1, is_compilation: true, ..Setting::default() };
    let fixture = Fixture::with(&setting, |election| {
        election.admits.extend(Kind::SAID.iter().map(|kind| kind.name_and_version()));
    });
    let ledger = fixture.ledger();
    let entries = fixture.records.iter().map(|record| record.note().as_bytes().to_vec()).collect();
    let blobs = BTreeSet::from([sha256(b"what was said")]);
    let mut night = Night { fixture, ledger, entries, blobs, outlines: None };
    for (of, role) in
        [("claimant", Role::Claimant), ("publisher", Role::Publisher), ("desk", Role::PressDesk)]
    {
        let record = night.fixture.enrolment(of, role);
        night.append(record);
    }
    let mut put = |body: Body, of: &str| {
        let record = night.fixture.sign(body, &[&key(of)]);
        let id = *record.id();
        night.append(record);
        id
    };
    let first = put(claim(Some(991)).into(), "claimant");
    let by_desk = put(claim(None).into(), "desk");
    let second = put(Claim { replaces: Some(first), ..claim(Some(992)) }.into(), "claimant");
    let told = put(statement(&[first], None).into(), "publisher");
    put(statement(&[], Some(told)).into(), "publisher");
    let claims = [first, by_desk, second].map(|id| night.ledger.place_of(&id).unwrap()).to_vec();
    let snapshot = night.snapshot();
    Said { night, snapshot, claims }
}

fn page(said: &Said, address: &str) -> String {
    let page = said.night.page(&said.snapshot, address);
    assert_eq!(page.status, 200, "{address}");
    String::from_utf8(page.body).unwrap()
}

#[test]
fn every_page_of_claims_is_named_whole_and_reached_by_links() {
    let said = said();
    let crawled = crawl(&said.night, &said.snapshot);
    let named: BTreeSet<String> = every_page(&said.night.site(&said.snapshot)).collect();
    for language in Language::ALL {
        let own = said.claims.iter().map(|place| format!("/{language}/claims/{place}/"));
        for address in
            [format!("/{language}/claims/"), format!("/{language}/statements/")].into_iter().chain(own)
        {
            assert!(named.contains(&address), "{address} is not named");
            let page = &crawled[&address];
            let html = String::from_utf8_lossy(&page.body);
            assert_eq!(markup::complaint(&html), None, "{address}");
            assert!(!html.contains("[a word is missing here]"), "{address}");
        }
    }
}

#[test]
fn a_page_says_whose_words_they_are_and_what_took_their_place() {
    let said = said();
    let list = page(&said, "/en/claims/");
    assert!(list.contains("as published by daraja") && list.contains("daraja, by its own key"), "{list}");
    let first = page(&said, &format!("/en/claims/{}/", said.claims[0]));
    assert!(first.contains("replaced by claim"), "{first}");
    assert!(first.contains(">991<") && first.contains("blank"), "a blank is not a zero: {first}");
    assert!(first.contains("&lt;1&gt;") && first.contains("not compared"), "{first}");
    assert!(first.contains("said by"), "the statement about it stands there: {first}");
    let tabled = page(&said, &format!("/en/claims/{}/", said.claims[1]));
    assert!(tabled.contains("states no totals") && tabled.contains("not at this server"), "{tabled}");
    let statements = page(&said, "/en/statements/");
    assert!(statements.contains("corrects") && statements.contains("corrected by"), "{statements}");
}

#[test]
fn an_older_head_knows_no_later_claim_and_an_authoritys_log_has_none() {
    let said = said();
    let mut head = said.night.head(&[], &[]);
    head.size = said.claims[0] + 1;
    let before = Snapshot::new(&said.night.ledger, head);
    let older = said.night.page(&before, &format!("/en/claims/{}/", said.claims[1]));
    assert_eq!(older.status, 404);
    let first = said.night.page(&before, &format!("/en/claims/{}/", said.claims[0]));
    assert!(!String::from_utf8(first.body).unwrap().contains("replaced by"));
}
