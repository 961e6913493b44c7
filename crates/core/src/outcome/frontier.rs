//! Choosing one version of each contested unit so that several sums are large enough at once.
//!
//! That is a knapsack with choices, so in the worst case it is hard. In elections it is not: most sums are either out
//! of reach or safe whatever is chosen. Three steps: what is impossible sum by sum; a guess that is checked; and the
//! frontier of all sums that are not worse than another one in everything, without those that can no longer succeed
//! and without the difference between those that can no longer fail. Only the last can pass its limit.

/// How hard one question is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Comparisons of two sums.
    pub comparisons: u64,
}

impl Default for Limits {
    /// About a hundredth of a second: 500,000 comparisons of a few numbers at some 20 ns.
    fn default() -> Self {
        Self { comparisons: 500_000 }
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

/// The choices: units, their versions, and each version's part of every sum. All in one list, for speed.
#[derive(Debug)]
pub(super) struct Parts {
    sums: usize,
    numbers: Vec<i128>,
    /// Where each unit ends in `numbers`.
    ends: Vec<usize>,
}

impl Parts {
    /// No units yet, each with versions of so many parts.
    pub(super) fn new(sums: usize) -> Self {
        Self { sums, numbers: Vec::new(), ends: Vec::new() }
    }

    /// Adds a unit: the parts of its versions, one version after the other.
    pub(super) fn push(&mut self, versions: impl Iterator<Item = i128>) {
        self.numbers.extend(versions);
        self.ends.push(self.numbers.len());
    }

    pub(super) fn units(&self) -> impl Iterator<Item = Versions<'_>> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts
            .zip(&self.ends)
            .map(|(start, end)| Versions { sums: self.sums, numbers: &self.numbers[start..*end] })
    }
}

/// The versions of one unit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Versions<'a> {
    sums: usize,
    numbers: &'a [i128],
}

impl<'a> Versions<'a> {
    pub(super) fn iter(self) -> impl Iterator<Item = &'a [i128]> {
        self.numbers.chunks_exact(self.sums)
    }

    fn version(self, at: usize) -> &'a [i128] {
        &self.numbers[at * self.sums..(at + 1) * self.sums]
    }

    fn count(self) -> usize {
        self.numbers.len() / self.sums
    }

    fn width(self) -> i128 {
        let (fewest, most) = extremes([self], self.sums);
        fewest.iter().zip(&most).map(|(fewest, most)| most - fewest).sum()
    }
}

/// Whether some choice passes `is_met`, which must not fall when a sum that is wanted rises.
pub(super) fn decide(
    parts: &Parts,
    wanted: &[Wanted],
    limits: Limits,
    is_met: impl Fn(&[i128]) -> bool,
) -> Answer {
    if parts.ends.is_empty() {
        return Answer::is(is_met(&vec![0; wanted.len()]));
    }
    let (fewest, most) = extremes(parts.units(), wanted.len());
    if is_lost(wanted, &vec![0; wanted.len()], &fewest, &most) {
        return Answer::No;
    }
    if guess(parts, wanted, &fewest, &is_met) {
        return Answer::Yes;
    }
    match frontier(parts, wanted, limits) {
        Some(sums) => Answer::is(sums.iter().any(|sum| is_met(sum))),
        None => Answer::Open,
    }
}

/// The sums that can be chosen, without those that are worse in everything. `None` if the limit is passed.
pub(super) fn frontier(parts: &Parts, wanted: &[Wanted], limits: Limits) -> Option<Vec<Vec<i128>>> {
    let mut order: Vec<Versions<'_>> = parts.units().collect();
    // The widest first: then what is left is soon too little to matter.
    order.sort_by_cached_key(|unit| std::cmp::Reverse(unit.width()));
    let (mut fewest, mut most) = extremes(parts.units(), wanted.len());
    let mut sums = vec![vec![0; wanted.len()]];
    let mut left = limits.comparisons;
    for unit in order {
        let (unit_fewest, unit_most) = extremes([unit], wanted.len());
        for at in 0..wanted.len() {
            fewest[at] -= unit_fewest[at];
            most[at] -= unit_most[at];
        }
        left = left.checked_sub((sums.len() * unit.count()) as u64)?;
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
        sums = undominated(grown, wanted, &mut left)?;
    }
    Some(sums)
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
        *left = left.checked_sub(compared.unwrap_or(kept.len()) as u64 + 1)?;
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

fn extremes<'a>(units: impl IntoIterator<Item = Versions<'a>>, sums: usize) -> (Vec<i128>, Vec<i128>) {
    let (mut fewest, mut most) = (vec![0; sums], vec![0; sums]);
    for unit in units {
        for at in 0..sums {
            fewest[at] += unit.iter().map(|version| version[at]).min().unwrap_or(0);
            most[at] += unit.iter().map(|version| version[at]).max().unwrap_or(0);
        }
    }
    (fewest, most)
}

/// How often the guess weighs anew what it still lacks.
const GUESSES: usize = 8;

/// Weighs the sums, takes each unit's heaviest version, and weighs heavier what is lacking. Where a sum must be hit
/// exactly, it goes from the choice that makes it largest to the one that makes it smallest, unit by unit.
fn guess(parts: &Parts, wanted: &[Wanted], fewest: &[i128], is_met: &impl Fn(&[i128]) -> bool) -> bool {
    let mut weights: Vec<i128> = wanted
        .iter()
        .zip(fewest)
        .map(|(wanted, fewest)| match wanted {
            Wanted::More { cap, .. } => i128::from(fewest < cap),
            Wanted::Most => 1,
            Wanted::Within { .. } => 0,
        })
        .collect();
    let exact = wanted.iter().position(|wanted| matches!(wanted, Wanted::Within { .. }));
    for _ in 0..GUESSES {
        let mut sum = vec![0; wanted.len()];
        if let Some(exact) = exact {
            let tilt = weights.iter().sum::<i128>() + 1;
            let high = heaviest(parts, &weights, Some((exact, tilt)));
            let low = heaviest(parts, &weights, Some((exact, -tilt)));
            if walk(parts, &high, &low, wanted.len(), is_met) {
                return true;
            }
        }
        for (unit, version) in parts.units().zip(heaviest(parts, &weights, None)) {
            add(&mut sum, unit.version(version));
        }
        if is_met(&sum) {
            return true;
        }
        for (at, wanted) in wanted.iter().enumerate() {
            if matches!(wanted, Wanted::More { cap, .. } if sum[at] < *cap) {
                weights[at] *= 2;
            }
        }
    }
    false
}

fn heaviest(parts: &Parts, weights: &[i128], tilt: Option<(usize, i128)>) -> Vec<usize> {
    let weight = |version: &[i128]| {
        let plain: i128 = version.iter().zip(weights).map(|(part, weight)| part * weight).sum();
        plain + tilt.map_or(0, |(at, tilt)| version[at] * tilt)
    };
    let heaviest_of = |unit: Versions<'_>| {
        let heaviest = unit.iter().enumerate().max_by_key(|(_, version)| weight(version));
        heaviest.map_or(0, |(at, _)| at)
    };
    parts.units().map(heaviest_of).collect()
}

fn walk(parts: &Parts, from: &[usize], to: &[usize], sums: usize, is_met: &impl Fn(&[i128]) -> bool) -> bool {
    let mut sum = vec![0; sums];
    for (unit, version) in parts.units().zip(from) {
        add(&mut sum, unit.version(*version));
    }
    if is_met(&sum) {
        return true;
    }
    for (unit, (from, to)) in parts.units().zip(from.iter().zip(to)) {
        if from != to {
            let (from, to) = (unit.version(*from), unit.version(*to));
            for at in 0..sums {
                sum[at] += to[at] - from[at];
            }
            if is_met(&sum) {
                return true;
            }
        }
    }
    false
}

fn add(sum: &mut [i128], part: &[i128]) {
    for (sum, part) in sum.iter_mut().zip(part) {
        *sum += part;
    }
}
