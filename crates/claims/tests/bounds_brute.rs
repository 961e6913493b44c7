//! The bounds against every possible result of small elections: nothing is sampled.

use hakiki_claims::bounds::{Condition, Forms, Station, bound, bound_answered, bound_of_totals};

/// Every way to give at most `most` votes to `candidates`.
fn sheets(candidates: usize, most: u64) -> Vec<Vec<u64>> {
    let mut sheets = vec![vec![]];
    for _ in 0..candidates {
        let longer = |sheet: &Vec<u64>| {
            let left = most - sheet.iter().sum::<u64>();
            let sheet = sheet.clone();
            (0..=left).map(move |votes| [sheet.clone(), vec![votes]].concat()).collect::<Vec<_>>()
        };
        sheets = sheets.iter().flat_map(longer).collect();
    }
    sheets
}

/// One choice of each list, all choices.
fn products<T: Clone>(lists: &[Vec<T>]) -> Vec<Vec<T>> {
    lists.iter().fold(vec![vec![]], |all, list| {
        all.iter()
            .flat_map(|head| list.iter().map(|item| [head.clone(), vec![item.clone()]].concat()))
            .collect()
    })
}

fn totals(sheets: &[Vec<u64>], candidates: usize) -> Vec<u64> {
    (0..candidates).map(|candidate| sheets.iter().map(|sheet| sheet[candidate]).sum()).collect()
}

/// The fewest forms that must be wrong so that `holds`, over every result that the ceilings allow; of the answered alone if asked.
fn least_by_trying(
    forms: &Forms,
    truths: &[Vec<Vec<u64>>],
    answered: bool,
    holds: impl Fn(&[u64]) -> bool,
) -> Option<u64> {
    let candidates = forms.stations[0].votes.len();
    let wrong = |truth: &Vec<Vec<u64>>| {
        let pairs = forms.stations.iter().zip(truth);
        let wrong = pairs.filter(|(form, sheet)| form.votes != **sheet && (!answered || form.answered));
        wrong.count() as u64
    };
    truths.iter().filter(|truth| holds(&totals(truth, candidates))).map(wrong).min()
}

fn elections(candidates: usize, ceilings: &[u64], open: &[u64]) -> Vec<Forms> {
    let each: Vec<_> = ceilings.iter().map(|most| sheets(candidates, *most)).collect();
    let marks = products(&vec![vec![true, false]; ceilings.len()]);
    let mut elections = Vec::new();
    for sheets in products(&each) {
        for marks in &marks {
            let stations = sheets.iter().zip(ceilings).zip(marks).map(|((votes, most), answered)| {
                let (votes, most) = (votes.clone(), Some(*most));
                Station { votes, most, answered: *answered }
            });
            let open = open.iter().copied().map(Some).collect();
            elections.push(Forms { stations: stations.collect(), open });
        }
    }
    elections
}

fn truths(candidates: usize, ceilings: &[u64], open: &[u64]) -> Vec<Vec<Vec<u64>>> {
    let all: Vec<_> = ceilings.iter().chain(open).map(|most| sheets(candidates, *most)).collect();
    products(&all)
}

#[test]
fn a_total_and_a_lead_are_bounded_exactly() {
    let mut tried = 0u64;
    for (candidates, ceilings, open) in [
        (2, vec![2, 1, 3], vec![]),
        (2, vec![1, 2], vec![1]),
        (3, vec![2, 1], vec![]),
        (2, vec![3, 3], vec![]),
    ] {
        let truths = truths(candidates, &ceilings, &open);
        let voters: u64 = ceilings.iter().chain(&open).sum();
        for forms in elections(candidates, &ceilings, &open) {
            let mut conditions = Vec::new();
            for total in 0..=voters + 1 {
                conditions.push(Condition::total(candidates, 0, total));
            }
            let voters = i128::from(voters);
            for lead in -voters - 1..=voters + 1 {
                conditions.push(Condition::lead(candidates, 0, 1, lead));
            }
            for condition in conditions {
                let holds = |totals: &[u64]| {
                    let terms = condition.weights.iter().zip(totals);
                    terms.map(|(weight, total)| i128::from(*weight) * i128::from(*total)).sum::<i128>()
                        == condition.total
                };
                let of = |answered| least_by_trying(&forms, &truths, answered, holds);
                assert_eq!(bound(&forms, &condition).least, of(false), "{forms:?} {condition:?}");
                assert_eq!(bound_answered(&forms, &condition).least, of(true), "{forms:?} {condition:?}");
                tried += 1;
            }
        }
    }
    println!("{tried} claims");
    assert!(tried > 20_000);
}

#[test]
fn a_table_of_totals_is_never_bounded_too_high() {
    let (mut tried, mut exact) = (0u64, 0u64);
    for (candidates, ceilings) in [(2, vec![2, 1, 2]), (3, vec![2, 2])] {
        let truths = truths(candidates, &ceilings, &[]);
        let voters: u64 = ceilings.iter().sum();
        let claims = products(&vec![(0..=voters).collect::<Vec<_>>(); candidates]);
        for forms in elections(candidates, &ceilings, &[]).iter().step_by(1 << ceilings.len()) {
            for claim in &claims {
                let least = least_by_trying(forms, &truths, false, |totals| totals == claim);
                let bound = bound_of_totals(forms, claim, false).expect("there are conditions").1.least;
                match (bound, least) {
                    (Some(bound), Some(least)) => assert!(bound <= least, "{forms:?} {claim:?}"),
                    (None, least) => assert_eq!(least, None, "{forms:?} {claim:?}"),
                    (Some(_), None) => {}
                }
                tried += 1;
                exact += u64::from(bound == least);
            }
        }
    }
    println!("{tried} tables, exact in {exact}");
    assert!(tried > 5_000 && exact * 2 > tried, "{exact} of {tried}");
}
