//! Elections whose reported outcome is wrong by nothing at all, audited many times: how often the audit confirms it.
#![allow(dead_code, reason = "tests and an example use parts of it")]

use hakiki_audit::batch::{AssertionRisk, Counts, Measured, Method, Plan};
use hakiki_audit::numeric::real;
use hakiki_audit::rule::{self, SpreadRule};
use hakiki_audit::sample::Frame;
use hakiki_audit::{Assertion, Batch, Contest, Share, Tally};

use super::numbers::Numbers;

/// A reported outcome that the paper does not bear out: it stands exactly on the line.
pub struct WrongOutcome {
    /// What is wrong with it.
    pub name: &'static str,
    /// What was reported.
    pub contest: Contest,
    /// What the paper holds, in the order of the stations.
    pub paper: Vec<Tally>,
    /// What would have to be true.
    pub assertions: Vec<Assertion>,
}

const STATIONS: usize = 120;
const RULE: SpreadRule = SpreadRule { half: Share::HALF, spread: Share::QUARTER, areas: 3 };

/// A station: its area, what the paper holds, what was reported.
type Row = (&'static str, [u64; 3], [u64; 3]);

fn outcome(
    name: &'static str,
    rows: &[Row],
    assertions: impl Fn(&Contest) -> Vec<Assertion>,
) -> WrongOutcome {
    let batch = |(place, (area, paper, reported)): (usize, &Row)| {
        let most = paper.iter().sum::<u64>().max(reported.iter().sum());
        Batch {
            code: format!("{place:04}"),
            area: (*area).to_owned(),
            reported: Tally::of_votes(reported.to_vec()),
            bound: most + 20,
        }
    };
    let contest = Contest::new(3, rows.iter().enumerate().map(batch).collect()).unwrap();
    let paper = rows.iter().map(|(_, paper, _)| Tally::of_votes(paper.to_vec())).collect();
    let assertions = assertions(&contest);
    WrongOutcome { name, contest, paper, assertions }
}

fn rows(make: impl Fn(usize) -> ([u64; 3], [u64; 3])) -> Vec<Row> {
    let area = |place: usize| ["north", "east", "south", "west"][place * 4 / STATIONS];
    (0..STATIONS).map(|place| (area(place), make(place).0, make(place).1)).collect()
}

/// Wrong outcomes for each rule, with errors here a few votes everywhere, there all votes of a few stations.
pub fn wrong_outcomes() -> Vec<WrongOutcome> {
    let plurality = |contest: &Contest| rule::plurality(contest, 0).unwrap();
    let majority = |contest: &Contest| rule::majority(contest, 0, Share::HALF).unwrap();
    let spread = |contest: &Contest| {
        let list = ["north", "south", "west"].map(str::to_owned);
        rule::majority_with_spread(contest, 0, RULE, &list).unwrap()
    };
    let run_off = |contest: &Contest| rule::run_off(contest, [0, 1], Share::HALF, Some(RULE)).unwrap();
    let swapped = |place: usize| {
        let paper = if place < 60 { [150, 50, 10] } else { [50, 150, 10] };
        (paper, if place >= 112 { [150, 50, 10] } else { paper })
    };
    vec![
        outcome(
            "plurality, a few votes in every station",
            &rows(|_| ([100, 100, 10], [104, 96, 10])),
            plurality,
        ),
        outcome("plurality, eight stations swapped", &rows(swapped), plurality),
        outcome(
            "majority, a few votes in every station",
            &rows(|_| ([100, 80, 20], [103, 78, 19])),
            majority,
        ),
        outcome(
            "majority, one station in ten",
            &rows(|place| ([100, 80, 20], if place % 10 == 0 { [160, 30, 10] } else { [100, 80, 20] })),
            majority,
        ),
        outcome(
            "spread, one area at exactly a quarter",
            &rows(|place| match place {
                90.. => ([50, 140, 10], [56, 134, 10]),
                _ => ([150, 40, 10], [150, 40, 10]),
            }),
            spread,
        ),
        outcome(
            "spread, exactly half of all",
            &rows(|place| match place {
                30..60 => ([0, 180, 0], [16, 164, 0]),
                _ => ([120, 60, 0], [120, 60, 0]),
            }),
            spread,
        ),
        outcome(
            "spread, one area at exactly a quarter, four stations",
            &rows(|place| match place {
                116.. => ([50, 140, 10], [190, 0, 10]),
                90.. => ([50, 140, 10], [50, 140, 10]),
                _ => ([150, 40, 10], [150, 40, 10]),
            }),
            spread,
        ),
        outcome(
            "run-off, second and third equal, a few votes",
            &rows(|_| ([90, 60, 60], [90, 63, 57])),
            run_off,
        ),
        outcome(
            "run-off, second and third equal, five stations",
            &rows(|place| ([90, 60, 60], if place >= 115 { [90, 115, 5] } else { [90, 60, 60] })),
            run_off,
        ),
        outcome(
            "run-off, the first has exactly half, six stations",
            &rows(|place| ([105, 60, 45], if place >= 114 { [15, 130, 65] } else { [105, 60, 45] })),
            run_off,
        ),
    ]
}

/// All ways in which a batch comparison is measured here.
pub fn methods() -> Vec<(&'static str, Method)> {
    vec![
        ("Kaplan–Markov", Method::KaplanMarkov),
        ("betting 9/10", Method::Betting(Share::new(9, 10).expect("a share"))),
        ("ALPHA", Method::Alpha { expected: Share::new(99, 100).expect("a share"), weight: 50 }),
    ]
}

impl WrongOutcome {
    /// How many of so many audits confirm the outcome from a sample of this many draws. Whoever has counted all stations knows
    /// the outcome: that is no confirmation by a sample.
    pub fn confirmed(
        &self,
        method: Method,
        limit: Share,
        audits: u64,
        draws: usize,
        numbers: &mut Numbers,
    ) -> u64 {
        self.audits(method, limit, audits, draws, numbers, false)
    }

    /// The same, where counting all stations confirms too.
    pub fn confirmed_or_counted(
        &self,
        method: Method,
        limit: Share,
        audits: u64,
        draws: usize,
        numbers: &mut Numbers,
    ) -> u64 {
        self.audits(method, limit, audits, draws, numbers, true)
    }

    fn audits(
        &self,
        method: Method,
        limit: Share,
        audits: u64,
        draws: usize,
        numbers: &mut Numbers,
        counted_too: bool,
    ) -> u64 {
        let plan = Plan::new(self.contest.clone(), self.assertions.clone()).unwrap();
        let frame = Frame::new(plan.weights()).unwrap();
        let total = u64::try_from(frame.total()).unwrap();
        let confirms = |_: &u64| {
            let drawn: Vec<usize> =
                (0..draws).map(|_| frame.item_at(u128::from(numbers.below(total)))).collect();
            let codes = drawn.iter().map(|item| (self.contest.batches()[*item].code.clone(), *item));
            let counts: Counts = codes.map(|(code, item)| (code, self.paper[item].clone())).collect();
            let by_sample =
                |risk: &AssertionRisk| counted_too || matches!(risk.measured, Measured::Sample { .. });
            let risks = plan.measure(method, &drawn, &counts).unwrap();
            risks.iter().all(|risk| risk.confirms(limit)) && risks.iter().any(by_sample)
        };
        (0..audits).filter(confirms).count() as u64
    }

    /// That the paper really does not bear out one of the assertions, by nothing.
    pub fn stands_on_the_line(&self) -> bool {
        self.assertions.iter().any(|assertion| {
            let covered =
                self.contest.batches().iter().zip(&self.paper).filter(|(batch, _)| assertion.covers(batch));
            covered.map(|(_, paper)| assertion.claim.margin(paper)).sum::<i128>() == 0
        })
    }
}

/// The rate, and the most that it can be with probability 0.999 (normal approximation).
pub fn rate(confirmed: u64, audits: u64) -> (f64, f64) {
    let rate = real(confirmed) / real(audits);
    (rate, 3.09 * (rate.max(1.0 / real(audits)) * (1.0 - rate) / real(audits)).sqrt())
}

/// The limit of a rate that is at most `limit`, over so many audits, passed by chance once in a thousand.
pub fn most_by_chance(limit: Share, audits: u64) -> f64 {
    let limit = limit.value();
    limit + 3.09 * (limit * (1.0 - limit) / real(audits)).sqrt()
}
