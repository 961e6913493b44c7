//! Receipts: offline proofs that an entry is in a log (C2SP `tlog-proof`).
//!
//! ```text
//! c2sp.org/tlog-proof@v1
//! [extra <base64>]
//! index <n>
//! [<inclusion hash, base64>…]
//!
//! <checkpoint with its cosignatures>
//! ```
//!
//! In Hakiki `extra` is the entry itself, so that a receipt is one file. It is not authenticated: it is given out only
//! by a [`VerifiedReceipt`], after it was hashed to the leaf.

use crate::checkpoint::{CHECKPOINT_MAX_BYTES, CheckpointError, VerifiedCheckpoint, parse_note};
use crate::proof::{PROOF_MAX_HASHES, ProofError, verify_inclusion};
use crate::tree::leaf_hash;
use crate::wire::{decimal, excerpt, hash_from_base64, hash_to_base64};
use base64::Engine as _;
use hakiki_note::{BASE64, Hash, VerifierKey};

/// First line of a receipt.
pub const RECEIPT_HEADER: &str = "c2sp.org/tlog-proof@v1";

/// Largest receipt, in bytes.
pub const RECEIPT_MAX_BYTES: usize = CHECKPOINT_MAX_BYTES;

/// Why a receipt is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// Too many bytes.
    #[error("a receipt has at most {RECEIPT_MAX_BYTES} bytes, found {0}")]
    TooLarge(usize),
    /// Not the lines of a receipt.
    #[error("a receipt is \"{RECEIPT_HEADER}\", extra, index, hashes, an empty line and a checkpoint")]
    Shape,
    /// The `extra` line.
    #[error("the extra line is \"extra <base64>\" and not empty, found {0:?}")]
    Extra(String),
    /// The `index` line.
    #[error("expected \"index <n>\" in decimal, found {0:?}")]
    Index(String),
    /// A line of the proof.
    #[error("a line of the inclusion proof is a hash in base64, found {0:?}")]
    ProofLine(String),
    /// Too many lines of the proof.
    #[error("an inclusion proof has at most {PROOF_MAX_HASHES} hashes")]
    TooManyHashes,
    /// The checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The proof.
    #[error("the entry is not proved to be in the log: {0}")]
    Proof(#[from] ProofError),
    /// The receipt carries another entry than it proves.
    #[error("the receipt carries an entry with leaf hash {found}, but was checked for {expected}")]
    OtherEntry {
        /// Of `extra`.
        found: Hash,
        /// As asked.
        expected: Hash,
    },
    /// The receipt carries no entry.
    #[error("the receipt carries no entry (no extra line); check it with the entry's own file")]
    NoEntry,
}

/// A parsed receipt. Nothing in it is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    extra: Vec<u8>,
    index: u64,
    proof: Vec<Hash>,
    checkpoint: String,
}

impl Receipt {
    /// The entry that it carries, which nothing proves yet; none without an `extra` line.
    pub fn claimed_entry(&self) -> Option<&[u8]> {
        (!self.extra.is_empty()).then_some(&*self.extra)
    }

    /// Composes a receipt. An empty `extra` is none.
    pub fn new(extra: Vec<u8>, index: u64, proof: Vec<Hash>, checkpoint: &VerifiedCheckpoint) -> Self {
        Self { extra, index, proof, checkpoint: checkpoint.to_text() }
    }

    /// Parses a receipt; the inverse of [`Self::to_text`].
    pub fn parse(bytes: &[u8]) -> Result<Self, ReceiptError> {
        if bytes.len() > RECEIPT_MAX_BYTES {
            return Err(ReceiptError::TooLarge(bytes.len()));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| ReceiptError::Shape)?;
        let (proof_part, checkpoint) = text.split_once("\n\n").ok_or(ReceiptError::Shape)?;
        let mut lines = proof_part.split('\n').peekable();
        if lines.next() != Some(RECEIPT_HEADER) {
            return Err(ReceiptError::Shape);
        }
        let extra = match lines.next_if(|line| line.starts_with("extra ")) {
            Some(line) => parse_extra(line).ok_or_else(|| ReceiptError::Extra(excerpt(line)))?,
            None => Vec::new(),
        };
        let line = lines.next().ok_or(ReceiptError::Shape)?;
        let index = line.strip_prefix("index ").and_then(decimal);
        let index = index.ok_or_else(|| ReceiptError::Index(excerpt(line)))?;
        let hash = |line| hash_from_base64(line).ok_or_else(|| ReceiptError::ProofLine(excerpt(line)));
        let proof = lines.by_ref().take(PROOF_MAX_HASHES).map(hash).collect::<Result<_, _>>()?;
        if lines.next().is_some() {
            return Err(ReceiptError::TooManyHashes);
        }
        parse_note(checkpoint.as_bytes())?;
        Ok(Self { extra, index, proof, checkpoint: checkpoint.to_owned() })
    }

    /// The receipt as text.
    pub fn to_text(&self) -> String {
        let extra = match &*self.extra {
            [] => String::new(),
            extra => format!("extra {}\n", BASE64.encode(extra)),
        };
        let mut text = format!("{RECEIPT_HEADER}\n{extra}index {}\n", self.index);
        for hash in &self.proof {
            text.push_str(&hash_to_base64(hash));
            text.push('\n');
        }
        text.push('\n');
        text.push_str(&self.checkpoint);
        text
    }

    /// The index that the receipt claims.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// The checkpoint as a note, verbatim.
    pub fn checkpoint_text(&self) -> &str {
        &self.checkpoint
    }

    /// Checks that the entry that the receipt carries is in the log.
    pub fn verify(&self, log_key: &VerifierKey) -> Result<VerifiedReceipt, ReceiptError> {
        if self.extra.is_empty() {
            return Err(ReceiptError::NoEntry);
        }
        self.verify_leaf(&leaf_hash(&self.extra), log_key)
    }

    /// Checks that `entry` is in the log.
    pub fn verify_entry(&self, entry: &[u8], log_key: &VerifierKey) -> Result<VerifiedReceipt, ReceiptError> {
        self.verify_leaf(&leaf_hash(entry), log_key)
    }

    /// Checks that the entry with this leaf hash is in the log, and that the receipt carries no other.
    pub fn verify_leaf(&self, leaf: &Hash, log_key: &VerifierKey) -> Result<VerifiedReceipt, ReceiptError> {
        let carried = leaf_hash(&self.extra);
        if !self.extra.is_empty() && carried != *leaf {
            return Err(ReceiptError::OtherEntry { found: carried, expected: *leaf });
        }
        let checkpoint = VerifiedCheckpoint::open(self.checkpoint.as_bytes(), log_key)?;
        verify_inclusion(leaf, self.index, &checkpoint.head(), &self.proof)?;
        Ok(VerifiedReceipt { entry: self.extra.clone(), index: self.index, leaf: *leaf, checkpoint })
    }
}

fn parse_extra(line: &str) -> Option<Vec<u8>> {
    let extra = BASE64.decode(line.strip_prefix("extra ")?).ok()?;
    if extra.is_empty() { None } else { Some(extra) }
}

/// A receipt whose entry is proved to be in the tree that the log signed. Whether witnesses cosigned that tree is
/// [`crate::Policy::witnessed`]'s to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedReceipt {
    entry: Vec<u8>,
    index: u64,
    leaf: Hash,
    checkpoint: VerifiedCheckpoint,
}

impl VerifiedReceipt {
    /// The entry, if the receipt carries it.
    pub fn entry(&self) -> Option<&[u8]> {
        if self.entry.is_empty() { None } else { Some(&self.entry) }
    }

    /// Its place in the log.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// Its leaf hash.
    pub fn leaf(&self) -> Hash {
        self.leaf
    }

    /// The signed head that it is in.
    pub fn checkpoint(&self) -> &VerifiedCheckpoint {
        &self.checkpoint
    }
}
