//! What is served: log paths, results, feed, health, pages, and nothing else of the disk.

use crate::house::{House, Socket, judge_source};
use hakiki_core::view::results::results_text;
use hakiki_note::sha256;
use hakiki_tlog::{bundle::entries_of_width, leaf_hash};
use hakiki_verify::Source;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn log_paths_are_served_as_static_files_are() {
    let house = House::new(&[]).await;
    let client = &house.client;
    client.submit_record(&house.fixture.signed_form(0, [1, 2, 3], 0)).await.receipt();
    let checkpoint = client.get("/checkpoint").await;
    assert_eq!(checkpoint.header("access-control-allow-origin"), "*");
    assert_eq!(checkpoint.header("cache-control"), "public, max-age=1");
    let etag = checkpoint.header("etag");
    let same = client.send("GET", "/checkpoint", &[("if-none-match", etag)], "").await;
    assert_eq!((same.status, same.body.len()), (304, 0));
    let size = client.size().await;
    let bundle = client.get(&format!("/tile/entries/000.p/{size}")).await;
    assert!(bundle.header("cache-control").contains("immutable"));
    let entries = entries_of_width(&bundle.body, size as u16).unwrap();
    assert_eq!(entries[0], house.fixture.records[0].note().as_bytes());
    let tile = client.get(&format!("/tile/0/000.p/{size}")).await;
    let leaves: Vec<u8> = entries.iter().flat_map(|entry| leaf_hash(entry).0).collect();
    assert_eq!(tile.body, leaves);
    let zipped =
        client.send("GET", &format!("/tile/entries/000.p/{size}"), &[("accept-encoding", "gzip")], "").await;
    assert_eq!(zipped.header("content-encoding"), "gzip");
    assert!(zipped.body.len() < bundle.body.len());
    let hashes =
        client.send("GET", &format!("/tile/0/000.p/{size}"), &[("accept-encoding", "gzip")], "").await;
    assert_eq!(hashes.header("content-encoding"), "");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn results_are_as_of_any_size() {
    let house = House::new(&[]).await;
    let mut ledger = house.fixture.ledger();
    let first = results_text(&ledger, ledger.size());
    for station in 0..3 {
        let form = house.fixture.signed_form(station, [10, 20, 30], 1);
        house.client.submit_record(&form).await.receipt();
        house.fixture.append(&mut ledger, form).unwrap();
    }
    for size in (1..=ledger.size()).rev() {
        let answer = house.client.get(&format!("/results/{size}")).await;
        assert_eq!(answer.text(), results_text(&ledger, size), "{size}");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
    }
    assert_eq!(house.client.get(&format!("/results/{}", ledger.size() - 3)).await.text(), first);
    for size in ["0", "01", "+1", "-1", "1.0", "99", "99999999999999999999", ""] {
        assert_eq!(house.client.get(&format!("/results/{size}")).await.status, 404, "{size}");
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn results_lie_in_the_directory_when_the_log_is_quiet() {
    let house = House::new(&[]).await;
    let results = house.directory.path().join("data/log/results");
    for station in 0..3 {
        house.client.submit_record(&house.fixture.signed_form(station, [10, 20, 30], 1)).await.receipt();
        let size = house.client.size().await;
        let path = results.join(size.to_string());
        let appears = async {
            while !path.exists() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), appears).await.expect("it is written when it is quiet");
        let served = house.client.get(&format!("/results/{size}")).await;
        assert_eq!(std::fs::read(&path).unwrap(), served.body, "the file and the answer are the same text");
    }
    let size = house.client.size().await;
    let (_, directory, _) = house.close().await;
    let names = std::fs::read_dir(directory.path().join("data/log/results")).unwrap();
    let mut names: Vec<_> = names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, [(size - 1).to_string(), size.to_string()], "the newest two");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_verifies_over_the_wire() {
    let house = House::new(&[]).await;
    for station in 0..4 {
        house.client.submit_record(&house.fixture.signed_form(station, [10, 20, 30], 1)).await.receipt();
    }
    let (source, fingerprint) = (format!("http://{}", house.running.address), house.fixture.fingerprint);
    let codes = ["V01", "V02", "V04", "V05", "V07", "V08", "V09", "V10", "V12"];
    let judged = tokio::task::spawn_blocking(move || judge_source(Source::Url(source), fingerprint, &codes));
    let report = judged.await.unwrap();
    assert_eq!(report.head.unwrap().size, house.client.size().await);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_path_reaches_what_is_not_served() {
    let house = House::new(&[]).await;
    let secret = house.directory.path().join("data/private/head");
    let secret = std::fs::read_to_string(secret).unwrap();
    for path in [
        "/private/head",
        "/tile/../../private/head",
        "/tile/..%2f..%2fprivate%2fhead",
        "/tile/0/%2e%2e/%2e%2e/%2e%2e/private/head",
        "/blob/../../private/head",
        "/blob/..%2f..%2fprivate%2fhead",
        "/blob/%2fetc%2fpasswd",
        "/tile//etc/passwd",
        "/tile/0/000%00",
        "/receipt/../checkpoint",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/..%5c..%5cprivate%5chead",
        "/log/checkpoint",
    ] {
        // Over a socket, since a client would tidy the path.
        let mut socket = Socket::open(house.running.address);
        socket.say(format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").as_bytes());
        let shown = socket.end();
        assert!(shown.starts_with("HTTP/1.1 404 ") || shown.starts_with("HTTP/1.1 400 "), "{path}: {shown}");
        assert!(!shown.contains(&secret) && !shown.contains("root:"), "{path}");
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_come_with_their_headers() {
    let house = House::new(&[]).await;
    house.client.submit_record(&house.fixture.signed_form(0, [100, 2, 3], 0)).await.receipt();
    let page = house.client.get("/").await;
    assert!(page.status < 400, "{}", page.status);
    assert!(page.header("content-type").starts_with("text/html"));
    let policy = page.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'; style-src 'self'") && !policy.contains("unsafe"),
        "{policy}"
    );
    assert_eq!(
        (page.header("x-content-type-options"), page.header("referrer-policy")),
        ("nosniff", "no-referrer")
    );
    let zipped = house.client.send("GET", "/", &[("accept-encoding", "gzip")], "").await;
    assert_eq!(zipped.header("content-encoding"), "gzip");
    assert_eq!(house.client.get("/no/such/page").await.status, 404);
    assert_eq!(house.client.send("POST", "/", &[], "x").await.status, 405);
    assert_eq!(house.client.send("GET", "/submit", &[], "").await.status, 405);
    assert_eq!(house.client.send("HEAD", "/checkpoint", &[], "").await.status, 200);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_feed_tells_each_head_and_ends_with_the_node() {
    let house = House::new(&[]).await;
    let mut feed = Socket::open(house.running.address);
    feed.say(b"GET /feed HTTP/1.1\r\nhost: x\r\naccept-encoding: gzip\r\n\r\n");
    let size = house.client.size().await;
    let first = feed.until(&format!("\"size\":{size},"));
    assert!(first.contains("event: head\n") && first.contains("text/event-stream"), "{first}");
    house.client.submit_record(&house.fixture.signed_form(0, [1, 2, 3], 0)).await.receipt();
    let next = feed.until(&format!("\"size\":{},", size + 1));
    assert!(next.contains("\"contest\":\"president\",\"expected\":8,\"received\":1,\"missing\":7"), "{next}");
    house.close().await;
    feed.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn feeds_are_bounded() {
    let house = House::new(&[("feeds_max", "1")]).await;
    let mut first = Socket::open(house.running.address);
    first.say(b"GET /feed HTTP/1.1\r\nhost: x\r\n\r\n");
    first.until("event: head");
    assert_eq!(house.client.get("/feed").await.status, 503);
    drop(first);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn health_and_metrics() {
    let house = House::new(&[]).await;
    let health = house.client.get("/health").await;
    assert_eq!((health.status, health.header("content-type")), (200, "application/json"));
    let size = house.client.size().await;
    assert!(health.text().contains(&format!("\"state\":\"running\",\"size\":{size},")), "{}", health.text());
    house.client.get("/checkpoint").await;
    let metrics = house.client.get("/metrics").await;
    assert!(metrics.text().contains("hakiki_http_requests_total{route=\"checkpoint\",status=\"200\"} 2\n"));
    assert!(metrics.text().contains(&format!("hakiki_head_size {size}\n")));
    let unknown = house.client.get(&format!("/receipt/{}", sha256(b"none"))).await;
    assert_eq!(unknown.status, 404);
    house.close().await;
}
