//! Can it still change? The assessment of a contest as sentences, with the reason in words.

use crate::Site;
use crate::reading::Reading;
use hakiki_core::kinds::RuleName;
use hakiki_core::outcome::{Assessment, Cause, Exactness, Outcome, Reason};
use hakiki_core::register::Ballot;
use hakiki_core::view::prospect_area::{deciding_area, prospect_of_area};
use hakiki_messages::Message;
use std::borrow::Cow;

/// Sentences about a contest.
pub(crate) struct Outlook {
    /// What stands, and whether it can still change.
    pub lede: Vec<String>,
    /// Why.
    pub why: Vec<String>,
}

/// What is decided in an area.
pub(crate) enum Decision<'a> {
    /// It decides by itself, and this may still change or not.
    Here(Box<Cow<'a, Assessment>>),
    /// It is a part of this area, over which its votes are summed.
    PartOf(u32),
    /// Nothing can be said: areas in it have ballots of their own, no rule is applied, or figures contradict the arithmetic.
    Unknown,
}

impl<'a> Decision<'a> {
    /// In an area of a contest. That over the whole was computed with the snapshot; an area's costs as much as its stations.
    pub fn of(site: &Site<'a>, contest: u16, area: u32) -> Self {
        let snapshot = &site.snapshot.contests[usize::from(contest)];
        if site.ledger.register().root() == Some(area) {
            let assessment = snapshot.assessment.as_ref();
            return assessment.map_or(Self::Unknown, |it| Self::Here(Box::new(Cow::Borrowed(it))));
        }
        let has_rule = site.ledger.election().contests[usize::from(contest)].rule != RuleName::TotalsOnly;
        match deciding_area(site.ledger, contest, area).filter(|_| has_rule) {
            None => Self::Unknown,
            Some(deciding) if deciding != area => Self::PartOf(deciding),
            Some(_) => prospect_of_area(site.ledger, &snapshot.view, area)
                .map_or(Self::Unknown, |it| Self::Here(Box::new(Cow::Owned(it)))),
        }
    }
}

struct Names<'a> {
    reading: Reading<'a>,
    ballot: &'a Ballot,
}

impl Names<'_> {
    fn of(&self, candidate: usize) -> &str {
        self.ballot.candidates.get(candidate).map_or("–", |candidate| &candidate.name)
    }

    fn list(&self, candidates: &[usize]) -> String {
        candidates.iter().map(|candidate| self.of(*candidate)).collect::<Vec<_>>().join(", ")
    }

    fn say(&self, key: &str) -> String {
        self.reading.t(key).to_owned()
    }

    fn about(&self, key: &str, candidate: usize) -> String {
        self.reading.m(&Message::new(key).with("name", self.of(candidate)))
    }
}

/// An integer that may be negative, for a sentence that says in which direction it counts.
fn size(votes: i64) -> u64 {
    u64::try_from(votes).unwrap_or(0)
}

/// The sentences of a contest.
pub(crate) fn outlook(reading: Reading<'_>, ballot: &Ballot, is_plurality: bool, it: &Assessment) -> Outlook {
    let names = Names { reading, ballot };
    let mut lede = outcome(&names, &it.standing.outcome, is_plurality);
    let voted = !matches!(it.standing.outcome, Outcome::NoVotes);
    if voted && let Some(nearest) = it.swings.iter().min_by_key(|swing| swing.lead) {
        let leads = Message::new("portal.change.leads").with("name", names.of(nearest.leader));
        if nearest.lead > 0 {
            lede.push(reading.m(&leads.with("lead", size(nearest.lead))));
        }
    }
    let outstanding: u64 = it.outstanding.iter().map(|part| part.votes_most).sum();
    let is_run_off = matches!(it.standing.outcome, Outcome::RunOff { .. });
    match (it.can_change.holds, it.can_change.exactness) {
        (false, _) => {
            lede.push(names.say("portal.change.no"));
            if is_run_off {
                lede.push(names.say("portal.change.runoff_certain"));
            }
        }
        (true, Exactness::Exact) => {
            lede.push(reading.m(&Message::new("page.outlook.can_change").with("votes", outstanding)));
        }
        (true, Exactness::Bound) => {
            lede.push(reading.m(&Message::new("page.outlook.may_change").with("votes", outstanding)));
        }
    }
    Outlook { lede, why: it.reasons.iter().filter_map(|reason| why(&names, reason)).collect() }
}

fn outcome(names: &Names<'_>, outcome: &Outcome, is_plurality: bool) -> Vec<String> {
    let reading = names.reading;
    let of_list =
        |key: &str, list: &[usize]| vec![reading.m(&Message::new(key).with("names", names.list(list)))];
    match outcome {
        Outcome::NoVotes => vec![names.say("portal.change.no_votes")],
        Outcome::Elected(candidate) if is_plurality => {
            vec![names.about("portal.change.plurality_leader", *candidate)]
        }
        Outcome::Elected(candidate) => vec![names.about("page.outlook.meets_rule", *candidate)],
        Outcome::Tie(tied) => of_list("page.outlook.tie", tied),
        Outcome::Contradiction(several) => of_list("page.outlook.contradiction", several),
        Outcome::RunOff { first, second } => match (first.as_slice(), second.as_slice()) {
            ([first], [second]) => {
                let words = Message::new("page.outlook.run_off").with("first", names.of(*first));
                vec![reading.m(&words.with("second", names.of(*second)))]
            }
            _ => of_list("page.outlook.run_off_tie", &[first.as_slice(), second.as_slice()].concat()),
        },
    }
}

fn cause_key(cause: Cause) -> &'static str {
    match cause {
        Cause::Missing => "page.outlook.cause_missing",
        Cause::Contested => "page.outlook.cause_contested",
        Cause::Disregarded => "page.outlook.cause_disregarded",
        Cause::Unreadable => "page.outlook.cause_unreadable",
    }
}

/// A reason for the whole contest; those of single candidates are shown in the table of the rule.
fn why(names: &Names<'_>, reason: &Reason) -> Option<String> {
    let reading = names.reading;
    let words = match *reason {
        Reason::NothingOutstanding => Message::new("page.outlook.nothing_outstanding"),
        Reason::Outstanding { cause, stations, votes_most } => {
            Message::new(cause_key(cause)).with("count", stations).with("votes", votes_most)
        }
        Reason::LeadHolds { other, lead, swing } => Message::new("page.outlook.lead_holds")
            .with("name", names.of(other))
            .with("lead", size(lead))
            .with("swing", size(swing)),
        Reason::LeadCanFall { other, lead, swing } => Message::new("page.outlook.lead_can_fall")
            .with("name", names.of(other))
            .with("lead", size(lead))
            .with("swing", size(swing)),
        Reason::VotesCanCome => Message::new("page.outlook.votes_can_come"),
        Reason::CanFail { candidate } => {
            Message::new("page.outlook.can_fail").with("name", names.of(candidate))
        }
        Reason::CanWin { candidate } => {
            Message::new("page.outlook.can_win").with("name", names.of(candidate))
        }
        Reason::NobodyCanWin => Message::new("page.outlook.nobody_can_win"),
        Reason::CanDrawLevel { candidate, other, ahead_most } => Message::new("page.outlook.can_draw_level")
            .with("name", names.of(candidate))
            .with("other", names.of(other))
            .with("votes", size(ahead_most)),
        Reason::CanLeaveFirstTwo { candidate } => {
            Message::new("page.outlook.can_leave").with("name", names.of(candidate))
        }
        Reason::SearchLimit => Message::new("page.outlook.search_limit"),
        Reason::NeverAheadOf { .. }
        | Reason::AlwaysAheadOf { .. }
        | Reason::NotAheadOfAllAtOnce
        | Reason::MajorityOutOfReach { .. }
        | Reason::MajorityCertain { .. }
        | Reason::MajorityUndecided { .. }
        | Reason::SpreadOutOfReach { .. }
        | Reason::SpreadCertain { .. }
        | Reason::SpreadUndecided { .. }
        | Reason::ConditionsNotTogether => return None,
    };
    Some(reading.m(&words))
}
