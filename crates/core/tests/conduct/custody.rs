//! Hand-overs: what they may say, who signs, who holds what, and where a form's serial comes from. F208, F503.

use crate::play::{Play, name};
use hakiki_core::view::findings;

pub fn pass(items: &str, more: &str, from: &str, to: &str, at: &str) -> String {
    let (from, to) = (name(from), name(to));
    format!("{items}{more} / from {from} / to {to} / at 2031-03-01T{at}:00+03:00 / reason delivery")
}

pub fn act(play: &mut Play) {
    lines(play);
    hands(play);
    books(play);
}

fn lines(play: &mut Play) {
    let say = |play: &mut Play, items: &str, more: &str, expected: &str| {
        let lines = pass(items, more, "storekeeper-1", "storekeeper-1", "08:00");
        play.say("custody", &lines, &["storekeeper-1"], expected)
    };
    say(play, "item crate C-1", "", "R105");
    say(play, "item kit K 1", "", "R105");
    say(play, "item kit K-2 / item kit K-1", "", "R105");
    say(play, "item kit K-1 / item kit K-1", "", "R105");
    say(play, "item kit K-1 / item box K-1", "", "R105");
    say(play, "item kit K-1", " / serials A1 A9", "R105");
    say(play, "item form-book B-1 / item form-book B-2", " / serials A1 A9", "R105");
    say(play, "item form-book B-1 / item kit K-1", " / serials A1 A9", "R105");
    say(play, "item form-book B-1", " / serials A9 A1", "R105");
    say(play, "item form-book B-1", " / serials A1 A10", "R105");
    say(play, "item form-book B-1", " / serials A1", "R105");
    let many =
        |count: u32| (100..100 + count).map(|n| format!("item seal S-{n}")).collect::<Vec<_>>().join(" / ");
    say(play, &many(65), "", "R105");
    say(play, &many(64), "", "admitted");
    say(play, "item kit K-1", " / station s999999", "R306");
    say(play, "item form-book B-0", " / serials A5 A5", "admitted");
}

fn hands(play: &mut Play) {
    let of = |from: &str, to: &str, at: &str| pass("item kit K-7 / item parcel P-7", "", from, to, at);
    let good = of("storekeeper-1", "presiding-s000001", "09:00");
    play.say("custody", &of("nobody", "observer", "09:00"), &["observer"], "R201");
    play.say("custody", &of("observer", "nobody", "09:00"), &["observer"], "R201");
    play.say("custody", &of("vendor-1", "observer", "09:00"), &["vendor-1", "observer"], "R202");
    play.say("custody", &of("observer", "vendor-1", "09:00"), &["vendor-1", "observer"], "R202");
    let log = hakiki_core::fixture::ORIGIN;
    let by_log = of("observer", "observer", "09:00")
        .replace(&format!("to {}", name("observer")), &format!("to {log}"));
    play.say("custody", &by_log, &["observer", "log"], "R202");
    let three = ["storekeeper-1", "presiding-s000001", "observer"];
    play.say("custody", &good, &three, "R202");
    play.say("custody", &good, &["observer"], "R202");
    play.say("custody", &good, &["presiding-s000001"], "R204");
    play.say("custody", &good, &["storekeeper-1"], "R204");
    let alone = of("storekeeper-1", "storekeeper-1", "09:00");
    play.say("custody", &alone, &["storekeeper-1", "observer"], "R202");
    // The first record of an item is never a finding, whoever gives it.
    play.say("custody", &good, &["storekeeper-1", "presiding-s000001"], "admitted");
    let back = of("presiding-s000001", "returning-c01-1", "18:00");
    play.say("custody", &back, &["presiding-s000001", "returning-c01-1"], "admitted");
    // It comes from somebody to whom nobody gave it; then from who gave it away; then it is made a second time.
    let gap = of("storekeeper-2", "observer", "19:00");
    play.say("custody", &gap, &["storekeeper-2", "observer"], "admitted");
    let twice = of("returning-c01-1", "storekeeper-1", "19:30");
    play.say("custody", &twice, &["returning-c01-1", "storekeeper-1"], "admitted");
    let again = pass("item kit K-7", "", "storekeeper-1", "storekeeper-1", "19:40");
    play.say("custody", &again, &["storekeeper-1"], "admitted");
    let again = pass("item kit K-7", "", "storekeeper-2", "storekeeper-2", "19:50");
    play.say("custody", &again, &["storekeeper-2"], "admitted");
    play.say(
        "custody",
        &pass("item kit K-7", "", "kit-s000000", "log-no", "20:00"),
        &["kit-s000000"],
        "R201",
    );
    play.revoke("storekeeper-2");
    let gone = pass("item kit K-7", "", "storekeeper-2", "observer", "20:00");
    play.say("custody", &gone, &["storekeeper-2", "observer"], "R201");
    play.say(
        "custody",
        &gone.replace(" / from", " / station s999999 / from"),
        &["storekeeper-2", "observer"],
        "R201",
    );
}

fn books(play: &mut Play) {
    let book = |play: &mut Play, code: &str, serials: &str, station: &str| {
        let items = format!("item form-book {code}");
        let serials = if serials.is_empty() { String::new() } else { format!(" / serials {serials}") };
        let station = if station.is_empty() { String::new() } else { format!(" / station {station}") };
        let lines = pass(&items, &format!("{serials}{station}"), "storekeeper-1", "storekeeper-1", "10:00");
        play.say("custody", &lines, &["storekeeper-1"], "admitted");
    };
    let form = |play: &mut Play, station: usize, serial: &str| {
        let [kit, officer] = play.fixture.station_keys(station);
        let mut form = play.fixture.form(station, [100, 50, 10], 3);
        form.serial = Some(serial.into());
        let record = play.fixture.sign(form, &[&kit, &officer]);
        play.send(&record, "admitted");
    };
    form(play, 2, "M0000025");
    book(play, "F-a", "M0000010 M0000019", "s000000");
    book(play, "F-reserve", "M0000020 M0000029", "");
    book(play, "F-z", "M0000015 M0000024", "s000001");
    book(play, "F-nothing", "", "s000003");
    // In its own book; in the other's range and its own; in its own and another's; one length too long.
    form(play, 0, "M0000012");
    form(play, 1, "M0000019");
    form(play, 0, "M0000016");
    form(play, 0, "M00000100");
    // From the reserve; from nowhere, where the station has a book; from nowhere, where it has none.
    form(play, 1, "M0000027");
    form(play, 1, "M0000099");
    form(play, 2, "M0000098");
    // The reserve book goes to station 2 after all, and the first book is numbered anew.
    let lines =
        pass("item form-book F-reserve", " / station s000002", "storekeeper-1", "presiding-s000002", "11:00");
    play.say("custody", &lines, &["storekeeper-1", "presiding-s000002"], "admitted");
    book(play, "F-a", "M0000010 M0000013", "");
}

#[test]
fn an_item_is_where_the_records_before_left_it() {
    let mut play = Play::new();
    hands(&mut play);
    let found: Vec<String> = play.found("F503").into_iter().map(|(_, what)| what).collect();
    let line = |what: &str, item: &str, holder: &str, from: &str, to: &str| {
        let (holder, from, to) = (name(holder), name(from), name(to));
        format!("what={what} item={item} holder={holder} from={from} to={to}")
    };
    let returning = "returning-c01-1";
    let expected = [
        line("not-holder", "kit code=K-7", returning, "storekeeper-2", "observer"),
        line("not-holder", "parcel code=P-7", returning, "storekeeper-2", "observer"),
        line("not-holder", "kit code=K-7", "observer", returning, "storekeeper-1"),
        line("not-holder", "parcel code=P-7", "observer", returning, "storekeeper-1"),
        line("second-origin", "kit code=K-7", "storekeeper-1", "storekeeper-2", "storekeeper-2"),
    ];
    assert_eq!(found, expected);
    let kit = play.ledger.item(hakiki_core::kinds::ItemKind::Kit, "K-7").unwrap();
    let holder =
        |as_of| play.ledger.holder_of(kit, as_of).map(|key| play.ledger.roster().key(key).name.to_string());
    let first = play.ledger.handovers()[0].place;
    assert_eq!(holder(first), None);
    assert_eq!(holder(first + 1), Some(name("presiding-s000001")));
    assert_eq!(holder(play.size()), Some(name("storekeeper-2")));
}

#[test]
fn a_serial_is_looked_up_in_the_books_as_of_the_head() {
    let mut play = Play::new();
    books(&mut play);
    let last_two = play.size() - 2;
    let line = |serial: &str, book: &str, holder: &str, issued: &str| {
        let holder = if holder == "none" { "none".to_owned() } else { name(holder) };
        format!("serial={serial} book={book} holder={holder} issued={issued}")
    };
    let words = |as_of| play.found_as_of("F208", as_of).into_iter().map(|(_, what)| what).collect::<Vec<_>>();
    let keeper = "storekeeper-1";
    let before = [
        line("M0000025", "F-reserve", keeper, "none"),
        line("M00000100", "none", "none", "none"),
        line("M0000027", "F-reserve", keeper, "none"),
        line("M0000099", "none", "none", "none"),
    ];
    assert_eq!(words(last_two), before);
    let after = [
        line("M0000016", "F-z", keeper, "s000001"),
        line("M00000100", "none", "none", "none"),
        line("M0000027", "F-reserve", "presiding-s000002", "s000002"),
        line("M0000099", "none", "none", "none"),
        line("M0000098", "none", "none", "none"),
    ];
    assert_eq!(words(play.size()), after);
    assert_eq!(words(6), Vec::<String>::new(), "no books, no finding");
    // The finding stands at the form, and on the page of its station.
    let all = findings(&play.ledger, play.size());
    let of_station = hakiki_core::view::finding::findings_at(&play.ledger, 0, 2, play.size());
    let here = all.iter().filter(|finding| finding.code.as_str() == "F208" && finding.station == Some(2));
    assert!(here.clone().count() > 0 && here.clone().all(|finding| of_station.contains(finding)));
}
