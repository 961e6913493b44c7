//! Logs that are as they say.

use crate::log::{
    STATIONS, TestLog, assert_failed, assert_says, exit, large, large_records, options, small, small_records,
    write,
};
use hakiki_core::codes::FindingCode;
use hakiki_core::fixture::{ORIGIN, log_key};
use hakiki_core::view::results::results_text;
use hakiki_messages::Language;
use hakiki_tlog::{Checkpoint, Head, MemoryTree, Origin, leaf_hash};
use hakiki_verify::{Check, Options, Quiet, Report, Source, Status, verify};
use std::collections::BTreeSet;
use std::fs;

fn assert_good(report: &Report) {
    assert_failed(report, &[]);
    for code in ["V02", "V04", "V05", "V07", "V08", "V09", "V12", "V16", "V19"] {
        let check = report.check(Check::parse(code).unwrap()).unwrap();
        assert_eq!(check.status, Status::Passed, "{check:?}");
    }
    let codes: Vec<Check> = report.checks.iter().map(|check| check.code).collect();
    assert_eq!(codes, Check::ALL);
}

#[test]
fn a_good_log_passes_with_its_totals() {
    let log = TestLog::of(small(), &small_records(3));
    let report = log.verify_pinned(small());
    assert_good(&report);
    assert_says(&report, Check::V01, Status::Passed, &small().fingerprint.to_string());
    assert_says(&report, Check::V03, Status::NotChecked, "policy");
    assert_says(&report, Check::V10, Status::NotChecked, "publishes no results");
    let contest = &report.contests[0];
    let votes: Vec<(u32, u64)> = contest.candidates.iter().map(|c| (c.number, c.votes)).collect();
    assert_eq!(votes, [(1, 900), (2, 603), (3, 30)]);
    assert_eq!((contest.valid, contest.rejected, contest.registered), (Some(1533), Some(12), Some(4800)));
    assert!(!contest.valid_derived);
    let partition = contest.partition;
    assert_eq!((partition.expected, partition.missing, partition.received), (8, 5, 3));
    assert_eq!(contest.classes.kit, 3);
    assert_eq!(report.ledger.as_ref().unwrap().size(), 8);
    assert_eq!(report.changes.len(), 2, "{:?}", report.changes);
    let json = report.to_json();
    assert_eq!(json["checks"][2]["status"], "not checked");
    assert_eq!(json["head"]["size"], 8);
    assert_eq!(json["contests"][0]["candidates"][1]["votes"], 603);
    assert_eq!(json["contests"][0]["outcome"]["standing"], "elected");
    assert_eq!(json["contests"][0]["outcome"]["candidates"], serde_json::json!([1]));
    assert_eq!(json["contests"][0]["outcome"]["can_change"], true);
}

#[test]
fn the_text_lists_every_check_and_ends_with_what_was_not_checked() {
    let report = TestLog::of(small(), &small_records(3)).verify();
    for language in Language::ALL {
        let text = report.to_text(language);
        for check in Check::ALL {
            assert!(text.lines().any(|line| line.starts_with(check.as_str())), "{language} {check}\n{text}");
        }
        let last = text.lines().last().unwrap();
        assert!(last.contains("V01, V03, V06, V10"), "{last}");
        assert!(text.contains("1,533") && text.contains("Neema Tofali"), "{text}");
        assert!(!text.contains('{') && !text.contains(hakiki_messages::MISSING), "{text}");
    }
}

#[test]
fn unpinned_is_not_checked_and_required_is_not_enough() {
    let report = TestLog::of(small(), &small_records(0)).verify();
    assert_says(&report, Check::V01, Status::NotChecked, "pin it");
    assert_eq!(exit(&report), 0);
    assert_eq!(report.exit_code(&BTreeSet::from([Check::V01])), 2);
    assert_eq!(report.exit_code(&BTreeSet::from([Check::V04])), 0);
    let contest = &report.contests[0];
    assert_eq!((contest.valid, contest.rejected), (None, None), "absent is not zero");
    assert_eq!(report.to_json()["contests"][0]["valid"], serde_json::Value::Null);
}

#[test]
fn sizes_around_a_full_bundle_pass() {
    for size in [255, 256, 257, 512, 525] {
        let log = TestLog::of(large(), &large_records()[..size]);
        let report = log.verify();
        assert_good(&report);
        assert_eq!(report.head.unwrap().size, size as u64);
        let expected = (size - 5).min(STATIONS) as u64;
        assert_eq!(report.contests[0].partition.standing, expected, "{size}");
        let again = (size - 5).saturating_sub(STATIONS) as u64;
        assert_eq!(report.findings.get(&FindingCode::W110).copied().unwrap_or(0), again);
    }
}

#[test]
fn one_thread_finds_what_many_find() {
    let log = TestLog::of(large(), large_records());
    let run = |threads| verify(&Options { threads, ..options(log.source()) }, &Quiet);
    let (one, many) = (run(Some(1)), run(Some(5)));
    assert_eq!(one.checks, many.checks);
    assert_eq!(one.contests, many.contests);
    assert_eq!(one.findings, many.findings);
}

#[test]
fn an_empty_log_has_no_election_to_check() {
    let log = TestLog::of(small(), &[]);
    assert_eq!(log.head, Head::empty());
    let report = log.verify();
    assert_says(&report, Check::V04, Status::Passed, "root");
    assert_says(&report, Check::V02, Status::NotChecked, "entry 0");
    assert_eq!(exit(&report), 2);
    assert!(report.ledger.is_none() && report.contests.is_empty());
}

#[test]
fn where_a_partial_tile_is_gone_the_full_one_serves() {
    let records = large_records();
    let log = TestLog::of_batches(large(), &[&records[..300], &records[300..512]]);
    let mut tree = MemoryTree::new();
    tree.extend(records[..300].iter().map(|record| leaf_hash(record.note().as_bytes())));
    log.sign_head(ORIGIN, tree.head(), &log_key());
    assert_good(&log.verify());
    fs::remove_dir_all(log.path("tile/0/001.p")).unwrap();
    fs::remove_dir_all(log.path("tile/entries/001.p")).unwrap();
    let report = log.verify();
    assert_good(&report);
    assert_eq!(report.ledger.unwrap().size(), 300);
}

#[test]
fn the_data_of_a_node_serves_too() {
    let log = TestLog::of(small(), &small_records(1));
    let data = tempfile::tempdir().unwrap();
    let served = data.path().join("log");
    fs::rename(log.directory(), &served).unwrap();
    let report = verify(&options(Source::Directory(data.path().to_owned())), &Quiet);
    assert_good(&report);
}

#[test]
fn published_results_are_compared_line_by_line() {
    let log = TestLog::of(small(), &small_records(3));
    let ledger = log.verify().ledger.unwrap();
    let text = results_text(&ledger, 8);
    let path = log.path("results/8");
    write(&path, text.as_bytes());
    assert_says(&log.verify(), Check::V10, Status::Passed, "lines");
    write(&path, text.replacen("votes 1 900 ", "votes 1 901 ", 1).as_bytes());
    let report = log.verify();
    assert_failed(&report, &[Check::V10]);
    assert_says(&report, Check::V10, Status::Failed, "votes 1 901 900 900");
    write(&path, &text.as_bytes()[..text.len() - 1]);
    assert_failed(&log.verify(), &[Check::V10]);
}

#[test]
fn several_checkpoints_of_one_log_share_their_tiles() {
    let records = large_records();
    let log = TestLog::of_batches(large(), &[&records[..40], &records[40..257], &records[257..]]);
    for size in [40, 257, 525] {
        let mut tree = MemoryTree::new();
        tree.extend(records[..size].iter().map(|record| leaf_hash(record.note().as_bytes())));
        let checkpoint = Checkpoint::new(Origin::new(ORIGIN).unwrap(), tree.head());
        write(&log.path("checkpoint"), checkpoint.sign(&log_key()).unwrap().as_bytes());
        assert_good(&log.verify());
    }
}
