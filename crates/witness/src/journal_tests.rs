//! Journals that end too early, and journals that are not ours.

use super::*;
use hakiki_note::{KeyName, SigningKey};
use hakiki_tlog::{Checkpoint, CosigningKey, Frontier, VerifiedCheckpoint, leaf_hash};

fn head(origin: &str, size: u64, time_s: u64) -> Arc<Recorded> {
    let name = KeyName::new(origin).unwrap();
    let log = SigningKey::from_seed(name, &[1; 32]);
    let mut tree = Frontier::new();
    tree.extend((0..size).map(|leaf| leaf_hash(&leaf.to_be_bytes())));
    let text = Checkpoint::new(Origin::new(origin).unwrap(), tree.head()).sign(&log).unwrap();
    let checkpoint = VerifiedCheckpoint::open(text.as_bytes(), log.verifier()).unwrap();
    let witness = SigningKey::cosigner_from_seed(KeyName::new("w.example").unwrap(), &[2; 32]);
    let keys = [CosigningKey::Ed25519(witness)];
    Arc::new(Recorded::cosign(&checkpoint, log.verifier(), &keys, time_s).unwrap())
}

fn open(dir: &Path) -> Result<(Journal, Live), WitnessError> {
    Journal::open(dir, 1000)
}

/// A journal of three batches, and where each ends.
fn journal(dir: &Path) -> (Vec<u8>, Vec<usize>) {
    create(dir).unwrap();
    let (mut journal, _) = open(dir).unwrap();
    let mut ends = vec![fs::read(path(dir)).unwrap().len()];
    for batch in [
        vec![head("a.example", 1, 10), head("b.example", 4, 10)],
        vec![head("a.example", 3, 11)],
        vec![head("a.example", 9, 12), head("a.example", 9, 13), head("b.example", 5, 13)],
    ] {
        journal.append(&batch).unwrap();
        ends.push(fs::read(path(dir)).unwrap().len());
    }
    (fs::read(path(dir)).unwrap(), ends)
}

fn sizes(live: &Live) -> Vec<(u64, u64)> {
    live.values().map(|head| (head.head().size, head.time_s())).collect()
}

#[test]
fn what_was_appended_is_read_again() {
    let directory = tempfile::tempdir().unwrap();
    let (bytes, _) = journal(directory.path());
    let (_, live) = open(directory.path()).unwrap();
    assert_eq!(sizes(&live), [(9, 13), (5, 13)]);
    assert_eq!(live.values().next().unwrap(), &head("a.example", 9, 13));
    assert_eq!(fs::read(path(directory.path())).unwrap(), bytes);
}

#[test]
fn an_unfinished_last_batch_is_cut_off_wherever_it_ends() {
    let directory = tempfile::tempdir().unwrap();
    let (bytes, ends) = journal(directory.path());
    let expected: [&[(u64, u64)]; 4] = [&[], &[(1, 10), (4, 10)], &[(3, 11), (4, 10)], &[(9, 13), (5, 13)]];
    for length in ends[0]..=bytes.len() {
        let whole = ends.iter().filter(|end| **end <= length).count() - 1;
        let found = read(&bytes[..length]).ok().unwrap();
        assert_eq!((found.whole, &*sizes(&found.live)), (ends[whole], expected[whole]), "cut at {length}");
    }
    // What is appended next begins where the last whole batch ends.
    for length in (ends[0]..=bytes.len()).step_by(61) {
        fs::write(path(directory.path()), &bytes[..length]).unwrap();
        open(directory.path()).unwrap().0.append(&[head("a.example", 20, 20)]).unwrap();
        let (_, live) = open(directory.path()).unwrap();
        assert_eq!(live.get(&Origin::new("a.example").unwrap()).unwrap().head().size, 20);
    }
    fs::write(path(directory.path()), [&bytes[..ends[2]], &[0; 5000]].concat()).unwrap();
    assert_eq!(sizes(&open(directory.path()).unwrap().1), expected[2]);
}

#[test]
fn every_changed_byte_is_damage() {
    let directory = tempfile::tempdir().unwrap();
    let (bytes, _) = journal(directory.path());
    for place in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        fs::write(path(directory.path()), &changed).unwrap();
        let refused = open(directory.path()).err().unwrap_or_else(|| panic!("byte {place} changed unseen"));
        assert_eq!(refused.code(), "C107", "byte {place}");
        assert_eq!(fs::read(path(directory.path())).unwrap(), changed, "nothing is mended");
    }
    for cut in [0, HEADER.len() - 1] {
        fs::write(path(directory.path()), &bytes[..cut]).unwrap();
        assert_eq!(open(directory.path()).err().unwrap().code(), "C107");
    }
    fs::remove_file(path(directory.path())).unwrap();
    assert_eq!(open(directory.path()).err().unwrap().code(), "C108");
}

#[test]
fn heads_that_go_back_are_damage() {
    let fork = {
        let mut other = (*head("a.example", 3, 12)).clone();
        other = Recorded::parse(other.note_text().replace("\n3\n", "\n4\n").as_bytes(), 12).unwrap();
        Arc::new(other)
    };
    let four = head("a.example", 4, 11);
    for (first, second) in [
        (head("a.example", 3, 11), head("a.example", 2, 12)),
        (head("a.example", 3, 11), head("a.example", 4, 10)),
        (four, fork),
    ] {
        let directory = tempfile::tempdir().unwrap();
        create(directory.path()).unwrap();
        let (mut journal, _) = open(directory.path()).unwrap();
        journal.append(&[first]).unwrap();
        journal.append(&[second]).unwrap();
        assert_eq!(open(directory.path()).err().unwrap().code(), "C107");
    }
}

#[test]
fn a_rewrite_keeps_the_last_heads_and_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let (bytes, _) = journal(directory.path());
    fs::write(directory.path().join("heads.new"), "an unfinished rewrite").unwrap();
    let (mut journal, live) = open(directory.path()).unwrap();
    assert!(!directory.path().join("heads.new").exists());
    for time_s in 20.. {
        if journal.is_worth_rewriting() {
            break;
        }
        journal.append(&[head("a.example", 9, time_s)]).unwrap();
        assert!(time_s < 100, "it is rewritten some time");
    }
    journal.rewrite(&live).unwrap();
    assert!(fs::read(path(directory.path())).unwrap().len() < bytes.len());
    assert!(!journal.is_worth_rewriting());
    journal.append(&[head("b.example", 6, 14)]).unwrap();
    let (_, live) = open(directory.path()).unwrap();
    assert_eq!(sizes(&live), [(9, 13), (6, 14)]);
}
