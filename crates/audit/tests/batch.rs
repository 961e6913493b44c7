//! Batch comparison by station: the figures of the published program, Kenya's declared totals of 2022, and what a plan refuses.
#![allow(clippy::unwrap_used)]

mod common;

use common::{close, list, near, number, vectors, whole};
use hakiki_audit::batch::{Counts, MeasureError, Measured, Method, Plan, PlanError};
use hakiki_audit::martingale::{Bet, Martingale, Population};
use hakiki_audit::sample::DiceSeed;
use hakiki_audit::{Assertion, Batch, Claim, Contest, ContestError, Share, Tally, rule};
use serde_json::Value;
use std::collections::BTreeMap;

fn percent(hundredths: u32) -> Share {
    Share::percent(hundredths).unwrap()
}

fn batch(code: &str, votes: &[u64], bound: u64) -> Batch {
    Batch { code: code.to_owned(), area: String::new(), reported: Tally::of_votes(votes.to_vec()), bound }
}

/// Stations that share votes and invalid ballots as evenly as whole numbers can; the bound is the ballots of each.
fn spread_evenly(votes: &[u64], ballots: u64, stations: u64) -> Vec<Batch> {
    let part = |total: u64, place: u64| total * (place + 1) / stations - total * place / stations;
    let invalid = ballots - votes.iter().sum::<u64>();
    let station = |place| {
        let votes: Vec<u64> = votes.iter().map(|votes| part(*votes, place)).collect();
        let holds = votes.iter().sum::<u64>() + part(invalid, place);
        batch(&format!("{place:05}"), &votes, holds)
    };
    (0..stations).map(station).collect()
}

/// Draws that the published program asks for: one more than the formula, at most one for each station.
fn as_published(draws: u64, stations: usize) -> u64 {
    (draws + 1).min(stations as u64)
}

#[test]
fn kenya_2022_takes_310_stations_of_46229() {
    // The declaration of 15 August 2022; how votes lie among stations changes nothing in U.
    let votes = [7_176_141, 6_942_930, 61_969, 31_987];
    let contest = || {
        let batches = spread_evenly(&votes, 14_326_641, 46_229);
        let holds: u64 = batches.iter().map(|batch| batch.bound).sum();
        assert_eq!((batches.len(), holds), (46_229, 14_326_641));
        Contest::new(4, batches).unwrap()
    };
    let Some(vectors) = vectors("batch_alpha_kenya") else { return };
    let rows = list(&vectors["cases"]["kenya_2022_national"]["rows"]);
    let claims = [
        rule::majority(&contest(), 0, Share::HALF).unwrap(),
        vec![Assertion::of_whole(Claim::Beats { winner: 0, loser: 1 })],
    ];
    for (row, assertions) in rows.iter().zip(claims) {
        let plan = Plan::new(contest(), assertions).unwrap();
        assert_eq!(plan.assertions()[0].margin, i128::from(whole(&row["V"])));
        close(plan.total_bound(), number(&row["U"]), "U");
        for (limit, column) in [(1, "0.01"), (5, "0.05"), (10, "0.1"), (20, "0.2")] {
            let draws = plan.clean_draws(percent(limit), Method::KaplanMarkov);
            assert_eq!(draws, whole(&row[format!("n_draws_alpha={column}")]), "{limit} %");
        }
        let published = as_published(plan.clean_draws(percent(5), Method::KaplanMarkov), 46_229);
        assert_eq!(published, whole(&row["arlo_convention_alpha=.05 (adds 1)"]));
    }
    let plan = Plan::new(contest(), rule::majority(&contest(), 0, Share::HALF).unwrap()).unwrap();
    assert_eq!(format!("{:.6}", plan.total_bound()), "103.880622");
    let draws = [5, 10, 1].map(|limit| plan.clean_draws(percent(limit), Method::KaplanMarkov));
    assert_eq!(draws, [310, 239, 477]);
    let stations = plan.expected_stations(310);
    assert!((308.0..310.0).contains(&stations), "{stations}");
}

#[test]
fn counties_of_kenya_at_a_quarter() {
    let Some(vectors) = vectors("batch_alpha_kenya") else { return };
    let (mut audited, mut refused) = (0, 0);
    for row in list(&vectors["cases"]["kenya_25pct_counties_ib0b_1_to_34"]) {
        let (votes, valid) = (whole(&row["ruto"]), whole(&row["valid"]));
        let mut station = batch("all", &[votes, valid - votes], valid);
        station.area = "c".to_owned();
        let contest = Contest::new(2, vec![station]).unwrap();
        let claim = Claim::MoreThan { candidate: 0, share: Share::QUARTER };
        let margin = claim.margin(&contest.batches()[0].reported);
        near(common::number(&row["V=w-f*valid"]) * 4.0, hakiki_audit::numeric::real_signed(margin), 0.0, "V");
        let plan = Plan::new(contest, vec![Assertion::of_area(claim, "c")]);
        if row["claims_25pct"].as_bool() == Some(true) && margin > 0 {
            let plan = plan.unwrap();
            // The row's U has all ballots of the county for its bound, which may be more than the valid ones.
            let bound = (number(&row["U"]) - 1.0) * number(&row["V=w-f*valid"]) * 4.0;
            assert!(bound >= number(&row["valid"]) - 1e-6, "{row}");
            assert!(plan.total_bound() <= number(&row["U"]) + 1e-9, "{row}");
            audited += 1;
        } else {
            assert!(matches!(plan.unwrap_err(), PlanError::NeverConfirms { margin, .. } if margin <= 0));
            refused += 1;
        }
    }
    assert!(audited > 20 && audited + refused == 34, "{audited} {refused}");
}

/// Two batches for each of so many places, one twice the other, and what six of the draws find in the larger.
fn published_fixture() -> [(Vec<Batch>, [u64; 2]); 3] {
    let make = |loser: u64, places: &mut dyn Iterator<Item = usize>| {
        let pair = |place| {
            [(2, 'l'), (1, 's')].map(|(times, size)| {
                batch(&format!("{place:03}-{size}"), &[100 * times, loser * times], 200 * times)
            })
        };
        places.flat_map(pair).collect::<Vec<_>>()
    };
    [
        (make(90, &mut (0..200)), [190, 190]),
        (make(80, &mut (0..100)), [180, 180]),
        (make(70, &mut (0..30).chain(100..130)), [200, 140]),
    ]
}

#[test]
fn contests_of_the_published_program() {
    let Some(vectors) = vectors("macro_arlo") else { return };
    let cases = list(&vectors["cases"]["arlo_fixture"]);
    assert_eq!(cases.len(), 3);
    for (case, (batches, tainted)) in cases.iter().zip(published_fixture()) {
        let contest = Contest::new(2, batches).unwrap();
        let stations = contest.batches().len();
        let plan = Plan::new(contest.clone(), rule::plurality(&contest, 0).unwrap()).unwrap();
        close(plan.total_bound(), number(&case["U"]), "U");
        for (limit, expected) in case["sample_sizes"].as_object().unwrap() {
            let draws = plan.clean_draws(percent(limit.parse().unwrap()), Method::KaplanMarkov);
            assert_eq!(as_published(draws, stations), whole(expected), "{limit} %");
        }
        let counts = Counts::from([
            (contest.batches()[0].code.clone(), contest.batches()[0].reported.clone()),
            (contest.batches()[2].code.clone(), Tally::of_votes(tainted.to_vec())),
        ]);
        for (six, column) in [(0, "p_30_clean"), (6, "p_30_clean_6_tainted")] {
            let drawn: Vec<usize> = [vec![0; 30], vec![2; six]].concat();
            let risk = plan.measure_jointly(Method::KaplanMarkov, &drawn, &counts).unwrap();
            let Measured::Sample { now, .. } = risk else { panic!("{risk:?}") };
            close(now, number(&case[column][0]), column);
        }
    }
}

#[test]
fn six_stations_with_errors_plurality_and_majority() {
    let Some(vectors) = vectors("macro_arlo") else { return };
    let data = &vectors["cases"]["heterogeneous"];
    let votes = |value: &Value| ["A", "B", "C"].map(|name| whole(&value["P"][name])).to_vec();
    let batches: Vec<Batch> = data["batches"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(code, value)| batch(code, &votes(value), whole(&value["P"]["ballots"])))
        .collect();
    for case in list(&data["cases"]) {
        let pending = whole(&case["info"]["pendingBallots"]);
        let contest = Contest::new(3, batches.clone())
            .unwrap()
            .with_unaudited(BTreeMap::from([(String::new(), pending)]));
        let mut assertions = rule::plurality(&contest, 0).unwrap();
        if case["info"]["isSubjectToRunoff"] == true {
            assertions.extend(rule::majority(&contest, 0, Share::HALF).unwrap());
        }
        let plan = Plan::new(contest, assertions).unwrap();
        near(plan.total_bound(), number(&case["U"]), 1e-9, "U");
        for (batch, weight) in batches.iter().zip(plan.weights()) {
            let share =
                hakiki_audit::numeric::real_large(*weight) / hakiki_audit::numeric::real_large(plan.unit());
            close(share, number(&case["u_p"][&batch.code]), "u_p");
        }
        let counts: Counts = case["sample"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(code, value)| (code.clone(), Tally::of_votes(votes(value))))
            .collect();
        let drawn: Vec<usize> = list(&case["draws_in_ticket_order"])
            .iter()
            .map(|code| batches.iter().position(|batch| batch.code == code.as_str().unwrap()).unwrap())
            .collect();
        let joint = plan.measure_jointly(Method::KaplanMarkov, &drawn, &counts).unwrap();
        let Measured::Sample { now, .. } = joint else { panic!("{joint:?}") };
        close(now, number(&case["p_value"][0]), "risk");
        // Assertion by assertion the same sample says at least as much.
        for one in plan.measure(Method::KaplanMarkov, &drawn, &counts).unwrap() {
            let Measured::Sample { now: single, .. } = one.measured else { panic!("{one:?}") };
            assert!(single <= now + 1e-12, "{single} above {now}");
        }
    }
}

#[test]
fn majority_and_run_off_of_the_published_program() {
    let Some(vectors) = vectors("macro_arlo") else { return };
    for case in list(&vectors["cases"]["majority_runoff"]) {
        let votes = ["alice", "bob", "carla", "dan"].map(|name| whole(&case["per_batch"][name]));
        let batches = (0..100).map(|place| batch(&format!("{place:03}"), &votes, 100)).collect();
        let contest = Contest::new(4, batches).unwrap();
        let assertions = match (list(&case["winners"]).len(), &case["is_subject_to_runoff"]) {
            (2, _) => rule::run_off(&contest, [0, 1], Share::HALF, None),
            (_, Value::Bool(true)) => {
                let mut assertions = rule::plurality(&contest, 0).unwrap();
                assertions.extend(rule::majority(&contest, 0, Share::HALF).unwrap());
                Ok(assertions)
            }
            _ => rule::plurality(&contest, 0),
        };
        if case["U"] == "Infinity" {
            // Exactly half: the program draws everything, and here it is said why.
            assert_eq!(assertions.unwrap_err(), rule::RuleError::MeetsRule(0));
            continue;
        }
        let plan = Plan::new(contest, assertions.unwrap()).unwrap();
        close(plan.total_bound(), number(&case["U"]), "U");
        for (limit, expected) in case["sample_sizes"].as_object().unwrap() {
            let draws = plan.clean_draws(percent(limit.parse().unwrap()), Method::KaplanMarkov);
            assert_eq!(as_published(draws, 100), whole(expected), "{limit} % of {case}");
        }
    }
}

#[test]
fn kaplan_markov_is_the_largest_bet_and_smaller_bets_are_kinder() {
    let Some(vectors) = vectors("batch_alpha_kenya") else { return };
    let case = &vectors["cases"]["macro_as_betting"];
    let null = 1.0 - 1.0 / number(&case["U"]);
    close(null, number(&case["t"]), "mean under the null");
    for (share, name) in
        [(1.0, "betting_lambda=1/t"), (0.9, "betting_lambda=0.9/t"), (0.5, "betting_lambda=0.5/t")]
    {
        let mut test = Martingale::new(Population { size: None, upper: 1.0, null }, Bet::OfLargest(share));
        for (taint, expected) in list(&case["taints"]).iter().zip(list(&case[name])) {
            close(test.observe(1.0 - number(taint)), number(expected), name);
        }
    }
}

#[test]
fn the_measured_risk_of_the_worked_example_is_the_plan_s() {
    let Some(vectors) = vectors("batch_alpha_kenya") else { return };
    let (example, betting) = (&vectors["cases"]["oneaudit_batch_pps"], &vectors["cases"]["macro_as_betting"]);
    let batches: Vec<Batch> = list(&example["batches"])
        .iter()
        .map(|b| batch(b["id"].as_str().unwrap(), &[whole(&b["w"]), whole(&b["o"])], whole(&b["ballots"])))
        .collect();
    let places: Vec<usize> = list(&example["draws_pps_by_ballots"])
        .iter()
        .map(|code| batches.iter().position(|batch| batch.code == code.as_str().unwrap()).unwrap())
        .collect();
    let counts: Counts = example["audited"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(code, b)| (code.clone(), Tally::of_votes(vec![whole(&b["w"]), whole(&b["o"])])))
        .collect();
    let contest = Contest::new(2, batches).unwrap();
    let plan = Plan::new(contest.clone(), rule::majority(&contest, 0, Share::HALF).unwrap()).unwrap();
    close(plan.total_bound(), number(&betting["U"]), "U");
    for (method, column) in [
        (Method::KaplanMarkov, "km_p_history"),
        (Method::Betting(Share::new(9, 10).unwrap()), "betting_lambda=0.9/t"),
        (Method::Betting(Share::HALF), "betting_lambda=0.5/t"),
    ] {
        for (end, expected) in list(&betting[column]).iter().enumerate() {
            let risks = plan.measure(method, &places[..=end], &counts).unwrap();
            let Measured::Sample { now, least } = risks[0].measured else { panic!() };
            close(now, number(expected), column);
            assert!(least <= now);
            assert!(!risks[0].confirms(percent(10)));
            close(risks[0].taints[end], number(&list(&betting["taints"])[end]), "taint");
        }
    }
}

#[test]
fn alpha_needs_a_few_more_draws_than_kaplan_markov_and_survives_the_worst_station() {
    let batches = spread_evenly(&[560, 440], 1_000, 100);
    let contest = Contest::new(2, batches).unwrap();
    let plan = Plan::new(contest.clone(), rule::plurality(&contest, 0).unwrap()).unwrap();
    let mut counts: Counts =
        contest.batches().iter().skip(2).map(|batch| (batch.code.clone(), batch.reported.clone())).collect();
    counts.insert("00001".to_owned(), Tally::of_votes(vec![0, contest.batches()[1].bound]));
    let clean: Vec<usize> = (0..60).map(|draw| 2 + draw % 90).collect();
    let worst: Vec<usize> = [1].into_iter().chain((0..300).map(|draw| 2 + draw % 90)).collect();
    let alpha = Method::Alpha { expected: Share::new(999, 1_000).unwrap(), weight: 100 };
    let bet = Method::Betting(Share::new(9, 10).unwrap());
    let least = |method, drawn: &[usize]| {
        let Measured::Sample { least, .. } = plan.measure(method, drawn, &counts).unwrap()[0].measured else {
            panic!()
        };
        least
    };
    let (km, betting, learned) =
        (least(Method::KaplanMarkov, &clean), least(bet, &clean), least(alpha, &clean));
    assert!(km < 0.01 && km < betting && km < learned && learned < 0.05, "{km} {betting} {learned}");
    assert!(least(Method::KaplanMarkov, &worst) >= 1.0, "a station as wrong as can be ends Kaplan–Markov");
    assert!(least(bet, &worst) < 0.05 && least(alpha, &worst) < 0.05);
}

#[test]
fn where_every_station_is_counted_the_count_says() {
    let contest = Contest::new(2, vec![batch("a", &[60, 40], 110), batch("b", &[30, 29], 60)]).unwrap();
    let plan = Plan::new(contest.clone(), rule::plurality(&contest, 0).unwrap()).unwrap();
    let mut counts = Counts::from([
        ("a".to_owned(), Tally::of_votes(vec![50, 50])),
        ("b".to_owned(), Tally::of_votes(vec![29, 30])),
    ]);
    let found = plan.measure(Method::KaplanMarkov, &[0, 1], &counts).unwrap();
    assert_eq!(found[0].measured, Measured::Counted(-1));
    assert!(!found[0].confirms(percent(50)));
    counts.insert("b".to_owned(), Tally::of_votes(vec![30, 29]));
    assert!(plan.measure(Method::KaplanMarkov, &[], &counts).unwrap()[0].confirms(percent(1)));
}

#[test]
fn what_cannot_be_planned_or_measured_is_refused_and_says_why() {
    let contest = Contest::new(2, vec![batch("a", &[60, 60], 120), batch("b", &[5, 5], 20)]).unwrap();
    let refused = Plan::new(contest.clone(), rule::plurality(&contest, 0).unwrap()).unwrap_err();
    assert!(refused.to_string().contains("reported margin is 0"), "{refused}");
    assert_eq!(Plan::new(contest, Vec::new()).unwrap_err(), PlanError::NoAssertions);

    let contest = Contest::new(2, vec![batch("a", &[60, 50], 120), batch("b", &[5, 5], 20)]).unwrap();
    let plan = Plan::new(contest.clone(), rule::plurality(&contest, 0).unwrap()).unwrap();
    let counted =
        |code: &str, votes: &[u64]| Counts::from([(code.to_owned(), Tally::of_votes(votes.to_vec()))]);
    let measure =
        |drawn: &[usize], counts: &Counts| plan.measure(Method::KaplanMarkov, drawn, counts).unwrap_err();
    assert_eq!(measure(&[0], &Counts::new()), MeasureError::NotCounted("a".into()));
    assert_eq!(measure(&[2], &Counts::new()), MeasureError::NoStation(2));
    assert_eq!(measure(&[], &counted("z", &[1, 1])), MeasureError::Unknown("z".into()));
    let above = ContestError::AboveBound { code: "b".into(), valid: 21, bound: 20 };
    assert_eq!(measure(&[1], &counted("b", &[11, 10])), MeasureError::Count(above));

    let two =
        |first: &str, second: &str| Contest::new(1, vec![batch(first, &[1], 1), batch(second, &[1], 1)]);
    assert_eq!(two("b", "a").unwrap_err(), ContestError::Order("a".into()));
    assert_eq!(two("a", "a").unwrap_err(), ContestError::Order("a".into()));
    let wrong = Contest::new(3, vec![batch("a", &[1], 1)]).unwrap_err();
    assert_eq!(wrong, ContestError::Candidates { code: "a".into(), found: 1, expected: 3 });
    assert_eq!(Contest::new(1, Vec::new()).unwrap_err(), ContestError::Empty);
}

#[test]
fn risk_does_not_depend_on_the_order_of_draws() {
    let contest = Contest::new(
        2,
        vec![batch("a", &[60, 30], 100), batch("b", &[50, 45], 100), batch("c", &[40, 35], 90)],
    );
    let contest = contest.unwrap();
    let plan = Plan::new(contest.clone(), rule::plurality(&contest, 0).unwrap()).unwrap();
    let counts = Counts::from([
        ("a".to_owned(), Tally::of_votes(vec![58, 31])),
        ("b".to_owned(), Tally::of_votes(vec![50, 45])),
    ]);
    let now = |drawn: &[usize]| match plan.measure(Method::KaplanMarkov, drawn, &counts).unwrap()[0].measured
    {
        Measured::Sample { now, .. } => now,
        Measured::Counted(_) => panic!(),
    };
    close(now(&[0, 1, 0, 1, 1]), now(&[1, 1, 1, 0, 0]), "order");
}

/// The example of `docs/reference/audit.md`, as it stands there.
#[test]
fn the_example_for_a_pencil() {
    let contest = Contest::new(
        3,
        vec![
            batch("st-1", &[60, 30, 10], 110),
            batch("st-2", &[45, 50, 0], 105),
            batch("st-3", &[80, 20, 5], 120),
        ],
    );
    let assertions = vec![Assertion::of_whole(Claim::Beats { winner: 0, loser: 1 })];
    let plan = Plan::new(contest.unwrap(), assertions).unwrap();
    assert_eq!(plan.weights(), [140, 100, 180]);
    assert_eq!((plan.unit(), plan.total_weight()), (85, 420));
    let draws = plan.draws(&DiceSeed::new("31415926535897932384").unwrap(), 5);
    let found: Vec<(u128, usize)> = draws.iter().map(|draw| (draw.remainder, draw.item)).collect();
    assert_eq!(found, [(196, 1), (95, 0), (99, 0), (53, 0), (363, 2)]);
    let line = "draw 1 2972ee61f0cd946290c7152e4d577b19252aa43dc80d9f8172a57e4ea35257a8 196 st-2";
    assert_eq!(draws[0].line("st-2"), line);
    assert_eq!(plan.clean_draws(percent(5), Method::KaplanMarkov), 14);
    let page = include_str!("../../../docs/reference/audit.md");
    for told in [
        "| st-1 | 60 | 30 | 10 | 110 | 140 | 140 |",
        "sha256sum\n2972ee61f0cd946290c7152e",
        "95, 99, 53 and 363",
    ] {
        assert!(page.contains(told), "the page does not have {told:?}");
    }
}
