//! Audits of the paper: who plans, throws dice and counts, in which order; and their vectors, `vectors/audit.json`. Run with
//! `UPDATE_VECTORS=1` to write them anew.
#![allow(clippy::unwrap_used)]

#[path = "conduct/play.rs"]
#[allow(dead_code, reason = "each test program takes what it needs")]
mod play;
mod vector_file;

use hakiki_core::RefusalCode;
use hakiki_core::fixture::Fixture;
use hakiki_core::kinds::{AuditPlan, Kind, batch_row};
use hakiki_core::ledger::Ledger;
use hakiki_core::record::Record;
use hakiki_core::roster::Role;
use hakiki_core::view::{
    findings, prospect_text::prospect_text, results::results_text, standing_text::standing_text,
};
use hakiki_note::{Hash, sha256};
use play::{Play, setting};
use serde_json::{Map, Value, json};

const CUSTODIANS: &[&str] = &["custodian-1", "custodian-2"];
const DICE: &str = "31415926535897932384";

fn audited() -> Play {
    let mut play = Play::of(Fixture::with(&setting(), |election| {
        election.admits.extend(Kind::AUDIT.iter().map(|kind| kind.name_and_version()));
        election.quorums.insert("audit-plan".into(), 2);
        election.quorums.insert("withhold".into(), 2);
    }));
    for (name, role) in
        [("auditor-1", Role::Auditor), ("auditor-2", Role::Auditor), ("auditor-3", Role::Auditor)]
    {
        let record = play.fixture.enrolment(name, role);
        play.send(&record, "admitted");
    }
    for station in 0..4 {
        let form = play.fixture.signed_form(station, [300, 100, 20], 5);
        play.send(&form, "admitted");
    }
    play
}

/// Station, area, bound, valid votes, votes.
type Row<'a> = (&'a str, Option<&'a str>, u64, u64, &'a [u64]);

fn table_of(play: &mut Play, rows: &[Row<'_>]) -> Hash {
    let rows = rows
        .iter()
        .map(|(station, area, bound, valid, votes)| batch_row(station, *area, *bound, *valid, votes));
    play.bring(AuditPlan::batches_table(rows))
}

/// The fixture's four stations as they were reported.
fn batches(play: &mut Play) -> Hash {
    let row = |station, area| (station, Some(area), 600, 420, &[300, 100, 20][..]);
    table_of(
        play,
        &[row("s000000", "c01"), row("s000001", "c02"), row("s000002", "c01"), row("s000003", "c02")],
    )
}

fn plan(play: &Play, middle: &str, batches: &Hash) -> String {
    let head = format!("head {} {}", play.size(), sha256(b"a root"));
    format!("contest president / area MF / {head} / {middle} / batches sha256:{batches}")
}

const ELECTED: &str = "outcome elected / candidate 1 / spread-area c01 / spread-area c02 / risk-limit 1/20";

fn count(plan: &Hash, station: &str, more: &str) -> String {
    format!(
        "plan {plan} / station {station} / at 2031-03-12T10:00:00+03:00 / votes 1 299 / votes 2 101 / votes 3 20{more}"
    )
}

fn plans(play: &mut Play) -> Hash {
    let hash = batches(play);
    let mut try_plan = |middle: &str, batches: &Hash, who: &[&str], expected: &str| {
        let lines = plan(play, middle, batches);
        play.say("audit-plan", &lines, who, expected)
    };
    let kaplan = format!("{ELECTED} / method kaplan-markov");
    try_plan(&kaplan, &hash, &["custodian-1"], "R204");
    try_plan(&kaplan, &hash, &["commissioner-1", "commissioner-2"], "R202");
    try_plan(&format!("{kaplan} / stake 9/10"), &hash, CUSTODIANS, "R105");
    try_plan(&format!("{ELECTED} / method betting"), &hash, CUSTODIANS, "R105");
    try_plan(&format!("{ELECTED} / method alpha"), &hash, CUSTODIANS, "R105");
    let two = "outcome elected / candidate 1 / candidate 2 / spread-area c01 / spread-area c02 / risk-limit 1/20 / method kaplan-markov";
    try_plan(two, &hash, CUSTODIANS, "R105");
    let one_area = "outcome elected / candidate 1 / spread-area c01 / risk-limit 1/20 / method kaplan-markov";
    try_plan(one_area, &hash, CUSTODIANS, "R105");
    let no_area = "outcome elected / candidate 1 / spread-area c01 / spread-area c09 / risk-limit 1/20 / method kaplan-markov";
    try_plan(no_area, &hash, CUSTODIANS, "R306");
    try_plan(&kaplan.replace("candidate 1", "candidate 9"), &hash, CUSTODIANS, "R306");
    try_plan(&kaplan, &sha256(b"no such table"), CUSTODIANS, "R305");
    let of_run_off = "outcome run-off / candidate 1 / candidate 2 / risk-limit 1/20 / method alpha / expected 999/1000 100";
    try_plan(of_run_off, &hash, CUSTODIANS, "admitted");
    let more = format!("{ELECTED} / method betting / stake 9/10");
    try_plan(&more, &hash, CUSTODIANS, "admitted");
    let bad_rows: [(&str, &[u64], u64, u64); 4] = [
        ("s000009", &[300, 100, 20], 420, 600),
        ("s000000", &[300, 100], 420, 600),
        ("s000000", &[300, 100, 21], 420, 600),
        ("s000000", &[300, 100, 20], 601, 600),
    ];
    for (station, votes, valid, bound) in bad_rows {
        let hash = table_of(play, &[(station, None, bound, valid, votes)]);
        let lines = plan(play, &kaplan, &hash);
        play.say("audit-plan", &lines, CUSTODIANS, if station == "s000009" { "R306" } else { "R305" });
    }
    let nowhere = plan(play, &kaplan, &hash) + " / outside c09 3";
    play.say("audit-plan", &nowhere, CUSTODIANS, "R306");
    let later = plan(play, &kaplan, &hash).replace("head ", "head 9");
    play.say("audit-plan", &later, CUSTODIANS, "R304");
    let lines = plan(play, &kaplan, &hash) + " / outside c01 3";
    play.say("audit-plan", &lines, CUSTODIANS, "admitted")
}

/// Every rule once, good and bad.
fn act(play: &mut Play) {
    let plan = plans(play);
    let first = play.ledger.audit_plans()[0].id;
    play.say("audit-count", &count(&plan, "s000000", ""), &["auditor-1", "auditor-2"], "R308");
    let seed = |plan: &Hash, digits: &str| {
        format!(
            "plan {plan} / digits {digits} / thrown 2031-03-11T10:00:00+03:00 / present press / present public"
        )
    };
    play.say("audit-seed", &seed(&plan, DICE), &["commissioner-1"], "R204");
    play.say("audit-seed", &seed(&plan, DICE), &["observer"], "R204");
    play.say("audit-seed", &seed(&plan, DICE), &["commissioner-1", "custodian-1", "observer"], "R202");
    play.say("audit-seed", &seed(&plan, "3141592653589793238"), &["commissioner-1", "observer"], "R105");
    play.say("audit-seed", &seed(&plan, "3141592653589793238x"), &["commissioner-1", "observer"], "R105");
    play.say("audit-seed", &seed(&sha256(b"?"), DICE), &["commissioner-1", "observer"], "R304");
    play.say("audit-seed", &seed(&first, DICE), &["commissioner-1", "observer"], "R308");
    play.say("audit-seed", &seed(&plan, DICE), &["commissioner-1", "observer"], "admitted");
    play.say("audit-seed", &seed(&plan, "27182818284590452353"), &["commissioner-2", "observer"], "R308");

    let board = &["auditor-1", "auditor-2"];
    play.say("audit-count", &count(&plan, "s000000", ""), &["auditor-1"], "R204");
    play.say("audit-count", &count(&plan, "s000000", ""), &["auditor-1", "observer"], "R204");
    play.say("audit-count", &count(&plan, "s000000", ""), &["auditor-1", "auditor-2", "compiler"], "R202");
    play.say("audit-count", &count(&plan, "s000009", ""), board, "R306");
    play.say("audit-count", &count(&sha256(b"?"), "s000000", ""), board, "R304");
    play.say("audit-count", &count(&plan, "s000000", " / votes 4 1"), board, "R105");
    let seen = ["auditor-1", "auditor-2", "observer"];
    let first_count =
        play.say("audit-count", &count(&plan, "s000000", " / rejected 5 / seal S-17"), &seen, "admitted");
    play.say("audit-count", &count(&plan, "s000000", " / rejected 6"), board, "R308");
    let again = format!(" / rejected 6 / replaces {first_count}");
    play.say("audit-count", &count(&plan, "s000000", &again), board, "admitted");
    let not_newest = format!(" / rejected 7 / replaces {first_count}");
    play.say("audit-count", &count(&plan, "s000000", &not_newest), board, "R308");
    let page = sha256(b"the tally sheet");
    let above =
        count(&plan, "s000001", &format!(" / page sha256:{page}")).replace("votes 1 299", "votes 1 999");
    play.say("audit-count", &above, board, "admitted");
    let table = play.ledger.audit_plans()[2].plan.batches;
    let hide = format!("blob sha256:{table} / by court / reason privacy");
    play.say("withhold", &hide, CUSTODIANS, "R308");
    play.revoke("auditor-2");
    play.say("audit-count", &count(&plan, "s000002", ""), board, "R201");
    play.say("audit-count", &count(&plan, "s000002", ""), &["auditor-1", "auditor-3"], "admitted");

    // Another audit, of three stations' paper: an auditor and a registrar are enough to see the dice fall.
    let row = |station, area| (station, Some(area), 600, 420, &[300, 100, 20][..]);
    let three = table_of(play, &[row("s000000", "c01"), row("s000001", "c02"), row("s000002", "c01")]);
    let lines = self::plan(play, &format!("{ELECTED} / method kaplan-markov"), &three);
    let second = play.say("audit-plan", &lines, CUSTODIANS, "admitted");
    play.say("audit-seed", &seed(&second, DICE), &["auditor-2", "registrar"], "R201");
    play.say("audit-seed", &seed(&second, DICE), &["auditor-1", "registrar"], "admitted");
    play.say("audit-count", &count(&second, "s000003", ""), &["auditor-1", "auditor-3"], "R306");
    play.say("audit-count", &count(&second, "s000000", ""), &["auditor-1", "auditor-3"], "admitted");
}

#[test]
fn before_the_zero_report_nothing_is_planned() {
    let fixture = audited().fixture;
    let mut ledger = Ledger::begin(fixture.records[0].clone()).unwrap();
    for record in &fixture.records[1..3] {
        fixture.append(&mut ledger, record.clone()).unwrap();
    }
    let hash = sha256(b"?");
    let lines = format!(
        "contest president / area MF / head 1 {hash} / {ELECTED} / method kaplan-markov / batches sha256:{hash}"
    );
    let (note, _) = fixture.said("audit-plan", &lines, CUSTODIANS);
    let refusal = fixture.append(&mut ledger, Record::parse(note.as_bytes()).unwrap()).unwrap_err();
    assert_eq!(refusal.code, RefusalCode::R303);
}

#[test]
fn a_plan_takes_one_seed_and_then_counts() {
    let mut play = audited();
    act(&mut play);
    let plans = play.ledger.audit_plans();
    assert_eq!(plans.len(), 4);
    let plan = &plans[2];
    let seed = plan.seed_as_of(u64::MAX).unwrap();
    assert_eq!(seed.seed.digits, DICE);
    assert!(plan.seed_as_of(seed.place).is_none(), "a view before the seed has none");
    assert_eq!(plan.counts.len(), 4);
    let at = |code: &str| play.ledger.register().station(code).unwrap();
    let newest = plan.count_of(at("s000000"), u64::MAX).unwrap();
    assert_eq!(newest.count.rejected, Some(6));
    assert_eq!(
        plan.count_of(at("s000000"), newest.place).unwrap().count.rejected,
        Some(5),
        "both counts stay readable"
    );
    assert_eq!(
        plan.count_of(at("s000001"), u64::MAX).unwrap().count.votes[&1],
        999,
        "a count above the bound stands"
    );
    assert!(plan.count_of(at("s000003"), u64::MAX).is_none());
}

#[test]
fn an_audit_changes_no_tally() {
    let mut play = audited();
    let before = results_text(&play.ledger, play.size());
    act(&mut play);
    let body =
        |text: String| text.lines().filter(|line| !line.starts_with("size")).collect::<Vec<_>>().join("\n");
    assert_eq!(body(results_text(&play.ledger, play.size())), body(before));
}

#[test]
fn the_vectors_of_audits_are_what_this_code_makes() {
    let mut play = audited();
    let middle = play.size();
    act(&mut play);
    let ledger = &play.ledger;
    let stations = ledger.register().stations();
    let found: Vec<Value> = findings(ledger, ledger.size())
        .into_iter()
        .map(|finding| {
            let station = finding.station.map(|station| stations[station as usize].code.to_string());
            json!({ "code": finding.code.as_str(), "place": finding.place, "station": station })
        })
        .collect();
    let text = |bytes: &[u8]| Value::from(String::from_utf8(bytes.to_vec()).unwrap());
    let tables: Map<String, Value> =
        play.fixture.tables.iter().map(|(hash, bytes)| (hash.to_string(), text(bytes))).collect();
    let sizes = [middle, ledger.size()];
    let of_sizes = |made: &dyn Fn(u64) -> String| -> Map<String, Value> {
        sizes.iter().map(|size| (size.to_string(), Value::from(made(*size)))).collect()
    };
    let about = "a log whose paper is audited: good and hostile records of each rule of `audit-plan`, `audit-seed` and `audit-count`, \
                 what admission says of each, its tables by SHA-256, the findings, and results and standing as of some sizes";
    let value = json!({
        "about": about, "fingerprint": play.fixture.fingerprint.to_string(), "entries": play.entries,
        "tables": tables, "findings": found,
        "results": of_sizes(&|size| results_text(ledger, size)),
        "standing": of_sizes(&|size| standing_text(ledger, size)),
        "prospect": of_sizes(&|size| prospect_text(ledger, size)),
    });
    vector_file::check("audit.json", &value);
}
