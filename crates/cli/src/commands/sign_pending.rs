//! `sign --pending`: the texts that wait for signatures at a node are listed, fetched, signed here, and the signature line is
//! sent back. The key does not leave this machine, and the node is believed in nothing: a text's id is its hash.

use super::sign::{Arguments, Pinned, check_election, sign_with};
use super::{agent, print};
use crate::terminal::Terminal;
use anyhow::{Context, Result, ensure};
use hakiki_core::Unfinished;
use hakiki_core::record::RECORD_MAX_BYTES;
use hakiki_keyring::Key;
use hakiki_messages::Message;
use hakiki_note::{Hash, SignatureLine};
use hakiki_tlog::receipt::Receipt;
use std::process::ExitCode;
use std::time::Duration;

/// Longest time for a request and its answer.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Largest answer: a list of all texts, or a receipt.
const ANSWER_MAX_BYTES: u64 = 4 * 1024 * 1024;

/// Prints the list as the node gives it; with an id its one line.
pub fn list(url: &str, id: Option<&Hash>) -> Result<ExitCode> {
    for line in fetch_list(url)?.lines() {
        if id.is_none_or(|id| line.starts_with(&id.to_string())) {
            print(line)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Signs what waits for these keys, asking for each text.
pub fn sign(
    url: &str,
    keys: &[Key],
    arguments: &Arguments,
    election: Option<&Pinned>,
    terminal: Terminal,
) -> Result<ExitCode> {
    let (mut code, mut count) = (ExitCode::SUCCESS, 0);
    for line in fetch_list(url)?.lines() {
        let id: Hash =
            line.split(' ').next().unwrap_or_default().parse().context("the list of what waits")?;
        let is_missing = |key: &&Key| line.split(' ').skip(6).any(|name| name == key.name().as_str());
        let wanted: Vec<&Key> = keys.iter().filter(is_missing).collect();
        if wanted.is_empty() || arguments.id.is_some_and(|asked| asked != id) {
            continue;
        }
        count += 1;
        if !sign_one(url, id, &wanted, arguments, election, terminal)? {
            code = ExitCode::from(1);
        }
    }
    if count == 0 {
        terminal.say(&Message::new("sign.nothing_waits"));
    }
    Ok(code)
}

/// Says whether the signature was taken.
fn sign_one(
    url: &str,
    id: Hash,
    keys: &[&Key],
    arguments: &Arguments,
    election: Option<&Pinned>,
    terminal: Terminal,
) -> Result<bool> {
    let note = get(&format!("{}/pending/{id}", base(url)))?;
    let mut found = Unfinished::parse(&note).with_context(|| format!("the text {id} at {url}"))?;
    ensure!(*found.record().id() == id, "{url} gave a text with the id {} for {id}", found.record().id());
    check_election(&found, election)?;
    let mut lines = String::new();
    for key in keys {
        if !sign_with(&mut found, std::slice::from_ref(*key), arguments.yes, terminal)? {
            return Ok(false);
        }
        let own = found.lines().iter().filter(|line| line.is_by(key.verifier()));
        lines.extend(own.map(SignatureLine::to_line));
    }
    print(&id.to_string())?;
    post(&format!("{}/pending/{id}", base(url)), lines.as_bytes(), terminal)
}

/// Sends a text with its signatures so far.
pub fn send(url: &str, found: &Unfinished, terminal: Terminal) -> Result<ExitCode> {
    print(&found.record().id().to_string())?;
    let is_taken = post(&format!("{}/pending", base(url)), found.to_note().as_bytes(), terminal)?;
    Ok(if is_taken { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn base(url: &str) -> &str {
    url.trim_end_matches('/')
}

fn fetch_list(url: &str) -> Result<String> {
    String::from_utf8(get(&format!("{}/pending", base(url)))?).context("the list of what waits")
}

fn get(url: &str) -> Result<Vec<u8>> {
    let mut answer = agent(TIMEOUT).get(url).call().with_context(|| format!("asking {url}"))?;
    let body = answer.body_mut().with_config().limit(ANSWER_MAX_BYTES).read_to_vec()?;
    ensure!(
        answer.status().is_success(),
        "{url} answers {}: {}",
        answer.status(),
        String::from_utf8_lossy(&body).trim_end()
    );
    Ok(body)
}

/// Sends, and says what became of it: waits for others, stands in the log, or was refused.
fn post(url: &str, body: &[u8], terminal: Terminal) -> Result<bool> {
    ensure!(body.len() <= RECORD_MAX_BYTES, "more than {RECORD_MAX_BYTES} bytes");
    let mut answer = agent(TIMEOUT).post(url).send(body).with_context(|| format!("sending to {url}"))?;
    let said = answer.body_mut().with_config().limit(ANSWER_MAX_BYTES).read_to_vec()?;
    match answer.status().as_u16() {
        200 => {
            let place = Receipt::parse(&said)?.index();
            terminal.say(&Message::new("sign.placed").with("place", place));
        }
        202 => {
            let line = String::from_utf8_lossy(&said).into_owned();
            let names: Vec<&str> = line.trim_end().split(' ').skip(6).collect();
            terminal.say(&Message::new("sign.waits").with("names", names.join(", ")));
        }
        _ => {
            let found = String::from_utf8_lossy(&said).into_owned();
            terminal.say(&Message::new("tool.refused").with("found", found));
            return Ok(false);
        }
    }
    Ok(true)
}
