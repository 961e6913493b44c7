//! Which blobs come and go.

use crate::house::{House, reopened};
use base64::Engine as _;
use hakiki_core::fixture::key;
use hakiki_core::kinds::{Collation, Figures, Image, Shows, child_row};
use hakiki_core::text::{BoxValue, Time};
use hakiki_note::{BASE64, Hash, SigningKey, sha256};

fn signature(house: &House, key: &SigningKey, blob: &Hash) -> String {
    let text = format!("hakiki/blob@v1\nelection {}\nblob sha256:{blob}\n", house.fixture.fingerprint);
    BASE64.encode(key.sign(text.as_bytes()))
}

async fn put(house: &House, hash: &Hash, bytes: &[u8], by: Option<(&SigningKey, &str)>) -> (u16, String) {
    let headers: Vec<(&str, &str)> = match by {
        Some((key, signature)) => vec![("hakiki-key", key.name().as_str()), ("hakiki-signature", signature)],
        None => Vec::new(),
    };
    let answer = house.client.send("PUT", &format!("/blob/{hash}"), &headers, bytes.to_vec()).await;
    let body = answer.text().to_owned();
    let code = body.lines().find_map(|line| line.strip_prefix("code ").map(str::to_owned));
    (answer.status, code.unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_comes_first_by_a_key_that_may_sign_its_record() {
    let house = House::new(&[]).await;
    let form = house.fixture.signed_form(0, [1, 2, 3], 0);
    house.client.submit_record(&form).await.receipt();
    let boxes = [1, 2, 3, 6, 0].map(BoxValue::Number);
    let row = child_row(&house.fixture.stations[0], form.id(), &boxes[..3], boxes[3], boxes[4]);
    let table = Collation::children_table([row]);
    let hash = sha256(&table);
    let (returning, second) = (key("returning-c01-1"), key("second-c01-1"));
    let good = signature(&house, &returning, &hash);
    assert_eq!(put(&house, &hash, &table, None).await, (409, "R304".into()));
    let kit = &house.fixture.station_keys(0)[0];
    let by_kit = signature(&house, kit, &hash);
    assert_eq!(put(&house, &hash, &table, Some((kit, &by_kit))).await, (403, "R202".into()));
    assert_eq!(put(&house, &hash, &table, Some((&second, &good))).await, (403, "R206".into()));
    let nobody = key("nobody");
    assert_eq!(put(&house, &hash, &table, Some((&nobody, &good))).await, (403, "R201".into()));
    let other = signature(&house, &returning, &sha256(b"<html>"));
    let page = put(&house, &sha256(b"<html>"), b"<html>", Some((&returning, &other))).await;
    assert_eq!(page, (409, "R305".into()), "a signature does not make anything a table");
    assert_eq!(
        put(&house, &hash, b"hakiki/children@v1\n", Some((&returning, &good))).await,
        (409, "R305".into())
    );
    assert_eq!(house.client.get(&format!("/blob/{hash}")).await.status, 404);
    let figures = Figures { votes: (1..).zip([1, 2, 3].map(BoxValue::Number)).collect(), boxes: [None; 6] };
    let collation = Collation {
        contest: "president".into(),
        area: "c01-1".into(),
        children: hash,
        submitted: 1,
        received: 1,
        figures,
        words: None,
    };
    let collation = house.fixture.sign(collation, &[&returning, &second]);
    assert_eq!(house.client.submit_record(&collation).await.status, 409, "the table is not here yet");
    assert_eq!(put(&house, &hash, &table, Some((&returning, &good))).await.0, 201);
    assert_eq!(put(&house, &hash, &table, Some((&returning, &good))).await.0, 200);
    house.client.submit_record(&collation).await.receipt();
    let served = house.client.get(&format!("/blob/{hash}")).await;
    assert_eq!(
        (served.body.as_ref(), served.header("content-type")),
        (&table[..], "text/plain; charset=utf-8")
    );
    let (_, directory, _) = house.close().await;
    assert_eq!(reopened(&directory).collations().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_comes_once_a_record_names_it() {
    let house = House::new(&[]).await;
    let form = house.fixture.signed_form(0, [1, 2, 3], 0);
    house.client.submit_record(&form).await.receipt();
    let picture: Vec<u8> = [&[0xff, 0xd8, 0xff, 0xe0][..], &vec![7; 200_000]].concat();
    let (page, agents) = (sha256(&picture), sha256(b"agents"));
    assert_eq!(put(&house, &page, &picture, None).await, (409, "R304".into()));
    let image = Image {
        of: *form.id(),
        shows: Shows::Original,
        page,
        agents_table: Some(agents),
        taken: Time::parse("2031-03-04T19:00:00+03:00").unwrap(),
    };
    let [kit, _] = house.fixture.station_keys(0);
    house.client.submit_record(&house.fixture.sign(image, &[&kit])).await.receipt();
    assert_eq!(put(&house, &agents, b"agents", None).await, (409, "R304".into()), "never public");
    assert_eq!(house.client.get(&format!("/blob/{page}")).await.status, 404);
    assert_eq!(put(&house, &page, &picture[1..], None).await, (409, "R305".into()));
    assert_eq!(put(&house, &page, &picture, None).await.0, 201);
    let path = format!("/blob/{page}");
    let whole = house.client.get(&path).await;
    assert_eq!((whole.body.as_ref(), whole.header("content-type")), (&picture[..], "image/jpeg"));
    assert!(whole.header("cache-control").contains("immutable"));
    assert_eq!(whole.header("accept-ranges"), "bytes");
    let part = house.client.send("GET", &path, &[("range", "bytes=100000-")], "").await;
    assert_eq!((part.status, part.body.as_ref()), (206, &picture[100_000..]));
    assert_eq!(part.header("content-range"), "bytes 100000-200003/200004");
    let beyond = house.client.send("GET", &path, &[("range", "bytes=200004-")], "").await;
    assert_eq!((beyond.status, beyond.header("content-range")), (416, "bytes */200004"));
    assert_eq!(house.client.send("HEAD", &path, &[], "").await.body.len(), 0);
    // After a restart the node still knows which blobs records name.
    let (_, directory, fixture) = house.close().await;
    std::fs::remove_file(directory.path().join(format!("data/log/blob/{page}"))).unwrap();
    let house = House::over(directory, fixture, &[]).await;
    assert_eq!(put(&house, &page, &picture, None).await.0, 201);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blob_has_at_most_eight_mebibytes() {
    let house = House::new(&[]).await;
    let large = vec![b'x'; 8 * 1024 * 1024 + 1];
    let hash = sha256(&large);
    let returning = key("returning-c01-1");
    let good = signature(&house, &returning, &hash);
    assert_eq!(put(&house, &hash, &large, Some((&returning, &good))).await, (413, "R402".into()));
    for path in ["/blob/xyz", "/blob/", &format!("/blob/{}", hash.to_string().to_uppercase())] {
        assert_eq!(house.client.send("PUT", path, &[], "x").await.status / 100, 4, "{path}");
    }
    house.close().await;
}
