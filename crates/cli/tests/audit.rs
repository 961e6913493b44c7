//! An audit of the paper as a commission runs it: the program plans, keys sign, a running node takes plan, dice and counts, and the report says when
//! it may stop. A stranger's `verify` comes to the same.
#![allow(clippy::unwrap_used)]

mod serving;

use hakiki_core::fixture::{Fixture, Setting, key, log_key};
use hakiki_core::kinds::Kind;
use hakiki_core::roster::Role;
use hakiki_node::found_log;
use hakiki_note::SigningKey;
use serving::Serving;
use std::collections::BTreeSet;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Output, Stdio};

const STATIONS: usize = 60;
const VOTES: [u32; 3] = [260, 120, 20];

struct Office {
    home: tempfile::TempDir,
    fixture: Fixture,
    serving: Serving,
}

impl Office {
    /// A node that serves an election whose forms are in.
    fn open() -> Self {
        let home = tempfile::tempdir().unwrap();
        let setting = Setting { stations: STATIONS as u32, counties: 4, ..Setting::default() };
        let fixture = Fixture::with(&setting, |election| {
            election.admits.extend(Kind::AUDIT.iter().map(|kind| kind.name_and_version()));
            election.quorums.insert("audit-plan".into(), 2);
        });
        let mut records = fixture.records.clone();
        records.extend(["auditor-1", "auditor-2"].map(|name| fixture.enrolment(name, Role::Auditor)));
        records.extend((0..STATIONS).map(|station| fixture.signed_form(station, VOTES, 5)));
        found_log(&home.path().join("log"), &log_key(), records, &fixture.tables).unwrap();
        let secret = secret(&home.path().join("log.key"), &log_key());
        for name in ["custodian-1", "custodian-2", "commissioner-1", "observer", "auditor-1", "auditor-2"] {
            secret_of(&home, name);
        }
        let dir = home.path().join("log");
        let serving = Serving::start(&["--dir", dir.to_str().unwrap(), "--log-key", &secret]);
        Self { home, fixture, serving }
    }

    /// Runs a command that ends so; gives what it prints and what it says.
    #[track_caller]
    fn run(&self, expected: i32, arguments: &[&str]) -> (String, String) {
        self.type_in(expected, arguments, "")
    }

    /// The same with lines that somebody types.
    #[track_caller]
    fn type_in(&self, expected: i32, arguments: &[&str], lines: &str) -> (String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hakiki"));
        command.args(arguments).current_dir(self.home.path()).stdin(Stdio::piped());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // A command that reads nothing may have ended.
        let _ = child.stdin.take().unwrap().write_all(lines.as_bytes());
        let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
        let (printed, said) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
        assert_eq!(status.code(), Some(expected), "{arguments:?}\n{printed}\n{said}");
        (printed, said)
    }

    /// Signs the record in a file by these keys and sends it; gives its id.
    #[track_caller]
    fn send(&self, file: &str, keys: &[&str]) -> String {
        let mut sign = vec!["record", "sign", file];
        let files: Vec<String> = keys.iter().map(|name| format!("{name}.key")).collect();
        for key in &files {
            sign.extend(["--key", key]);
        }
        let (id, _) = self.run(0, &sign);
        let log_key = log_key().verifier().to_string();
        self.run(0, &["submit", file, "--url", &self.serving.url, "--log-key", &log_key]);
        id.trim().to_owned()
    }

    fn report(&self) -> String {
        self.run(0, &["audit", "report", "--log", &self.serving.url]).0
    }

    /// Throws the dice, and puts the seed into the log.
    fn dice(&self) -> String {
        let [first, second] = ["commissioner-1", "observer"].map(|name| key(name).verifier().to_string());
        let arguments = ["audit", "seed", "--log", &self.serving.url, "--digits", "31415926535897932384"];
        let signers = ["--signer", &first, "--signer", &second, "--present", "press"];
        let thrown = ["--thrown", "2031-03-11T10:00:00+03:00", "--out", "seed.txt"];
        self.run(0, &[&arguments[..], &signers, &thrown].concat());
        self.send("seed.txt", &["commissioner-1", "observer"])
    }

    /// Makes a plan and puts it into the log.
    fn plan(&self) -> String {
        let custodians = ["custodian-1", "custodian-2"];
        let [first, second] = custodians.map(|name| key(name).verifier().to_string());
        let arguments = ["audit", "plan", "--log", &self.serving.url, "--candidate", "1"];
        let signers = ["--signer", &first, "--signer", &second, "--out", "plan"];
        let (_, said) = self.run(0, &[&arguments[..], &signers[..]].concat());
        assert!(said.contains(&format!("Table of {STATIONS} stations")), "{said}");
        let (_, said) = self.run(2, &[&arguments[..], &signers[..]].concat());
        assert!(said.contains("plan exists already"), "{said}");
        let fingerprint = self.fixture.fingerprint.to_string();
        let put = ["table", "put", "plan/audit-batches.txt", "--url", &self.serving.url];
        self.run(0, &[&put[..], &["--key", "custodian-1.key", "--fingerprint", &fingerprint]].concat());
        self.send("plan/audit-plan.txt", &custodians)
    }

    /// Enters what the board found in a box, signs it and sends it.
    #[track_caller]
    fn count(&self, station: &str, votes: [u32; 3], more: &[&str]) -> String {
        let figures = figures(votes);
        let file = format!("count-{station}-{}.txt", votes[0]);
        let [first, second] = ["auditor-1", "auditor-2"].map(|name| key(name).verifier().to_string());
        let enter = ["audit", "enter", "--log", &self.serving.url, "--station", station, "--out", &file];
        let board = ["--at", "2031-03-12T10:00:00+03:00", "--signer", &first, "--signer", &second];
        self.type_in(0, &[&enter[..], &board, more].concat(), &figures.repeat(2));
        self.send(&file, &["auditor-1", "auditor-2"])
    }
}

/// As they are typed: every candidate, then papers for nobody.
fn figures(votes: [u32; 3]) -> String {
    format!("{}\n{}\n{}\n5\n", votes[0], votes[1], votes[2])
}

fn secret(path: &std::path::Path, key: &SigningKey) -> String {
    std::fs::write(path, key.to_private_text().as_bytes()).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
    path.to_str().unwrap().to_owned()
}

fn secret_of(home: &tempfile::TempDir, name: &str) {
    secret(&home.path().join(format!("{name}.key")), &key(name));
}

#[test]
fn an_audit_runs_from_plan_to_stop_at_a_running_node() {
    let office = Office::open();
    let (printed, said) = office.run(0, &["audit", "report", "--log", &office.serving.url]);
    assert!(!printed.contains("plan") && said.contains("holds no audit plan"), "{printed}{said}");
    let plan = office.plan();
    let sized = office.report();
    let draws: u64 = sized.lines().last().unwrap().strip_prefix("stage sized ").unwrap().parse().unwrap();
    assert!(draws < STATIONS as u64, "{sized}");

    let (_, said) = office.run(2, &["audit", "draw", "--log", &office.serving.url]);
    assert!(said.contains("No dice have been thrown"), "{said}");
    let (words, _) = office.run(0, &["audit", "risk", "--log", &office.serving.url]);
    assert!(words.contains("no die has been thrown") && words.contains("has more than 50"), "{words}");
    office.dice();
    let drawn = office.report();
    let mut stations: Vec<&str> =
        drawn.lines().filter_map(|line| line.strip_prefix("draw ")?.rsplit(' ').next()).collect();
    assert_eq!(stations.len() as u64, draws);
    stations.sort_unstable();
    stations.dedup();
    assert!(drawn.ends_with(&format!("stage counting {}\n", stations.len())), "{drawn}");
    // Each draw is the first station whose sum of weights is above the remainder.
    let (frame, _) = office.run(0, &["audit", "frame", "--log", &office.serving.url, "--plan", &plan]);
    let sums: Vec<(&str, u128)> = frame
        .lines()
        .filter_map(|line| line.strip_prefix("batch ")?.split_once(' '))
        .map(|(station, rest)| (station, rest.split_once(' ').unwrap().1.parse().unwrap()))
        .collect();
    assert_eq!(sums.len(), STATIONS);
    for line in drawn.lines().filter(|line| line.starts_with("draw ")) {
        let parts: Vec<&str> = line.split(' ').collect();
        let remainder: u128 = parts[3].parse().unwrap();
        assert_eq!(sums.iter().find(|(_, sum)| *sum > remainder).unwrap().0, parts[4]);
    }
    let (waiting, _) = office.run(0, &["audit", "draw", "--log", &office.serving.url, "--out", "sheets"]);
    let waiting: Vec<&str> = waiting.lines().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(waiting.iter().copied().collect::<BTreeSet<_>>(), stations.iter().copied().collect());
    let sheet = std::fs::read_to_string(office.home.path().join("sheets/tally-sheets.html")).unwrap();
    assert!(stations.iter().all(|station| sheet.contains(station)) && !sheet.contains("260"), "blind");
    assert!(office.home.path().join("sheets/pull-sheet.html").exists());
    for station in &stations {
        office.count(station, VOTES, &[]);
    }
    let (words, _) = office.run(0, &["audit", "risk", "--log", &office.serving.url]);
    assert!(words.contains("the audit may stop"), "{words}");
    let stopped = office.report();
    assert!(stopped.ends_with(&format!("stage confirmed {draws}\n")), "{stopped}");
    let seeded = drawn.lines().nth(2).unwrap().strip_prefix("size ").unwrap();
    let (again, _) = office.run(0, &["audit", "report", "--log", &office.serving.url, "--at", seeded]);
    assert_eq!(again, drawn, "what was true after the seed stays so");

    let (printed, _) = office.run(0, &["verify", &office.serving.url]);
    let check = printed.lines().find(|line| line.starts_with("V15")).unwrap();
    assert!(check.contains("within the limit"), "{check}");
}

#[test]
fn wrong_words_are_told() {
    let office = Office::open();
    let signer = key("custodian-1").verifier().to_string();
    let plan = |more: &[&str]| {
        let base = ["audit", "plan", "--log", &office.serving.url, "--signer", &signer, "--out", "wrong"];
        office.run(2, &[&base[..], more].concat()).1
    };
    assert!(plan(&["--candidate", "9"]).contains("Number 9 is not on the ballot"));
    assert!(plan(&["--candidate", "1", "--area", "nowhere"]).contains("the code nowhere"));
    let three = ["--candidate", "1", "--candidate", "2", "--candidate", "3"];
    assert!(plan(&three).contains("one or two"));
    assert!(plan(&["--candidate", "1", "--contest", "senate"]).contains("president"));
    assert!(plan(&["--candidate", "1", "--risk-limit", "100"]).contains("100"));
    // Whom the figures do not elect: there are not enough areas to list.
    assert!(plan(&["--candidate", "3"]).contains("areas"));
    assert!(!office.home.path().join("wrong").exists(), "nothing is written");
    let (_, said) = office.run(2, &["audit", "report", "--log", &office.serving.url, "--at", "9999"]);
    assert!(said.contains("9999") || said.contains("9,999"), "{said}");
    office.run(2, &["audit", "report", "--log", "/nowhere/at/all"]);
    let (_, said) = office.run(2, &["audit", "frame", "--log", &office.serving.url]);
    assert!(said.contains("holds no audit plan"), "{said}");
}

#[test]
fn a_count_is_typed_twice_and_slips_are_told() {
    let office = Office::open();
    office.plan();
    office.dice();
    let (waiting, _) = office.run(0, &["audit", "draw", "--log", &office.serving.url]);
    let station = waiting.split(' ').next().unwrap();
    let signer = key("auditor-1").verifier().to_string();
    let arguments = ["audit", "enter", "--log", &office.serving.url, "--signer", &signer, "--out", "x.txt"];
    let at = ["--at", "2031-03-12T10:00:00+03:00", "--station"];
    let enter = |expected: i32, station: &str, lines: &str| {
        let (_, said) = office.type_in(expected, &[&arguments[..], &at, &[station]].concat(), lines);
        assert_eq!(expected != 0, !office.home.path().join("x.txt").exists(), "{said}");
        said
    };
    let said = enter(2, station, &[figures(VOTES), figures([260, 210, 20])].concat());
    assert!(said.contains("The two entries differ") && said.contains("Votes for 2"), "{said}");
    assert!(enter(2, station, &figures(VOTES)).contains("ended too early"));
    assert!(enter(2, station, "260\n1,20\n").contains("Found 1,20"));
    assert!(enter(2, station, "260\n-\n").contains("digits and nothing else"));
    assert!(enter(2, "s999999", "").contains("not in the table"));
    let first = office.count(station, VOTES, &[]);
    assert!(enter(2, station, "").contains("--replace"));
    // A slip that both made is mended by another record; both stay.
    office.count(station, [261, 119, 20], &["--replace"]);
    let record =
        std::fs::read_to_string(office.home.path().join(format!("count-{station}-261.txt"))).unwrap();
    assert!(record.contains(&format!("replaces {first}\n")), "{record}");
    // More than the station can hold is said, and not refused.
    let figures = figures([400, 190, 20]).repeat(2);
    let more = [&arguments[..], &at, &[station, "--replace"]].concat();
    let (_, said) = office.type_in(0, &more, &figures);
    assert!(said.contains("610 votes are more than the 600"), "{said}");
}
