//! `log`: what somebody presents, held beside a log.

use super::verified::verified;
use super::{compare, parse_fingerprint, print, printable};
use crate::terminal::Terminal;
use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use hakiki_messages::{Message, text};
use hakiki_note::Hash;
use hakiki_verify::{
    Entry, HeadShown, Known, Nearest, Presented, Reading, Source, Standing, Status, present,
};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Entries of a bundle that are told one by one.
const ENTRIES_SHOWN: usize = 20;
/// Records that name a file, told one by one.
const NAMES_SHOWN: usize = 20;

/// Subcommands.
#[derive(Subcommand)]
pub enum Command {
    /// Is a file of this election, of this log, at which place, altered where
    Check(Arguments),
}

/// Arguments.
#[derive(Args)]
pub struct Arguments {
    /// A record, receipt, head, stamp, bundle of entries, photograph or table; a directory or archive of a log
    presented: PathBuf,
    /// Archive, directory or address of the log that it is held beside
    #[arg(long, value_name = "LOG")]
    log: String,
    /// The election's fingerprint, from paper or from somebody you trust
    #[arg(long, value_parser = parse_fingerprint)]
    fingerprint: Option<Hash>,
}

/// Checks the log, then what is presented. Exit 0: all of it is of this log; 1: it is not; 2: could not be checked.
pub fn run(command: &Command, terminal: Terminal) -> Result<ExitCode> {
    let Command::Check(arguments) = command;
    if compare::is_log(&arguments.presented.display().to_string())? {
        return compare::logs(&arguments.presented.display().to_string(), &arguments.log, false, terminal);
    }
    let path = &arguments.presented;
    let bytes = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    let source = Source::of(&arguments.log);
    let verified = verified(&source, arguments.fingerprint, None, &Known::default());
    let failed = verified.count(Status::Failed);
    let (Some(ledger), Some(head), 0) = (&verified.ledger, verified.head, failed) else {
        terminal.say(&Message::new("presented.log_fails").with("log", arguments.log.as_str()));
        print(&verified.to_text(terminal.language))?;
        return Ok(ExitCode::from(2));
    };
    let presented = present(&bytes, ledger, &Reading::open(&source, head)?)?;
    let told = Teller { terminal, path };
    told.log(&verified.origin.unwrap_or_default(), ledger.fingerprint(), head.size)?;
    told.presented(&presented)?;
    told.say(&Message::new("presented.limit"))?;
    Ok(ExitCode::from(u8::from(!presented.is_of_log())))
}

struct Teller<'a> {
    terminal: Terminal,
    path: &'a Path,
}

impl Teller<'_> {
    fn say(&self, message: &Message) -> Result<()> {
        print(&message.text(self.terminal.language))
    }

    fn log(&self, origin: &str, fingerprint: &Hash, size: u64) -> Result<()> {
        let message = Message::new("presented.beside").with("path", self.path.display().to_string());
        self.say(
            &message.with("origin", origin).with("size", size).with("fingerprint", fingerprint.to_string()),
        )
    }

    fn presented(&self, presented: &Presented) -> Result<()> {
        match presented {
            Presented::Record(entry) => self.entry("presented.record", entry),
            Presented::Bundle(all) => self.bundle(all),
            Presented::Receipt { entry, index, fault, head } => {
                self.say(&Message::new("presented.receipt").with("place", *index))?;
                match fault {
                    Some(why) => self.say(&Message::new("presented.unproved").with("why", why.as_str()))?,
                    None => self.say(&Message::new("presented.proved"))?,
                }
                if let Some(entry) = entry {
                    self.entry("presented.carried", entry)?;
                }
                self.head(head)
            }
            Presented::Head(head) => self.head(head),
            Presented::Stamp { is_of_election, record, place } => {
                self.say(&Message::new("presented.stamp").with("record", record.to_string()))?;
                if !is_of_election {
                    return self.say(&Message::new("presented.other_election"));
                }
                match place {
                    Some(place) => self.say(&Message::new("presented.stamped").with("place", *place)),
                    None => self.say(&Message::new("presented.stamped_absent")),
                }
            }
            Presented::Blob { hash, named_by } => {
                self.say(&Message::new("presented.blob").with("hash", hash.to_string()))?;
                if named_by.is_empty() {
                    return self.say(&Message::new("presented.unnamed"));
                }
                for (place, kind) in named_by.iter().take(NAMES_SHOWN) {
                    let kind = text(self.terminal.language, &format!("kind.{}.name", kind.name()));
                    self.say(&Message::new("presented.named").with("place", *place).with("kind", kind))?;
                }
                self.more(named_by.len(), NAMES_SHOWN)
            }
        }
    }

    fn more(&self, count: usize, shown: usize) -> Result<()> {
        match count.checked_sub(shown) {
            None | Some(0) => Ok(()),
            Some(more) => self.say(&Message::new("presented.more").with("count", more as u64)),
        }
    }

    fn bundle(&self, all: &[Entry]) -> Result<()> {
        let places = all.iter().filter_map(|entry| match entry.standing {
            Standing::Entry { place } => Some(place),
            _ => None,
        });
        let places: BTreeSet<u64> = places.collect();
        let message = Message::new("presented.bundle").with("count", all.len() as u64);
        self.say(&message.with("same", places.len() as u64))?;
        if let (Some(first), Some(last)) = (places.first(), places.last()) {
            self.say(&Message::new("presented.places").with("first", *first).with("last", *last))?;
        }
        let others =
            || all.iter().enumerate().filter(|(_, entry)| !matches!(entry.standing, Standing::Entry { .. }));
        for (number, entry) in others().take(ENTRIES_SHOWN) {
            self.say(&Message::new("presented.number").with("number", number as u64 + 1))?;
            self.entry("presented.record", entry)?;
        }
        self.more(others().count(), ENTRIES_SHOWN)
    }

    fn entry(&self, what: &'static str, entry: &Entry) -> Result<()> {
        let id = entry.id.map_or_else(|| "–".to_owned(), |id| id.to_string());
        self.say(&Message::new(what).with("record", id))?;
        match &entry.standing {
            Standing::Entry { place } => self.say(&Message::new("presented.same").with("place", *place))?,
            Standing::OtherSignatures { place } => {
                self.say(&Message::new("presented.other_signatures").with("place", *place))?;
            }
            Standing::OtherElection { named } => {
                let named = named.map_or_else(|| "–".to_owned(), |named| named.to_string());
                return self.say(&Message::new("presented.of_election").with("fingerprint", named));
            }
            Standing::Absent { nearest } => {
                self.say(&Message::new("presented.absent"))?;
                if let Some(nearest) = nearest {
                    self.nearest(nearest)?;
                }
            }
        }
        match &entry.refused {
            Some(refusal) => {
                let message = Message::new("presented.refused").with("code", refusal.code.as_str());
                self.say(&message.with("why", refusal.detail.as_str()))
            }
            None if entry.standing.is_in_log() => Ok(()),
            None => self.say(&Message::new("presented.good_signatures")),
        }
    }

    fn nearest(&self, nearest: &Nearest) -> Result<()> {
        self.say(&Message::new("presented.nearest").with("place", nearest.place))?;
        for line in &nearest.lines {
            let none = || text(self.terminal.language, "presented.no_line").to_owned();
            let of = |line: &Option<String>| line.as_deref().map_or_else(none, printable);
            let message = Message::new("presented.line").with("shown", of(&line.shown));
            self.say(&message.with("in_log", of(&line.in_log)))?;
        }
        Ok(())
    }

    fn head(&self, head: &HeadShown) -> Result<()> {
        let message = Message::new("presented.head").with("origin", head.origin.as_str());
        self.say(&message.with("size", head.head.size).with("root", head.head.root.to_string()))?;
        self.say(&match (head.is_signed, head.root_here) {
            (false, _) => Message::new("presented.unsigned"),
            (true, None) => Message::new("presented.longer"),
            (true, Some(root)) if root == head.head.root => Message::new("presented.same_head"),
            (true, Some(root)) => Message::new("presented.other_history").with("root", root.to_string()),
        })
    }
}
