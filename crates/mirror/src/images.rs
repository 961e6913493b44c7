//! Blobs beside tables, photographs first of all: which are wanted, and fetching them behind the log.
//!
//! A photograph may come long after the record that names it, so what is not there yet is asked for again and again.

use crate::fetched::Fetched;
use crate::settings::BlobChoice;
use crate::shared::{Shared, read};
use hakiki_core::Ledger;
use hakiki_core::kinds::Body;
use hakiki_note::Hash;
use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Blobs that are asked for at one time.
const AT_ONCE: usize = 32;
/// Time after which what was not there is asked for again.
const AGAIN: Duration = Duration::from_secs(20);
/// Rest when nothing is wanted.
const IDLE: Duration = Duration::from_millis(250);

/// The blobs that are wanted.
pub(crate) struct Images {
    choice: BlobChoice,
    wanted: Mutex<Wanted>,
}

#[derive(Default)]
struct Wanted {
    known: BTreeSet<Hash>,
    new: VecDeque<Hash>,
    /// Those that were not there, and when they were last asked for.
    absent: VecDeque<(Instant, Hash)>,
}

impl Images {
    pub fn new(choice: BlobChoice) -> Self {
        Self { choice, wanted: Mutex::default() }
    }

    /// Wants what a record names, as chosen. The record stands in the ledger.
    pub fn want(&self, body: &Body, ledger: &Ledger) {
        let hashes = self.chosen(body, ledger);
        if hashes.is_empty() {
            return;
        }
        let mut wanted = self.lock();
        for hash in hashes {
            if wanted.known.insert(hash) {
                wanted.new.push_back(hash);
            }
        }
    }

    /// How many are wanted and not here.
    pub fn missing(&self) -> u64 {
        let wanted = self.lock();
        (wanted.new.len() + wanted.absent.len()) as u64
    }

    /// Not an image's table of agents: it holds identity numbers, and is nobody's to have.
    fn chosen(&self, body: &Body, ledger: &Ledger) -> Vec<Hash> {
        match (&self.choice, body) {
            (BlobChoice::All | BlobChoice::Forms, Body::Image(image)) => vec![image.page],
            (BlobChoice::All, body) => body.blobs(),
            (BlobChoice::Contest(code), Body::Image(image)) => {
                let entry = ledger.entry_of(&image.of).and_then(|entry| ledger.entries().get(entry as usize));
                let is_of =
                    entry.is_some_and(|entry| ledger.election().contest_index(code) == Some(entry.contest));
                if is_of { vec![image.page] } else { Vec::new() }
            }
            (BlobChoice::None | BlobChoice::Forms | BlobChoice::Contest(_), _) => Vec::new(),
        }
    }

    /// The next that are to be asked for.
    fn next(&self) -> Vec<Hash> {
        let mut wanted = self.lock();
        let count = wanted.new.len().min(AT_ONCE);
        let mut next: Vec<Hash> = wanted.new.drain(..count).collect();
        while next.len() < AT_ONCE && wanted.absent.front().is_some_and(|(at, _)| at.elapsed() >= AGAIN) {
            next.extend(wanted.absent.pop_front().map(|(_, hash)| hash));
        }
        next
    }

    fn put_back(&self, absent: Vec<Hash>) {
        let now = Instant::now();
        self.lock().absent.extend(absent.into_iter().map(|hash| (now, hash)));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Wanted> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Fetches until the mirror stops.
pub(crate) fn follow(shared: &Arc<Shared>) {
    while !shared.is_stopping() {
        let mut next = shared.images.next();
        {
            let ledger = read(&shared.ledger);
            next.retain(|hash| ledger.withheld_by(hash).is_none());
        }
        if next.is_empty() {
            shared.wait_for_stop(IDLE);
            continue;
        }
        let fetch = |hash: &Hash| match shared.fetcher.fetch(*hash, &shared.alarms) {
            Ok(fetched) => {
                let is_here = fetched == Fetched::Here;
                if let Some(searching) = shared.pages.searching().filter(|_| is_here) {
                    searching.text_came(*hash);
                }
                is_here
            }
            Err(error) => {
                tracing::error!(%hash, %error, "a blob could not be stored");
                false
            }
        };
        let fetched = match shared.fetcher.remotes.first() {
            Some((_, remote)) => remote.each(&next, fetch),
            None => next.iter().map(fetch).collect(),
        };
        shared
            .images
            .put_back(next.into_iter().zip(fetched).filter(|(_, here)| !here).map(|(h, _)| h).collect());
    }
}
