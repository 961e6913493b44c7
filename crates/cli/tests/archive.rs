//! `open`, `verify` of what it made, and `compare`: as two auditors and a court would run them.
#![allow(clippy::unwrap_used)]

use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn hakiki(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hakiki")).args(arguments).output().unwrap()
}

/// Exit code, standard output and standard error.
fn run(arguments: &[&str]) -> (i32, String, String) {
    let output = hakiki(arguments);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn night(dir: &Path) {
    let dir = dir.to_str().unwrap();
    let (code, _, said) = run(&[
        "demo",
        "--stations",
        "20",
        "--minutes",
        "0",
        "--listen",
        "127.0.0.1:0",
        "--exit",
        "--dir",
        dir,
    ]);
    assert_eq!(code, 0, "{said}");
}

#[test]
fn an_archive_is_opened_verified_and_compared() {
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    let log = path("log");
    night(Path::new(&log));
    let key = path("maker.key");
    assert_eq!(run(&["keygen", "maker.example", "--out", &key]).0, 0);

    let (code, out, said) = run(&["open", &log, "--at", "signed", "--out", &path("a"), "--key", &key]);
    assert_eq!(code, 0, "{said}");
    assert!(out.contains("core sha256:") && said.contains("hakiki verify"), "{out}{said}");
    let (code, report, said) = run(&["verify", &path("a"), "--json", "--require", "V20"]);
    assert_eq!(code, 0, "{report}{said}");
    let report: Value = serde_json::from_str(&report).unwrap();
    assert!(report["archive"]["maker"].as_str().unwrap().starts_with("maker.example+"));

    // The core alone is the same file whoever makes it.
    for name in ["b", "c"] {
        let bare = ["--at", "signed", "--without-blobs", "--without-annex", "--out"];
        let out = path(name);
        assert_eq!(run(&[&["open", &log][..], &bare, &[&out]].concat()).0, 0);
    }
    assert!(fs::read(path("b")).unwrap() == fs::read(path("c")).unwrap());
    assert_eq!(run(&["compare", &path("b"), &path("c")]).0, 0);
    assert_eq!(run(&["compare", &path("b"), &log]).0, 0);

    // Nothing is replaced, and what cannot be made is said.
    assert_eq!(run(&["open", &log, "--at", "signed", "--out", &path("a")]).0, 2);
    let (code, _, said) = run(&["open", &log, "--at", "3", "--out", &path("d")]);
    assert!(code == 2 && said.contains("size 3") && !Path::new(&path("d")).exists(), "{said}");

    let mut bytes = fs::read(path("a")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path("e"), bytes).unwrap();
    let (code, out, _) = run(&["verify", &path("e")]);
    assert!(code == 1 && out.contains("V20  failed") && out.contains("A201"), "{out}");
    assert_eq!(run(&["compare", &path("a"), &key]).0, 2);
}

/// X30: two auditors disagree on three rows, and exactly these are shown.
#[test]
fn two_auditors_part_in_exactly_three_rows() {
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    let log = path("log");
    night(Path::new(&log));
    let (_, first, _) = run(&["verify", &log, "--json"]);
    let mut second: Value = serde_json::from_str(&first).unwrap();
    fs::write(path("a.json"), &first).unwrap();
    second["program"]["name"] = "another".into();
    second["timings"]["total_ms"] = 1.into();
    fs::write(path("b.json"), second.to_string()).unwrap();
    assert_eq!(run(&["compare", &path("a.json"), &path("b.json")]).0, 0);

    second["contests"][0]["candidates"][1]["votes"] = 7.into();
    second["contests"][0]["candidates"][1]["least"] = 7.into();
    second["contests"][0]["partition"]["missing"] = 3.into();
    second["checks"][3]["status"] = "failed".into();
    fs::write(path("b.json"), second.to_string()).unwrap();
    let (code, out, said) = run(&["compare", &path("a.json"), &path("b.json")]);
    assert_eq!(code, 1, "{said}");
    let rows: Vec<&str> = out.lines().map(|line| line.split(':').next().unwrap()).collect();
    let code = second["contests"][0]["code"].as_str().unwrap();
    assert_eq!(rows.len(), 3, "{out}");
    assert_eq!(rows[0], "checks[V04]");
    assert!(rows[1].starts_with(&format!("contests[{code}].candidates[")), "{out}");
    assert_eq!(rows[2], format!("contests[{code}].partition"));
    assert!(said.contains("3 rows"), "{said}");
    let (_, json, _) = run(&["compare", &path("a.json"), &path("b.json"), "--json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["rows"].as_array().unwrap().len(), 3);

    // The same by results texts, whose rows are lines of an area.
    let results = fs::read_dir(Path::new(&log).join("log/results")).unwrap().next().unwrap().unwrap().path();
    let text = fs::read_to_string(&results).unwrap();
    let mut left = 3;
    let edited = text.lines().map(|line| match line.strip_prefix("votes 1 ") {
        Some(rest) if left > 0 => {
            left -= 1;
            format!("votes 1 9{rest}\n")
        }
        _ => format!("{line}\n"),
    });
    fs::write(path("results"), edited.collect::<String>()).unwrap();
    let (code, out, _) = run(&["compare", results.to_str().unwrap(), &path("results")]);
    assert_eq!((code, out.lines().count()), (1, 3), "{out}");
}
