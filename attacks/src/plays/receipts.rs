//! Attacks on what was promised: T04, T05, T23.

use super::Ground;
use crate::arena::{Arena, HEAD_AGE_SECONDS, MERGE_DELAY_SECONDS, PATIENCE, submit_to};
use crate::forge;
use crate::liar::{Liar, Swallower};
use crate::outcome::{Seen, Verdict};
use crate::process::wait_for;
use crate::web::{self, Answer};
use anyhow::{Context as _, Result, ensure};
use hakiki_core::Record;
use hakiki_rehearsal::rivals::{MIRROR_CLASSES, WITNESS_CLASSES};
use std::path::PathBuf;
use std::time::Duration;

/// T04: a form is dropped after its receipt was given.
pub fn t04(ground: &Ground) -> Result<Seen> {
    let mut arena = ground.full()?;
    let receipts = arena.send_forms(0..6)?;
    let size = arena.head()?.size;
    arena.wait_held(size)?;
    arena.node.take().context("the node runs")?.stop()?;
    let mut entries = arena.entries()?;
    let dropped = entries.iter().position(|entry| entry.starts_with(b"hakiki/form")).context("a form")?;
    entries.remove(dropped);
    // It goes on, so that nothing looks shorter.
    while (entries.len() as u64) <= size + 2 {
        let station = 10 + entries.len() % 40;
        entries.push(arena.form(station, [5, 5, 5, 5], 2)?.note().as_bytes().to_vec());
    }
    let dir = arena.path("without");
    forge::build(&dir, &arena.log_key(), &entries, &arena.path("node"))?;
    let liar = Liar::serve(&dir, arena.node_address)?;
    let receipt = arena.path("receipt");
    std::fs::write(&receipt, &receipts[0])?;
    let verdicts = arena.verify(&liar.url(), &["--receipt", &receipt.display().to_string()])?;
    verdicts.failed("V14")?;
    let file = verdicts.evidence.first().context("another leaf at a promised place is evidence")?;
    let grade = arena.grade_of(file)?;
    arena
        .verify(&arena.url_of("mirror party"), &["--receipt", &receipt.display().to_string()])?
        .passed("V14")?;
    Ok(Seen::new(Verdict::Detected)
        .by("holder of a receipt", "V14")
        .evidence(format!("receipt, grade {grade}")))
}

/// Sends a form to both mirrors and keeps their stamps.
pub(super) fn stamped(arena: &Arena, form: &Record) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for class in MIRROR_CLASSES {
        let url = arena.url_of(&format!("mirror {class}"));
        let answer = submit_to(&url, form)?;
        ensure!(
            answer.status != 200 && answer.status < 500,
            "mirror {class}: {} {}",
            answer.status,
            answer.text()
        );
        let stamp = format!("{url}/stamp/{}", form.id());
        let stamp = wait_for("the stamp", PATIENCE, || web::get(&stamp).ok().filter(Answer::is_good))?;
        let file = arena.path(&format!("stamp-{class}-{}", form.id()));
        std::fs::write(&file, stamp.body)?;
        files.push(file);
    }
    Ok(files)
}

/// T05: a form is swallowed before it has a receipt, by whoever owns the network to the log.
pub fn t05(ground: &Ground) -> Result<Seen> {
    let mut arena = ground.new_arena()?;
    for class in WITNESS_CLASSES {
        arena.start_witness(class)?;
    }
    arena.start_node()?;
    let proxy = Swallower::before(&arena.url())?;
    for class in MIRROR_CLASSES {
        arena.start_mirror_of(class, &proxy.url())?;
    }
    arena.send_forms(0..2)?;
    let size = arena.head()?.size;
    arena.wait_held(size)?;
    let swallowed = arena.form(50, [10, 10, 10, 10], 1)?;
    let stamps = stamped(&arena, &swallowed)?;
    // The night goes on beyond the merge delay, in witnessed time.
    for round in 0..MERGE_DELAY_SECONDS as usize + 4 {
        arena.send_forms(2 + round..3 + round)?;
        std::thread::sleep(Duration::from_millis(1100));
    }
    let size = arena.head()?.size;
    arena.wait_held(size)?;
    arena.verify(&arena.url(), &[])?.nothing_failed().context("without a stamp nothing may be claimed")?;
    let arguments: Vec<String> =
        stamps.iter().flat_map(|file| ["--stamp".to_owned(), file.display().to_string()]).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let verdicts = arena.verify(&arena.url(), &arguments)?;
    verdicts.failed("V17")?;
    let file = verdicts.evidence.first().context("stamps of two classes are evidence")?;
    arena.evidence_convinces(file)?;
    Ok(Seen::new(Verdict::Detected).by("intakes of two classes", "V17").evidence("stamps of two classes"))
}

/// T23: publication stops while forms arrive.
pub fn t23(ground: &Ground) -> Result<Seen> {
    let arena = ground.full()?;
    arena.send_forms(0..3)?;
    let size = arena.head()?.size;
    arena.wait_held(size)?;
    arena.node.as_ref().context("the node runs")?.freeze()?;
    let mut stamps = 0;
    for station in 10..13 {
        stamps += stamped(&arena, &arena.form(station, [4, 3, 2, 1], 1)?)?.len();
    }
    std::thread::sleep(Duration::from_secs(u64::from(HEAD_AGE_SECONDS) + 2));
    let mirror = arena.url_of("mirror party");
    let verdicts = arena.verify(&mirror, &["--now"])?;
    verdicts.failed("V18")?;
    ensure!(verdicts.evidence.is_empty(), "silence proves no wrong: {:?}", verdicts.evidence);
    ensure!(stamps == 6, "three forms are stamped by two mirrors each, found {stamps} stamps");
    Ok(Seen::new(Verdict::Detected).by("stranger", "V18").by("mirrors' stamps show the backlog", "stamps"))
}

/// The node vanishes in the middle of the night: every mirror serves everything, takes in forms, and stamps them; when the
/// node is there again, they come into the log.
pub fn gone(ground: &Ground) -> Result<Seen> {
    let mut arena = ground.full()?;
    let receipts = arena.send_forms(0..10)?;
    let size = arena.head()?.size;
    arena.wait_held(size)?;
    arena.node.take().context("the node runs")?.kill()?;
    let receipt = arena.path("receipt");
    std::fs::write(&receipt, &receipts[0])?;
    for class in MIRROR_CLASSES {
        let url = arena.url_of(&format!("mirror {class}"));
        let verdicts = arena.verify(&url, &["--receipt", &receipt.display().to_string()])?;
        verdicts.nothing_failed()?;
        verdicts.passed("V14")?;
        ensure!(
            verdicts.report["head"]["size"].as_u64().is_some_and(|found| found >= size),
            "mirror {class} has all"
        );
        let page = web::get(&format!("{url}/en/"))?;
        ensure!(page.is_good() && page.text().contains("REHEARSAL"), "mirror {class} shows the results");
    }
    let late = arena.form(30, [7, 7, 7, 7], 1)?;
    let stamps = stamped(&arena, &late)?;
    arena.start_node()?;
    let receipt = format!("{}/receipt/{}", arena.url(), late.id());
    wait_for("the stamped form in the log", PATIENCE, || web::get(&receipt).ok().filter(Answer::is_good))?;
    let size = arena.head()?.size;
    arena.wait_held(size)?;
    let arguments: Vec<String> =
        stamps.iter().flat_map(|file| ["--stamp".to_owned(), file.display().to_string()]).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let verdicts = arena.verify(&arena.url(), &arguments)?;
    ensure!(
        verdicts.evidence.is_empty(),
        "an outage that was mended proves no wrong: {:?}",
        verdicts.evidence
    );
    Ok(Seen::new(Verdict::Prevented).by("mirrors", "V14").by("mirrors' queues", "stamps"))
}

/// X20: the log of another election is offered for this one.
pub fn x20(ground: &Ground) -> Result<Seen> {
    let arena = ground.new_arena()?;
    let other = ground.new_arena()?;
    let verdicts = arena.verify(&other.path("node").display().to_string(), &[])?;
    verdicts.failed("V01")?;
    Ok(Seen::new(Verdict::Detected).by("stranger", "V01"))
}
