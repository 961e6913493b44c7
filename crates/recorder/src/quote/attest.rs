//! What a chip signs: `TPMS_ATTEST` of the type quote, and the signature over it.

use super::QuoteError;
use super::public::{ECDSA, PublicKey, SHA256};
use super::wire::Wire;
use p256::ecdsa::Signature;
use p256::ecdsa::signature::Verifier as _;
use std::collections::BTreeSet;

/// `TPM_GENERATED_VALUE`: the chip made it, and was not handed it.
const GENERATED: u32 = 0xff54_4347;
/// `TPM_ST_ATTEST_QUOTE`.
const QUOTE: u16 = 0x8018;

/// A quote as the chip wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attest {
    /// What it was asked to sign besides.
    pub qualifying: Vec<u8>,
    /// How often the chip was reset.
    pub reset_count: u32,
    /// How often it was resumed since.
    pub restart_count: u32,
    /// The registers of the SHA-256 bank.
    pub selected: BTreeSet<u8>,
    /// SHA-256 of their values, one behind the other.
    pub digest: Vec<u8>,
}

impl Attest {
    /// Reads one. H202.
    pub fn parse(bytes: &[u8]) -> Result<Self, QuoteError> {
        let wrong = |why: &str| QuoteError::Attest(why.to_owned());
        let mut wire = Wire::new(bytes);
        if wire.four() != Some(GENERATED) {
            return Err(wrong("it does not begin with TPM_GENERATED"));
        }
        if wire.two() != Some(QUOTE) {
            return Err(wrong("it is of another type"));
        }
        let found = Self::rest(&mut wire).filter(|_| wire.is_empty());
        found.ok_or_else(|| {
            wrong("it is cut off, has bytes behind its end, or not one selection in the SHA-256 bank")
        })
    }

    fn rest(wire: &mut Wire<'_>) -> Option<Self> {
        wire.sized()?;
        let qualifying = wire.sized()?.to_vec();
        wire.eight()?;
        let (reset_count, restart_count) = (wire.four()?, wire.four()?);
        wire.byte()?;
        wire.eight()?;
        if wire.four()? != 1 || wire.two()? != SHA256 {
            return None;
        }
        let length = wire.byte()?;
        let bitmap = wire.take(usize::from(length)).filter(|bitmap| bitmap.len() <= 4)?;
        let bits = (0_u8..).step_by(8).zip(bitmap);
        let selected = bits.flat_map(|(first, byte)| {
            (0..8_u8).filter(move |bit| byte >> bit & 1 == 1).map(move |bit| first + bit)
        });
        let selected = selected.collect();
        Some(Self { qualifying, reset_count, restart_count, selected, digest: wire.sized()?.to_vec() })
    }
}

/// Whether `TPMT_SIGNATURE` is one by the key over these bytes. H204.
pub(super) fn verify(key: &PublicKey, attest: &[u8], signature: &[u8]) -> Result<(), QuoteError> {
    let mut wire = Wire::new(signature);
    let mut read = || {
        let kind = (wire.two()?, wire.two()?);
        let scalars = (wire.scalar()?, wire.scalar()?);
        (kind == (ECDSA, SHA256) && wire.is_empty()).then_some(scalars)
    };
    let (r, s) = read().ok_or(QuoteError::Signature)?;
    let signature = Signature::from_scalars(r, s).map_err(|_| QuoteError::Signature)?;
    key.key.verify(attest, &signature).map_err(|_| QuoteError::Signature)
}
