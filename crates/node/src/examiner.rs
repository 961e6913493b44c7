//! Threads that parse submissions and verify their signatures, before the sequencer decides their place.
//!
//! As many as there are cores. Each takes what waits, a few at a time, and holds the ledger only while it looks up what the
//! records name: signatures are verified without any lock, so that verifying never holds back the sequencer.

use crate::cores;
use crate::error::NodeError;
use crate::refusal::{Declined, leaves_a_record};
use crate::sequencer::{Job, Placed, Submission};
use crate::shared::{Shared, read};
use axum::body::Bytes;
use hakiki_core::codes::RefusalCode;
use hakiki_core::roster::{ClaimedRecord, KeyIndex};
use hakiki_core::{Ledger, Record, Refusal};
use hakiki_note::Hash;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, TrySendError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Instant;
use tokio::sync::oneshot;

/// Most submissions that one thread takes at a time: some milliseconds of work, so that all threads have some.
const TAKEN_AT_ONCE: usize = 8;

/// Work for an examiner.
pub(crate) enum Examination {
    /// A submission's bytes.
    Submission {
        /// As they came.
        bytes: Bytes,
        /// Their SHA-256.
        note: Hash,
        /// Whom to tell. Dropped if the node fails.
        answer: oneshot::Sender<Reply>,
    },
    /// One thread is to end.
    Stop,
}

/// What becomes of a submission.
pub(crate) enum Reply {
    /// It has a place under a head.
    Placed(Placed),
    /// Its id has this place, which may not be published yet.
    Known(u64),
    /// It was refused.
    Declined(Declined),
    /// The node cannot take it.
    Failed(NodeError),
}

/// Starts the threads.
pub(crate) fn start(
    shared: &Arc<Shared>,
    queue: Receiver<Examination>,
) -> Result<Vec<JoinHandle<()>>, NodeError> {
    let queue = Arc::new(Mutex::new(queue));
    let spawn = |number: usize| {
        let (shared, queue) = (shared.clone(), queue.clone());
        Builder::new().name(format!("examiner-{number}")).spawn(move || work(&shared, &queue))
    };
    let threads: Result<Vec<_>, _> = (0..cores::count()).map(spawn).collect();
    threads.map_err(|source| NodeError::System { doing: "starting the examiners", source })
}

/// A submission that is being examined.
struct Examined {
    note: Hash,
    answer: oneshot::Sender<Reply>,
}

fn work(shared: &Shared, queue: &Mutex<Receiver<Examination>>) {
    loop {
        let (taken, stop) = take(queue);
        // A panic costs the submissions at hand their answers, and nothing else.
        if catch_unwind(AssertUnwindSafe(|| examine(shared, taken))).is_err() {
            tracing::error!("submissions could not be examined");
        }
        if stop {
            return;
        }
    }
}

/// Waits for work and takes some of it; says whether this thread is to end after it.
fn take(queue: &Mutex<Receiver<Examination>>) -> (Vec<(Bytes, Examined)>, bool) {
    let queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
    let mut taken = Vec::with_capacity(TAKEN_AT_ONCE);
    let mut next = queue.recv().ok();
    loop {
        match next {
            Some(Examination::Submission { bytes, note, answer }) => {
                taken.push((bytes, Examined { note, answer }));
            }
            Some(Examination::Stop) => return (taken, true),
            // Nothing waits; or, for the first, nobody is left who could send.
            None => return (taken, false),
        }
        if taken.len() == TAKEN_AT_ONCE {
            return (taken, false);
        }
        next = queue.try_recv().ok();
    }
}

fn examine(shared: &Shared, taken: Vec<(Bytes, Examined)>) {
    let parsed: Vec<_> =
        taken.into_iter().map(|(bytes, examined)| (Record::parse(&bytes), examined)).collect();
    let claimed: Vec<_> = {
        let ledger = read(&shared.ledger);
        parsed.into_iter().map(|(record, examined)| (look_up(&ledger, record), examined)).collect()
    };
    for (claimed, Examined { note, answer }) in claimed {
        let (reply, answer) = match claimed {
            Found::Known(place) => (Reply::Known(place), answer),
            Found::Refused(refusal, record) => {
                if let Some(record) = record {
                    leave_a_trace(shared, note, &record, refusal.code);
                }
                (declined(note, refusal), answer)
            }
            Found::Claimed(record) => match verify(shared, *record, note, answer) {
                Ok(()) => continue,
                Err(refused) => *refused,
            },
        };
        // A sender who went away does not hear it.
        let _ = answer.send(reply);
    }
}

fn declined(note: Hash, refusal: Refusal) -> Reply {
    Reply::Declined(Declined { note: Some(note), refusal })
}

/// What the ledger says of a record before its signatures are verified.
enum Found {
    Known(u64),
    /// With the record, if it could be parsed.
    Refused(Refusal, Option<Box<Record>>),
    Claimed(Box<ClaimedRecord>),
}

fn look_up(ledger: &Ledger, record: Result<Record, Refusal>) -> Found {
    let record = match record {
        Ok(record) => record,
        Err(refusal) => return Found::Refused(refusal, None),
    };
    if let Some(place) = ledger.place_of(record.id()) {
        return Found::Known(place);
    }
    if let Err(refusal) = ledger.check_common(&record) {
        return Found::Refused(refusal, Some(Box::new(record)));
    }
    match ledger.roster().find_signers(record) {
        Ok(claimed) => Found::Claimed(Box::new(claimed)),
        Err((record, refusal)) => Found::Refused(refusal, Some(record)),
    }
}

type Unsent = Box<(Reply, oneshot::Sender<Reply>)>;

/// Verifies a record and hands it on to the sequencer, which answers; or gives back what to answer.
fn verify(
    shared: &Shared,
    record: ClaimedRecord,
    note: Hash,
    answer: oneshot::Sender<Reply>,
) -> Result<(), Unsent> {
    let verified = match record.verify() {
        Ok(verified) => verified,
        Err((record, refusal)) => {
            leave_a_trace(shared, note, &record, refusal.code);
            return Err(Box::new((declined(note, refusal), answer)));
        }
    };
    if let Err(key) = shared.key_limits.take(verified.keys(), Instant::now()) {
        let name = read(&shared.ledger).roster().key(key).name.clone();
        let detail = format!("too many submissions by {name}; the same note is safe to send again later");
        return Err(Box::new((declined(note, Refusal::new(RefusalCode::R401, detail)), answer)));
    }
    shared.metrics.queue_length.fetch_add(1, Ordering::Relaxed);
    let submission = Box::new(Submission { record: verified, note, answer });
    let unsent = match shared.queue.try_send(Job::Submission(submission)) {
        Ok(()) => return Ok(()),
        Err(TrySendError::Full(unsent)) => (Reply::Declined(Declined::queue_full(note)), unsent),
        Err(TrySendError::Disconnected(unsent)) => {
            let found = "the sequencer has ended".to_owned();
            (Reply::Failed(NodeError::Failed { found }), unsent)
        }
    };
    shared.metrics.queue_length.fetch_sub(1, Ordering::Relaxed);
    match unsent {
        (reply, Job::Submission(submission)) => Err(Box::new((reply, submission.answer))),
        // What comes back is what was sent.
        _ => Ok(()),
    }
}

/// Has the sequencer write a refusal record, if an enrolled key signed the submission and there is room: the sender
/// holds the refusal anyway.
fn leave_a_trace(shared: &Shared, note: Hash, record: &Record, code: RefusalCode) {
    if !leaves_a_record(code) {
        return;
    }
    let keys: Vec<KeyIndex> = {
        let ledger = read(&shared.ledger);
        let roster = ledger.roster();
        if !roster.any_signer_verifies(record) {
            return;
        }
        record.signers().iter().filter_map(|signer| roster.by_name(signer.name.as_str())).collect()
    };
    let metrics = &shared.metrics;
    metrics.queue_length.fetch_add(1, Ordering::Relaxed);
    if shared.queue.try_send(Job::Refused { note, keys, code }).is_err() {
        metrics.queue_length.fetch_sub(1, Ordering::Relaxed);
        metrics.refusal_records_suppressed.fetch_add(1, Ordering::Relaxed);
    }
}
