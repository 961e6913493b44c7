//! A node's life: start, run, stop.

use crate::configuration::Configuration;
use crate::error::NodeError;
use crate::examiner::{self, Examination, Reply};
use crate::found::origin;
use crate::http::app;
use crate::key_file::read_key_file;
use crate::limits::{KeyLimits, RefusalLimits};
use crate::metrics::Metrics;
use crate::opening::{OpenedLog, open_log};
use crate::own_observations::OwnObservations;
use crate::pages::{self, read_boundaries};
use crate::pending::PendingTexts;
use crate::publish_results;
use crate::published::Published;
use crate::restore::Restored;
use crate::sequencer::{Job, Sequencer, Submission};
use crate::shared::{Permits, Shared, State};
use crate::witnessing::{self, Asked, Beginning, Witnessed};
use axum::Router;
use hakiki_core::VerifiedRecord;
use hakiki_host::{Limits, SettingSource, Stop, allow_connections};
use hakiki_note::{SigningKey, sha256};
use hakiki_site::{Pages, Shown};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, RwLock};
use std::time::UNIX_EPOCH;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot, watch};
use tokio::task::JoinHandle;

/// The results server.
#[derive(Debug)]
pub struct Node;

/// A node that runs. Dropping it does not stop it: see [`Running::stop`].
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    shared: Arc<Shared>,
    sequencer: std::thread::JoinHandle<()>,
    examiners: Vec<std::thread::JoinHandle<()>>,
    server: JoinHandle<()>,
    pages: JoinHandle<()>,
    feed: JoinHandle<()>,
    results: JoinHandle<()>,
    witnessing: JoinHandle<()>,
    observing: Option<JoinHandle<()>>,
    search: Option<std::thread::JoinHandle<()>>,
    stop_server: watch::Sender<bool>,
}

impl Node {
    /// Opens the log, rebuilds the ledger and begins to serve. The log must have been founded; see
    /// [`crate::found_log`].
    pub async fn start(configuration: Configuration, log_key: SigningKey) -> Result<Running, NodeError> {
        check_connections(&configuration)?;
        let listen = configuration.listen;
        let refused = |source| NodeError::Listen { listen: listen.to_string(), source };
        let listener = TcpListener::bind(listen).await.map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let opened = tokio::task::spawn_blocking(move || open(configuration, log_key)).await;
        let opened = opened.expect("opening a log does not panic")?;
        let Opened { shared, sequencer, examinations, published, beginning, own } = opened;
        let examiners = examiner::start(&shared, examinations)?;
        let thread = std::thread::Builder::new().name("sequencer".to_owned());
        let thread = thread.spawn(move || sequencer.run());
        let thread =
            thread.map_err(|source| NodeError::System { doing: "starting the sequencer", source })?;
        let (stop_server, stopping) = watch::channel(false);
        let size = published.borrow().head.size;
        let configuration = &shared.configuration;
        let limits = Limits {
            connections_max: configuration.connections_max,
            header_timeout: configuration.header_timeout,
        };
        let stop = Stop::new(stopping, |stop| *stop);
        let served = hakiki_host::serve(listener, app(shared.clone()), limits, shared.clone(), stop);
        tracing::info!(%address, size, "the node serves");
        Ok(Running {
            address,
            sequencer: thread,
            examiners,
            server: tokio::spawn(served),
            results: tokio::spawn(publish_results::follow(shared.clone(), published.clone())),
            observing: own.map(|own| tokio::spawn(own.follow(shared.clone(), published.clone()))),
            witnessing: tokio::spawn(witnessing::follow(shared.clone(), published, beginning)),
            pages: tokio::spawn(pages::follow(shared.clone())),
            feed: tokio::spawn(hakiki_site::follow(shared.clone())),
            search: pages::start_search(&shared),
            shared,
            stop_server,
        })
    }
}

impl Running {
    /// The node's routes, for a caller that brings its own server.
    pub fn router(&self) -> Router {
        app(self.shared.clone()).into_router()
    }

    /// Waits until the node cannot write its log any more; forever if that does not happen.
    pub async fn failure(&self) -> NodeError {
        let mut state = self.shared.state.subscribe();
        let failed = state.wait_for(|state| matches!(state, State::Failed(_))).await;
        match failed.as_deref() {
            Ok(State::Failed(found)) => NodeError::Failed { found: found.clone() },
            _ => NodeError::Failed { found: "the node is gone".to_owned() },
        }
    }

    /// Stops: takes no new submissions (R404), writes and answers those that wait, publishes, closes.
    pub async fn stop(self) -> Result<(), NodeError> {
        let stopping = |state: &mut State| match state {
            State::Running => {
                *state = State::Stopping;
                true
            }
            State::Stopping | State::Failed(_) => false,
        };
        self.shared.state.send_if_modified(stopping);
        if let Some(observing) = self.observing {
            observing.abort();
        }
        let shared = self.shared.clone();
        let (examiners, sequencer) = (self.examiners, self.sequencer);
        let joined = tokio::task::spawn_blocking(move || {
            // What was being verified goes to the sequencer before it stops. Sending fails only to who has ended.
            for _ in &examiners {
                let _ = shared.examiners.send(Examination::Stop);
            }
            for examiner in examiners {
                let _ = examiner.join();
            }
            let _ = shared.queue.send(Job::Stop);
            sequencer.join()
        });
        let _ = joined.await;
        // It has ended with the sequencer, or ends with what it is writing: the last head's results come last.
        let _ = self.results.await;
        // So have the rounds.
        let _ = self.witnessing.await;
        publish_results::publish_newest(self.shared.clone()).await;
        self.shared.pages.feed.close();
        self.stop_server.send_replace(true);
        let _ = self.server.await;
        pages::stop_search(&self.shared, self.search).await;
        self.pages.abort();
        self.feed.abort();
        match &*self.shared.state.borrow() {
            State::Failed(found) => Err(NodeError::Failed { found: found.clone() }),
            State::Running | State::Stopping => Ok(()),
        }
    }
}

struct Opened {
    shared: Arc<Shared>,
    sequencer: Sequencer,
    examinations: Receiver<Examination>,
    published: watch::Receiver<Arc<Published>>,
    beginning: Beginning,
    own: Option<OwnObservations>,
}

fn open(configuration: Configuration, log_key: SigningKey) -> Result<Opened, NodeError> {
    let origin = origin(&log_key)?;
    let own = own_observations(&configuration)?;
    let OpenedLog { log, restored, asked } = open_log(&configuration, &origin, &log_key)?;
    let Restored { ledger, tree, named } = restored;
    let Asked { contacts, sizes, notice } = asked;
    let (reader, blobs) = (log.reader(), log.blobs());
    let mut head = Published::open(log.checkpoint(), log_key.verifier())?;
    head.unix_seconds = published_at(&configuration.dir).unwrap_or(head.unix_seconds);
    let refused = ledger.refusals().iter().map(|(_, note, _)| *note);
    let refusals = RefusalLimits::new(configuration.refusal_records_per_minute, refused);
    let policies = ledger.witness_policies();
    let witnessed = Witnessed::load(&configuration.dir, log_key.verifier(), &tree, policies);
    let (tell, witnessed) = watch::channel(Arc::new(witnessed));
    let (publish, published) = watch::channel(Arc::new(head));
    let shown = Arc::new(Shown::new(ledger.clone()));
    let outlines = configuration.boundaries.as_deref();
    let boundaries =
        outlines.map(|path| read_boundaries(path, &configuration.boundaries_property)).transpose()?;
    let (send, queue) = sync_channel(usize_of(configuration.queue_length));
    // Bounded by the permits of submissions.
    let (examiners, examinations) = sync_channel(submissions(&configuration));
    let shared = Arc::new(Shared {
        key_limits: KeyLimits::new(configuration.key_rate_per_minute, configuration.key_burst),
        pending: PendingTexts::load(&configuration.dir, &ledger)?,
        permits: Permits::new(&configuration),
        log_key,
        pages: Pages::new(shown.clone(), configuration.feeds_max).with_search(&configuration.dir),
        shown,
        boundaries,
        ledger: RwLock::new(ledger),
        tree: RwLock::new(tree),
        named: RwLock::new(named),
        published: published.clone(),
        witnessed,
        state: watch::Sender::new(State::Running),
        reader,
        blobs,
        queue: send,
        examiners,
        metrics: Metrics::default(),
        configuration,
    });
    let mut sequencer = Sequencer {
        log,
        shared: shared.clone(),
        queue,
        publish,
        refusals,
        file_written: None,
        settling: None,
    };
    if let Some(notice) = notice {
        append_notice(&mut sequencer, notice)?;
    }
    let beginning = Beginning { contacts, sizes, tell };
    Ok(Opened { shared, sequencer, examinations, published, beginning, own })
}

/// What the node says of itself, where it has a host key.
fn own_observations(configuration: &Configuration) -> Result<Option<OwnObservations>, NodeError> {
    let Some(path) = &configuration.host_key else { return Ok(None) };
    let key = read_key_file(path)?;
    OwnObservations::new(key, &configuration.component, configuration.observed_hash()).map(Some)
}

/// Appends the notice with which the log goes on without having heard a witness, before anything else.
fn append_notice(sequencer: &mut Sequencer, record: VerifiedRecord) -> Result<(), NodeError> {
    let note = sha256(record.record().note().as_bytes());
    let (answer, mut answered) = oneshot::channel();
    sequencer.write(vec![Job::Submission(Box::new(Submission { record, note, answer }))])?;
    match answered.try_recv() {
        Ok(Reply::Placed(placed)) => {
            tracing::warn!(place = placed.place, "no witness was heard; the log goes on with a notice");
            Ok(())
        }
        Ok(Reply::Declined(declined)) => {
            let place = sequencer.log.head().size;
            Err(NodeError::Refused { place, refusal: declined.refusal })
        }
        _ => Err(NodeError::Failed { found: "the notice was not answered".to_owned() }),
    }
}

/// Connections that were asked for in so many words must be possible; of the default, what is possible is taken.
fn check_connections(configuration: &Configuration) -> Result<(), NodeError> {
    let is_default = |(key, _, source): &hakiki_host::Shown| {
        *key == "connections_max" && *source == SettingSource::Default
    };
    match allow_connections(configuration.connections_max) {
        Err(refused) if !configuration.shown().iter().any(is_default) => Err(refused.into()),
        _ => Ok(()),
    }
}

fn usize_of(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// When the checkpoint was published, by the file's time: a restart does not make a head younger.
fn published_at(dir: &Path) -> Option<u64> {
    let modified = std::fs::metadata(dir.join("log/checkpoint")).and_then(|about| about.modified()).ok()?;
    Some(modified.duration_since(UNIX_EPOCH).ok()?.as_secs())
}

/// Submissions from the last byte of their body to their answer: as many as may wait for the sequencer, and as many again
/// that are verified.
fn submissions(configuration: &Configuration) -> usize {
    usize_of(configuration.queue_length).saturating_mul(2).min(1 << 24)
}

/// Blobs received at one time: 128 MiB.
const UPLOADS: usize = 16;
/// Large blobs sent at one time: 512 MiB.
const DOWNLOADS: usize = 64;

impl Permits {
    fn new(configuration: &Configuration) -> Self {
        Self {
            submissions: Semaphore::new(submissions(configuration)),
            uploads: Semaphore::new(UPLOADS),
            downloads: Arc::new(Semaphore::new(DOWNLOADS)),
        }
    }
}
