//! What the user brings besides the log: heads, receipts, stamps, a policy, the time, and a memory of earlier runs.

use base64::Engine as _;
use hakiki_note::{BASE64, Hash, VerifierKey};
use hakiki_tlog::policy::Policy;
use std::fmt::Write as _;

/// First line of a memory.
const MEMORY_HEADER: &str = "hakiki/memory@v1";

/// Most heads that are remembered.
const MEMORY_HEADS_MAX: usize = 64;

/// Bytes that the user gave, and where they are from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// A file's name or an address, for the report.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// What the user knows. Everything may lack; what needs it is then not checked.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// The user's own witnesses, which then count instead of the election's.
    pub policy: Option<Policy>,
    /// What earlier runs remembered.
    pub memory: Memory,
    /// Signed heads.
    pub heads: Vec<Given>,
    /// Addresses of witnesses, which are asked for the head that they cosigned last.
    pub witnesses: Vec<String>,
    /// Addresses of mirrors, which are asked the same and whose tiles prove what the source does not show.
    pub mirrors: Vec<String>,
    /// Receipts.
    pub receipts: Vec<Given>,
    /// Stamps.
    pub stamps: Vec<Given>,
    /// Intakes that the user trusts besides the election's.
    pub intakes: Vec<VerifierKey>,
    /// The time now, in seconds since 1970.
    pub now_s: Option<u64>,
}

/// Heads of one log that earlier runs saw. A memory is a file that only its owner writes, so it is trusted to hold what
/// was seen, and every head in it is still verified.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Memory {
    /// The election that it is of; none before the first run.
    pub election: Option<Hash>,
    /// Signed heads as notes.
    pub heads: Vec<String>,
}

/// A text that is no memory.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the memory is not as this program writes it; move the file away to begin a new one")]
pub struct MemoryError {
    /// Counted from 1.
    pub line: usize,
}

impl Memory {
    /// Parses a memory; the inverse of [`Self::to_text`].
    pub fn parse(text: &str) -> Result<Self, MemoryError> {
        let mut memory = Self::default();
        for (line, found) in (1..).zip(text.lines()) {
            let bad = || MemoryError { line };
            match found.split_once(' ') {
                None if line == 1 && found == MEMORY_HEADER => {}
                Some(("election", id)) if line == 2 => {
                    memory.election = Some(id.parse().map_err(|_| bad())?);
                }
                Some(("head", encoded)) if line > 2 && memory.heads.len() < MEMORY_HEADS_MAX => {
                    let bytes = BASE64.decode(encoded).map_err(|_| bad())?;
                    memory.heads.push(String::from_utf8(bytes).map_err(|_| bad())?);
                }
                _ => return Err(bad()),
            }
        }
        if memory.election.is_some() { Ok(memory) } else { Err(MemoryError { line: 1 }) }
    }

    /// The file; empty before the first run.
    pub fn to_text(&self) -> String {
        let Some(election) = self.election else { return String::new() };
        let mut text = format!("{MEMORY_HEADER}\nelection {election}\n");
        for head in &self.heads {
            // Writing into a string does not fail.
            let _ = writeln!(text, "head {}", BASE64.encode(head));
        }
        text
    }

    /// Adds a head that is not there yet; the oldest gives way where there are too many.
    pub(crate) fn add(&mut self, head: String) {
        if !self.heads.contains(&head) {
            self.heads.push(head);
        }
        if self.heads.len() > MEMORY_HEADS_MAX {
            self.heads.remove(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_memory_is_read_as_it_was_written_and_nothing_else_is() {
        let mut memory = Memory { election: Some(Hash([7; 32])), heads: Vec::new() };
        for number in 0..70 {
            memory.add(format!("head {number}\n"));
            memory.add(format!("head {number}\n"));
        }
        assert_eq!((memory.heads.len(), memory.heads[0].as_str()), (64, "head 6\n"));
        let text = memory.to_text();
        assert_eq!(Memory::parse(&text), Ok(memory));
        assert_eq!(Memory::default().to_text(), "");
        for (line, bad) in
            [(1, ""), (1, "x"), (2, "hakiki/memory@v1\nelection x\n"), (1, "hakiki/memory@v1\n")]
        {
            assert_eq!(Memory::parse(bad), Err(MemoryError { line }), "{bad:?}");
        }
        assert_eq!(Memory::parse(&text.replacen("head ", "heed ", 1)), Err(MemoryError { line: 3 }));
    }
}
