//! The results text of a size is what it was when the log had that size.
#![allow(clippy::unwrap_used)]

use hakiki_core::Ledger;
use hakiki_core::fixture::{Fixture, Setting, custodians};
use hakiki_core::kinds::{Body, RegisterRecord, TableName, Zero};
use hakiki_core::record::Record;
use hakiki_core::view::results::results_text;
use std::collections::BTreeSet;

fn by_quorum(fixture: &Fixture, body: impl Into<Body>) -> Record {
    let keys = custodians();
    fixture.sign(body, &[&keys[0], &keys[1]])
}

/// A night whose register came table by table, with polls between them, and whose stations and candidates closed later.
fn night(fixture: &Fixture) -> Vec<Record> {
    let Body::RegisterRecord(register) = fixture.records[1].body() else {
        panic!("record 1 is a register record")
    };
    let only = |name: TableName| {
        let tables = register.tables.iter().filter(|(table, _)| **table == name);
        let tables = tables.map(|(table, hash)| (*table, *hash)).collect();
        by_quorum(fixture, RegisterRecord { tables, ..RegisterRecord::default() })
    };
    let [areas, stations, candidates] =
        [TableName::Areas, TableName::Stations, TableName::Candidates].map(only);
    let (keys, poll) = (fixture.records[2].clone(), fixture.records[4].clone());
    let registers = BTreeSet::from([*areas.id(), *stations.id(), *candidates.id(), *keys.id()]);
    let zero = by_quorum(fixture, Zero { registers, stations: 8, voters: 4800 });
    let mut close = RegisterRecord::default();
    close.close_stations.insert(fixture.stations[5].clone(), "burned".into());
    close.close_candidates.insert(("president".into(), 3), "withdrawn".into());
    vec![
        fixture.records[0].clone(),
        areas,
        // The poll is opened before anybody knows where: it holds for the stations that come.
        poll,
        stations,
        candidates,
        keys,
        zero,
        fixture.signed_form(0, [100, 50, 10], 3),
        fixture.signed_form(5, [10, 20, 30], 1),
        by_quorum(fixture, close),
        fixture.signed_form(1, [7, 8, 9], 0),
    ]
}

#[test]
fn the_text_of_a_size_does_not_depend_on_when_it_is_asked() {
    let fixture = Fixture::new(&Setting::default());
    let records = night(&fixture);
    let mut ledger = Ledger::begin(records[0].clone()).unwrap();
    let mut then = vec![results_text(&ledger, 1)];
    for record in &records[1..] {
        fixture.append(&mut ledger, record.clone()).unwrap();
        then.push(results_text(&ledger, ledger.size()));
    }
    for (size, text) in (1..).zip(&then) {
        assert_eq!(results_text(&ledger, size), *text, "{size}");
    }
    // No areas, then areas without stations, then stations that wait for a ballot, then a ballot.
    assert!(then[0].ends_with("size 1\ncontest president\n"), "{}", then[0]);
    for text in &then[1..4] {
        assert!(text.contains("area MF 0 0 0 0 0 0\n") && !text.contains("votes "), "{text}");
    }
    assert!(then[4].contains("area MF 8 8 0 0 0 4800\nvotes 1 0 0 0\n"), "{}", then[4]);
    // A station counts until its closing, and not behind it.
    assert!(then[8].contains("area MF 8 6 2 0 0 4800\nvotes 1 110 110 110\n"), "{}", then[8]);
    assert!(then[9].contains("area MF 7 6 1 0 0 4200\nvotes 1 100 100 100\n"), "{}", then[9]);
}
