//! Comparing with what witnesses cosigned and other mirrors hold: whoever is shown another history is shown it somewhere.
//!
//! Two heads of one tree say nothing. Two that no tree can have are a file of evidence. A head that is ahead and cannot be
//! proved consistent is told as that: its log or its witness may only be slow.

use crate::alarm::AlarmKind;
use crate::follow::Nudge;
use crate::fork;
use crate::gather;
use crate::held::Relation;
use crate::remote::{Remote, RemoteError, get_address};
use crate::shared::Shared;
use hakiki_note::Hash;
use hakiki_tlog::checkpoint::CHECKPOINT_MAX_BYTES;
use hakiki_tlog::tile_proof::{ReadTile, consistency_proof};
use hakiki_tlog::witness::monitoring_path;
use hakiki_tlog::{Head, TILE_WIDTH, TileProofError, VerifiedCheckpoint, verify_consistency};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Bytes of a full tile of hashes.
const TILE_BYTES: u64 = size_of::<Hash>() as u64 * TILE_WIDTH as u64;

/// A head that was ahead when it was last looked at, by address.
type Ahead = BTreeMap<String, u64>;

/// Compares, until the mirror stops.
pub(crate) fn follow(shared: &Arc<Shared>) {
    let mut ahead = Ahead::new();
    while !shared.is_stopping() {
        for witness in &shared.settings.witnesses {
            let address = format!("{}/{}", witness.url, monitoring_path(shared.held.origin()));
            let shown = get_address(&address, CHECKPOINT_MAX_BYTES as u64);
            compare(shared, &address, shown, None, &mut ahead);
        }
        for address in &shared.settings.compare {
            let remote = Remote::new(address);
            let shown = remote.read("checkpoint", CHECKPOINT_MAX_BYTES as u64);
            compare(shared, address, shown, Some(&remote), &mut ahead);
        }
        shared.wait_for_stop(shared.settings.compare_every);
    }
}

/// Compares one head. `tiles` is where its log can be read; a witness has none.
fn compare(
    shared: &Shared,
    about: &str,
    shown: Result<Vec<u8>, RemoteError>,
    tiles: Option<&Remote>,
    ahead: &mut Ahead,
) {
    let bytes = match shown {
        Ok(bytes) => bytes,
        Err(error) => {
            tracing::debug!(about, %error, "there is nothing to compare with");
            return;
        }
    };
    let checkpoint = match VerifiedCheckpoint::open(&bytes, &shared.log_key) {
        Ok(checkpoint) => checkpoint,
        Err(refused) => {
            let found = format!("no head of the pinned log: {refused}; this proves nothing");
            shared.alarms.raise(AlarmKind::Unsigned, about, found);
            return;
        }
    };
    shared.alarms.lower(AlarmKind::Unsigned, about);
    match shared.held.relation(&checkpoint.head()) {
        Relation::Other(_) => fork::against_held(shared, &checkpoint, about),
        Relation::Held => is_consistent(shared, about, ahead),
        Relation::Ahead => {
            // Where looks wait already, one of them will find it.
            let _ = shared.nudge.try_send(Nudge::Look(Some(Box::new(checkpoint.clone()))));
            compare_ahead(shared, about, &checkpoint, tiles, ahead);
        }
    }
}

fn is_consistent(shared: &Shared, about: &str, ahead: &mut Ahead) {
    shared.alarms.lower(AlarmKind::Unproved, about);
    ahead.remove(about);
}

fn compare_ahead(
    shared: &Shared,
    about: &str,
    checkpoint: &VerifiedCheckpoint,
    tiles: Option<&Remote>,
    ahead: &mut Ahead,
) {
    let size = checkpoint.head().size;
    let Some(remote) = tiles else {
        // The first time it may only be faster than this mirror.
        let before = ahead.insert(about.to_owned(), size);
        let own = shared.held.tree().size();
        let origin = shared.origin();
        // A log that does not answer hides nothing; one that answers with less does.
        let is_less = origin.problem.is_none() && origin.size < size;
        if is_less && before.is_some_and(|before| before > own) {
            let found = format!(
                "it cosigned a head of size {size}, and the log shows {} records: consistency was not proved",
                origin.size
            );
            shared.alarms.raise(AlarmKind::Unproved, about, found);
        }
        return;
    };
    let own = shared.held.tree().head();
    let mut read = |path: hakiki_tlog::TilePath| remote.read(&path.to_path(), TILE_BYTES).ok();
    match continues(&own, &checkpoint.head(), &mut read) {
        Ok(true) => is_consistent(shared, about, ahead),
        // What it is instead needs every leaf.
        Ok(false) => match gather::leaves(remote, 0, size) {
            Ok(leaves) => fork::against_tiles(shared, checkpoint, &leaves, about),
            Err(error) => tracing::debug!(about, %error, "its tiles cannot be read"),
        },
        Err(error) => tracing::debug!(about, %error, "its tiles cannot be read"),
    }
}

/// Whether a larger head's tree, as its tiles say, continues the tree that is held. A few tiles of each level are read.
fn continues(own: &Head, larger: &Head, read: &mut ReadTile<'_>) -> Result<bool, TileProofError> {
    let proof = consistency_proof(own.size, larger.size, read)?;
    Ok(verify_consistency(own, larger, &proof).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use hakiki_tlog::{Frontier, MemoryTree, TilePath, leaf_hash};

    /// Leaves of a made-up log; `other` is the place from which on they are another log's.
    fn leaves(count: u64, other: u64) -> Vec<Hash> {
        (0..count).map(|n| leaf_hash(format!("{} {n}", n < other).as_bytes())).collect()
    }

    /// The tiles of a tree, made anew for each reading.
    fn tile(leaves: &[Hash], path: TilePath) -> Option<Vec<u8>> {
        let TilePath::Hashes { level, index, width } = path else { return None };
        let span = 256_usize.pow(u32::from(level));
        let hash = |number: usize| {
            let mut subtree = Frontier::new();
            subtree.extend(leaves[number * span..(number + 1) * span].iter().copied());
            subtree.root()
        };
        let first = usize::try_from(index).ok()? * 256;
        Some((first..first + usize::from(width)).flat_map(|number| hash(number).0).collect())
    }

    #[test]
    fn a_log_that_is_ahead_is_compared_by_a_few_tiles() {
        let all = leaves(150_000, u64::MAX);
        let mut tree = MemoryTree::new();
        tree.extend(all.iter().copied());
        for held in [1, 255, 256, 65_536, 70_001, 149_743, 149_999] {
            let mut count = 0;
            let mut read = |path: TilePath| {
                count += 1;
                tile(&all, path)
            };
            let own = tree.head_at(held).unwrap();
            assert_eq!(continues(&own, &tree.head(), &mut read), Ok(true), "{held}");
            // 587 tiles hold the leaves. A proof has one path down and one hash beside each step.
            assert!(count <= 6, "{count} tiles from {held}");
        }
    }

    #[test]
    fn another_history_does_not_continue() {
        let all = leaves(2000, u64::MAX);
        let other = leaves(2000, 900);
        let head = |leaves: &[Hash]| {
            let mut tree = Frontier::new();
            tree.extend(leaves.iter().copied());
            tree.head()
        };
        let own = head(&all[..1000]);
        let of = |larger: &[Hash]| continues(&own, &head(larger), &mut |path: TilePath| tile(larger, path));
        assert_eq!((of(&all), of(&other)), (Ok(true), Ok(false)));
        // Tiles that are not the signed head's.
        assert_eq!(continues(&own, &head(&other), &mut |path: TilePath| tile(&all, path)), Ok(false));
        assert!(
            continues(&own, &head(&all), &mut |_: TilePath| None).is_err(),
            "without tiles nothing is said"
        );
    }
}
