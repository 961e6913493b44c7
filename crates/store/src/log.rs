//! The log and its one writer.
//!
//! An append goes in this order, and stops at the first step that fails:
//!
//! 1. *stage*: the entries with the old and the new head, durable, where only the writer looks;
//! 2. *swap*: the locked head moves from the old to the new one, durable, by compare-and-swap;
//! 3. *apply*: tiles and bundles get their names, durable later;
//! 4. *publish*: the new head is signed, and its checkpoint takes the place of the old one, durable later.
//!
//! After 2 the batch is in the log, whatever happens: [`crate::recovery`] finishes it from the staged file.
//! Nothing is signed and no served path is written before. Staged files stay until [`Log::settle`] has made
//! the files of 3 and 4 durable, so an answer waits for two files and their two directories to be synced,
//! and for no more.
//!
//! This file holds no key and knows no clock. What an entry means is not its business.

use crate::blob::Blobs;
use crate::disk::{Disk, Durability};
use crate::error::{Shown, SignFailure, StoreError, disk_error};
use crate::partials::Partials;
use crate::reader::Reader;
use crate::recovery::Recovery;
use crate::staging::Batch;
use crate::{layout, published};
use hakiki_note::Hash;
use hakiki_tlog::plan::{Plan, RightEdge};
use hakiki_tlog::tile::{ENTRY_MAX_BYTES, TilePath};
use hakiki_tlog::{Head, Origin};
use std::io::ErrorKind;
use std::sync::Arc;

/// Most entries of one batch: 256 full bundles.
pub const BATCH_ENTRIES_MAX: usize = 65_536;

/// Most bytes of one batch's entries with their lengths: 1,024 of the longest entries, or 20,000 of 3 KiB. A
/// staged file is no longer than this and 300 bytes.
pub const BATCH_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Batches after which the next append settles first: some 64 × 4 files to sync, a fraction of a second.
pub const SETTLE_BATCHES: usize = 64;

/// Staged bytes after which the next append settles first. With [`BATCH_BYTES_MAX`] this bounds what a start
/// has to read and replay by 128 MiB: about a second.
pub const SETTLE_BYTES: u64 = 64 * 1024 * 1024;

/// Signs a head: gives the signed checkpoint, or says why not.
pub type SignHead<'a> = dyn FnMut(&Head) -> Result<String, SignFailure> + 'a;

/// What an append did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// The index of the batch's first entry.
    pub first_index: u64,
    /// The head after the batch.
    pub head: Head,
    /// The signed checkpoint of that head, as published.
    pub checkpoint: String,
    /// The leaf hash of each entry, in order.
    pub leaf_hashes: Vec<Hash>,
}

/// A log on a disk, held by its one writer.
#[derive(Debug)]
pub struct Log<D: Disk> {
    pub(crate) disk: Arc<D>,
    pub(crate) origin: Origin,
    pub(crate) edge: RightEdge,
    pub(crate) head: Head,
    pub(crate) checkpoint: String,
    pub(crate) unsettled: Unsettled,
    pub(crate) partials: Partials,
    pub(crate) recovery: Recovery,
    pub(crate) poisoned: bool,
    pub(crate) _lock: D::Lock,
}

/// What is live and not yet known to be durable.
#[derive(Debug, Default)]
pub(crate) struct Unsettled {
    pub staged: Vec<String>,
    pub files: Vec<String>,
    pub bytes: u64,
}

impl<D: Disk> Log<D> {
    /// Makes an empty log and publishes its first checkpoint. Refuses a directory that holds one.
    pub fn create(disk: Arc<D>, origin: &Origin, sign: &mut SignHead) -> Result<Self, StoreError> {
        let lock = lock(&*disk)?;
        refuse_existing(&*disk)?;
        let head = Head::empty();
        let text = published::text(origin, &head);
        disk.create(layout::HEAD, text.as_bytes(), Durability::Now)
            .map_err(disk_error("write", layout::HEAD))?;
        let checkpoint = published::sign(origin, &head, sign)?;
        disk.replace(layout::CHECKPOINT, checkpoint.as_bytes(), Durability::Now)
            .map_err(disk_error("publish", layout::CHECKPOINT))?;
        Ok(Self {
            disk,
            origin: origin.clone(),
            edge: RightEdge::empty(),
            head,
            checkpoint,
            unsettled: Unsettled::default(),
            partials: Partials::default(),
            recovery: Recovery::default(),
            poisoned: false,
            _lock: lock,
        })
    }

    /// The locked head.
    pub fn head(&self) -> Head {
        self.head
    }

    /// The published checkpoint.
    pub fn checkpoint(&self) -> &str {
        &self.checkpoint
    }

    /// What opening the log had to do.
    pub fn recovery(&self) -> Recovery {
        self.recovery
    }

    /// A handle for reading what is served.
    pub fn reader(&self) -> Reader<D> {
        Reader::new(self.disk.clone())
    }

    /// A handle on the blobs.
    pub fn blobs(&self) -> Blobs<D> {
        Blobs::new(self.disk.clone())
    }

    /// Appends a batch. When it returns, the entries survive a loss of power, their head is signed and
    /// published.
    ///
    /// A batch of the wrong size is refused and changes nothing (S111). After any other error the log takes
    /// no more appends (S109) until it is opened again; whether the batch is in it is known then.
    pub fn append(&mut self, entries: Vec<Vec<u8>>, sign: &mut SignHead) -> Result<Appended, StoreError> {
        self.usable()?;
        check_batch(&entries)?;
        if self.is_settle_due() {
            self.settle()?;
        }
        let plan = self.edge.plan(&entries).map_err(|refused| StoreError::Size {
            what: "a batch for this log",
            found: entries.len() as u64,
            allowed: refused.to_string(),
        })?;
        let batch = Batch { old: self.head, new: plan.head, entries };
        let done = self.commit(&batch, plan, sign);
        self.poisoned = done.is_err();
        done
    }

    fn commit(&mut self, batch: &Batch, plan: Plan, sign: &mut SignHead) -> Result<Appended, StoreError> {
        let staged = layout::staged(batch.old.size, batch.new.size);
        let bytes = batch.to_bytes();
        self.disk.create(&staged, &bytes, Durability::Now).map_err(disk_error("stage", &staged))?;
        self.swap_head(&batch.old, &batch.new)?;
        self.head = batch.new;
        self.unsettled.staged.push(staged);
        self.unsettled.bytes += bytes.len() as u64;
        self.apply(&plan.objects)?;
        self.publish(sign)?;
        let appended = Appended {
            first_index: plan.first_index,
            head: self.head,
            checkpoint: self.checkpoint.clone(),
            leaf_hashes: plan.leaf_hashes.clone(),
        };
        self.edge = plan.into_edge();
        Ok(appended)
    }

    /// Moves the locked head from `old` to `new`, if it still is `old`.
    fn swap_head(&self, old: &Head, new: &Head) -> Result<(), StoreError> {
        let found = published::read_locked(&*self.disk, &self.origin)?;
        if found != *old {
            return Err(StoreError::HeadDisagrees {
                path: layout::HEAD.to_owned(),
                head: Shown(*old),
                found: format!("another writer moved it to {}", Shown(found)),
            });
        }
        self.lock_head(new)
    }

    /// Makes `head` the locked head, durably.
    pub(crate) fn lock_head(&self, head: &Head) -> Result<(), StoreError> {
        let text = published::text(&self.origin, head);
        self.disk
            .replace(layout::HEAD, text.as_bytes(), Durability::Now)
            .map_err(disk_error("write", layout::HEAD))
    }

    /// Gives tiles and bundles their names; gives the number of those that a loss of power had damaged.
    pub(crate) fn apply(&mut self, objects: &[(TilePath, Vec<u8>)]) -> Result<u64, StoreError> {
        let mut repaired = 0;
        for (path, bytes) in objects {
            let place = layout::tile(path);
            match self.disk.create(&place, bytes, Durability::Later) {
                Err(e) if e.kind() == ErrorKind::AlreadyExists => {
                    repaired += u64::from(self.keep_or_repair(&place, bytes)?);
                }
                done => done.map_err(disk_error("write", &place))?,
            }
            self.partials.insert(*path);
            self.unsettled.files.push(place);
        }
        Ok(repaired)
    }

    /// A name that is taken holds these bytes, or what a loss of power left of them.
    fn keep_or_repair(&self, place: &str, bytes: &[u8]) -> Result<bool, StoreError> {
        let found = self.disk.read(place).map_err(disk_error("read", place))?.unwrap_or_default();
        if found == bytes {
            return Ok(false);
        }
        if !is_torn(&found, bytes) {
            return Err(StoreError::HeadDisagrees {
                path: place.to_owned(),
                head: Shown(self.head),
                found: "its bytes are not those that the staged batch leads to, nor cut short".to_owned(),
            });
        }
        self.disk.replace(place, bytes, Durability::Later).map_err(disk_error("repair", place))?;
        Ok(true)
    }

    /// Has the locked head signed and publishes its checkpoint.
    pub(crate) fn publish(&mut self, sign: &mut SignHead) -> Result<(), StoreError> {
        let checkpoint = published::sign(&self.origin, &self.head, sign)?;
        self.replace_checkpoint(checkpoint)
    }

    /// Publishes the head's checkpoint again, with the signature lines of its witnesses.
    ///
    /// Refuses a checkpoint of another head or origin (S110) and changes nothing. Does not verify signatures.
    pub fn publish_cosigned(&mut self, checkpoint: String) -> Result<(), StoreError> {
        self.usable()?;
        published::check(&self.origin, &self.head, &checkpoint)?;
        let done = self.replace_checkpoint(checkpoint);
        self.poisoned = done.is_err();
        done
    }

    fn replace_checkpoint(&mut self, checkpoint: String) -> Result<(), StoreError> {
        self.disk
            .replace(layout::CHECKPOINT, checkpoint.as_bytes(), Durability::Later)
            .map_err(disk_error("publish", layout::CHECKPOINT))?;
        self.checkpoint = checkpoint;
        Ok(())
    }

    /// Whether the next append would settle before it begins. A sequencer that is idle does it sooner.
    pub fn is_settle_due(&self) -> bool {
        self.unsettled.staged.len() >= SETTLE_BATCHES || self.unsettled.bytes >= SETTLE_BYTES
    }

    /// Makes everything that is live durable, and then removes what is no longer needed: the staged batches,
    /// and partial tiles whose full tile was durable and published one settling ago.
    pub fn settle(&mut self) -> Result<(), StoreError> {
        self.usable()?;
        let done = self.settle_all();
        self.poisoned = done.is_err();
        done
    }

    pub(crate) fn settle_all(&mut self) -> Result<(), StoreError> {
        self.unsettled.files.push(layout::CHECKPOINT.to_owned());
        self.disk.sync(&self.unsettled.files).map_err(disk_error("sync", layout::LOG))?;
        for staged in &self.unsettled.staged {
            self.disk.remove(staged).map_err(disk_error("remove", staged))?;
        }
        self.unsettled = Unsettled::default();
        self.partials.remove_superseded(&*self.disk)?;
        self.partials.settled_size = self.head.size;
        Ok(())
    }

    fn usable(&self) -> Result<(), StoreError> {
        if self.poisoned { Err(StoreError::Poisoned) } else { Ok(()) }
    }
}

/// Takes the writer's lock.
pub(crate) fn lock<D: Disk>(disk: &D) -> Result<D::Lock, StoreError> {
    disk.lock().map_err(disk_error("lock", layout::LOCK))?.ok_or(StoreError::Locked)
}

fn refuse_existing(disk: &impl Disk) -> Result<(), StoreError> {
    for path in [layout::HEAD, layout::CHECKPOINT, layout::TILES, layout::STAGING] {
        if disk.exists(path).map_err(disk_error("look for", path))? {
            return Err(StoreError::Exists { path: path.to_owned() });
        }
    }
    Ok(())
}

fn check_batch(entries: &[Vec<u8>]) -> Result<(), StoreError> {
    let refuse = |what, found: u64, allowed: String| Err(StoreError::Size { what, found, allowed });
    if entries.is_empty() || entries.len() > BATCH_ENTRIES_MAX {
        return refuse("a batch", entries.len() as u64, format!("1 to {BATCH_ENTRIES_MAX} entries"));
    }
    if let Some(long) = entries.iter().find(|entry| entry.len() > ENTRY_MAX_BYTES) {
        return refuse("an entry", long.len() as u64, format!("{ENTRY_MAX_BYTES} bytes"));
    }
    let bytes = entries.iter().map(|entry| entry.len() as u64 + 2).sum();
    if bytes > BATCH_BYTES_MAX {
        return refuse("a batch", bytes, format!("{BATCH_BYTES_MAX} bytes"));
    }
    Ok(())
}

/// Whether `found` is what a loss of power can leave of a file with the bytes `whole`: cut short, or zero in
/// places.
pub(crate) fn is_torn(found: &[u8], whole: &[u8]) -> bool {
    found.len() <= whole.len() && found.iter().zip(whole).all(|(found, whole)| found == whole || *found == 0)
}
