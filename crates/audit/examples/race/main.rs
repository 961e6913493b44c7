//! The audits' and indicators' races, peers in processes of their own in the same run.
//!
//! `cargo run --release -p hakiki-audit --example race -- [PYTHON]`. The peers are numpy and `consistent_sampler` from PyPI, and a plain Python audit; a
//! peer that is not installed is said not to have raced. R is not run: its published time stands beside ours. One core. Nothing fails for being slow.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use hakiki_audit::batch::{Counts, Measured, Method, Plan};
use hakiki_audit::forensics::integer_percentages::{Station, peaks};
use hakiki_audit::forensics::spikes::{Counted, Mixture, RESAMPLES, resample};
use hakiki_audit::martingale::{Bet, Martingale, Population};
use hakiki_audit::numeric::draw::{self, Gamma};
use hakiki_audit::numeric::lookup::Lookup;
use hakiki_audit::numeric::stream::Stream;
use hakiki_audit::numeric::{real, real_large, real_signed};
use hakiki_audit::rule;
use hakiki_audit::sample::{DiceSeed, consistent};
use hakiki_audit::{Batch, Contest, Share, Tally};
use hakiki_note::sha256;
use serde_json::{Value, json};
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Instant;

const STATIONS: u64 = 46_229;
const AUDITS: u64 = 1_000;
const DRAWS: u64 = 400;
/// Audits of the plain Python program: enough to be timed, its time for 1,000 follows.
const PYTHON_AUDITS: u64 = 5;
/// Published times of reference programs on other machines (their sources are in docs/reference/forensics.md).
const ARLO_S: f64 = 870.0;
const R_SPIKES_S: f64 = 377.742;

fn main() {
    let python = std::env::args().nth(1).unwrap_or_else(|| "python3".into());
    println!("best of rounds, in seconds; ratios are how many times faster\n");
    audits(&python);
    shuffle(&python);
    percentages();
    spikes();
}

fn best<T>(rounds: u32, mut work: impl FnMut() -> T) -> (f64, T) {
    let mut time = || {
        let begun = Instant::now();
        let result = work();
        (begun.elapsed().as_secs_f64(), result)
    };
    let first = time();
    (1..rounds).fold(first, |least, _| {
        let next = time();
        if next.0 < least.0 { next } else { least }
    })
}

/// A peer's figures, or nothing (with a notice).
fn peer(python: &str, job: &str, given: &Value) -> Option<Value> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/race/peers.py");
    let run = || -> std::io::Result<std::process::Output> {
        let mut child = Command::new(python)
            .args([script, job])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        child.stdin.take().unwrap().write_all(given.to_string().as_bytes())?;
        child.wait_with_output()
    };
    let output = run().ok()?;
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        println!("  {job}: did not race: {}", errors.lines().last().unwrap_or("no reason given"));
        return None;
    }
    serde_json::from_slice(&output.stdout).ok()
}

fn line(what: &str, seconds: f64) {
    println!("{seconds:>10.4}  {what}");
}

fn against(what: &str, ours: f64, theirs: f64, wanted: f64) {
    let ratio = theirs / ours;
    let word = if ratio >= wanted { "reached" } else { "MISSED" };
    println!("{theirs:>10.4}  {what}: {ratio:.0} times; at least {wanted:.0} wanted: {word}");
}

/// A station of an invented country, and its paper: at one in fifty two votes differ.
fn station(place: u64) -> (Batch, Tally) {
    let first = 100 + place * 7_919 % 113;
    let votes = [first, 306 - first];
    let moved = u64::from(place % 50 == 7);
    let batch = Batch {
        code: format!("{place:05}"),
        area: format!("{:02}", place % 47),
        reported: Tally::of_votes(votes.to_vec()),
        bound: 320,
    };
    (batch, Tally::of_votes(vec![votes[0] - moved, votes[1] + moved]))
}

fn audits(python: &str) {
    let (batches, paper): (Vec<Batch>, Vec<Tally>) = (0..STATIONS).map(station).unzip();
    let contest = Contest::new(2, batches).unwrap();
    let limit = Share::percent(5).unwrap();
    let plan = Plan::new(contest.clone(), rule::plurality(&contest, 0).unwrap()).unwrap();
    let planned = &plan.assertions()[0];
    println!(
        "{AUDITS} audits of {STATIONS} stations, {DRAWS} draws each (U {:.3}, {} do without errors)",
        plan.total_bound(),
        plan.clean_draws(limit, Method::KaplanMarkov)
    );

    let (full, confirmed) =
        best(3, || (0..AUDITS).filter(|audit| full_audit(&plan, &paper, *audit) <= limit.value()).count());
    line(&format!("ours in full: dice, SHA-256, counts checked, risk; {confirmed} confirm"), full);
    let votes: Vec<[u64; 2]> =
        contest.batches().iter().map(|batch| [batch.reported.votes[0], batch.reported.votes[1]]).collect();
    let given = json!({
        "votes": votes,
        "paper": paper.iter().map(|paper| &paper.votes).collect::<Vec<_>>(),
        "bounds": contest.batches().iter().map(|batch| batch.bound).collect::<Vec<_>>(),
        "margin": i64::try_from(planned.margin).unwrap(),
        "draws": DRAWS, "audits": PYTHON_AUDITS, "limit": limit.value(),
    });
    let mut plain = None;
    if let Some(found) = peer(python, "audits-python", &given) {
        let theirs: Vec<f64> =
            found["risks"].as_array().unwrap().iter().map(|risk| risk.as_f64().unwrap()).collect();
        for (audit, theirs) in (0..PYTHON_AUDITS).zip(theirs) {
            let ours = full_audit(&plan, &paper, audit);
            assert!(
                (ours - theirs).abs() <= 1e-9 * theirs,
                "the same seed has the same risk: {ours}, {theirs}"
            );
        }
        let seconds = found["seconds"].as_f64().unwrap() * real(AUDITS) / real(PYTHON_AUDITS);
        plain = Some(seconds);
        let ratio = seconds / full;
        line(
            &format!(
                "plain Python, exact decimals, the same risks, from {PYTHON_AUDITS} audits: {ratio:.0} times"
            ),
            seconds,
        );
    }
    against("arlo, as published, to ours in full", full, ARLO_S, 1_000.0);

    // As a simulation: taints are known beforehand, draws from a fast stream. The same for both.
    let taints: Vec<f64> = contest
        .batches()
        .iter()
        .zip(&paper)
        .zip(plan.weights())
        .map(|((batch, paper), weight)| {
            real_signed(planned.assertion.error(batch, paper)).max(0.0) / real_large(*weight)
        })
        .collect();
    let weights: Vec<u64> = plan.weights().iter().map(|weight| u64::try_from(*weight).unwrap()).collect();
    same_as_the_martingale(&weights, &taints, planned.margin);
    let (simulated, confirmed) = best(5, || simulate(&weights, &taints, planned.margin, limit, false));
    line(&format!("ours as a simulation, every draw of every audit; {confirmed} confirm"), simulated);
    let (stopping, same) = best(5, || simulate(&weights, &taints, planned.margin, limit, true));
    line("ours as a simulation, an audit ends when it confirms", stopping);
    if let Some(plain) = plain {
        against("plain Python, to the simulation of every draw", simulated, plain, 1_000.0);
    }
    assert_eq!(same, AUDITS, "all of these confirm, whether they stop or not");
    let given = json!({
        "weights": weights, "taints": taints, "margin": i64::try_from(planned.margin).unwrap(),
        "draws": DRAWS, "audits": AUDITS, "limit": limit.value(),
    });
    if let Some(found) = peer(python, "audits-numpy", &given) {
        // Draws differ, so the numbers of audits that confirm scatter; four deviations of a half.
        let theirs = found["confirmed"].as_f64().unwrap();
        assert!((theirs - real(confirmed)).abs() <= 4.0 * (real(AUDITS) / 2.0).sqrt(), "{theirs}");
        let what = format!("numpy {}, all at once", found["version"].as_str().unwrap());
        against(&format!("{what}, to every draw"), simulated, found["seconds"].as_f64().unwrap(), 3.0);
        against(&format!("{what}, to stopping"), stopping, found["seconds"].as_f64().unwrap(), 3.0);
    }
    println!();
}

/// The least risk of one audit.
fn full_audit(plan: &Plan, paper: &[Tally], audit: u64) -> f64 {
    let seed = DiceSeed::new(&format!("{audit:020}")).unwrap();
    let drawn: Vec<usize> = plan.draws(&seed, DRAWS).iter().map(|draw| draw.item).collect();
    let batches = plan.contest().batches();
    let counts: Counts =
        drawn.iter().map(|item| (batches[*item].code.clone(), paper[*item].clone())).collect();
    let risks = plan.measure(Method::KaplanMarkov, &drawn, &counts).unwrap();
    match risks[0].measured {
        Measured::Sample { least, .. } => least,
        Measured::Counted(_) => 0.0,
    }
}

/// Kaplan–Markov audits that stop when they confirm, or after so many draws. What a station adds to the logarithm of the capital is the same in all
/// of them.
fn simulate(weights: &[u64], taints: &[f64], margin: i128, limit: Share, stops: bool) -> u64 {
    let lookup = Lookup::new(weights).unwrap();
    let null = 1.0 - real_signed(margin) / real(lookup.total());
    let steps: Vec<f64> = taints.iter().map(|taint| ((1.0 - taint) / null).ln()).collect();
    let enough = -limit.value().ln();
    let mut stream = Stream::new(1);
    let audit = |_: &u64| {
        let (mut capital, mut most) = (0.0, 0.0_f64);
        for _ in 0..DRAWS {
            capital += steps[lookup.draw(&mut stream)];
            most = most.max(capital);
            if stops && most >= enough {
                break;
            }
        }
        most >= enough
    };
    (0..AUDITS).filter(audit).count() as u64
}

/// That the sums of a simulation are the product's own test.
fn same_as_the_martingale(weights: &[u64], taints: &[f64], margin: i128) {
    let lookup = Lookup::new(weights).unwrap();
    let null = 1.0 - real_signed(margin) / real(lookup.total());
    let mut test = Martingale::new(Population { size: None, upper: 1.0, null }, Bet::OfLargest(1.0));
    let (mut stream, mut capital) = (Stream::new(2), 0.0);
    for _ in 0..DRAWS {
        let taint = taints[lookup.draw(&mut stream)];
        test.observe(1.0 - taint);
        capital += ((1.0 - taint) / null).ln();
    }
    assert!((test.risk_now().ln() + capital).abs() < 1e-9, "{} and {capital}", test.risk_now());
}

fn shuffle(python: &str) {
    let names: Vec<String> = (0..STATIONS).map(|place| format!("{place:05}")).collect();
    let (seconds, order) = best(5, || consistent::order(names.iter().map(String::as_str), "20220809"));
    println!("full order of {STATIONS} names by consistent sampling");
    line("ours", seconds);
    if let Some(found) = peer(python, "shuffle", &json!({ "names": names, "seed": "20220809" })) {
        let ours: Vec<&str> = order.iter().map(|ticket| ticket.name.as_str()).collect();
        assert_eq!(found["digest"], sha256(ours.join("\n").as_bytes()).to_string(), "the same order");
        against("consistent_sampler, the same order", seconds, found["seconds"].as_f64().unwrap(), 20.0);
    }
    println!();
}

fn percentages() {
    let stations: Vec<Station> = (0..91_000_u64)
        .map(|place| {
            let registered = 150 + place * 7_919 % 2_400;
            let given = registered * (400 + place * 104_729 % 500) / 1_000;
            let leader = given * (300 + place * 15_485 % 600) / 1_000;
            Station { registered, given, received: given, leader }
        })
        .collect();
    let (seconds, found) = best(5, || peaks(&stations));
    println!("whole percentages of {} stations, exactly", found.stations);
    line("ours; 0.1 wanted", seconds);
    against("1,000 simulations, as published", seconds, 89.0, 1.0);
    println!();
}

/// Stations drawn from the published mixtures of an example of as many stations.
fn spikes() {
    let turnout = [[0.653_139, 0.346_861].as_slice(), &[21.676_41, 8.878_047], &[19.010_158, 9.569_332]];
    let votes = [
        [0.473_466, 0.213_835, 0.178_97, 0.133_729].as_slice(),
        &[8.489_956, 4.059_976, 7.833_839, 5.488_676],
        &[8.660_315, 32.111_545, 20.104_29, 3.114_695],
    ];
    let mut stream = Stream::new(20_220_809);
    let mut next = |[weights, a, b]: [&[f64]; 3], trials: u64| {
        let place = stream.fraction();
        let mut sum = 0.0;
        let kind = weights.iter().position(|weight| {
            sum += weight;
            place < sum
        });
        let kind = kind.unwrap_or(weights.len() - 1);
        let chance = draw::beta(&mut stream, &Gamma::new(a[kind]), &Gamma::new(b[kind]));
        draw::binomial(&mut stream, trials, chance)
    };
    let stations: Vec<Counted> = (0..66_111_u64)
        .map(|place| {
            let registered = 200 + place * 7_919 % 330;
            let voted = next(turnout, registered).max(1);
            Counted { registered, voted, votes: next(votes, voted) }
        })
        .collect();
    let mixture = |[weights, a, b]: [&[f64]; 3]| Mixture::new(weights, a, b).unwrap();
    let (seconds, found) =
        best(2, || resample(&stations, &mixture(turnout), &mixture(votes), RESAMPLES, 1).unwrap());
    let voters: u64 = stations.iter().map(|station| station.registered).sum();
    println!("{RESAMPLES} spike resamples of {} stations of {voters} voters", found.stations);
    line(&format!("ours; F {:.3} %", found.excess_percent), seconds);
    against("R's package, as published", seconds, R_SPIKES_S, 50.0);
}
