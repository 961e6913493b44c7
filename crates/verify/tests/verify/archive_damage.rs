//! Archives that are damaged, cut short, put in another order or of something else.

use crate::archive::{Shelf, check, opening, photographed, with_photograph};
use crate::log::{TestLog, exit};
use crate::outside::fixture;
use hakiki_archive::{Writer, scan};
use hakiki_core::fixture::key;
use hakiki_verify::{At, Check, Opening, Status};
use std::fs;
use std::io::Cursor;
use std::path::Path;

type Files = Vec<(String, Vec<u8>)>;

fn unpack(bytes: &[u8]) -> Files {
    let (files, fault) = scan(&mut Cursor::new(bytes)).unwrap();
    assert_eq!(fault, None);
    let content = |offset: u64, length: u64| bytes[offset as usize..(offset + length) as usize].to_vec();
    files.into_iter().map(|file| (file.path, content(file.offset, file.bytes))).collect()
}

/// Writes files with lists that fit them.
fn pack(files: &Files, path: &Path) {
    let mut writer = Writer::new(Vec::new());
    for (name, bytes) in files {
        if name.ends_with("/sha256sums") {
            writer.close_part(name).unwrap();
        } else {
            writer.put(name, bytes).unwrap();
        }
    }
    fs::write(path, writer.finish().unwrap()).unwrap();
}

fn sample(shelf: &Shelf) -> Vec<u8> {
    let log = photographed();
    let path = shelf.open_signed("sample", &opening(log.source(), At::Signed), &key("registrar"));
    fs::read(path).unwrap()
}

/// What V20 says of it, which must not pass, nor the whole.
fn fault(path: &Path) -> String {
    let report = check(path);
    let v20 = report.check(Check::V20).unwrap();
    assert_ne!(v20.status, Status::Passed, "{v20:?}");
    assert_ne!(exit(&report), 0, "{v20:?}");
    v20.detail.clone()
}

#[test]
fn no_flipped_byte_passes() {
    let shelf = Shelf::new();
    let good = sample(&shelf);
    let path = shelf.path("altered");
    let step = (good.len() / 400).max(1) | 1;
    for at in (0..good.len()).step_by(step).chain(good.len() - 1024..good.len() - 1020) {
        let mut altered = good.clone();
        altered[at] ^= 1 << (at % 8);
        fs::write(&path, &altered).unwrap();
        assert!(!fault(&path).is_empty(), "byte {at}");
    }
}

#[test]
fn no_truncation_passes() {
    let shelf = Shelf::new();
    let good = sample(&shelf);
    let path = shelf.path("short");
    let step = (good.len() / 120).max(1) | 1;
    for length in (0..good.len()).step_by(step).chain([good.len() - 1, good.len() - 512, good.len() - 1024]) {
        fs::write(&path, &good[..length]).unwrap();
        let said = fault(&path);
        assert!(said.starts_with("A101") || said.starts_with("A102"), "{length}: {said}");
    }
}

#[test]
fn every_change_of_the_whole_is_named_even_with_lists_that_fit() {
    let shelf = Shelf::new();
    let files = unpack(&sample(&shelf));
    let path = shelf.path("changed");
    let say = |change: &dyn Fn(&mut Files)| {
        let mut changed = files.clone();
        change(&mut changed);
        pack(&changed, &path);
        fault(&path)
    };
    let find = |files: &Files, name: &str| files.iter().position(|(path, _)| path.starts_with(name)).unwrap();
    assert!(say(&|files| files.swap(1, 2)).starts_with("A10"));
    assert!(say(&|files| drop(files.remove(find(files, "core/keys")))).starts_with("A105"));
    assert!(say(&|files| drop(files.remove(find(files, "core/blob")))).contains("table"));
    assert!(say(&|files| files.insert(1, ("core/more".into(), vec![1]))).starts_with("A10"));
    assert!(say(&|files| files.push(("more".into(), vec![1]))).starts_with("A106"));
    assert!(say(&|files| drop(files.remove(find(files, "core/checkpoint")))).starts_with("A105"));
    let edit = |files: &mut Files, name: &str, from: &str, to: &str| {
        let at = find(files, name);
        let text = String::from_utf8(files[at].1.clone()).unwrap();
        assert!(text.contains(from), "{text}");
        files[at].1 = text.replacen(from, to, 1).into_bytes();
    };
    let manifest = say(&|files| edit(files, "core/manifest", "rules 1", "rules 2"));
    assert!(manifest.starts_with("A202") && manifest.contains("core/manifest"), "{manifest}");
    assert!(say(&|files| edit(files, "core/keys", " kit ", " key ")).contains("core/keys"));
    assert!(say(&|files| edit(files, "blobs/manifest", "named 1", "named 2")).contains("A202"));
    assert!(say(&|files| edit(files, "annex/statement", "time 1", "time 2")).starts_with("A303"));
    let twice = |files: &mut Files| {
        let note = String::from_utf8(files[0].1.clone()).unwrap();
        let line = note.lines().last().unwrap().to_owned();
        files[0].1 = format!("{note}{line}\n").into_bytes();
    };
    assert!(say(&twice).starts_with("A203"));
    let other_head = |files: &mut Files| {
        let (from, to) = (find(files, "core/checkpoint"), find(files, "annex/head/000"));
        files[to].1 = [&files[from].1[..], b"\xe2\x80\x94 x.example AAAAAAAA\n"].concat();
    };
    assert!(say(&other_head).starts_with("A304"));
}

#[test]
fn another_log_in_the_same_cover_is_found() {
    let shelf = Shelf::new();
    let ours = unpack(&sample(&shelf));
    let log = TestLog::of(fixture(), &with_photograph(2));
    let opening = Opening { with_blobs: true, ..opening(log.source(), At::Signed) };
    let theirs = unpack(&fs::read(shelf.open("theirs", &opening).0).unwrap());
    let annex =
        |files: &Files| files.iter().filter(|(path, _)| path.starts_with("annex/")).cloned().collect();
    let rest =
        |files: &Files| files.iter().filter(|(path, _)| !path.starts_with("annex/")).cloned().collect();
    let (rest, foreign): (Files, Files) = (rest(&ours), annex(&theirs));
    let path = shelf.path("mixed");
    pack(&[rest, foreign].concat(), &path);
    assert!(fault(&path).starts_with("A302"));
}

#[test]
fn files_that_are_something_else_are_refused_with_words() {
    let shelf = Shelf::new();
    let path = shelf.path("else");
    for bytes in
        [Vec::new(), b"text".to_vec(), vec![0; 4096], vec![0xff; 100_000], b"core/checkpoint".repeat(99)]
    {
        fs::write(&path, &bytes).unwrap();
        assert!(fault(&path).starts_with("A101"), "{}", fault(&path));
    }
    // A tape archive of another program, with a file of ours in it.
    let mut writer = Writer::new(Vec::new());
    writer.put("core/checkpoint", b"nothing\n").unwrap();
    fs::write(&path, writer.finish().unwrap()).unwrap();
    assert!(fault(&path).starts_with("A105"));
}
