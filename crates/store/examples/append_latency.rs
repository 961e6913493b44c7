//! How long an append of one entry takes, beside a bare write and sync of a file on the same disk.
//!
//! `cargo run --release -p hakiki-store --example append_latency -- DIRECTORY` (empty or new).

use hakiki_note::{KeyName, SigningKey};
use hakiki_store::{Log, PosixDisk};
use hakiki_tlog::{Checkpoint, Head, Origin};
use std::error::Error;
use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

const ROUNDS: usize = 400;
const ENTRY_BYTES: usize = 2_000;

fn main() -> Result<(), Box<dyn Error>> {
    let directory = PathBuf::from(std::env::args_os().nth(1).ok_or("name an empty directory")?);
    std::fs::create_dir_all(&directory)?;
    let entry = vec![42; ENTRY_BYTES];
    let bare = measure(|number| {
        let mut file = File::create_new(directory.join(format!("bare-{number}")))?;
        file.write_all(&entry)?;
        Ok(file.sync_all()?)
    })?;
    report("one file written and synced", bare);
    let named = measure(|number| {
        let mut file = File::create_new(directory.join(format!("named-{number}")))?;
        file.write_all(&entry)?;
        file.sync_all()?;
        Ok(File::open(&directory)?.sync_all()?)
    })?;
    report("the same with its directory", named);

    let origin = Origin::new("example.org/latency")?;
    let key = SigningKey::from_seed(KeyName::new(origin.as_str())?, &[1; 32]);
    let mut sign = |head: &Head| Ok(Checkpoint::new(origin.clone(), *head).sign(&key)?);
    let disk = Arc::new(PosixDisk::new(directory.join("log")));
    let mut log = Log::create(disk, &origin, &mut sign)?;
    let mut settling = Vec::new();
    let appends = measure(|_| {
        log.append(vec![entry.clone()], &mut sign)?;
        Ok(())
    })?;
    report("append of one entry, settling within", appends);
    let mut quiet = Vec::new();
    for _ in 0..ROUNDS {
        if log.is_settle_due() {
            let start = Instant::now();
            log.settle()?;
            settling.push(start.elapsed());
        }
        let start = Instant::now();
        log.append(vec![entry.clone()], &mut sign)?;
        quiet.push(start.elapsed());
    }
    report("append of one entry, settling between", quiet);
    report("settling", settling);
    Ok(())
}

fn measure(
    mut work: impl FnMut(usize) -> Result<(), Box<dyn Error>>,
) -> Result<Vec<Duration>, Box<dyn Error>> {
    let mut times = Vec::with_capacity(ROUNDS);
    for number in 0..ROUNDS {
        let start = Instant::now();
        work(number)?;
        times.push(start.elapsed());
    }
    Ok(times)
}

fn report(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or_default();
    println!("{what}: median {:?}, 99 of 100 within {:?}, n {}", at(50), at(99), times.len());
}
