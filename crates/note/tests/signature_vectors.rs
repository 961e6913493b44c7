//! The published vectors of the signature rule: `vectors/signatures.json`. Run with `UPDATE_VECTORS=1` to write them anew;
//! without it, they must be what this code says of the same bytes.
#![allow(clippy::unwrap_used)]

use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
use curve25519_dalek::digest::Digest as _;
use curve25519_dalek::scalar::Scalar;
use hakiki_note::{DecodedKey, SignatureError};
use serde_json::{Value, json};
use std::path::PathBuf;

const MESSAGE: &[u8] = b"contest president\nstation c01-1-a\n";
const KEY: u8 = 9;
const NONCE: u8 = 5;

fn scalar(byte: u8) -> Scalar {
    Scalar::from_bytes_mod_order([byte; 32])
}

fn challenge(r: &[u8; 32], public: &[u8; 32]) -> Scalar {
    let hash = sha2::Sha512::new().chain_update(r).chain_update(public).chain_update(MESSAGE).finalize();
    Scalar::from_bytes_mod_order_wide(&hash.into())
}

/// What the rule says: nothing, or that an encoding is at fault (R207 in a record), or the equation (R206).
fn fault(key: &[u8; 32], signature: &[u8]) -> Option<&'static str> {
    let verified = DecodedKey::new(key).and_then(|key| key.verify(MESSAGE, signature));
    match verified {
        Ok(()) => None,
        Err(SignatureError::Mismatch) => Some("equation"),
        Err(_) => Some("encoding"),
    }
}

fn case(what: &str, key: &[u8; 32], signature: &[u8]) -> Value {
    let bytes = |bytes: &[u8]| hex::encode(bytes);
    json!({
        "what": what, "key": bytes(key), "signature": bytes(signature),
        "fault": fault(key, signature), "enrols": DecodedKey::enrol(key).is_ok(),
    })
}

/// The 14 encodings, either sign, whose y is one of the seven of small order.
fn small_orders() -> Vec<[u8; 32]> {
    let mut found: Vec<[u8; 32]> = EIGHT_TORSION.iter().map(|point| point.compress().to_bytes()).collect();
    for low in [0xec_u8, 0xed, 0xee] {
        let mut bytes = [0xff_u8; 32];
        (bytes[0], bytes[31]) = (low, 0x7f);
        found.push(bytes);
    }
    let signs = found.clone().into_iter().map(|mut bytes| {
        bytes[31] ^= 0x80;
        bytes
    });
    let mut all: Vec<[u8; 32]> = found.into_iter().chain(signs).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// y from p + 2 to p + 18, some of them: not canonical, and of no small order.
fn above_p() -> Vec<[u8; 32]> {
    let of = |low: u8| {
        let mut bytes = [0xff_u8; 32];
        (bytes[0], bytes[31]) = (low, 0x7f);
        bytes
    };
    [0xef, 0xf0, 0xf7, 0xff].map(of).to_vec()
}

fn plus(s: &Scalar, times: usize) -> [u8; 32] {
    // L, little-endian.
    let order: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut bytes = s.to_bytes();
    for _ in 0..times {
        let mut carry = 0u16;
        for (byte, add) in bytes.iter_mut().zip(order) {
            let sum = u16::from(*byte) + u16::from(add) + carry;
            [*byte, _] = sum.to_le_bytes();
            carry = sum >> 8;
        }
    }
    bytes
}

fn cases() -> Vec<Value> {
    let a = scalar(KEY);
    let point = ED25519_BASEPOINT_POINT * a;
    let public = point.compress().to_bytes();
    let r = (ED25519_BASEPOINT_POINT * scalar(NONCE)).compress().to_bytes();
    let s = scalar(NONCE) + challenge(&r, &public) * a;
    let with_s = |s: [u8; 32]| [r, s].concat();
    let good = with_s(s.to_bytes());
    let mut made = vec![case("as it should be", &public, &good)];
    for times in [1, 7] {
        made.push(case("S is not below the group order", &public, &with_s(plus(&s, times))));
    }
    made.push(case("S is the group order", &public, &with_s(plus(&Scalar::ZERO, 1))));
    made.push(case("S is one more", &public, &with_s((s + Scalar::ONE).to_bytes())));
    made.push(case("a byte short", &public, &good[..63]));
    for bytes in small_orders() {
        made.push(case("R is of small order", &public, &[bytes, s.to_bytes()].concat()));
        made.push(case("the key is of small order", &bytes, &good));
    }
    for bytes in above_p() {
        made.push(case("R's y is not below p", &public, &[bytes, s.to_bytes()].concat()));
        made.push(case("the key's y is not below p", &bytes, &good));
    }
    // R is the identity and S = k a: [S]B = R + [k]A holds, and other libraries take it.
    let mut identity = [0u8; 32];
    identity[0] = 1;
    let holds = challenge(&identity, &public) * a;
    made.push(case(
        "R is the identity, and the equation holds",
        &public,
        &[identity, holds.to_bytes()].concat(),
    ));
    for torsion in &EIGHT_TORSION[1..] {
        let r = (ED25519_BASEPOINT_POINT * scalar(NONCE) + torsion).compress().to_bytes();
        let s = scalar(NONCE) + challenge(&r, &public) * a;
        made.push(case(
            "R has torsion: only with the cofactor it would hold",
            &public,
            &[r, s.to_bytes()].concat(),
        ));
        let twisted = (point + torsion).compress().to_bytes();
        let r = (ED25519_BASEPOINT_POINT * scalar(NONCE)).compress().to_bytes();
        let s = scalar(NONCE) + challenge(&r, &twisted) * a;
        made.push(case("the key has torsion", &twisted, &[r, s.to_bytes()].concat()));
    }
    made
}

#[test]
fn the_vectors_are_what_this_code_says() {
    let cases = cases();
    assert!(cases[0]["fault"].is_null() && cases[0]["enrols"] == true);
    let refused = cases.iter().filter(|case| !case["fault"].is_null()).count();
    assert!(refused > 50, "{refused} of {} are refused", cases.len());
    let about = "the signature rule at its edges; `fault` is null, encoding (R207 in a record) or equation (R206); `enrols` \
                 says whether the key is one that can be enrolled. Bytes are hexadecimal";
    let message = hex::encode(MESSAGE);
    let value = json!({ "about": about, "message": message, "cases": cases });
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../vectors/signatures.json");
    let text = format!("{}\n", serde_json::to_string_pretty(&value).unwrap());
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        std::fs::write(&path, text).unwrap();
    } else {
        let stands = std::fs::read_to_string(&path).unwrap();
        assert!(stands == text, "{} is not what this code says; see UPDATE_VECTORS", path.display());
    }
}
