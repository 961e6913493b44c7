//! Texts that wait for signatures: visible while they do, in the log when they are whole, kept over a restart.

use crate::house::House;
use hakiki_core::Record;
use hakiki_core::Unfinished;
use hakiki_core::fixture::{custodians, key};
use hakiki_core::kinds::{Notice, NoticeAbout};
use hakiki_core::text::Time;
use hakiki_note::{SignatureLine, SigningKey};
use std::time::{Duration, SystemTime};

/// A notice that the keys sign; whole.
fn notice(house: &House, reason: &str, keys: &[&SigningKey]) -> Record {
    let from = Time::parse("2031-03-04T19:00:00+03:00").unwrap();
    let notice = Notice { about: NoticeAbout::Pause, from, reason: reason.into(), words: None };
    Record::sign(&notice.into(), Some(&house.fixture.fingerprint), keys).unwrap()
}

/// The note with the lines of these keys alone.
fn half(record: &Record, keys: &[&SigningKey]) -> String {
    let mut unfinished = Unfinished::parse(record.text().as_bytes()).unwrap();
    for key in keys {
        unfinished.put(SignatureLine::sign(record.text(), key));
    }
    unfinished.to_note()
}

async fn begin(house: &House, note: &str) -> crate::house::Answer {
    house.client.send("POST", "/pending", &[], note.to_owned()).await
}

async fn add(house: &House, record: &Record, body: &str) -> crate::house::Answer {
    house.client.send("POST", &format!("/pending/{}", record.id()), &[], body.to_owned()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_waits_in_view_and_enters_the_log_with_its_last_signature() {
    let house = House::new(&[]).await;
    let [one, two, three] = &custodians()[..] else { panic!("three custodians") };
    let record = notice(&house, "power", &[one, two, three]);
    let size = house.client.size().await;
    assert_eq!(house.client.get("/pending").await.text(), "");

    let first = begin(&house, &half(&record, &[two])).await;
    assert_eq!(first.status, 202);
    let line = first.text().trim_end().to_owned();
    let parts: Vec<&str> = line.split(' ').collect();
    let missing = [one.name().as_str(), three.name().as_str()];
    let id = record.id().to_string();
    assert_eq!(parts[..5], [id.as_str(), "notice@v1", "1", "3", "2"]);
    let age = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs() - parts[5].parse::<u64>().unwrap();
    assert!(age < 60 && parts[6..] == missing, "{line}");
    let listed = house.client.get("/pending").await;
    assert_eq!((listed.text().trim_end(), listed.header("cache-control")), (line.as_str(), "no-store"));
    let shown = house.client.get(&format!("/pending/{id}")).await;
    assert_eq!(shown.text(), half(&record, &[two]));

    // The same again changes nothing; a whole note of the same text brings its own lines.
    assert_eq!(begin(&house, &half(&record, &[two])).await.status, 202);
    assert_eq!(add(&house, &record, &half(&record, &[one])).await.status, 202);
    assert_eq!(house.client.get(&format!("/pending/{id}")).await.text(), half(&record, &[one, two]));
    assert_eq!(house.client.size().await, size, "a draft is not in the log");

    // It stays over a restart.
    let (_, directory, fixture) = house.close().await;
    let house = House::over(directory, fixture, &[]).await;
    assert_eq!(house.client.get(&format!("/pending/{id}")).await.text(), half(&record, &[one, two]));

    let line = SignatureLine::sign(record.text(), three).to_line();
    let receipt = add(&house, &record, &line).await.receipt();
    assert_eq!((receipt.index(), receipt.entry()), (size, Some(record.note().as_bytes())));
    assert_eq!(house.client.get("/pending").await.text(), "");
    assert_eq!(house.client.get(&format!("/pending/{id}")).await.status, 404);
    // Who comes late, with the whole or with a part, is given the receipt.
    assert_eq!(add(&house, &record, &half(&record, &[three])).await.receipt().index(), size);
    assert_eq!(begin(&house, record.note()).await.receipt().index(), size);
    assert_eq!(std::fs::read_dir(house.directory.path().join("data/pending")).unwrap().count(), 0);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_never_be_whole_is_refused_with_its_code() {
    let house = House::new(&[]).await;
    let [one, two, three] = &custodians()[..] else { panic!("three custodians") };
    let record = notice(&house, "power", &[one, two]);
    let good = half(&record, &[one]);
    let refusal = |answer: crate::house::Answer, sent: &str| answer.refusal(Some(sent.as_bytes()));

    let unsigned = half(&record, &[]);
    assert_eq!(refusal(begin(&house, &unsigned).await, &unsigned), "R205");
    let alone = notice(&house, "power", &[one]);
    assert_eq!(refusal(begin(&house, alone.note()).await, alone.note()), "R204");
    let stranger = notice(&house, "power", &[one, &key("stranger")]);
    let theirs = half(&stranger, &[&key("stranger")]);
    assert_eq!(refusal(begin(&house, &theirs).await, &theirs), "R201");
    // A signature over another text; one by a key that the text does not name; a text that is none.
    let other = notice(&house, "water", &[one, two]);
    let wrong = good
        .replace(&half(&record, &[one])[record.text().len()..], &half(&other, &[one])[other.text().len()..]);
    assert_eq!(refusal(begin(&house, &wrong).await, &wrong), "R206");
    let unnamed = format!("{}\n{}", record.text(), SignatureLine::sign(record.text(), three).to_line());
    assert_eq!(refusal(begin(&house, &unnamed).await, &unnamed), "R205");
    let torn = &good[..good.len() - 1];
    assert_eq!(refusal(begin(&house, torn).await, torn), "R107");
    let elsewhere = good.replace(&house.fixture.fingerprint.to_string(), &"0".repeat(64));
    assert_eq!(refusal(begin(&house, &elsewhere).await, &elsewhere), "R301");
    assert_eq!(house.client.get("/pending").await.text(), "", "nothing was kept");

    // Nothing can be added to what is not there, nor one text to another.
    let line = SignatureLine::sign(record.text(), two).to_line();
    assert_eq!(add(&house, &record, &line).await.status, 404);
    assert_eq!(house.client.send("POST", "/pending/x", &[], line.clone()).await.status, 404);
    assert_eq!(begin(&house, &good).await.status, 202);
    let crossed = half(&other, &[two]);
    assert_eq!(refusal(add(&house, &record, &crossed).await, &crossed), "R308");
    let forged = SignatureLine::sign(other.text(), two).to_line();
    assert_eq!(refusal(add(&house, &record, &forged).await, &forged), "R206");
    assert_eq!(house.client.get(&format!("/pending/{}", record.id())).await.text(), good);

    // Whole, and refused by the rules: who sends the last signature is told why, and the draft stays in view.
    let [kit, _] = house.fixture.station_keys(0);
    let mixed = notice(&house, "mixed", &[one, &kit]);
    assert_eq!(begin(&house, &half(&mixed, &[one])).await.status, 202);
    let last = add(&house, &mixed, &SignatureLine::sign(mixed.text(), &kit).to_line()).await;
    assert_eq!(last.refusal(Some(mixed.note().as_bytes())), "R202");
    let listed = house.client.get("/pending").await;
    assert!(listed.text().contains(&format!("{} notice@v1 2 2 2 ", mixed.id())), "{}", listed.text());
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn drafts_are_bounded_and_a_damaged_file_stops_nothing() {
    let house = House::new(&[("submission_max_bytes", "2000")]).await;
    let [one, two, _] = &custodians()[..] else { panic!("three custodians") };
    for n in 0..16 {
        let record = notice(&house, &format!("reason-{n}"), &[one, two]);
        assert_eq!(begin(&house, &half(&record, &[one])).await.status, 202, "{n}");
    }
    let more = notice(&house, "one-more", &[one, two]);
    let sent = half(&more, &[one]);
    let answer = begin(&house, &sent).await;
    assert_eq!((answer.status, answer.header("retry-after")), (429, "60"));
    assert_eq!(answer.refusal(Some(sent.as_bytes())), "R401");
    assert_eq!(begin(&house, &"x".repeat(3000)).await.refusal(None), "R402");
    // Signed by the other as well, one of them no longer counts against the first.
    let record = notice(&house, "reason-3", &[one, two]);
    let line = SignatureLine::sign(record.text(), two).to_line();
    add(&house, &record, &line).await.receipt();
    assert_eq!(begin(&house, &sent).await.status, 202);

    let (_, directory, fixture) = house.close().await;
    let kept = directory.path().join("data/pending").join(more.id().to_string());
    std::fs::write(&kept, "no text").unwrap();
    let old = SystemTime::now() - Duration::from_secs(15 * 24 * 3600);
    let aged = notice_id(&fixture, "reason-5", &[one, two]);
    let file = std::fs::File::options().write(true).open(directory.path().join("data/pending").join(&aged));
    file.unwrap().set_modified(old).unwrap();
    let house = House::over(directory, fixture, &[]).await;
    let listed = house.client.get("/pending").await;
    assert_eq!(listed.text().lines().count(), 14, "16, one of them damaged and one too old");
    assert!(!listed.text().contains(&aged) && kept.exists());
    house.close().await;
}

fn notice_id(fixture: &hakiki_core::fixture::Fixture, reason: &str, keys: &[&SigningKey]) -> String {
    let from = Time::parse("2031-03-04T19:00:00+03:00").unwrap();
    let notice = Notice { about: NoticeAbout::Pause, from, reason: reason.into(), words: None };
    Record::sign(&notice.into(), Some(&fixture.fingerprint), keys).unwrap().id().to_string()
}
