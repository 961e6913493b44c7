//! How long it takes to found a log of so many forms, to read it again, and to compute what readers see.
//!
//! `cargo run --release -p hakiki-node --example restart_time -- 46229`

use hakiki_core::fixture::{Fixture, Setting, log_key};
use hakiki_core::view::results::results_text;
use hakiki_core::view::{ContestView, Selection, findings};
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let stations: u32 = std::env::args().nth(1).as_deref().unwrap_or("10000").parse()?;
    let directory = tempfile::tempdir()?;
    let began = Instant::now();
    let fixture = Fixture::new(&Setting { stations, counties: 47, ..Setting::default() });
    let forms: Vec<_> = (0..stations as usize).map(|n| fixture.signed_form(n, [300, 200, 10], 3)).collect();
    println!("{stations} stations made and signed in {:?}", began.elapsed());
    let began = Instant::now();
    let records = fixture.records.iter().cloned().chain(forms);
    hakiki_node::found_log(directory.path(), &log_key(), records, &fixture.tables)?;
    println!("founded, with every check, in {:?}", began.elapsed());
    let began = Instant::now();
    let ledger = hakiki_node::open_ledger(directory.path())?;
    println!("read again in {:?}", began.elapsed());
    let began = Instant::now();
    let view = ContestView::new(&ledger, 0, ledger.size(), Selection::All);
    println!("{} standing; contest view in {:?}", view.total(&ledger).standing, began.elapsed());
    let began = Instant::now();
    let found = findings(&ledger, ledger.size());
    println!("{} findings in {:?}", found.len(), began.elapsed());
    let began = Instant::now();
    let text = results_text(&ledger, ledger.size());
    println!("results text of {} bytes in {:?}", text.len(), began.elapsed());
    Ok(())
}
