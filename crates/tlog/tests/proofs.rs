//! All proofs of all small trees, against RFC 6962's definitions written down word by word; every single change of a
//! proof is refused.
#![allow(clippy::unwrap_used)]

mod common;

use common::{entry, flipped, tree};
use hakiki_note::Hash;
use hakiki_tlog::proof::root_of_inclusion;
use hakiki_tlog::{
    Frontier, Head, ProofError, TreeError, empty_root, leaf_hash, node_hash, verify_consistency,
    verify_inclusion,
};

const SIZES: u64 = 70;

/// RFC 6962, section 2.1: `MTH`.
fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node_hash(&root(left), &root(right))
        }
    }
}

/// RFC 6962, section 2.1.1: `PATH`.
fn path(index: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let middle = split(leaves.len());
    let (left, right) = leaves.split_at(middle);
    let (mut path, sibling) = if index < middle {
        (path(index, left), root(right))
    } else {
        (path(index - middle, right), root(left))
    };
    path.push(sibling);
    path
}

/// RFC 6962, section 2.1.2: `SUBPROOF`.
fn subproof(old: usize, leaves: &[Hash], complete: bool) -> Vec<Hash> {
    if old == leaves.len() {
        return if complete { Vec::new() } else { vec![root(leaves)] };
    }
    let middle = split(leaves.len());
    let (left, right) = leaves.split_at(middle);
    let (mut proof, sibling) = if old <= middle {
        (subproof(old, left, complete), root(right))
    } else {
        (subproof(old - middle, right, false), root(left))
    };
    proof.push(sibling);
    proof
}

fn split(count: usize) -> usize {
    let mut power = 1;
    while power * 2 < count {
        power *= 2;
    }
    power
}

fn leaves() -> Vec<Hash> {
    (0..SIZES).map(|index| leaf_hash(&entry(index))).collect()
}

#[test]
fn roots_are_those_of_the_rfc() {
    let (leaves, tree) = (leaves(), tree(SIZES));
    let mut frontier = Frontier::new();
    for size in 0..=SIZES {
        let expected = Head { size, root: root(&leaves[..size as usize]) };
        assert_eq!(tree.head_at(size), Ok(expected));
        assert_eq!(frontier.head(), expected);
        assert_eq!(common::tree(size).head(), expected);
        frontier.extend(leaves.get(size as usize).copied());
    }
    assert_eq!(tree.root_at(SIZES + 1), Err(TreeError::Size { asked: SIZES + 1, have: SIZES }));
    assert_eq!(tree.leaf(SIZES - 1), leaves.last().copied());
    assert_eq!(tree.leaf(SIZES), None);
}

#[test]
fn inclusion_proofs_of_small_trees() {
    let (leaves, tree) = (leaves(), tree(SIZES));
    for size in 1..=SIZES {
        let head = tree.head_at(size).unwrap();
        assert_eq!(tree.inclusion_proof(size, size), Err(TreeError::Index { index: size, size }));
        for index in 0..size {
            let proof = tree.inclusion_proof(index, size).unwrap();
            let leaf = leaves[index as usize];
            assert_eq!(proof, path(index as usize, &leaves[..size as usize]));
            assert_eq!(verify_inclusion(&leaf, index, &head, &proof), Ok(()), "{index} in {size}");
            assert_eq!(root_of_inclusion(&leaf, index, size, &proof), Ok(head.root));
            refuse_changed_inclusion(&leaf, index, &head, &proof);
        }
    }
}

fn refuse_changed_inclusion(leaf: &Hash, index: u64, head: &Head, proof: &[Hash]) {
    let refused = |leaf: &Hash, index: u64, head: &Head, proof: &[Hash]| {
        assert!(verify_inclusion(leaf, index, head, proof).is_err(), "{index} in {}: {proof:?}", head.size);
    };
    let bit = (index * 31 + head.size * 7) as usize;
    refused(&flipped(leaf, bit), index, head, proof);
    refused(leaf, index, &Head { root: flipped(&head.root, bit), ..*head }, proof);
    for other in (0..=head.size).filter(|other| *other != index) {
        refused(leaf, other, head, proof);
    }
    for place in 0..proof.len() {
        let mut changed = proof.to_vec();
        changed[place] = flipped(&proof[place], bit + place);
        refused(leaf, index, head, &changed);
        let mut missing = proof.to_vec();
        missing.remove(place);
        refused(leaf, index, head, &missing);
    }
    for place in 0..=proof.len() {
        let mut more = proof.to_vec();
        more.insert(place, head.root);
        refused(leaf, index, head, &more);
    }
}

#[test]
fn consistency_proofs_of_small_trees() {
    let (leaves, tree) = (leaves(), tree(SIZES));
    assert_eq!(tree.consistency_proof(5, 4), Err(TreeError::Order { old: 5, new: 4 }));
    assert_eq!(tree.consistency_proof(5, 71), Err(TreeError::Size { asked: 71, have: 70 }));
    for new in 0..=SIZES {
        let new_head = tree.head_at(new).unwrap();
        for old in 0..=new {
            let old_head = tree.head_at(old).unwrap();
            let proof = tree.consistency_proof(old, new).unwrap();
            if old > 0 {
                assert_eq!(proof, subproof(old as usize, &leaves[..new as usize], true));
            } else {
                assert!(proof.is_empty());
            }
            assert_eq!(verify_consistency(&old_head, &new_head, &proof), Ok(()), "{old} to {new}");
            refuse_changed_consistency(&old_head, &new_head, &proof);
        }
    }
}

fn refuse_changed_consistency(old: &Head, new: &Head, proof: &[Hash]) {
    let refused = |old: &Head, new: &Head, proof: &[Hash]| {
        let found = verify_consistency(old, new, proof);
        assert!(found.is_err(), "{} to {}: {proof:?}", old.size, new.size);
    };
    let bit = (old.size * 31 + new.size * 7) as usize;
    refused(&Head { root: flipped(&old.root, bit), ..*old }, new, proof);
    // From the empty tree everything is consistent: nothing ties the newer root.
    if old.size > 0 || new.size == 0 {
        refused(old, &Head { root: flipped(&new.root, bit), ..*new }, proof);
    }
    if old.size < new.size {
        refused(new, old, proof);
    }
    for place in 0..proof.len() {
        let mut changed = proof.to_vec();
        changed[place] = flipped(&proof[place], bit + place);
        refused(old, new, &changed);
        let mut missing = proof.to_vec();
        missing.remove(place);
        refused(old, new, &missing);
    }
    for place in 0..=proof.len() {
        let mut more = proof.to_vec();
        more.insert(place, new.root);
        refused(old, new, &more);
    }
}

#[test]
fn errors_say_what_was_found() {
    let tree = tree(8);
    let (old, new) = (tree.head_at(3).unwrap(), tree.head());
    let proof = tree.consistency_proof(3, 8).unwrap();
    assert_eq!(verify_consistency(&old, &new, &[]), Err(ProofError::TooShort { found: 0 }));
    assert_eq!(verify_consistency(&old, &new, &proof[..2]), Err(ProofError::TooShort { found: 2 }));
    assert_eq!(verify_consistency(&new, &old, &proof), Err(ProofError::Shrunk { old: 8, new: 3 }));
    let longer = [proof.clone(), vec![new.root]].concat();
    assert_eq!(verify_consistency(&old, &new, &longer), Err(ProofError::TooLong { found: proof.len() + 1 }));
    let other = Head { root: empty_root(), ..old };
    let found = verify_consistency(&other, &new, &proof);
    assert_eq!(found, Err(ProofError::OldRoot { found: old.root, expected: empty_root() }));
}

#[test]
fn sizes_near_the_end_of_u64_do_not_overflow() {
    let leaf = leaf_hash(b"");
    for size in [1 << 63, (1 << 63) + 1, u64::MAX] {
        for index in [0, 1, size / 2, size - 1] {
            for length in 0..=66 {
                let proof = vec![leaf; length];
                // Whatever the length, the answer is a value: a proof of 64 hashes at most has one.
                let found = root_of_inclusion(&leaf, index, size, &proof);
                assert!(found.is_err() || length <= 64);
                let (old, new) = (Head { size: index + 1, root: leaf }, Head { size, root: leaf });
                assert_eq!(verify_consistency(&old, &new, &proof).is_ok(), old == new && length == 0);
            }
        }
    }
}
