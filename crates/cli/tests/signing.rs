//! Keys in each of their places, and texts that several sign: by file in any order, by a node that shows them meanwhile.
#![allow(clippy::unwrap_used)]

mod serving;

use serving::Serving;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const ORIGIN: &str = "log.mfano.example/signing";
const MODULES: [&str; 3] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
];

fn words(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// People at a table: three custodians, each with a key in another place.
struct Table {
    home: tempfile::TempDir,
    /// What `--key` says of each.
    keys: Vec<String>,
    vkeys: Vec<String>,
}

impl Table {
    /// Keys in a plain file, in a file under a passphrase, and on a token where there is one.
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut table = Self { home, keys: Vec::new(), vkeys: Vec::new() };
        table.secret("passphrase", "seven wet stones\n");
        table.keys = vec![table.path("key1"), table.path("key2.age"), table.token()];
        table
    }

    fn path(&self, name: &str) -> String {
        self.home.path().join(name).to_str().unwrap().to_owned()
    }

    fn secret(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
        std::fs::set_permissions(self.path(name), std::fs::Permissions::from_mode(0o600)).unwrap();
    }

    /// A token with its PIN in a file; a plain file where SoftHSM is not installed.
    fn token(&self) -> String {
        let Some(module) = MODULES.iter().find(|path| Path::new(path).exists()) else {
            let is_demanded = std::env::var_os("HAKIKI_REQUIRE_SOFTHSM").is_some();
            assert!(!is_demanded, "HAKIKI_REQUIRE_SOFTHSM is set and SoftHSM is at none of {MODULES:?}");
            println!("skipped: the key on a token; SoftHSM is not installed (Debian: softhsm2)");
            return self.path("key3");
        };
        std::fs::create_dir(self.path("tokens")).unwrap();
        let settings = format!("directories.tokendir = {}\nlog.level = ERROR\n", self.path("tokens"));
        std::fs::write(self.path("softhsm2.conf"), settings).unwrap();
        let made = Command::new("softhsm2-util")
            .args(["--init-token", "--free", "--label", "ceremony", "--so-pin", "87654321", "--pin", "4711"])
            .env("SOFTHSM2_CONF", self.path("softhsm2.conf"))
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", words(&made));
        self.secret("pin", "4711\n");
        format!("pkcs11:token=ceremony?module-path={module}&pin-source=file:{}", self.path("pin"))
    }

    fn hakiki(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_hakiki"))
            .args(arguments)
            .env("SOFTHSM2_CONF", self.path("softhsm2.conf"))
            .env("HAKIKI_PASSPHRASE_FILE", self.path("passphrase"))
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// Runs a command that does what it is asked; gives its standard output.
    fn does(&self, arguments: &[&str]) -> String {
        let output = self.hakiki(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", words(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs a command that fails with this exit code; gives all its words.
    fn fails(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.hakiki(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", words(&output));
        words(&output)
    }

    /// Makes the keys and an election that all three custodians sign: the log takes it only with good proofs.
    fn founds(&mut self) -> String {
        let log = self.does(&["keygen", ORIGIN, "--out", &self.path("log.key")]);
        let mut plan = format!(
            "title = \"Signing\"\nmode = \"rehearsal\"\nauthority = \"commission.mfano.example\"\nlog_key = \"{}\"\n\
             polling_day = \"2031-06-19\"\ncounting_from = \"2031-06-19T17:00:00+03:00\"\nlevels = [\"nation\"]\n\
             signers = [\"k/1\", \"k/2\", \"k/3\"]\n\n[quorums]\nelection = 2\nnotice = 3\nkey = 2\namend = 2\n\n\
             [[contest]]\ncode = \"president\"\ntitle = \"President\"\nrule = \"plurality\"\n\
             boxes = [\"valid\", \"rejected\"]\n",
            log.trim()
        );
        for (number, place) in self.keys.clone().into_iter().enumerate() {
            let name = format!("k/{}", number + 1);
            let made =
                if place.starts_with("pkcs11:") { vec!["--token", &place] } else { vec!["--out", &place] };
            let sealed: &[&str] = if Path::new(&place).extension().is_some_and(|end| end == "age") {
                &["--encrypt"]
            } else {
                &[]
            };
            let printed = self.does(&[&["keygen", &name, "--origin", ORIGIN], &made[..], sealed].concat());
            let (vkey, proof) = printed.trim().split_once('\n').unwrap();
            let proof: Vec<&str> = proof.split(' ').collect();
            let (key, proof) = (proof[1], proof[2]);
            let names = format!("name = \"{name}\"\nkey = \"{key}\"\nproof = \"{proof}\"\n");
            plan.push_str("\n[[custodian]]\nof = \"commission\"\n");
            plan.push_str(&names);
            // A key that is there shows the same again.
            let again = self.does(&["keygen", &name, "--existing", &place, "--origin", ORIGIN]);
            assert_eq!(again, printed);
            self.vkeys.push(vkey.to_owned());
        }
        std::fs::write(self.path("plan.toml"), plan).unwrap();
        let record = self.path("election.txt");
        let made = self.does(&["election", "new", &self.path("plan.toml"), "--out", &record]);
        // The old name and the new one are one thing.
        self.does(&["election", "sign", &record, "--key", &self.keys[1]]);
        self.does(&["record", "sign", &record, "--key", &self.keys[2]]);
        let signed = self.does(&["sign", &record, "--key", &self.keys[0], "--yes"]);
        assert!(signed.contains("signer k/3 signed"), "{signed}");
        made.lines().next().unwrap().to_owned()
    }

    /// A notice that all three are to sign.
    fn notice(&self, fingerprint: &str, reason: &str) -> String {
        let vkeys: Vec<&str> = self.vkeys.iter().map(String::as_str).collect();
        let signers = self.does(&[&["record", "signer"], &vkeys[..]].concat());
        let path = self.path(&format!("{reason}.txt"));
        let head = format!("hakiki/notice@v1\nelection {fingerprint}\nabout pause\n");
        std::fs::write(&path, format!("{head}from 2031-06-19T19:00:00+03:00\nreason {reason}\n{signers}"))
            .unwrap();
        path
    }
}

#[test]
fn three_sign_copies_in_any_order_with_keys_in_three_places() {
    let mut table = Table::new();
    let fingerprint = table.founds();
    let sealed = std::fs::read_to_string(table.path("key2.age")).unwrap();
    assert!(sealed.starts_with("-----BEGIN AGE ENCRYPTED FILE-----"), "{sealed}");
    let (text, election) = (table.notice(&fingerprint, "power"), table.path("election.txt"));
    let copies: Vec<String> = (1..=3).map(|n| table.path(&format!("copy{n}"))).collect();
    for (copy, key) in copies.iter().zip(&table.keys) {
        std::fs::copy(&text, copy).unwrap();
        let asked = table.fails(2, &["sign", copy, "--key", key]);
        assert!(asked.contains("nobody is at the terminal") && asked.contains("reason power"), "{asked}");
        assert!(asked.contains("Election, in six words: "), "{asked}");
        table.does(&["sign", copy, "--key", key, "--yes", "--election", &election]);
        // Again is the same.
        let (once, again) = (std::fs::read(copy).unwrap(), table.hakiki(&["sign", copy, "--key", key]));
        assert!(words(&again).contains("nothing is to be done"), "{}", words(&again));
        assert_eq!(std::fs::read(copy).unwrap(), once);
    }
    let status = table.fails(1, &["sign", "--status", &copies[1], "--election", &election]);
    for said in [
        "signer k/1 missing",
        "signer k/2 signed",
        "Still to sign: k/1, k/3",
        "1 custodians are there so far; 3",
    ] {
        assert!(status.contains(said), "{said}: {status}");
    }
    let half = table.path("half");
    table.does(&["sign", "--merge", &copies[2], &copies[0], "--out", &half]);
    table.does(&["sign", "--merge", &copies[1], &half, "--election", &election]);
    let whole = table.hakiki(&["sign", "--status", &copies[1], "--election", &election]);
    assert_eq!(whole.status.code(), Some(0), "{}", words(&whole));
    assert!(
        words(&whole).contains("Good signatures of 3 custodians are there; 3 are needed"),
        "{}",
        words(&whole)
    );

    // A key that is not named; a text of another election; two texts; a signature that is not good.
    table.does(&["keygen", "k/4", "--out", &table.path("key4")]);
    let stranger = table.fails(2, &["sign", &half, "--key", &table.path("key4"), "--yes"]);
    assert!(stranger.contains("not among the signers"), "{stranger}");
    let other = table.notice(&"0".repeat(64), "water");
    let elsewhere =
        table.fails(2, &["sign", &other, "--key", &table.keys[0], "--yes", "--election", &election]);
    assert!(elsewhere.contains("is of the election"), "{elsewhere}");
    let two = table.fails(1, &["sign", "--merge", &half, &other]);
    assert!(two.contains("two texts"), "{two}");
    let forged = std::fs::read_to_string(&copies[1]).unwrap();
    let at = forged.find("\n\u{2014} k/1 ").unwrap() + 40;
    let letter = if forged.as_bytes()[at] == b'A' { "B" } else { "A" };
    std::fs::write(&half, format!("{}{letter}{}", &forged[..at], &forged[at + 1..])).unwrap();
    let bad = table.fails(1, &["sign", "--status", &half, "--election", &election]);
    assert!(bad.contains("signer k/1 bad") && bad.contains("1 signature does not fit"), "{bad}");
    let differ = table.fails(2, &["sign", "--merge", &half, &copies[1]]);
    assert!(differ.contains("different signatures of k/1"), "{differ}");
}

#[test]
fn keys_that_do_not_open_say_why() {
    let table = Table::new();
    table.does(&["keygen", "k/2", "--out", &table.keys[1], "--encrypt"]);
    let text = table.path("t.txt");
    std::fs::write(&text, "hakiki/notice@v1\n").unwrap();
    table.secret("passphrase", "another\n");
    let wrong = table.fails(2, &["keygen", "k/2", "--existing", &table.keys[1]]);
    assert!(wrong.contains("K101"), "{wrong}");
    let taken = table.fails(2, &["keygen", "k/2", "--out", &table.keys[1], "--encrypt"]);
    assert!(taken.contains("exists already"), "{taken}");
    let uri = table.fails(2, &["record", "sign", &text, "--key", "pkcs11:token=a"]);
    assert!(uri.contains("K103"), "{uri}");
    if table.keys[2].starts_with("pkcs11:") {
        let absent = table.fails(2, &["keygen", "k/3", "--existing", &table.keys[2]]);
        assert!(absent.contains("K104") && absent.contains("0 Ed25519 keys"), "{absent}");
        table.does(&["keygen", "k/3", "--token", &table.keys[2]]);
        table.secret("pin", "4712\n");
        let pin = table.fails(2, &["keygen", "k/3", "--existing", &table.keys[2]]);
        assert!(pin.contains("the PIN is not right"), "{pin}");
    }
}

/// A server of the election, which is founded by the first.
fn server(table: &Table) -> Serving {
    let (dir, key, election) = (table.path("served"), table.path("log.key"), table.path("election.txt"));
    let mut arguments = vec!["--dir", &*dir, "--log-key", &key];
    if !Path::new(&dir).exists() {
        arguments.extend(["--found", &election]);
    }
    Serving::start(&arguments)
}

#[test]
fn a_text_waits_at_the_node_until_the_last_has_signed() {
    let mut table = Table::new();
    let fingerprint = table.founds();
    let serving = server(&table);
    let (text, url) = (table.notice(&fingerprint, "power"), serving.url.as_str());
    let nothing = table.hakiki(&["sign", "--pending", url, "--key", &table.keys[0], "--yes"]);
    assert!(words(&nothing).contains("No text waits"), "{}", words(&nothing));
    let sent = table.hakiki(&["sign", &text, "--pending", url, "--key", &table.keys[0], "--yes"]);
    assert!(words(&sent).contains("Still to sign: k/2, k/3. The text waits"), "{}", words(&sent));
    let id = table.does(&["sign", "--status", "--pending", url]);
    let id = id.split(' ').next().unwrap().to_owned();
    let asked = table.fails(2, &["sign", "--pending", url, "--key", &table.keys[1]]);
    assert!(asked.contains("reason power") && asked.contains("nobody is at the terminal"), "{asked}");
    table.does(&["sign", "--pending", url, "--key", &table.keys[1], "--yes"]);

    // The node is killed; what waited waits again.
    drop(serving);
    let serving = server(&table);
    let url = serving.url.as_str();
    let listed = table.does(&["sign", "--status", "--pending", url, "--id", &id]);
    assert!(listed.contains(" 2 3 3 ") && listed.trim_end().ends_with(" k/3"), "{listed}");
    let election = table.path("election.txt");
    let last =
        ["sign", "--pending", url, "--id", &id, "--key", &table.keys[2], "--yes", "--election", &election];
    let placed = table.hakiki(&last);
    assert_eq!(placed.status.code(), Some(0), "{}", words(&placed));
    assert!(words(&placed).contains("in the log at place 1"), "{}", words(&placed));
    assert_eq!(table.does(&["sign", "--status", "--pending", url]), "");
    drop(serving);
    let shown = table.does(&["show", "1", "--dir", &table.path("served")]);
    assert!(shown.starts_with("hakiki/notice@v1\n") && shown.matches('\u{2014}').count() == 3, "{shown}");
}
