//! Writes and checks `vectors/tlog/*.txt`: stamps and receipts, good and bad, for other implementations.
//!
//! With `UPDATE_VECTORS=1` the files are written; otherwise they are compared, and each case is checked as a reader
//! would.
#![allow(clippy::unwrap_used)]

mod common;

use base64::Engine as _;
use common::{entry, flipped, log_key, signed, tree};
use hakiki_note::{BASE64, Hash, Note, SigningKey, VerifierKey, sha256};
use hakiki_tlog::{Head, Receipt, Stamp, VerifiedStamp};
use std::path::PathBuf;

const ORIGIN: &str = "log.example.org/test";
const INTAKE: &str = "intake.example.org/hub";

struct Case {
    name: String,
    accept: bool,
    text: Vec<u8>,
}

fn case(name: &str, accept: bool, text: impl Into<Vec<u8>>) -> Case {
    Case { name: name.to_owned(), accept, text: text.into() }
}

fn print(title: &str, key: &VerifierKey, cases: &[Case]) -> String {
    let mut out = format!(
        "# {title}\n# Each case: its name, whether a reader accepts or refuses it, and its bytes in base64.\nkey {key}\n"
    );
    for Case { name, accept, text } in cases {
        let word = if *accept { "accept" } else { "refuse" };
        let bytes = BASE64.encode(text);
        out.extend(["\ncase ", name, "\nexpect ", word, "\nbytes ", &bytes, "\n"]);
    }
    out
}

fn read(text: &str) -> (VerifierKey, Vec<Case>) {
    let mut parts = text.trim_end().split("\n\n");
    let key = parts.next().unwrap().lines().find_map(|line| line.strip_prefix("key ")).unwrap();
    let field = |part: &str, key: &str| {
        part.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_else(|| panic!("{part}")).to_owned()
    };
    let read_case = |part: &str| {
        let accept = match field(part, "expect ").as_str() {
            "accept" => true,
            "refuse" => false,
            other => panic!("{other}"),
        };
        case(&field(part, "case "), accept, BASE64.decode(field(part, "bytes ")).unwrap())
    };
    (key.parse().unwrap(), parts.map(read_case).collect())
}

fn check(file: &str, made: &str, accepts: impl Fn(&[u8], &VerifierKey) -> Result<(), String>) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../vectors/tlog").join(file);
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, made).unwrap();
    }
    let stored = std::fs::read_to_string(&path).unwrap();
    assert_eq!(stored, made, "{file} differs; UPDATE_VECTORS=1 writes it anew");
    let (key, cases) = read(&stored);
    assert!(cases.iter().any(|case| case.accept) && cases.iter().any(|case| !case.accept));
    for Case { name, accept, text } in cases {
        let found = accepts(&text, &key);
        assert_eq!(found.is_ok(), accept, "{name}: {found:?}");
    }
}

fn stamp() -> Stamp {
    Stamp {
        election: sha256(b"election"),
        record: sha256(b"record"),
        note: sha256(b"note"),
        seen_head: 18_172,
        time: "2031-03-04T18:52:00+03:00".parse().unwrap(),
    }
}

#[test]
fn stamps() {
    let key = SigningKey::from_seed(common::name(INTAKE), &[0x44; 32]);
    let good = stamp();
    let text = good.text();
    let sign = |text: String| Note::sign(text, &[&key]).to_text();
    let signed_change = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        sign(text.replacen(from, to, 1))
    };
    let other = SigningKey::from_seed(common::name(INTAKE), &[0x45; 32]);
    let renamed = SigningKey::from_seed(common::name("intake.example.org/other"), &[0x44; 32]);
    let first_head =
        Stamp { seen_head: 0, time: "2032-02-29T23:59:59-11:30".parse().unwrap(), ..good.clone() };
    let note = good.sign(&key);
    let upper = good.record.to_string().to_uppercase();
    let cases = [
        case("good", true, note.clone()),
        case("seen-head 0, leap day, western offset", true, first_head.sign(&key)),
        case("largest seen-head", true, signed_change("18172", "999999999")),
        case("text changed after signing", false, note.replace("18172", "18173")),
        case("signature of another text", false, note.replace(&text, &first_head.text())),
        case("signed by another key of the same name", false, good.sign(&other)),
        case("signed by the same key under another name", false, good.sign(&renamed)),
        case("second signature line", false, Note::sign(text.clone(), &[&key, &other]).to_text()),
        case("the same signature twice", false, Note::sign(text.clone(), &[&key, &key]).to_text()),
        case("no signature line", false, format!("{text}\n")),
        case("other version", false, signed_change("stamp@v1", "stamp@v2")),
        case("a record, not a stamp", false, signed_change("hakiki/stamp@v1", "hakiki/form@v1")),
        case("upper case hash", false, signed_change(&good.record.to_string(), &upper)),
        case("note without sha256:", false, signed_change("sha256:", "")),
        case("election with sha256:", false, signed_change("election ", "election sha256:")),
        case("short hash", false, signed_change(&good.note.to_string(), &good.note.to_string()[2..])),
        case("leading zero", false, signed_change("18172", "018172")),
        case("ten digits", false, signed_change("18172", "1000000000")),
        case("negative size", false, signed_change("18172", "-1")),
        case("double space", false, signed_change("seen-head ", "seen-head  ")),
        case("trailing space", false, signed_change("18172", "18172 ")),
        case("carriage return", false, signed_change("18172\n", "18172\r\n")),
        case(
            "line order",
            false,
            signed_change(
                "seen-head 18172\ntime 2031-03-04T18:52:00+03:00",
                "time 2031-03-04T18:52:00+03:00\nseen-head 18172",
            ),
        ),
        case("missing line", false, signed_change("seen-head 18172\n", "")),
        case("extra line", false, sign(format!("{text}words none\n"))),
        case("empty line", false, signed_change("seen-head", "\nseen-head")),
        case("time in UTC as Z", false, signed_change("+03:00", "Z")),
        case("offset -00:00", false, signed_change("+03:00", "-00:00")),
        case("no such day", false, signed_change("03-04", "02-29")),
        case("no such hour", false, signed_change("T18", "T24")),
        case("leap second", false, signed_change(":00+", ":60+")),
        case("time without seconds", false, signed_change("18:52:00+", "18:52+")),
        case("no final newline", false, note.trim_end()),
        case(
            "too many bytes",
            false,
            sign(text.replace("+03:00\n", &format!("+03:00{}\n", " ".repeat(1000)))),
        ),
        case("not UTF-8", false, [note.as_bytes(), b"\xff"].concat()),
        case("one newline", false, "\n"),
    ];
    let made = print("Stamps: what an intake signs when it sees a sealed form.", key.verifier(), &cases);
    check("stamps.txt", &made, |bytes, key| {
        VerifiedStamp::open(bytes, key).map(|_| ()).map_err(|error| error.to_string())
    });
}

#[test]
fn receipts() {
    let key = log_key(ORIGIN);
    let tree = tree(300);
    let checkpoint = signed(ORIGIN, tree.head());
    let proof = |index| tree.inclusion_proof(index, 300).unwrap();
    let made =
        |extra: Vec<u8>, index, proof: Vec<Hash>| Receipt::new(extra, index, proof, &checkpoint).to_text();
    let good = made(entry(42), 42, proof(42));
    let change = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        good.replacen(from, to, 1)
    };
    let mut changed = proof(42);
    changed[3] = flipped(&changed[3], 77);
    let longer = [proof(42), vec![tree.root()]].concat();
    let one = Receipt::new(entry(0), 0, Vec::new(), &signed(ORIGIN, common::tree(1).head()));
    let other_root = signed(ORIGIN, Head { size: 300, root: flipped(&tree.root(), 0) });
    let foreign = SigningKey::from_seed(common::name(ORIGIN), &[0x12; 32]);
    let unsigned = Note::sign(checkpoint.checkpoint().text(), &[&foreign]).to_text();
    let stranger_line = unsigned.lines().last().unwrap().to_owned();
    let text = checkpoint.to_text();
    let mut bad_line = checkpoint.note().signatures[0].clone();
    bad_line.signature[5] ^= 1;
    let encoded = BASE64.encode(entry(42));
    let cases = [
        case("good", true, good.clone()),
        case("first entry", true, made(entry(0), 0, proof(0))),
        case("last entry", true, made(entry(299), 299, proof(299))),
        case("the only entry, no hashes", true, one.to_text()),
        case("a line by an unknown key", true, format!("{good}{stranger_line}\n")),
        case("128 signature lines", true, format!("{good}{}", format!("{stranger_line}\n").repeat(127))),
        case("another entry", false, made(entry(43), 42, proof(42))),
        case("another index", false, made(entry(42), 43, proof(42))),
        case("index beyond the tree", false, made(entry(42), 300, proof(42))),
        case("index beyond 64 bits", false, change("index 42", "index 18446744073709551616")),
        case("another entry's proof", false, made(entry(42), 42, proof(43))),
        case("one bit of the proof", false, made(entry(42), 42, changed)),
        case("proof too short", false, made(entry(42), 42, proof(42)[..8].to_vec())),
        case("proof too long", false, made(entry(42), 42, longer)),
        case("65 hashes", false, made(entry(42), 42, vec![tree.root(); 65])),
        case("head with another root", false, Receipt::new(entry(42), 42, proof(42), &other_root).to_text()),
        case("text of the head changed", false, change("\n300\n", "\n301\n")),
        case("signed by another key of the same name", false, good.replace(&text, &unsigned)),
        case("a second, bad line by the log", false, format!("{good}{}", bad_line.to_line())),
        case("no entry in the file", false, made(Vec::new(), 42, proof(42))),
        case("extra is empty", false, change(&format!("extra {encoded}"), "extra ")),
        case("extra without padding", false, change(&encoded, encoded.trim_end_matches('='))),
        case(
            "extra after index",
            false,
            change(&format!("extra {encoded}\nindex 42"), &format!("index 42\nextra {encoded}")),
        ),
        case("extra twice", false, change("index", &format!("extra {encoded}\nindex"))),
        case("index with a leading zero", false, change("index 42", "index 042")),
        case("index with a sign", false, change("index 42", "index +42")),
        case("no index", false, change("index 42\n", "")),
        case("other version", false, change("proof@v1", "proof@v2")),
        case("empty line before index", false, change("index", "\nindex")),
        case(
            "no empty line before the head",
            false,
            change(&format!("\n\n{ORIGIN}"), &format!("\n{ORIGIN}")),
        ),
        case("carriage returns", false, good.replace('\n', "\r\n")),
        case("no final newline", false, good.trim_end()),
        case("not UTF-8", false, [good.as_bytes(), b"\xff"].concat()),
        case("129 signature lines", false, format!("{good}{}", format!("{stranger_line}\n").repeat(128))),
        case("one newline", false, "\n"),
    ];
    let made = print(
        "Receipts (c2sp.org/tlog-proof@v1) that carry their entry as extra, of a log whose entry i is ASCII leaf-<i>.",
        key.verifier(),
        &cases,
    );
    check("receipts.txt", &made, |bytes, key| {
        let receipt = Receipt::parse(bytes).map_err(|error| error.to_string())?;
        receipt.verify(key).map(|_| ()).map_err(|error| error.to_string())
    });
}
