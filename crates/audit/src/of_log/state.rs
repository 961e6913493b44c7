//! Where an audit stands, as of a place in the log.

use super::draft::spread_level;
use crate::batch::{Counts, MeasureError, Method, Plan, PlanError, Progress, Terms};
use crate::contest::ContestError;
use crate::rule::{self, RuleError, SpreadRule};
use crate::sample::{DiceSeed, SeedError};
use crate::{Assertion, Batch, Contest, Share, ShareError, Tally};
use hakiki_core::Ledger;
use hakiki_core::kinds::{AuditMethod, AuditOutcome, RuleName};
use hakiki_core::ledger::{AuditPlanEntry, BatchRow};
use std::collections::{BTreeMap, BTreeSet};

/// An audit: what follows from its plan, its seed and its counts.
#[derive(Debug, Clone)]
pub struct Audit {
    /// Assertions, weights, margins.
    pub plan: Plan,
    /// Risk limit and method.
    pub terms: Terms,
    /// The seed, once its record stands.
    pub seed: Option<DiceSeed>,
    /// The counts by hand that measure; those of [`Broken`] are not among them.
    pub counts: Counts,
    /// Stations that were counted and not drawn so far: shown, and measured only where every station of an assertion is counted.
    pub not_drawn: Vec<String>,
    /// Where the audit stands, or that its plan does not hold.
    pub progress: Result<Progress, Broken>,
}

/// The plan does not hold: more ballots were found than a batch could have. Nothing that was computed from its bounds says anything, and
/// the paper is to be counted in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Each such station, with the count and its bound.
    pub stations: Vec<(String, u64, u64)>,
}

/// A plan that no sample follows from.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuditError {
    /// The contest's rule has no such outcome.
    #[error("the rule {0} has no outcome that is called {1}")]
    NoOutcome(&'static str, &'static str),
    /// Ballots in no batch, of an area that holds several areas of the rule's spread: it is not known in which they are.
    #[error(
        "ballots outside of every batch are given for {0}, which is no area of the rule's level and lies in none"
    )]
    Outside(String),
    /// A share that is none.
    #[error(transparent)]
    Share(#[from] ShareError),
    /// The table is no contest.
    #[error(transparent)]
    Contest(#[from] ContestError),
    /// The outcome is not one of the reported figures.
    #[error(transparent)]
    Rule(#[from] RuleError),
    /// The reported figures do not bear the outcome out.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The digits are no seed.
    #[error(transparent)]
    Seed(#[from] SeedError),
    /// Counts that cannot be measured.
    #[error(transparent)]
    Measure(#[from] MeasureError),
}

impl AuditError {
    /// One word for each reason, as the canonical text has it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::NoOutcome(..) => "outcome",
            Self::Outside(_) => "outside",
            Self::Share(_) | Self::Seed(_) => "form",
            Self::Contest(_) => "table",
            Self::Rule(_) => "areas",
            Self::Plan(PlanError::NeverConfirms { .. }) => "margin",
            Self::Plan(_) => "weights",
            Self::Measure(_) => "counts",
        }
    }
}

impl Audit {
    /// The audit of a plan as of a size of the log.
    pub fn new(ledger: &Ledger, entry: &AuditPlanEntry, as_of: u64) -> Result<Self, AuditError> {
        let contest = contest_of(ledger, &entry.batches)?.with_unaudited(outside(ledger, entry)?);
        let assertions = assertions(ledger, entry, &contest)?;
        let plan = Plan::new(contest, assertions)?;
        let terms = Terms { risk_limit: share(entry.plan.risk_limit)?, method: method(entry)? };
        let seed = entry.seed_as_of(as_of).map(|seed| DiceSeed::new(&seed.seed.digits)).transpose()?;
        let mut counts = Counts::new();
        let mut broken = Broken { stations: Vec::new() };
        for batch in &entry.batches {
            let Some(count) = entry.count_of(batch.station, as_of) else { continue };
            let code = ledger.register().stations()[batch.station as usize].code.to_string();
            let tally = Tally::of_votes(count.count.votes.values().map(|votes| u64::from(*votes)).collect());
            if tally.valid > batch.bound {
                broken.stations.push((code, tally.valid, batch.bound));
            } else {
                counts.insert(code, tally);
            }
        }
        let progress = if broken.stations.is_empty() {
            Ok(plan.progress(terms, seed.as_ref(), &counts)?)
        } else {
            Err(broken)
        };
        let not_drawn = not_drawn(&plan, &progress, &counts);
        Ok(Self { plan, terms, seed, counts, not_drawn, progress })
    }
}

fn not_drawn(plan: &Plan, progress: &Result<Progress, Broken>, counts: &Counts) -> Vec<String> {
    let Ok(progress) = progress else { return Vec::new() };
    let batches = plan.contest().batches();
    let drawn: BTreeSet<&str> = progress.draws.iter().map(|draw| batches[draw.item].code.as_str()).collect();
    counts.keys().filter(|code| !drawn.contains(code.as_str())).cloned().collect()
}

fn share((numerator, denominator): (u32, u32)) -> Result<Share, ShareError> {
    Share::new(numerator, denominator)
}

fn method(entry: &AuditPlanEntry) -> Result<Method, AuditError> {
    let plan = &entry.plan;
    // Admission saw to it that each method has its lines.
    Ok(match (plan.method, plan.stake, plan.expected) {
        (AuditMethod::Betting, Some(stake), _) => Method::Betting(share(stake)?),
        (AuditMethod::Alpha, _, Some((expected, weight))) => {
            Method::Alpha { expected: share(expected)?, weight }
        }
        _ => Method::KaplanMarkov,
    })
}

/// What was reported, as a table of batches says it.
fn contest_of(ledger: &Ledger, rows: &[BatchRow]) -> Result<Contest, ContestError> {
    let stations = ledger.register().stations();
    let batch = |row: &BatchRow| Batch {
        code: stations[row.station as usize].code.to_string(),
        area: row.area.as_deref().unwrap_or_default().to_owned(),
        reported: Tally { votes: row.votes.to_vec(), valid: row.valid },
        bound: row.bound,
    };
    let candidates = rows.first().map_or(0, |row| row.votes.len());
    Contest::new(candidates, rows.iter().map(batch).collect())
}

/// Ballots that are in no batch, by area of the rule's spread: an area below one counts for it. Where the rule asks for no share they count
/// for the whole alone.
fn outside(ledger: &Ledger, entry: &AuditPlanEntry) -> Result<BTreeMap<String, u64>, AuditError> {
    let register = ledger.register();
    let level = spread_level(ledger, entry.contest);
    let mut by_area: BTreeMap<String, u64> = BTreeMap::new();
    for (code, ballots) in &entry.plan.outside {
        let of_spread = |level: u32| {
            let area = register.area(code)?;
            let area = register.path(area).map(|area| &register.areas()[area as usize]);
            area.into_iter().find(|area| area.level == level).map(|area| area.code.to_string())
        };
        let key = match level {
            Some(level) => of_spread(level).ok_or_else(|| AuditError::Outside(code.clone()))?,
            None => code.clone(),
        };
        *by_area.entry(key).or_default() += u64::from(*ballots);
    }
    Ok(by_area)
}

/// What must be true for the outcome of the plan to stand, under the contest's rule.
fn assertions(
    ledger: &Ledger,
    entry: &AuditPlanEntry,
    contest: &Contest,
) -> Result<Vec<Assertion>, AuditError> {
    let of_election = &ledger.election().contests[usize::from(entry.contest)];
    let ballot = ledger.register().ballot_for_area(entry.contest, entry.area);
    let numbers: Vec<u32> =
        ballot.iter().flat_map(|ballot| ballot.candidates.iter().map(|c| c.number)).collect();
    let of_plan: Vec<usize> =
        (0..numbers.len()).filter(|at| entry.plan.candidates.contains(&numbers[*at])).collect();
    let spread = spread_rule(ledger, entry.contest)?;
    let no_outcome = || AuditError::NoOutcome(of_election.rule.as_str(), entry.plan.outcome.as_str());
    let list: Vec<String> = entry.plan.spread_areas.iter().cloned().collect();
    match (of_election.rule, entry.plan.outcome, &of_plan[..]) {
        (RuleName::Plurality, AuditOutcome::Elected, [winner]) => Ok(rule::plurality(contest, *winner)?),
        (RuleName::MajorityWithSpread, AuditOutcome::Elected, [winner]) => {
            let spread = spread.ok_or_else(no_outcome)?;
            Ok(rule::majority_with_spread(contest, *winner, spread, &list)?)
        }
        (RuleName::MajorityWithSpread, AuditOutcome::RunOff, [first, second]) => {
            let spread = spread.ok_or_else(no_outcome)?;
            Ok(rule::run_off(contest, [*first, *second], spread.half, Some(spread))?)
        }
        _ => Err(no_outcome()),
    }
}

/// The areas of a rule with a spread that an audit confirms most easily for this winner (a place on the ballot); none where the rule asks
/// for no share. They are fixed in the plan, before the seed.
pub fn spread_areas(
    ledger: &Ledger,
    contest: u16,
    rows: &[BatchRow],
    winner: usize,
) -> Result<Vec<String>, AuditError> {
    let Some(spread) = spread_rule(ledger, contest)? else { return Ok(Vec::new()) };
    let contest = contest_of(ledger, rows)?;
    Ok(rule::areas_for_spread(&contest, winner, spread)?)
}

fn spread_rule(ledger: &Ledger, contest: u16) -> Result<Option<SpreadRule>, ShareError> {
    let spread = ledger.election().contests[usize::from(contest)].spread.as_ref();
    spread
        .map(|spread| {
            let areas = spread.areas_at_least as usize;
            Ok(SpreadRule { half: share(spread.majority)?, spread: share(spread.share)?, areas })
        })
        .transpose()
}
