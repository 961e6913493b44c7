//! Pages over a holder that counts what is asked of it.
#![allow(clippy::unwrap_used)]

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use hakiki_core::fixture::{Fixture, Setting};
use hakiki_core::{Ledger, VerifiedRecord};
use hakiki_note::{Hash, sha256};
use hakiki_portal::{Boundaries, HeadState};
use hakiki_site::{Document, Fast, Holder, Keep, Pages, Policy, Shown, Sizes, follow, serve_pages};
use http_body_util::BodyExt as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tower::{Service as _, ServiceExt as _};

/// A log in memory.
struct House {
    pages: Pages,
    fixture: Fixture,
    /// The first fold.
    ledger: Mutex<Ledger>,
    entries: Mutex<Vec<Vec<u8>>>,
    /// How often the newest head was asked for: once a snapshot.
    snapshots: AtomicU64,
    answers: AtomicU64,
}

impl House {
    fn new() -> Arc<Self> {
        let fixture = Fixture::new(&Setting::default());
        let ledger = fixture.ledger();
        let entries = fixture.records.iter().map(|record| record.note().as_bytes().to_vec()).collect();
        Arc::new(Self {
            pages: Pages::new(Arc::new(Shown::new(ledger.clone())), 2),
            fixture,
            ledger: Mutex::new(ledger),
            entries: Mutex::new(entries),
            snapshots: AtomicU64::new(0),
            answers: AtomicU64::new(0),
        })
    }

    fn size(&self) -> u64 {
        self.entries.lock().unwrap().len() as u64
    }

    /// A form comes in.
    fn append(&self, station: usize) {
        let form = self.fixture.signed_form(station, [10, 20, 30], 0);
        let mut ledger = self.ledger.lock().unwrap();
        let verified: VerifiedRecord = ledger.roster().verify(form.clone()).map_err(|(_, r)| r).unwrap();
        self.fixture.append(&mut ledger, form.clone()).unwrap();
        self.pages.shown.add(vec![verified]);
        self.entries.lock().unwrap().push(form.note().as_bytes().to_vec());
        self.pages.move_on();
    }

    fn snapshots(&self) -> u64 {
        self.snapshots.load(Ordering::Relaxed)
    }
}

impl Holder for House {
    fn pages(&self) -> &Pages {
        &self.pages
    }

    fn newest(&self) -> Option<HeadState> {
        self.snapshots.fetch_add(1, Ordering::Relaxed);
        let size = self.size();
        let root = sha256(&size.to_be_bytes());
        let (cosigned_by, held_by) = (Vec::new(), Vec::new());
        Some(HeadState { size, root, unix_seconds: Some(1_930_338_000), cosigned_by, quorum: 0, held_by })
    }

    fn sizes(&self) -> Sizes {
        Sizes { signed: self.size(), ..Sizes::default() }
    }

    fn entry(&self, place: u64) -> Result<Option<Vec<u8>>, String> {
        Ok(self.entries.lock().unwrap().get(place as usize).cloned())
    }

    fn has_blob(&self, _: &Hash) -> Result<bool, String> {
        Ok(false)
    }

    fn table(&self, hash: &Hash) -> Option<Vec<u8>> {
        self.fixture.tables.get(hash).cloned()
    }

    fn boundaries(&self) -> Option<&Boundaries> {
        None
    }

    fn live(&self, path: &str) -> Option<Arc<Document>> {
        let text = format!("head {}\n", self.size());
        let document = || Arc::new(Document::new("text/plain", Keep::Second, Policy::Page, text));
        (path == "/checkpoint").then(document)
    }

    fn count(&self, _: &str, _: StatusCode) {
        self.answers.fetch_add(1, Ordering::Relaxed);
    }
}

fn server(house: &Arc<House>) -> Fast<House> {
    serve_pages(Router::new(), house.clone())
}

async fn ask(server: &Fast<House>, path: &str, headers: &[(&str, &str)]) -> Response<Body> {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    server.clone().ready().await.unwrap().call(request.body(Body::empty()).unwrap()).await.unwrap()
}

async fn body(response: Response<Body>) -> Vec<u8> {
    response.into_body().collect().await.unwrap().to_bytes().to_vec()
}

fn header<'a>(response: &'a Response<Body>, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

/// Longer than the least time between two snapshots.
async fn rest() {
    tokio::time::sleep(Duration::from_millis(600)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_made_for_a_head_that_nobody_looks_at() {
    let house = House::new();
    let server = server(&house);
    for station in 0..4 {
        house.append(station);
    }
    assert_eq!(house.snapshots(), 0);
    for _ in 0..5 {
        assert_eq!(ask(&server, "/en/", &[]).await.status(), 200);
    }
    assert_eq!(house.snapshots(), 1, "one for all who look");
    for station in 4..8 {
        house.append(station);
        ask(&server, "/en/", &[]).await;
    }
    assert_eq!(house.snapshots(), 1, "and not again so soon");
    rest().await;
    assert_eq!(house.snapshots(), 1, "time alone makes none");
    let page = String::from_utf8(body(ask(&server, "/en/", &[]).await).await).unwrap();
    assert_eq!(house.snapshots(), 2);
    assert!(page.contains(&format!("data-head=\"{}\"", house.size())), "the newest head is shown");
    rest().await;
    ask(&server, "/sw/", &[]).await;
    assert_eq!(house.snapshots(), 2, "nothing has moved");
    assert_eq!(house.answers.load(Ordering::Relaxed), 11);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_made_once_in_each_form_and_a_tag_spares_it() {
    let house = House::new();
    let server = server(&house);
    let plain = ask(&server, "/en/", &[]).await;
    assert_eq!(header(&plain, "cache-control"), "no-cache");
    assert!(header(&plain, "content-security-policy").ends_with("frame-ancestors 'none'"));
    assert_eq!(
        (header(&plain, "x-content-type-options"), header(&plain, "vary")),
        ("nosniff", "accept-encoding")
    );
    let tag = header(&plain, "etag").to_owned();
    let text = body(plain).await;
    let packed = ask(&server, "/en/", &[("accept-encoding", "br, gzip")]).await;
    assert_eq!(header(&packed, "content-encoding"), "br");
    assert!(body(packed).await.len() * 2 < text.len());
    for coding in ["br", "gzip", "identity"] {
        let same = ask(&server, "/en/?utm=x", &[("accept-encoding", coding), ("if-none-match", &tag)]).await;
        assert_eq!((same.status().as_u16(), body(same).await.len()), (304, 0), "{coding}");
    }
    house.append(0);
    rest().await;
    let moved = ask(&server, "/en/", &[("if-none-match", &tag)]).await;
    assert_eq!(moved.status(), 200, "another head has another page");
    let style = String::from_utf8(body(moved).await).unwrap();
    let style = style.split('"').find(|part| part.contains("style.") && part.contains(".css")).unwrap();
    let style = ask(&server, &format!("/{}", style.trim_start_matches("../")), &[]).await;
    assert!(style.status() == 200 && header(&style, "cache-control").contains("immutable"));
    let missing = ask(&server, "/en/no/such/page/", &[("if-none-match", "*")]).await;
    assert_eq!(missing.status(), 404);
    let without_slash = ask(&server, "/en/log", &[]).await;
    assert_eq!((without_slash.status().as_u16(), header(&without_slash, "location")), (308, "./log/"));
    let head = ask(&server, "/checkpoint", &[]).await;
    assert_eq!(header(&head, "cache-control"), "public, max-age=1");
    assert_eq!(body(head).await, format!("head {}\n", house.size()).as_bytes());
}

/// Every reader is told the head of this size.
async fn told(readers: &mut [Response<Body>], size: u64) {
    let expected = format!("event: head\nid: {size}\ndata: {{\"size\":{size},");
    for reader in readers {
        let frame = tokio::time::timeout(Duration::from_secs(30), reader.body_mut().frame()).await.unwrap();
        let event = frame.unwrap().unwrap().into_data().unwrap();
        assert!(event.starts_with(expected.as_bytes()) && event.ends_with(b"}]}\n\n"), "{event:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_feed_tells_who_follows_and_is_bounded() {
    let house = House::new();
    let server = server(&house);
    let following = tokio::spawn(follow(house.clone()));
    house.append(0);
    assert_eq!(house.snapshots(), 0, "nobody follows");
    let mut readers = [ask(&server, "/feed", &[]).await, ask(&server, "/feed", &[]).await];
    assert_eq!(header(&readers[0], "content-type"), "text/event-stream");
    let full = ask(&server, "/feed", &[]).await;
    assert_eq!((full.status().as_u16(), header(&full, "retry-after")), (503, "60"));
    told(&mut readers, house.size()).await;
    house.append(1);
    told(&mut readers, house.size()).await;
    assert_eq!(house.pages.feed.readers(), 2);
    house.pages.feed.close();
    for reader in &mut readers {
        assert!(reader.body_mut().frame().await.is_none(), "it ends with the server");
    }
    following.await.unwrap();
    assert_eq!(ask(&server, "/feed", &[]).await.status(), 503);
}

#[tokio::test(flavor = "multi_thread")]
async fn results_are_of_any_size_that_is_held() {
    let house = House::new();
    let server = server(&house);
    house.append(0);
    let size = house.size();
    for wanted in [size - 1, size] {
        let answer = ask(&server, &format!("/results/{wanted}"), &[]).await;
        assert!(header(&answer, "cache-control").contains("immutable"));
        let expected = hakiki_core::view::results::results_text(&house.ledger.lock().unwrap(), wanted);
        assert_eq!(body(answer).await, expected.as_bytes());
    }
    for wrong in [(size + 1).to_string(), "0".into(), "01".into(), "+1".into(), "x".into()] {
        assert_eq!(ask(&server, &format!("/results/{wrong}"), &[]).await.status(), 404, "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_checker_comes_with_its_hash_and_its_own_policy() {
    let server = server(&House::new());
    let checker = ask(&server, "/checker.html", &[("accept-encoding", "br")]).await;
    assert_eq!(header(&checker, "content-encoding"), "br");
    let policy = header(&checker, "content-security-policy");
    assert!(!policy.contains("default-src") && policy.contains("frame-ancestors 'none'"), "{policy}");
    let hash = body(ask(&server, "/checker.html.sha256", &[]).await).await;
    let text = body(ask(&server, "/checker.html", &[]).await).await;
    assert_eq!(String::from_utf8(hash).unwrap(), format!("{}  checker.html\n", sha256(&text)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_claims_may_ask_nobody_else_and_takes_nothing_in() {
    let server = server(&House::new());
    let page = ask(&server, "/claim.html", &[]).await;
    assert!(header(&page, "content-type").starts_with("text/html"));
    let policy = header(&page, "content-security-policy");
    assert!(policy.starts_with("connect-src 'self'; ") && policy.contains("form-action 'none'"), "{policy}");
    let text = String::from_utf8(body(page).await).unwrap();
    let hash = body(ask(&server, "/claim.html.sha256", &[]).await).await;
    let expected = format!("{}  claim.html\n", sha256(text.as_bytes()));
    assert_eq!(String::from_utf8(hash).unwrap(), expected, "sha256sum -c reads it");
    let own = text.split_once("http-equiv=\"Content-Security-Policy\" content=\"").unwrap().1;
    let own = own.split_once('"').unwrap().0;
    assert!(own.starts_with("default-src 'none'; ") && own.contains("; connect-src 'self'; "), "{own}");
    assert!(!own.contains("unsafe") && !own.contains("http"), "{own}");
}
