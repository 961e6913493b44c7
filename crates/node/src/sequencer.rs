//! The one writer: takes submissions from the queue, admits and applies them in order, appends them in one batch, and
//! answers.
//!
//! A batch is whatever waits. When many come it waits a few milliseconds for more, so that a thousand senders share the
//! syncs of one append; when one comes it does not wait. Nothing is answered before the store said that it is durable,
//! signed and published. After a failed append nothing is answered and nothing is taken any more: only a new start can
//! tell what the disk holds.

use crate::error::NodeError;
use crate::examiner::Reply;
use crate::fold::Fold;
use crate::found::origin;
use crate::limits::RefusalLimits;
use crate::published::{Published, sign_head};
use crate::refusal::{Declined, leaves_a_record};
use crate::shared::{Shared, State};
use crate::witnessing::StandingHead;
use hakiki_core::VerifiedRecord;
use hakiki_core::codes::RefusalCode;
use hakiki_core::kinds::RefusalRecord;
use hakiki_core::roster::KeyIndex;
use hakiki_note::Hash;
use hakiki_store::{Log, PosixDisk, Settled, StoreError};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::{oneshot, watch};

/// Most submissions of one batch.
const BATCH_MAX: usize = 4096;
/// Bytes after which a batch is closed; a store takes 64 MiB.
const BATCH_MAX_BYTES: usize = 32 * 1024 * 1024;
/// A batch at least as large makes the next one wait for more.
const BUSY_BATCH: usize = 8;
/// The checkpoint's file is written at most so often while appends follow each other; answers come from memory.
const FILE_INTERVAL: Duration = Duration::from_millis(200);
/// Without work for so long, what is live is made durable.
const IDLE: Duration = Duration::from_millis(250);

/// Work for the sequencer.
pub(crate) enum Job {
    /// A record whose signatures verified.
    Submission(Box<Submission>),
    /// A submission was refused although enrolled keys signed it.
    Refused {
        /// SHA-256 of its bytes.
        note: Hash,
        /// The signers that are enrolled.
        keys: Vec<KeyIndex>,
        /// Why.
        code: RefusalCode,
    },
    /// A cosigned head, to be put into the log as a `head` record.
    Head(Arc<StandingHead>),
    /// The checkpoint of what was the newest head, with cosignatures, to be published if it still is.
    Cosigned(String),
    /// No more: write what waits, and end.
    Stop,
}

/// A submission and whom to answer.
pub(crate) struct Submission {
    /// The record.
    pub record: VerifiedRecord,
    /// SHA-256 of its bytes.
    pub note: Hash,
    /// Told the place once it is published, or the refusal. Dropped if the node fails.
    pub answer: oneshot::Sender<Reply>,
}

/// Where a submission stands.
pub(crate) struct Placed {
    /// Its place.
    pub place: u64,
    /// Whether it stood before.
    pub is_known: bool,
    /// A head that has it.
    pub under: Arc<Published>,
}

/// The writer of the log.
pub(crate) struct Sequencer {
    pub log: Log<PosixDisk>,
    pub shared: Arc<Shared>,
    pub queue: Receiver<Job>,
    pub publish: watch::Sender<Arc<Published>>,
    pub refusals: RefusalLimits,
    /// When the checkpoint's file was last written after an append.
    pub file_written: Option<Instant>,
    pub settling: Option<JoinHandle<Result<Settled, StoreError>>>,
}

type Answer = (oneshot::Sender<Reply>, Result<(u64, bool), Declined>);

/// What a batch came to, before it is written.
#[derive(Default)]
pub(crate) struct Batch {
    pub notes: Vec<Vec<u8>>,
    pub answers: Vec<Answer>,
    pub refused: Vec<(Hash, Vec<KeyIndex>, RefusalCode)>,
    /// For the second fold.
    pub applied: Vec<VerifiedRecord>,
}

impl Sequencer {
    /// Runs until it is stopped or the log cannot be written. Says so in the shared state.
    pub fn run(mut self) {
        let shared = self.shared.clone();
        // A panic must not leave a node that looks well and answers nobody.
        let ended = catch_unwind(AssertUnwindSafe(|| self.work()));
        let failed = match ended {
            Ok(Ok(())) => return,
            Ok(Err(error)) => error.to_string(),
            Err(_) => "the sequencer panicked".to_owned(),
        };
        tracing::error!(error = %failed, "the log cannot be written; nothing is accepted any more");
        shared.state.send_replace(State::Failed(failed));
    }

    fn work(&mut self) -> Result<(), NodeError> {
        let mut last = 0;
        let mut is_settled = true;
        loop {
            let (jobs, stop) = match self.queue.recv_timeout(IDLE) {
                Ok(first) => self.gather(first, last),
                Err(RecvTimeoutError::Timeout) => {
                    if !is_settled {
                        self.settle()?;
                        is_settled = true;
                    }
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => (Vec::new(), true),
            };
            if matches!(&*self.shared.state.borrow(), State::Failed(_)) {
                // Somebody else found that this node must not sign. Who waits for an answer is told so.
                return Ok(());
            }
            last = jobs.len();
            is_settled &= !self.write(jobs)?;
            if stop {
                return self.settle();
            }
        }
    }

    /// Makes everything that is live durable, and waits for it.
    fn settle(&mut self) -> Result<(), NodeError> {
        self.finish_settling()?;
        Ok(self.log.settle()?)
    }

    /// Has what is live made durable by another thread, once the one before has done its part.
    fn settle_behind(&mut self) -> Result<(), NodeError> {
        self.finish_settling()?;
        let Some(settling) = self.log.begin_settling()? else { return Ok(()) };
        let thread = std::thread::Builder::new().name("settling".to_owned());
        let spawned = thread.spawn(move || settling.run());
        let spawned = spawned.map_err(|source| NodeError::System { doing: "settling", source })?;
        self.settling = Some(spawned);
        Ok(())
    }

    fn finish_settling(&mut self) -> Result<(), NodeError> {
        let Some(settling) = self.settling.take() else { return Ok(()) };
        let panicked = || NodeError::Failed { found: "settling panicked".to_owned() };
        let settled = settling.join().map_err(|_| panicked())??;
        Ok(self.log.finish_settling(&settled)?)
    }

    /// Takes what waits, and says whether it is the last.
    fn gather(&self, first: Job, last: usize) -> (Vec<Job>, bool) {
        let deadline = Instant::now() + self.shared.configuration.batch_delay;
        let (mut jobs, mut bytes) = (Vec::new(), 0);
        let mut next = Some(first);
        let mut is_stopping = false;
        loop {
            match next {
                Some(Job::Stop) => is_stopping = true,
                Some(job) => {
                    self.shared.metrics.queue_length.fetch_sub(1, Ordering::Relaxed);
                    if let Job::Submission(submission) = &job {
                        bytes += submission.record.record().note().len();
                    }
                    jobs.push(job);
                }
                None => return (jobs, is_stopping),
            }
            // What waits behind a stop was sent before it: all of it is written.
            if !is_stopping && (jobs.len() >= BATCH_MAX || bytes >= BATCH_MAX_BYTES) {
                return (jobs, false);
            }
            next = self.queue.try_recv().ok();
            if next.is_none() && !is_stopping && last >= BUSY_BATCH && jobs.len() < last {
                let left = deadline.saturating_duration_since(Instant::now());
                next = self.queue.recv_timeout(left).ok();
            }
        }
    }

    /// Admits, applies, appends, publishes and answers. Says whether anything was written.
    pub fn write(&mut self, jobs: Vec<Job>) -> Result<bool, NodeError> {
        let shared = self.shared.clone();
        let (mut batch, mut cosigned, mut heads) = (Batch::default(), None, Vec::new());
        {
            let mut fold = Fold::new(&shared);
            for job in jobs {
                match job {
                    Job::Submission(submission) => fold.submission(*submission, &mut batch),
                    Job::Refused { note, keys, code } => batch.refused.push((note, keys, code)),
                    Job::Head(head) => heads.push(head),
                    Job::Cosigned(checkpoint) => cosigned = Some(checkpoint),
                    Job::Stop => {}
                }
            }
            for (note, keys, code) in std::mem::take(&mut batch.refused) {
                self.record_refusal(&mut fold, note, &keys, code, &mut batch);
            }
            for head in heads {
                fold.head_record(&head, &mut batch);
            }
        }
        let appended = !batch.notes.is_empty();
        if appended {
            self.append(std::mem::take(&mut batch.notes), std::mem::take(&mut batch.applied))?;
        }
        let under = shared.head();
        for (answer, result) in batch.answers {
            let reply = match result {
                Ok((place, is_known)) => Reply::Placed(Placed { place, is_known, under: under.clone() }),
                Err(declined) => Reply::Declined(declined),
            };
            // A sender who went away finds the record at its place when they ask again.
            let _ = answer.send(reply);
        }
        let republished = cosigned.is_some_and(|checkpoint| {
            self.republish(checkpoint).unwrap_or_else(|error| {
                // The log itself says so at the next append, if it is more than the checkpoint.
                tracing::error!(%error, "the cosigned checkpoint could not be published");
                false
            })
        });
        Ok(appended || republished)
    }

    /// Publishes the newest head's checkpoint with cosignatures. A newer head has none yet: then nothing is done.
    fn republish(&mut self, checkpoint: String) -> Result<bool, NodeError> {
        let mut published = Published::open(&checkpoint, self.shared.log_key.verifier())?;
        if published.head != self.log.head() {
            return Ok(false);
        }
        self.log.publish_cosigned(checkpoint)?;
        published.unix_seconds = self.shared.head().unix_seconds;
        self.publish.send_replace(Arc::new(published));
        Ok(true)
    }

    fn append(&mut self, notes: Vec<Vec<u8>>, applied: Vec<VerifiedRecord>) -> Result<(), NodeError> {
        if self.log.is_settle_due() {
            self.settle_behind()?;
        }
        let count = notes.len() as u64;
        let began = Instant::now();
        let origin = origin(&self.shared.log_key)?;
        let appended = self.log.append_unpublished(notes, &mut sign_head(&origin, &self.shared.log_key))?;
        let took = began.elapsed();
        self.shared.metrics.count_append(count, took);
        let published = Published::open(&appended.checkpoint, self.shared.log_key.verifier())?;
        self.shared.shown.add(applied);
        self.shared.tree.write().unwrap_or_else(PoisonError::into_inner).extend(appended.leaf_hashes);
        self.publish.send_replace(Arc::new(published));
        if self.file_written.is_none_or(|written| written.elapsed() >= FILE_INTERVAL) {
            self.log.publish_signed()?;
            self.file_written = Some(Instant::now());
        }
        let size = appended.head.size;
        tracing::debug!(
            count,
            size,
            micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
            "appended"
        );
        Ok(())
    }

    /// Writes a refusal record, if the limits and the election allow it.
    fn record_refusal(
        &mut self,
        fold: &mut Fold<'_>,
        note: Hash,
        keys: &[KeyIndex],
        code: RefusalCode,
        batch: &mut Batch,
    ) {
        let metrics = &self.shared.metrics;
        if !leaves_a_record(code) {
            return;
        }
        if !self.refusals.take(note, keys, Instant::now()) {
            metrics.refusal_records_suppressed.fetch_add(1, Ordering::Relaxed);
            return;
        }
        match fold.own_record(RefusalRecord { note, code }, batch) {
            Ok(()) => {
                metrics.refusal_records.fetch_add(1, Ordering::Relaxed);
            }
            Err(refusal) => tracing::warn!(%refusal, "a refusal record is not admitted by this election"),
        }
    }
}
