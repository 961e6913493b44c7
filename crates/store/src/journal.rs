//! The journal: batches of entries that are durable before the head moves, in two files written over and over.
//!
//! A *generation* is a run of batches in one file, one frame after the other from its start; generation *g* lies in
//! `private/journal-<g mod 2>`. While the served files of one generation are being made durable, the next fills the
//! other file. Nothing is created or removed for a batch, so staging one costs one sync and no names. The locked
//! head says how many bytes of which generations are needed; what a frame holds beyond that is of a batch that was
//! never acknowledged.
//!
//! A frame:
//!
//! ```text
//! hakiki batch v1
//! <generation> <bytes of the entries below>
//! <old size> <old root, hex>
//! <new size> <new root, hex>
//! <entries: big-endian u16 length, then the entry, repeated>
//! <32 bytes: SHA-256 of all of the above>
//! ```
//!
//! From a batch and the tiles before it every file of the batch can be made again. This file does not make them;
//! see [`crate::recovery`].

use crate::error::{Shown, StoreError};
use crate::layout;
use hakiki_note::{Hash, sha256};
use hakiki_tlog::Head;

const TITLE: &str = "hakiki batch v1";
/// Bytes of a frame besides its entries, at most: four lines of a title, sizes and roots, and the sum.
const FRAME_OVERHEAD: usize = 512;

/// A batch between two heads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Batch {
    pub old: Head,
    pub new: Head,
    pub entries: Vec<Vec<u8>>,
}

impl Batch {
    /// The bytes of the frame in a generation.
    pub(crate) fn to_frame(&self, generation: u64) -> Vec<u8> {
        let length: usize = self.entries.iter().map(|entry| entry.len() + 2).sum();
        let mut bytes = Vec::with_capacity(length + FRAME_OVERHEAD);
        let (old, new) = (line(&self.old), line(&self.new));
        bytes.extend_from_slice(format!("{TITLE}\n{generation} {length}\n{old}\n{new}\n").as_bytes());
        for entry in &self.entries {
            let length = u16::try_from(entry.len()).expect("append refuses longer entries before it stages");
            bytes.extend_from_slice(&length.to_be_bytes());
            bytes.extend_from_slice(entry);
        }
        let sum = sha256(&bytes);
        bytes.extend_from_slice(&sum.0);
        bytes
    }

    /// Reads the frame at the start of `bytes`, and says how long it is; the error says what is wrong.
    pub(crate) fn read_frame(bytes: &[u8], generation: u64) -> Result<(Self, usize), String> {
        let mut rest = bytes;
        let title = take_line(&mut rest)?;
        if title != TITLE {
            return Err(format!("a frame begins with {TITLE:?}"));
        }
        let (found, length) = parse_numbers(take_line(&mut rest)?)?;
        if found != generation {
            return Err(format!("a frame of generation {found} where {generation} is expected"));
        }
        let (old, new) = (parse_line(take_line(&mut rest)?)?, parse_line(take_line(&mut rest)?)?);
        let length = usize::try_from(length).map_err(|_| "its length is too large".to_owned())?;
        let (entries, rest) = rest.split_at_checked(length).ok_or("its entries are cut short")?;
        let (sum, rest) = rest.split_first_chunk::<32>().ok_or("its check sum is cut short")?;
        let whole = bytes.len() - rest.len();
        let computed = sha256(&bytes[..whole - sum.len()]);
        if computed != Hash(*sum) {
            return Err(format!("its check sum is {}, computed {computed}", Hash(*sum)));
        }
        let entries = split(entries)?;
        if new.size.checked_sub(old.size) != Some(entries.len() as u64) {
            return Err(format!("it has {} entries from size {} to {}", entries.len(), old.size, new.size));
        }
        Ok((Self { old, new, entries }, whole))
    }

    /// The error for a batch that leads elsewhere than it says.
    pub(crate) fn leads_to(&self, computed: &Head, generation: u64) -> Result<(), StoreError> {
        if self.new == *computed {
            return Ok(());
        }
        Err(StoreError::JournalCorrupt {
            path: layout::journal(generation),
            found: format!("its entries lead to {}, it says {}", Shown(*computed), Shown(self.new)),
        })
    }
}

fn split(mut rest: &[u8]) -> Result<Vec<Vec<u8>>, String> {
    let mut entries = Vec::new();
    while let Some((length, after)) = rest.split_first_chunk::<2>() {
        let entry = after.split_at_checked(usize::from(u16::from_be_bytes(*length)));
        let (entry, after) = entry.ok_or("its last entry is cut short")?;
        entries.push(entry.to_vec());
        rest = after;
    }
    if rest.is_empty() { Ok(entries) } else { Err("a byte stands after its last entry".to_owned()) }
}

fn line(head: &Head) -> String {
    format!("{} {}", head.size, head.root)
}

/// Takes a line of the head of a frame: short text.
fn take_line<'a>(rest: &mut &'a [u8]) -> Result<&'a str, String> {
    let start = &rest[..rest.len().min(FRAME_OVERHEAD)];
    let end = start.iter().position(|byte| *byte == b'\n').ok_or("its first four lines are cut short")?;
    let (line, after) = rest.split_at(end);
    *rest = &after[1..];
    std::str::from_utf8(line).map_err(|_| "its first four lines are not text".to_owned())
}

fn parse_numbers(line: &str) -> Result<(u64, u64), String> {
    let parsed =
        line.split_once(' ').and_then(|(first, second)| Some((first.parse().ok()?, second.parse().ok()?)));
    parsed.ok_or_else(|| format!("{line:?} is not a generation and a length"))
}

fn parse_line(line: &str) -> Result<Head, String> {
    let parsed = line
        .split_once(' ')
        .and_then(|(size, root)| Some(Head { size: size.parse().ok()?, root: root.parse().ok()? }));
    parsed.ok_or_else(|| format!("{line:?} is not a size and a root"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_batch_comes_back_and_no_other_bytes_do() {
        let head = |size| Head { size, root: sha256(&[size as u8]) };
        let entries = vec![b"one".to_vec(), Vec::new(), vec![7; 65_535]];
        let batch = Batch { old: head(4), new: head(7), entries };
        let bytes = batch.to_frame(3);
        assert_eq!(Batch::read_frame(&bytes, 3).unwrap(), (batch.clone(), bytes.len()));
        let longer = [&bytes[..], &[0; 100]].concat();
        assert_eq!(Batch::read_frame(&longer, 3).unwrap(), (batch.clone(), bytes.len()));
        assert!(Batch::read_frame(&bytes, 5).is_err(), "another generation's");
        for cut in [0, 1, 31, 32, 100, bytes.len() - 33, bytes.len() - 1] {
            assert!(Batch::read_frame(&bytes[..cut], 3).is_err(), "cut at {cut}");
        }
        let mut zeroed = bytes.clone();
        let end = zeroed.len();
        zeroed[end / 2..].fill(0);
        assert!(Batch::read_frame(&zeroed, 3).is_err());
        let wrong = Batch { new: head(8), ..batch };
        assert!(Batch::read_frame(&wrong.to_frame(3), 3).is_err(), "three entries cannot lead from 4 to 8");
    }
}
