//! Quotes made by hand, byte for byte as a chip makes them: each thing that may be wrong has its code.

use super::{Expected, Quote, QuoteError};
use hakiki_core::fixture::log_key;
use hakiki_note::{Hash, sha256, sha256_parts};
use hakiki_tlog::checkpoint::{Checkpoint, Origin};
use hakiki_tlog::tree::Head;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use std::collections::BTreeMap;

const ATTRIBUTES: u32 = 0x0005_0472;

fn sized(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap().to_be_bytes();
    [&length, bytes].concat()
}

fn public(key: &SigningKey, attributes: u32) -> Vec<u8> {
    let point = key.verifying_key().to_encoded_point(false);
    let [x, y] = [point.x().unwrap(), point.y().unwrap()].map(|number| sized(number));
    let head = [&[0x00, 0x23, 0x00, 0x0b][..], &attributes.to_be_bytes(), &sized(&[])].concat();
    let parameters = [0x00, 0x10, 0x00, 0x18, 0x00, 0x0b, 0x00, 0x03, 0x00, 0x10];
    sized(&[&head[..], &parameters, &x, &y].concat())
}

fn attest(qualifying: &Hash, bitmap: [u8; 3], digest: &Hash) -> Vec<u8> {
    let clock = [&[0; 8][..], &7_u32.to_be_bytes(), &2_u32.to_be_bytes(), &[1], &[0; 8]].concat();
    let selection = [&[0, 0, 0, 1, 0x00, 0x0b, 3][..], &bitmap].concat();
    let name = sized(&[0; 34]);
    let head = [0xff, 0x54, 0x43, 0x47, 0x80, 0x18];
    [&head[..], &name, &sized(&qualifying.0), &clock, &selection, &sized(&digest.0)].concat()
}

fn sign(key: &SigningKey, attest: &[u8]) -> Vec<u8> {
    let signature: Signature = key.sign(attest);
    let (r, s) = signature.split_bytes();
    // As a chip may write it: without zeros in front.
    let [r, s] = [r, s].map(|number| {
        let zeros = number.iter().take_while(|byte| **byte == 0).count();
        sized(&number[zeros..])
    });
    [&[0x00, 0x18, 0x00, 0x0b][..], &r, &s].concat()
}

fn head(size: u64) -> String {
    let key = log_key();
    let origin = Origin::new(key.verifier().name().as_str()).unwrap();
    Checkpoint::new(origin, Head { size, root: Hash([5; 32]) }).sign(&key).unwrap()
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_slice(&[seed; 32]).unwrap()
}

fn text_of(head: &str) -> &str {
    &head[..=head.rfind("\n\n").unwrap()]
}

/// A good quote of the registers 0 and 10.
fn quote(key: &SigningKey, size: u64) -> Quote {
    let pcrs = BTreeMap::from([(0, Hash([1; 32])), (10, Hash([2; 32]))]);
    let digest = sha256_parts(&[&[1; 32], &[2; 32]]);
    let head = head(size);
    let attest = attest(&sha256(text_of(&head).as_bytes()), [0b1, 0b100, 0], &digest);
    Quote { key: public(key, ATTRIBUTES), signature: sign(key, &attest), attest, pcrs, head }
}

fn code(quote: &Quote, since: u64, name: Option<Hash>) -> &'static str {
    let log = log_key();
    let expected = Expected { log: log.verifier(), key: name, since, observed: None };
    quote.check(&expected).map_or_else(|error| error.code(), |_| "good")
}

#[test]
fn a_good_quote_holds_and_is_read_as_it_is_written() {
    for seed in 1..60 {
        let quote = quote(&key(seed), 9);
        assert_eq!(Quote::parse(quote.to_text().as_bytes()), Ok(quote.clone()));
        assert_eq!(code(&quote, 9, None), "good");
        let log = log_key();
        let expected = Expected { log: log.verifier(), key: None, since: 0, observed: None };
        let checked = quote.check(&expected).unwrap();
        assert_eq!((checked.reset_count, checked.restart_count), (7, 2));
        assert_eq!(quote.subject().unwrap(), format!("tpm-{}", &checked.key.to_string()[..16]));
        assert_eq!(code(&quote, 9, Some(checked.key)), "good");
    }
}

#[test]
fn each_fault_has_its_code() {
    let good = quote(&key(1), 9);
    let with = |change: &dyn Fn(&mut Quote)| {
        let mut changed = good.clone();
        change(&mut changed);
        code(&changed, 0, None)
    };
    assert_eq!(code(&good, 10, None), "H208");
    assert_eq!(code(&good, 0, Some(Hash([9; 32]))), "H209");
    assert_eq!(with(&|quote| *quote.pcrs.get_mut(&10).unwrap() = Hash([3; 32])), "H206");
    assert_eq!(
        with(&|quote| {
            quote.pcrs.remove(&0);
        }),
        "H206"
    );
    assert_eq!(
        with(&|quote| {
            quote.pcrs.insert(1, Hash([0; 32]));
        }),
        "H206"
    );
    assert_eq!(with(&|quote| quote.head = head(10)), "H205");
    assert_eq!(with(&|quote| quote.head = quote.head.replacen("9\n", "8\n", 1)), "H207");
    assert_eq!(with(&|quote| quote.key = public(&key(2), ATTRIBUTES)), "H204");
    for restricted_or_not in [0x0004_0472, 0x0001_0472, 0x0005_0470, 0x0005_0452, 0x0007_0472] {
        assert_eq!(with(&|quote| quote.key = public(&key(1), restricted_or_not)), "H203");
    }
    assert_eq!(with(&|quote| quote.attest[0] = 0), "H202");
    assert_eq!(with(&|quote| quote.attest[5] = 0x17), "H202");
    assert_eq!(with(&|quote| quote.attest.push(0)), "H202");
    assert_eq!(with(&|quote| quote.signature[1] = 0x14), "H204");
    assert_eq!(with(&|quote| quote.signature.clear()), "H204");
}

#[test]
fn every_changed_byte_is_refused() {
    let good = quote(&key(1), 9);
    for place in 0..good.attest.len() {
        let mut changed = good.clone();
        changed.attest[place] ^= 1;
        assert_ne!(code(&changed, 0, None), "good", "byte {place} of what was signed");
    }
    for place in 0..good.key.len() {
        let mut changed = good.clone();
        changed.key[place] ^= 1;
        // userWithAuth and noDA and the like are the chip's affair; the name of the key changes with each.
        let name = good.subject().unwrap();
        let is_refused = code(&changed, 0, None) != "good";
        assert!(is_refused || changed.subject().unwrap() != name, "byte {place} of the key");
    }
    for place in 0..good.signature.len() {
        let mut changed = good.clone();
        changed.signature[place] ^= 1;
        assert_eq!(code(&changed, 0, None), "H204", "byte {place} of the signature");
    }
}

#[test]
fn a_text_has_one_form() {
    let text = quote(&key(1), 9).to_text();
    let changes = [
        ("hakiki/quote@v1", "hakiki/quote@v2"),
        ("pcr sha256 10 ", "pcr sha256 010 "),
        ("pcr sha256 10 ", "pcr sha256 32 "),
        ("pcr sha256 0 ", "pcr sha1 0 "),
        ("pcr sha256 0 0101", "pcr sha256 0  0101"),
        ("key ", "key  "),
        ("attest", "attested"),
        ("\n\n", "\n"),
    ];
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        let changed = text.replacen(from, to, 1);
        let refused = Quote::parse(changed.as_bytes());
        assert!(matches!(refused, Err(QuoteError::Text(_))), "{from} -> {to}");
    }
    assert!(Quote::parse(text.replace('\n', "\r\n").as_bytes()).is_err());
    assert!(Quote::parse(b"").is_err());
    let long = text + &"x".repeat(super::QUOTE_MAX_BYTES);
    assert!(Quote::parse(long.as_bytes()).is_err());
}
