//! The check: every tile from the root down, every bundle, every blob that a record names.

use crate::files::Files;
use crate::heads::{SignedHead, head, log_key};
use crate::{FsckError, edge};
use hakiki_core::Record;
use hakiki_note::{Hash, VerifierKey, sha256};
use hakiki_tlog::bundle::entries;
use hakiki_tlog::tile::{TILE_WIDTH, TilePath, hashes_at};
use hakiki_tlog::{Frontier, Head, leaf_hash};
use std::collections::{BTreeMap, BTreeSet};

/// What is wrong with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Damage {
    /// It is not there.
    Missing,
    /// Its bytes are not those that the head commits to.
    Changed,
    /// It cannot be told: what it is judged by is damaged, and nobody asked has it.
    CannotBeTold,
}

/// A damaged file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damaged {
    /// Its path on the wire.
    pub path: String,
    /// What is wrong.
    pub damage: Damage,
    /// The mirror that has the right bytes, if one of those asked does.
    pub at: Option<String>,
    /// The right bytes.
    pub(crate) bytes: Option<Vec<u8>>,
}

/// What was found.
#[derive(Debug)]
pub struct Report {
    /// The head that everything was judged against.
    pub head: SignedHead,
    /// The log's key.
    pub log_key: VerifierKey,
    /// Files that were looked at.
    pub files: u64,
    /// Those that are damaged, in the order of the check.
    pub damaged: Vec<Damaged>,
    /// Blobs that records name and that nobody asked has. Pictures may be withheld or not sent yet: no damage.
    pub absent_blobs: u64,
}

/// Checks a log. Each file is read once here and at most once at each mirror.
pub fn check(
    own: &dyn Files,
    mirrors: &[&dyn Files],
    fingerprint: Option<&Hash>,
) -> Result<Report, FsckError> {
    let places: Vec<&dyn Files> = std::iter::once(own).chain(mirrors.iter().copied()).collect();
    let key = log_key(&places, fingerprint)?;
    let signed = head(own, mirrors, &key)?;
    let mut check = Check { own, mirrors, files: 0, damaged: Vec::new(), blobs: BTreeSet::new() };
    if own
        .read("checkpoint")
        .ok()
        .flatten()
        .is_none_or(|bytes| bytes != signed.checkpoint.to_text().as_bytes())
    {
        let at = Some(signed.from.clone());
        check.found(
            "checkpoint",
            own_state(own, "checkpoint"),
            at,
            Some(signed.checkpoint.to_text().into_bytes()),
        );
    }
    check.tree(signed.checkpoint.head(), &places);
    let absent_blobs = check.blobs();
    Ok(Report { head: signed, log_key: key, files: check.files, damaged: check.damaged, absent_blobs })
}

fn own_state(own: &dyn Files, path: &str) -> Damage {
    if own.read(path).ok().flatten().is_some() { Damage::Changed } else { Damage::Missing }
}

struct Check<'a> {
    own: &'a dyn Files,
    mirrors: &'a [&'a dyn Files],
    files: u64,
    damaged: Vec<Damaged>,
    blobs: BTreeSet<(Hash, bool)>,
}

/// The right bytes of a file, if anybody has them.
type Right = Option<Vec<u8>>;

impl Check<'_> {
    fn found(&mut self, path: &str, damage: Damage, at: Option<String>, bytes: Right) {
        self.damaged.push(Damaged { path: path.to_owned(), damage, at, bytes });
    }

    fn tree(&mut self, head: Head, places: &[&dyn Files]) {
        let edge = edge::truth(head, places);
        let levels = (0..8u8).take_while(|level| hashes_at(*level, head.size) > 0).count();
        // The hashes of the level above, where they are known.
        let mut above: BTreeMap<u64, Vec<Hash>> = BTreeMap::new();
        for level in (0..levels as u8).rev() {
            let count = hashes_at(level, head.size);
            let (full, width) = (count / u64::from(TILE_WIDTH), (count % u64::from(TILE_WIDTH)) as u16);
            let mut here = BTreeMap::new();
            for index in 0..full {
                let path = TilePath::Hashes { level, index, width: TILE_WIDTH };
                let expected =
                    above.get(&(index / 256)).and_then(|tile| tile.get((index % 256) as usize)).copied();
                let is_right = |bytes: &[u8]| expected.is_some_and(|root| root_of(bytes, 256) == Some(root));
                let right = self.judge(path, expected.is_some(), &is_right);
                let hashes = right.as_deref().map(split);
                if level == 0 {
                    self.bundle(TilePath::Entries { index, width: TILE_WIDTH }, hashes.as_deref());
                } else if let Some(hashes) = hashes {
                    here.insert(index, hashes);
                }
            }
            if width > 0 {
                let path = TilePath::Hashes { level, index: full, width };
                let truth = edge.as_ref().and_then(|edge| edge.get(&path)).cloned();
                let is_right = |bytes: &[u8]| truth.as_deref() == Some(bytes);
                let right = self.judge(path, truth.is_some(), &is_right);
                let hashes = right.as_deref().map(split);
                if level == 0 {
                    self.bundle(TilePath::Entries { index: full, width }, hashes.as_deref());
                } else if let Some(hashes) = hashes {
                    here.insert(full, hashes);
                }
            }
            above = here;
        }
    }

    /// A bundle against its leaves. Notes the blobs that its records name.
    fn bundle(&mut self, path: TilePath, leaves: Option<&[Hash]>) {
        let is_right = |bytes: &[u8]| leaves.is_some_and(|leaves| holds(bytes, leaves));
        let Some(bytes) = self.judge(path, leaves.is_some(), &is_right) else { return };
        for record in entries(&bytes).filter_map(Result::ok).filter_map(|entry| Record::parse(entry).ok()) {
            let body = record.body();
            // Agents' tables of images hold identity numbers: they are never public.
            let sealed = matches!(body, hakiki_core::kinds::Body::Image(_));
            let named = match body {
                hakiki_core::kinds::Body::Image(image) => vec![image.page],
                body => body.blobs(),
            };
            self.blobs.extend(named.into_iter().map(|blob| (blob, sealed)));
        }
    }

    /// Judges one file by a rule, asks the mirrors if it is not right, and gives the right bytes if anybody has them.
    fn judge(&mut self, path: TilePath, can_be_told: bool, is_right: &dyn Fn(&[u8]) -> bool) -> Right {
        self.files += 1;
        let name = path.to_path();
        let own = self.own.read(&name).ok().flatten();
        // A partial file may have given way to the full one.
        let own = own.or_else(|| {
            let full = path.is_partial().then(|| self.own.read(&path.full().to_path()).ok().flatten());
            full.flatten().and_then(|bytes| edge::cut(path, &bytes))
        });
        if !can_be_told {
            let damage = if own.is_some() { Damage::CannotBeTold } else { Damage::Missing };
            self.found(&name, damage, None, None);
            return None;
        }
        if let Some(bytes) = own.as_ref().filter(|bytes| is_right(bytes)) {
            return Some(bytes.clone());
        }
        let damage = if own.is_some() { Damage::Changed } else { Damage::Missing };
        for mirror in self.mirrors {
            for candidate in [path, path.full()] {
                let Ok(Some(bytes)) = mirror.read(&candidate.to_path()) else { continue };
                if let Some(bytes) = edge::cut(path, &bytes).filter(|bytes| is_right(bytes)) {
                    self.found(&name, damage, Some(mirror.name()), Some(bytes.clone()));
                    return Some(bytes);
                }
            }
        }
        self.found(&name, damage, None, None);
        None
    }

    /// Blobs by their names; gives how many are nowhere.
    fn blobs(&mut self) -> u64 {
        let mut absent = 0;
        for (hash, _) in std::mem::take(&mut self.blobs) {
            self.files += 1;
            let path = format!("blob/{hash}");
            let own = self.own.read(&path).ok().flatten();
            if own.as_deref().is_some_and(|bytes| sha256(bytes) == hash) {
                continue;
            }
            let right = self.mirrors.iter().find_map(|mirror| {
                let bytes = mirror.read(&path).ok().flatten().filter(|bytes| sha256(bytes) == hash)?;
                Some((mirror.name(), bytes))
            });
            match (own, right) {
                (Some(_), Some((at, bytes))) => self.found(&path, Damage::Changed, Some(at), Some(bytes)),
                (Some(_), None) => self.found(&path, Damage::Changed, None, None),
                (None, Some((at, bytes))) => self.found(&path, Damage::Missing, Some(at), Some(bytes)),
                (None, None) => absent += 1,
            }
        }
        absent
    }
}

fn split(bytes: &[u8]) -> Vec<Hash> {
    bytes.as_chunks::<32>().0.iter().map(|hash| Hash(*hash)).collect()
}

/// The root over the hashes of a tile of exactly this width.
fn root_of(bytes: &[u8], width: usize) -> Option<Hash> {
    if bytes.len() != 32 * width {
        return None;
    }
    let mut tree = Frontier::new();
    for hash in split(bytes) {
        tree.push(hash);
    }
    Some(tree.root())
}

/// Whether a bundle holds exactly the entries of these leaves.
fn holds(bytes: &[u8], leaves: &[Hash]) -> bool {
    let found: Option<Vec<Hash>> = entries(bytes).map(|entry| entry.ok().map(leaf_hash)).collect();
    found.is_some_and(|found| found == leaves)
}
