//! Paths of tiles, and which tiles a tree has.
#![allow(clippy::unwrap_used)]

use hakiki_tlog::tile::{hashes_at, right_edge_of};
use hakiki_tlog::{TilePath, bundles_of, tiles_of};
use std::collections::BTreeSet;

#[test]
fn paths_have_one_form() {
    let hashes = |level, index, width| TilePath::Hashes { level, index, width };
    let entries = |index, width| TilePath::Entries { index, width };
    for (tile, path) in [
        (hashes(0, 1234, 5), "tile/0/x001/234.p/5"),
        (hashes(0, 1_234_067, 256), "tile/0/x001/x234/067"),
        (hashes(63, 0, 255), "tile/63/000.p/255"),
        (entries(0, 1), "tile/entries/000.p/1"),
        (entries(1000, 256), "tile/entries/x001/000"),
        (hashes(0, u64::MAX, 256), "tile/0/x018/x446/x744/x073/x709/x551/615"),
    ] {
        assert_eq!(tile.to_path(), path);
        assert_eq!(TilePath::parse(path), Ok(tile));
        assert_eq!(tile.is_partial(), path.contains(".p/"));
        assert_eq!(tile.full().to_path(), path.split(".p/").next().unwrap());
    }
}

#[test]
fn other_texts_are_refused() {
    for bad in [
        "",
        "tile",
        "tile/",
        "tile/0",
        "tile/0/",
        "tile/0/1",
        "tile/0/01",
        "tile/0/0001",
        "/tile/0/000",
        "tile/0/000/",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/256/000",
        "tile/x/000",
        "tile/0/x000",
        "tile/0/x000/001",
        "tile/0/001/001",
        "tile/0/x001/x001",
        "tile/0/x01/001",
        "tile/0/x1/x001/001",
        "tile/0/000.p",
        "tile/0/000.p/",
        "tile/0/000.p/0",
        "tile/0/000.p/00",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/1/",
        "tile/0/000.p/1.p/1",
        "tile/0/000.P/1",
        "tile/0/+01",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
        "tile/0/x999/x018/x446/x744/x073/x709/x551/615",
        "tile/entry/000",
        "tile/Entries/000",
        "tile/0//000",
        "tile/0/x001//000",
        "tile/0/000\n",
    ] {
        assert!(TilePath::parse(bad).is_err(), "{bad:?}");
    }
}

/// `tlog-tiles`, word by word: the partial tile at level l has `floor(s / 256^l) mod 256` hashes.
#[test]
fn tiles_are_those_of_the_specification() {
    for size in (0..1200).chain([65_535, 65_536, 65_537, 70_000]) {
        let tiles: Vec<_> = tiles_of(size).collect();
        let mut expected = Vec::new();
        for level in 0..8u8 {
            let hashes = u128::from(size) / 256u128.pow(u32::from(level));
            assert_eq!(u128::from(hashes_at(level, size)), hashes);
            for index in 0..hashes as u64 / 256 {
                expected.push(TilePath::Hashes { level, index, width: 256 });
            }
            if !hashes.is_multiple_of(256) {
                let (index, width) = (hashes as u64 / 256, (hashes % 256) as u16);
                expected.push(TilePath::Hashes { level, index, width });
            }
        }
        assert_eq!(tiles, expected, "size {size}");
        let bundles: Vec<_> = bundles_of(size).collect();
        assert_eq!(bundles.iter().map(|path| u64::from(path.width())).sum::<u64>(), size);
        assert!(bundles.iter().zip(0..).all(|(path, index)| path.index() == index));
        let partial: BTreeSet<_> =
            tiles.iter().chain(&bundles).copied().filter(TilePath::is_partial).collect();
        assert_eq!(right_edge_of(size).collect::<BTreeSet<_>>(), partial);
    }
}

#[test]
fn the_largest_tree_has_eight_levels() {
    let edge: Vec<_> = right_edge_of(u64::MAX).collect();
    assert_eq!(edge.len(), 9);
    assert_eq!(edge[7], TilePath::Hashes { level: 7, index: 0, width: 255 });
    assert!(edge.iter().all(|path| path.width() == 255));
    assert_eq!(hashes_at(8, u64::MAX), 0);
}
