//! What a unit can hold, in a form that can be optimised: a *plank* (a box of intervals with bounds on its sum; missing
//! and unreadable stations) or a list of versions (contested and disregarded ones), gathered by spread area.
//!
//! All linear questions about one plank have closed forms; they are here. Sums over many planks behave as well as one
//! plank does (they are integral generalised polymatroids), which `placement.rs` and `votes.rs` build on.

use super::contest::{Choices, Contest, Figures, Rule};
use super::error::OutcomeError;

/// Votes of each candidate and the valid votes, wide enough for every sum and product here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version {
    pub(super) votes: Vec<i128>,
    pub(super) valid: i128,
}

impl Version {
    fn of(figures: &Figures) -> Self {
        Self {
            votes: figures.votes.iter().map(|votes| i128::from(*votes)).collect(),
            valid: figures.valid.into(),
        }
    }

    fn add(&mut self, other: &Self) {
        for (mine, theirs) in self.votes.iter_mut().zip(&other.votes) {
            *mine += theirs;
        }
        self.valid += other.valid;
    }
}

/// Integer votes with `low <= votes <= high` and `least <= sum <= most`; never empty.
#[derive(Debug, Clone)]
pub(super) struct Plank {
    pub(super) low: Vec<i128>,
    pub(super) high: Vec<i128>,
    pub(super) least: i128,
    pub(super) most: i128,
    low_sum: i128,
    high_sum: i128,
    valid: Option<i128>,
}

impl Plank {
    fn missing(candidates: usize, most: i128) -> Self {
        let high_sum = most * candidates as i128;
        let (low, high) = (vec![0; candidates], vec![most; candidates]);
        Self { low, high, least: 0, most, low_sum: 0, high_sum, valid: None }
    }

    /// `None` if nothing fits.
    fn open(votes: &[(u64, u64)], sum: (u64, u64), valid: Option<u64>) -> Option<Self> {
        let low: Vec<i128> = votes.iter().map(|interval| interval.0.into()).collect();
        let high: Vec<i128> = votes.iter().map(|interval| interval.1.into()).collect();
        if low.iter().zip(&high).any(|(low, high)| low > high) {
            return None;
        }
        let (low_sum, high_sum): (i128, i128) = (low.iter().sum(), high.iter().sum());
        let (least, most) = (low_sum.max(sum.0.into()), high_sum.min(sum.1.into()));
        let valid = valid.map(i128::from);
        (least <= most).then_some(Self { low, high, least, most, low_sum, high_sum, valid })
    }

    pub(super) fn low_sum(&self) -> i128 {
        self.low_sum
    }

    /// The fewest votes that the candidates together can have.
    pub(super) fn fewest(&self, candidates: &[usize]) -> i128 {
        let low: i128 = candidates.iter().map(|c| self.low[*c]).sum();
        let high: i128 = candidates.iter().map(|c| self.high[*c]).sum();
        low.max(self.least - (self.high_sum - high))
    }

    /// The most votes that the candidates together can have.
    pub(super) fn most(&self, candidates: &[usize]) -> i128 {
        let low: i128 = candidates.iter().map(|c| self.low[*c]).sum();
        let high: i128 = candidates.iter().map(|c| self.high[*c]).sum();
        high.min(self.most - (self.low_sum - low))
    }

    /// The candidate's votes and the valid votes that are best for every share below one at once: one vote more and at
    /// most one valid vote more raise each such margin, so first the most votes, then the fewest for others.
    pub(super) fn best(&self, candidate: usize) -> (i128, i128) {
        let votes = self.most(&[candidate]);
        let others = self.low_sum - self.low[candidate];
        (votes, self.valid.unwrap_or_else(|| self.least.max(votes + others)))
    }

    /// The worst for every share below one at once.
    pub(super) fn worst(&self, candidate: usize) -> (i128, i128) {
        let votes = self.fewest(&[candidate]);
        let others = self.high_sum - self.high[candidate];
        (votes, self.valid.unwrap_or_else(|| self.most.min(votes + others)))
    }

    /// The greatest `ahead − behind`.
    pub(super) fn greatest_difference(&self, ahead: usize, behind: usize) -> i128 {
        let wished = self.high[ahead] + self.low[behind];
        let others_low = self.low_sum - self.low[ahead] - self.low[behind];
        let others_high = self.high_sum - self.high[ahead] - self.high[behind];
        let too_many = (wished + others_low - self.most).max(0);
        let too_few = (self.least - wished - others_high).max(0);
        self.high[ahead] - self.low[behind] - too_many - too_few
    }
}

/// What one unit can be.
#[derive(Debug, Clone)]
pub(super) enum Shape {
    /// Missing: any votes up to so many.
    Missing(i128),
    /// Unreadable.
    Plank(Plank),
    /// Contested or disregarded; without repetition, never empty.
    Versions(Vec<Version>),
}

impl Shape {
    /// The shape of the unit at this place of the list, checked.
    pub(super) fn of(place: usize, choices: &Choices, candidates: usize) -> Result<Self, OutcomeError> {
        let expect = |found: usize| {
            if found == candidates {
                Ok(())
            } else {
                Err(OutcomeError::Boxes { found, expected: candidates })
            }
        };
        match choices {
            Choices::Missing { most } => Ok(Self::Missing((*most).into())),
            Choices::Open { votes, sum, valid } => {
                expect(votes.len())?;
                let plank = Plank::open(votes, *sum, *valid);
                plank.map(Self::Plank).ok_or(OutcomeError::Infeasible { unit: place })
            }
            Choices::OneOf(versions) => {
                versions.iter().try_for_each(|figures| expect(figures.votes.len()))?;
                if versions.is_empty() {
                    return Err(OutcomeError::NoVersion { unit: place });
                }
                let mut versions: Vec<Version> = versions.iter().map(Version::of).collect();
                versions.sort_unstable();
                versions.dedup();
                Ok(Self::Versions(versions))
            }
        }
    }

    /// The greatest `ahead − behind` that the unit allows.
    pub(super) fn greatest_difference(&self, ahead: usize, behind: usize) -> i128 {
        match self {
            Self::Missing(most) => *most,
            Self::Plank(plank) => plank.greatest_difference(ahead, behind),
            Self::Versions(versions) => {
                let differences = versions.iter().map(|v| v.votes[ahead] - v.votes[behind]);
                differences.max().expect("a unit has at least one version")
            }
        }
    }

    /// The most votes that all candidates together can have beyond what stands.
    pub(super) fn votes_most(&self) -> i128 {
        match self {
            Self::Missing(most) => *most,
            Self::Plank(plank) => plank.most - plank.low_sum(),
            Self::Versions(versions) => {
                let sums = versions.iter().map(|version| version.votes.iter().sum::<i128>());
                sums.max().expect("a unit has at least one version")
            }
        }
    }
}

/// All of one spread area, or all that is in none.
#[derive(Debug, Clone)]
pub(super) struct Ground {
    pub(super) base: Version,
    pub(super) planks: Vec<Plank>,
    /// Units of at least two versions.
    pub(super) contested: Vec<Vec<Version>>,
    missing: i128,
}

impl Ground {
    fn empty(candidates: usize) -> Self {
        let base = Version { votes: vec![0; candidates], valid: 0 };
        Self { base, planks: Vec::new(), contested: Vec::new(), missing: 0 }
    }

    fn take(&mut self, shape: &Shape) {
        match shape {
            Shape::Missing(most) => self.missing += most,
            Shape::Plank(plank) => self.planks.push(plank.clone()),
            Shape::Versions(versions) if versions.len() == 1 => self.base.add(&versions[0]),
            Shape::Versions(versions) => self.contested.push(versions.clone()),
        }
    }

    /// Missing stations of one area are worth what one station with the sum of their caps is worth.
    fn fold_missing(&mut self) {
        if self.missing > 0 {
            self.planks.push(Plank::missing(self.base.votes.len(), self.missing));
            self.missing = 0;
        }
    }
}

/// A contest, gathered by ground.
#[derive(Debug, Clone)]
pub(super) struct Reach {
    pub(super) candidates: usize,
    /// One a spread area; none under plurality.
    pub(super) areas: Vec<Ground>,
    /// What counts nationally only.
    pub(super) elsewhere: Ground,
}

impl Reach {
    /// Checks the contest and gathers it; also gives each unit's shape, in order.
    pub(super) fn of(rule: &Rule, contest: &Contest) -> Result<(Self, Vec<Shape>), OutcomeError> {
        let candidates = contest.candidates;
        if candidates == 0 {
            return Err(OutcomeError::NoCandidates);
        }
        let areas = vec![Ground::empty(candidates); rule.area_count()];
        let mut reach = Self { candidates, areas, elsewhere: Ground::empty(candidates) };
        for fixed in &contest.fixed {
            let found = fixed.figures.votes.len();
            if found != candidates {
                return Err(OutcomeError::Boxes { found, expected: candidates });
            }
            reach.ground(rule, fixed.spread_area)?.base.add(&Version::of(&fixed.figures));
        }
        let mut shapes = Vec::with_capacity(contest.units.len());
        for (place, unit) in contest.units.iter().enumerate() {
            let shape = Shape::of(place, &unit.choices, candidates)?;
            reach.ground(rule, unit.spread_area)?.take(&shape);
            shapes.push(shape);
        }
        for ground in reach.areas.iter_mut().chain([&mut reach.elsewhere]) {
            ground.fold_missing();
        }
        Ok((reach, shapes))
    }

    fn ground(&mut self, rule: &Rule, area: Option<u32>) -> Result<&mut Ground, OutcomeError> {
        match (rule, area) {
            (Rule::Plurality { .. }, _) | (_, None) => Ok(&mut self.elsewhere),
            (Rule::MajorityWithSpread { area_count, .. }, Some(area)) => {
                self.areas.get_mut(area as usize).ok_or(OutcomeError::Area { area, area_count: *area_count })
            }
        }
    }

    /// Every ground, areas first.
    pub(super) fn grounds(&self) -> impl Iterator<Item = &Ground> {
        self.areas.iter().chain([&self.elsewhere])
    }
}
