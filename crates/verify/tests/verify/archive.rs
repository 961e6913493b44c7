//! Archives: the same core whoever makes it, checked offline as a directory is.

use crate::http::serve;
use crate::log::{TestLog, assert_failed, assert_says, large, large_records, options, write};
use crate::outside::{fixture, records, signed, tree, witnessed};
use hakiki_core::Record;
use hakiki_core::fixture::{Fixture, Setting, custodians, key, log_key};
use hakiki_core::kinds::{Software, Withhold};
use hakiki_note::{SignatureLine, SigningKey, sha256};
use hakiki_verify::{
    At, Check, Maker, OpenError, Opened, Opening, Program, Quiet, Report, Source, Status, open_archive,
    verify,
};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

const PHOTOGRAPH: &[u8] = b"a photograph of a form";

pub fn opening(source: Source, at: At) -> Opening {
    Opening {
        source,
        at,
        with_blobs: true,
        with_annex: true,
        witnesses: Vec::new(),
        mirrors: Vec::new(),
        now_s: 1_930_000_100,
        threads: Some(2),
        program: Program { name: "hakiki".into(), version: "0.1.0".into(), sha256: None },
    }
}

/// A folder for archives, each made under a name of its own.
pub struct Shelf(TempDir);

impl Shelf {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn open(&self, name: &str, opening: &Opening) -> (PathBuf, Opened) {
        let path = self.path(name);
        let opened = open_archive(opening, &path, None, &Quiet).unwrap();
        (path, opened)
    }

    pub fn open_signed(&self, name: &str, opening: &Opening, key: &SigningKey) -> PathBuf {
        let path = self.path(name);
        let sign = |text: &str| Ok(SignatureLine::sign(text, key));
        let maker = Maker { key: key.verifier(), sign: &sign };
        open_archive(opening, &path, Some(&maker), &Quiet).unwrap();
        path
    }
}

pub fn check(path: &Path) -> Report {
    verify(&options(Source::Archive(path.to_owned())), &Quiet)
}

/// Records of the witnessed election with a photographed form.
pub fn with_photograph(forms: usize) -> Vec<Record> {
    let mut all = records(forms);
    let mut form = fixture().form(7, [30, 20, 1], 4);
    form.words = Some(sha256(PHOTOGRAPH));
    let [kit, officer] = fixture().station_keys(7);
    all.push(fixture().sign(form, &[&kit, &officer]));
    all
}

pub fn photographed() -> TestLog {
    let log = TestLog::of(fixture(), &with_photograph(3));
    write(&log.path(&format!("blob/{}", sha256(PHOTOGRAPH))), PHOTOGRAPH);
    log
}

fn refusal(opening: &Opening) -> String {
    let home = tempfile::tempdir().unwrap();
    match open_archive(opening, &home.path().join("x"), None, &Quiet) {
        Err(OpenError::Refused(message)) => message.text(hakiki_messages::Language::English),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_archive_is_checked_as_the_directory_is() {
    let (log, shelf) = (photographed(), Shelf::new());
    let key = key("registrar");
    let path = shelf.open_signed("a", &opening(log.source(), At::Signed), &key);
    let (archive, directory) = (check(&path), log.verify());
    assert_says(&archive, Check::V20, Status::Passed, &key.verifier().to_string());
    assert_says(&archive, Check::V10, Status::Passed, "lines");
    assert_says(&directory, Check::V20, Status::NotChecked, "no archive");
    assert_eq!(archive.contests, directory.contests);
    assert_eq!(archive.findings, directory.findings);
    assert_says(&archive, Check::V09, Status::Passed, "here with the right hash, 0 not here");
    assert_eq!(archive.archive.as_ref().unwrap().maker.as_ref(), Some(key.verifier()));
    assert_eq!(archive.to_json()["archive"]["core"].as_str().map(str::len), Some(64));
    // It serves as a source of another archive.
    let again = shelf.open("b", &opening(Source::Archive(path.clone()), At::Signed)).1;
    assert_eq!(Some(again.core.sha256), archive.archive.as_ref().map(|parts| parts.core));
}

#[test]
fn the_same_core_whoever_makes_it_while_the_log_grows() {
    let all = large_records();
    let shelf = Shelf::new();
    let at = |size: usize| {
        let head = tree(&all[..size]).head();
        At::Checkpoint(signed(head, &[], 0).to_text().into_bytes())
    };
    for size in [300, 256] {
        let origin = TestLog::of_batches(large(), &[&all[..size], &all[size..]]);
        let mirror = TestLog::of_batches(large(), &[&all[..200], &all[200..size], &all[size..]]);
        // Where the partial tiles have given way to the full ones.
        let late = TestLog::of(large(), all);
        let served = serve(mirror.directory(), |_| None);
        let sources = [origin.source(), Source::Url(served), late.source()];
        let without = |source: &Source| Opening {
            with_blobs: false,
            with_annex: false,
            ..opening(source.clone(), at(size))
        };
        let made: Vec<Vec<u8>> = (0..)
            .zip(&sources)
            .map(|(number, source)| {
                let (path, opened) = shelf.open(&format!("{size}-{number}"), &without(source));
                assert_eq!(opened.head.size, size as u64);
                let report = check(&path);
                assert_failed(&report, &[]);
                assert_says(&report, Check::V20, Status::Passed, "made without blobs");
                fs::read(path).unwrap()
            })
            .collect();
        assert!(made[0] == made[1] && made[1] == made[2], "{size}");
        // The core of one with an annex is the beginning of the file.
        let (path, _) = shelf.open(&format!("{size}-annex"), &opening(sources[0].clone(), at(size)));
        let whole = fs::read(path).unwrap();
        assert_eq!(&whole[..made[0].len() - 1024], &made[0][..made[0].len() - 1024]);
    }
}

#[test]
fn held_and_cosigned_heads_are_those_by_the_election_record() {
    let (log, shelf) = (witnessed(), Shelf::new());
    let (path, opened) = shelf.open("held", &opening(log.source(), At::Held));
    assert_eq!((opened.head.size, opened.asked), (7, Some((4, 4))));
    let report = check(&path);
    assert_failed(&report, &[]);
    assert_says(&report, Check::V20, Status::Passed, "nobody signed");
    // The larger heads of the annex are proved to continue it; the held one is it.
    assert_says(&report, Check::V06, Status::Passed, "4 other heads agree");
    assert_says(&report, Check::V03, Status::Passed, "held by mirrors of two classes up to 7");
    let cosigned = shelf.open("cosigned", &opening(log.source(), At::Cosigned)).1;
    assert_eq!(cosigned.head.size, 8);
    assert_eq!(shelf.open("size", &opening(log.source(), At::Size(8))).1.core, cosigned.core);

    let head = tree(&records(5)[..7]).head();
    write(&log.path("held"), signed(head, &[0, 1, 2, 4], 9).to_text().as_bytes());
    assert!(refusal(&opening(log.source(), At::Held)).contains("not cosigned by mirrors of two classes"));
    fs::remove_file(log.path("held")).unwrap();
    assert!(refusal(&opening(log.source(), At::Held)).contains("--at"));
    assert!(refusal(&opening(log.source(), At::Size(6))).contains("no signed head of size 6"));
}

#[test]
fn who_does_not_answer_is_named_and_a_fork_is_shown() {
    let (log, shelf) = (witnessed(), Shelf::new());
    let mut forged = tree(&records(5)[..7]).head();
    forged.root.0[0] ^= 1;
    let fork = signed(forged, &[0], 9).to_text();
    let answer = format!("200 OK\r\nContent-Length: {}\r\n\r\n{fork}", fork.len());
    let forked = serve(log.directory(), move |path| path.ends_with("/checkpoint").then(|| answer.clone()));
    let mut opening = opening(log.source(), At::Held);
    opening.witnesses = vec![forked, "http://127.0.0.1:1".into()];
    let (path, opened) = shelf.open("x", &opening);
    assert_eq!(opened.asked, Some((6, 5)));
    assert_eq!(opened.evidence.len(), 1);
    let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
    assert!(text.contains("asked witness 1930000100 http://127.0.0.1:1\nnothing "), "{text}");
    let report = check(&path);
    assert_says(&report, Check::V20, Status::Passed, "core");
    // Whoever opens the archive finds it again, without a network.
    assert_says(&report, Check::V06, Status::Failed, "cannot both be of a log that only grows");
    assert_eq!(report.evidence.len(), 1);
}

#[test]
fn a_log_that_is_not_what_its_head_says_makes_no_archive() {
    let log = photographed();
    log.flip("tile/entries/000.p/9");
    assert!(refusal(&opening(log.source(), At::Signed)).contains("V0"));
    let log = photographed();
    let table = fixture().tables.keys().next().unwrap();
    log.flip(&format!("blob/{table}"));
    assert!(refusal(&opening(log.source(), At::Signed)).contains("blob/"));
    let log = photographed();
    fs::remove_dir_all(log.path("tile")).unwrap();
    assert!(refusal(&opening(log.source(), At::Signed)).contains("entry 0"));
    // A directory that is not there has no other head either.
    let nowhere = Source::Directory(log.path("nowhere"));
    assert!(refusal(&opening(nowhere, At::Held)).starts_with("no log is found there"));
}

/// An operator who replaces one photograph must not keep a court from the log by it: the core is the same, the photograph
/// counts as absent, and the check of the source says what is wrong there.
#[test]
fn a_photograph_that_was_replaced_keeps_nobody_from_the_log() {
    let (whole, shelf) = (photographed(), Shelf::new());
    let honest = shelf.open("honest", &opening(whole.source(), At::Signed)).1;
    let log = photographed();
    write(&log.path(&format!("blob/{}", sha256(PHOTOGRAPH))), b"another picture");
    assert_says(&log.verify(), Check::V09, Status::Failed, &sha256(PHOTOGRAPH).to_string());
    let (path, opened) = shelf.open("replaced", &opening(log.source(), At::Signed));
    assert_eq!(opened.core, honest.core);
    assert_eq!((honest.absent, opened.absent), (0, 1));
    let archive = check(&path);
    assert_says(&archive, Check::V20, Status::Passed, &honest.core.sha256.to_string());
    assert_says(&archive, Check::V09, Status::Passed, ", 1 not here");
    assert_eq!(archive.contests, whole.verify().contests);
}

#[test]
fn a_blob_that_is_withheld_is_not_in_it_and_the_report_says_by_whom() {
    let fixture = Fixture::new(&Setting { hosts: 1, ..Setting::default() });
    let mut form = fixture.form(1, [30, 20, 1], 4);
    form.words = Some(sha256(PHOTOGRAPH));
    let [kit, officer] = fixture.station_keys(1);
    let withhold = Withhold {
        blob: sha256(PHOTOGRAPH),
        by: "high-court".into(),
        order: None,
        reason: "privacy".into(),
        words: None,
    };
    let software = Software {
        component: "node".into(),
        version: "1.0".into(),
        program: sha256(b"program"),
        configuration: None,
        dependencies: None,
        source: Some(sha256(b"source")),
        reason: "first".into(),
        words: None,
    };
    let custodians = custodians();
    let quorum: Vec<&SigningKey> = custodians.iter().collect();
    let mut all = fixture.records.clone();
    all.push(fixture.sign(form, &[&kit, &officer]));
    all.push(fixture.sign(software, &quorum));
    all.push(fixture.sign(withhold, &quorum));
    let log = TestLog::of(&fixture, &all);
    write(&log.path(&format!("blob/{}", sha256(PHOTOGRAPH))), PHOTOGRAPH);
    assert_failed(&log.verify(), &[]);
    assert_says(&log.verify(), Check::V09, Status::Passed, "1 withheld by high-court");
    let shelf = Shelf::new();
    let (path, opened) = shelf.open("x", &opening(log.source(), At::Signed));
    assert_eq!((opened.absent, opened.blobs.unwrap().files), (0, 1));
    let bytes = fs::read(&path).unwrap();
    assert!(!bytes.windows(PHOTOGRAPH.len()).any(|window| window == PHOTOGRAPH));
    let line = format!("withheld {} by high-court reason privacy", sha256(PHOTOGRAPH));
    let text = String::from_utf8_lossy(&bytes);
    assert!(text.contains(&line));
    let authorised = format!("software node 1.0 program {}", sha256(b"program"));
    assert!(text.contains(&authorised) && text.contains(&format!("source {}", sha256(b"source"))));
    assert_says(&check(&path), Check::V09, Status::Passed, "1 withheld by high-court");
    assert_failed(&check(&path), &[]);
    // A server that answers 451 is one that does not have it.
    let address = serve(log.directory(), |path| {
        path.starts_with("blob/")
            .then(|| path.ends_with(&sha256(PHOTOGRAPH).to_string()))
            .filter(|is| *is)?;
        Some("451 Unavailable For Legal Reasons\r\nContent-Length: 0".to_owned())
    });
    assert_failed(&verify(&options(Source::of(&address)), &Quiet), &[]);
}

#[test]
fn standard_tools_open_it() {
    let (log, shelf) = (photographed(), Shelf::new());
    let (path, opened) = shelf.open("a.tar", &opening(log.source(), At::Signed));
    let out = shelf.path("out");
    fs::create_dir(&out).unwrap();
    let run = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).current_dir(&out).output().unwrap();
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    run("tar", &["xf", path.to_str().unwrap()]);
    for part in ["core", "blobs", "annex"] {
        run("sha256sum", &["--check", "--strict", &format!("{part}/sha256sums")]);
    }
    let sum = run("sha256sum", &["core/sha256sums"]);
    assert!(sum.starts_with(&opened.core.sha256.to_string()));
    // What was taken out is a log that is served.
    let report = verify(&options(Source::Directory(out.join("core"))), &Quiet);
    assert_failed(&report, &[Check::V03]);
    assert_eq!(report.head, Some(opened.head));
    let note = fs::read_to_string(out.join("core/checkpoint")).unwrap();
    assert!(note.contains(log_key().name().as_str()));
}
