//! What somebody presents, held beside a log: what is of it is found at its place, and what was altered, where.

use crate::log::{TestLog, small, small_records};
use hakiki_core::Record;
use hakiki_core::fixture::{Fixture, ORIGIN, Setting, log_key};
use hakiki_note::{Hash, sha256};
use hakiki_tlog::bundle::encode_entry;
use hakiki_tlog::tree::MemoryTree;
use hakiki_tlog::{Head, Origin, leaf_hash};
use hakiki_verify::{Entry, Presented, Reading, Standing, present};

fn look(log: &TestLog, bytes: &[u8]) -> Presented {
    let report = log.verify();
    let reading = Reading::open(&log.source(), log.head).unwrap();
    present(bytes, report.ledger.as_ref().unwrap(), &reading).unwrap()
}

fn record(presented: Presented) -> Entry {
    match presented {
        Presented::Record(entry) => entry,
        other => panic!("{other:?}"),
    }
}

fn small_log() -> (TestLog, Vec<Record>) {
    let records = small_records(3);
    (TestLog::of(small(), &records), records)
}

#[test]
fn a_record_of_the_log_is_at_its_place() {
    let (log, records) = small_log();
    for (place, one) in (0..).zip(&records) {
        let entry = record(look(&log, one.note().as_bytes()));
        assert_eq!(
            (entry.standing, entry.refused, entry.id),
            (Standing::Entry { place }, None, Some(*one.id()))
        );
    }
}

#[test]
fn an_altered_figure_is_told_with_its_line_and_its_bad_signature() {
    let (log, records) = small_log();
    let last = records.last().unwrap();
    let altered = last.note().replace("votes 2 202\n", "votes 2 902\n");
    assert_ne!(altered, last.note());
    let presented = look(&log, altered.as_bytes());
    assert!(!presented.is_of_log());
    let entry = record(presented);
    let Standing::Absent { nearest: Some(nearest) } = entry.standing else { panic!("{entry:?}") };
    assert_eq!(nearest.place, records.len() as u64 - 1);
    let lines: Vec<_> =
        nearest.lines.into_iter().map(|line| (line.shown.unwrap(), line.in_log.unwrap())).collect();
    assert_eq!(lines, [("votes 2 902".to_owned(), "votes 2 202".to_owned())]);
    assert_eq!(entry.refused.unwrap().code.as_str(), "R206");
}

#[test]
fn a_good_record_that_the_log_lacks_is_not_called_bad() {
    let fixture = small();
    let (log, _) = small_log();
    let unsent = fixture.signed_form(7, [1, 2, 3], 4);
    let entry = record(look(&log, unsent.note().as_bytes()));
    assert!(matches!(entry.standing, Standing::Absent { .. }), "{entry:?}");
    assert_eq!(entry.refused, None);
}

#[test]
fn other_signatures_under_the_same_text_and_another_election_are_told_apart() {
    let (log, records) = small_log();
    let form = records.last().unwrap();
    let flipped = records[records.len() - 2].note().lines().last().unwrap().to_owned();
    let (text, _) = form.note().split_once("\n\n").unwrap();
    let entry = record(look(&log, format!("{text}\n\n{flipped}\n").as_bytes()));
    assert_eq!(entry.standing, Standing::OtherSignatures { place: records.len() as u64 - 1 });
    assert!(entry.refused.is_some());

    let other = Fixture::with(&Setting::default(), |election| election.title = "Another".into());
    let foreign = other.signed_form(0, [300, 200, 10], 4);
    let entry = record(look(&log, foreign.note().as_bytes()));
    assert_eq!(entry.standing, Standing::OtherElection { named: Some(other.fingerprint) });
}

#[test]
fn a_bundle_with_one_strange_entry_names_it() {
    let (log, records) = small_log();
    let mut bundle = Vec::new();
    for one in &records {
        encode_entry(&mut bundle, one.note().as_bytes()).unwrap();
    }
    assert!(look(&log, &bundle).is_of_log());
    encode_entry(&mut bundle, small().signed_form(7, [1, 2, 3], 4).note().as_bytes()).unwrap();
    let presented = look(&log, &bundle);
    assert!(!presented.is_of_log());
    let Presented::Bundle(all) = presented else { panic!("{presented:?}") };
    let strange: Vec<usize> = (0..all.len()).filter(|at| !all[*at].standing.is_in_log()).collect();
    assert_eq!(strange, [records.len()]);
}

#[test]
fn heads_are_of_this_log_larger_or_of_another_history() {
    let (log, records) = small_log();
    let mut tree = MemoryTree::new();
    for one in &records {
        tree.push(leaf_hash(one.note().as_bytes()));
    }
    let head = |head: Head| {
        hakiki_tlog::Checkpoint::new(Origin::new(ORIGIN).unwrap(), head).sign(&log_key()).unwrap()
    };
    let shown = |text: String| match look(&log, text.as_bytes()) {
        Presented::Head(head) => head,
        other => panic!("{other:?}"),
    };
    for size in 1..=records.len() as u64 {
        assert!(shown(head(tree.head_at(size).unwrap())).is_same(), "{size}");
    }
    let size = records.len() as u64;
    let larger = shown(head(Head { size: size + 1, root: Hash([3; 32]) }));
    assert_eq!((larger.root_here, larger.is_other_history()), (None, false));
    let other = shown(head(Head { size: size - 1, root: Hash([3; 32]) }));
    assert!(other.is_other_history());
    let unsigned = head(tree.head()).replace(ORIGIN, "log.example/other");
    assert!(!shown(unsigned).is_signed);
}

#[test]
fn a_file_is_found_by_its_bytes_alone() {
    let (log, _) = small_log();
    let (hash, bytes) = small().tables.iter().next().unwrap();
    let Presented::Blob { hash: found, named_by } = look(&log, bytes) else { panic!() };
    assert_eq!(found, *hash);
    assert!(!named_by.is_empty());
    let presented = look(&log, b"a picture that was saved again");
    assert!(!presented.is_of_log());
    let hash = sha256(b"a picture that was saved again");
    assert_eq!(presented, Presented::Blob { hash, named_by: Vec::new() });
    assert!(!look(&log, b"").is_of_log());
}
