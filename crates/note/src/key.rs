//! Keys and their names, as C2SP `signed-note` writes them.
//!
//! A *verifier key* (vkey) is `name+hex(key id)+base64(type || public key)`; the key id is the first four bytes of
//! `SHA-256(name || 0x0A || type || public key)`.

use crate::BASE64;
use crate::hash::{Hash, sha256_parts};
use crate::rule::{DecodedKey, SignatureError};
use base64::Engine as _;
use ed25519_dalek::Signer as _;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use zeroize::Zeroizing;

/// Longest key name, in bytes. A cosignature of type 0x06 gives names one length byte.
pub const KEY_NAME_MAX_BYTES: usize = 255;

/// What can be wrong with a key or its name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The name breaks the rules of `signed-note`.
    #[error(
        "a key name is 1 to {KEY_NAME_MAX_BYTES} bytes without spaces, control characters or '+', found {0:?}"
    )]
    Name(String),
    /// Not `name+id+base64`.
    #[error("a verifier key is name+hex(key id)+base64(type and key), found {0:?}")]
    Syntax(String),
    /// The id is not that of name and key.
    #[error("key id {found} is not that of this name and key, expected {expected}")]
    Id {
        /// As written.
        found: String,
        /// As computed.
        expected: KeyId,
    },
    /// Unknown type byte.
    #[error("key type {0:#04x} is not known; known are 0x01, 0x04 and 0x06")]
    Type(u8),
    /// Wrong number of bytes for the type.
    #[error("a public key of type {key_type:#04x} has {expected} bytes, found {found}")]
    Length {
        /// The type byte.
        key_type: u8,
        /// What the type demands.
        expected: usize,
        /// What was found.
        found: usize,
    },
}

/// A key name: non-empty UTF-8 without spaces, control characters or `+`. Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName(Arc<str>);

impl KeyName {
    /// Checks and takes a name.
    pub fn new(name: &str) -> Result<Self, KeyError> {
        let fits = !name.is_empty() && name.len() <= KEY_NAME_MAX_BYTES;
        if fits && !name.chars().any(|c| c.is_whitespace() || c.is_control() || c == '+') {
            Ok(Self(name.into()))
        } else {
            Err(KeyError::Name(name.chars().take(80).collect()))
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

impl std::borrow::Borrow<str> for KeyName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl FromStr for KeyName {
    type Err = KeyError;
    fn from_str(text: &str) -> Result<Self, KeyError> {
        Self::new(text)
    }
}

/// The signature algorithms of C2SP `signed-note` that the log and its records use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyType {
    /// Ed25519 over the note's text.
    Ed25519,
    /// Ed25519 over a timestamped checkpoint (`cosignature/v1`).
    CosignatureEd25519,
    /// ML-DSA-44 over a timestamped subtree.
    CosignatureMlDsa44,
}

impl KeyType {
    /// The type byte.
    pub fn byte(self) -> u8 {
        match self {
            Self::Ed25519 => 0x01,
            Self::CosignatureEd25519 => 0x04,
            Self::CosignatureMlDsa44 => 0x06,
        }
    }

    /// The type of a byte.
    pub fn from_byte(byte: u8) -> Result<Self, KeyError> {
        match byte {
            0x01 => Ok(Self::Ed25519),
            0x04 => Ok(Self::CosignatureEd25519),
            0x06 => Ok(Self::CosignatureMlDsa44),
            other => Err(KeyError::Type(other)),
        }
    }

    /// Bytes of a public key of this type.
    pub fn public_key_bytes(self) -> usize {
        match self {
            Self::Ed25519 | Self::CosignatureEd25519 => 32,
            Self::CosignatureMlDsa44 => 1312,
        }
    }
}

/// A public key with its type; only its length is checked. To verify with it, see [`DecodedKey`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey {
    key_type: KeyType,
    bytes: Box<[u8]>,
}

impl PublicKey {
    /// Takes a key's bytes.
    pub fn new(key_type: KeyType, bytes: &[u8]) -> Result<Self, KeyError> {
        if bytes.len() == key_type.public_key_bytes() {
            Ok(Self { key_type, bytes: bytes.into() })
        } else {
            let (expected, found) = (key_type.public_key_bytes(), bytes.len());
            Err(KeyError::Length { key_type: key_type.byte(), expected, found })
        }
    }

    /// From `base64(type || public key)`.
    pub fn from_base64(text: &str) -> Result<Self, KeyError> {
        let bytes = BASE64.decode(text).map_err(|_| KeyError::Syntax(text.to_owned()))?;
        let (first, rest) = bytes.split_first().ok_or_else(|| KeyError::Syntax(text.to_owned()))?;
        Self::new(KeyType::from_byte(*first)?, rest)
    }

    /// `base64(type || public key)`.
    pub fn to_base64(&self) -> String {
        BASE64.encode([&[self.key_type.byte()], &*self.bytes].concat())
    }

    /// The algorithm.
    pub fn key_type(&self) -> KeyType {
        self.key_type
    }

    /// The bytes without the type.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// SHA-256 of type byte and public key: what a record's `signer` line names.
    pub fn hash(&self) -> Hash {
        sha256_parts(&[&[self.key_type.byte()], &self.bytes])
    }

    /// The key id under `name`.
    pub fn id(&self, name: &str) -> KeyId {
        let hash = sha256_parts(&[name.as_bytes(), b"\n", &[self.key_type.byte()], &self.bytes]);
        KeyId([hash.0[0], hash.0[1], hash.0[2], hash.0[3]])
    }

    /// Decodes an Ed25519 key (types 0x01 and 0x04) by the signature rule.
    pub fn decode(&self) -> Result<DecodedKey, SignatureError> {
        let bytes: &[u8; 32] = (&*self.bytes).try_into().map_err(|_| SignatureError::KeyLength)?;
        DecodedKey::new(bytes)
    }
}

/// Four bytes that hint at which key made a signature line.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 4]);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

/// A public key under its name, the *vkey* of `signed-note`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VerifierKey {
    name: KeyName,
    key: PublicKey,
    id: KeyId,
}

impl VerifierKey {
    /// A key under a name.
    pub fn new(name: KeyName, key: PublicKey) -> Self {
        let id = key.id(name.as_str());
        Self { name, key, id }
    }

    /// The name.
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// The public key.
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The key id.
    pub fn id(&self) -> KeyId {
        self.id
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}+{}", self.name, self.id, self.key.to_base64())
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let syntax = || KeyError::Syntax(text.chars().take(120).collect());
        // base64 may itself hold '+', so only the first two separate.
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(syntax());
        };
        let key = Self::new(KeyName::new(name)?, PublicKey::from_base64(key)?);
        if id == key.id.to_string() {
            Ok(key)
        } else {
            Err(KeyError::Id { found: id.to_owned(), expected: key.id })
        }
    }
}

/// A secret Ed25519 key under its name. The seed is wiped from memory when it is dropped.
#[derive(Clone)]
pub struct SigningKey {
    verifier: VerifierKey,
    secret: ed25519_dalek::SigningKey,
}

impl SigningKey {
    /// The key that a 32-byte seed (RFC 8032's secret key) makes, of type 0x01.
    pub fn from_seed(name: KeyName, seed: &[u8; 32]) -> Self {
        Self::with_type(name, KeyType::Ed25519, seed)
    }

    /// The same for a witness's key, of type 0x04.
    pub fn cosigner_from_seed(name: KeyName, seed: &[u8; 32]) -> Self {
        Self::with_type(name, KeyType::CosignatureEd25519, seed)
    }

    fn with_type(name: KeyName, key_type: KeyType, seed: &[u8; 32]) -> Self {
        let secret = ed25519_dalek::SigningKey::from_bytes(seed);
        let key = PublicKey { key_type, bytes: secret.verifying_key().to_bytes().into() };
        Self { verifier: VerifierKey::new(name, key), secret }
    }

    /// The public half.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// The name.
    pub fn name(&self) -> &KeyName {
        self.verifier.name()
    }

    /// Signs bytes. What the bytes mean is the caller's: a note's text, or a cosignature's message.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.secret.sign(message).to_bytes()
    }

    /// `PRIVATE+KEY+name+id+base64(type || seed)`, the form of Go's `sumdb/note`.
    pub fn to_private_text(&self) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new(vec![self.verifier.key.key_type.byte()]);
        bytes.extend_from_slice(self.secret.as_bytes());
        let encoded = Zeroizing::new(BASE64.encode(&*bytes));
        Zeroizing::new(format!("PRIVATE+KEY+{}+{}+{}", self.name(), self.verifier.id, &*encoded))
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
        let key_type = KeyType::from_byte(*first)?;
        if key_type == KeyType::CosignatureMlDsa44 {
            return Err(KeyError::Type(key_type.byte()));
        }
        let seed: Zeroizing<[u8; 32]> = Zeroizing::new(seed.try_into().map_err(|_| syntax())?);
        let made = Self::with_type(KeyName::new(name)?, key_type, &seed);
        if made.verifier.id.to_string() == id {
            Ok(made)
        } else {
            Err(KeyError::Id { found: id.to_owned(), expected: made.verifier.id })
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.verifier)
    }
}
