//! `press index` and `press search`: a full-text index over a verified log, and what stands in it.

use super::press_log::LogArguments;
use super::{parse_fingerprint, print};
use crate::terminal::{Terminal, bar};
use anyhow::Result;
use clap::Args;
use hakiki_core::text::Date;
use hakiki_messages::{Message, text};
use hakiki_note::Hash;
use hakiki_search::{Found, Index, Query};
use serde_json::{Value, json};
use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `index`.
#[derive(Args)]
pub struct IndexArguments {
    #[command(flatten)]
    log: LogArguments,
    /// The index; a new file is made
    #[arg(long, value_name = "FILE")]
    index: PathBuf,
}

/// Arguments of `search`.
#[derive(Args)]
pub struct SearchArguments {
    /// The words: all of them; "in this order"; begin*; -without, behind another word in one pair of quotation marks
    words: Vec<String>,
    /// The index that `press index` made
    #[arg(long, value_name = "FILE")]
    index: PathBuf,
    /// Published by
    #[arg(long)]
    publisher: Option<String>,
    /// Published on this day or later; undated statements are left out
    #[arg(long, value_name = "DAY", value_parser = day)]
    from: Option<Date>,
    /// Published on this day or earlier; undated statements are left out
    #[arg(long, value_name = "DAY", value_parser = day)]
    to: Option<Date>,
    /// Speaks of this area or station, by its code
    #[arg(long)]
    area: Option<String>,
    /// Speaks of this record
    #[arg(long, value_parser = parse_fingerprint)]
    record: Option<Hash>,
    /// Speaks of this claim
    #[arg(long, value_parser = parse_fingerprint)]
    claim: Option<Hash>,
    /// In this language
    #[arg(long = "in", value_name = "LANGUAGE")]
    in_language: Option<String>,
    /// Only what stands before this place of the log: the next page
    #[arg(long, value_name = "PLACE")]
    before: Option<u64>,
    /// Statements of a page
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=200))]
    rows: u32,
    /// Print as JSON
    #[arg(long)]
    json: bool,
}

fn day(text: &str) -> Result<Date, String> {
    Date::parse(text).ok_or_else(|| format!("{text:?} is no day; write it as 2031-03-04"))
}

/// Brings an index up to a log.
pub fn index(arguments: &IndexArguments, terminal: Terminal) -> Result<ExitCode> {
    // The file first: that it is another log's index is told before a log is verified where its mark says so.
    let mut index = Index::open_or_make(&arguments.index)?;
    let Some(log) = arguments.log.open(terminal)? else { return Ok(ExitCode::from(2)) };
    let bar = bar(0);
    let mut told = |done, of| {
        bar.set_length(of);
        bar.set_position(done);
    };
    let updated = index.update(&log.ledger, &mut |hashes| log.texts(hashes), &mut told);
    bar.finish_and_clear();
    let updated = updated?;
    let message = Message::new("press.index.done").with("held", updated.held).with("new", updated.new);
    terminal.say(&message.with("completed", updated.completed));
    if updated.without_text > 0 {
        terminal.say(&Message::new("press.index.without_text").with("count", updated.without_text));
    }
    if updated.removed > 0 {
        terminal.say(&Message::new("press.index.removed").with("count", updated.removed));
    }
    Ok(ExitCode::SUCCESS)
}

/// Searches.
pub fn search(arguments: &SearchArguments, terminal: Terminal) -> Result<ExitCode> {
    let index = Index::open(&arguments.index)?;
    let query = Query {
        words: arguments.words.join(" "),
        publisher: arguments.publisher.clone(),
        from: arguments.from,
        to: arguments.to,
        area: arguments.area.clone(),
        record: arguments.record,
        claim: arguments.claim,
        language: arguments.in_language.clone(),
        before: arguments.before,
        limit: arguments.rows,
    };
    let page = index.search(&query)?;
    if arguments.json {
        let found: Vec<Value> = page.found.iter().map(as_json).collect();
        print(&format!("{:#}", json!({ "found": found, "has_more": page.has_more })))?;
    } else {
        let is_terminal = std::io::stdout().is_terminal();
        for found in &page.found {
            tell(found, is_terminal, terminal)?;
        }
    }
    match page.found.last() {
        None => terminal.say(&Message::new("press.search.none")),
        Some(last) if page.has_more => {
            terminal.say(&Message::new("press.search.more").with("before", last.place.to_string()));
        }
        Some(_) => {}
    }
    Ok(ExitCode::from(u8::from(page.found.is_empty())))
}

fn tell(found: &Found, is_terminal: bool, terminal: Terminal) -> Result<()> {
    let undated = text(terminal.language, "press.undated");
    let message = Message::new("press.search.row")
        .with("place", found.place.to_string())
        .with("id", found.id.to_string());
    let published = found.published.as_deref().unwrap_or(undated);
    let message = message.with("publisher", found.publisher.clone()).with("published", published);
    print(&message.text(terminal.language))?;
    let marked = |piece: &hakiki_search::Piece| match (piece.is_match, is_terminal) {
        (true, true) => format!("\u{1b}[1m{}\u{1b}[0m", piece.text),
        _ => piece.text.clone(),
    };
    let snippet: String = found.snippet.iter().map(marked).collect();
    if found.has_text {
        print(&format!("    {}", snippet.trim()))?;
    } else {
        print(&format!("    {}", text(terminal.language, "press.search.no_text")))?;
    }
    if let Some(address) = &found.address {
        print(&format!("    {address}"))?;
    }
    if found.is_corrected {
        print(&format!("    {}", text(terminal.language, "press.search.corrected")))?;
    }
    if let Some(earlier) = found.corrects {
        let message = Message::new("press.search.corrects").with("id", earlier.to_string());
        print(&format!("    {}", message.text(terminal.language)))?;
    }
    Ok(())
}

fn as_json(found: &Found) -> Value {
    let snippet = found.snippet.iter().map(|piece| json!({ "text": piece.text, "is_match": piece.is_match }));
    json!({
        "place": found.place, "id": found.id.to_string(), "publisher": found.publisher, "said_by": found.said_by,
        "happened": found.happened, "published": found.published, "language": found.language,
        "address": found.address, "corrects": found.corrects.map(|id| id.to_string()),
        "is_corrected": found.is_corrected, "has_text": found.has_text, "snippet": snippet.collect::<Vec<_>>(),
    })
}
