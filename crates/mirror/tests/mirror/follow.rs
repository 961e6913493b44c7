//! Catching up, following, resuming, mirrors of mirrors, directories.

use crate::house::{copy, fixture, forms, found, get, judge, mirror, node, post, settings, until, url};
use hakiki_core::fixture::key;
use hakiki_core::kinds::{Image, Shows};
use hakiki_core::text::Time;
use hakiki_mirror::BlobChoice;
use hakiki_note::sha256;
use std::fs;

#[tokio::test(flavor = "multi_thread")]
async fn a_mirror_catches_up_follows_and_serves_the_same_bytes() {
    let (place, fixture) = (tempfile::tempdir().unwrap(), fixture());
    let at = |name: &str| place.path().join(name);
    found(&at("node"), &fixture, &forms(&fixture, 300));
    let node = node(&at("node"), "127.0.0.1:0").await;
    let mut told = settings(url(node.address), &at("mirror"));
    told.out = Some(at("stick"));
    told.fingerprint = Some(fixture.fingerprint);
    let one = mirror(told).await;
    assert!(one.is_first_contact);
    until("it catches up", || one.size() == fixture.records.len() as u64 + 300);
    let second = mirror(settings(url(one.address), &at("second"))).await;
    let mut late = forms(&fixture, 310);
    for form in late.drain(300..) {
        assert_eq!(post(node.address, "/submit", "", form.note().as_bytes()).status, 200);
    }
    let size = fixture.records.len() as u64 + 310;
    until("it follows", || one.size() == size);
    until("so does a mirror of it", || second.size() == size);
    let same = |path: &str| {
        let bytes = get(node.address, path);
        assert_eq!(bytes.status, 200, "{path}");
        for mirror in [&one, &second] {
            assert_eq!(get(mirror.address, path).body, bytes.body, "{path}");
        }
    };
    same("/checkpoint");
    same(&format!("/tile/entries/001.p/{}", size - 256));
    same("/tile/0/000");
    same("/tile/1/000.p/1");
    until("pages are made", || get(second.address, "/").status == 200);
    until("results are", || get(second.address, &format!("/results/{size}")).status == 200);
    same(&format!("/results/{size}"));
    let id = fixture.records[3].id();
    assert_eq!(get(one.address, &format!("/receipt/{id}")).status, 200);
    let health: serde_json::Value = serde_json::from_slice(&get(one.address, "/health").body).unwrap();
    assert_eq!(
        (health["state"].as_str(), health["alarms"].as_array().map(Vec::len)),
        (Some("following"), Some(0))
    );
    assert!(get(one.address, "/metrics").text().contains(&format!("hakiki_mirror_size {size}\n")));
    for path in ["/tile/../private/mirrored", "/tile/0/000/x", "/blob/..", "/private/head", "/evidence/x"] {
        assert_eq!(get(one.address, path).status, 404, "{path}");
    }
    node.stop().await.unwrap();
    one.stop().await.unwrap();
    second.stop().await.unwrap();
    judge(&at("mirror"), &fixture);
    judge(&at("mirror/log"), &fixture);
    judge(&at("second"), &fixture);
    judge(&at("stick"), &fixture);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_opened_again_without_its_log() {
    let (place, fixture) = (tempfile::tempdir().unwrap(), fixture());
    let at = |name: &str| place.path().join(name);
    found(&at("node"), &fixture, &forms(&fixture, 20));
    // A directory, as on a stick.
    let source = at("node").display().to_string();
    let first = mirror(settings(&source, &at("mirror"))).await;
    let size = fixture.records.len() as u64 + 20;
    until("it catches up", || first.size() == size);
    first.stop().await.unwrap();
    fs::remove_dir_all(at("node")).unwrap();
    let again = mirror(settings(&source, &at("mirror"))).await;
    assert!(!again.is_first_contact);
    assert_eq!((again.size(), again.fingerprint), (size, fixture.fingerprint));
    until("pages are made", || get(again.address, "/").status == 200);
    assert!(again.alarms().is_empty(), "silence is no alarm: {:?}", again.alarms());
    again.stop().await.unwrap();
    judge(&at("mirror"), &fixture);
    let mut other = settings(&source, &at("mirror"));
    other.fingerprint = Some(sha256(b"another election"));
    assert_eq!(hakiki_mirror::Mirror::start(other).await.err().unwrap().code(), "M103");
    let nowhere = settings(&source, &at("new"));
    assert_eq!(hakiki_mirror::Mirror::start(nowhere).await.err().unwrap().code(), "M101");
}

#[tokio::test(flavor = "multi_thread")]
async fn photographs_come_as_chosen() {
    let (place, fixture) = (tempfile::tempdir().unwrap(), fixture());
    let at = |name: &str| place.path().join(name);
    let form = forms(&fixture, 1).remove(0);
    found(&at("node"), &fixture, std::slice::from_ref(&form));
    let node = node(&at("node"), "127.0.0.1:0").await;
    let page = b"\xff\xd8\xff\xe0 a page";
    let image = Image {
        of: *form.id(),
        shows: Shows::Original,
        page: sha256(page),
        agents_table: None,
        taken: Time::parse("2031-03-04T18:00:00+03:00").unwrap(),
    };
    let station = fixture.station_keys(0);
    let image = fixture.sign(image, &[&station[0], &station[1]]);
    let placed = post(node.address, "/submit", "", image.note().as_bytes());
    assert_eq!(placed.status, 200, "{}", placed.text());
    let mut mirrors = Vec::new();
    for (name, blobs) in [
        ("all", BlobChoice::All),
        ("contest", BlobChoice::Contest("president".into())),
        ("other", BlobChoice::Contest("senate".into())),
        ("none", BlobChoice::None),
    ] {
        let mut told = settings(url(node.address), &at(name));
        told.blobs = blobs;
        mirrors.push(mirror(told).await);
    }
    let blob = format!("/blob/{}", sha256(page));
    until("all catch up", || mirrors.iter().all(|m| m.size() == fixture.records.len() as u64 + 2));
    let agent = ureq::Agent::new_with_defaults();
    let put = |address| {
        tokio::task::block_in_place(|| agent.put(format!("http://{address}{blob}")).send(&page[..]).unwrap())
    };
    assert!(put(node.address).status().is_success());
    let restarted = mirrors.remove(0);
    // What was not there is asked for again later; a start asks at once.
    restarted.stop().await.unwrap();
    let all = mirror(settings(url(node.address), &at("all"))).await;
    until("the photograph comes", || get(all.address, &blob).status == 200);
    assert_eq!(get(all.address, &blob).body, page);
    let contest = mirrors.remove(0);
    contest.stop().await.unwrap();
    let mut told = settings(url(node.address), &at("contest"));
    told.blobs = BlobChoice::Contest("president".into());
    let contest = mirror(told).await;
    until("it comes by its contest", || get(contest.address, &blob).status == 200);
    for without in &mirrors {
        assert_eq!(get(without.address, &blob).status, 404);
    }
    let none = mirrors.pop().unwrap();
    until("its results are written", || {
        at("none/log/results").read_dir().is_ok_and(|mut d| d.next().is_some())
    });
    for running in mirrors.into_iter().chain([none, all, contest]) {
        running.stop().await.unwrap();
    }
    node.stop().await.unwrap();
    judge(&at("all"), &fixture);
    judge(&at("none"), &fixture);
    let _ = (copy, key);
}
