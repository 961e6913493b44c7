//! Trust policies: which logs and witnesses are known, and which cosignatures suffice (C2SP `tlog-policy`).
//!
//! ```text
//! log <vkey> [<url>]
//! witness <name> <vkey> [<url>]
//! group <name> all|any|<k> <member>…
//! quorum <name>|none
//! ```
//!
//! Here is the text; what a quorum needs is `quorum.rs`. A policy must be UTF-8, which the specification only
//! recommends.

use crate::checkpoint::{CheckpointError, VerifiedCheckpoint};
use crate::cosignature::{CosignatureError, verify_cosignature};
use crate::quorum::Quorum;
use crate::wire::{decimal, excerpt};
use hakiki_note::{KeyError, KeyType, VerifierKey};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Largest policy, in bytes: 64 ML-DSA-44 keys of 1.8 kB and as much again for all else.
pub const POLICY_MAX_BYTES: usize = 256 * 1024;

/// Most logs, most witnesses and most groups of a policy. The specification asks for at least 32 of each.
pub const POLICY_MAX_ITEMS: usize = 64;

/// A log that a policy knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyLog {
    /// Its key, whose name is the origin.
    pub key: VerifierKey,
    /// Where it is.
    pub url: Option<String>,
}

/// A witness that a policy knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyWitness {
    /// Its name in the policy, which may differ from its key's.
    pub name: String,
    /// Its key, of type 0x04 or 0x06.
    pub key: VerifierKey,
    /// Where it is.
    pub url: Option<String>,
}

/// How many members a group needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threshold {
    /// One.
    Any,
    /// Each.
    All,
    /// So many, 1 to the number of members.
    Count(u64),
}

/// A group of witnesses and groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyGroup {
    /// Its name.
    pub name: String,
    /// How many members it needs.
    pub threshold: Threshold,
    /// Names of witnesses and groups that stand above.
    pub members: Vec<String>,
}

/// A parsed policy. Its comments are not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<PolicyLog>,
    witnesses: Vec<PolicyWitness>,
    groups: Vec<PolicyGroup>,
    quorum_name: String,
    quorum: Quorum,
}

/// Why a policy is refused; `line` counts from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("policy line {line}: {problem}")]
pub struct PolicyError {
    /// Where.
    pub line: usize,
    /// What.
    pub problem: PolicyProblem,
}

/// What is wrong with a line of a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyProblem {
    /// Too many bytes.
    #[error("a policy has at most {POLICY_MAX_BYTES} bytes, found {0}")]
    TooLarge(usize),
    /// Not UTF-8, or a control character but tab and newline.
    #[error("a policy is UTF-8 without control characters but tab and newline")]
    Characters,
    /// The last line has no newline.
    #[error("each line ends in a newline; the last one does not")]
    Unterminated,
    /// No such line.
    #[error("a line begins with log, witness, group, quorum or #, found {0:?}")]
    Keyword(String),
    /// Too few or too many words.
    #[error("expected \"{0}\"")]
    Words(&'static str),
    /// A bad verifier key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A key that cannot be a log's.
    #[error("a log's key has type 0x01 (Ed25519), found {:#04x}", .0.byte())]
    LogKeyType(KeyType),
    /// A key that cannot be a witness's.
    #[error("a witness's key has type 0x04 or 0x06, found {:#04x}", .0.byte())]
    WitnessKeyType(KeyType),
    /// The same public key twice.
    #[error("this public key stands on a line above already")]
    DuplicateKey,
    /// The same name twice, or `none`.
    #[error("the name {0:?} is taken")]
    DuplicateName(String),
    /// A name that does not stand above.
    #[error("{0:?} is no witness or group on a line above")]
    UnknownName(String),
    /// A name that is a member already.
    #[error("{0:?} is a member already; each name is a member of one group at most, once")]
    SecondMembership(String),
    /// A threshold out of range.
    #[error("a group of {members} needs all, any or 1 to {members} of them, found {found:?}")]
    Threshold {
        /// Number of members.
        members: usize,
        /// As written.
        found: String,
    },
    /// Too many lines of a kind.
    #[error("a policy has at most {POLICY_MAX_ITEMS} logs, witnesses and groups each")]
    TooMany,
    /// A second quorum line.
    #[error("a policy has one quorum line; this is the second")]
    SecondQuorum,
    /// No quorum line.
    #[error("a policy has one quorum line; it is missing")]
    NoQuorum,
}

/// Why a checkpoint is refused under a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WitnessedError {
    /// No log of the policy signed it, or it is malformed.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// A known witness's cosignature is bad, which refuses the whole note.
    #[error(transparent)]
    Cosignature(#[from] CosignatureError),
}

/// Which witnesses of a policy cosigned a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witnessed {
    /// By the witness's name in the policy: its earliest cosignature's time, in seconds since 1970.
    pub times_s: BTreeMap<String, u64>,
    /// Whether they suffice.
    pub quorum_reached: bool,
}

impl Policy {
    /// Parses a policy.
    pub fn parse(bytes: &[u8]) -> Result<Self, PolicyError> {
        let whole = |problem| PolicyError { line: 0, problem };
        if bytes.len() > POLICY_MAX_BYTES {
            return Err(whole(PolicyProblem::TooLarge(bytes.len())));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| whole(PolicyProblem::Characters))?;
        let mut reading = Reading::default();
        let mut count = 0;
        for (place, line) in text.split_inclusive('\n').enumerate() {
            count = place + 1;
            reading.line(line).map_err(|problem| PolicyError { line: place + 1, problem })?;
        }
        let missing = || PolicyError { line: count, problem: PolicyProblem::NoQuorum };
        let (quorum_name, quorum) = reading.quorum.ok_or_else(missing)?;
        let (logs, witnesses, groups) = (reading.logs, reading.witnesses, reading.groups);
        Ok(Self { logs, witnesses, groups, quorum_name, quorum })
    }

    /// The logs.
    pub fn logs(&self) -> &[PolicyLog] {
        &self.logs
    }

    /// The witnesses.
    pub fn witnesses(&self) -> &[PolicyWitness] {
        &self.witnesses
    }

    /// The groups.
    pub fn groups(&self) -> &[PolicyGroup] {
        &self.groups
    }

    /// The quorum; its numbers are places in [`Self::witnesses`].
    pub fn quorum(&self) -> &Quorum {
        &self.quorum
    }

    /// Whether no cosignature is needed, which is allowed only in rehearsals and compilations.
    pub fn needs_no_witness(&self) -> bool {
        self.quorum == Quorum::None
    }

    /// Whether the witnesses of these names, as the policy names them, suffice. Unknown names count nothing.
    pub fn satisfied_by(&self, names: &BTreeSet<String>) -> bool {
        self.quorum.satisfied_by(&|place| names.contains(&self.witnesses[place].name))
    }

    /// The smallest number of witness lines that two sets that each suffice can have in common. Two keys of one
    /// organisation count as two; to count organisations, see [`Quorum::smallest_intersection_of`].
    pub fn smallest_intersection(&self) -> u64 {
        self.quorum.smallest_intersection()
    }

    /// Opens a checkpoint that one of the policy's logs signed and says which witnesses cosigned it.
    pub fn open(&self, bytes: &[u8]) -> Result<(VerifiedCheckpoint, Witnessed), WitnessedError> {
        let keys: Vec<_> = self.logs.iter().map(|log| log.key.clone()).collect();
        let checkpoint = VerifiedCheckpoint::open_any(bytes, &keys)?;
        let witnessed = self.witnessed(&checkpoint)?;
        Ok((checkpoint, witnessed))
    }

    /// Says which witnesses cosigned a checkpoint. Lines by unknown keys are ignored; a known witness's bad line
    /// refuses the note.
    pub fn witnessed(&self, checkpoint: &VerifiedCheckpoint) -> Result<Witnessed, CosignatureError> {
        let mut times_s = BTreeMap::new();
        for line in &checkpoint.note().signatures {
            let Some(witness) = self.witnesses.iter().find(|witness| line.is_by(&witness.key)) else {
                continue;
            };
            let time_s = verify_cosignature(checkpoint.checkpoint(), line, &witness.key)?;
            let earliest = times_s.entry(witness.name.clone()).or_insert(time_s);
            *earliest = time_s.min(*earliest);
        }
        let quorum_reached =
            self.quorum.satisfied_by(&|place| times_s.contains_key(&self.witnesses[place].name));
        Ok(Witnessed { times_s, quorum_reached })
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = |url: &Option<String>| url.as_ref().map(|url| format!(" {url}")).unwrap_or_default();
        for log in &self.logs {
            writeln!(f, "log {}{}", log.key, url(&log.url))?;
        }
        for witness in &self.witnesses {
            writeln!(f, "witness {} {}{}", witness.name, witness.key, url(&witness.url))?;
        }
        for group in &self.groups {
            write!(f, "group {} ", group.name)?;
            match group.threshold {
                Threshold::Any => f.write_str("any")?,
                Threshold::All => f.write_str("all")?,
                Threshold::Count(count) => write!(f, "{count}")?,
            }
            writeln!(f, " {}", group.members.join(" "))?;
        }
        writeln!(f, "quorum {}", self.quorum_name)
    }
}

/// A policy of which some lines are read.
#[derive(Default)]
struct Reading {
    logs: Vec<PolicyLog>,
    witnesses: Vec<PolicyWitness>,
    groups: Vec<PolicyGroup>,
    /// What each name of a witness or group needs.
    named: BTreeMap<String, Quorum>,
    members: BTreeSet<String>,
    quorum: Option<(String, Quorum)>,
}

impl Reading {
    fn line(&mut self, line: &str) -> Result<(), PolicyProblem> {
        let line = line.strip_suffix('\n').ok_or(PolicyProblem::Unterminated)?;
        if line.bytes().any(|byte| (byte < 0x20 && byte != b'\t') || byte == 0x7f) {
            return Err(PolicyProblem::Characters);
        }
        let mut words = line.split([' ', '\t']).filter(|word| !word.is_empty());
        let Some(keyword) = words.next().filter(|word| !word.starts_with('#')) else { return Ok(()) };
        let words: Vec<_> = words.collect();
        match (keyword, &*words) {
            ("log", [key]) => self.log(key, None),
            ("log", [key, url]) => self.log(key, Some(url)),
            ("log", _) => Err(PolicyProblem::Words("log <vkey> [<url>]")),
            ("witness", [name, key]) => self.witness(name, key, None),
            ("witness", [name, key, url]) => self.witness(name, key, Some(url)),
            ("witness", _) => Err(PolicyProblem::Words("witness <name> <vkey> [<url>]")),
            ("group", [name, threshold, members @ ..]) if !members.is_empty() => {
                self.group(name, threshold, members)
            }
            ("group", _) => Err(PolicyProblem::Words("group <name> all|any|<k> <member>…")),
            ("quorum", [name]) => self.quorum(name),
            ("quorum", _) => Err(PolicyProblem::Words("quorum <name>|none")),
            (other, _) => Err(PolicyProblem::Keyword(excerpt(other))),
        }
    }

    fn log(&mut self, key: &str, url: Option<&&str>) -> Result<(), PolicyProblem> {
        let key: VerifierKey = key.parse()?;
        if key.key().key_type() != KeyType::Ed25519 {
            return Err(PolicyProblem::LogKeyType(key.key().key_type()));
        }
        if self.logs.iter().any(|log| log.key.key().bytes() == key.key().bytes()) {
            return Err(PolicyProblem::DuplicateKey);
        }
        room(self.logs.len())?;
        self.logs.push(PolicyLog { key, url: url.map(|url| (*url).to_owned()) });
        Ok(())
    }

    fn witness(&mut self, name: &str, key: &str, url: Option<&&str>) -> Result<(), PolicyProblem> {
        let key: VerifierKey = key.parse()?;
        if key.key().key_type() == KeyType::Ed25519 {
            return Err(PolicyProblem::WitnessKeyType(key.key().key_type()));
        }
        if self.witnesses.iter().any(|witness| witness.key.key().bytes() == key.key().bytes()) {
            return Err(PolicyProblem::DuplicateKey);
        }
        room(self.witnesses.len())?;
        self.define(name, Quorum::Witness(self.witnesses.len()))?;
        let url = url.map(|url| (*url).to_owned());
        self.witnesses.push(PolicyWitness { name: name.to_owned(), key, url });
        Ok(())
    }

    fn group(&mut self, name: &str, threshold: &str, members: &[&str]) -> Result<(), PolicyProblem> {
        room(self.groups.len())?;
        let all = members.len() as u64;
        let (threshold, needed) = match threshold {
            "any" => (Threshold::Any, 1),
            "all" => (Threshold::All, all),
            count => {
                let refused = || PolicyProblem::Threshold { members: members.len(), found: excerpt(count) };
                let count = decimal(count).filter(|count| (1..=all).contains(count)).ok_or_else(refused)?;
                (Threshold::Count(count), count)
            }
        };
        let mut parts = Vec::new();
        for member in members {
            let part = self.named.get(*member);
            parts.push(part.cloned().ok_or_else(|| PolicyProblem::UnknownName(excerpt(member)))?);
            if !self.members.insert((*member).to_owned()) {
                return Err(PolicyProblem::SecondMembership(excerpt(member)));
            }
        }
        self.define(name, Quorum::Group { needed, members: parts })?;
        let members = members.iter().map(|member| (*member).to_owned()).collect();
        self.groups.push(PolicyGroup { name: name.to_owned(), threshold, members });
        Ok(())
    }

    fn quorum(&mut self, name: &str) -> Result<(), PolicyProblem> {
        if self.quorum.is_some() {
            return Err(PolicyProblem::SecondQuorum);
        }
        let needed = if name == "none" { Some(Quorum::None) } else { self.named.get(name).cloned() };
        let needed = needed.ok_or_else(|| PolicyProblem::UnknownName(excerpt(name)))?;
        self.quorum = Some((name.to_owned(), needed));
        Ok(())
    }

    fn define(&mut self, name: &str, needs: Quorum) -> Result<(), PolicyProblem> {
        if name == "none" || self.named.contains_key(name) {
            return Err(PolicyProblem::DuplicateName(excerpt(name)));
        }
        self.named.insert(name.to_owned(), needs);
        Ok(())
    }
}

fn room(taken: usize) -> Result<(), PolicyProblem> {
    if taken < POLICY_MAX_ITEMS { Ok(()) } else { Err(PolicyProblem::TooMany) }
}
