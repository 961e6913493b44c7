//! The witness's decision table: every answer of C2SP `tlog-witness`, add-checkpoint.
#![allow(clippy::unwrap_used)]

mod common;

use common::{flipped, log_key, name, signed, tree};
use hakiki_note::{Hash, Note, SigningKey, VerifierKey};
use hakiki_tlog::cosignature::add_cosignatures;
use hakiki_tlog::witness::{
    AddCheckpoint, Answer, InconsistentReason, RequestError, SIZE_CONTENT_TYPE, answer, cosignature_body,
    decide, parse_cosignatures, parse_recorded_size,
};
use hakiki_tlog::{Checkpoint, CosigningKey, Head, Origin};

const ORIGIN: &str = "log.example.org/test";

fn known() -> Vec<VerifierKey> {
    vec![log_key(ORIGIN).verifier().clone()]
}

/// A request for the test tree of `new` leaves from `old`, with a good proof.
fn request(old: u64, new: u64) -> AddCheckpoint {
    let tree = tree(new);
    let proof = tree.consistency_proof(old.min(new), new).unwrap();
    AddCheckpoint::new(old, proof, &signed(ORIGIN, tree.head()))
}

fn head(size: u64) -> Head {
    tree(size).head()
}

#[test]
fn good_heads_are_cosigned() {
    for (old, new, last) in [
        (0, 0, None),
        (0, 7, None),
        (0, 7, Some(head(0))),
        (3, 7, Some(head(3))),
        (7, 7, Some(head(7))),
        (4, 8, Some(head(4))),
    ] {
        let request = request(old, new);
        let found = answer(request.to_body().as_bytes(), |_| (known(), last));
        assert_eq!(found, Answer::Cosign(Box::new(signed(ORIGIN, tree(new).head()))), "{old} to {new}");
        assert_eq!((found.status(), found.evidence()), (200, None));
    }
}

#[test]
fn unknown_logs_and_keys() {
    let body = request(0, 3).to_body();
    let unknown = answer(body.as_bytes(), |_| (Vec::new(), None));
    assert_eq!(unknown, Answer::UnknownOrigin(Origin::new(ORIGIN).unwrap()));
    assert_eq!(unknown.status(), 404);
    // Another key of the same name, another name of the same key, a cosigner's key.
    let other = SigningKey::from_seed(name(ORIGIN), &[0x12; 32]);
    let renamed = SigningKey::from_seed(name("log.example.org/other"), &[0x11; 32]);
    let cosigner = SigningKey::cosigner_from_seed(name(ORIGIN), &[0x11; 32]);
    for key in [&other, &renamed, &cosigner] {
        let found = answer(body.as_bytes(), |_| (vec![key.verifier().clone()], None));
        assert!(matches!(found, Answer::Forbidden(_)), "{found:?}");
        assert_eq!(found.status(), 403);
    }
    // Keys of a rotation: any one suffices, and a bad signature by one of them refuses the note.
    let mut both = known();
    both.push(other.verifier().clone());
    assert_eq!(answer(body.as_bytes(), |_| (both.clone(), None)).status(), 200);
    let bad = Note::sign("another text\n".to_owned(), &[&other]).signatures[0].to_line();
    let spoiled = format!("{body}{bad}");
    assert_eq!(answer(spoiled.as_bytes(), |_| (both, None)).status(), 403);
    assert_eq!(answer(spoiled.as_bytes(), |_| (known(), None)).status(), 200);
}

#[test]
fn malformed_requests() {
    let good = request(3, 7).to_body();
    let (_, note) = good.split_once("\n\n").unwrap();
    let hash = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
    let bad = [
        String::new(),
        "old 3\n".to_owned(),
        note.to_owned(),
        good.replace("old 3", "old 03"),
        good.replace("old 3", "old -3"),
        good.replace("old 3", "old  3"),
        good.replace("old 3", "new 3"),
        good.replace("=\n\n", "\n\n"),
        good.replacen('\n', "\r\n", 1),
        good.trim_end().to_owned(),
        format!("old 3\n{}\n{note}", hash.repeat(64)),
        format!("old 3\n\n{}", note.replace("\n7\n", "\n07\n")),
        "x".repeat(300 * 1024),
    ];
    for body in bad {
        let found = answer(body.as_bytes(), |_| (known(), Some(head(3))));
        assert!(matches!(found, Answer::Malformed(_)), "{body}: {found:?}");
        assert_eq!(found.status(), 400);
    }
    let most = format!("old 3\n{}\n{note}", hash.repeat(63));
    assert_eq!(answer(most.as_bytes(), |_| (known(), Some(head(3)))).status(), 422);
    assert_eq!(AddCheckpoint::parse(&[0xff]), Err(RequestError::Shape));
    let nameless = format!("old 3\n\n{}", note.replacen(ORIGIN, "no such log", 1));
    assert_eq!(answer(nameless.as_bytes(), |_| (known(), Some(head(3)))).status(), 404);
}

#[test]
fn old_sizes() {
    let found = decide(&request(8, 7), &known(), Some(head(8)));
    assert_eq!(found, Answer::OldSizeAbove { old_size: 8, size: 7 });
    assert_eq!(found.status(), 400);
    for (old, recorded) in [(3, Some(head(4))), (3, None), (0, Some(head(5))), (3, Some(head(9)))] {
        let found = decide(&request(old, 7), &known(), recorded);
        let size = recorded.map_or(0, |head| head.size);
        assert_eq!(found, Answer::Conflict { recorded: size, evidence: None });
        assert_eq!((found.status(), found.content_type()), (409, SIZE_CONTENT_TYPE));
        assert_eq!(found.body(), format!("{size}\n"));
        assert_eq!(parse_recorded_size(found.body().as_bytes()), Some(size));
    }
}

#[test]
fn inconsistent_heads_are_kept() {
    let good = request(3, 7);
    let fork = Head { size: 7, root: flipped(&tree(7).root(), 5) };
    let check = |request: &AddCheckpoint, last, reason, proves_fork| {
        let found = decide(request, &known(), last);
        assert_eq!(found.status(), 422, "{found:?}");
        let evidence = found.evidence().unwrap();
        assert_eq!((evidence.reason, evidence.last), (reason, last));
        assert_eq!(evidence.proves_fork(), proves_fork);
    };
    let mut proof = good.proof.clone();
    proof[0] = flipped(&proof[0], 9);
    let changed = AddCheckpoint::new(3, proof, &signed(ORIGIN, tree(7).head()));
    check(&changed, Some(head(3)), InconsistentReason::Proof, false);
    let other_last = Some(Head { size: 3, root: flipped(&tree(3).root(), 1) });
    check(&good, other_last, InconsistentReason::Proof, false);
    let from_nothing = AddCheckpoint::new(0, good.proof.clone(), &signed(ORIGIN, tree(7).head()));
    check(&from_nothing, None, InconsistentReason::Proof, false);
    let same_size_with_proof = AddCheckpoint::new(7, good.proof.clone(), &signed(ORIGIN, tree(7).head()));
    check(&same_size_with_proof, Some(head(7)), InconsistentReason::Proof, false);
    let same_size = AddCheckpoint::new(7, Vec::new(), &signed(ORIGIN, fork));
    check(&same_size, Some(head(7)), InconsistentReason::SameSize, true);
    let empty = AddCheckpoint::new(0, Vec::new(), &signed(ORIGIN, Head { size: 0, root: Hash([7; 32]) }));
    check(&empty, None, InconsistentReason::EmptyTree, true);

    // A fork at the recorded size is evidence even when the request is stale.
    let stale = decide(&AddCheckpoint::new(3, Vec::new(), &signed(ORIGIN, fork)), &known(), Some(head(7)));
    assert_eq!((stale.status(), stale.body().as_str()), (409, "7\n"));
    assert!(stale.evidence().unwrap().proves_fork());
}

#[test]
fn the_client_takes_the_cosignatures() {
    let mut checkpoint = signed(ORIGIN, tree(7).head());
    let key = |n| CosigningKey::Ed25519(SigningKey::cosigner_from_seed(name("w.example"), &[n; 32]));
    let lines = [key(1).cosign(&checkpoint, 5).unwrap(), key(2).cosign(&checkpoint, 6).unwrap()];
    let body = cosignature_body(&lines);
    assert_eq!(parse_cosignatures(body.as_bytes()), Ok(lines.to_vec()));
    let known = [key(1).verifier().clone()];
    assert_eq!(add_cosignatures(&mut checkpoint, &lines, &known), 1);
    assert_eq!(add_cosignatures(&mut checkpoint, &lines, &known), 0);
    assert!(checkpoint.to_text().ends_with(&lines[0].to_line()));
    for bad in [&b""[..], b"\n", b"x\n", body.trim_end().as_bytes(), b"\xff\n"] {
        assert!(parse_cosignatures(bad).is_err());
    }
    for bad in [&b"7"[..], b"07\n", b"\n", b"7\n\n", b""] {
        assert_eq!(parse_recorded_size(bad), None);
    }
}

#[test]
fn a_note_takes_no_more_lines_than_it_may_have() {
    let mut checkpoint = signed(ORIGIN, tree(7).head());
    let key = CosigningKey::Ed25519(SigningKey::cosigner_from_seed(name("w.example"), &[1; 32]));
    let lines: Vec<_> = (1..=200).map(|time| key.cosign(&checkpoint, time).unwrap()).collect();
    assert_eq!(add_cosignatures(&mut checkpoint, &lines, &[key.verifier().clone()]), 127);
    let opened =
        hakiki_tlog::VerifiedCheckpoint::open(checkpoint.to_text().as_bytes(), log_key(ORIGIN).verifier());
    assert_eq!(opened, Ok(checkpoint));
}

#[test]
fn checkpoints_are_signed_by_their_logs_key_only() {
    let checkpoint = Checkpoint::new(Origin::new(ORIGIN).unwrap(), tree(3).head());
    assert!(checkpoint.sign(&log_key("log.example.org/other")).is_err());
    assert!(checkpoint.sign(&SigningKey::cosigner_from_seed(name(ORIGIN), &[1; 32])).is_err());
    assert!(checkpoint.sign(&log_key(ORIGIN)).is_ok());
    for bad in ["", "https://log.example.org", "hakiki/form@v1", "a b", "a+b", "a\n"] {
        assert!(Origin::new(bad).is_err(), "{bad:?}");
    }
}
