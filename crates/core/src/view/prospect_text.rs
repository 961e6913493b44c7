//! Whether what the decision rule makes of the figures can still change, as canonical text: `hakiki/prospect@v1`
//! (`docs/reference/records.md`, "Whether it can still change"). The pages say it in words; a second implementation is held
//! against this.

use super::prospect::prospect;
use super::prospect_area::prospect_of_area;
use super::status::Selection;
use super::tally::ContestView;
use crate::kinds::{RuleName, TableName};
use crate::ledger::Ledger;
use crate::outcome::{Assessment, Exactness, Flag};
use std::fmt::Write as _;

/// What may still become of every contest that has a rule, as of `size` entries.
///
/// ```text
/// hakiki/prospect@v1
/// election <fingerprint>
/// size <place>
/// contest <code> <area> <yes|no|open> <outstanding stations>
/// candidate <number> <can: yes|no|open> <certain: yes|no|open>
/// ```
///
/// The area of the whole first, then, where the most votes elect, each other area with a ballot of its own, by code.
pub fn prospect_text(ledger: &Ledger, size: u64) -> String {
    let mut out = format!("hakiki/prospect@v1\nelection {}\nsize {size}\n", ledger.fingerprint());
    let (register, election) = (ledger.register(), ledger.election());
    let Some(root) = register.root().filter(|_| register.has_table(TableName::Candidates, size)) else {
        return out;
    };
    for contest in 0..u16::try_from(election.contests.len()).unwrap_or(u16::MAX) {
        let view = ContestView::new(ledger, contest, size, Selection::All);
        if register.ballot_for_area(contest, root).is_some()
            && let Ok(whole) = prospect(ledger, &view)
        {
            write_area(&mut out, ledger, contest, root, &whole);
        }
        if election.contests[usize::from(contest)].rule != RuleName::Plurality {
            continue;
        }
        for area in areas_with_ballots(ledger, contest).into_iter().filter(|area| *area != root) {
            if let Ok(part) = prospect_of_area(ledger, &view, area) {
                write_area(&mut out, ledger, contest, area, &part);
            }
        }
    }
    out
}

/// The areas that have a ballot of their own in a contest, by code.
fn areas_with_ballots(ledger: &Ledger, contest: u16) -> Vec<u32> {
    let register = ledger.register();
    let own = |area: &u32| {
        register.ballot_for_area(contest, *area).is_some()
            && register.areas()[*area as usize]
                .parent
                .is_none_or(|parent| !register.is_one_ballot(contest, *area, parent))
    };
    let all = 0..u32::try_from(register.areas().len()).unwrap_or(u32::MAX);
    let mut areas: Vec<u32> = all.filter(own).collect();
    areas.sort_by(|a, b| register.areas()[*a as usize].code.cmp(&register.areas()[*b as usize].code));
    areas
}

fn write_area(out: &mut String, ledger: &Ledger, contest: u16, area: u32, assessment: &Assessment) {
    let register = ledger.register();
    let numbers = register.ballot_for_area(contest, area).map(|ballot| ballot.candidates.iter());
    let code = &ledger.election().contests[usize::from(contest)].code;
    let outstanding: u64 = assessment.outstanding.iter().map(|part| part.stations).sum();
    // Writing to a String does not fail.
    let _ = writeln!(
        out,
        "contest {code} {} {} {outstanding}",
        register.areas()[area as usize].code,
        word(assessment.can_change)
    );
    for (candidate, prospect) in numbers.into_iter().flatten().zip(&assessment.prospects) {
        let (can, certain) = (word(prospect.can_win), word(prospect.certain_to_win));
        let _ = writeln!(out, "candidate {} {can} {certain}", candidate.number);
    }
}

fn word(flag: Flag) -> &'static str {
    match (flag.exactness, flag.holds) {
        (Exactness::Bound, _) => "open",
        (Exactness::Exact, true) => "yes",
        (Exactness::Exact, false) => "no",
    }
}
