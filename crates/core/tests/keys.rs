//! Keys that come and go: whose an agent's key is, and that a revocation stands where it first was.
#![allow(clippy::unwrap_used)]

use hakiki_core::Ledger;
use hakiki_core::codes::RefusalCode::{self, R201, R202, R209, R308};
use hakiki_core::establish::{AreaRow, KeyRow, ScopeCode, custodian, key_tables, possess};
use hakiki_core::fixture::{Fixture, ORIGIN, Setting, custodians, key};
use hakiki_core::kinds::{Amend, Body, Change, KeyAction, KeyRecord, NewKey, RegisterRecord};
use hakiki_core::record::Record;
use hakiki_core::roster::Role;
use hakiki_note::{KeyName, SigningKey, sha256};

fn by_quorum(fixture: &Fixture, body: impl Into<Body>) -> Record {
    let keys = custodians();
    fixture.sign(body, &[&keys[0], &keys[1]])
}

/// What admission says of one more keys table, before the zero report.
fn with_key_row(role: Role, party: Option<&str>) -> Result<bool, RefusalCode> {
    let mut fixture = Fixture::new(&Setting::default());
    let mut ledger = Ledger::begin(fixture.records[0].clone()).unwrap();
    for record in &fixture.records[1..3] {
        fixture.append(&mut ledger, record.clone()).unwrap();
    }
    let scope = ScopeCode::Area("MF".into());
    let row = KeyRow::new(&fixture.fingerprint, &key("one-more"), role, scope, party);
    let whole = AreaRow {
        code: "MF".into(),
        level: "nation".into(),
        parent: None,
        name: "Mfano".into(),
        voters: None,
    };
    let tables = key_tables(&[whole], &[], &[row], "nation");
    fixture.tables.extend(tables.blobs);
    let register = RegisterRecord { tables: tables.indexes, ..RegisterRecord::default() };
    let record = by_quorum(&fixture, register);
    fixture.append(&mut ledger, record).map_err(|refusal| refusal.code)
}

#[test]
fn an_agent_in_a_keys_table_belongs_to_a_party_of_the_election_as_in_a_key_record() {
    // The quorum could have enrolled agents for whom no party's root answers.
    assert_eq!(with_key_row(Role::Agent, None), Err(R202));
    assert_eq!(with_key_row(Role::Agent, Some("square")), Err(R202));
    assert_eq!(with_key_row(Role::Agent, Some("bridge")), Ok(false));
    // A party may stand behind another role, as in a `key` record.
    assert_eq!(with_key_row(Role::Observer, Some("square")), Ok(false));
}

#[test]
fn an_agent_of_a_key_record_belongs_to_a_party_of_the_election() {
    let fixture = Fixture::new(&Setting::default());
    for (party, expected) in [(None, Some(R202)), (Some("square"), Some(R202)), (Some("bridge"), None)] {
        let mut new = new_key(&fixture, "one-more");
        (new.role, new.party) = (Role::Agent, party.map(str::to_owned));
        let record =
            KeyRecord { action: KeyAction::Enrol(new), old: None, reason: "late".into(), words: None };
        let found = fixture.append(&mut fixture.ledger(), fixture.sign(record, &[&key("root-bridge")]));
        assert_eq!(found.err().map(|refusal| refusal.code), expected, "{party:?}");
    }
}

fn new_key(fixture: &Fixture, name: &str) -> NewKey {
    let made = key(name);
    NewKey {
        name: made.name().clone(),
        role: Role::Presiding,
        of_station: true,
        scope: fixture.stations[0].clone(),
        party: None,
        public: made.verifier().key().bytes().try_into().unwrap(),
        possession: possess(&fixture.fingerprint, &made),
    }
}

fn change(action: KeyAction, old: &SigningKey, reason: &str) -> KeyRecord {
    KeyRecord { action, old: Some(old.name().clone()), reason: reason.into(), words: None }
}

#[test]
fn a_key_is_revoked_once_and_never_later_than_it_was() {
    let fixture = Fixture::new(&Setting::default());
    let mut ledger = fixture.ledger();
    let [_, officer] = fixture.station_keys(0);
    let revoked_at = |ledger: &Ledger| {
        let index = ledger.roster().by_name(officer.name().as_str()).unwrap();
        ledger.roster().key(index).revoked_at
    };
    let revoke = |reason| by_quorum(&fixture, change(KeyAction::Revoke, &officer, reason));
    let place = ledger.size();
    fixture.append(&mut ledger, revoke("ill")).unwrap();
    assert_eq!(revoked_at(&ledger), Some(place));
    // A form of the key is held from here on.
    assert!(fixture.append(&mut ledger, fixture.signed_form(0, [100, 50, 10], 3)).unwrap());
    // A second revocation, dated behind the form, would be read as if the key had been in force for it.
    let refusal = fixture.append(&mut ledger, revoke("recovered-and-ill-again")).unwrap_err();
    assert_eq!(refusal.code, R308);
    assert_eq!(revoked_at(&ledger), Some(place));
    // The station still gets a new officer instead of the revoked one.
    let new = new_key(&fixture, "new-officer");
    let replace = by_quorum(&fixture, change(KeyAction::Replace(new), &officer, "new-officer"));
    fixture.append(&mut ledger, replace).unwrap();
    assert_eq!(revoked_at(&ledger), Some(place));
    // A key that was replaced is revoked too.
    let [_, other] = fixture.station_keys(1);
    let mut new = new_key(&fixture, "other-officer");
    new.scope.clone_from(&fixture.stations[1]);
    let replace = by_quorum(&fixture, change(KeyAction::Replace(new), &other, "lost"));
    fixture.append(&mut ledger, replace).unwrap();
    let again = by_quorum(&fixture, change(KeyAction::Revoke, &other, "lost"));
    assert_eq!(fixture.append(&mut ledger, again).unwrap_err().code, R308);
    let unknown = by_quorum(&fixture, change(KeyAction::Revoke, &key("nobody"), "lost"));
    assert_eq!(fixture.append(&mut ledger, unknown).unwrap_err().code, R201);
}

#[test]
fn one_key_does_not_come_as_two_custodians() {
    let fixture = Fixture::new(&Setting::default());
    let seed = sha256(b"one key");
    let named = |name: &str| {
        let name = KeyName::new(&format!("mfano.example/k/{name}")).unwrap();
        let made = custodian(ORIGIN, &SigningKey::from_seed(name, &seed.0), "court");
        Change::CustodianIn(made.name, made.key, made.organisation, made.possession)
    };
    let amend = |changes| by_quorum(&fixture, Amend { changes, reason: "more".into(), words: None });
    // Two seats for one holder, only the first of which could ever sign.
    let both = amend(vec![named("custodian-4"), named("custodian-5")]);
    assert_eq!(fixture.append(&mut fixture.ledger(), both).unwrap_err().code, R209);
    fixture.append(&mut fixture.ledger(), amend(vec![named("custodian-4")])).unwrap();
}
