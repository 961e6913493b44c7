//! The heads without a server, as a mirror uses them.

use crate::house::{START_S, TestLog, branch, ed25519, leaves, ml_dsa, tree};
use hakiki_note::{KeyName, SigningKey};
use hakiki_tlog::{CosigningKey, VerifiedCheckpoint};
use hakiki_witness::{Decided, Heads, HeadsSettings, NotYet, pin_log};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

#[test]
fn a_mirror_cosigns_only_what_it_holds() {
    let directory = tempfile::tempdir().unwrap();
    let (log, tree) = (TestLog::new("log.example/a"), leaves(40));
    pin_log(directory.path(), &log.key(), None).unwrap();
    let held = Arc::new(AtomicU64::new(10));
    let condition = {
        let held = held.clone();
        move |checkpoint: &VerifiedCheckpoint| {
            let held = held.load(Ordering::Relaxed);
            let found = format!("{held} entries are here");
            if checkpoint.head().size <= held { Ok(()) } else { Err(NotYet { retry_after_s: 3, found }) }
        }
    };
    let mut settings = HeadsSettings::new(vec![ed25519()]);
    settings.condition = Some(Arc::new(condition));
    let heads = Heads::open(directory.path(), settings).unwrap();
    let decide = |old, new| heads.decide_blocking(log.request(&tree, old, new).as_bytes(), START_S);
    assert!(matches!(decide(0, 10), Decided::Cosigned(_)));
    let not_yet = NotYet { retry_after_s: 3, found: "10 entries are here".to_owned() };
    assert_eq!(decide(10, 11), Decided::NotYet(not_yet));
    assert_eq!(heads.recorded(&log.origin).unwrap().head().size, 10);
    held.store(11, Ordering::Relaxed);
    assert!(matches!(decide(10, 11), Decided::Cosigned(_)));
}

#[test]
fn of_many_who_ask_at_once_one_history_is_cosigned() {
    let directory = tempfile::tempdir().unwrap();
    let log = TestLog::new("log.example/a");
    pin_log(directory.path(), &log.key(), None).unwrap();
    for group_commit in [true, false] {
        let mut settings = HeadsSettings::new(vec![ed25519()]);
        settings.group_commit = group_commit;
        let heads = Heads::open(directory.path(), settings).unwrap();
        let start = heads.recorded(&log.origin).map_or(0, |head| head.head().size);
        let shared = branch(&[], "leaf", start);
        assert!(start == 0 || heads.recorded(&log.origin).unwrap().head() == tree(&shared).head());
        let histories: Vec<_> =
            (0..8).map(|number| tree(&branch(&shared, &format!("branch {number}"), 4))).collect();
        let won = AtomicU64::new(0);
        thread::scope(|scope| {
            for history in &histories {
                let (heads, won, log) = (&heads, &won, &log);
                scope.spawn(move || {
                    let body = log.request(history, start, start + 4);
                    match heads.decide_blocking(body.as_bytes(), START_S) {
                        Decided::Cosigned(recorded) => {
                            assert_eq!(recorded.head(), history.head());
                            won.fetch_add(1, Ordering::Relaxed);
                        }
                        Decided::Refused(answer) => assert_eq!(answer.status(), 409),
                        other => panic!("{other:?}"),
                    }
                });
            }
        });
        assert_eq!(won.load(Ordering::Relaxed), 1, "one of eight histories");
        drop(heads);
        // Each round on a log of its own.
        std::fs::remove_dir_all(directory.path()).unwrap();
        pin_log(directory.path(), &log.key(), None).unwrap();
    }
}

#[test]
fn keys_of_a_witness() {
    let directory = tempfile::tempdir().unwrap();
    let other =
        CosigningKey::Ed25519(SigningKey::cosigner_from_seed(KeyName::new("other").unwrap(), &[1; 32]));
    let signer = CosigningKey::Ed25519(SigningKey::from_seed(KeyName::new("w").unwrap(), &[1; 32]));
    for keys in [vec![], vec![ml_dsa()], vec![ml_dsa(), ed25519()], vec![other, ml_dsa()], vec![signer]] {
        let refused = Heads::open(directory.path(), HeadsSettings::new(keys)).err().unwrap();
        assert_eq!(refused.code(), "C114");
    }
}
