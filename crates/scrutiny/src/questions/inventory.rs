//! Questions 1 to 8: machines, programs, interfaces, copies.

use crate::answer::{Answer, Cell, Status, Table, cells};
use crate::inquiry::Inquiry;
use hakiki_core::codes::FindingCode;
use hakiki_core::kinds::{Event, Kind};
use hakiki_core::ledger::SoftwareEntry;
use hakiki_core::roster::Role;
use hakiki_core::witness_policy::Witness;
use hakiki_note::KeyName;
use std::collections::{BTreeMap, BTreeSet};

/// How many servers, where, under whose control.
pub fn q1(i: &Inquiry<'_>) -> Answer {
    let mut table = Table::new(&["machine", "what", "organisation", "class", "observations"]);
    let log = i.ledger.election().log_key.name().as_str();
    let authority = i.ledger.election().authority.clone();
    table.row(0, cells![log, Cell::Word("log"), authority, None::<u64>, None::<u64>]);
    let hosts: Vec<_> = i.keys().filter(|(_, key)| key.role == Role::Host).collect();
    for (index, key) in &hosts {
        let count = i.ledger.observations_of(*index, i.as_of).count() as u64;
        table.row(
            key.enrolled_at,
            cells![key.name.as_str(), Cell::Word("host"), None::<u64>, None::<u64>, count],
        );
    }
    let policy = i.ledger.witness_policies().at(i.as_of);
    let mut organisations = BTreeSet::new();
    let mut add = |witness: &Witness, what: &'static str| {
        let organisation = witness.organisation.as_str();
        organisations.insert(organisation.to_owned());
        let class = policy.class_of(&witness.organisation);
        let name = witness.key.name().as_str();
        table.sum(cells![name, Cell::Word(what), organisation, class, None::<u64>]);
    };
    policy.witnesses.iter().for_each(|witness| add(witness, "witness"));
    policy.mirrors.iter().for_each(|mirror| add(mirror, "mirror"));
    policy.intakes.iter().for_each(|intake| add(intake, "intake"));
    let figures = [
        ("hosts", hosts.len() as u64),
        ("witnesses", policy.witnesses.len() as u64),
        ("mirrors", policy.mirrors.len() as u64),
        ("intakes", policy.intakes.len() as u64),
        ("organisations", organisations.len() as u64),
    ];
    Answer::new(1, Status::Partly).says(&figures).limited().on([0]).with(table)
}

/// Which of them were opened, which not.
pub fn q2(i: &Inquiry<'_>) -> Answer {
    let mut table = Table::new(&["machine", "observations", "first", "last"]);
    let (mut spoke, mut silent) = (0, 0);
    for (index, key) in i.keys().filter(|(_, key)| key.role == Role::Host) {
        let all: Vec<_> = i.ledger.observations_of(index, i.as_of).collect();
        if all.is_empty() {
            silent += 1;
        } else {
            spoke += 1;
        }
        let at =
            |entry: Option<&&hakiki_core::ledger::ObservationEntry>| entry.map(|entry| entry.observed.at);
        let place = all.last().map_or(key.enrolled_at, |entry| entry.place);
        table.row(place, cells![key.name.as_str(), all.len() as u64, at(all.first()), at(all.last())]);
    }
    let withheld = i.ledger.withheld().iter().filter(|entry| entry.place < i.as_of);
    let places: Vec<u64> = withheld.map(|entry| entry.place).collect();
    let figures =
        [("entries", i.as_of), ("withheld", places.len() as u64), ("spoke", spoke), ("silent", silent)];
    Answer::new(2, Status::Partly).says(&figures).limited().on(places).with(table)
}

/// Were there any outside the plan.
pub fn q3(i: &Inquiry<'_>) -> Answer {
    let late = i.keys().filter(|(_, key)| key.role == Role::Host);
    let late: Vec<_> =
        late.filter(|(_, key)| i.ledger.zero().is_some_and(|zero| key.enrolled_at > zero)).collect();
    if let Some(answer) = i.not_recorded(3, &[Kind::Session, Kind::Observed])
        && late.is_empty()
    {
        return answer.limited();
    }
    let hosts: BTreeSet<&str> =
        i.keys().filter(|(_, key)| key.role == Role::Host).map(|(_, key)| key.name.as_str()).collect();
    let mut table = Table::new(&["machine", "person", "what"]);
    let mut unknown = BTreeSet::new();
    for session in i.sessions().filter(|session| !hosts.contains(session.machine.as_str())) {
        unknown.insert(session.machine.as_str());
        table.row(
            session.place,
            cells![session.machine.as_str(), i.name(session.person), Cell::Word("session")],
        );
    }
    for (_, key) in &late {
        table.row(key.enrolled_at, cells![key.name.as_str(), None::<u64>, Cell::Word("enrolled_late")]);
    }
    let figures = [("unknown", unknown.len() as u64), ("added", late.len() as u64)];
    Answer::new(3, Status::Partly).says(&figures).limited().with(table)
}

/// Which operating system, programs, versions; what changed after the freeze, by whom.
pub fn q4(i: &Inquiry<'_>) -> Answer {
    let recorded = i.noted(&[Event::Program, Event::Configuration, Event::Dependencies, Event::Package]);
    if let Some(answer) = i.not_recorded(4, &[Kind::Software, Kind::Observed]) {
        return answer.limited();
    }
    let zero = i.ledger.zero().unwrap_or(u64::MAX);
    let mut table = Table::new(&["component", "what", "version", "hash", "who", "at", "freeze", "compared"]);
    let freeze = |place: u64| Cell::Word(if place > zero { "after_freeze" } else { "before_freeze" });
    let mut authorised: Vec<(&String, &SoftwareEntry)> = i
        .ledger
        .software()
        .iter()
        .flat_map(|(name, all)| all.iter().map(move |entry| (name, entry)))
        .collect();
    authorised.retain(|(_, entry)| entry.place < i.as_of);
    let late = authorised.iter().filter(|(_, entry)| entry.place > zero).count() as u64;
    for (name, entry) in &authorised {
        let software = &entry.software;
        table.row(
            entry.place,
            cells![
                name.as_str(),
                Cell::Word("authorised"),
                software.version.as_str(),
                software.program,
                i.names(&entry.keys),
                None::<u64>,
                freeze(entry.place),
                None::<u64>,
            ],
        );
    }
    let differing: BTreeSet<u64> = i.found(&[FindingCode::F502]).map(|finding| finding.place).collect();
    let mut observed = 0;
    for entry in recorded {
        observed += 1;
        let said = &entry.observed;
        let compared = if differing.contains(&entry.place) { Cell::Word("differs") } else { Cell::None };
        let subject = said.subject.as_ref().map(KeyName::as_str);
        let what = said.event.as_str();
        let who = i.name(entry.host);
        table.row(
            entry.place,
            cells![subject, what, None::<u64>, said.value, who, said.at, freeze(entry.place), compared],
        );
    }
    let figures = [
        ("authorised", authorised.len() as u64),
        ("late", late),
        ("observed", observed),
        ("differing", differing.len() as u64),
    ];
    Answer::new(4, Status::Answered).says(&figures).limited().with(table)
}

/// Which external systems and interfaces; which of them can alter data.
pub fn q5(i: &Inquiry<'_>) -> Answer {
    let mut table = Table::new(&["kind", "records", "roles"]);
    let mut roles: BTreeMap<Kind, BTreeMap<&str, u64>> = BTreeMap::new();
    for (_, line) in i.lines() {
        let Some(kind) = line.kind else { continue };
        for key in &line.keys {
            *roles.entry(kind).or_default().entry(i.key(*key).role.as_str()).or_default() += 1;
        }
    }
    for (kind, count) in i.kinds() {
        let signed = roles.get(kind).into_iter().flatten();
        let signed: Vec<String> = signed.map(|(role, count)| format!("{role} {count}")).collect();
        table.sum(cells![kind.name(), *count, signed.join(", ")]);
    }
    let figures = [("kinds", table.len()), ("records", i.as_of), ("inadmissible", inadmissible(i))];
    let answer = Answer::new(5, Status::Partly).says(&figures).limited();
    i.said(&["V08"]).into_iter().fold(answer, Answer::say).with(table)
}

fn inadmissible(i: &Inquiry<'_>) -> u64 {
    i.ledger.inadmissible().iter().filter(|entry| entry.place < i.as_of).count() as u64
}

/// Network rules.
pub fn q6(i: &Inquiry<'_>) -> Answer {
    let mut table = Table::new(&["machine", "subject", "hash", "at"]);
    for entry in i.noted(&[Event::File]) {
        let said = &entry.observed;
        let subject = said.subject.as_ref().map(KeyName::as_str);
        table.row(entry.place, cells![i.name(entry.host), subject, said.value, said.at]);
    }
    let status = if table.is_empty() { Status::Outside } else { Status::Partly };
    Answer::new(6, status).says(&[("files", table.len())]).limited().with(table)
}

/// Is the public portal the same machine as the internal one.
pub fn q7(i: &Inquiry<'_>) -> Answer {
    i.of_published(7, &["V10"])
}

/// Where is the data, under which law.
pub fn q8(i: &Inquiry<'_>) -> Answer {
    let policy = i.ledger.witness_policies().at(i.as_of);
    let mut table = Table::new(&["machine", "organisation", "class"]);
    for mirror in &policy.mirrors {
        let class = policy.class_of(&mirror.organisation);
        table.sum(cells![mirror.key.name().as_str(), mirror.organisation.as_str(), class]);
    }
    let figures = [("mirrors", table.len()), ("heads", i.heads().count() as u64)];
    let status = if table.is_empty() { Status::Outside } else { Status::Partly };
    Answer::new(8, status).says(&figures).limited().on([0]).with(table)
}
