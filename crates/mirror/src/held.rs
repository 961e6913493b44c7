//! What is held durably: the tree over the entries, and how many of them were folded.

use hakiki_note::Hash;
use hakiki_tlog::{Head, MemoryTree, Origin, VerifiedCheckpoint};
use hakiki_witness::{MayCosign, NotYet};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};
use tokio::sync::watch;

/// When to ask again for a head that is being fetched.
const RETRY_AFTER_S: u64 = 2;

/// What a signed head is to what is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    /// Its tree is held, whole.
    Held,
    /// It is larger.
    Ahead,
    /// Of the entries that it is over, others are held.
    Other(Hash),
}

/// The entries that are held, by their hashes. They are durable before they stand here.
pub(crate) struct Held {
    origin: Origin,
    tree: RwLock<MemoryTree>,
    /// Entries that were folded: their records were judged and the tables that they need are here.
    folded: watch::Sender<u64>,
}

impl Held {
    pub fn new(origin: Origin, tree: MemoryTree) -> Self {
        Self { origin, tree: RwLock::new(tree), folded: watch::Sender::new(0) }
    }

    /// Which log.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The tree.
    pub fn tree(&self) -> RwLockReadGuard<'_, MemoryTree> {
        self.tree.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the hashes of entries that are durable now.
    pub fn extend(&self, leaves: &[Hash]) {
        self.tree.write().unwrap_or_else(PoisonError::into_inner).extend(leaves.iter().copied());
    }

    /// Takes notice that so many entries are folded.
    pub fn set_folded(&self, size: u64) {
        self.folded.send_if_modified(|folded| std::mem::replace(folded, size) != size);
    }

    /// Entries folded.
    pub fn folded(&self) -> watch::Receiver<u64> {
        self.folded.subscribe()
    }

    /// What a head is to what is held.
    pub fn relation(&self, head: &Head) -> Relation {
        match self.tree().root_at(head.size) {
            Ok(root) if root == head.root => Relation::Held,
            Ok(root) => Relation::Other(root),
            Err(_) => Relation::Ahead,
        }
    }
}

impl MayCosign for Held {
    fn may_cosign(&self, checkpoint: &VerifiedCheckpoint) -> Result<(), NotYet> {
        let head = checkpoint.head();
        let found = match self.relation(&head) {
            Relation::Held if *self.folded.borrow() >= head.size => return Ok(()),
            Relation::Held => "the records under this head are being checked",
            Relation::Ahead => "the entries under this head are being fetched",
            Relation::Other(_) => "this mirror holds another history of this log",
        };
        Err(NotYet { retry_after_s: RETRY_AFTER_S, found: found.to_owned() })
    }
}
