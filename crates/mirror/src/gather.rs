//! Fetching what stands between what is held and what was signed, each thing checked against what was checked before: hash
//! tiles against the signed root, bundles against the hash tiles.

use crate::remote::{Remote, RemoteError};
use crate::restore::width_in;
use hakiki_note::Hash;
use hakiki_tlog::bundle::entries_of_width;
use hakiki_tlog::{TILE_WIDTH, TilePath, leaf_hash};

const WIDTH: u64 = TILE_WIDTH as u64;

/// Why what is needed did not come.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum GatherError {
    /// It is not there, or nobody answers.
    #[error("{path}: {error}")]
    Remote {
        /// What.
        path: String,
        /// Why.
        error: RemoteError,
    },
    /// It came, and is not what the head commits to.
    #[error("{path}: {found}")]
    Altered {
        /// What.
        path: String,
        /// In which way.
        found: String,
    },
}

fn remote_error(path: TilePath) -> impl FnOnce(RemoteError) -> GatherError {
    move |error| GatherError::Remote { path: path.to_path(), error }
}

fn altered(path: TilePath, found: impl Into<String>) -> GatherError {
    GatherError::Altered { path: path.to_path(), found: found.into() }
}

/// The leaf hashes of a log of `size` entries from tile `first_tile` on, as its tiles say. Nothing is verified.
pub(crate) fn leaves(remote: &Remote, first_tile: u64, size: u64) -> Result<Vec<Hash>, GatherError> {
    let indexes: Vec<u64> = (first_tile..size.div_ceil(WIDTH)).collect();
    let fetch = |index: &u64| {
        let width = width_in(*index, size);
        let path = TilePath::Hashes { level: 0, index: *index, width };
        let (stored, bytes) = remote.tile(path).map_err(remote_error(path))?;
        let (hashes, rest) = bytes.as_chunks::<32>();
        if hashes.len() != usize::from(stored.width()) || !rest.is_empty() {
            return Err(altered(stored, format!("{} bytes, expected 32 a hash", bytes.len())));
        }
        Ok(hashes.iter().take(usize::from(width)).copied().map(Hash).collect::<Vec<_>>())
    };
    let tiles: Result<Vec<Vec<Hash>>, GatherError> = remote.each(&indexes, fetch).into_iter().collect();
    Ok(tiles?.into_iter().flatten().collect())
}

/// Entries of a range of bundles, each equal to its verified leaf. `leaves` begin at place `from`, and end the log.
pub(crate) fn entries(
    remote: &Remote,
    bundles: std::ops::Range<u64>,
    from: u64,
    leaves: &[Hash],
) -> Result<Vec<Vec<u8>>, GatherError> {
    let size = from + leaves.len() as u64;
    let indexes: Vec<u64> = bundles.collect();
    let fetch = |index: &u64| {
        let path = TilePath::Entries { index: *index, width: width_in(*index, size) };
        let (stored, bytes) = remote.tile(path).map_err(remote_error(path))?;
        let all = entries_of_width(&bytes, stored.width()).map_err(|e| altered(stored, e.to_string()))?;
        let mut entries = Vec::with_capacity(all.len());
        for (place, entry) in (index * WIDTH..).zip(all).take(usize::from(path.width())) {
            let Some(at) = place.checked_sub(from) else { continue };
            let leaf = usize::try_from(at).ok().and_then(|at| leaves.get(at));
            if leaf != Some(&leaf_hash(entry)) {
                return Err(altered(stored, format!("entry {place} is not the one that was signed")));
            }
            entries.push(entry.to_vec());
        }
        Ok(entries)
    };
    let bundles: Result<Vec<_>, GatherError> = remote.each(&indexes, fetch).into_iter().collect();
    Ok(bundles?.into_iter().flatten().collect())
}
