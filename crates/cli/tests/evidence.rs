//! `evidence`, `receipt`, `follow` and what `verify` takes from its user, as the program is run.
#![allow(clippy::unwrap_used)]

use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn hakiki(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hakiki")).args(arguments).output().unwrap()
}

fn words(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn vectors() -> Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../vectors/evidence.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn a_file_is_checked_without_a_network_and_becomes_a_page() {
    let home = tempfile::tempdir().unwrap();
    let (record, file) = (home.path().join("election.txt"), home.path().join("evidence"));
    let vectors = vectors();
    let fingerprint = vectors["fingerprint"].as_str().unwrap();
    std::fs::write(&record, vectors["election"].as_str().unwrap()).unwrap();
    let run = |command: &str, more: &[&str]| {
        let arguments =
            ["evidence", command, text(&file), "--fingerprint", fingerprint, "--election", text(&record)];
        hakiki(&[&arguments[..], more].concat())
    };
    for case in vectors["cases"].as_array().unwrap() {
        std::fs::write(&file, case["file"].as_str().unwrap()).unwrap();
        let output = run("check", &[]);
        let said = words(&output);
        if let Some(code) = case["refused"].as_str() {
            assert_eq!(output.status.code(), Some(1), "{said}");
            assert!(said.contains(code), "{said}");
        } else {
            assert_eq!(output.status.code(), Some(0), "{said}");
            assert!(said.contains(case["shows"].as_str().unwrap()), "{said}");
        }
    }
    std::fs::write(&file, vectors["cases"][0]["file"].as_str().unwrap()).unwrap();
    let page = home.path().join("page.html");
    assert_eq!(run("page", &["--out", text(&page)]).status.code(), Some(0));
    assert!(std::fs::read_to_string(&page).unwrap().contains("Grade I"));
    assert_eq!(run("check", &["--language", "sw"]).status.code(), Some(0));
    std::fs::remove_file(&record).unwrap();
    assert_eq!(run("check", &[]).status.code(), Some(2), "what cannot be read is no refusal");
}

#[test]
fn receipts_are_checked_without_a_network() {
    let home = tempfile::tempdir().unwrap();
    let vectors = vectors();
    let lines = |case: &Value, name: &str| -> Vec<String> {
        let file = case["file"].as_str().unwrap().to_owned();
        file.lines().filter_map(|line| line.strip_prefix(name)).map(|line| line[1..].to_owned()).collect()
    };
    let cases = vectors["cases"].as_array().unwrap();
    let of = |kind: &str| cases.iter().find(|case| case["kind"] == kind).unwrap();
    let (stamp, record) = (home.path().join("stamp"), home.path().join("election.txt"));
    let decoded = base64(&lines(of("stamp"), "stamp")[0]);
    std::fs::write(&stamp, &decoded).unwrap();
    std::fs::write(&record, vectors["election"].as_str().unwrap()).unwrap();
    let fingerprint = vectors["fingerprint"].as_str().unwrap();
    let keys = ["--election", text(&record), "--fingerprint", fingerprint];
    let output = hakiki(&[&["receipt", "check", text(&stamp)], &keys[..]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", words(&output));
    assert!(words(&output).contains("an intake saw the record"), "{}", words(&output));
    std::fs::write(&stamp, [&decoded[..decoded.len() - 8], b"AAAAAA=\n"].concat()).unwrap();
    let output = hakiki(&[&["receipt", "check", text(&stamp)], &keys[..]].concat());
    assert_eq!(output.status.code(), Some(1), "{}", words(&output));
    assert!(words(&output).contains("proves nothing"), "{}", words(&output));
}

fn base64(encoded: &str) -> Vec<u8> {
    let mut child = Command::new("base64")
        .arg("-d")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(encoded.as_bytes()).unwrap();
    let mut decoded = Vec::new();
    child.stdout.take().unwrap().read_to_end(&mut decoded).unwrap();
    child.wait().unwrap();
    decoded
}

#[test]
fn a_memory_outlives_a_run_and_an_altered_log_raises_an_alarm() {
    let home = tempfile::tempdir().unwrap();
    let (dir, memory) = (home.path().join("rehearsal"), home.path().join("memory"));
    let output = hakiki(&[
        "demo",
        "--stations",
        "40",
        "--minutes",
        "0",
        "--listen",
        "127.0.0.1:0",
        "--exit",
        "--dir",
        text(&dir),
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", words(&output));
    let follow = || hakiki(&["follow", text(&dir), "--once", "--memory", text(&memory)]);
    let output = follow();
    assert_eq!(output.status.code(), Some(0), "{}", words(&output));
    assert!(words(&output).contains("agrees with what was seen before"), "{}", words(&output));
    let verify = || hakiki(&["verify", text(&dir), "--memory", text(&memory), "--json"]);
    let report: Value = serde_json::from_slice(&verify().stdout).unwrap();
    assert_eq!(report["checks"][5]["status"], "passed", "V06: {}", report["checks"][5]);
    let kept = std::fs::read_to_string(&memory).unwrap();
    assert!(kept.starts_with("hakiki/memory@v1\nelection "), "{kept}");
    std::fs::write(&memory, kept.replace("head ", "heed ")).unwrap();
    assert_eq!(verify().status.code(), Some(2), "a damaged memory is said, not forgotten");
    std::fs::write(&memory, &kept).unwrap();
    let bundle = dir.join("log/tile/entries/000");
    let bundle = if bundle.exists() { bundle } else { widest(&dir.join("log/tile/entries/000.p")) };
    let mut bytes = std::fs::read(&bundle).unwrap();
    let at = bytes.len() / 2;
    bytes[at] ^= 1;
    std::fs::write(&bundle, bytes).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let hook = std::thread::spawn(move || posted(&listener));
    let found = home.path().join("found");
    let arguments =
        ["--once", "--memory", text(&memory), "--webhook", &address, "--evidence-dir", text(&found)];
    let output = hakiki(&[&["follow", text(&dir)], &arguments[..]].concat());
    assert_eq!(output.status.code(), Some(1), "{}", words(&output));
    assert!(words(&output).contains("ALARM V05"), "{}", words(&output));
    let body: Value = serde_json::from_str(&hook.join().unwrap()).unwrap();
    let codes: Vec<&str> =
        body["alarms"].as_array().unwrap().iter().filter_map(|a| a["code"].as_str()).collect();
    assert!(codes.contains(&"V05"), "{body}");
    let written = std::fs::read_dir(&found).unwrap().next().unwrap().unwrap().path();
    assert_eq!(body["evidence"][0].as_str().unwrap(), std::fs::read_to_string(written).unwrap());
}

fn widest(directory: &Path) -> PathBuf {
    let width = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().parse::<u32>().unwrap();
    std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).max_by_key(width).unwrap()
}

/// Takes one POST and gives its body.
fn posted(listener: &TcpListener) -> String {
    let (stream, _) = listener.accept().unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let mut stream = stream;
    stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").unwrap();
    String::from_utf8(body).unwrap()
}
