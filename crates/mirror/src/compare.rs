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
use hakiki_tlog::checkpoint::CHECKPOINT_MAX_BYTES;
use hakiki_tlog::witness::monitoring_path;
use hakiki_tlog::{Frontier, VerifiedCheckpoint};
use std::collections::BTreeMap;
use std::sync::Arc;

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
    let leaves = tiles.map(|remote| gather::leaves(remote, 0, size));
    match leaves {
        Some(Ok(leaves)) => {
            let own = shared.held.tree().head();
            let mut frontier = Frontier::new();
            let held = usize::try_from(own.size).unwrap_or(usize::MAX).min(leaves.len());
            frontier.extend(leaves[..held].iter().copied());
            let begins_as_own = frontier.head() == own;
            frontier.extend(leaves[held..].iter().copied());
            if begins_as_own && frontier.head() == checkpoint.head() {
                is_consistent(shared, about, ahead);
            } else {
                fork::against_tiles(shared, checkpoint, &leaves, about);
            }
        }
        Some(Err(error)) => tracing::debug!(about, %error, "its tiles cannot be read"),
        None => {
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
        }
    }
}
