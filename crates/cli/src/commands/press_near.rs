//! `press near`: the earlier statements that carry the same words. It says that words stand in both, and when each says that it was
//! published; who said them first in the world, it does not know.

use super::press_log::{LogArguments, OpenLog};
use super::{parse_fingerprint, print, printable};
use crate::terminal::Terminal;
use anyhow::{Result, bail};
use clap::Args;
use hakiki_core::ledger::{Ledger, StatementEntry};
use hakiki_messages::{Message, text};
use hakiki_note::Hash;
use hakiki_press::near::{Carrier, Run, Shelf};
use serde_json::{Value, json};
use std::process::ExitCode;

/// Texts that are read at once.
const CHUNK: usize = 2_000;

/// Arguments.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    log: LogArguments,
    /// The statement to look for, by its record id; without it, every statement is looked at
    #[arg(long, value_parser = parse_fingerprint)]
    record: Option<Hash>,
    /// How many words in a row make "the same words", 8 to 40
    #[arg(long, default_value_t = 12)]
    words: usize,
    /// Leave out a publisher's own earlier statements
    #[arg(long)]
    others: bool,
    /// Statements on the terminal
    #[arg(long, default_value_t = 20)]
    rows: usize,
    /// Print everything as JSON
    #[arg(long)]
    json: bool,
}

/// One that carries the same words.
struct Row<'a> {
    later: &'a StatementEntry,
    earlier: &'a StatementEntry,
    words: usize,
    of: usize,
    excerpt: Option<String>,
}

/// Looks.
pub fn run(arguments: &Arguments, terminal: Terminal) -> Result<ExitCode> {
    let Some(run) = Run::new(arguments.words) else {
        bail!("{}", text(terminal.language, "press.near.run"));
    };
    let Some(log) = arguments.log.open(terminal)? else { return Ok(ExitCode::from(2)) };
    let rows = match &arguments.record {
        Some(id) => of_one(&log, id, run, terminal)?,
        None => of_all(&log, run)?,
    };
    let is_wanted =
        |row: &Row<'_>| !arguments.others || row.later.statement.publisher != row.earlier.statement.publisher;
    let rows: Vec<Row<'_>> = rows.into_iter().filter(is_wanted).collect();
    if arguments.json {
        let all: Vec<Value> = rows.iter().map(|row| as_json(&log.ledger, row)).collect();
        print(&format!("{:#}", json!({ "run_words": run.words(), "rows": all })))?;
    } else {
        tell(&log.ledger, &rows, arguments, terminal)?;
    }
    Ok(ExitCode::from(u8::from(rows.is_empty())))
}

/// Every statement, each beside the first ones before it in the log.
fn of_all(log: &OpenLog, run: Run) -> Result<Vec<Row<'_>>> {
    let statements = log.ledger.statements();
    let mut shelf = Shelf::new(run);
    for chunk in statements.chunks(CHUNK) {
        for text in log.texts(&hashes(chunk))? {
            shelf.put(text.as_deref().unwrap_or_default());
        }
    }
    let row = |pair: hakiki_press::near::Pair| Row {
        later: &statements[pair.later],
        earlier: &statements[pair.earlier],
        words: pair.words,
        of: pair.of,
        excerpt: None,
    };
    Ok(shelf.pairs().into_iter().map(row).collect())
}

/// One statement beside all that stand before it in the log, or say that they were published before it.
fn of_one<'a>(log: &'a OpenLog, id: &Hash, run: Run, terminal: Terminal) -> Result<Vec<Row<'a>>> {
    let Some(own) = log.ledger.statement_of(id) else {
        let message = Message::new("press.near.no_statement").with("id", id.to_string());
        bail!("{}", message.text(terminal.language));
    };
    let Some(text) = log.texts(&[own.statement.text])?.pop().flatten() else {
        let message = Message::new("press.near.no_text").with("id", id.to_string());
        bail!("{}", message.text(terminal.language));
    };
    let seconds = |entry: &StatementEntry| entry.statement.published.map(|time| time.unix_seconds);
    let is_dated_before =
        |entry: &StatementEntry| seconds(entry).zip(seconds(own)).is_some_and(|(theirs, ours)| theirs < ours);
    let carrier = Carrier::new(&text, run);
    let mut rows = Vec::new();
    for chunk in log.ledger.statements().chunks(CHUNK) {
        for (entry, found) in chunk.iter().zip(log.texts(&hashes(chunk))?) {
            let is_earlier = entry.place < own.place || (entry.place > own.place && is_dated_before(entry));
            let Some(shared) = found.filter(|_| is_earlier).and_then(|found| carrier.shares_with(&found))
            else {
                continue;
            };
            let excerpt = text.get(shared.longest).map(printable);
            rows.push(Row { later: own, earlier: entry, words: shared.words, of: shared.of, excerpt });
        }
    }
    Ok(rows)
}

fn hashes(entries: &[StatementEntry]) -> Vec<Hash> {
    entries.iter().map(|entry| entry.statement.text).collect()
}

fn tell(ledger: &Ledger, rows: &[Row<'_>], arguments: &Arguments, terminal: Terminal) -> Result<()> {
    let language = terminal.language;
    let mut last = None;
    let mut shown = 0;
    for row in rows {
        if last != Some(row.later.place) {
            if shown == arguments.rows {
                break;
            }
            (last, shown) = (Some(row.later.place), shown + 1);
            let key = ledger.roster().key(row.later.key).name.to_string();
            print(&about("press.near.later", row.later).with("key", key).text(language))?;
        }
        let message = about("press.near.earlier", row.earlier);
        print(&format!("  {}", message.with("words", row.words).with("of", row.of).text(language)))?;
        if is_version(ledger, row) {
            print(&format!("    {}", text(language, "press.near.version")))?;
        }
        if let Some(excerpt) = &row.excerpt {
            print(&format!("    \u{201c}{}\u{201d}", excerpt.chars().take(300).collect::<String>()))?;
        }
    }
    let mut laters: Vec<u64> = rows.iter().map(|row| row.later.place).collect();
    laters.dedup();
    if laters.len() > shown {
        terminal.say(&Message::new("press.near.more").with("count", laters.len() - shown));
    }
    let summary = if rows.is_empty() { "press.near.none" } else { "press.near.reading" };
    terminal.say(&Message::new(summary).with("run", arguments.words));
    Ok(())
}

fn about(key: &str, entry: &StatementEntry) -> Message {
    let statement = &entry.statement;
    let published = statement.published.map_or_else(|| "-".to_owned(), |time| time.to_string());
    Message::new(key)
        .with("place", entry.place.to_string())
        .with("id", entry.id.to_string())
        .with("publisher", statement.publisher.clone())
        .with("published", published)
}

/// Whether the later one is a correction of the earlier one, or of a correction of it.
fn is_version(ledger: &Ledger, row: &Row<'_>) -> bool {
    let before = |entry: &StatementEntry| entry.statement.corrects.and_then(|id| ledger.statement_of(&id));
    std::iter::successors(before(row.later), |entry| before(entry)).any(|entry| entry.id == row.earlier.id)
}

fn as_json(ledger: &Ledger, row: &Row<'_>) -> Value {
    let side = |entry: &StatementEntry| {
        let statement = &entry.statement;
        json!({
            "place": entry.place, "id": entry.id.to_string(), "publisher": statement.publisher,
            "signed_by": ledger.roster().key(entry.key).name.to_string(),
            "said_by": statement.said_by, "published": statement.published.map(|time| time.to_string()),
            "happened": statement.happened.map(|time| time.to_string()), "address": statement.address,
        })
    };
    json!({
        "statement": side(row.later), "earlier": side(row.earlier), "words": row.words, "of_words": row.of,
        "is_correction": is_version(ledger, row), "excerpt": row.excerpt,
    })
}
