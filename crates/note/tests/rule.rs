//! The signature rule at its edges, and the vector of C2SP `signed-note`.
#![allow(clippy::unwrap_used)]

use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
use curve25519_dalek::scalar::Scalar;
use hakiki_note::{DecodedKey, KeyName, Note, SignatureError, SigningKey, VerifierKey};

fn key() -> SigningKey {
    SigningKey::from_seed(KeyName::new("mfano.example/k/1").unwrap(), &[7; 32])
}

fn public(key: &SigningKey) -> [u8; 32] {
    key.verifier().key().bytes().try_into().unwrap()
}

#[test]
fn the_published_vector_verifies() {
    let vkey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    let key: VerifierKey = vkey.parse().unwrap();
    assert_eq!(key.to_string(), vkey);
    let text = "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
    let note = Note::parse(text.as_bytes()).unwrap();
    assert_eq!(note.verified_by(&[&key]).unwrap(), vec![key.name().clone()]);
    assert_eq!(note.to_text(), text);
    let changed = text.replace("example message", "exemple message");
    assert!(Note::parse(changed.as_bytes()).unwrap().verified_by(&[&key]).is_err());
}

#[test]
fn r_identity_under_a_good_key_is_refused() {
    // [S]B = R + [k]A with R = identity: S = k a. WebCrypto and Go accept it.
    let message = b"message";
    let a = Scalar::from_bytes_mod_order([9; 32]);
    let public = (ED25519_BASEPOINT_POINT * a).compress().to_bytes();
    let mut r = [0u8; 32];
    r[0] = 1;
    let k = challenge(&r, &public, message);
    let signature = [r, (k * a).to_bytes()].concat();
    let key = DecodedKey::enrol(&public).unwrap();
    assert_eq!(key.verify(message, &signature), Err(SignatureError::RSmallOrder));
}

fn challenge(r: &[u8; 32], public: &[u8; 32], message: &[u8]) -> Scalar {
    use curve25519_dalek::digest::Digest as _;
    let mut hasher = sha2::Sha512::new();
    hasher.update(r);
    hasher.update(public);
    hasher.update(message);
    let mut wide = [0u8; 64];
    wide.copy_from_slice(&hasher.finalize());
    Scalar::from_bytes_mod_order_wide(&wide)
}

#[test]
fn small_order_keys_and_their_other_encodings_are_refused() {
    for point in EIGHT_TORSION {
        assert_eq!(DecodedKey::new(&point.compress().to_bytes()), Err(SignatureError::KeySmallOrder));
    }
    // y = p and p + 1 are other spellings of 0 and 1, with either sign bit.
    for low in [0xed_u8, 0xee] {
        for high in [0x7f_u8, 0xff] {
            let mut bytes = [0xff_u8; 32];
            (bytes[0], bytes[31]) = (low, high);
            assert_eq!(DecodedKey::new(&bytes), Err(SignatureError::KeySmallOrder));
        }
    }
    let mut above = [0xff_u8; 32];
    (above[0], above[31]) = (0xf0, 0x7f);
    assert_eq!(DecodedKey::new(&above), Err(SignatureError::KeyNotCanonical));
}

#[test]
fn a_key_with_torsion_verifies_but_cannot_be_enrolled() {
    let good = public(&key());
    let point = curve25519_dalek::edwards::CompressedEdwardsY(good).decompress().unwrap();
    let twisted = (point + EIGHT_TORSION[1]).compress().to_bytes();
    assert!(DecodedKey::new(&twisted).is_ok());
    assert_eq!(DecodedKey::enrol(&twisted), Err(SignatureError::KeyTorsion));
    assert!(DecodedKey::enrol(&good).is_ok());
    // The fast question "[L - 1]A = -A" is the plain one "[L]A = 0" for each of the seven torsion points.
    for torsion in &EIGHT_TORSION[1..] {
        let bytes = (point + torsion).compress().to_bytes();
        assert!(!(point + torsion).is_torsion_free());
        assert!(DecodedKey::enrol(&bytes).is_err(), "{bytes:02x?}");
    }
}

#[test]
fn torsion_in_r_is_refused_by_the_cofactorless_equation() {
    let message = b"message";
    let a = Scalar::from_bytes_mod_order([9; 32]);
    let public = (ED25519_BASEPOINT_POINT * a).compress().to_bytes();
    let nonce = Scalar::from_bytes_mod_order([5; 32]);
    let r = (ED25519_BASEPOINT_POINT * nonce + EIGHT_TORSION[1]).compress().to_bytes();
    let s = nonce + challenge(&r, &public, message) * a;
    let signature = [r, s.to_bytes()].concat();
    assert_eq!(
        DecodedKey::enrol(&public).unwrap().verify(message, &signature),
        Err(SignatureError::Mismatch)
    );
}

#[test]
fn s_above_the_order_is_refused() {
    let key = key();
    let message = b"message";
    let mut signature = key.sign(message);
    let decoded = key.verifier().key().decode().unwrap();
    assert_eq!(decoded.verify(message, &signature), Ok(()));
    // S + L
    let order: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut carry = 0u16;
    for (byte, add) in signature[32..].iter_mut().zip(order) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = sum as u8;
        carry = sum >> 8;
    }
    assert_eq!(decoded.verify(message, &signature), Err(SignatureError::SNotCanonical));
}

#[test]
fn private_text_comes_back_and_errors_do_not_repeat_it() {
    let key = key();
    let text = key.to_private_text();
    assert_eq!(SigningKey::from_private_text(&text).unwrap().verifier(), key.verifier());
    let error = SigningKey::from_private_text(&text[..40]).unwrap_err().to_string();
    assert!(!error.contains(&text[20..40]));
}

#[test]
fn notes_that_are_none_are_refused() {
    for bad in [
        "",
        "text\n",
        "text\n\n",
        "text\n\n— a\n",
        "text\n\n— a b c\n",
        "text\n\n- a AAAAAAAA\n",
        "a\tb\n\n— a AAAAAAAA\n",
    ] {
        assert!(Note::parse(bad.as_bytes()).is_err(), "{bad:?}");
    }
}
