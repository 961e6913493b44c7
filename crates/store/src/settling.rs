//! Making served files durable behind the appends.
//!
//! Tiles, bundles and the checkpoint are written without waiting for the disk, since the journal can make them again.
//! Before the journal's room is used again they have to be durable themselves. That may take long (each is a file
//! of its own), so it can be done beside further appends: [`Log::begin_settling`] closes a generation of the
//! journal, [`Settling::run`] syncs its files, on any thread, and [`Log::finish_settling`] gives its room back.

use crate::disk::Disk;
use crate::error::{StoreError, disk_error};
use crate::layout;
use crate::locked::Needed;
use crate::log::{Log, Unsettled};
use crate::partials;
use hakiki_tlog::tile::TilePath;
use std::sync::Arc;

/// Partial tiles on the disk above which those that are superseded are removed while appends go on: some hundred MiB.
/// Fewer are left for a quiet moment, since on some file systems removing files makes creating others slow.
const PARTIALS_MAX: usize = 65_536;

/// A closed generation, whose files have to be made durable.
#[derive(Debug)]
#[must_use = "the journal grows until the settling has run and is finished"]
pub struct Settling<D> {
    disk: Arc<D>,
    files: Vec<String>,
    superseded: Vec<TilePath>,
    size: u64,
}

/// A generation whose files are durable. Only [`Settling::run`] makes one.
#[derive(Debug)]
#[must_use = "the journal grows until the settling is finished"]
pub struct Settled {
    size: u64,
}

impl<D: Disk> Settling<D> {
    /// Makes the files durable, and removes partial tiles whose full tile was durable and published one settling ago.
    /// If it fails, the log has to be opened again.
    pub fn run(self) -> Result<Settled, StoreError> {
        self.disk.sync(&self.files).map_err(disk_error("sync", layout::LOG))?;
        partials::remove(&*self.disk, &self.superseded)?;
        Ok(Settled { size: self.size })
    }
}

impl<D: Disk> Log<D> {
    /// Publishes, and closes the generation that is being filled. None if there is nothing to settle, or a settling is out.
    pub fn begin_settling(&mut self) -> Result<Option<Settling<D>>, StoreError> {
        self.usable()?;
        let superseded =
            if self.partials.count() > PARTIALS_MAX { self.partials.take_superseded() } else { Vec::new() };
        self.begin(superseded)
    }

    fn begin(&mut self, superseded: Vec<TilePath>) -> Result<Option<Settling<D>>, StoreError> {
        self.publish_signed()?;
        if self.locked.needed.before.is_some() || self.unsettled.is_empty() {
            return Ok(None);
        }
        let begun = self.close_generation(superseded);
        self.poisoned = begun.is_err();
        begun.map(Some)
    }

    fn close_generation(&mut self, superseded: Vec<TilePath>) -> Result<Settling<D>, StoreError> {
        let Needed { generation, end, .. } = self.locked.needed;
        let needed = Needed { generation: generation + 1, end: 0, before: Some(end) };
        self.move_head(self.locked.head, needed)?;
        let files = self.unsettled.take();
        Ok(Settling { disk: self.disk.clone(), files, superseded, size: self.locked.head.size })
    }

    /// Takes notice that the generation that was closed is durable, and gives its room back.
    pub fn finish_settling(&mut self, settled: &Settled) -> Result<(), StoreError> {
        self.usable()?;
        let moved = self.move_head(self.locked.head, Needed { before: None, ..self.locked.needed });
        self.poisoned = moved.is_err();
        self.partials.settled_size = settled.size;
        moved
    }

    /// Settles what a start found in both generations; a new one is begun whose room nobody needs.
    pub(crate) fn settle_opened(&mut self) -> Result<(), StoreError> {
        // The checkpoint may have been published by the process before, and not be durable.
        self.unsettled.is_published = true;
        let files = self.unsettled.take();
        self.disk.sync(&files).map_err(disk_error("sync", layout::LOG))?;
        let generation = self.locked.needed.generation + 1;
        self.move_head(self.locked.head, Needed { generation, end: 0, before: None })?;
        let superseded = self.partials.take_superseded();
        partials::remove(&*self.disk, &superseded)?;
        self.partials.settled_size = self.locked.head.size;
        Ok(())
    }

    /// Settles and waits for it. S113 while another settling is out.
    pub fn settle(&mut self) -> Result<(), StoreError> {
        if self.locked.needed.before.is_some() {
            return Err(StoreError::Unsettled { bytes: self.locked.needed.end });
        }
        self.usable()?;
        let superseded = self.partials.take_superseded();
        let Some(settling) = self.begin(superseded)? else { return Ok(()) };
        match settling.run() {
            Ok(settled) => self.finish_settling(&settled),
            Err(failed) => {
                self.poisoned = true;
                Err(failed)
            }
        }
    }
}

impl Unsettled {
    /// Everything that is live, given up to be synced.
    fn take(&mut self) -> Vec<String> {
        let Self { mut files, is_published } = std::mem::take(self);
        files.extend(is_published.then(|| layout::CHECKPOINT.to_owned()));
        files
    }

    fn is_empty(&self) -> bool {
        self.files.is_empty() && !self.is_published
    }
}
