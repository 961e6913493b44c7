//! What a page costs when it is made, in a small and in a large election: the number of records must not matter.

use super::Arguments;
use crate::election::Synthetic;
use crate::figures::{kept, percentile};
use anyhow::{Result, ensure};
use hakiki_core::Record;
use hakiki_core::roster::InOrder;
use hakiki_core::{Ledger, VerifiedRecord};
use hakiki_note::Hash;
use hakiki_portal::{HeadState, Site, Snapshot, Source, respond};
use std::time::Instant;

/// How many times a page of the small election one of the large may cost.
const LIMIT: f64 = 1.5;
/// Below this many microseconds nothing is compared: that is noise.
const FLOOR_US: f64 = 100.0;
/// Times each page is made; the fastest counts, since what else runs on the machine only adds.
const TIMES: usize = 41;

struct Entries(Vec<Vec<u8>>);

impl Source for Entries {
    fn entry(&self, place: u64) -> Option<Vec<u8>> {
        self.0.get(usize::try_from(place).ok()?).cloned()
    }

    fn has_blob(&self, _: &Hash) -> bool {
        false
    }
}

/// Runs this part.
pub fn run(arguments: &Arguments, large: &Synthetic, forms: &[Record]) -> Result<()> {
    let small = Synthetic::new(arguments.small, 1)?;
    let small_forms = small.forms()?;
    let figures = [measure(&small, &small_forms)?, measure(large, forms)?];
    for (page, (few, many)) in PAGES.iter().zip(figures[0].iter().zip(&figures[1])) {
        let is_kept = *many <= few.max(FLOOR_US) * LIMIT;
        println!(
            "cold {page}: {few:.0} us with {} stations, {many:.0} us with {}: {:.2}; limit {LIMIT}: {}",
            arguments.small,
            arguments.stations,
            many / few,
            kept(is_kept)
        );
    }
    Ok(())
}

const PAGES: [&str; 6] = [
    "/en/",
    "/en/station/contest-000/s000007/",
    "/en/findings/",
    "/en/area/contest-000/c07/",
    "/en/log/",
    "/en/record/9/",
];

fn measure(election: &Synthetic, forms: &[Record]) -> Result<Vec<f64>> {
    let (ledger, source) = fold(election, forms)?;
    let head = HeadState {
        size: ledger.size(),
        root: hakiki_note::sha256(b"cold"),
        unix_seconds: None,
        cosigned_by: Vec::new(),
        quorum: 0,
        held_by: Vec::new(),
    };
    let began = Instant::now();
    let snapshot = Snapshot::new(&ledger, head);
    println!("a snapshot of {} records: {:.1} ms", ledger.size(), began.elapsed().as_secs_f64() * 1000.0);
    let site = Site { ledger: &ledger, snapshot: &snapshot, source: &source };
    let mut figures = Vec::new();
    for page in PAGES {
        let mut times = Vec::with_capacity(TIMES);
        for _ in 0..TIMES {
            let began = Instant::now();
            let made = respond(&site, page, &[]);
            times.push(began.elapsed().as_secs_f64() * 1e6);
            ensure!(made.status == 200, "{page} answered {}", made.status);
        }
        figures.push(percentile(&mut times, 0));
    }
    Ok(figures)
}

fn fold(election: &Synthetic, forms: &[Record]) -> Result<(Ledger, Entries)> {
    let refused =
        |refusal: hakiki_core::Refusal| anyhow::anyhow!("a record of the race is refused: {refusal}");
    let mut records = election.records.iter().chain(forms).cloned();
    let first = records.next().expect("an election has records");
    let mut entries = vec![first.note().as_bytes().to_vec()];
    let mut ledger = Ledger::begin(first).map_err(refused)?;
    for record in records {
        entries.push(record.note().as_bytes().to_vec());
        let trusted = ledger.roster().trust(record).map_err(|(_, refusal)| refused(refusal));
        let verified: VerifiedRecord = trusted?;
        let admission = ledger.admit(&verified, &election.tables, &InOrder).map_err(refused)?;
        ledger.apply(verified, admission);
    }
    Ok((ledger, Entries(entries)))
}
