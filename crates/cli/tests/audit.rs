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
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Output};

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
        let hakiki = env!("CARGO_BIN_EXE_hakiki");
        let Output { status, stdout, stderr } =
            Command::new(hakiki).args(arguments).current_dir(self.home.path()).output().unwrap();
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

    /// Writes a record of these lines as a person would, with the lines that `record signer` prints, signs and sends it.
    #[track_caller]
    fn say(&self, file: &str, kind: &str, lines: &[String], keys: &[&str]) -> String {
        let verifiers: Vec<String> = keys.iter().map(|name| key(name).verifier().to_string()).collect();
        let mut ask = vec!["record", "signer"];
        ask.extend(verifiers.iter().map(String::as_str));
        let (signers, _) = self.run(0, &ask);
        let head = format!("hakiki/{kind}@v1\nelection {}\n", self.fixture.fingerprint);
        std::fs::write(self.home.path().join(file), format!("{head}{}\n{signers}", lines.join("\n")))
            .unwrap();
        self.send(file, keys)
    }

    fn report(&self) -> String {
        self.run(0, &["audit", "report", "--log", &self.serving.url]).0
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

    fn count(&self, plan: &str, station: &str) {
        let mut lines = vec![
            format!("plan {plan}"),
            format!("station {station}"),
            "at 2031-03-12T10:00:00+03:00".to_owned(),
        ];
        lines.extend((1..).zip(VOTES).map(|(number, votes)| format!("votes {number} {votes}")));
        self.say(&format!("count-{station}.txt"), "audit-count", &lines, &["auditor-1", "auditor-2"]);
    }
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

    let lines = [
        format!("plan {plan}"),
        "digits 31415926535897932384".to_owned(),
        "thrown 2031-03-11T10:00:00+03:00".to_owned(),
    ];
    office.say("seed.txt", "audit-seed", &lines, &["commissioner-1", "observer"]);
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
    for station in &stations {
        office.count(&plan, station);
    }
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
