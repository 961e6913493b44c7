//! Choosing one version of each contested unit so that several sums are large enough at once.
//!
//! That is a knapsack with choices, so in the worst case it is hard. In elections it is not: most sums are either out
//! of reach or safe whatever is chosen. Three steps: what is impossible sum by sum; a guess that is checked; and the
//! frontier of all sums that are not worse than another one in everything, without those that can no longer succeed
//! and without the difference between those that can no longer fail. Only the last can pass its limit.

use std::cell::Cell;

use super::guess::guess;
use super::parts::{Parts, Versions, extremes};

/// How hard a contest is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Comparisons of two sums, in all questions of one assessment; one question takes an eighth at most.
    pub comparisons: u64,
}

impl Default for Limits {
    /// Some hundredths of a second: a million comparisons of a few numbers at some 20 ns.
    fn default() -> Self {
        Self { comparisons: 1_000_000 }
    }
}

/// What is left of the limits.
#[derive(Debug)]
pub(super) struct Budget {
    left: Cell<u64>,
    question: u64,
}

impl Budget {
    pub(super) fn of(limits: Limits) -> Self {
        Self { left: Cell::new(limits.comparisons), question: limits.comparisons / 8 }
    }
}

/// Whether something holds in some completion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Yes,
    No,
    /// The search passed its limit.
    Open,
}

impl Answer {
    /// "Any of": stops at the first yes.
    pub(super) fn any(answers: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Self::No;
        for answer in answers {
            match answer {
                Self::Yes => return Self::Yes,
                Self::Open => all = Self::Open,
                Self::No => {}
            }
        }
        all
    }

    pub(super) fn is(condition: bool) -> Self {
        if condition { Self::Yes } else { Self::No }
    }
}

/// What is wanted of one sum.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wanted {
    /// More is better; below `floor` all is lost; at `cap` and above nothing more is gained.
    More { floor: i128, cap: i128 },
    /// As much as possible, without end.
    Most,
    /// Neither more nor less is better; outside of the two all is lost.
    Within { floor: i128, ceiling: i128 },
}

/// Whether some choice passes `is_met`, which must not fall when a sum that is wanted rises.
pub(super) fn decide(
    parts: &Parts,
    wanted: &[Wanted],
    budget: &Budget,
    is_met: impl Fn(&[i128]) -> bool,
) -> Answer {
    if parts.is_empty() {
        return Answer::is(is_met(&vec![0; wanted.len()]));
    }
    let (fewest, most) = extremes(parts.units(), wanted.len());
    if is_lost(wanted, &vec![0; wanted.len()], &fewest, &most) {
        return Answer::No;
    }
    if guess(parts, wanted, &fewest, &is_met) {
        return Answer::Yes;
    }
    match frontier(parts, wanted, budget) {
        Some(sums) => Answer::is(sums.iter().any(|sum| is_met(sum))),
        None => Answer::Open,
    }
}

/// The sums that can be chosen, without those that are worse in everything. `None` if the limit is passed.
pub(super) fn frontier(parts: &Parts, wanted: &[Wanted], budget: &Budget) -> Option<Vec<Vec<i128>>> {
    let allowed = budget.question.min(budget.left.get());
    let mut left = allowed;
    let sums = search(parts, wanted, &mut left);
    budget.left.set(budget.left.get() - allowed + left);
    sums
}

fn search(parts: &Parts, wanted: &[Wanted], left: &mut u64) -> Option<Vec<Vec<i128>>> {
    let mut order: Vec<Versions<'_>> = parts.units().collect();
    // The widest first: then what is left is soon too little to matter.
    order.sort_by_cached_key(|unit| std::cmp::Reverse(unit.width()));
    let (mut fewest, mut most) = extremes(parts.units(), wanted.len());
    let mut sums = vec![vec![0; wanted.len()]];
    for unit in order {
        let (unit_fewest, unit_most) = extremes([unit], wanted.len());
        for at in 0..wanted.len() {
            fewest[at] -= unit_fewest[at];
            most[at] -= unit_most[at];
        }
        spend(left, sums.len() * unit.count())?;
        let mut grown: Vec<Vec<i128>> = Vec::with_capacity(sums.len() * unit.count());
        for (sum, version) in sums.iter().flat_map(|sum| unit.iter().map(move |version| (sum, version))) {
            let mut sum: Vec<i128> = sum.iter().zip(version).map(|(sum, part)| sum + part).collect();
            if is_lost(wanted, &sum, &fewest, &most) {
                continue;
            }
            for (at, wanted) in wanted.iter().enumerate() {
                if let Wanted::More { cap, .. } = wanted {
                    sum[at] = sum[at].min(cap - fewest[at]);
                }
            }
            grown.push(sum);
        }
        sums = undominated(grown, wanted, left)?;
    }
    Some(sums)
}

/// `None`, and nothing left, if there is not as much.
fn spend(left: &mut u64, comparisons: usize) -> Option<()> {
    let rest = left.checked_sub(comparisons as u64);
    *left = rest.unwrap_or(0);
    rest.map(|_| ())
}

fn undominated(mut sums: Vec<Vec<i128>>, wanted: &[Wanted], left: &mut u64) -> Option<Vec<Vec<i128>>> {
    sums.sort_unstable_by(|a, b| b.cmp(a));
    sums.dedup();
    let mut kept: Vec<Vec<i128>> = Vec::new();
    for sum in sums {
        let is_worse = |than: &Vec<i128>| {
            wanted.iter().enumerate().all(|(at, wanted)| match wanted {
                Wanted::Within { .. } => sum[at] == than[at],
                Wanted::More { .. } | Wanted::Most => sum[at] <= than[at],
            })
        };
        let compared = kept.iter().rev().position(is_worse);
        spend(left, compared.unwrap_or(kept.len()) + 1)?;
        if compared.is_none() {
            kept.push(sum);
        }
    }
    Some(kept)
}

/// Whether no rest can repair the sum.
fn is_lost(wanted: &[Wanted], sum: &[i128], fewest: &[i128], most: &[i128]) -> bool {
    wanted.iter().enumerate().any(|(at, wanted)| match wanted {
        Wanted::Most => false,
        Wanted::More { floor, .. } => sum[at] + most[at] < *floor,
        Wanted::Within { floor, ceiling } => sum[at] + most[at] < *floor || sum[at] + fewest[at] > *ceiling,
    })
}
