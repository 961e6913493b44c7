//! The signed note: text, an empty line, signature lines.
//!
//! ```text
//! <text, ends in a newline>
//!
//! — <name> <base64(4-byte key id || signature)>
//! ```

use crate::BASE64;
use crate::key::{KeyId, KeyName, SigningKey, VerifierKey};
use crate::rule::SignatureError;
use base64::Engine as _;

/// Most signature lines read in any note (checkpoints and receipts; records allow fewer).
pub const SIGNATURE_LINES_MAX: usize = 128;

/// What can be wrong with a note.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Not UTF-8.
    #[error("a note is UTF-8; the first bad byte is at {0}")]
    Utf8(usize),
    /// A control character below U+0020 other than newline.
    #[error("a note has no control characters but newline; found {character:#04x} at byte {place}")]
    Control {
        /// The character.
        character: u32,
        /// Its byte offset.
        place: usize,
    },
    /// No empty line before signature lines, or no signatures.
    #[error("a note is text, an empty line and signature lines that end in a newline")]
    Shape,
    /// A line after the empty line that is no signature line.
    #[error("signature line {line} is not \"— name base64\": {found:?}")]
    SignatureLine {
        /// Counted from 1 behind the empty line.
        line: usize,
        /// The line.
        found: String,
    },
    /// Too many lines.
    #[error("a note has at most {SIGNATURE_LINES_MAX} signature lines, found {0}")]
    TooMany(usize),
    /// A signature by a known key is bad.
    #[error("the signature by {name} is refused: {source}")]
    Signature {
        /// Whose.
        name: KeyName,
        /// Why.
        source: SignatureError,
    },
}

/// One signature line: `— <name> <base64(key id || signature)>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureLine {
    /// The signer's key name, as it says.
    pub name: KeyName,
    /// The key id.
    pub id: KeyId,
    /// The bytes behind the key id.
    pub signature: Vec<u8>,
}

impl SignatureLine {
    /// Signs `text` as a plain Ed25519 note signature.
    pub fn sign(text: &str, key: &SigningKey) -> Self {
        let verifier = key.verifier();
        let signature = key.sign(text.as_bytes()).to_vec();
        Self { name: verifier.name().clone(), id: verifier.id(), signature }
    }

    /// The line with its newline.
    pub fn to_line(&self) -> String {
        let bytes = [&self.id.0[..], &self.signature].concat();
        format!("\u{2014} {} {}\n", self.name, BASE64.encode(bytes))
    }

    /// Parses a line without its newline.
    pub fn parse(line: &str) -> Option<Self> {
        let (name, encoded) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
        let bytes = BASE64.decode(encoded).ok()?;
        let (id, signature) = bytes.split_first_chunk::<4>()?;
        if signature.is_empty() {
            return None;
        }
        Some(Self { name: KeyName::new(name).ok()?, id: KeyId(*id), signature: signature.to_vec() })
    }

    /// Whether the line names this key.
    pub fn is_by(&self, key: &VerifierKey) -> bool {
        self.id == key.id() && self.name == *key.name()
    }
}

/// A parsed note. Nothing is verified by parsing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The signed text, with its final newline.
    pub text: String,
    /// The signature lines in their order.
    pub signatures: Vec<SignatureLine>,
}

impl Note {
    /// Parses a note. The last empty line separates text from signatures.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        let whole = std::str::from_utf8(bytes).map_err(|e| NoteError::Utf8(e.valid_up_to()))?;
        if let Some(place) = bytes.iter().position(|b| *b < 0x20 && *b != b'\n') {
            return Err(NoteError::Control { character: u32::from(bytes[place]), place });
        }
        let at = whole.rfind("\n\n").ok_or(NoteError::Shape)?;
        let (text, rest) = (&whole[..=at], &whole[at + 2..]);
        let lines = rest.strip_suffix('\n').ok_or(NoteError::Shape)?;
        let count = lines.split('\n').count();
        if count > SIGNATURE_LINES_MAX {
            return Err(NoteError::TooMany(count));
        }
        let parse = |(i, line): (usize, &str)| {
            let refused =
                || NoteError::SignatureLine { line: i + 1, found: line.chars().take(120).collect() };
            SignatureLine::parse(line).ok_or_else(refused)
        };
        let signatures = lines.split('\n').enumerate().map(parse).collect::<Result<_, _>>()?;
        Ok(Self { text: text.to_owned(), signatures })
    }

    /// Signs a text, which ends in a newline, with each key in order.
    pub fn sign(text: String, keys: &[&SigningKey]) -> Self {
        let signatures = keys.iter().map(|key| SignatureLine::sign(&text, key)).collect();
        Self { text, signatures }
    }

    /// The bytes of the note; the inverse of [`Self::parse`].
    pub fn to_text(&self) -> String {
        let mut out = String::with_capacity(self.text.len() + 128 * self.signatures.len() + 1);
        out.push_str(&self.text);
        out.push('\n');
        for line in &self.signatures {
            out.push_str(&line.to_line());
        }
        out
    }

    /// Verifies plain Ed25519 signatures by the known `keys` and ignores the others, as `signed-note` says.
    /// Gives the names that signed. A bad signature by a known key refuses the whole note.
    pub fn verified_by(&self, keys: &[&VerifierKey]) -> Result<Vec<KeyName>, NoteError> {
        let mut names = Vec::new();
        for line in &self.signatures {
            let Some(key) = keys.iter().find(|key| line.is_by(key)) else { continue };
            let checked =
                key.key().decode().and_then(|key| key.verify(self.text.as_bytes(), &line.signature));
            checked.map_err(|source| NoteError::Signature { name: line.name.clone(), source })?;
            if !names.contains(&line.name) {
                names.push(line.name.clone());
            }
        }
        Ok(names)
    }
}
