//! The canonical results text that a node serves and a verifier recomputes: `hakiki/results@v1` (check V10).

use super::status::Selection;
use super::tally::{ContestView, Tally};
use crate::kinds::{BOX_NAMES, TableName};
use crate::ledger::Ledger;
use std::fmt::Write as _;

/// The results of every contest, area by area in the order of their codes, as of `size` entries.
///
/// ```text
/// hakiki/results@v1
/// election <fingerprint>
/// size <place>
/// contest <code>
/// area <code> <expected> <missing> <standing> <contested> <disregarded> <registered>
/// votes <number> <sum of written numbers> <least> <most>
/// box <name> <sum of written numbers> <papers written> <papers unread>
/// ```
///
/// `votes` and `box` lines belong to the `area` line above them; a box that no paper has is no line.
///
/// It is a function of the first `size` entries, whatever has come since: no `area` line before the areas table stands, no
/// `votes` line before the candidates.
pub fn results_text(ledger: &Ledger, size: u64) -> String {
    let mut out = format!("hakiki/results@v1\nelection {}\nsize {size}\n", ledger.fingerprint());
    for contest in 0..u16::try_from(ledger.election().contests.len()).unwrap_or(u16::MAX) {
        write_contest(&mut out, ledger, &ContestView::new(ledger, contest, size, Selection::All));
    }
    out
}

/// Writes one contest as [`results_text`] does.
pub fn write_contest(out: &mut String, ledger: &Ledger, view: &ContestView) {
    let register = ledger.register();
    // Writing to a String does not fail.
    let _ = writeln!(out, "contest {}", ledger.election().contests[usize::from(view.contest)].code);
    let stands = |table| register.has_table(table, view.as_of);
    if !stands(TableName::Areas) {
        return;
    }
    // Without a ballot no station is expected: a table that came later counts nothing here.
    let counts = stands(TableName::Stations) && stands(TableName::Candidates);
    let nothing = Tally::default();
    let mut order: Vec<u32> = (0..).take(view.areas.len()).collect();
    order.sort_by(|a, b| register.areas()[*a as usize].code.cmp(&register.areas()[*b as usize].code));
    for area in order {
        let tally = if counts { &view.areas[area as usize] } else { &nothing };
        let ballot = register.ballot_for_area(view.contest, area);
        let numbers = ballot.filter(|_| stands(TableName::Candidates));
        let numbers = numbers
            .map(|ballot| ballot.candidates.iter().map(|candidate| candidate.number).collect::<Vec<_>>());
        write_area(out, &register.areas()[area as usize].code, tally, &numbers.unwrap_or_default());
    }
}

fn write_area(out: &mut String, code: &str, tally: &Tally, numbers: &[u32]) {
    let Tally { expected, missing, standing, contested, disregarded, registered, .. } = tally;
    let _ =
        writeln!(out, "area {code} {expected} {missing} {standing} {contested} {disregarded} {registered}");
    for (index, number) in numbers.iter().enumerate() {
        let (sum, span) = (tally.votes.get(index), tally.spans.get(index));
        let (sum, span) = (sum.copied().unwrap_or_default(), span.copied().unwrap_or_default());
        let _ = writeln!(out, "votes {number} {} {} {}", sum.total, span.least, span.most);
    }
    for name in BOX_NAMES {
        let sum = tally.boxes[name as usize];
        if sum.stated().is_some() {
            let _ = writeln!(out, "box {} {} {} {}", name.as_str(), sum.total, sum.written, sum.unread);
        }
    }
}
