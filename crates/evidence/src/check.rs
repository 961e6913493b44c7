//! Checking a file: every signature, every hash, every size. What is left is a fact; anything short of it is refused.

use crate::code::{EvidenceCode as Code, EvidenceError, refuse};
use crate::file::{Claim, Evidence, Side, TileFound};
use crate::finding::{Assumption, Finding, Grade, HeadShown};
use crate::trust::PolicyAndKeys;
use hakiki_messages::Message;
use hakiki_note::Hash;
use hakiki_tlog::checkpoint::VerifiedCheckpoint;
use hakiki_tlog::proof::{root_of_inclusion, verify_consistency, verify_inclusion};
use hakiki_tlog::receipt::Receipt;
use hakiki_tlog::tile::{ENTRY_MAX_BYTES, TILE_WIDTH, TilePath, hashes_at};
use hakiki_tlog::tree::{Head, leaf_hash};
use std::collections::BTreeSet;

impl Evidence {
    /// What the file shows to a reader who trusts these keys; or why it shows nothing. The same file and the same keys
    /// always give the same answer.
    pub fn check(&self, trust: &PolicyAndKeys) -> Result<Finding, EvidenceError> {
        if self.election != trust.election {
            let detail = format!("it is of the election {}, expected {}", self.election, trust.election);
            return refuse(Code::E201, detail);
        }
        if self.log != trust.log_key {
            return refuse(Code::E201, format!("it is against {}, expected {}", self.log, trust.log_key));
        }
        match &self.claim {
            Claim::Roots { heads } => self.roots(trust, heads),
            Claim::Leaves { place, sides } => self.leaves(trust, *place, sides),
            Claim::Prefix { smaller, larger, prefix, proof } => {
                self.prefix(trust, [smaller, larger], prefix, proof)
            }
            Claim::Receipt { receipt, other } => self.receipt(trust, receipt, other),
            Claim::Stamp { stamps, seen, head } => self.stamp(trust, stamps, seen.as_deref(), head),
            Claim::Tile(tile) => self.tile(trust, tile),
        }
    }

    fn what(&self) -> Message {
        Message::new(format!("evidence.found.{}", self.claim.key()))
    }

    /// A finding on two heads of the log.
    fn fork(&self, trust: &PolicyAndKeys, what: Message, heads: [&VerifiedCheckpoint; 2]) -> Finding {
        let heads = heads.map(|head| shown(trust, head));
        let classes = heads.iter().map(|head| head.classes.len()).min().unwrap_or(0);
        let grade = Grade::of_classes(classes);
        let of_grade = match grade {
            Grade::I => Assumption::TwoClasses,
            Grade::II => Assumption::OneClass,
            Grade::III => Assumption::LogKey,
        };
        Finding {
            kind: self.claim.kind(),
            what,
            grade: Some(grade),
            against: Some(self.log.clone()),
            assumptions: vec![Assumption::Mathematics, of_grade],
            heads: heads.into(),
        }
    }

    fn roots(&self, trust: &PolicyAndKeys, heads: &[String; 2]) -> Result<Finding, EvidenceError> {
        let [a, b] = [trust.open(&heads[0])?, trust.open(&heads[1])?];
        if a.head().size != b.head().size {
            return sizes(&format!("two heads of one size, found {} and {}", a.head().size, b.head().size));
        }
        if a.head().root == b.head().root {
            return refuse(Code::E301, "both heads have one root");
        }
        Ok(self.fork(trust, self.what().with("size", a.head().size), [&a, &b]))
    }

    fn leaves(&self, trust: &PolicyAndKeys, place: u64, sides: &[Side; 2]) -> Result<Finding, EvidenceError> {
        let heads = [proved(trust, place, &sides[0])?, proved(trust, place, &sides[1])?];
        if sides[0].leaf == sides[1].leaf {
            return refuse(Code::E301, format!("both heads have one leaf at place {place}"));
        }
        Ok(self.fork(trust, self.what().with("place", place), [&heads[0], &heads[1]]))
    }

    fn prefix(
        &self,
        trust: &PolicyAndKeys,
        heads: [&String; 2],
        prefix: &Hash,
        proof: &[Hash],
    ) -> Result<Finding, EvidenceError> {
        let [smaller, larger] = [trust.open(heads[0])?, trust.open(heads[1])?];
        let (size, of) = (smaller.head().size, larger.head().size);
        if size == 0 || size >= of {
            return sizes(&format!("a smaller head that is not empty and a larger, found {size} and {of}"));
        }
        let begins = Head { size, root: *prefix };
        verify_consistency(&begins, &larger.head(), proof)
            .map_err(|error| EvidenceError::new(Code::E302, error))?;
        if *prefix == smaller.head().root {
            return refuse(Code::E301, "the larger tree begins with the smaller");
        }
        Ok(self.fork(trust, self.what().with("size", size).with("of", of), [&smaller, &larger]))
    }

    fn receipt(&self, trust: &PolicyAndKeys, receipt: &str, other: &Side) -> Result<Finding, EvidenceError> {
        let refused = |error| EvidenceError::new(Code::E204, error);
        let receipt = Receipt::parse(receipt.as_bytes()).map_err(refused)?;
        let receipt = receipt.verify(&trust.log_key).map_err(refused)?;
        let place = receipt.index();
        let head = proved(trust, place, other)?;
        if other.leaf == receipt.leaf() {
            return refuse(Code::E301, format!("the receipt's record stands at place {place} of the head"));
        }
        let what = self.what().with("place", place).with("size", head.head().size);
        Ok(self.fork(trust, what, [receipt.checkpoint(), &head]))
    }

    fn stamp(
        &self,
        trust: &PolicyAndKeys,
        stamps: &[String],
        seen: Option<&str>,
        head: &str,
    ) -> Result<Finding, EvidenceError> {
        let opened = stamps.iter().map(|note| trust.open_stamp(note)).collect::<Result<Vec<_>, _>>()?;
        let Some((first, _)) = opened.first() else { return refuse(Code::E102, "no stamp") };
        let record = first.record;
        if opened.iter().any(|(stamp, _)| stamp.record != record) {
            return refuse(Code::E306, "the stamps are of different records");
        }
        let head = trust.open(head)?;
        let seen = seen.map(|seen| trust.open(seen)).transpose()?;
        let seen_size = opened.iter().map(|(stamp, _)| stamp.seen_head).max().unwrap_or(0);
        if head.head().size < seen_size || seen.as_ref().is_some_and(|seen| seen.head().size != seen_size) {
            return sizes(&format!("a `seen` of {seen_size}, which the intakes knew, and no smaller head"));
        }
        let stamped_s = stamped_s(trust, opened.iter().map(|(stamp, _)| stamp.time.unix_s()), seen.as_ref());
        let Some(witnessed_s) = trust.witnessed_least_s(&head) else {
            return refuse(
                Code::E304,
                "no quorum of witnesses cosigned the head, so it has no witnessed time",
            );
        };
        let deadline_s = stamped_s.saturating_add(i64::try_from(trust.merge_delay_s).unwrap_or(i64::MAX));
        if i64::try_from(witnessed_s).unwrap_or(i64::MAX) <= deadline_s {
            return refuse(
                Code::E304,
                format!("the head was witnessed at {witnessed_s}, the merge delay ends at {deadline_s}"),
            );
        }
        let classes: BTreeSet<String> = opened.iter().map(|(_, class)| class.clone()).collect();
        let what = self.what().with("record", record.to_string()).with("size", head.head().size);
        Ok(Finding {
            kind: self.claim.kind(),
            what: what.with("count", opened.len() as u64),
            grade: Some(Grade::of_classes(classes.len())),
            against: Some(self.log.clone()),
            assumptions: vec![
                Assumption::Mathematics,
                Assumption::Absence,
                Assumption::Admissible,
                Assumption::Intakes,
            ],
            heads: seen.iter().chain([&head]).map(|head| shown(trust, head)).collect(),
        })
    }

    fn tile(&self, trust: &PolicyAndKeys, tile: &TileFound) -> Result<Finding, EvidenceError> {
        let TileFound { path, number, hash, .. } = tile;
        let head = trust.open(&tile.head)?;
        let size = head.head().size;
        let (level, have) = match path {
            TilePath::Hashes { level, .. } => (*level, hashes_at(*level, size)),
            TilePath::Entries { .. } => (0, size),
        };
        let first = path.index().checked_mul(u64::from(TILE_WIDTH));
        let Some(place) = first.and_then(|first| first.checked_add(u64::from(*number))) else {
            return refuse(Code::E305, format!("no tree has {path}"));
        };
        if place >= have || *number >= path.width() {
            return refuse(Code::E305, format!("a tree of {size} has no hash {number} in {path}"));
        }
        if found_hash(path, *number, &tile.found)? == *hash {
            return refuse(Code::E301, "the bytes have the hash that the head commits to");
        }
        // Above a level the tree has the shape of one that has a leaf for each hash there.
        let leaves = size.div_ceil(1 << (8 * u32::from(level)));
        let root = root_of_inclusion(hash, place, leaves, &tile.proof);
        if root.map_err(|error| EvidenceError::new(Code::E302, error))? != head.head().root {
            return refuse(Code::E302, "the hash path does not lead to the head's root");
        }
        Ok(Finding {
            kind: self.claim.kind(),
            what: self.what().with("path", path.to_path()).with("size", size),
            grade: None,
            against: None,
            assumptions: vec![Assumption::Mathematics, Assumption::Nobody],
            heads: vec![shown(trust, &head)],
        })
    }
}

fn sizes<T>(detail: &str) -> Result<T, EvidenceError> {
    refuse(Code::E303, format!("expected {detail}"))
}

/// The latest moment at which the intakes can have stamped, by their own words: what is later is in the log's favour.
fn stamped_s(
    trust: &PolicyAndKeys,
    claimed_s: impl Iterator<Item = i64>,
    seen: Option<&VerifiedCheckpoint>,
) -> i64 {
    let seen_s = seen.and_then(|seen| trust.witnessed_s(seen)).map(|s| i64::try_from(s).unwrap_or(i64::MAX));
    claimed_s.chain(seen_s).max().unwrap_or(i64::MAX)
}

/// A head of the log, if the leaf is proved to stand at the place.
fn proved(trust: &PolicyAndKeys, place: u64, side: &Side) -> Result<VerifiedCheckpoint, EvidenceError> {
    let head = trust.open(&side.head)?;
    let size = head.head().size;
    if place >= size {
        return sizes(&format!("a head that covers place {place}, found size {size}"));
    }
    verify_inclusion(&side.leaf, place, &head.head(), &side.proof)
        .map_err(|error| EvidenceError::new(Code::E302, error))?;
    Ok(head)
}

/// The hash that the bytes have at a number: the tile's, or the entry's leaf.
fn found_hash(path: &TilePath, number: u16, found: &[u8]) -> Result<Hash, EvidenceError> {
    match path {
        TilePath::Entries { .. } if found.len() <= ENTRY_MAX_BYTES => Ok(leaf_hash(found)),
        TilePath::Hashes { width, .. } if found.len() == 32 * usize::from(*width) => {
            let (hashes, _) = found.as_chunks::<32>();
            Ok(Hash(hashes[usize::from(number)]))
        }
        _ => refuse(Code::E305, format!("{} bytes are not {path}", found.len())),
    }
}

fn shown(trust: &PolicyAndKeys, head: &VerifiedCheckpoint) -> HeadShown {
    HeadShown { head: head.head(), classes: trust.classes(head), witnessed_s: trust.witnessed_s(head) }
}
