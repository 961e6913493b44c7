//! What the desk knows: feeds, their items, and the queue to the log, in one SQLite file in its directory, which any auditor can open.
//!
//! One transaction holds a feed's items, their signed records and the feed's own "unchanged since", so that no crash parts them:
//! either the feed is read again, or its records wait in the queue. A record leaves the queue when its receipt lies in a file.

use crate::error::PressError;
use crate::feed::Item;
use crate::polite::Validators;
use hakiki_note::Hash;
use hakiki_search::{DatabaseError, column_hash as hash};
use rusqlite::{Connection, OptionalExtension as _, params};
use std::path::{Path, PathBuf};

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS feed (
    url TEXT PRIMARY KEY, etag TEXT, modified TEXT, next_s INTEGER NOT NULL, failures INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS host (name TEXT PRIMARY KEY, not_before_s INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS item (
    feed TEXT NOT NULL, key TEXT NOT NULL, publisher TEXT NOT NULL, text_hash TEXT NOT NULL, updated TEXT,
    record TEXT NOT NULL, PRIMARY KEY (feed, key)
) STRICT;
CREATE INDEX IF NOT EXISTS item_text ON item (publisher, text_hash);
CREATE TABLE IF NOT EXISTS queue (
    number INTEGER PRIMARY KEY AUTOINCREMENT, record TEXT NOT NULL UNIQUE, note TEXT NOT NULL,
    text_hash TEXT NOT NULL, text TEXT, stage TEXT NOT NULL, refusal TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS queue_stage ON queue (stage, number);
";

/// How many records stand where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// In the log, with a receipt.
    pub sent: u64,
    /// To be sent by the next run.
    pub waiting: u64,
    /// Refused by the log for good.
    pub refused: u64,
}

/// How far a record has come behind `signed`, in which it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// In the log, its receipt in a file; its text is not there yet.
    Placed,
    /// All done.
    Sent,
    /// Refused for good.
    Refused,
}

impl Stage {
    fn as_str(self) -> &'static str {
        match self {
            Self::Placed => "placed",
            Self::Sent => "sent",
            Self::Refused => "refused",
        }
    }
}

/// The next in the queue.
pub(crate) struct Waiting {
    pub number: i64,
    pub record: Hash,
    pub note: String,
    pub text_hash: Hash,
    pub text: String,
    pub is_placed: bool,
}

/// What was known of an item.
pub(crate) struct KnownItem {
    pub text_hash: Hash,
    pub updated: Option<String>,
    pub record: Hash,
    /// Its record was refused, so nothing can correct it.
    pub is_refused: bool,
}

/// A record to be queued, and the item that it is of.
pub(crate) struct Queued<'a> {
    pub item: &'a Item,
    pub record: Hash,
    /// None where the publisher's text stands already, under another name.
    pub note: Option<&'a str>,
}

/// The file.
pub(crate) struct State {
    connection: Connection,
    path: PathBuf,
}

impl State {
    pub(crate) fn open(path: &Path) -> Result<Self, PressError> {
        Self::of(Connection::open(path), path)
    }

    /// In memory: for a look at what a run would do.
    pub(crate) fn in_memory() -> Result<Self, PressError> {
        Self::of(Connection::open_in_memory(), Path::new(":memory:"))
    }

    fn of(opened: rusqlite::Result<Connection>, path: &Path) -> Result<Self, PressError> {
        let failed = |source| PressError::from(DatabaseError { path: path.to_owned(), source });
        let connection = opened.map_err(failed)?;
        // FULL: a transaction that was answered survives a loss of power.
        let made = connection.execute_batch("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;");
        made.and_then(|()| connection.execute_batch(SCHEMA)).map_err(failed)?;
        Ok(Self { connection, path: path.to_owned() })
    }

    fn failed(&self) -> impl Fn(rusqlite::Error) -> PressError + use<> {
        let path = self.path.clone();
        move |source| DatabaseError { path: path.clone(), source }.into()
    }

    /// When a feed is to be asked again, and how often it failed since it was last read.
    pub(crate) fn next_of(&self, url: &str) -> Result<(u64, u32), PressError> {
        let query = "SELECT next_s, failures FROM feed WHERE url = ?1";
        let row = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, u32>(1)?));
        let found = self.connection.query_row(query, [url], row).optional().map_err(self.failed())?;
        Ok(found.map_or((0, 0), |(next, failures)| (u64::try_from(next).unwrap_or(0), failures)))
    }

    /// What a feed said of itself last.
    pub(crate) fn validators(&self, url: &str) -> Result<Validators, PressError> {
        let row = |row: &rusqlite::Row<'_>| Ok(Validators { etag: row.get(0)?, modified: row.get(1)? });
        let query = "SELECT etag, modified FROM feed WHERE url = ?1";
        let found = self.connection.query_row(query, [url], row).optional().map_err(self.failed())?;
        Ok(found.unwrap_or_default())
    }

    /// Before when a host may not be asked.
    pub(crate) fn host_rests_until(&self, host: &str) -> Result<u64, PressError> {
        let query = "SELECT not_before_s FROM host WHERE name = ?1";
        let found = self.connection.query_row(query, [host], |row| row.get::<_, i64>(0)).optional();
        Ok(found.map_err(self.failed())?.map_or(0, |seconds| u64::try_from(seconds).unwrap_or(0)))
    }

    pub(crate) fn rest_host(&self, host: &str, until_s: u64) -> Result<(), PressError> {
        let statement = "INSERT INTO host VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET not_before_s = ?2";
        self.connection.execute(statement, params![host, seconds(until_s)]).map_err(self.failed())?;
        Ok(())
    }

    /// A feed was asked and gave nothing new, or failed.
    pub(crate) fn note_asked(&self, url: &str, next_s: u64, failures: u32) -> Result<(), PressError> {
        let statement = "INSERT INTO feed (url, next_s, failures) VALUES (?1, ?2, ?3)
            ON CONFLICT (url) DO UPDATE SET next_s = ?2, failures = ?3";
        self.connection.execute(statement, params![url, seconds(next_s), failures]).map_err(self.failed())?;
        Ok(())
    }

    /// What is known of an item of a feed.
    pub(crate) fn item(&self, feed: &str, key: &Hash) -> Result<Option<KnownItem>, PressError> {
        let query = "SELECT item.text_hash, item.updated, item.record, coalesce(queue.stage = 'refused', 0)
            FROM item LEFT JOIN queue ON queue.record = item.record WHERE item.feed = ?1 AND item.key = ?2";
        let row = |row: &rusqlite::Row<'_>| {
            Ok(KnownItem {
                text_hash: hash(row, 0)?,
                updated: row.get(1)?,
                record: hash(row, 2)?,
                is_refused: row.get(3)?,
            })
        };
        let found = self.connection.query_row(query, params![feed, key.to_string()], row);
        found.optional().map_err(self.failed())
    }

    /// The record by which a publisher's text stands already.
    pub(crate) fn record_of_text(&self, publisher: &str, text: &Hash) -> Result<Option<Hash>, PressError> {
        let query = "SELECT record FROM item WHERE publisher = ?1 AND text_hash = ?2 LIMIT 1";
        let found =
            self.connection.query_row(query, params![publisher, text.to_string()], |row| hash(row, 0));
        found.optional().map_err(self.failed())
    }

    /// Queues what a feed has that is new, with what the feed said of itself: all of it or nothing.
    pub(crate) fn queue(
        &mut self,
        url: &str,
        publisher: &str,
        queued: &[Queued<'_>],
        validators: &Validators,
        next_s: u64,
    ) -> Result<(), PressError> {
        let failed = self.failed();
        let mut write = || {
            let transaction = self.connection.transaction()?;
            for Queued { item, record, note } in queued {
                let (text_hash, updated) =
                    (item.text_hash().to_string(), item.updated.map(|time| time.to_string()));
                if let Some(note) = note {
                    transaction.execute(
                        "INSERT OR IGNORE INTO queue (record, note, text_hash, text, stage) VALUES (?1, ?2, ?3, ?4, 'signed')",
                        params![record.to_string(), note, text_hash, item.text],
                    )?;
                }
                transaction.execute(
                    "INSERT OR REPLACE INTO item (feed, key, publisher, text_hash, updated, record) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    params![url, item.key.to_string(), publisher, text_hash, updated, record.to_string()],
                )?;
            }
            transaction.execute(
                "INSERT OR REPLACE INTO feed (url, etag, modified, next_s, failures) VALUES (?1, ?2, ?3, ?4, 0)",
                params![url, validators.etag, validators.modified, seconds(next_s)],
            )?;
            transaction.commit()
        };
        write().map_err(failed)
    }

    /// The first that waits.
    pub(crate) fn next_waiting(&self) -> Result<Option<Waiting>, PressError> {
        let query = "SELECT number, record, note, text_hash, coalesce(text, ''), stage = 'placed' FROM queue
            WHERE stage IN ('signed', 'placed') ORDER BY number LIMIT 1";
        let row = |row: &rusqlite::Row<'_>| {
            Ok(Waiting {
                number: row.get(0)?,
                record: hash(row, 1)?,
                note: row.get(2)?,
                text_hash: hash(row, 3)?,
                text: row.get(4)?,
                is_placed: row.get(5)?,
            })
        };
        self.connection.query_row(query, [], row).optional().map_err(self.failed())
    }

    /// Notes how far a record has come. A text that the log has is not kept here.
    pub(crate) fn advance(&self, number: i64, stage: Stage, refusal: Option<&str>) -> Result<(), PressError> {
        let statement = "UPDATE queue SET stage = ?2, refusal = coalesce(?3, refusal),
            text = CASE WHEN ?2 = 'sent' THEN NULL ELSE text END WHERE number = ?1";
        self.connection
            .execute(statement, params![number, stage.as_str(), refusal])
            .map_err(self.failed())?;
        Ok(())
    }

    pub(crate) fn counts(&self) -> Result<Counts, PressError> {
        let query = "SELECT count(*) FILTER (WHERE stage = 'sent'), count(*) FILTER (WHERE stage IN ('signed', 'placed')),
            count(*) FILTER (WHERE stage = 'refused') FROM queue";
        let row = |row: &rusqlite::Row<'_>| {
            let count = |at| row.get::<_, i64>(at).map(|count| u64::try_from(count).unwrap_or(0));
            Ok(Counts { sent: count(0)?, waiting: count(1)?, refused: count(2)? })
        };
        self.connection.query_row(query, [], row).map_err(self.failed())
    }
}

fn seconds(seconds: u64) -> i64 {
    i64::try_from(seconds).unwrap_or(i64::MAX)
}
