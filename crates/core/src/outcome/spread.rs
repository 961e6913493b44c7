//! Majority with spread: whether a candidate can, and must, pass the majority and reach the share in enough areas.
//!
//! Failing is easy: one condition fails, and each is a sum of independent extremes. Meeting both is not: the version
//! of a contested station that helps the share in its area can cost the national majority (a reinstated station where
//! the candidate has a third of the votes does). So each area is asked what the share costs there in national margin,
//! and the cheapest areas are forced.

use super::contest::Fraction;
use super::frontier::{Answer, Budget, Wanted, frontier};
use super::parts::{Parts, Versions};
use super::reach::{Ground, Reach};

/// The rule's numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct SpreadRule {
    pub(super) majority: Fraction,
    pub(super) share: Fraction,
    pub(super) areas_at_least: u32,
}

/// What one candidate can reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SpreadReach {
    /// Votes and valid votes where the majority's margin is greatest, and whether it is then passed.
    pub(super) best: (i128, i128),
    pub(super) can_pass: bool,
    /// Votes and valid votes where the margin is least, and whether the majority is passed even then.
    pub(super) worst: (i128, i128),
    pub(super) must_pass: bool,
    /// In how few and how many areas the share can be reached.
    pub(super) areas_least: u32,
    pub(super) areas_most: u32,
    /// Whether both conditions can be met at once.
    pub(super) can_meet: Answer,
}

impl SpreadReach {
    /// Whether both conditions are met in every completion.
    pub(super) fn must_meet(&self, rule: SpreadRule) -> bool {
        self.must_pass && self.areas_least >= rule.areas_at_least
    }

    pub(super) fn of(reach: &Reach, rule: SpreadRule, candidate: usize, budget: &Budget) -> Self {
        let areas: Vec<AreaReach> =
            reach.areas.iter().map(|ground| AreaReach::of(ground, rule, candidate)).collect();
        let elsewhere = AreaReach::of(&reach.elsewhere, rule, candidate);
        let all = || areas.iter().chain([&elsewhere]);
        let best = all().fold((0, 0), |sum, area| (sum.0 + area.best.0, sum.1 + area.best.1));
        let worst = all().fold((0, 0), |sum, area| (sum.0 + area.worst.0, sum.1 + area.worst.1));
        let margin = rule.majority.margin(best.0, best.1);
        let areas_most = areas.iter().filter(|area| area.can_reach).count();
        let can_meet = if margin <= 0 || areas_most < rule.areas_at_least as usize {
            Answer::No
        } else {
            can_meet(&areas, rule, margin, budget)
        };
        Self {
            best,
            can_pass: margin > 0,
            worst,
            must_pass: rule.majority.margin(worst.0, worst.1) > 0,
            areas_least: areas.iter().filter(|area| !area.can_miss).count() as u32,
            areas_most: areas_most as u32,
            can_meet,
        }
    }
}

/// Whether the margin survives forcing the share in the areas where that costs least.
fn can_meet(areas: &[AreaReach], rule: SpreadRule, margin: i128, budget: &Budget) -> Answer {
    let needed = rule.areas_at_least as usize;
    let cheapest = |mut costs: Vec<i128>| {
        costs.sort_unstable();
        (costs.len() >= needed).then(|| margin - costs.iter().take(needed).sum::<i128>())
    };
    let reachable = || areas.iter().filter(|area| area.can_reach);
    let guessed: Vec<i128> = reachable().filter_map(AreaReach::guessed_cost).collect();
    if cheapest(guessed).is_some_and(|margin| margin > 0) {
        return Answer::Yes;
    }
    let exact: Vec<Option<i128>> = reachable().map(|area| area.cost(budget)).collect();
    // An area whose search passed its limit may cost nothing: sound, and told.
    let at_least = exact.iter().map(|cost| cost.unwrap_or(0)).collect();
    if cheapest(at_least).is_none_or(|margin| margin <= 0) {
        return Answer::No;
    }
    let known = exact.into_iter().flatten().collect();
    if cheapest(known).is_some_and(|margin| margin > 0) { Answer::Yes } else { Answer::Open }
}

/// One candidate in one area. Margins are of the national majority and of the area's share.
struct AreaReach {
    /// Votes and valid votes at the greatest national margin.
    best: (i128, i128),
    /// At the least national margin.
    worst: (i128, i128),
    can_reach: bool,
    can_miss: bool,
    /// National margin, share margin and votes of what is certain and of the planks at their best.
    base: [i128; 3],
    /// The same of each version of each contested unit.
    contested: Parts,
}

impl AreaReach {
    fn of(ground: &Ground, rule: SpreadRule, candidate: usize) -> Self {
        let margins =
            |(votes, valid)| [rule.majority.margin(votes, valid), rule.share.margin(votes, valid), votes];
        let mut best = (ground.base.votes[candidate], ground.base.valid);
        let mut worst = best;
        for plank in &ground.planks {
            let (high, low) = (plank.best(candidate), plank.worst(candidate));
            best = (best.0 + high.0, best.1 + high.1);
            worst = (worst.0 + low.0, worst.1 + low.1);
        }
        let base = margins(best);
        let (mut share_most, mut votes_at_share_most) = (base[1], base[2]);
        let [_, mut share_least, mut votes_least] = margins(worst);
        let mut contested = Parts::new(3);
        for versions in &ground.contested {
            let points = || versions.iter().map(|version| (version.votes[candidate], version.valid));
            let high = points().max_by_key(|point| margins(*point)).unwrap_or_default();
            let low = points().min_by_key(|point| margins(*point)).unwrap_or_default();
            best = (best.0 + high.0, best.1 + high.1);
            worst = (worst.0 + low.0, worst.1 + low.1);
            let (share, votes) = points().map(|point| (margins(point)[1], point.0)).max().unwrap_or_default();
            share_most += share;
            votes_at_share_most += votes;
            share_least += points().map(|point| margins(point)[1]).min().unwrap_or(0);
            votes_least += points().map(|point| point.0).min().unwrap_or(0);
            contested.push(points().flat_map(margins));
        }
        Self {
            best,
            worst,
            can_reach: share_most >= 0 && votes_at_share_most > 0,
            can_miss: share_least < 0 || votes_least <= 0,
            base,
            contested,
        }
    }

    /// The greatest national margin that contested units add, whatever becomes of the share.
    fn free(&self) -> i128 {
        let most = |unit: Versions<'_>| unit.iter().map(|version| version[0]).max().unwrap_or(0);
        self.contested.units().map(most).sum()
    }

    /// A choice that reaches the share, and what it costs; not always the cheapest. `None` if it found none.
    fn guessed_cost(&self) -> Option<i128> {
        let (mut share, mut votes, mut cost) = (self.base[1], self.base[2], 0);
        let mut changes = Vec::new();
        for (at, unit) in self.contested.units().enumerate() {
            let best = unit.iter().max()?;
            share += best[1];
            votes += best[2];
            let gains = unit.iter().filter(|version| version[1] > best[1]);
            changes.extend(gains.map(|version| {
                let (loss, gain) = (best[0] - version[0], version[1] - best[1]);
                // Rounding only changes the order in which changes are tried.
                (loss.saturating_mul(1 << 20) / gain, at, loss, gain, version[2] - best[2])
            }));
        }
        // The least national margin per share margin first, once a unit.
        changes.sort_unstable();
        let mut changed = std::collections::BTreeSet::new();
        for (_, at, loss, gain, votes_gained) in changes {
            if share >= 0 {
                break;
            }
            if changed.insert(at) {
                share += gain;
                votes += votes_gained;
                cost += loss;
            }
        }
        (share >= 0 && votes > 0).then_some(cost)
    }

    /// The least national margin that reaching the share costs here. `None` if the search passes its limit.
    /// Only asked where the share can be reached.
    fn cost(&self, budget: &Budget) -> Option<i128> {
        if self.guessed_cost() == Some(0) {
            return Some(0);
        }
        let [_, share, votes] = self.base;
        let wanted = [
            Wanted::Most,
            Wanted::More { floor: -share, cap: -share },
            Wanted::More { floor: 1 - votes, cap: 1 - votes },
        ];
        let sums = frontier(&self.contested, &wanted, budget)?;
        let most = sums.iter().map(|sum| sum[0]).max().expect("the share can be reached here");
        Some(self.free() - most)
    }
}
