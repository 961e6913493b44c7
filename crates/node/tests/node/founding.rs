//! Making a log, and reading it again.

use crate::house::{configuration, judge};
use hakiki_core::fixture::{Fixture, Setting, key, log_key};
use hakiki_core::view::results::results_text;
use hakiki_node::{Node, found_log, open_ledger};
use std::path::Path;

fn found(directory: &Path, fixture: &Fixture, forms: usize) -> hakiki_core::Ledger {
    let forms = (0..forms).map(|station| fixture.signed_form(station, [4, 5, 6], 1));
    let records = fixture.records.iter().cloned().chain(forms);
    found_log(&directory.join("data"), &log_key(), records, &fixture.tables).unwrap()
}

#[test]
fn what_was_founded_is_read_again_and_verifies() {
    let directory = tempfile::tempdir().unwrap();
    let fixture = Fixture::new(&Setting { stations: 600, ..Setting::default() });
    let founded = found(directory.path(), &fixture, 600);
    let read = open_ledger(&directory.path().join("data")).unwrap();
    assert_eq!((founded.size(), read.size()), (605, 605));
    assert_eq!(results_text(&founded, 605), results_text(&read, 605));
    judge(directory.path(), fixture.fingerprint);
    let again =
        found_log(&directory.path().join("data"), &log_key(), fixture.records.clone(), &fixture.tables);
    assert!(again.unwrap_err().to_string().contains("S107"));
}

#[test]
fn what_the_rules_refuse_is_not_founded() {
    let fixture = Fixture::new(&Setting::default());
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let twice = fixture.records.iter().chain(&fixture.records[3..4]).cloned();
    let refused = found_log(&path("a"), &log_key(), twice, &fixture.tables).unwrap_err();
    assert!(refused.to_string().contains("place 5") && refused.to_string().contains("R308"), "{refused}");
    let refused = found_log(&path("b"), &log_key(), Vec::new(), &fixture.tables).unwrap_err();
    assert_eq!(refused.code(), "N111");
    let refused =
        found_log(&path("c"), &key("compiler"), fixture.records.clone(), &fixture.tables).unwrap_err();
    assert_eq!(refused.code(), "N108");
    let no_tables = std::collections::BTreeMap::new();
    let refused = found_log(&path("d"), &log_key(), fixture.records.clone(), &no_tables).unwrap_err();
    assert!(refused.to_string().contains("R305"), "{refused}");
}

#[test]
fn damage_is_named() {
    let fixture = Fixture::new(&Setting { stations: 300, ..Setting::default() });
    let directory = tempfile::tempdir().unwrap();
    found(directory.path(), &fixture, 300);
    let data = directory.path().join("data");
    let bundle = data.join("log/tile/entries/000");
    let whole = std::fs::read(&bundle).unwrap();
    // A digit of a form's votes; what stands there is still a record.
    let text = String::from_utf8_lossy(&whole).into_owned();
    let at = text
        .find("votes 1 4\n")
        .map(|_| whole.windows(10).position(|w| w == b"votes 1 4\n").unwrap())
        .unwrap();
    let mut changed = whole.clone();
    changed[at + 8] = b'5';
    std::fs::write(&bundle, &changed).unwrap();
    let refused = open_ledger(&data).unwrap_err();
    assert_eq!(refused.code(), "N109");
    assert!(refused.to_string().contains("tile/entries/000"), "{refused}");
    std::fs::write(&bundle, &whole[..whole.len() - 1]).unwrap();
    assert_eq!(open_ledger(&data).unwrap_err().code(), "N109");
    std::fs::remove_file(&bundle).unwrap();
    assert_eq!(open_ledger(&data).unwrap_err().code(), "N109");
    std::fs::write(&bundle, &whole).unwrap();
    let table = fixture.tables.keys().next().unwrap();
    std::fs::remove_file(data.join(format!("log/blob/{table}"))).unwrap();
    let refused = open_ledger(&data).unwrap_err();
    assert!(refused.to_string().contains("R305"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_starts_only_over_its_own_log() {
    let fixture = Fixture::new(&Setting::default());
    let directory = tempfile::tempdir().unwrap();
    let start = |key| Node::start(configuration(directory.path(), &[]), key);
    let missing = start(log_key()).await.err().unwrap();
    assert!(missing.to_string().contains("S108"), "{missing}");
    found(directory.path(), &fixture, 0);
    let other = start(key("compiler")).await.err().unwrap();
    assert!(other.to_string().contains("S104"), "{other}");
    let running = start(log_key()).await.unwrap();
    let second = start(log_key()).await.err().unwrap();
    assert!(second.to_string().contains("S101"), "{second}");
    let taken = configuration(directory.path(), &[("listen", &running.address.to_string())]);
    assert_eq!(Node::start(taken, log_key()).await.err().unwrap().code(), "N110");
    running.stop().await.unwrap();
    start(log_key()).await.unwrap().stop().await.unwrap();
}
