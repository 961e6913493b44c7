//! Bringing an index up to a ledger: what is new, what came since, what is withheld since.
//!
//! The ledger is looked at for moments only, and what is needed of it copied out: in a node it has readers and a writer that do
//! not wait for an index.

use crate::error::SearchError;
use crate::index::{Index, column_hash, insert, shown};
use hakiki_core::ledger::{Ledger, StatementEntry};
use hakiki_note::{Hash, sha256_parts};
use rusqlite::{OptionalExtension as _, params};

/// Statements of one transaction, and of one look at the ledger.
const CHUNK: usize = 2_000;
/// So many new ones, and the lists are merged into one.
const MERGE_FROM: usize = 10_000;

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
pub type GiveTexts<'a> = dyn FnMut(&[Hash]) -> Result<Vec<Option<String>>, SearchError> + 'a;

/// Shows the ledger to who is given, for as long as that takes.
pub type Look<'a> = dyn Fn(&mut dyn FnMut(&Ledger)) + 'a;

/// How many of a ledger's statements an index holds, their chain, and the last one's id.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Checked {
    held: usize,
    chain: Hash,
    last: Option<Hash>,
}

/// What a look at a ledger gave.
struct Seen {
    election: String,
    checked: Option<Checked>,
    /// How many statements stand before the size.
    known: usize,
    withheld: Vec<Hash>,
}

impl Index {
    /// Brings the index up to a ledger: new statements, texts that came since, texts that are withheld since. `texts` gives the
    /// texts of hashes, in their order; `told` hears how many of how many new ones are done.
    pub fn update(
        &mut self,
        ledger: &Ledger,
        texts: &mut GiveTexts<'_>,
        told: &mut dyn FnMut(u64, u64),
    ) -> Result<Updated, SearchError> {
        let completed = self.complete(&|see| see(ledger), texts)?;
        let updated = self.update_to(ledger.size(), &|see| see(ledger), texts, told)?;
        Ok(Updated { completed, ..updated })
    }

    /// The same up to a size, of a ledger that is looked at for moments; texts that came since are not asked for, see
    /// [`Index::complete`].
    pub fn update_to(
        &mut self,
        size: u64,
        look: &Look<'_>,
        texts: &mut GiveTexts<'_>,
        told: &mut dyn FnMut(u64, u64),
    ) -> Result<Updated, SearchError> {
        let seen = self.see(size, look)?;
        let Some(mut checked) = seen.checked else {
            let found = "is the index of another log".to_owned();
            return Err(SearchError::NoIndex { path: self.path.clone(), found });
        };
        let mut updated = Updated { removed: self.remove(&seen.withheld)?, ..Updated::default() };
        let new = seen.known - checked.held;
        while checked.held < seen.known {
            let entries = copied(look, checked.held, seen.known);
            let hashes: Vec<Hash> = entries.iter().map(|entry| entry.statement.text).collect();
            let mut found = texts(&hashes)?;
            leave_out_withheld(look, &hashes, &mut found);
            for entry in &entries {
                checked.chain = sha256_parts(&[&checked.chain.0, &entry.id.0]);
                checked.last = Some(entry.id);
            }
            checked.held += entries.len();
            let failed = self.failed();
            self.write(&seen.election, &entries, &found, &checked).map_err(failed)?;
            self.checked = Some(checked);
            updated.new += entries.len() as u64;
            told(updated.new, new as u64);
        }
        self.checked = Some(checked);
        if new >= MERGE_FROM {
            self.merge()?;
        }
        updated.held = checked.held as u64;
        let count = "SELECT count(*) FROM statement WHERE has_text = 0";
        let without =
            self.connection.query_row(count, [], |row| row.get::<_, i64>(0)).map_err(self.failed())?;
        updated.without_text = u64::try_from(without).unwrap_or(0);
        Ok(updated)
    }

    /// Looks at the ledger: whether what is held is the beginning of what it holds, and what is withheld.
    fn see(&self, size: u64, look: &Look<'_>) -> Result<Seen, SearchError> {
        let stored = match self.meta("election")? {
            None => None,
            Some(election) => {
                let held = self.meta("held")?.and_then(|held| held.parse::<usize>().ok()).unwrap_or(0);
                Some((election, held, self.meta("chain")?.unwrap_or_default()))
            }
        };
        let mut seen = None;
        look(&mut |ledger| {
            let statements = ledger.statements();
            let known = statements.partition_point(|entry| entry.place < size);
            let election = ledger.fingerprint().to_string();
            let checked = match &stored {
                None => Some(Checked { held: 0, chain: Hash([0; 32]), last: None }),
                Some((of, _, _)) if *of != election => None,
                Some((_, held, chain)) => self.checked_with(statements, *held, chain),
            };
            // A head that is older than what is held takes nothing away.
            let known = known.max(checked.map_or(0, |checked| checked.held));
            let withheld = ledger.withheld().iter().map(|entry| entry.withhold.blob).collect();
            seen = Some(Seen { election, checked, known, withheld });
        });
        Ok(seen.expect("a look shows the ledger"))
    }

    /// What is held, if a ledger begins so. It is reckoned anew once; behind that the last one says enough.
    fn checked_with(&self, statements: &[StatementEntry], held: usize, chain: &str) -> Option<Checked> {
        let own = statements.get(..held)?;
        let last = own.last().map(|entry| entry.id);
        if let Some(checked) = self.checked.filter(|checked| checked.held == held) {
            return (checked.last == last).then_some(checked);
        }
        let reckoned = own.iter().fold(Hash([0; 32]), |chain, entry| sha256_parts(&[&chain.0, &entry.id.0]));
        (reckoned.to_string() == chain).then_some(Checked { held, chain: reckoned, last })
    }

    fn meta(&self, name: &str) -> Result<Option<String>, SearchError> {
        let query = "SELECT value FROM meta WHERE name = ?1";
        let found = self.connection.query_row(query, [name], |row| row.get(0)).optional();
        Ok(found.map_err(self.failed())?)
    }

    fn write(
        &mut self,
        election: &str,
        entries: &[StatementEntry],
        texts: &[Option<String>],
        checked: &Checked,
    ) -> rusqlite::Result<()> {
        let transaction = self.connection.transaction()?;
        for (entry, text) in entries.iter().zip(texts) {
            insert(&transaction, entry.place, &entry.id, &entry.statement, text.as_deref())?;
        }
        let (held, chain) = (checked.held.to_string(), checked.chain.to_string());
        for (name, value) in [("election", election), ("held", &held), ("chain", &chain)] {
            transaction.execute("INSERT OR REPLACE INTO meta VALUES (?1, ?2)", params![name, value])?;
        }
        transaction.commit()
    }

    /// Takes out texts, of the file and of what waits to be written into it.
    fn remove(&mut self, withheld: &[Hash]) -> Result<u64, SearchError> {
        let failed = self.failed();
        let mut removed = 0;
        for hash in withheld {
            for place in self.places_of(hash, true)? {
                let transaction = self.connection.transaction().map_err(&failed)?;
                for statement in [
                    "UPDATE words SET text = '' WHERE rowid = ?1",
                    "UPDATE statement SET has_text = 0 WHERE place = ?1",
                ] {
                    transaction.execute(statement, [place]).map_err(&failed)?;
                }
                transaction.commit().map_err(&failed)?;
                removed += 1;
            }
        }
        if removed > 0 {
            // Who reads at this moment may hinder it; what is left is written over by what comes.
            self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).map_err(&failed)?;
        }
        Ok(removed)
    }

    fn places_of(&self, hash: &Hash, has_text: bool) -> Result<Vec<i64>, SearchError> {
        let query = "SELECT place FROM statement WHERE text_hash = ?1 AND has_text = ?2";
        let mut statement = self.connection.prepare_cached(query).map_err(self.failed())?;
        let rows = statement.query_map(params![hash.to_string(), has_text], |row| row.get(0));
        Ok(rows.and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>).map_err(self.failed())?)
    }

    /// Asks again for all texts that were absent: they are sent behind their records. Says how many came.
    pub fn complete(&mut self, look: &Look<'_>, texts: &mut GiveTexts<'_>) -> Result<u64, SearchError> {
        let absent: Vec<Hash> = {
            let query = "SELECT DISTINCT text_hash FROM statement WHERE has_text = 0";
            let mut statement = self.connection.prepare(query).map_err(self.failed())?;
            let rows = statement.query_map([], |row| column_hash(row, 0));
            rows.and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>).map_err(self.failed())?
        };
        self.take_texts(&absent, look, texts)
    }

    /// Takes in texts of statements that are held without them. Says how many statements have one now.
    pub fn take_texts(
        &mut self,
        hashes: &[Hash],
        look: &Look<'_>,
        texts: &mut GiveTexts<'_>,
    ) -> Result<u64, SearchError> {
        let failed = self.failed();
        let mut completed = 0;
        let mut wanted = Vec::new();
        for hash in hashes {
            // Photographs come the same way.
            if !self.places_of(hash, false)?.is_empty() {
                wanted.push(*hash);
            }
        }
        for chunk in wanted.chunks(CHUNK) {
            let mut found = texts(chunk)?;
            leave_out_withheld(look, chunk, &mut found);
            for (hash, text) in chunk.iter().zip(found) {
                let Some(text) = text else { continue };
                let text = shown(&text);
                for place in self.places_of(hash, false)? {
                    let transaction = self.connection.transaction().map_err(&failed)?;
                    transaction
                        .execute("UPDATE words SET text = ?2 WHERE rowid = ?1", params![place, text])
                        .map_err(&failed)?;
                    transaction
                        .execute("UPDATE statement SET has_text = 1 WHERE place = ?1", [place])
                        .map_err(&failed)?;
                    transaction.commit().map_err(&failed)?;
                    completed += 1;
                }
            }
        }
        Ok(completed)
    }
}

/// The next statements, of those before `end`.
fn copied(look: &Look<'_>, first: usize, end: usize) -> Vec<StatementEntry> {
    let mut entries = Vec::new();
    look(&mut |ledger| entries = ledger.statements()[first..end.min(first + CHUNK)].to_vec());
    entries
}

/// A text that was withheld while its statement waited does not go in.
fn leave_out_withheld(look: &Look<'_>, hashes: &[Hash], texts: &mut [Option<String>]) {
    look(&mut |ledger| {
        for (hash, text) in hashes.iter().zip(texts.iter_mut()) {
            if ledger.withheld_by(hash).is_some() {
                *text = None;
            }
        }
    });
}

#[cfg(test)]
#[path = "update_tests.rs"]
mod tests;
