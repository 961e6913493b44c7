//! What a start asks witnesses and mirrors, and when it refuses: nothing is signed before.

use crate::house::House;
use crate::rivals::{copied, fixture, founded, mirrors, pairs, refused, until_size, witnesses};
use hakiki_core::Record;
use hakiki_core::fixture::{custodians, log_key};
use hakiki_core::kinds::{Notice, NoticeAbout};
use hakiki_core::text::Time;
use hakiki_node::{Node, found_log, open_ledger};
use hakiki_store::{Log, PosixDisk};
use hakiki_tlog::Origin;
use std::path::Path;
use std::sync::Arc;

/// Every byte that a start could have changed by signing.
fn checkpoint(directory: &Path) -> String {
    std::fs::read_to_string(directory.join("data/log/checkpoint")).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_backup_refuses_to_start() {
    let (witnesses, mirrors) = (witnesses(1..=4).await, mirrors(1).await);
    let settings = [("witness", &*pairs(&witnesses))];
    let fixture = fixture();
    let house = House::over(founded(&fixture), fixture, &settings).await;
    house.client.submit_record(&house.fixture.signed_form(0, [1, 2, 3], 0)).await.receipt();
    until_size(&house, "/cosigned", house.client.size().await).await;
    let (_, directory, fixture) = house.close().await;
    let backup = copied(directory.path());
    let house = House::over(directory, fixture, &settings).await;
    house.client.submit_record(&house.fixture.signed_form(1, [1, 2, 3], 0)).await.receipt();
    let size = house.client.size().await;
    until_size(&house, "/cosigned", size).await;
    // While it runs (a second sequencer over a copy), and after it stopped (a backup).
    let before = checkpoint(backup.path());
    for _ in 0..2 {
        let error = refused(backup.path(), &settings).await;
        assert_eq!(error.code(), "N116", "{error}");
        let told = error.to_string();
        assert!(told.contains("mfano.example/witness-1") && told.contains(&format!("size {size}")), "{told}");
        assert_eq!(checkpoint(backup.path()), before);
    }
    let (_, directory, fixture) = house.close().await;
    // A mirror alone knows enough.
    let with_mirror = [settings[0], ("mirror", &*pairs(&mirrors))];
    let house = House::over(directory, fixture, &with_mirror).await;
    until_size(&house, "/cosigned", size).await;
    crate::rivals::until("the mirror cosigned", || async {
        let name = "hakiki_cosigner_answers_total{name=\"mfano.example/mirror-1\",outcome=\"cosigned\"}";
        house.client.metric(name).await > 0
    })
    .await;
    house.close().await;
    let error = refused(backup.path(), &[("mirror", &*pairs(&mirrors))]).await;
    assert!(error.code() == "N116" && error.to_string().contains("mirror-1"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_history_refuses_to_start_and_the_other_head_is_kept() {
    let witnesses = witnesses(1..=4).await;
    let settings = [("witness", &*pairs(&witnesses))];
    let fixture = fixture();
    let house = House::over(founded(&fixture), fixture, &settings).await;
    house.client.submit_record(&house.fixture.signed_form(0, [1, 2, 3], 0)).await.receipt();
    until_size(&house, "/cosigned", house.client.size().await).await;
    let known = house.client.get("/cosigned").await.text().lines().nth(2).unwrap().to_owned();
    let (_, _directory, fixture) = house.close().await;
    let other = tempfile::tempdir().unwrap();
    let forms = [1, 2].map(|station| fixture.signed_form(station, [3, 2, 1], 0));
    let records = fixture.records.iter().cloned().chain(forms);
    found_log(&other.path().join("data"), &log_key(), records, &fixture.tables).unwrap();
    let before = checkpoint(other.path());
    for _ in 0..2 {
        let error = refused(other.path(), &settings).await;
        assert_eq!(error.code(), "N117", "{error}");
        let kept: Vec<_> = std::fs::read_dir(other.path().join("data/private/refused")).unwrap().collect();
        assert!(!kept.is_empty() && kept.len() <= 4, "{kept:?}");
        for kept in kept {
            let path = kept.unwrap().path();
            assert!(error.to_string().contains(&*path.display().to_string()), "{error}");
            let note = std::fs::read_to_string(path).unwrap();
            assert!(note.contains(&known) && note.contains("witness-"), "{note}");
        }
        assert_eq!(checkpoint(other.path()), before);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_a_crash_left_unsigned_is_signed_only_after_the_witnesses_were_asked() {
    let witnesses = witnesses(1..=4).await;
    let settings = [("witness", &*pairs(&witnesses))];
    let fixture = fixture();
    let directory = founded(&fixture);
    let unsigned = |directory: &Path, form: &Record| {
        let disk = Arc::new(PosixDisk::new(directory.join("data")));
        let origin = Origin::new(log_key().name().as_str()).unwrap();
        let mut log = Log::open(disk, &origin, &mut |_| Err("not now".into())).unwrap();
        let entry = form.note().as_bytes().to_vec();
        assert_eq!(log.append(vec![entry], &mut |_| Err("power is gone".into())).unwrap_err().code(), "S110");
    };
    let copy = copied(directory.path());
    unsigned(directory.path(), &fixture.signed_form(0, [1, 2, 3], 0));
    unsigned(copy.path(), &fixture.signed_form(1, [3, 2, 1], 0));
    let before = checkpoint(copy.path());
    let error = refused(directory.path(), &[]).await;
    assert_eq!(error.code(), "N118", "{error}");
    assert_eq!(checkpoint(directory.path()), before, "nobody was heard, nothing was signed");
    let size = fixture.records.len() as u64 + 1;
    let house = House::over(directory, fixture, &settings).await;
    assert_eq!(house.client.size().await, size);
    until_size(&house, "/cosigned", size).await;
    house.close().await;
    let error = refused(copy.path(), &settings).await;
    assert_eq!(error.code(), "N117", "{error}");
    assert_eq!(checkpoint(copy.path()), before, "the other history was never signed");
}

fn notice(fixture: &hakiki_core::fixture::Fixture, reason: &str, count: usize) -> Record {
    let about = NoticeAbout::Outage;
    let from = Time::parse("2031-03-04T20:00:00+03:00").unwrap();
    let body = Notice { about, from, reason: reason.to_owned(), words: None };
    let keys = custodians();
    fixture.sign(body, &keys.iter().take(count).collect::<Vec<_>>())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_any_witness_a_start_needs_a_new_notice_of_the_quorum() {
    let mut witnesses = witnesses(1..=4).await;
    let reached = pairs(&witnesses);
    let settings = [("witness", &*reached)];
    for witness in &mut witnesses {
        witness.stop().await;
    }
    let fixture = fixture();
    let directory = founded(&fixture);
    let error = refused(directory.path(), &[]).await;
    assert!(error.code() == "N118" && error.to_string().contains("none is configured"), "{error}");
    let error = refused(directory.path(), &settings).await;
    assert!(error.code() == "N118" && error.to_string().contains("witness-4"), "{error}");
    let path = directory.path().join("notice.txt");
    let shown = path.display().to_string();
    let with_notice = [settings[0], ("notice", &*shown)];
    let before = checkpoint(directory.path());
    for wrong in [
        "no record\n".to_owned(),
        fixture.signed_form(0, [1, 2, 3], 0).note().to_owned(),
        notice(&fixture, "line-cut", 1).note().to_owned(),
    ] {
        std::fs::write(&path, &wrong).unwrap();
        let error = refused(directory.path(), &with_notice).await;
        assert_eq!(error.code(), "N119", "{error}");
    }
    assert_eq!(checkpoint(directory.path()), before);
    let good = notice(&fixture, "line-cut", 2);
    std::fs::write(&path, good.note()).unwrap();
    let house = House::over(directory, fixture, &with_notice).await;
    let place = house.fixture.records.len() as u64;
    assert_eq!(house.client.get(&format!("/receipt/{}", good.id())).await.receipt().index(), place);
    let form = house.fixture.signed_form(0, [1, 2, 3], 0);
    assert_eq!(house.client.submit_record(&form).await.receipt().index(), place + 1);
    let (directory, fixture) = house.close_uncosigned().await;
    let error = refused(directory.path(), &with_notice).await;
    assert!(error.code() == "N119" && error.to_string().contains(&format!("place {place}")), "{error}");
    // Once a witness answers, no notice is needed, and one that is given is not appended.
    witnesses[2].resume().await;
    std::fs::write(&path, notice(&fixture, "line-cut-again", 2).note()).unwrap();
    let house = House::over(directory, fixture, &with_notice).await;
    assert_eq!(house.client.size().await, place + 2);
    let (directory, _) = house.close_uncosigned().await;
    assert_eq!(open_ledger(&directory.path().join("data")).unwrap().notices().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_cosigners_of_the_policy_are_asked() {
    let fixture = fixture();
    let directory = founded(&fixture);
    for (key, value) in [
        ("witness", "mfano.example/witness-9=http://127.0.0.1:9"),
        ("witness", "mfano.example/mirror-1=http://127.0.0.1:9"),
        ("mirror", "mfano.example/witness-1=http://127.0.0.1:9"),
    ] {
        let error = refused(directory.path(), &[(key, value)]).await;
        assert_eq!(error.code(), "N115", "{error}");
        assert!(error.to_string().contains(&format!("mfano.example/{key}-1")), "{error}");
    }
    assert_eq!(open_ledger(&directory.path().join("data")).unwrap().size(), fixture.records.len() as u64);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_election_without_witnesses_asks_nobody() {
    let fixture = hakiki_core::fixture::Fixture::new(&hakiki_core::fixture::Setting::default());
    let directory = founded(&fixture);
    let configuration = crate::house::configuration(directory.path(), &[]);
    Node::start(configuration, log_key()).await.unwrap().stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_nodes_that_started_from_one_copy_no_two_go_on() {
    let witnesses = witnesses(1..=4).await;
    let settings = [("witness", &*pairs(&witnesses))];
    let directory = founded(&fixture());
    let copy = copied(directory.path());
    let first = House::over(directory, fixture(), &settings).await;
    let second = House::over(copy, fixture(), &settings).await;
    let size = first.client.size().await + 1;
    first.client.submit_record(&first.fixture.signed_form(0, [1, 2, 3], 0)).await.receipt();
    until_size(&first, "/cosigned", size).await;
    second.client.submit_record(&second.fixture.signed_form(1, [3, 2, 1], 0)).await.receipt();
    let failure = second.running.failure().await.to_string();
    assert!(failure.contains("N120") && failure.contains(&format!("size {size}")), "{failure}");
    let kept = second.directory.path().join("data/private/refused");
    assert!(failure.contains(&*kept.display().to_string()), "{failure}");
    let cosigned = crate::rivals::size_at(&second, "/cosigned").await;
    assert!(cosigned < size, "what the second signed alone was never cosigned: {cosigned}");
    assert!(second.running.stop().await.is_err());
    let error = refused(second.directory.path(), &settings).await;
    assert_eq!(error.code(), "N117", "{error}");
    first.close().await;
}
