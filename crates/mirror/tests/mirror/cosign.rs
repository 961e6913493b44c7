//! Cosigning only what is held.

use crate::house::{NAME, fixture, forms, found, get, keys, mirror, node, post, settings, until, url};
use hakiki_core::fixture::log_key;
use hakiki_tlog::cosignature::verify_cosignature;
use hakiki_tlog::witness::{AddCheckpoint, origin_folder, parse_cosignatures};
use hakiki_tlog::{Checkpoint, Head, VerifiedCheckpoint, leaf_hash};

#[tokio::test(flavor = "multi_thread")]
async fn a_head_is_cosigned_when_it_is_held_and_not_before() {
    let (place, fixture) = (tempfile::tempdir().unwrap(), fixture());
    let at = |name: &str| place.path().join(name);
    found(&at("node"), &fixture, &forms(&fixture, 3));
    let node = node(&at("node"), "127.0.0.1:0").await;
    let mut told = settings(url(node.address), &at("mirror"));
    // It looks only when it is told to.
    told.every = std::time::Duration::from_secs(3600);
    told.cosign_wait = std::time::Duration::from_secs(20);
    told.keys = keys();
    let key = told.keys.verifiers().remove(0);
    let mirror = mirror(told).await;
    until("it catches up", || mirror.size() == fixture.records.len() as u64 + 3);
    let newest =
        || VerifiedCheckpoint::open(&get(node.address, "/checkpoint").body, log_key().verifier()).unwrap();
    let old = newest();
    let folder = origin_folder(old.origin());
    assert_eq!(get(mirror.address, &format!("/{folder}/checkpoint")).status, 404);
    let ask = |body: AddCheckpoint| post(mirror.address, "/add-checkpoint", "", body.to_body().as_bytes());
    let answered = ask(AddCheckpoint::new(0, Vec::new(), &old));
    assert_eq!(answered.status, 200, "{}", answered.text());
    let lines = parse_cosignatures(&answered.body).unwrap();
    assert!(verify_cosignature(old.checkpoint(), &lines[0], &key).is_ok());
    // A head that came since is fetched at once, and then cosigned.
    for form in forms(&fixture, 5).drain(3..) {
        assert_eq!(post(node.address, "/submit", "", form.note().as_bytes()).status, 200);
    }
    let new = newest();
    let tree = tree(node.address, new.head().size);
    let proof = tree.consistency_proof(old.head().size, new.head().size).unwrap();
    let answered = ask(AddCheckpoint::new(old.head().size, proof, &new));
    assert_eq!(answered.status, 200, "{}", answered.text());
    until("it serves what it cosigned", || mirror.size() == new.head().size);
    let last = get(mirror.address, &format!("/{folder}/checkpoint"));
    assert!(last.text().contains(NAME) && last.text().starts_with(&new.checkpoint().text()));
    mirror.stop().await.unwrap();
    node.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_cannot_be_fetched_waits() {
    let (place, fixture) = (tempfile::tempdir().unwrap(), fixture());
    let at = |name: &str| place.path().join(name);
    found(&at("node"), &fixture, &[]);
    let mut told = settings(at("node").display().to_string(), &at("mirror"));
    told.keys = keys();
    told.cosign_wait = std::time::Duration::from_millis(200);
    let mirror = mirror(told).await;
    let size = fixture.records.len() as u64;
    until("it catches up", || mirror.size() == size);
    // The log signed a larger head, and nobody has its entries.
    let mut tree = hakiki_tlog::MemoryTree::new();
    tree.extend(fixture.records.iter().map(|record| leaf_hash(record.note().as_bytes())));
    tree.push(leaf_hash(b"hidden"));
    let signed = |head: Head| {
        let text =
            Checkpoint::new(log_key().name().as_str().parse().unwrap(), head).sign(&log_key()).unwrap();
        VerifiedCheckpoint::open(text.as_bytes(), log_key().verifier()).unwrap()
    };
    let ask = |checkpoint: &VerifiedCheckpoint| {
        let body = AddCheckpoint::new(0, Vec::new(), checkpoint).to_body();
        post(mirror.address, "/add-checkpoint", "", body.as_bytes())
    };
    assert_eq!(ask(&signed(tree.head())).status, 503);
    let stranger = signed(tree.head()).to_text().replace('\u{2014}', "\u{2014} x");
    let body = format!("old 0\n\n{stranger}");
    assert_ne!(post(mirror.address, "/add-checkpoint", "", body.as_bytes()).status, 200);
    assert_eq!(
        ask(&signed(tree.head_at(size).unwrap())).status,
        200,
        "what is held is cosigned all the same"
    );
    mirror.stop().await.unwrap();
}

/// The tree of a served log.
fn tree(address: std::net::SocketAddr, size: u64) -> hakiki_tlog::MemoryTree {
    let mut tree = hakiki_tlog::MemoryTree::new();
    for path in hakiki_tlog::bundles_of(size) {
        let bundle = get(address, &format!("/{path}"));
        tree.extend(hakiki_tlog::entries(&bundle.body).map(|entry| leaf_hash(entry.unwrap())));
    }
    tree
}
