//! A staged batch: entries with the head before and the head after them, durable before the head moves.
//!
//! ```text
//! hakiki staged batch v1
//! <old size> <old root, hex>
//! <new size> <new root, hex>
//! <entries: big-endian u16 length, then the entry, repeated>
//! <32 bytes: SHA-256 of all of the above>
//! ```
//!
//! From a staged batch and the tiles before it every file of the batch can be made again. This file does not
//! make them; see [`crate::recovery`].

use crate::error::{Shown, StoreError, disk_error};
use hakiki_note::{Hash, sha256};
use hakiki_tlog::Head;

const TITLE: &str = "hakiki staged batch v1";

/// A batch between two heads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Batch {
    pub old: Head,
    pub new: Head,
    pub entries: Vec<Vec<u8>>,
}

impl Batch {
    /// The bytes of the staged file.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let length: usize = self.entries.iter().map(|entry| entry.len() + 2).sum();
        let mut bytes = Vec::with_capacity(length + 256);
        bytes.extend_from_slice(format!("{TITLE}\n{}\n{}\n", line(&self.old), line(&self.new)).as_bytes());
        for entry in &self.entries {
            let length = u16::try_from(entry.len()).expect("append refuses longer entries before it stages");
            bytes.extend_from_slice(&length.to_be_bytes());
            bytes.extend_from_slice(entry);
        }
        let sum = sha256(&bytes);
        bytes.extend_from_slice(&sum.0);
        bytes
    }

    /// Parses a staged file; the error says what is wrong.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let (body, sum) = bytes.split_last_chunk::<32>().ok_or("it is shorter than its check sum")?;
        let computed = sha256(body);
        if computed != Hash(*sum) {
            return Err(format!("its check sum is {}, computed {computed}", Hash(*sum)));
        }
        let mut rest = body;
        if take_line(&mut rest)? != TITLE {
            return Err(format!("its first line is not {TITLE:?}"));
        }
        let (old, new) = (parse_line(take_line(&mut rest)?)?, parse_line(take_line(&mut rest)?)?);
        let mut entries = Vec::new();
        while let Some((length, after)) = rest.split_first_chunk::<2>() {
            let entry = after.split_at_checked(usize::from(u16::from_be_bytes(*length)));
            let (entry, after) = entry.ok_or("its last entry is cut short")?;
            entries.push(entry.to_vec());
            rest = after;
        }
        if !rest.is_empty() || new.size.checked_sub(old.size) != Some(entries.len() as u64) {
            return Err(format!("it has {} entries from size {} to {}", entries.len(), old.size, new.size));
        }
        Ok(Self { old, new, entries })
    }

    /// The error for a batch that leads elsewhere than it says.
    pub(crate) fn leads_to(&self, computed: &Head) -> Result<(), StoreError> {
        if self.new == *computed {
            return Ok(());
        }
        Err(StoreError::StagingCorrupt {
            path: crate::layout::staged(self.old.size, self.new.size),
            found: format!("its entries lead to {}, it says {}", Shown(*computed), Shown(self.new)),
        })
    }
}

fn line(head: &Head) -> String {
    format!("{} {}", head.size, head.root)
}

fn take_line<'a>(rest: &mut &'a [u8]) -> Result<&'a str, String> {
    let end = rest.iter().position(|byte| *byte == b'\n').ok_or("its first three lines are cut short")?;
    let (line, after) = rest.split_at(end);
    *rest = &after[1..];
    std::str::from_utf8(line).map_err(|_| "its first three lines are not text".to_owned())
}

fn parse_line(line: &str) -> Result<Head, String> {
    let parsed = line
        .split_once(' ')
        .and_then(|(size, root)| Some(Head { size: size.parse().ok()?, root: root.parse().ok()? }));
    parsed.ok_or_else(|| format!("{line:?} is not a size and a root"))
}

/// Reads a staged batch that is needed.
pub(crate) fn read(disk: &impl crate::Disk, old_size: u64, new_size: u64) -> Result<Batch, StoreError> {
    let path = crate::layout::staged(old_size, new_size);
    let corrupt = |found: String| StoreError::StagingCorrupt { path: path.clone(), found };
    let bytes = disk.read(&path).map_err(disk_error("read", &path))?;
    let bytes = bytes.ok_or_else(|| corrupt("it is missing".to_owned()))?;
    let batch = Batch::parse(&bytes).map_err(corrupt)?;
    if (batch.old.size, batch.new.size) != (old_size, new_size) {
        return Err(corrupt(format!("it holds the batch from {} to {}", batch.old.size, batch.new.size)));
    }
    Ok(batch)
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
        let bytes = batch.to_bytes();
        assert_eq!(Batch::parse(&bytes).unwrap(), batch);
        for cut in [0, 1, 31, 32, 100, bytes.len() - 33, bytes.len() - 1] {
            assert!(Batch::parse(&bytes[..cut]).is_err(), "cut at {cut}");
        }
        let mut zeroed = bytes.clone();
        let end = zeroed.len();
        zeroed[end / 2..].fill(0);
        assert!(Batch::parse(&zeroed).is_err());
        let wrong = Batch { new: head(8), ..batch };
        assert!(Batch::parse(&wrong.to_bytes()).is_err(), "three entries cannot lead from 4 to 8");
    }
}
