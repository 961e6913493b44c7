//! The keys of the configuration, their one source.

use std::fmt;
use std::path::PathBuf;

/// What the names of environment variables begin with.
pub(super) const ENVIRONMENT_PREFIX: &str = "HAKIKI_WITNESS_";

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
    setting("name", "", "the witness's name, which its keys carry; nothing to take it from them"),
    setting("dir", "hakiki-witness", "directory of the witness's state"),
    setting("listen", "127.0.0.1:8070", "an address and a port, as 127.0.0.1:8070"),
    setting("prefix", "", "what the paths begin with, as /witness, or nothing"),
    setting("key", "", "file of the Ed25519 key"),
    setting("mldsa_key", "", "file of the ML-DSA-44 key, or nothing"),
    setting("logs", "", "verifier keys of logs, to be pinned; in the file a list"),
    setting("group_commit", "true", "whether heads share a sync: true or false"),
    setting("header_timeout_ms", "10000", "time for a request's head, 50 to 600000 milliseconds"),
    setting("body_timeout_ms", "15000", "time for a body, 50 to 600000 milliseconds"),
    setting("connections_max", "1024", "connections at one time, 1 to 1000000"),
    setting("rewrite_bytes", "4194304", "bytes below which the journal is not rewritten, 1000 to 1000000000"),
    setting("refused_max", "256", "refused heads that are kept, 1 to 100000"),
    setting("refused_max_bytes", "16777216", "bytes that they take, 1000000 to 10000000000"),
    setting("log_level", "info", "a level, or a filter of tracing-subscriber"),
    setting("log_format", "text", "text or json"),
];

impl Setting {
    /// The key of a name; flags may write `-` for `_`.
    pub fn find(name: &str) -> Option<&'static Self> {
        let name = name.replace('-', "_");
        SETTINGS.iter().find(|setting| setting.key == name)
    }

    /// The names of all keys.
    pub fn known() -> String {
        SETTINGS.iter().map(|setting| setting.key).collect::<Vec<_>>().join(", ")
    }
}

/// Reads a prefix of paths: nothing, or segments that each begin with a slash.
pub(super) fn prefix(text: &str) -> Option<String> {
    let trimmed = text.trim_end_matches('/');
    let plain = |segment: &str| {
        !segment.is_empty() && segment.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b))
    };
    let fits = trimmed.is_empty() || trimmed.strip_prefix('/').is_some_and(|rest| rest.split('/').all(plain));
    fits.then(|| trimmed.to_owned())
}
