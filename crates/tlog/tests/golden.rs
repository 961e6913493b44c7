//! Against vectors made with Go's reference libraries: keys, roots, tiles, checkpoints, cosignatures, a request to a
//! witness and a receipt.
#![allow(clippy::unwrap_used)]

mod common;

use common::{entry, name, shared, tree};
use hakiki_note::{Hash, MlDsaSigningKey, Note, SignatureLine, SigningKey, VerifierKey, sha256};
use hakiki_tlog::cosignature::{signed_message, verify_cosignature};
use hakiki_tlog::witness::{AddCheckpoint, Answer, answer, monitoring_path};
use hakiki_tlog::{
    Checkpoint, CosigningKey, Frontier, Origin, Policy, Receipt, RightEdge, TilePath, VerifiedCheckpoint,
    bundles_of, leaf_hash, tiles_of,
};
use serde_json::Value;
use std::collections::BTreeMap;

fn golden() -> Option<Value> {
    let file = shared("vectors/tlog/golden.json")?;
    Some(serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap())
}

fn text<'a>(golden: &'a Value, pointer: &str) -> &'a str {
    golden.pointer(pointer).unwrap_or_else(|| panic!("{pointer}")).as_str().unwrap()
}

fn base64_hash(text: &str) -> Hash {
    // A checkpoint's third line is the one place where this crate reads such a hash from text.
    Checkpoint::parse(&format!("x\n1\n{text}\n")).unwrap().head.root
}

fn seed(golden: &Value, pointer: &str) -> [u8; 32] {
    text(golden, pointer).parse::<Hash>().unwrap().0
}

struct Keys {
    log: SigningKey,
    ed25519: CosigningKey,
    mldsa44: CosigningKey,
}

fn keys(golden: &Value) -> Keys {
    let log =
        SigningKey::from_seed(name(text(golden, "/log/origin")), &seed(golden, "/log/ed25519_seed_hex"));
    let ed25519 = SigningKey::cosigner_from_seed(
        name(text(golden, "/witness_ed25519/name")),
        &seed(golden, "/witness_ed25519/ed25519_seed_hex"),
    );
    let mldsa44 = MlDsaSigningKey::from_seed(
        name(text(golden, "/witness_mldsa44/name")),
        &seed(golden, "/witness_mldsa44/mldsa44_seed_xi_hex"),
    );
    Keys { log, ed25519: CosigningKey::Ed25519(ed25519), mldsa44: CosigningKey::MlDsa44(mldsa44) }
}

#[test]
fn keys_agree() {
    let Some(golden) = golden() else { return };
    let keys = keys(&golden);
    assert_eq!(keys.log.verifier().to_string(), text(&golden, "/log/vkey"));
    assert_eq!(keys.log.to_private_text().as_str(), text(&golden, "/log/skey"));
    assert_eq!(keys.ed25519.verifier().to_string(), text(&golden, "/witness_ed25519/vkey"));
    assert_eq!(keys.mldsa44.verifier().to_string(), text(&golden, "/witness_mldsa44/vkey"));
    assert_eq!(keys.mldsa44.verifier().id().to_string(), text(&golden, "/witness_mldsa44/key_id_hex"));
}

#[test]
fn roots_agree() {
    let Some(golden) = golden() else { return };
    let tree = tree(70_000);
    let mut frontier = Frontier::new();
    let mut roots: BTreeMap<u64, Hash> = BTreeMap::new();
    for (size, root) in golden["roots_base64"].as_object().unwrap() {
        roots.insert(size.parse().unwrap(), base64_hash(root.as_str().unwrap()));
    }
    for (size, root) in roots {
        frontier.extend((frontier.size()..size).map(|index| leaf_hash(&entry(index))));
        assert_eq!(tree.root_at(size), Ok(root), "size {size}");
        assert_eq!(frontier.root(), root, "size {size}");
    }
}

#[test]
fn tiles_and_bundles_agree() {
    let Some(golden) = golden() else { return };
    for (size, resources) in golden["resources_by_tree_size"].as_object().unwrap() {
        let size: u64 = size.parse().unwrap();
        let entries: Vec<_> = (0..size).map(entry).collect();
        let plan = RightEdge::empty().plan(&entries).unwrap();
        let found: BTreeMap<String, (usize, String)> = plan
            .objects
            .iter()
            .map(|(path, bytes)| (path.to_path(), (bytes.len(), sha256(bytes).to_string())))
            .collect();
        let expected: BTreeMap<String, (usize, String)> = resources
            .as_object()
            .unwrap()
            .iter()
            .map(|(path, what)| {
                let length = usize::try_from(what["len"].as_u64().unwrap()).unwrap();
                (path.clone(), (length, what["sha256"].as_str().unwrap().to_owned()))
            })
            .collect();
        assert_eq!(found, expected, "size {size}");
        let listed: Vec<String> = tiles_of(size).chain(bundles_of(size)).map(|path| path.to_path()).collect();
        assert_eq!(listed.len(), expected.len());
        assert!(listed.iter().all(|path| expected.contains_key(path)));
    }
}

#[test]
fn tile_counts_and_paths_agree() {
    let Some(golden) = golden() else { return };
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for path in tiles_of(70_000) {
        let TilePath::Hashes { level, width, .. } = path else { panic!("{path}") };
        *counts.entry(format!("L{level} W{width}")).or_default() += 1;
    }
    let expected: BTreeMap<String, u64> =
        serde_json::from_value(golden["tile_counts_70000"].clone()).unwrap();
    assert_eq!(counts, expected);
    for (index, path) in golden["path_index"].as_object().unwrap() {
        let tile = TilePath::Hashes { level: 0, index: index.parse().unwrap(), width: 256 };
        assert_eq!(tile.to_path(), format!("tile/0/{}", path.as_str().unwrap()));
        assert_eq!(TilePath::parse(&tile.to_path()), Ok(tile));
    }
}

#[test]
fn checkpoints_agree() {
    let Some(golden) = golden() else { return };
    let keys = keys(&golden);
    let tree = tree(300);
    let origin = Origin::new(text(&golden, "/log/origin")).unwrap();
    for (size, note) in golden["signed_checkpoints"].as_object().unwrap() {
        let head = tree.head_at(size.parse().unwrap()).unwrap();
        let made = Checkpoint::new(origin.clone(), head).sign(&keys.log).unwrap();
        assert_eq!(made, note.as_str().unwrap());
        let opened = VerifiedCheckpoint::open(made.as_bytes(), keys.log.verifier()).unwrap();
        assert_eq!(opened.head(), head);
    }
    assert_eq!(monitoring_path(&origin), text(&golden, "/monitoring_path"));
}

#[test]
fn cosignatures_agree() {
    let Some(golden) = golden() else { return };
    let keys = keys(&golden);
    let note = text(&golden, "/signed_checkpoints/300");
    let mut checkpoint = VerifiedCheckpoint::open(note.as_bytes(), keys.log.verifier()).unwrap();
    let time_s = golden["cosignatures_300"]["timestamp"].as_u64().unwrap();
    let message =
        |key: &CosigningKey| signed_message(checkpoint.checkpoint(), key.verifier(), time_s).unwrap();
    assert_eq!(message(&keys.ed25519), text(&golden, "/cosignatures_300/ed25519_signed_message").as_bytes());
    assert_eq!(
        hex::encode(message(&keys.mldsa44)),
        text(&golden, "/cosignatures_300/mldsa44_signed_message_hex")
    );

    let lines = [&keys.ed25519, &keys.mldsa44].map(|key| key.cosign(&checkpoint, time_s).unwrap());
    assert_eq!(lines[0].to_line(), text(&golden, "/cosignatures_300/ed25519_line"));
    assert_eq!(lines[1].to_line(), text(&golden, "/cosignatures_300/mldsa44_line_deterministic"));
    for (line, key) in lines.iter().zip([&keys.ed25519, &keys.mldsa44]) {
        assert_eq!(verify_cosignature(checkpoint.checkpoint(), line, key.verifier()), Ok(time_s));
    }

    let known = [keys.ed25519.verifier().clone(), keys.mldsa44.verifier().clone()];
    let added = hakiki_tlog::cosignature::add_cosignatures(&mut checkpoint, &lines, &known);
    assert_eq!(added, 2);
    assert_eq!(checkpoint.to_text(), text(&golden, "/cosigned_checkpoint_300"));
}

#[test]
fn changed_mldsa_lines_are_refused() {
    let Some(golden) = golden() else { return };
    let keys = keys(&golden);
    let cosigned = text(&golden, "/cosigned_checkpoint_300");
    let note = Note::parse(cosigned.as_bytes()).unwrap();
    let checkpoint = Checkpoint::parse(&note.text).unwrap();
    let line = note.signatures.iter().find(|line| line.is_by(keys.mldsa44.verifier())).unwrap();
    assert_eq!(verify_cosignature(&checkpoint, line, keys.mldsa44.verifier()), Ok(1_700_000_000));
    let mut later = line.clone();
    later.signature[7] ^= 1;
    assert!(verify_cosignature(&checkpoint, &later, keys.mldsa44.verifier()).is_err());
    let shorter = SignatureLine { signature: line.signature[..7].to_vec(), ..line.clone() };
    assert!(verify_cosignature(&checkpoint, &shorter, keys.mldsa44.verifier()).is_err());
}

#[test]
fn a_policy_counts_the_golden_witnesses() {
    let Some(golden) = golden() else { return };
    let policy = format!(
        "log {}\nwitness one {}\nwitness two {}\ngroup both all one two\nquorum both\n",
        text(&golden, "/log/vkey"),
        text(&golden, "/witness_ed25519/vkey"),
        text(&golden, "/witness_mldsa44/vkey"),
    );
    let policy = Policy::parse(policy.as_bytes()).unwrap();
    let (_, witnessed) = policy.open(text(&golden, "/cosigned_checkpoint_300").as_bytes()).unwrap();
    assert!(witnessed.quorum_reached);
    assert_eq!(witnessed.times_s, ["one", "two"].map(|name| (name.to_owned(), 1_700_000_000)).into());
    let (_, witnessed) = policy.open(text(&golden, "/signed_checkpoints/300").as_bytes()).unwrap();
    assert!(!witnessed.quorum_reached);
    assert!(witnessed.times_s.is_empty());
}

#[test]
fn the_request_to_a_witness_agrees() {
    let Some(golden) = golden() else { return };
    let keys = keys(&golden);
    let body = text(&golden, "/add_checkpoint_request_256_to_300");
    let request = AddCheckpoint::parse(body.as_bytes()).unwrap();
    assert_eq!(request.to_body(), body);
    let tree = tree(300);
    assert_eq!(request.proof, tree.consistency_proof(256, 300).unwrap());
    let note = text(&golden, "/signed_checkpoints/300");
    let checkpoint = VerifiedCheckpoint::open(note.as_bytes(), keys.log.verifier()).unwrap();
    let made = AddCheckpoint::new(256, tree.consistency_proof(256, 300).unwrap(), &checkpoint);
    assert_eq!(made.to_body(), body);
    let last = tree.head_at(256).unwrap();
    let found = answer(body.as_bytes(), |_| (vec![keys.log.verifier().clone()], Some(last)));
    assert_eq!(found, Answer::Cosign(Box::new(checkpoint)));
}

#[test]
fn the_receipt_agrees() {
    let Some(golden) = golden() else { return };
    let keys = keys(&golden);
    let tree = tree(300);
    let proof = tree.inclusion_proof(42, 300).unwrap();
    let expected: Vec<Hash> = golden["inclusion_42_300_base64"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hash| base64_hash(hash.as_str().unwrap()))
        .collect();
    assert_eq!(proof, expected);
    let file = text(&golden, "/tlog_proof_42_300");
    let receipt = Receipt::parse(file.as_bytes()).unwrap();
    assert_eq!(receipt.to_text(), file);
    let key: VerifierKey = text(&golden, "/log/vkey").parse().unwrap();
    let verified = receipt.verify_entry(b"leaf-42", &key).unwrap();
    assert_eq!((verified.index(), verified.entry()), (42, None));
    assert!(receipt.verify_entry(b"leaf-43", &key).is_err());
    assert!(receipt.verify(&key).is_err());
    assert_eq!(keys.log.verifier(), &key);
}
