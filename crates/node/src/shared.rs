//! What all parts of a running node share. Only the sequencer writes the ledger, the tree and the published head.

use crate::configuration::Configuration;
use crate::error::NodeError;
use crate::examiner::Examination;
use crate::limits::KeyLimits;
use crate::metrics::Metrics;
use crate::pending::PendingTexts;
use crate::published::Published;
use crate::sequencer::Job;
use crate::witnessing::Witnessed;
use hakiki_core::Ledger;
use hakiki_host::Counted;
use hakiki_note::{Hash, SigningKey};
use hakiki_portal::Boundaries;
use hakiki_site::{Pages, Shown};
use hakiki_store::{Blobs, PosixDisk, Reader};
use hakiki_tlog::bundle::entries_of_width;
use hakiki_tlog::{MemoryTree, Receipt, TILE_WIDTH, TilePath};
use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use tokio::sync::{Semaphore, watch};

/// Whether a node takes submissions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum State {
    /// It does.
    Running,
    /// It was asked to stop.
    Stopping,
    /// It could not write its log, for this reason.
    Failed(String),
}

/// What all parts of a node share.
pub(crate) struct Shared {
    pub configuration: Configuration,
    pub log_key: SigningKey,
    /// The fold. It may run ahead of the published head by the batch that is being written. The sequencer waits for whoever
    /// reads it: only for looking things up.
    pub ledger: RwLock<Ledger>,
    /// Hashes of the entries under the published head.
    pub tree: RwLock<MemoryTree>,
    /// Blobs that records name and that may be sent.
    pub named: RwLock<HashSet<Hash>>,
    pub published: watch::Receiver<Arc<Published>>,
    /// The newest cosigned and held heads.
    pub witnessed: watch::Receiver<Arc<Witnessed>>,
    pub state: watch::Sender<State>,
    pub reader: Reader<PosixDisk>,
    pub blobs: Blobs<PosixDisk>,
    pub queue: SyncSender<Job>,
    pub examiners: SyncSender<Examination>,
    /// A second fold, for those who read long.
    pub shown: Arc<Shown>,
    /// The pages that are made from it.
    pub pages: Pages,
    /// The outlines of areas, where the operator supplied them.
    pub boundaries: Option<Boundaries>,
    pub key_limits: KeyLimits,
    /// Texts that wait for signatures.
    pub pending: PendingTexts,
    pub metrics: Metrics,
    pub permits: Permits,
}

impl Counted for Shared {
    fn open_connections(&self) -> &AtomicU64 {
        &self.metrics.connections
    }
}

/// How much of a kind may go on at once.
pub(crate) struct Permits {
    /// Submissions from the last byte of their body to their answer.
    pub submissions: Semaphore,
    /// Blobs being received, of up to 8 MiB each.
    pub uploads: Semaphore,
    /// Large blobs being sent.
    pub downloads: Arc<Semaphore>,
}

/// Reads under a lock whose writer may have panicked: the state is `Failed` then, and what is published stays readable.
pub(crate) fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    /// The published head.
    pub fn head(&self) -> Arc<Published> {
        self.published.borrow().clone()
    }

    /// How the newest heads stand with witnesses and mirrors.
    pub fn witnessed(&self) -> Arc<Witnessed> {
        self.witnessed.borrow().clone()
    }

    /// Gives the sequencer work of the node's own, if there is room. Says whether there was.
    pub fn send_own(&self, job: Job) -> bool {
        self.metrics.queue_length.fetch_add(1, Ordering::Relaxed);
        let is_sent = self.queue.try_send(job).is_ok();
        if !is_sent {
            self.metrics.queue_length.fetch_sub(1, Ordering::Relaxed);
        }
        is_sent
    }

    /// Whether submissions are taken.
    pub fn is_running(&self) -> bool {
        *self.state.borrow() == State::Running
    }

    /// The receipt of the entry at `place` under a head, carrying `note`; none if the head does not have the place.
    pub fn receipt(&self, place: u64, note: Vec<u8>, under: &Published) -> Option<String> {
        let proof = read(&self.tree).inclusion_proof(place, under.head.size).ok()?;
        Some(Receipt::new(note, place, proof, &under.checkpoint).to_text())
    }

    /// The entry at a place, as the log serves it; none if the published head does not have it. Reads a file.
    pub fn entry(&self, place: u64) -> Result<Option<Vec<u8>>, NodeError> {
        let size = self.head().head.size;
        if place >= size {
            return Ok(None);
        }
        let full = u64::from(TILE_WIDTH);
        let index = place / full;
        let width = (size - index * full).min(full) as u16;
        let path = TilePath::Entries { index, width };
        let (path, bytes) = match self.reader.read(&path.to_path())? {
            Some(bytes) => (path, bytes),
            // Partial bundles give way to full ones, and to nothing else.
            None => (path.full(), self.reader.read(&path.full().to_path())?.unwrap_or_default()),
        };
        let damaged = |found: String| NodeError::Damaged { path: path.to_string(), found };
        let entries = entries_of_width(&bytes, path.width()).map_err(|e| damaged(e.to_string()))?;
        Ok(entries.get((place % full) as usize).map(|entry| entry.to_vec()))
    }
}
