//! The program as a user runs it: every subcommand, its output, its exit, and what it refuses.
#![allow(clippy::unwrap_used)]

mod serving;

use serde_json::Value;
use serving::Serving;
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
country = "ZZ"
date = "2031-03-04"
licence = "none stated"

[source]
description = "Invented"
url = "https://mfano.example/2031"

[contest]
id = "president"
title = "President"
rule = "plurality"

[[area]]
level = "county"
code = "county"

[station]
code = "station"
registered = "registered"

[[candidate]]
column = "a"
name = "Neema Tofali"

[[candidate]]
column = "b"
name = "Kito Rusha"

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
    let said = words(&output);
    assert!(said.contains("line 2") && said.contains("t.csv") && said.contains('x'), "{said}");
    assert!(!dir.join("log").exists());
    // Mended, it is imported, and its results lie beside it for a check of the directory alone.
    std::fs::write(&table, "county,station,registered,a,b,valid\n1,1,600,10,20,30\n").unwrap();
    let output = hakiki(&["import", "--mapping", text(&mapping), text(&table), "--dir", text(&dir)]);
    assert_eq!(output.status.code(), Some(0), "{}", words(&output));
    assert_eq!(status(&report(&dir), "V10"), "passed");
}

const ORIGIN: &str = "log.mfano.example/x";

/// A key file, and what `keygen` printed: the verifier key; name, key and proof of possession.
fn keygen(name: &str, file: &Path, more: &[&str]) -> (String, Vec<String>) {
    let arguments = [&["keygen", name, "--out", text(file)], more].concat();
    let printed = String::from_utf8(hakiki(&arguments).stdout).unwrap();
    let mut lines = printed.lines();
    let vkey = lines.next().unwrap().to_owned();
    (vkey, lines.next().unwrap_or_default().split(' ').map(str::to_owned).collect())
}

/// Keys of the log and of three custodians in `home`, and a plan that custodians 1 and 3 sign. Gives the verifier keys: the
/// log's, then the custodians'.
fn plan(home: &Path) -> Vec<String> {
    let mut vkeys = vec![keygen(ORIGIN, &home.join("log"), &[]).0];
    let mut custodians = Vec::new();
    for number in 1..=3 {
        let name = format!("mfano.example/2031/k/custodian-{number}");
        let (vkey, proof) = keygen(&name, &home.join(format!("key{number}")), &["--origin", ORIGIN]);
        vkeys.push(vkey);
        custodians.push(proof);
    }
    let mut plan = format!(
        "title = \"A small election\"\nmode = \"rehearsal\"\nauthority = \"commission.mfano.example\"\nlog_key = \"{}\"\n\
         polling_day = \"2031-06-19\"\ncounting_from = \"2031-06-19T17:00:00+03:00\"\nlevels = [\"nation\"]\n\
         signers = [\"{}\", \"{}\"]\n\n[quorums]\nelection = 2\npoll = 2\nregister = 2\nzero = 2\n\n\
         [[contest]]\ncode = \"president\"\ntitle = \"President\"\nrule = \"plurality\"\nboxes = [\"valid\", \"rejected\"]\n",
        vkeys[0], custodians[0][0], custodians[2][0]
    );
    for custodian in &custodians {
        let [name, key, proof] = &custodian[..] else { panic!("keygen prints name, key and proof") };
        let line = format!(
            "\n[[custodian]]\nof = \"commission\"\nname = \"{name}\"\nkey = \"{key}\"\nproof = \"{proof}\"\n"
        );
        plan.push_str(&line);
    }
    std::fs::write(home.join("plan.toml"), plan).unwrap();
    vkeys
}

#[test]
fn keys_and_an_election_record_signed_by_several() {
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name);
    plan(home.path());
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
    let commands = [
        "demo", "import", "keygen", "election", "record", "table", "serve", "submit", "verify", "show",
        "tally",
    ];
    for command in commands.iter().chain(&["completions"]) {
        assert!(help.contains(command), "{command}");
    }
    assert!(words(&hakiki(&["completions", "bash"])).contains("_hakiki"));
    assert_eq!(hakiki(&["verify", "/nowhere/at/all"]).status.code(), Some(2));
}

/// A server of the walk's log.
fn server(home: &Path) -> Serving {
    let (dir, key, election) = (home.join("served"), home.join("log"), home.join("election.txt"));
    Serving::start(&["--dir", text(&dir), "--log-key", text(&key), "--found", text(&election)])
}

/// Runs a command, which does what it says, and gives its first line.
fn does(arguments: &[&str]) -> String {
    let output = hakiki(arguments);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", words(&output));
    String::from_utf8(output.stdout).unwrap().lines().next().unwrap_or_default().to_owned()
}

/// An operator at a terminal, in a directory of their own.
struct Operator {
    home: tempfile::TempDir,
    vkeys: Vec<String>,
    fingerprint: String,
    url: String,
}

impl Operator {
    fn path(&self, name: &str) -> String {
        text(&self.home.path().join(name)).to_owned()
    }

    /// Writes tables of one shard, the whole, with their indexes, and puts them. Gives the index's name in a record.
    fn put(&self, name: &str, rows: &str) -> String {
        let (file, index) = (self.path(name), self.path(&format!("{name}.index")));
        std::fs::write(&file, format!("hakiki/{name}@v1\n{rows}")).unwrap();
        let shard = does(&["table", "check", &file]);
        let (hash, _) = shard.split_once(' ').unwrap();
        std::fs::write(&index, format!("hakiki/index@v1\nshard MF {hash}\n")).unwrap();
        let key = self.path("key1");
        let to = ["--url", &self.url, "--key", &key, "--fingerprint", &self.fingerprint];
        does(&[&["table", "put", &file, &index], &to[..]].concat());
        let named = does(&["table", "check", &index]);
        format!("table {name} {}\n", named.split_once(' ').unwrap().0)
    }

    /// Writes a record's text, has it signed by one after the other, and submits it. Gives its id.
    fn record(&self, kind: &str, lines: &str, vkeys: [&str; 2], keys: [&str; 2]) -> String {
        let (file, log_key) = (self.path(&format!("{kind}.txt")), &self.vkeys[0]);
        let signers = hakiki(&["record", "signer", vkeys[1], vkeys[0]]).stdout;
        let signers = String::from_utf8(signers).unwrap();
        let head = format!("hakiki/{kind}@v1\nelection {}\n", self.fingerprint);
        std::fs::write(&file, format!("{head}{lines}{signers}")).unwrap();
        let checked = hakiki(&["record", "check", &file]);
        assert_eq!(checked.status.code(), Some(1), "{}", words(&checked));
        assert_eq!(words(&checked).matches(" missing\n").count(), 2, "{}", words(&checked));
        does(&["record", "sign", &file, "--key", &self.path(keys[1])]);
        let half = hakiki(&["submit", &file, "--url", &self.url, "--log-key", log_key]);
        assert!(words(&half).contains("R205"), "{}", words(&half));
        let id = does(&["record", "sign", &file, "--key", &self.path(keys[0])]);
        assert_eq!(does(&["record", "check", &file]), format!("kind {kind}@v1"));
        assert_eq!(does(&["submit", &file, "--url", &self.url, "--log-key", log_key]), id);
        id
    }

    fn by_quorum(&self, kind: &str, lines: &str) -> String {
        self.record(kind, lines, [&self.vkeys[1], &self.vkeys[3]], ["key1", "key3"])
    }
}

#[test]
fn from_the_registers_to_the_opened_poll_and_a_form() {
    let home = tempfile::tempdir().unwrap();
    let vkeys = plan(home.path());
    let path = |name: &str| text(&home.path().join(name)).to_owned();
    let made = hakiki(&["election", "new", &path("plan.toml"), "--out", &path("election.txt")]);
    let fingerprint = String::from_utf8(made.stdout).unwrap().lines().next().unwrap().to_owned();
    // `record sign` signs every kind, with several keys at once.
    let keys = ["--key", &path("key3"), "--key", &path("key1")];
    let signed = hakiki(&[&["record", "sign", &path("election.txt")], &keys[..]].concat());
    assert!(words(&signed).contains("All named signers have signed"), "{}", words(&signed));
    let serving = server(home.path());
    let operator = Operator { url: serving.url.clone(), home, vkeys, fingerprint };
    let areas = operator.put("areas", "area MF nation - Mfano\n");
    let candidates = "candidate president MF 1 - Neema Tofali\ncandidate president MF 2 - Kito Rusha\n";
    let candidates = operator.put("candidates", candidates);
    let stations = operator.put("stations", "station s01 MF 600 Mwembe School\n");
    let first = operator.by_quorum("register", &format!("{areas}{candidates}{stations}"));
    let (mut rows, mut station) = (String::new(), Vec::new());
    for role in ["kit", "presiding"] {
        let name = format!("mfano.example/2031/k/{role}");
        let file = operator.home.path().join(role);
        let (vkey, proof) = keygen(&name, &file, &["--fingerprint", &operator.fingerprint]);
        rows.extend(["key ", &name, " ", role, " station s01 ", &proof[1], " ", &proof[2], "\n"]);
        station.push(vkey);
    }
    let keys = operator.put("keys", &rows);
    let second = operator.by_quorum("register", &keys);
    let mut registers = [first, second];
    registers.sort();
    let [one, two] = registers;
    let zero = format!("register {one}\nregister {two}\nstations 1\nvoters 600\ncounted 0\n");
    operator.by_quorum("zero", &zero);
    operator.by_quorum("poll", "state opened\ncontest president\narea MF\n");
    let form = "contest president\nstation s01\nserial M0000001\nkit kit-1\nclosed 2031-06-19T17:04:00+03:00\n\
                sealed 2031-06-19T18:52:00+03:00\nseen-head 5\nvotes 1 300\nvotes 2 100\nvalid 400\nrejected 3\n";
    operator.record("form", form, [&station[0], &station[1]], ["kit", "presiding"]);
    assert!(serving.stop().contains("Stopped."));
    let found = report(&operator.home.path().join("served"));
    for code in ["V02", "V04", "V05", "V07", "V08", "V09", "V10", "V12", "V19"] {
        assert_eq!(status(&found, code), "passed", "{code}");
    }
    assert_eq!(found["contests"][0]["partition"]["standing"], 1);
}

#[test]
fn what_is_wrong_with_a_record_or_table_is_told_with_its_code() {
    let home = tempfile::tempdir().unwrap();
    let vkeys = plan(home.path());
    let path = |name: &str| text(&home.path().join(name)).to_owned();
    let signers = String::from_utf8(hakiki(&["record", "signer", &vkeys[1], &vkeys[3]]).stdout).unwrap();
    let head = format!("hakiki/poll@v1\nelection {}\n", "0".repeat(64));
    let good = format!("{head}state opened\ncontest president\narea MF\n{signers}");
    std::fs::write(path("good"), &good).unwrap();
    let checked = words(&hakiki(&["record", "check", &path("good")]));
    assert!(checked.starts_with("kind poll@v1\nid "), "{checked}");
    assert!(checked.contains("Still to sign: mfano.example/2031/k/custodian-1, "), "{checked}");
    let line = "\n\u{2014} mfano.example/2031/k/custodian-2 AAAA\n";
    for (code, bytes) in [
        ("R101", good.replace("area MF", &format!("area {}", "MF".repeat(40_000))).into_bytes()),
        ("R102", [good.as_bytes(), b"\xff\n"].concat()),
        ("R103", good.replace("area MF", "area M\u{202e}F").into_bytes()),
        ("R104", good.replace("area MF", "area Me\u{301}").into_bytes()),
        ("R105", good.replace("area MF", "area  MF").into_bytes()),
        ("R105", head.clone().into_bytes()),
        ("R106", good.replace("poll@v1", "poll@v2").into_bytes()),
        ("R107", good.trim_end().as_bytes().to_vec()),
        ("R205", format!("{good}{line}").into_bytes()),
    ] {
        std::fs::write(path("bad"), &bytes).unwrap();
        for arguments in [&["record", "check"][..], &["record", "sign", "--key", &path("key1")]] {
            let refused = hakiki(&[arguments, &[&path("bad")]].concat());
            assert_eq!(refused.status.code(), Some(1), "{code}: {}", words(&refused));
            assert!(
                words(&refused).contains(code) && refused.stdout.is_empty(),
                "{code}: {}",
                words(&refused)
            );
        }
        assert_eq!(std::fs::read(path("bad")).unwrap(), bytes, "{code}: what is refused is not signed");
    }
    // Only those whom the text names; never over another file.
    let stranger = hakiki(&["record", "sign", &path("good"), "--key", &path("key2")]);
    assert_eq!(stranger.status.code(), Some(2), "{}", words(&stranger));
    let over =
        hakiki(&["record", "sign", &path("good"), "--key", &path("key1"), "--out", &path("plan.toml")]);
    assert_eq!(over.status.code(), Some(2), "{}", words(&over));
    let apart = hakiki(&["record", "sign", &path("good"), "--key", &path("key1"), "--out", &path("signed")]);
    assert_eq!(apart.status.code(), Some(0), "{}", words(&apart));
    assert_eq!(std::fs::read_to_string(path("good")).unwrap(), good);
    assert!(std::fs::read_to_string(path("signed")).unwrap().starts_with(&good));
    for (code, table) in [
        ("R105", "hakiki/areas@v1\narea MF nation  - Mfano\n"),
        ("R106", "hakiki/areas@v2\narea MF nation - Mfano\n"),
        ("R305", "hakiki/stations@v1\nstation s01 MF many Mwembe\n"),
    ] {
        std::fs::write(path("table"), table).unwrap();
        let refused = hakiki(&["--language", "sw", "table", "check", &path("table")]);
        assert_eq!(refused.status.code(), Some(1), "{}", words(&refused));
        assert!(
            words(&refused).contains(code) && words(&refused).contains("/table: "),
            "{}",
            words(&refused)
        );
        assert!(words(&refused).contains("Kinachoweza kufanywa"), "{}", words(&refused));
    }
}

/// `kill` of a rehearsal left five witnesses and two mirrors running: it listened for Ctrl-C alone.
#[test]
fn a_rehearsal_that_is_told_to_stop_takes_its_rivals_with_it() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("rehearsal");
    let arguments = demo(&dir, "20").into_iter().filter(|word| word != "--exit");
    let mut child: Child = Command::new(env!("CARGO_BIN_EXE_hakiki"))
        .args(arguments.chain(["--rivals".to_owned()]))
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut mirrors = Vec::new();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
    for line in lines.by_ref() {
        if line.contains("irror")
            && let Some((_, address)) = line.split_once("http://")
        {
            mirrors.push(address.trim().trim_end_matches('.').to_owned());
        }
        if line.contains("Ctrl-C") {
            break;
        }
    }
    assert_eq!(mirrors.len(), 2, "the mirrors are announced");
    for address in &mirrors {
        std::net::TcpStream::connect(address).unwrap();
    }
    Command::new("kill").arg(child.id().to_string()).status().unwrap();
    // What it wrote to is kept open until its end.
    let rest: Vec<String> = lines.collect();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{rest:?}");
    for address in &mirrors {
        assert!(std::net::TcpStream::connect(address).is_err(), "{address} still listens");
    }
}
