//! The edges of the decision rules, each by hand, and one contest of a country's size.
#![allow(clippy::unwrap_used)]

use hakiki_core::outcome::{
    Assessment, Cause, Choices, Contest, Exactness, Figures, Fixed, Flag, Fraction, Further, Limits, Outcome,
    OutcomeError, Reason, Rule, SpreadProspect, Unit, assess, assess_within,
};

const PLURALITY: Rule = Rule::Plurality { seats: 1 };
const YES: Flag = Flag { holds: true, exactness: Exactness::Exact };
const NO: Flag = Flag { holds: false, exactness: Exactness::Exact };

fn figures(votes: &[u64]) -> Figures {
    Figures { votes: votes.to_vec(), valid: votes.iter().sum() }
}

fn fixed(spread_area: Option<u32>, votes: &[u64]) -> Fixed {
    Fixed { spread_area, figures: figures(votes) }
}

fn missing(spread_area: Option<u32>, most: u64) -> Unit {
    Unit { spread_area, cause: Cause::Missing, stations: 1, choices: Choices::Missing { most } }
}

fn disregarded(spread_area: Option<u32>, votes: &[u64]) -> Unit {
    let choices = Choices::OneOf(vec![figures(&vec![0; votes.len()]), figures(votes)]);
    Unit { spread_area, cause: Cause::Disregarded, stations: 1, choices }
}

fn contested(spread_area: Option<u32>, versions: &[&[u64]]) -> Unit {
    let choices = Choices::OneOf(versions.iter().map(|votes| figures(votes)).collect());
    Unit { spread_area, cause: Cause::Contested, stations: 1, choices }
}

fn unreadable(votes: &[(u64, u64)], sum: (u64, u64), valid: Option<u64>) -> Unit {
    let choices = Choices::Open { votes: votes.to_vec(), sum, valid };
    Unit { spread_area: None, cause: Cause::Unreadable, stations: 1, choices }
}

fn contest(fixed: Vec<Fixed>, units: Vec<Unit>) -> Contest {
    let from_unit = |unit: &Unit| match &unit.choices {
        Choices::OneOf(versions) => versions.first().map(|figures| figures.votes.len()),
        Choices::Open { votes, .. } => Some(votes.len()),
        Choices::Missing { .. } => None,
    };
    let from_fixed = fixed.first().map(|fixed| fixed.figures.votes.len());
    let candidates = from_fixed.or_else(|| units.iter().find_map(from_unit)).unwrap_or(2);
    Contest { candidates, fixed, units }
}

fn spread(found: &Assessment, candidate: usize) -> &SpreadProspect {
    match &found.prospects[candidate].further {
        Further::Spread(spread) => spread,
        Further::Plurality { .. } => panic!("expected majority with spread"),
    }
}

/// More than half and a quarter in `needed` of `count` areas.
fn half_and_quarter(needed: u32, count: u32) -> Rule {
    Rule::MajorityWithSpread {
        majority: Fraction { numerator: 1, denominator: 2 },
        share: Fraction { numerator: 1, denominator: 4 },
        areas_at_least: needed,
        area_count: count,
    }
}

#[test]
fn exactly_half_is_not_more_than_half() {
    let rule = half_and_quarter(1, 1);
    let found = assess(&rule, &contest(vec![fixed(Some(0), &[50, 50])], vec![])).unwrap();
    assert!(!found.standing.candidates[0].majority);
    assert_eq!(found.standing.outcome, Outcome::RunOff { first: vec![0, 1], second: vec![] });
    let found = assess(&rule, &contest(vec![fixed(Some(0), &[51, 50])], vec![])).unwrap();
    assert_eq!(found.standing.outcome, Outcome::Elected(0));
    assert_eq!(found.can_change, NO);
    assert!(found.reasons.contains(&Reason::NothingOutstanding));
}

#[test]
fn exactly_a_quarter_counts() {
    let areas = |first: &[u64]| contest(vec![fixed(Some(0), first), fixed(None, &[100, 0])], vec![]);
    let rule = half_and_quarter(1, 1);
    assert_eq!(assess(&rule, &areas(&[25, 75])).unwrap().standing.outcome, Outcome::Elected(0));
    let below = assess(&rule, &areas(&[24, 75])).unwrap();
    assert_eq!(below.standing.candidates[0].areas_met, 0);
    assert_eq!(below.standing.outcome, Outcome::RunOff { first: vec![0], second: vec![1] });
}

#[test]
fn rejected_or_unassigned_ballots_count_if_the_written_total_counts_them() {
    let votes = Figures { votes: vec![51, 49], valid: 102 };
    let fixed = vec![Fixed { spread_area: Some(0), figures: votes }];
    let found = assess(&half_and_quarter(1, 1), &contest(fixed, vec![])).unwrap();
    assert_eq!(found.standing.outcome, Outcome::RunOff { first: vec![0], second: vec![1] });
}

#[test]
fn ties_for_second_all_go_on_and_ties_for_first_leave_no_second() {
    let rule = half_and_quarter(1, 1);
    let outcome = |votes: &[u64]| {
        assess(&rule, &contest(vec![fixed(Some(0), votes)], vec![])).unwrap().standing.outcome
    };
    assert_eq!(outcome(&[40, 30, 30]), Outcome::RunOff { first: vec![0], second: vec![1, 2] });
    assert_eq!(outcome(&[40, 40, 20]), Outcome::RunOff { first: vec![0, 1], second: vec![] });
    assert_eq!(outcome(&[30, 30, 30]), Outcome::RunOff { first: vec![0, 1, 2], second: vec![] });
}

#[test]
fn a_tie_for_second_can_be_broken_by_one_vote() {
    let rule = half_and_quarter(1, 1);
    let found =
        assess(&rule, &contest(vec![fixed(Some(0), &[40, 30, 30])], vec![missing(Some(0), 1)])).unwrap();
    assert_eq!(found.can_change, YES);
    assert_eq!(spread(&found, 1).certain_in_first_two, NO);
    assert_eq!(spread(&found, 0).certain_in_first_two, YES);
    assert!(found.reasons.contains(&Reason::CanLeaveFirstTwo { candidate: 1 }));
    assert!(found.reasons.contains(&Reason::NobodyCanWin));
}

#[test]
fn a_station_of_no_county_counts_nationally_only() {
    let rule = half_and_quarter(1, 1);
    let county = fixed(Some(0), &[10, 90]);
    let found = assess(&rule, &contest(vec![county.clone(), fixed(None, &[900, 0])], vec![])).unwrap();
    assert!(found.standing.candidates[0].majority);
    assert_eq!(found.standing.candidates[0].areas_met, 0);
    let found = assess(&rule, &contest(vec![county], vec![missing(None, 10_000)])).unwrap();
    assert!(spread(&found, 0).can_pass_majority);
    assert_eq!(spread(&found, 0).areas_most, 0);
    assert_eq!(found.prospects[0].can_win, NO);
}

/// Candidate 0 has the majority by 10 votes and the share in 23 counties. Two more counties lack it narrowly, and in
/// each a disregarded station could bring it, at 30 of 100 votes: 40 below half. So the spread is in reach, and the
/// majority is in reach, and the two together are not.
#[test]
fn what_brings_the_24th_county_costs_the_majority() {
    let rule = Rule::kenya_president();
    let mut sums: Vec<Fixed> = (0..23).map(|county| fixed(Some(county), &[60, 35, 25])).collect();
    sums.extend((23..47).map(|county| fixed(Some(county), &[24, 40, 36])));
    // 23·60 + 24·24 = 1,956 against 23·60 + 24·76 = 3,204; the diaspora brings 1,258 more: a lead of 10.
    sums.push(fixed(None, &[1_258, 0, 0]));
    let units = vec![disregarded(Some(23), &[30, 40, 30]), disregarded(Some(24), &[30, 40, 30])];
    let found = assess(&rule, &contest(sums.clone(), units.clone())).unwrap();
    assert_eq!(found.standing.outcome, Outcome::RunOff { first: vec![0], second: vec![1] });
    let reach = spread(&found, 0);
    assert!(reach.can_pass_majority);
    assert_eq!((reach.areas_least, reach.areas_most), (23, 25));
    assert_eq!(found.prospects[0].can_win, NO);
    assert!(found.prospects[0].reasons.contains(&Reason::ConditionsNotTogether));
    assert_eq!(found.can_change, NO, "the outcome stays a run-off of the same two");

    // With a lead of 41 in its place one of the two may come back; with the cheaper second one, with a lead of 31.
    let cheaper = vec![units[0].clone(), disregarded(Some(24), &[25, 30, 25])];
    for (units, more, can_win) in
        [(&units, 30, NO), (&units, 31, YES), (&cheaper, 20, NO), (&cheaper, 21, YES)]
    {
        let mut sums = sums.clone();
        sums.push(fixed(None, &[more, 0, 0]));
        let found = assess(&rule, &contest(sums, units.clone())).unwrap();
        assert_eq!(found.prospects[0].can_win, can_win);
        assert_eq!(found.can_change, can_win);
    }
}

/// The same station, two versions: one brings the county, the other the majority.
#[test]
fn one_version_cannot_serve_both_conditions() {
    let rule = half_and_quarter(1, 1);
    let versions: [&[u64]; 2] = [&[0, 0], &[40, 60]];
    // National 110 : 100 without it; the county 10 : 40. With it 150 : 160; the county 50 : 100.
    let sums = vec![fixed(Some(0), &[10, 40]), fixed(None, &[100, 60])];
    let found = assess(&rule, &contest(sums, vec![contested(Some(0), &versions)])).unwrap();
    assert!(spread(&found, 0).can_pass_majority);
    assert_eq!(spread(&found, 0).areas_most, 1);
    assert_eq!(found.prospects[0].can_win, NO);
}

#[test]
fn without_votes_there_is_nobody() {
    for rule in [PLURALITY, Rule::kenya_president()] {
        let found = assess(&rule, &contest(vec![], vec![])).unwrap();
        assert_eq!(found.standing.outcome, Outcome::NoVotes);
        assert_eq!(found.can_change, NO);
        assert!(found.standing.candidates.iter().all(|c| c.areas_met == 0 && !c.majority));
        let found = assess(&rule, &contest(vec![], vec![missing(Some(0), 1)])).unwrap();
        assert_eq!(found.can_change, YES);
        assert!(found.reasons.contains(&Reason::VotesCanCome));
    }
}

#[test]
fn a_lead_equal_to_the_swing_can_become_a_tie() {
    let swing_of = |most: u64| {
        let found = assess(&PLURALITY, &contest(vec![fixed(None, &[120, 100])], vec![missing(None, most)]));
        found.unwrap()
    };
    assert_eq!(swing_of(19).can_change, NO);
    let level = swing_of(20);
    assert_eq!(level.can_change, YES);
    assert_eq!(level.prospects[1].can_win, NO);
    assert_eq!(level.prospects[1].further, Further::Plurality { can_tie: YES });
    assert!(level.swings[0].can_reach() && !level.swings[0].can_pass());
    assert_eq!(swing_of(21).prospects[1].can_win, YES);
}

/// One paper more, and nobody knows for whom: the two cannot be level.
#[test]
fn an_odd_paper_breaks_every_tie() {
    let odd = || unreadable(&[(0, 1), (0, 1)], (1, 1), None);
    let found = assess(&PLURALITY, &contest(vec![fixed(None, &[5, 5])], vec![odd()])).unwrap();
    assert_eq!(found.standing.outcome, Outcome::Tie(vec![0, 1]));
    assert_eq!(found.prospects[0].can_win, YES);
    assert_eq!(found.prospects[0].further, Further::Plurality { can_tie: NO });
    let found = assess(&PLURALITY, &contest(vec![fixed(None, &[5, 5])], vec![odd(), odd()])).unwrap();
    assert_eq!(found.prospects[0].further, Further::Plurality { can_tie: YES });
}

#[test]
fn the_swing_is_told_by_cause() {
    let mut units = vec![
        contested(None, &[&[100, 50], &[90, 60]]),
        disregarded(None, &[10, 40]),
        unreadable(&[(5, 8), (5, 9)], (0, 100), None),
    ];
    units.push(Unit { stations: 28, ..missing(None, 12_345) });
    let found = assess(&PLURALITY, &contest(vec![fixed(None, &[30_000, 10_000])], units)).unwrap();
    let swing = &found.swings[0];
    assert_eq!((swing.leader, swing.other, swing.lead), (0, 1, 20_000));
    let parts: Vec<_> = swing.parts.iter().map(|part| (part.cause, part.stations, part.votes)).collect();
    let expected = [
        (Cause::Missing, 28, 12_345),
        // Both versions make the lead larger.
        (Cause::Contested, 1, -30),
        (Cause::Disregarded, 1, 30),
        (Cause::Unreadable, 1, 4),
    ];
    assert_eq!(parts, expected);
    assert_eq!(swing.votes, 12_349);
    assert_eq!(found.can_change, NO);
    let told = Reason::Outstanding { cause: Cause::Missing, stations: 28, votes_most: 12_345 };
    assert!(found.reasons.contains(&told));
    assert!(found.reasons.contains(&Reason::LeadHolds { other: 1, lead: 20_000, swing: 12_349 }));
}

#[test]
fn what_has_no_answer_is_an_error_with_a_code() {
    let code = |rule: &Rule, contest: &Contest| assess(rule, contest).unwrap_err().code();
    let open = |votes: &[(u64, u64)], sum| contest(vec![], vec![unreadable(votes, sum, None)]);
    assert_eq!(code(&PLURALITY, &open(&[(0, 3), (0, 3)], (7, 9))), "outcome-infeasible");
    assert_eq!(code(&PLURALITY, &open(&[(2, 3), (2, 3)], (0, 3))), "outcome-infeasible");
    assert_eq!(code(&PLURALITY, &open(&[(3, 2), (2, 3)], (0, 9))), "outcome-infeasible");
    assert_eq!(
        code(&PLURALITY, &Contest { candidates: 0, fixed: vec![], units: vec![] }),
        "outcome-no-candidates"
    );
    assert_eq!(code(&Rule::Plurality { seats: 2 }, &contest(vec![], vec![])), "outcome-seats");
    assert_eq!(code(&half_and_quarter(3, 2), &contest(vec![], vec![])), "outcome-areas-needed");
    assert_eq!(
        code(&half_and_quarter(1, 2), &contest(vec![fixed(Some(2), &[1, 1])], vec![])),
        "outcome-area"
    );
    let unequal = contest(vec![fixed(None, &[1, 1]), fixed(None, &[1])], vec![]);
    assert_eq!(code(&PLURALITY, &unequal), "outcome-boxes");
    let mut none = contested(None, &[&[1, 1]]);
    none.choices = Choices::OneOf(vec![]);
    assert_eq!(code(&PLURALITY, &contest(vec![], vec![none])), "outcome-no-version");
    let whole = Fraction { numerator: 1, denominator: 1 };
    let rule = Rule::MajorityWithSpread { majority: whole, share: whole, areas_at_least: 0, area_count: 0 };
    assert_eq!(code(&rule, &contest(vec![], vec![])), "outcome-fraction");
}

#[test]
fn sums_past_64_bits_are_an_error_and_never_a_panic() {
    let huge = u64::MAX;
    let valid_once = |votes: &[u64]| Figures { votes: votes.to_vec(), valid: 1 };
    let fixed_twice = Fixed { spread_area: Some(0), figures: valid_once(&[huge, 0]) };
    let all = [
        contest(vec![fixed_twice.clone(), fixed_twice], vec![]),
        contest(vec![], vec![missing(Some(0), huge), missing(Some(0), huge)]),
        contest(vec![], vec![unreadable(&[(huge, huge), (huge, huge)], (0, huge), Some(huge))]),
        contest(
            vec![],
            vec![
                unreadable(&[(0, huge), (0, huge)], (0, huge), Some(huge)),
                Unit {
                    choices: Choices::OneOf(vec![valid_once(&[huge, 0]), valid_once(&[0, huge])]),
                    ..contested(Some(0), &[&[1, 1]])
                },
            ],
        ),
    ];
    for contest in &all {
        for rule in [PLURALITY, Rule::kenya_president()] {
            let error = assess(&rule, contest).unwrap_err();
            assert!(matches!(error, OutcomeError::Overflow | OutcomeError::Infeasible { .. }), "{error}");
        }
    }
}

/// Whether 200 pairs of versions can end exactly level is a search that would not end; a choice that does is near.
#[test]
fn an_exact_tie_among_many_versions_is_found_without_a_search() {
    let version = |at: u64, prime: u64| [350 - at * prime % 101, 250 + at * prime % 83, at % 7];
    let units: Vec<Unit> =
        (1..=200).map(|at| contested(None, &[&version(at, 104_729), &version(at, 7919)])).collect();
    for lead in 0..20 {
        let sums = vec![fixed(None, &[50_000, 51_800 + lead, 0])];
        let contest = contest(sums, units.clone());
        let found = assess_within(&PLURALITY, &contest, Limits { comparisons: 0 }).unwrap();
        assert_eq!(found.prospects[0].further, Further::Plurality { can_tie: YES }, "lead {lead}");
        assert_eq!(found.prospects[2].further, Further::Plurality { can_tie: NO });
    }
}

/// A country's worth: 48 sums, 1,000 stations open in every way, eight candidates, the first near half.
fn country(disregarded_only: bool) -> Contest {
    let mut dice = 20_310_304_u64;
    let mut below = |end: u64| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) % end
    };
    let mut votes = |scale: u64| -> Vec<u64> {
        let shares = [50, 30, 18, 2, 1, 1, 1, 1];
        shares.iter().map(|share| share * scale / 100 + below(1 + share * scale / 200)).collect()
    };
    let area = |at: u64| (at % 48 < 47).then_some((at % 48) as u32);
    let sums = (0..48).map(|at| fixed(area(at), &votes(300_000))).collect();
    let units = (0..1_000).map(|at| {
        let boxes = votes(400);
        match at % 4 {
            _ if disregarded_only => disregarded(area(at), &boxes),
            0 => missing(area(at), 700),
            1 => contested(area(at), &[&boxes, &votes(390)]),
            2 => disregarded(area(at), &boxes),
            _ => {
                let intervals: Vec<(u64, u64)> = boxes.iter().map(|votes| (*votes, votes + 40)).collect();
                let sum = boxes.iter().sum::<u64>() + 60;
                Unit { spread_area: area(at), ..unreadable(&intervals, (sum, sum), None) }
            }
        }
    });
    let units = units.collect();
    contest(sums, units)
}

#[test]
fn a_country_is_answered_at_once() {
    for disregarded_only in [false, true] {
        let contest = country(disregarded_only);
        for rule in [PLURALITY, Rule::kenya_president()] {
            let start = std::time::Instant::now();
            let found = assess(&rule, &contest).unwrap();
            let took = start.elapsed();
            println!("1,000 open stations, disregarded only: {disregarded_only}, {rule:?}: {took:?}");
            let [leader] = found.standing.leaders.as_slice() else { panic!("one leads") };
            assert_eq!(*leader, 0);
            assert!(found.prospects.iter().all(|prospect| prospect.can_win.exactness == Exactness::Exact));
        }
    }
}

/// A national margin so thin that only the search decides, in one county with 40 stations that pull both ways.
#[test]
fn past_the_limit_the_answer_is_a_bound() {
    let rule = half_and_quarter(1, 1);
    let boxes = |at: u64| [300 + at * at % 37, 350 + at * 7919 % 211, 260 + at * 104_729 % 97];
    let units: Vec<Unit> = (0..40).map(|at| disregarded(Some(0), &boxes(at))).collect();
    let with = |diaspora: u64, limits: Limits| {
        let sums = vec![fixed(Some(0), &[100, 1_200, 1_200]), fixed(None, &[diaspora, 6_000, 4_000])];
        assess_within(&rule, &contest(sums, units.clone()), limits).unwrap()
    };
    // The fewest votes elsewhere with which both conditions can be met.
    let (mut too_few, mut enough) = (12_300, 16_000);
    while enough - too_few > 1 {
        let middle = u64::midpoint(too_few, enough);
        let can_win = with(middle, Limits::default()).prospects[0].can_win;
        assert_eq!(can_win.exactness, Exactness::Exact);
        *(if can_win.holds { &mut enough } else { &mut too_few }) = middle;
    }
    assert_eq!(with(too_few, Limits::default()).can_change, NO);
    let found = with(too_few, Limits { comparisons: 10 });
    let bound = Flag { holds: true, exactness: Exactness::Bound };
    assert_eq!(found.prospects[0].can_win, bound);
    assert!(found.prospects[0].reasons.contains(&Reason::SearchLimit));
    assert_eq!(found.can_change, bound);
}
