//! The one thread that writes the journal. It takes all that waits, appends it as one batch, syncs once, and answers.
//!
//! Who was just answered comes back while the next batch is synced, so that two halves would take turns, each waiting for the
//! other's sync. So the writer waits a moment if more came in the last two batches than are here; for one client alone never.

use crate::journal::{Journal, Live, RewriteError};
use crate::logs::WitnessedLog;
use crate::metrics::WriterCounters;
use crate::recorded::Recorded;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{oneshot, watch};

/// Most heads in a batch. A record has at most about 260 KiB and mostly under 1 KiB.
const BATCH_MAX_HEADS: usize = 1024;
/// How long is waited for others at a time. About what two cores need to verify and cosign for five.
const GATHER: Duration = Duration::from_micros(400);
/// How many times, while others still come.
const GATHERS: usize = 6;

/// A decided head that waits to be durable; or, without one, a wait for all that was decided before.
pub(crate) struct Job {
    pub head: Option<(Arc<WitnessedLog>, Arc<Recorded>)>,
    /// Is dropped unanswered where the journal could not be written.
    pub durable: oneshot::Sender<()>,
}

/// Why the journal cannot be written any more; nothing while it can.
pub(crate) type Failure = watch::Sender<Option<String>>;

pub(crate) struct Writer {
    pub journal: Journal,
    pub live: Live,
    pub queue: Receiver<Job>,
    pub batch_max: usize,
    pub counters: Arc<WriterCounters>,
    pub failure: Arc<Failure>,
    pub pace: Pace,
}

/// How many came in the last two batches.
#[derive(Default)]
pub(crate) struct Pace([usize; 2]);

/// Most heads that share a batch.
pub(crate) fn batch_max(group_commit: bool) -> usize {
    if group_commit { BATCH_MAX_HEADS } else { 1 }
}

impl Writer {
    /// Writes until nobody can ask any more, or the disk fails.
    pub fn run(mut self) {
        while let Ok(first) = self.queue.recv() {
            let jobs = self.gather(first);
            self.pace = Pace([jobs.len(), self.pace.0[0]]);
            if let Err(found) = self.write(jobs) {
                tracing::error!(found, "the journal could not be written: nothing is cosigned any more");
                // After a failed sync nobody knows what is on the disk, so it is not tried again.
                self.failure.send_replace(Some(found));
                return;
            }
        }
    }

    /// All that waits; if more are expected, also what comes in a moment, and in the next while any came. It sleeps through
    /// such a moment: to be woken by each job costs more than the job.
    fn gather(&self, first: Job) -> Vec<Job> {
        let mut jobs = vec![first];
        self.take_waiting(&mut jobs);
        // One client alone is in each of the two.
        let expected = self.pace.0.iter().sum::<usize>().min(self.batch_max);
        for _ in 0..GATHERS {
            let here = jobs.len();
            if here >= expected || expected <= 2 {
                break;
            }
            std::thread::sleep(GATHER);
            self.take_waiting(&mut jobs);
            if jobs.len() == here {
                break;
            }
        }
        jobs
    }

    fn take_waiting(&self, jobs: &mut Vec<Job>) {
        jobs.extend(self.queue.try_iter().take(self.batch_max - jobs.len()));
    }

    fn write(&mut self, jobs: Vec<Job>) -> Result<(), String> {
        let heads: Vec<_> = jobs.iter().filter_map(|job| Some(job.head.as_ref()?.1.clone())).collect();
        if !heads.is_empty() {
            let began = Instant::now();
            self.journal.append(&heads).map_err(|error| error.to_string())?;
            self.counters.count_batch(heads.len() as u64, began.elapsed());
        }
        for job in jobs {
            if let Some((log, head)) = job.head {
                self.live.insert(head.origin().clone(), head.clone());
                log.state.lock().unwrap_or_else(PoisonError::into_inner).durable = Some(head);
            }
            // Whoever asked may be gone; the head stands.
            let _ = job.durable.send(());
        }
        if self.journal.is_worth_rewriting() { self.rewrite() } else { Ok(()) }
    }

    fn rewrite(&mut self) -> Result<(), String> {
        match self.journal.rewrite(&self.live) {
            Ok(()) => {
                self.counters.count_rewrite();
                Ok(())
            }
            Err(RewriteError::Kept(error)) => {
                tracing::warn!(%error, "the journal could not be rewritten; it goes on as it is");
                Ok(())
            }
            Err(RewriteError::Unknown(error)) => Err(error.to_string()),
        }
    }
}
