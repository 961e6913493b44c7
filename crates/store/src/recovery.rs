//! Opening a log: the normal path run again, from the staged batches.
//!
//! What a stopped process can leave, and what is done about it:
//!
//! | left | done |
//! |---|---|
//! | a staged batch, head not moved | nobody was told of it: dropped |
//! | head moved, files missing or cut short | written again from the staged batch |
//! | files there, checkpoint old or cut short | the head is signed and published |
//! | everything there, not yet synced | synced |
//!
//! Everything else is a disagreement, and the log is not opened: no guess is made, and nothing served is
//! changed. This file reads the right edge, not every tile: that is the verifier's work.

use crate::disk::Disk;
use crate::error::{Shown, StoreError, disk_error};
use crate::log::{Log, SignHead, Unsettled, lock};
use crate::partials::Partials;
use crate::staging::{self, Batch};
use crate::{layout, published};
use hakiki_tlog::plan::{EdgeError, RightEdge};
use hakiki_tlog::tile::{TILE_WIDTH, TilePath};
use hakiki_tlog::{Head, Origin};
use std::sync::Arc;

/// What opening a log had to do. All zero after a clean stop that had settled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Batches of the log whose files were written again or found whole.
    pub batches_replayed: u64,
    /// Staged batches that the head never reached.
    pub batches_dropped: u64,
    /// Files that were cut short.
    pub files_repaired: u64,
    /// Whether the published checkpoint was older than the head, or lost.
    pub published: bool,
}

/// The staged batches, sorted out against the locked head.
struct Staged {
    /// Those that lead to the locked head, in order, without a gap.
    chain: Vec<Batch>,
    /// File names of all others.
    stale: Vec<String>,
    /// How many of those start at the locked head.
    unreached: u64,
}

impl<D: Disk> Log<D> {
    /// Opens the log with this origin and brings it to where its locked head says. `sign` is asked only if
    /// the head is not the published one.
    pub fn open(disk: Arc<D>, origin: &Origin, sign: &mut SignHead) -> Result<Self, StoreError> {
        // Before the lock is taken, which makes directories.
        if !disk.exists(layout::HEAD).map_err(disk_error("look for", layout::HEAD))? {
            return Err(StoreError::Missing { path: layout::HEAD.to_owned() });
        }
        let lock = lock(&*disk)?;
        let head = published::read_locked(&*disk, origin)?;
        let staged = sort_staged(&*disk, &head)?;
        let base = staged.chain.first().map_or(head, |batch| batch.old);
        let known: Vec<Head> =
            [head, base].into_iter().chain(staged.chain.iter().map(|batch| batch.new)).collect();
        let checkpoint = published::read_published(&*disk, origin, &known)?;
        refuse_beyond(&*disk, &head)?;
        let edge = load_edge(&*disk, &base)?;
        let mut log = Self {
            edge,
            head,
            checkpoint: String::new(),
            origin: origin.clone(),
            unsettled: Unsettled::default(),
            partials: Partials::sweep(&*disk)?,
            recovery: Recovery { batches_dropped: staged.unreached, ..Recovery::default() },
            poisoned: false,
            disk,
            _lock: lock,
        };
        log.finish(&staged, checkpoint, sign)?;
        Ok(log)
    }

    /// The writes of a recovery, once nothing disagrees.
    fn finish(
        &mut self,
        staged: &Staged,
        checkpoint: Option<(String, Head)>,
        sign: &mut SignHead,
    ) -> Result<(), StoreError> {
        // The move of the head may be live and not durable: an earlier process that failed in the middle of
        // it knows no more. Nothing may be written or signed for a head that a loss of power could still
        // take back.
        let head = self.head;
        self.lock_head(&head)?;
        for batch in &staged.chain {
            self.replay(batch)?;
        }
        self.unsettled.staged.extend(staged.stale.iter().map(|name| format!("{}/{name}", layout::STAGING)));
        match checkpoint {
            Some((checkpoint, of)) if of == head => self.checkpoint = checkpoint,
            _ => {
                self.publish(sign)?;
                self.recovery.published = true;
            }
        }
        self.settle_all()
    }

    fn replay(&mut self, batch: &Batch) -> Result<(), StoreError> {
        let plan = self.edge.plan(&batch.entries).map_err(|refused| StoreError::StagingCorrupt {
            path: layout::staged(batch.old.size, batch.new.size),
            found: refused.to_string(),
        })?;
        batch.leads_to(&plan.head)?;
        self.recovery.files_repaired += self.apply(&plan.objects)?;
        self.recovery.batches_replayed += 1;
        self.unsettled.staged.push(layout::staged(batch.old.size, batch.new.size));
        self.edge = plan.into_edge();
        Ok(())
    }
}

/// Follows the staged batches back from the locked head.
///
/// Batches are removed only when everything before them is durable, so what lies before a gap is not needed:
/// a removal that a loss of power undid.
fn sort_staged(disk: &impl Disk, head: &Head) -> Result<Staged, StoreError> {
    let names = disk.list(layout::STAGING).map_err(disk_error("list", layout::STAGING))?;
    let mut sizes: Vec<(u64, u64)> = names.iter().filter_map(|name| layout::parse_staged(name)).collect();
    if let Some((old, new)) = sizes.iter().find(|(old, _)| *old > head.size) {
        return Err(StoreError::HeadDisagrees {
            path: layout::staged(*old, *new),
            head: Shown(*head),
            found: "the batch begins beyond it: the head is older than the batch".to_owned(),
        });
    }
    let mut chain: Vec<Batch> = Vec::new();
    loop {
        let reached = chain.last().map_or(*head, |batch| batch.old);
        let Some(place) = sizes.iter().position(|(_, new)| *new == reached.size) else { break };
        let (old, new) = sizes.remove(place);
        let batch = staging::read(disk, old, new)?;
        if batch.new != reached {
            let found = format!("it leads to {}, the log goes on from {}", Shown(batch.new), Shown(reached));
            return Err(StoreError::StagingCorrupt { path: layout::staged(old, new), found });
        }
        chain.push(batch);
    }
    chain.reverse();
    let unreached = sizes.iter().filter(|(old, _)| *old == head.size).count() as u64;
    let stale = sizes.iter().map(|(old, new)| format!("{old}-{new}")).collect();
    Ok(Staged { chain, stale, unreached })
}

/// Refuses tiles or bundles that only a larger log has: the head moves before they are written, so it is an
/// old one.
fn refuse_beyond(disk: &impl Disk, head: &Head) -> Result<(), StoreError> {
    let (index, width) = (head.size / u64::from(TILE_WIDTH), (head.size % u64::from(TILE_WIDTH)) as u16);
    let full = TILE_WIDTH;
    for last in [TilePath::Hashes { level: 0, index, width: full }, TilePath::Entries { index, width: full }]
    {
        let place = layout::tile(&last);
        let partials = format!("{place}.p");
        let widths = disk.list(&partials).map_err(disk_error("list", &partials))?;
        let wider = widths.iter().find(|found| found.parse().is_ok_and(|found: u16| found > width));
        let beyond = match wider {
            Some(wider) => Some(format!("{partials}/{wider}")),
            None => disk.exists(&place).map_err(disk_error("look for", &place))?.then_some(place),
        };
        if let Some(path) = beyond {
            let found = "it is of a larger log: the head is an older one".to_owned();
            return Err(StoreError::HeadDisagrees { path, head: Shown(*head), found });
        }
    }
    Ok(())
}

/// Loads the right edge of a head from its tiles and bundle, and checks them against it.
fn load_edge(disk: &impl Disk, head: &Head) -> Result<RightEdge, StoreError> {
    let mut failed = None;
    let loaded = RightEdge::load(*head, |path| {
        let place = layout::tile(&path);
        disk.read(&place).unwrap_or_else(|e| {
            failed.get_or_insert(disk_error("read", &place)(e));
            None
        })
    });
    if let Some(failed) = failed {
        return Err(failed);
    }
    loaded.map_err(|refused| {
        let path = match &refused {
            EdgeError::Missing(path) | EdgeError::Length { path, .. } | EdgeError::Bundle { path, .. } => {
                layout::tile(path)
            }
            EdgeError::Entry { .. } | EdgeError::Root { .. } => layout::TILES.to_owned(),
        };
        StoreError::HeadDisagrees { path, head: Shown(*head), found: refused.to_string() }
    })
}
