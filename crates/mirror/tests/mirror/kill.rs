//! A mirror that is killed (SIGKILL) while it fetches, again and again, and resumes to a whole copy.

use crate::house::{forms, found, judge, mirror, settings, until};
use hakiki_core::fixture::{Fixture, Setting};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Set in the child: the directory of the log, and of the copy.
const CHILD: &str = "HAKIKI_TEST_MIRROR_CHILD";
/// Set by hand to run a printed seed again.
const SEED: &str = "HAKIKI_TEST_MIRROR_SEED";
const FORMS: u32 = 1500;
const ROUNDS: u64 = 12;

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_mirror_resumes() {
    if let Ok(place) = std::env::var(CHILD) {
        let place = Path::new(&place);
        let _running =
            mirror(settings(place.join("node").display().to_string(), &place.join("mirror"))).await;
        std::future::pending::<()>().await;
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64;
    let mut seed = std::env::var(SEED).map_or(now, |seed| seed.parse().unwrap());
    println!("{SEED}={seed}");
    let place = tempfile::tempdir().unwrap();
    let fixture = Fixture::new(&Setting { stations: 100, ..Setting::default() });
    found(&place.path().join("node"), &fixture, &forms(&fixture, FORMS));
    for _ in 0..ROUNDS {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["kill::a_killed_mirror_resumes", "--exact", "--nocapture"])
            .env(CHILD, place.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // When it dies is drawn: from before the first byte to after the last.
        std::thread::sleep(Duration::from_millis(20 + (seed >> 33) % 700));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let told = settings(place.path().join("node").display().to_string(), &place.path().join("mirror"));
    let running = mirror(told).await;
    until("it gets to the end", || running.size() == fixture.records.len() as u64 + u64::from(FORMS));
    assert!(running.alarms().is_empty(), "{:?}", running.alarms());
    running.stop().await.unwrap();
    judge(&place.path().join("mirror"), &fixture);
}
