//! The log and its one writer.
//!
//! An append goes in this order, and stops at the first step that fails:
//!
//! 1. *stage*: the entries with the old and the new head, durable in the journal, where only the writer looks;
//! 2. *swap*: the locked head moves from the old to the new one, durable, by compare-and-swap;
//! 3. *apply*: tiles and bundles get their names, durable later;
//! 4. *publish*: the new head is signed, and its checkpoint takes the place of the old one, durable later.
//!
//! After 2 the batch is in the log, whatever happens: [`crate::recovery`] finishes it from the journal. Nothing is
//! signed and no served path is written before. The journal keeps a batch until [`crate::settling`] has made the files
//! of 3 and 4 durable, so an answer waits for two syncs of files that are there, and for no more.
//!
//! This file holds no key and knows no clock. What an entry means is not its business.

use crate::blob::Blobs;
use crate::disk::{Disk, Durability};
use crate::error::{Shown, SignFailure, StoreError, disk_error};
use crate::journal::Batch;
use crate::locked::{Locked, Needed};
use crate::partials::Partials;
use crate::reader::Reader;
use crate::recovery::Recovery;
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
/// frame of the journal is no longer than this and 512 bytes.
pub const BATCH_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Files after which settling is due: a fraction of a second of syncing.
pub const SETTLE_FILES: usize = 256;

/// Bytes in the journal after which settling is due.
pub const SETTLE_BYTES: u64 = 64 * 1024 * 1024;

/// Bytes in one generation of the journal after which nothing is appended before a settling that is out is finished.
/// A start has to read and replay at most twice this: a second or two.
pub const JOURNAL_BYTES_MAX: u64 = 128 * 1024 * 1024;

/// Stands after the last frame, until the next is written over it, so that what an older and longer frame left behind
/// (bytes of entries, which strangers wrote) is never read as a frame.
const END_MARK: [u8; 64] = [0; 64];

/// Signs a head: gives the signed checkpoint, or says why not.
pub type SignHead<'a> = dyn FnMut(&Head) -> Result<String, SignFailure> + 'a;

/// What an append did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// The index of the batch's first entry.
    pub first_index: u64,
    /// The head after the batch.
    pub head: Head,
    /// The signed checkpoint of that head.
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
    pub(crate) locked: Locked,
    pub(crate) checkpoint: String,
    /// Whether `checkpoint` is newer than its file.
    pub(crate) is_unpublished: bool,
    pub(crate) unsettled: Unsettled,
    pub(crate) partials: Partials,
    pub(crate) recovery: Recovery,
    pub(crate) poisoned: bool,
    pub(crate) _lock: D::Lock,
}

/// What is live and not yet known to be durable.
#[derive(Debug, Default)]
pub(crate) struct Unsettled {
    /// Tiles and bundles.
    pub files: Vec<String>,
    /// Whether the checkpoint is.
    pub is_published: bool,
}

impl<D: Disk> Log<D> {
    /// Makes an empty log and publishes its first checkpoint. Refuses a directory that holds one.
    pub fn create(disk: Arc<D>, origin: &Origin, sign: &mut SignHead) -> Result<Self, StoreError> {
        let lock = lock(&*disk)?;
        refuse_existing(&*disk)?;
        for generation in 0..2 {
            let path = layout::journal(generation);
            make_journal(&*disk, &path)?;
        }
        let (locked, bytes) = Locked::first_file(origin);
        disk.create(layout::HEAD, &bytes, Durability::Now).map_err(disk_error("write", layout::HEAD))?;
        let checkpoint = published::sign(origin, &locked.head, sign)?;
        disk.replace(layout::CHECKPOINT, checkpoint.as_bytes(), Durability::Now)
            .map_err(disk_error("publish", layout::CHECKPOINT))?;
        Ok(Self {
            disk,
            origin: origin.clone(),
            edge: RightEdge::empty(),
            locked,
            checkpoint,
            is_unpublished: false,
            unsettled: Unsettled::default(),
            partials: Partials::default(),
            recovery: Recovery::default(),
            poisoned: false,
            _lock: lock,
        })
    }

    /// The locked head.
    pub fn head(&self) -> Head {
        self.locked.head
    }

    /// The newest signed checkpoint.
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
        let appended = self.append_unpublished(entries, sign)?;
        self.publish_signed()?;
        Ok(appended)
    }

    /// Appends a batch as [`Self::append`] does, but for the file of the checkpoint: a caller that serves checkpoints from
    /// memory, many a second, has it written now and then by [`Self::publish_signed`]. Settling writes it too.
    pub fn append_unpublished(
        &mut self,
        entries: Vec<Vec<u8>>,
        sign: &mut SignHead,
    ) -> Result<Appended, StoreError> {
        self.usable()?;
        check_batch(&entries)?;
        if self.is_settle_due() && self.locked.needed.before.is_none() {
            self.settle()?;
        }
        let Needed { end, before, .. } = self.locked.needed;
        if before.is_some() && end >= JOURNAL_BYTES_MAX {
            return Err(StoreError::Unsettled { bytes: end });
        }
        let plan = self.edge.plan(&entries).map_err(|refused| StoreError::Size {
            what: "a batch for this log",
            found: entries.len() as u64,
            allowed: refused.to_string(),
        })?;
        let batch = Batch { old: self.locked.head, new: plan.head, entries };
        let done = self.commit(&batch, plan, sign);
        self.poisoned = done.is_err();
        done
    }

    fn commit(&mut self, batch: &Batch, plan: Plan, sign: &mut SignHead) -> Result<Appended, StoreError> {
        let end = self.stage(batch)?;
        self.swap_head(batch.new, end)?;
        self.apply(&plan.objects)?;
        self.checkpoint = published::sign(&self.origin, &self.locked.head, sign)?;
        self.is_unpublished = true;
        let appended = Appended {
            first_index: plan.first_index,
            head: self.locked.head,
            checkpoint: self.checkpoint.clone(),
            leaf_hashes: plan.leaf_hashes.clone(),
        };
        self.edge = plan.into_edge();
        Ok(appended)
    }

    /// Writes a batch into the journal, durably; gives where it ends.
    pub(crate) fn stage(&self, batch: &Batch) -> Result<u64, StoreError> {
        let Needed { generation, end, .. } = self.locked.needed;
        let (path, mut frame) = (layout::journal(generation), batch.to_frame(generation));
        let length = frame.len() as u64;
        frame.extend_from_slice(&END_MARK);
        self.disk.overwrite(&path, end, &frame).map_err(disk_error("stage a batch in", &path))?;
        Ok(end + length)
    }

    /// Moves the locked head to `new`, if it still is where this writer left it.
    fn swap_head(&mut self, new: Head, end: u64) -> Result<(), StoreError> {
        let found = Locked::read(&*self.disk, &self.origin)?;
        if (found.number, found.head) != (self.locked.number, self.locked.head) {
            return Err(StoreError::HeadDisagrees {
                path: layout::HEAD.to_owned(),
                head: Shown(self.locked.head),
                found: format!("another writer moved it to {}", Shown(found.head)),
            });
        }
        self.move_head(new, Needed { end, ..self.locked.needed })
    }

    /// Writes the locked head, durably.
    pub(crate) fn move_head(&mut self, head: Head, needed: Needed) -> Result<(), StoreError> {
        self.locked = self.locked.advance(&*self.disk, &self.origin, head, needed)?;
        Ok(())
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
                head: Shown(self.locked.head),
                found: "its bytes are not those that the journal leads to, nor cut short".to_owned(),
            });
        }
        self.disk.replace(place, bytes, Durability::Later).map_err(disk_error("repair", place))?;
        Ok(true)
    }

    /// Has the locked head signed and publishes its checkpoint.
    pub(crate) fn publish(&mut self, sign: &mut SignHead) -> Result<(), StoreError> {
        let checkpoint = published::sign(&self.origin, &self.locked.head, sign)?;
        self.replace_checkpoint(checkpoint)
    }

    /// Publishes the head's checkpoint again, with the signature lines of its witnesses.
    ///
    /// Refuses a checkpoint of another head or origin (S110) and changes nothing. Does not verify signatures.
    pub fn publish_cosigned(&mut self, checkpoint: String) -> Result<(), StoreError> {
        self.usable()?;
        published::check(&self.origin, &self.locked.head, &checkpoint)?;
        let done = self.replace_checkpoint(checkpoint);
        self.poisoned = done.is_err();
        done
    }

    /// Publishes the newest signed checkpoint, if it is not published yet.
    pub fn publish_signed(&mut self) -> Result<(), StoreError> {
        self.usable()?;
        if !self.is_unpublished {
            return Ok(());
        }
        let done = self.replace_checkpoint(self.checkpoint.clone());
        self.poisoned = done.is_err();
        done
    }

    fn replace_checkpoint(&mut self, checkpoint: String) -> Result<(), StoreError> {
        self.disk
            .replace(layout::CHECKPOINT, checkpoint.as_bytes(), Durability::Later)
            .map_err(disk_error("publish", layout::CHECKPOINT))?;
        self.checkpoint = checkpoint;
        self.unsettled.is_published = true;
        self.is_unpublished = false;
        Ok(())
    }

    /// Whether settling is due. The next append settles first if no settling is out; a sequencer begins one sooner.
    pub fn is_settle_due(&self) -> bool {
        self.unsettled.files.len() >= SETTLE_FILES || self.locked.needed.end >= SETTLE_BYTES
    }

    pub(crate) fn usable(&self) -> Result<(), StoreError> {
        if self.poisoned { Err(StoreError::Poisoned) } else { Ok(()) }
    }
}

/// Takes the writer's lock.
pub(crate) fn lock<D: Disk>(disk: &D) -> Result<D::Lock, StoreError> {
    disk.lock().map_err(disk_error("lock", layout::LOCK))?.ok_or(StoreError::Locked)
}

/// Makes a file of the journal, or empties what is left of one.
pub(crate) fn make_journal(disk: &impl Disk, path: &str) -> Result<(), StoreError> {
    disk.replace(path, &[], Durability::Now).map_err(disk_error("write", path))
}

fn refuse_existing(disk: &impl Disk) -> Result<(), StoreError> {
    for path in [layout::HEAD, layout::CHECKPOINT, layout::TILES] {
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
