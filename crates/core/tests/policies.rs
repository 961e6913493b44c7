//! The policy of witnesses as amendments change it: a head is judged by the policy of its size.
#![allow(clippy::unwrap_used)]

use hakiki_core::codes::RefusalCode;
use hakiki_core::fixture::{Fixture, Rivals, Setting, custodians, log_key, organisation_key, witness_key};
use hakiki_core::kinds::{Amend, Change, HeadRecord};
use hakiki_core::{Ledger, Record};
use hakiki_note::sha256;
use hakiki_tlog::checkpoint::{Checkpoint, VerifiedCheckpoint};
use hakiki_tlog::cosignature::CosigningKey;
use hakiki_tlog::{Head, Origin};

/// The times at which witnesses cosign: each number its own.
fn time_s(witness: usize) -> u64 {
    1_930_000_000 + witness as u64
}

/// A head of the first `size` entries, cosigned by witnesses. The ledger does not look at roots.
fn cosigned(size: u64, witnesses: &[usize]) -> VerifiedCheckpoint {
    let head = Head { size, root: sha256(b"root") };
    let origin = Origin::new(log_key().name().as_str()).unwrap();
    let text = Checkpoint::new(origin, head).sign(&log_key()).unwrap();
    let checkpoint = VerifiedCheckpoint::open(text.as_bytes(), log_key().verifier()).unwrap();
    let mut note = checkpoint.note().clone();
    for number in witnesses {
        let key = CosigningKey::Ed25519(witness_key(*number));
        note.signatures.push(key.cosign(&checkpoint, time_s(*number)).unwrap());
    }
    VerifiedCheckpoint::open(note.to_text().as_bytes(), log_key().verifier()).unwrap()
}

/// The record that carries it.
fn recorded(fixture: &Fixture, checkpoint: &VerifiedCheckpoint) -> Record {
    let signatures = &checkpoint.note().signatures;
    let of = |line: &hakiki_note::SignatureLine| (line.name.clone(), line.signature.clone());
    let mut cosignatures: Vec<_> = signatures[1..].iter().map(of).collect();
    cosignatures.sort();
    let log_signature = signatures[0].signature.as_slice().try_into().unwrap();
    let body = HeadRecord { head: checkpoint.head(), log_signature, cosignatures };
    fixture.sign(body, &[&log_key()])
}

/// Witness 1 goes, witness 6 comes.
fn amend(fixture: &Fixture, ledger: &mut Ledger) {
    let organisation = organisation_key("commission");
    let changes = vec![
        Change::WitnessOut(witness_key(1).name().clone()),
        Change::WitnessIn(witness_key(6).verifier().clone(), organisation.name().clone()),
    ];
    let mut keys = custodians()[..2].to_vec();
    keys.extend(["commission", "party", "observers"].map(organisation_key));
    let keys: Vec<_> = keys.iter().collect();
    let body = Amend { changes, reason: "witness-moved".into(), words: None };
    fixture.append(ledger, fixture.sign(body, &keys)).unwrap();
}

#[test]
fn an_amendment_takes_no_cosignature_from_the_heads_before_it() {
    let fixture = Fixture::with_rivals(&Setting::default(), &Rivals::default());
    let mut ledger = fixture.ledger();
    let before = ledger.size();
    let old = cosigned(before, &[1, 2, 3, 4]);
    amend(&fixture, &mut ledger);
    let after = ledger.size();
    let policies = ledger.witness_policies();
    assert!(policies.standing(&old).is_cosigned(), "its witnesses were in force over its entries");
    assert!(
        !policies.in_force().standing(&old).is_cosigned(),
        "today's would say that only three cosigned it"
    );
    assert!(!policies.standing(&cosigned(after, &[1, 2, 3, 4])).is_cosigned(), "witness 1 is gone");
    assert!(policies.standing(&cosigned(after, &[2, 3, 4, 6])).is_cosigned());
    assert_eq!(policies.at(0), policies.at(before));
    assert_ne!(policies.at(before), policies.at(after));
    assert_eq!(policies.at(after), policies.in_force());

    // The log may carry the old head after the amendment, with its witnessed time; a later head by witness 1 it may not.
    fixture.append(&mut ledger, recorded(&fixture, &old)).unwrap();
    let entry = ledger.heads().last().unwrap();
    assert_eq!((entry.head.size, entry.unix_seconds), (before, Some(time_s(4))));
    let gone = recorded(&fixture, &cosigned(after, &[1, 2, 3, 4]));
    assert_eq!(fixture.append(&mut ledger, gone).unwrap_err().code, RefusalCode::R201);
    let come = recorded(&fixture, &cosigned(before, &[2, 3, 4, 6]));
    assert_eq!(fixture.append(&mut ledger, come).unwrap_err().code, RefusalCode::R201);
    fixture.append(&mut ledger, recorded(&fixture, &cosigned(after, &[2, 3, 4, 6]))).unwrap();
}
