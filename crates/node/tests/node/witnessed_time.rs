//! `head` records: when they come, and that findings use their times.

use crate::house::{House, reopened};
use crate::rivals::{fixture, founded, pairs, until, until_size, witnesses};
use hakiki_core::codes::FindingCode;
use hakiki_core::fixture::add_rivals;
use hakiki_core::fixture::{Fixture, Rivals, Setting, key, log_key};
use hakiki_core::kinds::{Declaration, Figures};
use hakiki_core::text::BoxValue;
use hakiki_core::view::findings;
use hakiki_note::sha256;
use hakiki_tlog::{Head, VerifiedCheckpoint};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

#[tokio::test(flavor = "multi_thread")]
async fn witnessed_time_enters_the_log_and_no_head_record_calls_for_another() {
    let witnesses = witnesses(1..=4).await;
    let fixture = fixture();
    let settings = [("witness", &*pairs(&witnesses)), ("head_interval_seconds", "1")];
    let began = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let house = House::over(founded(&fixture), fixture, &settings).await;
    let founded = house.fixture.records.len() as u64;
    until("the records of the start are covered", || async { house.client.size().await == founded + 1 })
        .await;
    // Sealed in 2031 by the kit's clock: later than any witness has seen.
    let form = house.fixture.signed_form(0, [1, 2, 3], 0);
    let place = house.client.submit_record(&form).await.receipt().index();
    until("the form is covered", || async { house.client.size().await == place + 2 }).await;
    until_size(&house, "/cosigned", place + 2).await;
    // Several intervals in which nothing but head records could come.
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(house.client.size().await, place + 2);
    let (_, directory, _) = house.close().await;
    let ledger = reopened(&directory);
    let heads: Vec<_> = ledger.heads().iter().map(|entry| (entry.place, entry.head.size)).collect();
    assert_eq!(heads, [(founded, founded), (place + 1, place + 1)]);
    let (not_before, not_after) = ledger.witnessed_interval(place);
    let (not_before, not_after) = (not_before.unwrap(), not_after.unwrap());
    assert!(began <= not_before && not_before <= not_after, "{began} {not_before} {not_after}");
    let found = findings(&ledger, ledger.size());
    assert!(found.iter().any(|finding| finding.code == FindingCode::W106), "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn head_records_come_while_records_arrive() {
    let witnesses = witnesses(1..=4).await;
    let fixture = Fixture::with_rivals(
        &Setting { stations: 200, ..Setting::default() },
        &Rivals { witnesses: 4, quorum: 3, ..Rivals::default() },
    );
    let settings = [("witness", &*pairs(&witnesses)), ("head_interval_seconds", "2")];
    let house = House::over(founded(&fixture), fixture, &settings).await;
    for station in 0..100 {
        house.client.submit_record(&house.fixture.signed_form(station, [1, 2, 3], 0)).await.receipt();
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    let (_, directory, _) = house.close().await;
    let ledger = reopened(&directory);
    let heads = ledger.heads();
    assert!((2..=5).contains(&heads.len()), "{heads:?}");
    assert!(heads.windows(2).all(|pair| pair[0].head.size < pair[1].head.size), "{heads:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_election_that_does_not_admit_them_goes_without() {
    let witnesses = witnesses(1..=4).await;
    let rivals = Rivals { witnesses: 4, quorum: 3, ..Rivals::default() };
    let fixture = Fixture::with(&Setting::default(), |election| {
        add_rivals(election, &rivals);
        election.admits.remove("head@v1");
    });
    let settings = [("witness", &*pairs(&witnesses)), ("head_interval_seconds", "1")];
    let house = House::over(founded(&fixture), fixture, &settings).await;
    let place =
        house.client.submit_record(&house.fixture.signed_form(0, [1, 2, 3], 0)).await.receipt().index();
    until_size(&house, "/cosigned", place + 1).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(house.client.size().await, place + 1);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declaration_comes_behind_the_newest_cosigned_head() {
    let witnesses = witnesses(1..=4).await;
    let fixture = fixture();
    // No head record would come by itself within this test.
    let settings = [("witness", &*pairs(&witnesses)), ("head_interval_seconds", "3600")];
    let house = House::over(founded(&fixture), fixture, &settings).await;
    let form = house.fixture.signed_form(0, [1, 2, 3], 0);
    let place = house.client.submit_record(&form).await.receipt().index();
    until_size(&house, "/cosigned", place + 1).await;
    let declaration = Declaration {
        contest: "president".into(),
        area: "MF".into(),
        head: Head { size: place + 1, root: sha256(b"root") },
        dissents: false,
        figures: Figures { votes: vec![(1, BoxValue::Number(1))], ..Figures::default() },
        missing: None,
        words: None,
    };
    let declared = house.fixture.sign(declaration, &[&key("commissioner-1")]);
    let receipt = house.client.submit_record(&declared).await.receipt();
    let (_, directory, _) = house.close().await;
    let ledger = reopened(&directory);
    let last = ledger.heads().last().unwrap();
    assert_eq!((last.head.size, last.place + 1), (place + 1, receipt.index()), "{:?}", ledger.heads());
    assert_eq!(ledger.place_of(declared.id()), Some(receipt.index()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_stands_still_is_cosigned_again_before_it_looks_old() {
    // A quiet honest log failed V18 after five minutes: a head was asked for once, and its cosignatures grew old.
    let witnesses = witnesses(1..=4).await;
    let fixture = Fixture::with(&Setting::default(), |election| {
        add_rivals(election, &Rivals { witnesses: 4, quorum: 3, ..Rivals::default() });
        election.head_age_seconds = 4;
    });
    let settings = [("witness", &*pairs(&witnesses)), ("head_interval_seconds", "3600")];
    let house = House::over(founded(&fixture), fixture, &settings).await;
    let newest = async || {
        let cosigned = house.client.get("/cosigned").await;
        if cosigned.status != 200 {
            return None;
        }
        let checkpoint = VerifiedCheckpoint::open(cosigned.text().as_bytes(), log_key().verifier()).unwrap();
        let standing = house.fixture.ledger().witness_policies().standing(&checkpoint);
        Some((checkpoint.head(), standing.witnessed_s()?))
    };
    until("it is cosigned", || async { newest().await.is_some() }).await;
    // Its last records are covered by a head record that comes when the log is quiet; then nothing comes any more.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let (head, first_s) = newest().await.unwrap();
    until("the same head is cosigned again", || async {
        newest().await.is_some_and(|(now, at_s)| now == head && at_s >= first_s + 2)
    })
    .await;
    house.close().await;
}
