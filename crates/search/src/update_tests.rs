//! The index over a ledger: filters, Swahili and English, what is withheld, what came later, and another log's.

use super::*;
use crate::query::Query;
use hakiki_core::fixture::{Fixture, Setting, custodians, key};
use hakiki_core::kinds::Statement;
use hakiki_core::kinds::{Kind, Withhold};
use hakiki_core::roster::Role;
use hakiki_core::text::Date;
use hakiki_core::text::Time;
use hakiki_note::sha256;
use std::collections::BTreeMap;

struct Log {
    fixture: Fixture,
    ledger: Ledger,
    texts: BTreeMap<Hash, String>,
}

impl Log {
    fn new(title: &str) -> Self {
        let setting = Setting { is_compilation: true, hosts: 1, ..Setting::default() };
        let fixture = Fixture::with(&setting, |election| {
            election.admits.extend(Kind::SAID.iter().map(|kind| kind.name_and_version()));
            title.clone_into(&mut election.title);
        });
        let mut ledger = fixture.ledger();
        let enrolment = fixture.enrolment("desk", Role::PressDesk);
        fixture.append(&mut ledger, enrolment).unwrap();
        Self { fixture, ledger, texts: BTreeMap::new() }
    }

    fn say(&mut self, publisher: &str, text: &str, change: impl FnOnce(&mut Statement)) -> Hash {
        let hash = sha256(text.as_bytes());
        self.texts.insert(hash, text.to_owned());
        let mut statement = Statement {
            of: Hash([7; 32]),
            publisher: publisher.into(),
            said_by: None,
            happened: None,
            published: None,
            language: "sw".into(),
            text: hash,
            address: None,
            records: [].into(),
            areas: [].into(),
            claims: [].into(),
            corrects: None,
        };
        change(&mut statement);
        let record = self.fixture.sign(statement, &[&key("desk")]);
        let id = *record.id();
        self.fixture.append(&mut self.ledger, record).unwrap();
        id
    }

    fn withhold(&mut self, text: &str) {
        let blob = sha256(text.as_bytes());
        let body = Withhold { blob, by: "court".into(), order: None, reason: "order".into(), words: None };
        let keys = custodians();
        let record = self.fixture.sign(body, &keys.iter().take(2).collect::<Vec<_>>());
        self.fixture.append(&mut self.ledger, record).unwrap();
    }

    fn update(&self, index: &mut Index) -> Result<Updated, SearchError> {
        let texts = &self.texts;
        let mut give = |hashes: &[Hash]| Ok(hashes.iter().map(|hash| texts.get(hash).cloned()).collect());
        index.update(&self.ledger, &mut give, &mut |_, _| {})
    }
}

fn published(text: &str) -> impl FnOnce(&mut Statement) + use<> {
    let time = Time::parse(text).unwrap();
    move |statement| statement.published = Some(time)
}

fn words(words: &str) -> Query {
    Query { words: words.into(), limit: 50, ..Query::default() }
}

fn texts(index: &Index, query: &Query) -> Vec<String> {
    let shown = |found: crate::query::Found| {
        found.snippet.iter().map(|piece| piece.text.as_str()).collect::<String>()
    };
    index.search(query).unwrap().found.into_iter().map(shown).collect()
}

#[test]
fn words_phrases_beginnings_and_filters() {
    let dir = tempfile::tempdir().unwrap();
    let mut index = Index::open_or_make(&dir.path().join("i")).unwrap();
    let mut log = Log::new("one");
    log.say("gazeti", "Kura zote zimehesabiwa Kijito", |statement| {
        statement.areas = ["c01".to_owned()].into();
        published("2031-03-04T23:30:00+03:00")(statement);
    });
    log.say("daily", "All votes counted at the caf\u{e9}", |statement| {
        statement.language = "en".into();
        statement.records = [Hash([9; 32])].into();
        published("2031-03-05T08:00:00+03:00")(statement);
    });
    log.say("Gazeti", "Kura hazijahesabiwa zote, ng\u{2019}ambo", |_| {});
    let updated = log.update(&mut index).unwrap();
    assert_eq!((updated.new, updated.held, updated.without_text), (3, 3, 0));
    for (typed, expected) in [
        ("kura", 2),
        ("KURA zote", 2),
        ("\"kura zote\"", 1),
        ("cafe", 1),
        ("ng'ambo", 1),
        ("-kijito kura", 1),
        ("ku* zi*", 1),
        ("hesabiwa", 0),
        ("", 3),
    ] {
        assert_eq!(texts(&index, &words(typed)).len(), expected, "{typed}");
    }
    let of = |change: &dyn Fn(&mut Query)| {
        let mut query = words("");
        change(&mut query);
        texts(&index, &query).len()
    };
    let day = |text: &str| Date::parse(text);
    assert_eq!(of(&|query| query.publisher = Some("gazeti".into())), 1, "a code is its letters");
    assert_eq!(of(&|query| query.area = Some("c01".into())), 1);
    assert_eq!(of(&|query| query.record = Some(Hash([9; 32]))), 1);
    assert_eq!(of(&|query| query.language = Some("sw".into())), 2);
    assert_eq!(
        of(&|query| query.to = day("2031-03-04")),
        1,
        "by the publisher's calendar, and the undated is left out"
    );
    assert_eq!(of(&|query| query.from = day("2031-03-05")), 1);
    let first = index.search(&Query { limit: 2, ..words("") }).unwrap();
    assert!(first.has_more && first.found[0].place > first.found[1].place, "newest in the log first");
    let before = Some(first.found[1].place);
    let second = index.search(&Query { limit: 2, before, ..words("") }).unwrap();
    assert_eq!((second.found.len(), second.has_more), (1, false));
    assert!(first.found[0].published.is_none() && second.found[0].published.is_some());
}

#[test]
fn an_index_goes_on_where_it_stopped_and_takes_what_came_later() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("i");
    let mut log = Log::new("one");
    let first = log.say("gazeti", "maneno ya kwanza", |_| {});
    log.update(&mut Index::open_or_make(&path).unwrap()).unwrap();
    log.say("gazeti", "maneno ya pili", |statement| statement.corrects = Some(first));
    let late = log.texts.remove(&sha256(b"maneno ya pili")).unwrap();
    let mut index = Index::open(&path).unwrap();
    let updated = log.update(&mut index).unwrap();
    assert_eq!((updated.new, updated.without_text, texts(&index, &words("maneno")).len()), (1, 1, 1));
    assert!(index.search(&words("kwanza")).unwrap().found[0].is_corrected);
    log.texts.insert(sha256(late.as_bytes()), late);
    let updated = log.update(&mut index).unwrap();
    assert_eq!((updated.new, updated.completed, texts(&index, &words("maneno")).len()), (0, 1, 2));
}

#[test]
fn another_log_another_shape_or_no_index_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("i");
    let (mut log, mut other) = (Log::new("one"), Log::new("two"));
    log.say("gazeti", "moja", |_| {});
    other.say("gazeti", "moja", |_| {});
    let mut index = Index::open_or_make(&path).unwrap();
    log.update(&mut index).unwrap();
    assert_eq!(other.update(&mut index).unwrap_err().code(), "J105");
    // The same election, with another statement at the same place.
    let mut fork = Log::new("one");
    fork.say("gazeti", "mbili", |_| {});
    assert_eq!(fork.update(&mut index).unwrap_err().code(), "J105");
    index.connection.execute_batch("PRAGMA user_version=99").unwrap();
    drop(index);
    assert_eq!(Index::open(&path).err().unwrap().code(), "J105");
    std::fs::write(dir.path().join("t"), "words").unwrap();
    assert!(matches!(Index::open(&dir.path().join("t")).err().unwrap().code(), "J104" | "J105"));
    assert_eq!(Index::open(&dir.path().join("none")).err().unwrap().code(), "J104");
}

#[test]
fn a_text_that_is_withheld_leaves_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("i");
    let mut log = Log::new("one");
    log.say("gazeti", "siri kubwa sana", |_| {});
    let mut index = Index::open_or_make(&path).unwrap();
    log.update(&mut index).unwrap();
    assert_eq!(texts(&index, &words("siri")).len(), 1);
    log.withhold("siri kubwa sana");
    let updated = log.update(&mut index).unwrap();
    assert_eq!((updated.removed, updated.without_text, texts(&index, &words("siri")).len()), (1, 1, 0));
    assert_eq!(texts(&index, &words("")).len(), 1, "the statement stands");
    index.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    drop(index);
    let bytes = std::fs::read(&path).unwrap();
    assert!(!bytes.windows(4).any(|window| window == b"siri"), "nothing of it is left in the file");
}
