//! Attacks by and on witnesses: T27, and what a single one of them can do.

use super::Ground;
use crate::outcome::{Seen, Verdict};
use anyhow::{Result, ensure};
use std::time::Duration;

/// T27: lying and absent witnesses.
pub fn t27(ground: &Ground) -> Result<Seen> {
    let mut arena = ground.full()?;
    arena.send_forms(0..2)?;
    // One is gone, four are a quorum.
    drop(arena.witnesses.remove("press"));
    let size = arena.head()?.size;
    arena.wait_held(size)?;
    // Two are gone: the log goes on, and says that its head is signed by itself alone.
    drop(arena.witnesses.remove("court"));
    let cosigned = arena.wait_cosigned(size)?.head().size;
    arena.send_forms(2..6)?;
    std::thread::sleep(Duration::from_secs(5));
    let newest = arena.head()?.size;
    let state = arena.checkpoint_at(&arena.url(), "cosigned").map_or(0, |checkpoint| checkpoint.head().size);
    ensure!(newest > state && state >= cosigned, "newest {newest}, cosigned {state}");
    let verdicts = arena.verify(&arena.url(), &[])?;
    verdicts.passed("V05")?;
    let detail = &verdicts.details["V03"];
    ensure!(detail.contains(&state.to_string()), "V03 says up to where the log is cosigned: {detail}");
    // They come back: nothing was lost.
    arena.start_witness("press")?;
    arena.start_witness("court")?;
    arena.wait_held(newest)?;
    arena.verify(&arena.url(), &[])?.nothing_failed()?;
    Ok(Seen::new(Verdict::Detected).by("stranger", "V03").by("the head's state", "signed"))
}
