//! A quote: what a machine's security chip (TPM 2.0) signed over the values of its registers (PCRs) and the hash of a head
//! of the log, as one text that anybody can check with nothing but the log's key.
//!
//! ```text
//! hakiki/quote@v1
//! key <base64 of TPM2B_PUBLIC>
//! attest <base64 of TPMS_ATTEST>
//! signature <base64 of TPMT_SIGNATURE>
//! pcr sha256 <number> <64 hex digits>     one each, ascending
//!
//! <the signed head, as the log gave it>
//! ```
//!
//! Structures are those of the TPM 2.0 Library, Part 2, of the Trusted Computing Group. A good quote says that the named key
//! signed these values after that head existed. It does not say that the key is in a chip: no maker's certificate is looked
//! at, and whoever has the machine can make a key that says what a chip's key says. Nor does it say what ran.

mod attest;
mod check;
mod public;
mod spool;
mod tpm;
mod wire;

#[cfg(test)]
mod tests;

pub use check::{Checked, Expected};
pub use spool::{put, read};
pub use tpm::{PCRS_DEFAULT, Tpm, parse_pcrs};

pub(crate) use spool::{SOURCE, find, follow};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hakiki_note::{Hash, sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The first line.
const HEADER: &str = "hakiki/quote@v1";
/// Longest text.
pub(crate) const QUOTE_MAX_BYTES: usize = 256 * 1024;
/// How many registers a chip has at most, by the size of its bitmap.
const PCR_COUNT: u8 = 32;

/// Why a quote is refused. Each has a stable code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuoteError {
    /// Not the text of a quote.
    #[error("H201: no text of a quote: {0}")]
    Text(String),
    /// What was signed is not a quote that a chip makes.
    #[error("H202: what was signed is no quote of a TPM: {0}")]
    Attest(String),
    /// Not a key that signs only what the chip itself made.
    #[error("H203: the key is no restricted signing key on P-256 with SHA-256: {0}")]
    Key(String),
    /// Not signed by the key.
    #[error("H204: the signature is not one by this key over what was signed")]
    Signature,
    /// Signed over something else than this head.
    #[error("H205: the quote is over {found}, expected {expected}, the SHA-256 of the head's text")]
    Qualifying {
        /// As signed.
        found: String,
        /// That of the head.
        expected: Hash,
    },
    /// The values listed are not those that were signed.
    #[error("H206: the values of the registers are not those that were signed: {0}")]
    Registers(String),
    /// The head is no good head of the log.
    #[error("H207: the head is not one of this log: {0}")]
    Head(String),
    /// The head is older than was asked for.
    #[error("H208: the quote is over a head of {found} entries, expected one of {expected} or more")]
    Old {
        /// The head's size.
        found: u64,
        /// The size asked for.
        expected: u64,
    },
    /// Another key or file than was asked for.
    #[error("H209: {what} is {found}, expected {expected}")]
    Other {
        /// What differs.
        what: &'static str,
        /// As it is.
        found: String,
        /// As asked for.
        expected: String,
    },
    /// The chip's programs did not do what they were asked.
    #[error("H210: {program}: {found}")]
    Tpm {
        /// The program.
        program: String,
        /// What it said.
        found: String,
    },
}

impl QuoteError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Text(_) => "H201",
            Self::Attest(_) => "H202",
            Self::Key(_) => "H203",
            Self::Signature => "H204",
            Self::Qualifying { .. } => "H205",
            Self::Registers(_) => "H206",
            Self::Head(_) => "H207",
            Self::Old { .. } => "H208",
            Self::Other { .. } => "H209",
            Self::Tpm { .. } => "H210",
        }
    }
}

/// A quote as it is written. Nothing is checked by holding one; see [`Quote::check`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// The public part of the key, `TPM2B_PUBLIC`.
    pub key: Vec<u8>,
    /// What was signed, `TPMS_ATTEST`.
    pub attest: Vec<u8>,
    /// The signature, `TPMT_SIGNATURE`.
    pub signature: Vec<u8>,
    /// The values of the registers of the SHA-256 bank, by number.
    pub pcrs: BTreeMap<u8, Hash>,
    /// The signed head, as the log gave it.
    pub head: String,
}

impl Quote {
    /// The text.
    pub fn to_text(&self) -> String {
        let mut text = format!("{HEADER}\n");
        let parts = [("key", &self.key), ("attest", &self.attest), ("signature", &self.signature)];
        for (name, bytes) in parts {
            let _ = writeln!(text, "{name} {}", STANDARD.encode(bytes));
        }
        for (number, value) in &self.pcrs {
            let _ = writeln!(text, "pcr sha256 {number} {value}");
        }
        text + "\n" + &self.head
    }

    /// Reads a text: the one that [`Quote::to_text`] writes, to the byte. H201.
    pub fn parse(bytes: &[u8]) -> Result<Self, QuoteError> {
        let wrong = |why: &str| QuoteError::Text(why.to_owned());
        if bytes.len() > QUOTE_MAX_BYTES {
            return Err(wrong("it is longer than 256 KiB"));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| wrong("it is no UTF-8"))?;
        let (lines, head) = text.split_once("\n\n").ok_or_else(|| wrong("it has no empty line"))?;
        let mut lines = lines.lines();
        if lines.next() != Some(HEADER) {
            return Err(wrong("it does not begin with hakiki/quote@v1"));
        }
        let mut part = |name: &str| {
            let line = lines.next().and_then(|line| line.strip_prefix(name)?.strip_prefix(' '));
            let decoded = line.and_then(|line| STANDARD.decode(line).ok());
            decoded.ok_or_else(|| QuoteError::Text(format!("it has no good line `{name}`")))
        };
        let (key, attest, signature) = (part("key")?, part("attest")?, part("signature")?);
        let mut pcrs = BTreeMap::new();
        for line in lines {
            let (number, value) = pcr(line).ok_or_else(|| wrong("a line `pcr` is malformed"))?;
            pcrs.insert(number, value);
        }
        let quote = Self { key, attest, signature, pcrs, head: head.to_owned() };
        if quote.to_text() != text {
            return Err(wrong("it is not written in the one way that a quote is written"));
        }
        Ok(quote)
    }

    /// The hash that the record has.
    pub fn hash(&self) -> Hash {
        sha256(self.to_text().as_bytes())
    }

    /// The subject of the record: `tpm-` and 16 hex digits of the key's name, so that another key is seen at once.
    pub fn subject(&self) -> Result<String, QuoteError> {
        Ok(subject(&public::PublicKey::parse(&self.key)?.name))
    }
}

fn subject(key: &Hash) -> String {
    format!("tpm-{}", &key.to_string()[..16])
}

fn pcr(line: &str) -> Option<(u8, Hash)> {
    let (number, value) = line.strip_prefix("pcr sha256 ")?.split_once(' ')?;
    let number = number.parse().ok().filter(|number| *number < PCR_COUNT)?;
    Some((number, value.parse().ok()?))
}
