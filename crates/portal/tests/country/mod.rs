//! An invented country whose paper is audited: forms, a plan, dice, counts. Its candidates and areas have plain names; those of
//! [`odd`] hold what a careless page would break on.
#![allow(dead_code, clippy::unwrap_used)]

use crate::night::{CANDIDATES, COUNTIES, FIRST_STATION, Night, STATIONS, before_polls};
use hakiki_audit::batch::Stage;
use hakiki_audit::of_log::draft::row_text;
use hakiki_audit::of_log::{Audit, draft, spread_areas};
use hakiki_core::Record;
use hakiki_core::fixture::{CONTEST, Fixture, Setting, key};
use hakiki_core::kinds::{AuditCount, AuditMethod, AuditOutcome, AuditPlan, AuditSeed, Election, Kind};
use hakiki_core::roster::Role;
use hakiki_core::text::Time;
use hakiki_note::{Hash, sha256};
use hakiki_portal::Snapshot;
use hakiki_tlog::tree::Head;
use std::collections::{BTreeMap, BTreeSet};

/// Stations of the plain country.
pub const PLAIN: u32 = 40;
/// The digits of all tests.
pub const DIGITS: &str = "31415926535897932384";

pub struct Country {
    pub night: Night,
}

fn admit(election: &mut Election) {
    election.admits.extend(Kind::AUDIT.iter().map(|kind| kind.name_and_version()));
    election.quorums.insert("audit-plan".into(), 2);
}

/// Reported: candidate 1 has 60 %.
pub fn honest(station: usize) -> [u32; 3] {
    [240 + u32::try_from(station % 5).unwrap(), 130, 30]
}

impl Country {
    /// Plain names; every form says what `reported` gives.
    pub fn plain(reported: impl Fn(usize) -> [u32; 3]) -> Self {
        Self::of_size(PLAIN, 4, reported)
    }

    /// The same of any size.
    pub fn of_size(stations: u32, counties: u32, reported: impl Fn(usize) -> [u32; 3]) -> Self {
        let setting = Setting { stations, counties, ..Setting::default() };
        let fixture = Fixture::with(&setting, admit);
        let ledger = fixture.ledger();
        let entries = fixture.records.iter().map(|record| record.note().as_bytes().to_vec()).collect();
        let night = Night { fixture, ledger, entries, blobs: BTreeSet::new(), outlines: None };
        Self { night }.reported(stations as usize, reported)
    }

    /// Names that are hard for a careless page.
    pub fn odd(reported: impl Fn(usize) -> [u32; 3]) -> Self {
        Self { night: before_polls(admit) }.reported(STATIONS, reported)
    }

    /// One that admits no audit.
    pub fn without_audits() -> Self {
        Self { night: before_polls(|_| {}) }
    }

    fn reported(mut self, stations: usize, reported: impl Fn(usize) -> [u32; 3]) -> Self {
        for name in ["auditor-1", "auditor-2"] {
            let record = self.night.fixture.enrolment(name, Role::Auditor);
            self.append(record);
        }
        for station in 0..stations {
            let form = self.night.fixture.signed_form(station, reported(station), 3);
            self.append(form);
        }
        self
    }

    #[track_caller]
    fn append(&mut self, record: Record) -> Hash {
        let id = *record.id();
        let refused = self.night.ledger.inadmissible().len();
        self.night.append(record);
        assert_eq!(self.night.ledger.inadmissible().len(), refused, "a record of the test is refused");
        id
    }

    /// A plan of candidate 1's election at 5 %, whose table and record may be changed.
    pub fn plan_with(&mut self, table: impl Fn(&mut Vec<String>), record: impl Fn(&mut AuditPlan)) -> Hash {
        let ledger = &self.night.ledger;
        let head = Head { size: ledger.size(), root: sha256(b"a root") };
        let rows = draft(ledger, 0, 0, head.size).unwrap();
        let areas = spread_areas(ledger, 0, &rows, 0).unwrap_or_default();
        let mut texts: Vec<String> = rows.iter().map(|row| row_text(ledger, row)).collect();
        table(&mut texts);
        let bytes = AuditPlan::batches_table(texts);
        let batches = sha256(&bytes);
        self.night.fixture.tables.insert(batches, bytes);
        let mut plan = AuditPlan {
            contest: CONTEST.into(),
            area: "MF".into(),
            head,
            outcome: AuditOutcome::Elected,
            candidates: BTreeSet::from([1]),
            spread_areas: areas.into_iter().collect(),
            risk_limit: (1, 20),
            method: AuditMethod::Betting,
            stake: Some((9, 10)),
            expected: None,
            batches,
            outside: BTreeMap::new(),
            words: None,
        };
        record(&mut plan);
        let record = self.night.fixture.sign(plan, &[&key("custodian-1"), &key("custodian-2")]);
        self.append(record)
    }

    pub fn plan(&mut self) -> Hash {
        self.plan_with(|_| {}, |_| {})
    }

    pub fn seed(&mut self, plan: Hash) {
        let seed = AuditSeed {
            plan,
            digits: DIGITS.into(),
            thrown: Time::parse("2031-03-11T10:00:00+03:00").unwrap(),
            present: BTreeSet::from(["press".to_owned()]),
            words: None,
        };
        let record = self.night.fixture.sign(seed, &[&key("commissioner-1"), &key("observer")]);
        self.append(record);
    }

    pub fn count(&mut self, plan: Hash, station: &str, votes: [u32; 3]) -> Hash {
        self.count_again(plan, station, votes, None)
    }

    pub fn count_again(
        &mut self,
        plan: Hash,
        station: &str,
        votes: [u32; 3],
        replaces: Option<Hash>,
    ) -> Hash {
        let count = AuditCount {
            plan,
            station: station.into(),
            at: Time::parse("2031-03-12T10:00:00+03:00").unwrap(),
            votes: (1..).zip(votes).collect(),
            rejected: None,
            seal: None,
            page: None,
            replaces,
            words: None,
        };
        let record = self.night.fixture.sign(count, &[&key("auditor-1"), &key("auditor-2")]);
        self.append(record)
    }

    pub fn audit(&self, plan: &Hash) -> Audit {
        let ledger = &self.night.ledger;
        Audit::new(ledger, ledger.audit_plan_of(plan).unwrap(), ledger.size()).unwrap()
    }

    pub fn stage(&self, plan: &Hash) -> Stage {
        self.audit(plan).progress.unwrap().stage
    }

    /// The stations that wait for a count.
    pub fn missing(&self, plan: &Hash) -> Vec<String> {
        match self.stage(plan) {
            Stage::Counting { missing } | Stage::FullCount { missing } => missing,
            _ => Vec::new(),
        }
    }

    /// A board counts whatever is drawn, until the audit says what it ends with.
    pub fn until_it_ends(&mut self, plan: Hash, paper: impl Fn(usize) -> [u32; 3]) -> Stage {
        loop {
            let missing = self.missing(&plan);
            if missing.is_empty() {
                return self.stage(&plan);
            }
            for code in &missing {
                let at = self.night.fixture.stations.iter().position(|station| station == code).unwrap();
                self.count(plan, code, paper(at));
            }
        }
    }

    pub fn place(&self, id: &Hash) -> u64 {
        self.night.ledger.place_of(id).unwrap()
    }

    pub fn snapshot(&self) -> Snapshot {
        self.night.snapshot()
    }
}

/// What no page may show as it stands in a register.
pub fn odd_names() -> Vec<&'static str> {
    let names = CANDIDATES.iter().chain(&COUNTIES).copied().chain([FIRST_STATION]);
    names.filter(|name| name.contains(['<', '&', '"'])).collect()
}
