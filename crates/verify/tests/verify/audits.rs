//! V15: plans of audits in a log.

use crate::log::{TestLog, assert_failed, assert_says};
use hakiki_core::fixture::{Fixture, Setting};
use hakiki_core::kinds::{AuditPlan, Kind, batch_row};
use hakiki_core::record::Record;
use hakiki_core::roster::Role;
use hakiki_note::{Hash, sha256};
use hakiki_tlog::tree::{Frontier, leaf_hash};
use hakiki_verify::{Check, Status};

/// An election of four stations and a plan of its audit, whose table says these votes for each of them; then the dice.
fn planned(votes: [u64; 3]) -> TestLog {
    planned_at(votes, None)
}

/// The same with a plan that names another root than the log had.
fn planned_at(votes: [u64; 3], other_root: Option<Hash>) -> TestLog {
    let setting = Setting { stations: 4, counties: 2, ..Setting::default() };
    let mut fixture = Fixture::with(&setting, |election| {
        election.admits.extend(Kind::AUDIT.iter().map(|kind| kind.name_and_version()));
        election.quorums.insert("audit-plan".into(), 2);
    });
    let mut records = fixture.records.clone();
    records.push(fixture.enrolment("auditor-1", Role::Auditor));
    records.extend((0..4).map(|station| fixture.signed_form(station, [300, 100, 20], 5)));
    let rows = (0..4).map(|n| {
        batch_row(&format!("s{n:06}"), Some(&format!("c{:02}", n % 2 + 1)), 600, votes.iter().sum(), &votes)
    });
    let table = AuditPlan::batches_table(rows);
    let hash = sha256(&table);
    fixture.tables.insert(hash, table);
    let mut tree = Frontier::new();
    for record in &records {
        tree.push(leaf_hash(record.note().as_bytes()));
    }
    let root = other_root.unwrap_or_else(|| tree.root());
    let lines = format!(
        "contest president / area MF / head {} {root} / outcome elected / candidate 1 / spread-area c01 / spread-area c02 / \
         risk-limit 1/20 / method kaplan-markov / batches sha256:{hash}",
        records.len()
    );
    let (note, id) = fixture.said("audit-plan", &lines, &["custodian-1", "custodian-2"]);
    records.push(Record::parse(note.as_bytes()).unwrap());
    let lines = format!("plan {id} / digits 31415926535897932384 / thrown 2031-03-11T10:00:00+03:00");
    let (note, _) = fixture.said("audit-seed", &lines, &["commissioner-1", "observer"]);
    records.push(Record::parse(note.as_bytes()).unwrap());
    TestLog::of(&fixture, &records)
}

#[test]
fn a_plan_of_what_stood_passes_with_its_state() {
    let report = planned([300, 100, 20]).verify();
    assert_failed(&report, &[]);
    assert_says(&report, Check::V15, Status::Passed, "every station is to be counted by hand, 0 are");
}

#[test]
fn a_plan_with_other_figures_than_stood_fails() {
    let report = planned([301, 100, 20]).verify();
    assert_failed(&report, &[Check::V15]);
    assert_says(&report, Check::V15, Status::Failed, "301 100 20");
}

#[test]
fn a_plan_of_a_head_that_this_log_never_had_fails() {
    let report = planned_at([300, 100, 20], Some(sha256(b"another log's root"))).verify();
    assert_failed(&report, &[Check::V15]);
    assert_says(&report, Check::V15, Status::Failed, "this log has");
}
