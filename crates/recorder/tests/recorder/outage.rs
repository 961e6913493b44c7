//! The log is away, and comes back; the collector hears all the while.

use crate::house::{
    collector, fixture, found, get, judge, log_target, mirror, node, note, observations, settings, start,
    sudo, until,
};

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_loses_nothing_and_rivals_hear_at_once() {
    let place = tempfile::tempdir().unwrap();
    let (log, fixture) = (place.path().join("log"), fixture());
    found(&log, &fixture);
    let running_node = node(&log, "127.0.0.1:0", &[]).await;
    let address = running_node.address;
    let rival = mirror(format!("http://{address}"), &place.path().join("mirror")).await;
    until("the mirror has the keys", || rival.size() == fixture.records.len() as u64);
    let mut told = settings(place.path(), &fixture);
    told.targets = vec![log_target(address), collector(rival.address)];
    let running = start(told);
    note(place.path(), &[sudo(1_930_338_000)]);
    let have = |log: u32, collector: u32| {
        let states = running.states();
        states[0].sent == log && states[1].sent == collector
    };
    until("both have boot and sudo", || have(2, 2));
    let machine = hakiki_core::fixture::key("host-1").name().to_string();
    let in_both = || get(rival.address, &format!("/collected/{machine}")).1["log"]["in_both"].clone();
    // The mirror follows the log by itself: an outage before its next look would leave its copy behind what was sent.
    until("the mirror's copy has them", || in_both() == 2);
    running_node.stop().await.unwrap();
    note(place.path(), &[sudo(1_930_338_001), sudo(1_930_338_002)]);
    until("the collector has what the log has not", || have(2, 4));
    until("the wait is told", || running.states()[0].problem.is_some());

    let (status, held) = get(rival.address, &format!("/collected/{machine}"));
    assert_eq!(status, 200, "{held}");
    assert_eq!((&held["held"], &held["last_sequence"]), (&4.into(), &4.into()), "{held}");
    assert_eq!(held["log"]["not_in_log"]["first"], serde_json::json!([3, 4]), "{held}");
    let in_log: Vec<_> = held["observations"].as_array().unwrap().iter().map(|one| &one["in_log"]).collect();
    assert_eq!(in_log, ["yes", "yes", "no", "no"]);
    assert!(held["silent_seconds"].as_u64().unwrap() < 60, "{held}");

    let running_node = node(&log, &address.to_string(), &[]).await;
    until("the log has all", || have(4, 4));
    until("the mirror's copy has all", || {
        let (_, held) = get(rival.address, &format!("/collected/{machine}"));
        held["log"]["in_both"] == 4 && held["log"]["not_in_log"]["count"] == 0
    });
    running.stop().unwrap();
    rival.stop().await.unwrap();
    running_node.stop().await.unwrap();
    assert_eq!(observations(&log, "host-1").len(), 4);
    judge(&log, &fixture);
}
