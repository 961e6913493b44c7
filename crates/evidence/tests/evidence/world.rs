//! A log with witnesses of four classes and two intakes, and an operator who signs what he likes.

use hakiki_core::establish::organisation;
use hakiki_core::fixture::{Fixture, ORIGIN, Setting, key, log_key};
use hakiki_core::kinds::Witness;
use hakiki_evidence::{Claim, Evidence, EvidenceCode, Finding, PolicyAndKeys, Side};
use hakiki_note::{Hash, KeyName, SigningKey, VerifierKey, sha256};
use hakiki_tlog::cosignature::add_cosignatures;
use hakiki_tlog::{
    Checkpoint, CosigningKey, Head, MemoryTree, Origin, Receipt, Stamp, VerifiedCheckpoint, leaf_hash,
};

/// When witnesses cosign, in seconds since 1970, unless a test says otherwise.
pub const NOON_S: u64 = 1_930_000_000;
pub const CLASSES: [&str; 4] = ["commission", "court", "observers", "press"];

pub struct World {
    pub fixture: Fixture,
    pub trust: PolicyAndKeys,
}

pub fn witness(number: usize) -> SigningKey {
    let name = format!("witness-{}.example/w", CLASSES[number]);
    let seed = sha256(name.as_bytes());
    SigningKey::cosigner_from_seed(KeyName::new(&name).unwrap(), &seed.0)
}

pub fn intake(number: usize) -> SigningKey {
    key(&format!("intake-{number}"))
}

impl World {
    pub fn new() -> Self {
        let fixture =
            Fixture::with(&Setting { stations: 2, counties: 1, ..Setting::default() }, |election| {
                let hosts: Vec<SigningKey> =
                    CLASSES.iter().map(|class| key(&format!("host-{class}"))).collect();
                election.organisations = hosts
                    .iter()
                    .zip(CLASSES)
                    .map(|(host, class)| organisation(ORIGIN, host, class))
                    .collect();
                let of = |key: &VerifierKey, host: &SigningKey| Witness {
                    key: key.clone(),
                    organisation: host.name().clone(),
                };
                election.witnesses =
                    (0..4).zip(&hosts).map(|(n, host)| of(witness(n).verifier(), host)).collect();
                election.witness_quorum = 3;
                election.intakes =
                    (0..2).zip(&hosts[2..]).map(|(n, host)| of(intake(n).verifier(), host)).collect();
            });
        let record = fixture.records[0].note().as_bytes();
        let trust = PolicyAndKeys::of_election(record, &fixture.fingerprint).unwrap();
        Self { fixture, trust }
    }

    /// A tree of so many entries; those from `changed` on are others.
    pub fn tree(size: u64, changed: u64) -> MemoryTree {
        let mut tree = MemoryTree::new();
        tree.extend((0..size).map(|n| leaf_hash(&entry(n, n >= changed))));
        tree
    }

    pub fn evidence(&self, claim: Claim) -> Evidence {
        Evidence { election: self.trust.election, log: self.trust.log_key.clone(), claim }
    }

    /// Writes, parses and checks a claim.
    pub fn shows(&self, claim: Claim) -> Finding {
        let evidence = self.evidence(claim);
        let again = Evidence::parse(evidence.to_text().as_bytes()).unwrap();
        assert_eq!(again, evidence);
        let finding = again.check(&self.trust).unwrap();
        assert_eq!(again.check(&self.trust).unwrap(), finding, "the same again");
        finding
    }

    /// Why a claim shows nothing.
    pub fn refuses(&self, claim: Claim) -> EvidenceCode {
        self.evidence(claim).check(&self.trust).unwrap_err().code
    }

    pub fn stamp(&self, number: usize, record: Hash, seen_head: u64, time: &str) -> String {
        let (election, note) = (self.trust.election, sha256(b"sealed"));
        Stamp { election, record, note, seen_head, time: time.parse().unwrap() }.sign(&intake(number))
    }
}

pub fn entry(number: u64, changed: bool) -> Vec<u8> {
    format!("entry {number}{}\n", if changed { ", changed" } else { "" }).into_bytes()
}

/// A head signed by the log, cosigned by witnesses of these numbers.
pub fn signed(head: Head, witnesses: &[usize]) -> VerifiedCheckpoint {
    signed_at(head, witnesses, NOON_S)
}

pub fn signed_at(head: Head, witnesses: &[usize], time_s: u64) -> VerifiedCheckpoint {
    let note = Checkpoint::new(Origin::new(ORIGIN).unwrap(), head).sign(&log_key()).unwrap();
    let mut checkpoint = VerifiedCheckpoint::open(note.as_bytes(), log_key().verifier()).unwrap();
    for number in witnesses {
        let key = witness(*number);
        let line = CosigningKey::Ed25519(key.clone()).cosign(&checkpoint, time_s).unwrap();
        assert_eq!(add_cosignatures(&mut checkpoint, &[line], &[key.verifier().clone()]), 1);
    }
    checkpoint
}

pub fn side(tree: &MemoryTree, place: u64, witnesses: &[usize]) -> Side {
    let proof = tree.inclusion_proof(place, tree.size()).unwrap();
    Side { head: signed(tree.head(), witnesses).to_text(), leaf: tree.leaf(place).unwrap(), proof }
}

pub fn receipt(tree: &MemoryTree, place: u64, entry: Vec<u8>, witnesses: &[usize]) -> String {
    let proof = tree.inclusion_proof(place, tree.size()).unwrap();
    Receipt::new(entry, place, proof, &signed(tree.head(), witnesses)).to_text()
}
