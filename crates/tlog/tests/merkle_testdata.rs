//! Against the test data of transparency-dev/merkle (Apache-2.0), 518 cases.
#![allow(clippy::unwrap_used)]

mod common;

use common::shared;
use hakiki_note::{BASE64, Hash};
use hakiki_tlog::{Head, verify_consistency, verify_inclusion};
use serde_json::Value;
use std::path::{Path, PathBuf};

use base64::Engine as _;

/// Cases that differ by convention, all refused here: in two the equal roots of size 1 are words and no hashes of 32
/// bytes; in the third a tree of size 0 has another root than the empty tree's.
const DIFFERING: [&str; 3] = [
    "consistency/additional/sizes-are-equal-one-and-proof-is-empty.json",
    "subtreeconsistency/additional/sizes-are-equal-one-and-proof-is-empty.json",
    "subtreeconsistency/additional/subtree-is-empty-sizes-are-equal-zero-subtree-root-valid-tree-root-random-proof-is-empty.json",
];

fn files_below(folder: &Path, files: &mut Vec<PathBuf>) {
    for item in std::fs::read_dir(folder).unwrap() {
        let path = item.unwrap().path();
        if path.is_dir() {
            files_below(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
}

fn hash(value: &Value) -> Option<Hash> {
    Some(Hash(BASE64.decode(value.as_str()?).ok()?.try_into().ok()?))
}

/// The proof, or nothing if one of its lines is no hash: such a proof cannot be brought to this crate at all.
fn proof(case: &Value) -> Option<Vec<Hash>> {
    match &case["proof"] {
        Value::Null => Some(Vec::new()),
        lines => lines.as_array()?.iter().map(hash).collect(),
    }
}

fn number(case: &Value, key: &str) -> u64 {
    case[key].as_u64().unwrap()
}

/// Whether this crate accepts a case of one of the four folders. Subtree proofs are not this crate's: a subtree that is
/// valid (aligned) is a tree of its own for inclusion; for consistency only subtrees from leaf 0 are prefixes.
fn accepts(kind: &str, case: &Value) -> Option<bool> {
    let Some(proof) = proof(case) else { return Some(false) };
    let head = |size, key: &str| Some(Head { size, root: hash(&case[key])? });
    let accepted = match kind {
        "inclusion" => {
            let leaf = hash(&case["leafHash"]);
            let head = head(number(case, "treeSize"), "root");
            leaf.zip(head).is_some_and(|(leaf, head)| {
                verify_inclusion(&leaf, number(case, "leafIdx"), &head, &proof).is_ok()
            })
        }
        "consistency" => {
            let old = head(number(case, "size1"), "root1");
            let new = head(number(case, "size2"), "root2");
            old.zip(new).is_some_and(|(old, new)| verify_consistency(&old, &new, &proof).is_ok())
        }
        "subtreeinclusion" => {
            let (start, end) = (number(case, "start"), number(case, "end"));
            let size = end.checked_sub(start).filter(|size| *size > 0)?;
            if start % size.checked_next_power_of_two()? != 0 {
                return None;
            }
            let index = number(case, "leafIdx").checked_sub(start)?;
            let leaf = hash(&case["leafHash"]);
            let head = head(size, "root");
            leaf.zip(head).is_some_and(|(leaf, head)| verify_inclusion(&leaf, index, &head, &proof).is_ok())
        }
        "subtreeconsistency" => {
            if number(case, "start") != 0 {
                return None;
            }
            let old = head(number(case, "end"), "root1");
            let new = head(number(case, "size"), "root2");
            old.zip(new).is_some_and(|(old, new)| verify_consistency(&old, &new, &proof).is_ok())
        }
        other => panic!("{other}"),
    };
    Some(accepted)
}

#[test]
fn agrees_with_transparency_dev_merkle() {
    let Some(archive) = shared("vectors/tlog/merkle-testdata.tar.xz") else { return };
    let folder = tempfile::tempdir().unwrap();
    let unpacked =
        std::process::Command::new("tar").arg("-xf").arg(&archive).arg("-C").arg(folder.path()).status();
    if !unpacked.as_ref().is_ok_and(std::process::ExitStatus::success) {
        eprintln!("skipped: tar cannot unpack {}: {unpacked:?}", archive.display());
        return;
    }
    let mut files = Vec::new();
    files_below(folder.path(), &mut files);
    files.sort();
    assert_eq!(files.len(), 518);
    let (mut agreed, mut not_asked, mut differing) = (0, 0, Vec::new());
    for file in &files {
        let case: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        let name = file.strip_prefix(folder.path()).unwrap();
        let kind = name.iter().next().unwrap().to_str().unwrap();
        let expected = !case["wantErr"].as_bool().unwrap();
        match accepts(kind, &case) {
            None => not_asked += 1,
            Some(found) if found == expected => agreed += 1,
            Some(found) => differing.push(format!("{} accepted: {found}", name.display())),
        }
    }
    assert_eq!(differing, DIFFERING.map(|name| format!("{name} accepted: false")));
    assert_eq!((agreed, not_asked), (479, 36));
}
