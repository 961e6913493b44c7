//! The chain over files that a crash, a thief or a backup left.

use super::*;
use crate::accounts::Accounts;
use crate::networks::Networks;
use crate::observation::observed;
use crate::seen::{About, Seen};
use hakiki_core::fixture::key;
use hakiki_core::kinds::Body;
use hakiki_note::sha256;

fn open(dir: &Path) -> Result<Chain, RecorderError> {
    Chain::open(dir, key("host"), sha256(b"election"), 0, 0)
}

fn add(chain: &Chain, count: usize) {
    let seen = Seen::new(Event::Boot, 1_930_338_000, About::Machine, "the words of the source");
    let observed = observed(&seen, &Accounts::default(), &Networks::default());
    let draft = Draft { observed, details: seen.details, positions: Vec::new() };
    chain.append(vec![draft; count]).unwrap();
}

fn all(chain: &Chain) -> Vec<(Observed, Hash)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some((sequence, note)) = chain.next_after(at).unwrap() {
        let record = Record::parse(&note).unwrap();
        let Body::Observed(observed) = record.body() else { panic!("{note:?}") };
        assert_eq!(observed.sequence, sequence);
        found.push((observed.clone(), *record.id()));
        at = sequence;
    }
    found
}

fn judge(chain: &Chain, count: usize) {
    let found = all(chain);
    assert_eq!(found.len(), count);
    let mut previous = Hash([0; 32]);
    for (sequence, (observed, id)) in (1..).zip(&found) {
        assert_eq!((observed.sequence, observed.previous), (sequence, previous));
        let opened = crate::find_details(&chain.dir.join(DETAILS), id).unwrap().unwrap();
        assert_eq!(Some(opened.commitment()), observed.details);
        previous = *id;
    }
}

#[test]
fn it_resumes_wherever_a_write_ended() {
    let directory = tempfile::tempdir().unwrap();
    let chain = open(directory.path()).unwrap();
    add(&chain, 2);
    let two = chain.lock().end;
    add(&chain, 1);
    let whole = std::fs::read(directory.path().join(JOURNAL)).unwrap();
    drop(chain);
    for end in (two..whole.len() as u64).step_by(17) {
        std::fs::write(directory.path().join(JOURNAL), &whole[..usize::try_from(end).unwrap()]).unwrap();
        let chain = open(directory.path()).unwrap();
        add(&chain, 1);
        judge(&chain, 3);
    }
}

#[test]
fn one_directory_has_one_recorder() {
    let directory = tempfile::tempdir().unwrap();
    let chain = open(directory.path()).unwrap();
    assert_eq!(open(directory.path()).unwrap_err().code(), "H102");
    drop(chain);
    open(directory.path()).unwrap();
}

#[test]
fn an_old_copy_and_a_damaged_one_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(JOURNAL);
    let chain = open(directory.path()).unwrap();
    add(&chain, 1);
    let old = std::fs::read(&path).unwrap();
    add(&chain, 2);
    chain.write_positions(true);
    drop(chain);
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &old).unwrap();
    assert_eq!(open(directory.path()).unwrap_err().code(), "H103");
    std::fs::remove_file(directory.path().join(POSITIONS)).unwrap();
    let sent = Chain::open(directory.path(), key("host"), sha256(b"election"), 0, 2);
    assert_eq!(sent.unwrap_err().code(), "H103");
    let mut flipped = whole.clone();
    let middle = old.len() / 2;
    flipped[middle] ^= 1;
    std::fs::write(&path, &flipped).unwrap();
    assert_eq!(open(directory.path()).unwrap_err().code(), "H103");
    std::fs::write(&path, &whole).unwrap();
    judge(&open(directory.path()).unwrap(), 3);
}

#[test]
fn a_lost_directory_begins_behind_a_gap() {
    let directory = tempfile::tempdir().unwrap();
    let chain = Chain::open(directory.path(), key("host"), sha256(b"election"), 41, 0).unwrap();
    add(&chain, 2);
    let found = all(&chain);
    assert_eq!((found[0].0.sequence, found[0].0.previous), (43, Hash([0; 32])));
    assert_eq!((found[1].0.sequence, found[1].0.previous), (44, found[0].1));
    drop(chain);
    let chain = Chain::open(directory.path(), key("host"), sha256(b"election"), 41, 0).unwrap();
    add(&chain, 1);
    assert_eq!(all(&chain).last().unwrap().0.sequence, 45);
}

#[test]
fn positions_come_with_the_observation_or_soon() {
    let directory = tempfile::tempdir().unwrap();
    let chain = open(directory.path()).unwrap();
    chain.set_position("journald", "c1".to_owned());
    add(&chain, 1);
    chain.set_position("journald", "c2".to_owned());
    drop(chain);
    let chain = open(directory.path()).unwrap();
    assert_eq!(chain.position("journald").unwrap(), "c1");
    chain.set_position("journald", "c3".to_owned());
    chain.write_positions(true);
    drop(chain);
    assert_eq!(open(directory.path()).unwrap().position("journald").unwrap(), "c3");
}
