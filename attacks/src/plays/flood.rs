//! Too much of everything: T25.

use super::Ground;
use super::admission::{accepted, refused};
use crate::arena::Arena;
use crate::outcome::{Seen, Verdict};
use crate::web;
use anyhow::{Context as _, Result, bail, ensure};
use hakiki_core::Record;
use hakiki_rehearsal::rivals::WITNESS_CLASSES;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// What the node of the play allows one key, so that the flood need not be long.
const LIMITS: [&str; 2] = ["key_burst=40", "key_rate_per_minute=60"];
/// Threads of the flood, of each kind.
const FLOODERS: usize = 4;
/// Forms that the thief of a kit has made.
const FLOOD: u32 = 400;
/// Stations that send while it lasts.
const HONEST: std::ops::Range<usize> = 1..61;
/// The service level: a form has its receipt within this time.
const LEVEL: Duration = Duration::from_secs(3);

/// What the flood came to.
#[derive(Default)]
struct Flood {
    is_over: AtomicBool,
    taken: AtomicU64,
    limited: AtomicU64,
    reads: AtomicU64,
}

impl Flood {
    /// A kit's key sends form after form, and again, as fast as it is answered.
    fn by_key(&self, arena: &Arena, forms: &[Record]) -> Result<()> {
        let mut taken = BTreeSet::new();
        for form in forms.iter().cycle() {
            if self.is_over.load(Ordering::Relaxed) {
                break;
            }
            let answer = arena.submit(form)?;
            if answer.status == 200 {
                taken.insert(*form.id());
            } else {
                ensure!(answer.status == 429, "{}: {}", answer.status, answer.text());
                refused(&answer, &["R401"])?;
                self.limited.fetch_add(1, Ordering::Relaxed);
            }
        }
        self.taken.fetch_add(taken.len() as u64, Ordering::Relaxed);
        Ok(())
    }

    /// An outsider sends what is no record, and reads.
    fn by_outsider(&self, arena: &Arena) -> Result<()> {
        let url = arena.url();
        while !self.is_over.load(Ordering::Relaxed) {
            let answer = web::post(&format!("{url}/submit"), &[b'x'; 4096])?;
            ensure!((400..500).contains(&answer.status), "{}", answer.status);
            for path in ["checkpoint", "tile/0/000.p/5", "en/", "nothing"] {
                web::get(&format!("{url}/{path}"))?;
                self.reads.fetch_add(1, Ordering::Relaxed);
            }
        }
        Ok(())
    }
}

/// T25: a flood of submissions by a key and by an outsider, and of reads.
pub fn t25(ground: &Ground) -> Result<Seen> {
    let mut arena = ground.new_arena()?;
    for class in WITNESS_CLASSES {
        arena.start_witness(class)?;
    }
    arena.start_node_with(&LIMITS)?;
    let all = (0..FLOOD).map(|number| arena.form(0, [4, 3, 2, 1], number)).collect::<Result<Vec<_>>>()?;
    let flood = Flood::default();
    let slowest = std::thread::scope(|scope| {
        let (arena, flood) = (&arena, &flood);
        let share = all.len() / FLOODERS;
        let by_key = all.chunks(share).map(|forms| scope.spawn(move || flood.by_key(arena, forms)));
        let mut running: Vec<_> = by_key.collect();
        running.extend((0..FLOODERS).map(|_| scope.spawn(move || flood.by_outsider(arena))));
        let slowest = honest(arena, flood);
        flood.is_over.store(true, Ordering::Relaxed);
        for one in running {
            one.join().unwrap_or_else(|_| bail!("the flood panicked"))?;
        }
        slowest
    })?;
    ensure!(slowest <= LEVEL, "a form waited {slowest:?} for its receipt");
    let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let (taken, limited) = (count(&flood.taken), count(&flood.limited));
    ensure!(limited > 0 && taken < u64::from(FLOOD) / 2, "{taken} of the flood taken, {limited} limited");
    ensure!(count(&flood.reads) > 0, "nobody read");
    let verdicts = arena.verify(&arena.url(), &[])?;
    verdicts.nothing_failed()?;
    let received = verdicts.report["contests"][0]["partition"]["received"].as_u64().context("received")?;
    ensure!(received == HONEST.len() as u64 + 1, "{received} stations are received");
    Ok(Seen::new(Verdict::Prevented).by("limits", "R401").by("admission", "R1xx"))
}

/// Honest kits send while it lasts; gives the longest wait for a receipt.
fn honest(arena: &Arena, flood: &Flood) -> Result<Duration> {
    let began = Instant::now();
    while flood.limited.load(Ordering::Relaxed) == 0 {
        ensure!(began.elapsed() < crate::arena::PATIENCE, "the flood meets no limit");
        std::thread::sleep(Duration::from_millis(5));
    }
    let mut slowest = Duration::ZERO;
    for station in HONEST {
        let form = arena.form(station, [4, 3, 2, 1], 1)?;
        let began = Instant::now();
        accepted(&arena.submit(&form)?)?;
        slowest = slowest.max(began.elapsed());
    }
    Ok(slowest)
}
