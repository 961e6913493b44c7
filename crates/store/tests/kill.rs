//! T26 on a real disk: a process that appends is killed (SIGKILL) again and again; everything it said yes to
//! is there.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Trace, check, entry, origin, sign};
use hakiki_store::{Log, PosixDisk};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Set in the child: the directory in which it appends until it is killed.
const CHILD: &str = "HAKIKI_STORE_TEST_CHILD";
/// Set by hand to run a printed seed again.
const SEED: &str = "HAKIKI_STORE_TEST_SEED";
const ROUNDS: u64 = 12;

#[test]
fn acknowledged_entries_survive_a_kill() {
    if let Some(directory) = std::env::var_os(CHILD) {
        append_until_killed(Path::new(&directory));
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64;
    let seed = std::env::var(SEED).map_or(now, |seed| seed.parse().unwrap());
    println!("{SEED}={seed}");
    let directory = tempfile::tempdir().unwrap();
    let disk = Arc::new(PosixDisk::new(directory.path()));
    drop(Log::create(disk.clone(), &origin(), &mut sign).unwrap());
    let mut trace = Trace::default();
    for round in 0..ROUNDS {
        let draw = hakiki_note::sha256(&[seed.to_be_bytes(), round.to_be_bytes()].concat()).0;
        let acknowledgements = u64::from(draw[0]) % 12;
        let spin = Duration::from_micros(u64::from(u16::from_be_bytes([draw[1], draw[2]])) / 8);
        let size = run_and_kill(directory.path(), acknowledgements, spin);
        assert!(size >= trace.acknowledged.len() as u64);
        let log = Log::open(Arc::new(PosixDisk::new(directory.path())), &origin(), &mut sign)
            .unwrap_or_else(|refused| panic!("round {round}: {refused}"));
        assert!(log.head().size >= size, "round {round}: said {size}, found {}", log.head().size);
        trace.acknowledged = (0..log.head().size).map(|index| entry(1, index)).collect();
        check::whole_log(&disk, log.head(), &trace.acknowledged);
        println!(
            "round {round}: acknowledged up to {size}, found {:?} {:?}",
            log.head().size,
            log.recovery()
        );
    }
    assert!(trace.acknowledged.len() > 256, "the rounds should cross a full tile");
}

/// Starts the child, reads so many acknowledgements, lets it run on for a moment, kills it. Gives the size
/// that it said.
fn run_and_kill(directory: &Path, acknowledgements: u64, spin: Duration) -> u64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["acknowledged_entries_survive_a_kill", "--exact", "--nocapture"])
        .env(CHILD, directory)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let size_in = |line: &str| line.split_once("appended to ").map(|(_, size)| size.parse::<u64>().unwrap());
    let mut size = 0;
    for line in lines.by_ref().filter_map(|line| size_in(&line.unwrap())).take(acknowledgements as usize + 1)
    {
        size = line;
    }
    let other = Log::open(Arc::new(PosixDisk::new(directory)), &origin(), &mut sign);
    assert_eq!(other.expect_err("the child holds it").code(), "S101");
    let until = Instant::now() + spin;
    while Instant::now() < until {
        std::hint::spin_loop();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // What it said before it died counts, read or not; a last line cut short was not said.
    let rest: Vec<String> = lines.map_while(Result::ok).collect();
    rest.iter().filter_map(|line| size_in(line)).fold(size, u64::max)
}

fn append_until_killed(directory: &Path) -> ! {
    let mut log = Log::open(Arc::new(PosixDisk::new(directory)), &origin(), &mut sign).unwrap();
    for batch in 0u64.. {
        let first = log.head().size;
        // The first fills the rounds up beyond a full tile, whatever the seed.
        let count = if batch == 0 { 30 } else { 1 + (first + batch) % 7 };
        let entries = (first..first + count).map(|index| entry(1, index)).collect();
        let appended = log.append(entries, &mut sign).unwrap();
        if batch % 5 == 4 {
            log.settle().unwrap();
        }
        let mut out = std::io::stdout().lock();
        writeln!(out, "appended to {}", appended.head.size).unwrap();
        out.flush().unwrap();
    }
    unreachable!("it is killed before it has counted to 2^64")
}
