//! One log: a fixture's election, then records by chance, some of them forged. Every entry is in the log, whatever admission
//! says of it, as in a log whose operator lets everything in.

use crate::bodies::Night;
use crate::conduct::Conduct;
use crate::dice::Dice;
use crate::forged::forge;
use base64::Engine as _;
use hakiki_core::fixture::{Fixture, Rivals, Setting, add_rivals};
use hakiki_core::kinds::RuleName;
use hakiki_core::view::{
    findings, prospect_text::prospect_text, results::results_text, standing_text::standing_text,
};
use hakiki_core::{Ledger, Record, Refusal};
use hakiki_note::BASE64;
use serde_json::{Map, Value, json};

/// Writes the log of a seed.
pub fn write(seed: &str, records: usize) -> Value {
    let mut dice = Dice::new(seed.to_owned());
    let setting = Setting {
        stations: 2 + u32::try_from(dice.below(8)).unwrap_or(0),
        counties: 1 + u32::try_from(dice.below(4)).unwrap_or(0),
        is_compilation: dice.once_in(5),
        is_live: false,
        has_own_ballot: dice.once_in(4),
        hosts: if dice.once_in(2) { 2 } else { 0 },
    };
    let has_rivals = dice.once_in(2) && !setting.is_compilation;
    let is_plurality = dice.once_in(3);
    let mut fixture = Fixture::with(&setting, |election| {
        if has_rivals {
            add_rivals(election, &Rivals::default());
        }
        if is_plurality && election.contests[0].rule == RuleName::MajorityWithSpread {
            election.contests[0].rule = RuleName::Plurality;
            election.contests[0].spread = None;
        }
    });
    let mut ledger = fixture.ledger();
    let mut entries: Vec<Value> =
        fixture.records.iter().map(|record| entry(record.note().as_bytes(), "admitted")).collect();
    let mut sent: Vec<String> = Vec::new();
    let mut sizes = vec![ledger.size()];
    for _ in 0..records {
        let Some(note) = next_note(&mut fixture, &ledger, &setting, &sent, &mut dice) else { continue };
        let what = take(&fixture, &mut ledger, &note);
        entries.push(entry(&note, &what));
        if let Ok(text) = String::from_utf8(note) {
            sent.push(text);
        }
        if dice.once_in(records.max(4) / 4) {
            sizes.push(ledger.size());
        }
    }
    sizes.push(ledger.size());
    described(&fixture, &ledger, &entries, &sizes)
}

/// A new record, or one that was sent before, or what a forger makes of one.
fn next_note(
    fixture: &mut Fixture,
    ledger: &Ledger,
    setting: &Setting,
    sent: &[String],
    dice: &mut Dice,
) -> Option<Vec<u8>> {
    if dice.once_in(25) {
        return dice.of(sent).map(|note| note.clone().into_bytes());
    }
    if setting.hosts > 0 && dice.once_in(2) {
        let note = Conduct { fixture, ledger }.note(dice)?;
        return Some(if dice.once_in(8) { forge(&note, dice) } else { note.into_bytes() });
    }
    let record = Night { fixture, ledger, is_compilation: setting.is_compilation }.record(dice)?;
    Some(if dice.once_in(6) { forge(record.note(), dice) } else { record.note().as_bytes().to_vec() })
}

/// Admits an entry, or passes it; says what was done.
fn take(fixture: &Fixture, ledger: &mut Ledger, note: &[u8]) -> String {
    let checked = || {
        let record = Record::parse(note)?;
        ledger.check_common(&record)?;
        Ok(record)
    };
    let refusal: Refusal = match checked() {
        Err(refusal) => refusal,
        Ok(record) => match fixture.append(ledger, record) {
            Ok(false) => return "admitted".to_owned(),
            Ok(true) => return "held".to_owned(),
            Err(refusal) => refusal,
        },
    };
    ledger.pass_inadmissible(&refusal);
    refusal.code.to_string()
}

fn entry(note: &[u8], what: &str) -> Value {
    match std::str::from_utf8(note) {
        Ok(text) => json!({ "note": text, "admission": what }),
        Err(_) => json!({ "note_base64": BASE64.encode(note), "admission": what }),
    }
}

fn described(fixture: &Fixture, ledger: &Ledger, entries: &[Value], sizes: &[u64]) -> Value {
    let stations = ledger.register().stations();
    let found = findings(ledger, ledger.size()).into_iter().map(|finding| {
        let station = finding.station.and_then(|s| stations.get(s as usize)).map(|s| s.code.to_string());
        json!({ "code": finding.code.as_str(), "place": finding.place, "station": station })
    });
    let found: Vec<Value> = found.collect();
    let tables = fixture
        .tables
        .iter()
        .map(|(hash, bytes)| (hash.to_string(), Value::from(String::from_utf8_lossy(bytes).into_owned())));
    let standing = sizes.iter().map(|size| (size.to_string(), Value::from(standing_text(ledger, *size))));
    let prospect = sizes.iter().map(|size| (size.to_string(), Value::from(prospect_text(ledger, *size))));
    let results = sizes.iter().map(|size| (size.to_string(), Value::from(results_text(ledger, *size))));
    json!({
        "fingerprint": fixture.fingerprint.to_string(),
        "entries": entries,
        "tables": tables.collect::<Map<_, _>>(),
        "findings": found,
        "results": results.collect::<Map<_, _>>(),
        "standing": standing.collect::<Map<_, _>>(),
        "prospect": prospect.collect::<Map<_, _>>(),
    })
}
