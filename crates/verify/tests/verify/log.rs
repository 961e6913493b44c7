//! Logs of the fixture's election, written to disk without a store.

use hakiki_core::Record;
use hakiki_core::fixture::{Fixture, ORIGIN, Setting, log_key};
use hakiki_core::kinds::Body;
use hakiki_note::{Hash, SigningKey};
use hakiki_tlog::plan::RightEdge;
use hakiki_tlog::{Checkpoint, Head, Origin};
use hakiki_verify::{Check, Options, Program, Quiet, Report, Source, Status, verify};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use tempfile::TempDir;

/// Stations of the larger election: enough for more than two full bundles with two forms each.
pub const STATIONS: usize = 260;

/// A small election, made once.
pub fn small() -> &'static Fixture {
    static SMALL: OnceLock<Fixture> = OnceLock::new();
    SMALL.get_or_init(|| Fixture::new(&Setting::default()))
}

/// A larger election, made once.
pub fn large() -> &'static Fixture {
    static LARGE: OnceLock<Fixture> = OnceLock::new();
    LARGE.get_or_init(|| Fixture::new(&Setting { stations: STATIONS as u32, ..Setting::default() }))
}

/// The larger election's records with two equal forms of each station: 525 in all.
pub fn large_records() -> &'static [Record] {
    static RECORDS: OnceLock<Vec<Record>> = OnceLock::new();
    RECORDS.get_or_init(|| {
        let fixture = large();
        let mut records = fixture.records.clone();
        for again in 0..2 {
            for station in 0..STATIONS {
                let mut form = fixture.form(station, [200, 101, 9], 3);
                form.serial = Some(format!("M{again}{station:06}"));
                let [kit, officer] = fixture.station_keys(station);
                records.push(fixture.sign(form, &[&kit, &officer]));
            }
        }
        records
    })
}

/// The small election's records with a form of each of the first stations.
pub fn small_records(forms: usize) -> Vec<Record> {
    let fixture = small();
    let forms = (0..forms).map(|station| fixture.signed_form(station, [300, 200 + station as u32, 10], 4));
    fixture.records.iter().cloned().chain(forms).collect()
}

/// A log on disk, as it is served.
pub struct TestLog {
    directory: TempDir,
    pub head: Head,
}

impl TestLog {
    /// Writes records and tables, and signs the head.
    pub fn of(fixture: &Fixture, records: &[Record]) -> Self {
        Self::of_batches(fixture, &[records])
    }

    /// The same in batches, each of which leaves its partial tiles.
    pub fn of_batches(fixture: &Fixture, batches: &[&[Record]]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut edge = RightEdge::empty();
        for batch in batches {
            let entries: Vec<Vec<u8>> =
                batch.iter().map(|record| record.note().as_bytes().to_vec()).collect();
            let plan = edge.plan(&entries).unwrap();
            for (path, bytes) in &plan.objects {
                write(&directory.path().join(path.to_path()), bytes);
            }
            edge = plan.into_edge();
        }
        for (hash, bytes) in &fixture.tables {
            write(&directory.path().join(format!("blob/{hash}")), bytes);
        }
        let log = Self { directory, head: edge.head() };
        log.sign_head(ORIGIN, log.head, &log_key());
        log
    }

    /// Writes a checkpoint.
    pub fn sign_head(&self, origin: &str, head: Head, key: &SigningKey) {
        let checkpoint = Checkpoint::new(Origin::new(origin).unwrap(), head);
        write(&self.path("checkpoint"), checkpoint.sign(key).unwrap().as_bytes());
    }

    /// A file of the log.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// The directory.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Changes a file.
    pub fn edit(&self, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
        let mut bytes = fs::read(self.path(name)).unwrap();
        change(&mut bytes);
        write(&self.path(name), &bytes);
    }

    /// Flips one bit in the middle of a file.
    pub fn flip(&self, name: &str) {
        self.edit(name, |bytes| {
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
        });
    }

    /// Checks it with the fingerprint pinned.
    pub fn verify_pinned(&self, fixture: &Fixture) -> Report {
        verify(&Options { fingerprint: Some(fixture.fingerprint), ..options(self.source()) }, &Quiet)
    }

    /// Checks it.
    pub fn verify(&self) -> Report {
        verify(&options(self.source()), &Quiet)
    }

    pub fn source(&self) -> Source {
        Source::Directory(self.directory().to_owned())
    }
}

/// A sign for any body by named keys of the small election.
pub fn sign_small(body: impl Into<Body>, keys: &[&SigningKey]) -> Record {
    small().sign(body, keys)
}

pub fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

pub fn options(source: Source) -> Options {
    let program = Program { name: "hakiki".into(), version: "0.1.0".into(), sha256: Some(Hash([7; 32])) };
    Options { source, fingerprint: None, require: BTreeSet::new(), threads: Some(2), program }
}

pub fn exit(report: &Report) -> i32 {
    report.exit_code(&BTreeSet::new())
}

/// Asserts that exactly these checks failed.
pub fn assert_failed(report: &Report, expected: &[Check]) {
    let failed: Vec<Check> =
        report.checks.iter().filter(|check| check.status == Status::Failed).map(|check| check.code).collect();
    assert_eq!(failed, expected, "{:#?}", report.checks);
    assert_eq!(exit(report), i32::from(!expected.is_empty()));
}

/// Asserts what a check says.
pub fn assert_says(report: &Report, code: Check, status: Status, part: &str) {
    let check = report.check(code).unwrap();
    assert_eq!(check.status, status, "{check:?}");
    assert!(check.detail.contains(part), "{code}: {:?} lacks {part:?}", check.detail);
}
