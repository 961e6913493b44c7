//! Opening a log: the normal path run again, from the journal.
//!
//! What a stopped process can leave, and what is done about it:
//!
//! | left | done |
//! |---|---|
//! | part of a batch in the journal, head not moved | nobody was told of it: it is written over |
//! | a whole batch in the journal, head not moved | nobody was told of it: it is taken all the same, since a head \
//!   whose newest slot was damaged looks like this too |
//! | head moved, files missing or cut short | written again from the journal |
//! | files there, checkpoint old or cut short | the head is signed and published |
//! | everything there, not yet synced | synced |
//!
//! Everything else is a disagreement, and the log is not opened: no guess is made, and nothing served is
//! changed. This file reads the right edge, not every tile: that is the verifier's work.

use crate::disk::Disk;
use crate::error::{Shown, StoreError, disk_error};
use crate::journal::Batch;
use crate::locked::{Locked, Needed};
use crate::log::{Log, SignHead, Unsettled, lock, make_journal};
use crate::partials::Partials;
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
    /// Batches, 0 or 1, that were whole in the journal and that the head had not reached.
    pub batches_adopted: u64,
    /// Files that were cut short.
    pub files_repaired: u64,
    /// Whether the published checkpoint was older than the head, or lost.
    pub published: bool,
}

/// What the journal holds that is not yet known to be durable elsewhere.
struct Chain {
    /// Those that lead to the locked head, in order, each with its generation.
    batches: Vec<(u64, Batch)>,
    /// One more that the head did not reach.
    adopted: Option<Batch>,
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
        let locked = Locked::read(&*disk, origin)?;
        let chain = read_chain(&*disk, &locked)?;
        let base = chain.batches.first().map_or(locked.head, |(_, batch)| batch.old);
        // Not the adopted batch's: nothing is published before the head has moved.
        let after = chain.batches.iter().map(|(_, batch)| batch.new);
        let known: Vec<Head> = [locked.head, base].into_iter().chain(after).collect();
        let checkpoint = published::read_published(&*disk, origin, &known)?;
        let head = chain.adopted.as_ref().map_or(locked.head, |batch| batch.new);
        refuse_beyond(&*disk, &head)?;
        let edge = load_edge(&*disk, &base)?;
        let mut log = Self {
            edge,
            locked,
            checkpoint: String::new(),
            is_unpublished: false,
            origin: origin.clone(),
            unsettled: Unsettled::default(),
            partials: Partials::sweep(&*disk)?,
            recovery: Recovery { batches_adopted: u64::from(chain.adopted.is_some()), ..Recovery::default() },
            poisoned: false,
            disk,
            _lock: lock,
        };
        log.finish(chain, checkpoint, sign)?;
        Ok(log)
    }

    /// The writes of a recovery, once nothing disagrees.
    fn finish(
        &mut self,
        chain: Chain,
        checkpoint: Option<(String, Head)>,
        sign: &mut SignHead,
    ) -> Result<(), StoreError> {
        for generation in 0..2 {
            let path = layout::journal(generation);
            if !self.disk.exists(&path).map_err(disk_error("look for", &path))? {
                make_journal(&*self.disk, &path)?;
            }
        }
        // So may their names be live and not durable.
        let private = [layout::HEAD.to_owned(), layout::journal(0), layout::journal(1)];
        self.disk.sync(&private).map_err(disk_error("sync", layout::HEAD))?;
        // The move of the head may be live and not durable: an earlier process that failed in the middle of
        // it knows no more. Nothing may be written or signed for a head that a loss of power could still
        // take back. The same holds for the batch that is adopted.
        let generation = self.locked.needed.generation;
        let (mut head, mut needed) = (self.locked.head, self.locked.needed);
        if let Some(batch) = &chain.adopted {
            needed.end = self.stage(batch)?;
            head = batch.new;
        }
        self.move_head(head, needed)?;
        let adopted = chain.adopted.map(|batch| (generation, batch));
        for (generation, batch) in chain.batches.into_iter().chain(adopted) {
            self.replay(&batch, generation)?;
        }
        match checkpoint {
            Some((checkpoint, of)) if of == head => self.checkpoint = checkpoint,
            _ => {
                self.publish(sign)?;
                self.recovery.published = true;
            }
        }
        // All of it is synced below, in one, whatever generation it came from.
        self.locked.needed.before = None;
        self.settle_opened()
    }

    fn replay(&mut self, batch: &Batch, generation: u64) -> Result<(), StoreError> {
        let plan = self.edge.plan(&batch.entries).map_err(|refused| StoreError::JournalCorrupt {
            path: layout::journal(generation),
            found: refused.to_string(),
        })?;
        batch.leads_to(&plan.head, generation)?;
        self.recovery.files_repaired += self.apply(&plan.objects)?;
        self.recovery.batches_replayed += 1;
        self.edge = plan.into_edge();
        Ok(())
    }
}

/// Reads the batches that the locked head says are needed, and one after them.
fn read_chain(disk: &impl Disk, locked: &Locked) -> Result<Chain, StoreError> {
    let Needed { generation, end, before } = locked.needed;
    let mut batches = Vec::new();
    if let Some(end) = before {
        let earlier =
            generation.checked_sub(1).ok_or_else(|| corrupt(0, "there is none before the first"))?;
        read_frames(&read_journal(disk, earlier)?, earlier, end, &mut batches)?;
    }
    let bytes = read_journal(disk, generation)?;
    read_frames(&bytes, generation, end, &mut batches)?;
    for pair in batches.windows(2) {
        if let [(_, first), (generation, second)] = pair
            && first.new != second.old
        {
            let found = format!("it goes on from {}, not from {}", Shown(second.old), Shown(first.new));
            return Err(corrupt(*generation, &found));
        }
    }
    if let Some((generation, last)) = batches.last().filter(|(_, last)| last.new != locked.head) {
        let found = format!("it leads to {}, the head is {}", Shown(last.new), Shown(locked.head));
        return Err(corrupt(*generation, &found));
    }
    let adopted = read_beyond(&bytes, generation, end, locked)?;
    if before.is_none() && Batch::read_frame(&read_journal(disk, generation + 1)?, generation + 1).is_ok() {
        return Err(older_head(generation + 1, locked));
    }
    Ok(Chain { batches, adopted })
}

fn read_journal(disk: &impl Disk, generation: u64) -> Result<Vec<u8>, StoreError> {
    let path = layout::journal(generation);
    Ok(disk.read(&path).map_err(disk_error("read", &path))?.unwrap_or_default())
}

fn corrupt(generation: u64, found: &str) -> StoreError {
    StoreError::JournalCorrupt { path: layout::journal(generation), found: found.to_owned() }
}

/// Reads the frames up to `end`, which has to be where one ends.
fn read_frames(
    bytes: &[u8],
    generation: u64,
    end: u64,
    batches: &mut Vec<(u64, Batch)>,
) -> Result<(), StoreError> {
    let needed = usize::try_from(end).ok().and_then(|end| bytes.get(..end));
    let mut rest = needed.ok_or_else(|| corrupt(generation, &format!("{end} bytes of it are needed")))?;
    while !rest.is_empty() {
        let read = Batch::read_frame(rest, generation).map_err(|found| corrupt(generation, &found));
        let (batch, length) = read?;
        batches.push((generation, batch));
        rest = &rest[length..];
    }
    Ok(())
}

/// The batch after those that the head reached, if there is a whole one.
fn read_beyond(
    bytes: &[u8],
    generation: u64,
    end: u64,
    locked: &Locked,
) -> Result<Option<Batch>, StoreError> {
    let beyond = usize::try_from(end).ok().and_then(|end| bytes.get(end..)).unwrap_or_default();
    let Ok((batch, length)) = Batch::read_frame(beyond, generation) else { return Ok(None) };
    let is_last = Batch::read_frame(&beyond[length..], generation).is_err();
    // The head moves between two batches, so it is an old one if there are two beyond it.
    if is_last && batch.old == locked.head { Ok(Some(batch)) } else { Err(older_head(generation, locked)) }
}

fn older_head(generation: u64, locked: &Locked) -> StoreError {
    StoreError::HeadDisagrees {
        path: layout::journal(generation),
        head: Shown(locked.head),
        found: "its batches begin beyond it: the head is older than the journal".to_owned(),
    }
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
