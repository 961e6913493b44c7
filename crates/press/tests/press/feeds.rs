//! What the desk makes of feeds: once each, corrected by a new record, dates as stated, asked politely.

use crate::house::{Answer, House, INTERVAL, NOW, fetch, is_proved, rss, run};
use hakiki_press::{Desk, LeftOut, Outcome, Problem};

#[test]
fn items_become_statements_as_published_by_once_each() {
    let house = House::new();
    let dated = "<pubDate>Tue, 04 Mar 2031 18:00:00 +0300</pubDate><link>https://gazeti.example/1</link>";
    let items = [
        ("2", "Pili", "Bila tarehe", ""),
        ("1", "Kwanza", "&lt;p&gt;Kura <![CDATA[<b>zote</b>]]>&lt;/p&gt;", dated),
    ];
    house.feeds.set("/rss", Answer::of(&rss(&items)));
    let rule = "[[rule]]\nwords = [\"kura zote\"]\nareas = [\"c01\"]\n";
    let mut desk = Desk::open(house.configuration(&[("gazeti", "/rss")], rule)).unwrap();
    let (round, sent) = run(&mut desk, NOW);
    assert_eq!((round.new, sent.placed.len(), &sent.stopped), (2, 2, &None));
    assert_eq!(house.log.texts(), ["Kwanza / Kura zote", "Pili / Bila tarehe"]);
    let statements = house.log.statements();
    let first = &statements[0].0;
    assert_eq!(first.statement.published.unwrap().to_string(), "2031-03-04T15:00:00+00:00");
    assert_eq!(
        (first.statement.publisher.as_str(), first.statement.address.as_deref()),
        ("gazeti", Some("https://gazeti.example/1"))
    );
    assert_eq!(first.statement.areas.iter().collect::<Vec<_>>(), ["c01"]);
    assert_eq!((statements[1].0.statement.published, statements[1].0.statement.happened), (None, None));
    assert!(is_proved(&house.receipt(&first.id).unwrap(), first));

    // The same again, and one more: only that one.
    let more = [("3", "Tatu", "Mpya", ""), items[0], items[1]];
    house.feeds.set("/rss", Answer::of(&rss(&more)));
    assert_eq!(run(&mut desk, NOW + 10).0.asked, 0, "not due");
    let (round, sent) = run(&mut desk, NOW + INTERVAL);
    assert_eq!((round.asked, round.new, sent.placed.len()), (1, 1, 1));
    assert_eq!(house.log.texts().len(), 3);
}

#[test]
fn a_changed_item_corrects_the_record_before() {
    let house = House::new();
    let mut desk = house.desk(&[("gazeti", "/rss")]);
    let dated = |date: &str| format!("<pubDate>{date}</pubDate>");
    let (early, late) = (dated("Tue, 04 Mar 2031 18:00:00 GMT"), dated("Wed, 05 Mar 2031 06:00:00 GMT"));
    let versions = [("Kura 100", &early), ("Kura 200", &early), ("Kura 300", &late), ("Kura 100", &late)];
    for (number, (text, date)) in (0..).zip(versions) {
        house.feeds.set("/rss", Answer::of(&rss(&[("1", "Kwanza", text, date)])));
        run(&mut desk, NOW + number * INTERVAL);
    }
    let statements = house.log.statements();
    let corrects: Vec<_> = statements.iter().map(|(entry, _)| entry.statement.corrects).collect();
    let ids: Vec<_> = statements.iter().map(|(entry, _)| Some(entry.id)).collect();
    assert_eq!(corrects, [None, ids[0], ids[1], ids[2]]);
    let published = |at: usize| statements[at].0.statement.published.map(|time| time.to_string());
    assert_eq!(published(0).as_deref(), Some("2031-03-04T18:00:00+00:00"));
    assert_eq!(published(1), None, "when the text was changed the feed does not say");
    assert_eq!(published(2).as_deref(), Some("2031-03-05T06:00:00+00:00"));
    assert_eq!(published(3), None);
}

#[test]
fn one_text_of_a_publisher_in_two_feeds_is_one_statement() {
    let house = House::new();
    let item = |guid: &'static str| [(guid, "Kichwa", "Maneno yale yale", "")];
    let twice = [item("a")[0], item("a2")[0]];
    house.feeds.set("/siasa", Answer::of(&rss(&twice)));
    house.feeds.set("/habari", Answer::of(&rss(&item("b"))));
    house.feeds.set("/wengine", Answer::of(&rss(&item("c"))));
    let mut desk = house.desk(&[("gazeti", "/siasa"), ("gazeti", "/habari"), ("daily", "/wengine")]);
    let (round, _) = run(&mut desk, NOW);
    assert_eq!(round.new, 2);
    let publishers: Vec<String> =
        house.log.statements().into_iter().map(|(entry, _)| entry.statement.publisher).collect();
    assert_eq!(publishers, ["gazeti", "daily"], "another publisher answers for the same words too");
}

#[test]
fn the_desk_asks_as_a_guest() {
    let house = House::new();
    let feed = rss(&[("1", "Moja", "", "")]);
    house.feeds.set(
        "/a",
        Answer::of(&feed).with("etag", "\"v1\"").with("last-modified", "Tue, 04 Mar 2031 18:00:00 GMT"),
    );
    house.feeds.set("/b", Answer::of(&rss(&[("1", "Mbili", "", "")])));
    let mut desk = house.desk(&[("gazeti", "/a"), ("gazeti", "/b")]);
    let began = std::time::Instant::now();
    fetch(&mut desk, NOW);
    assert!(began.elapsed().as_millis() >= 1000, "a second between two requests to one host");
    let asked = house.feeds.asked();
    let name = asked[0].1["user-agent"].to_str().unwrap();
    assert!(name.starts_with("hakiki-press/") && name.contains("desk@baraza.example"), "{name}");
    assert!(!asked[0].1.contains_key("if-none-match"));
    drop(desk);

    // After a new start: what the feed said of itself was kept.
    let mut desk = house.desk(&[("gazeti", "/a"), ("gazeti", "/b")]);
    let (round, told) = fetch(&mut desk, NOW + INTERVAL);
    assert_eq!((round.asked, round.unchanged, round.new), (2, 1, 0));
    assert_eq!(told[0], Outcome::Unchanged);
    let asked = house.feeds.asked();
    assert_eq!(asked[0].1["if-none-match"], "\"v1\"");
    assert_eq!(asked[0].1["if-modified-since"], "Tue, 04 Mar 2031 18:00:00 GMT");
}

#[test]
fn what_a_feed_does_wrong_stops_nothing_else() {
    let house = House::new();
    house.feeds.set("/good", Answer::of(&rss(&[("1", "Nzuri", "", ""), ("2", "", "", "")])));
    house.feeds.set("/broken", Answer::of("<rss version=\"2.0\"><channel><item><title>Nusu"));
    house.feeds.set("/page", Answer::of("<!doctype html><p>Ingia"));
    house.feeds.set("/large", Answer { body: vec![b' '; 8 * 1024 * 1024 + 1], ..Answer::of("") });
    house.feeds.set("/slow", Answer { wait: std::time::Duration::from_secs(3), ..Answer::of(&rss(&[])) });
    house.feeds.set("/gone", Answer { status: 410, ..Answer::of("") });
    house.feeds.set(
        "/moved",
        Answer { status: 301, ..Answer::of("") }.with("location", "https://elsewhere.example/rss"),
    );
    house.feeds.set("/here", Answer { status: 302, ..Answer::of("") }.with("location", "/good2"));
    house.feeds.set("/good2", Answer::of(&rss(&[("1", "Nyingine", "", "")])));
    let paths = ["/broken", "/page", "/large", "/slow", "/gone", "/moved", "/here", "/good"];
    let feeds: Vec<(&str, &str)> = paths.iter().map(|path| ("gazeti", *path)).collect();
    let mut desk = house.desk(&feeds);
    let (round, told) = fetch(&mut desk, NOW);
    assert_eq!((round.asked, round.failed, round.new), (8, 6, 2));
    let codes: Vec<&str> = told
        .iter()
        .filter_map(|outcome| match outcome {
            Outcome::Failed(problem) => Some(problem.code()),
            _ => None,
        })
        .collect();
    assert_eq!(codes, ["J204", "J204", "J203", "J201", "J202", "J205"]);
    assert!(matches!(&told[7], Outcome::Read { left_out, .. } if *left_out == [LeftOut::Empty]));

    // A feed that fails is asked half as often.
    house.feeds.asked();
    let (round, _) = fetch(&mut desk, NOW + INTERVAL);
    assert_eq!(round.asked, 2, "those that were read");
    let (round, _) = fetch(&mut desk, NOW + 2 * INTERVAL);
    assert_eq!(round.asked, 8);
}

#[test]
fn a_host_that_asks_for_a_rest_gets_it() {
    let house = House::new();
    house.feeds.set("/a", Answer { status: 503, ..Answer::of("") }.with("retry-after", "7200"));
    house.feeds.set("/b", Answer::of(&rss(&[("1", "x", "", "")])));
    let mut desk = house.desk(&[("gazeti", "/a"), ("gazeti", "/b")]);
    let (_, told) = fetch(&mut desk, NOW);
    assert_eq!(told, [Outcome::Failed(Problem::Rest { seconds: 7200 }), Outcome::NotDue]);
    assert_eq!(fetch(&mut desk, NOW + 7199).0.asked, 0);
    house.feeds.set("/a", Answer::of(&rss(&[("1", "y", "", "")])));
    assert_eq!(fetch(&mut desk, NOW + 7200).0.asked, 2);
}
