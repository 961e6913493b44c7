//! The index over statements that a node or a mirror keeps beside its log, and who may search it.
//!
//! The index is a file that can be thrown away: of another shape, of another log or damaged, it is made again, and where that fails
//! nothing but the search is missing. A thread of its own brings it up to each new head ([`keep_search`]); who searches reads
//! beside it and waits for nobody. It holds the ledger for moments only.

use crate::holder::{Holder, StoredTables};
use crate::search_counts::SearchCounts;
use hakiki_core::Ledger;
use hakiki_note::Hash;
use hakiki_portal::Unavailable;
use hakiki_search::{Index, InterruptHandle, Query, SearchError, SearchPage, Wrong};
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::Semaphore;

/// The folder of the index, beside the log: it may be removed as a whole.
const FOLDER: &str = "search";
/// The index in it.
const FILE: &str = "statements.sqlite";
/// What SQLite puts beside it.
const BESIDE: [&str; 3] = ["", "-wal", "-shm"];
/// Least time between two updates: heads come by the hundred in a second.
const REST: Duration = Duration::from_millis(200);
/// Rest behind the first failure; twice as long behind each further one.
const REST_FAILED: Duration = Duration::from_secs(1);
const REST_FAILED_MAX: Duration = Duration::from_secs(300);
/// Most searches at one time: each takes a core for some milliseconds and has 8 MiB of the index in memory.
const SEARCHES_MAX: usize = 4;

/// How it stands with the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// It was not brought up to a head yet.
    Making,
    /// There is nothing to search in: no statement, no file.
    Empty(u64),
    /// It holds every statement under a head of this size.
    Ready(u64),
    /// It could not be brought up to the log.
    Failed,
}

/// What the thread is told.
#[derive(Debug, Default)]
struct Work {
    has_moved: bool,
    is_stopping: bool,
    is_doubted: bool,
    texts: Vec<Hash>,
}

/// The index beside a log.
#[derive(Debug)]
pub struct Searching {
    folder: PathBuf,
    state: RwLock<State>,
    /// Those that nobody uses at this moment, and of which making of the file they are.
    readers: Mutex<Vec<(u64, Reader)>>,
    generation: AtomicU64,
    pub(crate) permits: Semaphore,
    work: Mutex<Work>,
    woken: Condvar,
    is_stopping: AtomicBool,
    searches: AtomicU64,
    pub(crate) unanswered: AtomicU64,
    failures: AtomicU64,
    remade: AtomicU64,
}

/// An index that is open for reading.
struct Reader(Index);

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reader")
    }
}

/// Why a search came to nothing.
pub(crate) enum Unsearched {
    Unavailable(Unavailable),
    Wrong(Wrong),
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Searching {
    /// An index below the directory of a log. Nothing is opened or made before there is a statement.
    pub(crate) fn new(dir: &Path) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        Self {
            folder: dir.join(FOLDER),
            state: RwLock::new(State::Making),
            readers: Mutex::default(),
            generation: AtomicU64::new(0),
            permits: Semaphore::new(cores.min(SEARCHES_MAX)),
            work: Mutex::new(Work { has_moved: true, ..Work::default() }),
            woken: Condvar::new(),
            is_stopping: AtomicBool::new(false),
            searches: AtomicU64::new(0),
            unanswered: AtomicU64::new(0),
            failures: AtomicU64::new(0),
            remade: AtomicU64::new(0),
        }
    }

    /// A new head.
    pub(crate) fn move_on(&self) {
        self.tell(|work| work.has_moved = true);
    }

    /// A text was stored, perhaps that of a statement whose record came before it.
    pub fn text_came(&self, hash: Hash) {
        self.tell(|work| work.texts.push(hash));
    }

    /// Ends the thread, soon.
    pub fn stop(&self) {
        self.is_stopping.store(true, Ordering::Relaxed);
        self.tell(|work| work.is_stopping = true);
    }

    fn tell(&self, change: impl FnOnce(&mut Work)) {
        change(&mut lock(&self.work));
        self.woken.notify_all();
    }

    /// How it stands.
    pub fn counts(&self) -> SearchCounts {
        let load = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let (is_ready, size) = match self.state() {
            State::Empty(size) | State::Ready(size) => (true, size),
            State::Making | State::Failed => (false, 0),
        };
        let (searches, unanswered) = (load(&self.searches), load(&self.unanswered));
        let (failures, remade) = (load(&self.failures), load(&self.remade));
        SearchCounts { searches, unanswered, failures, remade, is_ready, size }
    }

    fn state(&self) -> State {
        *self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, state: State) {
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = state;
    }

    fn path(&self) -> PathBuf {
        self.folder.join(FILE)
    }

    /// Searches; `begun` is given what ends the search from outside. Says up to which size it was searched.
    pub(crate) fn search(
        &self,
        query: &Query,
        begun: impl FnOnce(InterruptHandle),
    ) -> Result<(u64, SearchPage), Unsearched> {
        let size = match self.state() {
            State::Making => return Err(Unsearched::Unavailable(Unavailable::Making)),
            State::Failed => return Err(Unsearched::Unavailable(Unavailable::Failed)),
            State::Ready(size) => size,
            State::Empty(size) => {
                // A query is wrong also where there is nothing to find.
                query.check().map_err(refused)?;
                return Ok((size, SearchPage::default()));
            }
        };
        let generation = self.generation.load(Ordering::Acquire);
        let searched = self.reader(generation).and_then(|reader| {
            begun(reader.0.interrupter());
            let page = reader.0.search(query)?;
            lock(&self.readers).push((generation, reader));
            Ok(page)
        });
        let page = searched.map_err(|error| {
            if matches!(&error, SearchError::Database(error) if !error.is_interruption()) {
                tracing::error!(%error, "statements cannot be searched; the index is looked at");
                self.tell(|work| work.is_doubted = true);
            }
            refused(error)
        })?;
        self.searches.fetch_add(1, Ordering::Relaxed);
        Ok((size, page))
    }

    fn reader(&self, generation: u64) -> Result<Reader, SearchError> {
        let mut readers = lock(&self.readers);
        readers.retain(|(of, _)| *of == generation);
        if let Some((_, reader)) = readers.pop() {
            return Ok(reader);
        }
        drop(readers);
        Index::open_to_read(&self.path()).map(Reader)
    }

    /// Waits for something to do, at most as long as `most` where there is such a limit; none when it is to end.
    fn wait(&self, most: Option<Duration>) -> Option<Work> {
        let mut work = lock(&self.work);
        let has_work = |work: &Work| work.has_moved || work.is_doubted || !work.texts.is_empty();
        loop {
            if work.is_stopping {
                return None;
            }
            // Behind a failure it rests, whatever comes.
            if most.is_none() && has_work(&work) {
                return Some(std::mem::take(&mut *work));
            }
            let (waited, is_over) = match most {
                None => (self.woken.wait(work).unwrap_or_else(PoisonError::into_inner), false),
                Some(most) => {
                    let waited = self.woken.wait_timeout_while(work, most, |work| !work.is_stopping);
                    let (waited, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
                    (waited, timeout.timed_out())
                }
            };
            work = waited;
            if is_over {
                return Some(std::mem::take(&mut *work));
            }
        }
    }

    /// Removes the file and what stands beside it; nothing else is touched.
    fn throw_away(&self) {
        for end in BESIDE {
            let path = self.folder.join(format!("{FILE}{end}"));
            if let Err(error) = std::fs::remove_file(&path)
                && error.kind() != std::io::ErrorKind::NotFound
            {
                tracing::warn!(path = %path.display(), %error, "the index could not be removed");
            }
        }
        // Who reads an older file goes on to its end and then opens the new one.
        self.generation.fetch_add(1, Ordering::AcqRel);
        self.remade.fetch_add(1, Ordering::Relaxed);
    }

    fn open(&self) -> Result<Index, SearchError> {
        // Where the folder cannot be made the file cannot be, and that is told.
        let _ = std::fs::create_dir_all(&self.folder);
        let index = Index::open_or_make(&self.path())?;
        match index.damage()? {
            None => Ok(index),
            Some(found) => {
                Err(SearchError::NoIndex { path: self.path(), found: format!("is damaged ({found})") })
            }
        }
    }
}

fn refused(error: SearchError) -> Unsearched {
    match error {
        SearchError::Query(wrong) => Unsearched::Wrong(wrong),
        SearchError::Database(error) if error.is_interruption() => {
            Unsearched::Unavailable(Unavailable::TooSlow)
        }
        _ => Unsearched::Unavailable(Unavailable::Failed),
    }
}

/// Brings the index of a holder up to each new head, until it is told to stop; ends at once where there is none. Needs a thread.
pub fn keep_search<H: Holder>(holder: &H) {
    let Some(searching) = holder.pages().searching() else { return };
    // Whatever an index does, the log is served.
    let kept = catch_unwind(AssertUnwindSafe(|| keep(holder, searching)));
    if kept.is_err() {
        tracing::error!(
            "the thread of the search panicked; statements cannot be searched until the next start"
        );
        searching.failures.fetch_add(1, Ordering::Relaxed);
        searching.set(State::Failed);
    }
}

fn keep<H: Holder>(holder: &H, searching: &Searching) {
    let mut writer = Writer { holder, searching, index: None };
    let (mut rest, mut failures) = (None, 0u32);
    while let Some(work) = searching.wait(rest) {
        match writer.work(&work) {
            Ok(()) => {
                failures = 0;
                rest = None;
                // Not `wait`: what comes meanwhile is taken together.
                let stopping = lock(&searching.work);
                drop(searching.woken.wait_timeout_while(stopping, REST, |work| !work.is_stopping));
            }
            Err(_) if searching.is_stopping.load(Ordering::Relaxed) => break,
            Err(error) => {
                searching.failures.fetch_add(1, Ordering::Relaxed);
                searching.set(State::Failed);
                let longer = REST_FAILED.saturating_mul(1 << failures.min(16)).min(REST_FAILED_MAX);
                tracing::error!(%error, seconds = longer.as_secs(), "statements cannot be searched; tried again later");
                failures += 1;
                rest = Some(longer);
                writer.index = None;
            }
        }
    }
    // The last that closes the file writes what waits into it; nobody asks any more.
    lock(&searching.readers).clear();
}

/// The one that writes the index.
struct Writer<'a, H> {
    holder: &'a H,
    searching: &'a Searching,
    index: Option<Index>,
}

impl<H: Holder> Writer<'_, H> {
    fn work(&mut self, work: &Work) -> Result<(), SearchError> {
        if work.is_doubted {
            self.index = None;
        }
        let Err(error) = self.bring_up(&work.texts) else { return Ok(()) };
        if self.searching.is_stopping.load(Ordering::Relaxed) || matches!(error, SearchError::Source { .. }) {
            return Err(error);
        }
        tracing::warn!(%error, "the index of statements is made again");
        self.index = None;
        self.searching.throw_away();
        self.bring_up(&[])
    }

    fn bring_up(&mut self, came: &[Hash]) -> Result<(), SearchError> {
        let Self { holder, searching, index } = self;
        let shown = &holder.pages().shown;
        let signed = holder.sizes().signed;
        // A log of an authority has no statements: on its night nothing is folded for a search.
        if shown.ledger().election().authority.is_some() {
            searching.set(State::Empty(signed));
            return Ok(());
        }
        let (size, has_statements) = {
            let ledger = shown.ledger_at(signed, &StoredTables(*holder));
            (ledger.size().min(signed), !ledger.statements().is_empty())
        };
        if !has_statements {
            searching.set(State::Empty(size));
            return Ok(());
        }
        let look = |see: &mut dyn FnMut(&Ledger)| see(&shown.ledger());
        let mut texts = |hashes: &[Hash]| {
            if searching.is_stopping.load(Ordering::Relaxed) {
                return Err(SearchError::Source { found: "stopping".to_owned() });
            }
            Ok(hashes.iter().map(|hash| text(*holder, hash)).collect())
        };
        let is_opened = index.is_none();
        let open = match index.take() {
            Some(open) => open,
            None => searching.open()?,
        };
        let open = index.insert(open);
        let updated = open.update_to(size, &look, &mut texts, &mut |_, _| {})?;
        let completed = if is_opened {
            open.complete(&look, &mut texts)
        } else {
            open.take_texts(came, &look, &mut texts)
        }?;
        if is_opened || updated.removed > 0 {
            let (held, removed) = (updated.held, updated.removed);
            tracing::info!(size, held, removed, completed, "the index of statements is up to date");
        }
        searching.set(State::Ready(size));
        Ok(())
    }
}

/// A statement's text, where it is here and may be shown.
fn text(holder: &impl Holder, hash: &Hash) -> Option<String> {
    let is_here = holder.has_blob(hash).unwrap_or_else(|error| {
        tracing::error!(%hash, %error, "a blob cannot be looked for");
        false
    });
    is_here.then(|| holder.table(hash)).flatten().and_then(|bytes| String::from_utf8(bytes).ok())
}
