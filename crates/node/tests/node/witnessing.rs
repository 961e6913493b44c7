//! The three states of heads: who is asked, what comes of it, and who cannot do harm.

use crate::house::{House, Socket};
use crate::rivals::{
    Scripted, cosigned, fixture, founded, mirrors, pairs, refused, size_at, until, until_size, witnesses,
};
use hakiki_core::fixture::{log_key, mirror_key, witness_key};
use hakiki_core::{HeadStanding, Ledger};
use hakiki_tlog::{Checkpoint, Head, Origin, VerifiedCheckpoint};
use std::time::Instant;

fn standing(ledger: &Ledger, note: &str) -> HeadStanding {
    let checkpoint = VerifiedCheckpoint::open(note.as_bytes(), log_key().verifier()).unwrap();
    ledger.witness_policies().standing(&checkpoint)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_is_cosigned_and_held_and_every_place_says_so() {
    let (witnesses, mirrors) = (witnesses(1..=4).await, mirrors(2).await);
    let settings = [("witness", &*pairs(&witnesses)), ("mirror", &*pairs(&mirrors))];
    let fixture = fixture();
    let ledger = fixture.ledger();
    let house = House::over(founded(&fixture), fixture, &settings).await;
    let mut feed = Socket::open(house.running.address);
    feed.say(b"GET /feed HTTP/1.1\r\nhost: x\r\n\r\n");
    let form = house.fixture.signed_form(0, [1, 2, 3], 0);
    let began = Instant::now();
    house.client.submit_record(&form).await.receipt();
    let size = house.client.size().await;
    until_size(&house, "/cosigned", size).await;
    let took = began.elapsed();
    println!("cosigned after {took:?}");
    assert!(took.as_secs() < 10, "a quiet machine needs a fraction of a second, this took {took:?}");
    until_size(&house, "/held", size).await;
    let all = |note: &str| {
        let standing = standing(&ledger, note);
        assert!(standing.is_cosigned() && standing.is_held(), "{note}");
        assert!(standing.classes().len() >= 3, "{standing:?}");
    };
    all(house.client.get("/held").await.text());
    until("the checkpoint carries them", || async {
        let checkpoint = house.client.get("/checkpoint").await;
        let standing = standing(&ledger, checkpoint.text());
        standing.is_cosigned() && standing.is_held()
    })
    .await;
    let receipt = house.client.get(&format!("/receipt/{}", form.id())).await;
    assert_eq!(receipt.receipt().index(), size - 1);
    all(&receipt.receipt().checkpoint().to_text());
    let health = house.client.get("/health").await;
    let health: serde_json::Value = serde_json::from_str(health.text()).unwrap();
    for state in ["signed", "cosigned", "held"] {
        assert_eq!(health[state]["size"], size, "{health}");
        assert!(health[state]["age_seconds"].is_u64(), "{health}");
    }
    assert_eq!(house.client.metric("hakiki_standing_head_size{state=\"held\"}").await, size);
    feed.until("\"state\":\"held\"");
    let page = house.client.get("/en/log/").await;
    assert!(page.text().contains("held by rivals: mfano.example/mirror-1 (party)"), "{}", page.text());
    assert!(page.text().contains("of 4: mfano.example/witness-"), "{}", page.text());
    let files = house.directory.path().join("data/log");
    let (report, directory, fixture) = house.close().await;
    assert_eq!(report.head.unwrap().size, size);
    for file in ["checkpoint", "cosigned", "held"] {
        all(&std::fs::read_to_string(files.join(file)).unwrap());
    }
    // A restart knows them before it has asked anybody for anything new.
    let house = House::over(directory, fixture, &settings).await;
    for path in ["/checkpoint", "/cosigned", "/held"] {
        assert_eq!(size_at(&house, path).await, size, "{path}");
    }
    assert!(house.client.get("/sw/").await.text().contains("kinashikiliwa na washindani"));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_witnesses_nothing_is_cosigned_and_nothing_waits() {
    let house = House::new(&[]).await;
    house.client.submit_record(&house.fixture.signed_form(0, [1, 2, 3], 0)).await.receipt();
    assert_eq!(house.client.get("/cosigned").await.status, 404);
    assert_eq!(house.client.get("/held").await.status, 404);
    assert!(house.client.get("/health").await.text().contains("\"cosigned\":null,\"held\":null"));
    assert!(house.client.get("/en/log/").await.text().contains("signed by the log alone: no witness"));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn witnesses_that_are_away_cost_nothing_and_are_caught_up_with() {
    let mut witnesses = witnesses(1..=4).await;
    let fixture = fixture();
    let house = House::over(founded(&fixture), fixture, &[("witness", &pairs(&witnesses))]).await;
    witnesses[0].stop().await;
    house.client.submit_record(&house.fixture.signed_form(0, [1, 2, 3], 0)).await.receipt();
    until_size(&house, "/cosigned", house.client.size().await).await;
    let cosigned = size_at(&house, "/cosigned").await;
    witnesses[1].stop().await;
    for station in 1..5 {
        let form = house.fixture.signed_form(station, [1, 2, 3], 0);
        assert_eq!(house.client.submit_record(&form).await.status, 200);
    }
    let size = house.client.size().await;
    let failed = "hakiki_cosigner_answers_total{name=\"mfano.example/witness-2\",outcome=\"failed\"}";
    until("the node notices", || async { house.client.metric(failed).await > 0 }).await;
    assert_eq!(size_at(&house, "/cosigned").await, cosigned, "two of four are no quorum");
    let page = house.client.get("/en/log/").await;
    assert!(page.text().contains("of 3 witnesses so far"), "{}", page.text());
    for witness in &mut witnesses[..2] {
        witness.resume().await;
    }
    until_size(&house, "/cosigned", size).await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lying_witness_does_no_harm() {
    let liar = witness_key(4);
    let own = liar.clone();
    // By turns: another's key, a changed signature, sizes that nobody cosigned, and no answer of the protocol.
    let lying = Scripted::start(Some("no checkpoint\n".to_owned()), move |number, body| match number % 6 {
        0 => cosigned(&witness_key(1), body),
        1 => {
            let (_, _, line) = cosigned(&own, body);
            let at = line.len() - 10;
            let other = if line.as_bytes()[at] == b'A' { "B" } else { "A" };
            (200, None, format!("{}{other}{}", &line[..at], &line[at + 1..]))
        }
        2 => (409, None, "18446744073709551615\n".to_owned()),
        3 => (409, None, "1\n".to_owned()),
        4 => (422, None, "no\n".to_owned()),
        _ => (200, None, "<html>\n".to_owned()),
    })
    .await;
    let honest = witnesses(1..=3).await;
    let setting = format!("{} {}=http://{}", pairs(&honest), liar.name(), lying.address);
    let fixture = fixture();
    let ledger = fixture.ledger();
    let house = House::over(founded(&fixture), fixture, &[("witness", &setting)]).await;
    for station in 0..3 {
        house.client.submit_record(&house.fixture.signed_form(station, [1, 2, 3], 0)).await.receipt();
        until_size(&house, "/cosigned", house.client.size().await).await;
    }
    let failed = "hakiki_cosigner_answers_total{name=\"mfano.example/witness-4\",outcome=\"failed\"}";
    until("every lie is told", || async { lying.asked() >= 7 && house.client.metric(failed).await >= 4 })
        .await;
    assert_eq!(house.client.get("/health").await.status, 200);
    let note = house.client.get("/cosigned").await;
    let names: Vec<String> =
        standing(&ledger, note.text()).witnesses.iter().map(|one| one.name.to_string()).collect();
    assert_eq!(names, [1, 2, 3].map(|n| format!("mfano.example/witness-{n}")));
    let lines = note.text().lines().filter(|line| line.starts_with('\u{2014}')).count();
    assert_eq!(lines, 4, "the log's and three good ones: {}", note.text());
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mirror_that_still_fetches_is_asked_again() {
    let key = mirror_key(1);
    let slow = Scripted::start(None, move |number, body| match number {
        0..=1 => (503, Some(1), "fetching\n".to_owned()),
        _ => cosigned(&key, body),
    })
    .await;
    let (witnesses, fast) = (witnesses(1..=4).await, mirrors(2).await);
    let mirrors = format!("{} {}=http://{}", fast[1].pair(), mirror_key(1).name(), slow.address);
    let fixture = fixture();
    let settings = [("witness", &*pairs(&witnesses)), ("mirror", &mirrors)];
    let house = House::over(founded(&fixture), fixture, &settings).await;
    let size = house.client.size().await;
    until_size(&house, "/cosigned", size).await;
    assert_eq!(house.client.get("/held").await.status, 404, "one class does not hold it for rivals");
    until_size(&house, "/held", size).await;
    assert!(slow.asked() >= 3);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_whose_key_signs_elsewhere_signs_no_more() {
    let origin = Origin::new(log_key().name().as_str()).unwrap();
    let head = Head { size: 1000, root: hakiki_note::sha256(b"another history") };
    let elsewhere = Checkpoint::new(origin, head).sign(&log_key()).unwrap();
    let shown = std::sync::Arc::new(std::sync::Mutex::new(None));
    // It says nothing of it at the start: the other node comes later.
    let (told, text) = (shown.clone(), elsewhere.clone());
    let found = Scripted::start_with(
        move || told.lock().unwrap().clone(),
        move |_, _| (409, None, "1000\n".to_owned()),
    )
    .await;
    let honest = witnesses(1..=3).await;
    let setting = format!("{} {}=http://{}", pairs(&honest), witness_key(4).name(), found.address);
    let fixture = fixture();
    let house = House::over(founded(&fixture), fixture, &[("witness", &setting)]).await;
    house.client.submit_record(&house.fixture.signed_form(0, [1, 2, 3], 0)).await.receipt();
    *shown.lock().unwrap() = Some(text);
    let failure = house.running.failure().await;
    assert!(failure.to_string().contains("N120") && failure.to_string().contains("witness-4"), "{failure}");
    let answer = house.client.submit_record(&house.fixture.signed_form(1, [1, 2, 3], 0)).await;
    assert_eq!(answer.status, 500, "{}", answer.text());
    assert!(house.running.stop().await.is_err());
    let error = refused(house.directory.path(), &[("witness", &setting)]).await;
    assert_eq!(error.code(), "N116", "{error}");
}
