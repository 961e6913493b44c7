//! A checker of its own: reads every served file and computes every hash again, from RFC 6962's definition.

use super::origin;
use hakiki_note::{Hash, Note, sha256, sha256_parts};
use hakiki_store::{Disk, Reader};
use hakiki_tlog::bundle::entries_of_width;
use hakiki_tlog::tile::{TilePath, bundles_of, tiles_of};
use hakiki_tlog::{Checkpoint, Head};
use std::sync::Arc;

/// The root of leaves by their hashes: RFC 6962, section 2.1.
pub fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => sha256(b""),
        [leaf] => *leaf,
        _ => {
            let middle = leaves.len().next_power_of_two() / 2;
            let (left, right) = (root(&leaves[..middle]), root(&leaves[middle..]));
            sha256_parts(&[&[1], &left.0, &right.0])
        }
    }
}

fn leaves(entries: &[Vec<u8>]) -> Vec<Hash> {
    entries.iter().map(|entry| sha256_parts(&[&[0], entry])).collect()
}

/// Whether a head is one that the log of these entries had.
pub fn is_prefix(head: &Head, entries: &[Vec<u8>]) {
    let leaves = leaves(&entries[..usize::try_from(head.size).unwrap()]);
    assert_eq!(root(&leaves), head.root, "the head of size {}", head.size);
}

/// The whole log as a stranger reads it: exactly these entries under this head.
pub fn whole_log<D: Disk>(disk: &Arc<D>, head: Head, entries: &[Vec<u8>]) {
    assert_eq!(head.size, entries.len() as u64);
    let reader = Reader::new(disk.clone());
    let note = Note::parse(&reader.read("checkpoint").unwrap().unwrap()).unwrap();
    assert_eq!(note.text, Checkpoint::new(origin(), head).text());
    let leaves = leaves(entries);
    assert_eq!(root(&leaves), head.root);
    let read = |path: TilePath| {
        let bytes = reader.read(&path.to_string()).unwrap();
        bytes.unwrap_or_else(|| panic!("{path} is missing at size {}", head.size))
    };
    for path in bundles_of(head.size) {
        let bytes = read(path);
        let first = usize::try_from(path.index()).unwrap() * 256;
        let found = entries_of_width(&bytes, path.width()).unwrap();
        assert_eq!(found, entries[first..][..found.len()], "{path}");
    }
    for path in tiles_of(head.size) {
        let TilePath::Hashes { level, index, width } = path else { unreachable!("tiles_of gives tiles") };
        let span = 256usize.pow(u32::from(level));
        let first = usize::try_from(index).unwrap() * 256;
        let hash = |place: usize| root(&leaves[place * span..][..span]);
        let expected: Vec<u8> = (first..first + usize::from(width)).flat_map(|place| hash(place).0).collect();
        assert_eq!(read(path), expected, "{path}");
    }
}

fn size_in(bytes: &[u8]) -> Option<u64> {
    std::str::from_utf8(bytes).ok()?.split('\n').nth(1)?.parse().ok()
}

/// The number of the write, the size and the root in each whole slot of the locked head.
pub fn slots(file: &[u8]) -> Vec<(u64, u64, Hash)> {
    let read = |slot: &[u8]| {
        let text = std::str::from_utf8(slot).ok()?.trim_end_matches('\0');
        let lines: Vec<&str> = text.split('\n').collect();
        let [_, number, _, size, root, _, _, sum, ""] = lines[..] else { return None };
        let body = &text[..text.len() - sum.len() - 1];
        (sum == sha256(body.as_bytes()).to_string()).then_some(())?;
        Some((number.parse().ok()?, size.parse().ok()?, root.parse().ok()?))
    };
    file.chunks(4096).filter_map(read).collect()
}

/// At no moment may the published checkpoint be larger than the locked head.
pub fn published_is_not_ahead(disk: &impl Disk) {
    let locked = disk.read("private/head").unwrap().map(|head| {
        let newest = slots(&head).into_iter().max();
        newest.expect("a slot of the locked head is whole").1
    });
    let published = disk.read("log/checkpoint").unwrap().and_then(|checkpoint| size_in(&checkpoint));
    assert!(published <= locked, "published {published:?}, locked {locked:?}");
}
