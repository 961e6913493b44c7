//! Signed notes (C2SP `signed-note`), keys, hashes and the one signature rule of Hakiki.
//!
//! Pure: bytes in, values out. This crate knows no clock, disk, network or randomness; a key is made from a seed
//! that the caller brings. It does not know what a note says: checkpoints are in `hakiki-tlog`, records in
//! `hakiki-core`.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod hash;
pub mod key;
pub mod mldsa;
pub mod note;
pub mod rule;

pub use hash::{Hash, sha256, sha256_parts};
pub use key::{KeyError, KeyId, KeyName, KeyType, PublicKey, SigningKey, VerifierKey};
pub use mldsa::{MlDsaError, MlDsaSigningKey, verify_mldsa44};
pub use note::{Note, NoteError, SignatureLine};
pub use rule::{DecodedKey, SignatureError};

/// The base64 alphabet of every C2SP format: standard, padded.
pub use base64::engine::general_purpose::STANDARD as BASE64;
