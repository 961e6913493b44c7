//! How long the work of the races takes here: audits of 46,229 stations, a shuffle of as many names, whole percentages.
//!
//! `cargo run --release --example speed -p hakiki-audit`. Every figure is the best of five.

use std::hint::black_box;
use std::time::{Duration, Instant};

use hakiki_audit::batch::{Counts, Method, Plan};
use hakiki_audit::forensics::integer_percentages::{Station, peaks};
use hakiki_audit::quick_count::{Sampled, Stratum, chances};
use hakiki_audit::rule::{self, SpreadRule};
use hakiki_audit::sample::{DiceSeed, consistent};
use hakiki_audit::stopping::{Stopping, Test};
use hakiki_audit::{Batch, Contest, Share, Tally};

const STATIONS: u64 = 46_229;

fn best(what: &str, work: impl Fn()) {
    let time = || {
        let start = Instant::now();
        work();
        start.elapsed()
    };
    let best = (0..5).map(|_| time()).min().unwrap_or(Duration::ZERO);
    println!("{best:>12.3?}  {what}");
}

/// A station of an invented country: about 300 ballots, the first a little ahead.
fn station(place: u64) -> Batch {
    let first = 100 + place * 7_919 % 113;
    let votes = vec![first, 308 - first - place % 5, place % 5];
    let code = format!("{place:05}");
    Batch { code, area: format!("{:02}", place % 47), reported: Tally::of_votes(votes), bound: 320 }
}

fn main() {
    let contest = Contest::new(3, (0..STATIONS).map(station).collect()).expect("a contest");
    let limit = Share::percent(5).expect("a share");
    let totals: Vec<u64> =
        (0..3).map(|place| contest.batches().iter().map(|batch| batch.reported.votes[place]).sum()).collect();
    println!("{totals:?}");
    let winner = usize::from(totals[1] > totals[0]);
    let assertions = rule::majority(&contest, winner, Share::HALF).expect("a candidate");
    let plan = Plan::new(contest.clone(), assertions.clone()).expect("a plan");
    let draws = plan.clean_draws(limit, Method::KaplanMarkov);
    println!("U {:.3}, {draws} draws", plan.total_bound());
    best("one plan of 46,229 stations", || {
        black_box(Plan::new(contest.clone(), assertions.clone()).expect("a plan"));
    });
    best("1,000 audits: draws by SHA-256, counts, risk", || {
        for audit in 0..1_000_u64 {
            let seed = DiceSeed::new(&format!("{audit:020}")).expect("digits");
            let drawn: Vec<usize> = plan.draws(&seed, draws).iter().map(|draw| draw.item).collect();
            let batches = drawn.iter().map(|item| &contest.batches()[*item]);
            let counts: Counts = batches.map(|batch| (batch.code.clone(), batch.reported.clone())).collect();
            black_box(plan.measure(Method::KaplanMarkov, &drawn, &counts).expect("counts"));
        }
    });
    let names: Vec<String> = (0..STATIONS).map(|place| format!("{place:05}")).collect();
    best("consistent order of 46,229 names", || {
        black_box(consistent::order(names.iter().map(String::as_str), "20220809"));
    });
    best("exact stopping of BRAVO at 52 %, 29,601 ballots", || {
        let test =
            Test { reported: 0.52, true_share: 0.52, risk_limit: Share::percent(10).expect("a share") };
        black_box(Stopping::of(test, 29_601).quantile(0.99));
    });
    let stations: Vec<Station> = (0..91_000_u64)
        .map(|place| {
            let registered = 150 + place * 7_919 % 2_400;
            let given = registered * (400 + place * 104_729 % 500) / 1_000;
            Station {
                registered,
                given,
                received: given,
                leader: given * (300 + place * 15_485 % 600) / 1_000,
            }
        })
        .collect();
    best("whole percentages of 91,000 stations, exactly", || {
        black_box(peaks(&stations));
    });
    let strata: Vec<Stratum> = (0..47)
        .map(|area| Stratum {
            name: format!("{area:02}"),
            stations: 984,
            drawn: 21,
            reported: (0..21)
                .map(|place| Sampled {
                    votes: 100 + (area * 31 + place * 17) % 90,
                    valid: 290,
                    cluster: String::new(),
                })
                .collect(),
        })
        .collect();
    best("1,000 resamples of a quick count of 987 stations", || {
        let rule = SpreadRule { half: Share::HALF, spread: Share::QUARTER, areas: 24 };
        black_box(chances(&strata, rule, "1", 1_000).expect("a sample"));
    });
}
