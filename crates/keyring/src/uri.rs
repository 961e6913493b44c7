//! `pkcs11:` URIs (RFC 7512), the part of them that names a key on a token.
//!
//! ```text
//! pkcs11:token=LABEL;object=KEY-NAME?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/run/pin
//! ```
//!
//! Attributes may be percent-encoded. `type=private` is understood; `pin-value` is refused, since it would stand in the shell's
//! history. Attributes that this program does not know are refused: one of them might have named another key.

use crate::error::KeyringError;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Where a key on a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenUri {
    token: String,
    object: Option<String>,
    module: PathBuf,
    pin_file: Option<PathBuf>,
}

impl TokenUri {
    /// What such a URI begins with.
    pub const SCHEME: &str = "pkcs11:";

    /// The token's label.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The key's label, which is its name; none where the token holds only one.
    pub fn object(&self) -> Option<&str> {
        self.object.as_deref()
    }

    /// The PKCS#11 module, a shared library.
    pub fn module(&self) -> &Path {
        &self.module
    }

    /// The file with the PIN, if one is named.
    pub fn pin_file(&self) -> Option<&Path> {
        self.pin_file.as_deref()
    }

    /// The same token, with the key of this name.
    #[must_use]
    pub fn with_object(&self, name: &str) -> Self {
        Self { object: Some(name.to_owned()), ..self.clone() }
    }
}

impl FromStr for TokenUri {
    type Err = KeyringError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let rest = text.strip_prefix(Self::SCHEME).ok_or_else(|| wrong("it does not begin with pkcs11:"))?;
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (mut token, mut object, mut module, mut pin_file) = (None, None, None, None);
        let attributes = path.split(';').chain(query.split('&')).filter(|part| !part.is_empty());
        for attribute in attributes {
            let (name, value) =
                attribute.split_once('=').ok_or_else(|| wrong(format!("{attribute:?} has no \"=\"")))?;
            let value = decoded(value)?;
            let slot = match name {
                "token" => &mut token,
                "object" => &mut object,
                "module-path" => &mut module,
                "pin-source" => &mut pin_file,
                "type" if value == "private" => continue,
                "pin-value" => {
                    return Err(wrong("pin-value would stand in the shell's history; name a pin-source"));
                }
                _ => return Err(wrong(format!("{name:?} is no attribute that this program knows"))),
            };
            if slot.replace(value).is_some() {
                return Err(wrong(format!("{name:?} stands twice")));
            }
        }
        let token = token.ok_or_else(|| wrong("it names no token"))?;
        let module = module.ok_or_else(|| wrong("it names no module-path"))?.into();
        let pin_file = pin_file.map(|source| PathBuf::from(source.strip_prefix("file:").unwrap_or(&source)));
        Ok(Self { token, object, module, pin_file })
    }
}

impl fmt::Display for TokenUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}token={}", Self::SCHEME, encoded(&self.token))?;
        if let Some(object) = &self.object {
            write!(f, ";object={}", encoded(object))?;
        }
        write!(f, "?module-path={}", encoded(&self.module.to_string_lossy()))?;
        if let Some(file) = &self.pin_file {
            write!(f, "&pin-source=file:{}", encoded(&file.to_string_lossy()))?;
        }
        Ok(())
    }
}

fn wrong(found: impl Into<String>) -> KeyringError {
    KeyringError::Uri { found: found.into() }
}

fn decoded(value: &str) -> Result<String, KeyringError> {
    let bad = || wrong(format!("{value:?} is not percent-encoded UTF-8"));
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if *first != b'%' {
            bytes.push(*first);
            rest = after;
            continue;
        }
        let (digits, after) = after.split_first_chunk::<2>().ok_or_else(bad)?;
        let digits = std::str::from_utf8(digits).ok().filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        bytes.push(u8::from_str_radix(digits.ok_or_else(bad)?, 16).map_err(|_| bad())?);
        rest = after;
    }
    String::from_utf8(bytes).map_err(|_| bad())
}

/// The characters that may stand both in the path and in the query, and `/`, which people type.
fn encoded(value: &str) -> String {
    let mut out = String::new();
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.extend([byte >> 4, byte & 15].map(hex_digit));
        }
    }
    out
}

fn hex_digit(nibble: u8) -> char {
    char::from(b"0123456789ABCDEF"[usize::from(nibble)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_names_a_key() {
        let text = "pkcs11:token=ceremony%20one;object=mfano.example%2Fk%2F7f;type=private?module-path=/m.so&pin-source=file:/pin";
        let uri: TokenUri = text.parse().unwrap();
        assert_eq!((uri.token(), uri.object()), ("ceremony one", Some("mfano.example/k/7f")));
        assert_eq!((uri.module(), uri.pin_file()), (Path::new("/m.so"), Some(Path::new("/pin"))));
        assert_eq!(uri.to_string().parse::<TokenUri>().unwrap(), uri);
        let plain: TokenUri = "pkcs11:token=a?module-path=/m.so".parse().unwrap();
        assert_eq!((plain.object(), plain.pin_file()), (None, None));
        assert_eq!(plain.with_object("b").object(), Some("b"));
    }

    #[test]
    fn what_could_mean_another_key_is_refused() {
        let refused = |text: &str| text.parse::<TokenUri>().unwrap_err().to_string();
        for (text, said) in [
            ("pkcs11:object=a?module-path=/m.so", "no token"),
            ("pkcs11:token=a", "no module-path"),
            ("pkcs11:token=a;token=b?module-path=/m.so", "twice"),
            ("pkcs11:token=a;id=%01?module-path=/m.so", "knows"),
            ("pkcs11:token=a?module-path=/m.so&pin-value=1234", "history"),
            ("pkcs11:token=%zz?module-path=/m.so", "percent"),
            ("pkcs11:token=%4", "percent"),
            ("pkcs11:token", "no \"=\""),
        ] {
            let found = refused(text);
            assert!(found.starts_with("K103: ") && found.contains(said), "{text}: {found}");
        }
        assert!(!refused("pkcs11:token=a?module-path=/m.so&pin-value=1234").contains("1234"));
    }
}
