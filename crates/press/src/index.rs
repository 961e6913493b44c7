//! A full-text index over the statements of one log: an SQLite file with FTS5 that can be thrown away and made again.
//!
//! What a search is filtered by (publisher, day, area, record, claim, language) stands in the index as words of a second
//! column, so that every search is one intersection of lists in the order of the log, and the choice of a plan is nobody's.
//! Words are taken as they stand but for case and diacritics (`unicode61 remove_diacritics 2`): stems of English would spoil
//! Swahili, whose words bend at their beginning, and the other way round. Beginnings of words are found with `begin*`.
//!
//! It knows no feed and reads no log: the caller hands it statements and texts. A node can hold one beside its ledger.

use crate::error::PressError;
use hakiki_core::kinds::Statement;
use hakiki_core::ledger::{Ledger, StatementEntry};
use hakiki_core::text::Time;
use hakiki_note::{Hash, sha256_parts};
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Transaction, params};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// `hkpr`: so that no other file is taken for an index.
const APPLICATION: i64 = 0x686b_7072;
/// Another number, another shape: the index is made again.
const VERSION: i64 = 1;
/// Statements of one transaction.
const CHUNK: usize = 2_000;
/// So many new ones, and the lists are merged into one.
const MERGE_FROM: usize = 10_000;
/// Pages in memory, in KiB.
const CACHE_KIB: i64 = 65_536;

const SCHEMA: &str = "
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE statement (
    place INTEGER PRIMARY KEY, id TEXT NOT NULL, publisher TEXT NOT NULL, said_by TEXT, happened TEXT, published TEXT,
    language TEXT NOT NULL, address TEXT, corrects TEXT, text_hash TEXT NOT NULL, has_text INTEGER NOT NULL
) STRICT;
CREATE INDEX statement_corrects ON statement (corrects) WHERE corrects IS NOT NULL;
CREATE INDEX statement_without_text ON statement (place) WHERE has_text = 0;
CREATE VIRTUAL TABLE words USING fts5 (
    text, facets, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);
INSERT INTO words (words, rank) VALUES ('secure-delete', 1);
";

/// What an update did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Updated {
    /// Statements that are new in the index.
    pub new: u64,
    /// Statements whose text came since.
    pub completed: u64,
    /// Texts that were taken out: withheld since.
    pub removed: u64,
    /// Statements without a text, of all.
    pub without_text: u64,
    /// Statements in the index.
    pub held: u64,
}

/// Gives the texts of hashes, in their order; none where there is no such text.
pub type GiveTexts<'a> = dyn FnMut(&[Hash]) -> Result<Vec<Option<String>>, PressError> + 'a;

/// An open index.
pub struct Index {
    pub(crate) connection: Connection,
    pub(crate) path: PathBuf,
}

impl Index {
    /// Opens an index to write it; a new file is made.
    pub fn open_or_make(path: &Path) -> Result<Self, PressError> {
        if path.exists() {
            return Self::open(path);
        }
        let failed = |source| PressError::Database { path: path.to_owned(), source };
        let connection = Connection::open(path).map_err(failed)?;
        let marks = format!("PRAGMA application_id={APPLICATION}; PRAGMA user_version={VERSION};");
        connection
            .execute_batch(&format!("PRAGMA journal_mode=WAL; BEGIN; {marks} {SCHEMA} COMMIT;"))
            .map_err(failed)?;
        let index = Self { connection, path: path.to_owned() };
        index.settle()?;
        Ok(index)
    }

    /// Opens an index that is there.
    pub fn open(path: &Path) -> Result<Self, PressError> {
        let failed = |source| PressError::Database { path: path.to_owned(), source };
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
        let mark =
            |name: &str| connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0));
        let found = match (mark("application_id"), mark("user_version")) {
            (Ok(APPLICATION), Ok(VERSION)) => None,
            (Ok(APPLICATION), Ok(version)) => {
                Some(format!("is an index of shape {version}, and this program's is {VERSION}"))
            }
            _ => Some("is no index of statements".to_owned()),
        };
        if let Some(found) = found {
            return Err(PressError::NoIndex { path: path.to_owned(), found });
        }
        let index = Self { connection, path: path.to_owned() };
        index.settle()?;
        Ok(index)
    }

    /// How the file is used, whoever made it.
    fn settle(&self) -> Result<(), PressError> {
        // NORMAL: after a loss of power the last chunks may be missing, and are made again. What is taken out is wiped.
        let settings =
            format!("PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON; PRAGMA cache_size=-{CACHE_KIB};");
        self.connection.execute_batch(&settings).map_err(self.failed())
    }

    pub(crate) fn failed(&self) -> impl Fn(rusqlite::Error) -> PressError + use<> {
        let path = self.path.clone();
        move |source| PressError::Database { path: path.clone(), source }
    }

    /// Brings the index up to a ledger: new statements, texts that came since, texts that are withheld since. `texts` gives the
    /// texts of hashes, in their order; `told` hears how many of how many new ones are done.
    pub fn update(
        &mut self,
        ledger: &Ledger,
        texts: &mut GiveTexts<'_>,
        told: &mut dyn FnMut(u64, u64),
    ) -> Result<Updated, PressError> {
        let entries = ledger.statements();
        let (held, mut chain) = self.check(ledger, entries)?;
        let new = &entries[held..];
        let mut updated = Updated { removed: self.remove_withheld(ledger)?, ..Updated::default() };
        updated.completed = self.complete(ledger, texts)?;
        for chunk in new.chunks(CHUNK) {
            let hashes: Vec<Hash> = chunk.iter().map(|entry| entry.statement.text).collect();
            let mut found = texts(&hashes)?;
            for (entry, text) in chunk.iter().zip(&mut found) {
                chain = chained(&chain, &entry.id);
                if ledger.withheld_by(&entry.statement.text).is_some() {
                    *text = None;
                }
            }
            let failed = self.failed();
            let last = held as u64 + updated.new + chunk.len() as u64;
            self.write(ledger, chunk, &found, last, &chain).map_err(failed)?;
            updated.new += chunk.len() as u64;
            told(updated.new, new.len() as u64);
        }
        if new.len() >= MERGE_FROM {
            self.merge()?;
        }
        updated.held = entries.len() as u64;
        let count = "SELECT count(*) FROM statement WHERE has_text = 0";
        let without =
            self.connection.query_row(count, [], |row| row.get::<_, i64>(0)).map_err(self.failed())?;
        updated.without_text = u64::try_from(without).unwrap_or(0);
        Ok(updated)
    }

    /// Merges the lists of words into one each; searches are faster behind it.
    pub fn merge(&self) -> Result<(), PressError> {
        self.connection
            .execute("INSERT INTO words (words) VALUES ('optimize')", [])
            .map_err(self.failed())?;
        Ok(())
    }

    /// Adds statements by hand, each with its place, id and text, ascending by place: for measurements.
    pub fn add(&mut self, statements: &[(u64, Hash, Statement, Option<String>)]) -> Result<(), PressError> {
        let failed = self.failed();
        let mut write = || {
            let transaction = self.connection.transaction()?;
            for (place, id, statement, text) in statements {
                insert(&transaction, *place, id, statement, text.as_deref())?;
            }
            transaction.commit()
        };
        write().map_err(failed)
    }

    /// How many of the ledger's statements are held, and their chain. Refuses an index of another log.
    fn check(&self, ledger: &Ledger, entries: &[StatementEntry]) -> Result<(usize, Hash), PressError> {
        let other = || PressError::NoIndex {
            path: self.path.clone(),
            found: "is the index of another log".to_owned(),
        };
        let zero = Hash([0; 32]);
        let Some(election) = self.meta("election")? else { return Ok((0, zero)) };
        let held = self.meta("held")?.and_then(|held| held.parse::<usize>().ok()).unwrap_or(0);
        if election != ledger.fingerprint().to_string() || held > entries.len() {
            return Err(other());
        }
        let chain = entries[..held].iter().fold(zero, |chain, entry| chained(&chain, &entry.id));
        if self.meta("chain")?.as_deref() != Some(&chain.to_string()) {
            return Err(other());
        }
        Ok((held, chain))
    }

    fn meta(&self, name: &str) -> Result<Option<String>, PressError> {
        let query = "SELECT value FROM meta WHERE name = ?1";
        self.connection.query_row(query, [name], |row| row.get(0)).optional().map_err(self.failed())
    }

    fn write(
        &mut self,
        ledger: &Ledger,
        chunk: &[StatementEntry],
        texts: &[Option<String>],
        held: u64,
        chain: &Hash,
    ) -> rusqlite::Result<()> {
        let transaction = self.connection.transaction()?;
        for (entry, text) in chunk.iter().zip(texts) {
            insert(&transaction, entry.place, &entry.id, &entry.statement, text.as_deref())?;
        }
        for (name, value) in [
            ("election", ledger.fingerprint().to_string()),
            ("held", held.to_string()),
            ("chain", chain.to_string()),
        ] {
            transaction.execute("INSERT OR REPLACE INTO meta VALUES (?1, ?2)", params![name, value])?;
        }
        transaction.commit()
    }

    /// Takes out texts that were withheld since they came in.
    fn remove_withheld(&mut self, ledger: &Ledger) -> Result<u64, PressError> {
        let failed = self.failed();
        let mut removed = 0;
        for entry in
            ledger.statements().iter().filter(|entry| ledger.withheld_by(&entry.statement.text).is_some())
        {
            let place = of_place(entry.place);
            let query = "UPDATE statement SET has_text = 0 WHERE place = ?1 AND has_text = 1";
            if self.connection.execute(query, [place]).map_err(&failed)? > 0 {
                self.connection
                    .execute("UPDATE words SET text = '' WHERE rowid = ?1", [place])
                    .map_err(&failed)?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    /// Asks again for texts that were absent: they are sent behind their records.
    fn complete(&mut self, ledger: &Ledger, texts: &mut GiveTexts<'_>) -> Result<u64, PressError> {
        let failed = self.failed();
        let absent = {
            let query = "SELECT place, text_hash FROM statement WHERE has_text = 0";
            let mut statement = self.connection.prepare(query).map_err(&failed)?;
            let rows =
                statement.query_map([], |row| Ok((row.get::<_, i64>(0)?, crate::state::hash(row, 1)?)));
            rows.and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>).map_err(&failed)?
        };
        let absent: Vec<_> =
            absent.into_iter().filter(|(_, hash)| ledger.withheld_by(hash).is_none()).collect();
        let mut completed = 0;
        for chunk in absent.chunks(CHUNK) {
            let hashes: Vec<Hash> = chunk.iter().map(|(_, hash)| *hash).collect();
            for ((place, _), text) in chunk.iter().zip(texts(&hashes)?) {
                let Some(text) = text else { continue };
                let shown = shown(&text);
                self.connection
                    .execute("UPDATE words SET text = ?2 WHERE rowid = ?1", params![place, shown])
                    .map_err(&failed)?;
                self.connection
                    .execute("UPDATE statement SET has_text = 1 WHERE place = ?1", [place])
                    .map_err(&failed)?;
                completed += 1;
            }
        }
        Ok(completed)
    }
}

fn chained(chain: &Hash, id: &Hash) -> Hash {
    sha256_parts(&[&chain.0, &id.0])
}

pub(crate) fn of_place(place: u64) -> i64 {
    i64::try_from(place).unwrap_or(i64::MAX)
}

/// Texts of others may hold anything; a terminal and a snippet's marks must not be written by them.
fn shown(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect()
}

fn insert(
    transaction: &Transaction<'_>,
    place: u64,
    id: &Hash,
    statement: &Statement,
    text: Option<&str>,
) -> rusqlite::Result<()> {
    let place = of_place(place);
    let time = |time: Option<Time>| time.map(|time| time.to_string());
    transaction
        .prepare_cached("INSERT INTO statement VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")?
        .execute(params![
            place,
            id.to_string(),
            statement.publisher,
            statement.said_by,
            time(statement.happened),
            time(statement.published),
            statement.language,
            statement.address,
            statement.corrects.map(|id| id.to_string()),
            statement.text.to_string(),
            text.is_some(),
        ])?;
    let text = text.map(shown).unwrap_or_default();
    let words = "INSERT INTO words (rowid, text, facets) VALUES (?1, ?2, ?3)";
    transaction.prepare_cached(words)?.execute(params![place, text, facets(statement)])?;
    Ok(())
}

/// What a statement can be filtered by, a word each.
fn facets(statement: &Statement) -> String {
    let mut words = vec![facet("p", &statement.publisher), facet("l", &statement.language)];
    if let Some(said_by) = &statement.said_by {
        words.push(facet("s", said_by));
    }
    words.extend(statement.areas.iter().map(|area| facet("a", area)));
    words.extend(statement.records.iter().map(|record| facet("r", &record.to_string())));
    words.extend(statement.claims.iter().map(|claim| facet("c", &claim.to_string())));
    if let Some(published) = statement.published {
        let day = published.date().to_string();
        words.extend([facet("y", &day[..4]), facet("m", &day[..7]), facet("d", &day)]);
    }
    words.join(" ")
}

/// One word for a value, whatever its letters: FTS5 would part and fold them.
pub(crate) fn facet(kind: &str, value: &str) -> String {
    let mut word = format!("z{kind}");
    for byte in value.bytes() {
        write!(word, "{byte:02x}").expect("a string takes what is written");
    }
    word
}

#[cfg(test)]
#[path = "index_tests.rs"]
mod tests;
