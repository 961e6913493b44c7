//! `compare`: two logs, archives, reports or tables, and exactly where they part.

use super::print;
use crate::terminal::Terminal;
use anyhow::{Context, Result};
use clap::Args;
use hakiki_messages::{Language, Message};
use hakiki_verify::{LogSide, OpenError, Parted, RecordShown, Relation, Rows, Source, compare_logs, part};
use serde_json::{Value, json};
use std::io::Read as _;
use std::path::Path;
use std::process::ExitCode;

/// Arguments.
#[derive(Args)]
pub struct Arguments {
    /// A log (address or directory), an archive, a report of `verify --json`, a results text, or a table with commas
    a: String,
    /// Another of the same sort
    b: String,
    /// Print everything as JSON
    #[arg(long)]
    json: bool,
}

/// Compares. Exit 1: they part.
pub fn run(arguments: &Arguments, terminal: Terminal) -> Result<ExitCode> {
    match (is_log(&arguments.a)?, is_log(&arguments.b)?) {
        (true, true) => logs(&arguments.a, &arguments.b, arguments.json, terminal),
        (false, false) => rows(arguments, terminal),
        _ => {
            let message = Message::new("compare.unlike").with("a", arguments.a.as_str());
            terminal.say(&message.with("b", arguments.b.as_str()));
            Ok(ExitCode::from(2))
        }
    }
}

/// An address, a directory, or a file that begins as an archive does.
pub fn is_log(of: &str) -> Result<bool> {
    let path = Path::new(of);
    if of.contains("://") || path.is_dir() {
        return Ok(true);
    }
    let mut block = Vec::new();
    let file = std::fs::File::open(path).with_context(|| format!("reading {of}"))?;
    file.take(512).read_to_end(&mut block).with_context(|| format!("reading {of}"))?;
    Ok(block.get(257..262) == Some(&b"ustar"[..]))
}

fn exit(is_same: bool) -> ExitCode {
    ExitCode::from(u8::from(!is_same))
}

fn rows(arguments: &Arguments, terminal: Terminal) -> Result<ExitCode> {
    let read = |of: &str| -> Result<Rows> {
        let bytes = std::fs::read(of).with_context(|| format!("reading {of}"))?;
        Rows::parse(&bytes).with_context(|| format!("reading {of}"))
    };
    let (a, b) = (read(&arguments.a)?, read(&arguments.b)?);
    let parted = part(&a, &b);
    if arguments.json {
        print(&serde_json::to_string_pretty(&json!({ "rows": rows_json(&parted) }))?)?;
        return Ok(exit(parted.is_empty()));
    }
    say_rows(&parted, terminal)?;
    let message = if parted.is_empty() {
        Message::new("compare.same_rows").with("count", a.len() as u64)
    } else {
        Message::new("compare.parted_rows").with("count", parted.len() as u64)
    };
    terminal.say(&message);
    Ok(exit(parted.is_empty()))
}

/// The rows are data, and go to standard output.
fn say_rows(parted: &[Parted], terminal: Terminal) -> Result<()> {
    for row in parted {
        let message = match (row.in_first, row.in_second) {
            (true, false) => Message::new("compare.only_first"),
            (false, _) => Message::new("compare.only_second"),
            (true, true) => {
                let values: Vec<String> =
                    row.values.iter().map(|value| value_text(value, terminal.language)).collect();
                Message::new("compare.row").with("values", values.join("; "))
            }
        };
        print(&message.with("row", row.row.as_str()).text(terminal.language))?;
    }
    Ok(())
}

fn value_text((name, a, b): &(String, Option<String>, Option<String>), language: Language) -> String {
    let shown = |value: &Option<String>| match value {
        Some(value) => value.clone(),
        None => Message::new("compare.nothing").text(language),
    };
    let key = if name.is_empty() { "compare.plain_value" } else { "compare.value" };
    let message = Message::new(key).with("a", shown(a)).with("b", shown(b));
    if name.is_empty() { message.text(language) } else { message.with("name", name.as_str()).text(language) }
}

fn rows_json(parted: &[Parted]) -> Vec<Value> {
    let row = |row: &Parted| {
        let values: Vec<Value> =
            row.values.iter().map(|(name, a, b)| json!({ "name": name, "a": a, "b": b })).collect();
        json!({ "row": row.row, "in_a": row.in_first, "in_b": row.in_second, "values": values })
    };
    parted.iter().map(row).collect()
}

/// Compares two logs, and prints how they stand to each other. Exit 1: they part.
pub fn logs(a: &str, b: &str, as_json: bool, terminal: Terminal) -> Result<ExitCode> {
    let compared = match compare_logs(&Source::of(a), &Source::of(b)) {
        Ok(compared) => compared,
        Err(OpenError::Refused(message)) => {
            terminal.say(&message);
            return Ok(ExitCode::from(2));
        }
        Err(error) => return Err(error.into()),
    };
    // Archives of one head may still hold other blobs.
    let lists = compared.lists.as_ref().filter(|_| compared.relation == Relation::Same);
    let lists = lists.map(|(a, b)| part(a, b)).unwrap_or_default();
    let is_same = compared.relation == Relation::Same && compared.is_one_election() && lists.is_empty();
    if as_json {
        let (relation, by) = match compared.relation {
            Relation::Same => ("same", None),
            Relation::FirstIsPrefix(more) => ("a-is-prefix", Some(more)),
            Relation::SecondIsPrefix(more) => ("b-is-prefix", Some(more)),
            Relation::Parted(place) => ("parted", Some(place)),
        };
        let value = json!({
            "a": side_json(&compared.first),
            "b": side_json(&compared.second),
            "one_election": compared.is_one_election(),
            "relation": relation,
            "place_or_count": by,
            "only_a": records_json(&compared.only_first),
            "only_b": records_json(&compared.only_second),
            "rows": rows_json(&lists),
        });
        print(&serde_json::to_string_pretty(&value)?)?;
        return Ok(exit(is_same));
    }
    for (name, side) in [("A", &compared.first), ("B", &compared.second)] {
        print(&side_text(name, side, terminal.language))?;
    }
    if !compared.is_one_election() {
        terminal.say(&Message::new("compare.other_election"));
    }
    terminal.say(&match compared.relation {
        Relation::Same => Message::new("compare.same_logs"),
        Relation::FirstIsPrefix(more) => Message::new("compare.prefix_first").with("more", more),
        Relation::SecondIsPrefix(more) => Message::new("compare.prefix_second").with("more", more),
        Relation::Parted(place) => Message::new("compare.parted").with("place", place),
    });
    for (key, records) in
        [("compare.record_first", &compared.only_first), ("compare.record_second", &compared.only_second)]
    {
        for record in records {
            print(&record_text(key, record, terminal.language))?;
        }
    }
    let none = compared.only_first.is_empty() && compared.only_second.is_empty();
    if matches!(compared.relation, Relation::Parted(_)) && none {
        terminal.say(&Message::new("compare.same_records"));
    }
    say_rows(&lists, terminal)?;
    terminal.say(&Message::new("compare.not_verified"));
    Ok(exit(is_same))
}

fn side_text(name: &str, side: &LogSide, language: Language) -> String {
    let fingerprint = side.fingerprint.map_or_else(|| "-".to_owned(), |hash| hash.to_string());
    let message = Message::new("compare.side").with("side", name).with("origin", side.origin.as_str());
    let message = message.with("size", side.head.size).with("root", side.head.root.to_string());
    message.with("fingerprint", fingerprint).text(language)
}

fn side_json(side: &LogSide) -> Value {
    json!({
        "origin": side.origin,
        "size": side.head.size,
        "root": side.head.root.to_string(),
        "fingerprint": side.fingerprint.map(|hash| hash.to_string()),
    })
}

fn record_text(key: &'static str, record: &RecordShown, language: Language) -> String {
    let (kind, id) = match &record.record {
        Some((kind, id)) => (kind.clone(), id.to_string()),
        None => (Message::new("compare.no_record").text(language), "-".to_owned()),
    };
    Message::new(key).with("place", record.place).with("kind", kind).with("id", id).text(language)
}

fn records_json(records: &[RecordShown]) -> Vec<Value> {
    let shown = |record: &RecordShown| {
        let (kind, id) = record.record.as_ref().map(|(kind, id)| (kind, id.to_string())).unzip();
        json!({ "place": record.place, "kind": kind, "id": id })
    };
    records.iter().map(shown).collect()
}
