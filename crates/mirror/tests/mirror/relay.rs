//! Submissions: relayed, stamped, kept while the log is gone.

use crate::house::{
    NAME, fixture, forms, found, get, judge, keys, mirror, node, post, settings, stamp_key, until, url,
};
use hakiki_core::fixture::log_key;
use hakiki_note::{KeyName, sha256};
use hakiki_tlog::{Receipt, VerifiedCheckpoint, VerifiedStamp, entries};

const STAMPED: &str = "application/vnd.hakiki.stamped";

fn stamps() -> hakiki_note::VerifierKey {
    stamp_key(KeyName::new(&format!("{NAME}/stamps")).unwrap()).verifier().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_are_relayed_stamped_and_kept_while_the_log_is_gone() {
    let (place, fixture) = (tempfile::tempdir().unwrap(), fixture());
    let at = |name: &str| place.path().join(name);
    let all = forms(&fixture, 8);
    let base = fixture.records.len() as u64;
    found(&at("node"), &fixture, &[]);
    let running = node(&at("node"), "127.0.0.1:0").await;
    let address = running.address;
    let mut told = settings(url(address), &at("mirror"));
    told.keys = keys();
    let one = mirror(told).await;
    until("it catches up", || one.size() == base);
    // While the log answers: its receipt, and the stamp behind it for who asks.
    let form = &all[0];
    let answered = post(one.address, "/submit", STAMPED, form.note().as_bytes());
    assert_eq!((answered.status, answered.kind.as_str()), (200, STAMPED), "{}", answered.text());
    let (receipt, stamp) = answered.text().split_once("\nhakiki/stamp@v1\n").unwrap();
    let receipt = Receipt::parse(receipt.as_bytes()).unwrap().verify(log_key().verifier()).unwrap();
    assert_eq!(receipt.entry(), Some(form.note().as_bytes()));
    let stamp = format!("hakiki/stamp@v1\n{stamp}");
    let opened = VerifiedStamp::open(stamp.as_bytes(), &stamps()).unwrap();
    assert_eq!((opened.stamp().record, opened.stamp().note), (*form.id(), sha256(form.note().as_bytes())));
    assert_eq!(get(one.address, &format!("/stamp/{}", form.id())).text(), stamp);
    let plain = post(one.address, "/submit", "", all[1].note().as_bytes());
    assert!(Receipt::parse(&plain.body).is_ok(), "{}", plain.text());
    until("it follows", || one.size() == base + 2);
    let known = post(one.address, "/submit", "", form.note().as_bytes());
    assert!(known.status == 200 && Receipt::parse(&known.body).is_ok());
    // What is no record is refused here; what only the log can judge is brought to it.
    let broken = post(one.address, "/submit", "", b"hakiki/form@v1\n\n");
    assert_eq!((broken.status, &broken.text()[..1]), (400, "R"), "{}", broken.text());
    let text = all[2].note();
    let forged = text.replacen("votes ", "votes  ", 1);
    assert_eq!(post(one.address, "/submit", "", forged.as_bytes()).status, 400);
    let unsigned = flip_signature(text);
    let refused = post(one.address, "/submit", "", unsigned.as_bytes());
    assert_eq!(refused.status, 403);
    assert!(refused.text().starts_with("hakiki/refused@v1\n"), "the log signed it: {}", refused.text());
    // The log goes. Everything is still served; forms are taken and stamped.
    running.stop().await.unwrap();
    assert_eq!(post(one.address, "/submit", "", unsigned.as_bytes()).status, 403);
    for form in &all[2..6] {
        let kept = post(one.address, "/submit", "", form.note().as_bytes());
        assert_eq!(kept.status, 202, "{}", kept.text());
        let opened = VerifiedStamp::open(&kept.body, &stamps()).unwrap();
        assert_eq!(opened.stamp().record, *form.id());
    }
    assert_eq!(get(one.address, "/checkpoint").status, 200);
    // It is killed too, or nearly: what waits is on its disk.
    one.stop().await.unwrap();
    let mut told = settings(url(address), &at("mirror"));
    told.keys = keys();
    let one = mirror(told).await;
    assert!(get(one.address, "/health").text().contains("\"submissions_waiting\":4"));
    let again = post(one.address, "/submit", "", all[3].note().as_bytes());
    assert_eq!(
        (again.status, again.text()),
        (202, get(one.address, &format!("/stamp/{}", all[3].id())).text())
    );
    // The log comes back, and what waited is in it.
    let running = node(&at("node"), &address.to_string()).await;
    for form in &all[2..6] {
        let receipt = format!("/receipt/{}", form.id());
        until("what waited is in the log", || get(one.address, &receipt).status == 200);
    }
    until("nothing waits", || get(one.address, "/health").text().contains("\"submissions_waiting\":0"));
    // The log of stamps is a log.
    let head = get(one.address, "/stamps/checkpoint");
    let head = VerifiedCheckpoint::open(&head.body, &stamps()).unwrap().head();
    assert_eq!(head.size, 6);
    let bundle = get(one.address, "/stamps/tile/entries/000.p/6");
    assert!(entries(&bundle.body).all(|entry| VerifiedStamp::open(entry.unwrap(), &stamps()).is_ok()));
    one.stop().await.unwrap();
    running.stop().await.unwrap();
    judge(&at("mirror"), &fixture);
}

/// The same text with another signature.
fn flip_signature(note: &str) -> String {
    let at = note.len() - 30;
    let other = if note.as_bytes()[at] == b'A' { "B" } else { "A" };
    format!("{}{other}{}", &note[..at], &note[at + 1..])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_has_its_limit_and_the_queue_its_end() {
    let (place, fixture) = (tempfile::tempdir().unwrap(), fixture());
    let at = |name: &str| place.path().join(name);
    found(&at("node"), &fixture, &[]);
    let mut told = settings(at("node").display().to_string(), &at("mirror"));
    told.keys = keys();
    told.key_burst = 2;
    told.key_rate_per_minute = 1;
    told.queue_max = 3;
    let mirror = mirror(told).await;
    until("it catches up", || mirror.size() == fixture.records.len() as u64);
    let status = |station: usize, vote| {
        let form = fixture.signed_form(station, [vote, 2, 3], 0);
        post(mirror.address, "/submit", "", form.note().as_bytes()).status
    };
    assert_eq!([status(0, 1), status(0, 2), status(0, 3)], [202, 202, 429]);
    assert_eq!([status(1, 1), status(2, 1)], [202, 503]);
    mirror.stop().await.unwrap();
}
