//! The ledger against the plan: what a whole rehearsal over HTTP comes to is what the plan alone expects.
#![allow(clippy::unwrap_used)]

use hakiki_rehearsal::country::{Country, Plan};
use hakiki_rehearsal::demo::{Event, Settings, Watcher, differences, run};
use hakiki_verify::{Program, Quiet};
use std::sync::Arc;

struct Nobody;

impl Watcher for Nobody {
    fn tell(&self, _: Event<'_>) {}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_night_comes_out_as_planned() {
    for (seed, stations) in [("a", 230), ("b", 47), ("c", 1)] {
        let home = tempfile::tempdir().unwrap();
        let settings = Settings {
            stations,
            minutes: 0,
            seed: seed.to_owned(),
            dir: home.path().join("rehearsal"),
            listen: "127.0.0.1:0".parse().unwrap(),
            program: Program { name: "test".into(), version: "0".into(), sha256: None },
        };
        let rehearsed = run(&settings, Arc::new(Nobody), Arc::new(Quiet)).await.unwrap();
        assert!(rehearsed.is_equal, "seed {seed}: the node and the stranger say the same");
        let plan = Plan::new(&Country::generate(seed, stations).unwrap());
        assert_eq!(differences(&plan, &rehearsed.report).unwrap(), Vec::<String>::new(), "seed {seed}");
        rehearsed.running.stop().await.unwrap();
    }
}
