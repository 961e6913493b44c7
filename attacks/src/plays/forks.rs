//! Attacks by somebody who signs with the log's key: T02, T03, T19, T28, T34, T36.

use super::Ground;
use crate::arena::{Arena, HEAD_AGE_SECONDS, PATIENCE};
use crate::forge;
use crate::liar::Liar;
use crate::outcome::{Seen, Verdict};
use crate::process::{free_address, wait_for};
use crate::web;
use anyhow::{Context as _, Result, ensure};
use hakiki_core::Record;
use hakiki_tlog::checkpoint::VerifiedCheckpoint;
use hakiki_tlog::witness::AddCheckpoint;
use std::path::PathBuf;
use std::time::Duration;

/// Another log of the same length: the last form has other votes, signed by the same kit and officer.
fn forked(arena: &Arena, name: &str) -> Result<PathBuf> {
    let mut entries = arena.entries()?;
    let is_form = |entry: &Vec<u8>| entry.starts_with(b"hakiki/form");
    let at = entries.iter().rposition(is_form).context("the log holds a form")?;
    let record = Record::parse(&entries[at])?;
    let hakiki_core::kinds::Body::Form(form) = record.body() else { anyhow::bail!("a form") };
    let station =
        arena.country.stations.iter().position(|one| one.code == form.station).context("a station")?;
    entries[at] = arena.form(station, [10, 20, 30, 40], 2)?.note().as_bytes().to_vec();
    let dir = arena.path(name);
    forge::build(&dir, &arena.log_key(), &entries, &arena.path("node"))?;
    Ok(dir)
}

/// Asks a witness or mirror to cosign a head; gives the status.
fn ask(url: &str, old: u64, proof: Vec<hakiki_note::Hash>, checkpoint: &VerifiedCheckpoint) -> Result<u16> {
    let body = AddCheckpoint::new(old, proof, checkpoint).to_body();
    Ok(web::post(&format!("{url}/add-checkpoint"), body.as_bytes())?.status)
}

/// T02: the log is rebuilt with one form changed, and a new head signed.
pub fn t02(ground: &Ground) -> Result<Seen> {
    let mut arena = ground.full()?;
    let receipts = arena.send_forms(0..6)?;
    let size = arena.head()?.size;
    arena.wait_held(size)?;
    arena.node.take().context("the node runs")?.stop()?;
    let true_head = forge::head_of(&arena.path("node"), &arena.log_key())?;
    let dir = forked(&arena, "forked")?;
    let forged = forge::head_of(&dir, &arena.log_key())?;
    ensure!(forged.head().size == true_head.head().size && forged.head().root != true_head.head().root);
    for who in ["witness press", "witness court", "mirror party"] {
        let status = ask(&arena.url_of(who), forged.head().size, Vec::new(), &forged)?;
        ensure!(matches!(status, 409 | 422), "{who} answered {status} to a forked head");
    }
    let liar = Liar::serve(&dir, arena.node_address)?;
    let (known, receipt) = (arena.path("known-head"), arena.path("receipt"));
    std::fs::write(&known, true_head.to_text())?;
    std::fs::write(&receipt, receipts.last().context("six receipts")?)?;
    let verdicts = arena.verify(&liar.url(), &["--head", &known.display().to_string()])?;
    verdicts.failed("V06")?;
    let file = verdicts.evidence.first().context("one size with two roots is evidence")?;
    let grade = arena.grade_of(file)?;
    arena.verify(&liar.url(), &["--receipt", &receipt.display().to_string()])?.failed("V14")?;
    // The mirrors never went over to it.
    let mirror =
        arena.checkpoint_at(&arena.url_of("mirror party"), "checkpoint").context("a mirror serves")?;
    ensure!(mirror.head() == true_head.head(), "the mirror holds {:?}", mirror.head());
    Ok(Seen::new(Verdict::Detected)
        .by("witness", "422")
        .by("stranger with an older head", "V06")
        .by("holder of a receipt", "V14")
        .evidence(format!("fork, grade {grade}")))
}

/// T03: one log is shown to A, another to B.
pub fn t03(ground: &Ground) -> Result<Seen> {
    let mut arena = ground.full()?;
    arena.send_forms(0..6)?;
    let size = arena.head()?.size;
    arena.wait_held(size)?;
    arena.node.take().context("the node runs")?.stop()?;
    let dir = forked(&arena, "for-b")?;
    let to_a = Liar::serve(&arena.path("node"), free_address()?)?;
    let to_b = Liar::serve(&dir, free_address()?)?;
    let memory = arena.path("memory").display().to_string();
    arena.verify(&to_a.url(), &["--memory", &memory])?.nothing_failed()?;
    let verdicts = arena.verify(&to_b.url(), &["--memory", &memory])?;
    verdicts.failed("V06")?;
    let file = verdicts.evidence.first().context("one size with two roots is evidence")?;
    let grade = arena.grade_of(file)?;
    // Whoever asks the mirrors notices too.
    let mirror = arena.url_of("mirror party");
    arena.verify(&to_b.url(), &["--mirror", &mirror])?.failed("V06")?;
    Ok(Seen::new(Verdict::Detected)
        .by("stranger who saw both", "V06")
        .by("stranger who asks a mirror", "V06")
        .evidence(format!("fork, grade {grade}")))
}

/// T19: yesterday's backup is restored, and the log goes on from it.
pub fn t19(ground: &Ground) -> Result<Seen> {
    let mut arena = ground.full()?;
    arena.send_forms(0..3)?;
    let size = arena.head()?.size;
    arena.wait_held(size)?;
    arena.node.take().context("the node runs")?.stop()?;
    let backup = arena.path("backup");
    forge::copy(&arena.path("node"), &backup)?;
    arena.start_node()?;
    arena.send_forms(3..6)?;
    let size = arena.head()?.size;
    arena.wait_held(size)?;
    arena.node.take().context("the node runs")?.kill()?;
    let before = forge::head_of(&backup, &arena.log_key())?;
    let mut restored = arena.start_other_node(&backup, arena.node_address, &[])?;
    let status = restored.wait(PATIENCE)?.context("a restored backup must not serve")?;
    ensure!(!status.success(), "it ended well: {}", restored.said());
    ensure!(restored.said().contains("N116"), "it says why: {}", restored.said());
    let after = forge::head_of(&backup, &arena.log_key())?;
    ensure!(before.head() == after.head(), "it signed nothing");
    // With root, the same is done by hand: the witnesses do not follow.
    let mut entries = forge::entries_of(&backup, &arena.log_key())?;
    while (entries.len() as u64) < size {
        let station = 10 + entries.len() % 40;
        entries.push(arena.form(station, [9, 8, 7, 6], 3)?.note().as_bytes().to_vec());
    }
    let dir = arena.path("gone-on");
    forge::build(&dir, &arena.log_key(), &entries, &arena.path("node"))?;
    let forged = forge::head_of(&dir, &arena.log_key())?;
    let status = ask(&arena.url_of("witness court"), size, Vec::new(), &forged)?;
    ensure!(matches!(status, 409 | 422), "a witness answered {status}");
    Ok(Seen::new(Verdict::Prevented).by("honest node at start", "N116").by("witness", "422"))
}

/// T28: two sequencers after a failover.
pub fn t28(ground: &Ground) -> Result<Seen> {
    let mut arena = ground.full()?;
    arena.send_forms(0..3)?;
    let size = arena.head()?.size;
    arena.wait_held(size)?;
    // On one directory: the lock.
    let mut second = arena.start_other_node(&arena.path("node"), free_address()?, &[])?;
    let status = second.wait(PATIENCE)?.context("a second writer on one directory must stop")?;
    ensure!(!status.success());
    // On a copy, which is older by the time it starts: the witnesses.
    arena.node.take().context("the node runs")?.stop()?;
    let standby = arena.path("standby");
    forge::copy(&arena.path("node"), &standby)?;
    arena.start_node()?;
    arena.send_forms(3..6)?;
    let size = arena.head()?.size;
    arena.wait_cosigned(size)?;
    let before = forge::head_of(&standby, &arena.log_key())?;
    let mut other = arena.start_other_node(&standby, free_address()?, &[])?;
    let status = other.wait(PATIENCE)?.context("a standby that is behind must not serve")?;
    ensure!(!status.success() && other.said().contains("N116"), "{}", other.said());
    ensure!(forge::head_of(&standby, &arena.log_key())?.head() == before.head(), "it signed nothing");
    arena.verify(&arena.url(), &[])?.nothing_failed()?;
    Ok(Seen::new(Verdict::Prevented).by("lock", "S101").by("second node at start", "N116"))
}

/// T34: yesterday is served for ever.
pub fn t34(ground: &Ground) -> Result<Seen> {
    let mut arena = ground.full()?;
    arena.send_forms(0..3)?;
    let size = arena.head()?.size;
    arena.wait_held(size)?;
    arena.node.take().context("the node runs")?.stop()?;
    let liar = Liar::serve(&arena.path("node"), arena.node_address)?;
    arena.verify(&liar.url(), &[])?.nothing_failed()?;
    std::thread::sleep(Duration::from_secs(u64::from(HEAD_AGE_SECONDS) + 2));
    let verdicts = arena.verify(&liar.url(), &["--now"])?;
    verdicts.failed("V18")?;
    ensure!(verdicts.evidence.is_empty(), "an old head proves no wrong: {:?}", verdicts.evidence);
    Ok(Seen::new(Verdict::Detected).by("stranger", "V18"))
}

/// T36: heads are cosigned, and the entries under them never published.
pub fn t36(ground: &Ground) -> Result<Seen> {
    let mut arena = ground.full()?;
    let size = arena.head()?.size;
    let held = arena.wait_held(size)?;
    arena.node.take().context("the node runs")?.stop()?;
    let published = forge::head_of(&arena.path("node"), &arena.log_key())?.head();
    // The operator goes on in the dark.
    let mut entries = arena.entries()?;
    for station in 0..4 {
        entries.push(arena.form(station, [1, 1, 1, 1], 1)?.note().as_bytes().to_vec());
    }
    let tree = forge::tree_of(&entries);
    let dark = forge::sign(&arena.log_key(), tree.head())?;
    let dark = VerifiedCheckpoint::open(dark.as_bytes(), arena.log_key().verifier())?;
    let proof = |old: u64| tree.consistency_proof(old, tree.size());
    let mut cosigned = 0;
    for class in hakiki_rehearsal::rivals::WITNESS_CLASSES {
        let status =
            ask(&arena.url_of(&format!("witness {class}")), published.size, proof(published.size)?, &dark)?;
        cosigned += u32::from(status == 200);
    }
    ensure!(cosigned >= hakiki_rehearsal::rivals::WITNESS_QUORUM, "{cosigned} witnesses cosigned");
    for class in hakiki_rehearsal::rivals::MIRROR_CLASSES {
        let url = arena.url_of(&format!("mirror {class}"));
        let status = ask(&url, published.size, proof(published.size)?, &dark)?;
        ensure!(status != 200, "mirror {class} cosigned what nobody gave it");
    }
    let still = wait_for("the mirror", PATIENCE, || {
        arena.checkpoint_at(&arena.url_of("mirror party"), "checkpoint")
    })?;
    ensure!(still.head().size <= published.size && held.head().size <= published.size);
    Ok(Seen::new(Verdict::Detected)
        .by("mirrors", "503")
        .by("whoever looks at the head's state", "cosigned, not held"))
}
