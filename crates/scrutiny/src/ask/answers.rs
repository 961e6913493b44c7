//! The answers to questions in the court's own words. Every one is a pass over what is in memory.

use super::grammar::{Question, QuestionError, unknown};
use crate::answer::{Cell, Table, cells};
use crate::facts::Line;
use crate::inquiry::Inquiry;
use crate::questions::{custody_row, custody_table, session_row, session_table};
use hakiki_core::kinds::{Event, ItemKind, Kind};
use hakiki_core::ledger::{ObservationEntry, SequenceGap};
use hakiki_core::roster::{KeyIndex, Role};
use hakiki_core::text::Time;
use hakiki_messages::Message;
use hakiki_note::KeyName;
use std::collections::BTreeMap;

/// A minute, in seconds.
const MINUTE_S: i64 = 60;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// In sentences.
    pub says: Vec<Message>,
    /// In rows.
    pub table: Table,
    /// The place whose text is to be shown whole.
    pub shows: Option<u64>,
}

impl Found {
    fn new(says: Message, table: Table) -> Self {
        Self { says: vec![says], table, shows: None }
    }
}

fn word(key: &str) -> Message {
    Message::new(format!("scrutiny.ask.{key}"))
}

/// Answers a question.
pub(super) fn answer(i: &Inquiry<'_>, question: &Question) -> Result<Found, QuestionError> {
    match question {
        Question::InAt(at) => Ok(in_at(i, *at)),
        Question::Role(role, from, to) => Ok(by_role(i, *role, *from, *to)),
        Question::Key(name) => key(i, name),
        Question::Machine(name, from, to) => machine(i, name, *from, *to),
        Question::Station(code) => station(i, code),
        Question::AfterDeclaration(contest) => after_declaration(i, contest),
        Question::Record(id) => match i.ledger.place_of(id).filter(|place| *place < i.as_of) {
            Some(place) => record(i, place),
            None => unknown("record", &id.to_string()),
        },
        Question::Place(place) => record(i, *place),
        Question::Item(kind, code) => item(i, *kind, code),
        Question::Serials(first, last) => Ok(serials(i, first, last)),
    }
}

/// Who was in during the minute that begins here: by sessions as people say, and by logins as machines noted.
fn in_at(i: &Inquiry<'_>, at: Time) -> Found {
    let (from, until) = (at.unix_seconds, at.unix_seconds + MINUTE_S);
    let mut table = session_table();
    for session in i.sessions().filter(|session| session.at.unix_seconds < until) {
        if session.end_as_of(i.as_of).is_none_or(|end| end.at.unix_seconds >= from) {
            session_row(i, session, &mut table);
        }
    }
    let sessions = table.len();
    let mut last: BTreeMap<(KeyIndex, &KeyName), &ObservationEntry> = BTreeMap::new();
    let mut during = Vec::new();
    for entry in i.noted(&[Event::Login, Event::Logout, Event::Sudo]) {
        let (Some(subject), said) = (entry.observed.subject.as_ref(), entry.observed.at.unix_seconds) else {
            continue;
        };
        if said >= from && said < until {
            during.push(entry);
        } else if said < from && entry.observed.event != Event::Sudo {
            let newest = last.entry((entry.host, subject)).or_insert(entry);
            if said >= newest.observed.at.unix_seconds {
                *newest = entry;
            }
        }
    }
    let before = last.into_values().filter(|entry| entry.observed.event == Event::Login);
    let mut noted: Vec<&ObservationEntry> = before.chain(during).collect();
    noted.sort_by_key(|entry| entry.place);
    for entry in &noted {
        let said = &entry.observed;
        let subject = said.subject.as_ref().map(KeyName::as_str);
        let role =
            subject.and_then(|name| i.ledger.roster().by_name(name)).map(|key| i.key(key).role.as_str());
        let covered = Cell::Word(if entry.has_session { "with_session" } else { "without_session" });
        table.row(
            entry.place,
            cells![
                subject,
                role,
                i.name(entry.host),
                said.at,
                None::<u64>,
                None::<u64>,
                covered,
                said.event.as_str()
            ],
        );
    }
    let says = word("in_at").with("time", at.to_string()).with("sessions", sessions);
    let mut found = Found::new(says.with("noted", noted.len()), table);
    found.says.push(word("in_at_limit"));
    found
}

fn record_table() -> Table {
    Table::new(&["kind", "who", "station", "at"])
}

fn record_row(i: &Inquiry<'_>, place: u64, line: &Line, table: &mut Table) {
    let kind = line.kind.map_or(Cell::Word("no_record"), |kind| kind_words(i, place, kind));
    let station = line.station.map(|station| i.station(station));
    table.row(place, cells![kind, i.names(&line.keys), station, line.at]);
}

/// The kind, and for what machines noted also what.
fn kind_words(i: &Inquiry<'_>, place: u64, kind: Kind) -> Cell {
    if kind != Kind::Observed {
        return kind.name().into();
    }
    let all = i.ledger.observations();
    let Ok(at) = all.binary_search_by_key(&place, |entry| entry.place) else { return kind.name().into() };
    let said = &all[at].observed;
    let subject = said.subject.as_ref().map(|subject| format!(" {subject}")).unwrap_or_default();
    format!("observed {}{subject}", said.event.as_str()).into()
}

/// Whether a record falls between two times: by its own clock, or where it claims none by the witnessed interval.
fn is_between(i: &Inquiry<'_>, place: u64, line: &Line, from: Time, to: Time) -> bool {
    let (from, to) = (from.unix_seconds, to.unix_seconds);
    if let Some(at) = line.at {
        return at.unix_seconds >= from && at.unix_seconds <= to;
    }
    let (not_before, by) = i.ledger.witnessed_interval(place);
    let seconds = |value: Option<u64>| value.and_then(|value| i64::try_from(value).ok());
    // A record without any bound may have come at any time.
    seconds(by).is_none_or(|by| by >= from) && seconds(not_before).is_none_or(|after| after <= to)
}

/// The observations whose subject has a name, by their places.
fn notes_about<'a>(i: &Inquiry<'a>, is_it: impl Fn(&str) -> bool) -> Vec<&'a ObservationEntry> {
    let of = |entry: &&ObservationEntry| {
        let subject = entry.observed.subject.as_ref().filter(|_| entry.observed.event.is_of_person());
        subject.is_some_and(|subject| is_it(subject.as_str()))
    };
    i.observations().filter(of).collect()
}

fn by_role(i: &Inquiry<'_>, role: Role, from: Time, to: Time) -> Found {
    let is_of_role = |key: &KeyIndex| i.key(*key).role == role;
    let mut table = record_table();
    for (place, line) in i.lines().filter(|(_, line)| line.keys.iter().any(is_of_role)) {
        if is_between(i, place, line, from, to) {
            record_row(i, place, line, &mut table);
        }
    }
    let signed = table.len();
    let has_role = |name: &str| i.ledger.roster().by_name(name).is_some_and(|key| i.key(key).role == role);
    for entry in notes_about(i, has_role) {
        let Some(line) = i.line(entry.place) else { continue };
        if is_between(i, entry.place, line, from, to) {
            record_row(i, entry.place, line, &mut table);
        }
    }
    let noted = table.len() - signed;
    table.rows.sort_by_key(|row| row.place);
    let says = word("role").with("role", role.as_str()).with("keys", i.count_role(role));
    let says = says.with("from", from.to_string()).with("to", to.to_string());
    Found::new(says.with("signed", signed).with("noted", noted), table)
}

fn key(i: &Inquiry<'_>, name: &str) -> Result<Found, QuestionError> {
    let Some(index) = i.ledger.roster().by_name(name).filter(|key| i.key(*key).enrolled_at < i.as_of) else {
        return unknown("key", name);
    };
    let enrolled = i.key(index);
    let mut table = record_table();
    for (place, line) in i.lines().filter(|(_, line)| line.keys.contains(&index)) {
        record_row(i, place, line, &mut table);
    }
    let signed = table.len();
    for entry in notes_about(i, |subject| subject == name) {
        if let Some(line) = i.line(entry.place) {
            record_row(i, entry.place, line, &mut table);
        }
    }
    let noted = table.len() - signed;
    table.rows.sort_by_key(|row| row.place);
    let says = word("key").with("key", name).with("role", enrolled.role.as_str());
    let says = says.with("place", enrolled.enrolled_at).with("signed", signed).with("noted", noted);
    let mut found = Found::new(says, table);
    if let Some(place) = enrolled.revoked_at.filter(|place| *place < i.as_of) {
        found.says.push(word("key_revoked").with("place", place));
    }
    Ok(found)
}

fn machine(i: &Inquiry<'_>, name: &str, from: Time, to: Time) -> Result<Found, QuestionError> {
    let host = i.ledger.roster().by_name(name).filter(|key| i.key(*key).enrolled_at < i.as_of);
    let of_sessions: Vec<_> = i.sessions().filter(|session| session.machine.as_str() == name).collect();
    if host.is_none() && of_sessions.is_empty() {
        return unknown("machine", name);
    }
    let mut table = record_table();
    let mut add = |place: u64| {
        if let Some(line) = i.line(place).filter(|line| is_between(i, place, line, from, to)) {
            record_row(i, place, line, &mut table);
        }
    };
    for session in &of_sessions {
        add(session.place);
        session.end_as_of(i.as_of).into_iter().for_each(|end| add(end.place));
    }
    let noted: Vec<&ObservationEntry> =
        host.map(|host| i.ledger.observations_of(host, i.as_of).collect()).unwrap_or_default();
    for entry in &noted {
        add(entry.place);
    }
    table.rows.sort_by_key(|row| row.place);
    let missing: u64 = host
        .and_then(|host| i.ledger.hosts().get(&host))
        .map_or(0, |host| host.gaps.iter().filter(|gap| gap.place < i.as_of).map(SequenceGap::missing).sum());
    let says =
        word("machine").with("machine", name).with("from", from.to_string()).with("to", to.to_string());
    Ok(Found::new(says.with("records", table.len()).with("missing", missing), table))
}

fn station(i: &Inquiry<'_>, code: &str) -> Result<Found, QuestionError> {
    let Some(station) = i.ledger.register().station(code) else { return unknown("station", code) };
    let mut table = record_table();
    for (place, line) in i.lines().filter(|(_, line)| line.station == Some(station)) {
        record_row(i, place, line, &mut table);
    }
    let found = i.findings.iter().filter(|finding| finding.station == Some(station));
    let mut codes: Vec<&str> = found.map(|finding| finding.code.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    let of_register = &i.ledger.register().stations()[station as usize];
    let says = word("station").with("station", code).with("name", of_register.name.as_ref());
    let mut found = Found::new(says.with("records", table.len()), table);
    if !codes.is_empty() {
        found.says.push(word("findings").with("codes", codes.join(" ")));
    }
    Ok(found)
}

fn after_declaration(i: &Inquiry<'_>, contest: &str) -> Result<Found, QuestionError> {
    let contests = &i.ledger.election().contests;
    let Some(index) = contests.iter().position(|one| one.code == contest) else {
        return unknown("contest", contest);
    };
    let index = u16::try_from(index).unwrap_or(u16::MAX);
    let Some(first) = i.ledger.first_declaration(index).filter(|place| *place < i.as_of) else {
        return unknown("declaration", contest);
    };
    let mut table = record_table();
    let mut kinds: BTreeMap<&str, u64> = BTreeMap::new();
    for (place, line) in i.lines().skip(usize::try_from(first).unwrap_or(usize::MAX)).skip(1) {
        *kinds.entry(line.kind.map_or("–", Kind::name)).or_default() += 1;
        record_row(i, place, line, &mut table);
    }
    let kinds: Vec<String> = kinds.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
    let says = word("after").with("contest", contest).with("place", first).with("records", table.len());
    let kinds = if kinds.is_empty() { "–".to_owned() } else { kinds.join(", ") };
    Ok(Found::new(says.with("kinds", kinds), table))
}

fn record(i: &Inquiry<'_>, place: u64) -> Result<Found, QuestionError> {
    let Some(line) = i.line(place) else { return unknown("record", &place.to_string()) };
    let mut table = record_table();
    record_row(i, place, line, &mut table);
    let (from, by) = i.ledger.witnessed_interval(place);
    let time = |seconds: Option<u64>| {
        let seconds = seconds.and_then(|seconds| i64::try_from(seconds).ok());
        seconds.map_or_else(|| "–".to_owned(), |seconds| i.time(seconds).to_string())
    };
    let says = word("record").with("place", place).with("from", time(from)).with("by", time(by));
    let about = i.ledger.challenges_of_record(place).filter(|one| one.place < i.as_of);
    let challenges = about.map(|one| (one.place, i.line(one.place))).collect::<Vec<_>>();
    for (place, line) in &challenges {
        if let Some(line) = line {
            record_row(i, *place, line, &mut table);
        }
    }
    let mut found = Found::new(says.with("challenges", challenges.len()), table);
    let mut codes: Vec<&str> = i
        .findings
        .iter()
        .filter(|finding| finding.place == place)
        .map(|finding| finding.code.as_str())
        .collect();
    codes.dedup();
    if !codes.is_empty() {
        found.says.push(word("findings").with("codes", codes.join(" ")));
    }
    found.shows = Some(place);
    Ok(found)
}

fn item(i: &Inquiry<'_>, kind: ItemKind, code: &str) -> Result<Found, QuestionError> {
    let item = i.ledger.item(kind, code);
    let newest = item.and_then(|item| i.ledger.handovers_of(item, i.as_of).next());
    let (Some(item), Some(newest)) = (item, newest) else {
        return unknown("item", &format!("{} {code}", kind.as_str()));
    };
    let mut table = custody_table();
    let mut all: Vec<_> = i.ledger.handovers_of(item, i.as_of).collect();
    all.reverse();
    for handover in all {
        custody_row(i, handover, &mut table);
    }
    let says = word("item").with("kind", kind.as_str()).with("code", code).with("holder", i.name(newest.to));
    Ok(Found::new(says.with("handovers", table.len()).with("at", newest.custody.at.to_string()), table))
}

fn serials(i: &Inquiry<'_>, first: &str, last: &str) -> Found {
    let order = |serial: &str| (serial.len(), serial.to_owned());
    let (low, high) = (order(first), order(last));
    let mut table = Table::new(&["what", "code", "serials", "station", "holder"]);
    let mut books = 0_u64;
    for book in i.ledger.items().iter().filter(|item| item.kind == ItemKind::FormBook) {
        let Some((from, to)) = i.ledger.serials_of_item(book, i.as_of) else { continue };
        if order(to) < low || order(from) > high {
            continue;
        }
        let Some(newest) = i.ledger.handovers_of(book, i.as_of).next() else { continue };
        books += 1;
        let station = i.ledger.station_of_item(book, i.as_of).map(|station| i.station(station));
        let holder = i.name(newest.to);
        table.row(
            newest.place,
            cells![Cell::Word("book"), book.code.as_str(), format!("{from} – {to}"), station, holder],
        );
    }
    let mut forms = 0_u64;
    for (_, entry) in i.entries() {
        let Some(serial) = entry.serial.as_deref() else { continue };
        let at = order(serial);
        if at >= low && at <= high {
            forms += 1;
            let (contest, station) = (i.contest(entry.contest), i.station(entry.station));
            table.row(entry.place, cells![Cell::Word("form"), contest, serial, station, None::<u64>]);
        }
    }
    let says = word("serials").with("first", first).with("last", last);
    Found::new(says.with("books", books).with("forms", forms), table)
}
