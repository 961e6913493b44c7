//! Each kind of damage to the bytes fails the right check, and is named.

use crate::log::{
    TestLog, assert_failed, assert_says, exit, large, large_records, options, sign_small, small,
    small_records, write,
};
use hakiki_core::fixture::{ORIGIN, key, log_key};
use hakiki_core::kinds::Body;
use hakiki_note::{Hash, KeyName, SigningKey, sha256};
use hakiki_tlog::Head;
use hakiki_verify::{Check, Options, Quiet, Report, Status, verify};
use std::fs;

fn large_log() -> TestLog {
    TestLog::of(large(), large_records())
}

/// What depends on all records is not checked, with the reason.
fn assert_unfolded(report: &Report) {
    for code in [Check::V07, Check::V10, Check::V12, Check::V19] {
        assert_says(report, code, Status::NotChecked, "could not be folded");
    }
    assert!(report.ledger.is_none() && report.contests.is_empty());
}

#[test]
fn a_flipped_bit_in_a_bundle_fails_v05_and_names_the_entry() {
    let log = large_log();
    log.flip("tile/entries/001");
    let report = log.verify();
    assert_failed(&report, &[Check::V05]);
    assert_says(&report, Check::V05, Status::Failed, "tile/entries/001: entry ");
    assert_says(&report, Check::V04, Status::Passed, "root");
    assert_unfolded(&report);
}

#[test]
fn a_flipped_bit_in_the_partial_bundle_fails_v05() {
    let log = large_log();
    log.flip("tile/entries/002.p/13");
    let report = log.verify();
    assert_failed(&report, &[Check::V05]);
    assert_says(&report, Check::V05, Status::Failed, "tile/entries/002.p/13: entry ");
}

#[test]
fn a_flipped_bit_in_a_level_0_tile_fails_v04_alone() {
    for tile in ["tile/0/000", "tile/0/001", "tile/0/002.p/13"] {
        let log = large_log();
        log.flip(tile);
        let report = log.verify();
        assert_failed(&report, &[Check::V04]);
        assert_says(&report, Check::V04, Status::Failed, &format!("{tile}: "));
        assert_says(&report, Check::V05, Status::Passed, "525");
        assert!(report.ledger.is_some(), "the entries make the root without the tile");
    }
}

#[test]
fn a_flipped_bit_in_a_level_1_tile_fails_v04_alone() {
    let log = large_log();
    log.flip("tile/1/000.p/2");
    let report = log.verify();
    assert_failed(&report, &[Check::V04]);
    assert_says(&report, Check::V04, Status::Failed, "tile/1/000.p/2: ");
}

#[test]
fn a_missing_tile_fails_v04() {
    for tile in ["tile/0/001", "tile/0/002.p/13", "tile/1/000.p/2"] {
        let log = large_log();
        fs::remove_file(log.path(tile)).unwrap();
        let report = log.verify();
        assert_failed(&report, &[Check::V04]);
        assert_says(&report, Check::V04, Status::Failed, &format!("{tile}: it is missing"));
    }
}

#[test]
fn a_tile_of_another_length_fails_v04() {
    let log = large_log();
    log.edit("tile/0/001", |bytes| bytes.truncate(8160));
    let report = log.verify();
    assert_failed(&report, &[Check::V04]);
    assert_says(&report, Check::V04, Status::Failed, "tile/0/001: it has no right shape: 8160 bytes");
}

#[test]
fn a_truncated_bundle_fails_v05() {
    let log = large_log();
    log.edit("tile/entries/001", |bytes| bytes.truncate(bytes.len() - 10));
    let report = log.verify();
    assert_failed(&report, &[Check::V05]);
    assert_says(&report, Check::V05, Status::Failed, "tile/entries/001: it has no right shape");
    assert_unfolded(&report);
    log.edit("tile/entries/001", Vec::clear);
    assert_failed(&log.verify(), &[Check::V05]);
}

#[test]
fn a_missing_bundle_fails_v05_and_the_run_goes_on() {
    let log = large_log();
    fs::remove_file(log.path("tile/entries/000")).unwrap();
    log.flip("tile/entries/001");
    let report = log.verify();
    assert_failed(&report, &[Check::V05]);
    assert_says(&report, Check::V05, Status::Failed, "tile/entries/000: it is missing; 2 in all");
    assert_says(&report, Check::V02, Status::NotChecked, "entry 0");
}

#[test]
fn a_record_changed_with_its_tile_fails_v04() {
    let log = large_log();
    log.flip("tile/entries/001");
    let bytes = fs::read(log.path("tile/entries/001")).unwrap();
    let leaves = hakiki_tlog::entries(&bytes).map(|entry| hakiki_tlog::leaf_hash(entry.unwrap()).0);
    let tile: Vec<u8> = leaves.collect::<Vec<_>>().concat();
    fs::write(log.path("tile/0/001"), tile).unwrap();
    let report = log.verify();
    assert_eq!(report.check(Check::V04).unwrap().status, Status::Failed);
    assert_says(&report, Check::V04, Status::Failed, "tile/0/001: ");
    assert_eq!(exit(&report), 1);
}

#[test]
fn tiles_of_another_head_fail_v04() {
    let log = large_log();
    log.sign_head(ORIGIN, Head { size: 525, root: Hash([1; 32]) }, &log_key());
    let report = log.verify();
    assert_failed(&report, &[Check::V04]);
    assert_says(&report, Check::V04, Status::Failed, "the head says");
    let smaller =
        large_records()[..524].iter().map(|record| hakiki_tlog::leaf_hash(record.note().as_bytes()));
    let mut tree = hakiki_tlog::Frontier::new();
    tree.extend(smaller);
    log.sign_head(ORIGIN, Head { size: 525, root: tree.root() }, &log_key());
    assert_failed(&log.verify(), &[Check::V04]);
}

#[test]
fn a_head_larger_than_the_log_names_what_is_missing() {
    let log = large_log();
    log.sign_head(ORIGIN, Head { size: 1 << 60, root: log.head.root }, &log_key());
    let report = log.verify();
    assert_failed(&report, &[Check::V04, Check::V05]);
    assert_says(&report, Check::V05, Status::Failed, "it is missing");
    assert_unfolded(&report);
}

#[test]
fn a_head_by_another_key_or_origin_fails_v02() {
    let log = TestLog::of(small(), &small_records(1));
    let other = SigningKey::from_seed(KeyName::new(ORIGIN).unwrap(), &[9; 32]);
    log.sign_head(ORIGIN, log.head, &other);
    assert_failed(&log.verify(), &[Check::V02]);
    log.sign_head(key("x").name().as_str(), log.head, &key("x"));
    let report = log.verify();
    assert_failed(&report, &[Check::V02]);
    assert_says(&report, Check::V02, Status::Failed, "mfano.example/k/x");
    log.sign_head(ORIGIN, log.head, &log_key());
    log.edit("checkpoint", |bytes| {
        let at = bytes.len() - 10;
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
    });
    assert_failed(&log.verify(), &[Check::V02]);
}

#[test]
fn a_checkpoint_that_is_none_fails_v02_and_a_missing_one_is_an_input() {
    let log = TestLog::of(small(), &small_records(1));
    fs::write(log.path("checkpoint"), b"hello\n").unwrap();
    let report = log.verify();
    assert_failed(&report, &[Check::V02]);
    assert_says(&report, Check::V04, Status::NotChecked, "no head");
    fs::remove_file(log.path("checkpoint")).unwrap();
    let report = log.verify();
    assert_failed_none_but_missing(&report);
}

fn assert_failed_none_but_missing(report: &Report) {
    assert!(report.checks.iter().all(|check| check.status != Status::Failed));
    assert_eq!(exit(report), 2);
}

#[test]
fn another_fingerprint_fails_v01() {
    let log = TestLog::of(small(), &small_records(1));
    let report = verify(&Options { fingerprint: Some(Hash([1; 32])), ..options(log.source()) }, &Quiet);
    assert_failed(&report, &[Check::V01]);
    assert_says(&report, Check::V01, Status::Failed, &small().fingerprint.to_string());
}

/// A table that a register record names itself.
fn index_of_keys() -> Hash {
    match small().records[2].body() {
        Body::RegisterRecord(register) => *register.tables.values().next().unwrap(),
        _ => unreachable!("the third record is the register of keys"),
    }
}

#[test]
fn a_table_with_other_bytes_or_missing_fails_v09() {
    for shard in [false, true] {
        let log = TestLog::of(small(), &small_records(1));
        let hash = if shard { shard_of_keys() } else { index_of_keys() };
        let name = format!("blob/{hash}");
        log.flip(&name);
        let report = log.verify();
        assert_failed(&report, &[Check::V09]);
        assert_says(&report, Check::V09, Status::Failed, &format!("{name} has other bytes"));
        assert_says(&report, Check::V07, Status::NotChecked, &name);
        fs::remove_file(log.path(&name)).unwrap();
        let report = log.verify();
        assert_failed(&report, &[Check::V09]);
        assert_says(&report, Check::V09, Status::Failed, &format!("{name} is not here"));
        assert_unfolded(&report);
    }
}

#[test]
fn words_with_other_bytes_fail_v09_and_absent_ones_are_said() {
    let words = b"hakiki/words@v1\nwords comment It rained.\n";
    let hash = sha256(words);
    let mut form = small().form(0, [5, 6, 7], 0);
    form.words = Some(hash);
    let [kit, officer] = small().station_keys(0);
    let mut records = small_records(0);
    records.push(sign_small(form, &[&kit, &officer]));
    let log = TestLog::of(small(), &records);
    let report = log.verify();
    assert_failed(&report, &[]);
    assert_says(&report, Check::V09, Status::Passed, "1 not here");
    write(&log.path(&format!("blob/{hash}")), words);
    assert_says(&log.verify(), Check::V09, Status::Passed, "0 not here");
    log.flip(&format!("blob/{hash}"));
    let report = log.verify();
    assert_failed(&report, &[Check::V09]);
    assert_says(&report, Check::V09, Status::Failed, &hash.to_string());
    assert_eq!(report.contests[0].partition.received, 1);
}

fn shard_of_keys() -> Hash {
    match small().records[2].body() {
        Body::RegisterRecord(register) => register.shards(&small().tables)[0],
        _ => unreachable!("the third record is the register of keys"),
    }
}
