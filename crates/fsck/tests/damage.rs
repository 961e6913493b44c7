//! Damage of every kind to a log of three levels, with and without mirrors.
#![allow(clippy::unwrap_used)]

use hakiki_core::fixture::Fixture;
use hakiki_fsck::{Damage, Directory, Files, check, repair};
use hakiki_store::{Disk as _, Durability, Log, PosixDisk, SignFailure};
use hakiki_tlog::checkpoint::Checkpoint;
use hakiki_tlog::{Head, Origin};
use std::path::Path;
use std::sync::Arc;

const ENTRIES: usize = 70_000;

/// A log whose first entry is a real election record; the others are opaque.
fn log(dir: &Path) {
    let fixture = Fixture::new(&hakiki_core::fixture::Setting::default());
    let key = hakiki_core::fixture::log_key();
    let origin = Origin::new(key.name().as_str()).unwrap();
    let mut sign = |head: &Head| -> Result<String, SignFailure> {
        Ok(Checkpoint::new(origin.clone(), *head).sign(&key)?)
    };
    let mut log = Log::create(Arc::new(PosixDisk::new(dir)), &origin, &mut sign).unwrap();
    let first = fixture.records[0].note().as_bytes().to_vec();
    let others = (1..ENTRIES).map(|index| format!("entry {index}").into_bytes());
    let entries: Vec<Vec<u8>> = std::iter::once(first).chain(others).collect();
    for batch in entries.chunks(60_000) {
        log.append(batch.to_vec(), &mut sign).unwrap();
    }
    log.settle().unwrap();
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn damage(dir: &Path, path: &str) {
    let file = dir.join("log").join(path);
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(file, bytes).unwrap();
}

#[test]
fn every_damaged_file_is_named_and_repaired_from_who_has_it() {
    let root = tempfile::tempdir().unwrap();
    let (dir, mirror, other) = (root.path().join("a"), root.path().join("b"), root.path().join("c"));
    log(&dir);
    copy(&dir, &mirror);
    copy(&dir, &other);
    let own = Directory::open(&dir).unwrap();
    let whole = check(&own, &[], None).unwrap();
    assert!(whole.damaged.is_empty(), "{:?}", whole.damaged);
    // Tiles of each level, full and partial, bundles, and one that is gone.
    let paths = [
        "tile/0/007",
        "tile/0/273.p/112",
        "tile/1/000",
        "tile/1/001.p/17",
        "tile/2/000.p/1",
        "tile/entries/000",
        "tile/entries/100",
        "tile/entries/273.p/112",
    ];
    for path in paths {
        damage(&dir, path);
    }
    std::fs::remove_file(dir.join("log/tile/entries/200")).unwrap();
    // The first mirror has some of them, but lies about one; the second has all.
    damage(&mirror, "tile/entries/100");
    let (first, second) = (Directory::open(&mirror).unwrap(), Directory::open(&other).unwrap());
    let report = check(&own, &[&first, &second], None).unwrap();
    let mut found: Vec<&str> = report.damaged.iter().map(|damaged| damaged.path.as_str()).collect();
    found.sort_unstable();
    let mut expected = paths.to_vec();
    expected.push("tile/entries/200");
    expected.sort_unstable();
    assert_eq!(found, expected);
    let of = |path: &str| report.damaged.iter().find(|damaged| damaged.path == path).unwrap();
    assert_eq!(of("tile/entries/100").at, Some(second.name()), "the liar's bytes are not believed");
    assert_eq!(of("tile/entries/000").at, Some(first.name()));
    assert_eq!(of("tile/entries/200").damage, Damage::Missing);
    let repaired = repair(&dir, &report).unwrap();
    assert_eq!((repaired.repaired.len(), repaired.left.len()), (9, 0));
    assert!(check(&own, &[], None).unwrap().damaged.is_empty());
}

#[test]
fn without_a_mirror_it_ends_and_says_what_cannot_be_told() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("a");
    log(&dir);
    let own = Directory::open(&dir).unwrap();
    // Everything is damaged but the checkpoint and the first record.
    let disk = PosixDisk::new(&dir);
    for folder in ["log/tile/0", "log/tile/1", "log/tile/2"] {
        for name in disk.list(folder).unwrap() {
            let file = dir.join(folder).join(&name);
            if file.is_file() {
                std::fs::write(file, "damaged").unwrap();
            }
        }
    }
    std::fs::write(dir.join("log/tile/2/000.p/1"), "damaged").unwrap();
    let report = check(&own, &[], None).unwrap();
    assert!(report.damaged.len() > 500, "{}", report.damaged.len());
    assert!(report.damaged.iter().all(|damaged| damaged.at.is_none()));
    let repaired = repair(&dir, &report).unwrap();
    assert!(repaired.repaired.is_empty());
}

#[test]
fn a_lost_checkpoint_is_taken_from_a_mirror_and_a_running_log_is_not_touched() {
    let root = tempfile::tempdir().unwrap();
    let (dir, mirror) = (root.path().join("a"), root.path().join("b"));
    log(&dir);
    copy(&dir, &mirror);
    std::fs::remove_file(dir.join("log/checkpoint")).unwrap();
    let (own, first) = (Directory::open(&dir).unwrap(), Directory::open(&mirror).unwrap());
    assert!(check(&own, &[], None).unwrap_err().to_string().starts_with("K103"));
    let report = check(&own, &[&first], None).unwrap();
    assert_eq!(report.damaged.len(), 1);
    let disk = PosixDisk::new(&dir);
    let lock = disk.lock().unwrap();
    assert!(repair(&dir, &report).unwrap_err().to_string().starts_with("K104"));
    drop(lock);
    repair(&dir, &report).unwrap();
    assert!(check(&own, &[], None).unwrap().damaged.is_empty());
    assert!(Directory::open(&dir.join("nowhere")).err().unwrap().to_string().starts_with("K101"));
    disk.replace("log/tile/entries/000", b"no record", Durability::Now).unwrap();
    assert!(check(&own, &[], None).unwrap_err().to_string().starts_with("K102"));
    let other = hakiki_note::sha256(b"another election");
    assert!(check(&first, &[], Some(&other)).unwrap_err().to_string().starts_with("K102"));
}
