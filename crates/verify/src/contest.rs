//! What a contest adds up to, as the report gives it: from the view, without judging it.

use hakiki_core::Ledger;
use hakiki_core::kinds::{BOX_NAMES, BoxName};
use hakiki_core::outcome::{Exactness, Outcome};
use hakiki_core::register::Ballot;
use hakiki_core::text::BoxValue;
use hakiki_core::view::prospect::prospect;
use hakiki_core::view::{BoxSum, ContestView, Status, Tally};
use std::collections::BTreeMap;

/// One candidate's figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CandidateReport {
    /// Code of the area whose ballot it is.
    pub area: String,
    /// Number on the ballot.
    pub number: u32,
    /// Name.
    pub name: String,
    /// Party's code.
    pub party: Option<String>,
    /// Sum of the written numbers at standing stations.
    pub votes: u64,
    /// Least, given what blank and unreadable boxes could hold.
    pub least: u64,
    /// Most, given the same.
    pub most: u64,
}

/// Where the stations of a contest stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PartitionReport {
    /// Stations where the poll is held.
    pub expected: u64,
    /// No form has come.
    pub missing: u64,
    /// Counted.
    pub standing: u64,
    /// Forms that differ, and no ruling.
    pub contested: u64,
    /// Left out by ruling.
    pub disregarded: u64,
    /// Standing, contested and disregarded.
    pub received: u64,
}

/// Standing stations by how their figures came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ClassCounts {
    /// Sent by kit.
    pub kit: u64,
    /// Taken from paper.
    pub paper: u64,
    /// Transcribed by others.
    pub transcribed: u64,
}

/// One box summed over standing stations; a box that no paper has is not in the list, which is not zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrittenBox {
    /// Sum of the written numbers.
    pub total: u64,
    /// Papers on which a number is written.
    pub written: u64,
    /// Papers on which it is blank, a dash or illegible.
    pub unread: u64,
}

/// What the rule makes of the figures that stand. Candidates by their numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StandingOutcome {
    /// Nobody has a vote.
    NoVotes,
    /// This candidate meets the rule.
    Elected(u32),
    /// These are level at the top.
    Tie(Vec<u32>),
    /// The first two go on.
    RunOff {
        /// Those with the most votes.
        first: Vec<u32>,
        /// Those with the second most votes.
        second: Vec<u32>,
    },
    /// More than one candidate meets the rule; written totals contradict their parts.
    Contradiction(Vec<u32>),
}

/// What would be, and whether it can still change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutcomeReport {
    /// By the figures that stand.
    pub standing: StandingOutcome,
    /// Whether it can still change.
    pub can_change: bool,
    /// Whether that is exact; otherwise it is safe to assume.
    pub is_exact: bool,
}

/// One contest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContestReport {
    /// Its code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// Candidates, ballot by ballot in the order of their areas, then by number.
    pub candidates: Vec<CandidateReport>,
    /// Valid votes as the rule uses them; none where nothing stands.
    pub valid: Option<u64>,
    /// Whether some of them are the sum of the candidates' boxes and not a written total of the paper.
    pub valid_derived: bool,
    /// Rejected papers; none where no paper has the box.
    pub rejected: Option<u64>,
    /// Voters registered at expected stations; none where the register does not say.
    pub registered: Option<u64>,
    /// Every box that some paper has, by name.
    pub boxes: BTreeMap<&'static str, WrittenBox>,
    /// The partition.
    pub partition: PartitionReport,
    /// The classes.
    pub classes: ClassCounts,
    /// The outcome; none for a contest of many ballots, or where it cannot be computed.
    pub outcome: Option<OutcomeReport>,
}

/// Reports a contest from its view.
pub(crate) fn report(ledger: &Ledger, view: &ContestView) -> ContestReport {
    let contest = &ledger.election().contests[usize::from(view.contest)];
    let tally = view.total(ledger);
    let summed = tally.standing > 0;
    ContestReport {
        code: contest.code.clone(),
        title: contest.title.clone(),
        candidates: candidates(ledger, view),
        valid: summed.then_some(tally.valid.least),
        valid_derived: summed && valid_is_derived(ledger, view),
        rejected: tally.boxes[BoxName::Rejected as usize].stated(),
        registered: registered(ledger, view, &tally),
        boxes: boxes(&tally),
        partition: PartitionReport {
            expected: tally.expected,
            missing: tally.missing,
            standing: tally.standing,
            contested: tally.contested,
            disregarded: tally.disregarded,
            received: tally.received(),
        },
        classes: ClassCounts {
            kit: tally.by_class[0],
            paper: tally.by_class[1],
            transcribed: tally.by_class[2],
        },
        outcome: outcome(ledger, view),
    }
}

fn candidates(ledger: &Ledger, view: &ContestView) -> Vec<CandidateReport> {
    let register = ledger.register();
    let mut ballots: Vec<&Ballot> =
        register.ballots().iter().filter(|ballot| ballot.contest == view.contest).collect();
    ballots
        .sort_by(|a, b| register.areas()[a.area as usize].code.cmp(&register.areas()[b.area as usize].code));
    let of_ballot = |ballot: &&Ballot| {
        let area = register.areas()[ballot.area as usize].code.to_string();
        let tally = &view.areas[ballot.area as usize];
        let reports = ballot.candidates.iter().enumerate().map(|(index, candidate)| {
            let span = tally.spans.get(index).copied().unwrap_or_default();
            CandidateReport {
                area: area.clone(),
                number: candidate.number,
                name: candidate.name.to_string(),
                party: candidate.party.as_ref().map(ToString::to_string),
                votes: tally.votes.get(index).map_or(0, |sum| sum.total),
                least: span.least,
                most: span.most,
            }
        });
        reports.collect::<Vec<_>>()
    };
    ballots.iter().flat_map(of_ballot).collect()
}

/// Whether some standing paper has no written total of its own.
fn valid_is_derived(ledger: &Ledger, view: &ContestView) -> bool {
    view.stations.iter().any(|station| match station.status {
        Status::Standing(entry) => {
            let entry = &ledger.entries()[entry as usize];
            let written = entry.boxed(BoxName::Valid).and_then(BoxValue::number).is_some();
            !written || entry.is_derived(BoxName::Valid)
        }
        _ => false,
    })
}

fn registered(ledger: &Ledger, view: &ContestView, tally: &Tally) -> Option<u64> {
    let stations = ledger.register().stations().iter().zip(&view.stations);
    let mut expected = stations.filter(|(_, view)| view.status != Status::NotExpected);
    expected.any(|(station, _)| station.registered.is_some()).then_some(tally.registered)
}

fn boxes(tally: &Tally) -> BTreeMap<&'static str, WrittenBox> {
    let written = |sum: BoxSum| WrittenBox { total: sum.total, written: sum.written, unread: sum.unread };
    let sums = BOX_NAMES.iter().map(|name| (name.as_str(), tally.boxes[*name as usize]));
    sums.filter(|(_, sum)| sum.stated().is_some()).map(|(name, sum)| (name, written(sum))).collect()
}

fn outcome(ledger: &Ledger, view: &ContestView) -> Option<OutcomeReport> {
    let root = ledger.register().root()?;
    let ballot = ledger.register().ballot_for_area(view.contest, root)?;
    let assessed = prospect(ledger, view).ok()?;
    let number = |index: &usize| ballot.candidates.get(*index).map_or(0, |candidate| candidate.number);
    let numbers = |indexes: &[usize]| indexes.iter().map(number).collect::<Vec<_>>();
    let standing = match &assessed.standing.outcome {
        Outcome::NoVotes => StandingOutcome::NoVotes,
        Outcome::Elected(index) => StandingOutcome::Elected(number(index)),
        Outcome::Tie(indexes) => StandingOutcome::Tie(numbers(indexes)),
        Outcome::RunOff { first, second } => {
            StandingOutcome::RunOff { first: numbers(first), second: numbers(second) }
        }
        Outcome::Contradiction(indexes) => StandingOutcome::Contradiction(numbers(indexes)),
    };
    let exact = assessed.can_change.exactness == Exactness::Exact;
    Some(OutcomeReport { standing, can_change: assessed.can_change.holds, is_exact: exact })
}
