//! A record while its signers sign one after the other: its text, and the signature lines that are there.
//!
//! While signatures are missing the file is no record. That the signatures are right is judged by the log that takes the
//! record: here nobody's public key is known but the signer's own.

use anyhow::{Context, Result, ensure};
use hakiki_core::codes::RefusalCode;
use hakiki_core::kinds::Body;
use hakiki_core::record::Signer;
use hakiki_core::{Record, Refusal};
use hakiki_note::{SignatureLine, SigningKey};
use std::path::Path;

/// Bytes of a signature.
const SIGNATURE_BYTES: usize = 64;

/// A text that is a record's, and who has signed it so far.
pub struct Unfinished {
    text: String,
    lines: Vec<SignatureLine>,
    record: Record,
}

impl Unfinished {
    /// Reads a file: a record's text alone, or with an empty line and some of its signature lines. Every mistake in its
    /// form is a [`Refusal`] in the error.
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
        Ok(Self::parse(&bytes)?)
    }

    fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        let not_utf8 = |e: std::str::Utf8Error| {
            Refusal::new(RefusalCode::R102, format!("not UTF-8 from byte {}", e.valid_up_to()))
        };
        let whole = std::str::from_utf8(bytes).map_err(not_utf8)?;
        let (text, rest) = whole.find("\n\n").map_or((whole, ""), |at| (&whole[..=at], &whole[at + 2..]));
        if !(text.ends_with('\n') && (rest.is_empty() || rest.ends_with('\n'))) {
            return Err(Refusal::new(
                RefusalCode::R107,
                "the file does not end in a newline, as if it were not whole",
            ));
        }
        let record = as_if_signed(text)?;
        let lines = rest.lines().zip(1..).map(|(line, number)| {
            let by_a_signer = |parsed: &SignatureLine| {
                parsed.signature.len() == SIGNATURE_BYTES && names(&record, &parsed.name)
            };
            SignatureLine::parse(line).filter(by_a_signer).ok_or_else(|| {
                let detail = format!("signature line {number} is none by a signer that the text names");
                Refusal::new(RefusalCode::R205, detail)
            })
        });
        let lines = lines.collect::<Result<Vec<_>, _>>()?;
        let unfinished = Self { text: text.to_owned(), lines, record };
        if unfinished.missing().is_empty() {
            Record::parse(bytes)?;
        }
        Ok(unfinished)
    }

    /// The record that this is or will be. Its signatures are nobody's.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// What it says.
    pub fn body(&self) -> &Body {
        self.record.body()
    }

    /// Whether a named signer has a signature line.
    pub fn has_signed(&self, signer: &Signer) -> bool {
        self.lines.iter().any(|line| line.name == signer.name)
    }

    /// Named signers who have not signed yet.
    pub fn missing(&self) -> Vec<&str> {
        let signers = self.record.signers().iter();
        signers.filter(|signer| !self.has_signed(signer)).map(|signer| signer.name.as_str()).collect()
    }

    /// Adds the signature of a key that the text names, in the place of an older one by it.
    pub fn add(&mut self, key: &SigningKey) -> Result<()> {
        let hash = key.verifier().key().hash();
        let signers = self.record.signers();
        let is_named = signers.iter().any(|signer| signer.name == *key.name() && signer.key_hash == hash);
        ensure!(is_named, "{} is not among the signers that the text names", key.name());
        self.lines.retain(|line| line.name != *key.name());
        self.lines.push(SignatureLine::sign(&self.text, key));
        let place = |line: &SignatureLine| signers.iter().position(|signer| signer.name == line.name);
        self.lines.sort_by_key(place);
        Ok(())
    }

    /// Writes it as a whole, so that an interrupted write loses no signature.
    pub fn write(&self, path: &Path) -> Result<()> {
        let lines: String = self.lines.iter().map(SignatureLine::to_line).collect();
        let mut beside = path.as_os_str().to_owned();
        beside.push(".new");
        let beside = Path::new(&beside);
        let written = std::fs::write(beside, format!("{}\n{lines}", self.text));
        written.with_context(|| format!("writing {}", beside.display()))?;
        std::fs::rename(beside, path).with_context(|| format!("writing {}", path.display()))
    }
}

fn names(record: &Record, name: &hakiki_note::KeyName) -> bool {
    record.signers().iter().any(|signer| signer.name == *name)
}

/// Reads the text as the record that it will be: with a line for each signer that says nothing yet.
fn as_if_signed(text: &str) -> Result<Record, Refusal> {
    let named = text.lines().filter_map(|line| line.strip_prefix("signer ")?.split_once(' '));
    let empty = "A".repeat(91) + "=";
    let lines: Vec<String> = named.map(|(name, _)| format!("\u{2014} {name} {empty}\n")).collect();
    let lines = lines.concat();
    Record::parse(format!("{text}\n{lines}").as_bytes())
}
