//! An invented election night with one of everything: what stands, is missing, contested, ruled on, held, late, blank.
//!
//! Names of places and candidates hold what a careless page would break on. Shared by the tests and the example.
#![allow(dead_code, unused_imports, clippy::unwrap_used)]

mod links;

pub use links::{crawl, is_page, links, resolved, written_links};

use hakiki_core::establish::{
    AreaRow, CandidateRow, KeyRow, ScopeCode, StationRow, key_tables, possess, register_tables,
};
use hakiki_core::fixture::{CONTEST, Fixture, Setting, custodians, key};
use hakiki_core::kinds::{
    Attest, BoxName, Decision, Declaration, Election, Figures, Image, Ink, Intake, KeyAction, KeyRecord,
    MissingReason, NewKey, OnPaper, Poll, PollState, Rank, RegisterRecord, RuleName, Ruling, Says, Shows,
    Zero,
};
use hakiki_core::roster::Role;
use hakiki_core::text::{BoxValue, Time};
use hakiki_core::{Ledger, Record};
use hakiki_note::{Hash, SigningKey, sha256};
use hakiki_portal::{Boundaries, HeadState, Page, Site, Snapshot, Source, respond};
use hakiki_tlog::tree::{Head, MemoryTree, leaf_hash};
use std::collections::BTreeSet;

/// Counties, whose names are hard for a careless page.
pub const COUNTIES: [&str; 4] = ["Ng'ombe", "Niño & Sons", "<b>Pwani</b>", "مقاطعة النور"];
/// Candidates, likewise.
pub const CANDIDATES: [&str; 3] = ["Neema Tofali", "Kito O'Rusha <i>", "Sifa Ñgazi & Co"];
/// The first station's name.
pub const FIRST_STATION: &str = "Mwembe School \"A\" & <script>";
/// Stations of the night.
pub const STATIONS: usize = 24;

/// A log in memory with its pages.
pub struct Night {
    pub fixture: Fixture,
    pub ledger: Ledger,
    pub entries: Vec<Vec<u8>>,
    pub blobs: BTreeSet<Hash>,
    pub outlines: Option<Boundaries>,
}

impl Source for Night {
    fn entry(&self, place: u64) -> Option<Vec<u8>> {
        self.entries.get(usize::try_from(place).ok()?).cloned()
    }

    fn has_blob(&self, hash: &Hash) -> bool {
        self.blobs.contains(hash)
    }

    fn boundaries(&self) -> Option<&Boundaries> {
        self.outlines.as_ref()
    }
}

fn quorum() -> Vec<SigningKey> {
    custodians().into_iter().take(2).collect()
}

fn station_name(number: usize) -> String {
    match number {
        0 => FIRST_STATION.to_owned(),
        1 => "Ng'ambo Primary".to_owned(),
        2 => "مدرسة النور".to_owned(),
        other => format!("Mlima Hall, stream {other:02}"),
    }
}

/// Areas, stations and candidates.
pub type Rows = (Vec<AreaRow>, Vec<StationRow>, Vec<CandidateRow>);

/// Those of the invented country.
pub fn rows() -> Rows {
    let area = |code: &str, level: &str, parent: Option<&str>, name: &str| AreaRow {
        code: code.into(),
        level: level.into(),
        parent: parent.map(Into::into),
        name: name.into(),
        voters: None,
    };
    let mut areas = vec![area("MF", "nation", None, "Mfano")];
    for (number, name) in (1..).zip(COUNTIES) {
        let county = format!("c{number:02}");
        areas.push(area(&county, "county", Some("MF"), name));
        areas.push(area(&format!("{county}-1"), "constituency", Some(&county), &format!("{name} East")));
    }
    let stations = (0..STATIONS).map(|number| StationRow {
        code: format!("s{number:06}"),
        area: format!("c{:02}-1", number % COUNTIES.len() + 1),
        registered: Some(600),
        name: station_name(number),
    });
    let parties = [Some("circle"), Some("bridge"), None];
    let candidates =
        (1..).zip(CANDIDATES.into_iter().zip(parties)).map(|(number, (name, party))| CandidateRow {
            contest: CONTEST.into(),
            area: "MF".into(),
            number,
            party: party.map(Into::into),
            name: name.into(),
        });
    (areas, stations.collect(), candidates.collect())
}

fn key_rows(fingerprint: &Hash, areas: &[AreaRow], stations: &[StationRow]) -> Vec<KeyRow> {
    let mut rows = Vec::new();
    let mut add = |name: &str, role, scope: ScopeCode, party| {
        rows.push(KeyRow::new(fingerprint, &key(name), role, scope, party));
    };
    for station in stations {
        let scope = || ScopeCode::Station(station.code.clone());
        add(&format!("kit-{}", station.code), Role::Kit, scope(), None);
        add(&format!("presiding-{}", station.code), Role::Presiding, scope(), None);
        add(&format!("agent-bridge-{}", station.code), Role::Agent, scope(), Some("bridge"));
    }
    for area in areas.iter().filter(|area| area.level == "constituency") {
        add(&format!("returning-{}", area.code), Role::Returning, ScopeCode::Area(area.code.clone()), None);
        add(&format!("second-{}", area.code), Role::Second, ScopeCode::Area(area.code.clone()), None);
    }
    add("commissioner-1", Role::Commissioner, ScopeCode::Area("MF".into()), None);
    add("observer", Role::Observer, ScopeCode::Area("MF".into()), None);
    rows
}

/// The election with its registers, before any form.
pub fn before_polls(change: impl FnOnce(&mut Election)) -> Night {
    before_polls_in(rows(), change)
}

/// An election with registers of its own, before any form.
pub fn before_polls_in(rows: Rows, change: impl FnOnce(&mut Election)) -> Night {
    let start = Fixture::with(&Setting::default(), change);
    let (first, fingerprint) = (start.records[0].clone(), start.fingerprint);
    let (areas, stations, candidates) = rows;
    let mut tables = register_tables(&areas, &stations, &candidates, "constituency");
    let of_keys = key_tables(&areas, &stations, &key_rows(&fingerprint, &areas, &stations), "constituency");
    tables.blobs.extend(of_keys.blobs);
    let codes = stations.iter().map(|station| station.code.clone()).collect();
    let fixture = Fixture { records: Vec::new(), tables: tables.blobs, fingerprint, stations: codes };
    let custodians = quorum();
    let custodians: Vec<&SigningKey> = custodians.iter().collect();
    let register = RegisterRecord { tables: tables.indexes, ..RegisterRecord::default() };
    let register = fixture.sign(register, &custodians);
    let keys =
        fixture.sign(RegisterRecord { tables: of_keys.indexes, ..RegisterRecord::default() }, &custodians);
    let count = STATIONS as u64;
    let registers = BTreeSet::from([*register.id(), *keys.id()]);
    let zero = fixture.sign(Zero { registers, stations: count, voters: 600 * count }, &custodians);
    let poll = Poll {
        state: PollState::Opened,
        contests: BTreeSet::from([CONTEST.to_owned()]),
        areas: BTreeSet::from(["MF".to_owned()]),
        stations: BTreeSet::new(),
        reason: None,
        words: None,
    };
    let poll = fixture.sign(poll, &custodians);
    let entries = vec![first.note().as_bytes().to_vec()];
    let ledger = Ledger::begin(first).unwrap();
    let mut night = Night { fixture, ledger, entries, blobs: BTreeSet::new(), outlines: None };
    for record in [register, keys, zero, poll] {
        night.append(record);
    }
    night
}

impl Night {
    pub fn append(&mut self, record: Record) -> bool {
        self.entries.push(record.note().as_bytes().to_vec());
        self.fixture.append(&mut self.ledger, record).unwrap()
    }

    pub fn form(&mut self, station: usize, votes: [u32; 3], rejected: u32) -> Hash {
        let record = self.fixture.signed_form(station, votes, rejected);
        let id = *record.id();
        self.append(record);
        id
    }

    /// A form of a station in the county with a ballot of its own.
    pub fn own_form(&mut self, station: usize, votes: [u32; 3]) {
        let mut form = self.fixture.form(station, votes, 0);
        for (vote, number) in form.figures.votes.iter_mut().zip([1, 4, 7]) {
            vote.0 = number;
        }
        let keys = self.fixture.station_keys(station);
        let record = self.fixture.sign(form, &[&keys[0], &keys[1]]);
        self.append(record);
    }

    /// The head of all that is in the log, held by two of them if there are names.
    pub fn head(&self, cosigned_by: &[&str], held_by: &[&str]) -> HeadState {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let head = self.tree_head();
        HeadState {
            size: head.size,
            root: head.root,
            unix_seconds: Time::parse("2031-03-04T23:40:00+03:00").map(|time| time.unix_seconds),
            cosigned_by: names(cosigned_by),
            quorum: u32::try_from(cosigned_by.len()).unwrap(),
            held_by: names(held_by),
        }
    }

    pub fn tree_head(&self) -> Head {
        let mut tree = MemoryTree::new();
        for entry in &self.entries {
            tree.push(leaf_hash(entry));
        }
        tree.head()
    }

    pub fn snapshot(&self) -> Snapshot {
        Snapshot::new(&self.ledger, self.head(&[], &[]))
    }

    /// What the pages are made from.
    pub fn site<'a>(&'a self, snapshot: &'a Snapshot) -> Site<'a> {
        Site { ledger: &self.ledger, snapshot, source: self }
    }

    /// The page of an address with its query.
    pub fn page(&self, snapshot: &Snapshot, address: &str) -> Page {
        let site = self.site(snapshot);
        let address = address.split('#').next().unwrap();
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let query: Vec<(String, String)> =
            pairs.map(|(key, value)| (unescaped(key), unescaped(value))).collect();
        respond(&site, path, &query)
    }

    pub fn text(&self, snapshot: &Snapshot, address: &str) -> String {
        String::from_utf8(self.page(snapshot, address).body).unwrap()
    }

    /// What the bridge's agent says of a station's form by number, from a copy without the other boxes.
    fn own_copy(&mut self, station: usize, version: usize, votes: [u32; 3]) {
        let index = self.ledger.register().station(&self.fixture.stations[station]).unwrap();
        let entry = self.ledger.entries_of(0, index)[version];
        let of = self.ledger.entries()[entry as usize].id;
        let figures = Figures { votes: (1..).zip(votes.map(BoxValue::Number)).collect(), boxes: [None; 6] };
        let attest =
            Attest { of, says: Says::OwnCopy, observed: BTreeSet::new(), figures, page: None, words: None };
        let record = self.fixture.sign(attest, &[&key(&format!("agent-bridge-s{station:06}"))]);
        self.append(record);
    }

    fn rule(&mut self, station: usize, considered: &[Hash], decision: Decision) {
        let constituency = format!("c{:02}-1", station % COUNTIES.len() + 1);
        let officers = [key(&format!("returning-{constituency}")), key(&format!("second-{constituency}"))];
        let ruling = Ruling {
            contest: CONTEST.into(),
            station: self.fixture.stations[station].clone(),
            rank: Rank::Returning,
            considered: considered.iter().copied().collect(),
            decision,
            notified: BTreeSet::new(),
            order: None,
            words: None,
        };
        let record = self.fixture.sign(ruling, &[&officers[0], &officers[1]]);
        self.append(record);
    }

    /// A declaration by the first commissioner over the head of now.
    pub fn declare(&mut self, votes: [u32; 3]) {
        let figures = Figures { votes: (1..).zip(votes.map(BoxValue::Number)).collect(), boxes: [None; 6] };
        let declaration = Declaration {
            contest: CONTEST.into(),
            area: "MF".into(),
            head: self.tree_head(),
            dissents: false,
            figures,
            missing: None,
            words: None,
        };
        let record = self.fixture.sign(declaration, &[&key("commissioner-1")]);
        self.append(record);
    }
}

fn unescaped(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'%' {
            out.push(u8::from_str_radix(&text[at + 1..at + 3], 16).unwrap());
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8(out).unwrap()
}

/// One of everything.
pub fn night() -> Night {
    night_with(|_| {})
}

/// The same, in an election whose record was changed first.
pub fn night_with(change: impl FnOnce(&mut Election)) -> Night {
    let mut night = before_polls(change);
    let first = night.form(0, [212, 180, 31], 3);
    unclear(&mut night);
    contested_and_ruled(&mut night);
    paper_and_missing(&mut night);
    late_and_held(&mut night);
    attested(&mut night, first);
    // More valid votes than registered voters: F103.
    night.form(10, [300, 200, 110], 4);
    for station in 11..20 {
        let more = u32::try_from(station).unwrap();
        night.form(station, [240 - more, 190 + more * 2, 20 + more], 2);
    }
    night
}

/// A contest decided by most votes, in which each of the four counties has a ballot of its own. No form is in.
pub fn of_counties() -> Night {
    let (areas, stations, mut candidates) = rows();
    candidates.retain(|row| row.contest != CONTEST);
    candidates.extend((1..=4).flat_map(|county| (1..=2).map(move |number| of_county(county, number))));
    before_polls_in((areas, stations, candidates), |election| {
        election.contests[0].rule = RuleName::Plurality;
        election.contests[0].spread = None;
    })
}

fn of_county(county: u32, number: u32) -> CandidateRow {
    let (area, name) = (format!("c{county:02}"), format!("Of c{county:02} {number}"));
    CandidateRow { contest: CONTEST.into(), area, number, party: None, name }
}

/// A contest decided by most votes, in which the first county has a ballot of its own: 1, 4, 7. One of its six stations is in.
pub fn of_own_ballot() -> Night {
    let (areas, stations, mut candidates) = rows();
    candidates.extend([1, 4, 7].map(|number| CandidateRow {
        contest: CONTEST.into(),
        area: "c01".into(),
        number,
        party: None,
        name: format!("Of the county {number}"),
    }));
    let mut night = before_polls_in((areas, stations, candidates), |election| {
        election.contests[0].rule = RuleName::Plurality;
        election.contests[0].spread = None;
    });
    night.own_form(0, [50, 200, 20]);
    night
}

fn unclear(night: &mut Night) {
    let keys = night.fixture.station_keys(1);
    let mut form = night.fixture.form(1, [180, 301, 0], 3);
    form.figures.votes[2].1 = BoxValue::Blank;
    form.figures =
        form.figures.with(BoxName::Valid, BoxValue::Illegible).with(BoxName::Rejected, BoxValue::Dash);
    let record = night.fixture.sign(form, &[&keys[0], &keys[1]]);
    night.append(record);
    let keys = night.fixture.station_keys(2);
    let mut form = night.fixture.form(2, [100, 90, 12], 25);
    form.figures = form.figures.with(BoxName::Valid, BoxValue::Number(212));
    // An agent refused, and the officer wrote why into a file that has not come.
    form.on_paper.insert("bridge".into(), OnPaper { ink: Ink::Refused, date: None });
    form.words = Some(sha256(b"words not here"));
    let record = night.fixture.sign(form, &[&keys[0], &keys[1]]);
    night.append(record);
}

fn contested_and_ruled(night: &mut Night) {
    night.form(3, [200, 150, 20], 1);
    night.form(3, [150, 200, 20], 1);
    night.own_copy(3, 0, [200, 155, 20]);
    let forms = [night.form(4, [120, 110, 10], 0), night.form(4, [110, 120, 10], 0)];
    night.rule(4, &forms, Decision::Stands(forms[1]));
    night.own_copy(4, 1, [120, 110, 10]);
    let forms = [night.form(5, [10, 500, 1], 0), night.form(5, [500, 10, 1], 0)];
    night.rule(5, &forms, Decision::Disregarded("reg-83-1-b".into()));
}

fn paper_and_missing(night: &mut Night) {
    let like = night.fixture.form(6, [140, 140, 14], 2);
    let intake = Intake {
        contest: like.contest,
        station: like.station,
        serial: like.serial,
        taken: Time::parse("2031-03-04T22:10:00+03:00").unwrap(),
        reason: "kit-lost".into(),
        figures: like.figures,
        on_paper: like.on_paper,
        words: None,
    };
    let (returning, second) = (key("returning-c03-1"), key("second-c03-1"));
    let record = night.fixture.sign(intake, &[&returning, &second]);
    night.append(record);
    let missing = MissingReason {
        contest: CONTEST.into(),
        station: night.fixture.stations[7].clone(),
        reason: "flooded-road".into(),
        words: None,
    };
    let record = night.fixture.sign(missing, &[&key("returning-c04-1")]);
    night.append(record);
}

/// Stations 8 and 9: the officer's key is replaced after zero; one signs anew, the other's form comes by the old key.
fn late_and_held(night: &mut Night) {
    let custodians = quorum();
    let custodians: Vec<&SigningKey> = custodians.iter().collect();
    for station in [8, 9] {
        let [kit, old] = night.fixture.station_keys(station);
        let code = night.fixture.stations[station].clone();
        let new = key(&format!("presiding-new-{code}"));
        let mut public = [0; 32];
        public.copy_from_slice(new.verifier().key().bytes());
        let enrolled = NewKey {
            name: new.name().clone(),
            role: Role::Presiding,
            of_station: true,
            scope: code,
            party: None,
            public,
            possession: possess(&night.fixture.fingerprint, &new),
        };
        let change = KeyRecord {
            action: KeyAction::Replace(enrolled),
            old: Some(old.name().clone()),
            reason: "illness".into(),
            words: None,
        };
        let record = night.fixture.sign(change, &custodians);
        night.append(record);
        let officer = if station == 8 { &new } else { &old };
        let form = night.fixture.form(station, [205, 160, 22], 5);
        let record = night.fixture.sign(form, &[&kit, officer]);
        assert_eq!(night.append(record), station == 9, "a form by a revoked key is held");
    }
}

fn attested(night: &mut Night, form: Hash) {
    let agent = key("agent-bridge-s000000");
    let figures = Figures {
        votes: vec![(1, BoxValue::Number(212)), (2, BoxValue::Number(181)), (3, BoxValue::Number(31))],
        boxes: [None; 6],
    };
    let attest =
        Attest { of: form, says: Says::OwnCopy, observed: BTreeSet::new(), figures, page: None, words: None };
    let record = night.fixture.sign(attest, &[&agent]);
    night.append(record);
    for (shows, page) in [(Shows::Original, sha256(b"page here")), (Shows::Door, sha256(b"page not here"))] {
        let taken = Time::parse("2031-03-04T19:02:00+03:00").unwrap();
        let image = Image { of: form, shows, page, agents_table: None, taken };
        let record = night.fixture.sign(image, &[&key("kit-s000000")]);
        night.append(record);
    }
    night.blobs.insert(sha256(b"page here"));
}
