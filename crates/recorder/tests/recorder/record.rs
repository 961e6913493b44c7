//! From lines of a machine to records of a log, and what stays sealed.

use crate::house::{
    events, fixture, found, judge, log_target, node, note, observations, settings, start, sudo, until,
};
use hakiki_core::fixture::key;
use hakiki_core::kinds::Event;
use hakiki_note::sha256;
use hakiki_recorder::{Accounts, Networks, Watched, find_details, own_note};
use std::os::unix::fs::PermissionsExt as _;

#[tokio::test(flavor = "multi_thread")]
async fn what_a_machine_notes_stands_in_the_log() {
    let place = tempfile::tempdir().unwrap();
    let (log, fixture) = (place.path().join("log"), fixture());
    found(&log, &fixture);
    let running_node = node(&log, "127.0.0.1:0", &[]).await;
    let watched = place.path().join("watched");
    std::fs::create_dir(&watched).unwrap();
    std::fs::write(watched.join("a"), "one").unwrap();
    let accounts = place.path().join("accounts");
    std::fs::write(&accounts, format!("alice {}\n", key("administrator-1").name())).unwrap();
    std::fs::set_permissions(&accounts, std::fs::Permissions::from_mode(0o600)).unwrap();

    let mut told = settings(place.path(), &fixture);
    told.accounts = Accounts::read(&accounts).unwrap();
    told.networks = Networks::parse(&["10.20.0.0/16".to_owned()]).unwrap();
    told.watched = vec![Watched { name: "web".to_owned(), path: watched.clone() }];
    told.targets = vec![log_target(running_node.address)];
    let running = start(told);
    note(
        place.path(),
        &[
            (1_930_338_000, "sshd", "Accepted publickey for alice from 10.20.0.9 port 50022 ssh2"),
            (1_930_338_001, "sshd", "Accepted publickey for mallory from 192.0.2.7 port 50022 ssh2"),
            sudo(1_930_338_002),
            (1_930_338_003, "sshd", "pam_unix(sshd:session): session closed for user alice"),
            (1_930_338_004, "kernel", "nothing of interest"),
        ],
    );
    let is_sent = |count| running.last() == count && running.states()[0].sent == count;
    until("the lines are in the log", || is_sent(6));
    std::fs::write(watched.join("a"), "two").unwrap();
    until("the changed file is, too", || is_sent(7));
    running.stop().unwrap();
    running_node.stop().await.unwrap();

    let found = observations(&log, "host-1");
    let mut shown = events(&found);
    let name = key("administrator-1").name().to_string();
    assert_eq!(shown.pop().unwrap(), "file web -");
    shown.sort();
    let mut expected = vec![
        "boot - -".to_owned(),
        "file web -".to_owned(),
        format!("login {name} inside"),
        "login unregistered elsewhere".to_owned(),
        format!("sudo {name} -"),
        format!("logout {name} -"),
    ];
    expected.sort();
    assert_eq!(shown, expected);
    let list = format!("{}  a\n", sha256(b"two"));
    assert_eq!(found[6].1.value, Some(sha256(list.as_bytes())));

    let dir = place.path().join("recorder");
    let (id, login) = found.iter().find(|(_, one)| one.event == Event::Login).unwrap();
    let opened = find_details(&dir.join("details"), id).unwrap().unwrap();
    assert_eq!(Some(opened.commitment()), login.details);
    assert!(opened.details.contains("10.20.0.9") && opened.details.contains("alice"), "{}", opened.details);
    let record = own_note(&dir, id).unwrap().unwrap();
    let record = String::from_utf8(record).unwrap();
    assert!(!record.contains("10.20.0.9") && !record.contains("alice"), "{record}");
    judge(&log, &fixture);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_file_is_found_although_nobody_told() {
    let place = tempfile::tempdir().unwrap();
    let fixture = fixture();
    let watched = place.path().join("watched");
    std::fs::create_dir(&watched).unwrap();
    std::fs::write(watched.join("a"), "one").unwrap();
    let told = || {
        let mut told = settings(place.path(), &fixture);
        told.watched = vec![Watched { name: "web".to_owned(), path: watched.clone() }];
        told
    };
    let running = start(told());
    until("boot and the first value", || running.last() == 2);
    running.stop().unwrap();
    // While no recorder runs, no system tells it anything.
    std::fs::write(watched.join("a"), "two").unwrap();
    let running = start(told());
    until("the gap of the recorder, and the file", || running.last() == 4);
    running.stop().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_node_names_its_own_program_once() {
    let place = tempfile::tempdir().unwrap();
    let (log, fixture) = (place.path().join("log"), fixture());
    found(&log, &fixture);
    let path = place.path().join("host.key");
    std::fs::write(&path, key("host-2").to_private_text().as_bytes()).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    let path = path.to_str().unwrap();
    for (batch, count) in [("3", 3), ("3", 3), ("4", 4)] {
        let running = node(&log, "127.0.0.1:0", &[("host_key", path), ("batch_delay_ms", batch)]).await;
        let size = fixture.records.len() as u64 + count;
        until("it named itself", || {
            let (_, health) = crate::house::get(running.address, "/health");
            health["size"].as_u64().unwrap() == size
        });
        running.stop().await.unwrap();
    }
    let found = observations(&log, "host-2");
    let shown: Vec<_> = events(&found);
    let expected = ["program node -", "configuration node -", "dependencies node -", "configuration node -"];
    assert_eq!(shown, expected);
    assert_eq!(found[0].1.value, Some(hakiki_node::program_hash().unwrap()));
    assert_eq!(found[2].1.value, Some(hakiki_node::dependencies_hash()));
    assert_ne!(found[1].1.value, found[3].1.value);
    judge(&log, &fixture);
}
