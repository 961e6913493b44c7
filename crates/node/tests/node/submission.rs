//! Receipts, places, batches, restarts, and a disk that fails.

use crate::house::{House, judge, reopened, together};
use hakiki_core::Record;
use hakiki_core::fixture::{Fixture, Setting, key};
use hakiki_core::view::{ContestView, Selection, results::results_text};
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread")]
async fn a_form_gets_a_place_and_a_receipt() {
    let house = House::new(&[]).await;
    let before = house.client.size().await;
    let form = house.fixture.signed_form(0, [100, 50, 10], 3);
    let began = Instant::now();
    let answer = house.client.submit_record(&form).await;
    let took = began.elapsed();
    let receipt = answer.receipt();
    assert_eq!((receipt.index(), receipt.entry()), (before, Some(form.note().as_bytes())));
    assert_eq!(receipt.checkpoint().head().size, before + 1);
    assert_eq!(house.client.size().await, before + 1);
    assert!(took < Duration::from_secs(5), "one sender does not wait for others: {took:?}");
    let again = house.client.get(&format!("/receipt/{}", form.id())).await;
    assert_eq!(again.receipt().index(), before);
    let (report, directory, _) = house.close().await;
    assert_eq!(report.head.unwrap().size, before + 1);
    let ledger = reopened(&directory);
    let total = ContestView::new(&ledger, 0, ledger.size(), Selection::All).total(&ledger);
    assert_eq!((total.standing, total.missing), (1, 7));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_note_again_has_the_same_place_and_the_stored_bytes() {
    let house = House::new(&[]).await;
    let form = house.fixture.signed_form(1, [1, 2, 3], 0);
    let place = house.client.submit_record(&form).await.receipt().index();
    let size = house.client.size().await;
    // The same text under other signature bytes: the last base64 letters of the first line are changed.
    let mut forged = form.note().to_owned();
    let at = forged.rfind("\n\u{2014} ").unwrap() - 3;
    let other = if forged.as_bytes()[at] == b'A' { "B" } else { "A" };
    forged.replace_range(at..=at, other);
    assert_eq!(Record::parse(forged.as_bytes()).unwrap().id(), form.id());
    for note in [form.note(), &forged] {
        let receipt = house.client.submit(note.to_owned()).await.receipt();
        assert_eq!((receipt.index(), receipt.entry()), (place, Some(form.note().as_bytes())));
    }
    assert_eq!(house.client.size().await, size);
    let known = house.client.metric("hakiki_submissions_total{outcome=\"known\"}").await;
    assert_eq!(known, 2);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_note_sent_by_many_at_once_stands_once() {
    let house = House::new(&[]).await;
    let form = house.fixture.signed_form(2, [5, 5, 5], 0);
    let size = house.client.size().await;
    let senders = (0..50).map(|_| {
        let (client, form) = (house.client.clone(), form.clone());
        async move { client.submit_record(&form).await.receipt().index() }
    });
    let places = together(50, senders).await;
    assert!(places.iter().all(|place| *place == size), "{places:?}");
    assert_eq!(house.client.size().await, size + 1);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_senders_share_appends() {
    let fixture = Fixture::new(&Setting { stations: 1000, ..Setting::default() });
    let house = House::of(fixture, &[]).await;
    let size = house.client.size().await;
    let forms: Vec<Record> =
        (0..1000).map(|station| house.fixture.signed_form(station, [3, 2, 1], 0)).collect();
    let senders = forms.iter().cloned().map(|form| {
        let client = house.client.clone();
        async move {
            let receipt = client.submit_record(&form).await.receipt();
            assert_eq!(receipt.entry(), Some(form.note().as_bytes()));
            receipt.index()
        }
    });
    let mut places = together(400, senders.collect::<Vec<_>>()).await;
    places.sort_unstable();
    assert_eq!(places, (size..size + 1000).collect::<Vec<_>>());
    let appends = house.client.metric("hakiki_append_seconds_count").await;
    assert!(appends <= 500, "{appends} appends for 1000 submissions");
    assert_eq!(house.client.metric("hakiki_batch_entries_sum").await, 1000);
    assert_eq!(house.client.metric("hakiki_queue_length").await, 0);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_keeps_everything() {
    let house = House::new(&[]).await;
    for station in 0..5 {
        house.client.submit_record(&house.fixture.signed_form(station, [9, 8, 7], 1)).await.receipt();
    }
    let (checkpoint, size) = (house.client.get("/checkpoint").await.body, house.client.size().await);
    let results = house.client.get(&format!("/results/{size}")).await.body;
    let (_, directory, fixture) = house.close().await;
    assert_eq!(results_text(&reopened(&directory), size).as_bytes(), results);
    let house = House::over(directory, fixture, &[]).await;
    assert_eq!(house.client.get("/checkpoint").await.body, checkpoint);
    assert_eq!(house.client.get(&format!("/results/{size}")).await.body, results);
    let old = house.fixture.signed_form(3, [9, 8, 7], 1);
    assert!(house.client.submit_record(&old).await.receipt().index() < size);
    let new = house.fixture.signed_form(6, [1, 1, 1], 0);
    assert_eq!(house.client.submit_record(&new).await.receipt().index(), size);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_append_acknowledges_nothing_and_ends_acceptance() {
    let house = House::new(&[]).await;
    let first = house.fixture.signed_form(0, [1, 1, 1], 0);
    house.client.submit_record(&first).await.receipt();
    let size = house.client.size().await;
    // The directory of the tiles turns into a file: every write there fails, when the batch is in the journal already.
    let tiles = house.directory.path().join("data/log/tile");
    let aside = house.directory.path().join("aside");
    std::fs::rename(&tiles, &aside).unwrap();
    std::fs::write(&tiles, "").unwrap();
    let second = house.fixture.signed_form(1, [1, 1, 1], 0);
    let answer = house.client.submit_record(&second).await;
    assert_eq!(answer.status, 500);
    assert!(answer.text().starts_with("N112"), "{}", answer.text());
    assert_eq!(house.running.failure().await.code(), "N112");
    let health = house.client.get("/health").await;
    assert_eq!(health.status, 503);
    assert!(health.text().contains("\"failed\""), "{}", health.text());
    for form in [&first, &second] {
        assert_eq!(house.client.submit_record(form).await.status, 500);
    }
    assert_eq!(house.client.size().await, size, "what is published stays readable");
    assert_eq!(house.running.stop().await.unwrap_err().code(), "N112");
    std::fs::remove_file(&tiles).unwrap();
    std::fs::rename(&aside, &tiles).unwrap();
    judge(house.directory.path(), house.fixture.fingerprint);
    let house = House::over(house.directory, house.fixture, &[]).await;
    assert_eq!(house.client.submit_record(&second).await.receipt().index(), size);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_answers_what_waits() {
    let house = House::new(&[("batch_delay_ms", "200")]).await;
    let senders: Vec<_> = (0..8)
        .map(|station| {
            let (client, form) = (house.client.clone(), house.fixture.signed_form(station, [1, 0, 0], 0));
            tokio::spawn(async move { (client.submit_record(&form).await, form) })
        })
        .collect();
    let router = house.running.router();
    house.running.stop().await.unwrap();
    let ledger = reopened(&house.directory);
    for sender in senders {
        // Whoever came too late to be accepted was not answered at all, or with R404.
        let Ok((answer, form)) = sender.await else { continue };
        if answer.status == 200 {
            assert_eq!(ledger.place_of(form.id()), Some(answer.receipt().index()));
        } else {
            assert_eq!(answer.refusal(Some(form.note().as_bytes())), "R404");
            assert_eq!(ledger.place_of(form.id()), None);
        }
    }
    let late = house.fixture.sign(house.fixture.form(0, [7, 7, 7], 0), &[&key("compiler")]);
    let request =
        axum::http::Request::post("/submit").body(axum::body::Body::from(late.note().to_owned())).unwrap();
    let answer = tower::ServiceExt::oneshot(router, request).await.unwrap();
    assert_eq!(answer.status().as_u16(), 503);
    judge(house.directory.path(), house.fixture.fingerprint);
}
