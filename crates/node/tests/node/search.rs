//! Statements are searched over loopback: what came is found, what is withheld is not, and no index keeps a node from its work.

use crate::house::{Answer, House};
use hakiki_core::Record;
use hakiki_core::fixture::{Fixture, Setting, custodians, key};
use hakiki_core::kinds::{Kind, Statement, Withhold};
use hakiki_core::roster::Role;
use hakiki_core::text::Time;
use hakiki_note::{Hash, sha256};
use std::path::PathBuf;
use std::time::Duration;

const FIRST: &str = "Kura zote zimehesabiwa ng\u{2019}ambo ya mto";
const CORRECTION: &str = "Sahihisho: kura za kituo kimoja hazijahesabiwa";
const ENGLISH: &str = "All votes counted at the caf\u{e9}";

fn fixture() -> Fixture {
    let setting = Setting { is_compilation: true, hosts: 1, ..Setting::default() };
    let mut fixture = Fixture::with(&setting, |election| {
        election.admits.extend(Kind::SAID.iter().map(|kind| kind.name_and_version()));
    });
    let desk = fixture.enrolment("desk", Role::PressDesk);
    fixture.records.push(desk);
    fixture
}

impl House {
    /// A log of statements.
    async fn of_statements() -> Self {
        Self::of(fixture(), &[]).await
    }

    /// Says something: the record, and behind it its text.
    async fn say(&self, publisher: &str, text: &str, change: impl FnOnce(&mut Statement)) -> Record {
        let mut statement = Statement {
            of: Hash([7; 32]),
            publisher: publisher.into(),
            said_by: None,
            happened: None,
            published: Time::parse("2031-03-05T10:30:00+03:00"),
            language: "sw".into(),
            text: sha256(text.as_bytes()),
            address: None,
            records: [].into(),
            areas: [].into(),
            claims: [].into(),
            corrects: None,
        };
        change(&mut statement);
        let record = self.fixture.sign(statement, &[&key("desk")]);
        self.client.submit_record(&record).await.receipt();
        let blob = format!("/blob/{}", sha256(text.as_bytes()));
        assert_eq!(self.client.send("PUT", &blob, &[], text.to_owned()).await.status, 201);
        record
    }

    async fn withhold(&self, text: &str) {
        let blob = sha256(text.as_bytes());
        let body = Withhold { blob, by: "court".into(), order: None, reason: "order".into(), words: None };
        let keys = custodians();
        let record = self.fixture.sign(body, &keys.iter().take(2).collect::<Vec<_>>());
        self.client.submit_record(&record).await.receipt();
    }

    async fn search(&self, query: &str) -> Answer {
        self.client.get(&format!("/en/statements/search/?{query}")).await
    }

    /// How many are found.
    async fn count(&self, query: &str) -> usize {
        let data = self.client.get(&format!("/search/statements.json?{query}")).await;
        assert_eq!(data.status, 200, "{}", data.text());
        let data: serde_json::Value = serde_json::from_slice(&data.body).unwrap();
        data["statements"].as_array().unwrap().len()
    }

    /// Waits until a search finds so many: the index follows the log.
    async fn until_found(&self, query: &str, count: usize) {
        for _ in 0..500 {
            let answer = self.search(query).await;
            if answer.status == 200 && answer.text().matches("<article").count() == count {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let answer = self.search(query).await;
        panic!("{query}: not {count}, but {} {}", answer.status, answer.text());
    }

    fn index(&self) -> PathBuf {
        self.directory.path().join("data/search/statements.sqlite")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_is_found_by_words_and_filters_and_with_what_corrects_it() {
    let house = House::of_statements().await;
    assert_eq!(house.search("q=kura").await.status, 404, "it is no log of statements yet");
    assert!(!house.index().exists(), "nothing is made before there is a statement");
    let first = house.say("gazeti", FIRST, |_| {}).await;
    house
        .say("gazeti", CORRECTION, |statement| {
            statement.corrects = Some(*first.id());
            statement.published = Time::parse("2031-03-06T08:00:00+03:00");
        })
        .await;
    house
        .say("daily", ENGLISH, |statement| {
            statement.language = "en".into();
            statement.areas = ["c01".to_owned()].into();
            statement.published = None;
        })
        .await;
    house.until_found("q=kura", 2).await;
    house.until_found("q=cafe", 1).await;
    for (query, count) in [
        ("q=NG%27AMBO", 1),
        ("q=%22kura+zote%22", 1),
        ("q=hes*+kura", 0),
        ("q=zimehe*", 1),
        ("q=kura+-zote", 1),
        ("q=kura&publisher=daily", 0),
        ("publisher=daily", 1),
        ("area=c01", 1),
        ("language=sw", 2),
        ("from=2031-03-06", 1),
        ("to=2031-03-05&q=kura", 1),
        ("q=kura&before=1", 0),
    ] {
        assert_eq!(house.count(query).await, count, "{query}");
    }
    let page = house.search("q=ng'ambo").await;
    let text = page.text();
    assert!(
        text.contains("<mark>ng\u{2019}ambo</mark>") && text.contains("as published by gazeti"),
        "{text}"
    );
    assert!(text.contains("corrected by") && text.contains("5 March 2031, 10:30"), "{text}");
    assert!(text.contains(&format!("Searched up to the head of size {}.", house.client.size().await)));
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
    let swahili = house.client.get("/sw/statements/search/?q=kura").await;
    assert!(swahili.text().contains("<h1>Tafuta kauli</h1>") && swahili.text().contains("<mark>kura</mark>"));
    assert!(house.client.get("/en/statements/").await.text().contains("statements/search/"));
    assert_eq!(house.client.metric("hakiki_search_ready").await, 1);
    assert!(house.client.metric("hakiki_search_answered_total").await > 10);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_cannot_be_understood_is_explained() {
    let house = House::of_statements().await;
    house.say("gazeti", FIRST, |_| {}).await;
    house.until_found("q=kura", 1).await;
    for query in [
        "q=-kura",
        "q=%22kura",
        "q=k*",
        "from=jana",
        "record=ab",
        "q=kura&before=x",
        "from=2031-03-05&to=2031-03-04",
    ] {
        let page = house.search(query).await;
        assert!(page.status == 400 && page.text().contains("J106"), "{query}: {}", page.text());
        let data = house.client.get(&format!("/search/statements.json?{query}")).await;
        assert!(data.status == 400 && data.text().contains("\"J106\""), "{query}");
    }
    let long = house.search(&format!("q={}", "a".repeat(301))).await;
    assert!(long.status == 400 && long.text().contains("more than 300 letters"), "{}", long.text());
    let longer = house.search(&format!("q={}", "a".repeat(9000))).await;
    assert!(longer.status == 414 && longer.text().starts_with("J106"), "{}", longer.text());
    assert_eq!(house.search("q=%FF%00+kura").await.status, 200);
    assert_eq!(house.client.get("/fr/statements/search/?q=kura").await.status, 404);
    house.close().await;
}

/// A court's order: from the moment that the record is admitted, whatever the index still holds.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_withheld_is_found_no_more_and_leaves_the_file() {
    let house = House::of_statements().await;
    house.say("gazeti", "siri kubwa sana ya kituo", |_| {}).await;
    house.say("gazeti", FIRST, |_| {}).await;
    house.until_found("q=siri", 1).await;
    house.withhold("siri kubwa sana ya kituo").await;
    for query in ["q=siri", "q=siri&publisher=gazeti", "q=kub*"] {
        assert_eq!(house.count(query).await, 0, "{query}");
    }
    let all = house.search("publisher=gazeti").await;
    assert!(all.text().matches("<article").count() == 2 && !all.text().contains("siri"), "{}", all.text());
    let size = house.client.size().await;
    while house.client.metric("hakiki_search_size").await < size {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let index = house.index();
    let (_, _directory, _) = house.close().await;
    for end in ["", "-wal"] {
        let mut path = index.clone().into_os_string();
        path.push(end);
        let bytes = std::fs::read(path).unwrap_or_default();
        assert!(!bytes.windows(4).any(|window| window == b"siri"), "nothing of it is left in the file{end}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_is_damaged_or_anothers_is_made_again() {
    let house = House::of_statements().await;
    let index = house.index();
    house.say("gazeti", FIRST, |_| {}).await;
    house.until_found("q=kura", 1).await;
    let (_, mut directory, mut fixture) = house.close().await;
    let whole = std::fs::read(&index).unwrap();
    let mut torn = whole.clone();
    let end = torn.len();
    torn[4096..end].fill(0x5a);
    for broken in [b"words".to_vec(), torn, whole[..whole.len() / 2].to_vec(), Vec::new()] {
        std::fs::write(&index, &broken).unwrap();
        let house = House::over(directory, fixture, &[]).await;
        house.until_found("q=kura", 1).await;
        assert_eq!(house.client.metric("hakiki_search_remade_total").await, 1, "{} bytes", broken.len());
        (_, directory, fixture) = house.close().await;
    }
    // That of another log, in which other words stand at the same place.
    let other = House::of_statements().await;
    other.say("gazeti", "Maneno mengine", |_| {}).await;
    other.until_found("q=maneno", 1).await;
    let from = other.index();
    other.running.stop().await.unwrap();
    std::fs::copy(from, &index).unwrap();
    let house = House::over(directory, fixture, &[]).await;
    house.until_found("q=kura", 1).await;
    assert_eq!(house.count("q=maneno").await, 0);
    // One that is removed under a node that runs: a search fails, or reads on, and then the file is there again.
    std::fs::remove_dir_all(index.parent().unwrap()).unwrap();
    house.say("gazeti", ENGLISH, |_| {}).await;
    house.until_found("q=votes", 1).await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_index_everything_else_goes_on() {
    let house = House::of_statements().await;
    // A file lies where the folder would be.
    let folder = house.index().parent().unwrap().to_owned();
    std::fs::write(&folder, "in the way").unwrap();
    house.say("gazeti", FIRST, |_| {}).await;
    while house.client.metric("hakiki_search_update_failures_total").await == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let page = house.search("q=kura").await;
    assert!(
        page.status == 503 && page.text().contains("Statements cannot be searched now"),
        "{}",
        page.text()
    );
    assert_eq!(page.header("retry-after"), "5");
    assert_eq!(house.client.get("/search/statements.json?q=kura").await.status, 503);
    house.say("gazeti", CORRECTION, |_| {}).await;
    while !house.client.get("/en/statements/").await.text().contains("Sahihisho") {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(house.client.get("/health").await.status, 200);
    std::fs::remove_file(&folder).unwrap();
    house.until_found("q=kura", 2).await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_election_has_no_index_and_no_such_page() {
    let house = House::new(&[]).await;
    house.client.submit_record(&house.fixture.signed_form(0, [1, 2, 3], 0)).await.receipt();
    assert_eq!(house.search("q=kura").await.status, 404);
    assert_eq!(house.client.get("/search/statements.json?q=kura").await.status, 404);
    assert!(!house.client.get("/en/").await.text().contains("statements/search"));
    let folder = house.index().parent().unwrap().to_owned();
    let (_, _directory, _) = house.close().await;
    assert!(!folder.exists());
}
