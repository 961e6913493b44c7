//! Whether a quote holds: the key, its signature, the head, the values, and what was asked for besides.

use super::attest::{self, Attest};
use super::public::PublicKey;
use super::{Quote, QuoteError, subject};
use hakiki_core::kinds::{Event, Observed};
use hakiki_note::{Hash, VerifierKey, sha256, sha256_parts};
use hakiki_tlog::checkpoint::VerifiedCheckpoint;

/// What a quote is held against.
#[derive(Debug, Clone)]
pub struct Expected<'a> {
    /// The log's key.
    pub log: &'a VerifierKey,
    /// The chip's key, by its name: SHA-256 of `TPMT_PUBLIC`.
    pub key: Option<Hash>,
    /// The size that the head has at least, so that no old quote passes for a new one.
    pub since: u64,
    /// The observation that the log has of it.
    pub observed: Option<&'a Observed>,
}

/// A quote that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The chip's key, by its name.
    pub key: Hash,
    /// The head. Whether witnesses cosigned it is not looked at here.
    pub head: VerifiedCheckpoint,
    /// How often the chip was reset: greater with each start of the machine.
    pub reset_count: u32,
    /// How often it was resumed since.
    pub restart_count: u32,
}

impl Quote {
    /// Checks it. H202 to H209.
    pub fn check(&self, expected: &Expected<'_>) -> Result<Checked, QuoteError> {
        let (attest, key) = (Attest::parse(&self.attest)?, PublicKey::parse(&self.key)?);
        attest::verify(&key, &self.attest, &self.signature)?;
        let head = VerifiedCheckpoint::open(self.head.as_bytes(), expected.log);
        let head = head.map_err(|error| QuoteError::Head(error.to_string()))?;
        let over = sha256(head.note().text.as_bytes());
        if attest.qualifying != over.0 {
            return Err(QuoteError::Qualifying { found: hex::encode(&attest.qualifying), expected: over });
        }
        self.check_registers(&attest)?;
        let size = head.head().size;
        if size < expected.since {
            return Err(QuoteError::Old { found: size, expected: expected.since });
        }
        same("the chip's key", Some(&key.name.to_string()), expected.key.map(|name| name.to_string()))?;
        if let Some(observed) = expected.observed {
            let word = observed.event.as_str();
            same("the record's event", Some(word), Some(Event::Quote.as_str().to_owned()))?;
            same(
                "the hash of the file",
                Some(&self.hash().to_string()),
                observed.value.map(|value| value.to_string()),
            )?;
            let named = observed.subject.as_ref().map(|name| name.as_str().to_owned());
            same("the chip's key, as a subject,", Some(&subject(&key.name)), named)?;
        }
        let (reset_count, restart_count) = (attest.reset_count, attest.restart_count);
        Ok(Checked { key: key.name, head, reset_count, restart_count })
    }

    fn check_registers(&self, attest: &Attest) -> Result<(), QuoteError> {
        if !self.pcrs.keys().eq(&attest.selected) {
            return Err(QuoteError::Registers("other registers are listed".to_owned()));
        }
        let values: Vec<&[u8]> = self.pcrs.values().map(|value| &value.0[..]).collect();
        let digest = sha256_parts(&values);
        if attest.digest == digest.0 {
            return Ok(());
        }
        let signed = hex::encode(&attest.digest);
        Err(QuoteError::Registers(format!("they have the digest {digest}, signed was {signed}")))
    }
}

fn same(what: &'static str, found: Option<&str>, expected: Option<String>) -> Result<(), QuoteError> {
    match (found, expected) {
        (Some(found), Some(expected)) if found != expected => {
            Err(QuoteError::Other { what, found: found.to_owned(), expected })
        }
        _ => Ok(()),
    }
}
