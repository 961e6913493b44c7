//! What a witness keeps, across restarts and beside other processes.

use crate::house::{House, TestLog, branch, configuration, ed25519, leaves, ml_dsa, tree};
use hakiki_tlog::witness::parse_cosignatures;
use hakiki_witness::{Heads, HeadsSettings, Witness, pin_log};
use std::fs;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

#[test]
fn a_restart_forgets_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let log = TestLog::new("log.example/a");
    let shared = branch(&[], "leaf", 5);
    let (good, fork) = (tree(&branch(&shared, "good", 30)), tree(&branch(&shared, "fork", 30)));
    let house = House::usual(directory.path(), &[&log]);
    assert_eq!(house.client.add(&log.request(&good, 0, 20)).status, 200);
    let seen = house.client.fetch(&format!("/{}/checkpoint", log.folder()));
    house.stop();
    // The log is pinned: the configuration need not name it again. A second key is added beside the first.
    let house = House::new(configuration(directory.path(), &[]), vec![ed25519(), ml_dsa()]);
    assert_eq!(house.client.fetch(&format!("/{}/checkpoint", log.folder())), seen);
    assert_eq!(house.client.add(&log.request(&good, 0, 10)).body, "20\n");
    assert_eq!(house.client.add(&log.request(&fork, 20, 25)).status, 422);
    let again = house.client.add(&log.request(&good, 20, 20));
    assert_eq!(parse_cosignatures(again.body.as_bytes()).unwrap().len(), 2);
    assert_eq!(house.client.add(&log.request(&good, 20, 25)).status, 200);
    house.stop();
}

#[test]
fn two_processes_cannot_have_one_state() {
    let directory = tempfile::tempdir().unwrap();
    let house = House::usual(directory.path(), &[]);
    let refused = Heads::open(directory.path(), HeadsSettings::new(vec![ed25519()])).err().unwrap();
    assert_eq!(refused.code(), "C106");
    house.stop();
    // Its last thread gives the lock back a moment after the last answer.
    let until = Instant::now() + Duration::from_secs(30);
    while let Err(error) = Heads::open(directory.path(), HeadsSettings::new(vec![ed25519()])) {
        assert!(error.code() == "C106" && Instant::now() < until, "{error}");
        std::thread::yield_now();
    }
}

#[test]
fn a_log_is_added_while_the_witness_runs_and_its_key_stays() {
    let directory = tempfile::tempdir().unwrap();
    let (log, tree) = (TestLog::new("log.example/a"), leaves(9));
    let house = House::usual(directory.path(), &[]);
    assert_eq!(house.client.add(&log.request(&tree, 0, 4)).status, 404);
    pin_log(directory.path(), &log.key(), None).unwrap();
    assert_eq!(house.client.add(&log.request(&tree, 0, 4)).status, 404, "the list is read once in a second");
    house.set_clock(crate::house::START_S + 1);
    assert_eq!(house.client.add(&log.request(&tree, 0, 4)).status, 200);
    house.stop();
    let mut settings = configuration(directory.path(), &[]);
    let name = log.origin.key_name().clone();
    settings.logs = vec![hakiki_note::SigningKey::from_seed(name, &[5; 32]).verifier().clone()];
    let refused = Runtime::new().unwrap().block_on(Witness::start(settings, vec![ed25519()])).err().unwrap();
    assert_eq!(refused.code(), "C109");
}

#[test]
fn a_lost_or_damaged_journal_is_no_fresh_start() {
    let directory = tempfile::tempdir().unwrap();
    let (log, tree) = (TestLog::new("log.example/a"), leaves(9));
    let house = House::usual(directory.path(), &[&log]);
    assert_eq!(house.client.add(&log.request(&tree, 0, 4)).status, 200);
    house.stop();
    let heads = directory.path().join("heads");
    let open = || Heads::open(directory.path(), HeadsSettings::new(vec![ed25519()]));
    let good = fs::read(&heads).unwrap();
    let mut changed = good.clone();
    changed[60] ^= 0x10;
    fs::write(&heads, changed).unwrap();
    assert_eq!(open().err().unwrap().code(), "C107");
    fs::remove_file(&heads).unwrap();
    assert_eq!(open().err().unwrap().code(), "C108");
    assert_eq!(open().err().unwrap().code(), "C108", "also the second time");
    fs::write(&heads, &good[..good.len() - 3]).unwrap();
    assert!(open().unwrap().recorded(&log.origin).is_none(), "an unfinished first batch was never answered");
}

#[test]
fn the_name_of_the_configuration_is_the_keys() {
    let directory = tempfile::tempdir().unwrap();
    let start = |name: &str| {
        let mut settings = configuration(directory.path(), &[]);
        settings.name = name.to_owned();
        Runtime::new().unwrap().block_on(async {
            let running = Witness::start(settings, vec![ed25519()]).await?;
            running.stop().await
        })
    };
    assert_eq!(start("witness.example/other").unwrap_err().code(), "C114");
    start("witness.example/w").unwrap();
}
