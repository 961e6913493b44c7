//! Following the log: look at its head, fetch what is new, check it, store it, fold it, serve it. One thread, the only writer.
//!
//! A head is taken only if its tree continues the one that is held. The entries are appended up to exactly what was signed;
//! a kill in between costs nothing but the rest of the fetching. What is not consistent is refused and told.

use crate::alarm::AlarmKind;
use crate::clock::unix_seconds;
use crate::disk::{MirrorDisk, mark_head};
use crate::error::MirrorError;
use crate::fold;
use crate::fork;
use crate::gather::{self, GatherError};
use crate::held::Relation;
use crate::published::{Published, State};
use crate::shared::{Ending, Shared, read, write};
use hakiki_note::Hash;
use hakiki_store::{Disk as _, Durability, Log};
use hakiki_tlog::checkpoint::CHECKPOINT_MAX_BYTES;
use hakiki_tlog::{Frontier, TILE_WIDTH, VerifiedCheckpoint};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};

const WIDTH: u64 = TILE_WIDTH as u64;
/// Bundles that are fetched at one time, and appended as one batch: at most 4,096 entries, some MiB.
const BUNDLES_AT_ONCE: u64 = 16;
/// Bytes after which a batch is split; a store takes 64 MiB.
const BATCH_BYTES: usize = 32 << 20;
/// Batches that are fetched ahead.
const BATCHES_AHEAD: usize = 2;
/// Looks without news after which what is live is settled.
const QUIET_LOOKS: u32 = 2;
/// The head up to which is being fetched: it stands here before the first entry under it is stored.
const TARGET: &str = "private/target";
/// The largest head that the log itself has shown.
const SHOWN: &str = "private/shown";

/// Something for the follower.
pub(crate) enum Nudge {
    /// Look at once; perhaps at this head, which somebody brought.
    Look(Option<Box<VerifiedCheckpoint>>),
    /// End.
    Stop,
}

/// Why a look came to nothing.
enum Unfollowed {
    /// The log or what it serves; another look may go better.
    Gather(GatherError),
    /// The disk.
    Own(MirrorError),
}

impl From<GatherError> for Unfollowed {
    fn from(error: GatherError) -> Self {
        Self::Gather(error)
    }
}

impl<E: Into<MirrorError>> From<E> for Unfollowed {
    fn from(error: E) -> Self {
        Self::Own(error.into())
    }
}

/// The one writer.
pub(crate) struct Follower {
    pub log: Log<MirrorDisk>,
    /// The right edge of what is held.
    pub frontier: Frontier,
    pub shared: Arc<Shared>,
    pub nudges: Receiver<Nudge>,
    quiet: u32,
    /// The size of the largest head that the log itself has shown.
    largest_shown: u64,
}

impl Follower {
    pub fn new(log: Log<MirrorDisk>, shared: Arc<Shared>, nudges: Receiver<Nudge>) -> Self {
        let mut frontier = Frontier::new();
        {
            let tree = shared.held.tree();
            frontier.extend((0..tree.size()).filter_map(|place| tree.leaf(place)));
        }
        let largest_shown = signed_file(&shared, SHOWN).map_or(0, |shown| shown.head().size);
        Self { log, frontier, shared, nudges, quiet: 0, largest_shown }
    }

    /// Follows until told to stop, or until the copy cannot be written.
    pub fn run(mut self) {
        loop {
            let brought = match self.nudges.recv_timeout(self.shared.settings.every) {
                Ok(Nudge::Stop) | Err(RecvTimeoutError::Disconnected) => break,
                Ok(Nudge::Look(brought)) => brought,
                Err(RecvTimeoutError::Timeout) => None,
            };
            if self.shared.is_stopping() {
                break;
            }
            if let Err(failed) = self.look(brought) {
                tracing::error!(%failed, "the copy cannot be written");
                self.shared.end(Ending::Failed(failed.to_string()));
                return;
            }
        }
        if let Err(failed) = self.log.settle() {
            self.shared.end(Ending::Failed(failed.to_string()));
        }
    }

    /// One look at the log, and at a head that somebody brought.
    fn look(&mut self, brought: Option<Box<VerifiedCheckpoint>>) -> Result<(), MirrorError> {
        let shared = self.shared.clone();
        let seen = self.newest();
        if let Some(seen) = &seen {
            self.note_shown(seen)?;
        }
        self.quiet = self.quiet.saturating_add(1);
        let seen = seen.map(|seen| (true, seen));
        let brought = brought.map(|brought| (false, *brought));
        for (is_shown, checkpoint) in seen.into_iter().chain(brought) {
            let about = shared.settings.source.clone();
            match self.consider(&checkpoint) {
                Ok(()) => shared.alarms.lower(AlarmKind::Altered, &about),
                Err(Unfollowed::Own(failed)) => return Err(failed),
                Err(Unfollowed::Gather(GatherError::Altered { path, found })) => {
                    let found = format!("{path}: {found}; nothing of it was stored");
                    shared.alarms.raise(AlarmKind::Altered, about, found);
                }
                Err(Unfollowed::Gather(error)) if is_shown => {
                    shared.set_origin(|origin| origin.problem = Some(error.to_string()));
                }
                // A head that somebody brought, and that the log does not serve (yet).
                Err(Unfollowed::Gather(error)) => tracing::debug!(%error, "a head that was brought waits"),
            }
        }
        if read(&shared.ledger).size() < shared.held.tree().size() && fold::catch_up(&shared)? {
            self.renew_states()?;
        }
        if self.quiet == QUIET_LOOKS {
            self.log.settle()?;
        }
        Ok(())
    }

    /// The head that the log shows, if its key signed it.
    fn newest(&self) -> Option<VerifiedCheckpoint> {
        let shared = &self.shared;
        let about = &shared.settings.source;
        match shared.remote.read("checkpoint", CHECKPOINT_MAX_BYTES as u64) {
            Ok(bytes) => match VerifiedCheckpoint::open(&bytes, &shared.log_key) {
                Ok(checkpoint) => {
                    shared.alarms.lower(AlarmKind::Unsigned, about);
                    shared.set_origin(|origin| {
                        origin.answered_unix_s = Some(unix_seconds());
                        origin.problem = None;
                        origin.size = checkpoint.head().size;
                    });
                    Some(checkpoint)
                }
                Err(refused) => {
                    let found = format!("no head of the pinned log: {refused}; this proves nothing");
                    shared.alarms.raise(AlarmKind::Unsigned, about, found);
                    None
                }
            },
            Err(error) => {
                shared.set_origin(|origin| origin.problem = Some(error.to_string()));
                None
            }
        }
    }

    /// Tells a head that is smaller than one that the log itself showed before. Heads that others brought may be newer.
    fn note_shown(&mut self, seen: &VerifiedCheckpoint) -> Result<(), MirrorError> {
        let (size, about) = (seen.head().size, &self.shared.settings.source);
        if size < self.largest_shown {
            let found = format!("it shows a head of size {size}, after one of {}", self.largest_shown);
            self.shared.alarms.raise(AlarmKind::Shrunk, about, found);
            return Ok(());
        }
        self.shared.alarms.lower(AlarmKind::Shrunk, about);
        if size > self.largest_shown {
            self.largest_shown = size;
            let failed = MirrorError::system("writing what the log has shown");
            let text = seen.to_text();
            self.shared.disk.replace(SHOWN, text.as_bytes(), Durability::Later).map_err(failed)?;
        }
        Ok(())
    }

    /// Takes a signed head, or refuses it.
    fn consider(&mut self, checkpoint: &VerifiedCheckpoint) -> Result<(), Unfollowed> {
        let head = checkpoint.head();
        let about = self.shared.settings.source.clone();
        match self.shared.held.relation(&head) {
            Relation::Other(_) => {
                fork::against_held(&self.shared, checkpoint, &about);
                return Ok(());
            }
            Relation::Held => {}
            Relation::Ahead => {
                self.quiet = 0;
                self.fetch(checkpoint)?;
                if self.shared.held.relation(&head) != Relation::Held {
                    return Ok(());
                }
            }
        }
        self.shared.alarms.lower(AlarmKind::Unproved, &about);
        self.publish(checkpoint)?;
        Ok(())
    }

    /// Fetches up to a signed head. If its tree does not continue what is held, nothing is stored.
    fn fetch(&mut self, checkpoint: &VerifiedCheckpoint) -> Result<(), Unfollowed> {
        let head = checkpoint.head();
        let held = self.log.head().size;
        let first_tile = held / WIDTH;
        let mut leaves = gather::leaves(&self.shared.remote, first_tile, head.size)?;
        let known = usize::try_from(held - first_tile * WIDTH).unwrap_or(usize::MAX);
        let new = leaves.split_off(known.min(leaves.len()));
        let is_same = {
            let tree = self.shared.held.tree();
            leaves.iter().zip(first_tile * WIDTH..).all(|(leaf, place)| tree.leaf(place) == Some(*leaf))
        };
        let mut frontier = self.frontier.clone();
        frontier.extend(new.iter().copied());
        if !is_same || frontier.head() != head {
            let all = gather::leaves(&self.shared.remote, 0, head.size)?;
            fork::against_tiles(&self.shared, checkpoint, &all, &self.shared.settings.source);
            return Ok(());
        }
        let failed = MirrorError::system("writing which head is fetched");
        self.shared.disk.replace(TARGET, checkpoint.to_text().as_bytes(), Durability::Now).map_err(failed)?;
        self.store(held, &new)
    }

    /// Fetches and appends the entries of verified leaves, a batch fetched while the one before is stored and folded.
    fn store(&mut self, from: u64, leaves: &[Hash]) -> Result<(), Unfollowed> {
        let shared = self.shared.clone();
        std::thread::scope(|scope| {
            let (send, receive) = sync_channel(BATCHES_AHEAD);
            let remote = &shared.remote;
            scope.spawn(move || fetch_batches(remote, from, leaves, &send));
            for batch in receive {
                self.append(batch?)?;
                if self.shared.is_stopping() {
                    break;
                }
            }
            Ok(())
        })
    }

    fn append(&mut self, entries: Vec<Vec<u8>>) -> Result<(), Unfollowed> {
        let mut rest = entries;
        while !rest.is_empty() {
            let mut bytes = 0;
            let fits = |entry: &Vec<u8>| {
                bytes += entry.len() + 2;
                bytes <= BATCH_BYTES
            };
            let end = rest.iter().map(fits).take_while(|fits| *fits).count().max(1);
            let behind = rest.split_off(end);
            let parsed = fold::parse(&rest);
            let appended = self.log.append(rest, &mut mark_head(self.shared.held.origin()))?;
            self.frontier.extend(appended.leaf_hashes.iter().copied());
            self.shared.held.extend(&appended.leaf_hashes);
            fold::fold(&self.shared, appended.first_index, parsed);
            rest = behind;
        }
        Ok(())
    }

    /// Serves a head whose every entry is held, if it is newer or carries more signatures than the one that is served.
    fn publish(&mut self, checkpoint: &VerifiedCheckpoint) -> Result<(), MirrorError> {
        let known = self.shared.head();
        if known.is_none_or(|known| known.gives_way_to(checkpoint)) {
            let published = Published::new(checkpoint.clone());
            State::Signed.write(&self.shared.disk, &published)?;
            self.shared.published.send_replace(Some(Arc::new(published)));
            self.shared.pages.move_on();
        }
        self.renew_states()
    }

    /// Takes the newest cosigned head and the newest that rivals hold, from the log or from what is served here.
    fn renew_states(&mut self) -> Result<(), MirrorError> {
        let (quorum, has_mirrors) = {
            let ledger = read(&self.shared.ledger);
            (ledger.witness_policy().quorum, !ledger.witness_policy().mirrors.is_empty())
        };
        if quorum > 0 {
            self.renew(State::Cosigned)?;
        }
        if has_mirrors {
            self.renew(State::Held)?;
        }
        Ok(())
    }

    fn renew(&self, state: State) -> Result<(), MirrorError> {
        let shared = &self.shared;
        let shown = shared.remote.read(state.path(), CHECKPOINT_MAX_BYTES as u64).ok();
        let shown = shown.and_then(|bytes| VerifiedCheckpoint::open(&bytes, &shared.log_key).ok());
        let own = shared.head().map(|head| head.checkpoint.clone());
        for checkpoint in shown.into_iter().chain(own) {
            match shared.held.relation(&checkpoint.head()) {
                Relation::Held => {}
                Relation::Ahead => continue,
                Relation::Other(_) => {
                    fork::against_held(shared, &checkpoint, &shared.settings.source);
                    continue;
                }
            }
            let standing = read(&shared.ledger).witness_policies().standing(&checkpoint);
            let reached = match state {
                State::Cosigned => standing.is_cosigned(),
                State::Held => standing.is_held(),
                State::Signed => false,
            };
            let slot = if state == State::Held { &shared.held_by_rivals } else { &shared.cosigned };
            let is_newer = read(slot).as_ref().is_none_or(|known| known.gives_way_to(&checkpoint));
            if reached && is_newer {
                let published = Published::new(checkpoint);
                state.write(&shared.disk, &published)?;
                *write(slot) = Some(Arc::new(published));
                shared.pages.move_on();
            }
        }
        Ok(())
    }
}

type Batch = Result<Vec<Vec<u8>>, GatherError>;

fn fetch_batches(remote: &crate::remote::Remote, from: u64, leaves: &[Hash], send: &SyncSender<Batch>) {
    let (mut bundle, last) = (from / WIDTH, (from + leaves.len() as u64).div_ceil(WIDTH));
    while bundle < last {
        let end = (bundle + BUNDLES_AT_ONCE).min(last);
        let batch = gather::entries(remote, bundle..end, from, leaves);
        let is_end = batch.is_err();
        if send.send(batch).is_err() || is_end {
            return;
        }
        bundle = end;
    }
}

/// The head up to which was being fetched when the mirror last ended: signed, and consistent with all that is held.
pub(crate) fn target(shared: &Shared) -> Option<VerifiedCheckpoint> {
    signed_file(shared, TARGET)
}

fn signed_file(shared: &Shared, path: &str) -> Option<VerifiedCheckpoint> {
    let bytes = shared.disk.read(path).ok().flatten()?;
    VerifiedCheckpoint::open(&bytes, &shared.log_key).ok()
}
