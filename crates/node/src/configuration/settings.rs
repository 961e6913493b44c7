//! The keys of the configuration, their one source.

use std::fmt;
use std::path::PathBuf;

/// What the names of environment variables begin with.
pub(super) const ENVIRONMENT_PREFIX: &str = "HAKIKI_";

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingSource {
    /// The program.
    Default,
    /// The configuration file.
    File(PathBuf),
    /// An environment variable.
    Environment(String),
    /// The command line.
    Flag,
}

impl fmt::Display for SettingSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Environment(name) => f.write_str(name),
            Self::Flag => f.write_str("flag"),
        }
    }
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl LogFormat {
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "text" => Some(Self::Text),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// One key.
pub(super) struct Setting {
    pub key: &'static str,
    pub default: &'static str,
    /// What it takes, with its unit and bounds.
    pub about: &'static str,
}

const fn setting(key: &'static str, default: &'static str, about: &'static str) -> Setting {
    Setting { key, default, about }
}

/// Every key.
pub(super) const SETTINGS: &[Setting] = &[
    setting("dir", "hakiki-log", "directory of the log"),
    setting("listen", "127.0.0.1:8080", "address and port to listen on"),
    setting("log_key", "", "file of the log's key"),
    setting("url", "", "public URL of this node"),
    setting("submission_max_bytes", "65536", "bytes of a submission, 1024 to 1048576"),
    setting("queue_length", "4096", "submissions that may wait, 1 to 1000000"),
    setting("key_rate_per_minute", "1200", "submissions of one key in a minute, 1 to 1000000"),
    setting("key_burst", "1200", "submissions of one key at once, 1 to 1000000"),
    setting("batch_delay_ms", "3", "longest wait to share an append, 0 to 1000 milliseconds"),
    setting("header_timeout_ms", "10000", "time for a request's head, 50 to 600000 milliseconds"),
    setting("body_timeout_ms", "15000", "time for a body, 50 to 600000 milliseconds"),
    setting("connections_max", "4096", "connections at one time, 1 to 1000000"),
    setting("feeds_max", "1024", "connections of the feed, 0 to 1000000"),
    setting("refusal_records_per_minute", "60", "refusal records in a minute, 0 to 100000"),
    setting(
        "witness",
        "",
        "witnesses to ask, NAME=URL with spaces between; in the file [[witness]] name, url",
    ),
    setting("mirror", "", "mirrors to ask, NAME=URL with spaces between; in the file [[mirror]] name, url"),
    setting(
        "witness_timeout_ms",
        "15000",
        "time for an answer of a witness or mirror, 100 to 120000 milliseconds",
    ),
    setting("head_interval_seconds", "60", "a head record so often while records arrive, 1 to 3600 seconds"),
    setting("notice", "", "file of a signed notice record, to start without any witness"),
    setting("log_level", "info", "a level, or a filter of tracing-subscriber"),
    setting("log_format", "text", "text or json"),
];

impl Setting {
    /// The key of a name; flags may write `-` for `_`.
    pub fn find(name: &str) -> Option<&'static Self> {
        let name = name.replace('-', "_");
        SETTINGS.iter().find(|setting| setting.key == name)
    }

    /// Whether the file may write it as tables of name and url.
    pub fn takes_cosigners(&self) -> bool {
        matches!(self.key, "witness" | "mirror")
    }

    /// The key nearest to a name, and how many letters differ.
    pub fn nearest(name: &str) -> (&'static str, usize) {
        let distances = SETTINGS.iter().map(|setting| (setting.key, distance(name, setting.key)));
        distances.min_by_key(|(_, distance)| *distance).expect("there are keys")
    }
}

/// Letters to insert, remove or replace to come from one word to another.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (place, letter) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = place + 1;
        for (index, other) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *other);
            diagonal = row[index + 1];
            row[index + 1] = replaced.min(row[index] + 1).min(diagonal + 1);
        }
    }
    row[to.len()]
}

/// Reads a URL without its final slash.
pub(super) fn url(text: &str) -> Option<String> {
    let trimmed = text.trim_end_matches('/');
    let rest = trimmed.strip_prefix("https://").or_else(|| trimmed.strip_prefix("http://"));
    let plain = |rest: &str| {
        !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~:/[]%".contains(&b))
    };
    (text.is_empty() || rest.is_some_and(plain)).then(|| trimmed.to_owned())
}
