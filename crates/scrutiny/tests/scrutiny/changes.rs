//! Every one of the 62 has a fact that changes its answer: each row here adds one fact and names the questions that must
//! answer otherwise than before.

use crate::night::{Night, name, passed, seen, time};
use hakiki_core::codes::{Refusal, RefusalCode};
use hakiki_core::fixture::{key, log_key};
use hakiki_core::kinds::{
    Attest, BoxName, Challenge, Collation, Decision, Declaration, Event, Figures, Image, Ink, Intake,
    ItemKind, MissingReason, Moved, Notice, NoticeAbout, OnPaper, Origin, Rank, RefusalRecord,
    RegisterRecord, Ruling, Says, Scrutiny, ScrutinySays, Shows, Software, Withhold, child_row,
};
use hakiki_core::roster::Role;
use hakiki_core::text::{BoxValue, Date};
use hakiki_note::{Hash, sha256};
use hakiki_scrutiny::Verdict;
use hakiki_tlog::Head;
use std::collections::{BTreeMap, BTreeSet};

type Fact = (&'static str, fn(&mut Night), &'static [u32]);

const FACTS: &[Fact] = &[
    ("a session of a supplier by night on an unknown machine", vendor_session, &[3, 5, 11, 12, 13, 14, 35]),
    ("logins from two machines, from elsewhere", logins, &[1, 2, 12, 13, 14, 15, 19, 21]),
    ("an act with the system's rights", sudo, &[12, 14, 16]),
    ("numbers missing among a machine's notes", gap, &[18, 19, 21]),
    ("a clock moved back", clock, &[18]),
    ("silence of three hours", silence, &[18]),
    ("software authorised, another observed", software, &[4]),
    ("a watched file", file, &[6]),
    ("a host and an administrator enrolled late", enrolled, &[1, 3, 9, 10]),
    ("a file withheld", withhold, &[2, 17]),
    ("a witnessed head", witnessed, &[8, 27, 60]),
    ("a form", a_form, &[20, 23, 24, 25, 26, 27, 30, 34, 42, 43, 45, 50, 51, 52, 53, 58]),
    ("a second form with other figures", second_form, &[46, 51]),
    ("one kit's label at two stations", same_kit, &[23, 25]),
    ("a form sealed before counting", early, &[28, 42]),
    ("a form whose sums do not add up", wrong_sum, &[43]),
    ("a form where an agent refused", refused_ink, &[45]),
    ("photographs sent again, same bytes elsewhere", images, &[29, 31, 32, 36, 39, 41]),
    ("an agent signs, and notes marks", attested, &[37, 39]),
    ("an agent's copy with other figures", own_copy, &[38]),
    ("a form taken from paper", intake, &[33]),
    ("a reason for a missing form", missing, &[33, 34]),
    ("hand-overs of a kit and of form books", custody, &[22, 23, 40]),
    ("a station closes", closed, &[44]),
    ("a submission of an unknown station refused", unknown_station, &[44, 56]),
    ("a collation that differs", collation, &[47, 48]),
    ("a declaration and a dissent", declared, &[49, 54, 55]),
    ("a ruling", ruling, &[46, 51]),
    ("publication pauses and resumes", paused, &[56]),
    ("questions asked and refused", scrutiny, &[61, 62]),
    ("a challenge", challenge, &[61]),
    ("an entry of another election", other_election, &[5, 20]),
    ("the verifier finds other results", results_differ, &[7, 57, 59]),
];

/// The figures of a sound form stand before every fact.
fn base() -> Night {
    let mut night = Night::new();
    night.form(0, [100, 50, 10]);
    night
}

#[test]
fn every_answer_changes_with_a_fact() {
    let before = base().report();
    let mut covered = BTreeSet::new();
    for (about, add, questions) in FACTS {
        let mut night = base();
        add(&mut night);
        let after = night.report();
        for number in *questions {
            let (old, new) = (seen(&before, *number), seen(&after, *number));
            assert_ne!(old, new, "{about}: question {number}");
            covered.insert(*number);
        }
    }
    let all: BTreeSet<u32> = (1..=62).collect();
    assert_eq!(all.difference(&covered).collect::<Vec<_>>(), Vec::<&u32>::new(), "questions without a fact");
}

#[test]
fn a_report_of_an_earlier_place_does_not_know_what_came_later() {
    let size = base().ledger.size();
    for (about, add, _) in FACTS.iter().filter(|(about, ..)| !about.starts_with("the verifier")) {
        let mut night = base();
        let (before, facts) = (night.report(), night.facts().lines().len());
        add(&mut night);
        let after = night.report_at(size);
        assert!(night.facts().lines().len() >= facts);
        for number in (1..=62).filter(|number| !is_of_the_future(about, *number)) {
            assert_eq!(seen(&before, number), seen(&after, number), "{about}: question {number}");
        }
    }
}

/// A witnessed head bounds earlier records from above: that is known only later, and shown.
fn is_of_the_future(about: &str, number: u32) -> bool {
    about == "a witnessed head" && number != 60
}

fn a_form(night: &mut Night) {
    night.form(1, [10, 20, 30]);
}

fn second_form(night: &mut Night) {
    night.form(0, [10, 20, 31]);
}

fn vendor_session(night: &mut Night) {
    night.session("vendor-1", "unplanned.example/x", "2031-03-04T23:40:00+03:00", None);
}

fn logins(night: &mut Night) {
    let person = key("vendor-1").name().to_string();
    night.login("host-1", &person, Origin::Inside, "2031-03-04T23:40:00+03:00");
    night.login("host-2", &person, Origin::Elsewhere, "2031-03-04T23:41:00+03:00");
}

fn sudo(night: &mut Night) {
    let person = key("administrator-1").name().clone();
    night.noted("host-1", 0, |observed| {
        observed.event = Event::Sudo;
        observed.subject = Some(person);
    });
}

fn gap(night: &mut Night) {
    night.noted("host-1", 7, |_| {});
}

fn clock(night: &mut Night) {
    night.noted("host-1", 0, |observed| {
        observed.event = Event::Clock;
        observed.moved = Some((Moved::Back, 90));
    });
}

fn silence(night: &mut Night) {
    night.noted("host-1", 0, |observed| observed.at = time("2031-03-04T20:00:00+03:00"));
    night.noted("host-1", 0, |observed| observed.at = time("2031-03-04T23:00:00+03:00"));
}

fn software(night: &mut Night) {
    night.by_quorum(Software {
        component: "node".into(),
        version: "1.2".into(),
        program: sha256(b"program"),
        configuration: None,
        dependencies: None,
        source: None,
        reason: "release".into(),
        words: None,
    });
    night.noted("host-1", 0, |observed| {
        observed.event = Event::Program;
        observed.subject = Some(name("node"));
        observed.value = Some(sha256(b"another"));
    });
}

fn file(night: &mut Night) {
    night.noted("host-1", 0, |observed| {
        observed.event = Event::File;
        observed.subject = Some(name("firewall"));
        observed.value = Some(sha256(b"rules"));
    });
}

fn enrolled(night: &mut Night) {
    night.enrol("host-9", Role::Host);
    night.enrol("administrator-9", Role::Administrator);
}

fn withhold(night: &mut Night) {
    let blob = sha256(b"photograph");
    let (by, reason) = ("court".into(), "privacy".into());
    night.by_quorum(Withhold { blob, by, order: None, reason, words: None });
}

fn witnessed(night: &mut Night) {
    night.head(1_930_334_400);
}

fn with_form(night: &mut Night, station: usize, change: impl FnOnce(&mut hakiki_core::kinds::Form)) {
    let mut form = night.fixture.form(station, [100, 50, 10], 3);
    change(&mut form);
    let [kit, officer] = night.fixture.station_keys(station);
    night.sign(form, &[&kit, &officer]);
}

fn same_kit(night: &mut Night) {
    with_form(night, 1, |form| form.kit = "kit-0".into());
}

fn early(night: &mut Night) {
    with_form(night, 1, |form| form.sealed = time("2031-03-04T09:00:00+03:00"));
}

fn wrong_sum(night: &mut Night) {
    with_form(night, 1, |form| {
        form.figures = form.figures.clone().with(BoxName::Valid, BoxValue::Number(170));
    });
}

fn refused_ink(night: &mut Night) {
    with_form(night, 1, |form| {
        form.on_paper.insert("bridge".into(), OnPaper { ink: Ink::Refused, date: None });
    });
}

fn first_form(night: &Night) -> Hash {
    night.ledger.entries()[0].id
}

fn images(night: &mut Night) {
    let other = night.form(1, [1, 2, 3]);
    let of = first_form(night);
    for (station, of, page) in [(0, of, "a"), (0, of, "b"), (1, other, "a")] {
        let [kit, _] = night.fixture.station_keys(station);
        let taken = time("2031-03-04T19:00:00+03:00");
        let page = sha256(page.as_bytes());
        night.sign(Image { of, shows: Shows::Original, page, agents_table: None, taken }, &[&kit]);
    }
}

fn attest(night: &mut Night, says: Says, marks: &[&str], figures: Figures) {
    let agent = key(&format!("agent-bridge-{}", night.fixture.stations[0]));
    let of = first_form(night);
    let observed = marks.iter().map(|mark| (*mark).to_owned()).collect();
    night.sign(Attest { of, says, observed, figures, page: None, words: None }, &[&agent]);
}

fn attested(night: &mut Night) {
    attest(night, Says::Signed, &[], Figures::default());
    attest(night, Says::Observation, &["watermark"], Figures::default());
}

fn own_copy(night: &mut Night) {
    let figures = night.fixture.form(0, [101, 50, 10], 3).figures;
    attest(night, Says::OwnCopy, &[], figures);
}

fn intake(night: &mut Night) {
    let form = night.fixture.form(4, [9, 8, 7], 1);
    let intake = Intake {
        contest: form.contest,
        station: form.station,
        serial: None,
        taken: time("2031-03-05T02:00:00+03:00"),
        reason: "no-network".into(),
        figures: form.figures,
        on_paper: BTreeMap::from([(
            "bridge".into(),
            OnPaper { ink: Ink::Signed, date: Date::parse("2031-03-04") },
        )]),
        words: None,
    };
    night.sign(intake, &[&key("returning-c01-1"), &key("second-c01-1")]);
}

fn missing(night: &mut Night) {
    let station = night.fixture.stations[4].clone();
    let missing = MissingReason { contest: "president".into(), station, reason: "flood".into(), words: None };
    night.sign(missing, &[&key("returning-c01-1")]);
}

fn custody(night: &mut Night) {
    night.custody(ItemKind::Kit, "kit-spare", None, None);
    night.custody(ItemKind::FormBook, "book-1", Some(["M0000000", "M0000009"]), Some(3));
    night.custody(ItemKind::FormBook, "book-reserve", Some(["M0000100", "M0000109"]), None);
}

fn closed(night: &mut Night) {
    let close_stations = BTreeMap::from([(night.fixture.stations[0].clone(), "flood".to_owned())]);
    night.by_quorum(RegisterRecord { close_stations, ..RegisterRecord::default() });
    night.form(0, [100, 50, 11]);
}

fn unknown_station(night: &mut Night) {
    night.sign(RefusalRecord { note: sha256(b"note"), code: RefusalCode::R306 }, &[&log_key()]);
}

fn collation(night: &mut Night) {
    let entry = &night.ledger.entries()[0];
    let station = night.fixture.stations[0].clone();
    let votes = [101, 50, 10].map(BoxValue::Number);
    let row = child_row(&station, &entry.id, &votes, BoxValue::Number(161), BoxValue::Number(3));
    let children = Collation::children_table([row]);
    let hash = sha256(&children);
    night.fixture.tables.insert(hash, children);
    let figures = Figures { votes: (1..).zip(votes).collect(), ..Figures::default() };
    let collation = Collation {
        contest: "president".into(),
        area: "c01-1".into(),
        children: hash,
        submitted: 1,
        received: 1,
        figures,
        words: None,
    };
    night.sign(collation, &[&key("returning-c01-1"), &key("second-c01-1")]);
}

fn declared(night: &mut Night) {
    let head = Head { size: night.ledger.size(), root: sha256(b"root") };
    for (who, dissents) in [("commissioner-1", false), ("commissioner-2", true)] {
        let votes = [500, 50, 10].map(BoxValue::Number);
        let declaration = Declaration {
            contest: "president".into(),
            area: "MF".into(),
            head,
            dissents,
            figures: Figures { votes: (1..).zip(votes).collect(), ..Figures::default() },
            missing: None,
            words: None,
        };
        night.sign(declaration, &[&key(who)]);
    }
}

fn ruling(night: &mut Night) {
    let ruling = Ruling {
        contest: "president".into(),
        station: night.fixture.stations[0].clone(),
        rank: Rank::Returning,
        considered: BTreeSet::from([first_form(night)]),
        decision: Decision::Disregarded("reg-83".into()),
        notified: BTreeSet::new(),
        order: None,
        words: None,
    };
    night.sign(ruling, &[&key("returning-c01-1"), &key("second-c01-1")]);
}

fn paused(night: &mut Night) {
    for (about, at) in [(NoticeAbout::Pause, "18:00"), (NoticeAbout::Resume, "21:30")] {
        let from = time(&format!("2031-03-04T{at}:00+03:00"));
        night.by_quorum(Notice { about, from, reason: "review".into(), words: None });
    }
}

fn scrutiny(night: &mut Night) {
    let registrar = key("registrar");
    let asked = |number| Scrutiny {
        says: ScrutinySays::Asked,
        number: Some(number),
        question: None,
        report: None,
        reason: "order-1".into(),
        words: None,
    };
    let question = night.sign(asked(12), &[&registrar]);
    night.sign(asked(15), &[&registrar]);
    let refused = Scrutiny {
        says: ScrutinySays::Refused,
        number: None,
        question: Some(question),
        report: None,
        reason: "sealed".into(),
        words: None,
    };
    night.sign(refused, &[&registrar]);
}

fn challenge(night: &mut Night) {
    let record = first_form(night);
    let challenge = Challenge { record, at_box: None, reason: "other-copy".into(), words: None };
    night.sign(challenge, &[&key("observer")]);
}

fn other_election(night: &mut Night) {
    night.ledger.pass_inadmissible(&Refusal::new(RefusalCode::R301, "another election"));
    night.records.push(None);
}

fn results_differ(night: &mut Night) {
    night.checks = passed(&["V02", "V04", "V05"]);
    let mut differs = passed(&["V10"]).remove(0);
    differs.verdict = Verdict::Failed;
    night.checks.push(differs);
}
