//! Guesses a choice that succeeds. What it finds is checked and so a proof; what it misses is left to the search.

use std::collections::BTreeMap;

use super::frontier::Wanted;
use super::parts::{Parts, Versions, add};

/// How often the guess weighs anew what it still lacks.
const GUESSES: usize = 8;

/// How many repairs of a near miss are tried.
const REPAIRS: usize = 64;

/// Weighs the sums, takes each unit's heaviest version, and weighs heavier what is lacking. Where a sum must be hit
/// exactly, it goes from the choice that makes it largest to the one that makes it smallest, unit by unit.
pub(super) fn guess(
    parts: &Parts,
    wanted: &[Wanted],
    fewest: &[i128],
    is_met: &impl Fn(&[i128]) -> bool,
) -> bool {
    let mut weights: Vec<i128> = wanted
        .iter()
        .zip(fewest)
        .map(|(wanted, fewest)| match wanted {
            Wanted::More { cap, .. } => i128::from(fewest < cap),
            Wanted::Most => 1,
            Wanted::Within { .. } => 0,
        })
        .collect();
    let aim = wanted.iter().enumerate().find_map(|(at, wanted)| match wanted {
        Wanted::Within { floor, ceiling } => Some(Aim { at, floor: *floor, ceiling: *ceiling }),
        Wanted::More { .. } | Wanted::Most => None,
    });
    for _ in 0..GUESSES {
        if let Some(aim) = aim {
            let tilt = weights.iter().sum::<i128>() + 1;
            let high = heaviest(parts, &weights, Some((aim.at, tilt)));
            let low = heaviest(parts, &weights, Some((aim.at, -tilt)));
            if walk(parts, &high, &low, aim, is_met) {
                return true;
            }
        }
        let sum = sum_of(parts, &heaviest(parts, &weights, None), wanted.len());
        if is_met(&sum) {
            return true;
        }
        let before = weights.clone();
        for (at, wanted) in wanted.iter().enumerate() {
            if matches!(wanted, Wanted::More { cap, .. } if sum[at] < *cap) {
                weights[at] *= 2;
            }
        }
        if weights == before {
            break;
        }
    }
    false
}

/// A sum that must end between two numbers.
#[derive(Clone, Copy)]
struct Aim {
    at: usize,
    floor: i128,
    ceiling: i128,
}

impl Aim {
    /// What the sum lacks to be within; negative if it is too much.
    fn lack(self, sum: &[i128]) -> i128 {
        self.floor.max(self.ceiling.min(sum[self.at])) - sum[self.at]
    }
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

fn sum_of(parts: &Parts, chosen: &[usize], sums: usize) -> Vec<i128> {
    let mut sum = vec![0; sums];
    for (unit, version) in parts.units().zip(chosen) {
        add(&mut sum, unit.version(*version));
    }
    sum
}

/// From one choice to the other, unit by unit; then repairs the choice on the way that missed the aim least.
fn walk(parts: &Parts, from: &[usize], to: &[usize], aim: Aim, is_met: &impl Fn(&[i128]) -> bool) -> bool {
    let is_hit = |sum: &[i128]| aim.lack(sum) == 0 && is_met(sum);
    let sums = parts.units().find_map(|unit| unit.iter().next().map(<[i128]>::len)).unwrap_or(0);
    let mut sum = sum_of(parts, from, sums);
    if is_hit(&sum) {
        return true;
    }
    let mut nearest = (aim.lack(&sum).abs(), 0);
    for (at, unit) in parts.units().enumerate() {
        if from[at] != to[at] {
            exchange(&mut sum, unit.version(from[at]), unit.version(to[at]));
            if is_hit(&sum) {
                return true;
            }
            nearest = nearest.min((aim.lack(&sum).abs(), at + 1));
        }
    }
    let (missed_by, steps) = nearest;
    let chosen: Vec<usize> = to[..steps].iter().chain(&from[steps..]).copied().collect();
    missed_by > 0 && repair(parts, &chosen, &sum_of(parts, &chosen, sums), aim, is_met)
}

/// Changes one unit, or two, so that the aim is hit.
fn repair(
    parts: &Parts,
    chosen: &[usize],
    sum: &[i128],
    aim: Aim,
    is_met: &impl Fn(&[i128]) -> bool,
) -> bool {
    let lack = aim.lack(sum);
    let units: Vec<Versions<'_>> = parts.units().collect();
    let mut changes: BTreeMap<i128, (usize, usize)> = BTreeMap::from([(0, (usize::MAX, 0))]);
    let mut tried = 0;
    for (at, unit) in units.iter().enumerate() {
        let now = unit.version(chosen[at]);
        for version in unit.iter() {
            let change = version[aim.at] - now[aim.at];
            let Some((other, other_number)) = changes.get(&(lack - change)).copied() else { continue };
            let mut repaired = sum.to_vec();
            exchange(&mut repaired, now, version);
            if let Some(other_unit) = units.get(other) {
                exchange(&mut repaired, other_unit.version(chosen[other]), other_unit.version(other_number));
            }
            tried += 1;
            if aim.lack(&repaired) == 0 && is_met(&repaired) {
                return true;
            }
            if tried == REPAIRS {
                return false;
            }
        }
        for (number, version) in unit.iter().enumerate() {
            changes.entry(version[aim.at] - now[aim.at]).or_insert((at, number));
        }
    }
    false
}

fn exchange(sum: &mut [i128], from: &[i128], to: &[i128]) {
    for (sum, (from, to)) in sum.iter_mut().zip(from.iter().zip(to)) {
        *sum += to - from;
    }
}
