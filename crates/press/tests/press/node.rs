//! Between desk and log: nothing is lost, nothing stands twice, whatever breaks off where.

use crate::house::{Answer, House, NOW, fetch, is_proved, rss, run};
use hakiki_note::Hash;
use hakiki_press::{Counts, Stopped};
use hakiki_search::{Index, Query};
use hakiki_verify::Source;

fn three() -> Answer {
    Answer::of(&rss(&[("3", "Tatu", "c", ""), ("2", "Mbili", "b", ""), ("1", "Moja", "a", "")]))
}

#[test]
fn what_cannot_be_sent_waits_and_is_sent_once() {
    let mut house = House::without_node();
    house.feeds.set("/rss", three());
    let mut desk = house.desk(&[("gazeti", "/rss")]);
    let (round, sent) = run(&mut desk, NOW);
    assert_eq!((round.new, sent.placed.len()), (3, 0));
    assert!(matches!(sent.stopped, Some(Stopped::Silent(_))));
    assert_eq!(desk.counts().unwrap(), Counts { waiting: 3, ..Counts::default() });
    drop(desk);
    house.log.start(&house.feeds);
    // The feed says nothing new any more; the queue is what counts.
    let mut desk = house.desk(&[("gazeti", "/rss")]);
    let (round, sent) = run(&mut desk, NOW + 1);
    assert_eq!((round.asked, sent.placed.len(), sent.stopped), (0, 3, None));
    assert_eq!(house.log.texts(), ["Moja / a", "Mbili / b", "Tatu / c"]);
}

/// A crash between the log's answer and the desk's own note of it: the desk sends again, the log knows the record.
#[test]
fn a_crash_between_sends_nothing_twice_and_loses_nothing() {
    let house = House::new();
    house.feeds.set("/rss", three());
    let mut desk = house.desk(&[("gazeti", "/rss")]);
    fetch(&mut desk, NOW);
    let state = house.place.path().join("desk/state.sqlite");
    drop(desk);
    let before = std::fs::read(&state).unwrap();
    let mut desk = house.desk(&[("gazeti", "/rss")]);
    let first = desk.send().unwrap();
    drop(desk);

    // All that the desk noted since is gone; its receipts too.
    for name in ["state.sqlite-wal", "state.sqlite-shm"] {
        let _ = std::fs::remove_file(house.place.path().join("desk").join(name));
    }
    std::fs::write(&state, before).unwrap();
    std::fs::remove_dir_all(house.place.path().join("desk/receipts")).unwrap();
    let mut desk = house.desk(&[("gazeti", "/rss")]);
    assert_eq!(desk.counts().unwrap().waiting, 3);
    let again = desk.send().unwrap();
    assert_eq!(again.placed, first.placed, "the same places, with their receipts");
    let statements = house.log.statements();
    assert_eq!(statements.len(), 3);
    for (entry, text) in &statements {
        assert!(is_proved(&house.receipt(&entry.id).unwrap(), entry) && text.is_some());
    }
    assert_eq!(desk.counts().unwrap(), Counts { sent: 3, ..Counts::default() });
}

/// A crash before the queue is written: the feed is read again as if it never had been.
#[test]
fn what_was_read_and_not_queued_is_read_again() {
    let house = House::new();
    house.feeds.set("/rss", three().with("etag", "\"1\""));
    let mut configuration = house.configuration(&[("gazeti", "/rss")], "");
    configuration.dir = house.place.path().join("desk");
    let mut desk = hakiki_press::Desk::open(configuration).unwrap();
    let refuses = |_: &str| Err("the token is not there".to_owned());
    let own = hakiki_core::fixture::key("desk");
    let signer = hakiki_press::Signer { key: own.verifier().clone(), sign: &refuses };
    assert_eq!(desk.fetch(&signer, NOW, &mut |_, _| {}).unwrap_err().code(), "J107");
    let (round, sent) = run(&mut desk, NOW);
    assert_eq!((round.unchanged, round.new, sent.placed.len()), (0, 3, 3));
}

#[test]
fn a_refusal_of_the_log_is_told_and_stops_nothing_else() {
    let house = House::new();
    house.feeds.set("/a", Answer::of(&rss(&[("1", "Moja", "", "")])));
    house.feeds.set("/b", Answer::of(&rss(&[("1", "Mbili", "", "")])));
    let more = format!("claims = [\"{}\"]\n", Hash([5; 32]));
    let mut desk =
        hakiki_press::Desk::open(house.configuration(&[("gazeti", "/a"), ("gazeti", "/b")], &more)).unwrap();
    let (_, sent) = run(&mut desk, NOW);
    assert_eq!((sent.placed.len(), sent.refused.len()), (1, 1));
    assert_eq!(sent.refused[0].code, "R304");
    assert_eq!(desk.counts().unwrap(), Counts { sent: 1, waiting: 0, refused: 1 });
    assert_eq!(desk.send().unwrap().placed.len(), 0);
}

#[test]
fn one_desk_at_a_time() {
    let house = House::without_node();
    let _desk = house.desk(&[("gazeti", "/rss")]);
    let second = hakiki_press::Desk::open(house.configuration(&[("gazeti", "/rss")], ""));
    assert_eq!(second.err().unwrap().code(), "J102");
}

#[test]
fn what_was_sent_is_found_in_the_directory_and_at_the_address() {
    let house = House::new();
    house.feeds.set("/rss", three());
    let mut desk = house.desk(&[("gazeti", "/rss")]);
    run(&mut desk, NOW);
    let ledger = house.log.ledger();
    let sources = [Source::Directory(house.log.dir.clone()), Source::Url(house.log.url())];
    for (number, source) in sources.iter().enumerate() {
        let mut index = Index::open_or_make(&house.place.path().join(format!("index-{number}"))).unwrap();
        let updated = index
            .update(&ledger, &mut |hashes| Ok(house.log.texts_at(source, hashes)), &mut |_, _| {})
            .unwrap();
        assert_eq!((updated.new, updated.without_text), (3, 0));
        let query = Query { words: "mbili".into(), limit: 10, ..Query::default() };
        assert_eq!(index.search(&query).unwrap().found[0].publisher, "gazeti");
    }
}
