//! What a head that is not consistent with the copy proves, as a file (`hakiki-evidence`).
//!
//! A fork is claimed only where a file of evidence passes its own check: two heads by the log's own key that no one tree can
//! have. Everything else is "consistency was not proved", and never more.

use crate::alarm::AlarmKind;
use crate::follow::target;
use crate::published::State;
use crate::shared::{Shared, read};
use hakiki_evidence::{Claim, Evidence, PolicyAndKeys};
use hakiki_note::Hash;
use hakiki_tlog::{MemoryTree, VerifiedCheckpoint};

/// A signed head that `about` showed, over entries of which others are held.
pub(crate) fn against_held(shared: &Shared, other: &VerifiedCheckpoint, about: &str) {
    let claim = {
        let tree = shared.held.tree();
        let over = |head: &VerifiedCheckpoint| {
            let size = head.head().size;
            size >= other.head().size && tree.root_at(size) == Ok(head.head().root)
        };
        let own = signed_here(shared).into_iter().find(over);
        own.and_then(|own| disagreement(other, &own, &tree))
    };
    tell(shared, claim, other, about);
}

/// A signed head that `about` showed, whose tiles there, from the first on, are these leaves.
pub(crate) fn against_tiles(shared: &Shared, other: &VerifiedCheckpoint, leaves: &[Hash], about: &str) {
    let mut tree = MemoryTree::new();
    tree.extend(leaves.iter().copied());
    if tree.head() != other.head() {
        let size = other.head().size;
        let found =
            format!("its tiles do not lead to its signed head of size {size}: consistency was not proved");
        shared.alarms.raise(AlarmKind::Unproved, about, found);
        return;
    }
    let under = |head: &VerifiedCheckpoint| {
        let size = head.head().size;
        size <= other.head().size && tree.root_at(size).is_ok_and(|root| root != head.head().root)
    };
    let own = signed_here(shared).into_iter().find(under);
    let claim = own.and_then(|own| disagreement(&own, other, &tree));
    tell(shared, claim, other, about);
}

/// The heads that the log signed and that are known here, largest first.
fn signed_here(shared: &Shared) -> Vec<VerifiedCheckpoint> {
    let heads = [State::Signed, State::Cosigned, State::Held].map(|state| shared.head_of(state));
    let mut heads: Vec<_> = heads.into_iter().flatten().map(|head| head.checkpoint.clone()).collect();
    heads.extend(target(shared));
    heads.sort_by_key(|head| std::cmp::Reverse(head.head().size));
    heads
}

/// Two heads that do not belong to one tree; `tree` is the larger one's.
fn disagreement(
    smaller: &VerifiedCheckpoint,
    larger: &VerifiedCheckpoint,
    tree: &MemoryTree,
) -> Option<Claim> {
    let (old, new) = (smaller.head().size, larger.head().size);
    let (smaller, larger) = (smaller.to_text(), larger.to_text());
    if old == new {
        return Some(Claim::Roots { heads: [larger, smaller] });
    }
    let prefix = tree.root_at(old).ok()?;
    Some(Claim::Prefix { smaller, larger, prefix, proof: tree.consistency_proof(old, new).ok()? })
}

/// Keeps a claim that passes its own check; else says what was not proved.
fn tell(shared: &Shared, claim: Option<Claim>, other: &VerifiedCheckpoint, about: &str) {
    let size = other.head().size;
    let trust = PolicyAndKeys::of_ledger(&read(&shared.ledger));
    let evidence =
        claim.map(|claim| Evidence { election: shared.fingerprint, log: shared.log_key.clone(), claim });
    match evidence.map(|evidence| (evidence.check(&trust), evidence.to_text())) {
        Some((Ok(_), text)) => {
            let found = format!(
                "the log signed two histories: its head of size {size}, seen at {about}, is not over what it signed before"
            );
            shared.alarms.prove(AlarmKind::Fork, found, &text);
        }
        Some((Err(refused), _)) => {
            tracing::error!(%refused, "evidence of a fork does not pass its own check");
            let found =
                format!("its head of size {size} differs from what is held here, and no proof could be made");
            shared.alarms.raise(AlarmKind::Unproved, about, found);
        }
        None => {
            let found = format!("consistency with its head of size {size} was not proved");
            shared.alarms.raise(AlarmKind::Unproved, about, found);
        }
    }
}
