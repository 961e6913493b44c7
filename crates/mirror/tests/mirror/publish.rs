//! The portal and the log as files.

use crate::house::{fixture, forms, found, get, judge, mirror, node, settings, until, url};
use hakiki_mirror::{Publication, copy, publish};
use std::fs;
use std::path::Path;

fn publication(from: &Path, out: &Path) -> Publication {
    Publication {
        from: from.to_owned(),
        out: out.to_owned(),
        in_place: false,
        precompress: false,
        boundaries: None,
        url: None,
        said_url: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publication_is_a_log_that_verifies_with_every_page_as_it_is_served() {
    let (place, fixture) = (tempfile::tempdir().unwrap(), fixture());
    let at = |name: &str| place.path().join(name);
    let all = forms(&fixture, 6);
    found(&at("node"), &fixture, &all[..4]);
    let running = node(&at("node"), "127.0.0.1:0").await;
    let size = copy(settings(url(running.address), &at("copy"))).await.unwrap();
    assert_eq!(size, fixture.records.len() as u64 + 4);
    let first = publish(&publication(&at("copy"), &at("out")), &|_| ()).unwrap();
    judge(&at("out"), &fixture);
    // From the directory itself, while the node goes on: the same but for nothing.
    let again = publish(&publication(&at("node"), &at("own")), &|_| ()).unwrap();
    assert_eq!(again.files, first.files);
    judge(&at("own"), &fixture);
    let copied = mirror(settings(url(running.address), &at("copy"))).await;
    until("it serves pages", || get(copied.address, "/").status == 200);
    let receipt = format!("receipt/{}", all[0].id());
    for (path, file) in [
        ("/", "index.html"),
        ("/en/", "en/index.html"),
        ("/sw/log/", "sw/log/index.html"),
        ("/en/record/5/", "en/record/5/index.html"),
        (&format!("/{receipt}"), &*receipt),
        (&format!("/results/{size}"), &format!("results/{size}")),
        ("/checkpoint", "checkpoint"),
    ] {
        let file = fs::read(at("out").join(file)).unwrap();
        assert_eq!(
            String::from_utf8_lossy(&get(copied.address, path).body),
            String::from_utf8_lossy(&file),
            "{path}"
        );
    }
    copied.stop().await.unwrap();
    // Nothing has changed, and nothing is written anew.
    let same = publish(&publication(&at("copy"), &at("out")), &|_| ()).unwrap();
    assert_eq!((same.files, same.changed, same.removed), (first.files, 0, 0));
    // A new head changes pages, and the partial tiles of the old one go.
    let posted = crate::house::post(running.address, "/submit", "", all[5].note().as_bytes());
    assert_eq!(posted.status, 200, "{}", posted.text());
    running.stop().await.unwrap();
    let later = Publication { in_place: true, precompress: true, ..publication(&at("node"), &at("out")) };
    let changed = publish(&later, &|_| ()).unwrap();
    assert!(changed.changed > 0 && changed.removed > 0, "{changed:?}");
    judge(&at("out"), &fixture);
    assert!(at("out/en/index.html.br").is_file() && !at("out/tile/0/000.p").join(size.to_string()).exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_published_is_said() {
    let (place, fixture) = (tempfile::tempdir().unwrap(), fixture());
    let at = |name: &str| place.path().join(name);
    found(&at("node"), &fixture, &[]);
    let refused = |publication: Publication| publish(&publication, &|_| ()).unwrap_err();
    assert_eq!(refused(publication(&at("nothing"), &at("out"))).code(), "M107");
    fs::create_dir(at("letters")).unwrap();
    fs::write(at("letters/letter"), "mine").unwrap();
    let error = refused(publication(&at("node"), &at("letters")));
    assert!(error.code() == "M112" && error.to_string().contains("letters"), "{error}");
    fs::write(at("no.geojson"), "{}").unwrap();
    let outlines = Some((at("no.geojson"), "code".to_owned()));
    let error = refused(Publication { boundaries: outlines, ..publication(&at("node"), &at("out")) });
    assert!(error.code() == "M110" && error.to_string().contains("no.geojson"), "{error}");
    assert!(!at("out").exists());
}
