//! Which files an archive has, and in which order.

use crate::fault::{ArchiveCode as Code, Fault};
use hakiki_note::Hash;
use hakiki_tlog::tile::{TilePath, bundles_of, tiles_of};

/// The folder of the log and its tables.
pub const CORE: &str = "core";
/// The folder of photographs and words.
pub const BLOBS: &str = "blobs";
/// The folder of what others gave.
pub const ANNEX: &str = "annex";

/// The folder that a path begins with.
pub fn part_of(path: &str) -> &str {
    path.split('/').next().unwrap_or_default()
}

/// The tiles and bundles of a log of `size` entries, in the order of the archive.
pub fn log_paths(size: u64) -> impl Iterator<Item = TilePath> {
    tiles_of(size).chain(bundles_of(size))
}

/// Where a table stands.
pub fn table_path(hash: &Hash) -> String {
    format!("{CORE}/blob/{hash}")
}

/// Where another blob stands.
pub fn blob_path(hash: &Hash) -> String {
    format!("{BLOBS}/blob/{hash}")
}

/// Where a head stands that somebody gave; counted from 0.
pub fn annex_head_path(number: usize) -> String {
    format!("{ANNEX}/head/{number:03}")
}

/// Where the proof stands that the head of this number continues the core's.
pub fn annex_proof_path(number: usize) -> String {
    format!("{ANNEX}/proof/{number:03}")
}

/// Every file of a core in its order. `tables` ascend.
pub fn core_paths(size: u64, tables: impl IntoIterator<Item = Hash>) -> impl Iterator<Item = String> {
    let log = log_paths(size).map(|path| format!("{CORE}/{}", path.to_path()));
    let tables = tables.into_iter().map(|hash| table_path(&hash));
    let last = [format!("results/{size}"), "keys".into(), "manifest".into(), "sha256sums".into()];
    let last = last.into_iter().map(|name: String| format!("{CORE}/{name}"));
    std::iter::once(format!("{CORE}/checkpoint")).chain(log).chain(tables).chain(last)
}

/// The first file that is not the expected one: missing, too many, or in another's place.
pub fn first_departure<'a>(
    mut expected: impl Iterator<Item = String>,
    found: impl Iterator<Item = &'a str>,
) -> Option<Fault> {
    let mut found = found.peekable();
    loop {
        match (expected.next(), found.next()) {
            (None, None) => return None,
            (Some(path), Some(there)) if path == there => {}
            (Some(path), None) => return Some(Fault::new(Code::A105, path)),
            (None, Some(there)) => return Some(Fault::new(Code::A106, there)),
            (Some(path), Some(there)) => {
                // One that is left out, or two that changed places.
                let later = found.any(|later| later == path);
                let code = if later { Code::A104 } else { Code::A105 };
                return Some(Fault::new(code, if later { there.to_owned() } else { path }));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_departure_is_named() {
        let judge = |found: &[&str]| {
            let expected = ["a", "b", "c"].into_iter().map(str::to_owned);
            first_departure(expected, found.iter().copied()).map(|fault| (fault.code, fault.detail))
        };
        assert_eq!(judge(&["a", "b", "c"]), None);
        assert_eq!(judge(&["a", "b"]), Some((Code::A105, "c".into())));
        assert_eq!(judge(&["a", "c"]), Some((Code::A105, "b".into())));
        assert_eq!(judge(&["a", "c", "b"]), Some((Code::A104, "c".into())));
        assert_eq!(judge(&["a", "b", "c", "d"]), Some((Code::A106, "d".into())));
    }

    #[test]
    fn a_core_ends_with_its_list() {
        let paths: Vec<String> = core_paths(257, [Hash([1; 32])]).collect();
        assert_eq!(paths[0], "core/checkpoint");
        assert_eq!(paths[1..4], ["core/tile/0/000", "core/tile/0/001.p/1", "core/tile/1/000.p/1"]);
        assert_eq!(paths[4..6], ["core/tile/entries/000", "core/tile/entries/001.p/1"]);
        assert_eq!(paths[7..], ["core/results/257", "core/keys", "core/manifest", "core/sha256sums"]);
    }
}
