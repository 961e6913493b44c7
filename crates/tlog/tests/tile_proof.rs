//! Proofs made from tiles are those of the whole tree, for every pair of small sizes and some around full tiles.
#![allow(clippy::unwrap_used)]

use hakiki_tlog::plan::RightEdge;
use hakiki_tlog::proof::root_of_inclusion;
use hakiki_tlog::tile::hashes_at;
use hakiki_tlog::tile_proof::{consistency_proof, inclusion_proof, leaf_at, root_at, tile_hash_proof};
use hakiki_tlog::{MemoryTree, TilePath, TileProofError, leaf_hash, verify_consistency, verify_inclusion};
use std::collections::BTreeMap;

struct Log {
    tiles: BTreeMap<TilePath, Vec<u8>>,
    tree: MemoryTree,
}

/// A log that is written in batches that end at these sizes.
fn log(ends: &[u64]) -> Log {
    let (mut edge, mut tiles, mut tree) = (RightEdge::default(), BTreeMap::new(), MemoryTree::new());
    for end in ends {
        let entries: Vec<Vec<u8>> = (edge.size()..*end).map(|n| n.to_be_bytes().to_vec()).collect();
        tree.extend(entries.iter().map(|entry| leaf_hash(entry)));
        let plan = edge.plan(&entries).unwrap();
        tiles.extend(plan.objects.iter().cloned());
        edge = plan.into_edge();
    }
    Log { tiles, tree }
}

#[test]
fn every_proof_of_small_trees_is_the_trees_own() {
    let ends: Vec<u64> = (1..=70).collect();
    let log = log(&ends);
    let mut read = |path: TilePath| log.tiles.get(&path).cloned();
    for new in 0..=70 {
        for old in 0..=new {
            let made = consistency_proof(old, new, &mut read).unwrap();
            assert_eq!(made, log.tree.consistency_proof(old, new).unwrap(), "{old} to {new}");
            assert_eq!(root_at(old, new, &mut read).unwrap(), log.tree.root_at(old).unwrap());
        }
        for index in 0..new {
            let made = inclusion_proof(index, new, &mut read).unwrap();
            assert_eq!(made, log.tree.inclusion_proof(index, new).unwrap(), "{index} of {new}");
        }
    }
}

#[test]
fn proofs_across_tiles_and_levels_hold() {
    let sizes = [1, 255, 256, 257, 511, 512, 700, 65_535, 65_536, 65_537, 66_000, 70_000];
    let log = log(&sizes);
    let mut reads = 0;
    let mut read = |path: TilePath| {
        reads += 1;
        log.tiles.get(&path).cloned()
    };
    for new in sizes {
        let head = log.tree.head_at(new).unwrap();
        for old in sizes.into_iter().filter(|old| *old <= new) {
            let proof = consistency_proof(old, new, &mut read).unwrap();
            assert_eq!(verify_consistency(&log.tree.head_at(old).unwrap(), &head, &proof), Ok(()));
            let leaf = leaf_at(old - 1, new, &mut read).unwrap();
            assert_eq!(Some(leaf), log.tree.leaf(old - 1));
            let proof = inclusion_proof(old - 1, new, &mut read).unwrap();
            assert_eq!(verify_inclusion(&leaf, old - 1, &head, &proof), Ok(()));
        }
    }
    assert!(reads < 1000, "{reads} reads: a proof needs a few tiles, each once");
}

#[test]
fn every_hash_of_a_tile_is_proved_to_the_root() {
    let log = log(&[66_000]);
    let mut read = |path: TilePath| log.tiles.get(&path).cloned();
    let root = log.tree.root();
    for (level, of) in [(0_u8, 66_000_u64), (1, 258), (2, 2)] {
        assert_eq!(hashes_at(level, 66_000), of - u64::from(level > 0));
        for place in (0..of - u64::from(level > 0)).step_by(61) {
            let (hash, proof) = tile_hash_proof(level, place, 66_000, &mut read).unwrap();
            assert_eq!(root_of_inclusion(&hash, place, of, &proof), Ok(root), "{level} {place}");
        }
    }
    assert!(matches!(tile_hash_proof(1, 257, 66_000, &mut read), Err(TileProofError::Tree(_))));
}

#[test]
fn a_full_tile_serves_for_a_partial_one_that_is_gone() {
    let short = log(&[300]);
    let mut read = |path: TilePath| short.tiles.get(&path).filter(|_| !path.is_partial()).cloned();
    let made = consistency_proof(100, 300, &mut read);
    assert_eq!(made, Err(TileProofError::Missing(TilePath::Hashes { level: 0, index: 1, width: 44 })));
    let log = log(&[300, 512]);
    let mut read = |path: TilePath| log.tiles.get(&path).filter(|_| !path.is_partial()).cloned();
    let made = consistency_proof(100, 300, &mut read).unwrap();
    assert_eq!(made, log.tree.consistency_proof(100, 300).unwrap());
}

#[test]
fn nothing_is_made_of_what_is_not_there() {
    let log = log(&[10]);
    let path = TilePath::Hashes { level: 0, index: 0, width: 10 };
    assert_eq!(inclusion_proof(3, 10, &mut |_| None), Err(TileProofError::Missing(path)));
    let short = inclusion_proof(3, 10, &mut |_| Some(vec![0; 319]));
    assert_eq!(short, Err(TileProofError::Length { path, found: 319, expected: 320 }));
    let mut read = |path: TilePath| log.tiles.get(&path).cloned();
    assert!(matches!(inclusion_proof(10, 10, &mut read), Err(TileProofError::Tree(_))));
    assert!(matches!(consistency_proof(11, 10, &mut read), Err(TileProofError::Tree(_))));
    assert!(matches!(root_at(11, 10, &mut read), Err(TileProofError::Tree(_))));
    assert!(matches!(leaf_at(10, 10, &mut read), Err(TileProofError::Tree(_))));
}
