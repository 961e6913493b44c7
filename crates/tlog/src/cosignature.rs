//! Cosignatures: witnesses' timestamped signatures on a checkpoint (C2SP `tlog-cosignature`).
//!
//! A signature line carries `timestamp (u64, big-endian) || signature`. Ed25519 (type 0x04) signs
//! `cosignature/v1\ntime <seconds>\n` and the checkpoint's text; ML-DSA-44 (type 0x06) signs a struct with the
//! cosigner's name, the time, the origin and the tree. Whether to cosign is decided in `witness.rs`.

use crate::checkpoint::{Checkpoint, VerifiedCheckpoint};
use hakiki_note::{
    KeyName, KeyType, MlDsaError, MlDsaSigningKey, SignatureError, SignatureLine, SigningKey, VerifierKey,
    verify_mldsa44,
};

/// Latest time that a cosignature may carry, by the specification.
pub const TIMESTAMP_MAX_S: u64 = i64::MAX as u64;

/// Why a cosignature is refused or cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CosignatureError {
    /// The line is by another key.
    #[error("the signature line is by {found}, expected a line by {expected}")]
    OtherKey {
        /// The line's name.
        found: KeyName,
        /// The key's name.
        expected: KeyName,
    },
    /// Not a cosigner's key.
    #[error("a witness's key has type 0x04 or 0x06, found {:#04x}", .0.byte())]
    KeyType(KeyType),
    /// No room for a time.
    #[error("a cosignature is 8 bytes of time and a signature, found {0} bytes")]
    Length(usize),
    /// No time, or one out of range.
    #[error("a cosignature's time is 1 to 2^63 - 1 seconds, found {0}")]
    Timestamp(u64),
    /// The Ed25519 signature is bad.
    #[error("the cosignature by {name} is refused: {source}")]
    Ed25519 {
        /// Whose.
        name: KeyName,
        /// Why.
        source: SignatureError,
    },
    /// The ML-DSA-44 signature is bad.
    #[error("the cosignature by {name} is refused: {source}")]
    MlDsa44 {
        /// Whose.
        name: KeyName,
        /// Why.
        source: MlDsaError,
    },
}

/// A witness's secret key.
#[derive(Debug, Clone)]
pub enum CosigningKey {
    /// Type 0x04.
    Ed25519(SigningKey),
    /// Type 0x06.
    MlDsa44(MlDsaSigningKey),
}

impl CosigningKey {
    /// The public half.
    pub fn verifier(&self) -> &VerifierKey {
        match self {
            Self::Ed25519(key) => key.verifier(),
            Self::MlDsa44(key) => key.verifier(),
        }
    }

    /// Says that at `time_s` (seconds since 1970) this is the largest consistent tree of its origin that the witness
    /// saw. Takes only a checkpoint that its log signed.
    pub fn cosign(
        &self,
        checkpoint: &VerifiedCheckpoint,
        time_s: u64,
    ) -> Result<SignatureLine, CosignatureError> {
        let (key, checkpoint) = (self.verifier(), checkpoint.checkpoint());
        check_time(time_s)?;
        let message = signed_message(checkpoint, key, time_s)?;
        let mut signature = time_s.to_be_bytes().to_vec();
        match self {
            Self::Ed25519(key) => signature.extend_from_slice(&key.sign(&message)),
            Self::MlDsa44(key) => signature.extend_from_slice(&key.sign(&message)),
        }
        Ok(SignatureLine { name: key.name().clone(), id: key.id(), signature })
    }
}

/// Verifies a cosignature and gives its time in seconds since 1970.
pub fn verify_cosignature(
    checkpoint: &Checkpoint,
    line: &SignatureLine,
    key: &VerifierKey,
) -> Result<u64, CosignatureError> {
    if !line.is_by(key) {
        let (found, expected) = (line.name.clone(), key.name().clone());
        return Err(CosignatureError::OtherKey { found, expected });
    }
    let length = CosignatureError::Length(line.signature.len());
    let (time, signature) = line.signature.split_first_chunk::<8>().ok_or(length)?;
    let time_s = u64::from_be_bytes(*time);
    check_time(time_s)?;
    let message = signed_message(checkpoint, key, time_s)?;
    if key.key().key_type() == KeyType::CosignatureMlDsa44 {
        verify_mldsa44(key.key(), &message, signature)
            .map_err(|source| CosignatureError::MlDsa44 { name: line.name.clone(), source })?;
    } else {
        let decoded = key.key().decode();
        decoded
            .and_then(|decoded| decoded.verify(&message, signature))
            .map_err(|source| CosignatureError::Ed25519 { name: line.name.clone(), source })?;
    }
    Ok(time_s)
}

/// Adds to a checkpoint those of `lines` that are good cosignatures by known `keys`, within the limits of a checkpoint;
/// the others are left out. Gives how many were added.
pub fn add_cosignatures(
    checkpoint: &mut VerifiedCheckpoint,
    lines: &[SignatureLine],
    keys: &[VerifierKey],
) -> usize {
    let mut added = 0;
    for line in lines {
        let good = |key: &VerifierKey| verify_cosignature(checkpoint.checkpoint(), line, key).is_ok();
        if keys.iter().any(good) && checkpoint.add_line(line) {
            added += 1;
        }
    }
    added
}

fn check_time(time_s: u64) -> Result<(), CosignatureError> {
    // Zero says "no statement about time" of subtrees; a witness's cosignature must have one (`tlog-witness`).
    if (1..=TIMESTAMP_MAX_S).contains(&time_s) { Ok(()) } else { Err(CosignatureError::Timestamp(time_s)) }
}

/// What a cosigner's key signs at a time.
pub fn signed_message(
    checkpoint: &Checkpoint,
    key: &VerifierKey,
    time_s: u64,
) -> Result<Vec<u8>, CosignatureError> {
    match key.key().key_type() {
        KeyType::CosignatureEd25519 => {
            Ok(format!("cosignature/v1\ntime {time_s}\n{}", checkpoint.text()).into_bytes())
        }
        KeyType::CosignatureMlDsa44 => Ok(subtree_message(checkpoint, key.name(), time_s)),
        other @ KeyType::Ed25519 => Err(CosignatureError::KeyType(other)),
    }
}

fn subtree_message(checkpoint: &Checkpoint, name: &KeyName, time_s: u64) -> Vec<u8> {
    let mut message = b"subtree/v1\n\0".to_vec();
    push_short(&mut message, name);
    message.extend_from_slice(&time_s.to_be_bytes());
    push_short(&mut message, checkpoint.origin.key_name());
    message.extend_from_slice(&0u64.to_be_bytes());
    message.extend_from_slice(&checkpoint.head.size.to_be_bytes());
    message.extend_from_slice(&checkpoint.head.root.0);
    message
}

/// A name behind its length in one byte.
fn push_short(message: &mut Vec<u8>, name: &KeyName) {
    let bytes = name.as_str().as_bytes();
    message.push(u8::try_from(bytes.len()).expect("key names have at most 255 bytes"));
    message.extend_from_slice(bytes);
}
