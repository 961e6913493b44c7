//! A small night from end to end: the fold, the partition, rulings and the results text.
#![allow(clippy::unwrap_used)]

use hakiki_core::fixture::{Fixture, Setting, key};
use hakiki_core::kinds::{Decision, Rank, Ruling};
use hakiki_core::view::{ContestView, Selection, Status, findings, results::results_text};
use std::collections::BTreeSet;

#[test]
fn forms_stand_contest_and_are_ruled_on() {
    let fixture = Fixture::new(&Setting::default());
    let mut ledger = fixture.ledger();
    let one = fixture.signed_form(0, [100, 50, 10], 3);
    let two = fixture.signed_form(0, [90, 60, 10], 3);
    assert!(!fixture.append(&mut ledger, one.clone()).unwrap());
    fixture.append(&mut ledger, fixture.signed_form(1, [10, 20, 30], 0)).unwrap();
    fixture.append(&mut ledger, two.clone()).unwrap();
    let view = ContestView::new(&ledger, 0, ledger.size(), Selection::All);
    assert_eq!(view.status(0), Status::Contested);
    let total = view.total(&ledger);
    assert_eq!((total.expected, total.missing, total.standing, total.contested), (8, 6, 1, 1));
    assert_eq!(total.votes.iter().map(|votes| votes.total).collect::<Vec<_>>(), [10, 20, 30]);
    assert_eq!((total.with_contested[0].least, total.with_contested[0].most), (100, 110));
    // As of the head before the second form, the first one stood.
    let before = ContestView::new(&ledger, 0, ledger.size() - 1, Selection::All);
    assert_eq!(before.status(0), Status::Standing(0));
    let ruling = Ruling {
        contest: "president".into(),
        station: fixture.stations[0].clone(),
        rank: Rank::Returning,
        considered: BTreeSet::from([*one.id(), *two.id()]),
        decision: Decision::Stands(*two.id()),
        notified: BTreeSet::new(),
        order: None,
        words: None,
    };
    let (returning, second) = (key("returning-c01-1"), key("second-c01-1"));
    fixture.append(&mut ledger, fixture.sign(ruling, &[&returning, &second])).unwrap();
    let after = ContestView::new(&ledger, 0, ledger.size(), Selection::All);
    assert_eq!(after.status(0), Status::Standing(2));
    let codes: Vec<_> = findings(&ledger, ledger.size()).into_iter().map(|f| f.code.as_str()).collect();
    assert_eq!(codes, ["F205", "F206"][..1].to_vec());
    assert!(results_text(&ledger, ledger.size()).contains("area MF 8 6 2 0 0 4800\nvotes 1 100 100 100\n"));
}
