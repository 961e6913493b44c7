//! A recorder that is killed (SIGKILL) while it records and sends, again and again: neither gap nor fork, no line lost, none
//! recorded twice.

use crate::house::{
    collector, fixture, found, get, judge, log_target, mirror, node, note, observations, settings, start,
    sudo, until,
};
use hakiki_core::kinds::Event;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Set in the child: the directory, and the addresses of log and mirror.
const CHILD: &str = "HAKIKI_TEST_RECORDER_CHILD";
/// Set by hand to run a printed seed again.
const SEED: &str = "HAKIKI_TEST_RECORDER_SEED";
const ROUNDS: u64 = 10;
const LINES: i64 = 40;

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_recorder_resumes_without_gap_or_fork() {
    if let Ok(child) = std::env::var(CHILD) {
        record(&child);
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64;
    let mut seed = std::env::var(SEED).map_or(now, |seed| seed.parse().unwrap());
    println!("{SEED}={seed}");
    let place = tempfile::tempdir().unwrap();
    let (log, fixture) = (place.path().join("log"), fixture());
    found(&log, &fixture);
    let running_node = node(&log, "127.0.0.1:0", &[]).await;
    let rival = mirror(format!("http://{}", running_node.address), &place.path().join("mirror")).await;
    until("the mirror has the keys", || rival.size() == fixture.records.len() as u64);
    let child = format!("{} {} {}", place.path().display(), running_node.address, rival.address);
    for round in 0..ROUNDS {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut running = Command::new(std::env::current_exe().unwrap())
            .args(["kill::a_killed_recorder_resumes_without_gap_or_fork", "--exact", "--nocapture"])
            .env(CHILD, &child)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines: Vec<_> =
            (0..LINES).map(|line| sudo(1_930_338_000 + round.cast_signed() * LINES + line)).collect();
        note(place.path(), &lines);
        // When it dies is drawn: before the first line to after the last.
        tokio::task::block_in_place(|| std::thread::sleep(Duration::from_millis(20 + (seed >> 33) % 500)));
        running.kill().unwrap();
        running.wait().unwrap();
    }
    let running = start(told(place.path(), running_node.address, rival.address));
    let lines = ROUNDS * LINES as u64;
    until("all is sent", || {
        let last = running.last();
        u64::from(last) > lines
            && running.states().iter().all(|state| state.sent == last && state.refused == 0)
    });
    let last = u64::from(running.last());
    running.stop().unwrap();
    until("the mirror has the log", || {
        let machine = hakiki_core::fixture::key("host-1").name().to_string();
        let (_, held) = get(rival.address, &format!("/collected/{machine}"));
        held["log"]["in_both"] == last && held["held"] == last && held["contradicting_count"] == 0
    });
    rival.stop().await.unwrap();
    running_node.stop().await.unwrap();
    let found = observations(&log, "host-1");
    let mut seconds: BTreeMap<i64, u64> = BTreeMap::new();
    for (_, observed) in found.iter().filter(|(_, observed)| observed.event == Event::Sudo) {
        *seconds.entry(observed.at.unix_seconds).or_default() += 1;
    }
    assert_eq!(seconds.len() as u64, lines, "no line is lost");
    assert!(seconds.values().all(|count| *count == 1), "no line is recorded twice: {seconds:?}");
    let boots = found.iter().filter(|(_, observed)| observed.event == Event::Boot).count();
    assert_eq!(boots, 1);
    judge(&log, &fixture);
}

fn told(place: &Path, log: SocketAddr, rival: SocketAddr) -> hakiki_recorder::Settings {
    let mut told = settings(place, &fixture());
    told.targets = vec![log_target(log), collector(rival)];
    told
}

/// What the child does until it is killed.
fn record(child: &str) -> ! {
    let words: Vec<&str> = child.split(' ').collect();
    let [place, log, rival] = words[..] else { panic!("{child}") };
    let _running = start(told(Path::new(place), log.parse().unwrap(), rival.parse().unwrap()));
    loop {
        std::thread::park();
    }
}
