//! Every refusal by at least one hostile example: each way to be non-canonical, unknown, unauthorised, replayed,
//! contradictory or truncated. The ledger is unharmed by all of them.
#![allow(clippy::unwrap_used)]

use hakiki_core::codes::RefusalCode::{self, R101, R102, R103, R104, R105, R106, R107};
use hakiki_core::codes::RefusalCode::{R201, R202, R203, R204, R205, R206, R207, R208, R209};
use hakiki_core::codes::RefusalCode::{R301, R302, R303, R304, R305, R306, R307, R308};
use hakiki_core::establish::possess;
use hakiki_core::fixture::{Fixture, Setting, custodians, key, log_key};
use hakiki_core::kinds::{
    BoxName, KeyAction, KeyRecord, NewKey, Notice, NoticeAbout, RefusalRecord, RegisterRecord, TableName,
    Transcript, Turnout, Zero,
};
use hakiki_core::record::Record;
use hakiki_core::roster::Role;
use hakiki_core::text::{BoxValue, Time};
use hakiki_note::{KeyName, Note, SignatureLine, SigningKey, sha256};
use std::collections::BTreeSet;

fn code_of(bytes: &[u8]) -> RefusalCode {
    Record::parse(bytes).unwrap_err().code
}

/// Signs any text with the station's keys, so that only the text is at fault.
fn sign_text(text: &str, keys: &[&SigningKey]) -> String {
    let mut keys = keys.to_vec();
    keys.sort_by(|a, b| a.name().cmp(b.name()));
    let signers: Vec<String> =
        keys.iter().map(|k| format!("signer {} {}\n", k.name(), k.verifier().key().hash())).collect();
    let whole = [text, &signers.concat()].concat();
    Note::sign(whole, &keys).to_text()
}

/// The text of a good form without its signer lines.
fn form_text(fixture: &Fixture) -> String {
    let record = fixture.signed_form(0, [100, 50, 10], 3);
    let text = record.text();
    text[..text.find("signer ").unwrap()].to_owned()
}

fn refusal_of(fixture: &Fixture, record: Record) -> RefusalCode {
    let mut ledger = fixture.ledger();
    let size = ledger.size();
    let refusal = fixture.append(&mut ledger, record).unwrap_err();
    assert_eq!(ledger.size(), size, "a refusal leaves the ledger as it was");
    refusal.code
}

#[test]
fn a_good_form_is_admitted() {
    let fixture = Fixture::new(&Setting::default());
    let [kit, officer] = fixture.station_keys(0);
    let record = Record::parse(sign_text(&form_text(&fixture), &[&kit, &officer]).as_bytes()).unwrap();
    assert!(!fixture.append(&mut fixture.ledger(), record).unwrap());
}

#[test]
fn every_way_of_not_being_canonical_is_r105_and_names_its_line() {
    let fixture = Fixture::new(&Setting::default());
    let [kit, officer] = fixture.station_keys(0);
    let good = form_text(&fixture);
    let cases: &[(&str, &str)] = &[
        ("contest president", "contest  president"),
        ("contest president", " contest president"),
        ("contest president", "contest president "),
        ("contest president\n", "contest president\n\n"),
        ("contest president\n", ""),
        ("contest president\n", "contest president\ncontest president\n"),
        ("contest president", "contest pre/sident"),
        ("contest president", "contest"),
        ("contest president", "contest president extra"),
        ("contest president", "Contest president"),
        ("votes 1 100", "votes 1 0100"),
        ("votes 1 100", "votes 1 +100"),
        ("votes 1 100", "votes 1 1e2"),
        ("votes 1 100", "votes 1 1000000000"),
        ("votes 1 100", "votes 1 -1"),
        ("votes 1 100", "votes 1 Blank"),
        ("votes 1 100", "votes 01 100"),
        ("votes 1 100\nvotes 2 50\n", "votes 2 50\nvotes 1 100\n"),
        ("votes 2 50\n", "votes 2 50\nvotes 2 50\n"),
        ("sealed 2031-03-04T18:52:00+03:00", "sealed 2031-03-04T18:52:00Z"),
        ("sealed 2031-03-04T18:52:00+03:00", "sealed 2031-02-30T18:52:00+03:00"),
        ("seen-head 5", "seen-head 05"),
        ("seen-head 5", "seen-head 9007199254740992"),
        ("valid 160\n", "valid 160\nspoilt 0\n"),
        ("on-paper bridge signed 2031-03-04\n", "on-paper bridge signed yesterday\n"),
        ("on-paper bridge signed", "on-paper bridge agreed"),
        ("registered 600\n", ""),
        ("rejected 3\n", "rejected 3\ndisputed 0\n"),
    ];
    for (from, to) in cases {
        let text = good.replacen(from, to, 1);
        assert_ne!(text, good, "{from:?} is in the form");
        let note = sign_text(&text, &[&kit, &officer]);
        match Record::parse(note.as_bytes()) {
            Err(refusal) => {
                // An empty line ends the text, so what follows it is no signature line.
                let expected = if to.ends_with("\n\n") { [R105, R205] } else { [R105, R105] };
                assert!(expected.contains(&refusal.code), "{to:?}: {refusal}");
            }
            Ok(record) => assert_eq!(refusal_of(&fixture, record), R105, "{to:?}"),
        }
    }
}

#[test]
fn bytes_that_are_no_record() {
    let fixture = Fixture::new(&Setting::default());
    let [kit, officer] = fixture.station_keys(0);
    let good = form_text(&fixture);
    let whole = sign_text(&good, &[&kit, &officer]);
    assert_eq!(code_of(&vec![b'a'; 70_000]), R101);
    assert_eq!(code_of(b"hakiki/form@v1\n\xff\xfe\n\n"), R102);
    for bad in
        ["\u{202e}", "\u{2028}", "\u{7f}", "\u{85}", "\u{200f}", "\u{1fae0}", "\u{e000}", "\t", "\u{0}"]
    {
        let text = good.replacen("kit-0", &format!("kit{bad}0"), 1);
        let found = code_of(sign_text(&text, &[&kit, &officer]).as_bytes());
        assert_eq!(found, R103, "{bad:?}");
    }
    let text = good.replacen("kit-0", "kite\u{301}", 1);
    assert_eq!(code_of(sign_text(&text, &[&kit, &officer]).as_bytes()), R104);
    for header in ["hakiki/form@v2", "hakiki/forms@v1", "hakiki/form@v01", "form@v1", "hakiki/form"] {
        let text = good.replacen("hakiki/form@v1", header, 1);
        assert_eq!(code_of(sign_text(&text, &[&kit, &officer]).as_bytes()), R106, "{header}");
    }
    assert_eq!(code_of(b""), R107);
    assert_eq!(code_of(good.as_bytes()), R107);
    // Every truncation of a good record is refused.
    for end in 0..whole.len() {
        assert!(Record::parse(&whole.as_bytes()[..end]).is_err(), "cut at {end}");
    }
}

#[test]
fn signature_lines_are_exactly_the_signers() {
    let fixture = Fixture::new(&Setting::default());
    let [kit, officer] = fixture.station_keys(0);
    let whole = sign_text(&form_text(&fixture), &[&kit, &officer]);
    let lines: Vec<&str> = whole.trim_end().rsplit('\n').take(2).collect();
    let text = &whole[..whole.find("\n\n").unwrap() + 2];
    let stranger = key("stranger");
    let junk = SignatureLine::sign("junk\n", &stranger).to_line();
    for wrong in [
        format!("{text}{}\n", lines[0]),
        format!("{text}{}\n{}\n", lines[0], lines[1]),
        format!("{whole}{junk}"),
        format!("{whole}{}\n", lines[0]),
        whole.replacen("\u{2014} ", "- ", 1),
        whole.replacen("=\n", "\n", 1),
    ] {
        assert_eq!(code_of(wrong.as_bytes()), R205, "{wrong}");
    }
    // The line is right, and its signature is by another key: the id does not fit.
    let other = SignatureLine::sign(&text[..text.len() - 1], &stranger);
    let named = SignatureLine { name: kit.name().clone(), ..other }.to_line();
    let own = SignatureLine::sign(&text[..text.len() - 1], &officer).to_line();
    let mut both = [(kit.name(), named), (officer.name(), own)];
    both.sort();
    let swapped = format!("{text}{}{}", both[0].1, both[1].1);
    assert_eq!(refusal_of(&fixture, Record::parse(swapped.as_bytes()).unwrap()), R205);
}

#[test]
fn who_may_sign_a_form() {
    let fixture = Fixture::new(&Setting::default());
    let [kit, officer] = fixture.station_keys(0);
    let [other_kit, other_officer] = fixture.station_keys(1);
    let form = || fixture.form(0, [100, 50, 10], 3);
    let refused = |keys: &[&SigningKey]| refusal_of(&fixture, fixture.sign(form(), keys));
    let stranger = key("stranger");
    let returning = key("returning-c01-1");
    assert_eq!(refused(&[&kit, &stranger]), R201);
    assert_eq!(refused(&[&kit, &officer, &returning]), R202);
    assert_eq!(refused(&[&kit, &other_officer]), R203);
    assert_eq!(refused(&[&other_kit, &other_officer]), R203);
    assert_eq!(refused(&[&kit]), R204);
    assert_eq!(refused(&[&officer]), R204);
    let agent = key(&format!("agent-bridge-{}", fixture.stations[0]));
    assert_eq!(refused(&[&agent]), R204);
    // A name that stands, with a key that does not.
    let impostor = SigningKey::from_seed(kit.name().clone(), &[1; 32]);
    assert_eq!(refused(&[&impostor, &officer]), R201);
    // With the agent's key it is admitted.
    fixture.append(&mut fixture.ledger(), fixture.sign(form(), &[&kit, &officer, &agent])).unwrap();
}

#[test]
fn bad_signatures() {
    let fixture = Fixture::new(&Setting::default());
    let record = fixture.signed_form(0, [100, 50, 10], 3);
    let changed = record.note().replacen("votes 1 100", "votes 1 101", 1);
    assert_eq!(refusal_of(&fixture, Record::parse(changed.as_bytes()).unwrap()), R206);
    // R is the identity: some implementations accept it under a crafted S. The byte check refuses it whatever S is.
    let mut note = Note::parse(record.note().as_bytes()).unwrap();
    note.signatures[0].signature[..32].fill(0);
    note.signatures[0].signature[0] = 1;
    assert_eq!(refusal_of(&fixture, Record::parse(note.to_text().as_bytes()).unwrap()), R207);
    note.signatures[0].signature[..32].fill(0xff);
    assert_eq!(refusal_of(&fixture, Record::parse(note.to_text().as_bytes()).unwrap()), R207);
    let mut note = Note::parse(record.note().as_bytes()).unwrap();
    note.signatures[0].signature[63] |= 0xe0;
    assert_eq!(refusal_of(&fixture, Record::parse(note.to_text().as_bytes()).unwrap()), R207);
}

fn new_key(fixture: &Fixture, name: &str, possession: [u8; 64]) -> NewKey {
    let made = key(name);
    let public = made.verifier().key().bytes().try_into().unwrap();
    NewKey {
        name: made.name().clone(),
        role: Role::Presiding,
        of_station: true,
        scope: fixture.stations[0].clone(),
        party: None,
        public,
        possession,
    }
}

fn enrol(new: NewKey) -> KeyRecord {
    KeyRecord { action: KeyAction::Enrol(new), old: None, reason: "late".into(), words: None }
}

#[test]
fn keys_are_enrolled_with_proof_once_and_by_who_may() {
    let fixture = Fixture::new(&Setting::default());
    let quorum = custodians();
    let two: Vec<&SigningKey> = quorum.iter().take(2).collect();
    let good = new_key(&fixture, "new-officer", possess(&fixture.fingerprint, &key("new-officer")));
    fixture.append(&mut fixture.ledger(), fixture.sign(enrol(good.clone()), &two)).unwrap();
    assert_eq!(refusal_of(&fixture, fixture.sign(enrol(good.clone()), &two[..1])), R204);
    let (returning, other) = (key("returning-c01-1"), key("returning-c02-1"));
    fixture.append(&mut fixture.ledger(), fixture.sign(enrol(good.clone()), &[&returning])).unwrap();
    assert_eq!(refusal_of(&fixture, fixture.sign(enrol(good.clone()), &[&other])), R202);
    let unproved = new_key(&fixture, "new-officer", possess(&sha256(b"another"), &key("new-officer")));
    assert_eq!(refusal_of(&fixture, fixture.sign(enrol(unproved), &two)), R208);
    let mut stands = good.clone();
    stands.name = key(&format!("kit-{}", fixture.stations[0])).name().clone();
    assert_eq!(refusal_of(&fixture, fixture.sign(enrol(stands), &two)), R209);
    let known = key(&format!("kit-{}", fixture.stations[1]));
    let mut twice = good.clone();
    twice.public = known.verifier().key().bytes().try_into().unwrap();
    twice.name = KeyName::new("mfano.example/k/second-name").unwrap();
    let second_name = SigningKey::from_seed(twice.name.clone(), &sha256(known.name().as_str().as_bytes()).0);
    twice.possession = possess(&fixture.fingerprint, &second_name);
    assert_eq!(refusal_of(&fixture, fixture.sign(enrol(twice), &two)), R209);
    // An agent's key is the party's business alone.
    let mut agent = good;
    (agent.role, agent.party) = (Role::Agent, Some("bridge".into()));
    assert_eq!(refusal_of(&fixture, fixture.sign(enrol(agent.clone()), &two)), R202);
    let (bridge, circle) = (key("root-bridge"), key("root-circle"));
    assert_eq!(refusal_of(&fixture, fixture.sign(enrol(agent.clone()), &[&circle])), R202);
    fixture.append(&mut fixture.ledger(), fixture.sign(enrol(agent), &[&bridge])).unwrap();
}

#[test]
fn wrong_place() {
    let fixture = Fixture::new(&Setting::default());
    let [kit, officer] = fixture.station_keys(0);
    let keys = [&kit, &officer];
    let form = || fixture.form(0, [100, 50, 10], 3);
    let other =
        Fixture::with(&Setting::default(), |election| election.title = "Mfano 2036, a rehearsal".into());
    assert_eq!(refusal_of(&other, fixture.sign(form(), &keys)), R301);
    let mut unknown = form();
    unknown.contest = "governor".into();
    assert_eq!(refusal_of(&fixture, fixture.sign(unknown, &keys)), R302);
    let mut nowhere = form();
    nowhere.station = "s999999".into();
    assert_eq!(refusal_of(&fixture, fixture.sign(nowhere, &keys)), R306);
    let mut ahead = form();
    ahead.seen_head = 1_000_000;
    assert_eq!(refusal_of(&fixture, fixture.sign(ahead, &keys)), R304);
    let turnout =
        |manual| Turnout { station: fixture.stations[0].clone(), device: 1, manual, is_final: true };
    assert_eq!(refusal_of(&fixture, fixture.sign(turnout(0), &[&kit])), R204);
    let mut ledger = fixture.ledger();
    let record = fixture.sign(form(), &keys);
    fixture.append(&mut ledger, record.clone()).unwrap();
    assert_eq!(fixture.append(&mut ledger, record).unwrap_err().code, R308);
}

#[test]
fn before_zero_and_after_it() {
    let fixture = Fixture::new(&Setting::default());
    let mut early = hakiki_core::Ledger::begin(fixture.records[0].clone()).unwrap();
    for record in &fixture.records[1..3] {
        fixture.append(&mut early, record.clone()).unwrap();
    }
    let mut form = fixture.form(0, [1, 2, 3], 0);
    form.seen_head = 0;
    let [kit, officer] = fixture.station_keys(0);
    let form = fixture.sign(form, &[&kit, &officer]);
    assert_eq!(fixture.append(&mut early, form).unwrap_err().code, R303);
    let quorum = custodians();
    let two: Vec<&SigningKey> = quorum.iter().take(2).collect();
    let zero = Zero { registers: BTreeSet::from([sha256(b"x")]), stations: 8, voters: 4800 };
    assert_eq!(fixture.append(&mut early, fixture.sign(zero, &two)).unwrap_err().code, R308);
    let index = fixture.tables.keys().next().copied().unwrap();
    let tables = [(TableName::Stations, index)].into_iter().collect();
    let register = || RegisterRecord { tables, ..RegisterRecord::default() };
    let frozen = fixture.sign(register(), &two);
    assert_eq!(refusal_of(&fixture, frozen), R308);
    let missing = [(TableName::Stations, sha256(b"not here"))].into_iter().collect();
    let missing = RegisterRecord { tables: missing, ..RegisterRecord::default() };
    let mut first = hakiki_core::Ledger::begin(fixture.records[0].clone()).unwrap();
    assert_eq!(fixture.append(&mut first, fixture.sign(missing, &two)).unwrap_err().code, R305);
}

#[test]
fn what_only_the_log_signs_and_what_a_mode_forbids() {
    let fixture = Fixture::new(&Setting::default());
    let refusal = RefusalRecord { note: sha256(b"note"), code: R201 };
    let compiler = key("compiler");
    assert_eq!(refusal_of(&fixture, fixture.sign(refusal.clone(), &[&compiler])), R202);
    fixture.append(&mut fixture.ledger(), fixture.sign(refusal, &[&log_key()])).unwrap();
    let transcript = Transcript {
        contest: "president".into(),
        station: fixture.stations[0].clone(),
        source: sha256(b"table"),
        line: Some(2),
        serial: None,
        time: None,
        figures: fixture.form(0, [1, 2, 3], 0).figures,
        derived: BTreeSet::from([BoxName::Valid]),
    };
    assert_eq!(refusal_of(&fixture, fixture.sign(transcript.clone(), &[&compiler])), R307);
    let compilation = Fixture::new(&Setting { is_compilation: true, ..Setting::default() });
    compilation.append(&mut compilation.ledger(), compilation.sign(transcript, &[&compiler])).unwrap();
    let from = Time::parse("2031-03-04T23:00:00+03:00").unwrap();
    let notice = Notice { about: NoticeAbout::Pause, from, reason: "power".into(), words: None };
    assert_eq!(refusal_of(&fixture, fixture.sign(notice, &[&compiler])), R202);
}

#[test]
fn a_box_of_the_paper_is_a_number_blank_dash_or_illegible() {
    let fixture = Fixture::new(&Setting::default());
    let [kit, officer] = fixture.station_keys(0);
    for value in [BoxValue::Blank, BoxValue::Dash, BoxValue::Illegible, BoxValue::Number(0)] {
        let mut form = fixture.form(0, [100, 50, 10], 3);
        form.figures.votes[2].1 = value;
        fixture.append(&mut fixture.ledger(), fixture.sign(form, &[&kit, &officer])).unwrap();
    }
}
