//! The program as a user runs it: every subcommand, its output, its exit, and what it refuses.
#![allow(clippy::unwrap_used)]

use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

fn hakiki(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hakiki")).args(arguments).output().unwrap()
}

fn words(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn report(dir: &Path) -> Value {
    let output = hakiki(&["verify", text(dir), "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", words(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn status<'a>(report: &'a Value, code: &str) -> &'a str {
    let checks = report["checks"].as_array().unwrap();
    checks.iter().find(|check| check["code"] == code).unwrap()["status"].as_str().unwrap()
}

fn demo(dir: &Path, stations: &str) -> Vec<String> {
    let arguments =
        ["demo", "--stations", stations, "--minutes", "0", "--listen", "127.0.0.1:0", "--exit", "--dir"];
    arguments.iter().map(|word| (*word).to_owned()).chain([text(dir).to_owned()]).collect()
}

#[test]
fn a_rehearsal_is_verified_and_goes_on_after_kill_9() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("rehearsal");
    let mut child: Child = Command::new(env!("CARGO_BIN_EXE_hakiki"))
        .args(demo(&dir, "150"))
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    // Killed as soon as the night has begun.
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let began = lines.map_while(Result::ok).any(|line| line.starts_with("The night:"));
    assert!(began, "the night was announced");
    child.kill().unwrap();
    child.wait().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_hakiki")).args(demo(&dir, "150")).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", words(&output));
    assert!(words(&output).contains("Going on with the rehearsal"), "{}", words(&output));
    assert!(words(&output).contains("are the same text"), "{}", words(&output));
    let found = report(&dir);
    for code in ["V02", "V04", "V05", "V07", "V08", "V09", "V12", "V16", "V19"] {
        assert_eq!(status(&found, code), "passed", "{code}");
    }
    let partition = &found["contests"][0]["partition"];
    assert_eq!(partition["expected"], 150);
    assert_eq!(partition["missing"], 1);
    // Another seed or size is not mixed in.
    let other = Command::new(env!("CARGO_BIN_EXE_hakiki")).args(demo(&dir, "151")).output().unwrap();
    assert_eq!(other.status.code(), Some(2));
    assert!(words(&other).contains("holds another rehearsal"), "{}", words(&other));
    let shown = hakiki(&["show", "0", "--dir", text(&dir)]);
    assert!(words(&shown).starts_with("hakiki/election@v1\ntitle "), "{}", words(&shown));
    // One byte of a form changed: the stranger says where.
    let bundle = dir.join("log/tile/entries/000");
    let mut bytes = std::fs::read(&bundle).unwrap();
    let at = bytes.len() / 2;
    bytes[at] ^= 1;
    std::fs::write(&bundle, bytes).unwrap();
    let output = hakiki(&["verify", text(&dir)]);
    assert_eq!(output.status.code(), Some(1), "{}", words(&output));
    assert!(words(&output).contains("tile/entries/000"), "{}", words(&output));
}

const MAPPING: &str = r#"
title = "A small table"
country = "MF"
date = "2031-03-04"
licence = "none"
source = "invented"

[contest]
id = "president"
title = "President"
rule = "plurality"

[[areas]]
level = "county"
code = "county"

[station]
code = ["station"]
registered = "registered"

[[candidate]]
name = "Neema Tofali"
votes = "a"

[[candidate]]
name = "Kito Rusha"
votes = "b"

[form]
valid = "valid"
"#;

#[test]
fn a_mistake_in_a_table_is_named_and_nothing_is_half_imported() {
    let home = tempfile::tempdir().unwrap();
    let (mapping, table, dir) =
        (home.path().join("m.toml"), home.path().join("t.csv"), home.path().join("out"));
    std::fs::write(&mapping, MAPPING).unwrap();
    std::fs::write(&table, "county,station,registered,a,b,valid\n1,1,600,10,x,30\n").unwrap();
    let output = hakiki(&["import", "--mapping", text(&mapping), text(&table), "--dir", text(&dir)]);
    assert_eq!(output.status.code(), Some(2), "{}", words(&output));
    assert!(!dir.join("log").exists());
}

#[test]
fn keys_and_an_election_record_signed_by_several() {
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name);
    let mut custodians = Vec::new();
    for number in 1..=3 {
        let name = format!("mfano.example/2031/k/custodian-{number}");
        let file = path(&format!("key{number}"));
        let output = hakiki(&["keygen", &name, "--out", text(&file), "--origin", "log.mfano.example/x"]);
        let lines = String::from_utf8(output.stdout).unwrap();
        let proof: Vec<String> = lines.lines().nth(1).unwrap().split(' ').map(str::to_owned).collect();
        custodians.push(proof);
    }
    let log = hakiki(&["keygen", "log.mfano.example/x", "--out", text(&path("log"))]);
    let vkey = String::from_utf8(log.stdout).unwrap().trim().to_owned();
    let mut plan = format!(
        "title = \"A small election\"\nmode = \"rehearsal\"\nauthority = \"commission.mfano.example\"\nlog_key = \"{vkey}\"\n\
         polling_day = \"2031-06-19\"\ncounting_from = \"2031-06-19T17:00:00+03:00\"\nlevels = [\"nation\"]\n\
         signers = [\"{}\", \"{}\"]\n\n[quorums]\nelection = 2\nregister = 2\nzero = 2\n\n\
         [[contest]]\ncode = \"president\"\ntitle = \"President\"\nrule = \"plurality\"\nboxes = [\"valid\", \"rejected\"]\n",
        custodians[0][0], custodians[2][0]
    );
    for custodian in &custodians {
        let [name, key, proof] = &custodian[..] else { panic!("keygen prints name, key and proof") };
        let line = format!(
            "\n[[custodian]]\nof = \"commission\"\nname = \"{name}\"\nkey = \"{key}\"\nproof = \"{proof}\"\n"
        );
        plan.push_str(&line);
    }
    std::fs::write(path("plan.toml"), plan).unwrap();
    let record = path("election.txt");
    let made = hakiki(&["election", "new", text(&path("plan.toml")), "--out", text(&record)]);
    assert_eq!(made.status.code(), Some(0), "{}", words(&made));
    let fingerprint = String::from_utf8(made.stdout.clone()).unwrap().lines().next().unwrap().to_owned();
    // In any order; who is not named cannot sign.
    let stranger = hakiki(&["election", "sign", text(&record), "--key", text(&path("key2"))]);
    assert_eq!(stranger.status.code(), Some(2), "{}", words(&stranger));
    let third = hakiki(&["election", "sign", text(&record), "--key", text(&path("key3"))]);
    assert!(words(&third).contains("Still to sign: mfano.example/2031/k/custodian-1"), "{}", words(&third));
    let first = hakiki(&["election", "sign", text(&record), "--key", text(&path("key1"))]);
    assert!(words(&first).contains("All named signers have signed"), "{}", words(&first));
    assert!(words(&first).starts_with(&fingerprint), "signing does not change the fingerprint");
    // A key file that others may read is refused.
    std::fs::set_permissions(path("key1"), std::fs::Permissions::from_mode(0o644)).unwrap();
    let loose = hakiki(&["election", "sign", text(&record), "--key", text(&path("key1"))]);
    assert_eq!(loose.status.code(), Some(2));
    assert!(words(&loose).contains("N101"), "{}", words(&loose));
}

#[test]
fn help_and_completions_say_every_command() {
    let help = words(&hakiki(&["--help"]));
    let commands =
        ["demo", "import", "keygen", "election", "serve", "submit", "verify", "show", "tally", "completions"];
    for command in commands {
        assert!(help.contains(command), "{command}");
    }
    assert!(words(&hakiki(&["completions", "bash"])).contains("_hakiki"));
    assert_eq!(hakiki(&["verify", "/nowhere/at/all"]).status.code(), Some(2));
}
