//! A log against what others hold of it: witnesses, a memory, receipts, stamps, the time.

use crate::http::serve;
use crate::log::{TestLog, assert_failed, assert_says, options, write};
use hakiki_core::Record;
use hakiki_core::establish::organisation;
use hakiki_core::fixture::{Fixture, ORIGIN, Setting, key, log_key};
use hakiki_core::kinds::{HeadRecord, Witness};
use hakiki_evidence::{Evidence, Grade, PolicyAndKeys};
use hakiki_note::{Hash, KeyName, SigningKey, VerifierKey, sha256};
use hakiki_tlog::cosignature::add_cosignatures;
use hakiki_tlog::policy::Policy;
use hakiki_tlog::{
    Checkpoint, CosigningKey, Head, MemoryTree, Origin, Receipt, Stamp, VerifiedCheckpoint, leaf_hash,
};
use hakiki_verify::{Check, Followed, Given, Known, Memory, Quiet, Report, Status, follow, verify_with};
use std::sync::OnceLock;

/// When witnesses cosign: 2031-02-27T23:06:40Z.
pub const NOON_S: u64 = 1_930_000_000;
const CLASSES: [&str; 4] = ["commission", "court", "observers", "press"];

fn cosigner(number: usize) -> SigningKey {
    let name = format!("cosigner-{number}.example/w");
    SigningKey::cosigner_from_seed(KeyName::new(&name).unwrap(), &sha256(name.as_bytes()).0)
}

/// Witnesses 0 to 3, mirrors 4 and 5, one intake.
pub fn fixture() -> &'static Fixture {
    static FIXTURE: OnceLock<Fixture> = OnceLock::new();
    FIXTURE.get_or_init(|| {
        Fixture::with(&Setting::default(), |election| {
            let hosts: Vec<SigningKey> = CLASSES.iter().map(|class| key(&format!("host-{class}"))).collect();
            election.organisations =
                hosts.iter().zip(CLASSES).map(|(host, class)| organisation(ORIGIN, host, class)).collect();
            let of = |key: &VerifierKey, host: usize| Witness {
                key: key.clone(),
                organisation: hosts[host].name().clone(),
            };
            election.witnesses = (0..4).map(|n| of(cosigner(n).verifier(), n)).collect();
            election.witness_quorum = 3;
            election.mirrors = (0..2).map(|n| of(cosigner(4 + n).verifier(), 1 + n)).collect();
            election.intakes = vec![of(key("intake").verifier(), 2), of(key("intake-b").verifier(), 1)];
        })
    })
}

pub fn records(forms: usize) -> Vec<Record> {
    let forms = (0..forms).map(|station| fixture().signed_form(station, [300, 200, 10], 4));
    fixture().records.iter().cloned().chain(forms).collect()
}

pub fn tree(records: &[Record]) -> MemoryTree {
    let mut tree = MemoryTree::new();
    tree.extend(records.iter().map(|record| leaf_hash(record.note().as_bytes())));
    tree
}

pub fn signed(head: Head, cosigners: &[usize], time_s: u64) -> VerifiedCheckpoint {
    let note = Checkpoint::new(Origin::new(ORIGIN).unwrap(), head).sign(&log_key()).unwrap();
    let mut checkpoint = VerifiedCheckpoint::open(note.as_bytes(), log_key().verifier()).unwrap();
    for number in cosigners {
        let key = cosigner(*number);
        let line = CosigningKey::Ed25519(key.clone()).cosign(&checkpoint, time_s).unwrap();
        add_cosignatures(&mut checkpoint, &[line], &[key.verifier().clone()]);
    }
    checkpoint
}

fn log(records: &[Record]) -> TestLog {
    TestLog::of(fixture(), records)
}

fn check(log: &TestLog, known: &Known) -> Report {
    verify_with(&options(log.source()), known, &Quiet)
}

fn given(name: &str, text: &str) -> Given {
    Given { name: name.to_owned(), bytes: text.as_bytes().to_vec() }
}

/// The evidence of a report, as a stranger reads and checks it.
fn strangers(report: &Report) -> Vec<(&'static str, Option<Grade>)> {
    let record = fixture().records[0].note().as_bytes();
    let trust = PolicyAndKeys::of_election(record, &fixture().fingerprint).unwrap();
    let check = |evidence: &Evidence| {
        let finding = Evidence::parse(evidence.to_text().as_bytes()).unwrap().check(&trust).unwrap();
        (finding.kind, finding.grade)
    };
    report.evidence.iter().map(check).collect()
}

/// A log whose last head of 8 is cosigned, and of 7 held.
pub fn witnessed() -> TestLog {
    let all = records(5);
    let log = log(&all);
    let at = |size| tree(&all).head_at(size).unwrap();
    write(&log.path("cosigned"), signed(at(8), &[0, 1, 2], NOON_S).to_text().as_bytes());
    write(&log.path("held"), signed(at(7), &[0, 1, 2, 4, 5], NOON_S - 60).to_text().as_bytes());
    log
}

#[test]
fn a_head_is_cosigned_up_to_a_size_and_the_rest_is_said() {
    let log = witnessed();
    let report = check(&log, &Known::default());
    assert_failed(&report, &[]);
    let said = "cosigned up to 8, by the list of the log's own election record and its amendments; 2 entries behind \
                it are signed by the log alone; held by mirrors of two classes up to 7";
    assert_says(&report, Check::V03, Status::Passed, said);
    assert_says(&report, Check::V06, Status::Passed, "2 other heads agree");
    std::fs::remove_file(log.path("cosigned")).unwrap();
    std::fs::remove_file(log.path("held")).unwrap();
    let report = check(&log, &Known::default());
    assert_failed(&report, &[Check::V03]);
    assert_says(&report, Check::V03, Status::Failed, "no head that agrees");
}

#[test]
fn the_users_own_policy_counts_instead() {
    let log = witnessed();
    let policy = |witness: usize| {
        let text =
            format!("log {}\nwitness w {}\nquorum w\n", log_key().verifier(), cosigner(witness).verifier());
        Known { policy: Some(Policy::parse(text.as_bytes()).unwrap()), ..Known::default() }
    };
    assert_says(&check(&log, &policy(1)), Check::V03, Status::Passed, "by your own policy");
    assert_says(&check(&log, &policy(3)), Check::V03, Status::Failed, "by your own policy");
}

#[test]
fn a_memory_follows_a_log_that_grows() {
    let first = check(&log(&records(2)), &Known::default());
    assert_eq!(first.memory.heads.len(), 1);
    let memory = Memory::parse(&first.memory.to_text()).unwrap();
    let known = Known { memory, ..Known::default() };
    let second = check(&witnessed(), &known);
    assert_says(&second, Check::V06, Status::Passed, "3 other heads agree");
    assert_eq!(second.memory.heads.len(), 2, "the newest, and the newest cosigned");
    assert!(second.evidence.is_empty());
}

#[test]
fn t02_a_rewritten_log_is_a_fork_for_whoever_remembers() {
    let remembered = check(&witnessed(), &Known::default()).memory;
    let mut others = records(6);
    others[6] = fixture().signed_form(1, [1, 2, 3], 0);
    let rewritten = log(&others);
    let cosigned = signed(rewritten.head, &[1, 2, 3], NOON_S + 60);
    write(&rewritten.path("checkpoint"), cosigned.to_text().as_bytes());
    let known = Known { memory: remembered.clone(), ..Known::default() };
    let report = check(&rewritten, &known);
    assert_failed(&report, &[Check::V06]);
    assert_eq!(strangers(&report), [("fork-prefix", Some(Grade::I)), ("fork-prefix", Some(Grade::III))]);
    assert_eq!(report.memory, remembered, "what shows the fork is not forgotten");
    // Of the same size: two roots.
    others.truncate(10);
    assert_eq!(strangers(&check(&log(&others), &known)).last(), Some(&("fork-roots", Some(Grade::III))));
}

#[test]
fn t20_a_log_that_is_cut_is_seen_and_no_fork_is_claimed() {
    let remembered = check(&witnessed(), &Known::default()).memory;
    let known = Known { memory: remembered.clone(), now_s: Some(NOON_S), ..Known::default() };
    let report = check(&log(&records(1)), &known);
    assert_says(&report, Check::V18, Status::Failed, "memory saw one of size 10");
    assert_says(&report, Check::V06, Status::NotChecked, "This is no fork");
    assert!(report.evidence.is_empty(), "a smaller head alone proves nothing");
    assert!(remembered.heads.iter().all(|head| report.memory.heads.contains(head)));
}

#[test]
fn t39_heads_that_the_log_did_not_sign_accuse_nobody() {
    let thief = SigningKey::from_seed(KeyName::new(ORIGIN).unwrap(), &[9; 32]);
    let head = Head { size: 9, root: Hash([9; 32]) };
    let forged = Checkpoint::new(Origin::new(ORIGIN).unwrap(), head).sign(&thief).unwrap();
    let known = Known { heads: vec![given("rival", &forged)], ..Known::default() };
    let report = check(&witnessed(), &known);
    assert_failed_none(&report);
    assert_says(&report, Check::V06, Status::NotChecked, "rival is no head that this log signed");
    let unread = signed(Head { size: 99, root: Hash([9; 32]) }, &[], NOON_S).to_text();
    let known = Known { heads: vec![given("agent", &unread)], ..Known::default() };
    let report = check(&witnessed(), &known);
    assert_says(&report, Check::V06, Status::NotChecked, "was not proved");
    assert!(report.evidence.is_empty());
}

fn assert_failed_none(report: &Report) {
    assert!(report.checks.iter().all(|check| check.status != Status::Failed), "{:#?}", report.checks);
    assert!(report.evidence.is_empty());
}

fn head_record(head: Head) -> Record {
    let checkpoint = signed(head, &[0, 1, 2, 4], NOON_S);
    let lines = &checkpoint.note().signatures;
    let record = HeadRecord {
        head,
        log_signature: lines[0].signature.clone().try_into().unwrap(),
        cosignatures: lines[1..].iter().map(|line| (line.name.clone(), line.signature.clone())).collect(),
    };
    fixture().sign(record, &[&log_key()])
}

#[test]
fn heads_in_records_are_compared_and_a_false_one_is_evidence() {
    let mut all = records(3);
    all.push(head_record(tree(&all).head_at(7).unwrap()));
    let known = Known { now_s: Some(NOON_S + 300), ..Known::default() };
    let report = check(&log(&all), &known);
    assert_says(&report, Check::V06, Status::Passed, "1 other head agrees");
    assert_says(&report, Check::V18, Status::Passed, "300 seconds old");
    all.push(head_record(Head { size: 6, root: Hash([6; 32]) }));
    let report = check(&log(&all), &known);
    assert_says(&report, Check::V06, Status::Failed, "head record 9");
    assert_eq!(strangers(&report), [("fork-prefix", Some(Grade::III))]);
}

#[test]
fn t34_an_old_head_is_said_to_be_old() {
    let at = |now_s| check(&witnessed(), &Known { now_s: Some(now_s), ..Known::default() });
    assert_says(&at(NOON_S + 300), Check::V18, Status::Passed, "300 seconds old, at most 300");
    assert_says(&at(NOON_S + 301), Check::V18, Status::Failed, "301 seconds old, at most 300");
    assert_says(&at(NOON_S - 5), Check::V18, Status::Passed, "0 seconds old");
}

fn receipt(records: &[Record], place: usize) -> String {
    let tree = tree(records);
    let proof = tree.inclusion_proof(place as u64, tree.size()).unwrap();
    let entry = records[place].note().as_bytes().to_vec();
    Receipt::new(entry, place as u64, proof, &signed(tree.head(), &[0, 1, 2], NOON_S)).to_text()
}

#[test]
fn t04_receipts_are_honoured_or_broken_with_evidence() {
    let of = |log: &TestLog, receipt: &str| {
        check(log, &Known { receipts: vec![given("mine.tlog-proof", receipt)], ..Known::default() })
    };
    let promised = receipt(&records(3), 6);
    let report = of(&witnessed(), &promised);
    assert_says(&report, Check::V14, Status::Passed, "1 receipt");
    let mut others = records(5);
    others.swap(6, 8);
    let report = of(&log(&others), &promised);
    assert_says(&report, Check::V14, Status::Failed, "another entry stands at place 6");
    assert!(strangers(&report).contains(&("receipt", Some(Grade::III))), "{:?}", strangers(&report));
    let report = of(&log(&records(1)), &promised);
    assert_says(&report, Check::V14, Status::Failed, "A smaller head alone proves no fork");
    assert!(report.evidence.is_empty());
    let report = of(&witnessed(), &promised.replace("index 6", "index 5"));
    assert_says(&report, Check::V14, Status::NotChecked, "no receipt of this log");
    assert!(report.evidence.is_empty());
}

fn stamp(record: &Record, time: &str, intake: &SigningKey) -> Given {
    let (election, note) = (fixture().fingerprint, sha256(record.note().as_bytes()));
    let stamp = Stamp { election, record: *record.id(), note, seen_head: 5, time: time.parse().unwrap() };
    given("stamp", &stamp.sign(intake))
}

#[test]
fn t05_a_stamped_form_that_is_kept_out_is_shown_and_an_honest_delay_is_not() {
    let absent = fixture().signed_form(7, [5, 5, 5], 0);
    let of = |stamps| check(&witnessed(), &Known { stamps, ..Known::default() });
    let early = "2031-02-27T22:56:39+00:00";
    // Intakes of one class alone could have kept it to themselves.
    let report = of(vec![stamp(&absent, early, &key("intake"))]);
    assert_says(&report, Check::V17, Status::NotChecked, "by intakes of one class alone");
    assert!(strangers(&report).is_empty(), "{:?}", strangers(&report));
    let by_both =
        |record: &Record| ["intake", "intake-b"].map(|name| stamp(record, early, &key(name))).into();
    let report = of(by_both(&absent));
    assert_says(&report, Check::V17, Status::Failed, "stamped and not in the log");
    assert_eq!(strangers(&report), [("stamp", Some(Grade::I))]);
    let in_time = "2031-02-27T22:56:40+00:00";
    let report = of(vec![stamp(&absent, in_time, &key("intake"))]);
    assert_says(
        &report,
        Check::V17,
        Status::NotChecked,
        "no witnessed head says that the merge delay has passed",
    );
    let there = &records(5)[6];
    let report = of(vec![stamp(there, early, &key("intake"))]);
    assert_says(&report, Check::V17, Status::Passed, "1 stamped record came in time");
    let report = of(vec![stamp(&absent, early, &key("stranger"))]);
    assert_says(&report, Check::V17, Status::NotChecked, "no stamp of a known intake");
    assert_failed_none(&report);
    // The head of 8 was cosigned after the delay and lacks what came behind it.
    let late = &records(5)[9];
    let report = of(by_both(late));
    assert_says(&report, Check::V17, Status::Failed, "later than the merge delay");
    assert_eq!(strangers(&report), [("stamp", Some(Grade::I))]);
}

#[test]
fn t01_altered_bytes_are_shown_and_held_against_nobody() {
    let log = witnessed();
    log.flip("tile/entries/000.p/10");
    let report = check(&log, &Known::default());
    assert_eq!(strangers(&report), [("tile", None)]);
    let log = witnessed();
    log.flip("tile/0/000.p/10");
    let report = check(&log, &Known::default());
    assert_says(&report, Check::V04, Status::Failed, "tile/0/000.p/10");
    assert_eq!(strangers(&report), [("tile", None)]);
}

#[test]
fn following_sees_what_a_whole_run_sees_of_heads() {
    let log = witnessed();
    let report = check(&log, &Known::default());
    let trust = PolicyAndKeys::of_ledger(report.ledger.as_ref().unwrap());
    let known = Known { memory: report.memory, now_s: Some(NOON_S + 9), ..Known::default() };
    let step = follow(&log.source(), &known, &trust, 300).unwrap();
    let passed = |step: &Followed| step.checks.iter().all(|check| check.status == Status::Passed);
    assert!(passed(&step) && step.evidence.is_empty(), "{:#?}", step.checks);
    assert_eq!((step.head, &step.memory), (log.head, &known.memory));
    // Entries are not read: a step costs a few tiles.
    std::fs::remove_file(log.path("tile/entries/000.p/10")).unwrap();
    assert!(passed(&follow(&log.source(), &known, &trust, 300).unwrap()));
    let mut others = records(6);
    others[6] = fixture().signed_form(1, [1, 2, 3], 0);
    let step = follow(&TestLog::of(fixture(), &others).source(), &known, &trust, 300).unwrap();
    assert_eq!(step.evidence.len(), 2, "one for each head that is remembered");
    assert_eq!(step.memory, known.memory);
    log.sign_head(ORIGIN, log.head, &SigningKey::from_seed(KeyName::new(ORIGIN).unwrap(), &[9; 32]));
    let step = follow(&log.source(), &known, &trust, 300).unwrap();
    assert_eq!((step.checks[0].code, step.checks[0].status), (Check::V02, Status::Failed));
    write(&log.path("checkpoint"), b"nothing");
    assert!(follow(&log.source(), &known, &trust, 300).is_err());
}

/// What a mirror serves: the log, and the head that it cosigned last.
fn mirror(log: &TestLog, cosigned: &VerifiedCheckpoint) -> String {
    let folder = sha256(ORIGIN.as_bytes()).to_string();
    write(&log.path(&format!("{folder}/checkpoint")), cosigned.to_text().as_bytes());
    serve(log.directory(), |_| None)
}

#[test]
fn t03_witnesses_and_mirrors_are_asked_and_a_second_log_is_a_fork() {
    let source = witnessed();
    let larger = log(&records(7));
    let address = mirror(&larger, &signed(larger.head, &[4], NOON_S));
    let known = Known { mirrors: vec![address.clone()], ..Known::default() };
    let report = check(&source, &known);
    assert_says(&report, Check::V06, Status::Passed, "3 other heads agree");
    assert_says(&report, Check::V18, Status::NotChecked, "");
    // A witness has no tiles, and what the source does not show is not proved.
    let known = Known { witnesses: vec![address], ..Known::default() };
    let report = check(&source, &known);
    assert_says(&report, Check::V06, Status::NotChecked, "This is no fork");
    let mut others = records(7);
    others[6] = fixture().signed_form(1, [1, 2, 3], 0);
    let other = log(&others);
    let shown = signed(other.head, &[0, 4], NOON_S);
    let known = Known { mirrors: vec![mirror(&other, &shown)], ..Known::default() };
    let report = check(&source, &known);
    assert_failed(&report, &[Check::V06]);
    assert_eq!(strangers(&report), [("fork-prefix", Some(Grade::III))]);
    // Whoever does not answer is named, and accuses nobody.
    let known = Known { witnesses: vec!["http://127.0.0.1:1".into()], ..Known::default() };
    let report = check(&source, &known);
    assert_says(
        &report,
        Check::V06,
        Status::Passed,
        "2 other heads agree; but http://127.0.0.1:1 gave no head",
    );
}

#[test]
fn a_pinned_election_keeps_its_memory() {
    let log = witnessed();
    let options = hakiki_verify::Options { fingerprint: Some(sha256(b"another")), ..options(log.source()) };
    let report = verify_with(&options, &Known::default(), &Quiet);
    assert_says(&report, Check::V01, Status::Failed, "");
    assert_eq!(report.memory, Memory::default());
}
