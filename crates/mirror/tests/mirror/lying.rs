//! A log that shows an older head, another history, or other bytes.

use crate::house::{copy, fixture, forms, found, get, judge, keys, mirror, settings, until};
use hakiki_core::fixture::{Fixture, log_key};
use hakiki_evidence::{Evidence, Grade, PolicyAndKeys};
use hakiki_mirror::{AlarmKind, Running};
use hakiki_tlog::VerifiedCheckpoint;
use hakiki_tlog::witness::AddCheckpoint;
use std::fs;
use std::path::Path;

fn has(mirror: &Running, kind: AlarmKind) -> bool {
    mirror.alarms().iter().any(|alarm| alarm.kind == kind)
}

/// Shows another directory at the same place.
fn show(shown: &Path, from: &Path) {
    let new = shown.with_extension("new");
    copy(&from.join("log"), &new);
    if shown.exists() {
        fs::rename(shown, shown.with_extension("old")).unwrap();
    }
    fs::rename(new, shown).unwrap();
    let _ = fs::remove_dir_all(shown.with_extension("old"));
}

/// The evidence that a mirror keeps, checked elsewhere with the election record alone.
fn convinces(mirror: &Running, dir: &Path, fixture: &Fixture) {
    let trust =
        PolicyAndKeys::of_election(fixture.records[0].note().as_bytes(), &fixture.fingerprint).unwrap();
    let alarm = mirror.alarms().into_iter().find(|alarm| alarm.kind == AlarmKind::Fork).unwrap();
    let file = fs::read(dir.join(alarm.evidence.unwrap())).unwrap();
    let served = get(mirror.address, &format!("/evidence/{}", alarm.about));
    assert_eq!(served.body, file);
    let finding = Evidence::parse(&file).unwrap().check(&trust).unwrap();
    assert_eq!(finding.against.as_ref(), Some(log_key().verifier()));
    assert!(matches!(finding.grade, Some(Grade::I | Grade::II | Grade::III)), "{:?}", finding.grade);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forked_log_is_refused_and_proved_and_the_copy_stays() {
    let (place, fixture) = (tempfile::tempdir().unwrap(), fixture());
    let at = |name: &str| place.path().join(name);
    let all = forms(&fixture, 40);
    let old = fixture.records.len() as u64 + 20;
    found(&at("honest"), &fixture, &all[..20]);
    found(&at("longer"), &fixture, &[&all[..10], &all[20..]].concat());
    found(&at("shorter"), &fixture, &[&all[..10], &all[30..35]].concat());
    found(&at("same"), &fixture, &[&all[..10], &all[30..]].concat());
    for fork in ["longer", "shorter", "same"] {
        let shown = at("shown");
        let _ = fs::remove_dir_all(&shown);
        show(&shown, &at("honest"));
        let dir = at(&format!("mirror-{fork}"));
        let mirror = mirror(settings(shown.display().to_string(), &dir)).await;
        until("it catches up", || mirror.size() == old);
        show(&shown, &at(fork));
        until("it notices", || has(&mirror, AlarmKind::Fork));
        convinces(&mirror, &dir, &fixture);
        assert_eq!(mirror.size(), old, "it never goes back");
        assert!(get(mirror.address, "/health").text().contains("\"fork\""));
        mirror.stop().await.unwrap();
        judge(&dir, &fixture);
        // It is remembered, whatever the log shows now.
        show(&shown, &at("honest"));
        let again = crate::house::mirror(settings(shown.display().to_string(), &dir)).await;
        assert!(has(&again, AlarmKind::Fork));
        again.stop().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_head_and_altered_bytes_prove_nothing() {
    let (place, fixture) = (tempfile::tempdir().unwrap(), fixture());
    let at = |name: &str| place.path().join(name);
    let all = forms(&fixture, 40);
    let base = fixture.records.len() as u64;
    found(&at("old"), &fixture, &all[..20]);
    found(&at("new"), &fixture, &all);
    let shown = at("shown");
    show(&shown, &at("old"));
    let mirror = mirror(settings(shown.display().to_string(), &at("mirror"))).await;
    until("it catches up", || mirror.size() == base + 20);
    // One byte of a vote in the bundle, under the right head.
    show(&at("altered"), &at("new"));
    let bundle = at("altered").join(format!("tile/entries/000.p/{}", base + 40));
    let mut bytes = fs::read(&bundle).unwrap();
    let last = bytes.len() - 200;
    bytes[last] ^= 1;
    fs::write(&bundle, bytes).unwrap();
    fs::rename(&shown, at("away")).unwrap();
    fs::rename(at("altered"), &shown).unwrap();
    until("it notices", || has(&mirror, AlarmKind::Altered));
    assert_eq!(mirror.size(), base + 20, "nothing unproved is stored");
    show(&shown, &at("new"));
    until("it goes on", || mirror.size() == base + 40);
    until("the alarm is over", || !has(&mirror, AlarmKind::Altered));
    show(&shown, &at("old"));
    until("it notices", || has(&mirror, AlarmKind::Shrunk));
    assert!(!has(&mirror, AlarmKind::Fork) && mirror.alarms().iter().all(|alarm| alarm.evidence.is_none()));
    assert_eq!(mirror.size(), base + 40);
    show(&shown, &at("new"));
    until("the alarm is over", || mirror.alarms().is_empty());
    mirror.stop().await.unwrap();
    judge(&at("mirror"), &fixture);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_mirrors_that_are_shown_two_histories_find_out() {
    let (place, fixture) = (tempfile::tempdir().unwrap(), fixture());
    let at = |name: &str| place.path().join(name);
    let all = forms(&fixture, 40);
    let base = fixture.records.len() as u64;
    found(&at("one"), &fixture, &all[..20]);
    found(&at("two"), &fixture, &[&all[..10], &all[20..]].concat());
    let first = mirror(settings(at("one").display().to_string(), &at("first"))).await;
    until("it catches up", || first.size() == base + 20);
    let mut told = settings(at("two").display().to_string(), &at("second"));
    told.compare = vec![crate::house::url(first.address)];
    told.keys = keys();
    let second = mirror(told).await;
    until("it notices", || has(&second, AlarmKind::Fork));
    convinces(&second, &at("second"), &fixture);
    // And whoever brings a head of the other history is no witness of ours, but an alarm.
    let mut told = settings(at("one").display().to_string(), &at("third"));
    told.keys = keys();
    let third = mirror(told).await;
    until("it catches up", || third.size() == base + 20);
    let other =
        VerifiedCheckpoint::open(&get(second.address, "/checkpoint").body, log_key().verifier()).unwrap();
    let body = AddCheckpoint::new(0, Vec::new(), &other).to_body();
    assert_ne!(crate::house::post(third.address, "/add-checkpoint", "", body.as_bytes()).status, 200);
    for mirror in [first, second, third] {
        mirror.stop().await.unwrap();
    }
}
