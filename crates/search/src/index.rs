//! A full-text index over the statements of one log: an SQLite file with FTS5 that can be thrown away and made again.
//!
//! What a search is filtered by (publisher, day, area, record, claim, language) stands in the index as words of a second
//! column, so that every search is one intersection of lists in the order of the log, and the choice of a plan is nobody's.
//! Words are taken as they stand but for case and diacritics (`unicode61 remove_diacritics 2`): stems of English would spoil
//! Swahili, whose words bend at their beginning, and the other way round. Beginnings of words are found with `begin*`.
//!
//! It reads no log: the caller hands it statements and texts ([`crate::update`]).

use crate::error::{DatabaseError, SearchError};
use crate::update::Checked;
use hakiki_core::kinds::Statement;
use hakiki_core::text::Time;
use hakiki_note::Hash;
use rusqlite::types::Type;
use rusqlite::{Connection, InterruptHandle, OpenFlags, Row, Transaction, params};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// `hkpr`: so that no other file is taken for an index.
const APPLICATION: i64 = 0x686b_7072;
/// Another number, another shape: the index is made again.
const VERSION: i64 = 2;
/// Pages in memory while the index is written, in KiB.
const CACHE_KIB: u32 = 65_536;
/// The same of each who only reads: the system keeps the file in its own memory besides.
const READING_CACHE_KIB: u32 = 8_192;

const SCHEMA: &str = "
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE statement (
    place INTEGER PRIMARY KEY, id TEXT NOT NULL, publisher TEXT NOT NULL, said_by TEXT, happened TEXT, published TEXT,
    language TEXT NOT NULL, address TEXT, corrects TEXT, text_hash TEXT NOT NULL, has_text INTEGER NOT NULL
) STRICT;
CREATE INDEX statement_corrects ON statement (corrects) WHERE corrects IS NOT NULL;
CREATE INDEX statement_text ON statement (text_hash);
CREATE INDEX statement_without_text ON statement (place) WHERE has_text = 0;
CREATE VIRTUAL TABLE words USING fts5 (
    text, facets, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);
INSERT INTO words (words, rank) VALUES ('secure-delete', 1);
";

/// An open index.
pub struct Index {
    pub(crate) connection: Connection,
    pub(crate) path: PathBuf,
    /// What was compared with a ledger since the index was opened.
    pub(crate) checked: Option<Checked>,
}

impl Index {
    /// Opens an index to write it; a new file is made.
    pub fn open_or_make(path: &Path) -> Result<Self, SearchError> {
        if path.exists() {
            return Self::open(path);
        }
        let failed = |source| DatabaseError { path: path.to_owned(), source };
        let connection = Connection::open(path).map_err(failed)?;
        let marks = format!("PRAGMA application_id={APPLICATION}; PRAGMA user_version={VERSION};");
        connection
            .execute_batch(&format!("PRAGMA journal_mode=WAL; BEGIN; {marks} {SCHEMA} COMMIT;"))
            .map_err(failed)?;
        Self::settled(connection, path, CACHE_KIB)
    }

    /// Opens an index that is there.
    pub fn open(path: &Path) -> Result<Self, SearchError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Self::open_with(path, flags, CACHE_KIB)
    }

    /// Opens an index that is there only to search it, beside whoever writes it.
    pub fn open_to_read(path: &Path) -> Result<Self, SearchError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Self::open_with(path, flags, READING_CACHE_KIB)
    }

    fn open_with(path: &Path, flags: OpenFlags, cache_kib: u32) -> Result<Self, SearchError> {
        let failed = |source| DatabaseError { path: path.to_owned(), source };
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
            return Err(SearchError::NoIndex { path: path.to_owned(), found });
        }
        Self::settled(connection, path, cache_kib)
    }

    /// How the file is used, whoever made it.
    fn settled(connection: Connection, path: &Path, cache_kib: u32) -> Result<Self, SearchError> {
        // NORMAL: after a loss of power the last chunks may be missing, and are made again. What is taken out is wiped.
        let settings =
            format!("PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON; PRAGMA cache_size=-{cache_kib};");
        let index = Self { connection, path: path.to_owned(), checked: None };
        index.connection.execute_batch(&settings).map_err(index.failed())?;
        Ok(index)
    }

    /// Reads the whole file and says what is damaged in its structure; takes seconds for a large one. Words that were altered
    /// in place do not show: whoever shows a snippet compares it with the text.
    pub fn damage(&self) -> Result<Option<String>, SearchError> {
        let found = self.connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
        let found = found.map_err(self.failed())?;
        Ok((found != "ok").then_some(found))
    }

    /// Ends a search of this index from another thread; J104 is what it then says.
    pub fn interrupter(&self) -> InterruptHandle {
        self.connection.get_interrupt_handle()
    }

    pub(crate) fn failed(&self) -> impl Fn(rusqlite::Error) -> DatabaseError + use<> {
        let path = self.path.clone();
        move |source| DatabaseError { path: path.clone(), source }
    }

    /// Merges the lists of words into one each; searches are faster behind it.
    pub fn merge(&self) -> Result<(), SearchError> {
        self.connection
            .execute("INSERT INTO words (words) VALUES ('optimize')", [])
            .map_err(self.failed())?;
        Ok(())
    }

    /// Adds statements by hand, each with its place, id and text, ascending by place: for measurements.
    pub fn add(&mut self, statements: &[(u64, Hash, Statement, Option<String>)]) -> Result<(), SearchError> {
        let failed = self.failed();
        let mut write = || {
            let transaction = self.connection.transaction()?;
            for (place, id, statement, text) in statements {
                insert(&transaction, *place, id, statement, text.as_deref())?;
            }
            transaction.commit()
        };
        write().map_err(failed)?;
        Ok(())
    }
}

/// A place as SQLite has it.
pub(crate) fn of_place(place: u64) -> i64 {
    i64::try_from(place).unwrap_or(i64::MAX)
}

/// Texts of others may hold anything; a terminal and a snippet's marks must not be written by them.
pub(crate) fn shown(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect()
}

/// Adds a statement.
pub(crate) fn insert(
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

/// A hash in a column of an SQLite file.
pub fn column_hash(row: &Row<'_>, at: usize) -> rusqlite::Result<Hash> {
    let text: String = row.get(at)?;
    text.parse().map_err(|error| rusqlite::Error::FromSqlConversionFailure(at, Type::Text, Box::new(error)))
}
