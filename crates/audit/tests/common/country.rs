//! An election whose paper is audited, from the forms to the last count, with signed records.
#![allow(clippy::unwrap_used)]

use hakiki_audit::batch::Stage;
use hakiki_audit::of_log::draft::row_text;
use hakiki_audit::of_log::{Audit, draft, spread_areas};
use hakiki_core::fixture::{CONTEST, Fixture, Setting, key};
use hakiki_core::kinds::{AuditCount, AuditMethod, AuditOutcome, AuditPlan, AuditSeed, Election, Kind};
use hakiki_core::ledger::Ledger;
use hakiki_core::record::Record;
use hakiki_core::roster::Role;
use hakiki_core::text::Time;
use hakiki_note::{Hash, sha256};
use hakiki_tlog::tree::Head;
use std::collections::{BTreeMap, BTreeSet};

/// An election whose paper is audited, with the ledger of its forms.
pub struct Country {
    pub fixture: Fixture,
    pub ledger: Ledger,
    /// Every record in its order.
    pub log: Vec<Record>,
}

impl Country {
    /// Every form says what `reported` gives for its station.
    pub fn new(stations: u32, reported: impl Fn(usize) -> [u32; 3]) -> Self {
        Self::with(stations, |_| {}, reported)
    }

    /// The same with another election record.
    pub fn with(
        stations: u32,
        change: impl FnOnce(&mut Election),
        reported: impl Fn(usize) -> [u32; 3],
    ) -> Self {
        Self::with_forms(stations, change, |fixture, station| {
            vec![fixture.signed_form(station, reported(station), 3)]
        })
    }

    /// The same with the forms that a station sends.
    pub fn with_forms(
        stations: u32,
        change: impl FnOnce(&mut Election),
        forms: impl Fn(&Fixture, usize) -> Vec<Record>,
    ) -> Self {
        let setting = Setting { stations, counties: 4, ..Setting::default() };
        let fixture = Fixture::with(&setting, |election| {
            election.admits.extend(Kind::AUDIT.iter().map(|kind| kind.name_and_version()));
            election.quorums.insert("audit-plan".into(), 2);
            change(election);
        });
        let ledger = fixture.ledger();
        let log = fixture.records.clone();
        let mut country = Self { fixture, ledger, log };
        for name in ["auditor-1", "auditor-2"] {
            let record = country.fixture.enrolment(name, Role::Auditor);
            country.append(record);
        }
        for station in 0..stations as usize {
            for form in forms(&country.fixture, station) {
                country.append(form);
            }
        }
        country
    }

    pub fn append(&mut self, record: Record) -> Hash {
        let id = *record.id();
        self.log.push(record.clone());
        self.fixture.append(&mut self.ledger, record).unwrap();
        id
    }

    /// A plan of candidate 1's election at 5 %, whose table `change` may change.
    pub fn plan(&mut self, change: impl Fn(&mut Vec<String>)) -> Hash {
        self.plan_with(change, |_| {})
    }

    pub fn plan_with(&mut self, change: impl Fn(&mut Vec<String>), set: impl FnOnce(&mut AuditPlan)) -> Hash {
        let head = Head { size: self.ledger.size(), root: sha256(b"a root") };
        let rows = draft(&self.ledger, 0, 0, head.size).unwrap();
        let areas = spread_areas(&self.ledger, 0, &rows, 0).unwrap_or_default();
        let mut texts: Vec<String> = rows.iter().map(|row| row_text(&self.ledger, row)).collect();
        change(&mut texts);
        let table = AuditPlan::batches_table(texts);
        let batches = sha256(&table);
        self.fixture.tables.insert(batches, table);
        let mut plan = AuditPlan {
            contest: CONTEST.into(),
            area: "MF".into(),
            head,
            outcome: AuditOutcome::Elected,
            candidates: BTreeSet::from([1]),
            spread_areas: areas.into_iter().collect(),
            risk_limit: (1, 20),
            method: AuditMethod::KaplanMarkov,
            stake: None,
            expected: None,
            batches,
            outside: BTreeMap::new(),
            words: None,
        };
        set(&mut plan);
        let record = self.fixture.sign(plan, &[&key("custodian-1"), &key("custodian-2")]);
        self.append(record)
    }

    pub fn seed(&mut self, plan: Hash, digits: &str) {
        let seed = AuditSeed {
            plan,
            digits: digits.into(),
            thrown: Time::parse("2031-03-11T10:00:00+03:00").unwrap(),
            present: BTreeSet::new(),
            words: None,
        };
        let record = self.fixture.sign(seed, &[&key("commissioner-1"), &key("observer")]);
        self.append(record);
    }

    pub fn count(&mut self, plan: Hash, station: &str, votes: [u32; 3]) -> Hash {
        self.count_again(plan, station, votes, None)
    }

    /// A count that takes the place of another.
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
        let record = self.fixture.sign(count, &[&key("auditor-1"), &key("auditor-2")]);
        self.append(record)
    }

    pub fn audit(&self, plan: &Hash) -> Audit {
        let entry = self.ledger.audit_plan_of(plan).unwrap();
        Audit::new(&self.ledger, entry, self.ledger.size()).unwrap()
    }

    pub fn stage(&self, plan: &Hash) -> Stage {
        self.audit(plan).progress.unwrap().stage
    }

    /// A board counts whatever is drawn, until the audit says what it ends with.
    pub fn until_it_ends(&mut self, plan: Hash, paper: impl Fn(usize) -> [u32; 3]) -> Stage {
        loop {
            let stage = self.stage(&plan);
            let (Stage::Counting { missing } | Stage::FullCount { missing }) = &stage else { return stage };
            for code in missing {
                let at = self.fixture.stations.iter().position(|station| station == code).unwrap();
                self.count(plan, code, paper(at));
            }
        }
    }
}
