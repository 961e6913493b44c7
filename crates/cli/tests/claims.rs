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
