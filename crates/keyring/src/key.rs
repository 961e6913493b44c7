//! A key that can sign, wherever it lives.

use crate::error::KeyringError;
use crate::file;
use crate::place::KeyPlace;
#[cfg(feature = "token")]
use crate::token::TokenKey;
use crate::uri::TokenUri;
use hakiki_note::{KeyName, SignatureLine, SigningKey, VerifierKey};
use std::io;
use std::path::Path;
use zeroize::Zeroizing;

/// What is locked: whom or what a passphrase or PIN is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Locked<'a> {
    /// A key file under a passphrase.
    File(&'a Path),
    /// A token, by its label, whose URI names no file with the PIN.
    Token(&'a str),
}

/// A way to ask for a passphrase or PIN.
pub type Ask<'a> = &'a mut dyn FnMut(&Locked<'_>) -> io::Result<Zeroizing<String>>;

/// A person's key, ready to sign.
#[derive(Debug)]
pub struct Key(Inside);

#[derive(Debug)]
enum Inside {
    File(Box<SigningKey>),
    #[cfg(feature = "token")]
    Token(Box<TokenKey>),
}

impl Key {
    /// Opens the key at a place, asking for what unlocks it.
    pub fn open(place: &KeyPlace, ask: Ask<'_>) -> Result<Self, KeyringError> {
        match place {
            KeyPlace::File(path) => file::read(path, ask).map(Self::from),
            KeyPlace::Token(uri) => open_on_token(uri, ask),
        }
    }

    /// The public half under its name.
    pub fn verifier(&self) -> &VerifierKey {
        match &self.0 {
            Inside::File(key) => key.verifier(),
            #[cfg(feature = "token")]
            Inside::Token(key) => key.verifier(),
        }
    }

    /// The name.
    pub fn name(&self) -> &KeyName {
        self.verifier().name()
    }

    /// Signs bytes, whose meaning is the caller's. A token may refuse.
    pub fn sign(&self, message: &[u8]) -> Result<[u8; 64], KeyringError> {
        match &self.0 {
            Inside::File(key) => Ok(key.sign(message)),
            #[cfg(feature = "token")]
            Inside::Token(key) => key.sign(message),
        }
    }

    /// The signature line under a note's text.
    pub fn signature_line(&self, text: &str) -> Result<SignatureLine, KeyringError> {
        let signature = self.sign(text.as_bytes())?.to_vec();
        Ok(SignatureLine { name: self.name().clone(), id: self.verifier().id(), signature })
    }
}

impl From<SigningKey> for Key {
    fn from(key: SigningKey) -> Self {
        Self(Inside::File(Box::new(key)))
    }
}

#[cfg(feature = "token")]
fn open_on_token(uri: &TokenUri, ask: Ask<'_>) -> Result<Key, KeyringError> {
    TokenKey::open(uri, ask).map(|key| Key(Inside::Token(Box::new(key))))
}

#[cfg(not(feature = "token"))]
fn open_on_token(_: &TokenUri, _: Ask<'_>) -> Result<Key, KeyringError> {
    Err(KeyringError::NotBuilt { what: "PKCS#11 tokens", feature: "token" })
}

/// Makes a key on a token, labelled with its name. It cannot leave the token. A name that stands there is refused.
#[cfg(feature = "token")]
pub fn generate_on_token(uri: &TokenUri, name: &KeyName, ask: Ask<'_>) -> Result<Key, KeyringError> {
    TokenKey::generate(uri, name, ask).map(|key| Key(Inside::Token(Box::new(key))))
}

/// Makes a key on a token: not in this build.
#[cfg(not(feature = "token"))]
pub fn generate_on_token(uri: &TokenUri, _: &KeyName, ask: Ask<'_>) -> Result<Key, KeyringError> {
    open_on_token(uri, ask)
}
