//! Attacks on what lies on the disk: T01, T20, T26.

use super::Ground;
use crate::arena::{Arena, PATIENCE};
use crate::forge;
use crate::liar::Liar;
use crate::outcome::{Seen, Verdict};
use crate::process::wait_for;
use crate::web::{self, Answer};
use anyhow::{Context as _, Result, ensure};
use std::path::PathBuf;

/// Changes the first byte `from` to `to` inside the entries that a directory serves; gives the file.
fn edit_entries(arena: &Arena, dir: &str, from: &str, to: &str) -> Result<PathBuf> {
    let entries = arena.path(dir).join("log/tile/entries");
    let mut files: Vec<PathBuf> = Vec::new();
    let mut folders = vec![entries];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    // The widest partial bundle is the one that the newest head speaks of.
    files.sort_by_key(|path| std::fs::metadata(path).map(|about| about.len()).unwrap_or_default());
    for path in files.iter().rev() {
        let mut bytes = std::fs::read(path)?;
        if let Some(at) = bytes.windows(from.len()).position(|window| window == from.as_bytes()) {
            bytes[at..at + from.len()].copy_from_slice(to.as_bytes());
            std::fs::write(path, bytes)?;
            return Ok(path.clone());
        }
    }
    anyhow::bail!("{from:?} is in no bundle of {dir}")
}

/// T01: a logged form is edited in storage.
pub fn t01(ground: &Ground) -> Result<Seen> {
    let mut arena = ground.full()?;
    arena.send_forms(0..6)?;
    let size = arena.head()?.size;
    arena.wait_held(size)?;
    // It is done behind a program that goes on serving what lies there.
    arena.node.take().context("the node runs")?.stop()?;
    edit_entries(&arena, "node", "votes 1 40", "votes 1 90")?;
    let liar = Liar::serve(&arena.path("node"), arena.node_address)?;
    let verdicts = arena.verify(&liar.url(), &[])?;
    verdicts.failed("V05")?;
    ensure!(verdicts.exit == 1, "a failed check makes exit 1, found {}", verdicts.exit);
    let seen = Seen::new(Verdict::Detected).by("verifier", "V05");
    // The mirrors serve what was there.
    arena.verify(&arena.url_of("mirror party"), &[])?.nothing_failed()?;
    let file = verdicts.evidence.first().context("an altered bundle under a signed head is evidence")?;
    let words = arena.evidence_convinces(file)?;
    ensure!(words.contains("tile") || words.contains("bundle"), "{words}");
    Ok(seen.by("mirror", "V05").evidence("altered bundle"))
}

/// T20: the last entries are cut off, with a new head.
pub fn t20(ground: &Ground) -> Result<Seen> {
    let mut arena = ground.full()?;
    let receipts = arena.send_forms(0..8)?;
    let whole = arena.head()?.size;
    let held = arena.wait_held(whole)?;
    let entries = arena.entries()?;
    let node = arena.node.take().context("the node runs")?;
    node.kill()?;
    let cut = arena.path("cut");
    forge::build(&cut, &arena.log_key(), &entries[..entries.len() - 6], &arena.path("node"))?;
    // The operator starts the honest program on it: it asks, and refuses.
    let mut other = arena.start_other_node(&cut, arena.node_address, &[])?;
    let status = other.wait(PATIENCE)?.context("a node over a shortened log must not serve")?;
    ensure!(!status.success() && other.said().contains("N116"), "{}", other.said());
    // With another program, it is served: the stranger remembers.
    let liar = Liar::serve(&cut, arena.node_address)?;
    let (head, receipt) = (arena.path("known-head"), arena.path("receipt"));
    std::fs::write(&head, held.to_text())?;
    std::fs::write(&receipt, receipts.last().context("eight receipts")?)?;
    let known = head.display().to_string();
    let verdicts = arena.verify(&liar.url(), &["--head", &known])?;
    verdicts.failed("V18")?;
    let held = receipt.display().to_string();
    arena.verify(&liar.url(), &["--receipt", &held])?.failed("V14")?;
    let mirror = arena.url_of("mirror observers");
    std::thread::sleep(std::time::Duration::from_secs(2));
    arena.verify(&mirror, &["--receipt", &held])?.passed("V14")?;
    Ok(Seen::new(Verdict::Detected)
        .by("honest node at start", "N116")
        .by("stranger with an older head", "V18")
        .by("holder of a receipt", "V14"))
}

/// T26: the node is killed again and again while forms arrive; what it said yes to is there.
pub fn t26(ground: &Ground) -> Result<Seen> {
    let mut arena = ground.full()?;
    let mut receipts = Vec::new();
    for round in 0..4 {
        receipts.extend(arena.send_forms(round * 5..round * 5 + 5)?);
        arena.node.take().context("the node runs")?.kill()?;
        arena.start_node()?;
    }
    let size = arena.head()?.size;
    arena.wait_held(size)?;
    let arguments = arena.receipt_arguments(&receipts)?;
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let verdicts = arena.verify(&arena.url(), &arguments)?;
    verdicts.nothing_failed()?;
    verdicts.passed("V14")?;
    // A process that finds no room says so and acknowledges nothing: the tiles' directory is gone.
    let tiles = arena.path("node/log/tile");
    std::fs::rename(&tiles, arena.path("aside"))?;
    std::fs::write(&tiles, "")?;
    let form = arena.form(40, [1, 2, 3, 4], 1)?;
    // The node writes records of heads by itself: the form may find it failing, or already stopped. Both are no acknowledgement.
    if let Ok(answer) = arena.submit(&form) {
        ensure!(answer.status >= 500, "a write that failed was acknowledged: {}", answer.status);
    }
    let mut node = arena.node.take().context("the node runs")?;
    let said = || node.said().contains("the log cannot be written").then_some(());
    wait_for("the node to say that it cannot write", PATIENCE, said)?;
    let ended = node.wait(PATIENCE)?;
    ensure!(
        ended.is_some_and(|status| !status.success()),
        "a node that cannot write ends with an error: {ended:?}"
    );
    std::fs::remove_file(&tiles)?;
    std::fs::rename(arena.path("aside"), &tiles)?;
    arena.start_node()?;
    let again = wait_for("the form", PATIENCE, || arena.submit(&form).ok().filter(Answer::is_good))?;
    ensure!(again.status == 200);
    web::get(&format!("{}/health", arena.url()))?;
    Ok(Seen::new(Verdict::Prevented).by("restart", "V14"))
}
