//! What we write, read by programs that are not ours; and what real witnesses of others wrote, read by ours.
//!
//! `signed_note` and `tlog_tiles` (Cloudflare) read notes, checkpoints and tiles; `sigsum` verifies cosignatures. The real
//! cosignatures are those of a Sigsum test log of February 2026, which that package prints in its documentation.
#![allow(clippy::unwrap_used)]

use base64::Engine as _;
use hakiki_note::{
    BASE64, Hash, KeyName, KeyType, PublicKey, SignatureLine, SigningKey, VerifierKey, sha256,
};
use hakiki_tlog::checkpoint::{Checkpoint, VerifiedCheckpoint};
use hakiki_tlog::cosignature::{CosigningKey, verify_cosignature};
use hakiki_tlog::plan::RightEdge;
use hakiki_tlog::tile::TilePath;
use hakiki_tlog::{Head, MemoryTree, Origin, leaf_hash};
use std::collections::BTreeMap;
use tlog_tiles::{
    Error, Tile, TileHashReader, TileReader, check_record, check_tree, prove_record, prove_tree,
};

const NAME: &str = "log.mfano.example/2031";

fn log_key() -> SigningKey {
    SigningKey::from_seed(KeyName::new(NAME).unwrap(), &[3; 32])
}

fn checkpoint(head: Head) -> VerifiedCheckpoint {
    let key = log_key();
    let text = Checkpoint::new(Origin::new(NAME).unwrap(), head).sign(&key).unwrap();
    VerifiedCheckpoint::open(text.as_bytes(), key.verifier()).unwrap()
}

/// Our tiles, as the other library asks for them.
struct Ours(BTreeMap<TilePath, Vec<u8>>);

impl Ours {
    /// A log written batch by batch, by the plans that a store carries out.
    fn written(batches: &[usize]) -> (Self, MemoryTree) {
        let (mut tiles, mut tree, mut edge) = (BTreeMap::new(), MemoryTree::new(), RightEdge::empty());
        for count in batches {
            let first = usize::try_from(tree.size()).unwrap();
            let entries: Vec<Vec<u8>> = (first..first + count).map(|n| format!("entry {n}").into()).collect();
            for entry in &entries {
                tree.push(leaf_hash(entry));
            }
            let plan = edge.plan(&entries).unwrap();
            tiles.extend(plan.objects.iter().cloned());
            edge = plan.into_edge();
        }
        (Self(tiles), tree)
    }
}

impl TileReader for Ours {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, wanted: &[Tile]) -> Result<Vec<Vec<u8>>, Error> {
        let read = |tile: &Tile| {
            let width = u16::try_from(tile.width()).unwrap();
            let path = TilePath::Hashes { level: tile.level(), index: tile.level_index(), width };
            self.0[&path].clone()
        };
        Ok(wanted.iter().map(read).collect())
    }

    fn save_tiles(&self, _: &[Tile], _: &[Vec<u8>]) {}
}

#[test]
fn another_library_reads_our_checkpoints() {
    use signed_note::{Note, StandardVerifier, VerifierList};
    let head = Head { size: 46_229, root: sha256(b"root") };
    let ours = checkpoint(head);
    let theirs = StandardVerifier::new(&log_key().verifier().to_string()).unwrap();
    let note = Note::from_bytes(ours.to_text().as_bytes()).unwrap();
    let (verified, unknown) = note.verify(&VerifierList::new(vec![Box::new(theirs)])).unwrap();
    assert_eq!((verified.len(), unknown.len()), (1, 0));
    let read = tlog_tiles::Checkpoint::from_bytes(note.text()).unwrap();
    assert_eq!((read.origin(), read.size(), read.hash().0), (NAME, head.size, head.root.0));
    // And refuses it where a bit of its root is another.
    let theirs = StandardVerifier::new(&log_key().verifier().to_string()).unwrap();
    let changed = ours.to_text().replacen("46229", "46228", 1);
    let note = Note::from_bytes(changed.as_bytes()).unwrap();
    assert!(note.verify(&VerifierList::new(vec![Box::new(theirs)])).is_err());
}

#[test]
fn another_library_proves_records_and_growth_from_our_tiles() {
    let (ours, tree) = Ours::written(&[1, 2, 253, 3, 600, 70_000, 1, 255]);
    let size = tree.size();
    let root = tlog_tiles::Hash(tree.root().0);
    let reader = TileHashReader::new(size, root, &ours);
    for index in [0, 1, 255, 256, 257, 65_535, 65_536, 70_000, size - 1] {
        let proof = prove_record(size, index, &reader).unwrap();
        let leaf = leaf_hash(format!("entry {index}").as_bytes());
        check_record(&proof, size, root, index, tlog_tiles::Hash(leaf.0)).unwrap();
        let expected: Vec<[u8; 32]> =
            tree.inclusion_proof(index, size).unwrap().into_iter().map(|hash| hash.0).collect();
        let found: Vec<[u8; 32]> = proof.iter().map(|hash| hash.0).collect();
        assert_eq!(found, expected, "the proofs of both are the same");
    }
    for old in [1, 2, 255, 256, 859, 65_536, 70_000, size - 1] {
        let proof = prove_tree(size, old, &reader).unwrap();
        let older = tlog_tiles::Hash(tree.root_at(old).unwrap().0);
        check_tree(&proof, size, root, old, older).unwrap();
        let found: Vec<Hash> = proof.iter().map(|hash| Hash(hash.0)).collect();
        assert_eq!(found, tree.consistency_proof(old, size).unwrap());
    }
    // The reader of the other library notices a tile that does not belong to the root.
    let mut altered = Ours(ours.0.clone());
    altered.0.values_mut().for_each(|bytes| bytes[0] ^= 1);
    assert!(prove_record(size, 7, &TileHashReader::new(size, root, &altered)).is_err());
}

/// A Sigsum log is one that we did not write: its heads are named by its key's hash, its leaves are of another form. Our witness
/// cosigns its head, and Sigsum's verifier takes the cosignature.
#[test]
fn our_witness_cosigns_for_another_log_and_its_verifier_agrees() {
    use sigsum::policy::PolicyBuilder;
    let key = |seed: u8| SigningKey::from_seed(KeyName::new("sigsum.example").unwrap(), &[seed; 32]);
    let public = |key: &SigningKey| -> [u8; 32] { key.verifier().key().bytes().try_into().unwrap() };
    let (log, submitter) = (key(1), key(2));
    let witness = SigningKey::cosigner_from_seed(KeyName::new("witness.example").unwrap(), &[4; 32]);
    let message = sha256(b"what was signed");
    let checksum = sha256(&message.0);
    let leaf_signature = submitter.sign(&[b"sigsum.org/v1/tree-leaf\0".as_slice(), &checksum.0].concat());
    let submitter_hash = sha256(&public(&submitter));
    let leaf = leaf_hash(&[&checksum.0[..], &leaf_signature, &submitter_hash.0].concat());
    let mut tree = MemoryTree::new();
    for n in 0u8..70 {
        tree.push(leaf_hash(&[n]));
    }
    tree.push(leaf);
    for n in 0u8..30 {
        tree.push(leaf_hash(&[n, n]));
    }
    let (head, log_hash) = (tree.head(), sha256(&public(&log)));
    // The log's key under the name that its heads carry, as our witness would pin it.
    let origin = format!("sigsum.org/v1/tree/{log_hash}");
    let named = SigningKey::from_seed(KeyName::new(&origin).unwrap(), &[1; 32]);
    let signed = Checkpoint::new(Origin::new(&origin).unwrap(), head).sign(&named).unwrap();
    let opened = VerifiedCheckpoint::open(signed.as_bytes(), named.verifier()).unwrap();
    let time_s = 1_800_000_000;
    let line = CosigningKey::Ed25519(witness.clone()).cosign(&opened, time_s).unwrap();
    let cosignature = &line.signature[8..];
    let mut text = format!(
        "version=2\nlog={log_hash}\nleaf={submitter_hash} {}\n\nsize={}\nroot_hash={}\nsignature={}\ncosignature={} {time_s} {}\n\nleaf_index=70\n",
        hex::encode(leaf_signature),
        head.size,
        head.root,
        hex::encode(log.sign(opened.checkpoint().text().as_bytes())),
        sha256(&public(&witness)),
        hex::encode(cosignature),
    );
    for hash in tree.inclusion_proof(70, head.size).unwrap() {
        text.push_str("node_hash=");
        text.push_str(&hash.to_string());
        text.push(char::from(10));
    }
    let mut policy = PolicyBuilder::new();
    policy.add_log(public(&log).into(), None).unwrap();
    policy.add_witness("ours".to_owned(), public(&witness).into(), None).unwrap();
    policy.set_quorum("ours".to_owned()).unwrap();
    let policy = policy.build();
    let check = |text: &str| {
        let proof = sigsum::SigsumSignature::from_ascii(text).unwrap();
        sigsum::verify(&message.0.into(), &proof, &[public(&submitter).into()], &policy)
    };
    check(&text).unwrap();
    assert!(
        check(&text.replace(" 1800000000 ", " 1800000001 ")).is_err(),
        "another time is not what was cosigned"
    );
}

/// Cosignatures by eight witnesses that others run, with programs that others wrote, over a head of a log that others run.
#[test]
fn our_code_verifies_what_real_witnesses_cosigned() {
    const LOG: &str = "1643169b32bef33a3f54f8a353b87c475d19b6223cbb106390d10a29978e1cba";
    const ROOT: &str = "901fefc6f1d978d2c2bedb82d448755bcdc7e8626e67ac7ee80873771be9b667";
    const TIME: u64 = 1_770_193_051;
    const COSIGNATURES: [(&str, &str); 4] = [
        (
            "1c997261f16e6e81d13f420900a2542a4b6a049c2d996324ee5d82a90ca3360c",
            "a1ee1182b265204499cbef3ae59f3ea228b928b3cbda8817a4ed5a12776823e9ad8ef1ce986b9b98d9954f1798ec4315c1820704600a231c69038ccc9726d202",
        ),
        (
            "49c4cd6124b7c572f3354d854d50b2a4b057a750f786cf03103c09de339c4ea3",
            "aaf642e81a54399777180f238573d74878b68c7b645d8011583621405bb450b4e7887fc76502a8142c493d64e3ed3e556d82dad1706411082e58805f64fa9d02",
        ),
        (
            "70b861a010f25030de6ff6a5267e0b951e70c04b20ba4a3ce41e7fba7b9b7dfc",
            "f5953f406f5fd97d9c9d1328b00b07bf434a5eb76d8da359aeda98c414de29ca1ced1872971ea0f137508a7bb05c7d322548409425677af96433706319bc0801",
        ),
        (
            "d960fcff859a34d677343e4789c6843e897c9ff195ea7140a6ef382566df3b65",
            "b44c41f75566850003f7f655a6dc7bb38bb980e8e2c383871e29883805d3adec7782a08388b9386d9718380a4bb6900043e2b46080cff0fa75a500c36ef9df0a",
        ),
    ];
    let root: Hash = ROOT.parse().unwrap();
    let head = Head { size: 381_382, root };
    let head = Checkpoint::new(Origin::new(&format!("sigsum.org/v1/tree/{LOG}")).unwrap(), head);
    for (key_hash, signature) in COSIGNATURES {
        let key_hash: [u8; 32] = hex::decode(key_hash).unwrap().try_into().unwrap();
        let witness = sigsum::policy::SIGSUM_TEST_2025_3.get_witness_by_keyhash(&key_hash.into()).unwrap();
        let public: Vec<u8> = witness.pubkey.as_ref().to_vec();
        let name = KeyName::new("witness.elsewhere.example").unwrap();
        let key =
            VerifierKey::new(name.clone(), PublicKey::new(KeyType::CosignatureEd25519, &public).unwrap());
        let signature = [&TIME.to_be_bytes()[..], &hex::decode(signature).unwrap()].concat();
        let line = SignatureLine { name, id: key.id(), signature };
        assert_eq!(verify_cosignature(&head, &line, &key).unwrap(), TIME);
        let mut other = line.clone();
        other.signature[7] ^= 1;
        assert!(verify_cosignature(&head, &other, &key).is_err(), "another time");
        assert_eq!(BASE64.encode(&line.signature).len(), 96);
    }
}
