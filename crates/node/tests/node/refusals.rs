//! One hostile submission for each code that the node answers with.

use crate::house::{House, Socket, Web, reopened, together};
use hakiki_core::codes::RefusalCode;
use hakiki_core::establish::possess;
use hakiki_core::fixture::{Fixture, Setting, custodians, key};
use hakiki_core::kinds::{
    Attest, Body, BoxName, Collation, Figures, KeyAction, KeyRecord, NewKey, RegisterRecord, Says, TableName,
    Transcript, Zero,
};
use hakiki_core::record::compose;
use hakiki_core::roster::Role;
use hakiki_note::{Hash, Note, SigningKey, sha256};
use std::collections::BTreeSet;

async fn refused(client: &Web, note: impl Into<Vec<u8>>) -> (String, u16) {
    let note = note.into();
    let answer = client.submit(note.clone()).await;
    (answer.refusal(Some(&note)), answer.status)
}

/// A form's note with something in its text changed and everything signed again.
fn resigned(fixture: &Fixture, station: usize, change: impl Fn(String) -> String) -> String {
    let keys = fixture.station_keys(station);
    let body: Body = fixture.form(station, [1, 2, 3], 0).into();
    let (text, ordered) = compose(&body, Some(&fixture.fingerprint), &[&keys[0], &keys[1]]);
    Note::sign(change(text), &ordered).to_text()
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_no_record() {
    let house = House::new(&[]).await;
    let (client, fixture) = (&house.client, &house.fixture);
    let form = fixture.signed_form(0, [1, 2, 3], 0);
    let cases: Vec<(&str, Vec<u8>, u16)> = vec![
        ("R101", vec![b'a'; 65_536], 413),
        ("R102", [form.note().as_bytes(), b"\xff"].concat(), 400),
        ("R103", resigned(fixture, 0, |t| t.replacen("serial M", "serial \u{202e}M", 1)).into(), 400),
        ("R104", resigned(fixture, 0, |t| t.replacen("serial M", "serial e\u{301}M", 1)).into(), 400),
        ("R105", resigned(fixture, 0, |t| t.replacen("rejected 0", "rejected 00", 1)).into(), 400),
        ("R105", resigned(fixture, 0, |t| t.replacen("\nserial", "\n\nserial", 1)).into(), 400),
        ("R106", resigned(fixture, 0, |t| t.replacen("hakiki/form@v1", "hakiki/form@v2", 1)).into(), 400),
        ("R107", b"hello".to_vec(), 400),
        ("R107", Vec::new(), 400),
        ("R107", form.note().trim_end().as_bytes().to_vec(), 400),
    ];
    for (code, note, status) in cases {
        let shown = String::from_utf8_lossy(&note[..note.len().min(80)]).into_owned();
        assert_eq!(refused(client, note).await, (code.to_owned(), status), "{shown}");
    }
    let large = client.submit(vec![b'a'; 65_537]).await;
    assert_eq!((large.refusal(None).as_str(), large.status), ("R402", 413));
    let announced = client.submit(vec![b'a'; 1_000_000]).await;
    assert_eq!((announced.refusal(None).as_str(), announced.status), ("R402", 413));
    assert_eq!(client.size().await, fixture.records.len() as u64, "nobody signed, so nothing was recorded");
    client.submit_record(&form).await.receipt();
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signers_that_may_not() {
    let house = House::new(&[]).await;
    let (client, fixture) = (&house.client, &house.fixture);
    let [kit, officer] = fixture.station_keys(0);
    let form = fixture.signed_form(0, [1, 2, 3], 0);
    let lines: Vec<&str> = form.note().split_inclusive('\n').collect();
    let without_last = lines[..lines.len() - 1].concat();
    let swapped =
        [&lines[..lines.len() - 2], &[lines[lines.len() - 1], lines[lines.len() - 2]]].concat().concat();
    let small_order = {
        let note = Note::parse(form.note().as_bytes()).unwrap();
        let mut note = note;
        note.signatures[0].signature[..32].copy_from_slice(&[&[1u8][..], &[0; 31]].concat());
        note.to_text()
    };
    let wrong = {
        let mut note = Note::parse(form.note().as_bytes()).unwrap();
        note.signatures[1].signature[40] ^= 1;
        note.to_text()
    };
    let sign = |station: usize, keys: &[&hakiki_note::SigningKey]| {
        fixture.sign(fixture.form(station, [1, 2, 3], 0), keys).note().to_owned()
    };
    let agent = key(&format!("agent-bridge-{}", fixture.stations[0]));
    for (code, note) in [
        ("R201", sign(0, &[&kit, &key("nobody")])),
        ("R202", sign(0, &[&kit, &officer, &key("observer")])),
        ("R203", sign(1, &[&kit, &officer])),
        ("R204", sign(0, &[&kit, &agent])),
        ("R205", without_last),
        ("R205", swapped),
        ("R206", wrong),
        ("R207", small_order),
    ] {
        let (found, status) = refused(client, note).await;
        assert_eq!(found, code);
        assert!(matches!(status, 400 | 403), "{code} {status}");
    }
    client.submit_record(&form).await.receipt();
    let (_, directory, _) = house.close().await;
    // An enrolled key had signed six of them; of those that did not parse nobody answers.
    let codes: BTreeSet<_> = reopened(&directory).refusals().iter().map(|(_, _, code)| *code).collect();
    let expected = [
        RefusalCode::R201,
        RefusalCode::R202,
        RefusalCode::R203,
        RefusalCode::R204,
        RefusalCode::R206,
        RefusalCode::R207,
    ];
    assert_eq!(codes, BTreeSet::from(expected));
}

#[tokio::test(flavor = "multi_thread")]
async fn places_that_are_not_there() {
    let house = House::new(&[]).await;
    let (client, fixture) = (&house.client, &house.fixture);
    let [kit, officer] = fixture.station_keys(0);
    let other = Fixture::with(&Setting::default(), |election| election.title = "Another".into());
    let mut contest = fixture.form(0, [1, 2, 3], 0);
    contest.contest = "governor".into();
    let mut nowhere = fixture.form(0, [1, 2, 3], 0);
    nowhere.station = "s999999".into();
    let attest = Attest {
        of: sha256(b"no form"),
        says: Says::Signed,
        observed: BTreeSet::new(),
        figures: Figures { votes: Vec::new(), boxes: [None; 6] },
        page: None,
        words: None,
    };
    let figures = Figures { votes: Vec::new(), boxes: [None; 6] };
    let collation = Collation {
        contest: "president".into(),
        area: "c01-1".into(),
        children: sha256(b"no table"),
        submitted: 0,
        received: 0,
        figures,
        words: None,
    };
    let (returning, second) = (key("returning-c01-1"), key("second-c01-1"));
    for (code, record) in [
        ("R301", other.signed_form(0, [1, 2, 3], 0)),
        ("R302", fixture.sign(contest, &[&kit, &officer])),
        ("R304", fixture.sign(attest, &[&key(&format!("agent-bridge-{}", fixture.stations[0]))])),
        ("R305", fixture.sign(collation, &[&returning, &second])),
        ("R306", fixture.sign(nowhere, &[&kit, &officer])),
    ] {
        assert_eq!(refused(client, record.note()).await, (code.to_owned(), 409));
    }
    let first = fixture.records[0].note();
    client.submit(first.to_owned()).await.receipt();
    house.close().await;
    let fixture = Fixture::new(&Setting::default());
    let early = House::begun(fixture, 3, &[]).await;
    let form = early.fixture.signed_form(0, [1, 2, 3], 0);
    assert_eq!(refused(&early.client, form.note()).await, ("R303".to_owned(), 409));
    for record in &early.fixture.records[3..] {
        early.client.submit_record(record).await.receipt();
    }
    early.client.submit_record(&form).await.receipt();
    early.close().await;
}

/// The enrolment of an officer at the first station, by a key that is here, with a proof for some election.
fn enrolment(fixture: &Fixture, key: &SigningKey, election: &Hash) -> KeyRecord {
    let new = NewKey {
        name: key.name().clone(),
        role: Role::Presiding,
        of_station: true,
        scope: fixture.stations[0].clone(),
        party: None,
        public: key.verifier().key().bytes().try_into().unwrap(),
        possession: possess(election, key),
    };
    KeyRecord { action: KeyAction::Enrol(new), old: None, reason: "late".into(), words: None }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_may_not_be_enrolled() {
    let house = House::new(&[]).await;
    let (client, fixture) = (&house.client, &house.fixture);
    let quorum = custodians();
    let enrol = |key: &SigningKey, election: &Hash| {
        fixture.sign(enrolment(fixture, key, election), &[&quorum[0], &quorum[1]])
    };
    let late = key("late-officer");
    let known = key(&format!("kit-{}", fixture.stations[1]));
    // A key under a second name, and a second key under a name that stands.
    let again = SigningKey::from_seed(late.name().clone(), &sha256(known.name().as_str().as_bytes()).0);
    let other = SigningKey::from_seed(known.name().clone(), &[7; 32]);
    let fingerprint = &fixture.fingerprint;
    for (code, record) in [
        ("R208", enrol(&late, &sha256(b"another election"))),
        ("R209", enrol(&again, fingerprint)),
        ("R209", enrol(&other, fingerprint)),
    ] {
        assert_eq!(refused(client, record.note()).await, (code.to_owned(), 403));
    }
    // Nothing of it stuck: the same name and key are enrolled with their proof, and once.
    client.submit_record(&enrol(&late, fingerprint)).await.receipt();
    let mut twice = enrolment(fixture, &late, fingerprint);
    twice.reason = "again".into();
    let twice = fixture.sign(twice, &[&quorum[0], &quorum[1]]);
    assert_eq!(refused(client, twice.note()).await, ("R209".to_owned(), 403));
    let (_, directory, _) = house.close().await;
    let codes: Vec<_> = reopened(&directory).refusals().iter().map(|(_, _, code)| *code).collect();
    assert_eq!(codes, [RefusalCode::R208, RefusalCode::R209, RefusalCode::R209, RefusalCode::R209]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_contradicts_what_stands_and_what_the_mode_forbids() {
    let house = House::new(&[]).await;
    let (client, fixture) = (&house.client, &house.fixture);
    let quorum = custodians();
    let by_quorum = |body: Body| fixture.sign(body, &[&quorum[0], &quorum[1]]);
    let table = *fixture.tables.keys().next().unwrap();
    let frozen =
        RegisterRecord { tables: [(TableName::Stations, table)].into(), ..RegisterRecord::default() };
    let registers = BTreeSet::from([*fixture.records[1].id(), *fixture.records[2].id()]);
    let zero = Zero { registers, stations: 9, voters: 5400 };
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
    let transcribed = fixture.sign(transcript.clone(), &[&key("compiler")]);
    for (code, record) in
        [("R308", by_quorum(frozen.into())), ("R308", by_quorum(zero.into())), ("R307", transcribed)]
    {
        assert_eq!(refused(client, record.note()).await, (code.to_owned(), 409));
    }
    let (_, directory, _) = house.close().await;
    let codes: Vec<_> = reopened(&directory).refusals().iter().map(|(_, _, code)| *code).collect();
    assert_eq!(codes, [RefusalCode::R308, RefusalCode::R308, RefusalCode::R307]);
    // Where nobody signs for an authority, the same figures count.
    let compilation = Fixture::new(&Setting { is_compilation: true, ..Setting::default() });
    let compiled = House::of(compilation, &[]).await;
    let transcribed = compiled.fixture.sign(transcript, &[&key("compiler")]);
    compiled.client.submit_record(&transcribed).await.receipt();
    compiled.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_pass_and_leave_no_record() {
    let house =
        House::new(&[("key_burst", "2"), ("key_rate_per_minute", "1"), ("body_timeout_ms", "300")]).await;
    let (client, fixture) = (&house.client, &house.fixture);
    for (votes, code) in [([1, 0, 0], None), ([2, 0, 0], None), ([3, 0, 0], Some("R401"))] {
        let form = fixture.signed_form(0, votes, 0);
        let answer = client.submit_record(&form).await;
        match code {
            None => drop(answer.receipt()),
            Some(code) => {
                assert_eq!(answer.refusal(Some(form.note().as_bytes())), code);
                assert_eq!((answer.status, answer.header("retry-after")), (429, "60"));
            }
        }
    }
    client.submit_record(&fixture.signed_form(1, [1, 0, 0], 0)).await.receipt();
    // A body that does not come.
    let mut slow = Socket::open(house.running.address);
    slow.say(b"POST /submit HTTP/1.1\r\nhost: x\r\ncontent-length: 500\r\n\r\nhakiki/");
    let answer = slow.end();
    assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("\ncode R405\n"), "{answer}");
    let (_, directory, _) = house.close().await;
    assert!(reopened(&directory).refusals().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_says_so_and_the_same_note_is_safe_to_send_again() {
    let house = House::new(&[("queue_length", "1"), ("batch_delay_ms", "0")]).await;
    let senders = (0..60u32).map(|number| {
        let (client, form) = (house.client.clone(), house.fixture.signed_form(0, [number, 1, 1], 0));
        async move {
            let mut full = 0;
            loop {
                let answer = client.submit_record(&form).await;
                if answer.status == 200 {
                    answer.receipt();
                    return full;
                }
                assert_eq!(answer.refusal(Some(form.note().as_bytes())), "R403");
                assert_eq!((answer.status, answer.header("retry-after")), (503, "1"));
                full += 1;
                tokio::task::yield_now().await;
            }
        }
    });
    let full: u32 = together(60, senders.collect::<Vec<_>>()).await.into_iter().sum();
    assert!(full > 0, "sixty at once do not fit a queue of one");
    assert_eq!(house.client.size().await, house.fixture.records.len() as u64 + 60);
    house.close().await;
}
