//! Meeting a log: its checkpoint, its first record, and the proof that the record is first under the checkpoint.
//!
//! The first record names the log's key; the checkpoint is signed by that key, and its tree begins with that record. Whose
//! election it is nobody can prove: that is what the fingerprint on paper is for.

use super::agent;
use anyhow::{Context, Result, bail, ensure};
use hakiki_core::kinds::Body;
use hakiki_core::{Ledger, Record};
use hakiki_note::{Hash, Note, VerifierKey};
use hakiki_tlog::checkpoint::CHECKPOINT_MAX_BYTES;
use hakiki_tlog::tile::{ENTRY_MAX_BYTES, TILE_WIDTH, TilePath};
use hakiki_tlog::{Checkpoint, VerifiedCheckpoint, entries, leaf_hash, node_hash, verify_inclusion};
use std::time::Duration;

/// Longest time for one answer.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Largest full bundle: 256 entries behind two bytes each.
const BUNDLE_MAX_BYTES: u64 = (ENTRY_MAX_BYTES as u64 + 2) * TILE_WIDTH as u64;

/// A log as it was met.
#[derive(Debug)]
pub struct Met {
    /// The key that its first record names; its name is the origin.
    pub key: VerifierKey,
    /// The id of the first record.
    pub fingerprint: Hash,
}

/// Meets the log at an address.
pub fn meet(url: &str) -> Result<Met> {
    let log = Remote { agent: agent(TIMEOUT), url: url.trim_end_matches('/').to_owned() };
    let checkpoint =
        log.fetch("checkpoint", CHECKPOINT_MAX_BYTES as u64)?.context("the log has no checkpoint")?;
    let claimed = Checkpoint::parse(&Note::parse(&checkpoint)?.text)?;
    ensure!(claimed.head.size > 0, "the log is empty; it is founded by its first record");
    let bundle = TilePath::Entries { index: 0, width: width_of(claimed.head.size) };
    let bundle = log.tile(bundle, BUNDLE_MAX_BYTES)?;
    let first = entries(&bundle).next().context("the first bundle is empty")??;
    let record = Record::parse(first).context("the first entry is no record")?;
    let Body::Election(election) = record.body() else { bail!("the first entry is no election record") };
    let (key, fingerprint) = (election.log_key.clone(), *record.id());
    // Its signatures and whatever else an election record must keep.
    Ledger::begin(record).context("the first entry founds no log")?;
    let checkpoint = VerifiedCheckpoint::open(&checkpoint, &key)
        .context("the checkpoint is not signed by the key that the first record names")?;
    let head = checkpoint.head();
    let proof = proof_of_first(head.size, |path| {
        let bytes = log.tile(path, u64::from(TILE_WIDTH) * 32)?;
        let hashes = bytes.chunks_exact(32).map(|chunk| chunk.try_into().map(Hash));
        Ok(hashes.collect::<Result<Vec<_>, _>>()?)
    })?;
    verify_inclusion(&leaf_hash(first), 0, &head, &proof)
        .context("the first entry is not the first of the tree that the checkpoint signs")?;
    Ok(Met { key, fingerprint })
}

/// Entries or hashes of the first tile of a row of so many.
fn width_of(count: u64) -> u16 {
    u16::try_from(count).unwrap_or(TILE_WIDTH).min(TILE_WIDTH)
}

struct Remote {
    agent: ureq::Agent,
    url: String,
}

impl Remote {
    /// What is at a path; nothing if the log says that it is not there.
    fn fetch(&self, path: &str, max_bytes: u64) -> Result<Option<Vec<u8>>> {
        let url = format!("{}/{path}", self.url);
        let mut answer = self.agent.get(&url).call().with_context(|| format!("asking {url}"))?;
        let status = answer.status();
        if status.as_u16() == 404 {
            return Ok(None);
        }
        ensure!(status.is_success(), "{url} answered {status}");
        // A body of exactly the limit is refused by the client's own limit, and a full tile has exactly as many bytes.
        let body = answer.body_mut().with_config().limit(max_bytes + 1).read_to_vec();
        Ok(Some(body.with_context(|| format!("reading {url}"))?))
    }

    /// A tile; where a partial one is gone, the full one serves.
    fn tile(&self, path: TilePath, max_bytes: u64) -> Result<Vec<u8>> {
        let found = match self.fetch(&path.to_path(), max_bytes)? {
            None if path.is_partial() => self.fetch(&path.full().to_path(), max_bytes)?,
            found => found,
        };
        found.with_context(|| format!("the log has no {path}"))
    }
}

/// The inclusion proof of the first leaf in a tree of `size` leaves, from its tiles.
fn proof_of_first(size: u64, tile: impl FnMut(TilePath) -> Result<Vec<Hash>>) -> Result<Vec<Hash>> {
    let mut tiles = Tiles { size, tile };
    let mut proof = Vec::new();
    for level in 0..64 {
        let start = 1u64 << level;
        if start >= size {
            break;
        }
        proof.push(if size - start >= start { tiles.subtree(level, 1)? } else { tiles.rest(start)? });
    }
    Ok(proof)
}

struct Tiles<T> {
    size: u64,
    tile: T,
}

impl<T: FnMut(TilePath) -> Result<Vec<Hash>>> Tiles<T> {
    /// The hash of the leaves `index·2^level` to `(index + 1)·2^level`, all of which are in the tree.
    fn subtree(&mut self, level: u32, index: u64) -> Result<Hash> {
        let (row, within) = (level / 8, level % 8);
        let (first, count) = (index << within, 1usize << within);
        let (at, offset) = (first / u64::from(TILE_WIDTH), first % u64::from(TILE_WIDTH));
        let width = width_of((self.size >> (8 * row)) - at * u64::from(TILE_WIDTH));
        let hashes = (self.tile)(TilePath::Hashes { level: u8::try_from(row)?, index: at, width })?;
        let offset = usize::try_from(offset)?;
        let hashes = hashes.get(offset..offset + count).context("a tile is too short")?;
        let mut hashes = hashes.to_vec();
        while hashes.len() > 1 {
            hashes = hashes.chunks_exact(2).map(|pair| node_hash(&pair[0], &pair[1])).collect();
        }
        Ok(hashes[0])
    }

    /// The hash of the leaves from `start`, a power of two, to the last.
    fn rest(&mut self, start: u64) -> Result<Hash> {
        let (mut place, mut peaks) = (start, Vec::new());
        while place < self.size {
            let level = (self.size - place).ilog2();
            peaks.push(self.subtree(level, place >> level)?);
            place += 1 << level;
        }
        let above = |right: Hash, left: &Hash| node_hash(left, &right);
        let (last, larger) = peaks.split_last().context("there is a leaf behind the first half")?;
        Ok(larger.iter().rev().fold(*last, above))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use hakiki_tlog::MemoryTree;

    #[test]
    fn the_first_leaf_is_proved_from_tiles() {
        let leaves: Vec<Hash> = (0..70_000u64).map(|leaf| leaf_hash(&leaf.to_be_bytes())).collect();
        for size in (1..600).chain([65_535, 65_536, 65_537, 70_000]) {
            let leaves = &leaves[..usize::try_from(size).unwrap()];
            let mut rows = vec![leaves.to_vec()];
            while rows.last().unwrap().len() >= 256 {
                let whole = rows.last().unwrap().chunks_exact(256);
                rows.push(whole.map(root).collect());
            }
            let proof = proof_of_first(size, |path| {
                let TilePath::Hashes { level, index, width } = path else { bail!("no bundle is needed") };
                let first = usize::try_from(index).unwrap() * 256;
                let row = &rows[usize::from(level)];
                assert_eq!(usize::from(width), (row.len() - first).min(256), "{path} at {size}");
                Ok(row[first..first + usize::from(width)].to_vec())
            });
            let mut tree = MemoryTree::new();
            tree.extend(leaves.iter().copied());
            assert_eq!(proof.unwrap(), tree.inclusion_proof(0, size).unwrap(), "{size}");
        }
    }

    fn root(leaves: &[Hash]) -> Hash {
        match leaves {
            [one] => *one,
            all => {
                let (left, right) = all.split_at(all.len() / 2);
                node_hash(&root(left), &root(right))
            }
        }
    }
}
