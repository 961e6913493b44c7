//! Every flag of `outcome` against an enumeration of all completions of small random contests.
//!
//! The judge below is written from the rules' words and shares nothing with the module.
#![allow(clippy::unwrap_used)]

use hakiki_core::outcome::{
    Assessment, Cause, Choices, Contest, Exactness, Figures, Fixed, Flag, Fraction, Further, Limits, Outcome,
    Rule, Unit, assess, assess_within,
};

/// SplitMix64: enough for test data, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// The most areas that a random contest has.
const AREAS: usize = 3;

/// Every figures a unit can have.
fn completions_of(choices: &Choices, candidates: usize) -> Vec<Figures> {
    match choices {
        Choices::OneOf(versions) => versions.clone(),
        Choices::Missing { most } => within(&vec![(0, *most); candidates])
            .into_iter()
            .filter(|votes| votes.iter().sum::<u64>() <= *most)
            .map(|votes| Figures { valid: votes.iter().sum(), votes })
            .collect(),
        Choices::Open { votes, sum, valid } => within(votes)
            .into_iter()
            .filter(|votes| (sum.0..=sum.1).contains(&votes.iter().sum()))
            .map(|votes| Figures { valid: valid.unwrap_or(votes.iter().sum()), votes })
            .collect(),
    }
}

fn within(intervals: &[(u64, u64)]) -> Vec<Vec<u64>> {
    let Some((first, rest)) = intervals.split_first() else { return vec![vec![]] };
    let tails = within(rest);
    (first.0..=first.1).flat_map(|head| tails.iter().map(move |tail| [&[head][..], tail].concat())).collect()
}

/// Sums of one completion: national, then by area.
type Sums = Vec<Figures>;

fn add(sums: &mut Sums, area: Option<u32>, figures: &Figures) {
    let places = [Some(0), area.map(|area| area as usize + 1)];
    for place in places.into_iter().flatten() {
        let sum = &mut sums[place];
        sum.valid += figures.valid;
        for (mine, theirs) in sum.votes.iter_mut().zip(&figures.votes) {
            *mine += theirs;
        }
    }
}

fn every_completion(contest: &Contest, areas: usize) -> Vec<Sums> {
    let mut start = vec![Figures::zero(contest.candidates); areas + 1];
    for fixed in &contest.fixed {
        add(&mut start, fixed.spread_area, &fixed.figures);
    }
    let mut all = vec![start];
    for unit in &contest.units {
        let choices = completions_of(&unit.choices, contest.candidates);
        all = all
            .iter()
            .flat_map(|sums| {
                choices.iter().map(|figures| {
                    let mut sums = sums.clone();
                    add(&mut sums, unit.spread_area, figures);
                    sums
                })
            })
            .collect();
    }
    all
}

/// What the rules' words make of one completion.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Judged {
    outcome: Outcome,
    majority: Vec<bool>,
    areas: Vec<u32>,
    meets: Vec<bool>,
    first_two: Vec<bool>,
    ties: Vec<bool>,
}

fn judge(rule: &Rule, sums: &Sums) -> Judged {
    let votes = &sums[0].votes;
    let each = 0..votes.len();
    let above = |c: usize| votes.iter().filter(|other| **other > votes[c]).count();
    let first: Vec<usize> = each.clone().filter(|c| above(*c) == 0).collect();
    let mut majority = vec![false; votes.len()];
    let mut areas = vec![0; votes.len()];
    let outcome;
    let meets: Vec<bool>;
    match rule {
        Rule::Plurality { .. } => {
            meets = each.clone().map(|c| first == [c] && votes[c] > 0).collect();
            outcome = match first.as_slice() {
                _ if votes.iter().all(|v| *v == 0) => Outcome::NoVotes,
                [one] => Outcome::Elected(*one),
                _ => Outcome::Tie(first.clone()),
            };
        }
        Rule::MajorityWithSpread { majority: m, share: s, areas_at_least, .. } => {
            let ratio = |f: &Fraction| (u64::from(f.numerator), u64::from(f.denominator));
            let ((mn, md), (sn, sd)) = (ratio(m), ratio(s));
            for c in each.clone() {
                majority[c] = md * votes[c] > mn * sums[0].valid;
                let met = sums[1..].iter().filter(|a| a.votes[c] > 0 && sd * a.votes[c] >= sn * a.valid);
                areas[c] = u32::try_from(met.count()).unwrap();
            }
            meets = each.clone().map(|c| majority[c] && areas[c] >= *areas_at_least).collect();
            let elected: Vec<usize> = each.clone().filter(|c| meets[*c]).collect();
            outcome = match elected.as_slice() {
                _ if votes.iter().all(|v| *v == 0) => Outcome::NoVotes,
                [one] => Outcome::Elected(*one),
                [] if first.len() > 1 => Outcome::RunOff { first: first.clone(), second: vec![] },
                [] => {
                    let second = each.clone().filter(|c| *c != first[0] && above(*c) == 1).collect();
                    Outcome::RunOff { first: first.clone(), second }
                }
                _ => Outcome::Contradiction(elected),
            };
        }
    }
    let first_two = each.clone().map(|c| above(c) <= 1).collect();
    let ties = each.map(|c| first.len() > 1 && first.contains(&c) && votes[c] > 0).collect();
    Judged { outcome, majority, areas, meets, first_two, ties }
}

/// A run-off is the same if the same candidates go on.
fn same(a: &Outcome, b: &Outcome) -> bool {
    let going_on = |outcome: &Outcome| match outcome {
        Outcome::RunOff { first, second } => {
            let mut all = [first.as_slice(), second.as_slice()].concat();
            all.sort_unstable();
            Some(all)
        }
        _ => None,
    };
    match (going_on(a), going_on(b)) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}

fn random_units(dice: &mut Dice, candidates: usize, areas: u64, size: u64) -> Vec<Unit> {
    let style = dice.below(4);
    let mut units = Vec::new();
    let mut product = 1;
    for _ in 0..dice.below(9) {
        let spread_area = dice.chance(85).then(|| dice.below(areas) as u32);
        let pick = if style == 3 { dice.below(3) } else { style };
        let figures = |dice: &mut Dice| {
            let votes: Vec<u64> = (0..candidates).map(|_| dice.below(size)).collect();
            let sum: u64 = votes.iter().sum();
            let valid = if dice.chance(85) { sum } else { dice.below(sum + 3) };
            Figures { votes, valid }
        };
        let (cause, choices) = match pick {
            0 => (Cause::Missing, Choices::Missing { most: dice.below(4) }),
            1 if dice.chance(40) => {
                (Cause::Disregarded, Choices::OneOf(vec![Figures::zero(candidates), figures(dice)]))
            }
            1 => (Cause::Contested, Choices::OneOf((0..=1 + dice.below(2)).map(|_| figures(dice)).collect())),
            _ => {
                let interval = |dice: &mut Dice| {
                    let low = dice.below(size);
                    (low, low + dice.below(4))
                };
                let votes: Vec<(u64, u64)> = (0..candidates).map(|_| interval(dice)).collect();
                let low: u64 = votes.iter().map(|v| v.0).sum();
                let high: u64 = votes.iter().map(|v| v.1).sum();
                let from = low.saturating_sub(1) + dice.below(high - low + 2);
                let to = from.max(low) + dice.below(3);
                let from = from.min(high);
                let valid = dice.chance(30).then(|| dice.below(high + 2));
                (Cause::Unreadable, Choices::Open { votes, sum: (from, to), valid })
            }
        };
        product *= completions_of(&choices, candidates).len();
        if product > 1500 {
            break;
        }
        units.push(Unit { spread_area, cause, stations: 1, choices });
    }
    units
}

fn random_contest(dice: &mut Dice) -> (Rule, Contest) {
    let candidates = if dice.chance(5) { 1 } else { 2 + dice.below(3) as usize };
    let areas = 1 + dice.below(AREAS as u64);
    let size = [2, 4, 9, 300][dice.below(4) as usize];
    let rule = if dice.chance(40) {
        Rule::Plurality { seats: 1 }
    } else {
        let (majority, share) =
            [((1, 2), (1, 4)), ((1, 2), (1, 4)), ((1, 3), (2, 5)), ((2, 5), (1, 3))][dice.below(4) as usize];
        let fraction = |f: (u32, u32)| Fraction { numerator: f.0, denominator: f.1 };
        Rule::MajorityWithSpread {
            majority: fraction(majority),
            share: fraction(share),
            areas_at_least: dice.below(areas + 1) as u32,
            area_count: areas as u32,
        }
    };
    let mut fixed = Vec::new();
    for _ in 0..dice.below(4) {
        let votes: Vec<u64> = (0..candidates).map(|_| dice.below(size)).collect();
        let sum: u64 = votes.iter().sum();
        let valid = if dice.chance(90) { sum } else { dice.below(sum + 3) };
        let spread_area = dice.chance(80).then(|| dice.below(areas) as u32);
        fixed.push(Fixed { spread_area, figures: Figures { votes, valid } });
    }
    let units = random_units(dice, candidates, areas, size);
    (rule, Contest { candidates, fixed, units })
}

/// The flags and what enumeration says, by name.
fn flags(found: &Assessment, all: &[Judged]) -> Vec<(String, Flag, bool)> {
    let any = |holds: &dyn Fn(&Judged) -> bool| all.iter().any(holds);
    let every = |holds: &dyn Fn(&Judged) -> bool| all.iter().all(holds);
    let now = &found.standing.outcome;
    let mut list = vec![("can change".into(), found.can_change, any(&|j| !same(&j.outcome, now)))];
    for prospect in &found.prospects {
        let c = prospect.candidate;
        let mut push = |name: &str, flag: Flag, truth| list.push((format!("{c} {name}"), flag, truth));
        push("can win", prospect.can_win, any(&|j| j.meets[c]));
        push("certain to win", prospect.certain_to_win, every(&|j| j.meets[c]));
        match &prospect.further {
            Further::Plurality { can_tie } => push("can tie", *can_tie, any(&|j| j.ties[c])),
            Further::Spread(spread) => {
                push("can be in first two", spread.can_be_in_first_two, any(&|j| j.first_two[c]));
                push("certain in first two", spread.certain_in_first_two, every(&|j| j.first_two[c]));
                let exact = |holds| Flag { holds, exactness: Exactness::Exact };
                push("can pass majority", exact(spread.can_pass_majority), any(&|j| j.majority[c]));
                push("certain majority", exact(spread.certain_majority), every(&|j| j.majority[c]));
                let least = all.iter().map(|j| j.areas[c]).min().unwrap();
                let most = all.iter().map(|j| j.areas[c]).max().unwrap();
                assert_eq!((spread.areas_least, spread.areas_most), (least, most), "areas of {c}");
            }
        }
    }
    list
}

fn check_swings(found: &Assessment, completions: &[Sums]) {
    for swing in &found.swings {
        let lead = |sums: &Sums| {
            let votes = |c: usize| i64::try_from(sums[0].votes[c]).unwrap();
            votes(swing.leader) - votes(swing.other)
        };
        let least = completions.iter().map(lead).min().unwrap();
        assert_eq!(swing.lead - swing.votes, least, "{swing:?}");
        assert_eq!(swing.parts.iter().map(|part| part.votes).sum::<i64>(), swing.votes, "{swing:?}");
    }
}

#[test]
fn every_flag_is_what_enumeration_says() {
    let cases = 3000;
    let mut seen = std::collections::BTreeMap::<String, [u32; 2]>::new();
    for seed in 0..cases {
        let mut dice = Dice(seed);
        let (rule, contest) = random_contest(&mut dice);
        let completions = every_completion(&contest, AREAS);
        let all: Vec<Judged> = completions.iter().map(|sums| judge(&rule, &trimmed(&rule, sums))).collect();
        let found = assess(&rule, &contest).unwrap();
        if contest.units.is_empty() {
            assert_eq!(found.standing.outcome, all[0].outcome, "seed {seed}");
        }
        check_swings(&found, &completions);
        for (name, flag, truth) in flags(&found, &all) {
            assert_eq!(
                flag,
                Flag { holds: truth, exactness: Exactness::Exact },
                "seed {seed}: {name}\n{rule:?}\n{contest:#?}"
            );
            let plain = name.trim_start_matches(|c: char| c.is_ascii_digit()).trim().to_string();
            seen.entry(plain).or_default()[usize::from(truth)] += 1;
        }
    }
    println!("seeds 0..{cases}; how often each flag was false and true: {seen:#?}");
    assert!(seen.values().all(|counts| counts.iter().all(|count| *count > 100)), "{seen:#?}");
}

#[test]
fn a_bound_errs_towards_change() {
    let (mut bounds, cases) = (0, 1500);
    for seed in 0..cases {
        let mut dice = Dice(seed);
        let (rule, contest) = random_contest(&mut dice);
        let completions = every_completion(&contest, AREAS);
        let all: Vec<Judged> = completions.iter().map(|sums| judge(&rule, &trimmed(&rule, sums))).collect();
        let found = assess_within(&rule, &contest, Limits { comparisons: 0 }).unwrap();
        for (name, flag, truth) in flags(&found, &all) {
            match flag.exactness {
                Exactness::Exact => assert_eq!(flag.holds, truth, "seed {seed}: {name}"),
                Exactness::Bound => {
                    bounds += 1;
                    assert_eq!(flag.holds, !name.contains("certain"), "seed {seed}: {name}");
                }
            }
        }
    }
    println!("seeds 0..{cases}: {bounds} bounds with no search at all");
    assert!(bounds > 0, "no case needed the search");
}

/// National and the rule's areas.
fn trimmed(rule: &Rule, sums: &Sums) -> Sums {
    match rule {
        Rule::Plurality { .. } => sums[..1].to_vec(),
        Rule::MajorityWithSpread { area_count, .. } => sums[..=*area_count as usize].to_vec(),
    }
}
