//! The three states of a head, records that the rules refuse, cosigned stamps, a chain of mirrors.

use crate::house::{
    copy, forms, found, get, judge, keys, mirror, node, post, settings, stamp_key, until, url,
};
use hakiki_core::fixture::{Fixture, Rivals, Setting, log_key, mirror_key, witness_key};
use hakiki_mirror::{AlarmKind, Keys, Named};
use hakiki_note::{KeyName, SigningKey};
use hakiki_store::{Log, PosixDisk, SignFailure};
use hakiki_tlog::cosignature::{add_cosignatures, verify_cosignature};
use hakiki_tlog::{Checkpoint, CosigningKey, Head, VerifiedCheckpoint};
use hakiki_witness::Witness;
use std::fs;
use std::path::Path;
use std::sync::Arc;

fn rivals() -> Fixture {
    let rivals = Rivals { witnesses: 2, quorum: 2, mirrors: 2, intakes: 0 };
    Fixture::with_rivals(&Setting::default(), &rivals)
}

/// The head of a directory with cosignatures.
fn cosigned(dir: &Path, keys: Vec<SigningKey>) -> String {
    let bytes = fs::read(dir.join("checkpoint")).unwrap();
    let mut head = VerifiedCheckpoint::open(&bytes, log_key().verifier()).unwrap();
    for key in keys {
        let verifier = key.verifier().clone();
        let line = CosigningKey::Ed25519(key).cosign(&head, 1_930_338_000).unwrap();
        assert_eq!(add_cosignatures(&mut head, &[line], &[verifier]), 1);
    }
    head.to_text()
}

#[tokio::test(flavor = "multi_thread")]
async fn cosigned_and_held_heads_are_served_where_they_are_that() {
    let (place, fixture) = (tempfile::tempdir().unwrap(), rivals());
    let at = |name: &str| place.path().join(name);
    found(&at("node"), &fixture, &forms(&fixture, 3));
    copy(&at("node/log"), &at("shown"));
    let running = mirror(settings(at("shown").display().to_string(), &at("mirror"))).await;
    until("it catches up", || running.size() == fixture.records.len() as u64 + 3);
    let witnesses = || vec![witness_key(1), witness_key(2)];
    let one = cosigned(&at("node/log"), vec![witness_key(1)]);
    let good = cosigned(&at("node/log"), witnesses());
    let show = |name: &str, text: &str| fs::write(at("shown").join(name), text).unwrap();
    // One of two is no quorum, whatever file it stands in.
    show("cosigned", &one);
    show("held", &cosigned(&at("node/log"), vec![mirror_key(1)]));
    show("checkpoint", &one);
    until("the newest carries it", || get(running.address, "/checkpoint").text() == one);
    assert_eq!([get(running.address, "/cosigned").status, get(running.address, "/held").status], [404, 404]);
    show("cosigned", &good);
    until("the quorum is seen", || get(running.address, "/cosigned").text() == good);
    let held = cosigned(&at("node/log"), vec![witness_key(1), witness_key(2), mirror_key(1), mirror_key(2)]);
    show("held", &held);
    until("rivals hold it", || get(running.address, "/held").text() == held);
    let id = fixture.records[2].id();
    assert!(get(running.address, &format!("/receipt/{id}")).text().ends_with(&held));
    running.stop().await.unwrap();
    assert_eq!(fs::read_to_string(at("mirror/log/cosigned")).unwrap(), good);
    assert_eq!(fs::read_to_string(at("mirror/log/held")).unwrap(), held);
    judge(&at("mirror"), &fixture);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_the_rules_refuse_is_kept_and_told() {
    let (place, fixture) = (tempfile::tempdir().unwrap(), rivals());
    let at = |name: &str| place.path().join(name);
    let all = forms(&fixture, 3);
    found(&at("node"), &fixture, &all[..1]);
    let origin = log_key().name().as_str().parse().unwrap();
    let mut sign = |head: &Head| -> Result<String, SignFailure> {
        Ok(Checkpoint::new("log.mfano.example/fixture".parse().unwrap(), *head).sign(&log_key())?)
    };
    let mut log = Log::open(Arc::new(PosixDisk::new(at("node"))), &origin, &mut sign).unwrap();
    let entries =
        vec![b"no record".to_vec(), all[1].note().as_bytes().to_vec(), all[0].note().as_bytes().to_vec()];
    let size = log.append(entries, &mut sign).unwrap().head.size;
    log.settle().unwrap();
    drop(log);
    let running = mirror(settings(at("node").display().to_string(), &at("mirror"))).await;
    until("it catches up", || running.size() == size);
    let refused: Vec<_> =
        running.alarms().into_iter().filter(|alarm| alarm.kind == AlarmKind::Inadmissible).collect();
    // What is no record, and what stands twice; what lies between counts.
    assert_eq!(refused.len(), 2, "{refused:?}");
    assert!(refused.iter().all(|alarm| alarm.found.starts_with("F204") && alarm.evidence.is_none()));
    until("pages are made", || get(running.address, "/").status == 200);
    running.stop().await.unwrap();
    let bundle = |dir: &str| fs::read(at(dir).join(format!("log/tile/entries/000.p/{size}"))).unwrap();
    assert_eq!(bundle("mirror"), bundle("node"), "it is kept as it was signed");
    // It is told again after a start.
    let again = mirror(settings(at("node").display().to_string(), &at("mirror"))).await;
    assert_eq!(again.alarms().iter().filter(|alarm| alarm.kind == AlarmKind::Inadmissible).count(), 2);
    again.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn stamps_are_cosigned_by_witnesses_and_compared() {
    let (place, fixture) = (tempfile::tempdir().unwrap(), rivals());
    let at = |name: &str| place.path().join(name);
    found(&at("node"), &fixture, &[]);
    let stamps = stamp_key(KeyName::new("mirror.bridge.example/m1/stamps").unwrap());
    let flags = [
        ("dir", at("witness").display().to_string()),
        ("listen", "127.0.0.1:0".to_owned()),
        ("logs", format!("{} {}", stamps.verifier(), log_key().verifier())),
    ];
    let flags = flags.map(|(key, value)| (key.to_owned(), value));
    let configuration = hakiki_witness::Configuration::load(None, [], &flags).unwrap();
    let witness = Witness::start(configuration, vec![CosigningKey::Ed25519(witness_key(1))]).await.unwrap();
    let mut told = settings(at("node").display().to_string(), &at("mirror"));
    told.keys = Keys { stamping: Some(stamps), ..keys() };
    let named = format!("{}={}", witness_key(1).name(), url(witness.address));
    told.witnesses = vec![named.parse::<Named>().unwrap()];
    let running = mirror(told).await;
    until("it catches up", || running.size() == fixture.records.len() as u64);
    let form = forms(&fixture, 1).remove(0);
    assert_eq!(post(running.address, "/submit", "", form.note().as_bytes()).status, 202);
    let is_cosigned = || {
        let checkpoint = Checkpoint::parse;
        let head = get(running.address, "/stamps/checkpoint");
        let note = hakiki_note::Note::parse(&head.body).unwrap();
        let checkpoint = checkpoint(&note.text).unwrap();
        checkpoint.head.size == 1
            && note
                .signatures
                .iter()
                .any(|line| verify_cosignature(&checkpoint, line, witness_key(1).verifier()).is_ok())
    };
    until("the head of the stamps is cosigned", is_cosigned);
    // The witness cosigned a head of the log that the log does not show: told, and not called a fork.
    let mut tree = hakiki_tlog::MemoryTree::new();
    tree.extend(fixture.records.iter().map(|r| hakiki_tlog::leaf_hash(r.note().as_bytes())));
    tree.push(hakiki_tlog::leaf_hash(b"hidden"));
    let origin = log_key().name().as_str().parse().unwrap();
    let hidden = Checkpoint::new(origin, tree.head()).sign(&log_key()).unwrap();
    let hidden = VerifiedCheckpoint::open(hidden.as_bytes(), log_key().verifier()).unwrap();
    let body = hakiki_tlog::witness::AddCheckpoint::new(0, Vec::new(), &hidden).to_body();
    assert_eq!(post(witness.address, "/add-checkpoint", "", body.as_bytes()).status, 200);
    until("it is told", || running.alarms().iter().any(|alarm| alarm.kind == AlarmKind::Unproved));
    assert!(running.alarms().iter().all(|alarm| alarm.kind != AlarmKind::Fork));
    running.stop().await.unwrap();
    witness.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_chain_of_mirrors_keeps_reaches_the_log() {
    let (place, fixture) = (tempfile::tempdir().unwrap(), crate::house::fixture());
    let at = |name: &str| place.path().join(name);
    found(&at("node"), &fixture, &[]);
    let running = node(&at("node"), "127.0.0.1:0").await;
    let address = running.address;
    let first = mirror(settings(url(address), &at("first"))).await;
    until("it catches up", || first.size() == fixture.records.len() as u64);
    let mut told = settings(url(first.address), &at("second"));
    told.keys = keys();
    let second = mirror(told).await;
    until("so does the next", || second.size() == first.size());
    running.stop().await.unwrap();
    let form = forms(&fixture, 1).remove(0);
    let kept = post(second.address, "/submit", "", form.note().as_bytes());
    assert!(kept.status == 202 && kept.text().starts_with("hakiki/stamp@v1\n"), "{}", kept.text());
    let running = node(&at("node"), &address.to_string()).await;
    until("it is in the log", || get(second.address, &format!("/receipt/{}", form.id())).status == 200);
    until("nothing waits", || get(second.address, "/health").text().contains("\"submissions_waiting\":0"));
    for mirror in [first, second] {
        mirror.stop().await.unwrap();
    }
    running.stop().await.unwrap();
}
