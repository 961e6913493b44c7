//! The file: `hakiki/evidence@v1`, one line a fact, one way to write each (`docs/reference/evidence.md`).
//!
//! Nothing in a parsed file is verified; that is `check.rs`.

use crate::code::{EvidenceCode as Code, EvidenceError, refuse};
use crate::lines::Lines;
use base64::Engine as _;
use hakiki_note::{BASE64, Hash, VerifierKey};
use hakiki_tlog::tile::TilePath;
use std::fmt::{Display, Write as _};

/// First line of every file.
pub const EVIDENCE_HEADER: &str = "hakiki/evidence@v1";

/// Largest file, in bytes: two checkpoints of 256 KiB in base64, and proofs.
pub const EVIDENCE_MAX_BYTES: usize = 1024 * 1024;

/// Most stamps in a file.
pub const STAMPS_MAX: usize = 16;

/// A claim against a log, with all that a third person needs to check it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The election's fingerprint.
    pub election: Hash,
    /// The log's key.
    pub log: VerifierKey,
    /// What is claimed.
    pub claim: Claim,
}

/// What evidence can show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// `fork-roots`: one size with two roots.
    Roots {
        /// Two signed heads.
        heads: [String; 2],
    },
    /// `fork-leaves`: one place with two leaves.
    Leaves {
        /// The place in the log.
        place: u64,
        /// Two heads, each with a leaf that is proved to stand there.
        sides: [Side; 2],
    },
    /// `fork-prefix`: a head's tree does not begin with that of a smaller head.
    Prefix {
        /// The smaller signed head.
        smaller: String,
        /// The larger signed head.
        larger: String,
        /// The root of the first entries, as many as the smaller head has, of the larger head's tree.
        prefix: Hash,
        /// The consistency proof from that root to the larger head.
        proof: Vec<Hash>,
    },
    /// `receipt`: another entry stands at the place of a receipt.
    Receipt {
        /// The receipt, which carries its record.
        receipt: String,
        /// A head that covers the place, with what stands there.
        other: Side,
    },
    /// `stamp`: a stamped form was not in the log when the merge delay had passed.
    Stamp {
        /// Stamps of one record, by different intakes.
        stamps: Vec<String>,
        /// The cosigned head that the intakes knew, if it is at hand.
        seen: Option<String>,
        /// A cosigned head after the delay. Whoever made the file says that the record is not in the log up to it.
        head: String,
    },
    /// `tile`: bytes that are not what a head commits to.
    Tile(TileFound),
}

/// Bytes of a tile or bundle, and what a head commits to there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TileFound {
    /// The signed head.
    pub head: String,
    /// The tile or bundle.
    pub path: TilePath,
    /// Which of its hashes or entries differs, counted from 0.
    pub number: u16,
    /// The bytes that were found: the whole tile, or the one entry of a bundle.
    pub found: Vec<u8>,
    /// The hash that the head commits to.
    pub hash: Hash,
    /// Its path to the head's root.
    pub proof: Vec<Hash>,
}

/// A head, and a leaf with its inclusion proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// The signed head.
    pub head: String,
    /// The leaf hash.
    pub leaf: Hash,
    /// From the leaf's sibling up.
    pub proof: Vec<Hash>,
}

impl Claim {
    /// The word on the `kind` line.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Roots { .. } => "fork-roots",
            Self::Leaves { .. } => "fork-leaves",
            Self::Prefix { .. } => "fork-prefix",
            Self::Receipt { .. } => "receipt",
            Self::Stamp { .. } => "stamp",
            Self::Tile(_) => "tile",
        }
    }

    /// The same as part of a word's key.
    pub(crate) fn key(&self) -> String {
        self.kind().replace('-', "_")
    }
}

impl Evidence {
    /// Parses a file; the inverse of [`Self::to_text`]. E101, E102, E103.
    pub fn parse(bytes: &[u8]) -> Result<Self, EvidenceError> {
        if bytes.len() > EVIDENCE_MAX_BYTES {
            return refuse(Code::E101, format!("at most {EVIDENCE_MAX_BYTES} bytes, found {}", bytes.len()));
        }
        let mut lines = Lines::new(bytes)?;
        lines.exactly(EVIDENCE_HEADER)?;
        let kind = lines.word("kind")?.to_owned();
        let (election, log) = (lines.parsed("election")?, lines.parsed("log")?);
        let claim = match kind.as_str() {
            "fork-roots" => Claim::Roots { heads: [lines.note("head")?, lines.note("head")?] },
            "fork-leaves" => {
                Claim::Leaves { place: lines.number("place")?, sides: [side(&mut lines)?, side(&mut lines)?] }
            }
            "fork-prefix" => Claim::Prefix {
                smaller: lines.note("head")?,
                larger: lines.note("head")?,
                prefix: lines.parsed("prefix")?,
                proof: lines.proof()?,
            },
            "receipt" => Claim::Receipt { receipt: lines.note("receipt")?, other: side(&mut lines)? },
            "stamp" => Claim::Stamp {
                stamps: lines.notes("stamp", STAMPS_MAX)?,
                seen: lines.optional_note("seen")?,
                head: lines.note("head")?,
            },
            "tile" => Claim::Tile(TileFound {
                head: lines.note("head")?,
                path: lines.parsed("path")?,
                number: lines.parsed("number")?,
                found: lines.bytes("found")?,
                hash: lines.parsed("hash")?,
                proof: lines.proof()?,
            }),
            other => return refuse(Code::E102, format!("line 2: no such kind, {other:?}")),
        };
        lines.end()?;
        let evidence = Self { election, log, claim };
        if evidence.to_text().as_bytes() == bytes {
            Ok(evidence)
        } else {
            refuse(Code::E103, "a number, name or key could be written in one way only, and is not")
        }
    }

    /// The file.
    pub fn to_text(&self) -> String {
        let mut text = format!("{EVIDENCE_HEADER}\n");
        line(&mut text, "kind", self.claim.kind());
        line(&mut text, "election", self.election);
        line(&mut text, "log", &self.log);
        match &self.claim {
            Claim::Roots { heads } => notes(&mut text, "head", heads),
            Claim::Leaves { place, sides } => {
                line(&mut text, "place", place);
                for side in sides {
                    write_side(&mut text, side);
                }
            }
            Claim::Prefix { smaller, larger, prefix, proof } => {
                note(&mut text, "head", smaller);
                note(&mut text, "head", larger);
                line(&mut text, "prefix", prefix);
                write_proof(&mut text, proof);
            }
            Claim::Receipt { receipt, other } => {
                note(&mut text, "receipt", receipt);
                write_side(&mut text, other);
            }
            Claim::Stamp { stamps, seen, head } => {
                notes(&mut text, "stamp", stamps);
                notes(&mut text, "seen", seen);
                note(&mut text, "head", head);
            }
            Claim::Tile(tile) => {
                note(&mut text, "head", &tile.head);
                line(&mut text, "path", tile.path);
                line(&mut text, "number", tile.number);
                line(&mut text, "found", BASE64.encode(&tile.found));
                line(&mut text, "hash", tile.hash);
                write_proof(&mut text, &tile.proof);
            }
        }
        text
    }
}

fn side(lines: &mut Lines<'_>) -> Result<Side, EvidenceError> {
    Ok(Side { head: lines.note("head")?, leaf: lines.parsed("leaf")?, proof: lines.proof()? })
}

fn line(text: &mut String, name: &str, value: impl Display) {
    // Writing into a string does not fail.
    let _ = writeln!(text, "{name} {value}");
}

fn note(text: &mut String, name: &str, note: &str) {
    line(text, name, BASE64.encode(note));
}

fn notes<'a>(text: &mut String, name: &str, notes: impl IntoIterator<Item = &'a String>) {
    for one in notes {
        note(text, name, one);
    }
}

fn write_side(text: &mut String, side: &Side) {
    note(text, "head", &side.head);
    line(text, "leaf", side.leaf);
    write_proof(text, &side.proof);
}

fn write_proof(text: &mut String, proof: &[Hash]) {
    for hash in proof {
        line(text, "proof", hash);
    }
}
