//! What changed since the fingerprint, a line each (V19), taken from the records as they are folded.
//!
//! The registers are named too: the fingerprint does not hold them.

use hakiki_core::kinds::{Amend, Body, Change, KeyAction, KeyRecord, RegisterRecord, TableName};
use hakiki_core::ledger::Ledger;
use hakiki_messages::Message;
use std::collections::BTreeSet;

/// A change, and the place of its record.
#[derive(Debug, Clone)]
pub(crate) struct ChangeLine {
    /// Place in the log.
    pub(crate) place: u64,
    /// What changed.
    pub(crate) message: Message,
}

/// The lines of a record that stands at `place` and was applied.
pub(crate) fn lines_of(body: &Body, place: u64, after_zero: bool) -> Vec<ChangeLine> {
    let messages = match body {
        Body::Amend(amend) => of_amend(amend),
        Body::KeyRecord(key) => vec![of_key(key, after_zero)],
        Body::RegisterRecord(register) => of_register(register),
        _ => Vec::new(),
    };
    messages.into_iter().map(|message| ChangeLine { place, message: message.with("place", place) }).collect()
}

fn of_amend(amend: &Amend) -> Vec<Message> {
    let message = |change: &Change| {
        let what = match change {
            Change::CustodianOut(name) => format!("custodian-out {name}"),
            Change::CustodianIn(name, _, organisation, _) => format!("custodian-in {name} {organisation}"),
            Change::WitnessOut(name) => format!("witness-out {name}"),
            Change::WitnessIn(key, organisation) => format!("witness-in {} {organisation}", key.name()),
            Change::WitnessQuorum(count) => format!("witness-quorum {count}"),
            Change::MirrorOut(name) => format!("mirror-out {name}"),
            Change::MirrorIn(key, organisation) => format!("mirror-in {} {organisation}", key.name()),
            Change::IntakeOut(name) => format!("intake-out {name}"),
            Change::IntakeIn(key, organisation) => format!("intake-in {} {organisation}", key.name()),
            Change::Quorum(kind, count) => format!("quorum {kind} {count}"),
            Change::Admits(kind) => format!("admits {kind}"),
            Change::Rules(version, hash) => format!("rules {version} sha256:{hash}"),
        };
        Message::new("verify.change.amend").with("what", what).with("reason", amend.reason.as_str())
    };
    amend.changes.iter().map(message).collect()
}

fn of_key(key: &KeyRecord, after_zero: bool) -> Message {
    let old = key.old.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string);
    let when =
        Message::new(if after_zero { "verify.change.after_zero" } else { "verify.change.before_zero" });
    let message = match &key.action {
        KeyAction::Enrol(new) => Message::new("verify.change.enrolled")
            .with("name", new.name.as_str())
            .with("role", new.role.as_str()),
        KeyAction::Replace(new) => Message::new("verify.change.replaced")
            .with("old", old)
            .with("name", new.name.as_str())
            .with("role", new.role.as_str()),
        KeyAction::Revoke => Message::new("verify.change.revoked").with("old", old),
    };
    message.with("reason", key.reason.as_str()).with("when", when)
}

fn of_register(register: &RegisterRecord) -> Vec<Message> {
    let mut messages = Vec::new();
    if !register.tables.is_empty() {
        let names: Vec<&str> = register.tables.keys().map(|table| table_name(*table)).collect();
        messages.push(Message::new("verify.change.register").with("tables", names.join(", ")));
    }
    for (station, reason) in &register.close_stations {
        let closed = Message::new("verify.change.station_closed");
        messages.push(closed.with("station", station.as_str()).with("reason", reason.as_str()));
    }
    for ((contest, number), reason) in &register.close_candidates {
        let closed = Message::new("verify.change.candidate_closed").with("contest", contest.as_str());
        messages.push(closed.with("number", number.to_string()).with("reason", reason.as_str()));
    }
    messages
}

fn table_name(table: TableName) -> &'static str {
    match table {
        TableName::Areas => "areas",
        TableName::Candidates => "candidates",
        TableName::Keys => "keys",
        TableName::Stations => "stations",
    }
}

/// The first place at which the ledger was changed and no line says so.
pub(crate) fn unsaid(ledger: &Ledger, lines: &[ChangeLine]) -> Option<u64> {
    let said: BTreeSet<u64> = lines.iter().map(|line| line.place).collect();
    let changes = ledger.changes().iter().map(|(place, _)| *place);
    let stations =
        ledger.register().stations().iter().filter_map(|station| station.closed.as_ref().map(|(at, _)| *at));
    let candidates = ledger.register().ballots().iter().flat_map(|ballot| &ballot.candidates);
    let candidates = candidates.filter_map(|candidate| candidate.closed);
    let keys = ledger.roster().keys().iter();
    let keys =
        keys.flat_map(|key| [Some(key.enrolled_at), key.revoked_at]).flatten().filter(|place| *place > 0);
    changes.chain(stations).chain(candidates).chain(keys).find(|place| !said.contains(place))
}
