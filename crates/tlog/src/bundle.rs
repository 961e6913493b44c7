//! Entry bundles: for each entry its length as big-endian `uint16`, then its bytes (C2SP `tlog-tiles`, "Log entries").

use crate::tile::ENTRY_MAX_BYTES;

/// Why bytes are no bundle, or an entry fits none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// An entry longer than its length prefix can say.
    #[error("an entry has at most {ENTRY_MAX_BYTES} bytes, found {0}")]
    EntryTooLong(usize),
    /// The bytes end inside a length or an entry.
    #[error("the bundle ends inside entry {entry}: it needs {needed} bytes more")]
    Truncated {
        /// Counted from 0 in the bundle.
        entry: usize,
        /// Bytes that are missing.
        needed: usize,
    },
    /// Another number of entries than the path says.
    #[error("the bundle has {found} entries, its path says {expected}")]
    Count {
        /// Entries in the bundle.
        found: usize,
        /// The width in the path.
        expected: usize,
    },
}

/// Appends an entry to a bundle.
pub fn encode_entry(bundle: &mut Vec<u8>, entry: &[u8]) -> Result<(), BundleError> {
    let length = u16::try_from(entry.len()).map_err(|_| BundleError::EntryTooLong(entry.len()))?;
    bundle.extend_from_slice(&length.to_be_bytes());
    bundle.extend_from_slice(entry);
    Ok(())
}

/// The entries of a bundle in their order. After an error there are no more.
pub fn entries(bundle: &[u8]) -> Entries<'_> {
    Entries { rest: bundle, next: 0 }
}

/// The entries of a bundle that must have exactly `width` of them.
pub fn entries_of_width(bundle: &[u8], width: u16) -> Result<Vec<&[u8]>, BundleError> {
    let all = entries(bundle).collect::<Result<Vec<_>, _>>()?;
    let (found, expected) = (all.len(), usize::from(width));
    if found == expected { Ok(all) } else { Err(BundleError::Count { found, expected }) }
}

/// Iterator over a bundle; see [`entries`].
#[derive(Debug, Clone)]
pub struct Entries<'a> {
    rest: &'a [u8],
    next: usize,
}

impl<'a> Iterator for Entries<'a> {
    type Item = Result<&'a [u8], BundleError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let entry = self.next;
        self.next += 1;
        let read = take_entry(self.rest).map_err(|needed| BundleError::Truncated { entry, needed });
        let (found, rest) = match read {
            Ok((found, rest)) => (Ok(found), rest),
            Err(error) => (Err(error), &[][..]),
        };
        self.rest = rest;
        Some(found)
    }
}

/// The first entry and what follows it, or how many bytes are missing.
fn take_entry(bytes: &[u8]) -> Result<(&[u8], &[u8]), usize> {
    let (length, rest) = bytes.split_first_chunk::<2>().ok_or(2 - bytes.len().min(2))?;
    let length = usize::from(u16::from_be_bytes(*length));
    rest.split_at_checked(length).ok_or(length - rest.len().min(length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longest_and_empty_entries_fit() {
        let longest = vec![7; ENTRY_MAX_BYTES];
        let mut bundle = Vec::new();
        encode_entry(&mut bundle, &longest).unwrap();
        encode_entry(&mut bundle, b"").unwrap();
        assert_eq!(entries_of_width(&bundle, 2), Ok(vec![&longest[..], b""]));
        assert_eq!(entries_of_width(&bundle, 1), Err(BundleError::Count { found: 2, expected: 1 }));
        let too_long = vec![7; ENTRY_MAX_BYTES + 1];
        let kept = bundle.clone();
        assert_eq!(encode_entry(&mut bundle, &too_long), Err(BundleError::EntryTooLong(65_536)));
        assert_eq!(bundle, kept);
    }

    #[test]
    fn truncation_and_trailing_bytes_are_errors() {
        let mut bundle = Vec::new();
        encode_entry(&mut bundle, b"one").unwrap();
        encode_entry(&mut bundle, b"three").unwrap();
        for length in 0..bundle.len() {
            let read: Result<Vec<_>, _> = entries(&bundle[..length]).collect();
            assert_eq!(read.is_ok(), length == 0 || length == 5, "{length}");
        }
        bundle.push(0);
        let mut read = entries(&bundle).skip(2);
        assert_eq!(read.next(), Some(Err(BundleError::Truncated { entry: 2, needed: 1 })));
        assert_eq!(read.next(), None);
    }
}
