//! Assertions of each decision rule: that they imply the outcome, over every small result, and what is said on the line.
#![allow(clippy::unwrap_used)]

use hakiki_audit::batch::{Method, Plan, PlanError};
use hakiki_audit::rule::{self, RuleError, SpreadRule};
use hakiki_audit::{Assertion, Batch, Claim, Contest, Share, Tally};

const RULE: SpreadRule = SpreadRule { half: Share::HALF, spread: Share::QUARTER, areas: 2 };

fn contest(rows: &[(&str, &[u64])]) -> Contest {
    let batches = rows.iter().enumerate().map(|(place, (area, votes))| Batch {
        code: format!("st-{place}"),
        area: (*area).to_owned(),
        reported: Tally::of_votes(votes.to_vec()),
        bound: votes.iter().sum::<u64>() + 10,
    });
    let candidates = rows[0].1.len();
    Contest::new(candidates, batches.collect()).unwrap()
}

fn true_of(assertions: &[Assertion], contest: &Contest) -> bool {
    assertions.iter().all(|assertion| assertion.reported_margin(contest) > 0)
}

/// The rule as the law has it: more than half of all, at least a quarter (and a vote) in at least `areas` areas.
fn elected(rows: &[[u64; 3]], areas: usize) -> Option<usize> {
    let valid: u64 = rows.iter().flatten().sum();
    let meets = |candidate: &usize| {
        let votes: u64 = rows.iter().map(|row| row[*candidate]).sum();
        let reached = rows.iter().filter(|row| {
            let all: u64 = row.iter().sum();
            row[*candidate] > 0 && row[*candidate] * 4 >= all
        });
        votes * 2 > valid && reached.count() >= areas
    };
    (0..3).find(meets)
}

/// Every result of three candidates in three areas with up to three votes each: wherever assertions can be made and are true, the law
/// agrees with the outcome that they stand for.
#[test]
fn assertions_imply_the_outcome_for_every_small_result() {
    let rows: Vec<[u64; 3]> = (0..64)
        .map(|n| [n & 3, (n >> 2) & 3, (n >> 4) & 3])
        .filter(|row| row.iter().sum::<u64>() > 0)
        .collect();
    let (mut spread, mut run_off, mut plural) = (0, 0, 0);
    for one in &rows {
        for two in rows.iter().step_by(2) {
            for three in rows.iter().step_by(3) {
                let all = [*one, *two, *three];
                let reported = contest(&[("a", one), ("b", two), ("c", three)]);
                let total = |candidate: usize| all.iter().map(|row| row[candidate]).sum::<u64>();
                let outcome = elected(&all, RULE.areas);
                for winner in 0..3 {
                    if let Ok(list) = rule::areas_for_spread(&reported, winner, RULE) {
                        let assertions = rule::majority_with_spread(&reported, winner, RULE, &list).unwrap();
                        if true_of(&assertions, &reported) {
                            assert_eq!(outcome, Some(winner), "{all:?}");
                            spread += 1;
                        }
                    }
                    if true_of(&rule::plurality(&reported, winner).unwrap(), &reported) {
                        assert!((0..3).all(|other| other == winner || total(other) < total(winner)));
                        plural += 1;
                    }
                }
                for finalists in [[0, 1], [0, 2], [1, 2]] {
                    let assertions = rule::run_off(&reported, finalists, Share::HALF, Some(RULE));
                    if assertions.is_ok_and(|assertions| true_of(&assertions, &reported)) {
                        assert_eq!(outcome, None, "{all:?}");
                        let third = 3 - finalists[0] - finalists[1];
                        assert!(finalists.iter().all(|finalist| total(*finalist) > total(third)), "{all:?}");
                        run_off += 1;
                    }
                }
            }
        }
    }
    assert!(spread > 1_000 && run_off > 1_000 && plural > 1_000, "{spread} {run_off} {plural}");
}

#[test]
fn at_exactly_a_quarter_it_can_never_confirm_and_says_so() {
    // More than half in all, exactly a quarter in c: the law elects, no audit of samples can confirm it.
    let reported =
        contest(&[("a", &[90, 10, 0]), ("b", &[5, 95, 0]), ("c", &[25, 70, 5]), ("d", &[95, 5, 0])]);
    let rule_of_three = SpreadRule { areas: 3, ..RULE };
    let refused = rule::areas_for_spread(&reported, 0, rule_of_three).unwrap_err();
    let expected =
        RuleError::TooFewAreas { share: Share::QUARTER, needed: 3, above: 2, exact: vec!["c".to_owned()] };
    assert_eq!(refused, expected);
    assert!(refused.to_string().contains("at exactly 1/4: [\"c\"]"), "{refused}");
    // Named all the same, the plan refuses it for the same reason.
    let list = ["a", "c", "d"].map(str::to_owned);
    let assertions = rule::majority_with_spread(&reported, 0, rule_of_three, &list).unwrap();
    let refused = Plan::new(reported.clone(), assertions).unwrap_err();
    assert!(
        matches!(&refused, PlanError::NeverConfirms { margin: 0, assertion } if assertion.area.as_deref() == Some("c"))
    );
    let says = "candidate 1 has more than 1/4 of the valid votes in c: the reported margin is 0;";
    assert!(refused.to_string().starts_with(says), "{refused}");
    // Where only two areas are asked for, c is left out.
    assert_eq!(rule::areas_for_spread(&reported, 0, RULE).unwrap(), ["a", "d"]);
    // One vote more in c, and it can be planned: but only by counting nearly everything there.
    let above = contest(&[("a", &[90, 10, 0]), ("b", &[5, 95, 0]), ("c", &[26, 69, 5]), ("d", &[95, 5, 0])]);
    let assertions = rule::majority_with_spread(&above, 0, rule_of_three, &list).unwrap();
    let plan = Plan::new(above, assertions).unwrap();
    assert!(plan.clean_draws(Share::percent(5).unwrap(), Method::KaplanMarkov) > 50);
}

#[test]
fn a_list_of_areas_is_checked() {
    let reported = contest(&[("a", &[90, 10]), ("b", &[45, 55]), ("c", &[40, 60])]);
    let refused = |list: &[&str]| {
        let list: Vec<String> = list.iter().map(|area| (*area).to_owned()).collect();
        rule::majority_with_spread(&reported, 0, RULE, &list).is_err()
    };
    assert!(!refused(&["a", "b"]));
    assert!(refused(&["a"]) && refused(&["a", "b", "c"]) && refused(&["a", "a"]) && refused(&["a", "x"]));
    assert_eq!(rule::plurality(&reported, 2), Err(RuleError::Candidate(2)));
    assert_eq!(rule::run_off(&reported, [0, 0], Share::HALF, None), Err(RuleError::Candidate(0)));
}

#[test]
fn a_run_off_of_one_with_half_but_without_spread_is_asserted_by_areas() {
    // 56 % of all, but below a quarter in two of three areas.
    let reported = contest(&[("a", &[400, 40, 20]), ("b", &[20, 80, 30]), ("c", &[30, 110, 40])]);
    assert_eq!(rule::run_off(&reported, [0, 1], Share::HALF, None), Err(RuleError::MeetsRule(0)));
    let assertions = rule::run_off(&reported, [0, 1], Share::HALF, Some(RULE)).unwrap();
    let below = Claim::LessThan { candidate: 0, share: Share::QUARTER };
    assert!(assertions.contains(&Assertion::of_area(below, "b")));
    assert!(assertions.contains(&Assertion::of_area(below, "c")));
    assert!(true_of(&assertions, &reported));
    assert!(Plan::new(reported, assertions).is_ok());
}

#[test]
fn ballots_in_no_batch_are_the_worst_for_every_claim() {
    let reported = contest(&[("a", &[60, 40]), ("b", &[55, 45])]);
    let missing = std::collections::BTreeMap::from([("b".to_owned(), 7), (String::new(), 1)]);
    let with = reported.clone().with_unaudited(missing);
    let half = Assertion::of_whole(Claim::MoreThan { candidate: 0, share: Share::HALF });
    assert_eq!(half.reported_margin(&reported) - half.reported_margin(&with), 8);
    let quarter = Assertion::of_area(Claim::MoreThan { candidate: 0, share: Share::QUARTER }, "b");
    assert_eq!(quarter.reported_margin(&reported) - quarter.reported_margin(&with), 7);
    let below = Assertion::of_area(Claim::LessThan { candidate: 1, share: Share::new(2, 3).unwrap() }, "b");
    assert_eq!(below.reported_margin(&reported) - below.reported_margin(&with), 7);
}
