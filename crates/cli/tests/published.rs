//! Published tables, imported and verified by the program, exactly. The data are not part of this repository: the test says
//! so and passes where they are absent, unless HAKIKI_REQUIRE_SHARED is set.
#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;

fn data() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let shared = std::env::var_os("HAKIKI_SHARED").map_or(beside, PathBuf::from).join("data");
    if shared.is_dir() {
        return Some(shared);
    }
    assert!(
        std::env::var_os("HAKIKI_REQUIRE_SHARED").is_none(),
        "{} is demanded and not there",
        shared.display()
    );
    eprintln!("skipped: the published data are not at {}", shared.display());
    None
}

fn imported(mapping: &str, table: &str) -> Option<Value> {
    let table = data()?.join(table);
    let home = tempfile::tempdir().unwrap();
    let mapping = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../mappings").join(mapping);
    let run = |arguments: &[&std::ffi::OsStr]| {
        let output = Command::new(env!("CARGO_BIN_EXE_hakiki")).args(arguments).output().unwrap();
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{words}");
        output.stdout
    };
    let dir = home.path().join("compilation");
    let word = std::ffi::OsStr::new;
    run(&[
        word("import"),
        word("--mapping"),
        mapping.as_os_str(),
        table.as_os_str(),
        word("--dir"),
        dir.as_os_str(),
    ]);
    let report = run(&[word("verify"), dir.as_os_str(), word("--json")]);
    Some(serde_json::from_slice(&report).unwrap())
}

fn votes(report: &Value, part_of_name: &str) -> u64 {
    let candidates = report["contests"][0]["candidates"].as_array().unwrap();
    let found = candidates.iter().find(|c| c["name"].as_str().unwrap().contains(part_of_name));
    found.unwrap()["votes"].as_u64().unwrap()
}

fn partition(report: &Value, stations: u64) {
    let expected = json!({
        "expected": stations, "received": stations, "missing": 0, "standing": stations, "contested": 0, "disregarded": 0
    });
    assert_eq!(report["contests"][0]["partition"], expected);
    assert_eq!(report["authority"], Value::Null);
    assert_eq!(report["contests"][0]["classes"]["transcribed"], stations);
}

#[test]
fn uganda_2016() {
    let Some(report) = imported("uganda-2016-president.toml", "uganda-2016/election-results.csv.xz") else {
        return;
    };
    partition(&report, 28_010);
    let contest = &report["contests"][0];
    assert_eq!(contest["registered"], 15_277_198);
    assert_eq!(
        [votes(&report, "Museveni"), votes(&report, "Besigye"), votes(&report, "Mbabazi")],
        [5_971_872, 3_508_687, 136_519]
    );
    assert_eq!((&contest["valid"], &contest["rejected"]), (&json!(9_851_812), &json!(477_319)));
    assert_eq!((&report["findings"]["W112"], &report["findings"]["W113"]), (&json!(130), &json!(235)));
}

#[test]
fn bolivia_2019() {
    let Some(report) = imported("bolivia-2019-computo.toml", "bolivia-2019/computo-final-20191025.csv.xz")
    else {
        return;
    };
    partition(&report, 34_555);
    assert_eq!([votes(&report, "MAS"), votes(&report, "CC")], [2_889_359, 2_240_920]);
    let contest = &report["contests"][0];
    assert_eq!((&contest["valid"], &contest["valid_derived"]), (&json!(6_137_671), &json!(true)));
}

#[test]
fn kenya_2022_without_registered_valid_and_rejected() {
    let Some(report) = imported("kenya-2022-forms34a.toml", "kenya-2022/forms34A-transcribed-30000.csv.xz")
    else {
        return;
    };
    partition(&report, 30_000);
    assert_eq!([votes(&report, "Odinga"), votes(&report, "Ruto")], [3_411_601, 5_260_646]);
    let contest = &report["contests"][0];
    assert_eq!((&contest["registered"], &contest["rejected"]), (&Value::Null, &Value::Null));
    assert_eq!(report["findings"]["F105"], 28);
}

#[test]
fn kenya_2017_is_a_register_and_no_forms() {
    let Some(report) = imported("kenya-2017-register.toml", "kenya-2017/register-hierarchy-portal.csv.xz")
    else {
        return;
    };
    let register = &report["register"];
    assert_eq!((&register["stations"], &register["voters"]), (&json!(40_883), &json!(19_611_423)));
    assert_eq!(register["areas"]["centre"], 24_703);
}

#[test]
fn mexico_2006() {
    let Some(report) = imported("mexico-2006-president.toml", "mexico-2006/casillas-presidente-2006.csv.xz")
    else {
        return;
    };
    partition(&report, 130_777);
    assert_eq!([votes(&report, "PAN"), votes(&report, "PRD")], [15_000_284, 14_756_350]);
    let contest = &report["contests"][0];
    assert_eq!(contest["valid"].as_u64().unwrap() + contest["rejected"].as_u64().unwrap(), 41_791_322);
}
