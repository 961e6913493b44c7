//! Questions 17 to 22: what was deleted, rotated, silent; whose these logs are; who could touch the machines.

use crate::answer::{Answer, Cell, Status, Table, cells};
use crate::inquiry::{Inquiry, Verdict};
use hakiki_core::codes::RefusalCode;
use hakiki_core::kinds::{Event, Kind, Moved};
use hakiki_core::ledger::ObservationEntry;
use hakiki_core::roster::{KeyIndex, Role};
use std::collections::BTreeSet;

/// Silence of a machine from this length on is listed.
const SILENCE_S: i64 = 3600;

/// Answered where every one of these checks passed, else in part.
fn by_checks(i: &Inquiry<'_>, codes: &[&str]) -> Status {
    if codes.iter().all(|code| i.verdict(code) == Verdict::Passed) {
        Status::Answered
    } else {
        Status::Partly
    }
}

/// Was anything deleted before access was given.
pub fn q17(i: &Inquiry<'_>) -> Answer {
    let mut table = Table::new(&["blob", "by_order", "reason", "who"]);
    for entry in i.ledger.withheld().iter().filter(|entry| entry.place < i.as_of) {
        let withhold = &entry.withhold;
        let who = i.names(&entry.keys);
        table.row(entry.place, cells![withhold.blob, withhold.by.as_str(), withhold.reason.as_str(), who]);
    }
    let figures = [("entries", i.as_of), ("withheld", table.len())];
    let answer = Answer::new(17, by_checks(i, &["V04", "V05", "V06"])).says(&figures).limited();
    i.said(&["V04", "V05", "V06", "V09"]).into_iter().fold(answer, Answer::say).with(table)
}

struct Silence<'a> {
    host: KeyIndex,
    before: &'a ObservationEntry,
    behind: &'a ObservationEntry,
}

impl Silence<'_> {
    fn seconds(&self) -> i64 {
        self.behind.observed.at.unix_seconds - self.before.observed.at.unix_seconds
    }
}

/// The longest first.
fn silences<'a>(i: &Inquiry<'a>) -> Vec<Silence<'a>> {
    let mut found = Vec::new();
    for host in i.ledger.hosts().keys() {
        let all: Vec<_> = i.ledger.observations_of(*host, i.as_of).collect();
        let pairs = all.windows(2).map(|pair| Silence { host: *host, before: pair[0], behind: pair[1] });
        found.extend(pairs.filter(|silence| silence.seconds() >= SILENCE_S));
    }
    found.sort_by_key(|silence| (std::cmp::Reverse(silence.seconds()), silence.behind.place));
    found
}

/// Were logs rotated, truncated, edited.
pub fn q18(i: &Inquiry<'_>) -> Answer {
    if let Some(answer) = i.not_recorded(18, &[Kind::Observed]) {
        return answer.limited();
    }
    let mut table = Table::new(&["machine", "what", "count", "from", "to"]);
    let (mut missing, mut jumps) = (0, 0);
    for (host, entry) in i.ledger.hosts() {
        for gap in entry.gaps.iter().filter(|gap| gap.place < i.as_of) {
            jumps += 1;
            missing += gap.missing();
            let at = i.line(gap.place).and_then(|line| line.at);
            table.row(
                gap.place,
                cells![i.name(*host), Cell::Word("numbers_missing"), gap.missing(), None::<u64>, at],
            );
        }
    }
    let mut own = 0;
    for entry in i.noted(&[Event::Gap]) {
        own += 1;
        table.row(
            entry.place,
            cells![
                i.name(entry.host),
                Cell::Word("recorder_missed"),
                None::<u64>,
                None::<u64>,
                entry.observed.at
            ],
        );
    }
    let mut clocks = 0;
    for entry in i.noted(&[Event::Clock]) {
        clocks += 1;
        let moved = entry.observed.moved;
        let what = match moved {
            Some((Moved::Back, _)) => "clock_back",
            _ => "clock_ahead",
        };
        let seconds = moved.map(|(_, seconds)| seconds);
        table.row(
            entry.place,
            cells![i.name(entry.host), Cell::Word(what), seconds, None::<u64>, entry.observed.at],
        );
    }
    let silent = silences(i);
    let longest = silent.first().map_or(0, |silence| u64::try_from(silence.seconds()).unwrap_or_default());
    for silence in &silent {
        let seconds = u64::try_from(silence.seconds()).unwrap_or_default();
        let (from, to) = (silence.before.observed.at, silence.behind.observed.at);
        table
            .row(silence.behind.place, cells![i.name(silence.host), Cell::Word("silent"), seconds, from, to]);
    }
    let answer = Answer::new(18, Status::Partly);
    let silence = answer.word("silent").with("silences", silent.len()).with("minutes", longest / 60);
    let figures = [("jumps", jumps), ("missing", missing), ("own", own), ("clocks", clocks)];
    answer.says(&figures).say(silence).limited().with(table)
}

/// How do we know that these logs come from that server.
pub fn q19(i: &Inquiry<'_>) -> Answer {
    let mut table = Table::new(&["machine", "observations", "gaps", "quotes", "key_hash"]);
    let mut observations = 0;
    for (index, key) in i.keys().filter(|(_, key)| key.role == Role::Host) {
        let all = i.ledger.observations_of(index, i.as_of);
        let (mut count, mut quotes) = (0_u64, 0_u64);
        for entry in all {
            count += 1;
            quotes += u64::from(entry.observed.event == Event::Quote);
        }
        observations += count;
        let host = i.ledger.hosts().get(&index);
        let gaps = host.map_or(0, |host| host.gaps.iter().filter(|gap| gap.place < i.as_of).count() as u64);
        table.row(key.enrolled_at, cells![key.name.as_str(), count, gaps, quotes, key.hash]);
    }
    let quotes = i.noted(&[Event::Quote]).count() as u64;
    let figures = [("hosts", table.len()), ("observations", observations), ("quotes", quotes)];
    let answer = Answer::new(19, Status::Partly).says(&figures).limited();
    i.said(&["V02", "V08"]).into_iter().fold(answer, Answer::say).with(table)
}

/// Are they of this election.
pub fn q20(i: &Inquiry<'_>) -> Answer {
    let mut table = Table::new(&["refusal", "details"]);
    let others = i.ledger.inadmissible().iter().filter(|entry| entry.place < i.as_of);
    for entry in others.filter(|entry| entry.code == RefusalCode::R301) {
        table.row(entry.place, cells![entry.code.as_str(), entry.detail.as_str()]);
    }
    let answer = Answer::new(20, by_checks(i, &["V01", "V02"]));
    let says =
        answer.word("says").with("entries", i.as_of).with("fingerprint", i.ledger.fingerprint().to_string());
    let answer = answer.say(says.with("others", table.len())).limited().on([0]);
    i.said(&["V01", "V02"]).into_iter().fold(answer, Answer::say).with(table)
}

/// Are they complete.
pub fn q21(i: &Inquiry<'_>) -> Answer {
    let mut table = Table::new(&["machine", "first", "last", "gaps", "missing"]);
    for (host, entry) in i.ledger.hosts() {
        let all: Vec<_> = i.ledger.observations_of(*host, i.as_of).collect();
        let (Some(first), Some(last)) = (all.first(), all.last()) else { continue };
        let gaps: Vec<_> = entry.gaps.iter().filter(|gap| gap.place < i.as_of).collect();
        let missing: u64 = gaps.iter().map(|gap| gap.missing()).sum();
        let (from, to) = (first.observed.at, last.observed.at);
        table.row(last.place, cells![i.name(*host), from, to, gaps.len() as u64, missing]);
    }
    let missing: u64 =
        table.rows.iter().map(|row| if let Cell::Number(count) = row.cells[4] { count } else { 0 }).sum();
    let figures = [
        ("entries", i.as_of),
        ("heads", i.heads().count() as u64),
        ("hosts", table.len()),
        ("missing", missing),
    ];
    let answer = Answer::new(21, Status::Partly).says(&figures).limited();
    i.said(&["V04", "V06", "V18"]).into_iter().fold(answer, Answer::say).with(table)
}

/// Who had physical access: custody records, if any.
pub fn q22(i: &Inquiry<'_>) -> Answer {
    let mut table = super::custody::custody_table();
    i.handovers().for_each(|handover| super::custody::custody_row(i, handover, &mut table));
    let status = if table.is_empty() { Status::Outside } else { Status::Partly };
    let items =
        i.handovers().flat_map(|handover| handover.items.iter()).collect::<BTreeSet<_>>().len() as u64;
    Answer::new(22, status).says(&[("handovers", table.len()), ("items", items)]).limited().with(table)
}
