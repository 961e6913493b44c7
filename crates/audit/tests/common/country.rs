//! An election whose paper is audited, from the forms to the last count, with signed records.
#![allow(clippy::unwrap_used)]

use hakiki_audit::batch::Stage;
use hakiki_audit::fixture;
use hakiki_audit::of_log::Audit;
use hakiki_core::fixture::{Fixture, Setting};
use hakiki_core::kinds::{AuditPlan, Election};
use hakiki_core::ledger::Ledger;
use hakiki_core::record::Record;
use hakiki_note::Hash;

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
            fixture::admit(election);
            change(election);
        });
        let ledger = fixture.ledger();
        let log = fixture.records.clone();
        let mut country = Self { fixture, ledger, log };
        for record in fixture::board(&country.fixture) {
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
        let record = fixture::plan(&mut self.fixture, &self.ledger, change, set);
        self.append(record)
    }

    pub fn seed(&mut self, plan: Hash, digits: &str) {
        let record = fixture::seed(&self.fixture, plan, digits, &[]);
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
        let record = fixture::count(&self.fixture, plan, station, votes, replaces);
        self.append(record)
    }

    pub fn audit(&self, plan: &Hash) -> Audit {
        fixture::audit(&self.ledger, plan)
    }

    pub fn stage(&self, plan: &Hash) -> Stage {
        self.audit(plan).progress.unwrap().stage
    }

    /// A board counts whatever is drawn, until the audit says what it ends with.
    pub fn until_it_ends(&mut self, plan: Hash, paper: impl Fn(usize) -> [u32; 3]) -> Stage {
        loop {
            let stage = self.stage(&plan);
            let missing = fixture::missing(stage.clone());
            if missing.is_empty() {
                return stage;
            }
            for code in &missing {
                let at = self.fixture.stations.iter().position(|station| station == code).unwrap();
                self.count(plan, code, paper(at));
            }
        }
    }
}
