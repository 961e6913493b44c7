//! Every answer of the specification, over HTTP.

use crate::house::{House, START_S, TestLog, branch, configuration, ed25519, leaves, ml_dsa, tree};
use hakiki_note::{Note, sha256};
use hakiki_tlog::cosignature::{add_cosignatures, verify_cosignature};
use hakiki_tlog::witness::{AddCheckpoint, parse_cosignatures, parse_recorded_size};
use hakiki_tlog::{Head, VerifiedCheckpoint};
use hakiki_witness::RefusedHead;

#[test]
fn a_log_gets_its_heads_cosigned() {
    let directory = tempfile::tempdir().unwrap();
    let (log, tree) = (TestLog::new("log.example/a"), leaves(40));
    let mut settings = configuration(directory.path(), &[&log]);
    settings.prefix = "/w/1".to_owned();
    let house = House::new(settings, vec![ed25519(), ml_dsa()]);
    let folder = log.folder();
    assert_eq!(house.client.fetch(&format!("/{folder}/checkpoint")).status, 404);
    for (at, (old, new)) in [(0, 0), (0, 7), (7, 7), (7, 40)].into_iter().enumerate() {
        house.set_clock(START_S + at as u64);
        let heard = house.client.add(&log.request(&tree, old, new));
        assert_eq!((heard.status, &*heard.content_type), (200, "text/plain; charset=utf-8"), "{heard:?}");
        let lines = parse_cosignatures(heard.body.as_bytes()).unwrap();
        let mut checkpoint = log.sign(tree.head_at(new).unwrap());
        for (line, key) in lines.iter().zip([ed25519(), ml_dsa()]) {
            let time_s = verify_cosignature(checkpoint.checkpoint(), line, key.verifier());
            assert_eq!(time_s, Ok(START_S + at as u64));
        }
        assert_eq!(
            add_cosignatures(
                &mut checkpoint,
                &lines,
                &[ed25519().verifier().clone(), ml_dsa().verifier().clone()]
            ),
            2
        );
        // Monitors see the same lines on the same head, behind the log's.
        let seen = house.client.fetch(&format!("/{folder}/checkpoint"));
        assert_eq!((seen.status, seen.body), (200, checkpoint.to_text()));
    }
    let about = house.client.fetch("/").body;
    assert_eq!(
        about,
        format!("key {}\nkey {}\nlog log.example/a\n", ed25519().verifier(), ml_dsa().verifier())
    );
    assert_eq!(house.client.fetch("/refused").status, 404);
    house.stop();
}

#[test]
fn a_client_that_lost_its_place_finds_it_again() {
    let directory = tempfile::tempdir().unwrap();
    let (log, tree) = (TestLog::new("log.example/a"), leaves(40));
    let house = House::usual(directory.path(), &[&log]);
    assert_eq!(house.client.add(&log.request(&tree, 0, 9)).status, 200);
    let heard = house.client.add(&log.request(&tree, 0, 30));
    assert_eq!((heard.status, &*heard.content_type, &*heard.body), (409, "text/x.tlog.size", "9\n"));
    let recorded = parse_recorded_size(heard.body.as_bytes()).unwrap();
    assert_eq!(house.client.add(&log.request(&tree, recorded, 30)).status, 200);
    // A smaller head is never cosigned again, with whatever old size.
    assert_eq!(house.client.add(&log.request(&tree, 0, 9)).status, 409);
    assert_eq!(house.client.add(&log.request(&tree, 9, 9)).status, 409);
    assert_eq!(house.client.add(&log.request(&tree, 30, 9)).status, 400);
    house.stop();
}

#[test]
fn malformed_unknown_and_unsigned() {
    let directory = tempfile::tempdir().unwrap();
    let (log, tree) = (TestLog::new("log.example/a"), leaves(9));
    let house = House::usual(directory.path(), &[&log]);
    let good = log.request(&tree, 3, 7);
    for bad in
        ["", "old 3\n", &good.replace("old 3", "old 03"), &good.replace("old", "new"), &"x".repeat(300_000)]
    {
        assert_eq!(house.client.add(bad).status, 400, "{bad:.60}");
    }
    let hash = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
    let (_, note) = good.split_once("\n\n").unwrap();
    assert_eq!(house.client.add(&format!("old 3\n{}\n{note}", hash.repeat(64))).status, 400);
    assert_eq!(house.client.add(&log.request(&tree, 8, 7)).status, 400);
    assert_eq!(house.client.add(&TestLog::new("log.example/b").request(&tree, 0, 7)).status, 404);
    assert_eq!(
        house.client.add(&format!("old 0\n\n{}", note.replacen("log.example/a", "no log", 1))).status,
        404
    );
    // Another size under the same signature, and a signature by a key that is not the log's.
    assert_eq!(house.client.add(&log.request(&tree, 0, 7).replace("\n7\n", "\n8\n")).status, 403);
    let unsigned = Note::parse(note.as_bytes()).unwrap().text;
    let stranger = hakiki_note::SigningKey::from_seed(log.origin.key_name().clone(), &[9; 32]);
    let forged = Note::sign(unsigned, &[&stranger]).to_text();
    assert_eq!(house.client.add(&format!("old 0\n\n{forged}")).status, 403);
    assert_eq!(house.client.fetch("/add-checkpoint").status, 405);
    assert_eq!(house.client.fetch("/nowhere/at/all").status, 404);
    assert_eq!(house.client.fetch(&format!("/{}/checkpoint", log.folder())).status, 404);
    house.stop();
}

#[test]
fn refused_heads_are_kept_and_shown() {
    let directory = tempfile::tempdir().unwrap();
    let log = TestLog::new("log.example/a");
    let shared = branch(&[], "leaf", 5);
    let (good, fork) = (tree(&branch(&shared, "good", 9)), tree(&branch(&shared, "fork", 9)));
    let house = House::usual(directory.path(), &[&log]);
    let folder = log.folder();
    let empty = Head { size: 0, root: sha256(b"not empty") };
    assert_eq!(house.client.add(&AddCheckpoint::new(0, Vec::new(), &log.sign(empty)).to_body()).status, 422);
    assert_eq!(house.client.add(&log.request(&good, 0, 9)).status, 200);
    let recorded = house.client.fetch(&format!("/{folder}/checkpoint")).body;
    let same_size = log.request(&fork, 9, 9);
    for _ in 0..2 {
        assert_eq!(house.client.add(&same_size).status, 422);
        assert_eq!(house.client.add(&log.request(&fork, 9, 12)).status, 422);
        // A stale old size with a head that contradicts the recorded one: 409, and evidence all the same.
        assert_eq!(house.client.add(&same_size.replace("old 9", "old 3")).status, 409);
    }
    let itself =
        log.request(&good, 9, 9).replacen('\n', "\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", 1);
    assert_eq!(house.client.add(&itself).status, 422, "no evidence, since nothing is contradicted");
    assert_eq!(house.client.add(&format!("{same_size}— stranger.example Uw2QOkn8\n")).status, 422);
    let list = house.client.fetch(&format!("/{folder}/refused")).body;
    let mut reasons: Vec<_> = list.lines().map(|line| line.split_once(' ').unwrap().1).collect();
    reasons.sort_unstable();
    assert_eq!(reasons, ["empty-tree", "proof", "same-size"], "each once: {list}");
    for line in list.lines() {
        let (hash, reason) = line.split_once(' ').unwrap();
        let heard = house.client.fetch(&format!("/{folder}/refused/{hash}"));
        assert_eq!((heard.status, sha256(heard.body.as_bytes()).to_string()), (200, hash.to_owned()));
        let found = RefusedHead::parse(heard.body.as_bytes()).unwrap();
        VerifiedCheckpoint::open(found.refused.as_bytes(), &log.key()).unwrap();
        assert_eq!(found.proves_fork(&log.key()), reason != "proof");
        assert_eq!(found.recorded.as_deref(), (reason != "empty-tree").then_some(&*recorded));
    }
    assert_eq!(house.client.fetch(&format!("/{folder}/refused/{}", sha256(b""))).status, 404);
    assert_eq!(house.client.fetch(&format!("/{folder}/refused/x")).status, 404);
    assert_eq!(house.client.fetch("/elsewhere/refused").status, 404);
    // What is refused changes nothing: the good history goes on.
    assert_eq!(house.client.add(&log.request(&good, 9, 14)).status, 200);
    let metrics = house.client.fetch("/metrics").body;
    for line in [
        "hakiki_witness_refused_heads 3",
        "hakiki_witness_forks 2",
        "hakiki_witness_head_size{origin=\"log.example/a\"} 14",
        "hakiki_witness_requests_total{route=\"add-checkpoint\",status=\"422\"} 7",
        "hakiki_witness_batch_heads_sum 2",
    ] {
        assert!(metrics.lines().any(|found| found == line), "{line}\n{metrics}");
    }
    let health = house.client.fetch("/health");
    assert_eq!((health.status, &*health.body), (200, "{\"state\":\"running\",\"logs\":1}\n"));
    house.stop();
    // They are there after a restart.
    let house = House::usual(directory.path(), &[&log]);
    assert_eq!(house.client.fetch(&format!("/{folder}/refused")).body, list);
    house.stop();
}

#[test]
fn time_never_goes_back() {
    let directory = tempfile::tempdir().unwrap();
    let (log, tree) = (TestLog::new("log.example/a"), leaves(40));
    let house = House::usual(directory.path(), &[&log]);
    let add = |old, new| house.client.add(&log.request(&tree, old, new));
    let time_of = |body: &str, new| {
        let line = &parse_cosignatures(body.as_bytes()).unwrap()[0];
        verify_cosignature(log.sign(tree.head_at(new).unwrap()).checkpoint(), line, ed25519().verifier())
            .unwrap()
    };
    let first = add(0, 5);
    assert_eq!(time_of(&first.body, 5), START_S);
    assert_eq!(add(5, 5), first, "the same head in the same second is the same cosignature");
    house.set_clock(START_S - 60);
    assert_eq!(time_of(&add(5, 6).body, 6), START_S, "a step back of a minute is not told");
    house.set_clock(START_S - 100);
    let heard = add(6, 7);
    assert_eq!((heard.status, heard.retry_after.as_deref()), (503, Some("100")), "{heard:?}");
    house.stop();
    let house = House::usual(directory.path(), &[&log]);
    house.set_clock(0);
    assert_eq!(house.client.add(&log.request(&tree, 6, 7)).status, 503);
    house.set_clock(START_S + 1);
    assert_eq!(house.client.add(&log.request(&tree, 6, 7)).status, 200);
    house.stop();
}
