//! `hakiki claim` as the person with a table runs it: what it prints first, how it ends, and what it says of a wrong table.
#![allow(clippy::unwrap_used)]

use std::path::PathBuf;
use std::process::{Command, Output};

const MAPPING: &str = r#"
title = "Tally of the Harbour Party"
country = "ZZ"
date = "2031-03-04"
licence = "none stated"
[source]
description = "harbour.csv"
[contest]
id = "president"
title = "President"
[station]
code = "station"
[[candidate]]
column = "A"
name = "Neema Tofali"
[[candidate]]
column = "B"
name = "Kito Rusha"
"#;

struct Desk {
    home: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("map.toml"), MAPPING).unwrap();
        let desk = Self { home };
        let log = desk.path("log").display().to_string();
        let night = [
            "demo",
            "--stations",
            "20",
            "--minutes",
            "0",
            "--listen",
            "127.0.0.1:0",
            "--exit",
            "--dir",
            &log,
        ];
        assert_eq!(desk.run(&night).status.code(), Some(0));
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_hakiki"))
            .args(arguments)
            .current_dir(self.home.path())
            .output()
            .unwrap()
    }

    /// Compares a table; gives the exit and the words.
    fn check(&self, table: &str) -> (i32, String) {
        std::fs::write(self.path("t.csv"), table).unwrap();
        let arguments = [
            "claim",
            "check",
            "t.csv",
            "--mapping",
            "map.toml",
            "--log",
            "log",
            "--csv",
            "out.csv",
            "--rows",
            "2",
        ];
        let output = self.run(&arguments);
        let words = [output.stdout, output.stderr].concat();
        (output.status.code().unwrap(), String::from_utf8(words).unwrap())
    }
}

/// Stations whose forms stand, with the votes for both candidates: from the file that the command writes, asked with a code
/// that it named itself.
fn stations(desk: &Desk) -> Vec<(String, String, String)> {
    let (code, words) = desk.check("station,A,B\nunknown,1,2\n");
    assert_eq!(code, 2, "no code stands in both: {words}");
    let known = words.split("the reference ").find_map(|rest| {
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        (digits.len() > 5).then_some(digits)
    });
    desk.check(&format!("station,A,B\n{},1,2\n", known.unwrap()));
    let text = std::fs::read_to_string(desk.path("out.csv")).unwrap();
    let mut rows = text.lines();
    let head: Vec<&str> = rows.next().unwrap().split(',').collect();
    let at = |name: &str| head.iter().position(|column| *column == name).unwrap();
    let (one, two) = (at("Neema Tofali (reference)"), at("Kito Rusha (reference)"));
    let rows = rows.map(|row| row.split(',').map(str::to_owned).collect::<Vec<_>>());
    let standing = rows.filter(|row| [one, two].iter().all(|column| row[*column].parse::<u64>().is_ok()));
    standing.map(|row| (row[0].clone(), row[one].clone(), row[two].clone())).collect()
}

#[test]
fn what_differs_is_told_before_what_the_table_leaves_out() {
    let desk = Desk::new();
    let stations = stations(&desk);
    assert!(stations.len() > 10);
    // The last station differs by one vote; nineteen others are not in the table.
    let (station, one, two) = stations.last().unwrap();
    let one: u64 = one.parse().unwrap();
    let (code, words) = desk.check(&format!("station,A,B\n{station},{},{two}\n", one + 1));
    assert_eq!(code, 1, "{words}");
    let differs = words.lines().position(|line| line.starts_with(station.as_str())).unwrap();
    let left_out = words.lines().position(|line| line.starts_with(stations[0].0.as_str()));
    assert!(left_out.is_none_or(|line| differs < line), "{words}");
}

#[test]
fn exits_and_refusals() {
    let desk = Desk::new();
    let stations = stations(&desk);
    let (station, one, two) = &stations[0];
    let (code, words) = desk.check(&format!("station,A,B\n{station},{one},{two}\n"));
    assert_eq!(code, 1, "a table of one station leaves the others out: {words}");
    assert!(words.contains("1 identical, 0 different"), "{words}");
    for (table, expected) in [
        ("station,A,B\ns1,5,six\n", "I132"),
        ("station,A,B\ns1,5,\n", "I133"),
        ("station,A,C\ns1,5,6\n", "I121"),
    ] {
        let (code, words) = desk.check(table);
        assert!(code == 2 && words.contains(expected), "{expected}: {words}");
    }
    let absent = desk.run(&["claim", "check", "t.csv", "--mapping", "map.toml", "--log", "nowhere"]);
    assert_eq!(absent.status.code(), Some(2));
    let bound = |arguments: &[&str]| desk.run(&[&["claim", "bounds", "--log", "log"], arguments].concat());
    let impossible = bound(&["--candidate", "1", "--total", "999999999"]);
    assert_eq!(impossible.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&impossible.stdout).contains("cannot hold"));
    assert_eq!(bound(&["--candidate", "99", "--total", "1"]).status.code(), Some(2));
}

/// What somebody presents: a form of the log, the same with one figure changed, a file that nobody names.
#[test]
fn a_file_that_somebody_presents_is_held_beside_the_log() {
    let desk = Desk::new();
    let check = |file: &str| {
        let output = desk.run(&["log", "check", file, "--log", "log"]);
        let words = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        (output.status.code().unwrap(), words)
    };
    let places = 5..400;
    let mut notes =
        places.map(|place: u64| (place, desk.run(&["show", &place.to_string(), "--dir", "log"]).stdout));
    let (place, form) = notes.find(|(_, note)| note.starts_with(b"hakiki/form@v1")).unwrap();
    std::fs::write(desk.path("form"), &form).unwrap();
    let (code, words) = check("form");
    assert_eq!(code, 0, "{words}");
    assert!(words.contains(&format!("byte for byte, at place {place}.")), "{words}");

    let text = String::from_utf8(form).unwrap();
    let line = text.lines().find(|line| line.starts_with("votes 1 ")).unwrap();
    std::fs::write(desk.path("altered"), text.replace(line, "votes 1 77777")).unwrap();
    let (code, words) = check("altered");
    assert_eq!(code, 1, "{words}");
    assert!(words.contains(&format!("shown: votes 1 77777 / in the log: {line}")), "{words}");
    assert!(
        words.contains(&format!("most like it is at place {place}.")) && words.contains("R206"),
        "{words}"
    );

    std::fs::write(desk.path("picture"), b"not a file of this log").unwrap();
    let (code, words) = check("picture");
    assert_eq!(code, 1, "{words}");
    // A log beside itself, as a directory.
    let (code, words) = check("log");
    assert_eq!(code, 0, "{words}");
    // A log that does not pass its own checks is no measure.
    for tile in walk(&desk.path("log/log/tile/entries")) {
        let mut bytes = std::fs::read(&tile).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&tile, bytes).unwrap();
    }
    assert_eq!(check("form").0, 2);
}

fn walk(dir: &std::path::Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(walk(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}

/// What one log says at two sizes differs where forms came between; and question 58 is answered from a table.
#[test]
fn two_heads_are_compared_and_an_alleged_result_stands_in_the_report() {
    let desk = Desk::new();
    let heads = |from: &str| {
        let files = ["--csv", "heads.csv", "--html", "heads.html"];
        let output = desk.run(&[&["claim", "heads", "--log", "log", "--from", from][..], &files].concat());
        (output.status.code().unwrap(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
    };
    let (code, words) = heads("5");
    assert!(code != 0 && words.contains("beside the log at size"), "{words}");
    let page = std::fs::read_to_string(desk.path("heads.html")).unwrap();
    for part in
        ["<svg class=\"map\"", "The log at size 5", "entries of the log", "Rows that are not identical"]
    {
        assert!(page.contains(part), "{part}");
    }
    let (code, words) = heads("999999");
    assert_eq!(code, 2, "{words}");

    let stations = stations(&desk);
    let (station, one, two) = stations.last().unwrap();
    let one: u64 = one.parse().unwrap();
    std::fs::write(desk.path("alleged.csv"), format!("station,A,B\n{station},{},{two}\n", one + 5)).unwrap();
    let arguments = ["scrutiny", "log", "--claim", "alleged.csv", "--mapping", "map.toml", "--csv", "tables"];
    let output = desk.run(&[&arguments[..], &["--json", "report.json"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let report: serde_json::Value =
        serde_json::from_slice(&std::fs::read(desk.path("report.json")).unwrap()).unwrap();
    let answer = &report["answers"][57];
    assert_eq!(answer["status"], "answered");
    assert!(answer["answer"].to_string().contains("different 1"), "{answer}");
    let rows = std::fs::read_to_string(desk.path("tables/question-58.csv")).unwrap();
    assert!(rows.contains(&format!("Neema Tofali {} / {one}", one + 5)), "{rows}");
}

#[test]
fn a_test_is_a_record_that_its_tester_signs() {
    let desk = Desk::new();
    let own = stations(&desk);
    let rows = own.iter().map(|(station, first, second)| format!("{station},{first},{second}\n"));
    let table: String = ["station,A,B\n".to_owned()].into_iter().chain(rows).collect();
    let output = desk.run(&["keygen", "jury.example/1", "--out", "jury.key"]);
    let key = String::from_utf8(output.stdout).unwrap();
    let key = key.split_whitespace().find(|word| word.starts_with("jury.example/1+")).unwrap().to_owned();
    let id = "ab".repeat(32);
    let record = |table: &str, out: &str| {
        std::fs::write(desk.path("t.csv"), table).unwrap();
        let check = ["claim", "check", "t.csv", "--mapping", "map.toml", "--log", "log", "--record", out];
        let test = ["--test-of", &id, "--tester", "jury", "--into", &id, "--signer", &key];
        let output = desk.run(&[&check[..], &test].concat());
        let text = std::fs::read_to_string(desk.path(out).join("claim-test.txt"));
        (output.status.code().unwrap(), text.unwrap_or_default(), output)
    };
    let (_, differs, output) = record(&table.replacen(&format!(",{}", own[0].1), ",1", 1), "differs");
    assert!(differs.contains("\nfound differs\n"), "{differs}{output:?}");
    let rows = std::fs::read(desk.path("differs/comparison.csv")).unwrap();
    assert!(differs.contains(&format!("\ncomparison sha256:{}\n", hakiki_note::sha256(&rows))), "{differs}");
    assert!(differs.contains(&format!("claim {id}\ntester jury\nhead ")), "{differs}");
    let (code, again, _) = record(&table, "differs");
    assert_eq!((code, again), (2, differs), "nothing is written over");
    let (_, nothing, _) = record("station,A,B\nunknown,1,2\n", "nothing");
    assert!(!nothing.contains("found consistent"), "{nothing}");
    let signed = desk.run(&["record", "sign", "differs/claim-test.txt", "--key", "jury.key"]);
    assert_eq!(signed.status.code(), Some(0), "{signed:?}");
    let checked = desk.run(&["record", "check", "differs/claim-test.txt"]);
    assert!(String::from_utf8(checked.stdout).unwrap().contains("kind claim-test@v1"));
    // Half of the arguments is a mistake that is told.
    let half =
        desk.run(&["claim", "check", "t.csv", "--mapping", "map.toml", "--log", "log", "--record", "half"]);
    assert_eq!(half.status.code(), Some(2));
}
