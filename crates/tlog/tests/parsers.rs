//! Every parser: no input makes it panic; what it accepts prints back as it was read; what is printed is read back.
#![allow(clippy::unwrap_used)]

mod common;

use common::{entry, log_key, signed, tree};
use hakiki_note::Hash;
use hakiki_tlog::witness::{AddCheckpoint, answer, parse_cosignatures, parse_recorded_size};
use hakiki_tlog::{
    Checkpoint, CheckpointError, Head, Origin, Policy, Receipt, ReceiptError, Stamp, TilePath,
    VerifiedCheckpoint, VerifiedStamp, encode_entry, entries,
};
use proptest::prelude::*;

const ORIGIN: &str = "log.example.org/test";

fn receipt_text() -> String {
    let tree = tree(9);
    let proof = tree.inclusion_proof(4, 9).unwrap();
    Receipt::new(entry(4), 4, proof, &signed(ORIGIN, tree.head())).to_text()
}

fn request_text() -> String {
    let tree = tree(9);
    AddCheckpoint::new(5, tree.consistency_proof(5, 9).unwrap(), &signed(ORIGIN, tree.head())).to_body()
}

fn stamp() -> Stamp {
    let (election, record, note) = (Hash([1; 32]), Hash([2; 32]), Hash([3; 32]));
    let time = "2031-03-04T18:52:00+03:00".parse().unwrap();
    Stamp { election, record, note, seen_head: 18_172, time }
}

/// One change of a text: bytes taken out at a place, others put in.
fn change() -> impl Strategy<Value = (prop::sample::Index, usize, Vec<u8>)> {
    let bytes = prop_oneof![
        prop::collection::vec(prop::sample::select(b"\n =+/.px0139-\xe2A".to_vec()), 0..4),
        prop::collection::vec(any::<u8>(), 0..3),
    ];
    (any::<prop::sample::Index>(), 0usize..4, bytes)
}

fn changed(text: &str, changes: &[(prop::sample::Index, usize, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for (place, taken, put) in changes {
        let start = place.index(bytes.len() + 1);
        let end = (start + taken).min(bytes.len());
        bytes.splice(start..end, put.iter().copied());
    }
    bytes
}

/// What is accepted must print back as it was read.
fn print_parse_is_identity(bytes: &[u8]) -> Result<(), TestCaseError> {
    if let Ok(read) = Receipt::parse(bytes) {
        prop_assert_eq!(read.to_text().into_bytes(), bytes);
        let _ = read.verify(log_key(ORIGIN).verifier());
    }
    if let Ok(read) = AddCheckpoint::parse(bytes) {
        prop_assert_eq!(read.to_body().into_bytes(), bytes);
    }
    if let Ok(read) = VerifiedCheckpoint::open(bytes, log_key(ORIGIN).verifier()) {
        prop_assert_eq!(read.to_text().into_bytes(), bytes);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        if let Ok(read) = Checkpoint::parse(text) {
            prop_assert_eq!(read.text(), text);
        }
        if let Ok(read) = Stamp::parse(text) {
            prop_assert_eq!(read.text(), text);
        }
        if let Ok(read) = TilePath::parse(text) {
            prop_assert_eq!(read.to_path(), text);
        }
    }
    if let Ok(read) = entries(bytes).collect::<Result<Vec<_>, _>>() {
        let mut again = Vec::new();
        for entry in read {
            encode_entry(&mut again, entry).unwrap();
        }
        prop_assert_eq!(again, bytes);
    }
    if let Ok(read) = Policy::parse(bytes) {
        prop_assert_eq!(Policy::parse(read.to_string().as_bytes()), Ok(read));
    }
    if let Ok(read) = parse_cosignatures(bytes) {
        prop_assert_eq!(hakiki_tlog::witness::cosignature_body(&read).into_bytes(), bytes);
    }
    if let Some(read) = parse_recorded_size(bytes) {
        prop_assert_eq!(format!("{read}\n").into_bytes(), bytes);
    }
    let _ = VerifiedStamp::open(bytes, log_key(ORIGIN).verifier());
    let known = vec![log_key(ORIGIN).verifier().clone()];
    prop_assert!(answer(bytes, |_| (known, None)).status() >= 200);
    Ok(())
}

fn seeds() -> Vec<String> {
    let key = log_key(ORIGIN);
    let policy = format!("log {}\n# c\ngroup g any a\nquorum none\n", key.verifier());
    let checkpoint = signed(ORIGIN, tree(9).head());
    vec![
        receipt_text(),
        request_text(),
        checkpoint.to_text(),
        checkpoint.checkpoint().text(),
        stamp().text(),
        stamp().sign(&key),
        policy,
        "tile/0/x001/234.p/5".to_owned(),
        "tile/entries/x001/x234/067".to_owned(),
        checkpoint.note().signatures[0].to_line(),
        "1234\n".to_owned(),
    ]
}

#[test]
fn the_seeds_are_accepted() {
    assert!(Receipt::parse(receipt_text().as_bytes()).is_ok());
    assert!(AddCheckpoint::parse(request_text().as_bytes()).is_ok());
    assert_eq!(Stamp::parse(&stamp().text()), Ok(stamp()));
    for seed in seeds() {
        print_parse_is_identity(seed.as_bytes()).unwrap();
    }
}

#[test]
fn limits() {
    let large = [receipt_text(), "x".repeat(256 * 1024)].concat();
    assert_eq!(Receipt::parse(large.as_bytes()), Err(ReceiptError::TooLarge(large.len())));
    let found = VerifiedCheckpoint::open(large.as_bytes(), log_key(ORIGIN).verifier());
    assert_eq!(found, Err(CheckpointError::TooLarge(large.len())));
    assert!(Policy::parse(large.as_bytes()).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        print_parse_is_identity(&bytes)?;
    }

    #[test]
    fn changed_texts(seed in any::<prop::sample::Index>(), changes in prop::collection::vec(change(), 1..3)) {
        let seeds = seeds();
        print_parse_is_identity(&changed(&seeds[seed.index(seeds.len())], &changes))?;
    }

    #[test]
    fn checkpoints(size in any::<u64>(), root in any::<[u8; 32]>(), origin in "[a-z0-9./é-]{1,60}") {
        let Ok(origin) = Origin::new(&origin) else { return Ok(()) };
        let checkpoint = Checkpoint::new(origin, Head { size, root: Hash(root) });
        prop_assert_eq!(Checkpoint::parse(&checkpoint.text()), Ok(checkpoint));
    }

    #[test]
    fn extension_lines(lines in prop::collection::vec("[ -~é]{1,20}", 0..4)) {
        let mut text = signed(ORIGIN, tree(3).head()).checkpoint().text();
        for line in &lines {
            text.push_str(line);
            text.push('\n');
        }
        let read = Checkpoint::parse(&text).unwrap();
        prop_assert_eq!(read.extensions(), &lines[..]);
        prop_assert_eq!(read.text(), text);
    }

    #[test]
    fn paths(level in 0u8..=63, index in any::<u64>(), shift in 0u32..64, width in 1u16..=256) {
        for path in [
            TilePath::Hashes { level, index: index >> shift, width },
            TilePath::Entries { index: index >> shift, width },
        ] {
            prop_assert_eq!(TilePath::parse(&path.to_path()), Ok(path));
        }
    }

    #[test]
    fn bundles(all in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..20)) {
        let mut bundle = Vec::new();
        for entry in &all {
            encode_entry(&mut bundle, entry).unwrap();
        }
        let read: Vec<Vec<u8>> = entries(&bundle).map(|entry| entry.unwrap().to_vec()).collect();
        prop_assert_eq!(read, all);
    }

    #[test]
    fn receipts(extra in prop::collection::vec(any::<u8>(), 0..300), index in any::<u64>(),
                proof in prop::collection::vec(any::<[u8; 32]>(), 0..=64)) {
        let proof = proof.into_iter().map(Hash).collect();
        let receipt = Receipt::new(extra, index, proof, &signed(ORIGIN, tree(3).head()));
        prop_assert_eq!(Receipt::parse(receipt.to_text().as_bytes()), Ok(receipt));
    }

    #[test]
    fn stamps(election in any::<[u8; 32]>(), seen_head in 0u64..=999_999_999, day in 1u8..=28, hour in 0u8..24) {
        let time = format!("2031-02-{day:02}T{hour:02}:00:59-0{}:30", hour % 10).parse().unwrap();
        let stamp = Stamp { election: Hash(election), seen_head, time, ..stamp() };
        prop_assert_eq!(Stamp::parse(&stamp.text()), Ok(stamp.clone()));
        let key = log_key("intake.example.org/k");
        let opened = VerifiedStamp::open(stamp.sign(&key).as_bytes(), key.verifier()).unwrap();
        prop_assert_eq!(opened.stamp(), &stamp);
    }
}
