//! What a store refuses, each with its code, and that it refuses before it writes.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Trace, Work, entry, never, origin, recover, run, sign};
use hakiki_note::sha256;
use hakiki_store::{
    BATCH_ENTRIES_MAX, BLOB_MAX_BYTES, Disk, Durability, Fault, Log, Loss, MemoryDisk, PosixDisk, StoreError,
};
use hakiki_tlog::{Head, Origin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use Work::{Append, Settle};

/// A disk after a script, and the script's trace.
fn worked(script: &[Work]) -> (Arc<MemoryDisk>, Trace) {
    let disk = Arc::new(MemoryDisk::new());
    let mut trace = Trace::default();
    run(&disk, script, &mut trace).unwrap();
    (disk, trace)
}

fn open<D: Disk>(disk: &Arc<D>) -> Result<Log<D>, StoreError> {
    Log::open(disk.clone(), &origin(), &mut sign)
}

/// Asserts that opening is refused with a code, that the words name `names`, and that nothing is written or
/// signed.
fn assert_refused(disk: &Arc<MemoryDisk>, code: &str, names: &str) {
    let steps = disk.steps();
    let refused = Log::open(disk.clone(), &origin(), &mut never).expect_err("it has to be refused");
    assert_eq!(refused.code(), code, "{refused}");
    assert!(refused.to_string().starts_with(code), "{refused}");
    assert!(refused.to_string().contains(names), "{refused}");
    assert_eq!(disk.steps(), steps, "a refusal writes nothing");
}

#[test]
fn one_writer_at_a_time() {
    let disk = Arc::new(MemoryDisk::new());
    let first = Log::create(disk.clone(), &origin(), &mut sign).unwrap();
    assert_eq!(open(&disk).expect_err("held").code(), "S101");
    drop(first);
    open(&disk).unwrap();

    let directory = tempfile::tempdir().unwrap();
    let first = Log::create(Arc::new(PosixDisk::new(directory.path())), &origin(), &mut sign).unwrap();
    assert_eq!(open(&Arc::new(PosixDisk::new(directory.path()))).expect_err("held").code(), "S101");
    drop(first);
    open(&Arc::new(PosixDisk::new(directory.path()))).unwrap();
}

#[test]
fn create_and_open_know_what_is_there() {
    let (disk, _) = worked(&[Append(1)]);
    let again = Log::create(disk.clone(), &origin(), &mut never).expect_err("exists");
    assert_eq!(again.code(), "S107");
    let other = Log::open(disk, &Origin::new("example.org/other").unwrap(), &mut never).expect_err("other");
    assert_eq!(other.code(), "S104");
    assert!(other.to_string().contains("example.org/log"), "{other}");
    assert_refused(&Arc::new(MemoryDisk::new()), "S108", "private/head");
    // Served files without a head are somebody's log all the same.
    let (disk, _) = worked(&[Append(1)]);
    disk.tamper("private/head", None);
    assert_eq!(Log::create(disk, &origin(), &mut never).expect_err("exists").code(), "S107");
    let directory = tempfile::tempdir().unwrap();
    let missing = Arc::new(PosixDisk::new(directory.path().join("nowhere")));
    assert_eq!(open(&missing).expect_err("missing").code(), "S108");
    assert!(!directory.path().join("nowhere").exists(), "opening makes no directory");
}

/// A file of the locked head with one slot.
fn slot(number: u64, head: Head, needed: &str) -> Vec<u8> {
    let Head { size, root } = head;
    let text = format!("hakiki locked head v1\n{number}\n{}\n{size}\n{root}\n{needed}\n-\n", origin());
    let mut slot = format!("{text}{}\n", sha256(text.as_bytes())).into_bytes();
    slot.resize(4096, 0);
    slot
}

/// T28: two writers whose lock did not keep them apart. The slower one learns it before anything is signed
/// or served.
#[test]
fn the_loser_of_the_swap_signs_nothing() {
    let disk = Arc::new(MemoryDisk::new());
    let mut log = Log::create(disk.clone(), &origin(), &mut sign).unwrap();
    let elsewhere = Head { size: 1, root: sha256(b"another writer's") };
    disk.tamper("private/head", Some(&slot(7, elsewhere, "0 0")));
    let before = disk.paths();
    let lost = log.append(vec![entry(1, 0)], &mut never).expect_err("lost");
    assert_eq!(lost.code(), "S102", "{lost}");
    let served =
        |paths: Vec<String>| paths.into_iter().filter(|path| path.starts_with("log/")).collect::<Vec<_>>();
    assert_eq!(served(disk.paths()), served(before));
    assert_eq!(log.append(vec![entry(1, 0)], &mut never).expect_err("poisoned").code(), "S109");
    assert_eq!(log.settle().expect_err("poisoned").code(), "S109");
}

/// T19: parts of yesterday's backup are put back.
#[test]
fn parts_of_an_older_copy_are_refused() {
    let script = [Append(3), Settle, Append(2), Settle];
    for older in ["private/head", "log/checkpoint"] {
        let (old, _) = worked(&script[..2]);
        let (new, _) = worked(&script);
        new.tamper(older, Some(&old.read(older).unwrap().unwrap()));
        assert_refused(&new, "S103", "size");
    }
    // Head and checkpoint of yesterday, tiles of today.
    let (old, _) = worked(&script[..2]);
    let (new, _) = worked(&[Append(3), Settle, Append(2), Settle, Append(1), Settle]);
    for older in ["private/head", "log/checkpoint"] {
        new.tamper(older, Some(&old.read(older).unwrap().unwrap()));
    }
    assert_refused(&new, "S102", "older than the journal");
    for older in ["private/journal-0", "private/journal-1"] {
        new.tamper(older, Some(&old.read(older).unwrap().unwrap()));
    }
    assert_refused(&new, "S102", "larger log");
    // The same, not yet settled: the journal's batches begin beyond the head.
    let (new, _) = worked(&[Append(3), Append(2), Append(1)]);
    let (old, _) = worked(&[Append(3)]);
    for older in ["private/head", "log/checkpoint"] {
        new.tamper(older, Some(&old.read(older).unwrap().unwrap()));
    }
    assert_refused(&new, "S102", "begin beyond");
    // The newer log has gone on to later tiles.
    let (new, _) = worked(&[Append(3), Append(600), Settle, Append(1), Settle, Append(1), Settle]);
    for older in ["private/head", "private/journal-0", "private/journal-1", "log/checkpoint"] {
        new.tamper(older, Some(&old.read(older).unwrap().unwrap()));
    }
    assert_refused(&new, "S102", "larger log");
}

/// T01, at the right edge: what lies further left is the verifier's to find.
#[test]
fn tampered_tiles_at_the_right_edge_are_refused() {
    for path in ["log/tile/0/001.p/44", "log/tile/1/000.p/1", "log/tile/entries/001.p/44"] {
        for unsettled in [false, true] {
            let script: &[Work] = if unsettled { &[Append(300)] } else { &[Append(300), Settle] };
            let (disk, _) = worked(script);
            let mut bytes = disk.read(path).unwrap().unwrap();
            let last = bytes.len() - 1;
            bytes[last] ^= 0x55;
            disk.tamper(path, Some(&bytes));
            if unsettled {
                let refused = open(&disk).expect_err("tampered");
                assert_eq!(refused.code(), "S102", "{refused}");
                assert!(refused.to_string().contains(path), "{refused}");
            } else {
                assert_refused(&disk, "S102", "");
            }
        }
    }
    let (disk, _) = worked(&[Append(300), Settle]);
    disk.tamper("log/tile/0/001.p/44", None);
    assert_refused(&disk, "S102", "tile/0/001.p/44");
}

#[test]
fn checkpoints_that_disagree_are_refused() {
    let other = Head { size: 3, root: sha256(b"another root") };
    let larger = Head { size: 4, root: sha256(b"larger") };
    for head in [other, larger, Head::empty()] {
        let (disk, _) = worked(&[Append(3), Settle]);
        disk.tamper("log/checkpoint", Some(sign(&head).unwrap().as_bytes()));
        assert_refused(&disk, "S103", &head.root.to_string());
    }
    let (disk, _) = worked(&[Append(3), Settle]);
    disk.tamper("log/checkpoint", None);
    assert_refused(&disk, "S103", "missing");
    disk.tamper("log/checkpoint", Some(b"example.org/log\n3\nnot what was there"));
    assert_refused(&disk, "S103", "");
    disk.tamper("private/head", Some(b"example.org/log\n"));
    assert_refused(&disk, "S102", "private/head");
}

#[test]
fn a_damaged_journal_is_refused_only_where_it_is_needed() {
    let (disk, _) = worked(&[Append(3), Append(2)]);
    let bytes = disk.read("private/journal-0").unwrap().unwrap();
    let second = bytes.windows(15).rposition(|window| window == b"hakiki batch v1").unwrap();
    let mut changed = bytes.clone();
    changed[second + 100] ^= 1;
    for damaged in [&bytes[..second + 100], &changed, &[]] {
        disk.tamper("private/journal-0", Some(damaged));
        assert_refused(&disk, "S106", "private/journal-0");
    }
    // Another log's batches, of the same lengths.
    let other = Arc::new(MemoryDisk::new());
    let mut log = Log::create(other.clone(), &origin(), &mut sign).unwrap();
    log.append(vec![entry(2, 0), entry(2, 1), entry(2, 2)], &mut sign).unwrap();
    log.append(vec![entry(2, 3), entry(2, 4)], &mut sign).unwrap();
    disk.tamper("private/journal-0", Some(&other.read("private/journal-0").unwrap().unwrap()));
    assert_refused(&disk, "S106", "private/journal-0");
    // A torn batch that the head never reached does no harm.
    let mut torn = bytes.clone();
    torn.resize(bytes.len() + 100, 0);
    let frame = bytes[second..].to_vec();
    let end = second + frame.iter().rposition(|byte| *byte != 0).unwrap() + 1;
    torn[end..end + 20].copy_from_slice(&frame[..20]);
    disk.tamper("private/journal-0", Some(&torn));
    let log = open(&disk).unwrap();
    assert_eq!((log.head().size, log.recovery().batches_adopted, log.recovery().batches_replayed), (5, 0, 2));
}

/// One slot of the locked head rots: the other says where the log stood before, and the journal what came after.
#[test]
fn a_damaged_slot_of_the_locked_head_loses_nothing() {
    let (disk, mut trace) = worked(&[Append(3), Append(2)]);
    let before = disk.read("private/head").unwrap().unwrap();
    let newest = common::check::slots(&before).into_iter().max().unwrap().0;
    let mut damaged = before.clone();
    damaged[usize::try_from(newest % 2).unwrap() * 4096 + 30] ^= 1;
    disk.tamper("private/head", Some(&damaged));
    // The checkpoint is beyond what is locked: somebody has to look.
    assert_refused(&disk, "S103", "size 5");
    // Where the checkpoint was lost with it, nobody can have more than the journal has.
    let (older, _) = worked(&[Append(3)]);
    disk.tamper("log/checkpoint", Some(&older.read("log/checkpoint").unwrap().unwrap()));
    let log = recover(&disk, &mut trace);
    assert_eq!((log.head().size, log.recovery().batches_adopted), (5, 1));
    drop(log);
    disk.tamper("private/head", Some(&[0; 8192]));
    assert_refused(&disk, "S102", "neither of its two slots");
}

/// What an older and longer batch left behind its successor is never taken for a batch.
#[test]
fn bytes_of_entries_are_never_read_as_a_batch() {
    let (disk, _) = worked(&[Append(1)]);
    let frame = disk.read("private/journal-0").unwrap().unwrap();
    let length = frame.iter().rposition(|byte| *byte != 0).unwrap() + 1;
    let mut log = Log::open(disk.clone(), &origin(), &mut sign).unwrap();
    let stuffed: Vec<Vec<u8>> =
        (0..40).map(|index| [&[b'x'; 7][..index % 7], &frame[..length]].concat()).collect();
    log.append(stuffed.clone(), &mut sign).unwrap();
    log.settle().unwrap();
    log.append(vec![b"short".to_vec()], &mut sign).unwrap();
    log.settle().unwrap();
    log.append(vec![b"short too".to_vec()], &mut sign).unwrap();
    drop(log);
    let log = open(&disk).unwrap();
    assert_eq!((log.head().size, log.recovery().batches_adopted), (43, 0));
}

/// A settling that is out holds back no append, until the journal has no room.
#[test]
fn the_journal_is_bounded() {
    let disk = Arc::new(MemoryDisk::new());
    let mut log = Log::create(disk.clone(), &origin(), &mut sign).unwrap();
    log.append(vec![entry(1, 0)], &mut sign).unwrap();
    let settling = log.begin_settling().unwrap().expect("there is something to settle");
    assert!(log.begin_settling().unwrap().is_none(), "one at a time");
    assert_eq!(log.settle().expect_err("one is out").code(), "S113");
    let large = || vec![vec![7; 65_000]; 1000];
    log.append(large(), &mut sign).unwrap();
    log.append(large(), &mut sign).unwrap();
    log.append(large(), &mut sign).unwrap();
    let refused = log.append(vec![entry(1, 1)], &mut sign).expect_err("no room");
    assert_eq!(refused.code(), "S113", "{refused}");
    log.finish_settling(&settling.run().unwrap()).unwrap();
    log.append(vec![entry(1, 1)], &mut sign).unwrap();
}

/// A loss of power may cut files short that were not synced; these are written again, and it is said how
/// many.
#[test]
fn torn_files_are_repaired_from_the_journal() {
    let (disk, mut trace) = worked(&[Append(300), Append(2)]);
    let torn = Arc::new(disk.restart(Loss::Contents));
    let log = recover(&torn, &mut trace);
    assert!(log.recovery().files_repaired > 3, "{:?}", log.recovery());
    assert!(log.recovery().published);
    drop(log);
    assert_eq!(open(&torn).unwrap().recovery(), hakiki_store::Recovery::default());
}

#[test]
fn a_signer_that_fails_is_asked_again_at_the_next_start() {
    let disk = Arc::new(MemoryDisk::new());
    let mut log = Log::create(disk.clone(), &origin(), &mut sign).unwrap();
    let refused = log.append(vec![entry(1, 0)], &mut never).expect_err("unsigned");
    assert_eq!(refused.code(), "S110");
    assert!(refused.to_string().contains("nothing should be signed here"), "{refused}");
    drop(log);
    // A signer of another head, or of another log, is not believed.
    let other = Head { size: 1, root: sha256(b"other") };
    assert_eq!(Log::open(disk.clone(), &origin(), &mut |_| sign(&other)).expect_err("other").code(), "S110");
    let mut trace = Trace { attempted: vec![entry(1, 0)], ..Trace::default() };
    let mut log = recover(&disk, &mut trace);
    assert_eq!(log.head().size, 1);
    assert_eq!(log.publish_cosigned(sign(&other).unwrap()).expect_err("other").code(), "S110");
    let cosigned = format!("{}\u{2014} witness.example AAAAAAAA\n", log.checkpoint());
    log.publish_cosigned(cosigned.clone()).unwrap();
    drop(log);
    assert_eq!(Log::open(disk, &origin(), &mut never).unwrap().checkpoint(), cosigned);
}

#[test]
fn batches_of_the_wrong_size_change_nothing() {
    let disk = Arc::new(MemoryDisk::new());
    let mut log = Log::create(disk.clone(), &origin(), &mut sign).unwrap();
    let steps = disk.steps();
    let too_many_bytes = vec![vec![0; 65_535]; 1_025];
    for batch in [Vec::new(), vec![vec![0; 65_536]], vec![Vec::new(); BATCH_ENTRIES_MAX + 1], too_many_bytes]
    {
        let refused = log.append(batch, &mut never).expect_err("size");
        assert_eq!(refused.code(), "S111", "{refused}");
    }
    assert_eq!(disk.steps(), steps);
    log.append(vec![vec![1; 65_535], Vec::new()], &mut sign).unwrap();
}

#[test]
fn blobs_are_durable_and_never_change() {
    let disk = Arc::new(MemoryDisk::new());
    let log = Log::create(disk.clone(), &origin(), &mut sign).unwrap();
    let blobs = log.blobs();
    let (bytes, hash) = (b"a register shard", sha256(b"a register shard"));
    assert!(!blobs.has_blob(hash).unwrap());
    assert_eq!(blobs.put_blob(sha256(b"other"), bytes).expect_err("hash").code(), "S112");
    assert_eq!(blobs.put_blob(hash, &vec![0; BLOB_MAX_BYTES + 1]).expect_err("size").code(), "S111");
    blobs.put_blob(hash, bytes).unwrap();
    blobs.put_blob(hash, bytes).unwrap();
    assert_eq!(log.reader().read(&format!("blob/{hash}")).unwrap().unwrap(), bytes);
    disk.tamper(&format!("log/blob/{hash}"), Some(b"damaged"));
    assert_eq!(blobs.read_blob(hash).expect_err("damaged").code(), "S112");
    assert_eq!(blobs.put_blob(hash, bytes).expect_err("damaged").code(), "S112");

    // A failure at any step: once a put has said yes, no loss of power takes the blob.
    for step in 0.. {
        for fault in [Fault::NotDone, Fault::DoneButNotSaid, Fault::PowerLoss] {
            let disk = Arc::new(MemoryDisk::new());
            let blobs = hakiki_store::Blobs::new(disk.clone());
            disk.plan_fault(step, fault);
            let first = blobs.put_blob(hash, bytes);
            if first.is_ok() && !disk.fault_struck() && fault == Fault::PowerLoss {
                assert!(step > 4, "write, sync, two directories, name, three directories");
                return;
            }
            if first.is_err() && !disk.is_dead() {
                blobs.put_blob(hash, bytes).unwrap();
            }
            let said = !disk.is_dead();
            let blobs = hakiki_store::Blobs::new(Arc::new(disk.restart(Loss::Unsynced)));
            assert!(blobs.read_blob(hash).unwrap().is_some() || !said, "step {step}, {fault:?}");
        }
    }
}

#[test]
fn blobs_come_beside_an_append() {
    let directory = tempfile::tempdir().unwrap();
    let mut log = Log::create(Arc::new(PosixDisk::new(directory.path())), &origin(), &mut sign).unwrap();
    let blobs = log.blobs();
    let stored = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                for index in 0..8 {
                    let bytes = entry(9, index);
                    blobs.put_blob(sha256(&bytes), &bytes).unwrap();
                    stored.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for index in 0..5 {
            log.append(vec![entry(1, index)], &mut sign).unwrap();
        }
    });
    assert_eq!(stored.into_inner(), 24);
    for index in 0..8 {
        assert_eq!(blobs.read_blob(sha256(&entry(9, index))).unwrap().unwrap(), entry(9, index));
    }
}

/// C2SP tlog-tiles: a partial tile may go when the full one is there. Here one settling later, also after a
/// restart.
#[test]
fn partial_tiles_go_one_settling_after_the_full_one_came() {
    let disk = Arc::new(MemoryDisk::new());
    let mut log = Log::create(disk.clone(), &origin(), &mut sign).unwrap();
    let append = |log: &mut Log<MemoryDisk>, count: u64| {
        let first = log.head().size;
        log.append((first..first + count).map(|index| entry(1, index)).collect(), &mut sign).unwrap();
        log.settle().unwrap();
    };
    append(&mut log, 200);
    append(&mut log, 57);
    let partial = "log/tile/entries/000.p/200";
    assert!(disk.exists(partial).unwrap(), "a reader may still be at size 200");
    drop(log);
    let mut log = open(&disk).unwrap();
    assert!(disk.exists(partial).unwrap());
    append(&mut log, 1);
    assert!(!disk.exists(partial).unwrap());
    assert!(!disk.exists("log/tile/entries/000.p").unwrap());
    assert!(disk.exists("log/tile/entries/000").unwrap());
    assert!(disk.exists("log/tile/entries/001.p/1").unwrap(), "its full tile is not there yet");
}

#[test]
fn a_full_file_system_is_said_in_words() {
    let disk = Arc::new(MemoryDisk::new());
    disk.limit_free_bytes(Some(10));
    let refused = Log::create(disk.clone(), &origin(), &mut never).expect_err("full");
    assert!(refused.to_string().contains("Check free space"), "{refused}");
    assert!(disk.create("log/x", b"too many bytes", Durability::Now).is_err());
}
