//! The published vectors of records and of the fold: `vectors/records.json` and `vectors/ledger.json`.
//!
//! Run with `UPDATE_VECTORS=1` to write them anew; without it, they must be what this code makes. Someone who writes
//! another verifier from `docs/reference/records.md` checks it against these files.
#![allow(clippy::unwrap_used)]

mod vector_file;

use base64::Engine as _;
use hakiki_core::fixture::{Fixture, Setting, custodians, key};
use hakiki_core::kinds::{BoxName, KeyAction, KeyRecord};
use hakiki_core::record::Record;
use hakiki_core::text::BoxValue;
use hakiki_core::view::{findings, results::results_text};
use hakiki_note::{BASE64, Note, SigningKey};
use serde_json::{Value, json};
use vector_file::check;

fn setting() -> Setting {
    Setting { stations: 4, counties: 2, ..Setting::default() }
}

/// A night with something of everything: a contested station, a blank box, a held form, an inadmissible entry.
fn night(fixture: &Fixture) -> Vec<Record> {
    let [kit, officer] = fixture.station_keys(2);
    let mut blank = fixture.form(2, [70, 0, 5], 1);
    blank.figures.votes[1].1 = BoxValue::Blank;
    blank.figures = blank.figures.clone().with(BoxName::Valid, BoxValue::Number(95));
    let quorum = custodians();
    let quorum: Vec<&SigningKey> = quorum.iter().take(2).collect();
    let old = Some(fixture.station_keys(3)[1].name().clone());
    let revoke = KeyRecord { action: KeyAction::Revoke, old, reason: "ill".into(), words: None };
    vec![
        fixture.signed_form(0, [100, 50, 10], 3),
        fixture.signed_form(1, [200, 150, 40], 12),
        fixture.signed_form(0, [90, 60, 10], 3),
        fixture.sign(blank, &[&kit, &officer]),
        fixture.sign(revoke, &quorum),
        fixture.signed_form(3, [1, 2, 3], 0),
        fixture.sign(fixture.form(3, [9, 9, 9], 0), &[&key("nobody"), &key("none")]),
    ]
}

#[test]
fn the_fold_of_a_small_log() {
    let fixture = Fixture::new(&setting());
    let mut ledger = fixture.ledger();
    let mut entries = Vec::new();
    let mut entry = |record: &Record, what: String| {
        entries.push(json!({ "note": record.note(), "id": record.id().to_string(), "admission": what }));
    };
    for record in &fixture.records {
        entry(record, "admitted".into());
    }
    for record in night(&fixture) {
        let what = match fixture.append(&mut ledger, record.clone()) {
            Ok(false) => "admitted".to_owned(),
            Ok(true) => "held".to_owned(),
            Err(refusal) => {
                ledger.pass_inadmissible(&refusal);
                refusal.code.to_string()
            }
        };
        entry(&record, what);
    }
    let found: Vec<Value> = findings(&ledger, ledger.size())
        .into_iter()
        .map(|finding| {
            let station = finding.station.map(|s| ledger.register().stations()[s as usize].code.to_string());
            json!({ "code": finding.code.as_str(), "place": finding.place, "station": station })
        })
        .collect();
    let tables: serde_json::Map<String, Value> = fixture
        .tables
        .iter()
        .map(|(hash, bytes)| (hash.to_string(), Value::from(String::from_utf8(bytes.clone()).unwrap())))
        .collect();
    let sizes = [5, 8, ledger.size()];
    let results: serde_json::Map<String, Value> =
        sizes.iter().map(|size| (size.to_string(), Value::from(results_text(&ledger, *size)))).collect();
    let about = "a log from entry 0, its tables by SHA-256, what admission says of each entry, the findings and the \
                 results text as of some sizes";
    let fingerprint = fixture.fingerprint.to_string();
    let value = json!({
        "about": about, "fingerprint": fingerprint, "entries": entries, "tables": tables, "findings": found,
        "results": results,
    });
    check("ledger.json", &value);
}

#[test]
fn records_accepted_and_refused_by_their_bytes() {
    let fixture = Fixture::new(&setting());
    let good = fixture.signed_form(0, [100, 50, 10], 3);
    let [kit, officer] = fixture.station_keys(0);
    let mut ordered = [&kit, &officer];
    ordered.sort_by(|a, b| a.name().cmp(b.name()));
    let accept: Vec<Value> = fixture
        .records
        .iter()
        .chain([&good])
        .map(|record| json!({ "note": record.note(), "id": record.id().to_string() }))
        .collect();
    let text = good.text().to_owned();
    let changes: &[(&str, &str, &str)] = &[
        ("a double space", "contest president", "contest  president"),
        ("a trailing space", "contest president", "contest president "),
        ("a missing line", "contest president\n", ""),
        ("a line twice", "contest president\n", "contest president\ncontest president\n"),
        ("a leading zero", "votes 1 100", "votes 1 0100"),
        ("ten digits", "votes 1 100", "votes 1 1000000000"),
        ("candidates not ascending", "votes 1 100\nvotes 2 50\n", "votes 2 50\nvotes 1 100\n"),
        ("an unknown box state", "votes 1 100", "votes 1 empty"),
        ("a time without offset", "18:52:00+03:00", "18:52:00Z"),
        ("an impossible date", "2031-03-04T18", "2031-02-30T18"),
        ("a tab", "contest president", "contest\tpresident"),
        ("a right-to-left override", "kit-0", "kit\u{202e}0"),
        ("not NFC", "kit-0", "kite\u{301}"),
        ("a code point after Unicode 12.1", "kit-0", "kit\u{1fae0}"),
        ("an unknown version", "hakiki/form@v1", "hakiki/form@v2"),
        ("an unknown kind", "hakiki/form@v1", "hakiki/forms@v1"),
    ];
    let mut refuse: Vec<Value> = changes
        .iter()
        .map(|(what, from, to)| {
            let note = Note::sign(text.replacen(from, to, 1), &ordered).to_text();
            let refusal = Record::parse(note.as_bytes()).unwrap_err();
            json!({ "what": what, "note_base64": BASE64.encode(note), "code": refusal.code.as_str() })
        })
        .collect();
    let lines: Vec<&str> = good.note()[text.len() + 1..].lines().collect();
    let whole = |lines: &[&str]| format!("{text}\n{}\n", lines.join("\n"));
    for (what, note) in [
        ("one signature line too few", whole(&lines[..1])),
        ("signature lines in another order", whole(&[lines[1], lines[0]])),
        ("a signature line too many", whole(&[lines[0], lines[1], lines[1]])),
        ("no signatures", text.clone()),
        ("no final newline", good.note().trim_end().to_owned()),
    ] {
        let refusal = Record::parse(note.as_bytes()).unwrap_err();
        refuse
            .push(json!({ "what": what, "note_base64": BASE64.encode(note), "code": refusal.code.as_str() }));
    }
    let about = "accept: canonical records with their ids; refuse: bytes that no implementation may take, and the code";
    check("records.json", &json!({ "about": about, "accept": accept, "refuse": refuse }));
}
