//! What people and machines did: sessions, logins, programs, hand-overs and the serials of form books. F208, F501–F503.

use super::books::Books;
use super::finding::Finding;
use crate::codes::FindingCode as Code;
use crate::kinds::Event;
use crate::ledger::{Entry, HandOver, Ledger, ObservationEntry, SessionEntry};
use crate::roster::KeyIndex;

/// Every finding of sessions, observations, hand-overs and serials as of a place.
pub(super) fn conduct_findings(ledger: &Ledger, as_of: u64, found: &mut Vec<Finding>) {
    for session in ledger.sessions().iter().take_while(|session| session.place < as_of) {
        session_findings(ledger, session, as_of, found);
    }
    for entry in ledger.observations().iter().take_while(|entry| entry.place < as_of) {
        observation_findings(ledger, entry, found);
    }
    for handover in ledger.handovers().iter().take_while(|handover| handover.place < as_of) {
        custody_findings(ledger, handover, found);
    }
    let entries = (0u32..).zip(ledger.entries()).take_while(|(_, entry)| entry.place < as_of);
    serial_findings(ledger, entries, as_of, found);
}

/// F208: forms whose serial is in a book that is not for their station, or not in their station's books.
pub(super) fn serial_findings<'a>(
    ledger: &'a Ledger,
    entries: impl Iterator<Item = (u32, &'a Entry)>,
    as_of: u64,
    found: &mut Vec<Finding>,
) {
    let books = Books::new(ledger, as_of);
    if books.is_empty() {
        return;
    }
    for (index, entry) in entries.filter(|(_, entry)| !entry.held) {
        let Some(serial) = entry.serial.as_deref() else { continue };
        let of_station = books.of_station(entry.station, serial);
        let book = books.with(serial);
        if of_station == Some(true) || of_station.is_none() && book.is_none() {
            continue;
        }
        let holder = book.and_then(|book| ledger.holder_of(book.item, as_of));
        let station = book
            .and_then(|book| book.station)
            .map(|station| ledger.register().stations()[station as usize].code.to_string());
        let finding = Finding::of_entry(Code::F208, index, entry).with("serial", serial);
        let finding = finding.with("book", book.map_or("none", |book| &book.item.code));
        let finding = finding.with("holder", holder.map_or("none", |holder| name(ledger, holder)));
        found.push(finding.with("issued", station.as_deref().unwrap_or("none")));
    }
}

fn name(ledger: &Ledger, key: KeyIndex) -> &str {
    ledger.roster().key(key).name.as_str()
}

fn session_findings(ledger: &Ledger, session: &SessionEntry, as_of: u64, found: &mut Vec<Finding>) {
    let lacks = [
        (session.countersigner.is_none(), "no-countersigner"),
        (session.ticket.is_none(), "no-ticket"),
        (session.end_as_of(as_of).is_none(), "open"),
    ];
    for (_, what) in lacks.into_iter().filter(|(lacks, _)| *lacks) {
        let finding = Finding::of_place(Code::F501, session.place).with("what", what);
        let finding = finding.with("person", name(ledger, session.person));
        found.push(finding.with("machine", &session.machine));
    }
}

fn observation_findings(ledger: &Ledger, entry: &ObservationEntry, found: &mut Vec<Finding>) {
    let observed = &entry.observed;
    let Some(subject) = &observed.subject else { return };
    if observed.event.needs_session() && !entry.has_session {
        let finding = Finding::of_place(Code::F501, entry.place).with("what", "login");
        let finding = finding.with("person", subject).with("machine", name(ledger, entry.host));
        found.push(finding.with("event", observed.event.as_str()));
    }
    let Some(value) = observed.value.filter(|_| observed.event.is_of_software()) else { return };
    let newest = ledger.software_at(subject.as_str(), entry.place).map(|entry| &entry.software);
    let authorised = newest.and_then(|software| match observed.event {
        Event::Configuration => software.configuration,
        Event::Dependencies => software.dependencies,
        _ => Some(software.program),
    });
    let differs = match authorised {
        Some(authorised) => authorised != value,
        None => observed.event == Event::Program,
    };
    if differs {
        let finding = Finding::of_place(Code::F502, entry.place).with("what", observed.event.as_str());
        let finding = finding.with("component", subject).with("observed", value);
        let authorised = authorised.map_or_else(|| "none".to_owned(), |hash| hash.to_string());
        found.push(finding.with("authorised", authorised).with("machine", name(ledger, entry.host)));
    }
}

fn custody_findings(ledger: &Ledger, handover: &HandOver, found: &mut Vec<Finding>) {
    for gap in &handover.gaps {
        let item = &ledger.items()[gap.item as usize];
        let finding = Finding::of_place(Code::F503, handover.place).with("what", gap.fault.as_str());
        let finding = finding.with("item", item.kind.as_str()).with("code", &item.code);
        let finding = finding.with("holder", name(ledger, gap.holder));
        found.push(finding.with("from", name(ledger, handover.from)).with("to", name(ledger, handover.to)));
    }
}
