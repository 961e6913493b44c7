//! The public part of a chip's key: `TPM2B_PUBLIC` of an ECDSA key on P-256 that signs only what the chip itself made.
//!
//! A restricted key refuses bytes from outside that look like a quote; whether this is such a key in a chip is what the
//! maker's certificate would say, and no certificate is looked at here.

use super::QuoteError;
use super::wire::Wire;
use hakiki_note::{Hash, sha256};
use p256::EncodedPoint;
use p256::ecdsa::VerifyingKey;

/// `TPM_ALG_ECC`.
const ECC: u16 = 0x0023;
/// `TPM_ALG_ECDSA`.
pub(super) const ECDSA: u16 = 0x0018;
/// `TPM_ALG_SHA256`.
pub(super) const SHA256: u16 = 0x000b;
/// `TPM_ALG_NULL`.
const NULL: u16 = 0x0010;
/// `TPM_ECC_NIST_P256`.
const P256: u16 = 0x0003;
/// Attributes that such a key has: fixedTPM, sensitiveDataOrigin, restricted, sign.
const HAS: u32 = 1 << 1 | 1 << 5 | 1 << 16 | 1 << 18;
/// And has not: decrypt.
const HAS_NOT: u32 = 1 << 17;

/// A key.
pub(super) struct PublicKey {
    pub key: VerifyingKey,
    /// SHA-256 of `TPMT_PUBLIC`: the key's name as a chip knows it, without the algorithm in front.
    pub name: Hash,
}

impl PublicKey {
    /// Reads one. H203.
    pub fn parse(bytes: &[u8]) -> Result<Self, QuoteError> {
        let wrong = |why: &str| QuoteError::Key(why.to_owned());
        let mut outer = Wire::new(bytes);
        let inner = outer.sized().filter(|_| outer.is_empty());
        let inner = inner.ok_or_else(|| wrong("it is no TPM2B_PUBLIC"))?;
        let mut wire = Wire::new(inner);
        let mut kind = || Some((wire.two()?, wire.two()?, wire.four()?));
        let (algorithm, name, attributes) = kind().ok_or_else(|| wrong("it is cut off"))?;
        if (algorithm, name) != (ECC, SHA256) {
            return Err(wrong("it is of another algorithm"));
        }
        if attributes & HAS != HAS || attributes & HAS_NOT != 0 {
            return Err(wrong("its attributes lack fixedTPM, sensitiveDataOrigin, restricted or sign"));
        }
        let mut rest = || {
            wire.sized()?;
            let parameters = [wire.two()?, wire.two()?, wire.two()?, wire.two()?, wire.two()?];
            Some((parameters, wire.scalar()?, wire.scalar()?))
        };
        let (parameters, x, y) = rest().ok_or_else(|| wrong("it is cut off"))?;
        if parameters != [NULL, ECDSA, SHA256, P256, NULL] || !wire.is_empty() {
            return Err(wrong("its curve or scheme is another one"));
        }
        let point = EncodedPoint::from_affine_coordinates(&x.into(), &y.into(), false);
        let key =
            VerifyingKey::from_encoded_point(&point).map_err(|_| wrong("it is no point of the curve"))?;
        Ok(Self { key, name: sha256(inner) })
    }
}
