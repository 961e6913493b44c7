//! The right edge of a head: its partial tiles and partial bundle, from whoever has them right.

use crate::files::Files;
use hakiki_tlog::Head;
use hakiki_tlog::plan::RightEdge;
use hakiki_tlog::tile::{TilePath, right_edge_of};
use std::collections::BTreeMap;

/// Combinations that are tried: with up to nine files and a few places more than enough, and an end in any case.
const TRIES_MAX: u64 = 4096;

/// The bytes of each file of the right edge that lead to the head. None if no combination of what the places give does.
pub(crate) fn truth(head: Head, places: &[&dyn Files]) -> Option<BTreeMap<TilePath, Vec<u8>>> {
    let paths: Vec<TilePath> = right_edge_of(head.size).collect();
    let candidates: Vec<Vec<Vec<u8>>> = paths.iter().map(|path| candidates(*path, places)).collect();
    if candidates.iter().any(Vec::is_empty) {
        return None;
    }
    let combinations = candidates.iter().try_fold(1u64, |all, one| all.checked_mul(one.len() as u64));
    for mut number in 0..combinations.unwrap_or(TRIES_MAX).min(TRIES_MAX) {
        let mut chosen = BTreeMap::new();
        for (path, bytes) in paths.iter().zip(&candidates) {
            let count = bytes.len() as u64;
            chosen.insert(*path, bytes[usize::try_from(number % count).unwrap_or(0)].clone());
            number /= count;
        }
        if RightEdge::load(head, |path| chosen.get(&path).cloned()).is_ok() {
            return Some(chosen);
        }
    }
    None
}

/// What the places give for a partial file, cut to its width where only the full one is there.
fn candidates(path: TilePath, places: &[&dyn Files]) -> Vec<Vec<u8>> {
    let mut found: Vec<Vec<u8>> = Vec::new();
    for place in places {
        for candidate in [path, path.full()] {
            let Ok(Some(bytes)) = place.read(&candidate.to_path()) else { continue };
            if let Some(bytes) = cut(path, &bytes)
                && !found.contains(&bytes)
            {
                found.push(bytes);
            }
        }
    }
    found
}

/// The first `width` hashes or entries of a file that has at least so many.
pub(crate) fn cut(path: TilePath, bytes: &[u8]) -> Option<Vec<u8>> {
    let width = usize::from(path.width());
    match path {
        TilePath::Hashes { .. } => bytes.get(..32 * width).map(<[u8]>::to_vec),
        TilePath::Entries { .. } => {
            let mut end = 0;
            for entry in hakiki_tlog::bundle::entries(bytes).take(width) {
                end += entry.ok()?.len() + 2;
            }
            let found = hakiki_tlog::bundle::entries(&bytes[..end]).count();
            (found == width).then(|| bytes[..end].to_vec())
        }
    }
}
