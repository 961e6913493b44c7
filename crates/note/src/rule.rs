//! The signature rule, one for all implementations (`docs/reference/records.md`, "The signature rule").
//!
//! `S < L`; the encodings of `A` and `R` are canonical (`y < p`) and not on the list of small-order points, both compared
//! as bytes; then the cofactorless equation. Keys are checked to be free of torsion when they are enrolled.
//!
//! Other libraries accept more (WebCrypto and Go: `R` = identity under a good key), and batch verification accepts
//! another set, so the byte checks come first and nothing here is verified in batches.

use curve25519_dalek::edwards::EdwardsPoint;
use curve25519_dalek::scalar::Scalar;
use ed25519_dalek::{Signature, Verifier as _, VerifyingKey};

/// Why a key or signature is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// Not 32 bytes.
    #[error("an Ed25519 public key has 32 bytes")]
    KeyLength,
    /// `y >= p`.
    #[error("the public key's encoding is not canonical")]
    KeyNotCanonical,
    /// One of the eight points of small order.
    #[error("the public key is a point of small order")]
    KeySmallOrder,
    /// No point has this encoding.
    #[error("the public key is not a point of the curve")]
    KeyNotOnCurve,
    /// A torsion component.
    #[error("the public key has a torsion component")]
    KeyTorsion,
    /// Not 64 bytes.
    #[error("an Ed25519 signature has 64 bytes")]
    SignatureLength,
    /// `y >= p`.
    #[error("the signature's R is not canonical")]
    RNotCanonical,
    /// One of the eight points of small order.
    #[error("the signature's R is a point of small order")]
    RSmallOrder,
    /// `S >= L`.
    #[error("the signature's S is not below the group order")]
    SNotCanonical,
    /// The equation does not hold.
    #[error("the signature does not verify")]
    Mismatch,
}

/// The encodings, canonical or not, of the eight points of small order, without the sign bit: y = 0, 1, p - 1, p,
/// p + 1 and the two y of order 8. The sign bit is masked before the comparison.
const SMALL_ORDER_Y: [[u8; 32]; 7] = {
    let order_8_a: [u8; 32] = [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5,
        0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ];
    let order_8_b: [u8; 32] = [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a,
        0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ];
    let mut one = [0u8; 32];
    one[0] = 1;
    let mut top = [0xff; 32];
    top[31] = 0x7f;
    let mut minus_one = top;
    minus_one[0] = 0xec;
    let mut p = top;
    p[0] = 0xed;
    let mut p_plus_one = top;
    p_plus_one[0] = 0xee;
    [[0u8; 32], one, minus_one, p, p_plus_one, order_8_a, order_8_b]
};

fn without_sign(encoding: &[u8; 32]) -> [u8; 32] {
    let mut y = *encoding;
    y[31] &= 0x7f;
    y
}

/// Whether an encoding's y is below p = 2^255 - 19.
fn is_canonical(encoding: &[u8; 32]) -> bool {
    let y = without_sign(encoding);
    !(y[31] == 0x7f && y[1..31].iter().all(|b| *b == 0xff) && y[0] >= 0xed)
}

fn is_small_order(encoding: &[u8; 32]) -> bool {
    SMALL_ORDER_Y.contains(&without_sign(encoding))
}

/// An Ed25519 key that passed the byte checks and is a point of the curve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodedKey(VerifyingKey);

impl DecodedKey {
    /// Decodes a key: canonical, not of small order, on the curve. Torsion is checked by [`Self::enrol`].
    pub fn new(bytes: &[u8; 32]) -> Result<Self, SignatureError> {
        if is_small_order(bytes) {
            return Err(SignatureError::KeySmallOrder);
        }
        if !is_canonical(bytes) {
            return Err(SignatureError::KeyNotCanonical);
        }
        VerifyingKey::from_bytes(bytes).map(Self).map_err(|_| SignatureError::KeyNotOnCurve)
    }

    /// Decodes a key as [`Self::new`] and refuses torsion: what an enrolment must do.
    pub fn enrol(bytes: &[u8; 32]) -> Result<Self, SignatureError> {
        let key = Self::new(bytes)?;
        let point = key.0.to_edwards();
        // [L]A = 0 exactly if [L - 1]A = -A. The key is public, so the faster multiplication in variable time serves.
        let almost = EdwardsPoint::vartime_double_scalar_mul_basepoint(&-Scalar::ONE, &point, &Scalar::ZERO);
        if almost == -point { Ok(key) } else { Err(SignatureError::KeyTorsion) }
    }

    /// Verifies one signature by the rule.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
        let bytes: &[u8; 64] = signature.try_into().map_err(|_| SignatureError::SignatureLength)?;
        let mut r = [0u8; 32];
        r.copy_from_slice(&bytes[..32]);
        if is_small_order(&r) {
            return Err(SignatureError::RSmallOrder);
        }
        if !is_canonical(&r) {
            return Err(SignatureError::RNotCanonical);
        }
        if !is_scalar_canonical(&bytes[32..]) {
            return Err(SignatureError::SNotCanonical);
        }
        // dalek's `verify` computes R' = [S]B - [k]A and compares encodings: cofactorless.
        self.0.verify(message, &Signature::from_bytes(bytes)).map_err(|_| SignatureError::Mismatch)
    }
}

/// The group order L = 2^252 + 27742317777372353535851937790883648493, little-endian.
const GROUP_ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

fn is_scalar_canonical(s: &[u8]) -> bool {
    s.iter().rev().cmp(GROUP_ORDER.iter().rev()) == std::cmp::Ordering::Less
}
