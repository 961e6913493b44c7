//! What the decision rule makes of the figures that stand, as canonical text: `hakiki/standing@v1`
//! (`docs/reference/records.md`, "The decision rule"). Whether it can still change is not in it.

use super::prospect::prospect;
use super::status::Selection;
use super::tally::ContestView;
use crate::kinds::TableName;
use crate::ledger::Ledger;
use crate::outcome::Outcome;
use std::fmt::Write as _;

/// The standing of every contest that has a rule, as of `size` entries.
///
/// ```text
/// hakiki/standing@v1
/// election <fingerprint>
/// size <place>
/// contest <code> <valid>
/// candidate <number> <votes> <areas met>
/// outcome no-votes | elected <number> | tie <number>… | run-off <number>… / [<number>…] | contradiction <number>…
/// ```
///
/// `candidate` lines in the order of the ballot, only those of the nation's ballot; numbers ascending. A contest whose rule
/// has no answer, such as one of totals only, or without a ballot over the whole, is no line.
pub fn standing_text(ledger: &Ledger, size: u64) -> String {
    let mut out = format!("hakiki/standing@v1\nelection {}\nsize {size}\n", ledger.fingerprint());
    for contest in 0..u16::try_from(ledger.election().contests.len()).unwrap_or(u16::MAX) {
        let view = ContestView::new(ledger, contest, size, Selection::All);
        // No line rather than a guess.
        let Ok(assessment) = prospect(ledger, &view) else { continue };
        let register = ledger.register();
        let ballot = register.root().and_then(|root| register.ballot_for_area(contest, root));
        let stands = register.has_table(TableName::Candidates, size);
        let Some(ballot) = ballot.filter(|_| stands) else { continue };
        let standing = &assessment.standing;
        let numbers: Vec<u32> = ballot.candidates.iter().map(|candidate| candidate.number).collect();
        let code = &ledger.election().contests[usize::from(contest)].code;
        // Writing to a String does not fail.
        let _ = writeln!(out, "contest {code} {}", standing.national.valid);
        for (number, candidate) in numbers.iter().zip(&standing.candidates) {
            let _ = writeln!(out, "candidate {number} {} {}", candidate.votes, candidate.areas_met);
        }
        let _ = writeln!(out, "outcome {}", outcome_words(&standing.outcome, &numbers));
    }
    out
}

fn outcome_words(outcome: &Outcome, numbers: &[u32]) -> String {
    let named = |candidates: &[usize]| {
        let words: Vec<String> =
            candidates.iter().filter_map(|c| numbers.get(*c)).map(ToString::to_string).collect();
        words.join(" ")
    };
    match outcome {
        Outcome::NoVotes => "no-votes".to_owned(),
        Outcome::Elected(candidate) => format!("elected {}", named(&[*candidate])),
        Outcome::Tie(candidates) => format!("tie {}", named(candidates)),
        Outcome::RunOff { first, second } => {
            format!("run-off {} / {}", named(first), named(second)).trim_end().to_owned()
        }
        Outcome::Contradiction(candidates) => format!("contradiction {}", named(candidates)),
    }
}
