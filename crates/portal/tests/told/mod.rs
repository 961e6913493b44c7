//! A log of claims in memory: two claimants' claims, what was said of them, a correction, with texts that a careless page breaks on.
#![allow(dead_code, clippy::unwrap_used)]

use crate::night::Night;
use hakiki_core::fixture::{CONTEST, Fixture, Setting, key};
use hakiki_core::kinds::{
    Body, Claim, ClaimRuling, ClaimTest, Figures, Granularity, Held, Kind, Statement, TestOutcome,
};
use hakiki_core::roster::Role;
use hakiki_core::text::{BoxValue, Date, Time};
use hakiki_note::{Hash, sha256};
use hakiki_portal::{Page, Site, Snapshot, Source, respond};
use hakiki_tlog::tree::Head;
use std::collections::{BTreeMap, BTreeSet};

/// What was said first: it tries to end a block of data, a paragraph and a feed.
pub const HOSTILE: &str =
    "Kura </script><script>alert(1)</script> & ]]> \u{202e}\u{7} <b>zilihesabiwa</b>\n\nMstari wa pili.";
/// What its publisher said after.
pub const CORRECTION: &str = "Correction: the earlier text named another station.";

/// The log, its snapshot, and what stands in it.
pub struct Told {
    pub night: Night,
    pub snapshot: Snapshot,
    /// Places of the claims.
    pub claims: Vec<u64>,
    /// Places of the statements: told, its correction, by the desk.
    pub statements: Vec<u64>,
    pub texts: BTreeMap<Hash, Vec<u8>>,
    pub own_url: Option<String>,
    pub said_url: Option<String>,
    pub has_search: bool,
}

impl Source for Told {
    fn entry(&self, place: u64) -> Option<Vec<u8>> {
        self.night.entry(place)
    }

    fn has_blob(&self, hash: &Hash) -> bool {
        self.texts.contains_key(hash)
    }

    fn blob(&self, hash: &Hash) -> Option<Vec<u8>> {
        self.texts.get(hash).cloned()
    }

    fn own_url(&self) -> Option<&str> {
        self.own_url.as_deref()
    }

    fn said_url(&self) -> Option<&str> {
        self.said_url.as_deref()
    }

    fn has_search(&self) -> bool {
        self.has_search
    }
}

impl Told {
    /// What the pages are made from.
    pub fn site(&self) -> Site<'_> {
        Site { ledger: &self.night.ledger, snapshot: &self.snapshot, source: self }
    }

    /// A page, whatever it is.
    pub fn page(&self, address: &str) -> Page {
        respond(&self.site(), address, &[])
    }

    /// A page that is there, as text.
    pub fn text(&self, address: &str) -> String {
        let page = self.page(address);
        assert_eq!(page.status, 200, "{address}");
        String::from_utf8(page.body).unwrap()
    }

    /// One more record, which the pages know from here on.
    pub fn put(&mut self, body: impl Into<Body>, of: &str) -> Hash {
        let record = self.night.fixture.sign(body, &[&key(of)]);
        let id = *record.id();
        self.night.append(record);
        self.snapshot = self.night.snapshot();
        id
    }

    /// The hash of a key that stands in addresses.
    pub fn key_hash(&self, of: &str) -> String {
        let roster = self.night.ledger.roster();
        let index = roster.by_name(key(of).name().as_str()).unwrap();
        roster.key(index).hash.to_string()
    }
}

/// A claim with a total, or with a table in its place.
pub fn claim(total: Option<u32>) -> Claim {
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
        published: Time::parse("2031-03-05T09:00:00+03:00"),
        address: Some("https://gazeti.example/<1>".into()),
        words: None,
        replaces: None,
    }
}

/// A statement with a text.
pub fn statement(text: &str, claims: &[Hash], corrects: Option<Hash>) -> Statement {
    Statement {
        of: sha256(b"another election"),
        publisher: "gazeti".into(),
        said_by: Some("mgombea".into()),
        happened: None,
        published: Time::parse("2031-03-05T10:30:00+03:00"),
        language: "sw".into(),
        text: sha256(text.as_bytes()),
        address: Some("https://gazeti.example/2".into()),
        records: BTreeSet::from([sha256(b"a form")]),
        areas: BTreeSet::from(["c01".to_owned()]),
        claims: claims.iter().copied().collect(),
        corrects,
    }
}

/// The log; `more` statements stand behind the others.
pub fn told_with(more: u32) -> Told {
    let setting = Setting { stations: 2, counties: 1, is_compilation: true, hosts: 1, ..Setting::default() };
    let fixture = Fixture::with(&setting, |election| {
        election.admits.extend(Kind::SAID.iter().map(|kind| kind.name_and_version()));
    });
    let ledger = fixture.ledger();
    let entries = fixture.records.iter().map(|record| record.note().as_bytes().to_vec()).collect();
    let mut night = Night { fixture, ledger, entries, blobs: BTreeSet::new(), outlines: None };
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
    let first = put(claim(Some(7_237_180)).into(), "claimant");
    let by_desk = put(claim(None).into(), "desk");
    let second = put(Claim { replaces: Some(first), ..claim(Some(992)) }.into(), "claimant");
    let told = put(statement(HOSTILE, &[first], None).into(), "publisher");
    let correction = Statement {
        published: Time::parse("2031-03-06T08:00:00+03:00"),
        said_by: None,
        language: "en".into(),
        ..statement(CORRECTION, &[], Some(told))
    };
    let correction = put(correction.into(), "publisher");
    let undated = Statement {
        published: None,
        address: Some("javascript:alert(1)".into()),
        ..statement("undated", &[], None)
    };
    let undated = put(undated.into(), "desk");
    for number in 0..more {
        put(statement(&format!("more {number}"), &[], None).into(), "publisher");
    }
    let place = |id: &Hash| night.ledger.place_of(id).unwrap();
    let (claims, statements) =
        ([first, by_desk, second].map(|id| place(&id)), [told, correction, undated].map(|id| place(&id)));
    let texts = [HOSTILE, CORRECTION, "undated"];
    let texts = texts.map(|text| (sha256(text.as_bytes()), text.as_bytes().to_vec()));
    Told {
        snapshot: night.snapshot(),
        night,
        claims: claims.to_vec(),
        statements: statements.to_vec(),
        texts: BTreeMap::from(texts),
        own_url: None,
        said_url: None,
        has_search: false,
    }
}

/// The same with everything: a claim that two tested, with what they found now and before, and that a court ruled on; and more
/// statements than a page holds.
pub fn told_with_all() -> Told {
    let mut told = told_with(60);
    let court = told.night.fixture.enrolment("court", Role::Registrar);
    told.night.append(court);
    let claim = told.night.ledger.claims()[1].id;
    let first = told.put(test_of(claim, "jury", TestOutcome::Differs), "publisher");
    told.put(test_of(claim, "daraja", TestOutcome::Consistent), "claimant");
    let again = ClaimTest { replaces: Some(first), ..test_of(claim, "jury", TestOutcome::Differs) };
    told.put(again, "publisher");
    told.put(ruling_on(claim), "court");
    told
}

/// A test of a claim against a head of the election's log.
pub fn test_of(claim: Hash, tester: &str, found: TestOutcome) -> ClaimTest {
    ClaimTest {
        claim,
        tester: tester.into(),
        head: Head { size: 46_230, root: sha256(b"a root of the other log") },
        found,
        comparison: Some(sha256(b"row by row")),
        published: None,
        address: Some("https://jury.example/1".into()),
        words: None,
        replaces: None,
    }
}

/// What a court holds of a claim.
pub fn ruling_on(claim: Hash) -> ClaimRuling {
    ClaimRuling {
        claim,
        court: "high-court".into(),
        case: "5/2031".into(),
        decided: Date::parse("2031-03-20").unwrap(),
        held: Held::NotAccepted,
        text: sha256(b"a ruling"),
        address: None,
        replaces: None,
    }
}
