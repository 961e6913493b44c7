#![allow(clippy::unwrap_used, missing_docs)]
#[path = "verify/log.rs"]
#[allow(dead_code)]
mod log;
use hakiki_core::fixture::{Fixture, Setting};
#[test]
fn speed() {
    let n: u32 = std::env::var("N").ok().and_then(|n| n.parse().ok()).unwrap_or(100);
    let t = std::time::Instant::now();
    let fixture = Fixture::new(&Setting { stations: n, ..Setting::default() });
    let mut records = fixture.records.clone();
    let forms: Vec<_> = (0..n as usize).map(|s| fixture.signed_form(s, [200, 101, 9], 3)).collect();
    records.extend(forms);
    println!("made in {:?}", t.elapsed());
    let log = log::TestLog::of(&fixture, &records);
    // reference: verification alone
    let t = std::time::Instant::now();
    let ledger = fixture.ledger();
    println!("ledger (keys, one thread) {:?}", t.elapsed());
    let t = std::time::Instant::now();
    let recs = records[5..].to_vec();
    println!("clone {:?}", t.elapsed());
    let t = std::time::Instant::now();
    for r in recs {
        ledger.roster().verify(r).unwrap();
    }
    println!("decode and verify, one thread {:?}", t.elapsed());
    drop(ledger);
    for threads in [1, 2] {
        let mut o = log::options(log.source());
        o.threads = Some(threads);
        let t = std::time::Instant::now();
        let report = hakiki_verify::verify(&o, &hakiki_verify::Quiet);
        println!("{threads} threads {:?} {:?} exit {}", t.elapsed(), report.timings, log::exit(&report));
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    println!("{}", status.lines().find(|l| l.starts_with("VmHWM")).unwrap());
}
