//! A software TPM (swtpm) quotes a head; the recorder makes an observation of it; the text stands in the log; what is
//! changed is refused. Needs `swtpm` and `tpm2-tools`; `HAKIKI_REQUIRE_SWTPM` demands them.

use crate::chip::{Chip, is_there};
use crate::house::{fixture, found, get, judge, log_target, node, observations, settings, start, until};
use hakiki_core::fixture::{Fixture, key, log_key};
use hakiki_core::kinds::{Body, Event, Observed};
use hakiki_note::Hash;
use hakiki_recorder::{Expected, PCRS_DEFAULT, Quote, Tpm, parse_pcrs, put_quote, read_quote};
use hakiki_tlog::checkpoint::VerifiedCheckpoint;
use std::net::SocketAddr;
use std::path::Path;

fn quote_of(chip: &Chip, dir: &Path, head: &VerifiedCheckpoint) -> Quote {
    let pcrs = parse_pcrs(PCRS_DEFAULT).unwrap();
    let tpm = Tpm { key: None, pcrs, tcti: Some(chip.tcti.clone()), dir: dir.to_owned() };
    let quote = tpm.quote(head).unwrap_or_else(|error| panic!("{error}"));
    // No resource manager stands before it, as the kernel's does before a chip.
    chip.tool("tpm2_flushcontext", &["-t"]);
    quote
}

fn head(address: SocketAddr) -> VerifiedCheckpoint {
    let (status, text) = get(address, "/checkpoint");
    assert_eq!(status, 200);
    VerifiedCheckpoint::open(text.as_str().unwrap().as_bytes(), log_key().verifier()).unwrap()
}

fn code(quote: &Quote, key: Option<Hash>, since: u64, observed: Option<&Observed>) -> &'static str {
    let log = log_key();
    let expected = Expected { log: log.verifier(), key, since, observed };
    quote.check(&expected).map_or_else(|error| error.code(), |_| "good")
}

fn more(fixture: &Fixture, address: SocketAddr) {
    let record = crate::house::observation(fixture, "host-2", 1, Hash([0; 32]));
    let (status, said) = crate::house::post(address, "/submit", record.note().as_bytes());
    assert_eq!(status, 200, "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chip_quotes_a_head_and_the_log_has_it() {
    if !is_there() {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let (log, fixture) = (place.path().join("log"), fixture());
    found(&log, &fixture);
    let running_node = node(&log, "127.0.0.1:0", &[]).await;
    let mut told = settings(place.path(), &fixture);
    told.journal_file = None;
    told.targets = vec![log_target(running_node.address)];
    let dir = told.dir.clone();
    let chip = Chip::start(&place.path().join("chip"));

    // One before the recorder runs, one while it runs.
    let first_head = head(running_node.address);
    let first = quote_of(&chip, place.path(), &first_head);
    let path = put_quote(&dir, &first).unwrap();
    assert_eq!(read_quote(&path).unwrap().unwrap(), first);
    let running = start(told);
    until("the first is in the log", || running.states()[0].sent >= 2);
    more(&fixture, running_node.address);
    chip.tool("tpm2_pcrextend", &[&format!("10:sha256={}", "ab".repeat(32))]);
    let second_head = head(running_node.address);
    assert!(second_head.head().size > first_head.head().size);
    let second = quote_of(&chip, place.path(), &second_head);
    put_quote(&dir, &second).unwrap();
    until("the second is, too", || running.states()[0].sent >= 3);
    assert_eq!(running.states()[0].problem, None);
    for quote in [&first, &second] {
        let (status, text) = get(running_node.address, &format!("/blob/{}", quote.hash()));
        assert_eq!((status, text.as_str().unwrap()), (200, &*quote.to_text()));
    }
    running.stop().unwrap();
    running_node.stop().await.unwrap();

    let quotes: Vec<Observed> =
        observations(&log, "host-1").into_iter().map(|(_, observed)| observed).collect();
    let quotes: Vec<_> = quotes.into_iter().filter(|one| one.event == Event::Quote).collect();
    assert_eq!(quotes.len(), 2);
    for (quote, observed) in [&first, &second].into_iter().zip(&quotes) {
        assert_eq!(code(quote, None, 0, Some(observed)), "good");
        assert_eq!(Body::from(observed.clone()).blobs(), [quote.hash()]);
    }
    // The chip makes the same key each time, and its register 10 was moved on.
    assert_eq!(first.key, second.key);
    assert_ne!(first.pcrs[&10], second.pcrs[&10]);
    judge(&log, &fixture);
    changed(place.path(), (&first, &first_head), (&second, &second_head), &quotes);
}

fn changed(
    place: &Path,
    (first, first_head): (&Quote, &VerifiedCheckpoint),
    (second, second_head): (&Quote, &VerifiedCheckpoint),
    observed: &[Observed],
) {
    let name = |quote: &Quote| {
        let log = log_key();
        let expected = Expected { log: log.verifier(), key: None, since: 0, observed: None };
        quote.check(&expected).unwrap().key
    };
    // Another value of a register.
    let values = Quote { pcrs: first.pcrs.clone(), ..second.clone() };
    assert_eq!(code(&values, None, 0, None), "H206");
    // Another head, later or earlier, and one of another log.
    assert_eq!(code(&Quote { head: second_head.to_text(), ..first.clone() }, None, 0, None), "H205");
    assert_eq!(code(&Quote { head: first_head.to_text(), ..second.clone() }, None, 0, None), "H205");
    let other_log = key("host-1");
    let expected = Expected { log: other_log.verifier(), key: None, since: 0, observed: None };
    assert_eq!(first.check(&expected).unwrap_err().code(), "H207");
    // An old quote in the place of a new one.
    assert_eq!(code(first, None, second_head.head().size, None), "H208");
    assert_eq!(code(first, None, 0, Some(&observed[1])), "H209");
    // Another chip's key, beside this one's signature, and with its own.
    let other = Chip::start(&place.join("other-chip"));
    let of_other = quote_of(&other, place, second_head);
    assert_ne!(name(&of_other), name(second));
    assert_eq!(code(&Quote { key: of_other.key.clone(), ..second.clone() }, None, 0, None), "H204");
    assert_eq!(code(&of_other, None, 0, None), "good");
    assert_eq!(code(&of_other, Some(name(second)), 0, None), "H209");
    assert_eq!(code(&of_other, None, 0, Some(&observed[1])), "H209");
}
