//! A round of the desk: each feed that is due is asked once, one host at a time, and what is new becomes signed records in the queue.
//!
//! The clock comes from the caller, so that a round can be played; only the rest between two requests to one host is slept.

use crate::configuration::{Configuration, FeedSettings};
use crate::error::PressError;
use crate::feed::{Item, LeftOut, ReadFeed, read};
use crate::lock::lock;
use crate::polite::{Fetched, Guest, Problem, Validators, host};
use crate::rules::speaks_of;
use crate::state::{Counts, Queued, State};
use hakiki_core::Record;
use hakiki_core::kinds::{Body, Statement};
use hakiki_core::record::{Signer as NamedSigner, compose_for};
use hakiki_core::text::Time;
use hakiki_note::{Hash, Note, SignatureLine, VerifierKey};
use std::collections::BTreeMap;
use std::fs::File;
use std::time::{Duration, Instant};

/// A feed that fails is asked half as often each time, down to once in 64 intervals.
const FAILURES_MAX: u32 = 6;

/// The desk's key: its public half, and what signs a text with it.
pub struct Signer<'a> {
    /// The public half under its name.
    pub key: VerifierKey,
    /// Signs a text; a token may refuse.
    pub sign: &'a dyn Fn(&str) -> Result<SignatureLine, String>,
}

/// A new record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drafted {
    /// Its id.
    pub id: Hash,
    /// What it says.
    pub statement: Statement,
    /// The text, whose hash it names.
    pub text: String,
}

/// What became of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was read.
    Read {
        /// What is new, in the order in which it is sent.
        new: Vec<Drafted>,
        /// How many items stand already.
        known: usize,
        /// Items that are not taken.
        left_out: Vec<LeftOut>,
    },
    /// It says that nothing changed.
    Unchanged,
    /// It is not to be asked yet.
    NotDue,
    /// It could not be read.
    Failed(Problem),
}

/// What came of a round.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Round {
    /// Feeds that were asked.
    pub asked: usize,
    /// Of these, feeds that said "unchanged".
    pub unchanged: usize,
    /// Of these, feeds that could not be read.
    pub failed: usize,
    /// New records.
    pub new: usize,
}

/// A press desk with its directory, which nobody else uses meanwhile.
pub struct Desk {
    pub(crate) configuration: Configuration,
    pub(crate) state: State,
    guest: Guest,
    /// When each host was asked last in this run.
    asked: BTreeMap<String, Instant>,
    _lock: Option<File>,
}

impl Desk {
    /// Opens the desk of a configuration; its directory is made if it is missing.
    pub fn open(configuration: Configuration) -> Result<Self, PressError> {
        let lock = lock(&configuration.dir)?;
        let state = State::open(&configuration.dir.join("state.sqlite"))?;
        Ok(Self::of(configuration, state, Some(lock)))
    }

    /// A desk that keeps nothing and has seen nothing: for a look at what the feeds hold.
    pub fn that_keeps_nothing(configuration: Configuration) -> Result<Self, PressError> {
        let state = State::in_memory()?;
        Ok(Self::of(configuration, state, None))
    }

    fn of(configuration: Configuration, state: State, lock: Option<File>) -> Self {
        let guest = Guest::new(&configuration.contact, configuration.timeout);
        Self { configuration, state, guest, asked: BTreeMap::new(), _lock: lock }
    }

    /// How many records stand where.
    pub fn counts(&self) -> Result<Counts, PressError> {
        self.state.counts()
    }

    /// Asks every feed that is due at `now_s` and queues what is new; `told` hears of each feed as it is done.
    pub fn fetch(
        &mut self,
        signer: &Signer<'_>,
        now_s: u64,
        told: &mut dyn FnMut(&FeedSettings, &Outcome),
    ) -> Result<Round, PressError> {
        let mut round = Round::default();
        let mut waiting: Vec<FeedSettings> = self.configuration.feeds.clone();
        // Whose host was asked longest ago goes first, so that many feeds of one host hold up nobody else.
        while let Some(next) = (0..waiting.len()).min_by_key(|at| (self.last_asked(&waiting[*at].url), *at)) {
            let feed = waiting.remove(next);
            let outcome = self.one(&feed, signer, now_s)?;
            match &outcome {
                Outcome::NotDue => {}
                Outcome::Unchanged => round.unchanged += 1,
                Outcome::Failed(_) => round.failed += 1,
                Outcome::Read { new, .. } => round.new += new.len(),
            }
            round.asked += usize::from(outcome != Outcome::NotDue);
            told(&feed, &outcome);
        }
        Ok(round)
    }

    fn last_asked(&self, url: &str) -> Option<Instant> {
        host(url).and_then(|(_, name)| self.asked.get(name)).copied()
    }

    /// How long this host is to be left alone in this run.
    fn wait_for(&self, url: &str) -> Duration {
        let last = self.last_asked(url);
        last.map_or(Duration::ZERO, |last| self.configuration.host_gap.saturating_sub(last.elapsed()))
    }

    fn one(&mut self, feed: &FeedSettings, signer: &Signer<'_>, now_s: u64) -> Result<Outcome, PressError> {
        let name = host(&feed.url).map_or("", |(_, name)| name).to_owned();
        let (next_s, failures) = self.state.next_of(&feed.url)?;
        if now_s < next_s || now_s < self.state.host_rests_until(&name)? {
            return Ok(Outcome::NotDue);
        }
        std::thread::sleep(self.wait_for(&feed.url));
        let known = self.state.validators(&feed.url)?;
        let fetched = self.guest.ask(&feed.url, &known);
        self.asked.insert(name.clone(), Instant::now());
        let read = match fetched {
            Ok(Fetched::Unchanged) => {
                self.state.note_asked(&feed.url, now_s + feed.interval.as_secs(), 0)?;
                return Ok(Outcome::Unchanged);
            }
            Ok(Fetched::New { bytes, validators }) => read(&bytes, &feed.url).map(|read| (read, validators)),
            Err(problem) => Err(problem),
        };
        match read {
            Ok((read, validators)) => self.take(feed, read, &validators, signer, now_s),
            Err(problem) => {
                let failures = failures.saturating_add(1).min(FAILURES_MAX);
                let rest_s = feed.interval.as_secs() << failures;
                self.state.note_asked(&feed.url, now_s + rest_s, failures)?;
                if let Problem::Rest { seconds } = problem {
                    self.state.rest_host(&name, now_s.saturating_add(seconds))?;
                }
                Ok(Outcome::Failed(problem))
            }
        }
    }

    /// Queues what is new in a feed. Nothing is queued where one record cannot be made.
    fn take(
        &mut self,
        feed: &FeedSettings,
        read: ReadFeed,
        validators: &Validators,
        signer: &Signer<'_>,
        now_s: u64,
    ) -> Result<Outcome, PressError> {
        let mut made: Vec<(Record, Statement, Item)> = Vec::new();
        let (mut same, mut known) = (Vec::new(), 0);
        for item in read.items {
            let text_hash = item.text_hash();
            let before = self.state.item(&feed.url, &item.key)?;
            if before.as_ref().is_some_and(|before| before.text_hash == text_hash) {
                known += 1;
                continue;
            }
            let Some(before) = before else {
                // The publisher's own text again, as in a second feed, stands already.
                let here = made.iter().find(|(_, statement, _)| statement.text == text_hash);
                let here = here.map(|(record, ..)| *record.id());
                if let Some(record) = here.or(self.state.record_of_text(&feed.publisher, &text_hash)?) {
                    known += 1;
                    same.push((item, record));
                } else {
                    let statement = self.statement(feed, &item, item.published.or(item.updated), None);
                    made.push((self.sign(&statement, signer)?, statement, item));
                }
                continue;
            };
            // A changed text was published when the feed says that it changed; what the feed does not say stays missing.
            let updated = item.updated.filter(|time| before.updated.as_deref() != Some(&time.to_string()));
            let corrects = (!before.is_refused).then_some(before.record);
            let statement = self.statement(feed, &item, updated, corrects);
            made.push((self.sign(&statement, signer)?, statement, item));
        }
        let of_made = made.iter().map(|(record, _, item)| Queued {
            item,
            record: *record.id(),
            note: Some(record.note()),
        });
        let of_same = same.iter().map(|(item, record)| Queued { item, record: *record, note: None });
        let queued: Vec<_> = of_made.chain(of_same).collect();
        let next_s = now_s + feed.interval.as_secs();
        self.state.queue(&feed.url, &feed.publisher, &queued, validators, next_s)?;
        let drafted = |(record, statement, item): (Record, Statement, Item)| Drafted {
            id: *record.id(),
            statement,
            text: item.text,
        };
        let new = made.into_iter().map(drafted).collect();
        Ok(Outcome::Read { new, known, left_out: read.left_out })
    }

    fn statement(
        &self,
        feed: &FeedSettings,
        item: &Item,
        published: Option<Time>,
        corrects: Option<Hash>,
    ) -> Statement {
        let subjects = speaks_of(&item.text, &feed.always, &self.configuration.rules);
        Statement {
            of: self.configuration.of_election,
            publisher: feed.publisher.clone(),
            said_by: feed.said_by.clone(),
            // A feed has no line for it.
            happened: None,
            published,
            language: feed.language.clone(),
            text: item.text_hash(),
            address: item.address.clone(),
            records: subjects.records,
            areas: subjects.areas,
            claims: subjects.claims,
            corrects,
        }
    }

    fn sign(&self, statement: &Statement, signer: &Signer<'_>) -> Result<Record, PressError> {
        let named = NamedSigner { name: signer.key.name().clone(), key_hash: signer.key.key().hash() };
        let body = Body::from(statement.clone());
        let text = compose_for(&body, Some(&self.configuration.election), &[named]);
        let failed = |found: String| PressError::Record { found };
        let line = (signer.sign)(&text).map_err(failed)?;
        let note = Note { text, signatures: vec![line] }.to_text();
        Record::parse(note.as_bytes()).map_err(|refusal| failed(refusal.to_string()))
    }
}
