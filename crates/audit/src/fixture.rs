//! Records of an audit for tests: an election that admits them, a plan, dice, counts. Test code of this package and of those that
//! show audits.

use crate::batch::Stage;
use crate::of_log::draft::row_text;
use crate::of_log::{Audit, draft, spread_areas};
use hakiki_core::fixture::{CONTEST, Fixture, head, key};
use hakiki_core::kinds::{AuditCount, AuditMethod, AuditOutcome, AuditPlan, AuditSeed, Election, Kind};
use hakiki_core::ledger::Ledger;
use hakiki_core::record::Record;
use hakiki_core::roster::Role;
use hakiki_core::text::Time;
use hakiki_note::{Hash, sha256};
use std::collections::{BTreeMap, BTreeSet};

/// The digits of tests that need any.
pub const DIGITS: &str = "31415926535897932384";

/// Has an election record admit audits.
pub fn admit(election: &mut Election) {
    election.admits.extend(Kind::AUDIT.iter().map(|kind| kind.name_and_version()));
    election.quorums.insert("audit-plan".into(), 2);
}

/// The board's enrolments.
pub fn board(fixture: &Fixture) -> [Record; 2] {
    ["auditor-1", "auditor-2"].map(|name| fixture.enrolment(name, Role::Auditor))
}

/// A plan of candidate 1's election at 5 %, of what stands in the ledger. Its table, which the fixture keeps, and its record may be
/// changed.
pub fn plan(
    fixture: &mut Fixture,
    ledger: &Ledger,
    table: impl Fn(&mut Vec<String>),
    record: impl FnOnce(&mut AuditPlan),
) -> Record {
    let head = head(ledger.size());
    let rows = draft(ledger, 0, 0, head.size).expect("the ledger has forms to plan of");
    let areas = spread_areas(ledger, 0, &rows, 0).unwrap_or_default();
    let mut texts: Vec<String> = rows.iter().map(|row| row_text(ledger, row)).collect();
    table(&mut texts);
    let bytes = AuditPlan::batches_table(texts);
    let batches = sha256(&bytes);
    fixture.tables.insert(batches, bytes);
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
    record(&mut plan);
    fixture.sign(plan, &[&key("custodian-1"), &key("custodian-2")])
}

/// The dice, thrown before those who are named.
pub fn seed(fixture: &Fixture, plan: Hash, digits: &str, present: &[&str]) -> Record {
    let seed = AuditSeed {
        plan,
        digits: digits.into(),
        thrown: Time::parse("2031-03-11T10:00:00+03:00").expect("fixture times are times"),
        present: present.iter().map(|who| (*who).to_owned()).collect(),
        words: None,
    };
    fixture.sign(seed, &[&key("commissioner-1"), &key("observer")])
}

/// A count of a station's paper, which may take the place of another.
pub fn count(
    fixture: &Fixture,
    plan: Hash,
    station: &str,
    votes: [u32; 3],
    replaces: Option<Hash>,
) -> Record {
    let count = AuditCount {
        plan,
        station: station.into(),
        at: Time::parse("2031-03-12T10:00:00+03:00").expect("fixture times are times"),
        votes: (1..).zip(votes).collect(),
        rejected: None,
        seal: None,
        page: None,
        replaces,
        words: None,
    };
    fixture.sign(count, &[&key("auditor-1"), &key("auditor-2")])
}

/// The audit of a plan, as the ledger stands.
pub fn audit(ledger: &Ledger, plan: &Hash) -> Audit {
    let entry = ledger.audit_plan_of(plan).expect("the plan is in the ledger");
    Audit::new(ledger, entry, ledger.size()).expect("the plan has an audit")
}

/// The stations whose paper is to be counted; none once the audit has ended.
pub fn missing(stage: Stage) -> Vec<String> {
    match stage {
        Stage::Counting { missing } | Stage::FullCount { missing } => missing,
        _ => Vec::new(),
    }
}
