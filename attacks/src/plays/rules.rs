//! The rules themselves: which witness policies can be, and from which place on a rule holds: T35, T37.

use super::Ground;
use super::admission::{accepted, refused, revocation};
use crate::arena::Arena;
use crate::forge;
use crate::outcome::{Seen, Verdict};
use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use hakiki_core::Record;
use hakiki_core::establish::{custodian, organisation};
use hakiki_core::kinds::{Amend, Change};
use hakiki_note::{BASE64, SigningKey, sha256};
use hakiki_rehearsal::founding::Keyring;
use hakiki_rehearsal::rivals::WITNESS_CLASSES;
use hakiki_tlog::CosigningKey;
use hakiki_tlog::checkpoint::VerifiedCheckpoint;
use hakiki_tlog::cosignature::add_cosignatures;
use std::fmt::Write as _;
use std::process::Output;

/// The plan of an election with five witnesses of five classes, of whom so many must cosign.
fn plan(arena: &Arena, quorum: u32) -> String {
    let (keys, rivals) = (Keyring(&arena.country), arena.rivals());
    let log = arena.log_key();
    let origin = log.name().as_str();
    let custodians = keys.quorum();
    let signers: Vec<String> = custodians.iter().map(|key| format!("\"{}\"", key.name())).collect();
    let mut text = format!(
        "title = \"Two of three\"\nmode = \"rehearsal\"\nauthority = \"commission.mfano.example\"\nlog_key = \"{}\"\n\
         polling_day = \"2031-06-19\"\ncounting_from = \"2031-06-19T17:00:00+03:00\"\nlevels = [\"nation\"]\n\
         witness_quorum = {quorum}\nsigners = [{}]\n\n[quorums]\nelection = 3\n\n\
         [[contest]]\ncode = \"president\"\ntitle = \"President\"\nrule = \"plurality\"\nboxes = [\"valid\"]\n",
        log.verifier(),
        signers.join(", ")
    );
    let mut pinned = |table: &str, of: &str, key: &SigningKey, proof: [u8; 64]| {
        let (public, proof) = (key.verifier().key().to_base64(), BASE64.encode(proof));
        // Writing into a string does not fail.
        let _ = write!(
            text,
            "\n[[{table}]]\nof = \"{of}\"\nname = \"{}\"\nkey = \"{public}\"\nproof = \"{proof}\"\n",
            key.name()
        );
    };
    for key in &custodians {
        pinned("custodian", "commission", key, custodian(origin, key, "commission").possession);
    }
    for class in WITNESS_CLASSES {
        let key = rivals.organisation(class);
        pinned("organisation", class, &key, organisation(origin, &key, class).acceptance);
    }
    for class in WITNESS_CLASSES {
        let (of, key) = (rivals.organisation(class), rivals.witness(class));
        let _ = write!(text, "\n[[witness]]\nof = \"{}\"\nkey = \"{}\"\n", of.name(), key.verifier());
    }
    text
}

fn set_up(arena: &Arena, quorum: u32) -> Result<Output> {
    let (file, out) = (arena.path(&format!("plan-{quorum}")), arena.path(&format!("made-{quorum}")));
    std::fs::write(&file, plan(arena, quorum))?;
    arena.command(&["election", "new", &file.display().to_string(), "--out", &out.display().to_string()])
}

/// T35: one witness signs two histories. With 3 of 5 that alone would have both cosigned.
pub fn t35(ground: &Ground) -> Result<Seen> {
    let mut arena = ground.with_node()?;
    let said = |output: &Output| {
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    };
    let refused = set_up(&arena, 3)?;
    ensure!(!refused.status.success(), "3 of 5 was set up: {}", said(&refused));
    ensure!(said(&refused).contains("can meet in 1"), "the intersection is printed: {}", said(&refused));
    ensure!(!arena.path("made-3").exists(), "a refused plan left a record");
    let taken = set_up(&arena, 4)?;
    ensure!(taken.status.success(), "4 of 5 is a policy: {}", said(&taken));
    // Under 4 of 5 the liar's second cosignature makes no cosigned head, and is evidence against it.
    arena.send_forms(0..4)?;
    let size = arena.head()?.size;
    let honest = arena.wait_cosigned(size)?;
    arena.node.take().context("the node runs")?.stop()?;
    let mut entries = arena.entries()?;
    entries.truncate(usize::try_from(honest.head().size)?);
    let last = entries.last_mut().context("the log has entries")?;
    *last = arena.form(40, [9, 9, 9, 9], 2)?.note().as_bytes().to_vec();
    let dir = arena.path("second-history");
    forge::build(&dir, &arena.log_key(), &entries, &arena.path("node"))?;
    let mut forked = forge::head_of(&dir, &arena.log_key())?;
    let liar = arena.rivals().witness("press");
    let time_s = u64::try_from(crate::clock::now_s()?)?;
    let line = CosigningKey::Ed25519(liar.clone()).cosign(&forked, time_s)?;
    ensure!(add_cosignatures(&mut forked, &[line], &[liar.verifier().clone()]) == 1);
    let shown = arena.path("second-head");
    std::fs::write(&shown, forked.to_text())?;
    std::fs::write(dir.join("log/checkpoint"), forked.to_text())?;
    arena.verify(&dir.display().to_string(), &[])?.failed("V03")?;
    let node = arena.path("node").display().to_string();
    let verdicts = arena.verify(&node, &["--head", &shown.display().to_string()])?;
    verdicts.failed("V06")?;
    let grade = arena.grade_of(verdicts.evidence.first().context("two roots of one size")?)?;
    let both = VerifiedCheckpoint::open(honest.to_text().as_bytes(), arena.log_key().verifier())?;
    let is_by_liar = both.note().signatures.iter().any(|line| line.is_by(liar.verifier()));
    // The class of the liar stands on both heads where it cosigned the first one, too.
    let wanted = if is_by_liar { "II" } else { "III" };
    ensure!(grade == wanted, "grade {grade}, expected {wanted}");
    Ok(Seen::new(Verdict::Prevented)
        .by("set-up", "intersection printed")
        .by("stranger", "V03")
        .by("stranger with both heads", "V06")
        .evidence(format!("fork, grade {grade}")))
}

fn amend(arena: &Arena, changes: Vec<Change>) -> Result<Record> {
    let quorum = Keyring(&arena.country).quorum();
    let amend = Amend { changes, reason: "needed".into(), words: None };
    arena.sign(amend, &quorum.iter().collect::<Vec<_>>())
}

/// T37: rules are changed, and what was admitted or refused before is judged by the rules of its place.
pub fn t37(ground: &Ground) -> Result<Seen> {
    let arena = ground.with_node()?;
    let keys = Keyring(&arena.country);
    accepted(&arena.submit(&revocation(&arena, &keys.kit(10))?)?)?;
    // Rules that this program does not have are not guessed.
    let unknown = amend(&arena, vec![Change::Rules(2, sha256(b"the vectors of rules 2"))])?;
    refused(&arena.submit(&unknown)?, &["R106"])?;
    // From here on a revocation needs all five custodians.
    accepted(&arena.submit(&amend(&arena, vec![Change::Quorum("key".into(), 5)])?)?)?;
    refused(&arena.submit(&revocation(&arena, &keys.kit(11))?)?, &["R204"])?;
    let all: Vec<SigningKey> = (1..=5).map(|number| keys.key(&format!("custodian {number}"))).collect();
    let record = revocation(&arena, &keys.kit(12))?;
    let hakiki_core::kinds::Body::KeyRecord(body) = record.body() else { anyhow::bail!("a key record") };
    accepted(&arena.submit(&arena.sign(body.clone(), &all.iter().collect::<Vec<_>>())?)?)?;
    arena.send_forms(0..2)?;
    let verdicts = arena.verify(&arena.url(), &[])?;
    verdicts.nothing_failed()?;
    verdicts.passed("V07")?;
    let accused = verdicts.findings.get("F204");
    ensure!(accused.is_none(), "an admission of before was accused: {accused:?}");
    Ok(Seen::new(Verdict::Prevented).by("admission", "R106").by("stranger", "V07"))
}
