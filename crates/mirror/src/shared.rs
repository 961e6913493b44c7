//! What all parts of a running mirror share. Only the follower writes the copy, the fold and the served heads.

use crate::alarm::Alarms;
use crate::collect::Collector;
use crate::error::MirrorError;
use crate::fetched::{BlobFetcher, StoredTables};
use crate::follow::Nudge;
use crate::held::Held;
use crate::images::Images;
use crate::limits::KeyLimits;
use crate::published::{Published, State};
use crate::queue::Queue;
use crate::remote::Remote;
use crate::settings::Settings;
use crate::stamps::Stamps;
use hakiki_core::Ledger;
use hakiki_note::{Hash, VerifierKey};
use hakiki_portal::Boundaries;
use hakiki_site::{Pages, Shown};
use hakiki_store::{PosixDisk, Reader};
use hakiki_tlog::Receipt;
use hakiki_witness::Heads;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;
use tokio::sync::{Semaphore, watch};

/// How it stands with the log that is followed.
#[derive(Debug, Clone, Default)]
pub(crate) struct OriginState {
    /// When it last answered with a head that it signed, by this machine's clock.
    pub answered_unix_s: Option<u64>,
    /// Why the last look failed.
    pub problem: Option<String>,
    /// The size that it showed last.
    pub size: u64,
}

/// Counters.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub requests: AtomicU64,
    pub connections: AtomicU64,
    pub submissions: AtomicU64,
    pub relayed: AtomicU64,
    /// Whether the log did not answer the last submission: senders are not made to wait for it then.
    pub is_silent: AtomicBool,
    pub stamped: AtomicU64,
    pub cosigned: AtomicU64,
}

/// How much of a kind may go on at once.
pub(crate) struct Permits {
    pub submissions: Semaphore,
    pub downloads: Arc<Semaphore>,
}

/// What all parts of a mirror share.
pub(crate) struct Shared {
    pub settings: Settings,
    pub log_key: VerifierKey,
    pub fingerprint: Hash,
    pub disk: Arc<PosixDisk>,
    pub reader: Reader<PosixDisk>,
    /// The log, as it is followed.
    pub remote: Remote,
    pub fetcher: BlobFetcher,
    pub held: Arc<Held>,
    /// The fold. Only for looking things up: the follower waits for whoever reads it.
    pub ledger: RwLock<Ledger>,
    /// A second fold, for those who read long.
    pub shown: Arc<Shown>,
    /// The pages that are made from it.
    pub pages: Pages,
    /// The outlines of areas, where the operator supplied them.
    pub boundaries: Option<Boundaries>,
    pub published: watch::Sender<Option<Arc<Published>>>,
    pub cosigned: RwLock<Option<Arc<Published>>>,
    pub held_by_rivals: RwLock<Option<Arc<Published>>>,
    pub alarms: Arc<Alarms>,
    pub origin: Mutex<OriginState>,
    pub images: Images,
    pub nudge: SyncSender<Nudge>,
    pub heads: Option<Heads>,
    pub stamps: Option<Stamps>,
    pub collector: Option<Collector>,
    pub queue: Queue,
    pub key_limits: KeyLimits,
    pub counters: Counters,
    pub permits: Permits,
    /// Set when the mirror stops, or why it cannot go on.
    pub ending: watch::Sender<Option<Ending>>,
}

/// Why a mirror ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ending {
    /// It was asked to.
    Asked,
    /// The copy cannot be written.
    Failed(String),
}

/// Reads under a lock whose writer may have panicked: what is there stays readable.
pub(crate) fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

/// Writes under a lock whose writer may have panicked.
pub(crate) fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    /// The newest signed head that is held, if one is.
    pub fn head(&self) -> Option<Arc<Published>> {
        self.published.borrow().clone()
    }

    /// A head by its state.
    pub fn head_of(&self, state: State) -> Option<Arc<Published>> {
        match state {
            State::Signed => self.head(),
            State::Cosigned => read(&self.cosigned).clone(),
            State::Held => read(&self.held_by_rivals).clone(),
        }
    }

    /// How it stands with the log.
    pub fn origin(&self) -> OriginState {
        self.origin.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes how it stands with the log.
    pub fn set_origin(&self, change: impl FnOnce(&mut OriginState)) {
        change(&mut self.origin.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Tables that are here.
    pub fn stored_tables(&self) -> StoredTables {
        StoredTables(self.fetcher.blobs.clone())
    }

    /// The entry at a place under the newest head.
    pub fn entry(&self, place: u64) -> Result<Option<Vec<u8>>, MirrorError> {
        let size = self.head().map_or(0, |head| head.size());
        if place >= size {
            return Ok(None);
        }
        crate::restore::entry(&self.reader, place, self.held.tree().size())
    }

    /// The receipt of a record by its id: under the head that rivals hold, else the cosigned, else the newest.
    pub fn receipt(&self, id: &Hash) -> Result<Option<String>, MirrorError> {
        let Some(place) = read(&self.ledger).place_of(id) else { return Ok(None) };
        let Some(note) = self.entry(place)? else { return Ok(None) };
        let heads = [State::Held, State::Cosigned, State::Signed].map(|state| self.head_of(state));
        let Some(under) = heads.into_iter().flatten().find(|head| place < head.size()) else {
            return Ok(None);
        };
        let proof = self.held.tree().inclusion_proof(place, under.size());
        Ok(proof.ok().map(|proof| Receipt::new(note, place, proof, &under.checkpoint).to_text()))
    }

    /// Whether the mirror is to end.
    pub fn is_stopping(&self) -> bool {
        self.ending.borrow().is_some()
    }

    /// Ends the mirror: the first reason stands.
    pub fn end(&self, ending: Ending) {
        self.ending.send_if_modified(|known| {
            let is_first = known.is_none();
            known.get_or_insert(ending);
            is_first
        });
    }

    /// Sleeps on a thread, and wakes soon after the mirror is to end.
    pub fn wait_for_stop(&self, most: Duration) {
        let part = Duration::from_millis(50);
        let mut left = most;
        while !left.is_zero() && !self.is_stopping() {
            std::thread::sleep(part.min(left));
            left = left.saturating_sub(part);
        }
    }
}
