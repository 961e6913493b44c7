//! An invented country whose paper is audited: forms, a plan, dice, counts. Its candidates and areas have plain names; those of
//! [`odd`] hold what a careless page would break on.
#![allow(dead_code, clippy::unwrap_used)]

use crate::night::{CANDIDATES, COUNTIES, FIRST_STATION, Night, STATIONS, before_polls};
use hakiki_audit::batch::Stage;
use hakiki_audit::fixture;
pub use hakiki_audit::fixture::DIGITS;
use hakiki_audit::of_log::Audit;
use hakiki_core::Record;
use hakiki_core::fixture::{Fixture, Setting};
use hakiki_core::kinds::{AuditMethod, AuditPlan};
use hakiki_note::Hash;
use hakiki_portal::Snapshot;
use std::collections::BTreeSet;

/// Stations of the plain country.
pub const PLAIN: u32 = 40;
pub struct Country {
    pub night: Night,
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
        let fixture = Fixture::with(&setting, fixture::admit);
        let ledger = fixture.ledger();
        let entries = fixture.records.iter().map(|record| record.note().as_bytes().to_vec()).collect();
        let night = Night { fixture, ledger, entries, blobs: BTreeSet::new(), outlines: None };
        Self { night }.reported(stations as usize, reported)
    }

    /// Names that are hard for a careless page.
    pub fn odd(reported: impl Fn(usize) -> [u32; 3]) -> Self {
        Self { night: before_polls(fixture::admit) }.reported(STATIONS, reported)
    }

    /// One that admits no audit.
    pub fn without_audits() -> Self {
        Self { night: before_polls(|_| {}) }
    }

    fn reported(mut self, stations: usize, reported: impl Fn(usize) -> [u32; 3]) -> Self {
        for record in fixture::board(&self.night.fixture) {
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

    /// A plan by betting of candidate 1's election at 5 %, whose table and record may be changed.
    pub fn plan_with(&mut self, table: impl Fn(&mut Vec<String>), record: impl Fn(&mut AuditPlan)) -> Hash {
        let betting = |plan: &mut AuditPlan| {
            (plan.method, plan.stake) = (AuditMethod::Betting, Some((9, 10)));
            record(plan);
        };
        let Night { fixture, ledger, .. } = &mut self.night;
        let plan = fixture::plan(fixture, ledger, table, betting);
        self.append(plan)
    }

    pub fn plan(&mut self) -> Hash {
        self.plan_with(|_| {}, |_| {})
    }

    pub fn seed(&mut self, plan: Hash) {
        let record = fixture::seed(&self.night.fixture, plan, DIGITS, &["press"]);
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
        let record = fixture::count(&self.night.fixture, plan, station, votes, replaces);
        self.append(record)
    }

    pub fn audit(&self, plan: &Hash) -> Audit {
        fixture::audit(&self.night.ledger, plan)
    }

    pub fn stage(&self, plan: &Hash) -> Stage {
        self.audit(plan).progress.unwrap().stage
    }

    /// The stations that wait for a count.
    pub fn missing(&self, plan: &Hash) -> Vec<String> {
        fixture::missing(self.stage(plan))
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
