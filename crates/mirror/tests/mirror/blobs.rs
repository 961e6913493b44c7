//! Which blobs a mirror has: exactly those that it was asked for, and the tables without which nothing can be judged.

use crate::house::{fixture, forms, found, get, judge, keys, mirror, node, post, settings, until, url};
use hakiki_core::Record;
use hakiki_core::fixture::{Fixture, log_key};
use hakiki_core::kinds::{Image, Shows};
use hakiki_core::text::Time;
use hakiki_mirror::{AlarmKind, BlobChoice};
use hakiki_note::{Hash, sha256};
use hakiki_tlog::VerifiedCheckpoint;
use hakiki_tlog::witness::AddCheckpoint;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use tokio::task::block_in_place;

const WORDS: &[u8] = b"hakiki/words@v1\nwords reason rain\n";
const PAGE: &[u8] = b"\xff\xd8\xff\xe0 the paper";
/// A photograph that was announced and never came.
const NEVER: &[u8] = b"\xff\xd8\xff\xe0 another paper";

/// A form with words, and two announced photographs of it.
fn records(fixture: &Fixture) -> Vec<Record> {
    let [kit, officer] = fixture.station_keys(0);
    let mut form = fixture.form(0, [1, 2, 3], 0);
    form.words = Some(sha256(WORDS));
    let form = fixture.sign(form, &[&kit, &officer]);
    let image = |page: &[u8]| {
        let image = Image {
            of: *form.id(),
            shows: Shows::Original,
            page: sha256(page),
            agents_table: None,
            taken: Time::parse("2031-03-04T18:00:00+03:00").unwrap(),
        };
        fixture.sign(image, &[&kit, &officer])
    };
    let images = [image(PAGE), image(NEVER)];
    [form].into_iter().chain(images).collect()
}

/// The blobs in a mirror's directory.
fn held(dir: &Path) -> BTreeSet<Hash> {
    let names = fs::read_dir(dir.join("log/blob")).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter_map(|name| name.parse().ok()).collect()
}

fn cosigns(address: std::net::SocketAddr, head: &VerifiedCheckpoint) -> u16 {
    let body = AddCheckpoint::new(0, Vec::new(), head).to_body();
    post(address, "/add-checkpoint", "", body.as_bytes()).status
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mirror_has_the_blobs_that_it_was_asked_for_and_no_others() {
    let (place, fixture) = (tempfile::tempdir().unwrap(), fixture());
    let at = |name: &str| place.path().join(name);
    found(&at("node"), &fixture, &records(&fixture));
    let node = node(&at("node"), "127.0.0.1:0").await;
    let agent = ureq::Agent::new_with_defaults();
    for bytes in [WORDS, PAGE] {
        let address = format!("http://{}/blob/{}", node.address, sha256(bytes));
        let put = block_in_place(|| agent.put(address).send(bytes).unwrap());
        assert!(put.status().is_success());
    }
    let newest = get(node.address, "/checkpoint");
    let newest = VerifiedCheckpoint::open(&newest.body, log_key().verifier()).unwrap();
    let tables: BTreeSet<Hash> = fixture.tables.keys().copied().collect();
    let with = |more: &[&[u8]]| tables.iter().copied().chain(more.iter().map(|one| sha256(one))).collect();
    let contest = |code: &str| BlobChoice::Contest(code.to_owned());
    let expected: [(&str, BlobChoice, BTreeSet<Hash>, u64); 5] = [
        ("all", BlobChoice::All, with(&[WORDS, PAGE]), 1),
        ("forms", BlobChoice::Forms, with(&[PAGE]), 1),
        ("contest", contest("president"), with(&[PAGE]), 1),
        ("other", contest("senate"), with(&[]), 0),
        ("none", BlobChoice::None, with(&[]), 0),
    ];
    for (name, choice, blobs, missing) in expected {
        let mut told = settings(url(node.address), &at(name));
        (told.blobs, told.keys) = (choice, keys());
        let running = mirror(told).await;
        until("it catches up", || running.size() == newest.head().size);
        until("it has what it wants", || held(&at(name)) == blobs);
        // What it has, it serves; of the rest it says that it is not here, and how much of what it wants.
        for bytes in [WORDS, PAGE, NEVER] {
            let hash = sha256(bytes);
            let answer = get(running.address, &format!("/blob/{hash}"));
            if blobs.contains(&hash) {
                assert_eq!((answer.status, &*answer.body), (200, bytes), "{name}");
            } else {
                assert_eq!(answer.status, 404, "{name}");
                assert!(answer.text().contains("not here"), "{name}: {}", answer.text());
            }
        }
        let health: serde_json::Value =
            serde_json::from_slice(&get(running.address, "/health").body).unwrap();
        assert_eq!(health["blobs_missing"].as_u64(), Some(missing), "{name}: {health}");
        // A head commits to the entries. Pictures come later or never, and hold back no cosignature.
        assert_eq!(cosigns(running.address, &newest), 200, "{name}");
        assert!(running.alarms().is_empty(), "{name}: {:?}", running.alarms());
        until("its results are written", || {
            at(name).join("log/results").read_dir().is_ok_and(|mut found| found.next().is_some())
        });
        running.stop().await.unwrap();
        assert_eq!(held(&at(name)), blobs, "{name}: nothing else came");
        judge(&at(name), &fixture);
    }
    node.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_table_nothing_behind_it_is_cosigned() {
    let (place, fixture) = (tempfile::tempdir().unwrap(), fixture());
    let at = |name: &str| place.path().join(name);
    found(&at("node"), &fixture, &forms(&fixture, 3));
    let newest = fs::read(at("node/log/checkpoint")).unwrap();
    let newest = VerifiedCheckpoint::open(&newest, log_key().verifier()).unwrap();
    // One table is kept back by whoever serves the log.
    let table = *fixture.tables.keys().next().unwrap();
    let (blob, aside) = (at("node/log/blob").join(table.to_string()), at("aside"));
    fs::rename(&blob, &aside).unwrap();
    let mut told = settings(at("node").display().to_string(), &at("mirror"));
    (told.blobs, told.keys) = (BlobChoice::None, keys());
    told.cosign_wait = std::time::Duration::from_millis(200);
    let running = mirror(told).await;
    let lacks = || running.alarms().iter().any(|alarm| alarm.kind == AlarmKind::Lacking);
    until("it says which table it lacks", || {
        running.alarms().iter().any(|alarm| alarm.found.contains(&table.to_string()))
    });
    assert!(lacks());
    assert_eq!(cosigns(running.address, &newest), 503, "a head that was not judged is not cosigned");
    // It comes, and with it the cosignature.
    fs::rename(&aside, &blob).unwrap();
    until("the table comes", || !lacks());
    until("it is cosigned", || cosigns(running.address, &newest) == 200);
    running.stop().await.unwrap();
    judge(&at("mirror"), &fixture);
}
