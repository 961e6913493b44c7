//! What single answers say: statuses, figures, and what is "none" and what is "not recorded".

use crate::night::{Night, seen};
use hakiki_core::fixture::key;
use hakiki_core::kinds::{Kind, Origin};
use hakiki_messages::{Language, find};
use hakiki_scrutiny::answer::{Cell, Group, Status};
use std::collections::BTreeSet;

#[test]
fn all_62_are_there_in_order_and_counted_in_their_groups() {
    let report = Night::new().report();
    let numbers: Vec<u32> = report.answers.iter().map(|answer| answer.number).collect();
    assert_eq!(numbers, (1..=62).collect::<Vec<_>>());
    let sizes: [u64; 6] = Group::ALL
        .map(|(group, _)| Status::ALL.iter().map(|status| report.count(Some(group), *status)).sum());
    assert_eq!(sizes, [8, 14, 14, 10, 11, 5]);
    assert!(report.answers.iter().all(|answer| !answer.says.is_empty() && !answer.limits.is_empty()));
}

#[test]
fn what_no_software_can_say_is_outside_whatever_the_log_holds() {
    let mut night = Night::new();
    night.form(0, [1, 2, 3]);
    let report = night.report();
    let outside: BTreeSet<u32> = report
        .answers
        .iter()
        .filter(|answer| answer.status == Status::Outside)
        .map(|answer| answer.number)
        .collect();
    assert_eq!(outside, BTreeSet::from([6, 22, 24, 26, 31, 41]));
}

#[test]
fn not_recorded_is_another_word_than_none() {
    let report = Night::new().report();
    assert_eq!(report.answer(12).unwrap().status, Status::NotRecorded);
    assert!(seen(&report, 12).contains("That is not the same as"));
    // An election that does not admit sessions says that.
    let without = Night::with(|election| {
        election
            .admits
            .retain(|kind| !Kind::CONDUCT.iter().any(|conduct| conduct.name_and_version() == *kind));
    });
    assert!(seen(&without.report(), 12).contains("does not admit"));
    // One session by day: by night there is none, and that is an answer.
    let mut night = Night::new();
    night.session("vendor-1", "mfano.example/k/host-1", "2031-03-04T10:00:00+03:00", Some("t-1"));
    let report = night.report();
    assert_eq!(report.answer(14).unwrap().status, Status::Answered);
    assert!(report.answer(14).unwrap().table.is_empty());
}

#[test]
fn the_claims_question_says_that_nobody_brought_one() {
    let report = Night::new().report();
    assert!(seen(&report, 58).contains("No alleged result was brought"));
    assert_eq!(report.answer(58).unwrap().status, Status::NotRecorded);
}

#[test]
fn x21_one_key_noted_in_two_places_many_times_is_counted() {
    let mut night = Night::new();
    let person = key("administrator-1").name().to_string();
    for minute in 0..45 {
        let at = |second: u32| format!("2031-03-04T20:{minute:02}:{second:02}+03:00");
        night.login("host-1", &person, Origin::Inside, &at(0));
        night.login("host-2", &person, Origin::Elsewhere, &at(30));
    }
    let report = night.report();
    let answer = report.answer(15).unwrap();
    assert_eq!(answer.table.rows[0].cells[1], Cell::Number(90), "noted");
    assert_eq!(
        answer.table.rows[0].cells[3],
        Cell::Number(89),
        "each but the first follows one of the other machine"
    );
    assert!(seen(&report, 15).contains("together 178 times"), "{}", seen(&report, 15));
}

#[test]
fn a_session_stands_in_its_phase_and_overlaps_are_counted() {
    let mut night = Night::new();
    let host = "mfano.example/k/host-1";
    let first = night.session("vendor-1", host, "2031-03-03T12:00:00+03:00", Some("t-1"));
    night.session_ends(first, "vendor-1", host, "2031-03-03T13:00:00+03:00");
    night.session("vendor-1", host, "2031-03-04T12:00:00+03:00", Some("t-2"));
    night.session("administrator-1", host, "2031-03-04T18:00:00+03:00", None);
    let report = night.report();
    let text = seen(&report, 13);
    assert!(
        text.contains("before polling day: 1; on polling day before counting was possible: 1; after that: 1"),
        "{text}"
    );
    let text = seen(&report, 12);
    assert!(text.contains("Sessions recorded: 3, without a recorded end: 2"), "{text}");
    assert!(text.contains("Most sessions at once: 2, first at 2031-03-04T18:00:00+03:00"), "{text}");
}

#[test]
fn a_pause_has_its_length_and_what_was_sealed_meanwhile() {
    use crate::night::time;
    use hakiki_core::kinds::{Notice, NoticeAbout};
    let mut night = Night::new();
    night.form(0, [1, 2, 3]);
    for (about, at) in [(NoticeAbout::Pause, "18:30"), (NoticeAbout::Resume, "21:30")] {
        let from = time(&format!("2031-03-04T{at}:00+03:00"));
        night.by_quorum(Notice { about, from, reason: "review".into(), words: None });
    }
    let report = night.report();
    let row = &report.answer(56).unwrap().table.rows[0];
    // The form is sealed at 18:52.
    assert_eq!((&row.cells[3], &row.cells[4]), (&Cell::Number(180), &Cell::Number(1)));
}

#[test]
fn what_mirrors_stamped_during_a_pause_is_counted_once_a_form() {
    use crate::night::{made, time};
    use hakiki_core::kinds::{Notice, NoticeAbout};
    use hakiki_scrutiny::{Inquiry, Report, StampBrought};
    let mut night = Night::new();
    let form = night.form(0, [1, 2, 3]);
    for (about, at) in [(NoticeAbout::Pause, "18:30"), (NoticeAbout::Resume, "21:30")] {
        let from = time(&format!("2031-03-04T{at}:00+03:00"));
        night.by_quorum(Notice { about, from, reason: "review".into(), words: None });
    }
    let stamp = |record, at: &str, place| StampBrought { at_s: time(at).unix_seconds, record, place };
    let swallowed = hakiki_note::sha256(b"a form that never came");
    let stamps = [
        stamp(form, "2031-03-04T18:29:59+03:00", night.ledger.place_of(&form)),
        stamp(form, "2031-03-04T19:00:00+03:00", night.ledger.place_of(&form)),
        stamp(swallowed, "2031-03-04T20:00:00+03:00", None),
        stamp(swallowed, "2031-03-04T20:00:07+03:00", None),
        stamp(hakiki_note::sha256(b"later"), "2031-03-04T21:30:00+03:00", None),
    ];
    let facts = night.facts();
    let of = |stamps| {
        let inquiry = Inquiry::new(&night.ledger, &facts, &night.checks, night.ledger.size());
        let report = Report::new(&inquiry.with_stamps(stamps), made());
        let row = report.answer(56).unwrap().table.rows[0].cells.clone();
        (row[5].clone(), row[6].clone())
    };
    assert_eq!(of(&stamps), (Cell::Number(2), Cell::Number(1)));
    // Where nobody brought a stamp nothing is said of them, which is not "none".
    assert_eq!(of(&[]), (Cell::None, Cell::None));
}

#[test]
fn an_alleged_result_without_stations_is_said_to_have_none() {
    use crate::night::made;
    use hakiki_scrutiny::{Alleged, AllegedCompared, AllegedCounts, AllegedRow, Inquiry, Report};
    let mut night = Night::new();
    night.form(0, [1, 2, 3]);
    let facts = night.facts();
    let row = |what| AllegedRow { code: "c1".into(), name: "North".into(), what, boxes: "A 1 / 2".into() };
    let alleged = |has_stations, compared| Alleged {
        file: "table.csv".into(),
        hash: hakiki_note::sha256(b"table"),
        contest: "President".into(),
        rows: 291,
        has_stations,
        compared,
        differing: ["different", "only_alleged", "only_log", "not_comparable"].map(row).into(),
    };
    let says = |alleged: Option<&Alleged>| {
        let inquiry = Inquiry::new(&night.ledger, &facts, &night.checks, night.ledger.size());
        crate::night::seen(&Report::new(&inquiry.with_alleged(alleged), made()), 58)
    };
    assert!(says(None).starts_with("NotRecorded"));
    let counts = AllegedCounts { different: 4, impossible: 1, ..AllegedCounts::default() };
    let by_area = says(Some(&alleged(false, AllegedCompared::Areas(counts))));
    assert!(by_area.starts_with("Answered") && by_area.contains("291 rows"), "{by_area}");
    assert!(by_area.contains("no rows for polling stations") && by_area.contains("different 4"), "{by_area}");
    // Every word of a row is there: a missing one stops a debug build.
    assert!(
        by_area.contains("only in the alleged result") && by_area.contains("not comparable"),
        "{by_area}"
    );
    let nothing = says(Some(&alleged(false, AllegedCompared::Nothing)));
    assert!(nothing.contains("None of its rows"), "{nothing}");
    assert!(says(Some(&alleged(true, AllegedCompared::Stations(counts)))).contains("polling stations"));
}

#[test]
fn every_word_that_an_answer_can_need_is_there() {
    for number in 1..=62 {
        for word in ["ask", "limit"] {
            assert!(
                find(Language::English, &format!("scrutiny.q{number}.{word}")).is_some(),
                "{number} {word}"
            );
        }
    }
}
