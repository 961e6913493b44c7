//! ML-DSA-44 (FIPS 204) keys of witnesses, type 0x06 of C2SP `signed-note`.
//!
//! Pure ML-DSA with an empty context. Signing is the deterministic variant, from a 32-byte seed (FIPS 204's ξ), so it
//! needs no randomness. What is signed is laid out in `hakiki-tlog`'s `cosignature`.

use crate::BASE64;
use crate::key::{KeyError, KeyName, KeyType, PublicKey, VerifierKey};
use base64::Engine as _;
use ml_dsa::{EncodedVerifyingKey, MlDsa44, Seed, Signature, VerifyingKey};
use std::fmt;
use zeroize::Zeroizing;

/// Bytes of an ML-DSA-44 signature.
pub const MLDSA44_SIGNATURE_BYTES: usize = 2420;

/// Why an ML-DSA-44 signature is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MlDsaError {
    /// The key is of another type.
    #[error("an ML-DSA-44 key has type 0x06, found {0:#04x}")]
    KeyType(u8),
    /// Not 2,420 bytes.
    #[error("an ML-DSA-44 signature has {MLDSA44_SIGNATURE_BYTES} bytes, found {0}")]
    SignatureLength(usize),
    /// No signature has this encoding.
    #[error("the ML-DSA-44 signature's encoding is not canonical")]
    SignatureEncoding,
    /// The equation does not hold.
    #[error("the ML-DSA-44 signature does not verify")]
    Mismatch,
}

/// Verifies an ML-DSA-44 signature over `message`.
pub fn verify_mldsa44(key: &PublicKey, message: &[u8], signature: &[u8]) -> Result<(), MlDsaError> {
    if key.key_type() != KeyType::CosignatureMlDsa44 {
        return Err(MlDsaError::KeyType(key.key_type().byte()));
    }
    if signature.len() != MLDSA44_SIGNATURE_BYTES {
        return Err(MlDsaError::SignatureLength(signature.len()));
    }
    let encoded = EncodedVerifyingKey::<MlDsa44>::try_from(key.bytes())
        .expect("a public key has the length of its type");
    let signature = Signature::<MlDsa44>::try_from(signature).map_err(|_| MlDsaError::SignatureEncoding)?;
    let verifies = VerifyingKey::<MlDsa44>::decode(&encoded).verify_with_context(message, &[], &signature);
    if verifies { Ok(()) } else { Err(MlDsaError::Mismatch) }
}

/// A secret ML-DSA-44 key under its name: the seed, wiped from memory when it is dropped. It is expanded anew for each
/// signature, which a witness makes once a minute or so.
#[derive(Clone)]
pub struct MlDsaSigningKey {
    verifier: VerifierKey,
    seed: Zeroizing<[u8; 32]>,
}

impl MlDsaSigningKey {
    /// The key that a 32-byte seed makes.
    pub fn from_seed(name: KeyName, seed: &[u8; 32]) -> Self {
        let public = expand(seed).expanded_key().verifying_key().encode();
        let key = PublicKey::new(KeyType::CosignatureMlDsa44, &public)
            .expect("ML-DSA-44 makes keys of the length of its type");
        Self { verifier: VerifierKey::new(name, key), seed: Zeroizing::new(*seed) }
    }

    /// The public half.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// The name.
    pub fn name(&self) -> &KeyName {
        self.verifier.name()
    }

    /// Signs bytes; always the same signature for the same bytes.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signed = expand(&self.seed).expanded_key().sign_deterministic(message, &[]);
        signed.expect("an empty context is not too long").encode().to_vec()
    }

    /// `PRIVATE+KEY+name+id+base64(type || seed)`, as [`crate::SigningKey::to_private_text`].
    pub fn to_private_text(&self) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new(vec![KeyType::CosignatureMlDsa44.byte()]);
        bytes.extend_from_slice(&*self.seed);
        let encoded = Zeroizing::new(BASE64.encode(&*bytes));
        Zeroizing::new(format!("PRIVATE+KEY+{}+{}+{}", self.name(), self.verifier.id(), &*encoded))
    }

    /// Reads what [`Self::to_private_text`] writes. Errors never repeat the text.
    pub fn from_private_text(text: &str) -> Result<Self, KeyError> {
        let syntax = || KeyError::Syntax("(a private key; not shown)".to_owned());
        let rest = text.trim_end().strip_prefix("PRIVATE+KEY+").ok_or_else(syntax)?;
        let mut parts = rest.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(syntax());
        };
        let bytes = Zeroizing::new(BASE64.decode(key).map_err(|_| syntax())?);
        let (first, seed) = bytes.split_first().ok_or_else(syntax)?;
        if KeyType::from_byte(*first)? != KeyType::CosignatureMlDsa44 {
            return Err(syntax());
        }
        let seed: Zeroizing<[u8; 32]> = Zeroizing::new(seed.try_into().map_err(|_| syntax())?);
        let made = Self::from_seed(KeyName::new(name)?, &seed);
        if made.verifier.id().to_string() == id {
            Ok(made)
        } else {
            Err(KeyError::Id { found: id.to_owned(), expected: made.verifier.id() })
        }
    }
}

impl fmt::Debug for MlDsaSigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MlDsaSigningKey({} {})", self.name(), self.verifier.id())
    }
}

fn expand(seed: &[u8; 32]) -> ml_dsa::SigningKey<MlDsa44> {
    ml_dsa::SigningKey::from_seed(&Seed::from(*seed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> MlDsaSigningKey {
        MlDsaSigningKey::from_seed(KeyName::new("witness.example.net/w").unwrap(), &[0x33; 32])
    }

    #[test]
    fn signs_and_verifies() {
        let key = key();
        let signature = key.sign(b"message");
        assert_eq!(signature, key.sign(b"message"));
        let public = key.verifier().key();
        assert_eq!(verify_mldsa44(public, b"message", &signature), Ok(()));
        assert_eq!(verify_mldsa44(public, b"massage", &signature), Err(MlDsaError::Mismatch));
        assert_eq!(
            verify_mldsa44(public, b"message", &signature[1..]),
            Err(MlDsaError::SignatureLength(2419))
        );
        for place in (0..signature.len()).step_by(97) {
            let mut changed = signature.clone();
            changed[place] ^= 1;
            assert!(verify_mldsa44(public, b"message", &changed).is_err(), "byte {place}");
        }
        let ed25519 = crate::SigningKey::from_seed(key.name().clone(), &[1; 32]);
        assert_eq!(
            verify_mldsa44(ed25519.verifier().key(), b"message", &signature),
            Err(MlDsaError::KeyType(0x01))
        );
    }

    #[test]
    fn private_text_round_trips_and_debug_is_silent() {
        let key = key();
        let text = key.to_private_text();
        let read = MlDsaSigningKey::from_private_text(&text).unwrap();
        assert_eq!(read.verifier(), key.verifier());
        assert!(MlDsaSigningKey::from_private_text(&text.replace("net/w", "net/v")).is_err());
        assert!(!format!("{key:?}").contains("3333"));
    }
}
