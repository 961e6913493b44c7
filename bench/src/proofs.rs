//! Inclusion proofs verified on one core, against what hashing alone takes.

use crate::figures::{kept, machine};
use anyhow::{Context as _, Result};
use hakiki_tlog::{Head, MemoryTree, leaf_hash, node_hash, verify_inclusion};
use std::hint::black_box;
use std::time::Instant;

/// Proofs a second that one core must verify.
const RATE_LIMIT: f64 = 400_000.0;

/// What to race.
#[derive(clap::Args)]
pub struct Arguments {
    /// Leaves of the tree
    #[arg(long, default_value_t = 46_229)]
    size: u64,
    /// Proofs to verify
    #[arg(long, default_value_t = 1_000_000)]
    proofs: u64,
}

/// Runs the race.
pub fn run(arguments: &Arguments) -> Result<()> {
    println!("{}", machine());
    let mut tree = MemoryTree::new();
    for index in 0..arguments.size {
        tree.push(leaf_hash(&index.to_be_bytes()));
    }
    let head: Head = tree.head();
    let places: Vec<u64> = (0..1000).map(|number| number * 7_919 % arguments.size).collect();
    let proofs: Vec<_> = places
        .iter()
        .map(|place| {
            Ok((*place, tree.leaf(*place).context("a leaf")?, tree.inclusion_proof(*place, head.size)?))
        })
        .collect::<Result<_>>()?;
    let began = Instant::now();
    let mut hashes = 0;
    for number in 0..arguments.proofs {
        let (place, leaf, proof) = &proofs[usize::try_from(number)? % proofs.len()];
        verify_inclusion(black_box(leaf), *place, &head, proof)?;
        hashes += proof.len() as u64;
    }
    let took = began.elapsed().as_secs_f64();
    let began = Instant::now();
    let (_, mut hash, _) = proofs[0].clone();
    for _ in 0..hashes {
        hash = node_hash(black_box(&hash), &head.root);
    }
    let alone = began.elapsed().as_secs_f64();
    black_box(hash);
    let rate = arguments.proofs as f64 / took;
    println!(
        "{:.0} inclusion proofs a second on one core, {:.1} hashes each, in a tree of {}",
        rate,
        hashes as f64 / arguments.proofs as f64,
        head.size
    );
    println!("as many hashes alone take {:.2} of the time", alone / took);
    println!("limit {RATE_LIMIT:.0} a second: {}", kept(rate >= RATE_LIMIT));
    Ok(())
}
