//! What was cosigned last for each log: decided one after the other for each, durable before it is answered.
//!
//! Signatures are verified and made on the caller's core; only the comparison with what is recorded is under the log's lock,
//! so that many logs share the writer's one sync and none waits for another.

use crate::disk::{lock, lock_logs, make_directory};
use crate::error::WitnessError;
use crate::journal::Journal;
use crate::logs::{WitnessedLog, WitnessedLogs, prepare};
use crate::metrics::WriterCounters;
use crate::recorded::{Recorded, signed_by_log};
use crate::refused::{RefusedHead, RefusedHeads};
use crate::writer::{Failure, Job, Pace, Writer, batch_max};
use hakiki_note::{Hash, KeyType};
use hakiki_tlog::witness::{AddCheckpoint, Answer, Inconsistent, decide};
use hakiki_tlog::{CosigningKey, Head, Origin, VerifiedCheckpoint};
use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, PoisonError};
use std::thread::JoinHandle;
use tokio::sync::oneshot;

/// How far a clock may have gone back, in seconds, and the last time be used again: steps of time servers, leap seconds.
const CLOCK_BACK_MAX_S: u64 = 60;

/// A condition beside the witness's own, asked before it cosigns: a mirror cosigns only what it holds durably.
pub trait MayCosign: Send + Sync {
    /// Whether this head may be cosigned now. It has been verified, and continues what was cosigned before.
    fn may_cosign(&self, checkpoint: &VerifiedCheckpoint) -> Result<(), NotYet>;
}

impl<F: Fn(&VerifiedCheckpoint) -> Result<(), NotYet> + Send + Sync> MayCosign for F {
    fn may_cosign(&self, checkpoint: &VerifiedCheckpoint) -> Result<(), NotYet> {
        self(checkpoint)
    }
}

/// A head that may be cosigned later: 503.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotYet {
    /// When to ask again, in seconds: the `Retry-After` of the answer.
    pub retry_after_s: u64,
    /// What is missing, for people.
    pub found: String,
}

/// How heads are kept.
#[derive(Clone)]
pub struct HeadsSettings {
    /// The witness's keys: Ed25519 (0x04), and beside it ML-DSA-44 (0x06) if it has one, of one name.
    pub keys: Vec<CosigningKey>,
    /// Whether heads that wait at the same time share one sync. Without it each has its own, which is slower and no safer.
    pub group_commit: bool,
    /// A condition beside the witness's own.
    pub condition: Option<Arc<dyn MayCosign>>,
    /// Below so many bytes the journal is not rewritten. It is when it has several times the bytes of its live heads, too.
    pub rewrite_bytes: u64,
    /// Most refused heads that are kept.
    pub refused_max: u64,
    /// Most bytes that they take.
    pub refused_max_bytes: u64,
}

impl HeadsSettings {
    /// The usual settings.
    pub fn new(keys: Vec<CosigningKey>) -> Self {
        Self {
            keys,
            group_commit: true,
            condition: None,
            rewrite_bytes: 4 << 20,
            refused_max: 256,
            refused_max_bytes: 16 << 20,
        }
    }
}

/// What was decided about a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decided {
    /// 200: cosigned and durable.
    Cosigned(Arc<Recorded>),
    /// Every other answer of the specification. Its evidence, if any, is kept.
    Refused(Answer),
    /// 503: a condition beside the witness's own is not met yet.
    NotYet(NotYet),
    /// 503: the clock is behind what was cosigned before.
    ClockBehind {
        /// The clock, in seconds since 1970.
        now_s: u64,
        /// The time of the last cosignature.
        last_s: u64,
    },
    /// 503: the state cannot be written; nothing is cosigned any more.
    Failed(String),
}

/// The heads of all logs of a witness, in its directory, of which it is the only user.
pub struct Heads {
    keys: Vec<CosigningKey>,
    condition: Option<Arc<dyn MayCosign>>,
    logs: WitnessedLogs,
    refused: RefusedHeads,
    counters: Arc<WriterCounters>,
    failure: Arc<Failure>,
    queue: Option<Sender<Job>>,
    writer: Option<JoinHandle<()>>,
    dir: PathBuf,
    /// The last field: released when the writer has ended.
    _lock: File,
}

/// A decision, or one that is not durable yet.
enum Begun {
    Done(Decided),
    Waiting { durable: oneshot::Receiver<()>, then: Then },
}

enum Then {
    Cosigned(Arc<Recorded>),
    Keep(Answer, Option<Arc<Recorded>>),
}

impl Heads {
    /// Opens the state in a directory, which is made if it is missing. Refuses damage (C107), a lost journal (C108) and a
    /// directory that another process has (C106).
    pub fn open(dir: &Path, settings: HeadsSettings) -> Result<Self, WitnessError> {
        check_keys(&settings.keys)?;
        make_directory(dir)?;
        let lock = lock(dir)?;
        {
            let _logs = lock_logs(dir)?;
            prepare(dir)?;
        }
        let (journal, live) = Journal::open(dir, settings.rewrite_bytes)?;
        let logs = WitnessedLogs::open(dir, live.clone())?;
        let refused = RefusedHeads::open(dir, settings.refused_max, settings.refused_max_bytes)?;
        let (queue, jobs) = channel();
        let (counters, failure) = (Arc::<WriterCounters>::default(), Arc::new(Failure::new(None)));
        let writer = Writer {
            journal,
            live,
            queue: jobs,
            batch_max: batch_max(settings.group_commit),
            counters: counters.clone(),
            failure: failure.clone(),
            pace: Pace::default(),
        };
        let thread = std::thread::Builder::new().name("heads".to_owned()).spawn(move || writer.run());
        let thread = thread.map_err(WitnessError::disk("starting the writer", dir))?;
        Ok(Self {
            keys: settings.keys,
            condition: settings.condition,
            logs,
            refused,
            counters,
            failure,
            queue: Some(queue),
            writer: Some(thread),
            dir: dir.to_owned(),
            _lock: lock,
        })
    }

    /// Decides about the body of an `add-checkpoint` request at a time in seconds since 1970. What it gives is durable.
    pub async fn decide(&self, body: &[u8], now_s: u64) -> Decided {
        match self.begin(body, now_s) {
            Begun::Done(decided) => decided,
            Begun::Waiting { durable, then } => {
                let is_durable = durable.await.is_ok();
                self.finish(is_durable, then)
            }
        }
    }

    /// The same for a thread that may wait. Not to be called from asynchronous code.
    pub fn decide_blocking(&self, body: &[u8], now_s: u64) -> Decided {
        match self.begin(body, now_s) {
            Begun::Done(decided) => decided,
            Begun::Waiting { durable, then } => {
                let is_durable = durable.blocking_recv().is_ok();
                self.finish(is_durable, then)
            }
        }
    }

    /// The head that was cosigned last for a log, if it is durable.
    pub fn recorded(&self, origin: &Origin) -> Option<Arc<Recorded>> {
        self.logs.find(origin, 0)?.durable()
    }

    /// The same by the name of the log's folder (see `hakiki_tlog::witness::origin_folder`).
    pub fn recorded_in(&self, folder: &str) -> Option<Arc<Recorded>> {
        self.logs.by_folder(folder)?.durable()
    }

    /// Every log that is witnessed, with its last durable head.
    pub fn logs(&self) -> Vec<(Origin, Option<Arc<Recorded>>)> {
        self.logs.all().into_iter().map(|(origin, log)| (origin, log.durable())).collect()
    }

    /// The durable heads by origin.
    pub fn heads(&self) -> BTreeMap<Origin, Head> {
        self.logs.heads()
    }

    /// The list of a log's refused heads, `<hash> <reason>` a line; nothing for an unknown log.
    pub fn refused_list(&self, folder: &str) -> Option<String> {
        self.logs.by_folder(folder).map(|_| self.refused.list(folder))
    }

    /// A refused head, as [`RefusedHead::to_text`] wrote it.
    pub fn refused(&self, folder: &str, hash: Hash) -> Option<io::Result<Vec<u8>>> {
        self.refused.read(folder, hash)
    }

    /// The witness's keys.
    pub fn keys(&self) -> &[CosigningKey] {
        &self.keys
    }

    /// The directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Waits until the state cannot be written any more; forever if that does not happen.
    pub async fn failure(&self) -> String {
        let mut failure = self.failure.subscribe();
        let found = failure.wait_for(Option::is_some).await.ok().and_then(|found| found.clone());
        found.unwrap_or_else(|| "the writer is gone".to_owned())
    }

    /// Why nothing is cosigned any more, if that is so.
    pub fn failed(&self) -> Option<String> {
        self.failure.borrow().clone()
    }

    pub(crate) fn counters(&self) -> &WriterCounters {
        &self.counters
    }

    pub(crate) fn refused_counts(&self) -> (u64, u64, u64) {
        self.refused.counts()
    }

    fn begin(&self, body: &[u8], now_s: u64) -> Begun {
        let refused = |answer| Begun::Done(Decided::Refused(answer));
        if let Some(found) = self.failed() {
            return Begun::Done(Decided::Failed(found));
        }
        let request = match AddCheckpoint::parse(body) {
            Ok(request) => request,
            Err(error) => return refused(Answer::Malformed(error)),
        };
        let Some(log) = self.logs.find(request.origin(), now_s) else {
            return refused(Answer::UnknownOrigin(request.origin().clone()));
        };
        loop {
            let last = log.newest();
            let answer =
                decide(&request, std::slice::from_ref(&log.key), last.as_ref().map(|last| last.head()));
            let Answer::Cosign(checkpoint) = answer else {
                // The recorded head goes into the evidence, so it must be durable before.
                return match answer.evidence() {
                    Some(_) => self.wait(Then::Keep(answer, last)),
                    None => refused(answer),
                };
            };
            if let Some(begun) = self.cosign(&log, last.as_ref(), &checkpoint, now_s) {
                return begun;
            }
            // Another request for this log was decided in between; each time somebody else got on.
        }
    }

    /// Cosigns a head that continues `last`; nothing if `last` is not the newest any more.
    fn cosign(
        &self,
        log: &Arc<WitnessedLog>,
        last: Option<&Arc<Recorded>>,
        checkpoint: &VerifiedCheckpoint,
        now_s: u64,
    ) -> Option<Begun> {
        let done = |decided| Some(Begun::Done(decided));
        if let Some(Err(not_yet)) = self.condition.as_ref().map(|condition| condition.may_cosign(checkpoint))
        {
            return done(Decided::NotYet(not_yet));
        }
        let last_s = last.map_or(1, |last| last.time_s());
        let time_s = now_s.max(last_s);
        if now_s == 0 || time_s - now_s > CLOCK_BACK_MAX_S {
            tracing::error!(
                now_s,
                last_s,
                "the clock is behind what was cosigned before: nothing is cosigned"
            );
            return done(Decided::ClockBehind { now_s, last_s });
        }
        // The same head again in the same second is the same cosignature: no write for who asks again and again.
        if let Some(same) = last.filter(|last| last.head() == checkpoint.head() && last.time_s() == time_s)
            && same.is_by(&self.keys)
        {
            return Some(self.wait(Then::Cosigned(same.clone())));
        }
        let recorded = match Recorded::cosign(checkpoint, &log.key, &self.keys, time_s) {
            Ok(recorded) => Arc::new(recorded),
            Err(error) => return done(Decided::Failed(error.to_string())),
        };
        let (reply, durable) = oneshot::channel();
        let mut state = log.state.lock().unwrap_or_else(PoisonError::into_inner);
        let is_newest = match (&state.newest, last) {
            (None, None) => true,
            (Some(newest), Some(last)) => Arc::ptr_eq(newest, last),
            _ => false,
        };
        if !is_newest {
            return None;
        }
        state.newest = Some(recorded.clone());
        // Under the lock, so that the heads of a log stand in the journal in their order.
        self.send(Job { head: Some((log.clone(), recorded.clone())), durable: reply });
        Some(Begun::Waiting { durable, then: Then::Cosigned(recorded) })
    }

    /// Waits until all that was decided is durable.
    fn wait(&self, then: Then) -> Begun {
        let (reply, durable) = oneshot::channel();
        self.send(Job { head: None, durable: reply });
        Begun::Waiting { durable, then }
    }

    /// Where the writer has ended the job is dropped, which is an answer.
    fn send(&self, job: Job) {
        if let Some(queue) = &self.queue {
            let _ = queue.send(job);
        }
    }

    fn finish(&self, is_durable: bool, then: Then) -> Decided {
        if !is_durable {
            return Decided::Failed(self.failed().unwrap_or_else(|| "the writer is gone".to_owned()));
        }
        match then {
            Then::Cosigned(recorded) => Decided::Cosigned(recorded),
            Then::Keep(answer, last) => {
                if let Some(evidence) = answer.evidence() {
                    self.keep(evidence, last.as_deref());
                }
                Decided::Refused(answer)
            }
        }
    }

    fn keep(&self, evidence: &Inconsistent, last: Option<&Recorded>) {
        let origin = evidence.checkpoint.origin();
        let Some(log) = self.logs.find(origin, 0) else { return };
        // The recorded head itself with a bad proof: nothing is contradicted.
        if last.is_some_and(|last| last.head() == evidence.checkpoint.head()) {
            return;
        }
        let refused = signed_by_log(&evidence.checkpoint, &log.key).to_text();
        let head = RefusedHead { reason: evidence.reason, refused, recorded: last.map(Recorded::note_text) };
        if let Err(error) = self.refused.keep(origin, &head) {
            tracing::error!(%origin, %error, note = head.refused, "a refused head could not be kept");
        }
    }
}

impl Drop for Heads {
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(writer) = self.writer.take() {
            // It has nothing left to write; a panic there was told already.
            let _ = writer.join();
        }
    }
}

fn check_keys(keys: &[CosigningKey]) -> Result<(), WitnessError> {
    let wrong = |found: &str| WitnessError::Keys { found: found.to_owned() };
    let first = keys.first().ok_or_else(|| wrong("no key is given"))?;
    let types: Vec<_> = keys.iter().map(|key| key.verifier().key().key_type()).collect();
    match &*types {
        [KeyType::CosignatureEd25519] | [KeyType::CosignatureEd25519, KeyType::CosignatureMlDsa44] => {}
        _ => return Err(wrong("the keys are of other types, or in another order")),
    }
    if keys.iter().any(|key| key.verifier().name() != first.verifier().name()) {
        return Err(wrong("the keys have different names"));
    }
    Ok(())
}
