//! The published vectors, `vectors/evidence.json`: files with the election record, and what each shows or why it is
//! refused. Run with `UPDATE_VECTORS=1` to write them anew.

use crate::world::{NOON_S, World, entry, receipt, side, signed, signed_at};
use hakiki_evidence::{Claim, Evidence, TileFound};
use hakiki_messages::Language;
use hakiki_note::sha256;
use hakiki_tlog::TilePath;
use serde_json::{Value, json};
use std::path::PathBuf;

#[test]
fn the_published_vectors_are_what_this_code_makes() {
    let world = World::new();
    let cases: Vec<Value> = claims(&world)
        .into_iter()
        .map(|(what, claim)| case(&world, what, &world.evidence(claim).to_text()))
        .chain(malformed(&world))
        .collect();
    let value = json!({
        "about": "hakiki/evidence@v1: each file is checked with the keys of the election record, whose id is the fingerprint",
        "fingerprint": world.fixture.fingerprint.to_string(),
        "election": world.fixture.records[0].note(),
        "cases": cases,
    });
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../vectors/evidence.json");
    let text = format!("{}\n", serde_json::to_string_pretty(&value).unwrap());
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        std::fs::write(&path, text).unwrap();
    } else {
        let stands = std::fs::read_to_string(&path).unwrap();
        assert!(stands == text, "{} is not what this code makes; see UPDATE_VECTORS", path.display());
    }
}

fn case(world: &World, what: &str, file: &str) -> Value {
    match Evidence::parse(file.as_bytes()).and_then(|evidence| evidence.check(&world.trust)) {
        Ok(finding) => json!({
            "what": what,
            "file": file,
            "kind": finding.kind,
            "shows": finding.what.text(Language::English),
            "grade": finding.grade.map(hakiki_evidence::Grade::as_str),
            "against": finding.against.map(|key| key.to_string()),
            "assumptions": finding.assumptions.iter().map(|one| one.as_str()).collect::<Vec<_>>(),
        }),
        Err(error) => json!({ "what": what, "file": file, "refused": error.code.as_str() }),
    }
}

fn claims(world: &World) -> Vec<(&'static str, Claim)> {
    let (a, b) = (World::tree(9, 9), World::tree(9, 4));
    let roots = |to: &[usize]| Claim::Roots {
        heads: [signed(a.head(), &[0, 1, 2]).to_text(), signed(b.head(), to).to_text()],
    };
    let (old, new) = (World::tree(7, 7), World::tree(12, 5));
    let leaves = |place| Claim::Leaves { place, sides: [side(&old, place, &[0]), side(&new, place, &[1])] };
    let prefix = |proof| Claim::Prefix {
        smaller: signed(old.head(), &[0, 1]).to_text(),
        larger: signed(new.head(), &[2, 3]).to_text(),
        prefix: new.root_at(7).unwrap(),
        proof,
    };
    let proof = new.consistency_proof(7, 12).unwrap();
    let of_receipt = |changed| Claim::Receipt {
        receipt: receipt(&old, 5, entry(5, false), &[0, 1, 2]),
        other: side(&World::tree(12, changed), 5, &[1, 2]),
    };
    vec![
        ("one size, two roots, cosigned by two classes each", roots(&[1, 2, 3])),
        ("the same, one head cosigned by one class", roots(&[3])),
        ("the same, one head by the log's key alone", roots(&[])),
        ("one head twice", Claim::Roots { heads: [0, 1].map(|_| signed(a.head(), &[0]).to_text()) }),
        ("two leaves at one place, under heads of two sizes", leaves(5)),
        ("one leaf at one place", leaves(4)),
        ("the larger tree begins with another root", prefix(proof.clone())),
        ("a consistency proof that does not verify is no evidence", prefix(proof[1..].to_vec())),
        ("a receipt whose place holds another entry", of_receipt(5)),
        ("a receipt that is honoured", of_receipt(12)),
        ("stamps of two classes, the delay passed", stamp(world, 601, true)),
        ("the same at the last moment of the delay", stamp(world, 600, true)),
        ("a head without a quorum has no witnessed time", stamp(world, 9_000, false)),
        ("altered bytes of a tile", tile(&a, true)),
        ("the right bytes of a tile", tile(&a, false)),
    ]
}

fn stamp(world: &World, after_s: u64, quorum: bool) -> Claim {
    let stamps = (0..2).map(|n| world.stamp(n, sha256(b"form"), 7, "2031-02-28T01:06:40+02:00")).collect();
    let witnesses: &[usize] = if quorum { &[0, 1, 2] } else { &[0, 1] };
    let seen = Some(signed(World::tree(7, 7).head(), &[0, 1, 2]).to_text());
    let head = signed_at(World::tree(9, 9).head(), witnesses, NOON_S + after_s).to_text();
    Claim::Stamp { stamps, seen, head }
}

fn tile(tree: &hakiki_tlog::MemoryTree, altered: bool) -> Claim {
    let mut found: Vec<u8> = (0..9).flat_map(|n| tree.leaf(n).unwrap().0).collect();
    if altered {
        found[3 * 32] ^= 1;
    }
    let path = TilePath::Hashes { level: 0, index: 0, width: 9 };
    let (hash, proof) = (tree.leaf(3).unwrap(), tree.inclusion_proof(3, 9).unwrap());
    let head = signed(tree.head(), &[0]).to_text();
    Claim::Tile(TileFound { head, path, number: 3, found, hash, proof })
}

fn malformed(world: &World) -> Vec<Value> {
    let heads = [World::tree(9, 9), World::tree(9, 4)].map(|tree| signed(tree.head(), &[0]).to_text());
    let text = world.evidence(Claim::Roots { heads }).to_text();
    let of = |what, text: &str| case(world, what, text);
    let fingerprint = world.fixture.fingerprint.to_string();
    vec![
        of("an unknown kind", &text.replace("fork-roots", "fork")),
        of("an unknown version", &text.replace("@v1", "@v2")),
        of("no newline at the end", text.trim_end()),
        of("another election", &text.replace(&fingerprint, &sha256(b"other").to_string())),
        of(
            "a head that is no checkpoint",
            &text.replacen("head ", "head aGk=\nhead ", 1).replace(last(&text), ""),
        ),
    ]
}

/// The last line with its newline.
fn last(text: &str) -> &str {
    let at = text.trim_end().rfind('\n').map_or(0, |at| at + 1);
    &text[at..]
}

/// `docs/reference/evidence.md` says how to check a file without this program. Its script is another implementation.
#[test]
fn the_script_in_the_reference_agrees_with_the_vectors() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let reference = std::fs::read_to_string(root.join("docs/reference/evidence.md")).unwrap();
    let script = reference.split("```python\n").nth(1).unwrap().split("```").next().unwrap();
    let vectors = std::fs::read_to_string(root.join("vectors/evidence.json")).unwrap();
    let vectors: Value = serde_json::from_str(&vectors).unwrap();
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("evidence");
    // A refusal for what only signatures, keys and the file's form tell is not the script's.
    let hashes = ["E301", "E302", "E303"];
    for case in vectors["cases"].as_array().unwrap() {
        let text = case["file"].as_str().unwrap();
        let by_hashes = case["refused"].as_str().is_none_or(|code| hashes.contains(&code));
        if text.contains("kind stamp") || !by_hashes {
            continue;
        }
        std::fs::write(&file, text).unwrap();
        let run = std::process::Command::new("python3").arg("-c").arg(script).arg(&file).output();
        let Ok(run) = run else {
            println!("skipped: there is no python3 here");
            return;
        };
        let said = String::from_utf8_lossy(&run.stderr);
        assert_eq!(run.status.success(), case["refused"].is_null(), "{}: {said}", case["what"]);
    }
}
