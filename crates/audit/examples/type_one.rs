//! Audits of elections whose reported outcome is wrong by nothing: the share that confirms it, for every rule and method.
//!
//! `cargo run --release --example type_one [AUDITS [SEED]]`, 20,000 audits each unless said otherwise. The figures of
//! `docs/reference/audit.md` come from here.
#![allow(clippy::unwrap_used)]

#[path = "../tests/common/numbers.rs"]
mod numbers;
#[path = "../tests/common/simulation.rs"]
mod simulation;

use hakiki_audit::Share;
use numbers::Numbers;
use simulation::{methods, most_by_chance, rate, wrong_outcomes};

fn main() {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<u64>().expect("a whole number"));
    let audits = arguments.next().unwrap_or(20_000);
    let seed = arguments.next().unwrap_or(20_220_809);
    let limit = Share::percent(5).expect("a share");
    println!("{audits} audits each, risk limit {limit}, seed {seed}, up to 200 draws of 120 stations");
    for outcome in wrong_outcomes() {
        for (name, method) in methods() {
            let confirmed = outcome.confirmed(method, limit, audits, 200, &mut Numbers(seed));
            let (share, reach) = rate(confirmed, audits);
            let verdict = if share <= most_by_chance(limit, audits) { "holds" } else { "DOES NOT HOLD" };
            println!("{share:.4} ± {reach:.4}  {verdict}  {}; {name}", outcome.name);
        }
    }
}
