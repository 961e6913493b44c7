//! A thread that asks one witness or mirror for cosignatures: the newest head that a round gave it, again and again until it
//! has them, with growing pauses. One that is away for hours costs nothing, and is asked for the newest head when it is back.
//!
//! What it says is verified here; the thread ends with the node, and nobody waits for it.

use super::contact::{Contact, Heard};
use super::judge::{Judged, judge, keep, open, shown};
use crate::error::NodeError;
use crate::shared::{Shared, read};
use hakiki_note::SignatureLine;
use hakiki_tlog::cosignature::verify_cosignature;
use hakiki_tlog::witness::{AddCheckpoint, parse_cosignatures};
use hakiki_tlog::{Head, Origin, VerifiedCheckpoint};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, sleep};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::UnboundedSender;

/// The first pause after a failure; each next one is twice as long.
const PAUSE_LEAST: Duration = Duration::from_millis(500);
/// The longest pause: a witness that comes back is noticed within a minute.
const PAUSE_MOST: Duration = Duration::from_secs(60);
/// Answers of 409 that are followed for one head: another client may ask in between, and no more.
const CONFLICTS_MAX: usize = 4;
/// How long a head that others know may be newer than what this process sees of its own publishing.
const OWN_HEAD_DELAY: Duration = Duration::from_secs(2);

/// What became of a head at one cosigner.
#[derive(Debug)]
pub(super) enum Outcome {
    /// Good cosignatures by its key.
    Cosigned(Vec<SignatureLine>),
    /// It has cosigned a later head of this log.
    Passed,
    /// It does not hold the head yet, and will be asked again.
    NotYet,
    /// It could not be reached, or said something wrong. It will be asked again.
    Failed(String),
    /// It knows a head that the log's key signed and that this log does not lead to.
    SignedElsewhere(String),
}

/// An outcome for the rounds.
#[derive(Debug)]
pub(super) struct Reported {
    /// Which cosigner, by its number.
    pub from: usize,
    /// The head that it was asked for.
    pub head: Head,
    /// What it said.
    pub outcome: Outcome,
}

/// Where a thread finds what to ask for.
#[derive(Debug, Default)]
pub(super) struct Desk {
    slot: Mutex<Slot>,
    bell: Condvar,
}

#[derive(Debug, Default)]
struct Slot {
    /// What to ask for, and the number of the wish: the same head is wished again when its cosignatures grow old.
    wanted: Option<(u64, Arc<VerifiedCheckpoint>)>,
    is_closed: bool,
}

impl Desk {
    fn slot(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the head to ask for from now on.
    pub fn want(&self, head: Arc<VerifiedCheckpoint>) {
        let mut slot = self.slot();
        let number = slot.wanted.as_ref().map_or(0, |(number, _)| number + 1);
        slot.wanted = Some((number, head));
        drop(slot);
        self.bell.notify_all();
    }

    /// Lets the thread end.
    pub fn close(&self) {
        self.slot().is_closed = true;
        self.bell.notify_all();
    }

    /// The head to ask for, with the number of the wish, if that one is not done; waits for one. None when it is closed.
    fn next(&self, done: Option<u64>) -> Option<(u64, Arc<VerifiedCheckpoint>)> {
        let mut slot = self.slot();
        loop {
            if slot.is_closed {
                return None;
            }
            match &slot.wanted {
                Some((number, wanted)) if done.is_none_or(|done| *number > done) => {
                    return Some((*number, wanted.clone()));
                }
                _ => slot = self.bell.wait(slot).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    /// Rests so long, or until it is closed.
    fn rest(&self, pause: Duration) {
        let until = Instant::now() + pause;
        let mut slot = self.slot();
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if slot.is_closed || left.is_zero() {
                return;
            }
            slot = self.bell.wait_timeout(slot, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// Starts a thread. `known` is the size that the cosigner said at the start that it cosigned last.
pub(super) fn start(
    shared: &Arc<Shared>,
    (from, contact): (usize, Contact),
    known: u64,
    reports: UnboundedSender<Reported>,
) -> Result<Arc<Desk>, NodeError> {
    let desk = Arc::new(Desk::default());
    let asking = Asking { shared: shared.clone(), contact, known };
    let (own, name) = (desk.clone(), format!("cosigner-{from}"));
    let spawned = Builder::new().name(name).spawn(move || work(asking, from, &own, &reports));
    spawned.map_err(|source| NodeError::System { doing: "starting a thread for a cosigner", source })?;
    Ok(desk)
}

fn work(mut asking: Asking, from: usize, desk: &Desk, reports: &UnboundedSender<Reported>) {
    let (mut done, mut failures) = (None, 0);
    while let Some((number, wanted)) = desk.next(done) {
        let outcome = asking.ask(&wanted);
        let mut pause = Duration::ZERO;
        let outcome = match outcome {
            Asked::Now(outcome) => outcome,
            Asked::Later(after) => {
                pause = after.clamp(PAUSE_LEAST, PAUSE_MOST);
                Outcome::NotYet
            }
        };
        match &outcome {
            Outcome::Cosigned(_) | Outcome::Passed => (done, failures) = (Some(number), 0),
            Outcome::NotYet => failures = 0,
            Outcome::Failed(found) => {
                failures += 1;
                pause = pause_after(failures);
                let who = asking.contact.shown();
                tracing::warn!(
                    who,
                    found,
                    failures,
                    again_ms = pause.as_millis() as u64,
                    "a cosigner did not cosign"
                );
            }
            Outcome::SignedElsewhere(_) => pause = PAUSE_MOST,
        }
        asking.shared.metrics.count_cosigner(asking.contact.key.name(), outcome.as_str());
        // Without anybody who hears it, the node is gone.
        if reports.send(Reported { from, head: wanted.head(), outcome }).is_err() {
            return;
        }
        desk.rest(pause);
    }
}

impl Outcome {
    fn as_str(&self) -> &'static str {
        match self {
            Self::Cosigned(_) => "cosigned",
            Self::Passed => "passed",
            Self::NotYet => "not_yet",
            Self::Failed(_) => "failed",
            Self::SignedElsewhere(_) => "signed_elsewhere",
        }
    }
}

fn pause_after(failures: u32) -> Duration {
    PAUSE_LEAST.saturating_mul(1 << failures.saturating_sub(1).min(16)).min(PAUSE_MOST)
}

struct Asking {
    shared: Arc<Shared>,
    contact: Contact,
    /// What it cosigned last, as far as this node knows.
    known: u64,
}

enum Asked {
    Now(Outcome),
    Later(Duration),
}

impl Asking {
    /// Asks for one head, following what the cosigner says of its last one.
    fn ask(&mut self, wanted: &VerifiedCheckpoint) -> Asked {
        let size = wanted.head().size;
        for _ in 0..CONFLICTS_MAX {
            let old = self.known.min(size);
            let proof = match read(&self.shared.tree).consistency_proof(old, size) {
                Ok(proof) => proof,
                Err(error) => return Asked::Now(Outcome::Failed(error.to_string())),
            };
            match self.contact.add_checkpoint(&AddCheckpoint::new(old, proof, wanted)) {
                Err(error) => return Asked::Now(Outcome::Failed(error)),
                Ok(Heard::Later(after)) => return Asked::Later(after),
                Ok(Heard::Cosigned(body)) => return Asked::Now(self.cosigned(wanted, &body)),
                Ok(Heard::Conflict(recorded)) if recorded > size => {
                    return Asked::Now(self.knows_more(recorded));
                }
                Ok(Heard::Conflict(recorded)) => self.known = recorded,
                Ok(Heard::Inconsistent) => {
                    let found = "422: it says that the head does not continue what it cosigned";
                    return Asked::Now(
                        self.other_history().unwrap_or_else(|| Outcome::Failed(found.to_owned())),
                    );
                }
            }
        }
        Asked::Now(Outcome::Failed(format!(
            "it says each time that it cosigned another size: now {}",
            self.known
        )))
    }

    fn cosigned(&mut self, wanted: &VerifiedCheckpoint, body: &[u8]) -> Outcome {
        let lines = match parse_cosignatures(body) {
            Ok(lines) => lines,
            Err(error) => return Outcome::Failed(error.to_string()),
        };
        let checkpoint = wanted.checkpoint();
        let own = lines.into_iter().filter(|line| line.is_by(&self.contact.key));
        let (mut good, mut bad) = (Vec::new(), "no line is by its key in the policy".to_owned());
        for line in own {
            match verify_cosignature(checkpoint, &line, &self.contact.key) {
                Ok(_) => good.push(line),
                Err(error) => bad = error.to_string(),
            }
        }
        if good.is_empty() {
            return Outcome::Failed(format!("200 without a good cosignature: {bad}"));
        }
        self.known = wanted.head().size;
        Outcome::Cosigned(good)
    }

    /// It says that it cosigned a larger head than the one it was asked for.
    fn knows_more(&mut self, recorded: u64) -> Outcome {
        if recorded <= self.shared.head().head.size {
            // Somebody else brought it a later head of ours.
            self.known = recorded;
            return Outcome::Passed;
        }
        let found = format!("409: it says that it cosigned size {recorded}, which this log does not have");
        self.other_history().unwrap_or(Outcome::Failed(found))
    }

    /// Looks whether the cosigner's last head is one that this log's key signed and that this log does not have. What
    /// it says without the log's signature is its own word, and no evidence of anything.
    fn other_history(&self) -> Option<Outcome> {
        let shared = &self.shared;
        let origin = Origin::new(shared.log_key.name().as_str()).ok()?;
        let bytes = self.contact.largest_head(&origin).ok().flatten()?;
        let found = open(&bytes, shared.log_key.verifier()).ok()?;
        let until = Instant::now() + OWN_HEAD_DELAY;
        // A head of our own may be seen elsewhere a moment before this process has noted it.
        while judge(&found.head(), &read(&shared.tree)) == Judged::Beyond && Instant::now() < until {
            sleep(Duration::from_millis(50));
        }
        let judged = judge(&found.head(), &read(&shared.tree));
        let who = format!("{} knows {}", self.contact.shown(), shown(&found.head()));
        match judged {
            Judged::Earlier => None,
            Judged::Beyond => Some(Outcome::SignedElsewhere(format!("{who}, which this log does not have"))),
            Judged::Contradicts(own) => {
                let kept = keep(&shared.configuration.dir, &found);
                let kept = kept.unwrap_or_else(|error| format!("nowhere ({error})"));
                let own = shown(&own);
                Some(Outcome::SignedElsewhere(format!(
                    "{who}, here it is {own}; the other head is kept in {kept}"
                )))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_minute() {
        let pauses: Vec<u64> = (1..=10).map(|n| pause_after(n).as_millis() as u64).collect();
        assert_eq!(pauses, [500, 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000, 60000]);
        assert_eq!(pause_after(u32::MAX), PAUSE_MOST);
    }
}
