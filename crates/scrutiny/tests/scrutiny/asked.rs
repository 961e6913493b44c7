//! Questions in the court's own words.

use crate::night::Night;
use hakiki_core::fixture::key;
use hakiki_core::kinds::{ItemKind, Origin};
use hakiki_messages::Language;
use hakiki_scrutiny::Inquiry;
use hakiki_scrutiny::ask::{FORMS, Found, Question, ask};

fn asked(night: &Night, question: &str) -> Result<Found, String> {
    let facts = night.facts();
    let inquiry = Inquiry::new(&night.ledger, &facts, &night.checks, night.ledger.size());
    ask(&inquiry, question).map_err(|error| error.to_string())
}

fn said(found: &Found) -> String {
    found.says.iter().map(|message| message.text(Language::English)).collect::<Vec<_>>().join("\n")
}

fn busy() -> Night {
    let mut night = Night::new();
    let host = "mfano.example/k/host-1";
    let first = night.session("vendor-1", host, "2031-03-04T23:40:00+03:00", None);
    night.session_ends(first, "vendor-1", host, "2031-03-05T00:01:20+03:00");
    night.session("administrator-1", host, "2031-03-05T00:02:00+03:00", Some("t-1"));
    let person = key("administrator-2").name().to_string();
    night.login("host-2", &person, Origin::Inside, "2031-03-04T22:00:00+03:00");
    night.form(0, [1, 2, 3]);
    night
}

#[test]
fn who_was_in_at_a_minute() {
    let night = busy();
    // The minute is the election's own where no offset stands; who left within it was in.
    let found = asked(&night, "in at 2031-03-05T00:01").unwrap();
    assert!(said(&found).contains("sessions 1, notes of machines 1"), "{}", said(&found));
    assert_eq!(asked(&night, "in at 2031-03-04T21:01Z").unwrap().table, found.table);
    let later = asked(&night, "in at 2031-03-05T00:02").unwrap();
    assert!(said(&later).contains("sessions 1, notes of machines 1"), "{}", said(&later));
    assert_ne!(later.table, found.table);
    let before = asked(&night, "in at 2031-03-04T21:00").unwrap();
    assert!(said(&before).contains("sessions 0, notes of machines 0"), "{}", said(&before));
}

#[test]
fn everything_by_keys_of_a_role_between_two_times() {
    let night = busy();
    let found = asked(&night, "role vendor from 2031-03-04 to 2031-03-05").unwrap();
    assert_eq!(found.table.len(), 1, "the end is after midnight");
    let found = asked(&night, "role vendor from 2031-03-04 to 2031-03-06").unwrap();
    assert_eq!(found.table.len(), 2);
    let found = asked(&night, "role administrator from 2031-03-04 to 2031-03-06").unwrap();
    assert!(said(&found).contains("signed 1, notes of machines about them 1"), "{}", said(&found));
}

#[test]
fn keys_machines_stations_and_records() {
    let night = busy();
    let found = asked(&night, "key mfano.example/k/vendor-1").unwrap();
    assert_eq!(found.table.len(), 2);
    let found = asked(&night, "machine mfano.example/k/host-1 from 2031-03-01 to 2031-03-30").unwrap();
    assert_eq!(found.table.len(), 3, "sessions and their ends");
    let station = &night.fixture.stations[0];
    let found = asked(&night, &format!("station {station}")).unwrap();
    assert_eq!(found.table.len(), 1);
    let id = night.ledger.entries()[0].id;
    let by_id = asked(&night, &format!("record {id}")).unwrap();
    let place = night.ledger.entries()[0].place;
    assert_eq!(by_id, asked(&night, &format!("record {place}")).unwrap());
    assert_eq!(by_id.shows, Some(place));
}

#[test]
fn items_and_serials() {
    let mut night = busy();
    night.custody(ItemKind::FormBook, "book-1", Some(["M0000000", "M0000009"]), Some(0));
    let found = asked(&night, "item form-book book-1").unwrap();
    assert!(said(&found).contains("Held by mfano.example/k/storekeeper-1"), "{}", said(&found));
    let found = asked(&night, "serials M0000000 M0000003").unwrap();
    assert!(said(&found).contains("form books 1, forms 1"), "{}", said(&found));
    let found = asked(&night, "serials M0000010 M0000020").unwrap();
    assert!(said(&found).contains("form books 0, forms 0"), "{}", said(&found));
}

#[test]
fn a_wrong_question_gets_the_forms_that_exist() {
    let night = busy();
    let refused = asked(&night, "who was there?").unwrap_err();
    assert!(FORMS.iter().all(|form| refused.contains(form)), "{refused}");
    let wrong = [
        ("in at noon", "Not a time: noon"),
        ("in at 2031-02-30T00:00", "Not a time"),
        ("in at \u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}", "Not a time"),
        ("role king from 2031-03-04 to 2031-03-05", "No role is called king"),
        ("station s999", "The register has no station s999"),
        ("key nobody", "no key nobody"),
        ("machine nowhere from 2031-03-04 to 2031-03-05", "No machine is called nowhere"),
        ("record 999999", "no record 999999"),
        ("record x", "no record x"),
        ("item cup 1", "No kind of item is called cup"),
        ("item kit none", "No hand-over of kit none"),
        ("after declaration mayor", "no contest mayor"),
        ("after declaration president", "No declaration of president"),
        ("", "Not a question"),
    ];
    for (question, expected) in wrong {
        let refused = asked(&night, question).unwrap_err();
        assert!(refused.contains(expected), "{question}: {refused}");
    }
    let facts = night.facts();
    let inquiry = Inquiry::new(&night.ledger, &facts, &night.checks, night.ledger.size());
    let minute = Question::parse("in at 2031-03-05T00:01", &inquiry).unwrap().minute().unwrap();
    assert_eq!(minute.to_string(), "2031-03-05T00:01:00+03:00");
}
