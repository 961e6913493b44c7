//! Whether it can still change, as text; and the published vectors of it: `vectors/prospect.json`, small nights with the
//! text after every record. Run with `UPDATE_VECTORS=1` to write them anew.
#![allow(clippy::unwrap_used)]

mod vector_file;

use hakiki_core::Ledger;
use hakiki_core::fixture::{Fixture, Setting, key};
use hakiki_core::kinds::{BoxName, Decision, Form, Rank, RuleName, Ruling};
use hakiki_core::record::Record;
use hakiki_core::text::BoxValue;
use hakiki_core::view::prospect_text::prospect_text;
use hakiki_core::view::{findings, results::results_text, standing_text::standing_text};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

fn signed(fixture: &Fixture, station: usize, votes: [u32; 3], change: impl FnOnce(&mut Form)) -> Record {
    let mut form = fixture.form(station, votes, 1);
    change(&mut form);
    let [kit, officer] = fixture.station_keys(station);
    fixture.sign(form, &[&kit, &officer])
}

fn disregards(fixture: &Fixture, station: usize, considered: &[&Record]) -> Record {
    let ruling = Ruling {
        contest: "president".into(),
        station: fixture.stations[station].clone(),
        rank: Rank::Returning,
        considered: considered.iter().map(|record| *record.id()).collect::<BTreeSet<_>>(),
        decision: Decision::Disregarded("reg-83-1-c".into()),
        notified: BTreeSet::new(),
        order: None,
        words: None,
    };
    let county = station % 2 + 1;
    let keys = [key(&format!("returning-c0{county}-1")), key(&format!("second-c0{county}-1"))];
    fixture.sign(ruling, &[&keys[0], &keys[1]])
}

/// A total that cannot be read, so that only register and cap bound what the unread boxes hold.
fn without_total(form: &mut Form) {
    form.figures = form.figures.clone().with(BoxName::Valid, BoxValue::Illegible);
}

/// More than half, and a quarter in two of two counties: missing, contested, unread in each way, disregarded.
fn spread() -> (&'static str, Fixture, Vec<Record>) {
    let fixture = Fixture::new(&Setting { stations: 6, counties: 2, ..Setting::default() });
    let first = signed(&fixture, 0, [600, 40, 20], |_| {});
    let records = vec![
        first.clone(),
        signed(&fixture, 1, [500, 100, 50], |_| {}),
        signed(&fixture, 2, [100, 300, 200], |form| form.figures.votes[1].1 = BoxValue::Blank),
        signed(&fixture, 3, [400, 90, 10], |form| {
            form.figures.votes[0].1 = BoxValue::Illegible;
            form.figures.votes[2].1 = BoxValue::Dash;
            without_total(form);
        }),
        signed(&fixture, 4, [50, 30, 20], |_| {}),
        signed(&fixture, 4, [30, 50, 20], |_| {}),
        disregards(&fixture, 0, &[&first]),
        // What the total leaves may stand in the box off the ballot, so that the second may have none of it.
        signed(&fixture, 5, [550, 20, 10], |form| {
            form.figures.votes[1].1 = BoxValue::Blank;
            form.figures.votes.push((9, BoxValue::Dash));
        }),
    ];
    ("more than half, and a quarter in two of two counties", fixture, records)
}

/// Most votes, and a county with a ballot of its own: two areas are decided.
fn plurality() -> (&'static str, Fixture, Vec<Record>) {
    let setting = Setting { stations: 4, counties: 2, has_own_ballot: true, ..Setting::default() };
    let fixture = Fixture::with(&setting, |election| {
        election.contests[0].rule = RuleName::Plurality;
        election.contests[0].spread = None;
    });
    let own = |form: &mut Form| {
        for (vote, number) in form.figures.votes.iter_mut().zip([1, 4, 7]) {
            vote.0 = number;
        }
    };
    let records = vec![
        signed(&fixture, 0, [100, 300, 50], own),
        signed(&fixture, 1, [200, 150, 100], |_| {}),
        signed(&fixture, 2, [90, 50, 40], |form| {
            own(form);
            form.figures.votes[1].1 = BoxValue::Blank;
            form.figures.votes[2].1 = BoxValue::Blank;
            without_total(form);
        }),
        // A total that leaves 250 to the second and to a box off the ballot together: the second leads, or not.
        signed(&fixture, 3, [80, 250, 100], |form| {
            form.figures.votes[1].1 = BoxValue::Blank;
            form.figures.votes.push((9, BoxValue::Dash));
        }),
        signed(&fixture, 3, [80, 130, 100], |_| {}),
        signed(&fixture, 3, [80, 131, 100], |_| {}),
    ];
    ("most votes; the first county has a ballot of its own", fixture, records)
}

/// The log with the texts after every record since the poll was opened.
fn told((about, fixture, records): &(&str, Fixture, Vec<Record>)) -> (Ledger, Value) {
    let mut ledger = fixture.ledger();
    let mut texts = Map::new();
    let mut tell = |ledger: &Ledger| {
        texts.insert(ledger.size().to_string(), prospect_text(ledger, ledger.size()).into());
    };
    tell(&ledger);
    for record in records {
        assert!(!fixture.append(&mut ledger, record.clone()).unwrap(), "held");
        tell(&ledger);
    }
    let entries = fixture.records.iter().chain(records);
    let entries: Vec<Value> =
        entries.map(|record| json!({ "note": record.note(), "admission": "admitted" })).collect();
    let text = |bytes: &[u8]| Value::from(String::from_utf8(bytes.to_vec()).unwrap());
    let tables: Map<String, Value> =
        fixture.tables.iter().map(|(hash, bytes)| (hash.to_string(), text(bytes))).collect();
    let found = findings(&ledger, ledger.size()).into_iter().map(|finding| {
        let station =
            finding.station.map(|station| ledger.register().stations()[station as usize].code.to_string());
        json!({ "code": finding.code.as_str(), "place": finding.place, "station": station })
    });
    let last = ledger.size();
    let value = json!({
        "about": about, "fingerprint": fixture.fingerprint.to_string(), "entries": entries, "tables": tables,
        "findings": found.collect::<Vec<_>>(), "results": { last.to_string(): results_text(&ledger, last) },
        "standing": { last.to_string(): standing_text(&ledger, last) }, "prospect": texts,
    });
    (ledger, value)
}

#[test]
fn the_vectors_are_what_this_code_makes() {
    let logs: Vec<Value> = [spread(), plurality()].iter().map(|night| told(night).1).collect();
    let value =
        json!({ "about": "whether it can still change, after every record of small nights", "logs": logs });
    vector_file::check("prospect.json", &value);
}

#[test]
fn each_area_with_a_ballot_of_its_own_is_told_by_itself() {
    let (ledger, _) = told(&plurality());
    let text = prospect_text(&ledger, ledger.size());
    assert!(text.contains("\ncontest president MF "), "{text}");
    // 490 votes at most are open in the county, and its second candidate leads by 200.
    assert!(text.contains("\ncontest president c01 yes 1\n"), "{text}");
}

#[test]
fn before_there_are_candidates_nothing_is_said() {
    let fixture = Fixture::new(&Setting::default());
    assert_eq!(prospect_text(&fixture.ledger(), 1).lines().count(), 3);
}
