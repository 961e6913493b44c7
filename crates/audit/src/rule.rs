//! The assertions of each decision rule: if all of them are true, so is the reported outcome.
//!
//! Each is tested at the whole risk limit. An outcome is wrong only if one of its assertions is false, and that one is confirmed
//! with at most the risk limit, whatever the others do: nothing is added up. This holds only for assertions that were chosen before the
//! seed; areas chosen after the count, among those that came out well, would multiply the risk.

use crate::{Assertion, Claim, Contest, Share};
use std::collections::BTreeSet;

/// A decision rule that asks for shares: more than `half` of the whole, and at least `spread` in enough areas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpreadRule {
    /// The share of the whole that must be passed: one half.
    pub half: Share,
    /// The share that must be reached in an area: one quarter.
    pub spread: Share,
    /// In how many areas: 24 of 47.
    pub areas: usize,
}

/// An outcome that cannot be turned into assertions which the reported figures bear out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// A candidate whom the contest does not have, or the same twice.
    #[error("candidate {} is not one of the contest, or named twice", .0 + 1)]
    Candidate(usize),
    /// Not enough areas where the reported share is above the threshold.
    #[error(
        "{above} areas are reported above {share}, {needed} are needed; at exactly {share}: {exact:?}. \
         An audit can confirm only more than {share}: count the paper of those areas by hand in full"
    )]
    TooFewAreas {
        /// The threshold.
        share: Share,
        /// How many areas the rule asks for.
        needed: usize,
        /// How many are reported above it.
        above: usize,
        /// Areas that are reported at exactly the threshold.
        exact: Vec<String>,
    },
    /// The list of areas has another length than the rule asks for, or names one twice or one that is not there.
    #[error("the list of areas must name {needed} different areas of the contest, found {found:?}")]
    AreaList {
        /// How many areas the rule asks for.
        needed: usize,
        /// What was listed.
        found: Vec<String>,
    },
    /// A finalist for whom neither the whole nor the areas say that he was not elected at once.
    #[error(
        "candidate {} is reported to meet the rule or to stand exactly on it, so a run-off cannot be confirmed", .0 + 1
    )]
    MeetsRule(usize),
}

/// Who has the most votes, alone: the winner beats every other.
pub fn plurality(contest: &Contest, winner: usize) -> Result<Vec<Assertion>, RuleError> {
    known(contest, &[winner])?;
    Ok(beats_all(contest, winner, &[winner]))
}

/// Who has more than a share of the valid votes.
pub fn majority(contest: &Contest, winner: usize, share: Share) -> Result<Vec<Assertion>, RuleError> {
    known(contest, &[winner])?;
    Ok(vec![Assertion::of_whole(Claim::MoreThan { candidate: winner, share })])
}

/// Who has more than half, and more than the spread's share in each area of `list`, which was fixed before the seed.
pub fn majority_with_spread(
    contest: &Contest,
    winner: usize,
    rule: SpreadRule,
    list: &[String],
) -> Result<Vec<Assertion>, RuleError> {
    let mut assertions = majority(contest, winner, rule.half)?;
    check_list(contest, rule.areas, list)?;
    let claim = Claim::MoreThan { candidate: winner, share: rule.spread };
    assertions.extend(list.iter().map(|area| Assertion::of_area(claim, area)));
    Ok(assertions)
}

/// The areas that an audit confirms most easily: those with the most votes above the threshold. Ascending by name.
pub fn areas_for_spread(
    contest: &Contest,
    winner: usize,
    rule: SpreadRule,
) -> Result<Vec<String>, RuleError> {
    let claim = Claim::MoreThan { candidate: winner, share: rule.spread };
    best_areas(contest, claim, rule.spread, rule.areas)
}

/// Two go to a second round: they beat every other, and neither met the rule. `spread` is none where half alone elects.
///
/// That somebody has no majority is one assertion; where a finalist has one, it takes areas below the share, one more than the
/// rule can spare. All others are beaten by a finalist, so none of them has half; where less than half elects, they are asserted too.
pub fn run_off(
    contest: &Contest,
    finalists: [usize; 2],
    half: Share,
    spread: Option<SpreadRule>,
) -> Result<Vec<Assertion>, RuleError> {
    known(contest, &finalists)?;
    if finalists[0] == finalists[1] {
        return Err(RuleError::Candidate(finalists[1]));
    }
    let mut assertions = Vec::new();
    let half_or_more = 2 * u64::from(half.numerator()) >= u64::from(half.denominator());
    for candidate in
        (0..contest.candidates()).filter(|candidate| !half_or_more || finalists.contains(candidate))
    {
        let below_half = Assertion::of_whole(Claim::LessThan { candidate, share: half });
        if below_half.reported_margin(contest) > 0 {
            assertions.push(below_half);
        } else {
            assertions.extend(areas_below(contest, candidate, spread)?);
        }
    }
    for finalist in finalists {
        assertions.extend(beats_all(contest, finalist, &finalists));
    }
    Ok(assertions)
}

/// So many areas below the share that too few are left to meet the rule.
fn areas_below(
    contest: &Contest,
    candidate: usize,
    spread: Option<SpreadRule>,
) -> Result<Vec<Assertion>, RuleError> {
    let rule = spread.ok_or(RuleError::MeetsRule(candidate))?;
    let claim = Claim::LessThan { candidate, share: rule.spread };
    // An area whose ballots are all in no batch is one in which the share may have been met.
    let mut there: BTreeSet<&str> = contest.areas().into_iter().collect();
    there.extend(contest.unaudited_areas());
    let needed = (there.len() + 1).saturating_sub(rule.areas);
    let areas =
        best_areas(contest, claim, rule.spread, needed).map_err(|_| RuleError::MeetsRule(candidate))?;
    Ok(areas.iter().map(|area| Assertion::of_area(claim, area)).collect())
}

fn best_areas(
    contest: &Contest,
    claim: Claim,
    share: Share,
    needed: usize,
) -> Result<Vec<String>, RuleError> {
    let margin = |area: &&str| Assertion::of_area(claim, area).reported_margin(contest);
    let margins: Vec<(i128, &str)> = contest.areas().iter().map(|area| (margin(area), *area)).collect();
    let mut above: Vec<(i128, &str)> = margins.iter().copied().filter(|(margin, _)| *margin > 0).collect();
    if above.len() < needed {
        let exact = margins.iter().filter(|(margin, _)| *margin == 0).map(|(_, area)| (*area).to_owned());
        return Err(RuleError::TooFewAreas { share, needed, above: above.len(), exact: exact.collect() });
    }
    above.sort_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(other.1)));
    above.truncate(needed);
    let mut areas: Vec<String> = above.into_iter().map(|(_, area)| area.to_owned()).collect();
    areas.sort_unstable();
    Ok(areas)
}

fn beats_all(contest: &Contest, winner: usize, without: &[usize]) -> Vec<Assertion> {
    let losers = (0..contest.candidates()).filter(|candidate| !without.contains(candidate));
    losers.map(|loser| Assertion::of_whole(Claim::Beats { winner, loser })).collect()
}

fn known(contest: &Contest, candidates: &[usize]) -> Result<(), RuleError> {
    let unknown = candidates.iter().find(|candidate| **candidate >= contest.candidates());
    unknown.map_or(Ok(()), |candidate| Err(RuleError::Candidate(*candidate)))
}

fn check_list(contest: &Contest, needed: usize, list: &[String]) -> Result<(), RuleError> {
    let areas = contest.areas();
    let mut different: Vec<&str> = list.iter().map(String::as_str).collect();
    different.sort_unstable();
    different.dedup();
    let all_known = different.iter().all(|area| areas.binary_search(area).is_ok());
    if different.len() != list.len() || list.len() != needed || !all_known {
        return Err(RuleError::AreaList { needed, found: list.to_vec() });
    }
    Ok(())
}
