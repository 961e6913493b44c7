//! The collector against whatever comes.

use crate::house::{fixture, found, get, mirror, node, observation, post, until};
use hakiki_core::fixture::key;
use hakiki_note::Hash;

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_keeps_what_a_machine_signed_and_nothing_else() {
    let place = tempfile::tempdir().unwrap();
    let (log, fixture) = (place.path().join("log"), fixture());
    found(&log, &fixture);
    let running_node = node(&log, "127.0.0.1:0", &[]).await;
    let source = format!("http://{}", running_node.address);
    let dir = place.path().join("mirror");
    let rival = mirror(source.clone(), &dir).await;
    until("the mirror has the keys", || rival.size() == fixture.records.len() as u64);
    let at = rival.address;
    let zeros = Hash([0; 32]);
    let one = observation(&fixture, "host-1", 1, zeros);
    let two = observation(&fixture, "host-1", 2, *one.id());
    let five = observation(&fixture, "host-1", 5, *two.id());

    let send = |note: &str| post(at, "/collect", note.as_bytes());
    assert_eq!(send(one.note()).0, 200);
    let (_, first) = send(one.note());
    assert!(first.starts_with("collected 1 "), "{first}");
    assert_eq!((send(two.note()).0, send(five.note()).0), (200, 200));

    let is_refused = |(status, body): (u16, String), expected: u16, code: &str| {
        assert!(status == expected && body.starts_with(code), "{status} {body}, expected {code}");
    };
    is_refused(send("no record"), 400, "R107");
    is_refused(send(fixture.signed_form(0, [1, 2, 3], 0).note()), 400, "R106");
    is_refused(send(observation(&fixture, "kit-s000001", 1, zeros).note()), 403, "R202");
    is_refused(send(observation(&fixture, "nobody", 1, zeros).note()), 403, "R201");
    let broken = one.note().replace("sequence 1", "sequence 9");
    is_refused(send(&broken), 403, "R206");
    // Another second observation that the same key signed: both cannot be the chain, and both are kept.
    let fork = observation(&fixture, "host-1", 2, zeros);
    is_refused(send(fork.note()), 409, "R308");
    is_refused(post(at, "/collect", &vec![b'x'; 80_000]), 413, "R402");
    rival.stop().await.unwrap();

    let rival = mirror(source, &dir).await;
    let (status, list) = get(rival.address, "/collected");
    assert_eq!(status, 200);
    let machines = list["machines"].as_array().unwrap();
    let names: Vec<_> =
        machines.iter().map(|machine| machine["machine"].as_str().unwrap().to_owned()).collect();
    assert_eq!(names, [key("host-1").name().to_string(), key("host-2").name().to_string()]);
    assert_eq!((&machines[0]["held"], &machines[0]["contradicting_count"]), (&3.into(), &1.into()), "{list}");
    assert_eq!(machines[0]["gaps"]["first"], serde_json::json!([{ "after": 2, "before": 5 }]), "{list}");
    assert!(machines[1]["silent_seconds"].is_null() && machines[1]["held"] == 0, "{list}");
    let (_, held) = get(rival.address, &format!("/collected/{}?after=1", key("host-1").name()));
    let sequences: Vec<_> =
        held["observations"].as_array().unwrap().iter().map(|one| &one["sequence"]).collect();
    assert_eq!(sequences, [&serde_json::json!(2), &serde_json::json!(5)]);
    assert_eq!(held["observations"][0]["note"], two.note());
    assert_eq!(held["contradicting"][0]["note"], fork.note());

    // The log takes the other one: rivals can say that it holds another than the machine told them first.
    assert_eq!(post(running_node.address, "/submit", one.note().as_bytes()).0, 200);
    let other = observation(&fixture, "host-1", 2, *one.id());
    assert_eq!(other.id(), two.id());
    let three = observation(&fixture, "host-1", 5, zeros);
    assert_eq!(post(running_node.address, "/submit", three.note().as_bytes()).0, 200);
    until("the copy has both", || {
        let (_, held) = get(rival.address, &format!("/collected/{}", key("host-1").name()));
        held["log"]["in_both"] == 1
            && held["log"]["another_in_log"]["first"] == serde_json::json!([5])
            && held["log"]["not_in_log"]["first"] == serde_json::json!([2])
    });
    assert_eq!(get(rival.address, "/collected/nobody").0, 404);
    rival.stop().await.unwrap();
    running_node.stop().await.unwrap();
}
