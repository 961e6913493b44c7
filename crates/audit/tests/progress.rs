//! An audit from plan to stop: every stage, and that it follows from the counts alone, in whatever order they come.
#![allow(clippy::unwrap_used)]

mod common;

use common::numbers::Numbers;
use hakiki_audit::batch::{AssertionRisk, Counts, Measured, Method, Plan, Progress, Stage, Terms};
use hakiki_audit::sample::DiceSeed;
use hakiki_audit::{Batch, Contest, Share, Tally, rule};

const STATIONS: u64 = 400;

fn contest() -> Contest {
    let batch = |place| Batch {
        code: format!("{place:03}"),
        area: String::new(),
        reported: Tally::of_votes(vec![120 + place % 30, 80, place % 7]),
        bound: 260,
    };
    Contest::new(3, (0..STATIONS).map(batch).collect()).unwrap()
}

fn plan() -> Plan {
    let contest = contest();
    let assertions = rule::majority(&contest, 0, Share::HALF).unwrap();
    Plan::new(contest, assertions).unwrap()
}

fn terms() -> Terms {
    Terms { risk_limit: Share::percent(5).unwrap(), method: Method::Betting(Share::new(9, 10).unwrap()) }
}

fn seed() -> DiceSeed {
    DiceSeed::new("27182818284590452353").unwrap()
}

fn stand(plan: &Plan, counts: &Counts) -> Progress {
    plan.progress(terms(), Some(&seed()), counts).unwrap()
}

/// Counts what is asked for, as `paper` has it, until nothing more is.
fn run(plan: &Plan, paper: impl Fn(&Batch) -> Tally) -> (Vec<Stage>, Counts) {
    let (mut stages, mut counts) = (Vec::new(), Counts::new());
    loop {
        let stage = stand(plan, &counts).stage;
        stages.push(stage.clone());
        let (Stage::Counting { missing } | Stage::FullCount { missing }) = stage else {
            return (stages, counts);
        };
        let batches = plan.contest().batches().iter().filter(|batch| missing.contains(&batch.code));
        counts.extend(batches.map(|batch| (batch.code.clone(), paper(batch))));
    }
}

#[test]
fn right_paper_is_confirmed_with_the_first_draws() {
    let plan = plan();
    let first = plan.clean_draws(terms().risk_limit, terms().method);
    let before = plan.progress(terms(), None, &Counts::new()).unwrap();
    assert_eq!(before.stage, Stage::Sized { draws: first });
    assert!(before.draws.is_empty());
    let (stages, counts) = run(&plan, |batch| batch.reported.clone());
    assert_eq!(stages.len(), 2, "{stages:?}");
    assert_eq!(stages[1], Stage::Confirmed { draws: first });
    assert!(counts.len() as u64 <= first && first < STATIONS / 4, "{first} draws");
}

#[test]
fn a_wrong_station_takes_more_draws_and_the_outcome_is_confirmed_all_the_same() {
    let plan = plan();
    let wrong = stand(&plan, &Counts::new()).draws[3].item;
    let wrong = plan.contest().batches()[wrong].code.clone();
    let (stages, counts) = run(&plan, |batch| {
        if batch.code == wrong { Tally::of_votes(vec![80, 130, 0]) } else { batch.reported.clone() }
    });
    assert!(stages.len() >= 3, "{stages:?}");
    assert!(matches!(stages.last(), Some(Stage::Confirmed { .. })), "{stages:?}");
    assert!(counts.len() as u64 > plan.clean_draws(terms().risk_limit, terms().method) / 2);
}

#[test]
fn wrong_paper_ends_in_a_full_count_that_says_so() {
    let plan = plan();
    let swapped = |batch: &Batch| {
        let votes = &batch.reported.votes;
        Tally::of_votes(vec![votes[1], votes[0], votes[2]])
    };
    let (stages, counts) = run(&plan, swapped);
    assert_eq!(stages.last(), Some(&Stage::Counted { confirms: false }), "{stages:?}");
    assert_eq!(counts.len() as u64, STATIONS);
}

#[test]
fn the_stage_follows_from_the_counts_in_whatever_order_they_came() {
    let plan = plan();
    let Stage::Counting { missing } = stand(&plan, &Counts::new()).stage else { panic!() };
    let mut numbers = Numbers(5);
    let mut order = missing.clone();
    for place in (1..order.len()).rev() {
        order.swap(place, numbers.below(place as u64 + 1) as usize);
    }
    let mut counts = Counts::new();
    let mut measured = 0;
    for code in order {
        let batch = plan.contest().batches().iter().find(|batch| batch.code == code).unwrap();
        counts.insert(code.clone(), batch.reported.clone());
        let now = stand(&plan, &counts);
        assert!(now.measured >= measured, "what was measured is not forgotten");
        measured = now.measured;
        match &now.stage {
            // What is missing is what was drawn and not counted, in the order of the draws.
            Stage::Counting { missing: left } => {
                let expected: Vec<&String> =
                    missing.iter().filter(|code| !counts.contains_key(*code)).collect();
                assert_eq!(left.iter().collect::<Vec<_>>(), expected);
            }
            Stage::Confirmed { .. } => return,
            other => panic!("{other:?}"),
        }
    }
    panic!("all counted and not confirmed");
}

#[test]
fn a_close_result_is_counted_in_full_from_the_beginning() {
    let batch = |place: u64| Batch {
        code: format!("{place:03}"),
        area: String::new(),
        reported: Tally::of_votes(vec![100 + u64::from(place == 0), 100]),
        bound: 210,
    };
    let contest = Contest::new(2, (0..20).map(batch).collect()).unwrap();
    let assertions = rule::plurality(&contest, 0).unwrap();
    let plan = Plan::new(contest, assertions).unwrap();
    let before = plan.progress(terms(), None, &Counts::new()).unwrap();
    assert!(matches!(before.stage, Stage::FullCount { missing } if missing.len() == 20));
    let all: Counts =
        plan.contest().batches().iter().map(|batch| (batch.code.clone(), batch.reported.clone())).collect();
    let mut wrong = all.clone();
    wrong.insert("000".to_owned(), Tally::of_votes(vec![100, 100]));
    for (counts, confirms) in [(all, true), (wrong, false)] {
        for seed in [None, Some(&seed())] {
            let found = plan.progress(terms(), seed, &counts).unwrap();
            assert_eq!(found.stage, Stage::Counted { confirms }, "{seed:?}");
        }
    }
}

#[test]
fn the_risk_after_each_draw_ends_in_the_risk_that_is_measured() {
    let plan = plan();
    let wrong = stand(&plan, &Counts::new()).draws[2].item;
    let wrong = plan.contest().batches()[wrong].code.clone();
    let (_, counts) = run(&plan, |batch| {
        if batch.code == wrong { Tally::of_votes(vec![80, 130, 0]) } else { batch.reported.clone() }
    });
    let progress = stand(&plan, &counts);
    let risk = &progress.risks[0];
    let path = plan.risk_path(terms().method, risk);
    assert_eq!(path.len(), progress.measured);
    assert!(path[2] > path[1] && path[1] < path[0], "only the draw with an error raises the risk");
    let Measured::Sample { now, least } = risk.measured else { panic!("counted in full") };
    let lowest = path.iter().copied().fold(1.0, f64::min);
    assert!((path.last().unwrap() - now).abs() < 1e-12 && (lowest - least).abs() < 1e-12);
    let none = AssertionRisk { assertion: 7, ..risk.clone() };
    assert!(plan.risk_path(terms().method, &none).is_empty(), "no such assertion");
}

#[test]
fn lost_capital_is_won_back_before_the_limit_is_near_and_without_any_all_is_counted() {
    let plan = plan();
    let first = stand(&plan, &Counts::new());
    let wrong = plan.contest().batches()[first.draws[0].item].clone();
    // Everything is another's, to the bound: Kaplan and Markov's stake loses all.
    let count = |code: &str| {
        if code == wrong.code {
            Tally::of_votes(vec![0, wrong.bound, 0])
        } else {
            plan.contest().batches().iter().find(|batch| batch.code == code).unwrap().reported.clone()
        }
    };
    let mut counts = Counts::new();
    for draw in &first.draws {
        let code = &plan.contest().batches()[draw.item].code;
        counts.insert(code.clone(), count(code));
    }
    let stations = plan.contest().batches().len();
    let largest_stake = Terms { method: Method::KaplanMarkov, ..terms() };
    let lost = plan.progress(largest_stake, Some(&seed()), &counts).unwrap();
    assert!(matches!(&lost.stage, Stage::FullCount { missing } if missing.len() == stations - counts.len()));
    // All paper decides, also where the sample had confirmed.
    let (_, clean) = run(&plan, |batch| batch.reported.clone());
    assert!(matches!(stand(&plan, &clean).stage, Stage::Confirmed { .. }));
    let all = plan.contest().batches().iter().map(|batch| (batch.code.clone(), batch.reported.clone()));
    assert_eq!(stand(&plan, &all.collect()).stage, Stage::Counted { confirms: true });
}
