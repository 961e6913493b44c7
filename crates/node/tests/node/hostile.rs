//! Floods and slow senders: the node is unharmed and honest senders are served.

use crate::house::{House, Socket, reopened, together};
use hakiki_core::fixture::{Fixture, Setting};
use hakiki_note::Note;
use std::time::{Duration, Instant};

/// Hostile submissions of each flood.
const FLOOD: u32 = 10_000;

/// One of the things that a stranger, or the holder of a stolen key, may send.
fn hostile(fixture: &Fixture, number: u32) -> Vec<u8> {
    let form = || fixture.signed_form((number % 8) as usize, [number % 500, 1, 1], 0);
    match number % 8 {
        0 => format!("junk {number}").into_bytes(),
        1 => vec![0xff; 3000],
        2 => vec![b'\n'; 20_000],
        3 => [form().note().as_bytes(), "\u{2014} a AAAA\n".as_bytes()].concat(),
        4 => form().note().replacen("president", "governor", 1).into_bytes(),
        5 => {
            format!("hakiki/form@v1\nelection {}\n{}\n\n", "0".repeat(64), "a b\n".repeat(5000)).into_bytes()
        }
        6 => "hakiki/form@v1\n".repeat(2000).into_bytes(),
        _ => {
            let mut note = Note::parse(form().note().as_bytes()).unwrap();
            note.signatures[1].signature[5] ^= 1;
            note.to_text().into_bytes()
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn t24_ten_thousand_hostile_submissions_leave_the_node_unharmed() {
    let house = House::new(&[]).await;
    let bodies: Vec<Vec<u8>> = (0..FLOOD).map(|number| hostile(&house.fixture, number)).collect();
    let began = Instant::now();
    let attackers = bodies.into_iter().map(|body| {
        let client = house.client.clone();
        async move {
            let answer = client.submit(body.clone()).await;
            assert!((400..=503).contains(&answer.status), "{}", answer.status);
            answer.refusal(Some(&body))
        }
    });
    let honest = {
        let (client, form) = (house.client.clone(), house.fixture.signed_form(0, [1, 1, 0], 0));
        tokio::spawn(async move {
            loop {
                let answer = client.submit_record(&form).await;
                if answer.status == 200 {
                    return answer.receipt().index();
                }
            }
        })
    };
    let codes = together(300, attackers.collect::<Vec<_>>()).await;
    let took = began.elapsed();
    println!("{FLOOD} hostile submissions in {took:?}");
    assert_eq!(codes.len(), FLOOD as usize);
    assert!(took < Duration::from_secs(120), "{took:?}");
    honest.await.unwrap();
    let after = house.fixture.signed_form(1, [1, 1, 0], 0);
    let began = Instant::now();
    house.client.submit_record(&after).await.receipt();
    assert!(began.elapsed() < Duration::from_secs(5));
    let recorded = house.client.metric("hakiki_refusal_records_total").await;
    let suppressed = house.client.metric("hakiki_refusal_records_suppressed_total").await;
    assert!(recorded > 0 && recorded <= 180, "at most sixty a minute: {recorded}");
    assert!(suppressed > 0);
    let (_, directory, _) = house.close().await;
    assert_eq!(reopened(&directory).refusals().len() as u64, recorded);
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_heads_are_cut_off() {
    let house = House::new(&[("header_timeout_ms", "300"), ("connections_max", "20")]).await;
    // All connections are taken by senders who never finish their head, and by some who say nothing.
    let mut slow = Vec::new();
    for number in 0..20 {
        let mut socket = Socket::open(house.running.address);
        if number % 2 == 0 {
            socket.say(b"POST /submit HTTP/1.1\r\nhost: x\r\nx-a: ");
        }
        slow.push(socket);
    }
    let form = house.fixture.signed_form(0, [1, 1, 0], 0);
    let served = tokio::time::timeout(Duration::from_secs(20), house.client.submit_record(&form)).await;
    served.expect("the slow give way").receipt();
    for mut socket in slow {
        socket.end();
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn large_heads_and_broken_requests_are_refused() {
    let house = House::new(&[]).await;
    let long = format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "a".repeat(100_000));
    let many = format!("GET / HTTP/1.1\r\nhost: x\r\n{}\r\n", "x-a: b\r\n".repeat(2000));
    let smuggled = "POST /submit HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n";
    for request in [&long, &many, "\0\0\0\r\n\r\n", "GET\r\n\r\n", smuggled] {
        let mut socket = Socket::open(house.running.address);
        socket.say(request.as_bytes());
        socket.hang_up();
        let shown = socket.end();
        assert!(shown.is_empty() || shown.starts_with("HTTP/1.1 4"), "{shown}");
    }
    house.client.submit_record(&house.fixture.signed_form(0, [1, 1, 0], 0)).await.receipt();
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn t25_readers_do_not_stop_submissions() {
    let fixture = Fixture::new(&Setting { stations: 100, ..Setting::default() });
    let house = House::of(fixture, &[]).await;
    let paths = ["/", "/checkpoint", "/metrics", "/results/5", "/health", "/tile/0/000.p/5", "/en/findings/"];
    let readers = (0..2000).map(|number| {
        let client = house.client.clone();
        async move { client.get(paths[number % paths.len()]).await.status < 500 }
    });
    let readers = tokio::spawn(together(100, readers.collect::<Vec<_>>()));
    for station in 0..30 {
        house.client.submit_record(&house.fixture.signed_form(station, [1, 1, 0], 0)).await.receipt();
    }
    assert!(readers.await.unwrap().into_iter().all(|is_well| is_well));
    house.close().await;
}
