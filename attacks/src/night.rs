//! Honest nights: forms arrive while the node, witnesses and mirrors crash and come back by a seed. Nobody may raise an alarm.

use crate::plays::Ground;
use crate::web;
use anyhow::{Context as _, Result};
use hakiki_note::sha256;
use hakiki_rehearsal::rivals::{MIRROR_CLASSES, WITNESS_CLASSES};

/// Forms of a night, one a station.
const FORMS: usize = 30;

/// Plays one night; the error says what alarm was raised, or what was lost.
pub fn play(ground: &Ground, number: u64) -> Result<()> {
    let draw = |step: usize, what: u8| {
        sha256(format!("{} night {number} step {step} {what}", ground.seed).as_bytes()).0[0]
    };
    let mut arena = ground.full()?;
    let mut receipts = Vec::new();
    for step in 0..FORMS / 3 {
        receipts.extend(arena.send_forms(step * 3..step * 3 + 3)?);
        match draw(step, 0) % 8 {
            0 => {
                arena.node.take().context("the node runs")?.kill()?;
                arena.start_node()?;
            }
            1 => {
                let class = WITNESS_CLASSES[usize::from(draw(step, 1)) % WITNESS_CLASSES.len()];
                if let Some(witness) = arena.witnesses.remove(class) {
                    witness.kill()?;
                }
            }
            2 => {
                let class = MIRROR_CLASSES[usize::from(draw(step, 1)) % MIRROR_CLASSES.len()];
                if let Some(mirror) = arena.mirrors.remove(class) {
                    mirror.kill()?;
                }
            }
            3 => {
                arena.node.take().context("the node runs")?.stop()?;
                arena.start_node()?;
            }
            _ => {}
        }
        // Whoever fell comes back after a while.
        if draw(step, 2) % 2 == 0 {
            arena.start_the_fallen()?;
        }
    }
    arena.start_the_fallen()?;
    let size = arena.head()?.size;
    arena.wait_held(size)?;
    let arguments = arena.receipt_arguments(&receipts)?;
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let sources = [arena.url(), arena.url_of("mirror observers"), arena.url_of("mirror party")];
    for source in sources {
        let verdicts = arena.verify(&source, &arguments)?;
        verdicts.nothing_failed().with_context(|| format!("at {source}"))?;
        anyhow::ensure!(verdicts.evidence.is_empty(), "evidence was made of an honest night at {source}");
        let health = web::get(&format!("{source}/health"))?.text();
        anyhow::ensure!(!health.contains("\"alarm\":true"), "an alarm at {source}: {health}");
    }
    Ok(())
}
