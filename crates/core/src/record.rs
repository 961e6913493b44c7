//! A record is a signed note: text, an empty line, signature lines (`docs/reference/records.md`).
//!
//! Parsing gives a [`Record`] whose form is right; only [`crate::roster::Roster::verify`] makes a [`VerifiedRecord`], whose
//! signatures are right too. Whether its signers may say what it says is for the ledger, at its place in the log.

use crate::codes::{Refusal, RefusalCode, refuse};
use crate::kinds::{Body, Kind};
use crate::roster::KeyIndex;
use crate::text::{Argument, Field, Lines, Writer, check_canonical};
use base64::Engine as _;
use hakiki_note::{BASE64, Hash, KeyId, KeyName, Note, SigningKey, sha256};

/// Largest record, in bytes: what an entry bundle can hold (`tlog-tiles`, big-endian uint16).
pub const RECORD_MAX_BYTES: usize = 65_535;
/// Most signers of one record.
pub const SIGNERS_MAX: usize = 32;

/// The line that every record but entry 0 begins with.
pub const ELECTION_LINE: &[Field] =
    &[Field::one("election", &[Argument::Id], "the election's full fingerprint, so that nothing replays")];
/// The lines that every record ends with.
pub const SIGNER_LINES: &[Field] = &[Field::some(
    "signer",
    &[Argument::KeyName, Argument::Id],
    "who signs: key name, SHA-256 of type byte and public key; the signature lines are exactly these",
)];

/// Who signs, as the text says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// The key name.
    pub name: KeyName,
    /// SHA-256 of type byte and public key.
    pub key_hash: Hash,
}

/// A record whose form is right. Nothing is said of its signatures.
#[derive(Debug, Clone)]
pub struct Record {
    id: Hash,
    election: Option<Hash>,
    body: Body,
    signers: Vec<Signer>,
    signatures: Vec<(KeyId, [u8; 64])>,
    note: String,
    text_bytes: usize,
}

impl Record {
    /// Parses a note's bytes: every R1xx, and R205.
    pub fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        if bytes.len() > RECORD_MAX_BYTES {
            return refuse(RefusalCode::R101, format!("{} bytes, at most {RECORD_MAX_BYTES}", bytes.len()));
        }
        let note = std::str::from_utf8(bytes).map_err(|e| {
            Refusal::new(RefusalCode::R102, format!("not UTF-8 from byte {}", e.valid_up_to()))
        })?;
        let no_note =
            || Refusal::new(RefusalCode::R107, "a record is text, an empty line and signature lines");
        let end = note.find("\n\n").ok_or_else(no_note)? + 1;
        let (text, lines) = (&note[..end], &note[end + 1..]);
        let canonical = check_canonical(text)?;
        let (header, body_text) = canonical.split_once('\n').unwrap_or((canonical, ""));
        let kind = Kind::of_header(header)?;
        let shapes = kind.shapes();
        let read = Lines::read(body_text, 2, &shapes)?;
        let body = kind.read(&read)?;
        let election = read.optional("election").map(|mut a| a.id()).transpose()?;
        let signers = read.all("signer").map(|mut a| Ok(Signer { name: a.key_name()?, key_hash: a.id()? }));
        let signers = signers.collect::<Result<Vec<_>, Refusal>>()?;
        if signers.len() > SIGNERS_MAX {
            return refuse(RefusalCode::R101, format!("{} signers, at most {SIGNERS_MAX}", signers.len()));
        }
        let signatures = read_signatures(lines, &signers)?;
        let (id, text_bytes) = (sha256(text.as_bytes()), text.len());
        Ok(Self { id, election, body, signers, signatures, note: note.to_owned(), text_bytes })
    }

    /// Writes, signs and parses back a record: what a kit, an officer or a test makes. `election` is none for entry 0.
    pub fn sign(body: &Body, election: Option<&Hash>, keys: &[&SigningKey]) -> Result<Self, Refusal> {
        let (text, ordered) = compose(body, election, keys);
        Self::parse(Note::sign(text, &ordered).to_text().as_bytes())
    }

    /// The record id: SHA-256 of the text.
    pub fn id(&self) -> &Hash {
        &self.id
    }

    /// The fingerprint that it names; entry 0 names none.
    pub fn election(&self) -> Option<&Hash> {
        self.election.as_ref()
    }

    /// What it says.
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// Who signs.
    pub fn signers(&self) -> &[Signer] {
        &self.signers
    }

    /// Key id and signature of each signer, in order.
    pub(crate) fn signatures(&self) -> &[(KeyId, [u8; 64])] {
        &self.signatures
    }

    /// The whole note: the leaf of the log.
    pub fn note(&self) -> &str {
        &self.note
    }

    /// The signed text.
    pub fn text(&self) -> &str {
        &self.note[..self.text_bytes]
    }
}

/// The text that `keys` sign, with its signer lines ascending by name, and the keys in that order.
pub fn compose<'a>(
    body: &Body,
    election: Option<&Hash>,
    keys: &[&'a SigningKey],
) -> (String, Vec<&'a SigningKey>) {
    let mut ordered = keys.to_vec();
    ordered.sort_by(|a, b| a.name().as_str().cmp(b.name().as_str()));
    let signers =
        ordered.iter().map(|key| Signer { name: key.name().clone(), key_hash: key.verifier().key().hash() });
    (compose_for(body, election, &signers.collect::<Vec<_>>()), ordered)
}

/// The text for named signers, who need not be here.
pub fn compose_for(body: &Body, election: Option<&Hash>, signers: &[Signer]) -> String {
    let mut writer = Writer::new(&body.kind().header());
    writer.optional("election", election);
    body.write(&mut writer);
    for signer in signers {
        writer.line("signer", format_args!("{} {}", signer.name, signer.key_hash));
    }
    writer.finish()
}

/// Reads the signature lines, which are exactly those of the signers, in their order.
fn read_signatures(lines: &str, signers: &[Signer]) -> Result<Vec<(KeyId, [u8; 64])>, Refusal> {
    let refused = |detail: String| Refusal::new(RefusalCode::R205, detail);
    let Some(lines) = lines.strip_suffix('\n') else {
        return refuse(RefusalCode::R107, "the note ends in a newline");
    };
    let found = lines.split('\n').count();
    if found != signers.len() {
        return Err(refused(format!("{found} signature lines for {} signers", signers.len())));
    }
    let mut signatures = Vec::with_capacity(signers.len());
    for (number, (line, signer)) in lines.split('\n').zip(signers).enumerate() {
        let number = number + 1;
        let encoded = line
            .strip_prefix("\u{2014} ")
            .and_then(|rest| rest.strip_prefix(signer.name.as_str()))
            .and_then(|rest| rest.strip_prefix(' '))
            .ok_or_else(|| refused(format!("signature line {number} is not by {}", signer.name)))?;
        let mut bytes = [0u8; 68];
        match BASE64.decode_slice(encoded, &mut bytes) {
            Ok(68) if encoded.len() == 92 => {}
            _ => {
                return Err(refused(format!("signature line {number} is not base64 of key id and 64 bytes")));
            }
        }
        let (id, signature) = bytes.split_at(4);
        let (mut key_id, mut whole) = ([0u8; 4], [0u8; 64]);
        key_id.copy_from_slice(id);
        whole.copy_from_slice(signature);
        signatures.push((KeyId(key_id), whole));
    }
    Ok(signatures)
}

/// A record whose signatures verified, each by a key that was enrolled at some time.
#[derive(Debug, Clone)]
pub struct VerifiedRecord {
    record: Record,
    keys: Vec<KeyIndex>,
}

impl VerifiedRecord {
    pub(crate) fn new(record: Record, keys: Vec<KeyIndex>) -> Self {
        Self { record, keys }
    }

    /// The record.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// The signers' keys in the roster, in the order of the signer lines.
    pub fn keys(&self) -> &[KeyIndex] {
        &self.keys
    }

    /// Gives the record back.
    pub fn into_record(self) -> Record {
        self.record
    }
}
