//! Checkpoints: a log's signed head (C2SP `tlog-checkpoint`).
//!
//! ```text
//! <origin>
//! <size, decimal>
//! <root, base64>
//! [<extension line>…]
//!
//! — <origin> <base64(key id || signature)>
//! ```
//!
//! Witnesses' signatures on it are `cosignature.rs`; whether they suffice is `policy.rs`.

use crate::tree::Head;
use crate::wire::{decimal, excerpt, hash_from_base64, hash_to_base64};
use hakiki_note::note::SIGNATURE_LINES_MAX;
use hakiki_note::{KeyError, KeyName, KeyType, Note, NoteError, SignatureLine, SigningKey, VerifierKey};
use std::fmt;
use std::str::FromStr;

/// Largest checkpoint or receipt, in bytes. 128 Ed25519 lines under the longest names are 46 KiB; this leaves room for
/// sixty witnesses with ML-DSA-44 (3.3 kB a line).
pub const CHECKPOINT_MAX_BYTES: usize = 256 * 1024;

/// What records' texts begin with. A log of that name could make its checkpoints look like records.
const RECORD_PREFIX: &str = "hakiki/";

/// Why a text cannot be a log's origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    /// It is no key name.
    #[error("an origin is the log's key name: {0}")]
    Name(#[from] KeyError),
    /// It has a schema.
    #[error("an origin is a URL without schema, as example.org/log, found {0:?}")]
    Schema(String),
    /// It begins as records do.
    #[error("an origin does not begin with \"{RECORD_PREFIX}\", as records do, found {0:?}")]
    Record(String),
}

/// A log's name: a schema-less URL that is also the name of its key. Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(KeyName);

impl Origin {
    /// Checks and takes a name.
    pub fn new(name: &str) -> Result<Self, OriginError> {
        if name.contains("://") {
            return Err(OriginError::Schema(excerpt(name)));
        }
        if name.starts_with(RECORD_PREFIX) {
            return Err(OriginError::Record(excerpt(name)));
        }
        Ok(Self(KeyName::new(name)?))
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// As the name of the log's key.
    pub fn key_name(&self) -> &KeyName {
        &self.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        Self::new(text)
    }
}

/// Why a checkpoint is refused or cannot be signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Too many bytes.
    #[error("a checkpoint has at most {CHECKPOINT_MAX_BYTES} bytes, found {0}")]
    TooLarge(usize),
    /// The note is malformed, or a known key's signature on it is bad.
    #[error("the checkpoint is no good note: {0}")]
    Note(#[from] NoteError),
    /// Fewer than three lines, an empty line, or no final newline.
    #[error(
        "a checkpoint's text is origin, size, root and extension lines, each non-empty and ended by a newline"
    )]
    Shape,
    /// The first line.
    #[error(transparent)]
    Origin(#[from] OriginError),
    /// The second line.
    #[error("a checkpoint's second line is the size in decimal, found {0:?}")]
    Size(String),
    /// The third line.
    #[error("a checkpoint's third line is the root hash in base64, found {0:?}")]
    Root(String),
    /// An extension line.
    #[error("an extension line is non-empty and without control characters, found {0:?}")]
    Extension(String),
    /// The key's name is not the origin.
    #[error("the log key's name is {key}, expected the origin {origin}")]
    KeyName {
        /// The key's name.
        key: KeyName,
        /// The origin.
        origin: Origin,
    },
    /// A log signs with Ed25519.
    #[error("a log key has type 0x01 (Ed25519), found {:#04x}", .0.byte())]
    KeyType(KeyType),
    /// No signature by a log key.
    #[error("the checkpoint of {0} is not signed by a known key of that log")]
    Unsigned(Origin),
}

/// What a log says of its tree. Nothing is verified by holding one; see [`VerifiedCheckpoint`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub origin: Origin,
    /// Size and root.
    pub head: Head,
    extensions: Vec<String>,
}

impl Checkpoint {
    /// A checkpoint without extension lines.
    pub fn new(origin: Origin, head: Head) -> Self {
        Self { origin, head, extensions: Vec::new() }
    }

    /// The extension lines, without newlines. Hakiki's logs write none.
    pub fn extensions(&self) -> &[String] {
        &self.extensions
    }

    /// The text that is signed.
    pub fn text(&self) -> String {
        let mut text = format!("{}\n{}\n{}\n", self.origin, self.head.size, hash_to_base64(&self.head.root));
        for line in &self.extensions {
            text.push_str(line);
            text.push('\n');
        }
        text
    }

    /// Parses a text; the inverse of [`Self::text`].
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let body = text.strip_suffix('\n').ok_or(CheckpointError::Shape)?;
        let mut lines = body.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(CheckpointError::Shape);
        };
        let origin = Origin::new(origin)?;
        let size = decimal(size).ok_or_else(|| CheckpointError::Size(excerpt(size)))?;
        let root = hash_from_base64(root).ok_or_else(|| CheckpointError::Root(excerpt(root)))?;
        let extension = |line: &str| {
            let plain = !line.is_empty() && !line.bytes().any(|byte| byte < 0x20);
            if plain { Ok(line.to_owned()) } else { Err(CheckpointError::Extension(excerpt(line))) }
        };
        let extensions = lines.map(extension).collect::<Result<_, _>>()?;
        Ok(Self { origin, head: Head { size, root }, extensions })
    }

    /// The note that the log publishes. The key must be the log's.
    pub fn sign(&self, key: &SigningKey) -> Result<String, CheckpointError> {
        self.check_key(key.verifier())?;
        Ok(Note::sign(self.text(), &[key]).to_text())
    }

    fn check_key(&self, key: &VerifierKey) -> Result<(), CheckpointError> {
        let key_type = key.key().key_type();
        if key_type != KeyType::Ed25519 {
            return Err(CheckpointError::KeyType(key_type));
        }
        if key.name() != self.origin.key_name() {
            let (key, origin) = (key.name().clone(), self.origin.clone());
            return Err(CheckpointError::KeyName { key, origin });
        }
        Ok(())
    }
}

/// A checkpoint that carries a good signature by its log's key. Cosignatures on it are not verified by this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedCheckpoint {
    checkpoint: Checkpoint,
    note: Note,
}

impl VerifiedCheckpoint {
    /// Opens a signed checkpoint with the log's key. A bad signature by it refuses the whole note.
    pub fn open(bytes: &[u8], log_key: &VerifierKey) -> Result<Self, CheckpointError> {
        let (checkpoint, note) = parse_note(bytes)?;
        checkpoint.check_key(log_key)?;
        Self::verify(checkpoint, note, &[log_key])
    }

    /// The same when several keys are known, of this log or of others.
    pub fn open_any(bytes: &[u8], log_keys: &[VerifierKey]) -> Result<Self, CheckpointError> {
        let (checkpoint, note) = parse_note(bytes)?;
        let own: Vec<_> = log_keys.iter().filter(|key| checkpoint.check_key(key).is_ok()).collect();
        Self::verify(checkpoint, note, &own)
    }

    fn verify(checkpoint: Checkpoint, note: Note, keys: &[&VerifierKey]) -> Result<Self, CheckpointError> {
        if note.verified_by(keys)?.is_empty() {
            return Err(CheckpointError::Unsigned(checkpoint.origin));
        }
        Ok(Self { checkpoint, note })
    }

    /// What the log says.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// Size and root.
    pub fn head(&self) -> Head {
        self.checkpoint.head
    }

    /// Which log.
    pub fn origin(&self) -> &Origin {
        &self.checkpoint.origin
    }

    /// The note with all its signature lines, known or not.
    pub fn note(&self) -> &Note {
        &self.note
    }

    /// The note's bytes, as they were opened.
    pub fn to_text(&self) -> String {
        self.note.to_text()
    }

    /// Adds a signature line that is not there yet, if the note stays within its limits. Says whether it did.
    pub(crate) fn add_line(&mut self, line: &SignatureLine) -> bool {
        let lines = &mut self.note.signatures;
        if lines.contains(line) || lines.len() >= SIGNATURE_LINES_MAX {
            return false;
        }
        lines.push(line.clone());
        let fits = self.to_text().len() <= CHECKPOINT_MAX_BYTES;
        if !fits {
            self.note.signatures.pop();
        }
        fits
    }
}

/// Parses a note and the checkpoint in it. Nothing is verified.
pub(crate) fn parse_note(bytes: &[u8]) -> Result<(Checkpoint, Note), CheckpointError> {
    if bytes.len() > CHECKPOINT_MAX_BYTES {
        return Err(CheckpointError::TooLarge(bytes.len()));
    }
    let note = Note::parse(bytes)?;
    Ok((Checkpoint::parse(&note.text)?, note))
}
