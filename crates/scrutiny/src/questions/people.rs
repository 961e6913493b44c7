//! Questions 9 to 16: keys, vendors, who was in and when.

use crate::answer::{Answer, Cell, Status, Table, cells};
use crate::inquiry::Inquiry;
use hakiki_core::kinds::{Event, Kind, Origin, UNREGISTERED};
use hakiki_core::ledger::{ObservationEntry, SessionEntry};
use hakiki_core::roster::Role;
use hakiki_note::KeyName;
use std::collections::{BTreeMap, BTreeSet};

/// Two notes of one key on two machines within this time count as close.
const CLOSE_S: i64 = 600;
/// The night, in local hours: from, to.
const NIGHT_HOURS: (i64, i64) = (22, 6);

/// Every user, role, level: made when, by whom.
pub fn q9(i: &Inquiry<'_>) -> Answer {
    let mut table = Table::new(&["key", "role", "scope", "party", "made_by", "revoked", "revoked_by"]);
    let mut keys: Vec<_> = i.keys().map(|(_, key)| key).collect();
    // Those of single stations last: there are two or more for each.
    keys.sort_by(|a, b| (std::cmp::Reverse(a.role), &a.name).cmp(&(std::cmp::Reverse(b.role), &b.name)));
    let mut roles = BTreeSet::new();
    let (mut revoked, mut late) = (0, 0);
    for key in keys {
        roles.insert(key.role);
        let gone = key.revoked_at.filter(|place| *place < i.as_of);
        revoked += u64::from(gone.is_some());
        late += u64::from(i.ledger.zero().is_some_and(|zero| key.enrolled_at > zero));
        let by = gone.map_or(Cell::None, |place| i.signers(place));
        let cells = cells![
            key.name.as_str(),
            key.role.as_str(),
            i.scope(key.scope),
            key.party.as_deref(),
            i.signers(key.enrolled_at),
            gone,
            by,
        ];
        table.row(key.enrolled_at, cells);
    }
    let figures =
        [("keys", table.len()), ("roles", roles.len() as u64), ("late", late), ("revoked", revoked)];
    Answer::new(9, Status::Answered).says(&figures).limited().with(table)
}

/// Who holds the administrators' keys.
pub fn q10(i: &Inquiry<'_>) -> Answer {
    let mut table = Table::new(&["key", "role", "organisation", "made_by", "revoked"]);
    let organisations = i.ledger.election().custodians.iter();
    let organisations: BTreeMap<&str, &str> =
        organisations.map(|one| (one.name.as_str(), one.organisation.as_str())).collect();
    for (_, key) in
        i.keys().filter(|(_, key)| matches!(key.role, Role::Administrator | Role::Custodian | Role::Log))
    {
        let gone = key.revoked_at.filter(|place| *place < i.as_of);
        let organisation = organisations.get(key.name.as_str()).copied();
        let cells =
            cells![key.name.as_str(), key.role.as_str(), organisation, i.signers(key.enrolled_at), gone];
        table.row(key.enrolled_at, cells);
    }
    let figures = [
        ("administrators", i.count_role(Role::Administrator)),
        ("custodians", i.count_role(Role::Custodian)),
    ];
    Answer::new(10, Status::Partly).says(&figures).limited().with(table)
}

/// Did any vendor account have write access, when was it used.
pub fn q11(i: &Inquiry<'_>) -> Answer {
    let vendors: BTreeSet<_> =
        i.keys().filter(|(_, key)| key.role == Role::Vendor).map(|(index, _)| index).collect();
    if vendors.is_empty() && !i.admits(Kind::Session) {
        return i
            .not_recorded(11, &[Kind::Session])
            .unwrap_or_else(|| Answer::new(11, Status::NotRecorded))
            .limited();
    }
    let names: BTreeSet<&str> = vendors.iter().map(|index| i.name(*index)).collect();
    let mut table = Table::new(&["key", "what", "machine", "at"]);
    let (mut signed, mut others) = (0, 0);
    for (place, line) in i.lines() {
        let Some(vendor) = line.keys.iter().find(|key| vendors.contains(*key)) else { continue };
        signed += 1;
        others += u64::from(line.kind != Some(Kind::Session));
        let machine = machine_of_session(i, place);
        let kind = line.kind.map(Kind::name);
        table.row(place, cells![i.name(*vendor), kind, machine, line.at]);
    }
    let mut noted = 0;
    for entry in i.observations() {
        let Some(subject) = entry.observed.subject.as_ref().filter(|name| names.contains(name.as_str()))
        else {
            continue;
        };
        noted += 1;
        let event = entry.observed.event.as_str();
        table.row(entry.place, cells![subject.as_str(), event, i.name(entry.host), entry.observed.at]);
    }
    table.rows.sort_by_key(|row| row.place);
    let figures =
        [("vendors", vendors.len() as u64), ("signed", signed), ("others", others), ("noted", noted)];
    Answer::new(11, Status::Answered).says(&figures).limited().with(table)
}

fn machine_of_session<'a>(i: &Inquiry<'a>, place: u64) -> Option<&'a str> {
    let sessions = i.ledger.sessions();
    let begun = sessions.binary_search_by_key(&place, |session| session.place).ok().map(|at| &sessions[at]);
    let ended = || sessions.iter().find(|one| one.end.as_ref().is_some_and(|end| end.place == place));
    begun.or_else(ended).map(|session| session.machine.as_str())
}

/// Who was in at a given minute.
pub fn q12(i: &Inquiry<'_>) -> Answer {
    if let Some(answer) = i.not_recorded(12, &[Kind::Session, Kind::Observed]) {
        return answer.limited();
    }
    let mut table = session_table();
    i.sessions().for_each(|session| session_row(i, session, &mut table));
    let (most, when) = most_at_once(i);
    let open = i.sessions().filter(|session| session.end_as_of(i.as_of).is_none()).count() as u64;
    let logins = i.noted(&[Event::Login]).count() as u64;
    let without = i.noted(&[Event::Login, Event::Sudo]).filter(|entry| !entry.has_session).count() as u64;
    let figures = [("sessions", table.len()), ("open", open), ("logins", logins), ("without", without)];
    let answer = Answer::new(12, Status::Answered).says(&figures);
    let busiest =
        when.map(|when| answer.word("most").with("most", most).with("time", i.time(when).to_string()));
    busiest.into_iter().fold(answer, Answer::say).limited().with(table)
}

/// The columns of sessions.
pub fn session_table() -> Table {
    Table::new(&["person", "role", "machine", "from", "to", "ticket", "countersigner", "reason"])
}

/// A session as a row.
pub fn session_row(i: &Inquiry<'_>, session: &SessionEntry, table: &mut Table) {
    let key = i.key(session.person);
    let cells = cells![
        key.name.as_str(),
        key.role.as_str(),
        session.machine.as_str(),
        session.at,
        session.end_as_of(i.as_of).map(|end| end.at),
        session.ticket.as_deref(),
        session.countersigner.map(|key| i.name(key)),
        session.reason.as_str(),
    ];
    table.row(session.place, cells);
}

/// Most sessions at once, and when that began; by the clocks of those who signed.
fn most_at_once(i: &Inquiry<'_>) -> (u64, Option<i64>) {
    let mut steps: Vec<(i64, i64)> = Vec::new();
    for session in i.sessions() {
        steps.push((session.at.unix_seconds, 1));
        if let Some(end) = session.end_as_of(i.as_of) {
            steps.push((end.at.unix_seconds.max(session.at.unix_seconds), -1));
        }
    }
    steps.sort_unstable();
    let (mut open, mut most, mut when) = (0_i64, 0, None);
    for (at, step) in steps {
        open += step;
        if open > most {
            (most, when) = (open, Some(at));
        }
    }
    (u64::try_from(most).unwrap_or_default(), when)
}

/// Who had access before, during and after polling, separately.
pub fn q13(i: &Inquiry<'_>) -> Answer {
    if let Some(answer) = i.not_recorded(13, &[Kind::Session, Kind::Observed]) {
        return answer.limited();
    }
    let (polling, counting) = (i.polling_from_s(), i.ledger.election().counting_from.unix_seconds);
    let phase = |at: i64| if at < polling { 0 } else { 1 + usize::from(at >= counting) };
    let mut counts: BTreeMap<(usize, &str), [u64; 3]> = BTreeMap::new();
    let mut sessions = [0_u64; 3];
    for session in i.sessions() {
        let phase = phase(session.at.unix_seconds);
        sessions[phase] += 1;
        counts.entry((phase, i.name(session.person))).or_default()[0] += 1;
    }
    for entry in i.noted(&[Event::Login, Event::Sudo]) {
        let subject = entry.observed.subject.as_ref().map_or(UNREGISTERED, |subject| subject.as_str());
        let phase = phase(entry.observed.at.unix_seconds);
        let which = if entry.observed.event == Event::Login { 1 } else { 2 };
        counts.entry((phase, subject)).or_default()[which] += 1;
    }
    let phases = ["before_polling", "during_polling", "after_polling"];
    let mut table = Table::new(&["phase", "person", "role", "sessions", "logins", "sudo"]);
    for ((phase, person), [sessions, logins, sudo]) in counts {
        let role = i.ledger.roster().by_name(person).map(|key| i.key(key).role.as_str());
        table.sum(cells![Cell::Word(phases[phase]), person, role, sessions, logins, sudo]);
    }
    let figures = [("before", sessions[0]), ("during", sessions[1]), ("after", sessions[2])];
    let places = i.sessions().map(|session| session.place);
    Answer::new(13, Status::Answered).says(&figures).limited().on(places).with(table)
}

fn is_night(at: i64, offset_minutes: i16) -> bool {
    let hour = (at + i64::from(offset_minutes) * 60).rem_euclid(86_400) / 3600;
    hour >= NIGHT_HOURS.0 || hour < NIGHT_HOURS.1
}

/// Access by night, from abroad, by unregistered users.
pub fn q14(i: &Inquiry<'_>) -> Answer {
    if let Some(answer) = i.not_recorded(14, &[Kind::Session, Kind::Observed]) {
        return answer.limited();
    }
    let offset = i.ledger.election().counting_from.offset_minutes;
    let mut table = Table::new(&["person", "machine", "what", "at", "night", "elsewhere", "covered"]);
    let (mut sessions, mut logins, mut elsewhere, mut unregistered) = (0, 0, 0, 0);
    for session in i.sessions().filter(|session| is_night(session.at.unix_seconds, offset)) {
        sessions += 1;
        let (person, machine) = (i.name(session.person), session.machine.as_str());
        let night = Cell::Word("yes");
        table.row(
            session.place,
            cells![person, machine, Cell::Word("session"), session.at, night, None::<u64>, None::<u64>],
        );
    }
    for entry in i.noted(&[Event::Login, Event::Sudo]) {
        let said = &entry.observed;
        let is_elsewhere = said.origin == Some(Origin::Elsewhere);
        let is_unregistered = said.subject.as_ref().is_some_and(|name| name.as_str() == UNREGISTERED);
        let night = is_night(said.at.unix_seconds, offset);
        if !night && !is_elsewhere && !is_unregistered {
            continue;
        }
        logins += u64::from(night && said.event == Event::Login);
        elsewhere += u64::from(is_elsewhere);
        unregistered += u64::from(is_unregistered);
        let subject = said.subject.as_ref().map(KeyName::as_str);
        let yes_no = |is: bool| Cell::Word(if is { "yes" } else { "no" });
        table.row(
            entry.place,
            cells![
                subject,
                i.name(entry.host),
                said.event.as_str(),
                said.at,
                yes_no(night),
                said.origin.map(|origin| Cell::Word(if origin == Origin::Elsewhere { "yes" } else { "no" })),
                yes_no(entry.has_session),
            ],
        );
    }
    table.rows.sort_by_key(|row| row.place);
    let figures = [
        ("sessions", sessions),
        ("logins", logins),
        ("elsewhere", elsewhere),
        ("unregistered", unregistered),
    ];
    Answer::new(14, Status::Answered).says(&figures).limited().with(table)
}

/// What one key did on machines.
#[derive(Default)]
struct Used<'a> {
    notes: Vec<&'a ObservationEntry>,
}

impl Used<'_> {
    /// How many notes follow one of another machine, or of another origin, closely.
    fn close(&mut self) -> (u64, u64) {
        self.notes.sort_by_key(|entry| (entry.observed.at.unix_seconds, entry.place));
        let near = |pair: &&[&ObservationEntry]| {
            pair[1].observed.at.unix_seconds - pair[0].observed.at.unix_seconds <= CLOSE_S
        };
        let differs = |pair: &&[&ObservationEntry]| match (pair[0].observed.origin, pair[1].observed.origin) {
            (Some(a), Some(b)) => a != b,
            _ => false,
        };
        let machines = self.notes.windows(2).filter(near).filter(|pair| pair[0].host != pair[1].host).count();
        let origins = self.notes.windows(2).filter(near).filter(differs).count();
        (machines as u64, origins as u64)
    }
}

/// Shared credentials.
pub fn q15(i: &Inquiry<'_>) -> Answer {
    if let Some(answer) = i.not_recorded(15, &[Kind::Observed]) {
        return answer.limited();
    }
    let mut used: BTreeMap<&str, Used<'_>> = BTreeMap::new();
    for entry in i.noted(&[Event::Login, Event::Sudo]) {
        if let Some(subject) = entry.observed.subject.as_ref().filter(|name| name.as_str() != UNREGISTERED) {
            used.entry(subject.as_str()).or_default().notes.push(entry);
        }
    }
    let mut table =
        Table::new(&["person", "notes", "machines", "close_machines", "close_origins", "first", "last"]);
    let (mut keys, mut total) = (0, 0);
    for (person, mut used) in used {
        let (by_machine, by_origin) = used.close();
        let machines: BTreeSet<_> = used.notes.iter().map(|entry| entry.host).collect();
        let (Some(first), Some(last)) = (used.notes.first(), used.notes.last()) else { continue };
        if by_machine + by_origin > 0 {
            keys += 1;
            total += by_machine + by_origin;
        }
        let count = used.notes.len() as u64;
        let (from, to) = (first.observed.at, last.observed.at);
        table.row(first.place, cells![person, count, machines.len() as u64, by_machine, by_origin, from, to]);
    }
    table.rows.sort_by_key(|row| match (&row.cells[3], &row.cells[4]) {
        (Cell::Number(a), Cell::Number(b)) => std::cmp::Reverse(a + b),
        _ => std::cmp::Reverse(0),
    });
    let figures = [("people", table.len()), ("keys", keys), ("times", total)];
    Answer::new(15, Status::Partly).says(&figures).limited().with(table)
}

/// What did the superuser do.
pub fn q16(i: &Inquiry<'_>) -> Answer {
    if let Some(answer) = i.not_recorded(16, &[Kind::Observed]) {
        return answer.limited();
    }
    let mut table = Table::new(&["person", "machine", "at", "covered", "details"]);
    let (mut without, mut people) = (0, BTreeSet::new());
    for entry in i.noted(&[Event::Sudo]) {
        let said = &entry.observed;
        let subject = said.subject.as_ref().map(KeyName::as_str);
        people.extend(subject);
        without += u64::from(!entry.has_session);
        let covered = Cell::Word(if entry.has_session { "yes" } else { "no" });
        table.row(entry.place, cells![subject, i.name(entry.host), said.at, covered, said.details]);
    }
    let figures = [("acts", table.len()), ("people", people.len() as u64), ("without", without)];
    Answer::new(16, Status::Partly).says(&figures).limited().with(table)
}
