//! A hundred thousand sessions, observations and hand-overs fold, and their findings are listed, in time that grows with
//! their number.

use crate::play::setting;
use hakiki_core::fixture::{Fixture, Setting, key};
use hakiki_core::kinds::{Body, Custody, Event, ItemKind, Observed, Session, SessionAction};
use hakiki_core::record::Record;
use hakiki_core::text::Time;
use hakiki_core::view::findings;
use hakiki_note::{Hash, KeyName, SigningKey};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

const ROUNDS: u32 = 20_000;

struct Keys {
    host: SigningKey,
    person: SigningKey,
    keeper: SigningKey,
}

/// Sessions of one person on one machine, two observations each, a book each: the worst case of every index.
fn bodies(round: u32, begun: &mut Option<Hash>, previous: &mut Hash, keys: &Keys) -> Vec<(Body, usize)> {
    let at = Time::parse("2031-03-04T20:00:00+03:00").unwrap();
    let (person, machine) = (keys.person.name().clone(), keys.host.name().clone());
    let keeper = keys.keeper.name().clone();
    let session = |action, session, reason: String| Session {
        action,
        person: person.clone(),
        machine: machine.clone(),
        at,
        ticket: None,
        session,
        reason,
        words: None,
    };
    let noted = |sequence, previous, event: Event| {
        let subject =
            Some(if event == Event::Login { person.clone() } else { KeyName::new("node").unwrap() });
        let value = (event == Event::Program).then_some(Hash([1; 32]));
        Observed { sequence, previous, at, event, subject, value, origin: None, moved: None, details: None }
            .into()
    };
    let mut all: Vec<(Body, usize)> = Vec::new();
    if let Some(begun) = begun.take() {
        all.push((session(SessionAction::End, Some(begun), "done".into()).into(), 1));
    }
    all.push((session(SessionAction::Begin, None, format!("r{round}")).into(), 1));
    all.push((noted(2 * round + 1, *previous, Event::Login), 0));
    all.push((noted(2 * round + 2, *previous, Event::Program), 0));
    // Every book overlaps the next hundred.
    let serials = Some((format!("S{round:07}"), format!("S{:07}", round + 100)));
    let items = BTreeSet::from([(ItemKind::FormBook, format!("B{round}"))]);
    let station = Some("s000000".to_owned());
    let (from, to) = (keeper.clone(), keeper);
    all.push((
        Custody { items, serials, station, from, to, at, reason: "made".into(), words: None }.into(),
        2,
    ));
    all
}

#[test]
fn a_hundred_thousand_records_fold_and_their_findings_are_listed_in_seconds() {
    let fixture = Fixture::new(&Setting { stations: 4, ..setting() });
    let mut ledger = fixture.ledger();
    let keys = Keys { host: key("host-1"), person: key("vendor-1"), keeper: key("storekeeper-1") };
    let (mut begun, mut previous) = (None, Hash([0; 32]));
    let mut spent = Duration::ZERO;
    for round in 0..ROUNDS {
        for (mut body, signer) in bodies(round, &mut begun, &mut previous, &keys) {
            if let Body::Observed(observed) = &mut body {
                observed.previous = previous;
            }
            let signer = [&keys.host, &keys.person, &keys.keeper][signer];
            let record = Record::sign(&body, Some(&fixture.fingerprint), &[signer]).unwrap();
            let id = *record.id();
            match &body {
                Body::Session(session) if session.action == SessionAction::Begin => begun = Some(id),
                Body::Observed(_) => previous = id,
                _ => {}
            }
            // As a node that reads its own log again: the time of the fold, not of the signatures.
            let started = Instant::now();
            let verified = ledger.roster().trust(record).map_err(|(_, refusal)| refusal).unwrap();
            let admission = ledger.admit(&verified, &fixture.tables, &hakiki_core::roster::InOrder).unwrap();
            ledger.apply(verified, admission);
            spent += started.elapsed();
        }
    }
    for (station, serial) in [(0, "S0000500"), (1, "S0010000"), (2, "none")] {
        let [kit, officer] = fixture.station_keys(station);
        let mut form = fixture.form(station, [100, 50, 10], 3);
        form.serial = Some(serial.into());
        fixture.append(&mut ledger, fixture.sign(form, &[&kit, &officer])).unwrap();
    }
    let started = Instant::now();
    let found = findings(&ledger, ledger.size());
    let listed = started.elapsed();
    println!("{} records: folded in {spent:?}, {} findings listed in {listed:?}", ledger.size(), found.len());
    assert!(ledger.size() > 99_000);
    let count = |code: &str| found.iter().filter(|finding| finding.code.as_str() == code).count();
    let rounds = ROUNDS as usize;
    // No countersigner and no ticket each; the last one is open; every login is covered; nothing is authorised.
    assert_eq!((count("F501"), count("F502"), count("F208")), (2 * rounds + 1, rounds, 1));
    assert!(spent + listed < Duration::from_secs(10), "folded in {spent:?}, listed in {listed:?}");
}
