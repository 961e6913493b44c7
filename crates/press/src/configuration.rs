//! The desk's configuration: one TOML file that a person writes. Paths in it are meant from the file's own folder.

use crate::error::PressError;
use crate::rules::{Reader, Rule, Subjects, subjects};
use hakiki_core::text::lines::is_code;
use hakiki_note::{Hash, VerifierKey};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Most feeds of a desk: ten times those of a daily aggregator.
const FEEDS_MAX: usize = 6_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    dir: PathBuf,
    log: String,
    log_key: String,
    election: String,
    of_election: String,
    key: String,
    contact: String,
    #[serde(default = "interval_minutes")]
    interval_minutes: u64,
    #[serde(default = "host_gap_seconds")]
    host_gap_seconds: u64,
    #[serde(default = "timeout_seconds")]
    timeout_seconds: u64,
    feed: Vec<FeedFile>,
    #[serde(default)]
    rule: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FeedFile {
    url: String,
    publisher: String,
    language: String,
    said_by: Option<String>,
    #[serde(default)]
    areas: Vec<String>,
    #[serde(default)]
    records: Vec<String>,
    #[serde(default)]
    claims: Vec<String>,
    interval_minutes: Option<u64>,
}

fn interval_minutes() -> u64 {
    15
}

fn host_gap_seconds() -> u64 {
    2
}

fn timeout_seconds() -> u64 {
    20
}

/// A feed.
#[derive(Debug, Clone)]
pub struct FeedSettings {
    /// Its address.
    pub url: String,
    /// Who publishes it, as the desk names them in records.
    pub publisher: String,
    /// The language of its items.
    pub language: String,
    /// Who speaks in all of it, where that is another.
    pub said_by: Option<String>,
    /// What all of it speaks of.
    pub(crate) always: Subjects,
    /// It is asked no more often.
    pub interval: Duration,
}

/// What the desk does, for whom, and where it keeps its state.
#[derive(Debug, Clone)]
pub struct Configuration {
    /// Directory of the state and the receipts.
    pub dir: PathBuf,
    /// Address of the log of statements.
    pub log: String,
    /// Its key: receipts and refusals are checked with it.
    pub log_key: VerifierKey,
    /// Its fingerprint.
    pub election: Hash,
    /// Fingerprint of the election that is spoken of.
    pub of_election: Hash,
    /// Where the desk's key is: a file, or a token by its URI.
    pub key: String,
    /// Whom a publisher writes to who minds being asked; part of the name that the desk gives itself.
    pub contact: String,
    /// Between two requests to one host.
    pub host_gap: Duration,
    /// For one request and its answer.
    pub timeout: Duration,
    /// The feeds in their order.
    pub feeds: Vec<FeedSettings>,
    pub(crate) rules: Vec<Reader>,
}

impl Configuration {
    /// Reads a file.
    pub fn read(path: &Path) -> Result<Self, PressError> {
        let text = std::fs::read_to_string(path);
        let text = text.map_err(PressError::system(format!("reading {}", path.display())))?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let wrong = |found: String| PressError::Configuration { path: path.to_owned(), found };
        Self::parse(&text, folder).map_err(wrong)
    }

    /// Reads a text whose paths are meant from a folder; says what is wrong.
    pub fn parse(text: &str, folder: &Path) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        let id = |name: &str, text: &str| text.parse::<Hash>().map_err(|error| format!("{name}: {error}"));
        let is_file = !file.key.starts_with("pkcs11:");
        let key = if is_file { folder.join(&file.key).display().to_string() } else { file.key.clone() };
        if file.contact.is_empty()
            || file.contact.len() > 200
            || !file.contact.bytes().all(|b| b.is_ascii_graphic())
        {
            return Err("`contact` is an address at which publishers reach you, without spaces".to_owned());
        }
        check_url("log", &file.log)?;
        if file.feed.is_empty() || file.feed.len() > FEEDS_MAX {
            return Err(format!("{} feeds; a desk has 1 to {FEEDS_MAX}", file.feed.len()));
        }
        bounds("host_gap_seconds", file.host_gap_seconds, 1, 3_600)?;
        bounds("timeout_seconds", file.timeout_seconds, 1, 120)?;
        let feeds = file.feed.iter().map(|feed| feed_settings(feed, file.interval_minutes));
        let feeds = feeds.collect::<Result<Vec<_>, String>>()?;
        let mut seen = BTreeSet::new();
        if let Some(twice) = feeds.iter().find(|feed| !seen.insert(&feed.url)) {
            return Err(format!("the feed {} stands there twice", twice.url));
        }
        Ok(Self {
            dir: folder.join(&file.dir),
            log: file.log.trim_end_matches('/').to_owned(),
            log_key: file.log_key.parse().map_err(|error| format!("log_key: {error}"))?,
            election: id("election", &file.election)?,
            of_election: id("of_election", &file.of_election)?,
            key,
            contact: file.contact,
            host_gap: Duration::from_secs(file.host_gap_seconds),
            timeout: Duration::from_secs(file.timeout_seconds),
            rules: file.rule.iter().map(Reader::new).collect::<Result<_, _>>()?,
            feeds,
        })
    }
}

fn feed_settings(feed: &FeedFile, interval_minutes: u64) -> Result<FeedSettings, String> {
    let of_feed = |found: String| format!("feed {}: {found}", feed.url);
    check_url("feed", &feed.url)?;
    let codes = [
        ("publisher", Some(&feed.publisher)),
        ("language", Some(&feed.language)),
        ("said_by", feed.said_by.as_ref()),
    ];
    for (name, code) in codes {
        if code.is_some_and(|code| !is_code(code)) {
            return Err(of_feed(format!("`{name}` is a code: letters, digits, `.`, `_`, `-`, at most 64")));
        }
    }
    let minutes = feed.interval_minutes.unwrap_or(interval_minutes);
    bounds("interval_minutes", minutes, 5, 10_080).map_err(of_feed)?;
    Ok(FeedSettings {
        url: feed.url.clone(),
        publisher: feed.publisher.clone(),
        language: feed.language.clone(),
        said_by: feed.said_by.clone(),
        always: subjects(&feed.areas, &feed.records, &feed.claims).map_err(of_feed)?,
        interval: Duration::from_secs(minutes * 60),
    })
}

fn bounds(name: &str, found: u64, least: u64, most: u64) -> Result<(), String> {
    if (least..=most).contains(&found) {
        return Ok(());
    }
    Err(format!("`{name}` is {found}; it is {least} to {most}"))
}

fn check_url(name: &str, url: &str) -> Result<(), String> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let has_host = rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'));
    if has_host && url.len() <= 2_000 && url.bytes().all(|byte| byte.is_ascii_graphic()) && !url.contains('#')
    {
        return Ok(());
    }
    Err(format!("{name}: {url:?} is no address; write http://… or https://…, without spaces and `#`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = r#"
dir = "desk"
log = "https://said.example/"
log_key = "KEY"
election = "1111111111111111111111111111111111111111111111111111111111111111"
of_election = "2222222222222222222222222222222222222222222222222222222222222222"
key = "desk.key"
contact = "desk@said.example"
"#;
    const FEED: &str =
        "[[feed]]\nurl = \"https://gazeti.example/rss\"\npublisher = \"gazeti\"\nlanguage = \"sw\"\n";

    fn parse(text: &str) -> Result<Configuration, String> {
        let key = hakiki_core::fixture::log_key().verifier().to_string();
        Configuration::parse(&text.replace("KEY", &key), Path::new("/home/desk"))
    }

    #[test]
    fn a_configuration_is_read_and_mistakes_are_explained() {
        let read = parse(&format!("{HEAD}{FEED}")).unwrap();
        assert_eq!((read.log.as_str(), read.feeds.len()), ("https://said.example", 1));
        assert_eq!(read.key, "/home/desk/desk.key");
        for (bad, expected) in [
            (HEAD.to_owned(), "feed"),
            (format!("{HEAD}{FEED}{FEED}"), "twice"),
            (format!("{HEAD}{FEED}interval_minutes = 1\n"), "5 to 10080"),
            (format!("{HEAD}{FEED}areas = [\"a b\"]\n"), "gazeti.example/rss"),
            (format!("{HEAD}{}", FEED.replace("\"gazeti\"", "\"Gazeti la leo\"")), "`publisher` is a code"),
            (format!("{HEAD}{}", FEED.replace("https://", "file://")), "no address"),
            (format!("{HEAD}{FEED}colour = 1\n"), "unknown field"),
            (format!("{HEAD}{FEED}[[rule]]\nwords = [\"x\"]\n"), "names no areas"),
        ] {
            let found = parse(&bad).unwrap_err();
            assert!(found.contains(expected), "{expected}: {found}");
        }
    }
}
