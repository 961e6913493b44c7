//! A recorder's life: open the chain, say what the start says, follow the sources, send, stop.

use crate::accounts::Accounts;
use crate::chain::{Chain, Draft};
use crate::error::RecorderError;
use crate::networks::Networks;
use crate::observation::observed;
use crate::seen::Noted;
use crate::send::{self, Sender, Target, TargetState};
use crate::sources;
use crate::watch::Watched;
use hakiki_note::{Hash, SigningKey};
use std::path::PathBuf;
use std::process::Child;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Things seen that may wait for the chain; more make their sources wait.
const QUEUE: usize = 4096;
/// Observations of one write.
const BATCH_MAX: usize = 512;
/// How often the chain looks up where nothing comes.
const IDLE: Duration = Duration::from_millis(250);

/// What a recorder is told.
pub struct Settings {
    /// Directory of the chain and of the sealed details.
    pub dir: PathBuf,
    /// The machine's key, of the role `host`. Nothing else may sign with it.
    pub key: SigningKey,
    /// The election.
    pub fingerprint: Hash,
    /// The last sequence of this key that is in the log, where the directory was lost; else 0.
    pub after: u32,
    /// Who is behind which account.
    pub accounts: Accounts,
    /// Networks from which a login is `inside`.
    pub networks: Networks,
    /// Whether `journalctl` is followed.
    pub is_journald: bool,
    /// A file or pipe of the same lines, in place of it.
    pub journal_file: Option<PathBuf>,
    /// The audit log.
    pub audit: Option<PathBuf>,
    /// dpkg's log.
    pub dpkg: Option<PathBuf>,
    /// Files and folders.
    pub watched: Vec<Watched>,
    /// How often watched paths are looked at in any case.
    pub rehash_every: Duration,
    /// The file that names the boot.
    pub boot_id: PathBuf,
    /// Who gets observations.
    pub targets: Vec<Target>,
    /// The first rest where a receiver does not answer; it doubles up to half a minute.
    pub rest: Duration,
}

impl Settings {
    /// The usual settings: nothing is followed but the clock, and nobody gets anything.
    pub fn new(dir: impl Into<PathBuf>, key: SigningKey, fingerprint: Hash) -> Self {
        Self {
            dir: dir.into(),
            key,
            fingerprint,
            after: 0,
            accounts: Accounts::default(),
            networks: Networks::default(),
            is_journald: false,
            journal_file: None,
            audit: None,
            dpkg: None,
            watched: Vec::new(),
            rehash_every: Duration::from_secs(60),
            boot_id: "/proc/sys/kernel/random/boot_id".into(),
            targets: Vec::new(),
            rest: Duration::from_secs(1),
        }
    }
}

/// That the recorder is to stop, and what must be ended for it.
#[derive(Default)]
pub(crate) struct Stopping {
    is_set: AtomicBool,
    lock: Mutex<()>,
    woken: Condvar,
    child: Mutex<Option<Child>>,
}

impl Stopping {
    pub fn is_set(&self) -> bool {
        self.is_set.load(Ordering::Acquire)
    }

    /// Waits, and says whether it is to stop.
    pub fn wait(&self, most: Duration) -> bool {
        let guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.woken.wait_timeout_while(guard, most, |()| !self.is_set()));
        self.is_set()
    }

    fn set(&self) {
        {
            let _guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
            self.is_set.store(true, Ordering::Release);
        }
        self.woken.notify_all();
        self.end_child();
    }

    /// Keeps a process that ends with the recorder.
    pub fn take_child(&self, child: Child) {
        *self.child.lock().unwrap_or_else(PoisonError::into_inner) = Some(child);
        if self.is_set() {
            self.end_child();
        }
    }

    pub fn end_child(&self) {
        let child = self.child.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(mut child) = child {
            // One that has ended already cannot be killed.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The recorder.
#[derive(Debug)]
pub struct Recorder;

/// A recorder that runs. Dropping it does not stop it: see [`Running::stop`].
pub struct Running {
    chain: Arc<Chain>,
    stopping: Arc<Stopping>,
    failed: Arc<Mutex<Option<String>>>,
    states: Vec<Arc<Mutex<TargetState>>>,
    threads: Vec<JoinHandle<()>>,
}

impl Recorder {
    /// Opens the chain and begins to record and to send.
    pub fn start(settings: Settings) -> Result<Running, RecorderError> {
        let (dir, targets) = (settings.dir.clone(), settings.targets.clone());
        let sent = targets.iter().map(|target| target.sent(&dir)).max().unwrap_or(0);
        let chain = Chain::open(&dir, settings.key.clone(), settings.fingerprint, settings.after, sent)?;
        let chain = Arc::new(chain);
        let stopping = Arc::new(Stopping::default());
        let failed = Arc::new(Mutex::new(None));
        let (send, noted) = sync_channel(QUEUE);
        let boot = sources::opening(&settings, &chain, &send)?;
        let mut threads = sources::start(&settings, &boot, &chain, &stopping, &send)?;
        // The chain's thread ends when the last source has.
        drop(send);
        let mut states = Vec::new();
        for target in targets {
            let state = Arc::new(Mutex::new(send::begin(&target, &dir)));
            states.push(state.clone());
            let (chain, dir, rest) = (chain.clone(), dir.clone(), settings.rest);
            let sender = Sender { target, dir, chain, state, rest };
            let stopping = stopping.clone();
            let spawned =
                std::thread::Builder::new().name("send".to_owned()).spawn(move || sender.run(&stopping));
            threads.push(spawned.map_err(RecorderError::system("starting a thread"))?);
        }
        let worker =
            Writer { chain: chain.clone(), accounts: settings.accounts, networks: settings.networks };
        let (ending, outcome) = (stopping.clone(), failed.clone());
        let work = move || {
            if let Err(error) = worker.run(&noted, &ending) {
                tracing::error!(%error, "nothing is recorded any more");
                *outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.to_string());
            }
        };
        let spawned = std::thread::Builder::new().name("chain".to_owned()).spawn(work);
        threads.push(spawned.map_err(RecorderError::system("starting a thread"))?);
        Ok(Running { chain, stopping, failed, states, threads })
    }
}

impl Running {
    /// The last sequence that is chained.
    pub fn last(&self) -> u32 {
        self.chain.last()
    }

    /// How far each receiver has come, in the order of the settings.
    pub fn states(&self) -> Vec<TargetState> {
        self.states.iter().map(|state| state.lock().unwrap_or_else(PoisonError::into_inner).clone()).collect()
    }

    /// Why nothing is recorded any more, if that is so.
    pub fn failure(&self) -> Option<RecorderError> {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner).clone();
        failed.map(|found| RecorderError::Failed { found })
    }

    /// Stops: chains what was seen. What was not sent waits for the next start.
    pub fn stop(self) -> Result<(), RecorderError> {
        self.stopping.set();
        let panicked = self.threads.into_iter().map(JoinHandle::join).filter(Result::is_err).count();
        self.chain.write_positions(true);
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner).take();
        match failed {
            Some(found) => Err(RecorderError::Failed { found }),
            None if panicked > 0 => {
                Err(RecorderError::Failed { found: "a part of the recorder panicked".to_owned() })
            }
            None => Ok(()),
        }
    }
}

/// The one that chains.
struct Writer {
    chain: Arc<Chain>,
    accounts: Accounts,
    networks: Networks,
}

impl Writer {
    /// Until every source has ended.
    fn run(&self, noted: &Receiver<Noted>, stopping: &Stopping) -> Result<(), RecorderError> {
        loop {
            match noted.recv_timeout(IDLE) {
                Ok(first) => self.take(std::iter::once(first).chain(noted.try_iter().take(BATCH_MAX - 1)))?,
                Err(RecvTimeoutError::Timeout) if stopping.is_set() => return Ok(()),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
            self.chain.write_positions(false);
        }
    }

    fn take(&self, noted: impl Iterator<Item = Noted>) -> Result<(), RecorderError> {
        let (mut drafts, mut positions) = (Vec::new(), Vec::new());
        for Noted { seen, position } in noted {
            positions.extend(position);
            if let Some(seen) = seen {
                let observed = observed(&seen, &self.accounts, &self.networks);
                let positions = std::mem::take(&mut positions);
                drafts.push(Draft { observed, details: seen.details, positions });
            }
        }
        self.chain.append(drafts)?;
        for (source, position) in positions {
            self.chain.set_position(source, position);
        }
        Ok(())
    }
}
