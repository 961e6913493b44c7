//! Incidents with machines, books and people in them, retold with invented names.

use crate::custody::pass;
use crate::machines::note;
use crate::play::{Play, name};
use crate::sessions::{begin, end};
use base64::Engine as _;
use hakiki_core::fixture::key;
use hakiki_core::kinds::{ItemKind, possession_text};
use hakiki_core::view::findings;
use hakiki_note::BASE64;

fn codes(play: &Play) -> Vec<&'static str> {
    findings(&play.ledger, play.size()).into_iter().map(|finding| finding.code.as_str()).collect()
}

#[test]
fn x09_the_same_printed_kit_serial_at_two_stations_is_two_devices() {
    let mut play = Play::new();
    // One label on two devices; each has its own key, and custody knows which is which.
    for (station, device) in [("s000000", "kit-s000000"), ("s000001", "kit-s000001")] {
        let more = format!(" / station {station}");
        let lines = pass(&format!("item kit {device}"), &more, "storekeeper-1", "storekeeper-1", "08:00");
        play.say("custody", &lines, &["storekeeper-1"], "admitted");
    }
    for station in [0, 1] {
        let [kit, officer] = play.fixture.station_keys(station);
        let mut form = play.fixture.form(station, [100, 50, 10], 3);
        form.kit = "label-0047".into();
        let record = play.fixture.sign(form, &[&kit, &officer]);
        play.send(&record, "admitted");
    }
    assert_eq!(codes(&play), Vec::<&str>::new());
    let keys: Vec<_> = play.ledger.entries().iter().map(|entry| entry.keys[0]).collect();
    assert_ne!(keys[0], keys[1]);
    for (station, device) in [("s000000", "kit-s000000"), ("s000001", "kit-s000001")] {
        let item = play.ledger.item(ItemKind::Kit, device).unwrap();
        let found = play.ledger.station_of_item(item, play.size());
        assert_eq!(found, play.ledger.register().station(station));
    }
}

#[test]
fn x21_one_officials_key_from_two_places_shows_on_both_machines() {
    let mut play = Play::new();
    let mut last = [(0, hakiki_note::Hash([0; 32])); 2];
    for minute in 0..50 {
        for (place, host) in ["host-1", "host-2"].into_iter().enumerate() {
            let (sequence, previous) = last[place];
            let origin = if host == "host-1" { "inside" } else { "elsewhere" };
            let more = format!("event login / subject {} / origin {origin}", name("administrator-1"));
            let at = format!("20:{minute:02}");
            let lines = crate::machines::noted(sequence + 1, &previous, &at, &more);
            last[place] = (sequence + 1, play.say("observed", &lines, &[host], "admitted"));
        }
    }
    let person = name("administrator-1");
    let logins =
        play.ledger.observations().iter().filter(|entry| {
            entry.observed.subject.as_ref().is_some_and(|subject| subject.as_str() == person)
        });
    let machines: std::collections::BTreeSet<_> = logins.clone().map(|entry| entry.host).collect();
    assert_eq!((logins.count(), machines.len()), (100, 2));
    assert_eq!(play.found("F501").len(), 100, "none of them had a session");
}

#[test]
fn x22_a_vendors_session_at_2340_without_a_ticket() {
    let mut play = Play::new();
    let begun =
        play.say("session", &begin("vendor-1", "host-1", "23:40", ""), &["vendor-1", "observer"], "admitted");
    let login =
        note(&mut play, "23:41", &format!("event login / subject {} / origin elsewhere", name("vendor-1")));
    play.say("session", &end("vendor-1", "host-1", "23:55", &begun), &["vendor-1"], "admitted");
    let place = play.place(&begun);
    let rest = "person=mfano.example/k/vendor-1 machine=mfano.example/k/host-1";
    assert_eq!(
        play.found("F501"),
        [(place, format!("what=no-ticket {rest}"))],
        "the login at {login} is covered"
    );
}

#[test]
fn x23_publication_paused_the_length_of_the_gap_is_between_the_notices() {
    let mut play = Play::new();
    let notice =
        |about: &str, at: &str| format!("about {about} / from 2031-03-05T{at}:00+03:00 / reason backlog");
    let quorum = &["custodian-1", "custodian-2"];
    play.say("notice", &notice("pause", "00:10"), quorum, "admitted");
    let before = note(&mut play, "23:59", "event service-stop / subject node");
    let after = note(&mut play, "23:59", "event service-start / subject node");
    play.say("notice", &notice("resume", "03:25"), quorum, "admitted");
    let notices = play.ledger.notices();
    let seconds = notices[1].1.from.unix_seconds - notices[0].1.from.unix_seconds;
    assert_eq!(seconds, 3 * 3600 + 15 * 60);
    assert!(
        notices[0].0 < before && after < notices[1].0,
        "what machines noted meanwhile stands between them"
    );
}

#[test]
fn x24_four_of_seven_dissent_each_by_its_own_key() {
    let mut play = Play::new();
    let form = play.fixture.signed_form(0, [100, 50, 10], 3);
    play.send(&form, "admitted");
    for number in 4..=7 {
        let new = key(&format!("commissioner-{number}"));
        let public = new.verifier().key();
        let proof =
            new.sign(possession_text(&play.fixture.fingerprint, new.name(), &public.hash()).as_bytes());
        let (public, proof) = (public.to_base64(), BASE64.encode(proof));
        let lines =
            format!("action enrol / new {} commissioner area MF {public} {proof} / reason court", new.name());
        play.say("key", &lines, &["custodian-1", "custodian-2"], "admitted");
    }
    let root = "00".repeat(32);
    let head = format!("contest president / area MF / head 6 {root}");
    let votes = "votes 1 100 / votes 2 50 / votes 3 10 / valid 160 / rejected 3";
    let missing =
        play.bring(b"hakiki/missing-set@v1\nstation s000001\nstation s000002\nstation s000003\n".to_vec());
    for number in 1..=7 {
        let says = if number > 3 {
            format!("{head} / says dissent")
        } else {
            format!("{head} / says declared / {votes} / missing sha256:{missing}")
        };
        play.say("declaration", &says, &[&format!("commissioner-{number}")], "admitted");
    }
    let dissents = play.ledger.declarations().iter().filter(|declaration| declaration.dissents);
    assert_eq!((play.ledger.declarations().len(), dissents.count()), (7, 4));
    // What four against three means in law is not said: no finding compares them.
    assert_eq!(codes(&play), Vec::<&str>::new());
}

#[test]
fn x25_a_form_from_the_reserve_book_and_where_that_book_was() {
    let mut play = Play::new();
    let made = pass(
        "item form-book reserve-1",
        " / serials R000001 R000050",
        "storekeeper-1",
        "storekeeper-1",
        "08:00",
    );
    play.say("custody", &made, &["storekeeper-1"], "admitted");
    let handed = pass("item form-book reserve-1", "", "storekeeper-1", "returning-c01-1", "12:00");
    play.say("custody", &handed, &["storekeeper-1", "returning-c01-1"], "admitted");
    let [kit, officer] = play.fixture.station_keys(0);
    let mut form = play.fixture.form(0, [100, 50, 10], 3);
    form.serial = Some("R000007".into());
    let record = play.fixture.sign(form, &[&kit, &officer]);
    let form = play.send(&record, "admitted");
    let found = play.found("F208");
    let holder = name("returning-c01-1");
    let place = play.place(&form);
    assert_eq!(found, [(place, format!("serial=R000007 book=reserve-1 holder={holder} issued=none"))]);
    let book = play.ledger.item(ItemKind::FormBook, "reserve-1").unwrap();
    let way: Vec<u64> = play.ledger.handovers_of(book, play.size()).map(|handover| handover.place).collect();
    assert_eq!(way, [place - 1, place - 2], "its way, newest first");
}
