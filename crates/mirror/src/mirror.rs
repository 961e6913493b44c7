//! A mirror's life: meet the log or open the copy, serve, follow, stop.

use crate::alarm::{Alarm, Alarms};
use crate::collect::Collector;
use crate::compare;
use crate::disk::{MirrorDisk, mark_head};
use crate::error::MirrorError;
use crate::fetched::BlobFetcher;
use crate::fold;
use crate::follow::{Follower, Nudge};
use crate::held::{Held, Relation};
use crate::http::app;
use crate::images::{self, Images};
use crate::limits::KeyLimits;
use crate::meet::{Met, meet};
use crate::pages::{self, read_boundaries};
use crate::pin::Pin;
use crate::published::State;
use crate::queue::Queue;
use crate::relay;
use crate::remote::Remote;
use crate::restore;
use crate::settings::Settings;
use crate::shared::{Counters, Ending, OriginState, Permits, Shared};
use crate::stamps::Stamps;
use crate::witnesses;
use hakiki_core::{Ledger, Record};
use hakiki_host::{Counted, Limits, Stop, allow_connections, serve};
use hakiki_note::Hash;
use hakiki_site::{Pages, Shown};
use hakiki_store::{Blobs, Disk as _, Log, PosixDisk, Reader};
use hakiki_tlog::Origin;
use hakiki_witness::{FirstContact, Heads, HeadsSettings, pin_log};
use std::net::SocketAddr;
use std::sync::atomic::AtomicU64;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, RwLock};
use std::thread::JoinHandle;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

/// Looks that may wait for the follower.
const NUDGES: usize = 16;
/// Submissions that are under way at once.
const SUBMISSIONS: usize = 256;
/// Blobs that are sent at once: 512 MiB.
const DOWNLOADS: usize = 64;
/// Connections at one time, where none are asked for.
const CONNECTIONS: u64 = 12_288;

/// The mirror.
#[derive(Debug)]
pub struct Mirror;

/// A mirror that runs. Dropping it does not stop it: see [`Running::stop`].
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// The election's fingerprint, as it was pinned.
    pub fingerprint: Hash,
    /// Whether the log was met at this start.
    pub is_first_contact: bool,
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
    server: tokio::task::JoinHandle<()>,
    feed: tokio::task::JoinHandle<()>,
}

/// How far a copy is behind what it follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lag {
    /// Whether the log answered, and all that it showed is held and judged.
    pub is_whole: bool,
    /// Blobs that are wanted and not here.
    pub blobs_missing: u64,
    /// Why the last look at the log failed.
    pub problem: Option<String>,
}

impl Mirror {
    /// Opens the copy, or meets the log at first contact, and begins to serve and follow.
    pub async fn start(settings: Settings) -> Result<Running, MirrorError> {
        if let Some(wanted) = settings.connections_max {
            allow_connections(wanted)?;
        }
        let listen = settings.listen;
        let refused = |source| MirrorError::Listen { listen: listen.to_string(), source };
        let listener = TcpListener::bind(listen).await.map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let opened = tokio::task::spawn_blocking(move || open(settings)).await;
        let Opened { shared, follower, is_first_contact } = opened.expect("opening a copy does not panic")?;
        let threads = start_threads(&shared, follower)?;
        let settings = &shared.settings;
        let limits = Limits {
            connections_max: settings.connections_max.unwrap_or(CONNECTIONS),
            header_timeout: settings.request_timeout,
        };
        let stop = Stop::new(shared.ending.subscribe(), Option::is_some);
        let server = tokio::spawn(serve(listener, app(shared.clone()), limits, shared.clone(), stop));
        let feed = tokio::spawn(hakiki_site::follow(shared.clone()));
        tracing::info!(%address, "the mirror serves");
        let fingerprint = shared.fingerprint;
        Ok(Running { address, fingerprint, is_first_contact, shared, threads, server, feed })
    }
}

impl Running {
    /// The log's name.
    pub fn origin(&self) -> String {
        self.shared.held.origin().to_string()
    }

    /// Everything that was noticed and stands.
    pub fn alarms(&self) -> Vec<Alarm> {
        self.shared.alarms.all()
    }

    /// Entries under the newest signed head that is held.
    pub fn size(&self) -> u64 {
        self.shared.head().map_or(0, |head| head.size())
    }

    /// How far the copy is behind.
    pub fn lag(&self) -> Lag {
        let origin = self.shared.origin();
        let is_held = origin.answered_unix_s.is_some() && self.size() >= origin.size;
        let is_judged = *self.shared.held.folded().borrow() >= self.size();
        Lag {
            is_whole: is_held && is_judged && self.size() > 0,
            blobs_missing: self.shared.images.missing(),
            problem: origin.problem,
        }
    }

    /// Waits until the copy cannot be written any more; forever if that does not happen.
    pub async fn failure(&self) -> MirrorError {
        let mut ending = self.shared.ending.subscribe();
        let failed = ending.wait_for(|ending| matches!(ending, Some(Ending::Failed(_)))).await;
        match failed.as_deref() {
            Ok(Some(Ending::Failed(found))) => MirrorError::Failed { found: found.clone() },
            _ => MirrorError::Failed { found: "the mirror is gone".to_owned() },
        }
    }

    /// Stops: answers what was asked, makes durable what is live, writes what is left for file servers.
    pub async fn stop(self) -> Result<(), MirrorError> {
        let Self { shared, threads, server, feed, .. } = self;
        shared.end(Ending::Asked);
        shared.pages.feed.close();
        if let Some(searching) = shared.pages.searching() {
            searching.stop();
        }
        // If looks wait, the follower sees that it is to end before it takes the next.
        let _ = shared.nudge.try_send(Nudge::Stop);
        let _ = server.await;
        feed.abort();
        let _ = feed.await;
        let ending = shared.clone();
        let joined = tokio::task::spawn_blocking(move || {
            let panicked = threads.into_iter().map(JoinHandle::join).filter(Result::is_err).count();
            if let Some(stamps) = &shared.stamps {
                stamps.close();
            }
            // Its last owner closes the state of what was cosigned, which waits for its writer.
            drop(shared);
            panicked
        });
        let panicked = joined.await.unwrap_or(1);
        let failed = ending.ending.borrow().clone();
        match failed {
            Some(Ending::Failed(found)) => Err(MirrorError::Failed { found }),
            _ if panicked > 0 => {
                Err(MirrorError::Failed { found: "a part of the mirror panicked".to_owned() })
            }
            _ => Ok(()),
        }
    }
}

impl Counted for Shared {
    fn open_connections(&self) -> &AtomicU64 {
        &self.counters.connections
    }
}

struct Opened {
    shared: Arc<Shared>,
    follower: Follower,
    is_first_contact: bool,
}

/// The copy, with the log that it is of.
struct Copy {
    pin: Pin,
    log: Log<MirrorDisk>,
    is_first_contact: bool,
}

fn open(mut settings: Settings) -> Result<Opened, MirrorError> {
    let disk = Arc::new(PosixDisk::new(&settings.dir));
    let remote = Remote::new(&settings.source);
    let Copy { pin, log, is_first_contact } = open_copy(&settings, &disk, &remote)?;
    let (reader, blobs) = (Reader::new(disk.clone()), Blobs::new(disk.clone()));
    let origin = origin(&pin)?;
    let held = Arc::new(Held::new(origin, restore::tree(&reader, log.head())?));
    let ledger = begin(&reader, log.head().size)?;
    held.set_folded(1);
    let alarms = Arc::new(Alarms::open(disk.clone())?);
    let heads = open_heads(&mut settings, &pin, &held)?;
    let stamping = settings.keys.stamping.take();
    let open_stamps = |key| Stamps::open(&settings.dir.join("stamps"), key, pin.fingerprint, alarms.clone());
    let stamps = stamping.map(open_stamps).transpose()?;
    let collector = settings.is_collecting.then(|| Collector::open(&settings.dir)).transpose()?;
    let others = settings.compare.iter().map(|address| (address.clone(), Remote::new(address)));
    let remotes =
        std::iter::once((settings.source.clone(), Remote::new(&settings.source))).chain(others).collect();
    let shown = Arc::new(Shown::new(ledger.clone()));
    let outlines = settings.boundaries.as_deref();
    let boundaries = outlines.map(|path| read_boundaries(path, &settings.boundaries_property)).transpose()?;
    let (nudge, nudges) = sync_channel(NUDGES);
    let read_head = |state: State| Ok::<_, MirrorError>(state.read(&disk, &pin.key)?.map(Arc::new));
    let shared = Arc::new(Shared {
        published: watch::Sender::new(read_head(State::Signed)?),
        cosigned: RwLock::new(read_head(State::Cosigned)?),
        held_by_rivals: RwLock::new(read_head(State::Held)?),
        log_key: pin.key.clone(),
        fingerprint: pin.fingerprint,
        reader,
        remote,
        fetcher: BlobFetcher { blobs, remotes },
        held,
        pages: served_pages(&settings, shown.clone()),
        shown,
        boundaries,
        ledger: RwLock::new(ledger),
        alarms,
        origin: Mutex::new(OriginState::default()),
        images: Images::new(settings.blobs.clone()),
        nudge,
        heads,
        stamps,
        collector,
        queue: Queue::open(disk.clone(), settings.queue_max)?,
        key_limits: KeyLimits::new(settings.key_rate_per_minute, settings.key_burst),
        counters: Counters::default(),
        permits: Permits {
            submissions: Semaphore::new(SUBMISSIONS),
            downloads: Arc::new(Semaphore::new(DOWNLOADS)),
        },
        ending: watch::Sender::new(None),
        disk,
        settings,
    });
    check_heads(&shared)?;
    fold::catch_up(&shared)?;
    let follower = open_follower(log, &shared, nudges);
    Ok(Opened { shared, follower, is_first_contact })
}

fn served_pages(settings: &Settings, shown: Arc<Shown>) -> Pages {
    let pages = Pages::new(shown, settings.feeds_max);
    if settings.is_searched { pages.with_search(&settings.dir) } else { pages }
}

fn open_follower(log: Log<MirrorDisk>, shared: &Arc<Shared>, nudges: Receiver<Nudge>) -> Follower {
    // The first look is at once.
    let _ = shared.nudge.try_send(Nudge::Look(None));
    Follower::new(log, shared.clone(), nudges)
}

/// Opens the copy; at first contact, or where the first entry was never stored, the log is met.
fn open_copy(settings: &Settings, disk: &Arc<PosixDisk>, remote: &Remote) -> Result<Copy, MirrorError> {
    let known = Pin::read(disk)?;
    let pinned = known.as_ref().map(|pin| pin.fingerprint);
    if let (Some(found), Some(expected)) = (pinned, settings.fingerprint)
        && found != expected
    {
        return Err(MirrorError::OtherElection { found, expected });
    }
    let has_log = disk.exists("private/head").map_err(MirrorError::system("looking for the copy"))?;
    if has_log && known.is_none() {
        return Err(MirrorError::damaged("private/mirrored", "it is missing, but there is a copy of a log"));
    }
    let mirrored = Arc::new(MirrorDisk(disk.clone()));
    if let (Some(pin), true) = (&known, has_log) {
        let origin = origin(pin)?;
        let log = Log::open(mirrored.clone(), &origin, &mut mark_head(&origin))?;
        if log.head().size > 0 {
            return Ok(Copy { pin: pin.clone(), log, is_first_contact: false });
        }
    }
    let Met { pin, first } = meet(&settings.source, remote, settings.fingerprint.or(pinned))?;
    pin.write(disk)?;
    let origin = origin(&pin)?;
    let sign = &mut mark_head(&origin);
    let mut log =
        if has_log { Log::open(mirrored, &origin, sign) } else { Log::create(mirrored, &origin, sign) }?;
    log.append(vec![first], sign)?;
    Ok(Copy { pin, log, is_first_contact: true })
}

fn origin(pin: &Pin) -> Result<Origin, MirrorError> {
    Origin::new(pin.key.name().as_str())
        .map_err(|error| MirrorError::damaged("private/mirrored", error.to_string()))
}

fn begin(reader: &Reader<PosixDisk>, size: u64) -> Result<Ledger, MirrorError> {
    let damaged = |found: String| MirrorError::damaged("entry 0", found);
    let first = restore::entry(reader, 0, size)?.ok_or_else(|| damaged("it is missing".to_owned()))?;
    Record::parse(&first).and_then(Ledger::begin).map_err(|refusal| damaged(refusal.to_string()))
}

/// Opens what was cosigned, if there are keys to cosign with.
fn open_heads(settings: &mut Settings, pin: &Pin, held: &Arc<Held>) -> Result<Option<Heads>, MirrorError> {
    let keys = std::mem::take(&mut settings.keys.cosigning);
    if keys.is_empty() {
        return Ok(None);
    }
    let dir = settings.dir.join("cosigner");
    // A directory may have a name that no address has.
    let url = settings.source.replace(|c: char| c.is_whitespace() || c.is_control(), "_");
    pin_log(&dir, &pin.key, Some(FirstContact { url, fingerprint: pin.fingerprint }))?;
    let mut heads = HeadsSettings::new(keys);
    heads.condition = Some(held.clone());
    Ok(Some(Heads::open(&dir, heads)?))
}

/// The heads that were served before must be of what is held.
fn check_heads(shared: &Shared) -> Result<(), MirrorError> {
    for state in [State::Signed, State::Cosigned, State::Held] {
        let Some(head) = shared.head_of(state) else { continue };
        if shared.held.relation(&head.checkpoint.head()) != Relation::Held {
            return Err(MirrorError::damaged(state.path(), "it is not a head of the entries that are held"));
        }
    }
    Ok(())
}

fn start_threads(shared: &Arc<Shared>, follower: Follower) -> Result<Vec<JoinHandle<()>>, MirrorError> {
    type Work = Box<dyn FnOnce() + Send>;
    let on = |work: fn(&Arc<Shared>)| -> Work {
        let shared = shared.clone();
        Box::new(move || work(&shared))
    };
    let works: [(&str, Work); 7] = [
        ("follower", Box::new(move || follower.run())),
        ("files", on(pages::follow)),
        ("images", on(images::follow)),
        ("search", on(|shared| hakiki_site::keep_search(&**shared))),
        ("relay", on(relay::follow)),
        ("compare", on(compare::follow)),
        ("stamps-witnesses", on(witnesses::follow)),
    ];
    let start = |(name, work): (&str, Work)| {
        // A part that panics ends the mirror: what is left would look alive and do half of its work.
        let shared = shared.clone();
        let guarded = move || {
            let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
            if done.is_err() {
                shared.end(Ending::Failed("a part of the mirror panicked".to_owned()));
            }
        };
        std::thread::Builder::new().name(name.to_owned()).spawn(guarded)
    };
    let threads: Result<Vec<_>, _> = works.into_iter().map(start).collect();
    threads.map_err(MirrorError::system("starting a thread"))
}
