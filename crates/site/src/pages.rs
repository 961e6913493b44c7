//! When pages are made, and what is kept of them.
//!
//! The snapshot of a head is made when somebody asks for a page and the head has moved: never for a head that nobody looks
//! at, never more often than an interval, and it rests longer than it works. Pages are kept as they went out until the next
//! snapshot. It makes no pages itself: that is `hakiki-portal`.

use crate::document::{Document, Keep};
use crate::feed::Feed;
use crate::holder::{Holder, Stored, StoredTables};
use crate::kept::Kept;
use crate::policy::Policy;
use crate::results::Results;
use crate::searching::Searching;
use crate::shown::Shown;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use hakiki_core::Ledger;
use hakiki_portal::{HeadState, Page, Site, Snapshot, respond};
use std::num::NonZero;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, TryLockError};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

/// Least time between two snapshots.
const INTERVAL: Duration = Duration::from_millis(500);
/// It rests so many times as long as a snapshot took: whoever writes the log comes first.
const REST_FACTOR: u32 = 4;
/// While another makes a snapshot, one that is not older than this serves.
const AGE_MAX: Duration = Duration::from_secs(5);
/// Memory for the pages of a head.
const KEPT_BYTES: usize = 96 << 20;
/// Memory for what never changes under its address.
const FOREVER_BYTES: usize = 32 << 20;

/// The pages of a holder.
pub struct Pages {
    /// The fold that they are made from.
    pub shown: Arc<Shown>,
    /// Who follows live.
    pub feed: Feed,
    pub(crate) results: Results,
    searching: Option<Searching>,
    /// Pages being made: as many as there are cores, so that a flood of readers does not starve submissions.
    pub(crate) cores: Semaphore,
    /// How often something changed about the newest heads.
    moved: AtomicU64,
    made: RwLock<Option<Arc<Made>>>,
    making: Mutex<()>,
    forever: Kept,
}

/// A snapshot and the pages that were made from it.
pub(crate) struct Made {
    pub snapshot: Snapshot,
    /// What `moved` was before it was made.
    pub moved: u64,
    kept: Arc<Kept>,
    done: Instant,
    rest: Duration,
}

impl Pages {
    /// Pages from a fold; `feeds_max` connections may follow live.
    pub fn new(shown: Arc<Shown>, feeds_max: u64) -> Self {
        Self {
            shown,
            feed: Feed::new(feeds_max),
            results: Results::default(),
            searching: None,
            cores: Semaphore::new(std::thread::available_parallelism().map_or(1, NonZero::get)),
            moved: AtomicU64::new(1),
            made: RwLock::default(),
            making: Mutex::default(),
            forever: Kept::new(FOREVER_BYTES),
        }
    }

    /// With a search of statements, whose index lies below the directory of the log. Somebody runs
    /// [`keep_search`](crate::keep_search).
    #[must_use]
    pub fn with_search(self, dir: &Path) -> Self {
        Self { searching: Some(Searching::new(dir)), ..self }
    }

    /// The search of statements, where the holder has one.
    pub fn searching(&self) -> Option<&Searching> {
        self.searching.as_ref()
    }

    /// Takes notice that the newest head, or who stands behind it, has changed. Costs nothing until somebody looks.
    pub fn move_on(&self) {
        self.moved.fetch_add(1, Ordering::AcqRel);
        self.feed.stir();
        if let Some(searching) = &self.searching {
            searching.move_on();
        }
    }

    /// How often something changed.
    pub(crate) fn moved(&self) -> u64 {
        self.moved.load(Ordering::Acquire)
    }

    /// Lets the second fold go forward where much waits although nobody looks.
    pub(crate) fn catch_up(&self, holder: &impl Holder) {
        if self.shown.is_behind() {
            self.shown.advance(&StoredTables(holder));
        }
    }

    /// A page from memory, if it is there in the form that is asked for. Never waits.
    pub(crate) fn at_once(&self, uri: &Uri, asked: &HeaderMap) -> Option<Response> {
        let address = address(uri)?;
        let found = self.fresh().and_then(|made| made.kept.find(address));
        found.or_else(|| self.forever.find(address))?.answer_at_once(asked)
    }

    /// The page of an address, kept or made. May make a snapshot; none before the first head is whole.
    pub(crate) fn page(
        &self,
        holder: &impl Holder,
        uri: &Uri,
        query: &[(String, String)],
    ) -> Option<Arc<Document>> {
        let address = address(uri);
        if let Some(kept) = address.and_then(|address| self.forever.find(address)) {
            return Some(kept);
        }
        let made = self.current(holder)?;
        if let Some(kept) = address.and_then(|address| made.kept.find(address)) {
            return Some(kept);
        }
        let page = {
            let ledger = self.shown.ledger();
            respond(&site(&ledger, &made.snapshot, &Stored(holder)), uri.path(), query)
        };
        let (is_found, is_forever) = (page.status == 200, page.immutable);
        let document = Arc::new(document(uri.path(), page));
        match address.filter(|_| is_found) {
            Some(address) if is_forever => self.forever.put(address, document.clone()),
            Some(address) => made.kept.put(address, document.clone()),
            None => {}
        }
        Some(document)
    }

    /// The snapshot to show: made now if it is due.
    pub(crate) fn current(&self, holder: &impl Holder) -> Option<Arc<Made>> {
        if let Some(made) = self.fresh() {
            return Some(made);
        }
        let Some(_making) = self.begin_making() else { return self.made() };
        if let Some(made) = self.fresh() {
            return Some(made);
        }
        if let Some(made) = self.make(holder) {
            *self.made.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(made));
        }
        self.made()
    }

    /// The right to make a snapshot; none where another makes one and what is here is not old.
    fn begin_making(&self) -> Option<MutexGuard<'_, ()>> {
        match self.making.try_lock() {
            Ok(making) => return Some(making),
            Err(TryLockError::Poisoned(poisoned)) => return Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => {}
        }
        if self.made().is_some_and(|made| made.done.elapsed() < AGE_MAX) {
            return None;
        }
        Some(self.making.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn made(&self) -> Option<Arc<Made>> {
        self.made.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The snapshot, if no other is due.
    fn fresh(&self) -> Option<Arc<Made>> {
        let moved = self.moved();
        self.made().filter(|made| made.moved == moved || made.done.elapsed() < made.rest)
    }

    fn make(&self, holder: &impl Holder) -> Option<Made> {
        let began = Instant::now();
        let moved = self.moved();
        let head = holder.newest()?;
        let last = self.made();
        let (snapshot, kept) = match &last {
            Some(last) if *last.snapshot.head() == head => (last.snapshot.with_head(head), last.kept.clone()),
            Some(last) if is_same_tree(last.snapshot.head(), &head) => {
                (last.snapshot.with_head(head), Arc::new(Kept::new(KEPT_BYTES)))
            }
            _ => {
                let ledger = self.shown.ledger_at(head.size, &StoredTables(holder));
                if ledger.size() < head.size {
                    return None;
                }
                (Snapshot::new(&ledger, head), Arc::new(Kept::new(KEPT_BYTES)))
            }
        };
        let done = Instant::now();
        let rest = INTERVAL.max((done - began) * REST_FACTOR);
        Some(Made { snapshot, moved, kept, done, rest })
    }
}

/// What a page is kept under: its path. Only a search reads its query, and no search is kept.
fn address(uri: &Uri) -> Option<&str> {
    let asks = |query: &str| query.split('&').any(|pair| pair.starts_with("q="));
    (!uri.query().is_some_and(asks)).then(|| uri.path())
}

fn is_same_tree(one: &HeadState, other: &HeadState) -> bool {
    (one.size, one.root) == (other.size, other.root)
}

/// What the portal makes a page from.
pub(crate) fn site<'a>(
    ledger: &'a Ledger,
    snapshot: &'a Snapshot,
    source: &'a dyn hakiki_portal::Source,
) -> Site<'a> {
    Site { ledger, snapshot, source }
}

/// A page as it goes out.
pub(crate) fn document(path: &str, page: Page) -> Document {
    let keep = if page.immutable { Keep::Forever } else { Keep::AskAgain };
    Document::new(page.content_type, keep, Policy::of_path(path), page.body)
        .with_status(page.status)
        .with_location(page.location.as_deref())
}
