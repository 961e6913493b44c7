//! Partial tiles and bundles that are on the disk, and when they may go.
//!
//! C2SP `tlog-tiles` lets a log delete a partial tile once the full one is there; a reader that asks for the
//! partial one falls back to the full one. A reader may still work with the checkpoint before, so the newest
//! are left for one settling more.

use crate::disk::{Disk, parent};
use crate::error::{StoreError, disk_error};
use crate::layout;
use hakiki_tlog::tile::{TILE_WIDTH, TilePath, hashes_at};
use std::collections::BTreeSet;
use std::io::ErrorKind;

/// The partial tiles and bundles on the disk: at most 255 in each level, and those that are superseded.
#[derive(Debug, Default)]
pub(crate) struct Partials {
    paths: BTreeSet<TilePath>,
    /// The size of the head at the last settling: full tiles below it are durable and published.
    pub settled_size: u64,
}

impl Partials {
    /// Finds those on the disk.
    pub(crate) fn sweep(disk: &impl Disk) -> Result<Self, StoreError> {
        let mut partials = Self::default();
        let mut directories = vec![layout::TILES.to_owned()];
        while let Some(directory) = directories.pop() {
            for name in disk.list(&directory).map_err(disk_error("list", &directory))? {
                let path = format!("{directory}/{name}");
                if is_of_partials(&directory) {
                    partials.paths.extend(parse(&path));
                } else if directory == layout::TILES || name.starts_with('x') || is_of_partials(&name) {
                    directories.push(path);
                }
            }
        }
        Ok(partials)
    }

    /// Remembers a tile that was written, if it is partial.
    pub(crate) fn insert(&mut self, path: TilePath) {
        if path.is_partial() {
            self.paths.insert(path);
        }
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.paths.len()
    }

    /// Gives up those whose full tile was settled before, for [`remove`].
    pub(crate) fn take_superseded(&mut self) -> Vec<TilePath> {
        let size = self.settled_size;
        let (superseded, kept): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.paths).into_iter().partition(|path| is_full_in(path, size));
        self.paths = kept.into_iter().collect();
        superseded
    }
}

/// Removes superseded partial tiles, and their directories.
pub(crate) fn remove(disk: &impl Disk, superseded: &[TilePath]) -> Result<(), StoreError> {
    let mut directories = BTreeSet::new();
    for path in superseded {
        let place = layout::tile(path);
        disk.remove(&place).map_err(disk_error("remove", &place))?;
        directories.insert(parent(&place).to_owned());
    }
    for directory in directories {
        match disk.remove_directory(&directory) {
            Err(e) if e.kind() == ErrorKind::DirectoryNotEmpty => {}
            done => done.map_err(disk_error("remove", &directory))?,
        }
    }
    Ok(())
}

/// `000.p` holds the partial tiles of index 0.
fn is_of_partials(directory: &str) -> bool {
    directory.strip_suffix(".p").is_some()
}

fn parse(path: &str) -> Option<TilePath> {
    TilePath::parse(path.strip_prefix(layout::LOG)?.strip_prefix('/')?).ok()
}

/// Whether a tree of `size` leaves has the full tile of a path.
fn is_full_in(path: &TilePath, size: u64) -> bool {
    let level = match path {
        TilePath::Hashes { level, .. } => *level,
        TilePath::Entries { .. } => 0,
    };
    hashes_at(level, size) / u64::from(TILE_WIDTH) > path.index()
}
