//! Questions 37 to 46, but for 40: papers, agents, sums, corrections.

use crate::answer::{Answer, Cell, Status, Table, cells};
use crate::inquiry::Inquiry;
use hakiki_core::codes::{FindingCode, RefusalCode};
use hakiki_core::kinds::{Ink, Kind, Rank, Says, Shows};
use hakiki_core::ledger::Attestation;
use std::collections::BTreeMap;

fn attestations<'a>(i: &Inquiry<'a>) -> impl Iterator<Item = (u32, &'a Attestation)> + use<'a> {
    let as_of = i.as_of;
    let all = i.ledger.attestations().iter().flat_map(|(entry, all)| all.iter().map(|one| (*entry, one)));
    all.filter(move |(_, one)| one.place < as_of)
}

fn says(attestation: &Attestation) -> &'static str {
    match attestation.says {
        Says::Observation => "observation",
        Says::OwnCopy => "own_copy",
        Says::Refused => "refused",
        Says::Signed => "signed",
    }
}

/// Is the published image the paper that the agent signed.
pub fn q37(i: &Inquiry<'_>) -> Answer {
    if let Some(answer) = i.not_recorded(37, &[Kind::Attest]) {
        return answer.limited();
    }
    let mut table = Table::new(&["station", "contest", "who", "party", "says", "images"]);
    let (mut signed, mut refused) = (0, 0);
    for (entry, one) in attestations(i) {
        signed += u64::from(one.says == Says::Signed);
        refused += u64::from(one.says == Says::Refused);
        let of = &i.ledger.entries()[entry as usize];
        let key = i.key(one.key);
        let images = i.images(entry).count() as u64;
        let (station, contest) = (i.station(of.station), i.contest(of.contest));
        table.row(
            one.place,
            cells![station, contest, key.name.as_str(), key.party.as_deref(), Cell::Word(says(one)), images],
        );
    }
    let apart = i.count_found(FindingCode::F403);
    let figures = [("signed", signed), ("refused", refused), ("apart", apart)];
    Answer::new(37, Status::Partly).says(&figures).limited().with(table)
}

/// Do officers' and agents' copies agree.
pub fn q38(i: &Inquiry<'_>) -> Answer {
    let copies =
        attestations(i).filter(|(_, one)| one.figures.is_some() && one.says == Says::OwnCopy).count() as u64;
    let table = i.table_of(&[FindingCode::F402]);
    let status = if copies == 0 { Status::NotRecorded } else { Status::Answered };
    let differing =
        table.rows.iter().map(|row| row.place).collect::<std::collections::BTreeSet<_>>().len() as u64;
    let compared: std::collections::BTreeSet<u32> =
        attestations(i).filter(|(_, one)| one.figures.is_some()).map(|(entry, _)| entry).collect();
    let figures = [("copies", copies), ("forms", compared.len() as u64), ("differing", differing)];
    let places = attestations(i).filter(|(_, one)| one.figures.is_some()).map(|(_, one)| one.place);
    Answer::new(38, status).says(&figures).limited().on(places).with(table)
}

/// Original, carbon, photocopy; stamp, serial, watermark.
pub fn q39(i: &Inquiry<'_>) -> Answer {
    if let Some(answer) = i.not_recorded(39, &[Kind::Image, Kind::Attest]) {
        return answer.limited();
    }
    let mut shown = [0_u64; 3];
    for (index, _) in i.entries() {
        for image in i.images(index) {
            shown[match image.shows {
                Shows::Original => 0,
                Shows::AgentCopy => 1,
                Shows::Door => 2,
            }] += 1;
        }
    }
    let mut table = Table::new(&["mark", "station", "who"]);
    for (place, mark) in i.facts.marks().iter().filter(|(place, _)| *place < i.as_of) {
        let station = i.line(*place).and_then(|line| line.station).map(|station| i.station(station));
        table.row(*place, cells![mark.as_ref(), station, i.signers(*place)]);
    }
    let figures =
        [("originals", shown[0]), ("copies", shown[1]), ("doors", shown[2]), ("marks", table.len())];
    let places = i.entries().flat_map(|(index, _)| i.images(index).map(|image| image.place));
    let places: Vec<u64> = places.collect();
    Answer::new(39, Status::Partly).says(&figures).limited().on(places).with(table)
}

/// Anything else in the frame.
pub fn q41(i: &Inquiry<'_>) -> Answer {
    Answer::new(41, Status::Outside).says(&[("images", i.count(Kind::Image))]).limited()
}

/// Dates before polling day.
pub fn q42(i: &Inquiry<'_>) -> Answer {
    let table = i.table_of(&[FindingCode::W105]);
    let answer = Answer::new(42, Status::Answered);
    let figures = answer.word("says").with("forms", i.entries().count()).with("early", table.len());
    let day = i.ledger.election().polling_day.to_string();
    answer.say(figures.with("day", day)).limited().with(table)
}

/// Do the votes add up; exceed registered, verified, cap.
pub fn q43(i: &Inquiry<'_>) -> Answer {
    use FindingCode as F;
    let codes = [F::F101, F::F102, F::F103, F::F104, F::F105, F::F106, F::F202, F::F203, F::W115];
    let table = i.table_of(&codes);
    let figures = [
        ("forms", i.entries().count() as u64),
        ("sums", i.count_found(F::F101) + i.count_found(F::F102)),
        ("registered", i.count_found(F::F103)),
        ("verified", i.count_found(F::F104)),
        ("cap", i.count_found(F::F105)),
    ];
    Answer::new(43, Status::Answered).says(&figures).limited().with(table)
}

/// Forms for stations that do not exist.
pub fn q44(i: &Inquiry<'_>) -> Answer {
    let mut table = i.table_of(&[FindingCode::F201]);
    let closed = table.len();
    let mut refused = 0;
    for (place, note, code) in i.ledger.refusals().iter().filter(|(place, ..)| *place < i.as_of) {
        if *code == RefusalCode::R306 {
            refused += 1;
            table.row(*place, cells![code.as_str(), None::<u64>, None::<u64>, note.to_string()]);
        }
    }
    let stations = i.ledger.register().stations().len() as u64;
    let figures = [("stations", stations), ("closed", closed), ("refused", refused)];
    Answer::new(44, Status::Answered).says(&figures).limited().with(table)
}

/// Which agents refused, why; who was absent.
pub fn q45(i: &Inquiry<'_>) -> Answer {
    if let Some(answer) = i.not_recorded(45, &[Kind::Form, Kind::Intake, Kind::Attest]) {
        return answer.limited();
    }
    let mut table = Table::new(&["station", "contest", "party", "says", "stated_by", "words"]);
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    let mut signed = 0;
    for (_, entry) in i.entries() {
        let Some(paper) = i.paper(entry.place) else { continue };
        signed += u64::from(paper.signed);
        for (party, ink) in &paper.not_signed {
            let word = match ink {
                Ink::Absent => "absent",
                Ink::Refused => "refused",
                Ink::Signed => "signed",
                Ink::Unstated => "unstated",
            };
            *counts.entry(word).or_default() += 1;
            let words = Cell::Word(if paper.has_words { "yes" } else { "no" });
            let (station, contest) = (i.station(entry.station), i.contest(entry.contest));
            table.row(
                entry.place,
                cells![station, contest, party.as_ref(), Cell::Word(word), Cell::Word("officer"), words],
            );
        }
    }
    let mut own = 0;
    for (entry, one) in attestations(i).filter(|(_, one)| one.says == Says::Refused) {
        own += 1;
        let of = &i.ledger.entries()[entry as usize];
        let party = i.key(one.key).party.as_deref();
        let (station, contest) = (i.station(of.station), i.contest(of.contest));
        table.row(
            one.place,
            cells![station, contest, party, Cell::Word("refused"), i.name(one.key), None::<u64>],
        );
    }
    let of = |word: &str| counts.get(word).copied().unwrap_or_default();
    let figures = [
        ("signed", signed),
        ("refused", of("refused")),
        ("absent", of("absent")),
        ("unstated", of("unstated")),
        ("own", own),
    ];
    Answer::new(45, Status::Answered).says(&figures).limited().with(table)
}

/// Corrections countersigned.
pub fn q46(i: &Inquiry<'_>) -> Answer {
    let mut table = Table::new(&["station", "contest", "what", "who", "decided"]);
    let mut second = 0;
    for (index, entry) in i.entries() {
        let all = i.ledger.entries_of(entry.contest, entry.station);
        if all.first() != Some(&index) {
            second += 1;
            let held = if entry.held { Cell::Word("held") } else { Cell::None };
            let (station, contest) = (i.station(entry.station), i.contest(entry.contest));
            table.row(
                entry.place,
                cells![station, contest, Cell::Word("later_form"), i.names(&entry.keys), held],
            );
        }
    }
    let (mut rulings, mut alone) = (0, 0);
    for ((contest, station), all) in i.ledger.rulings() {
        for ruling in all.iter().filter(|ruling| ruling.place < i.as_of) {
            rulings += 1;
            alone += u64::from(i.line(ruling.place).is_some_and(|line| line.keys.len() < 2));
            let what = match ruling.rank {
                Rank::Returning => "ruling_returning",
                Rank::Commission => "ruling_commission",
                Rank::Court => "ruling_court",
            };
            let decided = match (ruling.stands, &ruling.article) {
                (Some(entry), _) => i.ledger.entries()[entry as usize].id.into(),
                (None, article) => Cell::from(article.clone()),
            };
            table.row(
                ruling.place,
                cells![
                    i.station(*station),
                    i.contest(*contest),
                    Cell::Word(what),
                    i.signers(ruling.place),
                    decided
                ],
            );
        }
    }
    table.rows.sort_by_key(|row| row.place);
    let figures = [("second", second), ("rulings", rulings), ("alone", alone)];
    Answer::new(46, Status::Answered).says(&figures).limited().with(table)
}
