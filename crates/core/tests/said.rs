//! Claims and statements: who may say them and where, what stands beside what; and their vectors, `vectors/said.json`. Run with
//! `UPDATE_VECTORS=1` to write them anew.
#![allow(clippy::unwrap_used)]

#[path = "conduct/play.rs"]
#[allow(dead_code, reason = "each test program takes what it needs")]
mod play;
mod vector_file;

use hakiki_core::fixture::{Fixture, Setting};
use hakiki_core::kinds::Kind;
use hakiki_core::roster::Role;
use hakiki_core::view::{
    findings, prospect_text::prospect_text, results::results_text, standing_text::standing_text,
};
use hakiki_note::{Hash, sha256};
use play::{Play, setting};
use serde_json::{Map, Value, json};

/// The election that is spoken of: another log's.
fn other() -> Hash {
    sha256(b"the election that is spoken of")
}

/// A log of nobody's authority, with two claimants, a publisher and a press desk.
fn log_of_claims() -> Play {
    let setting = Setting { is_compilation: true, hosts: 0, ..setting() };
    let mut play = Play::of(Fixture::with(&setting, |election| {
        election.admits.extend(Kind::SAID.iter().map(|kind| kind.name_and_version()));
    }));
    let people = [
        ("claimant-1", Role::Claimant),
        ("claimant-2", Role::Claimant),
        ("publisher-1", Role::Publisher),
        ("desk-1", Role::PressDesk),
    ];
    for (name, role) in people {
        let record = play.fixture.enrolment(name, role);
        play.send(&record, "admitted");
    }
    play
}

fn claim(more: &str) -> String {
    let head = format!(
        "of-election {} / claimant daraja / contest president / of-area MF / granularity national",
        other()
    );
    format!("{head} / {more}")
}

fn statement(middle: &str, more: &str) -> String {
    let more = if more.is_empty() { String::new() } else { format!(" / {more}") };
    let text = sha256(b"they said it");
    format!("of-election {} / publisher gazeti{middle} / language sw / text sha256:{text}{more}", other())
}

/// Tests of a claim and a court's rulings on it.
fn tested_and_ruled_on(play: &mut Play, first: &Hash, second: &Hash) {
    let court = play.fixture.enrolment("court-1", Role::Registrar);
    play.send(&court, "admitted");
    let (blob, root) = (sha256(b"row by row"), sha256(b"a root of the other log"));
    let test = |claim: &Hash, outcome: &str, more: &str| {
        let more = if more.is_empty() { String::new() } else { format!(" / {more}") };
        format!("claim {claim} / tester jury / head 46230 {root} / found {outcome}{more}")
    };
    let report = format!("comparison sha256:{blob} / published 2031-03-08T10:00:00+03:00");
    let found = play.say("claim-test", &test(second, "differs", &report), &["publisher-1"], "admitted");
    play.say("claim-test", &test(second, "consistent", ""), &["claimant-2"], "admitted");
    play.say("claim-test", &test(&other(), "differs", ""), &["publisher-1"], "R304");
    play.say("claim-test", &test(second, "false", ""), &["publisher-1"], "R105");
    play.say("claim-test", &test(second, "differs", ""), &["court-1"], "R202");
    let again = format!("replaces {found}");
    play.say("claim-test", &test(second, "consistent", &again), &["claimant-2"], "R202");
    play.say("claim-test", &test(first, "consistent", &again), &["publisher-1"], "R304");
    play.say("claim-test", &test(second, "not-comparable", &again), &["publisher-1"], "admitted");
    let ruling = |claim: &Hash, held: &str, more: &str| {
        let more = if more.is_empty() { String::new() } else { format!(" / {more}") };
        format!(
            "claim {claim} / court high-court / case 5/2031 / decided 2031-03-20 / held {held} / text sha256:{blob}{more}"
        )
    };
    play.say("claim-ruling", &ruling(second, "in-part", ""), &["desk-1"], "admitted");
    let held = play.say("claim-ruling", &ruling(second, "not-accepted", ""), &["court-1"], "admitted");
    play.say("claim-ruling", &ruling(second, "accepted", ""), &["publisher-1"], "R202");
    play.say("claim-ruling", &ruling(&held, "accepted", ""), &["court-1"], "R304");
    play.say("claim-ruling", &ruling(second, "true", ""), &["court-1"], "R105");
    let aside = format!("replaces {held}");
    play.say("claim-ruling", &ruling(second, "accepted", &aside), &["desk-1"], "R202");
    play.say("claim-ruling", &ruling(first, "accepted", &aside), &["court-1"], "R304");
    play.say("claim-ruling", &ruling(second, "accepted", &aside), &["court-1"], "admitted");
}

/// Every rule once, good and bad.
fn act(play: &mut Play) {
    let blob = sha256(b"a table of 291 rows");
    let votes = "votes 1 8222861 / votes 2 7237180";
    let first = play.say("claim", &claim(votes), &["claimant-1"], "admitted");
    play.say("claim", &claim("published 2031-03-06T10:00:00+03:00"), &["claimant-1"], "R105");
    play.say("claim", &claim(&format!("votes 1 5 / mapping sha256:{blob}")), &["claimant-1"], "R105");
    let tabled = claim(&format!(
        "table sha256:{blob} / mapping sha256:{blob} / published 2031-03-06T10:00:00+03:00 / address https://gazeti.example/1"
    ));
    play.say("claim", &tabled, &["desk-1"], "admitted");
    play.say("claim", &claim("votes 1 7"), &["publisher-1"], "R202");
    play.say("claim", &claim("votes 1 7"), &["compiler"], "R202");
    play.say("claim", &claim("votes 1 7"), &["claimant-1", "claimant-2"], "R202");
    let replacing = claim(&format!("votes 1 8056885 / replaces {first}"));
    play.say("claim", &replacing, &["claimant-2"], "R202");
    let second = play.say("claim", &replacing, &["claimant-1"], "admitted");
    play.say("claim", &claim(&format!("votes 1 9 / replaces {}", other())), &["claimant-1"], "R304");

    let about = format!("of-record {} / of-area c01 / of-area s000001 / of-claim {second}", other());
    let said = play.say("statement", &statement("", &about), &["publisher-1"], "admitted");
    play.say(
        "statement",
        &statement(" / said-by mgombea", &format!("of-claim {first}")),
        &["desk-1"],
        "admitted",
    );
    play.say("statement", &statement("", ""), &["claimant-1"], "R202");
    play.say("statement", &statement("", &format!("of-claim {said}")), &["publisher-1"], "R304");
    play.say("statement", &statement("", &format!("corrects {first}")), &["publisher-1"], "R304");
    play.say("statement", &statement("", &format!("corrects {said}")), &["desk-1"], "R202");
    let corrected = statement(
        " / happened 2031-03-05T20:00:00+03:00 / published 2031-03-06T07:00:00+03:00",
        &format!("corrects {said}"),
    );
    play.say("statement", &corrected, &["publisher-1"], "admitted");
    tested_and_ruled_on(play, &first, &second);
    play.revoke("publisher-1");
    play.say("statement", &statement("", "of-area c02"), &["publisher-1"], "R201");
}

#[test]
fn who_says_what_stands_with_what_it_speaks_of() {
    let mut play = log_of_claims();
    act(&mut play);
    let ledger = &play.ledger;
    let claims: Vec<Option<u32>> = ledger.claims().iter().map(|claim| claim.replaced_by).collect();
    assert_eq!(claims, [Some(2), None, None]);
    assert_eq!(ledger.statements().len(), 3);
    assert_eq!(ledger.statements()[0].corrected_by, [2], "the old one stands, with the new one");
    let first = ledger.statements()[0].place;
    let places = |found: Vec<u64>| found;
    assert_eq!(places(ledger.statements_of_record(&other()).map(|s| s.place).collect()), [first]);
    assert_eq!(places(ledger.statements_of_area("s000001").map(|s| s.place).collect()), [first]);
    let tests: Vec<(bool, &str)> = ledger
        .claim_tests()
        .iter()
        .map(|test| (test.replaced_at.is_some(), test.said.found.as_str()))
        .collect();
    assert_eq!(tests, [(true, "differs"), (false, "consistent"), (false, "not-comparable")]);
    let rulings: Vec<(bool, &str)> =
        ledger.claim_rulings().iter().map(|it| (it.replaced_at.is_some(), it.said.held.as_str())).collect();
    assert_eq!(rulings, [(false, "in-part"), (true, "not-accepted"), (false, "accepted")]);
    let replaced = ledger.claims()[0].id;
    assert_eq!(ledger.statements_of_claim(&replaced).count(), 1);
}

#[test]
fn a_commission_need_not_host_its_opponents_words() {
    let mut play = Play::of(Fixture::with(&setting(), |election| {
        election.admits.extend(Kind::SAID.iter().map(|kind| kind.name_and_version()));
    }));
    let record = play.fixture.enrolment("claimant-1", Role::Claimant);
    play.send(&record, "admitted");
    play.say("claim", &claim("votes 1 7"), &["claimant-1"], "R307");
    play.say("statement", &statement("", ""), &["claimant-1"], "R307");
    let mut silent = Play::new();
    silent.say("claim", &claim("votes 1 7"), &["observer"], "R106");
}

#[test]
fn a_claim_counts_nowhere() {
    let mut play = log_of_claims();
    let before = results_text(&play.ledger, play.size());
    let size = play.size();
    act(&mut play);
    assert_eq!(results_text(&play.ledger, size), before);
    let totals = |text: &str| {
        text.lines().filter(|line| line.starts_with("votes")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(totals(&results_text(&play.ledger, play.size())), totals(&before));
}

#[test]
fn the_vectors_are_what_this_code_makes() {
    let mut play = log_of_claims();
    act(&mut play);
    let ledger = &play.ledger;
    let found = findings(ledger, ledger.size()).into_iter();
    let found = found
        .map(|finding| json!({ "code": finding.code.as_str(), "place": finding.place, "station": null }));
    let text = |bytes: &[u8]| Value::from(String::from_utf8(bytes.to_vec()).unwrap());
    let tables: Map<String, Value> =
        play.fixture.tables.iter().map(|(hash, bytes)| (hash.to_string(), text(bytes))).collect();
    let size = ledger.size();
    let value = json!({
        "about": "a log of claims and statements: good and hostile records of each rule, and what admission says of each",
        "fingerprint": play.fixture.fingerprint.to_string(), "entries": play.entries, "tables": tables,
        "findings": found.collect::<Vec<_>>(), "results": { size.to_string(): results_text(ledger, size) },
        "standing": { size.to_string(): standing_text(ledger, size) },
        "prospect": { size.to_string(): prospect_text(ledger, size) },
    });
    vector_file::check("said.json", &value);
}
