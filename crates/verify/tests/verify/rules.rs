//! Records that the rules refuse, and what records add up to.

use crate::log::{
    TestLog, assert_failed, assert_says, exit, large, large_records, sign_small, small, small_records, write,
};
use hakiki_core::codes::FindingCode;
use hakiki_core::fixture::{ORIGIN, custodians, key, log_key};
use hakiki_core::kinds::{
    BoxName, Collation, Declaration, Figures, HeadRecord, KeyAction, KeyRecord, RegisterRecord,
};
use hakiki_core::text::BoxValue;
use hakiki_core::{Record, kinds::child_row};
use hakiki_note::{BASE64, SigningKey, sha256};
use hakiki_tlog::{Checkpoint, Head, MemoryTree, Origin, leaf_hash};
use hakiki_verify::{Check, Status};
use std::collections::BTreeMap;

#[test]
fn a_record_by_an_unlisted_key_is_f204_and_fails_v07() {
    let mut records = small_records(3);
    let form = small().form(4, [1, 2, 3], 0);
    records.push(sign_small(form, &[&key("nobody"), &key("nobody-else")]));
    records.push(small().signed_form(5, [7, 7, 7], 0));
    let report = TestLog::of(small(), &records).verify();
    assert_failed(&report, &[Check::V07, Check::V08]);
    assert_says(&report, Check::V07, Status::Failed, "place 8: R201");
    assert_eq!(report.findings.get(&FindingCode::F204), Some(&1));
    assert_eq!(report.contests[0].partition.received, 4, "what follows is still counted");
}

#[test]
fn a_record_before_its_time_fails_v07_alone() {
    let mut records = small_records(0);
    records.insert(3, small().signed_form(0, [1, 2, 3], 0));
    let report = TestLog::of(small(), &records).verify();
    assert_failed(&report, &[Check::V07]);
    assert_says(&report, Check::V07, Status::Failed, "place 3: R303");
}

#[test]
fn what_is_no_record_fails_v07() {
    let records = small_records(0);
    let bytes = b"not a record";
    let log = TestLog::of(small(), &records);
    let mut tree = MemoryTree::new();
    tree.extend(records.iter().map(|record| leaf_hash(record.note().as_bytes())));
    tree.push(leaf_hash(bytes));
    let head = tree.head();
    let mut edge = std::fs::read(log.path("tile/0/000.p/5")).unwrap();
    edge.extend_from_slice(&leaf_hash(bytes).0);
    write(&log.path("tile/0/000.p/6"), &edge);
    let mut bundle = std::fs::read(log.path("tile/entries/000.p/5")).unwrap();
    hakiki_tlog::encode_entry(&mut bundle, bytes).unwrap();
    write(&log.path("tile/entries/000.p/6"), &bundle);
    log.sign_head(ORIGIN, head, &log_key());
    let report = log.verify();
    assert_failed(&report, &[Check::V07]);
    assert_says(&report, Check::V07, Status::Failed, "place 5: R107");
    assert_eq!(report.findings.get(&FindingCode::F204), Some(&1));
}

/// The same record with one of its signatures made over other words.
fn with_broken_signature(record: &Record, key: &SigningKey) -> Record {
    let other = key.sign(b"other words");
    let mut lines: Vec<String> = record.note().split('\n').map(str::to_owned).collect();
    let mark = format!("\u{2014} {} ", key.name());
    let line = lines.iter_mut().find(|line| line.starts_with(&mark)).unwrap();
    let mut bytes = key.verifier().id().0.to_vec();
    bytes.extend_from_slice(&other);
    *line = format!("{mark}{}", base64_of(&bytes));
    Record::parse(lines.join("\n").as_bytes()).unwrap()
}

fn base64_of(bytes: &[u8]) -> String {
    use base64::Engine as _;
    BASE64.encode(bytes)
}

#[test]
fn a_form_with_a_broken_signature_fails_v08() {
    let mut records = small_records(2);
    let last = records.len() - 1;
    records[last] = with_broken_signature(&records[last], &small().station_keys(1)[0]);
    let report = TestLog::of(small(), &records).verify();
    assert_failed(&report, &[Check::V07, Check::V08]);
    assert_says(&report, Check::V08, Status::Failed, "place 6: R206");
}

#[test]
fn a_broken_signature_behind_the_first_chunks_is_found() {
    let mut records = large_records().to_vec();
    let station = 520 - 5 - crate::log::STATIONS;
    records[520] = with_broken_signature(&records[520], &large().station_keys(station)[1]);
    let report = TestLog::of(large(), &records).verify();
    assert_failed(&report, &[Check::V07, Check::V08]);
    assert_says(&report, Check::V08, Status::Failed, "place 520: R206");
}

#[test]
fn a_log_that_begins_with_something_else_is_none() {
    let report = TestLog::of(small(), &small_records(2)[3..]).verify();
    assert_eq!(report.check(Check::V07).unwrap().status, Status::Failed);
    assert_eq!(report.check(Check::V02).unwrap().status, Status::Failed);
    assert_says(&report, Check::V12, Status::NotChecked, "entry 0 is no election record");
    assert_eq!(exit(&report), 1);
}

#[test]
fn every_change_is_printed_and_a_late_key_verifies_at_once() {
    let custodians = custodians();
    let quorum = [&custodians[0], &custodians[1]];
    let mut records = small_records(0);
    let revoke = KeyRecord {
        action: KeyAction::Revoke,
        old: Some(key("compiler").name().clone()),
        reason: "lost".into(),
        words: None,
    };
    records.push(sign_small(revoke, &quorum));
    let close_stations = BTreeMap::from([(small().stations[7].clone(), "flooded".to_owned())]);
    records.push(sign_small(RegisterRecord { close_stations, ..RegisterRecord::default() }, &quorum));
    let report = TestLog::of(small(), &records).verify();
    assert_failed(&report, &[]);
    assert_says(&report, Check::V19, Status::Passed, "4 changes");
    assert!(
        report.changes[2].contains("k/compiler revoked, lost, after the zero report"),
        "{:?}",
        report.changes
    );
    assert!(report.changes[3].contains("station s000007 closed, flooded"), "{:?}", report.changes);
    assert_eq!(report.contests[0].partition.expected, 7);
}

#[test]
fn collations_and_declarations_that_differ_are_listed() {
    let fixture = small();
    let mut records = small_records(1);
    let form = records.last().unwrap().clone();
    let number = BoxValue::Number;
    let row = child_row(
        &fixture.stations[0],
        form.id(),
        &[number(300), number(200), number(11)],
        number(511),
        number(4),
    );
    let children = Collation::children_table([row]);
    let votes = BTreeMap::from([(1, number(300)), (2, number(200)), (3, number(10))]);
    let figures =
        Figures { votes: votes.into_iter().collect(), boxes: [None; 6] }.with(BoxName::Valid, number(510));
    let collation = Collation {
        contest: "president".into(),
        area: "c01-1".into(),
        children: sha256(&children),
        submitted: 2,
        received: 2,
        figures: figures.clone(),
        words: None,
    };
    records.push(sign_small(collation, &[&key("returning-c01-1"), &key("second-c01-1")]));
    let declaration = Declaration {
        contest: "president".into(),
        area: "MF".into(),
        head: Head { size: 6, root: sha256(b"root") },
        dissents: false,
        figures: Figures {
            votes: vec![(1, number(301)), (2, number(200)), (3, number(10))],
            boxes: [None; 6],
        },
        missing: None,
        words: None,
    };
    records.push(sign_small(declaration, &[&key("commissioner-1")]));
    let log = TestLog::of(fixture, &records);
    write(&log.path(&format!("blob/{}", sha256(&children))), &children);
    let report = log.verify();
    assert_failed(&report, &[]);
    for code in [FindingCode::F301, FindingCode::F302, FindingCode::F303, FindingCode::F304] {
        assert!(
            report.findings.get(&code).is_some_and(|count| *count > 0),
            "{code} in {:?}",
            report.findings
        );
    }
    assert_says(&report, Check::V11, Status::Passed, "F304: 2");
    let log = TestLog::of(fixture, &records);
    let report = log.verify();
    assert_failed(&report, &[Check::V09]);
    assert_says(&report, Check::V07, Status::NotChecked, "which the record at place 6 names");
}

#[test]
fn head_records_without_witnesses_give_no_time() {
    let mut records = small_records(0);
    let mut tree = MemoryTree::new();
    tree.extend(records.iter().map(|record| leaf_hash(record.note().as_bytes())));
    let head = tree.head();
    let text = Checkpoint::new(Origin::new(ORIGIN).unwrap(), head).text();
    let log_signature = log_key().sign(text.as_bytes());
    records.push(sign_small(HeadRecord { head, log_signature, cosignatures: Vec::new() }, &[&log_key()]));
    let report = TestLog::of(small(), &records).verify();
    assert_failed(&report, &[]);
    assert_says(&report, Check::V13, Status::NotChecked, "no witnessed time");
}
