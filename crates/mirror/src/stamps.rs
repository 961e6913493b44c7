//! Stamps and the log of them: what this mirror says it has seen, signed, and never unsaid.
//!
//! The log has an origin of its own, `<mirror>/stamps`; its entries are the stamps. One thread writes it; stamps that come at
//! one time share the syncs of one append. A stamp is given out when it is durable.

use crate::alarm::{AlarmKind, Alarms};
use crate::clock::{stamp_time, unix_seconds};
use crate::error::MirrorError;
use crate::restore::{entries_from, tree};
use hakiki_note::{Hash, Note, SignatureLine, SigningKey, VerifierKey};
use hakiki_store::{Disk as _, Log, PosixDisk, Reader, SignFailure, StoreError};
use hakiki_tlog::cosignature::add_cosignatures;
use hakiki_tlog::stamp::SEEN_HEAD_MAX;
use hakiki_tlog::{Checkpoint, Head, MemoryTree, Origin, Stamp, VerifiedCheckpoint};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::oneshot;

/// Most stamps of one append.
const BATCH_MAX: usize = 1024;
/// Without work for so long, what is live is settled.
const IDLE: Duration = Duration::from_millis(500);

/// Stamps by record and note.
type Index = BTreeMap<(Hash, Hash), String>;

enum Job {
    Stamp { stamp: Box<Stamp>, answer: oneshot::Sender<String> },
    Cosigned { lines: Vec<SignatureLine>, keys: Vec<VerifierKey>, head: Head },
}

/// What is read beside the writer.
struct Written {
    index: RwLock<Index>,
    tree: RwLock<MemoryTree>,
    checkpoint: RwLock<String>,
}

/// The stamps of a mirror.
pub(crate) struct Stamps {
    election: Hash,
    key: VerifierKey,
    reader: Reader<PosixDisk>,
    written: Arc<Written>,
    queue: Mutex<Option<Sender<Job>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl Stamps {
    /// Opens the log of stamps in a directory, which is made if it is missing.
    pub fn open(
        dir: &Path,
        key: SigningKey,
        election: Hash,
        alarms: Arc<Alarms>,
    ) -> Result<Self, MirrorError> {
        let wrong = |found: String| MirrorError::Keys { found };
        let origin = Origin::new(key.name().as_str()).map_err(|error| wrong(error.to_string()))?;
        let disk = Arc::new(PosixDisk::new(dir));
        let is_new = !disk.exists("private/head").map_err(MirrorError::system("looking for the stamps"))?;
        let log = {
            let mut sign = sign_head(&origin, &key);
            if is_new { Log::create(disk, &origin, &mut sign) } else { Log::open(disk, &origin, &mut sign) }?
        };
        let reader = log.reader();
        let tree = tree(&reader, log.head())?;
        let mut index = Index::new();
        let mut place = 0;
        while place < tree.size() {
            let entries = entries_from(&reader, place, tree.size())?;
            place += entries.len() as u64;
            for entry in entries {
                let (key, text) = read_stamp(&entry)?;
                index.entry(key).or_insert(text);
            }
        }
        let checkpoint = RwLock::new(log.checkpoint().to_owned());
        let written = Arc::new(Written { index: RwLock::new(index), tree: RwLock::new(tree), checkpoint });
        let (send, jobs) = channel();
        let verifier = key.verifier().clone();
        let writer = Writer { log, origin, key, written: written.clone(), alarms };
        let thread = std::thread::Builder::new().name("stamps".to_owned()).spawn(move || writer.run(&jobs));
        let thread = thread.map_err(MirrorError::system("starting the writer of stamps"))?;
        Ok(Self {
            election,
            key: verifier,
            reader,
            written,
            queue: Mutex::new(Some(send)),
            writer: Mutex::new(Some(thread)),
        })
    }

    /// Stamps a record, or gives the stamp that was made of the same bytes before. None where it cannot be kept. `seen` is the
    /// size of the newest cosigned head that is known, and when it was witnessed: where this machine's clock is behind
    /// that, it is wrong, and the stamp says the later time.
    pub async fn stamp(&self, record: Hash, note: Hash, seen: (u64, u64)) -> Option<String> {
        if let Some(known) = self.written.find(&record, &note) {
            return Some(known);
        }
        let (seen_head, witnessed_s) = seen;
        let stamp = Stamp {
            election: self.election,
            record,
            note,
            seen_head: seen_head.min(SEEN_HEAD_MAX),
            time: stamp_time(unix_seconds().max(witnessed_s))?,
        };
        let (answer, answered) = oneshot::channel();
        self.send(Job::Stamp { stamp: Box::new(stamp), answer });
        answered.await.ok()
    }

    /// The first stamp of a record.
    pub fn of_record(&self, record: &Hash) -> Option<String> {
        let index = self.written.index.read().unwrap_or_else(PoisonError::into_inner);
        let range = (*record, Hash([0; 32]))..=(*record, Hash([0xff; 32]));
        index.range(range).next().map(|(_, stamp)| stamp.clone())
    }

    /// The checkpoint of the log of stamps, as it is published.
    pub fn checkpoint(&self) -> String {
        self.written.checkpoint.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The same, verified.
    pub fn verified_checkpoint(&self) -> Option<VerifiedCheckpoint> {
        VerifiedCheckpoint::open(self.checkpoint().as_bytes(), &self.key).ok()
    }

    /// A consistency proof between two sizes of the log of stamps.
    pub fn consistency_proof(&self, old: u64, new: u64) -> Option<Vec<Hash>> {
        let tree = self.written.tree.read().unwrap_or_else(PoisonError::into_inner);
        tree.consistency_proof(old, new).ok()
    }

    /// Its served files.
    pub fn reader(&self) -> Reader<PosixDisk> {
        self.reader.clone()
    }

    /// Takes cosignatures of a head; those that are not by these keys are left out.
    pub fn add_cosignatures(&self, head: Head, lines: Vec<SignatureLine>, keys: Vec<VerifierKey>) {
        self.send(Job::Cosigned { lines, keys, head });
    }

    fn send(&self, job: Job) {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(queue) = &*queue {
            // Where the writer has ended the job is dropped, which is an answer.
            let _ = queue.send(job);
        }
    }

    /// Writes what waits and closes the log.
    pub fn close(&self) {
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if writer.is_some_and(|writer| writer.join().is_err()) {
            tracing::error!("the writer of stamps panicked");
        }
    }
}

impl Written {
    fn find(&self, record: &Hash, note: &Hash) -> Option<String> {
        self.index.read().unwrap_or_else(PoisonError::into_inner).get(&(*record, *note)).cloned()
    }
}

fn read_stamp(entry: &[u8]) -> Result<((Hash, Hash), String), MirrorError> {
    let damaged = |found: String| MirrorError::damaged("stamps", found);
    let note = Note::parse(entry).map_err(|error| damaged(error.to_string()))?;
    let stamp = Stamp::parse(&note.text).map_err(|error| damaged(error.to_string()))?;
    Ok(((stamp.record, stamp.note), note.to_text()))
}

fn sign_head<'a>(
    origin: &'a Origin,
    key: &'a SigningKey,
) -> impl FnMut(&Head) -> Result<String, SignFailure> + 'a {
    move |head| Ok(Checkpoint::new(origin.clone(), *head).sign(key)?)
}

/// The one writer.
struct Writer {
    log: Log<PosixDisk>,
    origin: Origin,
    key: SigningKey,
    written: Arc<Written>,
    alarms: Arc<Alarms>,
}

type Asked = (Box<Stamp>, oneshot::Sender<String>);

impl Writer {
    fn run(mut self, jobs: &Receiver<Job>) {
        let mut is_settled = false;
        let done = loop {
            let first = match jobs.recv_timeout(IDLE) {
                Ok(job) => job,
                Err(RecvTimeoutError::Timeout) if is_settled => continue,
                Err(RecvTimeoutError::Timeout) => {
                    if let Err(failed) = self.log.settle() {
                        break Err(failed);
                    }
                    is_settled = true;
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => break self.log.settle(),
            };
            is_settled = false;
            let more = jobs.try_iter().take(BATCH_MAX - 1);
            if let Err(failed) = self.work(std::iter::once(first).chain(more)) {
                break Err(failed);
            }
        };
        if let Err(failed) = done {
            self.alarms.raise(AlarmKind::Own, "stamps", format!("nothing is stamped any more: {failed}"));
        }
    }

    fn work(&mut self, jobs: impl Iterator<Item = Job>) -> Result<(), StoreError> {
        let mut asked: Vec<Asked> = Vec::new();
        let mut cosigned = Vec::new();
        for job in jobs {
            match job {
                Job::Stamp { stamp, answer } => asked.push((stamp, answer)),
                Job::Cosigned { lines, keys, head } => cosigned.push((lines, keys, head)),
            }
        }
        for (lines, keys, head) in cosigned {
            self.cosign(&lines, &keys, head)?;
        }
        self.stamp(asked)
    }

    fn stamp(&mut self, asked: Vec<Asked>) -> Result<(), StoreError> {
        let mut fresh = Index::new();
        for (stamp, _) in &asked {
            let of = (stamp.record, stamp.note);
            if self.written.find(&of.0, &of.1).is_none() {
                fresh.entry(of).or_insert_with(|| stamp.sign(&self.key));
            }
        }
        if !fresh.is_empty() {
            let entries = fresh.values().map(|stamp| stamp.as_bytes().to_vec()).collect();
            let appended = self.log.append(entries, &mut sign_head(&self.origin, &self.key))?;
            let unpoisoned = PoisonError::into_inner;
            self.written.tree.write().unwrap_or_else(unpoisoned).extend(appended.leaf_hashes);
            *self.written.checkpoint.write().unwrap_or_else(PoisonError::into_inner) = appended.checkpoint;
            self.written.index.write().unwrap_or_else(PoisonError::into_inner).extend(fresh);
        }
        for (stamp, answer) in asked {
            if let Some(text) = self.written.find(&stamp.record, &stamp.note) {
                // Whoever asked may be gone.
                let _ = answer.send(text);
            }
        }
        Ok(())
    }

    fn cosign(
        &mut self,
        lines: &[SignatureLine],
        keys: &[VerifierKey],
        head: Head,
    ) -> Result<(), StoreError> {
        if head != self.log.head() {
            return Ok(());
        }
        let published = VerifiedCheckpoint::open(self.log.checkpoint().as_bytes(), self.key.verifier());
        let Ok(mut checkpoint) = published else { return Ok(()) };
        if add_cosignatures(&mut checkpoint, lines, keys) == 0 {
            return Ok(());
        }
        self.log.publish_cosigned(checkpoint.to_text())?;
        *self.written.checkpoint.write().unwrap_or_else(PoisonError::into_inner) = checkpoint.to_text();
        Ok(())
    }
}
