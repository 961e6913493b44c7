//! The right edge: however the entries are batched, the tiles are those of the tree; an edge comes back from its tiles;
//! damaged tiles are refused.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Numbers, entry, tree};
use hakiki_note::Hash;
use hakiki_tlog::tile::right_edge_of;
use hakiki_tlog::{
    BundleError, EdgeError, Head, MemoryTree, PlanError, RightEdge, TilePath, bundles_of, empty_root,
    encode_entry, entries, tiles_of,
};
use std::collections::BTreeMap;

type Objects = BTreeMap<TilePath, Vec<u8>>;

/// Appends `count` test entries; objects are immutable, so none may be written twice with other bytes.
fn append(edge: &RightEdge, count: u64, stored: &mut Objects) -> RightEdge {
    let first = edge.size();
    let batch: Vec<_> = (first..first + count).map(entry).collect();
    let plan = edge.plan(&batch).unwrap();
    assert_eq!((plan.first_index, plan.head.size), (first, first + count));
    assert_eq!(plan.leaf_hashes.len() as u64, count);
    for (path, bytes) in &plan.objects {
        let before = stored.insert(*path, bytes.clone());
        assert!(before.is_none_or(|before| before == *bytes), "{path} changed");
    }
    plan.into_edge()
}

/// What `tlog-tiles` says stands in a tile, from the tree itself.
fn expected_object(tree: &MemoryTree, path: TilePath) -> Vec<u8> {
    let mut bytes = Vec::new();
    let first = path.index() * 256;
    for place in first..first + u64::from(path.width()) {
        match path {
            TilePath::Entries { .. } => encode_entry(&mut bytes, &entry(place)).unwrap(),
            TilePath::Hashes { level, .. } => {
                let leaves = 256u64.pow(u32::from(level));
                let mut subtree = MemoryTree::new();
                subtree.extend((place * leaves..(place + 1) * leaves).map(|leaf| tree.leaf(leaf).unwrap()));
                bytes.extend_from_slice(&subtree.root().0);
            }
        }
    }
    bytes
}

fn reload(head: Head, stored: &Objects) -> Result<RightEdge, EdgeError> {
    RightEdge::load(head, |path| stored.get(&path).cloned())
}

#[test]
fn any_batching_makes_the_same_tree() {
    let whole = tree(2000);
    for seed in 0..24 {
        println!("seed {seed}");
        let mut numbers = Numbers(seed);
        let most = [1, 3, 255, 256, 257, 700][seed as usize % 6];
        let (mut edge, mut stored) = (RightEdge::empty(), Objects::new());
        while edge.size() < 1000 + seed * 13 {
            let count = numbers.below(most + 1);
            edge = append(&edge, count, &mut stored);
            assert_eq!(edge.head(), whole.head_at(edge.size()).unwrap());
            for path in right_edge_of(edge.size()) {
                assert!(stored.contains_key(&path), "{path} at size {}", edge.size());
            }
            if numbers.below(8) == 0 {
                assert_eq!(reload(edge.head(), &stored).as_ref(), Ok(&edge));
            }
        }
        for path in tiles_of(edge.size()).chain(bundles_of(edge.size())) {
            assert_eq!(stored[&path], expected_object(&whole, path), "{path}");
        }
    }
}

#[test]
fn seventy_thousand_entries() {
    let whole = tree(70_000);
    let mut numbers = Numbers(70_000);
    let (mut edge, mut stored) = (RightEdge::empty(), Objects::new());
    while edge.size() < 70_000 {
        let count = (1 + numbers.below(4000)).min(70_000 - edge.size());
        edge = append(&edge, count, &mut stored);
        edge = reload(edge.head(), &stored).unwrap();
        // A log may drop partial objects once the full one is there.
        let full: Vec<_> = stored.keys().copied().filter(|path| !path.is_partial()).collect();
        stored.retain(|path, _| !path.is_partial() || full.binary_search(&path.full()).is_err());
    }
    assert_eq!(edge.head(), whole.head());
    let paths: Vec<_> = tiles_of(70_000).chain(bundles_of(70_000)).collect();
    assert_eq!(paths.len(), 277 + 274);
    for path in &paths {
        assert_eq!(stored[path], expected_object(&whole, *path), "{path}");
    }
    let partial: Vec<_> = paths.iter().filter(|path| path.is_partial()).map(TilePath::to_path).collect();
    let expected = ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1", "tile/entries/273.p/112"]
        .map(str::to_owned);
    assert_eq!(partial, expected);
    assert_eq!(right_edge_of(70_000).map(|path| path.to_path()).collect::<Vec<_>>(), expected);

    // An older head comes back too, from full tiles where the partial ones are gone.
    let older = whole.head_at(65_000).unwrap();
    let edge = reload(older, &stored).unwrap();
    assert_eq!(edge.head(), older);
    assert_eq!(append(&edge, 5000, &mut Objects::new()).head(), whole.head());
}

#[test]
fn an_empty_batch_writes_nothing() {
    let plan = RightEdge::empty().plan(&[]).unwrap();
    assert_eq!((plan.objects.len(), plan.head, plan.first_index), (0, Head::empty(), 0));
    assert_eq!(reload(Head::empty(), &Objects::new()), Ok(RightEdge::empty()));
    assert!(right_edge_of(0).chain(tiles_of(0)).chain(bundles_of(0)).next().is_none());
    let edge = append(&RightEdge::empty(), 300, &mut Objects::new());
    let plan = edge.plan(&[]).unwrap();
    assert_eq!((plan.objects.len(), plan.into_edge()), (0, edge));
}

#[test]
fn a_batch_with_too_long_an_entry_is_refused_whole() {
    let batch = vec![vec![0; 65_535], vec![0; 65_536]];
    let source = BundleError::EntryTooLong(65_536);
    assert_eq!(RightEdge::empty().plan(&batch), Err(PlanError::Entry { place: 1, source }));
    assert_eq!(RightEdge::empty().plan(&batch[..1]).unwrap().head.size, 1);
}

#[test]
fn damaged_objects_are_refused() {
    let mut stored = Objects::new();
    let edge = append(&RightEdge::empty(), 600, &mut stored);
    let head = edge.head();
    for path in right_edge_of(600) {
        let good = stored.remove(&path).unwrap();
        assert_eq!(reload(head, &stored), Err(EdgeError::Missing(path)));
        for place in (0..good.len()).step_by(7) {
            let mut bad = good.clone();
            bad[place] ^= 0x10;
            stored.insert(path, bad);
            assert!(reload(head, &stored).is_err(), "{path} byte {place}");
        }
        stored.insert(path, good[1..].to_vec());
        assert!(reload(head, &stored).is_err());
        stored.insert(path, [&*good, &[0]].concat());
        assert!(reload(head, &stored).is_err());
        stored.insert(path, good);
    }
    assert_eq!(reload(head, &stored), Ok(edge));
    let other = Head { root: empty_root(), ..head };
    assert_eq!(reload(other, &stored), Err(EdgeError::Root { found: head.root, expected: other }));
    let mut swapped = Vec::new();
    encode_entry(&mut swapped, b"something else").unwrap();
    let path = TilePath::Entries { index: 2, width: 88 };
    for entry in entries(&stored[&path]).skip(1) {
        encode_entry(&mut swapped, entry.unwrap()).unwrap();
    }
    stored.insert(path, swapped);
    assert_eq!(reload(head, &stored), Err(EdgeError::Entry { index: 512 }));
}

#[test]
fn the_head_of_nothing_has_the_empty_root() {
    let head = Head { size: 0, root: Hash([0; 32]) };
    let found = RightEdge::load(head, |_| None);
    assert_eq!(found, Err(EdgeError::Root { found: empty_root(), expected: head }));
}
