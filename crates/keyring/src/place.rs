//! Where a key is, as a person types it behind `--key`.

use crate::error::KeyringError;
use crate::uri::TokenUri;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// A file, plain or under a passphrase (its content says which), or a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyPlace {
    /// The path of a key file.
    File(PathBuf),
    /// A key on a token.
    Token(TokenUri),
}

impl FromStr for KeyPlace {
    type Err = KeyringError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.starts_with(TokenUri::SCHEME) {
            text.parse().map(Self::Token)
        } else {
            Ok(Self::File(text.into()))
        }
    }
}

impl fmt::Display for KeyPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Token(uri) => uri.fmt(f),
        }
    }
}
