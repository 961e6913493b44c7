//! A small election whose log tests add to, and what the scrutiny makes of it.

use hakiki_core::fixture::{Fixture, Rivals, Setting, custodians, key, log_key, witness_key};
use hakiki_core::kinds::{
    Body, Custody, Event, HeadRecord, ItemKind, KeyAction, KeyRecord, NewKey, Observed, Origin, Session,
    SessionAction,
};
use hakiki_core::roster::Role;
use hakiki_core::text::Time;
use hakiki_core::{Ledger, Record};
use hakiki_messages::{Language, Message};
use hakiki_note::{Hash, KeyName, SigningKey, sha256};
use hakiki_scrutiny::{Checked, Facts, Inquiry, Made, Report, Verdict, table};
use hakiki_tlog::checkpoint::{Checkpoint, VerifiedCheckpoint};
use hakiki_tlog::cosignature::CosigningKey;
use hakiki_tlog::{Head, Origin as LogOrigin};
use std::collections::BTreeSet;

/// What every test's log is made from.
pub struct Night {
    pub fixture: Fixture,
    pub ledger: Ledger,
    /// Entries in order; none is no record of this log.
    pub records: Vec<Option<Record>>,
    pub checks: Vec<Checked>,
}

pub fn time(text: &str) -> Time {
    Time::parse(text).unwrap()
}

pub fn name(text: &str) -> KeyName {
    KeyName::new(text).unwrap()
}

pub fn made() -> Made {
    Made {
        annex: None,
        source: "a-log".into(),
        source_hash: None,
        core_hash: None,
        root: None,
        program: "hakiki 0".into(),
        program_hash: None,
    }
}

impl Night {
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    /// With an election record that was changed first.
    pub fn with(change: impl FnOnce(&mut hakiki_core::kinds::Election)) -> Self {
        let setting = Setting { hosts: 2, ..Setting::default() };
        let fixture = Fixture::with(&setting, |election| {
            hakiki_core::fixture::add_rivals(election, &Rivals::default());
            change(election);
        });
        let ledger = fixture.ledger();
        let records = fixture.records.iter().cloned().map(Some).collect();
        Self { fixture, ledger, records, checks: passed(&["V02", "V04", "V05", "V10"]) }
    }

    /// Adds a record; gives its id.
    pub fn add(&mut self, record: Record) -> Hash {
        let id = *record.id();
        self.fixture.append(&mut self.ledger, record.clone()).unwrap();
        self.records.push(Some(record));
        id
    }

    pub fn sign(&mut self, body: impl Into<Body>, keys: &[&SigningKey]) -> Hash {
        let record = self.fixture.sign(body, keys);
        self.add(record)
    }

    pub fn by_quorum(&mut self, body: impl Into<Body>) -> Hash {
        let two = custodians();
        self.sign(body, &[&two[0], &two[1]])
    }

    pub fn form(&mut self, station: usize, votes: [u32; 3]) -> Hash {
        let record = self.fixture.signed_form(station, votes, 3);
        self.add(record)
    }

    pub fn session(&mut self, person: &str, machine: &str, at: &str, ticket: Option<&str>) -> Hash {
        let person = key(person);
        let session = Session {
            action: SessionAction::Begin,
            person: person.name().clone(),
            machine: name(machine),
            at: time(at),
            ticket: ticket.map(Into::into),
            session: None,
            reason: "upkeep".into(),
            words: None,
        };
        self.sign(session, &[&person])
    }

    pub fn session_ends(&mut self, session: Hash, person: &str, machine: &str, at: &str) {
        let person = key(person);
        let end = Session {
            action: SessionAction::End,
            person: person.name().clone(),
            machine: name(machine),
            at: time(at),
            ticket: None,
            session: Some(session),
            reason: "done".into(),
            words: None,
        };
        self.sign(end, &[&person]);
    }

    /// Adds what a host notes, next in its numbers after `skipped` that never come.
    pub fn noted(&mut self, host: &str, skipped: u32, change: impl FnOnce(&mut Observed)) -> Hash {
        let host = key(host);
        let index = self.ledger.roster().by_name(host.name().as_str()).unwrap();
        let (sequence, previous) = self.ledger.last_observation(index);
        let mut observed = Observed {
            sequence: sequence + 1 + skipped,
            previous,
            at: time("2031-03-04T23:50:00+03:00"),
            event: Event::Boot,
            subject: None,
            value: None,
            origin: None,
            moved: None,
            details: None,
        };
        change(&mut observed);
        self.sign(observed, &[&host])
    }

    pub fn login(&mut self, host: &str, person: &str, origin: Origin, at: &str) -> Hash {
        self.noted(host, 0, |observed| {
            observed.event = Event::Login;
            observed.subject = Some(name(person));
            observed.origin = Some(origin);
            observed.at = time(at);
        })
    }

    pub fn custody(
        &mut self,
        kind: ItemKind,
        code: &str,
        serials: Option<[&str; 2]>,
        station: Option<usize>,
    ) -> Hash {
        let store = key("storekeeper-1");
        let custody = Custody {
            items: BTreeSet::from([(kind, code.to_owned())]),
            serials: serials.map(|[first, last]| (first.into(), last.into())),
            station: station.map(|station| self.fixture.stations[station].clone()),
            from: store.name().clone(),
            to: store.name().clone(),
            at: time("2031-03-03T10:00:00+03:00"),
            reason: "printed".into(),
            words: None,
        };
        self.sign(custody, &[&store])
    }

    pub fn enrol(&mut self, new: &str, role: Role) -> Hash {
        let made = key(new);
        let possession = hakiki_core::establish::possess(&self.fixture.fingerprint, &made);
        let new = NewKey {
            name: made.name().clone(),
            role,
            of_station: false,
            scope: "MF".into(),
            party: None,
            public: made.verifier().key().bytes().try_into().unwrap(),
            possession,
        };
        let record =
            KeyRecord { action: KeyAction::Enrol(new), old: None, reason: "late".into(), words: None };
        self.by_quorum(record)
    }

    /// The head of now, cosigned by all witnesses, comes into the log.
    pub fn head(&mut self, unix_seconds: u64) -> Hash {
        let head = Head { size: self.ledger.size(), root: sha256(b"root") };
        let origin = LogOrigin::new(log_key().name().as_str()).unwrap();
        let text = Checkpoint::new(origin, head).sign(&log_key()).unwrap();
        let checkpoint = VerifiedCheckpoint::open(text.as_bytes(), log_key().verifier()).unwrap();
        let cosign = |number| {
            let key = CosigningKey::Ed25519(witness_key(number));
            let line = key.cosign(&checkpoint, unix_seconds).unwrap();
            (line.name, line.signature)
        };
        let mut cosignatures: Vec<_> = (1..=5).map(cosign).collect();
        cosignatures.sort();
        let log_signature = checkpoint.note().signatures[0].signature.as_slice().try_into().unwrap();
        self.sign(HeadRecord { head, log_signature, cosignatures }, &[&log_key()])
    }

    pub fn facts(&self) -> Facts {
        let mut facts = Facts::new();
        self.records.iter().for_each(|record| facts.note(&self.ledger, record.as_ref()));
        facts
    }

    pub fn report_at(&self, as_of: u64) -> Report {
        let facts = self.facts();
        let inquiry = Inquiry::new(&self.ledger, &facts, &self.checks, as_of);
        Report::new(&inquiry, made())
    }

    pub fn report(&self) -> Report {
        self.report_at(self.ledger.size())
    }
}

pub fn passed(codes: &[&str]) -> Vec<Checked> {
    let check = |code: &&str| Checked {
        code: (*code).to_owned(),
        verdict: Verdict::Passed,
        detail: Message::new("report.no_receipts"),
    };
    codes.iter().map(check).collect()
}

/// All that a reader sees of an answer.
pub fn seen(report: &Report, number: u32) -> String {
    let answer = report.answer(number).unwrap();
    let mut text = format!("{:?}\n", answer.status);
    for message in answer.says.iter().chain(&answer.limits) {
        text.push_str(&message.text(Language::English));
        text.push('\n');
    }
    text + &table::csv(&answer.table, report, Language::English)
}
