//! `press fetch | near | index | search`: feeds become statements as published by; what was said before, and where words stand.
//!
//! Exit of `fetch`: 0 all was read and sent, 1 a feed could not be read or the log refused a record, 2 the log took not all yet or
//! nothing could be done. `near` and `search`: 0 something was found, 1 nothing.

use super::{key, press_near, press_search, print, random_seed};
use crate::terminal::Terminal;
use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use hakiki_keyring::Key;
use hakiki_messages::Message;
use hakiki_note::{KeyName, SigningKey};
use hakiki_press::{
    Configuration, Desk, Drafted, FeedSettings, LeftOut, Outcome, PressError, Round, Sent, Signer, Stopped,
};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

/// What to do.
#[derive(Subcommand)]
pub enum Command {
    /// Read the feeds that are due, make a signed statement of each new item, send them and keep the receipts
    Fetch(FetchArguments),
    /// Name the earlier statements that carry the same words
    Near(press_near::Arguments),
    /// Bring a search index up to a log; a new file is made
    Index(press_search::IndexArguments),
    /// Search an index
    Search(press_search::SearchArguments),
}

/// Arguments of `fetch`.
#[derive(Args)]
pub struct FetchArguments {
    /// The desk's configuration
    config: PathBuf,
    /// Read every feed and print what would be made of it; nothing is kept, signed or sent
    #[arg(long)]
    dry_run: bool,
    /// Name every feed, also those with nothing new
    #[arg(long)]
    verbose: bool,
}

/// Does one of them.
pub fn run(command: &Command, terminal: Terminal) -> Result<ExitCode> {
    match command {
        Command::Fetch(arguments) => fetch(arguments, terminal),
        Command::Near(arguments) => press_near::run(arguments, terminal),
        Command::Index(arguments) => press_search::index(arguments, terminal),
        Command::Search(arguments) => press_search::search(arguments, terminal),
    }
}

fn fetch(arguments: &FetchArguments, terminal: Terminal) -> Result<ExitCode> {
    let configuration = Configuration::read(&arguments.config)?;
    let (key, mut desk) = if arguments.dry_run {
        let name = KeyName::new("nobody.example/k/none").context("a name for what is never sent")?;
        let key = Key::from(SigningKey::from_seed(name, &random_seed()?));
        (key, Desk::that_keeps_nothing(configuration)?)
    } else {
        let place = configuration.key.parse()?;
        (key::open(&place, terminal)?, Desk::open(configuration)?)
    };
    let sign = |text: &str| key.signature_line(text).map_err(|error| error.to_string());
    let signer = Signer { key: key.verifier().clone(), sign: &sign };
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH).context("the clock is before 1970")?.as_secs();
    let mut made: BTreeMap<String, Drafted> = BTreeMap::new();
    let mut tell = |feed: &FeedSettings, outcome: &Outcome| {
        say_feed(feed, outcome, arguments.verbose, terminal);
        if let Outcome::Read { new, .. } = outcome {
            made.extend(new.iter().map(|drafted| (drafted.id.to_string(), drafted.clone())));
        }
    };
    // What waits from an earlier run goes first: a run may be stopped at any feed.
    let before = if arguments.dry_run { Sent::default() } else { desk.send()? };
    let round = desk.fetch(&signer, now_s, &mut tell)?;
    say_round(round, terminal);
    if arguments.dry_run {
        for drafted in made.values() {
            print(&line("-", drafted))?;
            print(&drafted.text)?;
        }
        return Ok(ExitCode::from(u8::from(round.failed > 0)));
    }
    let sent = if before.stopped.is_none() { desk.send()? } else { Sent::default() };
    for (id, place) in before.placed.iter().chain(&sent.placed) {
        let place = place.to_string();
        let known = made.get(&id.to_string());
        print(&known.map_or_else(|| format!("{place}\t{id}"), |drafted| line(&place, drafted)))?;
    }
    let refused = before.refused.len() + sent.refused.len();
    let has_stopped = before.stopped.is_some() || sent.stopped.is_some();
    for sent in [&before, &sent] {
        say_sent(sent, terminal);
    }
    say_counts(&desk, terminal)?;
    Ok(ExitCode::from(match (has_stopped, round.failed + refused) {
        (true, _) => 2,
        (false, 0) => 0,
        (false, _) => 1,
    }))
}

/// Place, id, publisher, date of publication, address: a line for machines.
fn line(place: &str, drafted: &Drafted) -> String {
    let statement = &drafted.statement;
    let published = statement.published.map_or_else(|| "undated".to_owned(), |time| time.to_string());
    let address = statement.address.as_deref().unwrap_or("-");
    format!("{place}\t{}\t{}\t{published}\t{address}", drafted.id, statement.publisher)
}

fn say_feed(feed: &FeedSettings, outcome: &Outcome, is_verbose: bool, terminal: Terminal) {
    let message = |key: &str| Message::new(key).with("url", feed.url.clone());
    match outcome {
        Outcome::Failed(problem) => {
            let message = message(&format!("press.problem.{}", problem.code()));
            let detail = problem.detail();
            terminal.say(&message.with("code", problem.code()).with("detail", detail));
        }
        Outcome::Read { new, known, left_out } => {
            if is_verbose || !new.is_empty() {
                let corrections = new.iter().filter(|drafted| drafted.statement.corrects.is_some()).count();
                let message = message("press.read").with("new", new.len()).with("known", *known);
                terminal.say(&message.with("corrections", corrections));
            }
            let mut counts: BTreeMap<LeftOut, u64> = BTreeMap::new();
            for why in left_out {
                *counts.entry(*why).or_default() += 1;
            }
            for (why, count) in counts {
                terminal.say(&message(left_out_key(why)).with("count", count));
            }
        }
        Outcome::Unchanged if is_verbose => terminal.say(&message("press.unchanged")),
        Outcome::NotDue if is_verbose => terminal.say(&message("press.not_due")),
        Outcome::Unchanged | Outcome::NotDue => {}
    }
}

fn left_out_key(why: LeftOut) -> &'static str {
    match why {
        LeftOut::Empty => "press.left_out.empty",
        LeftOut::TooLong => "press.left_out.too_long",
        LeftOut::SameName => "press.left_out.same_name",
        LeftOut::TooMany => "press.left_out.too_many",
    }
}

fn say_round(round: Round, terminal: Terminal) {
    let message = Message::new("press.round").with("asked", round.asked).with("unchanged", round.unchanged);
    terminal.say(&message.with("failed", round.failed).with("new", round.new));
}

fn say_sent(sent: &Sent, terminal: Terminal) {
    for refused in &sent.refused {
        let message = Message::new("press.refused").with("id", refused.record.to_string());
        terminal.say(&message.with("found", refused.found.clone()));
    }
    for (id, found) in &sent.without_text {
        let message = Message::new("press.without_text").with("id", id.to_string());
        terminal.say(&message.with("found", found.clone()));
    }
    match &sent.stopped {
        None => {}
        Some(Stopped::Silent(found) | Stopped::NotYet(found)) => {
            terminal.say(&Message::new("press.stopped").with("found", found.trim_end()));
        }
    }
}

fn say_counts(desk: &Desk, terminal: Terminal) -> Result<(), PressError> {
    let counts = desk.counts()?;
    let message = Message::new("press.counts").with("sent", counts.sent).with("waiting", counts.waiting);
    terminal.say(&message.with("refused", counts.refused));
    Ok(())
}
