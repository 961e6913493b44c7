//! Puts the answers together: standing, prospects, whether the outcome can change, and the reasons.

use super::contest::{Contest, Rule};
use super::error::OutcomeError;
use super::frontier::{Answer, Budget, Limits};
use super::prospect::{Assessment, Exactness, Flag, Further, Prospect, Reason, SpreadProspect};
use super::reach::Reach;
use super::spread::{SpreadReach, SpreadRule};
use super::standing::{Outcome, Standing};
use super::swing::{narrow, outstanding, swings};
use super::votes::Votes;

/// Who would be elected, and whether that can still change, within the usual limits.
pub fn assess(rule: &Rule, contest: &Contest) -> Result<Assessment, OutcomeError> {
    assess_within(rule, contest, Limits::default())
}

/// The same, within given limits.
pub fn assess_within(rule: &Rule, contest: &Contest, limits: Limits) -> Result<Assessment, OutcomeError> {
    rule.check()?;
    let (reach, shapes) = Reach::of(rule, contest)?;
    let standing = Standing::of(rule, contest)?;
    let budget = Budget::of(limits);
    let votes = Votes::of(&reach, &budget);
    let outstanding = outstanding(contest, &shapes)?;
    let swings = swings(contest, &shapes, &standing)?;
    let each = 0..contest.candidates;
    let prospects: Vec<Prospect> = match *rule {
        Rule::Plurality { .. } => {
            let ties = votes.can_tie_for_first();
            each.map(|c| plurality_prospect(&votes, c, ties[c])).collect::<Result<_, _>>()?
        }
        Rule::MajorityWithSpread { majority, share, areas_at_least, .. } => {
            let rule = SpreadRule { majority, share, areas_at_least };
            each.map(|c| spread_prospect(&reach, &votes, rule, c, &budget)).collect::<Result<_, _>>()?
        }
    };
    let (can_change, mut reasons) = change(&standing.outcome, &votes, &prospects)?;
    if outstanding.is_empty() {
        reasons.push(Reason::NothingOutstanding);
    }
    reasons.extend(outstanding.iter().map(|part| Reason::Outstanding {
        cause: part.cause,
        stations: part.stations,
        votes_most: part.votes_most,
    }));
    reasons.extend(swings.iter().map(|swing| {
        let (other, lead, votes) = (swing.other, swing.lead, swing.votes);
        if swing.can_reach() {
            Reason::LeadCanFall { other, lead, swing: votes }
        } else {
            Reason::LeadHolds { other, lead, swing: votes }
        }
    }));
    Ok(Assessment { standing, can_change, reasons, prospects, swings, outstanding })
}

fn plurality_prospect(
    votes: &Votes<'_>,
    candidate: usize,
    can_tie: Answer,
) -> Result<Prospect, OutcomeError> {
    let can_win = Flag::can(votes.can_lead_alone(candidate));
    let certain_to_win = Flag::exact(!votes.can_fail_to_lead(candidate));
    let can_tie = Flag::can(can_tie);
    let mut reasons = rivals(votes, candidate)?;
    let is_behind = reasons.iter().any(|reason| matches!(reason, Reason::NeverAheadOf { .. }));
    if !can_win.holds && !is_behind {
        reasons.push(Reason::NotAheadOfAllAtOnce);
    }
    tell_limit(&mut reasons, &[can_win, certain_to_win, can_tie]);
    Ok(Prospect { candidate, can_win, certain_to_win, further: Further::Plurality { can_tie }, reasons })
}

fn spread_prospect(
    reach: &Reach,
    votes: &Votes<'_>,
    rule: SpreadRule,
    candidate: usize,
    budget: &Budget,
) -> Result<Prospect, OutcomeError> {
    let spread = SpreadReach::of(reach, rule, candidate, budget);
    let can_win = Flag::can(spread.can_meet);
    let certain_to_win = Flag::exact(spread.must_meet(rule));
    let first_two = SpreadProspect {
        can_be_in_first_two: Flag::can(votes.can_be_in_first_two(candidate)),
        certain_in_first_two: Flag::certain(votes.can_drop_from_first_two(candidate)),
        can_pass_majority: spread.can_pass,
        certain_majority: spread.must_pass,
        areas_least: spread.areas_least,
        areas_most: spread.areas_most,
    };
    let mut reasons = vec![majority_reason(&spread, rule)?, spread_reason(&spread, rule)];
    let can_each = spread.can_pass && spread.areas_most >= rule.areas_at_least;
    if can_each && !can_win.holds {
        reasons.push(Reason::ConditionsNotTogether);
    }
    reasons.extend(rivals(votes, candidate)?);
    tell_limit(&mut reasons, &[can_win, first_two.can_be_in_first_two, first_two.certain_in_first_two]);
    Ok(Prospect { candidate, can_win, certain_to_win, further: Further::Spread(first_two), reasons })
}

fn majority_reason(spread: &SpreadReach, rule: SpreadRule) -> Result<Reason, OutcomeError> {
    let count = |number: i128| u64::try_from(number).map_err(|_| OutcomeError::Overflow);
    let best = (count(spread.best.0)?, count(spread.best.1)?);
    let worst = (count(spread.worst.0)?, count(spread.worst.1)?);
    let majority = rule.majority;
    Ok(if !spread.can_pass {
        Reason::MajorityOutOfReach { votes: best.0, valid: best.1, majority }
    } else if spread.must_pass {
        Reason::MajorityCertain { votes: worst.0, valid: worst.1, majority }
    } else {
        Reason::MajorityUndecided { worst, best, majority }
    })
}

fn spread_reason(spread: &SpreadReach, rule: SpreadRule) -> Reason {
    let (areas_least, areas_most, needed) = (spread.areas_least, spread.areas_most, rule.areas_at_least);
    if areas_most < needed {
        Reason::SpreadOutOfReach { areas_most, needed }
    } else if areas_least >= needed {
        Reason::SpreadCertain { areas_least, needed }
    } else {
        Reason::SpreadUndecided { areas_least, areas_most, needed }
    }
}

/// Against which rivals the order is settled.
fn rivals(votes: &Votes<'_>, candidate: usize) -> Result<Vec<Reason>, OutcomeError> {
    let mut reasons = Vec::new();
    for rival in (0..votes.candidates()).filter(|rival| *rival != candidate) {
        let behind_least = -votes.greatest_difference(candidate, rival);
        let ahead_least = -votes.greatest_difference(rival, candidate);
        if behind_least >= 0 {
            reasons.push(Reason::NeverAheadOf { rival, behind_least: narrow(behind_least)? });
        } else if ahead_least > 0 {
            reasons.push(Reason::AlwaysAheadOf { rival, ahead_least: narrow(ahead_least)? });
        }
    }
    Ok(reasons)
}

fn tell_limit(reasons: &mut Vec<Reason>, flags: &[Flag]) {
    if flags.iter().any(|flag| flag.exactness == Exactness::Bound) {
        reasons.push(Reason::SearchLimit);
    }
}

/// Whether some completion has another outcome. Each case is a union of single questions, so it is as exact as they.
fn change(
    outcome: &Outcome,
    votes: &Votes<'_>,
    prospects: &[Prospect],
) -> Result<(Flag, Vec<Reason>), OutcomeError> {
    let mut ways = Ways::default();
    match outcome {
        Outcome::NoVotes => ways.add(Answer::is(votes.can_have_votes()), Reason::VotesCanCome),
        Outcome::Tie(tied) => tie_changes(tied, votes, &mut ways)?,
        Outcome::Elected(_) | Outcome::Contradiction(_) => {
            let elected: &[usize] = match outcome {
                Outcome::Elected(candidate) => std::slice::from_ref(candidate),
                Outcome::Contradiction(several) => several,
                _ => &[],
            };
            for Prospect { candidate, can_win, certain_to_win, .. } in prospects {
                let candidate = *candidate;
                if elected.contains(&candidate) {
                    ways.add(Answer::is(!certain_to_win.holds), Reason::CanFail { candidate });
                } else {
                    ways.add(as_answer(*can_win), Reason::CanWin { candidate });
                }
            }
        }
        Outcome::RunOff { first, second } => {
            for Prospect { candidate, can_win, .. } in prospects {
                ways.add(as_answer(*can_win), Reason::CanWin { candidate: *candidate });
            }
            if prospects.iter().all(|prospect| !prospect.can_win.holds) {
                ways.reasons.push(Reason::NobodyCanWin);
            }
            let pair: Vec<usize> = first.iter().chain(second).copied().collect();
            run_off_changes(&pair, votes, prospects, &mut ways)?;
        }
    }
    let flag = Flag::can(ways.answer());
    tell_limit(&mut ways.reasons, &[flag]);
    Ok((flag, ways.reasons))
}

/// The ways in which the outcome can change.
#[derive(Default)]
struct Ways {
    answers: Vec<Answer>,
    reasons: Vec<Reason>,
}

impl Ways {
    fn add(&mut self, answer: Answer, reason: Reason) {
        if answer != Answer::No {
            self.reasons.push(reason);
        }
        self.answers.push(answer);
    }

    fn answer(&self) -> Answer {
        Answer::any(self.answers.iter().copied())
    }
}

fn as_answer(can: Flag) -> Answer {
    match can.exactness {
        Exactness::Exact => Answer::is(can.holds),
        Exactness::Bound => Answer::Open,
    }
}

/// A tie stays only if those tied are level in every completion and everybody else stays behind.
fn tie_changes(tied: &[usize], votes: &Votes<'_>, ways: &mut Ways) -> Result<(), OutcomeError> {
    let one = tied[0];
    for candidate in 0..votes.candidates() {
        let ahead_most = votes.greatest_difference(candidate, one);
        if tied.contains(&candidate) {
            let behind_most = votes.greatest_difference(one, candidate);
            ways.add(Answer::is(ahead_most != 0 || behind_most != 0), Reason::CanFail { candidate });
        } else if ahead_most >= 0 {
            let ahead_most = narrow(ahead_most)?;
            ways.add(Answer::Yes, Reason::CanDrawLevel { candidate, other: one, ahead_most });
        }
    }
    Ok(())
}

/// Somebody outside is level with somebody within exactly if the first two are not the same; where more than two are
/// tied, one of them can also fall behind two others of them.
fn run_off_changes(
    within: &[usize],
    votes: &Votes<'_>,
    prospects: &[Prospect],
    ways: &mut Ways,
) -> Result<(), OutcomeError> {
    for candidate in (0..votes.candidates()).filter(|candidate| !within.contains(candidate)) {
        for other in within {
            let ahead_most = votes.greatest_difference(candidate, *other);
            if ahead_most >= 0 {
                let ahead_most = narrow(ahead_most)?;
                ways.add(Answer::Yes, Reason::CanDrawLevel { candidate, other: *other, ahead_most });
            }
        }
    }
    if within.len() > 2 {
        for candidate in within {
            if let Further::Spread(spread) = &prospects[*candidate].further {
                let certain = spread.certain_in_first_two;
                let can_leave = match certain.exactness {
                    Exactness::Exact => Answer::is(!certain.holds),
                    Exactness::Bound => Answer::Open,
                };
                ways.add(can_leave, Reason::CanLeaveFirstTwo { candidate: *candidate });
            }
        }
    }
    Ok(())
}
