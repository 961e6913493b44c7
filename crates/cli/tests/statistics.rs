//! `hakiki forensics` and `hakiki quick-count` as somebody with a table runs them: what is written, how it ends, what is said of wrong input.
#![allow(clippy::unwrap_used)]

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The files of the guide: an invented country, its mapping, a sample and its strata.
fn guide(name: &str) -> String {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/guides/statistics");
    root.join(name).display().to_string()
}

fn hakiki(dir: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hakiki")).args(arguments).current_dir(dir).output().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Standard output as JSON, with the exit that is expected.
fn json(dir: &Path, arguments: &[&str], exit: i32) -> Value {
    let output = hakiki(dir, arguments);
    assert_eq!(output.status.code(), Some(exit), "{}", said(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn report(dir: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(dir.join("numbers.json")).unwrap()).unwrap()
}

fn state<'a>(report: &'a Value, indicator: &str) -> &'a str {
    let all = report["indicators"].as_array().unwrap();
    all.iter().find(|own| own["indicator"] == indicator).unwrap()["state"].as_str().unwrap()
}

/// What cannot run is refused with its code and what to do.
fn refused(dir: &Path, arguments: &[&str], words: &[&str]) {
    let output = hakiki(dir, arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", said(&output));
    for word in words {
        assert!(said(&output).contains(word), "{arguments:?}: {word} in {}", said(&output));
    }
}

#[test]
fn a_table_becomes_a_report_with_every_number() {
    let home = tempfile::tempdir().unwrap();
    let (table, mapping) = (guide("mfano.csv"), guide("mfano.toml"));
    let arguments = ["forensics", &table, "--mapping", &mapping, "--out", "out"];
    let output = hakiki(home.path(), &arguments);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let out = home.path().join("out");
    let found = report(&out);
    assert_eq!(found["stations"], 360);
    assert_eq!(found["level"], "county");
    for shown in ["fingerprint", "last-digits", "digit-pairs", "neighbours", "rooms", "exchanged", "late"] {
        assert_eq!(state(&found, shown), "shown", "{shown}");
    }
    assert_eq!(state(&found, "second-digits"), "off");
    assert_eq!(state(&found, "integer-percentages"), "too-few");
    assert_eq!(state(&found, "ballots"), "lacks");
    // The two planted facts, and the planted exchange.
    let facts = found["tables"]["arithmetic"]["rows"].as_array().unwrap();
    let facts: Vec<(&str, &str)> =
        facts.iter().map(|row| (row[0].as_str().unwrap(), row[1].as_str().unwrap())).collect();
    assert_eq!(facts, [("sum", "02020301"), ("voters", "03030501")]);
    let exchanged = found["tables"]["exchanged-stations"]["rows"].as_array().unwrap();
    assert!(exchanged.iter().take(2).any(|row| row[0] == "01020602"), "{:?}", &exchanged[..3]);
    for table in found["tables"].as_object().unwrap().keys() {
        assert!(out.join(format!("csv/{table}.csv")).exists(), "{table}");
    }
    let page = std::fs::read_to_string(out.join("index.html")).unwrap();
    assert!(page.contains("<svg class=\"plot") && !page.contains("<script"));
    // A directory with files is not written over, unless told to; then in Swahili, byte for byte the same numbers.
    refused(home.path(), &arguments, &["out", "--force"]);
    let output =
        hakiki(home.path(), &[&arguments[..], &["--force", "--language", "sw", "--second-digits"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_eq!(state(&report(&out), "second-digits"), "shown");
    assert_eq!(report(&out)["tables"]["last-digits"], found["tables"]["last-digits"]);
    let page = std::fs::read_to_string(out.join("index.html")).unwrap();
    assert!(page.contains("lang=\"sw\""));
}

#[test]
fn wrong_input_is_told_with_its_code() {
    let home = tempfile::tempdir().unwrap();
    let (table, mapping) = (guide("mfano.csv"), guide("mfano.toml"));
    let with = |more: &[&str], words: &[&str]| {
        let arguments = ["forensics", table.as_str(), "--mapping", &mapping, "--out", "out"];
        refused(home.path(), &[&arguments[..], more].concat(), words);
        assert!(!home.path().join("out").exists());
    };
    with(&["--level", "region"], &["G103", "county, ward, centre"]);
    with(&["--candidate", "Nobody"], &["G104", "Amara Njema"]);
    with(&["--given", "given"], &["G105"]);
    with(&["--at", "5"], &["--mapping"]);
    refused(home.path(), &["forensics", &table, "--out", "out"], &["--mapping"]);
    refused(home.path(), &["forensics", "nowhere", "--out", "out"], &[]);
    std::fs::write(home.path().join("short.csv"), "county,ward\n1,2\n").unwrap();
    refused(home.path(), &["forensics", "short.csv", "--mapping", &mapping, "--out", "out"], &["I121"]);
    let areas = std::fs::read_to_string(&mapping).unwrap() + "\n[claim]\nrows = \"ward\"\n";
    std::fs::write(home.path().join("areas.toml"), areas).unwrap();
    refused(
        home.path(),
        &["forensics", &table, "--mapping", "areas.toml", "--out", "out"],
        &["G101", "ward"],
    );
}

/// Uganda 2016, as published: nothing is asserted of the election but sums.
#[test]
fn a_real_table_is_read_whole() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let shared = std::env::var_os("HAKIKI_SHARED").map_or_else(|| root.join("../shared"), PathBuf::from);
    let table = shared.join("data/uganda-2016/election-results.csv.xz");
    if !table.exists() {
        let required = std::env::var("HAKIKI_REQUIRE_SHARED").is_ok_and(|value| value == "1");
        assert!(!required, "{} is absent", table.display());
        println!("skipped: {} is absent", table.display());
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let mapping = root.join("mappings/uganda-2016-president.toml").display().to_string();
    let table = table.display().to_string();
    let output = hakiki(home.path(), &["forensics", &table, "--mapping", &mapping, "--out", "out"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let found = report(&home.path().join("out"));
    assert_eq!(found["stations"], 28_010);
    assert_eq!(found["tables"]["candidates"]["rows"][7][1], 5_971_872);
    for shown in ["fingerprint", "votes-by-turnout", "integer-percentages", "spikes", "last-digits"] {
        assert_eq!(state(&found, shown), "shown", "{shown}");
    }
    assert_eq!(state(&found, "late"), "lacks");
}

/// The table of the guide as a compilation: a log with the same figures.
#[test]
fn a_log_gives_the_same_figures_and_stands_beside_a_sample() {
    let home = tempfile::tempdir().unwrap();
    let (table, mapping, sample) = (guide("mfano.csv"), guide("mfano.toml"), guide("sample.csv"));
    let output = hakiki(home.path(), &["import", "--mapping", &mapping, &table, "--dir", "log"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    for arguments in [
        ["forensics", &table, "--mapping", &mapping, "--out", "table"].as_slice(),
        ["forensics", "log", "--out", "out"].as_slice(),
    ] {
        let output = hakiki(home.path(), arguments);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    }
    let (of_table, of_log) = (report(&home.path().join("table")), report(&home.path().join("out")));
    for same in
        ["candidates", "last-digits", "neighbours-stations", "exchanged-stations", "fingerprint-cells"]
    {
        assert_eq!(of_table["tables"][same], of_log["tables"][same], "{same}");
    }
    // Of a log the facts are the ledger's findings, and the order is that of its records.
    let facts: Vec<(&str, &str)> = of_log["tables"]["arithmetic"]["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row[0].as_str().unwrap(), row[1].as_str().unwrap()))
        .collect();
    assert!(facts.contains(&("F101", "02020301")) && facts.contains(&("F103", "03030501")), "{facts:?}");
    assert_eq!(state(&of_log, "late"), "shown");
    assert_eq!(of_log["made"]["fingerprint"].as_str().unwrap().len(), 64);

    let beside = ["quick-count", sample.as_str(), "--column", "stratum=county", "--log", "log"];
    let found = json(home.path(), &[&beside[..], &["--json"]].concat(), 0);
    assert_eq!((found["log"]["stations"].as_u64(), found["log"]["differing"].as_u64()), (Some(58), Some(0)));
    // The strata's sizes are the register's, where neither sample nor strata say them.
    assert_eq!(found["strata"]["01"], 120);
    // One vote more at one station, and one code that nobody knows.
    let rows = std::fs::read_to_string(&sample).unwrap();
    let line = rows.lines().nth(1).unwrap();
    let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
    let votes: u64 = cells[3].parse().unwrap();
    let (rival, code) = (cells[4].parse::<u64>().unwrap(), cells[0].clone());
    (cells[3], cells[4]) = ((votes + 1).to_string(), (rival - 1).to_string());
    let changed = rows.replace(line, &cells.join(",")).replacen('\n', "\n99999999,01,120,1,2,0,3,0,5\n", 1);
    std::fs::write(home.path().join("changed.csv"), changed).unwrap();
    let beside = ["quick-count", "changed.csv", "--column", "stratum=county", "--log", "log"];
    let output = hakiki(home.path(), &beside);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let words = said(&output);
    assert!(words.contains("1 of 58 stations") && words.contains("Not in the log's register: 1"), "{words}");
    assert!(
        words.contains(&format!("{code} ")) && words.contains(&format!("sample {}, log {votes}", votes + 1)),
        "{words}"
    );
    refused(
        home.path(),
        &["quick-count", &sample, "--column", "stratum=county", "--log", "log", "--at", "999999"],
        &["999,999"],
    );
}

#[test]
fn a_sample_is_estimated_and_says_what_it_cannot_decide() {
    let home = tempfile::tempdir().unwrap();
    let sample = guide("sample.csv");
    let arguments = ["quick-count", sample.as_str(), "--column", "stratum=county"];
    let found =
        json(home.path(), &[&arguments[..], &["--json", "--spread", "1/4", "--areas", "2"]].concat(), 0);
    assert_eq!((found["drawn"].as_u64(), found["stations"].as_u64()), (Some(60), Some(360)));
    assert_eq!(found["missing"].as_array().unwrap().len(), 2);
    let shares: f64 =
        found["shares"].as_array().unwrap().iter().map(|share| share["estimate"].as_f64().unwrap()).sum();
    assert!((shares - 1.0).abs() < 1e-9, "{shares}");
    let first = &found["shares"][0];
    assert!(
        first["low"].as_f64() < first["estimate"].as_f64()
            && first["estimate"].as_f64() < first["high"].as_f64()
    );
    assert!(found["worst"]["least"].as_f64() < found["worst"]["most"].as_f64());
    assert!(found["resamples"]["both"].as_f64() <= found["resamples"]["half"].as_f64());
    assert!(found["design_effect"].as_f64().unwrap() > 1.0);
    // In words: the interval of the second holds one half, or the words say on which side it is.
    let output = hakiki(home.path(), &arguments);
    let words = said(&output);
    assert!(
        words.contains("58 of 60 drawn stations have reported") && words.contains("An estimate is no result"),
        "{words}"
    );
    assert_eq!(words.contains("cannot decide"), found["more_than_half"] == "cannot-decide", "{words}");
    // The same with the strata in a table of their own.
    let rows = std::fs::read_to_string(&sample).unwrap();
    let cut: Vec<String> = rows
        .lines()
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            [&cells[..2], &cells[3..]].concat().join(",")
        })
        .collect();
    std::fs::write(home.path().join("cut.csv"), cut.join("\n")).unwrap();
    let strata = guide("strata.csv");
    let arguments = ["quick-count", "cut.csv", "--column", "stratum=county", "--strata", &strata, "--json"];
    // A table of strata has its own name for the stratum.
    refused(home.path(), &arguments, &["Q102", "county"]);
    let renamed =
        std::fs::read_to_string(home.path().join("cut.csv")).unwrap().replacen("county", "stratum", 1);
    std::fs::write(home.path().join("cut.csv"), renamed).unwrap();
    let same = json(home.path(), &["quick-count", "cut.csv", "--strata", &strata, "--json"], 0);
    assert_eq!(same["shares"], found["shares"]);
}

#[test]
fn wrong_samples_are_told_with_their_line() {
    let home = tempfile::tempdir().unwrap();
    let with = |text: &str, more: &[&str], words: &[&str]| {
        std::fs::write(home.path().join("s.csv"), text).unwrap();
        refused(home.path(), &[&["quick-count", "s.csv"], more].concat(), words);
    };
    let head = "station,stratum,stations,A,B\n";
    with(&format!("{head}1,x,10,5,six\n"), &[], &["Q101", "line 2", "\"six\""]);
    with(&format!("{head}1,x,10,5,\n"), &[], &["Q101", "line 2"]);
    with(&format!("{head}1,x,10,5,6\n1,x,10,5,6\n"), &[], &["Q103", "line 3"]);
    with(&format!("{head}1,x,10,5,6\n2,x,11,5,6\n"), &[], &["Q101", "\"11\""]);
    with(&format!("{head}1,x,10,5,6\n"), &[], &["Q105", "stratum x"]);
    with("station,A\n1,2\n", &[], &["Q102", "stratum"]);
    with("station,stratum,stations\n1,x,2\n", &[], &["Q107"]);
    with("station,stratum,A\n1,x,2\n2,x,3\n", &[], &["Q104", "stratum x"]);
    with(&format!("{head}1,x,10,5,6\n2,x,10,5,6\n"), &["--candidate", "C"], &["Q102", "A, B"]);
    with(&format!("{head}1,x,10,5,6\n2,x,10,5,6\n"), &["--confidence", "100"], &["Q108"]);
    refused(home.path(), &["quick-count"], &["SAMPLE"]);
}

#[test]
fn a_sample_is_planned() {
    let home = tempfile::tempdir().unwrap();
    let strata = guide("strata.csv");
    let plan = ["quick-count", "plan", "--strata", &strata, "--error", "5", "--deviation", "20", "--json"];
    let found = json(home.path(), &plan, 0);
    assert_eq!(found["stations"], 360);
    // 1.96 × 20 / 5 is 7.84; squared 61.5; of 360 stations 52.5.
    assert_eq!(found["needed"], 53);
    assert_eq!(found["with_reserve"], 59);
    let drawn: u64 =
        found["strata"].as_array().unwrap().iter().map(|own| own["draw"].as_u64().unwrap()).sum();
    assert_eq!(drawn, 60);
    refused(home.path(), &["quick-count", "plan", "--stations", "100", "--error", "0"], &["Q108", "--error"]);
}

/// The sample that R's `survey` was given: 999 stations of 34 strata.
#[test]
fn a_real_sample_gives_the_figures_of_the_survey_package() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let shared = std::env::var_os("HAKIKI_SHARED").map_or_else(|| root.join("../shared"), PathBuf::from);
    let sample = shared.join("vectors/audit/pvt_sample_1000.csv");
    if !sample.exists() {
        let required = std::env::var("HAKIKI_REQUIRE_SHARED").is_ok_and(|value| value == "1");
        assert!(!required, "{} is absent", sample.display());
        println!("skipped: {} is absent", sample.display());
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let sample = sample.display().to_string();
    let columns = "station=code,stratum=county,stations=Nh";
    let arguments =
        ["quick-count", &sample, "--column", columns, "--ignore", "w", "--json", "--resamples", "50"];
    let found = json(home.path(), &arguments, 0);
    let ruto = found["shares"].as_array().unwrap().iter().find(|share| share["candidate"] == "ruto").unwrap();
    assert!((ruto["estimate"].as_f64().unwrap() - 0.600_589_115_511_469).abs() < 1e-9);
    assert!((ruto["standard_error"].as_f64().unwrap() - 0.006_503_801_373_165_46).abs() < 1e-9);
}
